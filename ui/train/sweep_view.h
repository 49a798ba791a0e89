// Sweeps on the Train screen: what should differ and how many runs that makes, and the results as a table and as lines
// over the settings.
#pragma once

#include "shell/screen.h"
#include "train/parallel_plot.h"
#include "train/sweep.h"
#include "widgets/frames.h"
#include "widgets/status.h"
#include "workspace/workspace.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <optional>

class QComboBox;
class QLineEdit;
class QStackedWidget;
class QVBoxLayout;

namespace fettle::ui {

class DataTable;

/// What stands in the form, without a widget.
struct SweepDraft {
    struct Line {
        QString key;
        int range = 0; // 0 values, 1 range, 2 logarithmic range
        QString text;  // "4, 8, 16" or "1e-5, 1e-3"
        QString steps; // of a range in a grid
    };
    bool random = false;
    QVector<Line> lines;
    QString maxRuns, maxMinutes, seed;
};
/// The sweep it says; errors name the key.
[[nodiscard]] Result<train::SweepSpec> sweepOf(const SweepDraft& draft);

/// Runs of a sweep: changed fields, loss, time, memory, state; sorted by a column.
class SweepModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit SweepModel(QObject* parent = nullptr);
    void setResults(train::SweepResults results);
    [[nodiscard]] const train::SweepResults& results() const { return m_results; }
    [[nodiscard]] const train::SweepRow* at(int row) const;
    [[nodiscard]] int rowOf(const std::string& folder) const;
    [[nodiscard]] int indexAt(int row) const { return m_order.value(row, -1); } // in results().rows
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    [[nodiscard]] QStringList columnSamples() const;
    [[nodiscard]] int lossColumn() const { return 1 + static_cast<int>(m_results.spec.fields.size()); }

private:
    void arrange();
    [[nodiscard]] QString text(const train::SweepRow& row, int column) const;
    [[nodiscard]] QVariant sortValue(const train::SweepRow& row, int column) const;
    train::SweepResults m_results;
    QVector<int> m_order;
    int m_column = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

class SweepView : public QWidget {
    Q_OBJECT
public:
    SweepView(const ShellContext& context, QWidget* parent = nullptr);
    void showNew();
    void showResults(const QString& id);
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] SweepDraft draft() const;

Q_SIGNALS:
    void left(); // back to the form or the run
    void runOpened(const QString& folder);

private:
    QWidget* makeForm();
    QWidget* makeResults();
    void addLine(const SweepDraft::Line& line);
    void check();
    void read();
    void showRead(const train::SweepResults& results);
    void startBestAgain();

    ShellContext m_context;
    QStackedWidget* m_stack;
    // form
    struct FieldLine {
        QWidget* row = nullptr;
        QComboBox *key = nullptr, *range = nullptr;
        QLineEdit *text = nullptr, *steps = nullptr;
    };
    QVector<FieldLine> m_lines;
    ChoiceGroup* m_method = nullptr;
    QVBoxLayout* m_fields = nullptr;
    QLineEdit *m_maxRuns = nullptr, *m_maxMinutes = nullptr, *m_seed = nullptr;
    Label *m_count = nullptr, *m_fault = nullptr;
    QPushButton* m_start = nullptr;
    // results
    QString m_id;
    SweepModel m_model;
    PageHeader* m_header = nullptr;
    Pill* m_pill = nullptr;
    DataTable* m_table = nullptr;
    ParallelPlot* m_plot = nullptr;
    InlineError* m_error = nullptr;
    QPushButton *m_stop = nullptr, *m_again = nullptr;
    bool m_reading = false, m_readAgain = false;
};

} // namespace fettle::ui
