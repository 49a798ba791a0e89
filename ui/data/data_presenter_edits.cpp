// What a person does with rows: one of them, those chosen, all that match.
#include "data/data_presenter.h"

#include "bridge/strings.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::Filter;
using project::RowField;
using project::RowId;
using project::RowState;
using project::Split;

void DataPresenter::setCurrent(RowId id) {
    if (id != m_current) {
        m_current = id;
        m_inspector->show(id);
        Q_EMIT currentChanged();
    }
}

void DataPresenter::showRows(const std::vector<RowId>& ids) {
    Filter filter;
    filter.ids = ids;
    setFilter(filter);
}

std::int64_t DataPresenter::targetRows() const {
    return m_selection.count() > 0 ? m_selection.count() : m_current != 0 ? 1 : 0;
}

void DataPresenter::edit(const QString& label, RowField field, const QString& value) {
    if (m_selection.count() == 0 && m_current == 0) {
        return;
    }
    if (m_selection.isAll() || m_selection.count() > 1) {
        project::BulkEdit bulk;
        bulk.label = us(label);
        bulk.filter = m_selection.asFilter();
        bulk.field = field;
        bulk.value = us(value);
        m_rows.applyBulk(std::move(bulk));
        return;
    }
    project::EditStep step;
    step.label = us(label);
    step.edits.push_back({m_selection.count() == 1 ? m_selection.ids().front() : m_current, field, us(value), 0});
    m_rows.apply(std::move(step));
}

namespace {
/// Counts for plurals; what is said stands in the text by itself.
int plural(std::int64_t rows) {
    return static_cast<int>(std::min<std::int64_t>(rows, 1'000'000'000));
}
} // namespace

void DataPresenter::setStateOfTarget(RowState state) {
    const std::int64_t rows = targetRows();
    edit(state == RowState::Rejected ? tr("Reject %1 row(s)", nullptr, plural(rows)).arg(Format::exactCount(rows))
                                     : tr("Bring back %1 row(s)", nullptr, plural(rows)).arg(Format::exactCount(rows)),
         RowField::State, qs(project::rowStateName(state)));
}

void DataPresenter::setSplitOfTarget(Split split) {
    const std::int64_t rows = targetRows();
    edit(tr("Move %1 row(s) to %2", nullptr, plural(rows)).arg(Format::exactCount(rows), RowWords::split(split)),
         RowField::Split, qs(project::splitName(split)));
}

void DataPresenter::setLabelOfTarget(const QString& label) {
    const std::int64_t rows = targetRows();
    edit(label.isEmpty() ? tr("Take the label of %1 row(s) away", nullptr, plural(rows)).arg(Format::exactCount(rows))
                         : tr("Label %1 row(s) %2", nullptr, plural(rows)).arg(Format::exactCount(rows), label),
         RowField::Label, label);
}

void DataPresenter::tagTarget(const QString& tag, bool add) {
    const std::int64_t rows = targetRows();
    if (!tag.trimmed().isEmpty()) {
        edit(add ? tr("Tag %1 row(s) %2", nullptr, plural(rows)).arg(Format::exactCount(rows), tag.trimmed())
                 : tr("Take tag %2 from %1 row(s)", nullptr, plural(rows)).arg(Format::exactCount(rows), tag.trimmed()),
             add ? RowField::AddTag : RowField::RemoveTag, tag.trimmed());
    }
}

void DataPresenter::rateTarget(int rating) {
    const std::int64_t rows = targetRows();
    edit(rating == 0 ? tr("Take the rating of %1 row(s) away", nullptr, plural(rows)).arg(Format::exactCount(rows))
                     : tr("Rate %1 row(s) %2", nullptr, plural(rows)).arg(Format::exactCount(rows)).arg(rating),
         RowField::Rating, rating == 0 ? QString() : QString::number(rating));
}

void DataPresenter::rejectRow(RowId id) {
    project::EditStep step;
    step.label = us(tr("Reject row %1").arg(RowWords::id(id)));
    step.edits.push_back({id, RowField::State, project::rowStateName(RowState::Rejected), 0});
    m_rows.apply(std::move(step));
}

void DataPresenter::setColumns(const ShownColumns& columns) {
    if (columns != m_table->columns()) {
        m_table->setColumns(columns);
        keep("data.columns", toJson(columns));
        Q_EMIT columnsChanged();
    }
}

} // namespace fettle::ui
