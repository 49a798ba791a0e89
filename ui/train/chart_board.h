// The charts of a run: the loss large, a grid of small charts under it in the order and number that a person chose,
// with one cursor, one x range and one x axis; over them other runs of the project and logs of other programs.
#pragma once

#include "plot/chart_cards.h"
#include "settings/settings.h"
#include "shell/screen.h"
#include "train/chart_metrics.h"
#include "train/run_presenter.h"

#include <QHash>
#include <QTimer>

class QGridLayout;
class QMenu;
class QSplitter;
class QVBoxLayout;

namespace fettle::ui {

class ChartFiles;

class ChartBoard : public QWidget {
    Q_OBJECT
public:
    ChartBoard(const ShellContext& context, RunPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] LossChart* loss() const { return m_loss; }
    /// Ids of the small charts as they stand.
    [[nodiscard]] QStringList shownCharts() const;
    [[nodiscard]] SmallChart* card(const QString& id) const { return m_cards.value(id); }
    void setShown(const QString& id, bool shown);
    /// `by` places on; the focus stays on it.
    void move(const QString& id, int by);
    void setAxis(XAxis axis);
    [[nodiscard]] XAxis axis() const { return m_axis; }
    void addLog(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct Feed { // a curve of a chart and its points
        CurveSpec spec;
        CurveData data;
    };
    void refresh();
    void refreshReports();
    [[nodiscard]] QStringList offered() const;
    [[nodiscard]] QVector<Feed> feeds(const QString& id) const;
    void addRun(QVector<Feed>& out, const QString& id, const RunSeries& series, const QString& folder,
                const QString& title, int slot, bool overlay) const;
    void addLogs(QVector<Feed>& out, const QString& id) const;
    void feed(Chart* chart, const QVector<Feed>& feeds) const;
    [[nodiscard]] QVector<ChartMarker> markers(const RunSeries& series) const;
    [[nodiscard]] std::optional<double> end(const QVector<QVector<Feed>>& all) const;
    SmallChart* makeCard(const QString& id);
    void arrange();
    void rememberLook(const QString& id, Chart* chart);
    void showNotice(const QString& text);
    void showChartsMenu();
    void showSaveMenu();
    void showChartMenu(const QString& id, const QPoint& at);
    void addSaving(QMenu* menu, Chart* chart, const QString& title);
    void addAxisChoice(QMenu* menu);
    void removeCurve(const QString& id);
    void placeDrop(const QString& id, const QPoint& global, bool drop);
    [[nodiscard]] Chart* chartOf(const QString& id) const;
    [[nodiscard]] QStringList list(Setting setting) const;
    void put(Setting setting, const QString& id, bool in);
    [[nodiscard]] QSet<int> takenSlots() const;

    ShellContext m_context;
    RunPresenter& m_presenter;
    ChartFiles* m_files;
    ChartCursor m_cursor;
    LossChart* m_loss;
    QVBoxLayout* m_reports;
    QHash<QString, QWidget*> m_reportCards;
    Label* m_notice;
    QSplitter* m_splitter;
    QWidget* m_smalls;
    QGridLayout* m_grid;
    QWidget* m_dropLine;
    QHash<QString, SmallChart*> m_cards;
    QStringList m_shown; // as chosen; what the run has of it is seen
    QStringList m_seen;
    QString m_layoutKey;
    XAxis m_axis = XAxis::Step;
    QTimer m_noticeTimer;
};

} // namespace fettle::ui
