// Every command of the window in one place: id, words, keys and where it works. The keyboard page, menus and buttons
// are made from this table.
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QStringList>

#include <array>
#include <span>

namespace fettle::ui {

enum class Command {
    Home,
    Data,
    Train,
    Settings,
    Help,
    Keys,
    NewProject,
    OpenProject,
    ImportFile,
    ImportRun,
    Primary,
    GoTo,
    NextPane,
    PreviousPane,
    ToggleRuns,
    PauseRun,
    StopRun,
    Back,
    LargerText,
    SmallerText,
    ToggleDensity,
    FullScreen,
    Quit,
    Count
};

struct CommandRow {
    Command command;
    const char* group; // translated: "Everywhere", "Runs", …
    const char* text;
    QStringList (*keys)(); // portable text; more than one = each works
};
[[nodiscard]] std::span<const CommandRow> commandTable();

/// Keys that views handle themselves, for the keyboard page.
struct KeyLine {
    const char* group;
    const char* keys;
    const char* text;
};
[[nodiscard]] std::span<const KeyLine> viewKeyTable();

/// One QAction a command, added to the window. Thread: GUI.
class Commands : public QObject {
    Q_OBJECT
public:
    explicit Commands(QWidget* window);
    [[nodiscard]] QAction* action(Command command) const { return m_actions[static_cast<std::size_t>(command)]; }
    /// Texts in the language of now.
    void retranslate();
    [[nodiscard]] static QString groupName(const char* group);

private:
    std::array<QAction*, static_cast<std::size_t>(Command::Count)> m_actions{};
};

} // namespace fettle::ui
