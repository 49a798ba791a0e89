// Tokenizers by path: a folder as models are published in, or one of its files.
#include "text/tokenizer.h"

#include "base/files.h"

#include <filesystem>

namespace fettle::text {

Result<std::shared_ptr<const Tokenizer>> loadTokenizer(const std::string& path) {
    namespace fs = std::filesystem;
    std::string file = path;
    if (folderExists(path)) {
        file.clear();
        for (const char* name : {"tokenizer.json", "tokenizer.model"}) {
            const std::string candidate = (fs::path(path) / name).string();
            if (fileExists(candidate)) {
                file = candidate;
                break;
            }
        }
        if (file.empty()) {
            return makeError(ErrorCode::NotFound, "holds neither tokenizer.json nor tokenizer.model",
                             "Choose a model folder with its tokenizer, or the file itself.")
                .at(path);
        }
    }
    FETTLE_TRY_VALUE(const std::string bytes, readFile(file));
    std::string configBytes;
    const std::string config = (fs::path(file).parent_path() / "tokenizer_config.json").string();
    if (fileExists(config)) {
        FETTLE_TRY_VALUE(configBytes, readFile(config));
    }
    const bool json = fs::path(file).extension() != ".model";
    auto tokenizer = json ? tokenizerFromJson(bytes, configBytes) : tokenizerFromSentencePiece(bytes, configBytes);
    if (!tokenizer) {
        Error& error = tokenizer.error();
        error.file = error.file.empty() ? file : (fs::path(file).parent_path() / error.file).string();
    }
    return tokenizer;
}

} // namespace fettle::text
