// BatchLayout: a packed batch as the passes want it: checked, padded to a bucketed number of tokens and labels, on the
// device.
#pragma once

#include "base/result.h"
#include "data/packed_batch.h"
#include "engine/kernels/kernels.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace fettle::engine {

/// Padding tokens form one more segment of their own that nothing looks at and no label depends on: they cost their
/// share of the products and change no number. They keep the number of shapes small for which oneDNN builds and caches
/// a kernel.
struct BatchLayout {
    std::int64_t tokens = 0, paddedTokens = 0;
    std::int64_t labels = 0, paddedLabels = 0;
    std::int64_t positions = 0;     // largest position + 1
    at::Tensor ids, pos;            // int32 [paddedTokens]
    at::Tensor labelRows, labelIds; // int32 [paddedLabels]; padding: row 0, label -1
    at::Tensor weights;             // fp32 [paddedLabels]
    std::vector<kernels::AttentionSegment> segments;
    std::vector<std::int32_t> hostPos; // [paddedTokens]
};

struct LayoutOptions {
    std::int64_t vocabulary = 0;
    std::int64_t headChunkRows = 128;
    c10::Device device = c10::Device(c10::kCPU);
    bool padded = true;
};

/// Errors (InvalidInput) name the first thing that is wrong: an id outside the vocabulary, segments with gaps, a parent
/// that comes later, a label row outside the batch.
[[nodiscard]] Result<BatchLayout> layOutBatch(const data::PackedBatch& batch, const LayoutOptions& options);

/// Plain rows side by side, without labels.
[[nodiscard]] data::PackedBatch packPrompts(const std::vector<std::vector<std::int32_t>>& rows);

/// The next size of a bucket: multiples of 16 up to 256, of 32 up to 1024, of 64 beyond.
[[nodiscard]] std::int64_t bucketed(std::int64_t count);

} // namespace fettle::engine
