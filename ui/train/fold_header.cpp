#include "train/fold_header.h"

#include "widgets/icons.h"

#include <QPainter>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

FoldHeader::FoldHeader(Look look, const QString& title, const QString& name, QWidget* parent)
    : QAbstractButton(parent)
    , m_look(look) {
    setObjectName(name);
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::toggled, this, [this] { describe(); });
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
    describe();
}

void FoldHeader::setLine(const QString& line) {
    if (m_line != line) {
        m_line = line;
        describe();
        updateGeometry();
        update();
    }
}

void FoldHeader::setFigure(const QString& figure, bool accent) {
    if (m_figure != figure || m_accent != accent) {
        m_figure = figure;
        m_accent = accent;
        describe();
        update();
    }
}

void FoldHeader::describe() {
    const QString state = isChecked() ? tr("open") : tr("folded");
    QStringList parts{state};
    for (const QString& part : {m_figure, m_line}) {
        if (!part.isEmpty()) {
            parts << part;
        }
    }
    setAccessibleDescription(parts.join(u", "_s));
}

void FoldHeader::nextCheckState() {
    setChecked(!isChecked());
}

QSize FoldHeader::sizeHint() const {
    const Theme& theme = Theme::current();
    const int title = QFontMetrics(theme.font(FontRole::BodyMedium)).height();
    const int line = m_line.isEmpty() ? 0 : QFontMetrics(theme.font(FontRole::Caption)).height();
    const int height = title + line + theme.u(m_look == Look::Card ? 2 : 3.5);
    return {theme.u(60), std::max(height, theme.u(8))};
}

QSize FoldHeader::minimumSizeHint() const {
    return {Theme::current().u(30), sizeHint().height()};
}

void FoldHeader::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isDown() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(isDown() ? Token::Sunken : Token::Hover));
        painter.drawRoundedRect(rect(), theme.u(1.5), theme.u(1.5));
    }
    const int icon = theme.u(4);
    const QRect area = rect().adjusted(theme.u(1), 0, -theme.u(1), 0);
    themeIcon(isChecked() ? u"down"_s : u"right"_s, Token::Text2)
        .paint(&painter, QRect(area.left(), (height() - icon) / 2, icon, icon));
    const QFont titleFont = theme.font(m_look == Look::Card ? FontRole::Body : FontRole::BodyMedium);
    const QFont small = theme.font(FontRole::Caption);
    const QFontMetrics titleMetrics(titleFont);
    const QFontMetrics smallMetrics(small);
    const int figure = m_figure.isEmpty() ? 0 : smallMetrics.horizontalAdvance(m_figure) + theme.u(3);
    const int left = area.left() + icon + theme.u(2);
    const int width = area.right() - left - figure;
    const int tall = titleMetrics.height() + (m_line.isEmpty() ? 0 : smallMetrics.height());
    int y = (height() - tall) / 2;
    painter.setFont(titleFont);
    painter.setPen(theme.color(isEnabled() ? Token::Text : Token::Text3));
    painter.drawText(QRect(left, y, width, titleMetrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     titleMetrics.elidedText(text(), Qt::ElideRight, width));
    y += titleMetrics.height();
    painter.setFont(small);
    painter.setPen(theme.color(Token::Text2));
    if (!m_line.isEmpty()) {
        painter.drawText(QRect(left, y, width, smallMetrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         smallMetrics.elidedText(m_line, Qt::ElideRight, width));
    }
    painter.setPen(theme.color(m_accent ? Token::Accent : Token::Text2));
    painter.drawText(area, Qt::AlignRight | Qt::AlignVCenter, m_figure);
}

} // namespace fettle::ui
