// The cases of a tokenizer folder: strings, expected rows, and the default model's vocabulary for the folder that has
// no tokenizer file of its own.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "model/gguf.h"
#include "support/golden.h"
#include "support/results.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace fettle::test {

inline std::vector<std::string> tokenizerFolders() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(goldenRoot() + "/text/tokenizers")) {
        if (entry.is_directory()) {
            out.push_back(entry.path().filename().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

inline std::vector<Json> jsonLines(const std::string& path) {
    const std::string text = must(readFile(path));
    std::vector<Json> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) {
            out.push_back(must(parseJson(std::string_view(text).substr(at, end - at))));
        }
        at = end + 1;
    }
    return out;
}

inline std::string defaultModelPath() {
    return dataFolder() + "/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline text::GgufVocabulary vocabularyOf(const model::GgufFile& file) {
    const std::string prefix = "tokenizer.ggml.";
    const auto array = [&](const char* name) -> const model::GgufArray* {
        const model::GgufValue* value = file.get(prefix + name);
        const auto* held = value == nullptr ? nullptr : std::get_if<std::shared_ptr<model::GgufArray>>(value);
        return held == nullptr ? nullptr : held->get();
    };
    const auto id = [&](const char* name) -> std::optional<text::TokenId> {
        const auto value = file.integer(prefix + name);
        return value ? std::optional<text::TokenId>(static_cast<text::TokenId>(*value)) : std::nullopt;
    };
    text::GgufVocabulary out;
    out.model = file.text(prefix + "model").value_or("");
    out.pre = file.text(prefix + "pre").value_or("");
    if (const auto* tokens = array("tokens")) {
        out.tokens = tokens->strings;
    }
    if (const auto* merges = array("merges")) {
        out.merges = merges->strings;
    }
    if (const auto* scores = array("scores")) {
        out.scores.assign(scores->numbers.size(), 0.0F);
        std::transform(scores->numbers.begin(), scores->numbers.end(), out.scores.begin(),
                       [](double value) { return static_cast<float>(value); });
    }
    if (const auto* types = array("token_type")) {
        out.tokenTypes.assign(types->integers.begin(), types->integers.end());
    }
    out.bos = id("bos_token_id");
    out.eos = id("eos_token_id");
    out.eot = id("eot_token_id");
    out.unk = id("unknown_token_id");
    out.pad = id("padding_token_id");
    out.addBos = file.boolean(prefix + "add_bos_token").value_or(false);
    out.addEos = file.boolean(prefix + "add_eos_token").value_or(false);
    out.addSpacePrefix = file.boolean(prefix + "add_space_prefix").value_or(true);
    return out;
}

/// The tokenizer of a case folder; the folder without a tokenizer file means the default model. Throws with the reason.
inline std::shared_ptr<const text::Tokenizer> caseTokenizer(const std::string& name) {
    const std::string folder = goldenRoot() + "/text/tokenizers/" + name;
    if (fileExists(folder + "/tokenizer.json") || fileExists(folder + "/tokenizer.model")) {
        return must(text::loadTokenizer(folder));
    }
    const std::string path = defaultModelPath();
    if (!fileExists(path)) {
        throw std::runtime_error("the default model is missing at " + path +
                                 ": run packaging/setup.sh, or set FETTLE_DATA_DIR");
    }
    const auto file = must(model::openGguf(path));
    return must(text::tokenizerFromGguf(vocabularyOf(*file)));
}

} // namespace fettle::test
