#include "label/label_widgets.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStringList>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
int capWidth(const QString& text) {
    const Theme& theme = Theme::current();
    return std::max(theme.u(4.75), QFontMetrics(theme.mono(FontRole::Caption)).horizontalAdvance(text) + theme.u(2.5));
}
} // namespace

void paintKeyCap(QPainter& painter, const QRectF& box, const QString& text, bool chosen) {
    const Theme& theme = Theme::current();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(chosen ? Token::Accent : Token::Line), 1));
    painter.setBrush(theme.color(chosen ? Token::Accent : Token::Sunken));
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.u(1), theme.u(1));
    painter.setPen(theme.color(chosen ? Token::OnAccent : Token::Text2));
    painter.setFont(theme.mono(FontRole::Caption));
    painter.drawText(box, static_cast<int>(Qt::AlignCenter) | Qt::TextSingleLine, text);
    painter.restore();
}

KeyCap::KeyCap(const QString& text, QWidget* parent)
    : QWidget(parent)
    , m_text(text) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
}

QSize KeyCap::sizeHint() const {
    return {capWidth(m_text), Theme::current().u(5)};
}

void KeyCap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Token::Line), 1));
    painter.setBrush(theme.color(Token::Surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.u(1), theme.u(1));
    painter.setPen(theme.color(Token::Text2));
    painter.setFont(theme.mono(FontRole::Caption));
    painter.drawText(rect(), static_cast<int>(Qt::AlignCenter) | Qt::TextSingleLine, m_text);
}

LabelChoice::LabelChoice(QWidget* parent)
    : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus); // a click leaves the keys where they are
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void LabelChoice::setChoice(int number, const QString& name, const QString& note, const QString& description) {
    m_number = number;
    m_note = note;
    setText(name);
    setAccessibleName(number > 0 ? tr("%1: %2").arg(QString::number(number), name) : name);
    setAccessibleDescription(description.isEmpty() ? note : QString(note % u". "_s % description));
    setToolTip(description);
    update();
}

QSize LabelChoice::sizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(46), theme.u(11.5)};
}

QSize LabelChoice::minimumSizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(34), theme.u(7.5)};
}

void LabelChoice::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(theme.color(isChecked() ? Token::Accent : Token::Line), 1));
    painter.setBrush(theme.color(!isEnabled()   ? Token::Sunken
                                 : isChecked()  ? Token::Selected
                                 : isDown()     ? Token::Sunken
                                 : underMouse() ? Token::Hover
                                                : Token::Surface));
    painter.drawRoundedRect(box, theme.u(1.5), theme.u(1.5));
    int x = theme.u(3);
    const int cap = theme.u(5);
    if (m_number > 0) {
        paintKeyCap(painter, QRectF(x, (height() - cap) / 2.0, cap, cap), QString::number(m_number), isChecked());
    }
    x += cap + theme.u(2.5);
    const QFont noteFont = theme.font(FontRole::Caption);
    const int right = width() - theme.u(3);
    const int noteWidth = std::min(QFontMetrics(noteFont).horizontalAdvance(m_note) + 2, (right - x) / 2);
    painter.setFont(theme.font(isChecked() ? FontRole::BodyStrong : FontRole::Body));
    painter.setPen(theme.color(isEnabled() ? Token::Text : Token::Text3));
    const int nameWidth = right - x - noteWidth - theme.u(1.5);
    painter.drawText(QRect(x, 0, nameWidth, height()),
                     static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, nameWidth));
    painter.setFont(noteFont);
    painter.setPen(theme.color(isChecked() ? Token::Accent : Token::Text2));
    painter.drawText(QRect(right - noteWidth, 0, noteWidth, height()),
                     static_cast<int>(Qt::AlignVCenter | Qt::AlignRight) | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(m_note, Qt::ElideRight, noteWidth));
}

SessionBars::SessionBars(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Decisions over the session"));
}

void SessionBars::setBars(const std::vector<std::int64_t>& bars) {
    m_bars = bars;
    QStringList counts;
    for (const std::int64_t each : bars) {
        counts << QString::number(each);
    }
    setAccessibleDescription(counts.join(u", "_s));
    update();
}

QSize SessionBars::sizeHint() const {
    return {Theme::current().u(30), Theme::current().u(7)};
}

void SessionBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setPen(QPen(theme.color(Token::LineStrong), 0));
    painter.drawLine(0, height() - 1, width(), height() - 1);
    const std::int64_t most = m_bars.empty() ? 0 : *std::max_element(m_bars.begin(), m_bars.end());
    if (most <= 0) {
        return;
    }
    const double step = width() / static_cast<double>(m_bars.size());
    const double full = height() - 1;
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const double high = full * static_cast<double>(m_bars[i]) / static_cast<double>(most);
        painter.fillRect(QRectF(step * static_cast<double>(i), full - high, step - 1.5, high), theme.color(Token::S1));
    }
}

} // namespace fettle::ui
