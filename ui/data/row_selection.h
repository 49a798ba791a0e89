// Which rows are chosen: ids, or "all that match" as a filter, never a million indexes. Outlives sorting, filtering and
// the table that shows it.
#pragma once

#include "project/row_query.h"

#include <QObject>

namespace fettle::ui {

/// Thread: GUI.
class RowSelection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void set(std::vector<project::RowId> ids);
    /// Every row of the filter, also those that come to match it later.
    void setAll(const project::Filter& filter, std::int64_t rows);
    void clear();

    [[nodiscard]] bool isAll() const { return m_all; }
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] const std::vector<project::RowId>& ids() const { return m_ids; } // ascending; empty where isAll()
    [[nodiscard]] bool contains(project::RowId id) const;
    /// What an edit of the selection is an edit of.
    [[nodiscard]] project::Filter asFilter() const;
    /// The rows of `all` are another number now.
    void setAllRows(std::int64_t rows);

Q_SIGNALS:
    void changed();

private:
    std::vector<project::RowId> m_ids;
    bool m_all = false;
    project::Filter m_filter;
    std::int64_t m_rows = 0;
};

} // namespace fettle::ui
