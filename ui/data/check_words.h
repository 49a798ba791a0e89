// The words and signs of checks: codes are those of core/data's table of checks, shown by families as chips.
#pragma once

#include "data/check_codes.h"
#include "project/row_page.h"
#include "widgets/buttons.h"

#include <QString>
#include <QVector>

#include <map>

namespace fettle::ui {

class CheckWords {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::CheckWords)
public:
    [[nodiscard]] static QString title(const std::string& code); // "Leaks into test"; an unknown code is itself
    [[nodiscard]] static QString explanation(const std::string& code);
    [[nodiscard]] static State state(const std::string& code);
    [[nodiscard]] static QString family(data::CheckFamily family);
    [[nodiscard]] static QString fix(data::CheckFix fix);
    /// What the finding says about this row, with the other row where there is one.
    [[nodiscard]] static QString sentence(const project::RowCheck& check);
    /// The worst finding of a row; nullptr = none.
    [[nodiscard]] static const project::RowCheck* worst(const std::vector<project::RowCheck>& checks);
};

/// What a chip of the Data page stands for: the codes of one family that rows have.
struct CheckChip {
    data::CheckFamily family = data::CheckFamily::Format;
    State state = State::Warn;
    QString title;
    std::vector<std::string> codes; // that rows have
    std::int64_t most = 0;          // rows of its most frequent code: shown where `rows` is not known
    std::vector<data::CheckFix> fixes;
};
/// Errors first, in the order of the table. `counts`: rows a code, as RowCounts::checks.
[[nodiscard]] QVector<CheckChip> checkChips(const std::map<std::string, std::int64_t>& counts);

} // namespace fettle::ui
