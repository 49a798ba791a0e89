#include "shell/commands.h"

#include <QCoreApplication>
#include <QWidget>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char* kEverywhere = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Everywhere");
constexpr const char* kRuns = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Runs");
constexpr const char* kCharts = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Charts");
constexpr const char* kTokens = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Tokens");
constexpr const char* kRows = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Rows");
constexpr const char* kLabeling = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Labeling");
constexpr const char* kRecipe = QT_TRANSLATE_NOOP("fettle::ui::Commands", "Recipe");

#define FETTLE_KEYS(...) [] { return QStringList{__VA_ARGS__}; }
constexpr std::array kTable = {
    CommandRow{Command::Home, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Home"), FETTLE_KEYS(u"Ctrl+0"_s)},
    CommandRow{Command::Data, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Data"), FETTLE_KEYS(u"Ctrl+2"_s)},
    CommandRow{Command::Train, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Train"),
               FETTLE_KEYS(u"Ctrl+3"_s)},
    CommandRow{Command::Settings, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Settings"),
               FETTLE_KEYS(u"Ctrl+,"_s)},
    CommandRow{Command::Help, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Help"), FETTLE_KEYS(u"F1"_s)},
    CommandRow{Command::Keys, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "List of keys"),
               FETTLE_KEYS(u"?"_s, u"Ctrl+?"_s)},
    CommandRow{Command::NewProject, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "New project"),
               FETTLE_KEYS(u"Ctrl+N"_s)},
    CommandRow{Command::OpenProject, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Open project"),
               FETTLE_KEYS(u"Ctrl+O"_s)},
    CommandRow{Command::ImportFile, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "New project from a file"),
               FETTLE_KEYS(u"Ctrl+I"_s)},
    CommandRow{Command::ImportRun, kRuns, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Import a run from its archive"),
               FETTLE_KEYS(u"Ctrl+Shift+I"_s)},
    CommandRow{Command::Primary, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Press the page's main button"),
               FETTLE_KEYS(u"Ctrl+Return"_s)},
    CommandRow{Command::GoTo, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Go to anything by name"),
               FETTLE_KEYS(u"Ctrl+K"_s)},
    CommandRow{Command::NextPane, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Next pane"),
               FETTLE_KEYS(u"F6"_s)},
    CommandRow{Command::PreviousPane, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Previous pane"),
               FETTLE_KEYS(u"Shift+F6"_s)},
    CommandRow{Command::ToggleRuns, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Open or close Runs"),
               FETTLE_KEYS(u"Ctrl+J"_s)},
    CommandRow{Command::PauseRun, kRuns, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Pause or resume"),
               FETTLE_KEYS(u"Ctrl+P"_s)},
    CommandRow{Command::StopRun, kRuns, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Stop and save"),
               FETTLE_KEYS(u"Ctrl+Shift+S"_s)},
    CommandRow{Command::Back, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Back"), FETTLE_KEYS(u"Esc"_s)},
    CommandRow{Command::LargerText, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Larger text"),
               FETTLE_KEYS(u"Ctrl+="_s, u"Ctrl++"_s)},
    CommandRow{Command::SmallerText, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Smaller text"),
               FETTLE_KEYS(u"Ctrl+-"_s)},
    CommandRow{Command::ToggleDensity, kEverywhere,
               QT_TRANSLATE_NOOP("fettle::ui::Commands", "Comfortable or compact rows"),
               FETTLE_KEYS(u"Ctrl+Shift+D"_s)},
    CommandRow{Command::FullScreen, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Full screen"),
               FETTLE_KEYS(u"F11"_s)},
    CommandRow{Command::Quit, kEverywhere, QT_TRANSLATE_NOOP("fettle::ui::Commands", "Close the window"),
               FETTLE_KEYS(u"Ctrl+Q"_s)},
};
#undef FETTLE_KEYS
static_assert(kTable.size() == static_cast<std::size_t>(Command::Count));

constexpr std::array kViewKeys = {
    KeyLine{kRuns, "Space", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Overlay the run in the charts")},
    KeyLine{kRuns, "Enter", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Show the run")},
    KeyLine{kRuns, "Del", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Delete the run; Ctrl+Z brings it back")},
    KeyLine{kRuns, "F2", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Name, tags and note of the run")},
    KeyLine{kRuns, "Alt+↑  Alt+↓", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Earlier or later in the queue")},
    KeyLine{kRuns, "Shift+F10", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Menu of the run")},
    KeyLine{kCharts, "←  →", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Move the cursor, with Shift ten steps")},
    KeyLine{kCharts, "Ctrl+←  Ctrl+→",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "To the next mark: checkpoint, evaluation, pause")},
    KeyLine{kCharts, "+  −  0", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Zoom in, zoom out, fit")},
    KeyLine{kCharts, "L", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Linear or log")},
    KeyLine{kCharts, "S", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Smoothing on or off")},
    KeyLine{kCharts, "Ctrl+C", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Copy the values under the cursor")},
    KeyLine{kRecipe, "Ctrl+F  /", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Search the settings of the recipe")},
    KeyLine{kRecipe, "F8", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Next fault of the YAML text")},
    KeyLine{kRows, "Home  End", QT_TRANSLATE_NOOP("fettle::ui::Commands", "First and last row")},
    KeyLine{kRows, "Ctrl+G", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Go to a row by its number")},
    KeyLine{kRows, "Space",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "Mark the row; arrows then leave the marks alone")},
    KeyLine{kRows, "Ctrl+A", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Choose all rows that match")},
    KeyLine{kRows, "X  C  H",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "Token x-ray, conversation, history of the row")},
    KeyLine{kRows, "E", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Edit the answer; Ctrl+Return saves, Esc leaves")},
    KeyLine{kRows, "F", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Filter")},
    KeyLine{kRows, "Ctrl+F  /", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Search rows")},
    KeyLine{kRows, "Del", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Reject the chosen rows; Ctrl+Z brings them back")},
    KeyLine{kRows, "Ctrl+Z  Ctrl+Shift+Z", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Undo and redo")},
    KeyLine{kRows, "F4", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Open or close the side panel")},
    KeyLine{kRows, "Shift+F10", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Menu of the row and its fixes")},
    KeyLine{kLabeling, "1…9  0",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "Choose a label by its number; 0 and a name for any other")},
    KeyLine{kLabeling, "A  R", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Accept, reject the row")},
    KeyLine{kLabeling, "←  →  =", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Two answers: left, right is better, tie")},
    KeyLine{kLabeling, "E",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "Edit the answer of the row; Ctrl+Return saves, Esc leaves")},
    KeyLine{kLabeling, "U  Shift+U", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Take a step back, do it again")},
    KeyLine{kLabeling, "J  K  ↓  ↑", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Next and previous row")},
    KeyLine{kLabeling, "S", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Skip to the next row that is not decided")},
    KeyLine{kLabeling, "Shift+1…5",
            QT_TRANSLATE_NOOP("fettle::ui::Commands", "Rate the row; the same again takes it away")},
    KeyLine{kLabeling, "T  C", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Tag, comment")},
    KeyLine{kLabeling, "/", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Search the rows of the queue")},
    KeyLine{kLabeling, "Ctrl+G", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Go to a row of the queue by its number")},
    KeyLine{kLabeling, "G", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Rows like this one, and back")},
    KeyLine{kLabeling, "F4", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Session and agreement")},
    KeyLine{kLabeling, "L", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Leave the queue")},
    KeyLine{kTokens, "←  →  ↑  ↓", QT_TRANSLATE_NOOP("fettle::ui::Commands", "Go from token to token")},
};

} // namespace

std::span<const CommandRow> commandTable() {
    return kTable;
}

std::span<const KeyLine> viewKeyTable() {
    return kViewKeys;
}

QString Commands::groupName(const char* group) {
    return QCoreApplication::translate("fettle::ui::Commands", group);
}

Commands::Commands(QWidget* window)
    : QObject(window) {
    for (const CommandRow& row : kTable) {
        auto* action = new QAction(window);
        QList<QKeySequence> keys;
        for (const QString& key : row.keys()) {
            keys << QKeySequence(key, QKeySequence::PortableText);
        }
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WindowShortcut);
        window->addAction(action);
        m_actions[static_cast<std::size_t>(row.command)] = action;
    }
    retranslate();
}

void Commands::retranslate() {
    for (const CommandRow& row : kTable) {
        QAction* action = m_actions[static_cast<std::size_t>(row.command)];
        action->setText(tr(row.text));
        action->setToolTip(tr(row.text));
    }
}

} // namespace fettle::ui
