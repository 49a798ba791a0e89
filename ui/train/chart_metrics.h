// Which numbers have a chart: what it is called, how its values are written, and which names of other programs' logs
// belong on it. One table.
#pragma once

#include "plot/value_text.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace fettle::ui {

/// The chart of a number. Ids: "loss", the key of a step's number ("grad_norm"), "eval:KEY" for numbers that only
/// evaluations have, "log:NAME" for those that only another program's log has.
struct ChartMetric {
    QString id;
    QString title;
    ValueKind kind = ValueKind::Other;
};

[[nodiscard]] ChartMetric chartMetric(const QString& id);
/// Small charts that are shown when nobody chose.
[[nodiscard]] QStringList usualCharts();
/// The chart of an evaluation's number.
[[nodiscard]] QString evaluationChart(const QString& key);

struct ForeignMatch {
    QString chart; // id
    bool validation = false;
};
/// Where a series of another program's log belongs, by its name there; nullopt = it is an axis (epoch, tokens).
[[nodiscard]] std::optional<ForeignMatch> foreignMatch(const QString& name);
/// Whether that series says where a step lies on an axis.
[[nodiscard]] bool isForeignAxis(const QString& name, XAxis axis);

} // namespace fettle::ui
