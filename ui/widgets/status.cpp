#include "widgets/status.h"

#include "widgets/frames.h"
#include "widgets/icons.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// A label that shows an icon in the current theme and follows it.
QLabel* makeIconLabel(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setProperty("decoration", true);
    label->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return label;
}

void setIconLabel(QLabel* label, const QString& icon, Token token, int side) {
    if (icon.isEmpty()) {
        label->clear();
        return;
    }
    label->setPixmap(themeIcon(icon, token).pixmap(QSize(side, side), label->devicePixelRatioF()));
}

} // namespace

StatTile::StatTile(const QString& caption, QWidget* parent)
    : QFrame(parent)
    , m_caption(new Label(caption, FontRole::Caption, Tone::Text2))
    , m_figure(new Label(u"–"_s, FontRole::Figure))
    , m_comparison(new Label({}, FontRole::Caption, Tone::Text2))
    , m_clock(makeIconLabel(this)) {
    setProperty("kind", u"card"_s);
    setAccessibleName(caption);
    m_clock->hide();
    m_comparison->setMinimumWidth(1); // the tile's width is its neighbours', not its text's
    m_figure->setMinimumWidth(1);
    layOut();
    connect(&Theme::current(), &Theme::changed, this, [this] {
        if (!m_clock->isHidden()) {
            setIconLabel(m_clock, u"clock"_s, Token::Warn, Theme::current().u(3.5));
        }
    });
}

void StatTile::layOut() {
    const Theme& theme = Theme::current();
    delete layout();
    if (m_line) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(theme.u(3), theme.u(1), theme.u(3), theme.u(1));
        row->setSpacing(theme.u(2));
        row->addWidget(m_caption);
        row->addWidget(m_figure, 1);
        m_figure->setFont(theme.font(FontRole::BodyStrong));
        m_comparison->hide();
        m_clock->hide();
    } else {
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(theme.u(3), theme.u(2.5), theme.u(3), theme.u(2.5));
        column->setSpacing(theme.u(0.5));
        column->addWidget(m_caption);
        column->addWidget(m_figure);
        auto* row = new QHBoxLayout;
        row->setSpacing(theme.u(1));
        row->addWidget(m_clock);
        row->addWidget(m_comparison, 1);
        column->addLayout(row);
        m_figure->setFont(theme.font(FontRole::Figure));
        m_comparison->show();
    }
}

void StatTile::setLine(bool line) {
    if (line != m_line) {
        m_line = line;
        layOut();
    }
}

void StatTile::setFigure(const QString& figure, const QString& comparison, Tone tone) {
    m_figure->setText(figure);
    m_comparison->setText(comparison.isEmpty() ? u" "_s : comparison);
    m_comparison->setTone(tone);
    m_clock->hide();
    setToolTip(comparison);
    setAccessibleDescription(comparison.isEmpty() ? figure : figure % u", "_s % comparison);
}

void StatTile::setStale(const QString& reason) {
    m_comparison->setText(reason);
    m_comparison->setTone(Tone::Warn);
    setIconLabel(m_clock, u"clock"_s, Token::Warn, Theme::current().u(3.5));
    m_clock->setVisible(!m_line);
    setAccessibleDescription(m_figure->text() % u", "_s % reason);
}

QString StatTile::figure() const {
    return m_figure->text();
}

Bar::Bar(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        ++m_phase;
        update();
    });
}

void Bar::setFraction(std::optional<double> fraction) {
    if (fraction) {
        fraction = std::clamp(*fraction, 0.0, 1.0);
    }
    if (fraction == m_fraction) {
        return;
    }
    m_fraction = fraction;
    setAccessibleDescription(fraction ? tr("%1 percent").arg(qRound(*fraction * 100)) : tr("working"));
    if (fraction || !isVisible() || Theme::current().look().reduceMotion) {
        m_timer.stop();
    } else {
        m_timer.start();
    }
    update();
}

QSize Bar::sizeHint() const {
    return {Theme::current().u(30), Theme::current().u(1)};
}

void Bar::showEvent(QShowEvent*) {
    if (!m_fraction && !Theme::current().look().reduceMotion) {
        m_timer.start();
    }
}

void Bar::hideEvent(QHideEvent*) {
    m_timer.stop();
}

void paintBar(QPainter& painter, const QRectF& rect, double fraction, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double radius = rect.height() / 2;
    painter.setBrush(Theme::current().color(Token::Line));
    painter.drawRoundedRect(rect, radius, radius);
    if (fraction > 0) {
        QRectF done = rect;
        done.setWidth(std::max(rect.height(), rect.width() * std::min(fraction, 1.0)));
        painter.setBrush(color);
        painter.drawRoundedRect(done, radius, radius);
    }
    painter.restore();
}

void Bar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const double height = theme.u(1);
    const QRectF line(0, (this->height() - height) / 2.0, width(), height);
    if (m_fraction) {
        paintBar(painter, line, *m_fraction, theme.color(Token::Accent));
        return;
    }
    paintBar(painter, line, 0, theme.color(Token::Accent));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Token::Accent));
    const double piece = line.width() / 4;
    const double travel = line.width() - piece;
    const int cycle = m_phase % 40;
    const double at = theme.look().reduceMotion ? 0.5 : (cycle < 20 ? cycle : 40 - cycle) / 20.0;
    painter.drawRoundedRect(QRectF(line.x() + travel * at, line.y(), piece, height), height / 2, height / 2);
}

ProgressRow::ProgressRow(const QString& what, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_bar(new Bar)
    , m_counted(new Label({}, FontRole::Caption, Tone::Text2))
    , m_left(new Label({}, FontRole::Caption, Tone::Text2))
    , m_cancel(makeButton(ButtonKind::Ghost, tr("Cancel"), name % u".cancel"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    m_bar->setAccessibleName(what);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(3));
    row->addWidget(new Label(what));
    row->addWidget(m_bar, 1);
    row->addWidget(m_counted);
    row->addWidget(m_left);
    row->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, &ProgressRow::cancelled);
}

void ProgressRow::setProgress(std::optional<double> fraction, const QString& counted, const QString& timeLeft) {
    m_bar->setFraction(fraction);
    m_counted->setText(counted);
    m_left->setText(timeLeft);
    m_left->setVisible(!timeLeft.isEmpty());
}

InlineError::InlineError(const QString& name, QWidget* parent)
    : QFrame(parent)
    , m_what(new Label({}, FontRole::BodyMedium, Tone::Text, Wrap::Yes))
    , m_meaning(new Label({}, FontRole::Body, Tone::Text, Wrap::Yes))
    , m_details(new Label({}, FontRole::Caption, Tone::Text, Wrap::Yes))
    , m_repair(makeButton(ButtonKind::Plain, {}, name % u".repair"_s))
    , m_fold(makeButton(ButtonKind::Link, tr("Details"), name % u".details"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    setProperty("kind", u"error"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.u(4), theme.u(3), theme.u(4), theme.u(3));
    row->setSpacing(theme.u(3));
    auto* icon = makeIconLabel(this);
    setIconLabel(icon, u"bad"_s, Token::Bad, theme.u(4.5));
    connect(&Theme::current(), &Theme::changed, icon,
            [icon] { setIconLabel(icon, u"bad"_s, Token::Bad, Theme::current().u(4.5)); });
    row->addWidget(icon, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme.u(1));
    column->addWidget(m_what);
    column->addWidget(m_meaning);
    m_details->setFont(theme.mono(FontRole::Caption));
    for (Label* label : {m_what, m_meaning, m_details}) {
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setFocusPolicy(Qt::ClickFocus);
    }
    auto* actions = new QHBoxLayout;
    actions->setSpacing(theme.u(3));
    actions->addWidget(m_repair);
    actions->addWidget(m_fold);
    actions->addStretch(1);
    column->addLayout(actions);
    column->addWidget(m_details);
    row->addLayout(column, 1);
    m_details->hide();
    m_repair->hide();
    hide();
    connect(m_fold, &QPushButton::clicked, this, [this] { m_details->setVisible(m_details->isHidden()); });
    connect(m_repair, &QPushButton::clicked, this, [this] {
        if (m_action) {
            m_action();
        }
    });
}

void InlineError::setError(const QString& what, const QString& meaning, const QString& details) {
    m_what->setText(what);
    m_meaning->setText(meaning);
    m_meaning->setVisible(!meaning.isEmpty());
    m_details->setText(details);
    m_details->hide();
    m_fold->setVisible(!details.isEmpty());
    setVisible(!what.isEmpty());
    Q_EMIT shownChanged(!what.isEmpty());
    setAccessibleName(what);
    setAccessibleDescription(meaning);
    if (!what.isEmpty()) {
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    } else {
        setRepair({}, {});
    }
}

void InlineError::setRepair(const QString& text, std::function<void()> repair) {
    m_repair->setText(text);
    m_repair->setVisible(!text.isEmpty());
    m_action = std::move(repair);
}

QString InlineError::what() const {
    return m_what->text();
}

Banner::Banner(QWidget* parent)
    : QFrame(parent)
    , m_icon(makeIconLabel(this))
    , m_heading(new Label({}, FontRole::BodyStrong))
    , m_sentence(new Label({}, FontRole::Body, Tone::Text, Wrap::Yes))
    , m_actions(new QHBoxLayout) {
    const Theme& theme = Theme::current();
    setProperty("kind", u"banner"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.u(4), theme.u(3), theme.u(4), theme.u(3));
    row->setSpacing(theme.u(3));
    row->addWidget(m_icon, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme.u(0.5));
    column->addWidget(m_heading);
    column->addWidget(m_sentence);
    row->addLayout(column, 1);
    m_actions->setSpacing(theme.u(2));
    row->addLayout(m_actions);
    connect(&Theme::current(), &Theme::changed, this, &Banner::showIcon);
}

void Banner::setMessage(State state, const QString& heading, const QString& sentence, const QString& icon) {
    m_state = state;
    m_iconName = icon.isEmpty() ? stateIcon(state) : icon;
    m_heading->setText(heading);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    const QString name = state == State::Ok     ? u"ok"_s
                         : state == State::Warn ? u"warn"_s
                         : state == State::Bad  ? u"bad"_s
                                                : u"info"_s;
    setSheetProperty(this, "state", name);
    setAccessibleName(heading);
    setAccessibleDescription(sentence);
    showIcon();
}

void Banner::showIcon() {
    setIconLabel(m_icon, m_iconName, stateToken(m_state), Theme::current().u(4.5));
}

QPushButton* Banner::addAction(const QString& text, const QString& name) {
    QPushButton* button = makeButton(ButtonKind::Plain, text, name);
    m_actions->addWidget(button, 0, Qt::AlignVCenter);
    return button;
}

void Banner::clearActions() {
    while (QLayoutItem* item = m_actions->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
}

EmptyState::EmptyState(const QString& icon, const QString& heading, const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout) {
    const Theme& theme = Theme::current();
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    m_column->setSpacing(theme.u(2));
    auto* picture = makeIconLabel(this);
    setIconLabel(picture, icon, Token::Text3, theme.u(12));
    connect(&Theme::current(), &Theme::changed, picture,
            [picture, icon] { setIconLabel(picture, icon, Token::Text3, Theme::current().u(12)); });
    m_column->addWidget(picture, 0, Qt::AlignHCenter);
    auto* title = new Label(heading, FontRole::CardHeading);
    m_column->addWidget(title, 0, Qt::AlignHCenter);
    auto* text = new Label(sentence, FontRole::Body, Tone::Text2, Wrap::Yes);
    text->setAlignment(Qt::AlignHCenter);
    text->setFixedWidth(std::min(text->fontMetrics().averageCharWidth() * 60,
                                 text->fontMetrics().horizontalAdvance(sentence) + theme.u(2)));
    m_column->addWidget(text, 0, Qt::AlignHCenter);
    row->addLayout(m_column);
    row->addStretch(1);
    outer->addLayout(row);
    outer->addStretch(3);
    setAccessibleName(heading);
    setAccessibleDescription(sentence);
}

QPushButton* EmptyState::addPrimary(const QString& text, const QString& name) {
    QPushButton* button = makeButton(ButtonKind::Primary, text, name);
    m_column->addSpacing(Theme::current().u(2));
    m_column->addWidget(button, 0, Qt::AlignHCenter);
    return button;
}

FindingRow::FindingRow(State state, const QString& what, const QString& meaning, QWidget* parent)
    : QWidget(parent)
    , m_icon(makeIconLabel(this))
    , m_what(new Label(what, FontRole::Body, Tone::Text, Wrap::Yes))
    , m_meaning(new Label(meaning, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_fixes(new FlowLayout)
    , m_state(state) {
    const Theme& theme = Theme::current();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, theme.u(1), 0, theme.u(1));
    row->setSpacing(theme.u(2.5));
    row->addWidget(m_icon, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme.u(0.5));
    column->addWidget(m_what);
    column->addWidget(m_meaning);
    column->addLayout(m_fixes);
    row->addLayout(column, 1);
    setFinding(state, what, meaning);
    connect(&Theme::current(), &Theme::changed, this, &FindingRow::showIcon);
}

void FindingRow::setFinding(State state, const QString& what, const QString& meaning) {
    m_state = state;
    m_what->setText(what);
    m_meaning->setText(meaning);
    m_meaning->setVisible(!meaning.isEmpty());
    setAccessibleName(what);
    setAccessibleDescription(meaning);
    showIcon();
}

void FindingRow::showIcon() {
    const QString icon = m_state == State::Neutral ? u"clock"_s : stateIcon(m_state);
    setIconLabel(m_icon, icon, stateToken(m_state), Theme::current().u(4.5));
}

QPushButton* FindingRow::addFix(const QString& text, const QString& name) {
    QPushButton* button = makeButton(ButtonKind::Plain, text, name);
    m_fixes->addWidget(button);
    return button;
}

void FindingRow::clearFixes() {
    while (m_fixes->count() > 0) {
        QLayoutItem* item = m_fixes->takeAt(0);
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
}

QString FindingRow::what() const {
    return m_what->text();
}

Toast::Toast(QWidget* page)
    : QFrame(page)
    , m_text(new Label({}))
    , m_action(makeButton(ButtonKind::Link, {}, u"toast.action"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(u"toast"_s);
    setProperty("kind", u"toast"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.u(4), theme.u(2.5), theme.u(4), theme.u(2.5));
    row->setSpacing(theme.u(4));
    row->addWidget(m_text);
    row->addWidget(m_action);
    m_timer.setSingleShot(true);
    m_timer.setInterval(8000);
    connect(&m_timer, &QTimer::timeout, this, &Toast::maybeHide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_act) {
            const auto act = std::exchange(m_act, nullptr);
            act();
        }
    });
    page->installEventFilter(this);
    hide();
}

void Toast::showMessage(const QString& text, const QString& action, std::function<void()> act) {
    m_text->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_act = std::move(act);
    setAccessibleName(text);
    place();
    show();
    raise();
    m_timer.start();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString Toast::message() const {
    return isVisible() ? m_text->text() : QString();
}

void Toast::place() {
    adjustSize();
    const QWidget* page = parentWidget();
    const Theme& theme = Theme::current();
    move((page->width() - width()) / 2, page->height() - height() - theme.u(4));
}

void Toast::maybeHide() {
    if (underMouse() || m_action->hasFocus()) {
        m_timer.start(2000);
    } else {
        hide();
    }
}

void Toast::enterEvent(QEnterEvent*) {
    m_timer.stop();
}

void Toast::leaveEvent(QEvent*) {
    m_timer.start(2000);
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace fettle::ui
