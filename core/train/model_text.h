// The text side of a model on disk: tokenizer and chat template of a Hugging Face folder or a GGUF file, and models by
// name.
#pragma once

#include "base/result.h"
#include "recipe/recipe.h"
#include "text/encode.h"

#include <string>
#include <vector>

namespace fettle::train {

struct KnownModel {
    std::string name;  // "smollm2-135m-instruct"
    std::string title; // "SmolLM2-135M-Instruct"
    std::string path;  // file or folder
    std::string licence;
    bool present = false;
};
/// The default model and every model found in the data folder's models/.
[[nodiscard]] std::vector<KnownModel> knownModels();
/// A name of knownModels(), a Hugging Face folder, or a .gguf file → its path. Error NotFound says what to do (fettle
/// model fetch-default).
[[nodiscard]] Result<std::string> resolveModelPath(const std::string& model);

/// Tokenizer, template and special tokens. A folder with only tokenizer.json or tokenizer.model will do; no weights are
/// read.
[[nodiscard]] Result<text::TextModel> loadTextModel(const std::string& path);

/// The same model with the template a recipe asks for (data.template: model, none, or a Jinja file, found as data files
/// are). Error names data.template or the file and line.
[[nodiscard]] Result<text::TextModel> withRecipeTemplate(text::TextModel model, const recipe::Recipe& recipe,
                                                         const std::string& baseFolder);

} // namespace fettle::train
