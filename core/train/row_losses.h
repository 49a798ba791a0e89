// Mean loss of every row over an epoch, gathered while training, and the small binary file it becomes: "FTLROWS1", then
// for each row int64 sample id and float32 mean loss (little-endian). Rows that were not reached yet are left out. No
// torch.
#pragma once

#include "base/result.h"
#include "data/packed_batch.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fettle::train {

class RowLossSums {
public:
    /// `sampleIds` ascending: one entry a training row.
    explicit RowLossSums(std::vector<std::int64_t> sampleIds);
    /// Adds the losses of a batch; `losses` parallel to batch.labels.
    void add(const data::PackedBatch& batch, std::span<const float> losses);
    void reset();
    [[nodiscard]] Result<void> write(const std::string& path) const;

    [[nodiscard]] std::span<const double> sums() const { return m_sums; }
    [[nodiscard]] std::span<const std::int32_t> counts() const { return m_counts; }
    /// From a checkpoint; ignored (false) where the sizes do not fit.
    bool restore(std::span<const double> sums, std::span<const std::int32_t> counts);

private:
    std::vector<std::int64_t> m_sampleIds;
    std::vector<double> m_sums;
    std::vector<std::int32_t> m_counts;
};

/// Sample ids whose tokens' losses in this batch are no numbers; all rows of the batch where every loss is finite (then
/// the fault lies in the gradients).
[[nodiscard]] std::vector<std::int64_t> nonFiniteRows(const data::PackedBatch& batch, std::span<const float> losses);

struct RowLoss {
    std::int64_t sample = 0;
    float loss = 0;
};
/// Replaces the file (atomic).
[[nodiscard]] Result<void> writeRowLosses(const std::string& path, std::span<const RowLoss> losses);
/// Errors: NotFound …, Corrupt.
[[nodiscard]] Result<std::vector<RowLoss>> readRowLosses(const std::string& path);

} // namespace fettle::train
