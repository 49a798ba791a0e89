#include "plot/chart_cards.h"

#include "bridge/strings.h"
#include "widgets/buttons.h"
#include "widgets/icons.h"

#include <QComboBox>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// One entry of the legend: sign, title, note, value, cross; unchecked = hidden.
class LegendButton : public QAbstractButton {
public:
    LegendButton(const CurveSpec& spec, QWidget* parent)
        : QAbstractButton(parent)
        , m_spec(spec) {
        setText(spec.note.isEmpty() ? spec.title : QString(spec.title % u" · "_s % spec.note));
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
    std::function<void()> remove; // called for the cross and for Del
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
        const auto draw = [&](const QString& words) {
            painter.drawText(QRect(x, 0, width() - x, height()), static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft),
                             words);
            x += painter.fontMetrics().horizontalAdvance(words) + theme.u(1);
        };
        draw(m_spec.title);
        if (!m_spec.note.isEmpty()) {
            painter.setPen(theme.color(Token::Bad));
            draw(m_spec.note);
        }
        if (isChecked() && !m_value.isEmpty()) {
            painter.setFont(valueFont());
            painter.setPen(theme.color(Token::Text));
            draw(m_value);
        }
        if (m_spec.removable) {
            painter.setPen(QPen(theme.color(underMouse() || hasFocus() ? Token::Text : Token::Text3), 1.2));
            const QRectF box = cross();
            painter.drawLine(box.topLeft(), box.bottomRight());
            painter.drawLine(box.topRight(), box.bottomLeft());
        }
    }
    void enterEvent(QEnterEvent* event) override {
        QAbstractButton::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QAbstractButton::leaveEvent(event);
        update();
    }
    void mousePressEvent(QMouseEvent* event) override {
        if (m_spec.removable && event->position().x() >= cross().left() - 4) {
            event->accept();
            return;
        }
        QAbstractButton::mousePressEvent(event);
    }
    void mouseReleaseEvent(QMouseEvent* event) override {
        if (m_spec.removable && !isDown() && event->position().x() >= cross().left() - 4) {
            remove();
            return;
        }
        QAbstractButton::mouseReleaseEvent(event);
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (m_spec.removable && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace)) {
            remove();
            return;
        }
        QAbstractButton::keyPressEvent(event);
    }

private:
    QFont valueFont() const {
        QFont font = Theme::current().font(FontRole::Caption);
        font.setWeight(QFont::DemiBold);
        return font;
    }
    QRectF cross() const {
        const double side = Theme::current().u(1.75);
        return {width() - side - 2, (height() - side) / 2.0, side, side};
    }
    int widthFor() const {
        const Theme& theme = Theme::current();
        const QFontMetrics plain(theme.font(FontRole::Caption));
        const QFontMetrics strong(valueFont());
        return theme.u(6) + plain.horizontalAdvance(m_spec.title) +
               (m_spec.note.isEmpty() ? 0 : theme.u(1) + plain.horizontalAdvance(m_spec.note)) +
               (m_value.isEmpty() ? 0 : theme.u(1) + strong.horizontalAdvance(m_value)) +
               (m_spec.removable ? theme.u(4) : 0) + 2;
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
    new FlowLayout(this, Theme::current().u(3));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(chart, &Chart::dataChanged, this, &ChartLegend::refresh);
    connect(chart, &Chart::replotted, this, &ChartLegend::refresh);
}

void ChartLegend::setCurves(const QVector<CurveSpec>& curves) {
    if (curves == m_curves && !m_buttons.isEmpty()) {
        return;
    }
    // A legend that loses an entry keeps the focus.
    const bool had = std::any_of(m_buttons.begin(), m_buttons.end(), [](QWidget* b) { return b->hasFocus(); });
    for (QAbstractButton* button : std::exchange(m_buttons, {})) { // one of them may be in its own event
        layout()->removeWidget(button);
        button->hide();
        button->deleteLater();
    }
    m_curves = curves;
    for (const CurveSpec& spec : curves) {
        auto* button = new LegendButton(spec, this);
        button->setObjectName(m_name % u'.' % spec.id);
        button->setAccessibleName(tr("Show %1").arg(button->text()));
        button->setToolTip(spec.removable ? tr("%1: click shows or hides it, Del takes it away").arg(button->text())
                                          : QString());
        button->remove = [this, id = spec.id] { Q_EMIT removeWanted(id); };
        button->setChecked(m_chart->curveVisible(spec.id));
        layout()->addWidget(button);
        connect(button, &QAbstractButton::toggled, m_chart,
                [this, id = spec.id](bool on) { m_chart->setCurveVisible(id, on); });
        m_buttons.append(button);
        button->show();
    }
    if (had && !m_buttons.isEmpty()) {
        m_buttons.last()->setFocus(Qt::OtherFocusReason);
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
        button->setValue(value ? valueText(m_chart->valueKind(), *value) : QString());
    }
}

LossChart::LossChart(const QString& title, const QString& name, QWidget* parent)
    : Card(parent)
    , m_chart(new Chart(ChartSize::Normal))
    , m_legend(new ChartLegend(m_chart, name % u".legend"_s))
    , m_save(makeButton(ButtonKind::Icon, tr("Save chart"), name % u".save"_s, u"import"_s))
    , m_charts(makeButton(ButtonKind::Icon, tr("Charts"), name % u".charts"_s, u"columns"_s))
    , m_row(new QHBoxLayout) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    column()->setContentsMargins(theme.u(4), theme.u(2), theme.u(4), theme.u(2));
    QHBoxLayout* row = m_row;
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
    row->addWidget(m_charts);
    row->addWidget(m_save);
    column()->addLayout(row);
    m_chart->setObjectName(name % u".chart"_s);
    m_chart->setAccessibleName(title);
    m_chart->setValueKind(ValueKind::Loss);
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
    // Beside the heading there is room for the run and one more; many have a line of their own.
    if (const bool below = curves.size() > 3; below != m_below) {
        m_below = below;
        if (below) {
            m_row->removeWidget(m_legend);
            m_row->insertStretch(1, 1);
            column()->insertWidget(1, m_legend);
        } else {
            delete m_row->takeAt(1);
            column()->removeWidget(m_legend);
            m_row->insertWidget(1, m_legend, 1, Qt::AlignVCenter);
        }
    }
    m_chart->setCurves(curves);
    m_legend->setCurves(curves);
}

void LossChart::setCursor(ChartCursor* cursor) {
    m_chart->setCursor(cursor);
    m_legend->setCursor(cursor);
}

SmallChart::SmallChart(const QString& title, const QString& name, QWidget* parent)
    : Card(parent)
    , m_chart(new Chart(ChartSize::Small))
    , m_value(new Label(Format::unknown(), FontRole::BodyStrong)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    column()->setContentsMargins(theme.u(3), theme.u(1.5), theme.u(3), theme.u(1.5));
    column()->setSpacing(theme.u(1));
    auto* row = new QHBoxLayout;
    auto* caption = new Label(title, FontRole::Caption, Tone::Text2);
    caption->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_value->setAttribute(Qt::WA_TransparentForMouseEvents);
    row->addWidget(caption);
    row->addStretch(1);
    row->addWidget(m_value);
    column()->addLayout(row);
    m_chart->setObjectName(name % u".chart"_s);
    m_chart->setAccessibleName(title);
    m_chart->installEventFilter(this);
    column()->addWidget(m_chart, 1);
    connect(m_chart, &Chart::dataChanged, this, &SmallChart::refresh);
    connect(m_chart, &Chart::replotted, this, &SmallChart::refresh);
}

void SmallChart::setCursor(ChartCursor* cursor) {
    m_cursor = cursor;
    m_chart->setCursor(cursor);
    connect(cursor, &ChartCursor::moved, this, &SmallChart::refresh);
}

void SmallChart::setCurves(const QVector<CurveSpec>& curves) {
    m_chart->setCurves(curves);
    refresh();
}

QString SmallChart::shownValue() const {
    return m_value->text();
}

void SmallChart::refresh() {
    const QVector<CurveSpec> curves = m_chart->curves();
    std::optional<double> value;
    if (!curves.isEmpty()) {
        value = m_chart->lastValue(curves.first().id);
        if (m_cursor != nullptr && m_cursor->x()) {
            const QVector<CursorValue> at = m_chart->valuesAt(*m_cursor->x());
            value = !at.isEmpty() && at.first().id == curves.first().id ? at.first().value : std::nullopt;
        }
    }
    m_value->setText(value ? valueText(m_chart->valueKind(), *value) : Format::unknown());
}

void SmallChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        m_pressed = event->globalPosition().toPoint();
        event->accept();
        return;
    }
    Card::mousePressEvent(event);
}

void SmallChart::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->globalPosition().toPoint();
    if (m_pressed && (m_dragging || (at - *m_pressed).manhattanLength() > 8)) {
        m_dragging = true;
        Q_EMIT dragged(at);
    }
}

void SmallChart::mouseReleaseEvent(QMouseEvent* event) {
    m_pressed.reset();
    if (std::exchange(m_dragging, false)) {
        Q_EMIT dropped(event->globalPosition().toPoint());
    }
}

void SmallChart::contextMenuEvent(QContextMenuEvent* event) {
    Q_EMIT m_chart->menuWanted(event->globalPos());
}

bool SmallChart::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_chart && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right)) {
            Q_EMIT moveWanted(key->key() == Qt::Key_Left ? -1 : 1);
            return true;
        }
    }
    return Card::eventFilter(watched, event);
}

} // namespace fettle::ui
