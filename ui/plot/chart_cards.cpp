// What stands around a chart: the legend row, the loss card, the small chart card and the mini curve.
#include "bridge/strings.h"
#include "plot/chart.h"
#include "plot/smoothing.h"
#include "widgets/buttons.h"
#include "widgets/icons.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// One entry of the legend: sign, title, value; unchecked = hidden.
class LegendButton : public QAbstractButton {
public:
    LegendButton(const CurveSpec& spec, QWidget* parent)
        : QAbstractButton(parent)
        , m_spec(spec) {
        setText(spec.title);
        setCheckable(true);
        setChecked(true);
        setFocusPolicy(Qt::StrongFocus);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    void setValue(const QString& value) {
        if (value != m_value) {
            m_value = value;
            setAccessibleDescription(value);
            m_width = std::max(m_width, widthFor());
            updateGeometry();
            update();
        }
    }
    [[nodiscard]] const CurveSpec& spec() const { return m_spec; }
    [[nodiscard]] QSize sizeHint() const override { return {std::max(m_width, widthFor()), Theme::current().u(6)}; }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor color = isChecked() ? theme.seriesColor(m_spec.slot) : theme.color(Token::LineStrong);
        QPen pen(color, 2);
        if (m_spec.kind == CurveKind::Overlay || Theme::seriesDashed(m_spec.slot)) {
            pen.setDashPattern({3, 2});
        }
        painter.setPen(pen);
        const double middle = height() / 2.0;
        const double sign = theme.u(4.5);
        painter.drawLine(QPointF(0, middle), QPointF(sign, middle));
        if (m_spec.kind == CurveKind::Points) {
            painter.setPen(QPen(theme.color(Token::Surface), 1.5));
            painter.setBrush(color);
            painter.drawEllipse(QPointF(sign / 2, middle), theme.u(1.1), theme.u(1.1));
        }
        int x = theme.u(6);
        QFont font = theme.font(FontRole::Caption);
        font.setStrikeOut(!isChecked());
        painter.setFont(font);
        painter.setPen(theme.color(isChecked() ? Token::Text2 : Token::Text3));
        painter.drawText(QRect(x, 0, width() - x, height()), static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft),
                         text());
        x += painter.fontMetrics().horizontalAdvance(text()) + theme.u(1);
        if (isChecked() && !m_value.isEmpty()) {
            painter.setFont(valueFont());
            painter.setPen(theme.color(Token::Text));
            painter.drawText(QRect(x, 0, width() - x, height()), static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft),
                             m_value);
        }
    }

private:
    QFont valueFont() const {
        QFont font = Theme::current().font(FontRole::Caption);
        font.setWeight(QFont::DemiBold);
        return font;
    }
    int widthFor() const {
        const Theme& theme = Theme::current();
        const QFontMetrics plain(theme.font(FontRole::Caption));
        const QFontMetrics strong(valueFont());
        return theme.u(6) + plain.horizontalAdvance(text()) +
               (m_value.isEmpty() ? 0 : theme.u(1) + strong.horizontalAdvance(m_value)) + 2;
    }
    CurveSpec m_spec;
    QString m_value;
    int m_width = 0;
};

} // namespace

ChartLegend::ChartLegend(Chart* chart, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_chart(chart)
    , m_name(name) {
    new FlowLayout(this, Theme::current().u(4));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(chart, &Chart::dataChanged, this, &ChartLegend::refresh);
    connect(chart, &Chart::replotted, this, &ChartLegend::refresh);
}

void ChartLegend::setCurves(const QVector<CurveSpec>& curves) {
    qDeleteAll(std::exchange(m_buttons, {}));
    m_curves = curves;
    for (const CurveSpec& spec : curves) {
        auto* button = new LegendButton(spec, this);
        button->setObjectName(m_name % u'.' % spec.id);
        button->setAccessibleName(tr("Show %1").arg(spec.title));
        button->setChecked(m_chart->curveVisible(spec.id));
        layout()->addWidget(button);
        connect(button, &QAbstractButton::toggled, m_chart,
                [this, id = spec.id](bool on) { m_chart->setCurveVisible(id, on); });
        m_buttons.append(button);
    }
    refresh();
}

void ChartLegend::setCursor(ChartCursor* cursor) {
    m_cursor = cursor;
    connect(cursor, &ChartCursor::moved, this, &ChartLegend::refresh);
}

void ChartLegend::refresh() {
    const std::optional<double> x = m_cursor != nullptr ? m_cursor->x() : std::nullopt;
    const QVector<CursorValue> values = x ? m_chart->valuesAt(*x) : QVector<CursorValue>();
    for (QAbstractButton* each : m_buttons) {
        auto* button = static_cast<LegendButton*>(each);
        std::optional<double> value;
        if (x) {
            const auto found = std::find_if(values.begin(), values.end(),
                                            [button](const CursorValue& v) { return v.id == button->spec().id; });
            value = found == values.end() ? std::nullopt : found->value;
        } else if (button->spec().kind != CurveKind::Overlay) {
            value = m_chart->lastValue(button->spec().id);
        }
        button->setValue(value ? Format::loss(value) : QString());
    }
}

LossChart::LossChart(const QString& title, const QString& name, QWidget* parent)
    : Card(parent)
    , m_chart(new Chart(ChartSize::Normal))
    , m_legend(new ChartLegend(m_chart, name % u".legend"_s))
    , m_save(makeButton(ButtonKind::Icon, tr("Save chart"), name % u".save"_s, u"import"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    column()->setContentsMargins(theme.u(4), theme.u(2), theme.u(4), theme.u(2));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(4));
    row->addWidget(new Label(title, FontRole::BodyStrong));
    row->addWidget(m_legend, 1, Qt::AlignVCenter);
    auto* smoothing = new QComboBox;
    smoothing->setObjectName(name % u".smoothing"_s);
    smoothing->setAccessibleName(tr("Smoothing"));
    smoothing->setToolTip(tr("Smoothing: how much of the past a point keeps"));
    for (const double amount : {0.0, 0.6, 0.9, 0.97, 0.99}) {
        smoothing->addItem(amount == 0 ? tr("No smoothing") : tr("Smoothing %1").arg(QLocale().toString(amount)),
                           amount);
    }
    row->addWidget(smoothing);
    auto* scale = new ChoiceGroup(GroupLook::Segments, tr("Scale"));
    scale->addChoice(0, tr("Linear"), name % u".linear"_s);
    scale->addChoice(1, tr("Log"), name % u".log"_s);
    row->addWidget(scale);
    row->addWidget(m_save);
    column()->addLayout(row);
    m_chart->setObjectName(name % u".chart"_s);
    m_chart->setAccessibleName(title);
    column()->addWidget(m_chart, 1);
    connect(scale, &ChoiceGroup::chosen, m_chart, [this](int id) { m_chart->setLog(id == 1); });
    connect(m_chart, &Chart::logChanged, scale, [scale](bool log) { scale->setCurrent(log ? 1 : 0); });
    connect(smoothing, &QComboBox::activated, m_chart,
            [this, smoothing] { m_chart->setSmoothing(smoothing->currentData().toDouble()); });
    connect(m_chart, &Chart::smoothingChanged, smoothing, [smoothing](double amount) {
        if (const int index = smoothing->findData(amount); index >= 0) {
            smoothing->setCurrentIndex(index);
        }
    });
    m_chart->setSmoothing(0.9);
}

void LossChart::setCurves(const QVector<CurveSpec>& curves) {
    m_chart->setCurves(curves);
    m_legend->setCurves(curves);
}

void LossChart::setCursor(ChartCursor* cursor) {
    m_chart->setCursor(cursor);
    m_legend->setCursor(cursor);
}

SmallChart::SmallChart(const QString& title, const QString& name, int slot, QWidget* parent)
    : Card(parent)
    , m_chart(new Chart(ChartSize::Small))
    , m_value(new Label(Format::unknown(), FontRole::BodyStrong)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    column()->setContentsMargins(theme.u(3), theme.u(1.5), theme.u(3), theme.u(1.5));
    column()->setSpacing(theme.u(1));
    auto* row = new QHBoxLayout;
    row->addWidget(new Label(title, FontRole::Caption, Tone::Text2));
    row->addStretch(1);
    row->addWidget(m_value);
    column()->addLayout(row);
    m_chart->setObjectName(name % u".chart"_s);
    m_chart->setAccessibleName(title);
    m_chart->setCurves({{curveId(), title, CurveKind::Plain, slot}});
    column()->addWidget(m_chart, 1);
    connect(m_chart, &Chart::dataChanged, this, &SmallChart::refresh);
    connect(m_chart, &Chart::replotted, this, &SmallChart::refresh);
}

void SmallChart::setCursor(ChartCursor* cursor) {
    m_cursor = cursor;
    m_chart->setCursor(cursor);
    connect(cursor, &ChartCursor::moved, this, &SmallChart::refresh);
}

void SmallChart::setValueText(std::function<QString(double)> text) {
    m_text = std::move(text);
    refresh();
}

void SmallChart::refresh() {
    std::optional<double> value = m_chart->lastValue(curveId());
    if (m_cursor != nullptr && m_cursor->x()) {
        const QVector<CursorValue> at = m_chart->valuesAt(*m_cursor->x());
        value = at.isEmpty() ? std::nullopt : at.first().value;
    }
    m_value->setText(!value ? Format::unknown() : m_text ? m_text(*value) : Format::number(*value, 3));
}

MiniCurve::MiniCurve(int slot, QWidget* parent)
    : QWidget(parent)
    , m_slot(slot) {}

void MiniCurve::setSlot(int slot) {
    m_slot = slot;
    update();
}

void MiniCurve::setData(const QVector<double>& x, const QVector<double>& y, std::optional<double> xEnd) {
    m_x = x;
    m_y = y;
    m_end = xEnd;
    update();
}

QSize MiniCurve::sizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(50), theme.u(18)};
}

void MiniCurve::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Token::Line), 0));
    painter.drawLine(QPointF(0, height() - 0.5), QPointF(width(), height() - 0.5));
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double y : m_y) {
        if (std::isfinite(y)) {
            low = std::min(low, y);
            high = std::max(high, y);
        }
    }
    if (m_x.isEmpty() || !std::isfinite(low)) {
        return;
    }
    const double margin = theme.u(1.25);
    const double right = std::max(m_end.value_or(m_x.back()), m_x.back());
    const double span = std::max(right - m_x.front(), 1e-9);
    const double rise = std::max(high - low, 1e-9);
    const auto at = [&](double x, double y) {
        return QPointF(margin + (x - m_x.front()) / span * (width() - 2 * margin),
                       margin + (high - y) / rise * (height() - 3 * margin));
    };
    // Never more points than pixels: the mean of each column for the line, lowest and highest for the raw band.
    const auto columns = std::max<qsizetype>(1, width() * 2);
    const qsizetype stride = std::max<qsizetype>(1, m_x.size() / columns);
    const QColor color = theme.seriesColor(m_slot);
    QPolygonF raw;
    for (qsizetype i = 0; i < m_x.size(); i += stride) {
        if (std::isfinite(m_y[i])) {
            raw << at(m_x[i], m_y[i]);
        }
    }
    painter.setPen(QPen(mix(color, theme.color(Token::Surface), 0.3), 1));
    painter.drawPolyline(raw);
    const QVector<double> line = smoothed(m_x, m_y, m_x.size() > 30 ? 0.9 : 0);
    QPolygonF smooth;
    for (qsizetype i = 0; i < m_x.size(); i += stride) {
        if (std::isfinite(line[i])) {
            smooth << at(m_x[i], line[i]);
        }
    }
    if (std::isfinite(line.back())) {
        smooth << at(m_x.back(), line.back());
    }
    QPen pen(color, 2);
    pen.setJoinStyle(Qt::RoundJoin);
    painter.setPen(pen);
    painter.drawPolyline(smooth);
    if (!smooth.isEmpty()) {
        painter.setPen(QPen(theme.color(Token::Surface), 1.5));
        painter.setBrush(color);
        painter.drawEllipse(smooth.back(), theme.u(1), theme.u(1));
    }
}

} // namespace fettle::ui
