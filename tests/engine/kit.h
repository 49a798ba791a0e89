// Reading the golden model cases: folders, expected tensors, traces, and the comparison of numbers with a stated
// tolerance.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "data/packed_batch.h"
#include "model/model_files.h"
#include "model/peft_adapter.h"
#include "model/safetensors.h"
#include "support/golden.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace kit {

namespace fs = std::filesystem;

/// Case folders of the kit (those with an hf/ folder inside), sorted by name.
inline std::vector<fs::path> cases() {
    std::vector<fs::path> found;
    const fs::path root = fs::path(goldenRoot()) / "models";
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root, error)) {
        if (fs::is_directory(entry.path() / "hf")) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

inline std::vector<fs::path> folders(const fs::path& parent) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
        if (entry.is_directory()) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

/// All tensors of a safetensors file as floats. Empty with `error` set where it cannot be read.
inline std::map<std::string, Tensor> tensors(const fs::path& path, std::string& error) {
    std::map<std::string, Tensor> all;
    auto file = fettle::model::openSafetensors(path.string());
    if (!file) {
        error = file.error().text();
        return all;
    }
    for (const auto& info : file.value()->tensors()) {
        Tensor tensor;
        tensor.shape = info.shape;
        tensor.values.resize(static_cast<std::size_t>(info.valueCount()));
        auto decoded = fettle::model::decodeToFloat(info.type, info.bytes, tensor.values);
        if (!decoded) {
            error = decoded.error().text();
            return {};
        }
        all.emplace(info.name, std::move(tensor));
    }
    return all;
}

inline double maxDistance(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) {
        return INFINITY;
    }
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double distance = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        largest = std::isnan(distance) ? INFINITY : std::max(largest, distance);
    }
    return largest;
}

inline double rmsDistance(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        const double distance = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += distance * distance;
    }
    return a.size() == b.size() ? std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, a.size()))) : INFINITY;
}

/// |a - b| / |b|, or |a - b| where b is zero.
inline double relativeDistance(const float* a, const float* b, std::size_t count) {
    double distance = 0;
    double norm = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        distance += d * d;
        norm += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return norm > 0 ? std::sqrt(distance / norm) : std::sqrt(distance);
}

inline std::vector<std::int32_t> ids(const fettle::Json& array) {
    std::vector<std::int32_t> values;
    for (const auto& value : array) {
        values.push_back(value.get<std::int32_t>());
    }
    return values;
}

/// Plain rows side by side; labels as in the kit (not shifted, -100 = none).
struct Row {
    std::vector<std::int32_t> ids, labels;
};
inline fettle::data::PackedBatch pack(const std::vector<Row>& rows) {
    fettle::data::PackedBatch batch;
    for (const Row& row : rows) {
        const auto begin = static_cast<std::int32_t>(batch.ids.size());
        for (std::size_t i = 0; i < row.ids.size(); ++i) {
            batch.ids.push_back(row.ids[i]);
            batch.pos.push_back(static_cast<std::int32_t>(i));
            if (i > 0 && i < row.labels.size() && row.labels[i] >= 0) {
                batch.labelRows.push_back(begin + static_cast<std::int32_t>(i) - 1);
                batch.labels.push_back(row.labels[i]);
                batch.weights.push_back(1.0F);
            }
        }
        batch.segments.push_back({begin, static_cast<std::int32_t>(batch.ids.size()), -1, 0});
    }
    batch.realTokens = batch.computedTokens();
    return batch;
}

} // namespace kit
