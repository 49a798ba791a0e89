// The prompts whose answers are shown at each evaluation: those of the recipe, or the first validation rows with the
// answers they expect. No torch.
#pragma once

#include "recipe/recipe.h"
#include "text/encode.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fettle::train {

struct SamplePrompt {
    std::int64_t id = 0;
    std::string prompt;            // the last user text, for people
    std::vector<std::int32_t> ids; // what the model reads
    std::string expected;          // "" = unknown
    int maxNewTokens = 64;
};

/// At most `limit` prompts. Without prompts in the recipe: rows of kind chat or completion that end with an answer,
/// from the validation files (else none). `baseFolder` as in encodeSplit.
[[nodiscard]] std::vector<SamplePrompt> samplePrompts(const recipe::Recipe& recipe, const std::string& baseFolder,
                                                      const text::TextModel& textModel, std::size_t limit = 4);

} // namespace fettle::train
