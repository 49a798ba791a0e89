// The window: rail, page stack, Runs. It lays out and forwards; what happens is the workspace's. Pages are made when
// first shown and again when language, font or density change.
#pragma once

#include "shell/rail.h"
#include "shell/runs_pane.h"
#include "shell/screen.h"
#include "workspace/workspace.h"

#include <QHash>
#include <QMainWindow>
#include <QStackedWidget>

class QSplitter;

namespace fettle::ui {

class ArchiveStrip;
class GoToPanel;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// `screens` in the order of the rail; the first is Home.
    MainWindow(const ShellContext& context, QVector<ScreenSpec> screens, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showScreen(const QString& id, const QString& part = {}, Qt::FocusReason reason = Qt::OtherFocusReason);
    [[nodiscard]] QString currentScreen() const { return m_current; }
    [[nodiscard]] Screen* screen(const QString& id) const { return m_pages.value(id); }
    [[nodiscard]] Commands& commands() { return *m_commands; }
    [[nodiscard]] RunsPane& runsPane() { return *m_runs; }
    void setRunsOpen(bool open);
    /// Makes everything visible again in the language, font and density of now.
    void rebuild();
    /// "" when nothing is shown.
    [[nodiscard]] QString shownError() const;

Q_SIGNALS:
    /// Closing is held until runs have stopped; the owner quits when this comes.
    void closed();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void build();
    void connectCommands();
    void run(Command command);
    void nextPane(int step);
    void showFailure(const QString& action, const Error& error);
    void showImport(const ImportOutcome& outcome);
    void applyWidth();
    void saveState();
    void placeRuns();
    void showClosing();
    void rememberRunsHeight();
    [[nodiscard]] const ScreenSpec* spec(const QString& id) const;

    ShellContext m_context;
    QVector<ScreenSpec> m_screens;
    Commands* m_commands;
    Rail* m_rail = nullptr;
    QSplitter* m_splitter = nullptr;
    QStackedWidget* m_stack = nullptr;
    QWidget* m_pageArea = nullptr;
    ArchiveStrip* m_archives = nullptr;
    InlineError* m_error = nullptr;
    QPushButton* m_dismiss = nullptr;
    ProgressRow* m_busy = nullptr;
    QWidget* m_busyBox = nullptr;
    Toast* m_toast = nullptr;
    RunsPane* m_runs = nullptr;
    QHash<QString, Screen*> m_pages;
    QString m_current;
    QStringList m_history;
    bool m_closing = false;
};

} // namespace fettle::ui
