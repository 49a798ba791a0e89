// Models by name: the default one and what lies in the data folder.
#include "train/model_text.h"

#include "base/files.h"

#include <algorithm>
#include <filesystem>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultName = "smollm2-135m-instruct";
constexpr const char* kDefaultTitle = "SmolLM2-135M-Instruct";
constexpr const char* kDefaultFile = "SmolLM2-135M-Instruct.Q4_1.gguf";
constexpr const char* kDefaultLicence = "Apache-2.0";

bool isGguf(const fs::path& path) {
    return path.extension() == ".gguf";
}

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(folder, status)) {
        out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<fs::path> ggufFilesIn(const fs::path& folder) {
    auto all = entriesOf(folder);
    all.erase(std::remove_if(all.begin(), all.end(), [](const fs::path& path) { return !isGguf(path); }), all.end());
    return all;
}

std::string absolutePath(const fs::path& path) {
    fs::path clean = fs::absolute(path).lexically_normal();
    return clean.has_filename() ? clean.string() : clean.parent_path().string();
}

// One entry for a folder of models/: a Hugging Face folder, a single GGUF, or one each of several.
void addFolder(std::vector<KnownModel>& models, const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (fileExists((folder / "config.json").string())) {
        models.push_back(KnownModel{name, name, absolutePath(folder), {}, true});
        return;
    }
    const auto files = ggufFilesIn(folder);
    for (const fs::path& file : files) {
        const std::string stem = file.stem().string();
        models.push_back(KnownModel{files.size() == 1 ? name : name + '/' + stem, stem, absolutePath(file), {}, true});
    }
}

} // namespace

std::vector<KnownModel> knownModels() {
    const fs::path root = fs::path(dataFolder()) / "models";
    const fs::path standard = root / kDefaultName / kDefaultFile;
    std::vector<KnownModel> models{KnownModel{kDefaultName, kDefaultTitle, absolutePath(standard), kDefaultLicence,
                                              fileExists(standard.string())}};
    std::vector<KnownModel> found;
    for (const fs::path& entry : entriesOf(root)) {
        if (folderExists(entry.string())) {
            addFolder(found, entry);
        } else if (isGguf(entry)) {
            found.push_back(KnownModel{entry.stem().string(), entry.stem().string(), absolutePath(entry), {}, true});
        }
    }
    for (KnownModel& model : found) {
        if (model.path != models.front().path && model.name != models.front().name) {
            models.push_back(std::move(model));
        }
    }
    return models;
}

Result<std::string> resolveModelPath(const std::string& model) {
    if (model.empty()) {
        return makeError(ErrorCode::InvalidInput, "no model is given",
                         "Name one of `fettle model list`, a Hugging Face folder or a .gguf file.");
    }
    std::string names;
    for (const KnownModel& known : knownModels()) {
        if (known.name == model) {
            if (known.present) {
                return known.path;
            }
            return makeError(ErrorCode::NotFound, "the model " + known.title + " is not on this computer yet",
                             "Fetch it with `fettle model fetch-default`.")
                .at(known.path);
        }
        names += (names.empty() ? "" : ", ") + known.name;
    }
    if (folderExists(model)) {
        // A folder that holds nothing but one GGUF file stands for that file.
        const auto files = ggufFilesIn(model);
        if (files.size() == 1 && !fileExists(model + "/config.json")) {
            return absolutePath(files.front());
        }
        return absolutePath(model);
    }
    if (fileExists(model)) {
        return absolutePath(model);
    }
    return makeError(ErrorCode::NotFound, "there is no model '" + model + "'",
                     "Known names: " + names +
                         "; or give a Hugging Face folder or a .gguf file. The default model is fetched with `fettle "
                         "model fetch-default`.");
}

} // namespace fettle::train
