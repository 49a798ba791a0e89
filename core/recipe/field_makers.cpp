// Typed getters and setters of recipe fields. A setter changes the recipe only when the whole value is right.
#include "recipe/field_makers.h"

#include "base/numbers.h"
#include "base/utf8.h"

#include <algorithm>
#include <cmath>

namespace fettle::recipe {
namespace {

std::string shown(const Json& value) {
    std::string text = dumpJson(value);
    if (text.size() > 80) {
        text.resize(77);
        text = replaceInvalidUtf8(text) + "...";
    }
    return text;
}

Error refused(const Field& field, const Json& value, const std::string& what) {
    return makeError(ErrorCode::InvalidInput, shown(value) + " " + what, "Allowed: " + allowedText(field) + ".")
        .forKey(field.key);
}

Result<double> numberIn(const Field& field, const Json& value) {
    if (!value.is_number()) {
        return refused(field, value, "is not a number");
    }
    const double number = value.get<double>();
    if (!std::isfinite(number)) {
        return refused(field, value, "is not a finite number");
    }
    if ((field.minimum != 0 || field.maximum != 0) && (number < field.minimum || number > field.maximum)) {
        return refused(field, value, "is out of range");
    }
    return number;
}

Result<std::int64_t> integerIn(const Field& field, const Json& value) {
    if (!value.is_number()) {
        return refused(field, value, "is not a whole number");
    }
    constexpr double kExact =
        9007199254740992.0; // 2^53: beyond it a double cannot be trusted to be the whole number that was meant
    const bool whole = value.is_number_integer() || (std::floor(value.get<double>()) == value.get<double>() &&
                                                     std::abs(value.get<double>()) <= kExact);
    if (!whole) {
        return refused(field, value, "is not a whole number");
    }
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        return refused(field, value, "is out of range");
    }
    FETTLE_TRY(numberIn(field, value));
    return value.is_number_float() ? static_cast<std::int64_t>(value.get<double>()) : value.get<std::int64_t>();
}

Result<std::vector<std::string>> textsIn(const Field& field, const Json& value) {
    std::vector<std::string> out;
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
        if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
            return refused(field, value, value.is_array() ? "holds something that is no text" : "is not text");
        }
        out.push_back(item.get<std::string>());
    }
    return out;
}

Json textsOut(const std::vector<std::string>& texts, const std::string& emptyText) {
    if (texts.empty()) {
        return emptyText.empty() ? Json(nullptr) : Json(emptyText);
    }
    if (texts.size() == 1) {
        return Json(texts.front());
    }
    return Json(texts);
}

bool isEmptyWord(const Field& field, const Json& value) {
    return value.is_null() ||
           (value.is_string() && !field.emptyText.empty() && value.get_ref<const std::string&>() == field.emptyText);
}

Field blank(const FieldText& text, FieldType type) {
    Field field;
    field.key = text.key;
    field.type = type;
    field.title = text.title;
    field.unit = text.unit;
    field.help = text.help;
    field.high = text.high;
    field.low = text.low;
    return field;
}

template <class T>
auto getter(Access<T> member) {
    return [member = std::move(member)](const Recipe& recipe) {
        return Json(member(const_cast<Recipe&>(recipe)));
    }; // NOLINT: read only
}

// Setters need the field's own ranges for their messages: they keep a copy of it without its functions.
template <class Setter>
Field withSetter(Field field, Setter setter) {
    const Field facts = field;
    field.set = [facts, setter = std::move(setter)](Recipe& recipe, const Json& value) -> Result<void> {
        return setter(facts, recipe, value);
    };
    return field;
}

} // namespace

std::string allowedText(const Field& field) {
    const auto range = [&field](const char* kind) {
        if (field.minimum == 0 && field.maximum == 0) {
            return std::string(kind);
        }
        return std::string(kind) + " from " + formatDouble(field.minimum) + " to " + formatDouble(field.maximum);
    };
    const auto list = [&field] {
        std::string out;
        for (const auto& choice : field.choices) {
            out += (out.empty() ? "" : ", ") + choice;
        }
        return out;
    };
    std::string out;
    switch (field.type) {
    case FieldType::None:
        break;
    case FieldType::Text:
        out = field.choices.empty() ? "text" : "text, such as " + list();
        break;
    case FieldType::Integer:
        out = range("a whole number");
        break;
    case FieldType::Number:
        out = range("a number");
        break;
    case FieldType::Boolean:
        out = "true or false";
        break;
    case FieldType::Choice:
        out = "one of " + list();
        break;
    case FieldType::TextList:
        out = field.acceptsShare ? "text, a list of texts or a share between 0 and 1" : "text or a list of texts";
        break;
    case FieldType::IntegerMap:
        out = "a map of names to " + range("whole numbers");
        break;
    case FieldType::NumberMap:
        out = "a map of names to " + range("numbers");
        break;
    }
    if (field.nullable) {
        out += ", or " + (field.emptyText.empty() ? std::string("null") : field.emptyText);
    }
    return out;
}

Field inputField(Field field) {
    field.input = true;
    return field;
}

Field pathField(Field field, PathKind kind) {
    field.path = kind;
    return field;
}

Field textField(const FieldText& text, Access<std::string> member, std::vector<std::string> suggestions) {
    Field field = blank(text, FieldType::Text);
    field.choices = std::move(suggestions);
    field.get = getter(member);
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (!value.is_string()) {
                              return refused(facts, value, "is not text");
                          }
                          member(recipe) = value.get<std::string>();
                          return {};
                      });
}

Field optionalTextField(const FieldText& text, Access<std::string> member) {
    Field field = blank(text, FieldType::Text);
    field.nullable = true;
    field.get = [member](const Recipe& recipe) {
        const std::string& value = member(const_cast<Recipe&>(recipe)); // NOLINT: read only
        return value.empty() ? Json(nullptr) : Json(value);
    };
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (!value.is_string() && !value.is_null()) {
                              return refused(facts, value, "is not text");
                          }
                          member(recipe) = value.is_null() ? std::string() : value.get<std::string>();
                          return {};
                      });
}

Field choiceField(const FieldText& text, Access<std::string> member, std::vector<std::string> choices) {
    Field field = blank(text, FieldType::Choice);
    field.choices = std::move(choices);
    field.get = getter(member);
    return withSetter(
        std::move(field), [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
            if (!value.is_string() || std::find(facts.choices.begin(), facts.choices.end(),
                                                value.get_ref<const std::string&>()) == facts.choices.end()) {
                return refused(facts, value, "is not one of the choices");
            }
            member(recipe) = value.get<std::string>();
            return {};
        });
}

Field boolField(const FieldText& text, Access<bool> member) {
    Field field = blank(text, FieldType::Boolean);
    field.get = getter(member);
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (!value.is_boolean()) {
                              return refused(facts, value, "is neither true nor false");
                          }
                          member(recipe) = value.get<bool>();
                          return {};
                      });
}

Field integerField(const FieldText& text, Access<std::int64_t> member, double minimum, double maximum) {
    Field field = blank(text, FieldType::Integer);
    field.minimum = minimum;
    field.maximum = maximum;
    field.get = getter(member);
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          FETTLE_TRY_VALUE(member(recipe), integerIn(facts, value));
                          return {};
                      });
}

Field autoIntegerField(const FieldText& text, Access<std::int64_t> member, double minimum, double maximum) {
    Field field = blank(text, FieldType::Integer);
    field.minimum = minimum;
    field.maximum = maximum;
    field.nullable = true;
    field.emptyText = "auto";
    field.get = [member](const Recipe& recipe) {
        const std::int64_t value = member(const_cast<Recipe&>(recipe)); // NOLINT: read only
        return value == 0 ? Json("auto") : Json(value);
    };
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (isEmptyWord(facts, value)) {
                              member(recipe) = 0;
                              return {};
                          }
                          FETTLE_TRY_VALUE(member(recipe), integerIn(facts, value));
                          return {};
                      });
}

Field optionalIntegerField(const FieldText& text, Access<std::optional<std::int64_t>> member, double minimum,
                           double maximum) {
    Field field = blank(text, FieldType::Integer);
    field.minimum = minimum;
    field.maximum = maximum;
    field.nullable = true;
    field.get = [member](const Recipe& recipe) {
        const auto& value = member(const_cast<Recipe&>(recipe)); // NOLINT: read only
        return value ? Json(*value) : Json(nullptr);
    };
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (value.is_null()) {
                              member(recipe).reset();
                              return {};
                          }
                          FETTLE_TRY_VALUE(member(recipe), integerIn(facts, value));
                          return {};
                      });
}

Field numberField(const FieldText& text, Access<double> member, double minimum, double maximum) {
    Field field = blank(text, FieldType::Number);
    field.minimum = minimum;
    field.maximum = maximum;
    field.get = getter(member);
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          FETTLE_TRY_VALUE(member(recipe), numberIn(facts, value));
                          return {};
                      });
}

Field optionalNumberField(const FieldText& text, Access<std::optional<double>> member, double minimum, double maximum) {
    Field field = blank(text, FieldType::Number);
    field.minimum = minimum;
    field.maximum = maximum;
    field.nullable = true;
    field.get = [member](const Recipe& recipe) {
        const auto& value = member(const_cast<Recipe&>(recipe)); // NOLINT: read only
        return value ? Json(*value) : Json(nullptr);
    };
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (value.is_null()) {
                              member(recipe).reset();
                              return {};
                          }
                          FETTLE_TRY_VALUE(member(recipe), numberIn(facts, value));
                          return {};
                      });
}

Field textListField(const FieldText& text, Access<std::vector<std::string>> member, const char* emptyText) {
    Field field = blank(text, FieldType::TextList);
    field.nullable = true;
    field.emptyText = emptyText;
    const std::string word = emptyText;
    field.get = [member, word](const Recipe& recipe) {
        return textsOut(member(const_cast<Recipe&>(recipe)), word);
    }; // NOLINT: read only
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (isEmptyWord(facts, value)) {
                              member(recipe).clear();
                              return {};
                          }
                          FETTLE_TRY_VALUE(member(recipe), textsIn(facts, value));
                          return {};
                      });
}

Field validationField(const FieldText& text) {
    Field field = blank(text, FieldType::TextList);
    field.nullable = true;
    field.acceptsShare = true;
    field.get = [](const Recipe& recipe) {
        return recipe.data.validationShare > 0 ? Json(recipe.data.validationShare)
                                               : textsOut(recipe.data.validation, {});
    };
    return withSetter(std::move(field), [](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
        if (value.is_number()) {
            const double share = value.get<double>();
            if (!(share >= 0 && share < 1)) {
                return refused(facts, value, "is no share of the training rows");
            }
            recipe.data.validation.clear();
            recipe.data.validationShare = share;
            return {};
        }
        std::vector<std::string> files;
        if (!value.is_null()) {
            FETTLE_TRY_VALUE(files, textsIn(facts, value));
        }
        recipe.data.validation = std::move(files);
        recipe.data.validationShare = 0;
        return {};
    });
}

Field rowListField(const FieldText& text, Access<std::vector<std::string>> member) {
    Field field = textListField(text, member, "");
    return withSetter(std::move(field),
                      [member](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (value.is_null()) {
                              member(recipe).clear();
                              return {};
                          }
                          Json texts = value.is_array() ? value : Json::array({value});
                          for (Json& item : texts) {
                              if (item.is_number_integer()) {
                                  item = dumpJson(item);
                              }
                          }
                          FETTLE_TRY_VALUE(member(recipe), textsIn(facts, texts));
                          return {};
                      });
}

template <class T, class Reader>
static Field mapField(const FieldText& text, FieldType type, Access<std::map<std::string, T>> member, double minimum,
                      double maximum, Reader reader) {
    Field field = blank(text, type);
    field.minimum = minimum;
    field.maximum = maximum;
    field.nullable = true;
    field.get = [member](const Recipe& recipe) {
        Json out = Json::object();
        for (const auto& [name, value] : member(const_cast<Recipe&>(recipe))) { // NOLINT: read only
            out[name] = value;
        }
        return out;
    };
    return withSetter(std::move(field),
                      [member, reader](const Field& facts, Recipe& recipe, const Json& value) -> Result<void> {
                          if (!value.is_object() && !value.is_null()) {
                              return refused(facts, value, "is not a map");
                          }
                          std::map<std::string, T> read;
                          for (const auto& [name, item] : value.items()) {
                              auto number = reader(facts, item);
                              if (!number) {
                                  number.error().key += '.' + name;
                                  return std::move(number).error();
                              }
                              read[name] = *number;
                          }
                          member(recipe) = std::move(read);
                          return {};
                      });
}

Field integerMapField(const FieldText& text, Access<std::map<std::string, std::int64_t>> member, double minimum,
                      double maximum) {
    return mapField<std::int64_t>(text, FieldType::IntegerMap, std::move(member), minimum, maximum, integerIn);
}

Field numberMapField(const FieldText& text, Access<std::map<std::string, double>> member, double minimum,
                     double maximum) {
    return mapField<double>(text, FieldType::NumberMap, std::move(member), minimum, maximum, numberIn);
}

} // namespace fettle::recipe
