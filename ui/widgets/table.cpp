#include "widgets/table.h"

#include "widgets/icons.h"
#include "widgets/status.h"

#include <QClipboard>
#include <QFocusEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TableDelegate::TableDelegate(QObject* parent)
    : QStyledItemDelegate(parent) {}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {Theme::current().u(10), Theme::current().rowHeight(m_lines)};
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::current();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    const bool enabled = (index.flags() & Qt::ItemIsEnabled) != 0;
    painter->save();
    painter->fillRect(option.rect, theme.color(selected ? Token::Selected : hovered ? Token::Hover : Token::Surface));
    const double pixel = 1 / painter->device()->devicePixelRatioF();
    painter->fillRect(QRectF(option.rect.left(), option.rect.bottom() + 1 - pixel, option.rect.width(), pixel),
                      theme.color(Token::Line));
    const auto* table = qobject_cast<const DataTable*>(option.widget);
    if (selected && index.column() == 0) {
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                          theme.color(Token::Accent));
    }
    if (table != nullptr && table->showsRing() && table->hasFocus() && table->currentIndex() == index) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(theme.color(Token::Accent), 2));
        painter->drawRoundedRect(QRectF(option.rect).adjusted(2, 2, -2, -2), theme.u(1), theme.u(1));
    }
    QRect area = option.rect.adjusted(theme.u(2), 0, -theme.u(2), 0);
    const QVariant swatch = index.data(SwatchRole);
    if (swatch.isValid()) {
        painter->setRenderHint(QPainter::Antialiasing);
        const double side = theme.u(2.5);
        const QRectF box(area.left() + theme.u(1.5), area.center().y() - side / 2 + 0.5, side, side);
        const int slot = swatch.toInt();
        if (slot >= 0) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.seriesColor(slot));
        } else {
            painter->setPen(QPen(theme.color(Token::LineStrong), 1));
            painter->setBrush(Qt::NoBrush);
        }
        painter->drawRoundedRect(box, theme.u(0.75), theme.u(0.75));
        area.setLeft(area.left() + theme.u(6));
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    if (const QVariant pill = index.data(PillRole); pill.isValid()) {
        paintPill(*painter, area, text, static_cast<State>(pill.toInt()), selected ? Ground::Selected : Ground::Normal);
        painter->restore();
        return;
    }
    const QVariant tone = index.data(ToneRole);
    QColor color = theme.color(!enabled         ? Token::Text3
                               : tone.isValid() ? static_cast<Token>(tone.toInt())
                                                : Token::Text);
    if (const QString icon = index.data(IconRole).toString(); !icon.isEmpty()) {
        const double side = theme.u(4);
        paintIcon(*painter, icon, QRectF(area.left(), area.center().y() - side / 2 + 0.5, side, side), color);
        area.setLeft(area.left() + theme.u(5.5));
        color = theme.color(enabled ? Token::Text : Token::Text3);
    }
    const Qt::Alignment alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    const bool right = (alignment & Qt::AlignRight) != 0;
    if (const QVariant bar = index.data(BarRole); bar.isValid()) {
        const int number = QFontMetrics(option.font).horizontalAdvance(u"100 %"_s) + theme.u(2);
        const QRectF line(area.left(), area.center().y() - theme.u(0.5) + 0.5,
                          std::max(theme.u(8), area.width() - number), theme.u(1));
        paintBar(*painter, line, bar.toDouble(), theme.color(Token::Accent));
        painter->setPen(theme.color(Token::Text2));
        painter->setFont(theme.font(FontRole::Caption));
        painter->drawText(QRect(area.right() - number, area.top(), number, area.height()),
                          static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), text);
        painter->restore();
        return;
    }
    const QString secondary = index.data(SecondaryRole).toString();
    painter->setFont(option.font);
    painter->setPen(color);
    const int flags =
        static_cast<int>(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft)) | Qt::TextSingleLine;
    if (m_lines > 1 && !secondary.isEmpty()) {
        const QFont caption = theme.font(FontRole::Caption);
        const int first = QFontMetrics(option.font).height();
        const int second = QFontMetrics(caption).height();
        const int top = area.top() + (area.height() - first - second) / 2;
        painter->drawText(QRect(area.left(), top, area.width(), first), flags,
                          QFontMetrics(option.font).elidedText(text, Qt::ElideRight, area.width()));
        painter->setFont(caption);
        painter->setPen(theme.color(enabled ? Token::Text2 : Token::Text3));
        painter->drawText(QRect(area.left(), top + first, area.width(), second), flags,
                          QFontMetrics(caption).elidedText(secondary, Qt::ElideMiddle, area.width()));
    } else {
        const QFontMetrics metrics(option.font);
        painter->drawText(area, flags, metrics.elidedText(text, Qt::ElideRight, area.width()));
        if (const QStringList tags = index.data(TagsRole).toStringList(); !tags.isEmpty()) {
            // Right to left from the edge, so that they stand under each other; what does not fit is counted.
            int free = area.width() - metrics.horizontalAdvance(text) - theme.u(2);
            for (qsizetype i = 0; i < tags.size(); ++i) {
                const QString mark = tags.size() - i > 1 && free < pillWidth(tags[i], State::Neutral) + theme.u(12)
                                         ? u"+%1"_s.arg(tags.size() - i)
                                         : tags[i];
                const int width = pillWidth(mark, State::Neutral);
                if (width > free) {
                    break;
                }
                paintPill(*painter, QRect(area.right() - width + 1, area.top(), width, area.height()), mark,
                          State::Neutral, selected ? Ground::Selected : Ground::Normal);
                area.setRight(area.right() - width - theme.u(1));
                free -= width + theme.u(1);
                if (mark != tags[i]) {
                    break;
                }
            }
            painter->setFont(option.font);
            painter->setPen(color);
        }
        if (!secondary.isEmpty() && !right) {
            const int used = metrics.horizontalAdvance(text) + theme.u(2.5);
            const QFont caption = theme.font(FontRole::Caption);
            if (used < area.width() - theme.u(5)) {
                painter->setFont(caption);
                painter->setPen(theme.color(enabled ? Token::Text2 : Token::Text3));
                painter->drawText(area.adjusted(used, 0, 0, 0), flags,
                                  QFontMetrics(caption).elidedText(secondary, Qt::ElideRight, area.width() - used));
            }
        }
    }
    painter->restore();
}

DataTable::DataTable(const QString& name, const QString& accessibleName, QWidget* parent)
    : QTableView(parent)
    , m_delegate(new TableDelegate(this)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    setAccessibleName(accessibleName);
    setItemDelegate(m_delegate);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setWordWrap(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(theme.rowHeight());
    verticalHeader()->setMinimumSectionSize(theme.u(4));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setFixedHeight(theme.u(7.5));
    horizontalHeader()->setMinimumSectionSize(theme.u(6));
    connect(this, &QAbstractItemView::doubleClicked, this, &DataTable::opened);
    connect(&Theme::current(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void DataTable::setLines(int lines) {
    m_delegate->setLines(lines);
    verticalHeader()->setDefaultSectionSize(Theme::current().rowHeight(lines));
}

void DataTable::setColumnSamples(const QStringList& samples, int stretchColumn) {
    m_samples = samples;
    m_stretch = stretchColumn;
    fitColumns();
}

void DataTable::fitColumns() {
    if (model() == nullptr || m_samples.isEmpty()) {
        return;
    }
    const Theme& theme = Theme::current();
    const QFontMetrics metrics(font());
    int used = 0;
    for (int column = 0; column < m_samples.size(); ++column) {
        const QString head = model()->headerData(column, Qt::Horizontal).toString();
        const int width =
            std::max(metrics.horizontalAdvance(m_samples[column]), metrics.horizontalAdvance(head)) + theme.u(5);
        if (column != m_stretch && !isColumnHidden(column)) {
            setColumnWidth(column, width);
            used += width;
        }
    }
    const int wanted = metrics.horizontalAdvance(m_samples.value(m_stretch)) + theme.u(5);
    setColumnWidth(m_stretch, std::max(wanted, viewport()->width() - used));
}

void DataTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void DataTable::focusInEvent(QFocusEvent* event) {
    m_ring = event->reason() != Qt::MouseFocusReason;
    QTableView::focusInEvent(event);
    if (m_ring && model() != nullptr && !currentIndex().isValid() && model()->rowCount() > 0) {
        setCurrentIndex(model()->index(0, 0));
    }
}

void DataTable::mousePressEvent(QMouseEvent* event) {
    m_ring = false;
    QTableView::mousePressEvent(event);
}

void DataTable::keyPressEvent(QKeyEvent* event) {
    m_ring = true;
    if (event->matches(QKeySequence::Copy)) {
        QString text;
        for (const QModelIndex& row : selectionModel()->selectedRows()) {
            for (int column = 0; column < model()->columnCount(); ++column) {
                const QModelIndex cell = row.siblingAtColumn(column);
                const QVariant exact = cell.data(CopyRole);
                text += (column > 0 ? u"\t"_s : QString()) %
                        (exact.isValid() ? exact : cell.data(Qt::DisplayRole)).toString();
            }
            text += u'\n';
        }
        QGuiApplication::clipboard()->setText(text);
        return;
    }
    if (currentIndex().isValid() && event->modifiers() == Qt::NoModifier) {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            Q_EMIT opened(currentIndex());
            return;
        }
        if (event->key() == Qt::Key_Space) {
            Q_EMIT marked(currentIndex());
            return;
        }
    }
    QTableView::keyPressEvent(event);
}

} // namespace fettle::ui
