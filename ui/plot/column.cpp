#include "plot/column.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace fettle::ui {

Column::Chunk* Column::addChunk() {
    m_chunks.push_back(std::make_shared<Chunk>());
    return m_chunks.back().get();
}

void Column::truncate(qsizetype n) {
    n = std::clamp<qsizetype>(n, 0, m_size);
    m_chunks.resize(static_cast<std::size_t>((n + kChunk - 1) / kChunk));
    m_size = n;
    if (n % kBlock != 0) { // the block that is cut in two
        Chunk* chunk = ownLast();
        const qsizetype at = n % kChunk;
        Extent& block = chunk->blocks[static_cast<std::size_t>(at / kBlock)];
        block = {};
        for (qsizetype i = at / kBlock * kBlock; i < at; ++i) {
            block.add(chunk->values[static_cast<std::size_t>(i)]);
        }
    }
}

Extent Column::extent(qsizetype from, qsizetype to) const {
    Extent out;
    from = std::max<qsizetype>(from, 0);
    to = std::min(to, m_size);
    while (from < to) {
        const Chunk& chunk = *m_chunks[static_cast<std::size_t>(from / kChunk)];
        const qsizetype at = from % kChunk;
        if (at % kBlock == 0 && to - from >= kBlock) {
            out.add(chunk.blocks[static_cast<std::size_t>(at / kBlock)]);
            from += kBlock;
        } else {
            out.add(chunk.values[static_cast<std::size_t>(at)]);
            ++from;
        }
    }
    return out;
}

qsizetype Column::lowerBound(double value, qsizetype from) const {
    from = std::clamp<qsizetype>(from, 0, m_size);
    // By chunks first: their last values are the index.
    auto chunk = static_cast<std::size_t>(from / kChunk);
    const auto count = m_chunks.size();
    const auto lastOf = [this, count](std::size_t c) {
        return c + 1 < count ? m_chunks[c]->values[static_cast<std::size_t>(kChunk - 1)] : back();
    };
    if (from >= m_size || lastOf(count - 1) < value) {
        return m_size;
    }
    std::size_t high = count - 1;
    while (chunk < high) {
        const std::size_t middle = chunk + (high - chunk) / 2;
        if (lastOf(middle) < value) {
            chunk = middle + 1;
        } else {
            high = middle;
        }
    }
    const auto begin = m_chunks[chunk]->values.begin();
    const qsizetype base = static_cast<qsizetype>(chunk) * kChunk;
    const qsizetype length = std::min(kChunk, m_size - base);
    const qsizetype skip = std::clamp<qsizetype>(from - base, 0, length);
    return base + (std::lower_bound(begin + skip, begin + length, value) - begin);
}

qsizetype Column::nearest(double value) const {
    if (m_size == 0) {
        return -1;
    }
    const qsizetype at = lowerBound(value);
    if (at == 0) {
        return 0;
    }
    if (at == m_size) {
        return m_size - 1;
    }
    return value - (*this)[at - 1] <= (*this)[at] - value ? at - 1 : at;
}

bool Column::extends(const Column& older) const {
    if (m_size < older.m_size) {
        return false;
    }
    const qsizetype whole = older.m_size / kChunk;
    for (qsizetype c = 0; c < whole; ++c) {
        if (m_chunks[static_cast<std::size_t>(c)] != older.m_chunks[static_cast<std::size_t>(c)]) {
            return false;
        }
    }
    for (qsizetype i = whole * kChunk; i < older.m_size; ++i) {
        if (std::bit_cast<std::uint64_t>((*this)[i]) != std::bit_cast<std::uint64_t>(older[i])) {
            return false;
        }
    }
    return true;
}

QVector<double> Column::toVector(qsizetype from) const {
    QVector<double> out;
    out.reserve(std::max<qsizetype>(0, m_size - from));
    for (qsizetype i = std::max<qsizetype>(from, 0); i < m_size; ++i) {
        out.append((*this)[i]);
    }
    return out;
}

bool Column::ascends(qsizetype from) const {
    for (qsizetype i = std::max<qsizetype>(from, 1); i < m_size; ++i) {
        if (!((*this)[i] >= (*this)[i - 1])) {
            return false;
        }
    }
    return true;
}

bool operator==(const Column& a, const Column& b) {
    return a.m_size == b.m_size && std::equal(a.begin(), a.end(), b.begin());
}

} // namespace fettle::ui
