#include "train/row_histogram.h"

#include "bridge/strings.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

RowHistogram::RowHistogram(RowLossesPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter) {
    setObjectName(u"inside.rows.histogram"_s);
    setAccessibleName(tr("Rows by their last loss"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(&presenter, &RowLossesPresenter::changed, this, [this] {
        setAccessibleDescription(readOut());
        update();
    });
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize RowHistogram::sizeHint() const {
    return {Theme::current().u(60), Theme::current().u(17)};
}

QRectF RowHistogram::barsArea() const {
    const Theme& theme = Theme::current();
    return QRectF(0, theme.u(1), width(), height() - fontMetrics().height() - theme.u(2));
}

QString RowHistogram::readOut() const {
    const RowHistogramBins& bins = m_presenter.histogram();
    const auto bin = m_cursor >= 0 ? m_cursor : m_presenter.state().filter.bin.value_or(-1);
    if (bin < 0 || bin >= bins.counts.size()) {
        return {};
    }
    const double width = (bins.high - bins.low) / static_cast<double>(bins.counts.size());
    const double from = bins.low + width * bin;
    const QString rows = tr("%Ln row(s)", nullptr, static_cast<int>(bins.counts[bin]));
    return bin + 1 == bins.counts.size()
               ? tr("Last loss %1 or more: %2").arg(Format::loss(from), rows)
               : tr("Last loss %1 to %2: %3").arg(Format::loss(from), Format::loss(from + width), rows);
}

void RowHistogram::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const RowHistogramBins& bins = m_presenter.histogram();
    const QRectF area = barsArea();
    painter.setPen(QPen(theme.color(Token::LineStrong), 0));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    if (bins.counts.isEmpty()) {
        return;
    }
    const auto most =
        static_cast<double>(std::max<qsizetype>(1, *std::max_element(bins.counts.begin(), bins.counts.end())));
    const double wide = area.width() / static_cast<double>(bins.counts.size());
    const std::optional<int> chosen = m_presenter.state().filter.bin;
    for (qsizetype bin = 0; bin < bins.counts.size(); ++bin) {
        if (bins.counts[bin] == 0) {
            continue;
        }
        // A single row among thousands is still seen.
        const double tall = std::max(2.0, static_cast<double>(bins.counts[bin]) / most * area.height());
        const QRectF bar(area.left() + wide * static_cast<double>(bin) + 0.5, area.bottom() - tall,
                         std::max(1.0, wide - 1), tall);
        const bool dimmed = chosen && *chosen != bin;
        painter.fillRect(bar, dimmed ? mix(theme.color(Token::S1), theme.color(Token::Surface), 0.35)
                                     : theme.color(Token::S1));
    }
    if (m_cursor >= 0 && hasFocus()) {
        painter.setPen(QPen(theme.color(Token::Accent), 2));
        painter.drawRect(QRectF(area.left() + wide * m_cursor, area.top(), wide, area.height()));
    }
    painter.setFont(theme.font(FontRole::Caption));
    painter.setPen(theme.color(Token::Text2));
    const QRectF foot(0, area.bottom() + theme.u(0.5), width(), fontMetrics().height());
    painter.drawText(foot, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), Format::number(bins.low, 3));
    painter.drawText(foot, static_cast<int>(Qt::AlignRight | Qt::AlignVCenter),
                     tr("%1 and more", "last loss").arg(Format::number(bins.high, 3)));
    painter.drawText(foot, static_cast<int>(Qt::AlignHCenter | Qt::AlignVCenter), tr("last loss"));
}

int RowHistogram::binAt(double x) const {
    const auto count = static_cast<double>(m_presenter.histogram().counts.size());
    return std::clamp(static_cast<int>(x / std::max(1, width()) * count), 0, std::max(0, static_cast<int>(count) - 1));
}

void RowHistogram::choose(int bin) {
    const std::optional<int> now = m_presenter.state().filter.bin;
    m_presenter.chooseBin(now == bin ? std::nullopt : std::optional<int>(bin));
}

void RowHistogram::setCursorTo(int bin) {
    const auto count = static_cast<int>(m_presenter.histogram().counts.size());
    if (count == 0) {
        return;
    }
    m_cursor = std::clamp(bin, 0, count - 1);
    setAccessibleDescription(readOut());
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    setToolTip(readOut());
    update();
}

void RowHistogram::mousePressEvent(QMouseEvent* event) {
    if (!m_presenter.histogram().counts.isEmpty()) {
        setCursorTo(binAt(event->position().x()));
        choose(m_cursor);
    }
}

void RowHistogram::mouseMoveEvent(QMouseEvent* event) {
    setCursorTo(binAt(event->position().x()));
}

bool RowHistogram::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        m_presenter.state().filter.bin) { // shows all rows, does not leave the page
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void RowHistogram::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        setCursorTo(m_cursor < 0 ? 0 : m_cursor - 1);
        return;
    case Qt::Key_Right:
        setCursorTo(m_cursor < 0 ? 0 : m_cursor + 1);
        return;
    case Qt::Key_Home:
        setCursorTo(0);
        return;
    case Qt::Key_End:
        setCursorTo(RowLossesPresenter::kBins - 1);
        return;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor >= 0) {
            choose(m_cursor);
        }
        return;
    case Qt::Key_Escape:
        if (m_presenter.state().filter.bin) {
            m_presenter.chooseBin(std::nullopt);
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace fettle::ui
