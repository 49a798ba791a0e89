// What the store's background job counts a row's tokens with, made of the recipe's model.
#pragma once

#include "project/row_job.h"
#include "recipe/recipe.h"

namespace fettle::ui {

/// What a token count depends on: model, template, what is trained, context.
[[nodiscard]] std::string counterKey(const recipe::Recipe& recipe);
/// Opens tokenizer and template (a second or so). Errors: of the model's files. Thread: any.
[[nodiscard]] Result<project::TokenCounter> tokenCounter(const recipe::Recipe& recipe, const std::string& projectFolder,
                                                         const std::string& name);

} // namespace fettle::ui
