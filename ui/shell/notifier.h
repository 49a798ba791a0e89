// Tells that a run has ended or diverged: through the desktop's tray where the window is not looked at, else as a toast
// and in the window's title.
#pragma once

#include "shell/screen.h"
#include "widgets/buttons.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QMainWindow;
class QSystemTrayIcon;

namespace fettle::ui {

struct Notice {
    QString title, text;
    State state = State::Neutral;
    QString folder; // of the run
};
/// What there is to say about a run that has ended; an empty title = nothing (a person aborted or stopped it).
struct RunRow;
[[nodiscard]] Notice noticeOf(const RunRow& row);

class Notifier : public QObject {
    Q_OBJECT
public:
    /// `window` is the one that is looked at or not, and whose title is marked.
    Notifier(const ShellContext& context, QMainWindow& window);
    ~Notifier() override;
    /// Stands in for the tray (tests). Returns false where there is none.
    void setTray(std::function<bool(const Notice&)> tray) { m_tray = std::move(tray); }
    [[nodiscard]] bool marked() const { return m_marked; }
    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void toastWanted(const QString& text, const QString& folder);

private:
    void onEnded(const QString& folder);
    bool showInTray(const Notice& notice);
    void mark(bool on);
    ShellContext m_context;
    QMainWindow& m_window;
    std::function<bool(const Notice&)> m_tray;
    QPointer<QSystemTrayIcon> m_icon;
    bool m_marked = false;
};

} // namespace fettle::ui
