#include "bridge/runs_model.h"

#include "bridge/strings.h"
#include "widgets/table.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

StateWord stateWord(RunState state, const std::string& reason) {
    switch (state) {
    case RunState::None:
        return {RunsModel::tr("Prepared"), State::Neutral};
    case RunState::Queued:
        return {RunsModel::tr("Queued"), State::Neutral};
    case RunState::Starting:
        return {RunsModel::tr("Starting"), State::Accent};
    case RunState::Running:
        return {RunsModel::tr("Running"), State::Accent};
    case RunState::Paused:
        return {RunsModel::tr("Paused"), State::Warn};
    case RunState::Stopping:
        return {RunsModel::tr("Stopping"), State::Accent};
    case RunState::Succeeded:
        if (reason == "target_loss") {
            return {RunsModel::tr("Target reached"), State::Ok};
        }
        if (reason == "early_stopping") {
            return {RunsModel::tr("Stopped early"), State::Ok};
        }
        return {RunsModel::tr("Succeeded"), State::Ok};
    case RunState::Stopped:
        if (reason == "max_minutes") {
            return {RunsModel::tr("Time is up"), State::Neutral};
        }
        if (reason == "low_disk") {
            return {RunsModel::tr("Disk nearly full"), State::Warn};
        }
        return {RunsModel::tr("Stopped"), State::Neutral};
    case RunState::Aborted:
        return {RunsModel::tr("Aborted"), State::Neutral};
    case RunState::Interrupted:
        return {RunsModel::tr("Interrupted"), State::Warn};
    case RunState::Failed:
        if (reason == "non_finite_loss") {
            return {RunsModel::tr("Diverged"), State::Bad};
        }
        if (reason == "disk_full") {
            return {RunsModel::tr("Disk full"), State::Bad};
        }
        if (reason == "out_of_memory") {
            return {RunsModel::tr("Out of memory"), State::Bad};
        }
        if (reason == "device_lost") {
            return {RunsModel::tr("Device lost"), State::Bad};
        }
        if (reason == "read_only") {
            return {RunsModel::tr("Read-only"), State::Bad};
        }
        if (reason == "data_changed") {
            return {RunsModel::tr("Data changed"), State::Bad};
        }
        if (reason == "engine_missing") {
            return {RunsModel::tr("Engine missing"), State::Bad};
        }
        return {RunsModel::tr("Failed"), State::Bad};
    }
    return {};
}

QString nextAction(RunState state, const std::string& reason, std::int64_t checkpointStep) {
    const QString step = Format::exactCount(checkpointStep);
    if (state == RunState::Stopped && reason == "low_disk") {
        return checkpointStep > 0 ? RunsModel::tr("Free some space, then go on from step %1.").arg(step)
                                  : RunsModel::tr("Free some space, then start again.");
    }
    if (state == RunState::Stopped && reason == "max_minutes") {
        return RunsModel::tr("It can go on from step %1 for as long again.").arg(step);
    }
    if (state == RunState::Interrupted || state == RunState::Stopped) {
        return checkpointStep > 0 ? RunsModel::tr("It can go on from step %1.").arg(step)
                                  : RunsModel::tr("It ended before its first checkpoint and can be started again.");
    }
    if (state != RunState::Failed) {
        return {};
    }
    if (reason == "non_finite_loss") {
        return checkpointStep > 0
                   ? RunsModel::tr("Go on from step %1 with half the learning rate, or look at the rows named.")
                         .arg(step)
                   : RunsModel::tr("Start again with half the learning rate, or look at the rows named.");
    }
    if (reason == "disk_full") {
        return checkpointStep > 0 ? RunsModel::tr("Free some space, then go on from step %1.").arg(step)
                                  : RunsModel::tr("Free some space, then start again.");
    }
    if (reason == "out_of_memory") {
        return RunsModel::tr("Lower the context or the batch tokens, then go on.");
    }
    if (reason == "device_lost") {
        return RunsModel::tr("Check the device, then go on from the last checkpoint.");
    }
    if (reason == "read_only") {
        return RunsModel::tr("Make the project's folder writable, then go on.");
    }
    if (reason == "data_changed") {
        return RunsModel::tr("Start a new run with the rows as they are now, or put the old file back and go on.");
    }
    if (reason == "engine_missing") {
        return RunsModel::tr("Install the engine, then start again.");
    }
    return RunsModel::tr("Details stand in the run's log.");
}

int slotOf(const std::string& runId) {
    std::int64_t number = 0;
    bool digits = false;
    for (const char c : runId) {
        if (c >= '0' && c <= '9') {
            number = std::min<std::int64_t>(number * 10 + (c - '0'), 1'000'000);
            digits = true;
        }
    }
    if (!digits || number == 0) {
        std::uint32_t hash = 2166136261U; // FNV-1a: the same slot in every session
        for (const char c : runId) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
        }
        return static_cast<int>(hash % 12);
    }
    return static_cast<int>((number - 1) % 12);
}

bool RunRow::live() const {
    return summary.state != RunState::None && !jobs::isFinal(summary.state);
}

std::optional<double> RunRow::fraction() const {
    if (summary.totalSteps <= 0) {
        return std::nullopt;
    }
    return std::clamp(static_cast<double>(summary.step) / static_cast<double>(summary.totalSteps), 0.0, 1.0);
}

std::optional<double> RunRow::secondsLeft() const {
    if (summary.state != RunState::Running || summary.totalSteps <= summary.step || !(stepMs > 0)) {
        return std::nullopt;
    }
    return static_cast<double>(summary.totalSteps - summary.step) * stepMs / 1000;
}

QString RunRow::title() const {
    return summary.name.empty() ? qs(summary.id) : qs(summary.name);
}

namespace {

struct ColumnSpec {
    const char* title;
    bool right;
    const char* sample;
    QString (*text)(const RunRow&);
};

QString progressText(const RunRow& row) {
    const run::RunSummary& s = row.summary;
    if (const std::optional<double> fraction = row.fraction(); fraction && s.state != RunState::Failed) {
        return Format::percent(*fraction);
    }
    if (s.step > 0) {
        return jobs::isFinal(s.state) ? RunsModel::tr("ended at step %1").arg(Format::exactCount(s.step))
                                      : RunsModel::tr("step %1").arg(Format::exactCount(s.step));
    }
    return Format::unknown();
}

const std::array<ColumnSpec, RunsModel::ColumnCount>& columns() {
    static const std::array<ColumnSpec, RunsModel::ColumnCount> table = {{
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Run"), false, "Run 888  rank 16, lr 2e-4",
         [](const RunRow& r) { return r.title(); }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "State"), false, "Disk nearly full WW",
         [](const RunRow& r) { return stateWord(r.summary.state, r.summary.reason).word; }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Progress"), false, "ended at step 88,888", progressText},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Train loss"), true, "88.888",
         [](const RunRow& r) { return Format::loss(r.summary.trainLoss); }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Valid. loss"), true, "88.888",
         [](const RunRow& r) { return Format::loss(r.summary.validationLoss); }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Tokens/s"), true, "88,888",
         [](const RunRow& r) {
             return r.summary.tokensPerSecond && *r.summary.tokensPerSecond > 0
                        ? Format::exactCount(std::llround(*r.summary.tokensPerSecond))
                        : Format::unknown();
         }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Peak"), true, "888.8 GB",
         [](const RunRow& r) {
             return r.summary.peakBytes > 0 ? Format::bytes(r.summary.peakBytes) : Format::unknown();
         }},
        {QT_TRANSLATE_NOOP("fettle::ui::RunsModel", "Started"), true, "yesterday 23:59",
         [](const RunRow& r) { return Format::when(r.summary.startedMs); }},
    }};
    return table;
}

} // namespace

RunsModel::RunsModel(QObject* parent)
    : QAbstractTableModel(parent) {}

QStringList RunsModel::columnSamples() {
    QStringList out;
    for (const ColumnSpec& column : columns()) {
        out << QString::fromLatin1(column.sample);
    }
    return out;
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const ColumnSpec& column = columns()[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) {
        return tr(column.title);
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (column.right ? Qt::AlignRight : Qt::AlignLeft));
    }
    return {};
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const RunRow& row = m_rows[index.row()];
    const ColumnSpec& column = columns()[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return column.text(row);
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter | (column.right ? Qt::AlignRight : Qt::AlignLeft));
    case FolderRole:
        return qs(row.summary.folder);
    case SwatchRole:
        if (index.column() == Name) {
            return row.summary.state == RunState::Queued || row.summary.state == RunState::None ? -1 : row.slot;
        }
        return {};
    case TagsRole:
        if (index.column() == Name) {
            QStringList tags;
            for (const std::string& tag : row.summary.tags) {
                tags << qs(tag);
            }
            return tags.isEmpty() ? QVariant() : QVariant(tags);
        }
        return {};
    case SecondaryRole:
        if (index.column() == Name) {
            return m_overlays.contains(qs(row.summary.folder)) ? tr("%1, in charts").arg(row.what) : row.what;
        }
        return {};
    case PillRole:
        return index.column() == Status
                   ? QVariant(static_cast<int>(stateWord(row.summary.state, row.summary.reason).state))
                   : QVariant();
    case BarRole:
        if (index.column() == Progress && row.summary.state != RunState::Failed) {
            if (const std::optional<double> fraction = row.fraction(); fraction && row.summary.step > 0) {
                return *fraction;
            }
        }
        return {};
    case ToneRole:
        if (index.column() == TrainLoss && row.summary.trainLoss && !std::isfinite(*row.summary.trainLoss)) {
            return static_cast<int>(Token::Bad);
        }
        return {};
    case Qt::ToolTipRole:
        if (index.column() == Name && !row.summary.note.empty()) {
            return qs(row.summary.note);
        }
        if (index.column() <= Progress) {
            const QString next = nextAction(row.summary.state, row.summary.reason, row.summary.lastCheckpointStep);
            const QString message = qs(row.summary.message);
            return message.isEmpty() ? next : next.isEmpty() ? message : QString(message % u'\n' % next);
        }
        return {};
    case Qt::AccessibleTextRole:
        return index.column() == Name
                   ? tr("%1, %2, %3").arg(row.title(), row.what, stateWord(row.summary.state, row.summary.reason).word)
                   : tr("%1: %2").arg(tr(column.title), column.text(row));
    case CopyRole:
        switch (index.column()) {
        case TrainLoss:
            return row.summary.trainLoss ? QVariant(QString::number(*row.summary.trainLoss, 'g', 17))
                                         : QVariant(QString());
        case ValidationLoss:
            return row.summary.validationLoss ? QVariant(QString::number(*row.summary.validationLoss, 'g', 17))
                                              : QVariant(QString());
        case Speed:
            return row.summary.tokensPerSecond ? QVariant(QString::number(*row.summary.tokensPerSecond, 'g', 17))
                                               : QVariant(QString());
        case Peak:
            return QString::number(row.summary.peakBytes);
        default:
            return {};
        }
    default:
        return {};
    }
}

void RunsModel::setRows(QVector<RunRow> rows) {
    const auto same = [](const RunRow& a, const RunRow& b) { return sameRun(a, b); };
    const auto added = rows.size() - m_rows.size();
    if (added == 0 && std::equal(rows.begin(), rows.end(), m_rows.begin(), same)) {
        for (qsizetype i = 0; i < rows.size(); ++i) {
            rows[i].stepMs = rows[i].stepMs > 0 ? rows[i].stepMs : m_rows[i].stepMs;
        }
        m_rows = std::move(rows);
        if (!m_rows.isEmpty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        }
        return;
    }
    if (added > 0 && std::equal(m_rows.begin(), m_rows.end(), rows.begin() + added, same)) { // new runs stand in front
        beginInsertRows({}, 0, static_cast<int>(added) - 1);
        m_rows = std::move(rows);
        endInsertRows();
        if (rowCount() > added) {
            Q_EMIT dataChanged(index(static_cast<int>(added), 0), index(rowCount() - 1, ColumnCount - 1));
        }
        return;
    }
    if (added == -1) { // one was deleted
        const auto [gone, _] = std::mismatch(m_rows.begin(), m_rows.end() - 1, rows.begin(), same);
        if (std::equal(gone + 1, m_rows.end(), rows.begin() + (gone - m_rows.begin()), same)) {
            const int at = static_cast<int>(gone - m_rows.begin());
            beginRemoveRows({}, at, at);
            m_rows = std::move(rows);
            endRemoveRows();
            return;
        }
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int RunsModel::rowOf(const QString& folder) const {
    const std::string key = us(folder);
    const auto it =
        std::find_if(m_rows.begin(), m_rows.end(), [&key](const RunRow& row) { return row.summary.folder == key; });
    return it == m_rows.end() ? -1 : static_cast<int>(it - m_rows.begin());
}

const RunRow* RunsModel::find(const QString& folder) const {
    const int row = rowOf(folder);
    return row < 0 ? nullptr : &m_rows[row];
}

void RunsModel::updateRow(const RunRow& row) {
    const int at = rowOf(qs(row.summary.folder));
    if (at >= 0) {
        const double stepMs = m_rows[at].stepMs;
        m_rows[at] = row;
        m_rows[at].stepMs = row.stepMs > 0 ? row.stepMs : stepMs;
        Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
}

void RunsModel::applyEvents(const EventBatch& batch) {
    int first = rowCount();
    int last = -1;
    for (const BridgedEvent& bridged : batch.events) {
        const int at = rowOf(qs(bridged.folder));
        if (at < 0) {
            continue;
        }
        RunRow& row = m_rows[at];
        run::RunSummary& s = row.summary;
        if (const auto* changed = std::get_if<run::StateChanged>(&bridged.event.body)) {
            s.state = changed->state;
            row.queuePlace.reset(); // it has begun
            row.held = false;
            s.reason = changed->reason;
            s.message = changed->message;
            if (changed->fromStep) {
                s.step = *changed->fromStep;
            }
            if (s.startedMs == 0) {
                s.startedMs = bridged.event.timeMs;
            }
            if (jobs::isFinal(s.state)) {
                s.endedMs = bridged.event.timeMs;
            }
        } else if (const auto* metrics = std::get_if<run::StepMetrics>(&bridged.event.body)) {
            s.step = metrics->step;
            s.trainLoss = metrics->loss;
            s.tokensPerSecond = metrics->tokensPerSecond;
            s.peakBytes = std::max(s.peakBytes, metrics->devicePeakBytes.value_or(metrics->peakBytes));
            row.stepMs = row.stepMs > 0 ? 0.9 * row.stepMs + 0.1 * metrics->stepMs : metrics->stepMs;
        } else if (const auto* eval = std::get_if<run::EvalMetrics>(&bridged.event.body)) {
            if (eval->split == "validation") {
                s.validationLoss = eval->loss;
            }
        } else if (const auto* checkpoint = std::get_if<run::CheckpointSaved>(&bridged.event.body)) {
            s.lastCheckpointStep = checkpoint->step;
        } else {
            continue;
        }
        first = std::min(first, at);
        last = std::max(last, at);
    }
    if (last >= 0) {
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
    }
}

const RunRow* RunsModel::active() const {
    const RunRow* waiting = nullptr;
    for (const RunRow& row : m_rows) {
        if (row.live()) {
            if (row.summary.state != RunState::Queued) {
                return &row;
            }
            waiting = &row; // the oldest that waits is next
        }
    }
    return waiting;
}

int RunsModel::count(RunState state) const {
    return static_cast<int>(
        std::count_if(m_rows.begin(), m_rows.end(), [state](const RunRow& row) { return row.summary.state == state; }));
}

void RunsModel::setOverlays(const QSet<QString>& folders) {
    m_overlays = folders;
    if (!m_rows.isEmpty()) {
        Q_EMIT dataChanged(index(0, Name), index(rowCount() - 1, Name));
    }
}

} // namespace fettle::ui
