#include "label/label_queue.h"

#include <algorithm>
#include <unordered_set>

namespace fettle::ui {

using project::RowId;
using project::RowIndex;

namespace {

/// Calls `take` for each place of `rows` with whether the row is among `some`. Both stand in the same order where the
/// store did not change between two questions; where it did, a set answers.
template <class Take>
void eachAmong(const RowIndex& rows, const RowIndex& some, Take take) {
    std::vector<bool> among(rows.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size() && next < some.size(); ++i) {
        if (rows[i] == some[next]) {
            among[i] = true;
            ++next;
        }
    }
    if (next < some.size()) {
        const std::unordered_set<RowId> set(some.begin(), some.end());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            among[i] = set.count(rows[i]) > 0;
        }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        take(i, among[i]);
    }
}

} // namespace

LabelQueue::LabelQueue(project::RowIndexPtr rows, const RowIndex& open)
    : m_rows(std::move(rows)) {
    m_decided.resize(size());
    if (m_rows != nullptr) {
        eachAmong(*m_rows, open, [this](std::size_t place, bool isOpen) {
            m_decided[place] = !isOpen;
            m_decidedCount += isOpen ? 0 : 1;
        });
    }
}

RowIndex LabelQueue::difference(const RowIndex& rows, const RowIndex& without) {
    RowIndex out;
    eachAmong(rows, without, [&](std::size_t place, bool isOut) {
        if (!isOut) {
            out.push_back(rows[place]);
        }
    });
    return out;
}

std::size_t LabelQueue::placeOf(RowId row) const {
    if (current() == row) {
        return m_place;
    }
    return m_rows == nullptr
               ? 0
               : static_cast<std::size_t>(std::find(m_rows->begin(), m_rows->end(), row) - m_rows->begin());
}

bool LabelQueue::moveTo(RowId row) {
    const std::size_t place = placeOf(row);
    if (place >= size()) {
        return false;
    }
    m_place = place;
    return true;
}

bool LabelQueue::next() {
    if (m_place + 1 >= size()) {
        return false;
    }
    ++m_place;
    return true;
}

bool LabelQueue::previous() {
    if (m_place == 0 || isEmpty()) {
        return false;
    }
    --m_place;
    return true;
}

std::size_t LabelQueue::openAfter(std::size_t place) const {
    if (m_decidedCount == size()) {
        return size();
    }
    for (std::size_t i = place + 1; i < size(); ++i) {
        if (!m_decided[i]) {
            return i;
        }
    }
    for (std::size_t i = 0; i < place && i < size(); ++i) {
        if (!m_decided[i]) {
            return i;
        }
    }
    return size();
}

bool LabelQueue::nextOpen() {
    const std::size_t place = openAfter(m_place);
    if (place >= size()) {
        return false;
    }
    m_place = place;
    return true;
}

void LabelQueue::setDecided(RowId row, bool decided) {
    const std::size_t place = placeOf(row);
    if (place < size() && m_decided[place] != decided) {
        m_decided[place] = decided;
        decided ? ++m_decidedCount : --m_decidedCount;
    }
}

std::vector<RowId> LabelQueue::ahead(std::size_t open) const {
    std::vector<RowId> out;
    const auto add = [&](std::size_t place) {
        const RowId row = at(place);
        if (row != 0 && place != m_place && std::find(out.begin(), out.end(), row) == out.end()) {
            out.push_back(row);
        }
    };
    std::size_t place = m_place;
    for (std::size_t i = 0; i < open; ++i) {
        place = openAfter(place);
        if (place >= size() || place == m_place) {
            break;
        }
        add(place);
    }
    add(m_place + 1);
    if (m_place > 0) {
        add(m_place - 1);
    }
    add(m_place + 2);
    return out;
}

} // namespace fettle::ui
