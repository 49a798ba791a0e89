#include "widgets/token_view.h"

#include "base/utf8.h"
#include "bridge/strings.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QHash>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TokenView::TokenView(QWidget* parent)
    : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setFont(Theme::current().mono());
    setAccessibleName(tr("Tokens"));
    connect(&Theme::current(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

QString TokenView::shownText(const QByteArray& bytes) {
    const std::string_view text(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    if (firstInvalidUtf8(text)) {
        return QString::fromLatin1(bytes.toHex(' ').toUpper());
    }
    QString shown = qs(text);
    shown.replace(u'\n', QChar(0x21B5));
    shown.replace(u'\r', QChar(0x240D));
    shown.replace(u'\t', QChar(0x21E5));
    return shown;
}

void TokenView::setTokens(QVector<TokenItem> tokens) {
    m_tokens = std::move(tokens);
    m_current = -1;
    m_texts.clear();
    m_widths.clear();
    m_texts.reserve(m_tokens.size());
    m_widths.reserve(m_tokens.size());
    const QFontMetricsF metrics(font());
    const int padding = Theme::current().u(0.5);
    QHash<QString, int> advances;
    for (const TokenItem& token : std::as_const(m_tokens)) {
        const QString text = shownText(token.bytes);
        auto found = advances.constFind(text);
        if (found == advances.constEnd()) {
            const double advance = std::max(metrics.horizontalAdvance(text), metrics.averageCharWidth() * 0.6);
            found = advances.insert(text, static_cast<int>(std::ceil(advance)) + 2 * padding);
        }
        m_texts.append(text);
        m_widths.append(*found);
    }
    relayout();
}

void TokenView::setFolded(int count, const QString& label) {
    m_folded = std::clamp(count, 0, static_cast<int>(m_tokens.size()));
    m_foldLabel = label;
    relayout();
}

void TokenView::setLossScale(std::optional<double> top) {
    m_lossTop = top;
    viewport()->update();
}

int TokenView::lineHeight() const {
    return fontMetrics().height() + Theme::current().u(1.75);
}

TokenView::Layout TokenView::layOut(int width) const {
    Layout out;
    out.boxes.resize(m_tokens.size());
    int line = m_folded > 0 ? 1 : 0;
    int x = 0;
    const int gap = 1;
    if (m_folded > 0) {
        out.firstOfLine.append(m_folded);
    }
    out.firstOfLine.append(m_folded);
    for (qsizetype i = m_folded; i < m_tokens.size(); ++i) {
        if (x > 0 && x + m_widths[i] > width) {
            ++line;
            x = 0;
            out.firstOfLine.append(static_cast<int>(i));
        }
        out.boxes[i] = {x, m_widths[i], line};
        x += m_widths[i] + gap;
        // A newline is shown, then breaks.
        if (m_tokens[i].bytes.endsWith('\n') && i + 1 < m_tokens.size()) {
            ++line;
            x = 0;
            out.firstOfLine.append(static_cast<int>(i + 1));
        }
    }
    out.lines = m_tokens.isEmpty() ? 0 : line + 1;
    return out;
}

void TokenView::relayout() {
    m_layout = layOut(viewport()->width());
    const int total = m_layout.lines * lineHeight();
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    verticalScrollBar()->setRange(0, std::max(0, total - viewport()->height()));
    updateGeometry();
    viewport()->update();
}

int TokenView::heightFor(int width) const {
    return layOut(width).lines * lineHeight();
}

QSize TokenView::sizeHint() const {
    const int width = Theme::current().u(90);
    return {width, std::min(heightFor(std::max(viewport()->width(), width / 2)), Theme::current().u(60))};
}

QSize TokenView::minimumSizeHint() const {
    return {Theme::current().u(40), lineHeight() * 2};
}

void TokenView::resizeEvent(QResizeEvent*) {
    relayout();
}

void TokenView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(viewport());
    painter.setFont(font());
    m_painted = 0;
    if (m_tokens.isEmpty()) {
        return;
    }
    const int top = verticalScrollBar()->value();
    const int height = lineHeight();
    const int first = top / height;
    const int last = std::min(m_layout.lines - 1, (top + viewport()->height()) / height);
    const int padding = theme.u(0.5);
    const int boxHeight = fontMetrics().height() + theme.u(0.5);
    if (m_folded > 0 && first == 0) {
        const QString text = u"… "_s % m_foldLabel;
        const QRect box(0, -top, fontMetrics().horizontalAdvance(text) + 2 * padding, boxHeight);
        painter.fillRect(box, theme.color(Token::Sunken));
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(box.adjusted(padding, 0, 0, 0), static_cast<int>(Qt::AlignVCenter), text);
    }
    const int from = m_layout.firstOfLine.value(first, m_folded);
    for (qsizetype i = from; i < m_tokens.size() && m_layout.boxes[i].line <= last; ++i) {
        const Box& place = m_layout.boxes[i];
        const TokenItem& token = m_tokens[i];
        const QRect box(place.x, place.line * height - top, place.width, boxHeight);
        const bool special = token.kind == TokenKind::Special;
        const Token ground = token.fate == TokenFate::Trained ? Token::AccentTint
                             : token.fate == TokenFate::Cut   ? Token::BadTint
                             : special                        ? Token::SpecialTint
                                                              : Token::Sunken;
        // By loss: five steps of series 1 on the surface, so that text stays readable on all of them.
        const bool byLoss = m_lossTop && token.loss;
        const bool noNumber = byLoss && !std::isfinite(*token.loss);
        QColor fill = theme.color(ground);
        if (noNumber) {
            fill = theme.color(Token::BadTint);
        } else if (byLoss) {
            const double share = *m_lossTop > 0 ? std::clamp(*token.loss / *m_lossTop, 0.0, 1.0) : 0;
            fill = mix(theme.color(Token::S1), theme.color(Token::Surface),
                       0.08 * std::min(4.0, std::floor(share * 5)) + 0.04);
        }
        painter.fillRect(box, fill);
        if (special) {
            QPen dots(theme.color(Token::Special), 1, Qt::DotLine);
            painter.setPen(dots);
            painter.drawRect(box.adjusted(0, 0, -1, -1));
        }
        painter.setPen(theme.color(noNumber                           ? Token::Bad
                                   : byLoss && !special               ? Token::Text
                                   : token.fate == TokenFate::Cut     ? Token::Bad
                                   : special                          ? Token::Special
                                   : token.fate == TokenFate::Trained ? Token::Accent
                                                                      : Token::Text));
        painter.drawText(box.adjusted(padding, 0, padding, 0),
                         static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine, m_texts[i]);
        if (token.fate == TokenFate::Trained) {
            painter.fillRect(QRect(box.left(), box.bottom() + 1, box.width(), 2), theme.color(Token::Accent));
        }
        if (token.fate == TokenFate::Cut || noNumber) {
            painter.fillRect(QRect(box.left(), box.center().y(), box.width(), 1), theme.color(Token::Bad));
        }
        if (i == m_current) {
            painter.setPen(QPen(theme.color(Token::Accent), 2));
            painter.drawRect(box.adjusted(1, 1, -1, -1));
        }
        ++m_painted;
    }
    // A token that is no whole character shares one brace with its siblings.
    painter.setPen(QPen(theme.color(Token::LineStrong), 1));
    for (qsizetype i = from; i < m_tokens.size() && m_layout.boxes[i].line <= last;) {
        qsizetype end = i;
        const auto broken = [this](qsizetype k) {
            const QByteArray& bytes = m_tokens[k].bytes;
            return firstInvalidUtf8({bytes.constData(), static_cast<std::size_t>(bytes.size())}).has_value();
        };
        while (end < m_tokens.size() && broken(end) && m_layout.boxes[end].line == m_layout.boxes[i].line) {
            ++end;
        }
        if (end - i > 1) {
            const Box& a = m_layout.boxes[i];
            const Box& b = m_layout.boxes[end - 1];
            const int y = a.line * height - top + boxHeight + 3;
            painter.drawPolyline(QPolygon({QPoint(a.x + 1, y - 2), QPoint(a.x + 1, y), QPoint(b.x + b.width - 2, y),
                                           QPoint(b.x + b.width - 2, y - 2)}));
        }
        i = std::max(end, i + 1);
    }
}

int TokenView::tokenAt(const QPoint& point) const {
    const int line = (point.y() + verticalScrollBar()->value()) / lineHeight();
    if (line < 0 || line >= m_layout.firstOfLine.size()) {
        return -1;
    }
    for (qsizetype i = m_layout.firstOfLine[line]; i < m_tokens.size() && m_layout.boxes[i].line == line; ++i) {
        if (point.x() >= m_layout.boxes[i].x && point.x() < m_layout.boxes[i].x + m_layout.boxes[i].width) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

QString TokenView::describe(int index) const {
    if (index < 0 || index >= m_tokens.size()) {
        return {};
    }
    const TokenItem& token = m_tokens[index];
    const QString fate = token.fate == TokenFate::Trained ? tr("trained")
                         : token.fate == TokenFate::Cut   ? tr("cut")
                                                          : tr("context");
    QString text = tr("Token %1, id %2, %3")
                       .arg(index + 1)
                       .arg(token.id)
                       .arg(token.kind == TokenKind::Special ? tr("special, %1").arg(fate) : fate);
    text += u'\n' % tr("bytes %1").arg(QString::fromLatin1(token.bytes.toHex(' ').toUpper()));
    text += u'\n' % (token.message < 0 ? tr("made by the template") : tr("message %1").arg(token.message + 1));
    if (token.loss) {
        text += u'\n' % tr("loss %1").arg(Format::loss(token.loss));
    }
    return text;
}

void TokenView::setCurrent(int index) {
    if (m_tokens.isEmpty()) {
        return;
    }
    index = std::clamp(index, m_folded, static_cast<int>(m_tokens.size()) - 1);
    if (index == m_current) {
        return;
    }
    m_current = index;
    const int height = lineHeight();
    const int y = m_layout.boxes[index].line * height;
    QScrollBar* bar = verticalScrollBar();
    if (y < bar->value()) {
        bar->setValue(y);
    } else if (y + height > bar->value() + viewport()->height()) {
        bar->setValue(y + height - viewport()->height());
    }
    setAccessibleDescription(describe(index));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    viewport()->update();
    Q_EMIT currentChanged(index);
}

void TokenView::mouseMoveEvent(QMouseEvent* event) {
    QAbstractScrollArea::mouseMoveEvent(event);
}

void TokenView::mousePressEvent(QMouseEvent* event) {
    if (m_folded > 0 && event->position().y() + verticalScrollBar()->value() < lineHeight()) {
        setFolded(0, {});
        return;
    }
    if (const int index = tokenAt(event->position().toPoint()); index >= 0) {
        setCurrent(index);
    }
}

void TokenView::keyPressEvent(QKeyEvent* event) {
    const auto vertical = [this](int by) {
        if (m_current < 0) {
            setCurrent(m_folded);
            return;
        }
        const Box& here = m_layout.boxes[m_current];
        const int line = here.line + by;
        if (line < 0 || line >= m_layout.firstOfLine.size()) {
            return;
        }
        qsizetype best = m_layout.firstOfLine[line];
        for (qsizetype i = best; i < m_tokens.size() && m_layout.boxes[i].line == line; ++i) {
            if (m_layout.boxes[i].x <= here.x) {
                best = i;
            }
        }
        setCurrent(static_cast<int>(best));
    };
    switch (event->key()) {
    case Qt::Key_Right:
        setCurrent(m_current + 1);
        return;
    case Qt::Key_Left:
        setCurrent(std::max(m_folded, m_current - 1));
        return;
    case Qt::Key_Down:
        vertical(1);
        return;
    case Qt::Key_Up:
        vertical(-1);
        return;
    case Qt::Key_Home:
        setCurrent(m_folded);
        return;
    case Qt::Key_End:
        setCurrent(static_cast<int>(m_tokens.size()) - 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_folded > 0) {
            setFolded(0, {});
            return;
        }
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void TokenView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (m_current < 0 && event->reason() != Qt::MouseFocusReason) {
        setCurrent(m_folded);
    }
    viewport()->update();
}

void TokenView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

bool TokenView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int index = tokenAt(help->pos());
        if (index >= 0) {
            QToolTip::showText(help->globalPos(), describe(index), viewport());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace fettle::ui
