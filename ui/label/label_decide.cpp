// Decisions of the labeling queue: what a key changes, saving it, undo and redo, label sets and people.
#include "bridge/strings.h"
#include "label/label_presenter.h"

#include <QDateTime>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::EditDone;
using project::RowField;
using project::RowId;
using project::RowStore;
using Kind = LabelAct::Kind;

namespace {

constexpr std::int64_t kLongestMs = 10 * 60 * 1000; // more than that was no thinking about one row
enum Key { LabelsKey = 11, AnswersKey };

bool advances(Kind kind) {
    return kind == Kind::Label || kind == Kind::Accept || kind == Kind::Reject || kind == Kind::Pair;
}

bool moves(Kind kind) {
    return kind == Kind::Next || kind == Kind::Previous || kind == Kind::Skip;
}

} // namespace

void LabelPresenter::setSaving(bool saving) {
    m_saving = saving;
    m_slow = false;
    saving ? m_slowTimer.start() : m_slowTimer.stop();
}

void LabelPresenter::notice(const QString& text) {
    m_notice = text;
    Q_EMIT stateChanged();
}

void LabelPresenter::dropPressed() {
    const auto decisions =
        std::count_if(m_pressed.begin(), m_pressed.end(), [](const LabelAct& each) { return !moves(each.kind); });
    m_pressed.clear();
    if (decisions > 0) {
        notice(tr("%Ln key(s) pressed meanwhile were not used.", nullptr, static_cast<int>(decisions)));
    }
}

void LabelPresenter::press(const LabelAct& act) {
    if (!m_desk.isOpen() || act.kind == Kind::None) {
        return;
    }
    m_pressed.push_back(act);
    work();
}

void LabelPresenter::work() {
    if (m_pressing) {
        return;
    }
    m_pressing = true;
    while (!m_pressed.empty() && !m_saving) {
        const Kind kind = m_pressed.front().kind;
        const bool free = kind == Kind::Undo || kind == Kind::Redo || (moves(kind) && !m_queue.isEmpty());
        if (!free && !ready()) {
            if (m_finished || m_queue.isEmpty()) {
                dropPressed();
            }
            break; // goes on when the row shows
        }
        const LabelAct act = std::move(m_pressed.front());
        m_pressed.pop_front();
        perform(act);
    }
    m_pressing = false;
}

void LabelPresenter::perform(const LabelAct& act) {
    if (moves(act.kind)) {
        move(act);
        return;
    }
    if (act.kind == Kind::Undo || act.kind == Kind::Redo) {
        travel(act.kind == Kind::Redo);
        return;
    }
    if (const QString why = refusal(act); !why.isEmpty()) {
        notice(why);
        return;
    }
    m_notice.clear();
    LabelDone done;
    project::EditStep step = stepOf(act, done);
    done.step = step.label;
    done.atMs = QDateTime::currentMSecsSinceEpoch();
    done.spentMs = takeSpent();
    step.spentMs = done.spentMs;
    step.annotator = who();
    setSaving(true);
    m_desk.store().apply(std::move(step), m_desk.answer<EditDone>([this, act, done](Result<EditDone> result) {
        saved(act, done, std::move(result));
    }));
    Q_EMIT stateChanged();
}

QString LabelPresenter::refusal(const LabelAct& act) const {
    if (const QString reason = qs(m_desk.isOpen() ? m_desk.store().readOnlyReason() : std::string());
        !reason.isEmpty()) {
        return reason;
    }
    switch (act.kind) {
    case Kind::Label:
        return act.value.trimmed().isEmpty() ? tr("There is no label with this number.") : QString();
    case Kind::Accept:
        return m_secondPass && m_answers ? tr("The answer is hidden in the second pass: press the number of a label.")
                                         : QString();
    case Kind::Pair:
        return m_subject.isPair ? QString() : tr("This row has no two answers to compare.");
    case Kind::Answer:
    case Kind::Rating:
    case Kind::Comment:
    case Kind::Tag:
    case Kind::Untag:
        if (m_secondPass) {
            return tr("The second pass only decides: answers, ratings, tags and comments stay as the first left them.");
        }
        return act.kind == Kind::Answer && !m_subject.hasAnswer ? tr("This row has no answer to edit.") : QString();
    default:
        return {};
    }
}

project::EditStep LabelPresenter::stepOf(const LabelAct& act, LabelDone& done) const {
    project::EditStep step;
    const RowId row = this->row();
    const QString number = Format::exactCount(row);
    const auto edit = [&step, row](RowField field, const std::string& value) {
        step.edits.push_back({row, field, value, 0});
    };
    const std::string answer = us(m_subject.answer.trimmed());
    done.row = row;
    done.outcome = LabelOutcome::Edited;
    switch (act.kind) {
    case Kind::Label: {
        const std::string label = us(act.value.trimmed());
        done.before = m_answers && m_subject.hasAnswer ? answer : m_details->cells.label;
        done.after = label;
        done.outcome = m_secondPass || done.before.empty() || done.before == label ? LabelOutcome::Labelled
                                                                                   : LabelOutcome::Changed;
        step.label = us(tr("Label row %1: %2").arg(number, act.value.trimmed()));
        if (!m_secondPass) {
            edit(RowField::Label, label);
            if (m_answers && m_subject.hasAnswer) {
                edit(RowField::Answer, label);
            }
            if (ownVerdict() == u"rejected") { // another mind
                edit(RowField::State, "active");
            }
        }
        if (ownVerdict() == u"rejected") {
            edit(RowField::Verdict, "");
        }
        edit(RowField::Annotation, label);
        break;
    }
    case Kind::Accept:
        done.outcome = LabelOutcome::Accepted;
        done.after = m_answers ? answer : m_details->cells.label;
        step.label = us(tr("Accept row %1").arg(number));
        if (!m_secondPass) {
            const bool isLabel = std::any_of(m_labels.labels.begin(), m_labels.labels.end(),
                                             [&answer](const auto& each) { return each.name == answer; });
            if (m_answers && isLabel) { // the answer stands as the label
                edit(RowField::Label, answer);
                edit(RowField::Annotation, answer);
            }
            edit(RowField::State, "active");
        }
        edit(RowField::Verdict, "active");
        break;
    case Kind::Reject:
        done.outcome = LabelOutcome::Rejected;
        step.label = us(tr("Reject row %1").arg(number));
        if (!m_secondPass) {
            edit(RowField::State, "rejected");
        }
        edit(RowField::Verdict, "rejected");
        break;
    case Kind::Pair: {
        done.outcome = LabelOutcome::Preferred;
        std::string pair = "tie";
        if (act.value != u"tie") {
            pair = (act.value == u"left") != pairExchanged() ? "a" : "b";
        }
        done.after = us(act.value == u"tie"    ? tr("tie")
                        : act.value == u"left" ? tr("left better")
                                               : tr("right better"));
        step.label = us(tr("Prefer an answer of row %1").arg(number));
        if (pair == "b" && !m_secondPass) { // the better answer becomes the chosen one
            edit(RowField::Row, exchangedPair(m_details->sample));
            pair = "a";
        }
        edit(RowField::Pair, pair);
        break;
    }
    case Kind::Rating: {
        const std::string now = m_details->cells.rating ? std::to_string(*m_details->cells.rating) : std::string();
        done.after = us(act.value);
        step.label = us(tr("Rate row %1").arg(number));
        edit(RowField::Rating, now == us(act.value) ? std::string() : us(act.value)); // the same again takes it away
        break;
    }
    case Kind::Tag:
    case Kind::Untag:
        done.after = us(act.value);
        step.label = us(act.kind == Kind::Tag ? tr("Tag row %1: %2").arg(number, act.value)
                                              : tr("Take the tag %2 from row %1").arg(number, act.value));
        edit(act.kind == Kind::Tag ? RowField::AddTag : RowField::RemoveTag, us(act.value.trimmed()));
        break;
    case Kind::Comment:
        step.label = us(tr("Comment on row %1").arg(number));
        edit(RowField::Comment, us(act.value.trimmed()));
        break;
    case Kind::Answer:
        done.before = answer;
        done.after = us(act.value);
        step.label = us(tr("Edit answer of row %1").arg(number));
        edit(RowField::Answer, us(act.value));
        break;
    default:
        break;
    }
    return step;
}

void LabelPresenter::saved(const LabelAct& act, LabelDone done, Result<EditDone> result) {
    const bool slow = m_slow;
    setSaving(false);
    if (!result) { // nothing was changed: the row stays, the person decides again
        m_problem = result.error();
        m_spentMs += done.spentMs;
        dropPressed();
        Q_EMIT stateChanged();
        return;
    }
    m_problem.reset();
    forget(done.row);
    m_changedAt[done.row] = std::max(m_changedAt[done.row], result->changeNumber);
    if (result->rows > 0) {
        if (act.kind == Kind::Label || act.kind == Kind::Accept) {
            if (const std::string& now = m_details->cells.label; !m_secondPass && now != done.after) {
                countLabel(now, -1);
                countLabel(done.after, 1);
            }
        }
        m_session.add(done);
    }
    if (slow) { // whoever waited that long may have pressed the same key again
        dropPressed();
    }
    Q_EMIT sessionChanged();
    if (m_secondPass) {
        m_agreementTimer.start();
    }
    if (advances(act.kind)) {
        setDecided(done.row, true);
        if (m_queue.current() == done.row && !m_looking) {
            goOn();
        }
    } else {
        showCurrent(); // with its new values
    }
    Q_EMIT stateChanged();
    work();
}

void LabelPresenter::goOn() {
    if (m_queue.nextOpen()) {
        showCurrent();
        return;
    }
    m_finished = true;
    m_details.reset();
    m_subject = {};
    dropPressed();
    m_positionTimer.start();
    Q_EMIT rowChanged();
    Q_EMIT stateChanged();
}

void LabelPresenter::countLabel(const std::string& label, int by) {
    if (label.empty()) {
        return;
    }
    for (project::LabelDefinition& each : m_labels.labels) {
        if (each.name == label) {
            each.rows = std::max<std::int64_t>(each.rows + by, 0);
            Q_EMIT labelsChanged();
            return;
        }
    }
    if (by > 0) { // a new name: the store put it behind the others
        m_labels.labels.push_back({label, {}, 1});
        Q_EMIT labelsChanged();
    }
}

// --- undo ----------------------------------------------------------------------------------------------------------

void LabelPresenter::travel(bool redo) {
    const project::UndoState journal = m_desk.store().undoState();
    const std::string step = redo ? journal.redoLabel : journal.undoLabel;
    if (!journal.blockedBy.empty()) {
        notice(qs(journal.blockedBy));
        return;
    }
    if (step.empty()) {
        notice(redo ? tr("Nothing to redo.") : tr("Nothing to undo."));
        return;
    }
    setSaving(true);
    m_notice.clear();
    m_desk.ask<EditDone>(
        LabelLane::Row, 0,
        [redo, step, refused = us(tr("The step before is an import: undo it on the Data page."))](
            RowStore& store) -> Result<EditDone> {
            if (redo) {
                return store.redo();
            }
            // Keys of the queue never take back an import: the newest step that is not undone must be an edit.
            for (std::size_t look = 32;; look *= 8) {
                FETTLE_TRY_VALUE(const auto entries, store.journal(look));
                using Entry = project::JournalEntry;
                const auto top = std::find_if(entries.begin(), entries.end(), [&step](const Entry& each) {
                    return !each.undone && each.label == step &&
                           (each.kind == Entry::Kind::Edit || each.kind == Entry::Kind::Import);
                });
                if (top != entries.end() && top->kind == Entry::Kind::Import) {
                    return makeError(ErrorCode::InvalidInput, refused);
                }
                if (top != entries.end()) {
                    return store.undo();
                }
                if (entries.size() < look) {
                    return makeError(ErrorCode::InvalidInput, refused);
                }
            }
        },
        [this, redo, step](Result<EditDone> result) { travelled(redo, step, std::move(result)); });
    Q_EMIT stateChanged();
}

void LabelPresenter::travelled(bool redo, const std::string& step, Result<EditDone> result) {
    setSaving(false);
    if (!result) {
        dropPressed();
        if (result.error().code == ErrorCode::InvalidInput) {
            notice(qs(result.error().message));
        } else {
            m_problem = result.error();
        }
        Q_EMIT stateChanged();
        return;
    }
    const std::optional<LabelDone> own = redo ? m_session.redone(step) : m_session.undone(step);
    for (const RowId row : result->first) {
        forget(row);
        m_changedAt[row] = std::max(m_changedAt[row], result->changeNumber);
    }
    const RowId at = result->first.empty() ? 0 : result->first.front();
    if (own && own->outcome != LabelOutcome::Edited) {
        setDecided(own->row, redo);
    }
    notice(redo ? tr("Done again: %1").arg(qs(step)) : tr("Undone: %1").arg(qs(step)));
    readLabels();
    if (m_secondPass) {
        m_agreementTimer.start();
    }
    Q_EMIT sessionChanged();
    if (at != 0 && m_queue.moveTo(at)) {
        m_finished = false;
    }
    if (!m_finished) {
        showCurrent();
    }
    Q_EMIT stateChanged();
    work();
}

// --- time ----------------------------------------------------------------------------------------------------------

void LabelPresenter::setWorking(bool working) {
    if (working == m_working) {
        return;
    }
    m_working = working;
    if (working) {
        m_clock.start();
    } else {
        m_spentMs += m_clock.elapsed();
    }
}

std::int64_t LabelPresenter::takeSpent() {
    std::int64_t spent = m_spentMs;
    if (m_working) {
        spent += m_clock.restart();
    }
    m_spentMs = 0;
    return std::clamp<std::int64_t>(spent, 1, kLongestMs); // a decision always leaves a trace in the log
}

QVector<LastEdit> LabelPresenter::lastEdits(int most) const {
    QVector<LastEdit> out;
    const auto& done = m_session.done();
    for (auto each = done.rbegin(); each != done.rend() && out.size() < most; ++each) {
        LastEdit edit;
        edit.row = each->row;
        edit.what = qs(each->after);
        switch (each->outcome) {
        case LabelOutcome::Changed:
            edit.what = u"%1 → %2"_s.arg(qs(each->before), qs(each->after));
            edit.outcome = tr("changed");
            break;
        case LabelOutcome::Accepted:
            edit.outcome = tr("accepted");
            break;
        case LabelOutcome::Rejected:
            edit.what = Format::unknown();
            edit.outcome = tr("rejected");
            break;
        case LabelOutcome::Edited:
            edit.outcome = tr("edited");
            break;
        case LabelOutcome::Labelled:
        case LabelOutcome::Preferred:
        case LabelOutcome::None:
            edit.outcome = tr("labelled");
            break;
        }
        edit.what = edit.what.isEmpty() ? Format::unknown() : edit.what.simplified();
        out.append(edit);
    }
    for (qsizetype i = 0; i < m_before.size() && out.size() < most; ++i) {
        out.append(m_before[i]);
    }
    return out;
}

// --- labels and people ---------------------------------------------------------------------------------------------

QString LabelPresenter::labelAt(int number) const {
    const auto place = static_cast<std::size_t>(number - 1);
    return number >= 1 && place < m_labels.labels.size() ? qs(m_labels.labels[place].name) : QString();
}

void LabelPresenter::readLabels() {
    m_desk.ask<project::LabelSet>(
        LabelLane::Beside, LabelsKey, [](RowStore& store) { return store.labelSet(); },
        [this](Result<project::LabelSet> set) {
            if (set && m_opened) {
                m_labels = std::move(set).value();
                Q_EMIT labelsChanged();
            }
        });
}

void LabelPresenter::setLabels(const project::LabelSet& set, bool labelsAreAnswers,
                               const std::vector<Renamed>& renamed) {
    m_answers = labelsAreAnswers;
    m_agreement->setLabelsAreAnswers(labelsAreAnswers);
    m_positionTimer.start();
    std::vector<std::pair<std::string, Renamed>> steps;
    for (const Renamed& each : renamed) {
        steps.emplace_back(us(tr("Rename the label %1 to %2").arg(qs(each.from), qs(each.to))), each);
    }
    m_desk.ask<project::LabelSet>(
        LabelLane::Beside, 0,
        [set, steps](RowStore& store) -> Result<project::LabelSet> {
            for (const auto& [step, each] : steps) {
                project::BulkEdit edit;
                edit.label = step;
                edit.filter.labels = {each.from};
                edit.field = RowField::Label;
                edit.value = each.to;
                FETTLE_TRY(store.applyBulk(edit));
            }
            FETTLE_TRY(store.setLabelSet(set));
            return store.labelSet();
        },
        [this](Result<project::LabelSet> now) {
            if (!now) {
                m_problem = now.error();
                Q_EMIT stateChanged();
                return;
            }
            m_labels = std::move(now).value();
            Q_EMIT labelsChanged();
            m_nearestRow = 0;
            m_nearestTimer.start();
        });
    m_labels = set;
    Q_EMIT labelsChanged();
    Q_EMIT rowChanged();
}

void LabelPresenter::readAnswers(std::function<void(const project::Balance&)> done) {
    constexpr std::size_t kMost = 60; // more different answers are no labels
    m_desk.ask<project::Balance>(
        LabelLane::Beside, AnswersKey,
        [filter = m_filter](RowStore& store) { return store.balance(filter, project::Balance::Of::Answer, kMost); },
        [done = std::move(done)](const Result<project::Balance>& balance) {
            if (balance) {
                done(balance.value());
            }
        });
}

void LabelPresenter::setAnnotator(const QString& name) {
    const QString trimmed = name.trimmed();
    if (trimmed == m_annotator || m_saving) {
        return;
    }
    m_annotator = trimmed;
    m_agreement->setAnnotators(m_annotator, m_second);
    m_positionTimer.start();
    if (m_opened) {
        makeQueue(row());
    }
}

void LabelPresenter::startSecondPass(const QString& first, const QString& second) {
    const QString one = first.trimmed();
    const QString two = second.trimmed();
    if (two.isEmpty() || one == two || m_saving) {
        return;
    }
    m_annotator = one;
    m_second = two;
    m_secondPass = true;
    m_session.clear();
    m_session.begin(QDateTime::currentMSecsSinceEpoch());
    m_before.clear();
    m_nearest.clear();
    m_agreement->setAnnotators(m_annotator, m_second);
    m_positionTimer.start();
    Q_EMIT sessionChanged();
    makeQueue(0);
}

void LabelPresenter::endSecondPass() {
    if (!m_secondPass || m_saving) {
        return;
    }
    m_secondPass = false;
    m_session.clear();
    m_session.begin(QDateTime::currentMSecsSinceEpoch());
    m_agreement->refresh();
    m_positionTimer.start();
    Q_EMIT sessionChanged();
    makeQueue(0);
}

} // namespace fettle::ui
