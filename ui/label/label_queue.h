// The rows of a labeling queue in their order, which of them are decided, and where the person is. Values only; the
// presenter fills it from the store.
#pragma once

#include "project/row_types.h"

#include <cstddef>
#include <vector>

namespace fettle::ui {

class LabelQueue {
public:
    LabelQueue() = default;
    /// `open`: those of `rows` that are not decided yet, in the same order.
    LabelQueue(project::RowIndexPtr rows, const project::RowIndex& open);

    [[nodiscard]] std::size_t size() const { return m_rows == nullptr ? 0 : m_rows->size(); }
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] std::size_t decided() const { return m_decidedCount; }
    [[nodiscard]] std::size_t open() const { return size() - m_decidedCount; }
    [[nodiscard]] std::size_t place() const { return m_place; }
    [[nodiscard]] project::RowId current() const { return at(m_place); }
    [[nodiscard]] project::RowId at(std::size_t place) const { return place < size() ? (*m_rows)[place] : 0; }
    [[nodiscard]] bool isDecided(std::size_t place) const { return place < size() && m_decided[place]; }
    [[nodiscard]] bool contains(project::RowId row) const { return placeOf(row) < size(); }

    /// False where the queue lacks the row: nothing moves.
    bool moveTo(project::RowId row);
    bool next();     // the row after this one, decided or not
    bool previous(); // the row before this one
    /// The next row that is not decided, from the start again after the end. False: all others are decided.
    bool nextOpen();
    void setDecided(project::RowId row, bool decided);
    /// Rows that are likely to show soon, likeliest first: the next open ones, then the neighbours in order.
    [[nodiscard]] std::vector<project::RowId> ahead(std::size_t open) const;

    /// `rows` without those of `without`, which stand in the same order.
    [[nodiscard]] static project::RowIndex difference(const project::RowIndex& rows, const project::RowIndex& without);

private:
    [[nodiscard]] std::size_t placeOf(project::RowId row) const; // size() = not there
    [[nodiscard]] std::size_t openAfter(std::size_t place) const;

    project::RowIndexPtr m_rows; // shared with the store
    std::vector<bool> m_decided;
    std::size_t m_decidedCount = 0;
    std::size_t m_place = 0;
};

} // namespace fettle::ui
