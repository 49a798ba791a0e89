#include "bridge/runs_filter.h"

#include "bridge/strings.h"

#include <QCollator>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

bool shows(RunsShown shown, const RunRow& row) {
    const RunState state = row.summary.state;
    switch (shown) {
    case RunsShown::All:
        return true;
    case RunsShown::Live:
        return row.live();
    case RunsShown::Succeeded:
        return state == RunState::Succeeded;
    case RunsShown::EndedEarly:
        return state == RunState::Stopped || state == RunState::Aborted || state == RunState::Interrupted ||
               state == RunState::None;
    case RunsShown::Failed:
        return state == RunState::Failed;
    }
    return true;
}

double orInfinity(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? *value : std::numeric_limits<double>::infinity();
}

} // namespace

RunsFilter::RunsFilter(RunsModel& runs, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_runs(runs) {
    setDynamicSortFilter(true);
    setSourceModel(&runs);
}

void RunsFilter::changed() {
    invalidateFilter();
}

void RunsFilter::setWords(const QString& words) {
    m_words = words.simplified().split(u' ', Qt::SkipEmptyParts);
    changed();
}

void RunsFilter::setShown(RunsShown shown) {
    m_shown = shown;
    changed();
}

void RunsFilter::setTag(const QString& tag) {
    m_tag = tag;
    changed();
}

void RunsFilter::setArchived(bool archived) {
    m_archived = archived;
    changed();
}

void RunsFilter::setOrder(RunsOrder order) {
    m_order = order;
    invalidate();
    sort(order == RunsOrder::Newest ? -1 : 0); // -1: the model's own order
}

bool RunsFilter::filters() const {
    return !m_words.isEmpty() || m_shown != RunsShown::All || !m_tag.isEmpty();
}

void RunsFilter::clear() {
    m_words.clear();
    m_shown = RunsShown::All;
    m_tag.clear();
    changed();
}

QStringList RunsFilter::tags() const {
    QStringList out;
    for (const RunRow& row : m_runs.rows()) {
        for (const std::string& tag : row.summary.tags) {
            if (!out.contains(qs(tag))) {
                out << qs(tag);
            }
        }
    }
    std::sort(out.begin(), out.end(), QCollator());
    return out;
}

int RunsFilter::archivedCount() const {
    return static_cast<int>(std::count_if(m_runs.rows().begin(), m_runs.rows().end(),
                                          [](const RunRow& row) { return row.summary.archived; }));
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const RunRow& run = m_runs.rows()[row];
    if (run.summary.archived != m_archived || !shows(m_shown, run)) {
        return false;
    }
    QStringList tags;
    for (const std::string& tag : run.summary.tags) {
        tags << qs(tag);
    }
    if (!m_tag.isEmpty() && !tags.contains(m_tag)) {
        return false;
    }
    const QString text = QStringList{run.title(),          run.what,        qs(run.summary.id),
                                     qs(run.summary.note), tags.join(u' '), qs(run.summary.sweep)}
                             .join(u'\n');
    return std::all_of(m_words.begin(), m_words.end(),
                       [&text](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool RunsFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const RunRow& a = m_runs.rows()[left.row()];
    const RunRow& b = m_runs.rows()[right.row()];
    switch (m_order) {
    case RunsOrder::Name: {
        QCollator byName;
        byName.setNumericMode(true); // Run 9 before Run 10
        const int order = byName.compare(a.title(), b.title());
        return order != 0 ? order < 0 : left.row() < right.row();
    }
    case RunsOrder::ValidationLoss: {
        const double x = orInfinity(a.summary.validationLoss);
        const double y = orInfinity(b.summary.validationLoss);
        return x != y ? x < y : left.row() < right.row();
    }
    case RunsOrder::Speed: {
        const double x = a.summary.tokensPerSecond.value_or(0);
        const double y = b.summary.tokensPerSecond.value_or(0);
        return x != y ? x > y : left.row() < right.row();
    }
    case RunsOrder::Newest:
        break;
    }
    return left.row() < right.row();
}

} // namespace fettle::ui
