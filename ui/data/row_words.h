// The words of rows: splits, states, kinds, fields, filters, in the language of the window.
#pragma once

#include "project/row_edit.h"
#include "project/row_query.h"

#include "data/sample.h"

#include <QCoreApplication>
#include <QString>
#include <QVector>

namespace fettle::ui {

class RowWords {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::RowWords)
public:
    [[nodiscard]] static QString split(project::Split split);
    [[nodiscard]] static QString state(project::RowState state);
    [[nodiscard]] static QString kind(data::SampleKind kind);
    [[nodiscard]] static QString number(project::RowNumber number);
    [[nodiscard]] static QString field(project::RowField field);
    /// A value of a field as people say it: "rejected" → "Rejected"; none is "–".
    [[nodiscard]] static QString value(project::RowField field, const std::string& value);
    [[nodiscard]] static QString role(const QString& role); // of a message
    /// "1,209" as shown and said everywhere.
    [[nodiscard]] static QString id(project::RowId id);
    [[nodiscard]] static QString rowName(project::RowId id); // "Row 1,209"
    /// A language code in words where they are known: "zh" → "Chinese".
    [[nodiscard]] static QString language(const QString& code);
    /// How a test of a field is said: "section is web".
    [[nodiscard]] static QString test(const project::FieldTest& test);
    [[nodiscard]] static QString testOp(project::FieldTest::Op op);
    /// "Tokens 10 to 20", "Loss over 1.5", "Loss unknown".
    [[nodiscard]] static QString range(const project::NumberRange& range);
};

/// One condition of a filter: what its pill says and the filter without it.
struct FilterPill {
    QString text;
    project::Filter without;
};
/// One a condition, in the order of the filter's fields. `checks` of one family stand together.
[[nodiscard]] QVector<FilterPill> filterPills(const project::Filter& filter);

} // namespace fettle::ui
