#include "data/sample_table_model.h"

#include "base/numbers.h"
#include "bridge/strings.h"
#include "data/check_words.h"
#include "data/row_words.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowCells;
using project::RowId;

SampleTableModel::SampleTableModel(Fetch fetch, QObject* parent)
    : QAbstractTableModel(parent)
    , m_fetch(std::move(fetch))
    , m_columns(usualColumns())
    , m_cache(project::kPageRows, kPages) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &SampleTableModel::request);
}

void SampleTableModel::setIndex(project::RowIndexPtr index) {
    beginResetModel();
    m_index = std::move(index);
    m_cache.clear();
    m_asked.clear();
    ++m_generation;
    endResetModel();
}

void SampleTableModel::rowsChanged(const std::vector<RowId>& rows) {
    const std::set<RowId> changed(rows.begin(), rows.end());
    m_cache.makeStaleWhere([&changed](const RowCells& row) { return changed.count(row.id) > 0; });
    m_asked.clear(); // what is on its way may be of before
    ++m_generation;
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void SampleTableModel::allChanged() {
    m_cache.makeStale();
    m_asked.clear();
    ++m_generation;
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

void SampleTableModel::setColumns(const ShownColumns& columns) {
    if (columns == m_columns) {
        return;
    }
    const bool same = columns.size() == m_columns.size() &&
                      std::equal(columns.begin(), columns.end(), m_columns.begin(),
                                 [](const ShownColumn& a, const ShownColumn& b) { return a.name == b.name; });
    if (same) { // widths are the view's
        m_columns = columns;
        return;
    }
    beginResetModel();
    m_columns = columns;
    endResetModel();
}

RowId SampleTableModel::idAt(int row) const {
    return m_index == nullptr || row < 0 || row >= rowCount() ? 0 : (*m_index)[static_cast<std::size_t>(row)];
}

int SampleTableModel::rowOf(RowId id, int near) const {
    if (m_index == nullptr || id == 0) {
        return -1;
    }
    const int count = rowCount();
    for (int by = 0; by < 300; ++by) {
        for (const int row : {near - by, near + by}) {
            if (row >= 0 && row < count && (*m_index)[static_cast<std::size_t>(row)] == id) {
                return row;
            }
        }
    }
    const auto found = std::find(m_index->begin(), m_index->end(), id);
    return found == m_index->end() ? -1 : static_cast<int>(found - m_index->begin());
}

const RowCells* SampleTableModel::cells(int row) const {
    return row < 0 ? nullptr : m_cache.peek(static_cast<std::size_t>(row));
}

QStringList SampleTableModel::metadataKeys() const {
    QStringList out;
    for (const std::string& key : m_metadata) {
        out << qs(key);
    }
    return out;
}

int SampleTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_index == nullptr ? 0 : static_cast<int>(m_index->size());
}

int SampleTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant SampleTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size()) {
        return {};
    }
    const QString& name = m_columns[section].name;
    const DataColumn* column = findDataColumn(name);
    switch (role) {
    case Qt::DisplayRole:
        return columnTitle(name);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            int(column != nullptr ? column->alignment : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter)));
    case HeaderNameRole:
        return name;
    default:
        return {};
    }
}

QVariant SampleTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.column() >= m_columns.size()) {
        return {};
    }
    const QString& name = m_columns[index.column()].name;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
    case ToneRole:
    case IconRole:
    case CopyRole:
        break;
    case Qt::TextAlignmentRole: {
        const DataColumn* column = findDataColumn(name);
        return int(column != nullptr ? column->alignment : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    }
    case RowIdRole:
        return QVariant::fromValue<qint64>(idAt(index.row()));
    default:
        return {};
    }
    const RowCells* row = m_cache.find(static_cast<std::size_t>(index.row()));
    if (m_cache.anythingWanted() && !m_timer.isActive()) {
        m_timer.start();
    }
    if (row == nullptr) { // on its way: the number is known already
        if (role == Qt::DisplayRole && name == u"id") {
            return RowWords::id(idAt(index.row()));
        }
        return role == Qt::DisplayRole ? QVariant(QString(QChar(0x2026)))
               : role == ToneRole      ? QVariant(int(Token::Text3))
                                       : QVariant();
    }
    return cell(*row, name, role);
}

QVariant SampleTableModel::cell(const RowCells& row, const QString& name, int role) const {
    if (name == u"checks") {
        const project::RowCheck* worst = CheckWords::worst(row.checks);
        if (worst == nullptr) {
            return role == Qt::DisplayRole ? QVariant(QString()) : QVariant();
        }
        const State state = CheckWords::state(worst->code);
        switch (role) {
        case IconRole:
            return stateIcon(state);
        case ToneRole:
            return int(stateToken(state));
        default: {
            const QString title = CheckWords::title(worst->code);
            return row.checks.size() > 1 ? QString(title % u" +"_s % QString::number(row.checks.size() - 1)) : title;
        }
        }
    }
    if (role == IconRole) {
        return {};
    }
    const bool rejected = row.state == project::RowState::Rejected;
    if (role == ToneRole) {
        if (rejected || row.id == 0) {
            return int(Token::Text3);
        }
        if (name == u"id") {
            return int(Token::Text2);
        }
        return name == u"loss" && row.loss && *row.loss > kHighLoss ? QVariant(int(Token::Bad)) : QVariant();
    }
    if (role == CopyRole) { // numbers as files have them
        const auto plain = [](const auto& value) {
            return value ? QVariant(qs(formatDouble(static_cast<double>(*value)))) : QVariant(QString());
        };
        if (name == u"id") {
            return QString::number(row.id);
        }
        if (name == u"loss") {
            return plain(row.loss);
        }
        if (name == u"tokens") {
            return plain(row.tokens);
        }
        if (name == u"trained_tokens") {
            return plain(row.trainedTokens);
        }
    }
    if (const DataColumn* column = findDataColumn(name)) {
        // A rejected row says so where its split stands, not by its grey alone.
        if (rejected && name == u"split" && role != CopyRole) {
            return RowWords::state(row.state);
        }
        return column->text(row);
    }
    const std::string key = us(name.mid(9));
    for (const auto& [each, value] : row.metadata) {
        if (each == key) {
            return qs(value);
        }
    }
    return QString();
}

void SampleTableModel::request() {
    std::vector<std::size_t> pages = m_cache.takeWanted(kPagesAtOnce);
    const bool allAsked = std::all_of(pages.begin(), pages.end(), [this](std::size_t page) {
        return std::find(m_asked.begin(), m_asked.end(), page) != m_asked.end();
    });
    if (pages.empty() || m_index == nullptr || allAsked) {
        return;
    }
    // What was asked for and not answered is still wanted, after the newer ones: the request takes its place.
    for (const std::size_t page : m_asked) {
        if (pages.size() < kPagesAtOnce && std::find(pages.begin(), pages.end(), page) == pages.end()) {
            pages.push_back(page);
        }
    }
    std::vector<RowId> ids;
    for (const std::size_t page : pages) {
        const std::size_t first = page * m_cache.pageRows();
        const std::size_t last = std::min(first + m_cache.pageRows(), m_index->size());
        for (std::size_t row = first; row < last; ++row) {
            ids.push_back((*m_index)[row]);
        }
    }
    m_asked = pages;
    ++m_requests;
    const std::uint64_t mine = ++m_request;
    m_fetch(std::move(ids), [this, generation = m_generation, mine, pages](std::vector<RowCells> rows) {
        if (mine == m_request) {
            take(generation, pages, std::move(rows));
        }
    });
}

void SampleTableModel::take(std::uint64_t generation, const std::vector<std::size_t>& pages,
                            std::vector<RowCells> rows) {
    m_asked.clear();
    if (generation != m_generation || m_index == nullptr) {
        return;
    }
    bool newKeys = false;
    std::size_t from = 0;
    const std::size_t count = m_index->size();
    for (const std::size_t page : pages) {
        const std::size_t first = page * m_cache.pageRows();
        const std::size_t length = std::min(m_cache.pageRows(), count > first ? count - first : 0);
        if (from + length > rows.size()) {
            break;
        }
        std::vector<RowCells> part(std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(from)),
                                   std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(from + length)));
        from += length;
        for (const RowCells& row : part) {
            for (const auto& [key, value] : row.metadata) {
                newKeys = m_metadata.size() < 200 && m_metadata.insert(key).second ? true : newKeys;
            }
        }
        m_cache.put(page, std::move(part));
        if (length > 0) {
            Q_EMIT dataChanged(index(static_cast<int>(first), 0),
                               index(static_cast<int>(first + length - 1), columnCount() - 1));
        }
    }
    Q_EMIT pagesArrived();
    if (newKeys) {
        Q_EMIT metadataSeen();
    }
    // The pages beside the one in use, so that scrolling does not meet a gap.
    if (!m_cache.anythingWanted()) {
        const std::size_t here = m_cache.looked();
        const std::size_t pagesThere = (count + m_cache.pageRows() - 1) / m_cache.pageRows();
        for (const std::size_t page : {here == 0 ? here : here - 1, here + 1}) {
            if (page < pagesThere && !m_cache.has(page)) {
                m_cache.note(page);
            }
        }
    }
    if (m_cache.anythingWanted()) {
        m_timer.start();
    }
}

} // namespace fettle::ui
