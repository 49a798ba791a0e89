// Recipes as YAML: reading with the place of every fault, and editing one value in the text, so that a person's
// comments, order and spacing survive a form.
#pragma once

#include "base/json.h"
#include "recipe/fields.h"

#include <string>
#include <string_view>
#include <vector>

namespace fettle::project {

/// Types come from the field table, never from how a word looks (`no` is text where text is expected, `08` is eight).
/// Every fault carries line, column and key; the first is returned and all of them are put into `faults`. `fileName`
/// goes into the errors.
[[nodiscard]] Result<recipe::Recipe> loadRecipeYaml(std::string_view text, const std::string& fileName = {},
                                                    std::vector<Error>* faults = nullptr);

/// The text with `key` (dotted) set to `value`: only the bytes of that value change, or one line (with its section's
/// line, where that is missing) is inserted. The result is read back; where it would not say exactly what was asked,
/// the error is Unsupported and the caller writes the recipe afresh. Other errors: those of the field.
[[nodiscard]] Result<std::string> editRecipeYaml(std::string_view text, const std::string& key, const Json& value);

/// A whole new recipe file: every field with its value, in table order.
[[nodiscard]] std::string writeRecipeYaml(const recipe::Recipe& recipe);

/// Edits that turn the recipe of `text` into `wanted`, one value at a time; where the text cannot be edited in place, a
/// fresh file.
[[nodiscard]] std::string mergeRecipeYaml(std::string_view text, const recipe::Recipe& wanted);

} // namespace fettle::project
