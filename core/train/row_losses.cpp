// Row losses: sums by row, the file, and the rows behind a loss that is no number.
#include "train/row_losses.h"

#include "base/files.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fettle::train {
namespace {

constexpr std::string_view kMagic = "FTLROWS1";
constexpr std::size_t kRecordBytes = 12;

// Calls visit(sample id, label index) for each label of the batch. Labels come in the order of their tokens.
template <class Visit>
void eachLabel(const data::PackedBatch& batch, Visit visit) {
    std::size_t segment = 0;
    for (std::size_t i = 0; i < batch.labelRows.size(); ++i) {
        const std::int32_t token = batch.labelRows[i];
        while (segment > 0 && token < batch.segments[segment].begin) {
            --segment;
        }
        while (segment + 1 < batch.segments.size() && token >= batch.segments[segment].end) {
            ++segment;
        }
        visit(batch.segments[segment].sample, i);
    }
}

} // namespace

RowLossSums::RowLossSums(std::vector<std::int64_t> sampleIds)
    : m_sampleIds(std::move(sampleIds))
    , m_sums(m_sampleIds.size(), 0.0)
    , m_counts(m_sampleIds.size(), 0) {}

void RowLossSums::add(const data::PackedBatch& batch, std::span<const float> losses) {
    eachLabel(batch, [&](std::int64_t sample, std::size_t label) {
        const auto found = std::lower_bound(m_sampleIds.begin(), m_sampleIds.end(), sample);
        if (found != m_sampleIds.end() && *found == sample && label < losses.size()) {
            const auto row = static_cast<std::size_t>(found - m_sampleIds.begin());
            m_sums[row] += static_cast<double>(losses[label]);
            ++m_counts[row];
        }
    });
}

void RowLossSums::reset() {
    std::fill(m_sums.begin(), m_sums.end(), 0.0);
    std::fill(m_counts.begin(), m_counts.end(), 0);
}

bool RowLossSums::restore(std::span<const double> sums, std::span<const std::int32_t> counts) {
    if (sums.size() != m_sums.size() || counts.size() != m_counts.size()) {
        return false;
    }
    std::copy(sums.begin(), sums.end(), m_sums.begin());
    std::copy(counts.begin(), counts.end(), m_counts.begin());
    return true;
}

Result<void> RowLossSums::write(const std::string& path) const {
    std::vector<RowLoss> losses;
    for (std::size_t row = 0; row < m_sums.size(); ++row) {
        if (m_counts[row] > 0) {
            losses.push_back({m_sampleIds[row], static_cast<float>(m_sums[row] / m_counts[row])});
        }
    }
    return writeRowLosses(path, losses);
}

Result<void> writeRowLosses(const std::string& path, std::span<const RowLoss> losses) {
    std::string bytes(kMagic);
    bytes.reserve(kMagic.size() + losses.size() * kRecordBytes);
    for (const RowLoss& row : losses) {
        char record[kRecordBytes];
        std::memcpy(record, &row.sample, 8);
        std::memcpy(record + 8, &row.loss, 4);
        bytes.append(record, kRecordBytes);
    }
    return writeFileAtomic(path, bytes);
}

std::vector<std::int64_t> nonFiniteRows(const data::PackedBatch& batch, std::span<const float> losses) {
    std::vector<std::int64_t> rows;
    eachLabel(batch, [&](std::int64_t sample, std::size_t label) {
        if (label < losses.size() && !std::isfinite(losses[label]) && (rows.empty() || rows.back() != sample)) {
            rows.push_back(sample);
        }
    });
    if (rows.empty()) {
        for (const data::Segment& segment : batch.segments) {
            if (segment.sample >= 0) {
                rows.push_back(segment.sample);
            }
        }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

Result<std::vector<RowLoss>> readRowLosses(const std::string& path) {
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
    const std::string_view bytes = file.text();
    if (!bytes.starts_with(kMagic) || (bytes.size() - kMagic.size()) % kRecordBytes != 0) {
        return makeError(ErrorCode::Corrupt, "is no file of row losses").at(path);
    }
    std::vector<RowLoss> out((bytes.size() - kMagic.size()) / kRecordBytes);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const char* record = bytes.data() + kMagic.size() + i * kRecordBytes;
        std::memcpy(&out[i].sample, record, 8);
        std::memcpy(&out[i].loss, record + 8, 4);
    }
    return out;
}

} // namespace fettle::train
