#include "label/agreement_presenter.h"

#include "bridge/strings.h"

#include <algorithm>
#include <map>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowField;
using project::RowStore;

namespace {
struct Both {
    data::Agreement agreement;
    std::vector<Disagreement> differing;
};
constexpr int kRefreshKey = 1, kRowKey = 2;
} // namespace

AgreementPresenter::AgreementPresenter(QObject* parent)
    : QObject(parent)
    , m_desk(this) {}

QString AgreementPresenter::settledName(const QString& first, const QString& second) {
    return first % u'+' % second;
}

void AgreementPresenter::setProject(std::shared_ptr<project::Project> project) {
    m_desk.setProject(std::move(project));
    m_first.clear();
    m_second.clear();
    m_agreement.reset();
    m_disagreements.clear();
    m_details.reset();
    m_problem.reset();
    m_place = 0;
    m_saving = false;
    Q_EMIT changed();
}

void AgreementPresenter::setAnnotators(const QString& first, const QString& second) {
    if (first == m_first && second == m_second) {
        return;
    }
    m_first = first;
    m_second = second;
    m_agreement.reset();
    m_disagreements.clear();
    m_place = 0;
    refresh();
    Q_EMIT changed();
}

void AgreementPresenter::refresh() {
    if (m_second.isEmpty()) {
        return;
    }
    const std::string first = us(m_first);
    const std::string second = us(m_second);
    const std::string joint = us(settledName(m_first, m_second));
    m_desk.ask<Both>(
        LabelLane::Beside, kRefreshKey,
        [first, second, joint](RowStore& store) -> Result<Both> {
            FETTLE_TRY_VALUE(const auto shared, store.sharedRows(first, second));
            FETTLE_TRY_VALUE(const auto settled, store.sharedRows(first, joint));
            std::map<project::RowId, std::string> done;
            for (const project::SharedRow& row : settled) {
                done[row.row] = row.second;
            }
            Both out;
            std::vector<std::string> ones, others;
            for (const project::SharedRow& row : shared) {
                ones.push_back(row.first);
                others.push_back(row.second);
                if (row.first != row.second) {
                    const auto found = done.find(row.row);
                    out.differing.push_back(
                        {row.row, row.first, row.second, found == done.end() ? std::string() : found->second});
                }
            }
            out.agreement = data::cohensKappa(ones, others);
            return out;
        },
        [this, first, second](Result<Both> both) {
            if (first != us(m_first) || second != us(m_second)) {
                return;
            }
            if (!both) {
                m_problem = both.error();
                Q_EMIT changed();
                return;
            }
            m_problem.reset();
            const Disagreement* now = current();
            const project::RowId row = now == nullptr ? 0 : now->row;
            m_agreement = both->agreement;
            m_disagreements = std::move(both->differing);
            const auto same = std::find_if(m_disagreements.begin(), m_disagreements.end(),
                                           [row](const Disagreement& each) { return each.row == row; });
            m_place = same == m_disagreements.end() ? 0 : static_cast<std::size_t>(same - m_disagreements.begin());
            if (same == m_disagreements.end()) {
                m_details.reset();
            }
            Q_EMIT changed();
            if (!m_details) {
                readCurrent();
            }
        });
}

std::size_t AgreementPresenter::openCount() const {
    return static_cast<std::size_t>(std::count_if(m_disagreements.begin(), m_disagreements.end(),
                                                  [](const Disagreement& each) { return each.settled.empty(); }));
}

const Disagreement* AgreementPresenter::current() const {
    return m_place < m_disagreements.size() ? &m_disagreements[m_place] : nullptr;
}

void AgreementPresenter::goTo(std::size_t place) {
    if (place >= m_disagreements.size() || place == m_place || m_saving) {
        return;
    }
    m_place = place;
    m_details.reset();
    readCurrent();
    Q_EMIT currentChanged();
}

void AgreementPresenter::goToOpen() {
    const std::size_t count = m_disagreements.size();
    for (std::size_t step = 1; step <= count; ++step) {
        const std::size_t place = (m_place + step) % count;
        if (m_disagreements[place].settled.empty()) {
            goTo(place);
            return;
        }
    }
}

void AgreementPresenter::readCurrent() {
    const Disagreement* now = current();
    if (now == nullptr) {
        return;
    }
    m_desk.ask<project::RowDetails>(
        LabelLane::Row, kRowKey, [row = now->row](RowStore& store) { return store.details(row); },
        [this, row = now->row](Result<project::RowDetails> details) {
            const Disagreement* wanted = current();
            if (wanted == nullptr || wanted->row != row) {
                return;
            }
            if (details) {
                m_details = std::move(details).value();
                m_problem.reset();
            } else {
                m_problem = details.error();
            }
            Q_EMIT currentChanged();
        });
}

void AgreementPresenter::settle(const QString& label) {
    const Disagreement* now = current();
    const QString name = label.trimmed();
    if (now == nullptr || name.isEmpty() || m_saving || !m_details || m_details->cells.id != now->row) {
        return;
    }
    const std::string value = us(name);
    project::EditStep step;
    step.label = us(tr("Settle row %1: %2").arg(Format::exactCount(now->row), name));
    step.annotator = us(settledName(m_first, m_second));
    step.edits.push_back({now->row, RowField::Label, value, 0});
    step.edits.push_back({now->row, RowField::Annotation, value, 0});
    if (m_answers && labelSubject(m_details->sample).hasAnswer) {
        step.edits.push_back({now->row, RowField::Answer, value, 0});
    }
    m_saving = true;
    m_desk.store().apply(std::move(step), m_desk.answer<project::EditDone>(
                                              [this, row = now->row, value](Result<project::EditDone> done) {
                                                  m_saving = false;
                                                  if (!done) {
                                                      m_problem = done.error();
                                                      Q_EMIT changed();
                                                      return;
                                                  }
                                                  m_problem.reset();
                                                  for (Disagreement& each : m_disagreements) {
                                                      if (each.row == row) {
                                                          each.settled = value;
                                                      }
                                                  }
                                                  Q_EMIT changed();
                                                  goToOpen();
                                                  if (openCount() == 0) {
                                                      Q_EMIT said(tr("All disagreements are settled"));
                                                  }
                                              }));
    Q_EMIT changed();
}

void AgreementPresenter::undo() {
    // Only what was settled here: the last step of the journal must be one of ours.
    if (m_saving || !m_desk.isOpen()) {
        return;
    }
    m_saving = true;
    m_desk.ask<project::EditDone>(
        LabelLane::Row, 0,
        [who = us(settledName(m_first, m_second))](RowStore& store) -> Result<project::EditDone> {
            constexpr std::size_t kMost = 4096;
            FETTLE_TRY_VALUE(const auto journal, store.journal(kMost));
            const auto last = std::find_if(journal.begin(), journal.end(), [](const project::JournalEntry& each) {
                return !each.undone && (each.kind == project::JournalEntry::Kind::Edit ||
                                        each.kind == project::JournalEntry::Kind::Import);
            });
            if (last == journal.end() || last->annotator != who) {
                return makeError(ErrorCode::InvalidInput, "the last step settled no disagreement",
                                 "Undo it in the queue or on the Data page.");
            }
            return store.undo();
        },
        [this](Result<project::EditDone> done) {
            m_saving = false;
            if (done && !done->first.empty()) {
                m_problem.reset();
                for (std::size_t place = 0; place < m_disagreements.size(); ++place) {
                    if (m_disagreements[place].row == done->first.front()) {
                        goTo(place);
                    }
                }
                refresh();
            } else if (!done) {
                m_problem = done.error();
            }
            Q_EMIT changed();
        });
}

} // namespace fettle::ui
