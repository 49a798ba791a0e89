#include "train/lr_curve.h"

#include "bridge/strings.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

LrCurve::LrCurve(Look look, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_look(look) {
    setObjectName(name);
    setAccessibleName(tr("Learning rate over the run"));
    setSizePolicy(look == Look::Spark ? QSizePolicy::Fixed : QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void LrCurve::setSchedule(const train::Schedule& schedule, bool known) {
    m_schedule = schedule;
    m_known = known;
    const QString text = words(schedule, known);
    setToolTip(text);
    setAccessibleDescription(text);
    update();
}

QString LrCurve::words(const train::Schedule& schedule, bool known) {
    const QString peak = Format::rate(schedule.peak);
    const QString start =
        !known || schedule.warmupSteps <= 0
            ? tr("Begins at %1").arg(peak)
            : tr("Rises to %1 in %Ln step(s)", nullptr, static_cast<int>(schedule.warmupSteps)).arg(peak);
    const QString end = schedule.name == "constant" ? tr("stays there")
                        : schedule.name == "wsd"    ? tr("stays there and falls to 0 in the last tenth")
                        : schedule.name == "linear" ? tr("falls in a straight line to 0")
                                                    : tr("falls as a cosine to 0");
    return known ? tr("%1, %2, over %3 steps.").arg(start, end, Format::exactCount(schedule.totalSteps))
                 : tr("%1, %2.").arg(start, end);
}

std::vector<double> LrCurve::points(const train::Schedule& schedule, int count) {
    std::vector<double> out;
    const std::int64_t steps = std::max<std::int64_t>(1, schedule.totalSteps);
    const std::int64_t wanted = std::clamp<std::int64_t>(count, 2, std::max<std::int64_t>(2, steps));
    for (std::int64_t i = 0; i < wanted; ++i) {
        const double place = static_cast<double>(i) / static_cast<double>(wanted - 1);
        out.push_back(train::learningRate(schedule, 1 + std::llround(place * static_cast<double>(steps - 1))));
    }
    return out;
}

QSize LrCurve::sizeHint() const {
    const Theme& theme = Theme::current();
    return m_look == Look::Spark ? QSize(theme.u(24), theme.u(7)) : QSize(theme.u(60), theme.u(26));
}

void LrCurve::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QRectF area = QRectF(rect()).adjusted(1, theme.u(0.75), -1, -theme.u(0.75));
    const QFont small = theme.font(FontRole::Caption);
    const QFontMetrics metrics(small);
    const QString peak = Format::rate(m_schedule.peak);
    if (m_look == Look::Chart) {
        area.adjust(metrics.horizontalAdvance(peak) + theme.u(2), metrics.height() / 2.0, 0,
                    -metrics.height() - theme.u(1));
        painter.setFont(small);
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(QRectF(0, area.top() - metrics.height() / 2.0, area.left() - theme.u(1.5), metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, peak);
        painter.drawText(
            QRectF(0, area.bottom() - metrics.height() / 2.0, area.left() - theme.u(1.5), metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, u"0"_s);
        const QRectF below(area.left(), area.bottom() + theme.u(1), area.width(), metrics.height());
        painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, tr("step 1"));
        painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter,
                         m_known ? Format::exactCount(m_schedule.totalSteps) : Format::unknown());
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme.color(Token::Grid), 0));
        painter.drawLine(area.topLeft(), area.topRight());
        painter.setRenderHint(QPainter::Antialiasing);
    }
    painter.setPen(QPen(theme.color(Token::LineStrong), 0));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    if (!(m_schedule.peak > 0)) {
        return;
    }
    const std::vector<double> rates = points(m_schedule, std::max(2, static_cast<int>(area.width())));
    QPainterPath line;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        const qreal x = area.left() + area.width() * static_cast<qreal>(i) / static_cast<qreal>(rates.size() - 1);
        const qreal y = area.bottom() - area.height() * rates[i] / m_schedule.peak;
        i == 0 ? line.moveTo(x, y) : line.lineTo(x, y);
    }
    painter.setPen(
        QPen(theme.color(Token::Accent), m_look == Look::Spark ? 1.5 : 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(line);
}

} // namespace fettle::ui
