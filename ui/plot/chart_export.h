// The numbers of a chart as a file.
#pragma once

#include "base/result.h"
#include "plot/chart.h"

namespace fettle::ui {

/// Shares the chart's columns: made on the GUI thread in no time, written in a job.
struct ChartNumbers {
    XAxis axis = XAxis::Step;
    QVector<std::pair<QString, CurveData>> curves; // title, points
};
[[nodiscard]] ChartNumbers numbersOf(const Chart& chart);

/// One line a point, all points, full precision, C locale: "curve,step,value". A value that is no number is empty.
/// Atomic. Thread: any.
[[nodiscard]] Result<void> writeChartCsv(const std::string& path, const ChartNumbers& numbers);

} // namespace fettle::ui
