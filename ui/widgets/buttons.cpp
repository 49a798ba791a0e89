#include "widgets/buttons.h"

#include "widgets/icons.h"
#include "widgets/text.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QVariant>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString kindName(ButtonKind kind) {
    switch (kind) {
    case ButtonKind::Plain:
        return u"plain"_s;
    case ButtonKind::Primary:
        return u"primary"_s;
    case ButtonKind::Ghost:
        return u"ghost"_s;
    case ButtonKind::Link:
        return u"link"_s;
    case ButtonKind::Danger:
        return u"danger"_s;
    case ButtonKind::Icon:
        return u"icon"_s;
    }
    return u"plain"_s;
}

Token iconToken(const QPushButton* button) {
    const QString kind = button->property("kind").toString();
    return kind == u"primary"                    ? Token::OnAccent
           : kind == u"link"                     ? Token::Accent
           : kind == u"danger"                   ? Token::Bad
           : kind == u"ghost" || kind == u"icon" ? Token::Text2
                                                 : Token::Text;
}

} // namespace

QPushButton* makeButton(ButtonKind kind, const QString& text, const QString& name, const QString& icon,
                        QWidget* parent) {
    auto* button = new QPushButton(parent);
    button->setObjectName(name);
    button->setProperty("kind", kindName(kind));
    button->setAutoDefault(false);
    const int side = Theme::current().u(4);
    button->setIconSize(QSize(side, side));
    if (kind == ButtonKind::Icon) {
        button->setAccessibleName(text);
        button->setToolTip(text);
    } else {
        button->setText(text);
    }
    if (kind == ButtonKind::Link) {
        button->setCursor(Qt::PointingHandCursor);
    }
    button->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    if (!icon.isEmpty()) {
        setButtonIcon(button, icon);
    }
    return button;
}

void setButtonIcon(QPushButton* button, const QString& icon) {
    button->setProperty("iconName", icon);
    button->setIcon(icon.isEmpty() ? QIcon() : themeIcon(icon, iconToken(button)));
}

void setBusy(QPushButton* button, Busy busy) {
    if (busy == Busy::Yes) {
        button->setMinimumWidth(button->width());
        button->setIcon(themeIcon(u"clock"_s, Token::Text3));
        button->setEnabled(false);
    } else {
        button->setMinimumWidth(0);
        setButtonIcon(button, button->property("iconName").toString());
        button->setEnabled(true);
    }
}

void setDisabledReason(QAbstractButton* button, const QString& reason) {
    button->setEnabled(reason.isEmpty());
    button->setAccessibleDescription(reason);
    button->setToolTip(reason);
}

ChoiceGroup::ChoiceGroup(GroupLook look, const QString& accessibleName, QWidget* parent)
    : QFrame(parent)
    , m_look(look)
    , m_group(new QButtonGroup(this))
    , m_row(new QHBoxLayout(this)) {
    const Theme& theme = Theme::current();
    setAccessibleName(accessibleName);
    if (look == GroupLook::Segments) {
        setProperty("kind", u"segments"_s);
        m_row->setContentsMargins(1, 1, 1, 1);
        m_row->setSpacing(theme.u(0.5));
    } else {
        m_row->setContentsMargins(0, 0, 0, 0);
        m_row->setSpacing(theme.u(4));
    }
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &ChoiceGroup::chosen);
}

void ChoiceGroup::addChoice(int id, const QString& text, const QString& name) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    button->setProperty("kind", m_look == GroupLook::Segments ? u"seg"_s : u"tab"_s);
    button->setCheckable(true);
    button->setAutoDefault(false);
    button->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    button->installEventFilter(this);
    m_group->addButton(button, id);
    m_row->addWidget(button);
    if (m_group->checkedId() == -1) {
        button->setChecked(true);
    }
}

int ChoiceGroup::current() const {
    return m_group->checkedId();
}

void ChoiceGroup::setCurrent(int id) {
    if (QAbstractButton* wanted = m_group->button(id)) {
        wanted->setChecked(true);
    }
}

QAbstractButton* ChoiceGroup::button(int id) const {
    return m_group->button(id);
}

bool ChoiceGroup::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int step = key == Qt::Key_Right || key == Qt::Key_Down ? 1
                         : key == Qt::Key_Left || key == Qt::Key_Up  ? -1
                                                                     : 0;
        if (step != 0) {
            const QList<QAbstractButton*> all = m_group->buttons();
            const auto index = all.indexOf(qobject_cast<QAbstractButton*>(watched));
            const auto next = index + step;
            if (index >= 0 && next >= 0 && next < all.size()) {
                all[next]->setFocus(Qt::TabFocusReason);
                all[next]->click();
            }
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

Token stateToken(State state) {
    switch (state) {
    case State::Neutral:
        return Token::Text2;
    case State::Accent:
        return Token::Accent;
    case State::Ok:
        return Token::Ok;
    case State::Warn:
        return Token::Warn;
    case State::Bad:
        return Token::Bad;
    case State::Special:
        return Token::Special;
    }
    return Token::Text2;
}

Token stateTint(State state) {
    switch (state) {
    case State::Neutral:
        return Token::Sunken;
    case State::Accent:
        return Token::AccentTint;
    case State::Ok:
        return Token::OkTint;
    case State::Warn:
        return Token::WarnTint;
    case State::Bad:
        return Token::BadTint;
    case State::Special:
        return Token::SpecialTint;
    }
    return Token::Sunken;
}

QString stateIcon(State state) {
    switch (state) {
    case State::Ok:
        return u"ok"_s;
    case State::Warn:
        return u"warn"_s;
    case State::Bad:
        return u"bad"_s;
    case State::Accent:
        return u"info"_s;
    default:
        return {};
    }
}

Chip::Chip(const QString& text, State state, QWidget* parent)
    : QAbstractButton(parent)
    , m_state(state) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Chip::setCount(qint64 count) {
    m_count = count;
    setAccessibleDescription(count < 0 ? QString() : QLocale().toString(count));
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const {
    const Theme& theme = Theme::current();
    int width = theme.u(5) + fontMetrics().horizontalAdvance(text());
    if (m_state != State::Neutral) {
        width += theme.u(3.5);
    }
    if (m_count >= 0) {
        width += theme.u(1.5) + fontMetrics().horizontalAdvance(QLocale().toString(m_count));
    }
    return {width, theme.u(6.5)};
}

void Chip::mouseReleaseEvent(QMouseEvent* event) {
    m_extend = event->modifiers().testFlag(Qt::ShiftModifier);
    QAbstractButton::mouseReleaseEvent(event);
    m_extend = false;
}

void Chip::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(theme.color(isChecked() ? Token::Accent : Token::LineStrong), 1));
    painter.setBrush(theme.color(!isEnabled()   ? Token::Sunken
                                 : isChecked()  ? Token::AccentTint
                                 : isDown()     ? Token::Sunken
                                 : underMouse() ? Token::Hover
                                                : Token::Surface));
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    int x = theme.u(2.5);
    if (m_state != State::Neutral) {
        // The shape says the state without the colour: dot, triangle, diamond.
        const double side = theme.u(2);
        const QPointF middle(x + side / 2, height() / 2.0);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(isEnabled() ? stateToken(m_state) : Token::Text3));
        if (m_state == State::Warn) {
            painter.drawPolygon(QPolygonF({middle + QPointF(0, -side / 2), middle + QPointF(side / 2, side / 2),
                                           middle + QPointF(-side / 2, side / 2)}));
        } else if (m_state == State::Bad) {
            painter.drawPolygon(QPolygonF({middle + QPointF(0, -side * 0.6), middle + QPointF(side * 0.6, 0),
                                           middle + QPointF(0, side * 0.6), middle + QPointF(-side * 0.6, 0)}));
        } else {
            painter.drawEllipse(middle, side / 2, side / 2);
        }
        x += theme.u(3.5);
    }
    painter.setPen(theme.color(isEnabled() ? Token::Text : Token::Text3));
    const QRect line(x, 0, width() - x, height());
    painter.drawText(line, static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine, text());
    if (m_count >= 0) {
        x += fontMetrics().horizontalAdvance(text()) + theme.u(1.5);
        painter.setPen(theme.color(isEnabled() ? Token::Text2 : Token::Text3));
        painter.drawText(QRect(x, 0, width() - x, height()),
                         static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                         QLocale().toString(m_count));
    }
}

namespace {
QString pillIcon(State state) {
    return state == State::Ok ? u"check"_s : state == State::Warn || state == State::Bad ? u"warn"_s : QString();
}
} // namespace

int pillWidth(const QString& text, State state) {
    const Theme& theme = Theme::current();
    const QFontMetrics metrics(theme.font(FontRole::Caption));
    return metrics.horizontalAdvance(text) + theme.u(4) + (pillIcon(state).isEmpty() ? 0 : theme.u(4.5));
}

int paintPill(QPainter& painter, const QRect& area, const QString& text, State state, Ground ground) {
    const Theme& theme = Theme::current();
    const int width = std::min(pillWidth(text, state), area.width());
    const int height = std::min(theme.u(5), area.height());
    const QRectF box(area.x(), area.y() + (area.height() - height) / 2.0, width, height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(ground == Ground::Selected ? Token::Surface : stateTint(state)));
    painter.drawRoundedRect(box, height / 2.0, height / 2.0);
    double x = box.x() + theme.u(2);
    if (const QString icon = pillIcon(state); !icon.isEmpty()) {
        const double side = theme.u(3.5);
        paintIcon(painter, icon, QRectF(x, box.center().y() - side / 2, side, side), theme.color(stateToken(state)));
        x += theme.u(4.5);
    }
    painter.setPen(theme.color(stateToken(state)));
    painter.setFont(theme.font(FontRole::Caption));
    const QRectF line(x, box.y(), box.right() - x - theme.u(1), box.height());
    painter.drawText(line, static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(line.width()) + 2));
    painter.restore();
    return width;
}

Pill::Pill(const QString& text, State state, QWidget* parent)
    : QWidget(parent)
    , m_text(text)
    , m_state(state) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void Pill::setState(const QString& text, State state) {
    if (text != m_text || state != m_state) {
        m_text = text;
        m_state = state;
        setAccessibleName(text);
        updateGeometry();
        update();
    }
}

QSize Pill::sizeHint() const {
    return {pillWidth(m_text, m_state), Theme::current().u(5)};
}

void Pill::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintPill(painter, rect(), m_text, m_state, Ground::Normal);
}

} // namespace fettle::ui
