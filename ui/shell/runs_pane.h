// The Runs strip and table: the lower pane of the shell. Collapsed it is one line (state, bar, step, loss, time left,
// Pause, Stop and save), opened a table of the project's runs that can be searched, tagged and put in order, and the
// queue of those that wait.
#pragma once

#include "bridge/runs_filter.h"
#include "shell/screen.h"
#include "widgets/status.h"
#include "widgets/table.h"

#include <QFrame>

class QComboBox;
class QLineEdit;
class QMenu;
class QStackedWidget;

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
class QueueView;
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
    /// Height of everything above the rows, without the strip.
    [[nodiscard]] int headHeight() const;
    enum class Part { Runs, Queue };
    void showPart(Part part);
    /// Name, tags and note of the selected run, in the bar.
    void editSelected();
    void searchRuns(); // the focus goes to the words

Q_SIGNALS:
    void openWanted(bool open);
    void runOpened(const QString& folder);
    void sweepWanted(const QString& id);  // "" = a new one
    void partWanted(const QString& part); // of the Train screen: "record:FOLDER"
    void importWanted();

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makeEditor();
    void refresh();
    void refreshBar();
    void showMenu(const QString& folder, const QPoint& global);
    void addSteering(QMenu& menu, const RunRow& row);
    void addFiles(QMenu& menu, const RunRow& row);
    void addRecord(QMenu& menu, const QString& folder);
    void deleteSelected();
    void emptyTrash();
    void saveEdit();
    void endEdit();
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
    RunsFilter m_filter;
    QStackedWidget* m_head;  // bar or editor
    QStackedWidget* m_parts; // runs or queue
    QueueView* m_queue;
    ChoiceGroup* m_tabs = nullptr;
    QWidget* m_runsBar = nullptr;
    QLineEdit* m_words = nullptr;
    QComboBox *m_shown = nullptr, *m_tag = nullptr, *m_order = nullptr;
    QPushButton *m_archive = nullptr, *m_sweep = nullptr, *m_more = nullptr;
    QLineEdit *m_editName = nullptr, *m_editTags = nullptr, *m_editNote = nullptr;
    QString m_edited; // folder of the run in the editor
    QStringList m_tags;
    QString m_live;
    bool m_pausedNow = false;
};

} // namespace fettle::ui
