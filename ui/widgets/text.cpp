#include "widgets/text.h"

#include <QPainter>
#include <QStyle>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
const char* toneName(Tone tone) {
    switch (tone) {
    case Tone::Text:
        return "text";
    case Tone::Text2:
        return "text2";
    case Tone::Text3:
        return "text3";
    case Tone::Accent:
        return "accent";
    case Tone::Ok:
        return "ok";
    case Tone::Warn:
        return "warn";
    case Tone::Bad:
        return "bad";
    }
    return "text";
}
} // namespace

void setSheetProperty(QWidget* widget, const char* name, const QVariant& value) {
    if (widget->property(name) == value) {
        return;
    }
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

Label::Label(const QString& text, FontRole role, Tone tone, Wrap wrap, QWidget* parent)
    : QLabel(text, parent)
    , m_tone(tone) {
    setTextFormat(Qt::PlainText);
    setFont(Theme::current().font(role));
    setProperty("tone", QLatin1StringView(toneName(tone)));
    if (wrap == Wrap::Yes) {
        setWordWrap(true);
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }
}

void Label::setTone(Tone tone) {
    if (tone != m_tone) {
        m_tone = tone;
        setSheetProperty(this, "tone", QLatin1StringView(toneName(tone)));
    }
}

ElidedLabel::ElidedLabel(const QString& text, FontRole role, Token color, Qt::TextElideMode mode, QWidget* parent)
    : QWidget(parent)
    , m_text(text)
    , m_color(color)
    , m_mode(mode) {
    setFont(Theme::current().font(role));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void ElidedLabel::setText(const QString& text) {
    if (m_text != text) {
        m_text = text;
        setAccessibleName(text);
        updateGeometry();
        resizeEvent(nullptr);
        update();
    }
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(m_text) + 1, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 6), fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(Theme::current().color(m_color));
    painter.drawText(rect(), static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                     fontMetrics().elidedText(m_text, m_mode, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent*) {
    setToolTip(fontMetrics().horizontalAdvance(m_text) > width() ? m_text : QString());
}

} // namespace fettle::ui
