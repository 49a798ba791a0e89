#include "widgets/frames.h"

#include "widgets/icons.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

Card::Card(QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", u"card"_s);
    const Theme& theme = Theme::current();
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(theme.u(5), theme.u(4), theme.u(5), theme.u(4));
    m_column->setSpacing(theme.u(2));
}

QHBoxLayout* Card::addHeading(const QString& title, const QString& icon) {
    const Theme& theme = Theme::current();
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(2));
    if (!icon.isEmpty()) {
        auto* picture = new QLabel;
        picture->setPixmap(
            themeIcon(icon, Token::Text2).pixmap(QSize(theme.u(4.5), theme.u(4.5)), devicePixelRatioF()));
        picture->setProperty("decoration", true);
        connect(&Theme::current(), &Theme::changed, picture, [picture, icon] {
            const int side = Theme::current().u(4.5);
            picture->setPixmap(themeIcon(icon, Token::Text2).pixmap(QSize(side, side), picture->devicePixelRatioF()));
        });
        row->addWidget(picture);
    }
    row->addWidget(new Label(title, FontRole::CardHeading));
    row->addStretch(1);
    m_column->addLayout(row);
    return row;
}

Well::Well(QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", u"well"_s);
    const Theme& theme = Theme::current();
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(theme.u(3), theme.u(2.5), theme.u(3), theme.u(2.5));
    m_column->setSpacing(theme.u(1.5));
}

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent)
    : QWidget(parent)
    , m_orientation(orientation) {
    if (orientation == Qt::Horizontal) {
        setFixedHeight(1);
    } else {
        setFixedWidth(1);
    }
}

void Hairline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const double one = 1 / devicePixelRatioF(); // one device pixel, on its grid
    painter.fillRect(m_orientation == Qt::Horizontal ? QRectF(0, 0, width(), one) : QRectF(0, 0, one, height()),
                     Theme::current().color(Token::Line));
}

PageHeader::PageHeader(const QString& title, const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_title(new Label(title, FontRole::PageTitle))
    , m_sentence(new Label(sentence, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_titleRow(new QHBoxLayout)
    , m_actions(new QHBoxLayout) {
    const Theme& theme = Theme::current();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(4));
    auto* left = new QVBoxLayout;
    left->setSpacing(theme.u(0.5));
    m_titleRow->setSpacing(theme.u(2.5));
    m_titleRow->addWidget(m_title);
    m_titleRow->addStretch(1);
    left->addLayout(m_titleRow);
    left->addWidget(m_sentence);
    row->addLayout(left, 1);
    m_actions->setSpacing(theme.u(2));
    row->addLayout(m_actions);
    m_sentence->setVisible(!sentence.isEmpty());
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void PageHeader::setTitle(const QString& title) {
    m_title->setText(title);
}

void PageHeader::setSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

void PageHeader::addAction(QWidget* widget) {
    m_actions->addWidget(widget, 0, Qt::AlignVCenter);
}

void PageHeader::setPill(QWidget* pill) {
    m_titleRow->insertWidget(1, pill, 0, Qt::AlignVCenter);
}

FieldRow::FieldRow(const QString& label, const QString& hint, QWidget* field, QWidget* parent)
    : QWidget(parent)
    , m_hint(new Label(hint, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_error(new Label({}, FontRole::Caption, Tone::Bad, Wrap::Yes))
    , m_field(field) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme.u(1.5), 0, theme.u(1.5));
    column->setSpacing(theme.u(1));
    auto* row = new QHBoxLayout;
    m_row = row;
    row->setSpacing(theme.u(4));
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    auto* name = new Label(label);
    name->setBuddy(field);
    left->addWidget(name);
    left->addWidget(m_hint);
    row->addLayout(left, 1);
    row->addWidget(field, 0, Qt::AlignRight | Qt::AlignVCenter);
    column->addLayout(row);
    column->addWidget(m_error);
    m_hint->setVisible(!hint.isEmpty()); // only now it has a parent: shown before, it would be a window
    m_error->hide();
    if (field->accessibleName().isEmpty()) {
        field->setAccessibleName(label);
    }
    if (auto* line = field->findChild<QLineEdit*>()) { // the editor inside a spin box is what is focused
        line->setAccessibleName(label);
    }
    field->setAccessibleDescription(hint);
}

void FieldRow::addBeside(QWidget* widget) {
    m_row->insertWidget(1, widget, 0, Qt::AlignVCenter);
}

void FieldRow::setHint(const QString& hint) {
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    m_field->setAccessibleDescription(hint);
}

void FieldRow::setError(const QString& error) {
    m_error->setText(error);
    m_error->setVisible(!error.isEmpty());
    setSheetProperty(m_field, "fault", !error.isEmpty());
    m_field->setAccessibleDescription(error.isEmpty() ? m_hint->text() : error);
}

QString FieldRow::error() const {
    return m_error->text();
}

PageBody::PageBody(QWidget* parent)
    : QScrollArea(parent) {
    const Theme& theme = Theme::current();
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget;
    page->setProperty("kind", u"page"_s);
    m_column = new QVBoxLayout(page);
    m_column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    m_column->setSpacing(theme.u(3.5));
    setWidget(page);
}

FlowLayout::FlowLayout(QWidget* parent, int gap)
    : QLayout(parent)
    , m_gap(gap >= 0 ? gap : Theme::current().u(2)) {
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() {
    qDeleteAll(m_items);
}

void FlowLayout::addItem(QLayoutItem* item) {
    m_items.append(item);
}

int FlowLayout::count() const {
    return static_cast<int>(m_items.size());
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return m_items.value(index);
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const {
    return place(QRect(0, 0, width, 0), false);
}

QSize FlowLayout::sizeHint() const {
    int width = 0;
    int height = 0;
    for (const QLayoutItem* item : m_items) {
        if (!item->isEmpty()) {
            width += (width > 0 ? m_gap : 0) + item->sizeHint().width();
            height = std::max(height, item->sizeHint().height());
        }
    }
    return {width, height};
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const QLayoutItem* item : m_items) {
        size = size.expandedTo(item->minimumSize());
    }
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool move) const {
    int x = rect.x();
    int y = rect.y();
    int line = 0;
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty()) {
            continue;
        }
        const QSize size = item->sizeHint();
        if (x > rect.x() && x + size.width() > rect.right() + 1) {
            x = rect.x();
            y += line + m_gap;
            line = 0;
        }
        if (move) {
            item->setGeometry(QRect(QPoint(x, y), QSize(std::min(size.width(), rect.width()), size.height())));
        }
        x += size.width() + m_gap;
        line = std::max(line, size.height());
    }
    return y + line - rect.y();
}

} // namespace fettle::ui
