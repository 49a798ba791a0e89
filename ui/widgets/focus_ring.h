// The focus ring: one frame that follows the keyboard focus, 2 px of accent 2 px outside the widget. Shown when the
// focus came by key, hidden after a mouse press.
#pragma once

#include <QFocusFrame>
#include <QPointer>

namespace fettle::ui {

/// Thread: GUI. One for the application; it moves into the window of the focused widget. Views and editors with an own
/// frame show focus inside and get none.
class FocusRing : public QObject {
    Q_OBJECT
public:
    explicit FocusRing(QObject* parent = nullptr);
    ~FocusRing() override;
    [[nodiscard]] QWidget* target() const;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void show(QWidget* widget);
    void hide();
    QPointer<QFocusFrame> m_frame;
};

} // namespace fettle::ui
