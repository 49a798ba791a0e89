// Saving what charts show: pictures, numbers, the clipboard. Written in jobs; what came of it is told by done().
#pragma once

#include "base/result.h"
#include "bridge/courier.h"
#include "shell/screen.h"

namespace fettle::ui {

class Chart;

/// Thread: GUI.
class ChartFiles : public QObject {
    Q_OBJECT
public:
    ChartFiles(const ShellContext& context, QWidget* window);
    enum class Form { Png, Svg, Csv };
    /// Asks where and writes the chart. `name`: what the file is called to begin with, without ending.
    void save(const Chart& chart, Form form, const QString& name);
    static void copyPicture(const Chart& chart);
    /// All numbers of the run in `folder`.
    void saveRun(const QString& folder, const QString& name);

Q_SIGNALS:
    /// "Run 7 loss.csv: 1,000,000 lines"; errors go to the workspace.
    void done(const QString& what);

private:
    void write(const QString& file, std::function<Result<QString>()> job);
    ShellContext m_context;
    QWidget* m_window;
    Courier m_courier;
};

} // namespace fettle::ui
