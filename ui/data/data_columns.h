// The columns of the table of rows: one line a column says name, title, alignment, usual width, sort key and what
// stands in its cells. Top-level keys of the metadata are columns too ("metadata.section").
#pragma once

#include "project/row_page.h"
#include "project/row_query.h"

#include <QString>
#include <QStringList>
#include <QVariant>
#include <QVector>

namespace fettle::ui {

/// A column as a person has it: its name ("tokens", "metadata.section") and its width (0 = the usual one).
struct ShownColumn {
    QString name;
    int width = 0;
    friend bool operator==(const ShownColumn&, const ShownColumn&) = default;
};
using ShownColumns = QVector<ShownColumn>;

struct DataColumn {
    const char* name;
    const char* title; // translated in context "Data columns"
    Qt::Alignment alignment;
    const char* sample; // text that the usual width is measured with; "" = takes what is left
    project::SortKey sort = project::SortKey::None; // None with `byId` false: cannot sort
    bool byId = false;
    bool atFirst = false; // shown before anybody chose
    QString (*text)(const project::RowCells& row);
};
[[nodiscard]] const QVector<DataColumn>& dataColumns();
/// nullptr: a metadata column, or none.
[[nodiscard]] const DataColumn* findDataColumn(const QString& name);
[[nodiscard]] QString columnTitle(const QString& name);
[[nodiscard]] ShownColumns usualColumns();
[[nodiscard]] bool isMetadataColumn(const QString& name);

/// As kept in the project: [{"name":"tokens","width":80}]. What is not understood is left out; an empty result is the
/// usual one.
[[nodiscard]] Json toJson(const ShownColumns& columns);
[[nodiscard]] ShownColumns columnsFromJson(const Json& json);

/// A loss above this is shown as one that needs a look: the right token got under a fifth.
inline constexpr double kHighLoss = 1.5;

} // namespace fettle::ui
