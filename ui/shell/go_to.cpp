#include "shell/go_to.h"

#include "bridge/strings.h"
#include "help/help_page.h"
#include "widgets/frames.h"
#include "workspace/workspace.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

GoToPanel::GoToPanel(const QVector<ScreenSpec>& screens, Commands& commands, Workspace& workspace, QWidget* window)
    : QFrame(window)
    , m_line(new QLineEdit)
    , m_list(new QListWidget) {
    setObjectName(u"goto"_s);
    setProperty("kind", u"toast"_s);
    setAccessibleName(tr("Go to"));
    for (const ScreenSpec& screen : screens) {
        if (!screen.needsProject || workspace.hasProject()) {
            m_entries.append({screen.title(), tr("Screen"), [this, id = screen.id] { Q_EMIT screenChosen(id, {}); }});
        }
    }
    for (const ProjectCard& card : workspace.recent()) {
        m_entries.append(
            {card.name, tr("Project"), [&workspace, folder = card.folder] { workspace.openProject(folder); }});
    }
    for (const RunRow& row : workspace.runs().rows()) {
        m_entries.append(
            {row.title() % u"  "_s % row.what, tr("Run"), [this, &workspace, folder = qs(row.summary.folder)] {
                 workspace.showRun(folder);
                 Q_EMIT screenChosen(u"train"_s, {});
             }});
    }
    for (const HelpTopic& topic : helpTopics()) {
        m_entries.append({topic.title, tr("Help"), [this, id = topic.id] { Q_EMIT screenChosen(u"help"_s, id); }});
    }
    for (const CommandRow& row : commandTable()) {
        QAction* action = commands.action(row.command);
        if (row.command != Command::GoTo && row.command != Command::Home && row.command != Command::Data &&
            row.command != Command::Train && row.command != Command::Settings && row.command != Command::Help) {
            m_entries.append({action->text(), action->shortcut().toString(QKeySequence::NativeText),
                              [action] { action->trigger(); }});
        }
    }
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(3), theme.u(3), theme.u(3), theme.u(3));
    column->setSpacing(theme.u(2));
    m_line->setObjectName(u"goto.line"_s);
    m_line->setPlaceholderText(tr("Screen, project, run, help page or command"));
    m_line->setAccessibleName(m_line->placeholderText());
    m_line->installEventFilter(this);
    m_list->setObjectName(u"goto.list"_s);
    m_list->setAccessibleName(tr("Matches"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    column->addWidget(m_line);
    column->addWidget(m_list, 1);
    connect(m_line, &QLineEdit::textChanged, this, &GoToPanel::filter);
    connect(m_list, &QListWidget::itemClicked, this, &GoToPanel::choose);
    filter({});
}

void GoToPanel::open() {
    const Theme& theme = Theme::current();
    const QWidget* window = parentWidget();
    resize(std::min(theme.u(120), window->width() - theme.u(10)),
           std::min(theme.u(90), window->height() - theme.u(30)));
    move((window->width() - width()) / 2, theme.u(15));
    show();
    raise();
    m_line->setFocus(Qt::PopupFocusReason);
}

int GoToPanel::score(const QString& query, const QString& text) {
    int points = 0;
    qsizetype at = 0;
    qsizetype before = -2;
    for (const QChar c : query) {
        if (c.isSpace()) {
            continue;
        }
        const qsizetype found = text.indexOf(c, at, Qt::CaseInsensitive);
        if (found < 0) {
            return -1;
        }
        points += found == before + 1 ? 4 : 1;
        if (found == 0 || !text[found - 1].isLetterOrNumber()) {
            points += 3;
        }
        before = found;
        at = found + 1;
    }
    return points;
}

void GoToPanel::filter(const QString& query) {
    m_list->clear();
    m_shown.clear();
    QVector<std::pair<int, int>> found; // score, index
    for (int i = 0; i < m_entries.size(); ++i) {
        const int points = score(query, m_entries[i].text);
        if (points >= 0) {
            found.append({points, i});
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [points, index] : found) {
        m_list->addItem(m_entries[index].text % u"   "_s % m_entries[index].kind);
        m_shown.append(index);
    }
    m_list->setCurrentRow(0);
}

void GoToPanel::choose() {
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_shown.size()) {
        return;
    }
    const std::function<void()> act = m_entries[m_shown[row]].act;
    leave();
    act();
}

void GoToPanel::leave() {
    m_line->removeEventFilter(this);
    hide();
    deleteLater();
}

bool GoToPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_line && event->type() == QEvent::FocusOut &&
        static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason) {
        leave();
        return false;
    }
    if (watched == m_line && event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept(); // closes this panel, goes nowhere else
        return true;
    }
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            m_list->setCurrentRow(
                std::clamp(m_list->currentRow() + (key == Qt::Key_Down ? 1 : -1), 0, std::max(0, m_list->count() - 1)));
            return true;
        }
        if (key == Qt::Key_Escape) {
            leave();
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            choose();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace fettle::ui
