// Buttons: push buttons by kind, segments and tabs in exclusive groups with arrow keys, painted chips and state pills.
#pragma once

#include "widgets/theme.h"

#include <QAbstractButton>
#include <QFrame>
#include <QPushButton>

class QButtonGroup;
class QHBoxLayout;

namespace fettle::ui {

enum class ButtonKind { Plain, Primary, Ghost, Link, Danger, Icon };

/// `name` is the object name ("train.start"). `icon` may be empty. For Icon buttons the text becomes accessible name
/// and tooltip.
[[nodiscard]] QPushButton* makeButton(ButtonKind kind, const QString& text, const QString& name,
                                      const QString& icon = {}, QWidget* parent = nullptr);
/// Changes the icon and keeps the kind's colour rule.
void setButtonIcon(QPushButton* button, const QString& icon);
/// Busy: label stays, the icon turns into a still clock, the width does not change, clicks do nothing.
enum class Busy { No, Yes };
void setBusy(QPushButton* button, Busy busy);
/// Disables with a reason that screen readers and tooltips give; an empty reason enables.
void setDisabledReason(QAbstractButton* button, const QString& reason);

enum class GroupLook { Segments, Tabs };

/// Two or three values (segments), or parts of one object (tabs). One is checked; arrows move and check.
class ChoiceGroup : public QFrame {
    Q_OBJECT
public:
    ChoiceGroup(GroupLook look, const QString& accessibleName, QWidget* parent = nullptr);
    void addChoice(int id, const QString& text, const QString& name);
    [[nodiscard]] int current() const;
    void setCurrent(int id); // does not emit chosen
    [[nodiscard]] QAbstractButton* button(int id) const;

Q_SIGNALS:
    void chosen(int id); // by the person

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    GroupLook m_look;
    QButtonGroup* m_group;
    QHBoxLayout* m_row;
};

enum class State { Neutral, Accent, Ok, Warn, Bad, Special };
[[nodiscard]] Token stateToken(State state);
[[nodiscard]] Token stateTint(State state);
[[nodiscard]] QString stateIcon(State state); // ok warn bad info …; "" for Neutral

/// A filter chip: shape, name, count. Click filters, second click clears; Shift adds (read `extendsSelection()` in the
/// slot).
class Chip : public QAbstractButton {
    Q_OBJECT
public:
    Chip(const QString& text, State state, QWidget* parent = nullptr);
    void setCount(qint64 count); // negative = none shown
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool extendsSelection() const { return m_extend; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    State m_state;
    qint64 m_count = -1;
    bool m_extend = false;
};

/// A state word on its tint.
class Pill : public QWidget {
    Q_OBJECT
public:
    explicit Pill(const QString& text = {}, State state = State::Neutral, QWidget* parent = nullptr);
    void setState(const QString& text, State state);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    State m_state;
};

/// Paints a pill; used by delegates too. Returns the width it took. `onSelected`: ground is surface.
enum class Ground { Normal, Selected };
int paintPill(QPainter& painter, const QRect& area, const QString& text, State state, Ground ground);
[[nodiscard]] int pillWidth(const QString& text, State state);

} // namespace fettle::ui
