// A screen of the page stack and what the shell needs to know of it. Screens are made when first shown and made again
// when language, font or density change; what must survive that lives in their presenter.
#pragma once

#include "shell/commands.h"
#include "widgets/buttons.h"

#include <QString>
#include <QWidget>

#include <functional>

class QPushButton;

namespace fettle::ui {

class Settings;
class Workspace;
class DialogService;

/// What screens work with; outlives them.
struct ShellContext {
    Settings& settings;
    Workspace& workspace;
    DialogService& dialogs;
};

class Screen : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// The page's one primary button (Ctrl+Return); may be null.
    [[nodiscard]] virtual QPushButton* primaryButton() const { return nullptr; }
    /// Where the focus goes when the screen is entered by key.
    [[nodiscard]] virtual QWidget* firstFocus() const { return nullptr; }
    virtual void entered() {}
    /// Part of a screen, by name ("loss-curve", "keys"); ignored when unknown.
    virtual void showPart(const QString& part) { Q_UNUSED(part) }

Q_SIGNALS:
    void goTo(const QString& screen, const QString& part);
    /// Something was done that can be undone.
    void toast(const QString& text, const QString& action, std::function<void()> act);
};

struct ScreenSpec {
    QString id; // "home", "train", …: rail item object name "rail.ID"
    QString icon;
    Command command = Command::Home; // its key
    enum class Place { Step, Foot } place = Place::Step;
    std::function<QString()> title;
    std::function<Screen*(QWidget* parent)> make;
    std::function<QString()> fact; // one measured fact; "" = none; may be empty
    std::function<State()> sign;   // at most one status icon beside it; Neutral = none; may be empty
    bool needsProject = false;     // the rail hides it while no project is open
    QString under{};               // a screen without a rail item of its own: that screen's item is marked
};

} // namespace fettle::ui
