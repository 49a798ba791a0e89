// A run on the Train screen: tiles, loss chart, four small charts with one cursor, samples, and above them what
// happened and the ways on. Lays out and forwards to RunPresenter.
#pragma once

#include "plot/chart.h"
#include "shell/screen.h"
#include "train/run_presenter.h"
#include "widgets/status.h"

#include <QTimer>
#include <QWidget>

class QGridLayout;
class QPlainTextEdit;

namespace fettle::ui {

class SamplesPanel;

class RunView : public QWidget {
    Q_OBJECT
public:
    RunView(const ShellContext& context, RunPresenter& presenter, QWidget* parent = nullptr);
    /// The primary button of the banner; nullptr = none.
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] QWidget* firstFocus() const;
    void showText(const QString& title, const QString& text); // log or recipe

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshCharts();
    void resetCharts();
    struct Line { // a curve and what of it the chart has
        Chart* chart = nullptr;
        QString id;
        QVector<double> RunSeries::*x = nullptr;
        QVector<double> RunSeries::*y = nullptr;
        qsizetype points = 0;
        double lastX = 0;
        std::int64_t resumes = 0;
    };
    /// Points given to the chart; -1 = there are some, but not in this turn.
    qsizetype feed(Line& line, const RunSeries& series, bool allowed);
    void refreshRows();
    void arrange();
    void saveChart();

    ShellContext m_context;
    RunPresenter& m_presenter;
    Banner* m_banner;
    QString m_bannerKey;
    QPushButton* m_primary = nullptr;
    StatTile *m_step, *m_validation, *m_accuracy, *m_memory, *m_time, *m_taken;
    QHBoxLayout* m_tiles;
    LossChart* m_loss;
    SmallChart *m_accuracyChart, *m_rateChart, *m_gradientChart, *m_speedChart;
    ChartCursor m_cursor;
    SamplesPanel* m_samples;
    Card* m_rowsCard;
    QVBoxLayout* m_rowsList;
    Card* m_textCard;
    Label* m_textTitle;
    QPlainTextEdit* m_text;
    Label* m_damaged;
    QGridLayout* m_grid;
    QWidget* m_smalls;
    int m_layout = -1;
    // What the charts hold, so that only new points are added.
    QVector<Line> m_lines;
    QTimer m_feedAgain;
    QString m_curvesKey, m_chartFolder;
    QHash<QString, qsizetype> m_overlayPoints;
};

} // namespace fettle::ui
