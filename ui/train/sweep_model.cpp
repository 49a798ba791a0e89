// The draft of a sweep as people type it, and the table of its results.
#include "base/numbers.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/sweep_view.h"
#include "widgets/table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

Json valueOf(const QString& word) {
    const std::string text = us(word.trimmed());
    const auto json = parseJson(text);
    return json ? *json : Json(text);
}

QString valueText(const Json& value) {
    if (value.is_number_float()) {
        const double number = value.get<double>();
        return number != 0 && std::abs(number) < 0.01 ? Format::rate(number) : Format::number(number, 5);
    }
    return value.is_string() ? qs(value.get<std::string>()) : qs(dumpJson(value));
}

Result<std::optional<double>> numberIn(const QString& text, const char* key) {
    if (text.trimmed().isEmpty()) {
        return std::optional<double>();
    }
    const auto number = parseDouble(us(text.trimmed()));
    if (!number) {
        return makeError(ErrorCode::InvalidInput, "is no number: '" + us(text) + "'").forKey(key);
    }
    return std::optional<double>(*number);
}

} // namespace

Result<train::SweepSpec> sweepOf(const SweepDraft& draft) {
    Json fields = Json::object();
    for (const SweepDraft::Line& line : draft.lines) {
        const std::string key = us(line.key);
        if (fields.contains(key)) {
            return makeError(ErrorCode::InvalidInput, "stands there twice").forKey("fields." + key);
        }
        QString words = line.text;
        Json values = Json::array();
        for (const QString& word : words.replace(u'，', u',').split(u',', Qt::SkipEmptyParts)) {
            if (!word.trimmed().isEmpty()) {
                values.push_back(valueOf(word));
            }
        }
        if (line.range == 0) {
            fields[key] = std::move(values);
            continue;
        }
        Json range = {{line.range == 1 ? "uniform" : "log_uniform", std::move(values)}};
        if (!draft.random) {
            FETTLE_TRY_VALUE(const auto steps, numberIn(line.steps, ("fields." + key + ".steps").c_str()));
            if (steps) {
                range["steps"] = static_cast<std::int64_t>(std::llround(*steps));
            }
        }
        fields[key] = std::move(range);
    }
    Json json = {{"method", draft.random ? "random" : "grid"}, {"fields", std::move(fields)}};
    FETTLE_TRY_VALUE(const auto runs, numberIn(draft.maxRuns, "max_runs"));
    FETTLE_TRY_VALUE(const auto minutes, numberIn(draft.maxMinutes, "max_minutes"));
    FETTLE_TRY_VALUE(const auto seed, numberIn(draft.seed, "seed"));
    if (runs) {
        json["max_runs"] = static_cast<std::int64_t>(std::llround(*runs));
    }
    if (minutes) {
        json["max_minutes"] = *minutes;
    }
    if (seed) {
        json["seed"] = static_cast<std::int64_t>(std::llround(*seed));
    }
    return train::sweepFromJson(json);
}

SweepModel::SweepModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void SweepModel::setResults(train::SweepResults results) {
    const bool same = results.id == m_results.id && results.rows.size() == m_results.rows.size();
    if (same) { // numbers change in place; the order changes only when asked
        m_results = std::move(results);
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        }
        return;
    }
    beginResetModel();
    m_results = std::move(results);
    m_order.resize(static_cast<qsizetype>(m_results.rows.size()));
    std::iota(m_order.begin(), m_order.end(), 0);
    m_column = -1;
    endResetModel();
}

const train::SweepRow* SweepModel::at(int row) const {
    const int index = indexAt(row);
    return index < 0 ? nullptr : &m_results.rows[static_cast<std::size_t>(index)];
}

int SweepModel::rowOf(const std::string& folder) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row)->summary.folder == folder) {
            return row;
        }
    }
    return -1;
}

int SweepModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int SweepModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : lossColumn() + 4;
}

QVariant SweepModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const bool left = section == 0 || section == columnCount() - 1;
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (left ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString arrow = section != m_column ? QString() : m_sortOrder == Qt::AscendingOrder ? u" ↑"_s : u" ↓"_s;
    if (section == 0) {
        return QString(tr("Run") % arrow);
    }
    if (section < lossColumn()) {
        const recipe::Field* field =
            recipe::findField(m_results.spec.fields[static_cast<std::size_t>(section - 1)].key);
        return QString((field == nullptr ? qs(m_results.spec.fields[static_cast<std::size_t>(section - 1)].key)
                                         : QCoreApplication::translate("RecipeField", field->title.c_str())) %
                       arrow);
    }
    const std::array<QString, 4> titles = {tr("Valid. loss"), tr("Time"), tr("Peak"), tr("State")};
    return QString(titles[static_cast<std::size_t>(section - lossColumn())] % arrow);
}

QString SweepModel::text(const train::SweepRow& row, int column) const {
    const run::RunSummary& s = row.summary;
    if (column == 0) {
        return qs(s.name);
    }
    if (column < lossColumn()) {
        const std::string& key = m_results.spec.fields[static_cast<std::size_t>(column - 1)].key;
        const auto found =
            std::find_if(row.values.begin(), row.values.end(), [&key](const auto& item) { return item.first == key; });
        return found == row.values.end() ? Format::unknown() : valueText(found->second);
    }
    switch (column - lossColumn()) {
    case 0:
        return Format::loss(s.bestValidationLoss);
    case 1:
        return s.trainedMs > 0 ? Format::duration(static_cast<double>(s.trainedMs) / 1000) : Format::unknown();
    case 2:
        return s.peakBytes > 0 ? Format::bytes(s.peakBytes) : Format::unknown();
    default:
        return stateWord(s.state, s.reason).word;
    }
}

QVariant SweepModel::sortValue(const train::SweepRow& row, int column) const {
    const run::RunSummary& s = row.summary;
    if (column == 0) {
        return qs(s.id);
    }
    if (column < lossColumn()) {
        const std::string& key = m_results.spec.fields[static_cast<std::size_t>(column - 1)].key;
        for (const auto& [name, value] : row.values) {
            if (name == key) {
                return value.is_number() ? QVariant(value.get<double>()) : QVariant(valueText(value));
            }
        }
        return {};
    }
    switch (column - lossColumn()) {
    case 0:
        return s.bestValidationLoss ? QVariant(*s.bestValidationLoss) : QVariant();
    case 1:
        return s.trainedMs > 0 ? QVariant(static_cast<double>(s.trainedMs)) : QVariant();
    case 2:
        return s.peakBytes > 0 ? QVariant(static_cast<double>(s.peakBytes)) : QVariant();
    default:
        return static_cast<double>(static_cast<int>(s.state));
    }
}

void SweepModel::sort(int column, Qt::SortOrder order) {
    m_column = column;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged();
    arrange();
    Q_EMIT layoutChanged();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

void SweepModel::arrange() {
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_column < 0) {
        return;
    }
    std::stable_sort(m_order.begin(), m_order.end(), [this](int a, int b) {
        const QVariant left = sortValue(m_results.rows[static_cast<std::size_t>(a)], m_column);
        const QVariant right = sortValue(m_results.rows[static_cast<std::size_t>(b)], m_column);
        if (!left.isValid() || !right.isValid()) {
            return left.isValid() && !right.isValid(); // what is not known stands last, whichever way
        }
        const bool numbers = left.typeId() == QMetaType::Double && right.typeId() == QMetaType::Double;
        const int way = numbers ? (left.toDouble() < right.toDouble()   ? -1
                                   : left.toDouble() > right.toDouble() ? 1
                                                                        : 0)
                                : QString::localeAwareCompare(left.toString(), right.toString());
        return m_sortOrder == Qt::AscendingOrder ? way < 0 : way > 0;
    });
}

QVariant SweepModel::data(const QModelIndex& index, int role) const {
    const train::SweepRow* row = index.isValid() ? at(index.row()) : nullptr;
    if (row == nullptr) {
        return {};
    }
    const bool best = m_results.best && static_cast<int>(*m_results.best) == indexAt(index.row());
    const bool left = index.column() == 0 || index.column() == columnCount() - 1;
    switch (role) {
    case Qt::DisplayRole:
        return text(*row, index.column());
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter | (left ? Qt::AlignLeft : Qt::AlignRight));
    case SwatchRole:
        return index.column() == 0 ? QVariant(slotOf(row->summary.id)) : QVariant();
    case TagsRole:
        return index.column() == 0 && best ? QVariant(QStringList{tr("Best")}) : QVariant();
    case PillRole:
        return index.column() == columnCount() - 1
                   ? QVariant(static_cast<int>(stateWord(row->summary.state, row->summary.reason).state))
                   : QVariant();
    case ToneRole:
        return index.column() == lossColumn() && best ? QVariant(static_cast<int>(Token::Ok)) : QVariant();
    case FolderRole:
        return qs(row->summary.folder);
    case CopyRole:
        if (index.column() == lossColumn() && row->summary.bestValidationLoss) {
            return qs(formatDouble(*row->summary.bestValidationLoss));
        }
        return {};
    case Qt::AccessibleTextRole:
        return index.column() == 0
                   ? (best ? tr("%1, the best so far").arg(text(*row, 0)) : text(*row, 0))
                   : tr("%1: %2").arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
                                      text(*row, index.column()));
    default:
        return {};
    }
}

QStringList SweepModel::columnSamples() const {
    QStringList out{u"Run 888 Best 88"_s};
    for (const train::SweepField& field : m_results.spec.fields) {
        const bool words =
            field.range == train::SweepRange::Choice && !field.values.empty() && field.values[0].is_string();
        out << (words ? u"token_accuracy"_s : u"8.8888e-8"_s);
    }
    return out << u"88.888"_s << u"88 min 88 s"_s << u"888.8 GB"_s << u"Disk nearly full"_s;
}

} // namespace fettle::ui
