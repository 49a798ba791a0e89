#include "train/run_record_comparison.h"

#include "recipe/fields.h"
#include "run/recipe_diff.h"
#include "run/run_record.h"
#include "train/field_words.h"
#include "train/run_record_presenter.h"
#include "widgets/table.h"
#include "workspace/workspace.h"

#include <QSet>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// The value of a dotted key; nullptr where the recipe lacks it.
const Json* valueAt(const Json& recipe, const std::string& key) {
    const Json* at = &recipe;
    for (std::size_t begin = 0; begin <= key.size();) {
        const std::size_t end = std::min(key.find('.', begin), key.size());
        if (!at->is_object()) {
            return nullptr;
        }
        const auto found = at->find(key.substr(begin, end - begin));
        if (found == at->end()) {
            return nullptr;
        }
        at = &*found;
        begin = end + 1;
    }
    return at;
}

QString rawText(const Json* value) {
    return value == nullptr ? QString() : value->is_string() ? qs(value->get<std::string>()) : qs(dumpJson(*value));
}

/// As people read it; a value that does not fit its field (an older version wrote it) as it stands.
QString shownText(const recipe::Field* field, const Json* value) {
    if (value == nullptr) {
        return Format::unknown();
    }
    const bool list = value->is_array() &&
                      std::all_of(value->begin(), value->end(), [](const Json& item) { return item.is_string(); });
    const bool map = value->is_object() &&
                     std::all_of(value->begin(), value->end(), [](const Json& item) { return item.is_number(); });
    if (field == nullptr || (value->is_structured() && !list && !map)) {
        return rawText(value);
    }
    return FieldWords::shown(*field, *value);
}

QString titleOf(Workspace& workspace, const QString& folder) {
    const RunRow* row = workspace.runs().find(folder);
    return row != nullptr ? row->title() : folder.section(u'/', -1);
}

QVector<ComparisonRow> compareOrigins(const run::RunRecord& left, const run::RunRecord& right) {
    QVector<ComparisonRow> rows;
    const auto add = [&rows](const QString& title, const QString& group, const QString& a, const QString& b) {
        rows.append({title, group, a, b, a, b, a != b});
    };
    const QVector<RecordSection> ours = RecordWords::origins(left);
    const QVector<RecordSection> theirs = RecordWords::origins(right);
    for (qsizetype i = 0; i < ours.size(); ++i) {
        for (qsizetype k = 0; k < ours[i].lines.size(); ++k) {
            add(ours[i].lines[k].name, ours[i].title, ours[i].lines[k].value, theirs[i].lines[k].value);
        }
    }
    return rows;
}

} // namespace

QVector<ComparisonRow> compareRecipes(const Json& left, const Json& right) {
    const std::vector<run::RecipeDifference> differences = run::recipeDifference(left, right);
    QSet<QString> different;
    for (const run::RecipeDifference& each : differences) {
        different.insert(qs(each.key));
    }
    QVector<ComparisonRow> rows;
    QSet<QString> told{u"output"_s};
    for (const recipe::Field& field : recipe::fields()) {
        const Json* a = valueAt(left, field.key);
        const Json* b = valueAt(right, field.key);
        if (told.contains(qs(field.key)) || (a == nullptr && b == nullptr)) {
            continue;
        }
        told.insert(qs(field.key));
        rows.append({FieldWords::longTitle(field), qs(field.key), shownText(&field, a), shownText(&field, b),
                     rawText(a), rawText(b), different.contains(qs(field.key))});
    }
    for (const run::RecipeDifference& each : differences) {
        if (!told.contains(qs(each.key))) {
            const Json* a = each.left ? &*each.left : nullptr;
            const Json* b = each.right ? &*each.right : nullptr;
            rows.append({qs(each.key), qs(each.key), shownText(nullptr, a), shownText(nullptr, b), rawText(a),
                         rawText(b), true});
        }
    }
    return rows;
}

// ---------------------------------------------------------------- table

ComparisonModel::ComparisonModel(const QString& nameTitle, Names names, QObject* parent)
    : QAbstractTableModel(parent)
    , m_names(names)
    , m_nameTitle(nameTitle) {}

QString ComparisonModel::nameOf(const ComparisonRow& row) const {
    return m_names == Names::Keys ? row.key : row.title;
}

void ComparisonModel::setRows(const QVector<ComparisonRow>& rows, const QString& leftTitle, const QString& rightTitle) {
    m_rows = rows;
    m_leftTitle = leftTitle;
    m_rightTitle = rightTitle;
    choose();
}

void ComparisonModel::setOnlyDifferent(bool only) {
    m_only = only;
    choose();
}

void ComparisonModel::choose() {
    beginResetModel();
    m_shown.clear();
    std::copy_if(m_rows.begin(), m_rows.end(), std::back_inserter(m_shown),
                 [this](const ComparisonRow& row) { return !m_only || row.differs; });
    endResetModel();
}

int ComparisonModel::differences() const {
    return static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [](const ComparisonRow& row) { return row.differs; }));
}

QString ComparisonModel::text() const {
    QStringList lines{QStringList{m_nameTitle, m_leftTitle, m_rightTitle}.join(u'\t')};
    for (const ComparisonRow& row : m_shown) {
        lines << QStringList{nameOf(row), row.leftRaw, row.rightRaw}.join(u'\t');
    }
    return lines.join(u'\n') % u'\n';
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= m_shown.size()) {
        return {};
    }
    const ComparisonRow& row = m_shown[index.row()];
    const QString cell = index.column() == Name ? row.title : index.column() == Left ? row.left : row.right;
    switch (role) {
    case Qt::DisplayRole:
        return cell;
    case Qt::ToolTipRole:
        return index.column() == Name ? QString(row.title % u" · "_s % row.key) : cell;
    case SecondaryRole:
        return index.column() == Name ? row.key : QString();
    case CopyRole:
        return index.column() == Name ? nameOf(row) : index.column() == Left ? row.leftRaw : row.rightRaw;
    case ToneRole:
        return row.differs ? QVariant() : QVariant(int(Token::Text2));
    case Qt::AccessibleTextRole:
        return index.column() == Name ? QString(row.title % u", "_s % row.key) : cell;
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return int(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return section == Name ? m_nameTitle : section == Left ? m_leftTitle : m_rightTitle;
}

// ---------------------------------------------------------------- presenter

RunComparison::RunComparison(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_settings(tr("Setting"), ComparisonModel::Names::Keys)
    , m_origins(tr("Data and machine"), ComparisonModel::Names::Titles) {}

RunComparison::~RunComparison() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
}

void RunComparison::setOnlyDifferent(bool only) {
    m_settings.setOnlyDifferent(only);
    m_origins.setOnlyDifferent(only);
    Q_EMIT changed();
}

void RunComparison::compare(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    m_fault.reset();
    if (m_job != nullptr) {
        m_job->cancel();
    }
    struct Answer {
        QVector<ComparisonRow> settings, origins;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    const std::uint64_t number = ++m_number;
    m_job = m_workspace.jobs().submit(
        [left = us(left), right = us(right), answer](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(const Json ours, readJsonFile(left + "/recipe.json"));
            FETTLE_TRY_VALUE(const Json theirs, readJsonFile(right + "/recipe.json"));
            answer->settings = compareRecipes(ours, theirs);
            FETTLE_TRY_VALUE(const run::RunRecord a, run::readRunRecord(left));
            if (context.cancelled()) {
                return makeError(ErrorCode::Cancelled, "cancelled");
            }
            FETTLE_TRY_VALUE(const run::RunRecord b, run::readRunRecord(right));
            answer->origins = compareOrigins(a, b);
            return {};
        },
        {.name = "compare two runs",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, number](const Result<void>& result) {
             post([this, answer, number, result] {
                 if (number != m_number) {
                     return;
                 }
                 m_job.reset();
                 if (!result) {
                     m_fault = describe(result.error());
                     m_settings.setRows({}, {}, {});
                     m_origins.setRows({}, {}, {});
                 } else {
                     const QString ours = titleOf(m_workspace, m_left);
                     const QString theirs = titleOf(m_workspace, m_right);
                     m_settings.setRows(answer->settings, ours, theirs);
                     m_origins.setRows(answer->origins, ours, theirs);
                 }
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

QString RunComparison::sentence() const {
    const int differ = m_settings.differences();
    return differ == 0 ? tr("The recipes are the same.")
                       : tr("%Ln setting(s) differ", nullptr, differ) % u" · "_s %
                             tr("%1 in all", "settings").arg(Format::exactCount(m_settings.total()));
}

QString RunComparison::originsSentence() const {
    return m_origins.differences() == 0 ? tr("Both ran on the same machine and versions, from the same rows.")
                                        : QString();
}

QString RunComparison::text() const {
    QString out = m_settings.text();
    if (m_origins.rowCount() > 0) {
        out += u'\n' % m_origins.text();
    }
    return out;
}

} // namespace fettle::ui
