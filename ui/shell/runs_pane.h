// The Runs strip and table: the lower pane of the shell. Collapsed it is one line (state, bar, step, loss, time left,
// Pause, Stop and save), opened a table of all runs of the project.
#pragma once

#include "shell/screen.h"
#include "widgets/status.h"
#include "widgets/table.h"

#include <QFrame>

namespace fettle::ui {

/// What the strip says, without a widget.
struct RunsStrip {
    struct Count {
        QString text;
        State state = State::Neutral;
    };
    QVector<Count> counts; // "1 running", "2 queued"
    QString name;          // of the live run; "" = none
    QString folder;
    std::optional<double> fraction;
    QString line;       // "412 of 960 steps · loss 0.372 · about 10 min left"
    bool owned = false; // can be steered from here
    bool paused = false, canPause = false, canStop = false;
};
class RunsModel;
[[nodiscard]] RunsStrip runsStrip(const RunsModel& model);

class RunsPane : public QFrame {
    Q_OBJECT
public:
    explicit RunsPane(const ShellContext& context, QWidget* parent = nullptr);
    [[nodiscard]] int stripHeight() const;
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const { return m_open; }
    void pauseOrResume(); // the selected run where the table has the focus, else the live one
    void stopAndSave();
    void focusPane(Qt::FocusReason reason);

Q_SIGNALS:
    void openWanted(bool open);
    void runOpened(const QString& folder);

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void refresh();
    void showMenu(const QPoint& global);
    void deleteSelected();
    [[nodiscard]] QString selectedFolder() const;
    bool eventFilter(QObject* watched, QEvent* event) override;

    ShellContext m_context;
    bool m_open = false;
    QPushButton* m_toggle;
    QHBoxLayout* m_pills;
    Label* m_name;
    Bar* m_bar;
    ElidedLabel* m_line;
    QPushButton* m_pause;
    QPushButton* m_stop;
    DataTable* m_table;
    Label* m_empty;
    QString m_live;
    bool m_pausedNow = false;
};

} // namespace fettle::ui
