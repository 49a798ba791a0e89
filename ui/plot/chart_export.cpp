#include "plot/chart_export.h"

#include "base/files.h"
#include "base/numbers.h"
#include "bridge/strings.h"
#include "plot/chart_impl.h"

#include <QBuffer>
#include <QSvgGenerator>

#include <charconv>
#include <cmath>
#include <functional>

namespace fettle::ui {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

/// RFC 4180: quoted where it has to be.
std::string field(const QString& text) {
    std::string out = us(text);
    if (out.find_first_of(",\"\r\n") == std::string::npos) {
        return out;
    }
    std::string quoted = "\"";
    for (const char c : out) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + '"';
}

void number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        return;
    }
    if (value == std::floor(value) && std::abs(value) < 9e15) { // steps: without a detour
        char buffer[24];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr;
        out.append(buffer, end);
        return;
    }
    out += formatDouble(value);
}

/// Gives the text piece by piece.
Result<void> writeCsv(const ChartNumbers& numbers, const std::function<Result<void>(std::string&)>& piece) {
    std::string text = "curve," + us(axisKey(numbers.axis)) + ",value\n";
    for (const auto& [title, data] : numbers.curves) {
        const std::string name = field(title) + ',';
        const qsizetype n = std::min(data.x.size(), data.y.size());
        for (qsizetype i = 0; i < n; ++i) {
            text += name;
            number(text, data.x[i]);
            text += ',';
            number(text, data.y[i]);
            text += '\n';
            if (text.size() >= kPiece) {
                FETTLE_TRY(piece(text));
            }
        }
    }
    return piece(text);
}

/// Heading and legend over the plot, so that a picture explains itself.
void drawHead(QPainter& painter, const QRectF& area, const QString& title, const QVector<Curve>& curves) {
    const Theme& theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    QFont strong = theme.font(FontRole::BodyStrong);
    painter.setFont(strong);
    painter.setPen(theme.color(Token::Text));
    double x = area.left() + theme.u(2);
    painter.drawText(QRectF(x, area.top(), area.width(), area.height()), static_cast<int>(Qt::AlignVCenter), title);
    x += QFontMetricsF(strong).horizontalAdvance(title) + theme.u(5);
    const QFont caption = theme.font(FontRole::Caption);
    painter.setFont(caption);
    for (const Curve& curve : curves) {
        if (!curve.visible || curve.size() == 0) {
            continue;
        }
        const double middle = area.center().y();
        QPen pen(theme.seriesColor(curve.spec.slot), 2);
        if (curve.spec.kind == CurveKind::Overlay || Theme::seriesDashed(curve.spec.slot)) {
            pen.setDashPattern({3, 2});
        }
        painter.setPen(pen);
        painter.drawLine(QPointF(x, middle), QPointF(x + theme.u(4.5), middle));
        x += theme.u(6);
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(QRectF(x, area.top(), area.width(), area.height()), static_cast<int>(Qt::AlignVCenter),
                         curve.spec.title);
        x += QFontMetricsF(caption).horizontalAdvance(curve.spec.title) + theme.u(4);
    }
}

} // namespace

ChartNumbers numbersOf(const Chart& chart) {
    ChartNumbers out;
    out.axis = chart.xAxis();
    for (const CurveSpec& spec : chart.curves()) {
        out.curves.append({spec.title, chart.data(spec.id)});
    }
    return out;
}

Result<void> writeChartCsv(const std::string& path, const ChartNumbers& numbers) {
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    const auto take = [&file](std::string& text) {
        Result<void> written = file.write(text);
        text.clear();
        return written;
    };
    FETTLE_TRY(writeCsv(numbers, take));
    return file.commit();
}

QString Chart::toCsv() const {
    std::string all;
    (void)writeCsv(numbersOf(*this), [&all](std::string& text) -> Result<void> {
        all += text;
        text.clear();
        return {};
    });
    return qs(all);
}

QImage Chart::toImage(double scale) const {
    Impl& d = *m_impl;
    const Theme& theme = Theme::current();
    const QSize size = this->size().expandedTo(QSize(theme.u(60), theme.u(30)));
    const int head = theme.u(8);
    const QPixmap plot = d.plot->toPixmap(size.width(), size.height(), scale);
    QImage out(QSizeF((size + QSize(0, head)).toSizeF() * scale).toSize(), QImage::Format_RGB32);
    out.fill(theme.color(Token::Surface));
    QPainter painter(&out);
    painter.drawPixmap(QRectF(0, head * scale, size.width() * scale, size.height() * scale), plot, QRectF(plot.rect()));
    painter.scale(scale, scale);
    drawHead(painter, QRectF(0, 0, size.width(), head), accessibleName(), d.curves);
    return out;
}

QByteArray Chart::toSvg() const {
    Impl& d = *m_impl;
    const Theme& theme = Theme::current();
    const QSize size = this->size().expandedTo(QSize(theme.u(60), theme.u(30)));
    const int head = theme.u(8);
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size + QSize(0, head));
    generator.setViewBox(QRect(QPoint(), size + QSize(0, head)));
    generator.setTitle(accessibleName());
    QCPPainter painter;
    if (!painter.begin(&generator)) {
        return {};
    }
    painter.fillRect(QRect(QPoint(), size + QSize(0, head)), theme.color(Token::Surface));
    drawHead(painter, QRectF(0, 0, size.width(), head), accessibleName(), d.curves);
    painter.translate(0, head);
    painter.setMode(QCPPainter::pmVectorized);
    d.plot->toPainter(&painter, size.width(), size.height());
    painter.end();
    return buffer.data();
}

} // namespace fettle::ui
