// The rows of a long table that are in memory: pages of equal length by page number, the longest unused one goes first.
// Also keeps which pages somebody looked for in vain, so that they can be asked for together. Plain values, no Qt.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fettle::ui {

/// Thread: one at a time. Pointers from find() live until the next put(), clear() or forget.
template <class Row>
class PageCache {
public:
    PageCache(std::size_t pageRows, std::size_t mostPages)
        : m_pageRows(pageRows)
        , m_mostPages(mostPages) {}

    [[nodiscard]] std::size_t pageRows() const { return m_pageRows; }
    [[nodiscard]] std::size_t pages() const { return m_pages.size(); }
    [[nodiscard]] std::size_t pageOf(std::size_t row) const { return row / m_pageRows; }

    /// The row, or nullptr: then its page is noted as wanted. A stale page is given and noted.
    [[nodiscard]] const Row* find(std::size_t row) {
        const std::size_t number = pageOf(row);
        m_looked = number;
        const auto found = m_pages.find(number);
        if (found == m_pages.end()) {
            note(number);
            return nullptr;
        }
        Page& page = found->second;
        if (page.stale) {
            note(number);
        }
        m_used.splice(m_used.begin(), m_used, page.place);
        const std::size_t at = row % m_pageRows;
        return at < page.rows.size() ? &page.rows[at] : nullptr;
    }
    /// Without noting and without counting as use.
    [[nodiscard]] const Row* peek(std::size_t row) const {
        const auto found = m_pages.find(pageOf(row));
        const std::size_t at = row % m_pageRows;
        return found != m_pages.end() && at < found->second.rows.size() ? &found->second.rows[at] : nullptr;
    }
    [[nodiscard]] bool has(std::size_t page) const {
        const auto found = m_pages.find(page);
        return found != m_pages.end() && !found->second.stale;
    }
    void put(std::size_t number, std::vector<Row> rows) {
        const auto found = m_pages.find(number);
        if (found != m_pages.end()) {
            found->second.rows = std::move(rows);
            found->second.stale = false;
        } else {
            while (m_pages.size() >= m_mostPages) {
                m_pages.erase(m_used.back());
                m_used.pop_back();
            }
            m_used.push_front(number);
            m_pages.emplace(number, Page{std::move(rows), m_used.begin(), false});
        }
        std::erase(m_wanted, number);
    }
    /// What is there may be shown until the new page comes, but it is asked for again.
    void makeStale() {
        for (auto& [number, page] : m_pages) {
            page.stale = true;
        }
    }
    /// Only pages that hold a row for which `changed` is true.
    template <class Changed>
    void makeStaleWhere(const Changed& changed) {
        for (auto& [number, page] : m_pages) {
            page.stale = page.stale || std::any_of(page.rows.begin(), page.rows.end(), changed);
        }
    }
    void clear() {
        m_pages.clear();
        m_used.clear();
        m_wanted.clear();
    }

    void note(std::size_t page) {
        std::erase(m_wanted, page);
        m_wanted.push_back(page);
    }
    [[nodiscard]] bool anythingWanted() const { return !m_wanted.empty(); }
    /// The pages looked for in vain since the last call, the newest `most` of them, newest first.
    [[nodiscard]] std::vector<std::size_t> takeWanted(std::size_t most) {
        std::vector<std::size_t> out(m_wanted.rbegin(), m_wanted.rend());
        if (out.size() > most) {
            out.resize(most);
        }
        m_wanted.clear();
        return out;
    }
    /// The page looked at last.
    [[nodiscard]] std::size_t looked() const { return m_looked; }

private:
    struct Page {
        std::vector<Row> rows;
        std::list<std::size_t>::iterator place;
        bool stale = false;
    };
    std::size_t m_pageRows, m_mostPages;
    std::unordered_map<std::size_t, Page> m_pages;
    std::list<std::size_t> m_used; // newest first
    std::vector<std::size_t> m_wanted;
    std::size_t m_looked = 0;
};

} // namespace fettle::ui
