// Tokens as boxes in running text. Two independent signs: fate (trained: tint and underline; context: sunken; cut:
// struck on bad tint) and kind (special: violet, dotted box). Only visible lines are drawn; hover or arrow keys tell
// id, bytes, message and loss.
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>
#include <QVector>

#include <optional>

namespace fettle::ui {

enum class TokenFate { Context, Trained, Cut };
enum class TokenKind { Text, Special };

struct TokenItem {
    int id = 0;
    QByteArray bytes; // what the token stands for; no whole characters → shown as hex
    TokenFate fate = TokenFate::Context;
    TokenKind kind = TokenKind::Text;
    int message = -1; // index of the message it comes from; -1 = made by the template
    std::optional<double> loss;
};

/// Thread: GUI. Line breaks are computed once a width from cached advances; painting touches visible lines only.
class TokenView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TokenView(QWidget* parent = nullptr);
    void setTokens(QVector<TokenItem> tokens);
    /// With a value, trained tokens are coloured by their loss in five steps up to it instead of by their fate; one
    /// whose loss is no number is struck on a bad tint.
    void setLossScale(std::optional<double> top);
    /// Tokens before this one are folded into one line "… system message, 21 tokens" (click unfolds). 0 = nothing
    /// folded.
    void setFolded(int count, const QString& label);
    [[nodiscard]] const QVector<TokenItem>& tokens() const { return m_tokens; }
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int index);
    /// What hover shows, also read by screen readers: id, bytes, message, loss, fate.
    [[nodiscard]] QString describe(int index) const;
    /// Text as shown: leading space kept as a visible gap, newline ↵, bytes of split characters as hex.
    [[nodiscard]] static QString shownText(const QByteArray& bytes);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Height that shows all of it at this width.
    [[nodiscard]] int heightFor(int width) const;
    /// How many tokens the last paint drew (work, for tests).
    [[nodiscard]] int paintedTokens() const { return m_painted; }

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    struct Box {
        int x = 0, width = 0, line = 0;
    };
    struct Layout {
        QVector<Box> boxes;
        QVector<int> firstOfLine;
        int lines = 0;
    };
    [[nodiscard]] Layout layOut(int width) const;
    void relayout();
    [[nodiscard]] int lineHeight() const;
    [[nodiscard]] int tokenAt(const QPoint& point) const;

    QVector<TokenItem> m_tokens;
    QVector<QString> m_texts;
    QVector<int> m_widths;
    Layout m_layout;
    std::optional<double> m_lossTop;
    int m_folded = 0;
    QString m_foldLabel;
    int m_current = -1;
    int m_painted = 0;
};

} // namespace fettle::ui
