// What a screen says about its state: tiles, progress, findings, errors, banners, empty states and toasts.
#pragma once

#include "widgets/buttons.h"
#include "widgets/text.h"

#include <QFrame>
#include <QTimer>

#include <functional>
#include <optional>

class QHBoxLayout;
class QVBoxLayout;

namespace fettle::ui {

class FlowLayout;

/// Caption, figure, comparison. A number never stands alone: the third line is its baseline.
class StatTile : public QFrame {
    Q_OBJECT
public:
    explicit StatTile(const QString& caption, QWidget* parent = nullptr);
    /// Figures that are unknown are "–".
    void setFigure(const QString& figure, const QString& comparison = {}, Tone tone = Tone::Text2);
    /// A stale value gets a clock and warn text with the reason.
    void setStale(const QString& reason);
    /// One line instead of three, for low windows.
    void setLine(bool line);
    [[nodiscard]] QString figure() const;

private:
    void layOut();
    Label* m_caption;
    Label* m_figure;
    Label* m_comparison;
    QLabel* m_clock;
    bool m_line = false;
};

/// A 4 px progress bar. nullopt = indeterminate: a still hatch, or a moving piece unless motion is reduced.
class Bar : public QWidget {
    Q_OBJECT
public:
    explicit Bar(QWidget* parent = nullptr);
    void setFraction(std::optional<double> fraction);
    [[nodiscard]] std::optional<double> fraction() const { return m_fraction; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    std::optional<double> m_fraction = 0.0;
    QTimer m_timer;
    int m_phase = 0;
};
void paintBar(QPainter& painter, const QRectF& rect, double fraction, const QColor& color);

/// Bar, "212 of 500", time left, Cancel. Without a total: counted items and no percentage.
class ProgressRow : public QWidget {
    Q_OBJECT
public:
    explicit ProgressRow(const QString& what, const QString& name, QWidget* parent = nullptr);
    void setProgress(std::optional<double> fraction, const QString& counted, const QString& timeLeft = {});

Q_SIGNALS:
    void cancelled();

private:
    Bar* m_bar;
    Label* m_counted;
    Label* m_left;
    QPushButton* m_cancel;
};

/// What happened, what it means, a repair button, Details that unfold. At the place of the failure, never modal. Text
/// can be selected.
class InlineError : public QFrame {
    Q_OBJECT
public:
    explicit InlineError(const QString& name, QWidget* parent = nullptr);
    /// Hides when `what` is empty. `details`: file, line, key, codes.
    void setError(const QString& what, const QString& meaning = {}, const QString& details = {});
    /// Adds or replaces the repair button.
    void setRepair(const QString& text, std::function<void()> repair);
    [[nodiscard]] QString what() const;

Q_SIGNALS:
    void shownChanged(bool shown);

private:
    Label* m_what;
    Label* m_meaning;
    Label* m_details;
    QPushButton* m_repair;
    QPushButton* m_fold;
    std::function<void()> m_action;
};

/// A tinted line across a page: verdicts, divergence. Up to two actions.
class Banner : public QFrame {
    Q_OBJECT
public:
    explicit Banner(QWidget* parent = nullptr);
    void setMessage(State state, const QString& heading, const QString& sentence, const QString& icon = {});
    QPushButton* addAction(const QString& text, const QString& name);
    void clearActions();

private:
    void showIcon();
    QLabel* m_icon;
    Label* m_heading;
    Label* m_sentence;
    QHBoxLayout* m_actions;
    QString m_iconName;
    State m_state = State::Accent;
};

/// Icon, heading, one sentence, one primary button; centred at 2/5 height, at most 60 characters a line.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& icon, const QString& heading, const QString& sentence, QWidget* parent = nullptr);
    QPushButton* addPrimary(const QString& text, const QString& name);

private:
    QVBoxLayout* m_column;
};

/// Icon, what, what it means, up to two fix buttons. After a fix it turns into ok with Undo; it does not vanish.
class FindingRow : public QWidget {
    Q_OBJECT
public:
    FindingRow(State state, const QString& what, const QString& meaning, QWidget* parent = nullptr);
    void setFinding(State state, const QString& what, const QString& meaning);
    QPushButton* addFix(const QString& text, const QString& name);
    void clearFixes();
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QString what() const;

private:
    void showIcon();
    QLabel* m_icon;
    Label* m_what;
    Label* m_meaning;
    FlowLayout* m_fixes; // breaks into lines where the row is narrow
    State m_state;
};

/// "3 rows rejected  Undo": one at a time, 8 s, stays while hovered or focused, announced to screen readers.
class Toast : public QFrame {
    Q_OBJECT
public:
    /// Child of the page area; `bottomMargin` keeps it above the Runs strip.
    explicit Toast(QWidget* page);
    void showMessage(const QString& text, const QString& action = {}, std::function<void()> act = {});
    [[nodiscard]] QString message() const;
    bool eventFilter(QObject* watched, QEvent* event) override;

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void place();
    void maybeHide();
    Label* m_text;
    QPushButton* m_action;
    QTimer m_timer;
    std::function<void()> m_act;
};

} // namespace fettle::ui
