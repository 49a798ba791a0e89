#include "shell/notifier.h"

#include "bridge/strings.h"
#include "settings/settings.h"
#include "workspace/workspace.h"

#include <QEvent>
#include <QMainWindow>
#include <QSystemTrayIcon>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

constexpr int kShownMs = 10000;
const QString& dot() {
    static const QString sign = u"● "_s;
    return sign;
}

} // namespace

Notice noticeOf(const RunRow& row) {
    const run::RunSummary& s = row.summary;
    const bool byPerson = s.state == RunState::Aborted || (s.state == RunState::Stopped && s.reason == "user");
    if (!jobs::isFinal(s.state) || byPerson) {
        return {};
    }
    const StateWord word = stateWord(s.state, s.reason);
    Notice notice;
    notice.folder = qs(s.folder);
    notice.state = word.state;
    notice.title = Notifier::tr("%1: %2").arg(row.title(), word.word);
    QStringList parts;
    if (s.state == RunState::Succeeded && s.validationLoss) {
        parts << Notifier::tr("Validation loss %1.").arg(Format::loss(s.validationLoss));
    }
    if (const QString next = nextAction(s.state, s.reason, s.lastCheckpointStep); !next.isEmpty()) {
        parts << next;
    }
    notice.text = parts.join(u' ');
    return notice;
}

Notifier::Notifier(const ShellContext& context, QMainWindow& window)
    : QObject(&window)
    , m_context(context)
    , m_window(window)
    , m_tray([this](const Notice& notice) { return showInTray(notice); }) {
    connect(&context.workspace, &Workspace::runEnded, this, &Notifier::onEnded);
    window.installEventFilter(this);
}

Notifier::~Notifier() = default;

void Notifier::onEnded(const QString& folder) {
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr || !m_context.settings.value(Setting::NotifyEnded).toBool()) {
        return;
    }
    const Notice notice = noticeOf(*row);
    if (notice.title.isEmpty()) {
        return;
    }
    if (m_window.isActiveWindow()) {
        Q_EMIT toastWanted(notice.title, notice.folder);
        return;
    }
    mark(true);
    if (!m_tray(notice)) {
        Q_EMIT toastWanted(notice.title, notice.folder);
    }
}

bool Notifier::showInTray(const Notice& notice) {
    if (!QSystemTrayIcon::isSystemTrayAvailable() || !QSystemTrayIcon::supportsMessages()) {
        return false;
    }
    if (m_icon == nullptr) { // only when there is something to say
        m_icon = new QSystemTrayIcon(m_window.windowIcon(), this);
        m_icon->setToolTip(u"Fettle"_s);
        const auto raise = [window = &m_window] {
            window->show();
            window->raise();
            window->activateWindow();
        };
        connect(m_icon, &QSystemTrayIcon::messageClicked, &m_window, raise);
        connect(m_icon, &QSystemTrayIcon::activated, &m_window, raise);
    }
    m_icon->show();
    m_icon->showMessage(notice.title, notice.text,
                        notice.state == State::Bad || notice.state == State::Warn ? QSystemTrayIcon::Warning
                                                                                  : QSystemTrayIcon::Information,
                        kShownMs);
    return true;
}

void Notifier::mark(bool on) {
    if (on == m_marked) {
        return;
    }
    m_marked = on;
    const QString title = m_window.windowTitle();
    m_window.setWindowTitle(on ? QString(dot() % title) : title.startsWith(dot()) ? title.mid(dot().size()) : title);
    if (!on && m_icon != nullptr) {
        m_icon->hide();
    }
}

bool Notifier::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &m_window && event->type() == QEvent::WindowActivate) {
        mark(false);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace fettle::ui
