#include "train/recipe_faults.h"

#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/field_words.h"

#include <QCoreApplication>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::FaultWords)
};

} // namespace

FaultWords faultWords(const Error& fault) {
    FaultWords out;
    const QString key = qs(fault.key);
    const QString line = Format::exactCount(fault.line);
    out.where = fault.line > 0 && !key.isEmpty() ? Words::tr("Line %1, %2").arg(line, key)
                : fault.line > 0                 ? Words::tr("Line %1").arg(line)
                                                 : key;
    const recipe::Field* field = recipe::findField(fault.key);
    const bool map = field == nullptr && fault.key.find("_pattern.") != std::string::npos;
    if (map) {
        field = recipe::findField(fault.key.substr(0, fault.key.rfind('.')));
    }
    if (fault.message == "unknown key") {
        const std::string near = recipe::nearestKey(fault.key);
        out.reason = Words::tr("“%1” is no key of a recipe.").arg(key);
        out.remedy = near.empty() ? Words::tr("Take the line out, or put a # before it.")
                                  : Words::tr("Did you mean %1?").arg(qs(near));
    } else if (fault.message == "stands twice") {
        out.reason = Words::tr("“%1” stands twice.").arg(key);
        out.remedy = Words::tr("Keep one of the two.");
    } else if (field != nullptr) {
        out.reason = FieldWords::refusal(*field);
    } else if (fault.message.find("is a section") != std::string::npos) {
        out.reason = Words::tr("“%1” is a section.").arg(key);
        out.remedy = Words::tr("Write its keys indented on the lines below it.");
    } else if (fault.code == ErrorCode::Parse) {
        out.reason = Words::tr("The text breaks the rules of YAML here.");
        out.remedy = Words::tr("Check indentation, colons, brackets and quotes of this line and the one above.");
    } else {
        out.reason = qs(fault.message);
        out.remedy = qs(fault.hint);
    }
    return out;
}

QString faultLine(const Error& fault) {
    const FaultWords words = faultWords(fault);
    const QString what = words.remedy.isEmpty() ? words.reason : QString(words.reason % u' ' % words.remedy);
    return words.where.isEmpty() ? what : Words::tr("%1: %2").arg(words.where, what);
}

} // namespace fettle::ui
