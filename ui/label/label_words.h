// Words of the labeling queue that several of its parts say.
#pragma once

#include <QCoreApplication>
#include <QString>

#include <string>

namespace fettle::ui {

class LabelWords {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::LabelWords)
public:
    /// A finding in a word or two: "Duplicate", "Personal data".
    [[nodiscard]] static QString check(const std::string& code);
    /// How an agreement is called: "substantial".
    [[nodiscard]] static QString agreement(double kappa);
    /// A person's name, or what an unnamed one is called.
    [[nodiscard]] static QString person(const QString& name);
};

} // namespace fettle::ui
