// What can be done with a run from its page.
#include "train/run_presenter.h"

#include "base/json.h"
#include "bridge/strings.h"
#include "data/importer.h"
#include "recipe/fields.h"
#include "recipe/row_list.h"
#include "text/conversation.h"
#include "train/run_changes.h"

#include <set>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

constexpr std::size_t kRowsShown = 50;

DataRow dataRow(const data::Sample& sample) {
    DataRow out;
    out.sample = sample.id;
    if (const auto chat = text::conversationFromJson(sample.row); chat && !chat->messages.empty()) {
        out.answer = qs(chat->messages.back().content());
        if (chat->messages.size() > 1) {
            out.asked = qs(chat->messages[chat->messages.size() - 2].content());
        }
        return out;
    }
    const auto field = [&sample](const char* key) {
        return sample.row.contains(key) && sample.row[key].is_string() ? qs(sample.row[key].get<std::string>())
                                                                       : QString();
    };
    out.asked = field("prompt");
    out.answer = field("completion");
    if (out.asked.isEmpty() && out.answer.isEmpty()) {
        out.answer = sample.row.contains("text") ? field("text") : qs(dumpJson(sample.row));
    }
    return out;
}

} // namespace

void RunPresenter::pauseOrResume() {
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (row == nullptr) {
        return;
    }
    if (row->summary.state == RunState::Paused) {
        m_workspace.resumeRun(m_folder);
    } else if (row->summary.state == RunState::Running) {
        m_workspace.pauseRun(m_folder);
    }
}

void RunPresenter::stop() {
    m_workspace.stopRun(m_folder);
}

void RunPresenter::abort() {
    m_workspace.abortRun(m_folder);
}

std::optional<double> RunPresenter::nextRate() const {
    const std::optional<recipe::Recipe> now = recipe();
    return now ? std::optional<double>(now->optimizer.learningRate / 2) : std::nullopt;
}

std::optional<recipe::Recipe> RunPresenter::halfRate() const {
    std::optional<recipe::Recipe> out = recipe();
    if (!out || m_workspace.runs().find(m_folder) == nullptr) {
        return std::nullopt;
    }
    out->output.clear();
    out->optimizer.learningRate /= 2;
    return out;
}

std::optional<recipe::Recipe> RunPresenter::without(const QVector<std::int64_t>& rows) const {
    std::optional<recipe::Recipe> out = recipe();
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (!out || row == nullptr) {
        return std::nullopt;
    }
    out->output.clear();
    auto left = recipe::RowList::of(std::vector<std::int64_t>(rows.begin(), rows.end()));
    if (const auto before = recipe::RowList::parse(out->data.leaveOut)) {
        left.add(*before);
    }
    out->data.leaveOut = left.entries();
    if (const std::optional<LastCheckpoint> from = lastCheckpoint(m_workspace, m_folder)) {
        out->adapter.initFrom = us(from->folder);
        out->adapter.init = "default";
        if (row->summary.totalSteps > from->step) { // what was left of it
            out->training.maxSteps = row->summary.totalSteps - from->step;
        }
    }
    return out;
}

void RunPresenter::leaveOut(const QVector<std::int64_t>& rows) {
    if (const std::optional<recipe::Recipe> next = without(rows)) {
        m_workspace.startRun(*next);
    }
}

void RunPresenter::continueAtHalfRate() {
    const std::optional<double> rate = nextRate();
    if (!rate || m_changing) {
        return;
    }
    m_changing = true; // a second press would halve it again
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [folder = us(m_folder), rate = *rate](jobs::JobContext&) {
            return train::changeRecipe(folder, "optimizer.learning_rate", rate);
        },
        {.name = "halve the learning rate",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, folder = m_folder](const Result<void>& result) {
             post([this, folder, result] {
                 m_changing = false;
                 if (!result) {
                     Q_EMIT m_workspace.failed(tr("Halving the learning rate"), result.error());
                     return;
                 }
                 m_recipes.remove(folder);
                 m_workspace.continueRun(folder);
                 if (folder == m_folder) {
                     readRecipe();
                 }
             });
         }});
}

void RunPresenter::act(RunAction action) {
    switch (action) {
    case RunAction::Continue:
        m_workspace.continueRun(m_folder);
        break;
    case RunAction::Resume:
        m_workspace.resumeRun(m_folder);
        break;
    case RunAction::ContinueAtHalfRate:
        continueAtHalfRate();
        break;
    case RunAction::StartAgainAtHalfRate:
        if (const std::optional<recipe::Recipe> next = halfRate()) {
            m_workspace.startRun(*next);
        }
        break;
    case RunAction::StartAgain:
        if (std::optional<recipe::Recipe> next = recipe()) {
            next->output.clear();
            m_workspace.startRun(*next);
        }
        break;
    case RunAction::ShowRows:
        readRows();
        break;
    case RunAction::LookInside:
        Q_EMIT insideWanted(u"autopsy"_s);
        break;
    case RunAction::ChangeRecipe:
        Q_EMIT recipeWanted();
        break;
    case RunAction::TryIt:
        Q_EMIT tryWanted();
        break;
    case RunAction::Log:
        Q_EMIT logWanted();
        break;
    case RunAction::None:
        break;
    }
}

void RunPresenter::hideRows() {
    m_rowsShown = false;
    Q_EMIT rowsChanged();
}

void RunPresenter::readRows() {
    const std::shared_ptr<const RunSeries> numbers = series();
    const std::optional<recipe::Recipe> recipe = this->recipe();
    if (numbers == nullptr || !recipe || numbers->state.rows.empty()) {
        return;
    }
    std::set<std::int64_t> wanted;
    for (const std::int64_t id : numbers->state.rows) {
        if (wanted.size() < kRowsShown) {
            wanted.insert(id);
        }
    }
    auto answer = std::make_shared<QVector<DataRow>>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, wanted, files = recipe->data.train,
         format = recipe->data.format](jobs::JobContext& context) -> Result<void> {
            data::ImportOptions options;
            options.format = format;
            options.stop = context.stopToken();
            for (const std::string& file : files) {
                FETTLE_TRY_VALUE(const data::ImportReport report,
                                 data::importRows(file, options, [&](data::Sample&& sample) {
                                     if (wanted.count(sample.id) > 0) {
                                         answer->append(dataRow(sample));
                                     }
                                     return answer->size() < static_cast<qsizetype>(wanted.size());
                                 }));
                options.firstId += report.goodRows;
                if (answer->size() >= static_cast<qsizetype>(wanted.size())) {
                    break;
                }
            }
            return {};
        },
        {.name = "read rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_folder](const Result<void>& result) {
             post([this, answer, folder, result] {
                 if (folder != m_folder) {
                     return;
                 }
                 if (!result && result.error().code != ErrorCode::Cancelled) {
                     Q_EMIT m_workspace.failed(tr("Reading the rows"), result.error());
                     return;
                 }
                 m_rows = *answer;
                 m_rowsShown = true;
                 Q_EMIT rowsChanged();
             });
         }});
}

} // namespace fettle::ui
