// Shared by the tests of core/model: walking the model cases and changing copies of them.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "model/model_files.h"
#include "support/golden.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace fettle::model::testing {

/// Folders under models/ that hold a model in one form or another.
inline std::vector<std::string> modelCases() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(goldenRoot() + "/models")) {
        if (std::filesystem::exists(entry.path() / "hf" / "config.json")) {
            out.push_back(entry.path().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

inline std::vector<std::string> filesIn(const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

inline bool isSupportedType(const std::string& modelType) {
    return modelType == "llama" || modelType == "mistral";
}

inline std::vector<float> floatsOf(const ModelFiles& model, const std::string& name) {
    const auto shape = model.shape(name);
    std::size_t count = 1;
    for (const std::int64_t extent : shape.ok() ? shape.value() : std::vector<std::int64_t>{0}) {
        count *= static_cast<std::size_t>(extent);
    }
    std::vector<float> out(count);
    if (!model.readFloat(name, out).ok()) {
        out.clear();
    }
    return out;
}

template <class T>
std::string whyNot(const Result<T>& result) {
    return result.ok() ? std::string() : result.error().text();
}

} // namespace fettle::model::testing
