#include "label/label_words.h"

#include "bridge/strings.h"
#include "data/agreement.h"
#include "data/check_codes.h"

namespace fettle::ui {

using data::CheckFamily;

QString LabelWords::check(const std::string& code) {
    const data::CheckInfo* info = data::findCheck(code);
    if (info == nullptr) {
        return qs(code);
    }
    switch (info->family) {
    case CheckFamily::Format:
        return tr("Format");
    case CheckFamily::Empty:
        return tr("Empty answer");
    case CheckFamily::Length:
        return tr("Longer than the context");
    case CheckFamily::Untrained:
        return tr("Nothing trained");
    case CheckFamily::Duplicate:
        return tr("Duplicate");
    case CheckFamily::Leak:
        return tr("Leak between splits");
    case CheckFamily::Personal:
        return tr("Personal data");
    case CheckFamily::Language:
        return tr("Language");
    case CheckFamily::Encoding:
        return tr("Damaged encoding");
    case CheckFamily::Refusal:
        return tr("Refused answer");
    case CheckFamily::Label:
        return tr("Label balance");
    }
    return qs(code);
}

QString LabelWords::agreement(double kappa) {
    const QString word = qs(data::agreementWord(kappa));
    for (const auto& [english, said] :
         {std::pair("poor", tr("poor")), std::pair("slight", tr("slight")), std::pair("fair", tr("fair")),
          std::pair("moderate", tr("moderate")), std::pair("substantial", tr("substantial")),
          std::pair("almost perfect", tr("almost perfect"))}) {
        if (word == QLatin1String(english)) {
            return said;
        }
    }
    return word;
}

QString LabelWords::person(const QString& name) {
    return name.isEmpty() ? tr("You") : name;
}

} // namespace fettle::ui
