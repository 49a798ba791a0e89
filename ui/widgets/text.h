// Labels by font role and tone. Colours come from the style sheet (property tone), so that a theme change repaints
// them; plain text only.
#pragma once

#include "widgets/theme.h"

#include <QLabel>

namespace fettle::ui {

enum class Tone { Text, Text2, Text3, Accent, Ok, Warn, Bad };

/// One line, or wrapping when `Wrap::Yes`.
enum class Wrap { No, Yes };

class Label : public QLabel {
    Q_OBJECT
public:
    explicit Label(const QString& text, FontRole role = FontRole::Body, Tone tone = Tone::Text, Wrap wrap = Wrap::No,
                   QWidget* parent = nullptr);
    void setTone(Tone tone);
    [[nodiscard]] Tone tone() const { return m_tone; }

private:
    Tone m_tone;
};

/// One line that elides at the right (or in the middle, for paths) and shows the whole text as tooltip when it does.
class ElidedLabel : public QWidget {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text, FontRole role = FontRole::Body, Token color = Token::Text,
                         Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QString m_text;
    Token m_color;
    Qt::TextElideMode m_mode;
};

/// Sets a dynamic property that the sheet looks at and polishes again.
void setSheetProperty(QWidget* widget, const char* name, const QVariant& value);

} // namespace fettle::ui
