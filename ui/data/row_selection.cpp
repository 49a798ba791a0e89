#include "data/row_selection.h"

#include <algorithm>

namespace fettle::ui {

void RowSelection::set(std::vector<project::RowId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (m_all || ids != m_ids) {
        m_all = false;
        m_ids = std::move(ids);
        Q_EMIT changed();
    }
}

void RowSelection::setAll(const project::Filter& filter, std::int64_t rows) {
    if (!m_all || !(filter == m_filter) || rows != m_rows) {
        m_all = true;
        m_ids.clear();
        m_filter = filter;
        m_rows = rows;
        Q_EMIT changed();
    }
}

void RowSelection::clear() {
    set({});
}

std::int64_t RowSelection::count() const {
    return m_all ? m_rows : static_cast<std::int64_t>(m_ids.size());
}

bool RowSelection::contains(project::RowId id) const {
    return !m_all && std::binary_search(m_ids.begin(), m_ids.end(), id);
}

project::Filter RowSelection::asFilter() const {
    if (m_all) {
        return m_filter;
    }
    project::Filter filter;
    filter.ids = m_ids;
    return filter;
}

void RowSelection::setAllRows(std::int64_t rows) {
    if (m_all && rows != m_rows) {
        m_rows = rows;
        Q_EMIT changed();
    }
}

} // namespace fettle::ui
