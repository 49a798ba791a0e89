#include "train/row_peek.h"

#include "bridge/strings.h"
#include "data/encode_sample.h"
#include "data/importer.h"
#include "run/data_path.h"
#include "train/model_text.h"
#include "train/run_service.h"
#include "workspace/workspace.h"

#include <algorithm>
#include <utility>

namespace fettle::ui {

namespace {

text::TrainOn trainOnOf(const std::string& name) {
    return name == "last_assistant" ? text::TrainOn::LastAssistant
           : name == "all"          ? text::TrainOn::All
                                    : text::TrainOn::Assistant;
}

/// Marks what the rule for rows over the context takes away.
void markCut(ShownRow& row, const recipe::Recipe& recipe) {
    const auto length = row.tokens.size();
    const auto context = static_cast<qsizetype>(std::min<std::int64_t>(recipe.training.context, length));
    row.overLong = length > context;
    if (!row.overLong || recipe.data.overLong == "split") {
        return;
    }
    const qsizetype from = recipe.data.overLong == "cut_start" ? 0 : context;
    const qsizetype to = recipe.data.overLong == "cut_start" ? length - context : length;
    for (qsizetype i = from; i < to; ++i) {
        row.trained -= row.tokens[i].fate == TokenFate::Trained ? 1 : 0;
        row.tokens[i].fate = TokenFate::Cut;
    }
    row.cut = static_cast<int>(to - from);
    row.system = from == 0 ? 0 : row.system;
}

} // namespace

Result<ShownRow> readRow(const recipe::Recipe& recipe, const std::string& projectFolder, std::int64_t sample,
                         std::stop_token stop) {
    FETTLE_TRY_VALUE(const recipe::Recipe resolved, train::resolveRecipe(recipe, projectFolder));
    FETTLE_TRY_VALUE(text::TextModel own, train::loadTextModel(resolved.model));
    FETTLE_TRY_VALUE(const text::TextModel model, train::withRecipeTemplate(std::move(own), resolved, projectFolder));
    std::int64_t firstId = 0;
    for (const std::string& file : resolved.data.train) {
        std::optional<data::Sample> found;
        data::ImportOptions options;
        options.format = resolved.data.format;
        options.stop = stop;
        options.firstId = firstId;
        FETTLE_TRY_VALUE(const data::ImportReport report, data::importRows(file, options, [&](data::Sample&& each) {
                             if (each.id == sample) {
                                 found = std::move(each);
                             }
                             return !found.has_value() && !stop.stop_requested();
                         }));
        if (stop.stop_requested()) {
            return makeError(ErrorCode::Cancelled, "cancelled");
        }
        if (found) {
            FETTLE_TRY_VALUE(const text::EncodedRow row,
                             data::encodeSample(model, *found,
                                                {.trainOn = trainOnOf(resolved.data.trainOn),
                                                 .useTemplate = resolved.data.chatTemplate != "none"}));
            ShownRow out = shownRow(row, *model.tokenizer, sample);
            out.silentReason = qs(row.silentReason);
            markCut(out, resolved);
            out.silent = row.labelCount() == 0;
            return out;
        }
        firstId += report.goodRows;
    }
    return makeError(ErrorCode::NotFound, "there is no row " + std::to_string(sample + 1),
                     "The training data has " + std::to_string(firstId) + " rows that can be read.");
}

RowPeek::RowPeek(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this) {}

RowPeek::~RowPeek() {
    drop();
}

void RowPeek::drop() {
    ++m_generation; // late answers are dropped
    if (m_job != nullptr) {
        m_job->cancel();
        m_job.reset();
    }
}

void RowPeek::forget() {
    drop();
    m_wanted = -1;
    m_row.reset();
    m_error.reset();
}

void RowPeek::show(const ShownRow& row) {
    drop();
    m_wanted = row.sample;
    m_row = row;
    m_error.reset();
    Q_EMIT changed();
}

void RowPeek::ask(const recipe::Recipe& recipe, std::int64_t sample) {
    drop();
    m_wanted = sample;
    m_error.reset();
    if (!m_workspace.hasProject()) {
        return;
    }
    auto answer = std::make_shared<std::optional<ShownRow>>(); // written by the job, read after it
    const auto post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    m_job = m_workspace.jobs().submit(
        [answer, recipe, sample, folder = us(m_workspace.projectFolder())](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, readRow(recipe, folder, sample, context.stopToken()));
            return {};
        },
        {.name = "read a row",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 if (result) {
                     m_row = std::move(*answer);
                 } else if (result.error().code != ErrorCode::Cancelled) {
                     m_error = result.error();
                 }
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

} // namespace fettle::ui
