// Random but valid field values, made from the table itself, so that a new field is covered the day it is added.
#pragma once

#include "recipe/fields.h"

#include <cmath>
#include <random>

namespace fettle::recipe {

inline std::string randomText(std::mt19937_64& random) {
    static const std::vector<std::string> pieces{
        "a",    "no",  "08", "2e-4", "true", "null", "~",  "project:train", "/x/y z.jsonl", "größe", "漢字", "#hash",
        "a: b", "- c", "'",  "\"",   "\\",   "\n",   "\t", "tail "};
    std::string out;
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
        out += pieces[random() % pieces.size()];
    }
    return out;
}

inline double randomNumber(const Field& field, std::mt19937_64& random) {
    const double low = field.minimum;
    const double high = field.minimum == 0 && field.maximum == 0 ? 1000 : field.maximum;
    // Spread over the magnitudes of the range, ends included.
    switch (random() % 4) {
    case 0:
        return low;
    case 1:
        return high;
    case 2:
        return low + (high - low) * std::uniform_real_distribution<double>(0, 1)(random);
    default: {
        const double span = high - low;
        return low + span * std::pow(10.0, -std::uniform_real_distribution<double>(0, 8)(random));
    }
    }
}

inline Json randomValue(const Field& field, std::mt19937_64& random) {
    if (field.nullable && random() % 4 == 0) {
        return field.emptyText.empty() ? Json(nullptr) : Json(field.emptyText);
    }
    switch (field.type) {
    case FieldType::None:
        return nullptr;
    case FieldType::Text:
        return randomText(random);
    case FieldType::Choice:
        return field.choices[random() % field.choices.size()];
    case FieldType::Boolean:
        return random() % 2 == 0;
    case FieldType::Integer:
        return static_cast<std::int64_t>(randomNumber(field, random));
    case FieldType::Number:
        return randomNumber(field, random);
    case FieldType::TextList: {
        if (field.acceptsShare && random() % 3 == 0) {
            return std::uniform_real_distribution<double>(0.001, 0.999)(random);
        }
        Json list = Json::array();
        for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
            list.push_back(randomText(random));
        }
        return list;
    }
    case FieldType::IntegerMap:
    case FieldType::NumberMap: {
        Json map = Json::object();
        for (std::uint64_t n = random() % 3; n > 0; --n) {
            const double value = randomNumber(field, random);
            const std::string name = randomText(random) + std::to_string(n);
            if (field.type == FieldType::IntegerMap) {
                map[name] = static_cast<std::int64_t>(value);
            } else {
                map[name] = value;
            }
        }
        return map;
    }
    }
    return nullptr;
}

inline Recipe randomRecipe(std::mt19937_64& random) {
    Recipe recipe;
    for (const Field& field : fields()) {
        if (random() % 2 == 0) {
            const auto done = field.set(recipe, randomValue(field, random));
            if (!done.ok()) {
                throw std::logic_error(done.error().text());
            }
        }
    }
    return recipe;
}

} // namespace fettle::recipe
