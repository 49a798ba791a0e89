// The field table: one entry a recipe key, with type, default, range, unit, group and help. JSON, command line, YAML,
// validation messages and forms are made from it.
#pragma once

#include "base/json.h"
#include "recipe/recipe.h"

#include <functional>
#include <span>

namespace fettle::recipe {

enum class FieldType { None = 0, Text, Integer, Number, Boolean, Choice, TextList, IntegerMap, NumberMap };

/// What a text names on disk, so that a form can offer to choose it.
enum class PathKind { None = 0, File, Files, Folder };

struct Field {
    std::string key; // dotted: "optimizer.learning_rate"
    FieldType type = FieldType::None;
    std::string title, help, unit; // English, marked for translation; help is one sentence
    /// What happens at the ends. Numbers: too high, too low. Lists and maps: too many, too few. Switches: on, off.
    /// Texts and choices: `high` says what a wrong choice does, `low` is empty.
    std::string high, low;
    std::vector<std::string> choices; // Choice (others of a Text field: suggestions)
    double minimum = 0, maximum = 0;  // numbers; both 0 = unbounded
    bool nullable = false;            // may be null / "auto"
    std::string emptyText;            // how null is written: "auto", "all_linear"; "" = null itself
    PathKind path = PathKind::None;
    bool input = false;        // what the recipe is about (model, rows): has no default to go back to
    bool acceptsShare = false; // a TextList that may also be a number between 0 and 1 (data.validation)
    std::function<Json(const Recipe&)> get;
    std::function<Result<void>(Recipe&, const Json&)>
        set; // type and range checked; error names key, value and what is allowed
};

/// Section of a key: "optimizer" of "optimizer.learning_rate", "" of "seed".
[[nodiscard]] std::string_view groupOf(const Field& field);
/// Sections in the order of forms, with their title (English, marked for translation).
struct FieldGroup {
    const char* key;
    const char* title;
};
[[nodiscard]] std::span<const FieldGroup> fieldGroups();

[[nodiscard]] std::span<const Field> fields();
[[nodiscard]] const Field* findField(std::string_view key);
/// The value a new recipe has.
[[nodiscard]] Json defaultOf(const Field& field);
/// What the field takes, for people: "0 to 1", "one of: cosine, linear", "true or false".
[[nodiscard]] std::string allowedText(const Field& field);
/// The nearest known key or section, "" when nothing is near.
[[nodiscard]] std::string nearestKey(std::string_view key);

/// Nested JSON with every field, in table order.
[[nodiscard]] Json toJson(const Recipe& recipe);
/// Unknown keys are errors that name the key and the nearest known one. All faults are collected.
[[nodiscard]] Result<Recipe> fromJson(const Json& json, std::vector<Error>* faults = nullptr);
/// "optimizer.learning_rate=1e-4": the value is JSON where it parses as JSON, else text.
[[nodiscard]] Result<void> applySetting(Recipe& recipe, std::string_view assignment);
/// Rules between fields (model given, train given, warm-up shorter than the run, …), each naming its key.
[[nodiscard]] std::vector<Error> validate(const Recipe& recipe);
/// Keys that differ, with both values.
struct FieldDifference {
    std::string key;
    Json left, right;
};
[[nodiscard]] std::vector<FieldDifference> difference(const Recipe& left, const Recipe& right);

} // namespace fettle::recipe
