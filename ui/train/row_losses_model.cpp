#include "train/row_losses_model.h"

#include "base/numbers.h"
#include "bridge/strings.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

RowLossesModel::RowLossesModel(RowLossesPresenter& presenter, QObject* parent)
    : QAbstractTableModel(parent)
    , m_presenter(presenter)
    , m_words(2000) {
    connect(&presenter, &RowLossesPresenter::orderChanged, this, &RowLossesModel::reload);
    connect(&presenter, &RowLossesPresenter::textsChanged, this, [this] {
        m_words.clear();
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0, Words), index(rowCount() - 1, Words));
        }
    });
    reload();
}

void RowLossesModel::reload() {
    beginResetModel();
    m_table = m_presenter.table();
    m_order = m_presenter.order();
    endResetModel();
}

int RowLossesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_order == nullptr ? 0 : static_cast<int>(m_order->size());
}

int RowLossesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : Columns;
}

std::optional<std::int64_t> RowLossesModel::sample(int row) const {
    if (m_order == nullptr || row < 0 || static_cast<std::size_t>(row) >= m_order->size()) {
        return std::nullopt;
    }
    return m_table->history.samples[(*m_order)[static_cast<std::size_t>(row)]];
}

std::span<const float> RowLossesModel::losses(int row) const {
    if (m_order == nullptr || row < 0 || static_cast<std::size_t>(row) >= m_order->size()) {
        return {};
    }
    return m_table->history.row((*m_order)[static_cast<std::size_t>(row)]);
}

QVariant RowLossesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool number = section == Row || section == First || section == Last;
        return static_cast<int>(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Row:
        return tr("Row");
    case Words:
        return tr("First words");
    case Curve:
        return tr("By epoch");
    case First:
        return tr("First loss");
    case Last:
        return tr("Last loss");
    default:
        return tr("Class");
    }
}

QVariant RowLossesModel::data(const QModelIndex& index, int role) const {
    const std::optional<std::int64_t> id = sample(index.row());
    if (!id) {
        return {};
    }
    const std::uint32_t at = (*m_order)[static_cast<std::size_t>(index.row())];
    const std::span<const float> losses = m_table->history.row(at);
    const auto text = [](float loss) {
        return std::isfinite(loss) ? Format::loss(static_cast<double>(loss)) : Format::unknown();
    };
    const auto firstLoss = [&] {
        const auto found = std::find_if(losses.begin(), losses.end(), [](float loss) { return std::isfinite(loss); });
        return found == losses.end() ? std::numeric_limits<float>::quiet_NaN() : *found;
    };
    const auto exact = [](float loss) {
        return std::isfinite(loss) ? qs(formatDouble(static_cast<double>(loss))) : QString();
    };
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Row:
            return Format::exactCount(*id);
        case Words: {
            if (const QString* known = m_words.object(*id)) {
                return *known;
            }
            const QString words = m_presenter.words(*id);
            m_words.insert(*id, new QString(words)); // the cache owns it
            return words;
        }
        case Curve: {
            QStringList all;
            for (const float loss : losses) {
                all << text(loss);
            }
            return all.join(u" → "_s);
        }
        case First:
            return text(firstLoss());
        case Last:
            return text(m_table->last[at]);
        default:
            return RowLossesPresenter::className(m_table->classes[at]);
        }
    case CopyRole:
        switch (index.column()) {
        case Row:
            return QString::number(*id);
        case Curve: {
            QStringList all;
            for (const float loss : losses) {
                all << exact(loss);
            }
            return all.join(u' ');
        }
        case First:
            return exact(firstLoss());
        case Last:
            return exact(m_table->last[at]);
        case Class:
            return qs(train::rowClassName(m_table->classes[at]));
        default:
            return {};
        }
    case PillRole:
        return index.column() == Class
                   ? QVariant(static_cast<int>(RowLossesPresenter::classState(m_table->classes[at])))
                   : QVariant();
    case Qt::TextAlignmentRole: {
        const bool number = index.column() == Row || index.column() == First || index.column() == Last;
        return static_cast<int>(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
    }
    default:
        return {};
    }
}

void RowLossesDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* model = qobject_cast<const RowLossesModel*>(index.model());
    if (model == nullptr || index.column() != RowLossesModel::Curve) {
        TableDelegate::paint(painter, option, index);
        return;
    }
    const Theme& theme = Theme::current();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    painter->save();
    painter->fillRect(option.rect, theme.color(selected ? Token::Selected : hovered ? Token::Hover : Token::Surface));
    const double pixel = 1 / painter->device()->devicePixelRatioF();
    painter->fillRect(QRectF(option.rect.left(), option.rect.bottom() + 1 - pixel, option.rect.width(), pixel),
                      theme.color(Token::Line));
    const QRectF area = QRectF(option.rect).adjusted(theme.u(2), theme.u(1.5), -theme.u(2), -theme.u(1.5));
    const std::span<const float> losses = model->losses(index.row());
    const float top = std::max(model->top(), 1e-6F); // one scale for all rows: curves can be compared
    const auto count = static_cast<double>(std::max<std::size_t>(1, losses.size() - 1));
    painter->setRenderHint(QPainter::Antialiasing);
    QPolygonF line;
    const auto draw = [&] {
        if (line.size() > 1) {
            painter->drawPolyline(line);
        }
        line.clear();
    };
    painter->setPen(QPen(theme.color(Token::S1), 1.6));
    QPointF end;
    for (std::size_t i = 0; i < losses.size(); ++i) {
        if (!std::isfinite(losses[i])) {
            draw();
            continue;
        }
        end = QPointF(area.left() + static_cast<double>(i) / count * area.width(),
                      area.bottom() - static_cast<double>(losses[i] / top) * area.height());
        line.append(end);
    }
    draw();
    if (!end.isNull()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(Token::S1));
        painter->drawEllipse(end, theme.u(0.6), theme.u(0.6));
    }
    painter->restore();
}

} // namespace fettle::ui
