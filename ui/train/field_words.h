// The recipe's field table in the window's language: titles, help, what happens at the ends, ranges, values as people
// read and type them.
#pragma once

#include "recipe/fields.h"

#include <QString>

#include <optional>

namespace fettle::ui {

/// All texts come from the table in core, translated; a text without translation stays English.
struct FieldWords {
    [[nodiscard]] static QString group(const recipe::FieldGroup& group);
    [[nodiscard]] static QString title(const recipe::Field& field);
    /// "Evaluate every (steps)": where the title alone stands twice.
    [[nodiscard]] static QString longTitle(const recipe::Field& field);
    [[nodiscard]] static QString unit(const recipe::Field& field);
    [[nodiscard]] static QString help(const recipe::Field& field);
    /// "Too high: the loss jumps." and "Too low: …", with captions that fit the type; "" where there is none.
    [[nodiscard]] static QString high(const recipe::Field& field);
    [[nodiscard]] static QString low(const recipe::Field& field);
    /// "1 to 1,024", "cosine, linear, constant or wsd", "text"; with "or empty" / "or auto" where that is possible.
    [[nodiscard]] static QString allowed(const recipe::Field& field);
    /// Why a value is refused: names the field and what is allowed.
    [[nodiscard]] static QString refusal(const recipe::Field& field);

    /// A value as people read it: 2e-4, 2,048, auto, on, a.jsonl, b.jsonl; "–" for nothing.
    [[nodiscard]] static QString shown(const recipe::Field& field, const Json& value);
    /// A value as it stands in its control: lists and maps one entry a line (\n inside an entry is written \\n).
    [[nodiscard]] static QString typed(const recipe::Field& field, const Json& value);
    /// The value of what was typed; nullopt where it cannot be one. The field's own check comes after.
    [[nodiscard]] static std::optional<Json> parse(const recipe::Field& field, const QString& typed);
    /// A number as it is typed in the window's language or in plain form; nullopt where it is none.
    [[nodiscard]] static std::optional<double> parseNumber(const QString& typed);
};

} // namespace fettle::ui
