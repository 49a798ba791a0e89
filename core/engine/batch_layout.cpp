// Checks a packed batch once, so that the kernels may trust it, and pads it.
#include "engine/batch_layout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fettle::engine {
namespace {

template <class T>
at::Tensor toTensor(const std::vector<T>& values, at::ScalarType type, c10::Device device) {
    at::Tensor host = at::empty({static_cast<std::int64_t>(values.size())}, type);
    if (!values.empty()) {
        std::memcpy(host.data_ptr(), values.data(), values.size() * sizeof(T));
    }
    return device.is_cpu() ? host : host.to(device);
}

Error invalid(const std::string& what) {
    return makeError(ErrorCode::InvalidInput, "packed batch: " + what);
}

} // namespace

std::int64_t bucketed(std::int64_t count) {
    const std::int64_t step = count <= 256 ? 16 : count <= 1024 ? 32 : 64;
    return (count + step - 1) / step * step;
}

Result<BatchLayout> layOutBatch(const data::PackedBatch& batch, const LayoutOptions& options) {
    const auto tokens = static_cast<std::int64_t>(batch.ids.size());
    if (tokens == 0) {
        return invalid("it holds no tokens");
    }
    if (batch.pos.size() != batch.ids.size()) {
        return invalid(std::to_string(batch.pos.size()) + " positions for " + std::to_string(tokens) + " tokens");
    }
    if (batch.labels.size() != batch.labelRows.size() || batch.weights.size() != batch.labels.size()) {
        return invalid("labels, label rows and weights differ in number");
    }
    BatchLayout layout;
    layout.tokens = tokens;
    layout.paddedTokens = options.padded ? bucketed(tokens) : tokens;
    layout.labels = static_cast<std::int64_t>(batch.labels.size());
    std::vector<std::int32_t> ids = batch.ids;
    layout.hostPos = batch.pos;
    std::int32_t largest = 0;
    for (std::size_t i = 0; i < batch.ids.size(); ++i) {
        if (ids[i] < 0 || ids[i] >= options.vocabulary) {
            return invalid("token " + std::to_string(i) + " has id " + std::to_string(ids[i]) +
                           ", the vocabulary has " + std::to_string(options.vocabulary));
        }
        if (batch.pos[i] < 0) {
            return invalid("token " + std::to_string(i) + " has a negative position");
        }
        largest = std::max(largest, batch.pos[i]);
    }
    std::int32_t end = 0;
    layout.segments.reserve(batch.segments.size() + 1);
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        const data::Segment& segment = batch.segments[s];
        if (segment.begin != end || segment.end < segment.begin || segment.end > tokens) {
            return invalid("segment " + std::to_string(s) + " does not follow the one before it");
        }
        if (segment.parent >= static_cast<std::int32_t>(s) || segment.parent < -1) {
            return invalid("segment " + std::to_string(s) + " has a parent that does not come before it");
        }
        layout.segments.push_back({segment.begin, segment.end, segment.parent});
        end = segment.end;
    }
    if (end != tokens) {
        return invalid("segments end at token " + std::to_string(end) + " of " + std::to_string(tokens));
    }
    if (layout.paddedTokens > tokens) {
        layout.segments.push_back(
            {static_cast<std::int32_t>(tokens), static_cast<std::int32_t>(layout.paddedTokens), -1});
        for (std::int64_t i = tokens; i < layout.paddedTokens; ++i) {
            ids.push_back(0);
            layout.hostPos.push_back(static_cast<std::int32_t>(i - tokens));
        }
        largest = std::max(largest, static_cast<std::int32_t>(layout.paddedTokens - tokens - 1));
    }
    layout.positions = std::int64_t{largest} + 1;

    std::vector<std::int32_t> rows = batch.labelRows;
    std::vector<std::int32_t> labels = batch.labels;
    std::vector<float> weights = batch.weights;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (rows[i] < 0 || rows[i] >= tokens) {
            return invalid("label " + std::to_string(i) + " belongs to row " + std::to_string(rows[i]) + " of " +
                           std::to_string(tokens));
        }
        if (labels[i] < 0 || labels[i] >= options.vocabulary) {
            return invalid("label " + std::to_string(i) + " is id " + std::to_string(labels[i]) +
                           ", the vocabulary has " + std::to_string(options.vocabulary));
        }
        if (!std::isfinite(weights[i]) || weights[i] < 0) {
            return invalid("label " + std::to_string(i) + " has a weight that is negative or no number");
        }
    }
    const std::int64_t rest = layout.labels % options.headChunkRows;
    layout.paddedLabels =
        options.padded ? layout.labels - rest + std::min(bucketed(rest), options.headChunkRows) : layout.labels;
    rows.resize(static_cast<std::size_t>(layout.paddedLabels), 0);
    labels.resize(static_cast<std::size_t>(layout.paddedLabels), -1);
    weights.resize(static_cast<std::size_t>(layout.paddedLabels), 0.0F);
    layout.ids = toTensor(ids, at::kInt, options.device);
    layout.pos = toTensor(layout.hostPos, at::kInt, options.device);
    layout.labelRows = toTensor(rows, at::kInt, options.device);
    layout.labelIds = toTensor(labels, at::kInt, options.device);
    layout.weights = toTensor(weights, at::kFloat, options.device);
    return layout;
}

data::PackedBatch packPrompts(const std::vector<std::vector<std::int32_t>>& rows) {
    data::PackedBatch batch;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        data::Segment segment;
        segment.begin = static_cast<std::int32_t>(batch.ids.size());
        batch.ids.insert(batch.ids.end(), rows[r].begin(), rows[r].end());
        for (std::size_t i = 0; i < rows[r].size(); ++i) {
            batch.pos.push_back(static_cast<std::int32_t>(i));
        }
        segment.end = static_cast<std::int32_t>(batch.ids.size());
        segment.sample = static_cast<std::int64_t>(r);
        batch.segments.push_back(segment);
    }
    batch.realTokens = batch.computedTokens();
    return batch;
}

} // namespace fettle::engine
