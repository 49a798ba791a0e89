// The row that shows: reading it, reading ahead, its neighbours, and what the person said about it.
#include "bridge/strings.h"
#include "label/label_presenter.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowDetails;
using project::RowId;
using project::RowStore;

namespace {

constexpr std::size_t kAhead = 4; // open rows that are read before they show
constexpr std::size_t kKept = 64; // rows that stay read
constexpr std::size_t kNear = 4;  // nearest labelled rows beside a row
enum Key { ShowKey = 21, AheadKey, NearestKey };

} // namespace

// --- the row that shows ------------------------------------------------------------------------------------------

bool LabelPresenter::ready() const {
    return !m_finished && m_details && m_details->cells.id == m_queue.current();
}

void LabelPresenter::showCurrent() {
    const RowId wanted = m_queue.current();
    if (wanted == 0) {
        return;
    }
    m_positionTimer.start();
    if (const auto kept = m_read.find(wanted); kept != m_read.end()) {
        show(kept->second);
        return;
    }
    m_desk.ask<RowDetails>(
        LabelLane::Row, ShowKey, [wanted](RowStore& store) { return store.details(wanted); },
        [this, wanted](Result<RowDetails> details) {
            if (wanted != m_queue.current() || m_finished) {
                return;
            }
            if (!details && details.error().code == ErrorCode::NotFound) { // it left the store meanwhile
                setDecided(wanted, true);
                goOn();
                return;
            }
            if (!details) {
                m_problem = details.error();
                Q_EMIT stateChanged();
                return;
            }
            keep(details.value());
            show(std::move(details).value());
        });
}

void LabelPresenter::show(RowDetails details) {
    const bool other = row() != details.cells.id;
    m_details = std::move(details);
    m_subject = labelSubject(m_details->sample);
    if (other) {
        (void)takeSpent();
        m_nearest.clear();
        m_nearestRow = 0;
    }
    Q_EMIT rowChanged();
    Q_EMIT stateChanged();
    prefetch();
    m_nearestTimer.start();
    work();
}

void LabelPresenter::keep(RowDetails details) {
    const RowId row = details.cells.id;
    if (const auto changed = m_changedAt.find(row);
        changed != m_changedAt.end() && details.changeNumber < changed->second) {
        return; // read before it was changed
    }
    if (m_read.insert_or_assign(row, std::move(details)).second) {
        m_readOrder.push_back(row);
    }
    while (m_readOrder.size() > kKept) {
        m_read.erase(m_readOrder.front());
        m_readOrder.pop_front();
    }
}

void LabelPresenter::forget(RowId row) {
    if (m_read.erase(row) > 0) {
        m_readOrder.erase(std::remove(m_readOrder.begin(), m_readOrder.end(), row), m_readOrder.end());
    }
}

void LabelPresenter::prefetch() {
    std::vector<RowId> wanted;
    for (const RowId row : m_queue.ahead(kAhead)) {
        if (m_read.count(row) == 0) {
            wanted.push_back(row);
        }
    }
    if (wanted.empty()) {
        return;
    }
    using Rows = std::vector<RowDetails>;
    m_desk.ask<Rows>(
        LabelLane::Row, AheadKey,
        [wanted](RowStore& store) -> Result<Rows> {
            Rows out;
            for (const RowId row : wanted) {
                if (Result<RowDetails> details = store.details(row)) {
                    out.push_back(std::move(details).value());
                } // what cannot be read says so when it is to show
            }
            return out;
        },
        [this](Result<Rows> rows) {
            for (RowDetails& each : rows.value()) {
                keep(std::move(each));
            }
        });
}

void LabelPresenter::readNearest() {
    const RowId wanted = row();
    if (wanted == 0 || !m_entered || hidesFirst()) {
        return;
    }
    project::Filter labelled;
    for (const project::LabelDefinition& each : m_labels.labels) {
        if (each.rows > 0) {
            labelled.labels.push_back(each.name);
        }
    }
    if (labelled.labels.empty()) {
        m_nearestRow = wanted;
        Q_EMIT nearestChanged();
        return;
    }
    using Near = QVector<NearLabelled>;
    m_desk.ask<Near>(
        LabelLane::Beside, NearestKey,
        [wanted, labelled](RowStore& store) -> Result<Near> {
            FETTLE_TRY_VALUE(const auto near, store.neighbours(wanted, labelled, kNear));
            std::vector<RowId> ids;
            for (const RowStore::Neighbour& each : near) {
                ids.push_back(each.row);
            }
            FETTLE_TRY_VALUE(const project::RowPage page, store.page(ids));
            Near out;
            for (std::size_t i = 0; i < near.size() && i < page.rows.size(); ++i) {
                out.append({near[i].row, qs(page.rows[i].label), qs(page.rows[i].title), near[i].similarity});
            }
            return out;
        },
        [this, wanted](Result<Near> near) {
            if (wanted == row() && near) { // without them the card is as useful as before
                m_nearest = std::move(near).value();
                m_nearestRow = wanted;
                Q_EMIT nearestChanged();
            }
        });
}

const project::Annotation* LabelPresenter::own() const {
    if (!m_details) {
        return nullptr;
    }
    const std::string person = who();
    const auto& all = m_details->annotations;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&person](const project::Annotation& each) { return each.annotator == person; });
    return found == all.end() ? nullptr : &*found;
}

bool LabelPresenter::pairExchanged() const {
    return m_subject.isPair && pairIsExchanged(m_seed, row());
}

QString LabelPresenter::chosen() const {
    const project::Annotation* mine = own();
    return mine == nullptr ? QString() : qs(mine->label);
}

QString LabelPresenter::ownVerdict() const {
    const project::Annotation* mine = own();
    if (mine == nullptr) {
        return {};
    }
    if (!mine->pair.empty()) {
        return mine->pair == "tie" ? u"tie"_s : (mine->pair == "a") != pairExchanged() ? u"left"_s : u"right"_s;
    }
    return mine->verdict == project::RowState::Active     ? u"accepted"_s
           : mine->verdict == project::RowState::Rejected ? u"rejected"_s
                                                          : QString();
}

bool LabelPresenter::hidesFirst() const {
    return m_secondPass && own() == nullptr;
}

} // namespace fettle::ui
