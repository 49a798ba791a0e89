// The queue in the Runs pane: the runs that wait, dragged or moved by key, held, started now.
#pragma once

#include "bridge/queue_model.h"
#include "shell/screen.h"

#include <QWidget>

class QPushButton;

namespace fettle::ui {

class DataTable;
class Label;

class QueueView : public QWidget {
    Q_OBJECT
public:
    explicit QueueView(const ShellContext& context, QWidget* parent = nullptr);
    /// Buttons of the selected run; they stand in the pane's bar.
    [[nodiscard]] QWidget* bar() const { return m_bar; }
    [[nodiscard]] QueueModel& model() { return m_model; }
    [[nodiscard]] DataTable* table() const { return m_table; }

Q_SIGNALS:
    void runOpened(const QString& folder);
    void menuWanted(const QString& folder, const QPoint& global);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void moveSelected(int by);
    [[nodiscard]] QString selected() const;

    ShellContext m_context;
    QueueModel m_model;
    DataTable* m_table;
    Label* m_empty;
    QWidget* m_bar;
    QPushButton *m_now, *m_hold, *m_up, *m_down, *m_remove;
    QString m_keep; // stays selected when rows change their place
};

} // namespace fettle::ui
