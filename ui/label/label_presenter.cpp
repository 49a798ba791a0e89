#include "label/label_presenter.h"

#include "bridge/strings.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowDetails;
using project::RowId;
using project::RowNumber;
using project::RowStore;
using project::SortKey;

namespace {

constexpr std::size_t kSimilar = 50;   // rows of a queue of similar ones
constexpr int kNearestAfterMs = 200;   // a row that is left sooner needs no neighbours
constexpr int kPositionAfterMs = 1500; // positions are written when the hand rests
constexpr int kSlowMs = 500;
constexpr int kAgreementAfterMs = 800;
constexpr const char* kViewKey = "label";

enum Key { PositionKey = -1, AllOf = 0, QueueKey };

constexpr std::array kOrders = {std::pair(LabelOrder::Row, "row"), std::pair(LabelOrder::Loss, "loss"),
                                std::pair(LabelOrder::Uncertainty, "uncertainty"),
                                std::pair(LabelOrder::Coverage, "coverage"), std::pair(LabelOrder::Random, "random")};

} // namespace

struct LabelPresenter::Made {
    LabelQueue queue;
};

struct LabelPresenter::Opened {
    Json view;
    project::LabelSet labels;
    std::vector<project::Annotator> people;
    std::vector<project::Decision> decisions;
    bool loss = false, uncertainty = false;
};

LabelPresenter::LabelPresenter(QObject* parent)
    : QObject(parent)
    , m_desk(this)
    , m_agreement(std::make_unique<AgreementPresenter>()) {
    const auto once = [this](QTimer& timer, int ms, void (LabelPresenter::*slot)()) {
        timer.setSingleShot(true);
        timer.setInterval(ms);
        connect(&timer, &QTimer::timeout, this, slot);
    };
    once(m_nearestTimer, kNearestAfterMs, &LabelPresenter::readNearest);
    once(m_positionTimer, kPositionAfterMs, &LabelPresenter::keepPosition);
    m_slowTimer.setSingleShot(true);
    m_slowTimer.setInterval(kSlowMs);
    connect(&m_slowTimer, &QTimer::timeout, this, [this] {
        m_slow = true;
        Q_EMIT stateChanged();
    });
    m_agreementTimer.setSingleShot(true);
    m_agreementTimer.setInterval(kAgreementAfterMs);
    connect(&m_agreementTimer, &QTimer::timeout, m_agreement.get(), &AgreementPresenter::refresh);
    connect(m_agreement.get(), &AgreementPresenter::said, this, &LabelPresenter::said);
}

LabelPresenter::~LabelPresenter() {
    keepPosition();
}

// --- opening -----------------------------------------------------------------------------------------------------

void LabelPresenter::setProject(std::shared_ptr<project::Project> project) {
    if (project == m_desk.project()) {
        return;
    }
    keepPosition();
    m_desk.setProject(project);
    m_agreement->setProject(project);
    m_filter = {};
    m_order = LabelOrder::Row;
    m_queue = {};
    m_usual.reset();
    m_similarTo = 0;
    m_opened = m_looking = m_finished = m_queueFailed = false;
    m_read.clear();
    m_readOrder.clear();
    m_changedAt.clear();
    m_details.reset();
    m_subject = {};
    m_nearest.clear();
    m_nearestRow = 0;
    m_labels = {};
    m_answers = false;
    m_annotator.clear();
    m_second.clear();
    m_secondPass = false;
    m_people.clear();
    m_usualSeconds.reset();
    m_session.clear();
    m_before.clear();
    m_pressed.clear();
    m_notice.clear();
    m_problem.reset();
    setSaving(false);
    if (m_entered && m_desk.isOpen()) {
        open();
    }
    Q_EMIT stateChanged();
    Q_EMIT rowChanged();
    Q_EMIT labelsChanged();
    Q_EMIT sessionChanged();
}

void LabelPresenter::enter() {
    m_entered = true;
    if (!m_desk.isOpen()) {
        return;
    }
    if (!m_opened) {
        if (!m_looking) {
            open();
        }
    } else if (m_queueFailed) {
        tryAgain();
    } else if (m_details) { // it may have been changed elsewhere
        showCurrent();
    }
    setWorking(true);
}

void LabelPresenter::leave() {
    m_entered = false;
    setWorking(false);
    keepPosition();
}

void LabelPresenter::open() {
    m_looking = true;
    m_session.begin(QDateTime::currentMSecsSinceEpoch());
    constexpr std::size_t kDecisions = 12;
    m_desk.ask<Opened>(
        LabelLane::Beside, AllOf,
        [](RowStore& store) -> Result<Opened> {
            Opened out;
            out.view = store.viewState(kViewKey);
            FETTLE_TRY_VALUE(out.labels, store.labelSet());
            FETTLE_TRY_VALUE(out.people, store.annotators());
            FETTLE_TRY_VALUE(out.decisions, store.decisions(std::nullopt, kDecisions));
            out.loss = !store.numbersOrigin(RowNumber::Loss).empty();
            out.uncertainty = !store.numbersOrigin(RowNumber::Uncertainty).empty();
            return out;
        },
        [this](Result<Opened> opened) {
            m_looking = false;
            if (!opened) {
                m_problem = opened.error();
                m_queueFailed = true;
                Q_EMIT stateChanged();
                return;
            }
            m_opened = true;
            m_lossKnown = opened->loss;
            m_uncertaintyKnown = opened->uncertainty;
            m_labels = std::move(opened->labels);
            m_seed = QRandomGenerator::global()->generate64();
            RowId at = 0;
            if (const Json& view = opened->view; view.is_object()) {
                m_annotator = qs(jsonString(view, "annotator", "").valueOr(""));
                m_second = qs(jsonString(view, "second", "").valueOr(""));
                m_secondPass = jsonBool(view, "second_pass", false).valueOr(false) && !m_second.isEmpty();
                m_answers = jsonBool(view, "labels_are_answers", false).valueOr(false);
                const std::string order = jsonString(view, "order", "row").valueOr("row");
                for (const auto& [id, name] : kOrders) {
                    m_order = order == name && orderRefusal(id).isEmpty() ? id : m_order;
                }
                // As text: JSON numbers of others do not hold 64 bits.
                m_seed = qs(jsonString(view, "seed", "").valueOr("")).toULongLong();
                at = jsonInt(view, "row", 0).valueOr(0);
                if (const auto kept = view.find("filter"); kept != view.end() && m_filter == project::Filter()) {
                    m_filter = project::filterFromJson(*kept).valueOr({});
                }
            }
            double seconds = 0;
            std::int64_t rows = 0;
            for (const project::Annotator& person : opened->people) {
                seconds += static_cast<double>(person.spentMs) / 1000.0;
                rows += person.rows;
                if (!person.name.empty() && person.name.find('+') == std::string::npos) {
                    m_people << qs(person.name);
                }
            }
            if (rows >= 3) {
                m_usualSeconds = seconds / static_cast<double>(rows);
            }
            for (const project::Decision& each : opened->decisions) {
                if (!each.undone && (!m_secondPass || each.annotator == who())) {
                    m_before.append({each.row, qs(each.what), Format::when(each.timeMs)});
                }
            }
            m_agreement->setLabelsAreAnswers(m_answers);
            m_agreement->setAnnotators(m_annotator, m_second);
            Q_EMIT labelsChanged();
            Q_EMIT sessionChanged();
            makeQueue(at);
        });
    Q_EMIT stateChanged();
}

void LabelPresenter::storeChanged(const project::StoreChange& change) {
    if (!m_desk.isOpen() || !m_opened) {
        return;
    }
    if (change.many || change.rows.empty()) {
        if (change.content || change.order || change.derived) {
            m_read.clear();
            m_readOrder.clear();
            if (m_details && !m_saving) {
                showCurrent();
            }
        }
    } else {
        constexpr std::size_t kRemembered = 4096;
        if (m_changedAt.size() > kRemembered) {
            m_changedAt.clear();
        }
        for (const RowId row : change.rows) {
            m_changedAt[row] = std::max(m_changedAt[row], change.changeNumber);
            if (const auto kept = m_read.find(row);
                kept != m_read.end() && kept->second.changeNumber < change.changeNumber) {
                forget(row);
            }
            if (row == this->row() && !m_saving && m_details->changeNumber < change.changeNumber) {
                showCurrent();
            }
        }
    }
    if (change.labels || (change.many && change.content)) {
        readLabels();
    }
    if (change.journal) {
        Q_EMIT stateChanged(); // what can be undone
    }
}

// --- the queue ---------------------------------------------------------------------------------------------------

std::string LabelPresenter::who() const {
    return us(m_secondPass ? m_second : m_annotator);
}

project::Sort LabelPresenter::sort() const {
    switch (m_order) {
    case LabelOrder::Loss:
        return {SortKey::Loss, true, 0};
    case LabelOrder::Uncertainty:
        return {SortKey::Uncertainty, true, 0};
    case LabelOrder::Coverage:
        return {SortKey::Rarity, false, 0};
    case LabelOrder::Random:
        return {SortKey::Random, false, m_seed};
    case LabelOrder::Row:
    case LabelOrder::None:
        break;
    }
    return {};
}

void LabelPresenter::makeQueue(RowId at) {
    m_looking = true;
    m_queueFailed = false;
    m_usual.reset();
    m_similarTo = 0;
    const project::Filter filter = m_filter;
    const project::Sort order = sort();
    const std::string person = who();
    const std::optional<std::string> first = m_secondPass ? std::optional(us(m_annotator)) : std::nullopt;
    m_desk.ask<Made>(
        LabelLane::Beside, QueueKey,
        [filter, order, person, first](RowStore& store) -> Result<Made> {
            FETTLE_TRY_VALUE(const project::QueryResult all, store.query(filter, order));
            project::RowIndexPtr rows = all.rows;
            if (first) { // only what the first has labelled or judged
                project::Filter untouched = filter;
                untouched.notDecidedBy = *first;
                FETTLE_TRY_VALUE(const project::QueryResult without, store.query(untouched, order));
                rows = std::make_shared<const project::RowIndex>(LabelQueue::difference(*rows, *without.rows));
            }
            project::Filter open = filter;
            open.notDecidedBy = person;
            if (open.states.empty() && !first) {
                open.states = {project::RowState::Active}; // what is rejected already needs no decision
            }
            FETTLE_TRY_VALUE(const project::QueryResult left, store.query(open, order));
            if (first) {
                const project::RowIndex decided = LabelQueue::difference(*rows, *left.rows);
                return Made{LabelQueue(rows, LabelQueue::difference(*rows, decided))};
            }
            return Made{LabelQueue(rows, *left.rows)};
        },
        [this, at](Result<Made> made) {
            m_looking = false;
            if (!made) {
                m_problem = made.error();
                m_queueFailed = true;
                Q_EMIT stateChanged();
                return;
            }
            takeQueue(std::move(made).value(), at);
        });
    Q_EMIT stateChanged();
}

void LabelPresenter::takeQueue(Made made, RowId at) {
    m_queue = std::move(made.queue);
    m_finished = false;
    (void)m_queue.moveTo(at); // where it is not there: the first row
    if (m_queue.isDecided(m_queue.place())) {
        m_finished = !m_queue.nextOpen();
    }
    if (m_queue.isEmpty() || m_finished) {
        m_details.reset();
        m_subject = {};
        dropPressed();
        Q_EMIT rowChanged();
    } else {
        showCurrent();
    }
    Q_EMIT stateChanged();
}

void LabelPresenter::setFilter(const project::Filter& filter) {
    if (filter == m_filter && m_opened && m_similarTo == 0) {
        return;
    }
    m_filter = filter;
    if (m_opened) {
        makeQueue(row());
    }
}

void LabelPresenter::search(const QString& words) {
    project::Filter filter = m_filter;
    filter.search = us(words.trimmed());
    setFilter(filter);
}

void LabelPresenter::setOrder(LabelOrder order) {
    if (order == m_order || !orderRefusal(order).isEmpty()) {
        return;
    }
    m_order = order;
    if (m_opened) {
        makeQueue(0);
    }
    m_positionTimer.start();
}

QVector<LabelOrder> LabelPresenter::orders() {
    QVector<LabelOrder> out;
    for (const auto& each : kOrders) {
        out.append(each.first);
    }
    return out;
}

QString LabelPresenter::orderName(LabelOrder order) {
    switch (order) {
    case LabelOrder::Loss:
        return tr("Highest loss first");
    case LabelOrder::Uncertainty:
        return tr("Most uncertain first");
    case LabelOrder::Coverage:
        return tr("Least covered first");
    case LabelOrder::Random:
        return tr("Random");
    case LabelOrder::Row:
    case LabelOrder::None:
        break;
    }
    return tr("Row order");
}

QString LabelPresenter::orderRefusal(LabelOrder order) const {
    if (order == LabelOrder::Loss && !m_lossKnown) {
        return tr("No run has measured the loss of single rows yet.");
    }
    if (order == LabelOrder::Uncertainty && !m_uncertaintyKnown) {
        return tr("No model was asked about these rows yet.");
    }
    return {};
}

void LabelPresenter::tryAgain() {
    m_problem.reset();
    m_queueFailed = false;
    if (m_opened) {
        makeQueue(row());
    } else if (m_desk.isOpen()) {
        open();
    }
}

void LabelPresenter::dismissProblem() {
    m_problem.reset();
    Q_EMIT stateChanged();
}

void LabelPresenter::jump(RowId row) {
    if (!m_queue.moveTo(row)) {
        notice(tr("Row %1 is not in this queue.").arg(Format::exactCount(row)));
        return;
    }
    m_finished = false;
    showCurrent();
}

void LabelPresenter::move(const LabelAct& act) {
    m_notice.clear();
    if (m_finished) {
        if (act.kind == LabelAct::Kind::Previous && !m_queue.isEmpty()) {
            m_finished = false;
            showCurrent();
        }
        return;
    }
    const bool moved = act.kind == LabelAct::Kind::Next       ? m_queue.next()
                       : act.kind == LabelAct::Kind::Previous ? m_queue.previous()
                                                              : m_queue.nextOpen();
    if (moved) {
        showCurrent();
        return;
    }
    notice(act.kind == LabelAct::Kind::Next       ? tr("This is the last row of the queue.")
           : act.kind == LabelAct::Kind::Previous ? tr("This is the first row of the queue.")
                                                  : tr("No other row is open."));
}

void LabelPresenter::showSimilar() {
    const RowId like = row();
    if (like == 0 || m_saving) {
        return;
    }
    m_desk.ask<Made>(
        LabelLane::Beside, QueueKey,
        [like, filter = m_filter, person = who()](RowStore& store) -> Result<Made> {
            FETTLE_TRY_VALUE(const auto near, store.neighbours(like, filter, kSimilar));
            auto rows = std::make_shared<project::RowIndex>();
            for (const RowStore::Neighbour& each : near) {
                rows->push_back(each.row);
            }
            if (rows->empty()) {
                return Made{};
            }
            project::Filter open;
            open.ids = *rows;
            open.notDecidedBy = person;
            FETTLE_TRY_VALUE(const project::QueryResult left, store.query(open));
            const project::RowIndex decided = LabelQueue::difference(*rows, *left.rows);
            return Made{LabelQueue(rows, LabelQueue::difference(*rows, decided))};
        },
        [this, like](Result<Made> made) {
            if (!made) {
                m_problem = made.error();
                Q_EMIT stateChanged();
                return;
            }
            if (made->queue.isEmpty()) {
                notice(tr("No row is like this one, or the words of the rows are not indexed yet."));
                return;
            }
            if (!m_usual) {
                m_usual = m_queue;
            }
            m_similarTo = like;
            takeQueue(std::move(made).value(), 0);
        });
}

void LabelPresenter::leaveSimilar() {
    if (!m_usual) {
        return;
    }
    Made usual{std::move(*m_usual)};
    m_usual.reset();
    const RowId at = m_similarTo;
    m_similarTo = 0;
    takeQueue(std::move(usual), at);
}

void LabelPresenter::setDecided(RowId row, bool decided) {
    m_queue.setDecided(row, decided);
    if (m_usual) {
        m_usual->setDecided(row, decided);
    }
}

// --- what the page says -------------------------------------------------------------------------------------------

LabelState LabelPresenter::state() const {
    LabelState out;
    out.done = m_queue.decided();
    out.total = m_queue.size();
    out.place = m_queue.place();
    out.saving = m_saving;
    out.slow = m_slow;
    out.reading = m_looking || (!m_queue.isEmpty() && !m_finished && !ready());
    out.notice = m_notice;
    out.secondPass = m_secondPass;
    out.annotator = m_secondPass ? m_second : m_annotator;
    if (m_similarTo != 0) {
        out.similarTo = tr("Row %1").arg(Format::exactCount(m_similarTo));
    }
    if (!m_desk.isOpen()) {
        return out;
    }
    const project::UndoState journal = m_desk.store().undoState();
    if (journal.blockedBy.empty()) {
        out.undo = qs(journal.undoLabel);
        out.redo = qs(journal.redoLabel);
    }
    out.readOnly = qs(m_desk.store().readOnlyReason());
    using Phase = LabelState::Phase;
    out.phase = m_queueFailed            ? Phase::Failed
                : m_looking || !m_opened ? Phase::Looking
                : m_queue.isEmpty()      ? Phase::Nothing
                : m_finished             ? Phase::AllDecided
                : m_details              ? Phase::Row
                                         : Phase::Looking;
    std::optional<double> pace = m_usualSeconds;
    if (const auto perMinute = m_session.perMinute()) {
        pace = 60.0 / *perMinute;
    }
    if (pace && m_queue.open() > 0) {
        out.secondsLeft = *pace * static_cast<double>(m_queue.open());
    }
    return out;
}

// --- what is kept with the project -------------------------------------------------------------------------------

void LabelPresenter::keepPosition() {
    m_positionTimer.stop();
    if (!m_desk.isOpen() || !m_opened || !m_desk.store().readOnlyReason().empty()) {
        return;
    }
    Json view = Json::object();
    view["filter"] = project::toJson(m_filter);
    for (const auto& [id, name] : kOrders) {
        if (id == m_order) {
            view["order"] = name;
        }
    }
    view["seed"] = us(QString::number(m_seed));
    view["row"] = m_similarTo != 0 ? m_similarTo : m_queue.current();
    view["annotator"] = us(m_annotator);
    view["second"] = us(m_second);
    view["second_pass"] = m_secondPass;
    view["labels_are_answers"] = m_answers;
    m_desk.ask<bool>(
        LabelLane::Beside, PositionKey,
        [view](RowStore& store) -> Result<bool> {
            FETTLE_TRY(store.setViewState(kViewKey, view));
            return true;
        },
        [](const Result<bool>&) {}); // a lost position costs a key press: nothing to tell
}

} // namespace fettle::ui
