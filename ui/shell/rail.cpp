#include "shell/rail.h"

#include "bridge/strings.h"
#include "widgets/icons.h"
#include "workspace/project_rows.h"
#include "workspace/workspace.h"

#include <QButtonGroup>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

RailItem::RailItem(const QString& icon, const QString& text, QWidget* parent)
    : QAbstractButton(parent)
    , m_icon(icon) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void RailItem::setFact(const QString& fact) {
    if (fact != m_fact) {
        m_fact = fact;
        setAccessibleDescription(fact);
        updateGeometry();
        update();
        if (m_narrow) {
            setToolTip(fact.isEmpty() ? text() : text() % u" · "_s % fact);
        }
    }
}

void RailItem::setSign(State sign) {
    if (sign != m_sign) {
        m_sign = sign;
        update();
    }
}

void RailItem::setNarrow(bool narrow) {
    m_narrow = narrow;
    setToolTip(!narrow ? QString() : m_fact.isEmpty() ? text() : text() % u" · "_s % m_fact);
    updateGeometry();
    update();
}

QSize RailItem::sizeHint() const {
    const Theme& theme = Theme::current();
    const bool two = !m_narrow && !theme.compact() && !m_fact.isEmpty();
    return {theme.u(m_narrow ? 10 : 42), theme.u(two ? 11.5 : 9)};
}

void RailItem::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        click();
        return;
    }
    QAbstractButton::keyPressEvent(event);
}

void RailItem::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    if (isChecked() || underMouse() || isDown()) {
        painter.setPen(isChecked() ? QPen(theme.color(Token::Line), 1) : Qt::NoPen);
        painter.setBrush(theme.color(isChecked() ? Token::Surface : isDown() ? Token::Sunken : Token::Hover));
        painter.drawRoundedRect(box, theme.u(1.5), theme.u(1.5));
    }
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(Token::Accent));
        painter.drawRoundedRect(QRectF(0, height() * 0.28, 3, height() * 0.44), 1.5, 1.5);
    }
    const double side = theme.u(4.5);
    const double left = m_narrow ? (width() - side) / 2 : theme.u(3.5);
    paintIcon(painter, m_icon, QRectF(left, (height() - side) / 2, side, side),
              theme.color(isChecked() ? Token::Accent : Token::Text2));
    if (m_narrow) {
        return;
    }
    const int x = theme.u(11);
    int right = width() - theme.u(2);
    if (const QString sign = stateIcon(m_sign); !sign.isEmpty()) {
        const double small = theme.u(4);
        right -= theme.u(1) + static_cast<int>(small);
        paintIcon(painter, sign, QRectF(right, (height() - small) / 2, small, small), theme.color(stateToken(m_sign)));
        right -= theme.u(1);
    }
    const bool two = !theme.compact() && !m_fact.isEmpty();
    QFont font = theme.font(isChecked() ? FontRole::BodyStrong : FontRole::Body);
    const QFont caption = theme.font(FontRole::Caption);
    const int first = QFontMetrics(font).height();
    const int second = two ? QFontMetrics(caption).height() : 0;
    const int top = (height() - first - second) / 2;
    painter.setFont(font);
    painter.setPen(theme.color(Token::Text));
    painter.drawText(QRect(x, top, right - x, first),
                     static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                     QFontMetrics(font).elidedText(text(), Qt::ElideRight, right - x));
    if (two) {
        painter.setFont(caption);
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(QRect(x, top + first, right - x, second),
                         static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft) | Qt::TextSingleLine,
                         QFontMetrics(caption).elidedText(m_fact, Qt::ElideRight, right - x));
    }
}

ProjectSwitcher::ProjectSwitcher(QWidget* parent)
    : QAbstractButton(parent) {
    setObjectName(u"rail.project"_s);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setProject({}, {});
}

void ProjectSwitcher::setProject(const QString& name, const QString& model) {
    m_name = name.isEmpty() ? tr("Fettle") : name;
    m_model = name.isEmpty() ? tr("No project open") : model;
    setText(m_name);
    setAccessibleName(tr("Project: %1").arg(m_name));
    setAccessibleDescription(m_model);
    setToolTip(m_narrow ? m_name : QString());
    update();
}

void ProjectSwitcher::setNarrow(bool narrow) {
    m_narrow = narrow;
    setToolTip(narrow ? m_name : QString());
    updateGeometry();
    update();
}

QSize ProjectSwitcher::sizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(m_narrow ? 10 : 42), theme.u(12)};
}

void ProjectSwitcher::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(isDown() ? Token::Sunken : Token::Hover));
        painter.drawRoundedRect(QRectF(rect()), theme.u(1.5), theme.u(1.5));
    }
    const double side = theme.u(7);
    const double left = m_narrow ? (width() - side) / 2 : theme.u(1.5);
    const QRectF logo(left, (height() - side) / 2, side, side);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Token::Accent));
    painter.drawRoundedRect(logo, side * 0.22, side * 0.22);
    painter.setPen(QPen(theme.color(Token::OnAccent), side * 0.09, Qt::SolidLine, Qt::RoundCap));
    painter.setBrush(Qt::NoBrush);
    const auto at = [&logo](double x, double y) {
        return QPointF(logo.x() + x * logo.width(), logo.y() + y * logo.height());
    };
    QPainterPath curve(at(0.27, 0.27)); // a falling loss curve
    curve.cubicTo(at(0.3, 0.55), at(0.43, 0.7), at(0.68, 0.71));
    painter.drawPath(curve);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Token::OnAccent));
    painter.drawEllipse(at(0.74, 0.44), side * 0.045, side * 0.045);
    if (m_narrow) {
        return;
    }
    const int x = theme.u(11);
    const int right = width() - theme.u(6);
    const QFont name = theme.font(FontRole::BodyStrong);
    const QFont caption = theme.font(FontRole::Caption);
    const int first = QFontMetrics(name).height();
    const int second = QFontMetrics(caption).height();
    const int top = (height() - first - second) / 2;
    painter.setFont(name);
    painter.setPen(theme.color(Token::Text));
    painter.drawText(QRect(x, top, right - x, first), static_cast<int>(Qt::AlignVCenter) | Qt::TextSingleLine,
                     QFontMetrics(name).elidedText(m_name, Qt::ElideRight, right - x));
    painter.setFont(caption);
    painter.setPen(theme.color(Token::Text2));
    painter.drawText(QRect(x, top + first, right - x, second), static_cast<int>(Qt::AlignVCenter) | Qt::TextSingleLine,
                     QFontMetrics(caption).elidedText(m_model, Qt::ElideMiddle, right - x));
    const double arrow = theme.u(4);
    paintIcon(painter, u"down"_s, QRectF(right + theme.u(1), (height() - arrow) / 2, arrow, arrow),
              theme.color(Token::Text2));
}

Rail::Rail(const ShellContext& context, const QVector<ScreenSpec>& screens, QWidget* parent)
    : QFrame(parent)
    , m_context(context)
    , m_screens(screens)
    , m_switcher(new ProjectSwitcher)
    , m_group(new QButtonGroup(this)) {
    const Theme& theme = Theme::current();
    setObjectName(u"rail"_s);
    setProperty("kind", u"rail"_s);
    setAccessibleName(tr("Screens"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(2), theme.u(2), theme.u(2), theme.u(2));
    column->setSpacing(theme.u(0.5));
    column->addWidget(m_switcher);
    column->addSpacing(theme.u(2));
    m_group->setExclusive(true);
    bool foot = false;
    for (qsizetype i = 0; i < m_screens.size(); ++i) {
        const ScreenSpec& screen = m_screens[i];
        if (screen.place == ScreenSpec::Place::Foot && !foot) {
            foot = true;
            column->addStretch(1);
        }
        auto* item = new RailItem(screen.icon, screen.title());
        item->setObjectName(u"rail."_s % screen.id);
        item->setAccessibleName(screen.title());
        item->installEventFilter(this);
        m_group->addButton(item, static_cast<int>(i));
        m_items.append(item);
        column->addWidget(item);
        if (i == 0) {
            column->addSpacing(theme.u(1.5));
        }
    }
    if (!foot) {
        column->addStretch(1);
    }
    connect(m_group, &QButtonGroup::idClicked, this, [this](int index) { Q_EMIT chosen(m_screens[index].id); });
    connect(m_switcher, &QAbstractButton::clicked, this, &Rail::showProjects);
    setNarrow(false);
    Workspace& workspace = context.workspace;
    connect(&workspace, &Workspace::projectChanged, this, &Rail::refresh);
    connect(&workspace, &Workspace::recipeChanged, this, &Rail::refresh);
    connect(&workspace, &Workspace::runsChanged, this, &Rail::refresh);
    connect(&workspace.rows(), &ProjectRows::factsChanged, this, &Rail::refresh);
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
    refresh();
}

void Rail::refresh() {
    Workspace& workspace = m_context.workspace;
    const QString model = workspace.modelTitle(qs(workspace.recipe().model));
    m_switcher->setProject(workspace.projectName(), model);
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        m_items[i]->setFact(m_screens[i].fact ? m_screens[i].fact() : QString());
        m_items[i]->setSign(m_screens[i].sign ? m_screens[i].sign() : State::Neutral);
        m_items[i]->setVisible(m_screens[i].under.isEmpty() && (!m_screens[i].needsProject || workspace.hasProject()));
    }
}

void Rail::setCurrent(const QString& screen) {
    const auto shown = std::find_if(m_screens.begin(), m_screens.end(),
                                    [&screen](const ScreenSpec& each) { return each.id == screen; });
    const QString id = shown != m_screens.end() && !shown->under.isEmpty() ? shown->under : screen;
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        if (m_screens[i].id == id) {
            m_items[i]->setChecked(true);
        }
        // Tab enters the rail at the current item; arrows go on from there.
        m_items[i]->setFocusPolicy(m_screens[i].id == id ? Qt::StrongFocus : Qt::ClickFocus);
    }
}

void Rail::setNarrow(bool narrow) {
    const Theme& theme = Theme::current();
    m_narrow = narrow;
    setFixedWidth(theme.u(narrow ? 14 : 46));
    m_switcher->setNarrow(narrow);
    for (RailItem* item : m_items) {
        item->setNarrow(narrow);
    }
}

void Rail::focusCurrent(Qt::FocusReason reason) {
    if (QAbstractButton* item = m_group->checkedButton()) {
        item->setFocus(reason);
    } else {
        m_switcher->setFocus(reason);
    }
}

bool Rail::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            focusNext(qobject_cast<RailItem*>(watched), key == Qt::Key_Down ? 1 : -1);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void Rail::focusNext(RailItem* from, int step) {
    for (qsizetype i = m_items.indexOf(from) + step; i >= 0 && i < m_items.size(); i += step) {
        if (m_items[i]->isVisible()) {
            m_items[i]->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

void Rail::showProjects() {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"rail.projects"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    Workspace& workspace = m_context.workspace;
    int shown = 0;
    for (const ProjectCard& card : workspace.recent()) {
        if (shown++ == 8) {
            break;
        }
        QString name = card.name;
        QAction* action = menu->addAction(name.replace(u'&', u"&&"_s));
        action->setCheckable(true);
        action->setChecked(card.folder == workspace.projectFolder());
        connect(action, &QAction::triggered, &workspace, [&workspace, folder = card.folder] {
            if (folder != workspace.projectFolder()) {
                workspace.openProject(folder);
            }
        });
    }
    if (shown > 0) {
        menu->addSeparator();
    }
    for (const auto& [command, text, icon] :
         {std::tuple(Command::NewProject, tr("New project"), u"plus"_s),
          std::tuple(Command::OpenProject, tr("Open project…"), u"open"_s),
          std::tuple(Command::ImportFile, tr("New project from a file…"), u"drop"_s)}) {
        QAction* action = menu->addAction(themeIcon(icon, Token::Text2), text);
        connect(action, &QAction::triggered, this, [this, wanted = command] { Q_EMIT commandWanted(wanted); });
    }
    menu->popup(m_switcher->mapToGlobal(QPoint(0, m_switcher->height())));
}

} // namespace fettle::ui
