// A column of numbers that grows at its end and is shared: copies cost a pointer a chunk, and growing a copy touches
// its last chunk only. Every block of 64 values knows its lowest and highest, so that a million points are drawn by
// pixel columns without reading them all, and without losing one extreme.
#pragma once

#include <QVector>

#include <array>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <vector>

namespace fettle::ui {

/// Lowest and highest finite value of a range; none: low > high.
struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    [[nodiscard]] bool isEmpty() const { return low > high; }
    void add(const Extent& other) {
        low = other.low < low ? other.low : low;
        high = other.high > high ? other.high : high;
    }
    void add(double value) {
        if (value - value == 0) { // finite
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
};

/// Thread: one writer; copies may be read on any thread.
class Column {
public:
    static constexpr qsizetype kChunk = 4096;
    static constexpr qsizetype kBlock = 64;

    Column() = default;
    Column(std::initializer_list<double> values) { append(values.begin(), values.end()); }
    explicit Column(const QVector<double>& values) { append(values.begin(), values.end()); }

    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] double operator[](qsizetype i) const {
        return m_chunks[static_cast<std::size_t>(i / kChunk)]->values[static_cast<std::size_t>(i % kChunk)];
    }
    [[nodiscard]] double front() const { return (*this)[0]; }
    [[nodiscard]] double back() const { return (*this)[m_size - 1]; }
    [[nodiscard]] double first() const { return front(); }
    [[nodiscard]] double last() const { return back(); }

    void append(double value) {
        const qsizetype at = m_size % kChunk;
        Chunk* chunk = at == 0 ? addChunk() : ownLast();
        chunk->values[static_cast<std::size_t>(at)] = value;
        Extent& block = chunk->blocks[static_cast<std::size_t>(at / kBlock)];
        if (at % kBlock == 0) {
            block = {};
        }
        block.add(value);
        ++m_size;
    }
    template <class Iterator>
    void append(Iterator from, Iterator to) {
        for (; from != to; ++from) {
            append(static_cast<double>(*from));
        }
    }
    /// Keeps the first n values.
    void truncate(qsizetype n);
    void clear() { truncate(0); }

    /// Lowest and highest of [from, to).
    [[nodiscard]] Extent extent(qsizetype from, qsizetype to) const;
    /// First index in [from, size) whose value is not below `value`; the column ascends.
    [[nodiscard]] qsizetype lowerBound(double value, qsizetype from = 0) const;
    /// Index of the value nearest to `value` in an ascending column; -1 when empty.
    [[nodiscard]] qsizetype nearest(double value) const;
    /// Whether this is `older` with more at the end (the same chunks, or the same values in the last of them).
    [[nodiscard]] bool extends(const Column& older) const;
    [[nodiscard]] QVector<double> toVector(qsizetype from = 0) const;
    /// Whether no value is below the one before it.
    [[nodiscard]] bool ascends(qsizetype from = 0) const;
    /// Bytes that this column holds (shared ones counted fully).
    [[nodiscard]] std::size_t bytes() const { return m_chunks.size() * sizeof(Chunk); }

    class const_iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = double;
        using difference_type = qsizetype;
        using pointer = const double*;
        using reference = double;
        const_iterator() = default;
        const_iterator(const Column* column, qsizetype at)
            : m_column(column)
            , m_at(at) {}
        double operator*() const { return (*m_column)[m_at]; }
        double operator[](qsizetype n) const { return (*m_column)[m_at + n]; }
        const_iterator& operator++() { return ++m_at, *this; }
        const_iterator operator++(int) { return {m_column, m_at++}; }
        const_iterator& operator--() { return --m_at, *this; }
        const_iterator operator--(int) { return {m_column, m_at--}; }
        const_iterator& operator+=(qsizetype n) { return m_at += n, *this; }
        const_iterator& operator-=(qsizetype n) { return m_at -= n, *this; }
        friend const_iterator operator+(const_iterator it, qsizetype n) { return it += n; }
        friend const_iterator operator+(qsizetype n, const_iterator it) { return it += n; }
        friend const_iterator operator-(const_iterator it, qsizetype n) { return it -= n; }
        friend qsizetype operator-(const const_iterator& a, const const_iterator& b) { return a.m_at - b.m_at; }
        friend bool operator==(const const_iterator& a, const const_iterator& b) { return a.m_at == b.m_at; }
        friend auto operator<=>(const const_iterator& a, const const_iterator& b) { return a.m_at <=> b.m_at; }

    private:
        const Column* m_column = nullptr;
        qsizetype m_at = 0;
    };
    [[nodiscard]] const_iterator begin() const { return {this, 0}; }
    [[nodiscard]] const_iterator end() const { return {this, m_size}; }
    friend bool operator==(const Column& a, const Column& b);

private:
    struct Chunk {
        std::array<double, static_cast<std::size_t>(kChunk)> values;
        std::array<Extent, static_cast<std::size_t>(kChunk / kBlock)> blocks;
    };
    Chunk* addChunk();
    Chunk* ownLast() {
        std::shared_ptr<Chunk>& last = m_chunks.back();
        if (last.use_count() > 1) {
            last = std::make_shared<Chunk>(*last);
        } else {
            std::atomic_thread_fence(std::memory_order_acquire); // another thread may have read it just before
        }
        return last.get();
    }
    std::vector<std::shared_ptr<Chunk>> m_chunks; // shared between the copies of a column
    qsizetype m_size = 0;
};

} // namespace fettle::ui
