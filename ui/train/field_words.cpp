#include "train/field_words.h"

#include "base/numbers.h"
#include "bridge/strings.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using recipe::Field;
using recipe::FieldType;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::FieldWords)
};

QString table(const std::string& text) {
    return text.empty() ? QString() : QCoreApplication::translate("RecipeField", text.c_str());
}

QString numberText(const Field& field, double value) {
    return field.type == FieldType::Integer || field.type == FieldType::IntegerMap
               ? Format::exactCount(std::llround(value))
               : Format::rate(value).replace(u'.', QLocale().decimalPoint());
}

QString listed(const std::vector<std::string>& choices) {
    QStringList out;
    for (const std::string& choice : choices) {
        out << qs(choice);
    }
    const QString last = out.takeLast();
    return out.isEmpty() ? last : Words::tr("%1 or %2").arg(out.join(Words::tr(", ")), last);
}

QString escaped(QString text) {
    return text.replace(u"\\"_s, u"\\\\"_s).replace(u"\n"_s, u"\\n"_s);
}

QString unescaped(const QString& text) {
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\\' && i + 1 < text.size() && (text[i + 1] == u'n' || text[i + 1] == u'\\')) {
            ++i;
            out += text[i] == u'n' ? u'\n' : u'\\';
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The words that stand for null in a control.
bool isNothing(const Field& field, const QString& text) {
    return field.nullable && (text.isEmpty() || (!field.emptyText.empty() && text == qs(field.emptyText)));
}

std::optional<Json> numberJson(FieldType type, const QString& text) {
    const std::optional<double> number = FieldWords::parseNumber(text);
    if (!number) {
        return std::nullopt;
    }
    if (type == FieldType::Number || type == FieldType::NumberMap) {
        return Json(*number);
    }
    if (std::floor(*number) != *number || std::abs(*number) > 9007199254740992.0) {
        return std::nullopt;
    }
    return Json(static_cast<std::int64_t>(*number));
}

} // namespace

QString FieldWords::group(const recipe::FieldGroup& group) {
    return QCoreApplication::translate("RecipeField", group.title);
}

QString FieldWords::title(const Field& field) {
    return table(field.title);
}

QString FieldWords::longTitle(const Field& field) {
    return field.unit.empty() ? title(field) : Words::tr("%1 (%2)").arg(title(field), unit(field));
}

QString FieldWords::unit(const Field& field) {
    return table(field.unit);
}

QString FieldWords::help(const Field& field) {
    return table(field.help);
}

QString FieldWords::high(const Field& field) {
    const QString text = table(field.high);
    switch (field.type) {
    case FieldType::Boolean:
        return Words::tr("On: %1").arg(text);
    case FieldType::TextList:
    case FieldType::IntegerMap:
    case FieldType::NumberMap:
        return Words::tr("Too many: %1").arg(text);
    case FieldType::Integer:
    case FieldType::Number:
        return Words::tr("Too high: %1").arg(text);
    default:
        return Words::tr("Chosen wrongly: %1").arg(text);
    }
}

QString FieldWords::low(const Field& field) {
    const QString text = table(field.low);
    if (text.isEmpty()) {
        return {};
    }
    switch (field.type) {
    case FieldType::Boolean:
        return Words::tr("Off: %1").arg(text);
    case FieldType::TextList:
    case FieldType::IntegerMap:
    case FieldType::NumberMap:
        return Words::tr("Too few: %1").arg(text);
    default:
        return Words::tr("Too low: %1").arg(text);
    }
}

QString FieldWords::allowed(const Field& field) {
    const bool bounded = field.minimum != 0 || field.maximum != 0;
    const QString range = Words::tr("%1 to %2").arg(numberText(field, field.minimum), numberText(field, field.maximum));
    QString out;
    switch (field.type) {
    case FieldType::None:
        break;
    case FieldType::Text:
        out = field.choices.empty() ? Words::tr("text") : Words::tr("text, such as %1").arg(listed(field.choices));
        break;
    case FieldType::Integer:
        out = bounded ? Words::tr("a whole number from %1").arg(range) : Words::tr("a whole number");
        break;
    case FieldType::Number:
        out = bounded ? Words::tr("a number from %1").arg(range) : Words::tr("a number");
        break;
    case FieldType::Boolean:
        out = Words::tr("on or off");
        break;
    case FieldType::Choice:
        out = listed(field.choices);
        break;
    case FieldType::TextList:
        out = field.acceptsShare ? Words::tr("one entry a line, or a share between 0 and 1")
                                 : Words::tr("one entry a line");
        break;
    case FieldType::IntegerMap:
        out = Words::tr("lines like name: number, with whole numbers from %1").arg(range);
        break;
    case FieldType::NumberMap:
        out = Words::tr("lines like name: number, with numbers from %1").arg(range);
        break;
    }
    if (!field.nullable) {
        return out;
    }
    return field.emptyText.empty() ? Words::tr("%1, or nothing").arg(out)
                                   : Words::tr("%1, or %2").arg(out, qs(field.emptyText));
}

QString FieldWords::refusal(const Field& field) {
    return Words::tr("%1 takes %2.").arg(longTitle(field), allowed(field));
}

QString FieldWords::shown(const Field& field, const Json& value) {
    if (value.is_null() || (value.is_object() && value.empty())) {
        return Format::unknown();
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? Words::tr("on") : Words::tr("off");
    }
    if (value.is_number()) {
        return numberText(field, value.get<double>());
    }
    QStringList out;
    if (value.is_object()) {
        for (const auto& [name, item] : value.items()) {
            out << qs(name) % u": "_s % numberText(field, item.get<double>());
        }
    } else if (value.is_array()) {
        for (const Json& item : value) {
            out << qs(item.get<std::string>());
        }
    } else {
        out << qs(value.get<std::string>());
    }
    const QString text = out.join(u", "_s);
    return text.isEmpty() ? Format::unknown() : text;
}

QString FieldWords::typed(const Field& field, const Json& value) {
    if (value.is_null()) {
        return {};
    }
    if (value.is_number()) {
        return numberText(field, value.get<double>()); // every digit: leaving the field changes nothing
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? u"true"_s : u"false"_s;
    }
    QStringList lines;
    if (value.is_object()) {
        for (const auto& [name, item] : value.items()) {
            lines << qs(name) % u": "_s % numberText(field, item.get<double>());
        }
    } else if (value.is_array()) {
        for (const Json& item : value) {
            lines << escaped(qs(item.get<std::string>()));
        }
    } else {
        const QString text = qs(value.get<std::string>());
        lines << (field.type == FieldType::TextList ? escaped(text) : text);
    }
    return lines.join(u'\n');
}

std::optional<Json> FieldWords::parse(const Field& field, const QString& typed) {
    const QString text = field.type == FieldType::Text ? typed : typed.trimmed();
    if (isNothing(field, text)) {
        return field.emptyText.empty() ? Json(nullptr) : Json(field.emptyText);
    }
    switch (field.type) {
    case FieldType::None:
        return std::nullopt;
    case FieldType::Text:
    case FieldType::Choice:
        return Json(us(text));
    case FieldType::Boolean:
        return text == u"true" || text == u"false" ? std::optional<Json>(text == u"true") : std::nullopt;
    case FieldType::Integer:
    case FieldType::Number:
        return numberJson(field.type, text);
    case FieldType::TextList: {
        if (field.acceptsShare) {
            if (const std::optional<double> share = parseNumber(text)) {
                return Json(*share);
            }
        }
        Json out = Json::array();
        for (const QString& line : typed.split(u'\n')) {
            if (!line.trimmed().isEmpty()) {
                out.push_back(us(unescaped(line.trimmed())));
            }
        }
        return out;
    }
    case FieldType::IntegerMap:
    case FieldType::NumberMap: {
        Json out = Json::object();
        for (const QString& line : text.split(u'\n')) {
            if (line.trimmed().isEmpty()) {
                continue;
            }
            const qsizetype colon = line.lastIndexOf(u':');
            const QString name = line.left(colon).trimmed();
            const std::optional<Json> number =
                colon <= 0 ? std::nullopt : numberJson(field.type, line.mid(colon + 1).trimmed());
            if (!number || name.isEmpty() || out.contains(us(name))) {
                return std::nullopt;
            }
            out[us(name)] = *number;
        }
        return out;
    }
    }
    return std::nullopt;
}

std::optional<double> FieldWords::parseNumber(const QString& typed) {
    QString text = typed.trimmed();
    text.remove(QChar(0x00A0)).remove(QChar(0x202F)).remove(u' ');
    bool fine = false;
    const double local = QLocale().toDouble(text, &fine);
    if (fine && std::isfinite(local)) {
        return local;
    }
    const Result<double> plain = parseDouble(us(text)); // as files write it, whatever the language
    return plain && std::isfinite(*plain) ? std::optional<double>(*plain) : std::nullopt;
}

} // namespace fettle::ui
