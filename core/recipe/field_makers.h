// How a field of each type is made: typed access to one member of the recipe, with the checks and the messages that go
// with the type. Only fields.cpp uses this.
#pragma once

#include "recipe/fields.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fettle::recipe {

template <class T>
using Access = std::function<T&(Recipe&)>;

/// Marks English text of the table for translation: ui/update_translations.sh collects it, the window looks it up.
#define FETTLE_TEXT(context, text) text

/// What every maker needs to know about a field in words. All but the key through FETTLE_TEXT("RecipeField", …).
struct FieldText {
    const char* key;
    const char* title;
    const char* unit;
    const char* help; // one sentence: what it is
    const char* high; // Field::high
    const char* low;  // Field::low
};

/// The same field, marked: what the recipe is about (Field::input), what kind of path it holds.
[[nodiscard]] Field inputField(Field field);
[[nodiscard]] Field pathField(Field field, PathKind kind);

[[nodiscard]] Field textField(const FieldText& text, Access<std::string> member, std::vector<std::string> suggestions);
/// `required` false: null stands for the empty text.
[[nodiscard]] Field optionalTextField(const FieldText& text, Access<std::string> member);
[[nodiscard]] Field choiceField(const FieldText& text, Access<std::string> member, std::vector<std::string> choices);
[[nodiscard]] Field boolField(const FieldText& text, Access<bool> member);
[[nodiscard]] Field integerField(const FieldText& text, Access<std::int64_t> member, double minimum, double maximum);
/// 0 in the recipe is `auto` outside.
[[nodiscard]] Field autoIntegerField(const FieldText& text, Access<std::int64_t> member, double minimum,
                                     double maximum);
[[nodiscard]] Field optionalIntegerField(const FieldText& text, Access<std::optional<std::int64_t>> member,
                                         double minimum, double maximum);
[[nodiscard]] Field numberField(const FieldText& text, Access<double> member, double minimum, double maximum);
[[nodiscard]] Field optionalNumberField(const FieldText& text, Access<std::optional<double>> member, double minimum,
                                        double maximum);
/// A text or a list of texts; `emptyText` is how none is written ("" = null).
[[nodiscard]] Field textListField(const FieldText& text, Access<std::vector<std::string>> member,
                                  const char* emptyText);
[[nodiscard]] Field validationField(const FieldText& text);
/// A list of row numbers and ranges; numbers are kept as text. Whether they are rows is looked at by validate().
[[nodiscard]] Field rowListField(const FieldText& text, Access<std::vector<std::string>> member);
[[nodiscard]] Field integerMapField(const FieldText& text, Access<std::map<std::string, std::int64_t>> member,
                                    double minimum, double maximum);
[[nodiscard]] Field numberMapField(const FieldText& text, Access<std::map<std::string, double>> member, double minimum,
                                   double maximum);

} // namespace fettle::recipe
