#include "train/row_reader.h"

#include "bridge/strings.h"
#include "train/autopsy.h"
#include "train/model_text.h"
#include "train/run_changes.h"
#include "workspace/workspace.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

/// What the jobs make: written by them, read after them.
struct RowReader::Answer {
    recipe::Recipe recipe;
    std::vector<train::EncodedSample> rows;
    std::vector<ShownRow> shown;
    std::vector<Losses> failure, checkpoint;
    std::int64_t notShown = 0;
};

RowReader::RowReader(Workspace& workspace, EngineDoor engine, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_engine(std::move(engine)) {}

RowReader::~RowReader() {
    cancel();
}

void RowReader::cancel() {
    ++m_generation;
    if (m_job != nullptr) {
        m_job->cancel();
        m_job.reset();
    }
}

void RowReader::clear() {
    cancel();
    m_rows.clear();
    m_failure.clear();
    m_checkpoint.clear();
    m_error.reset();
    m_notShown = 0;
    m_phase = Phase::Nothing;
    Q_EMIT changed();
}

bool RowReader::has(Source source) const {
    const std::vector<Losses>& losses = source == Source::AtFailure ? m_failure : m_checkpoint;
    return std::any_of(losses.begin(), losses.end(), [](const Losses& row) { return !row.empty(); });
}

void RowReader::setSource(Source source) {
    if (source != m_source) {
        m_source = source;
        showLosses();
        Q_EMIT changed();
    }
}

double RowReader::scale() const {
    double top = 1;
    for (const ReadRow& row : m_rows) {
        for (const TokenItem& token : row.shown.tokens) {
            if (token.loss && std::isfinite(*token.loss)) {
                top = std::max(top, *token.loss);
            }
        }
    }
    return top;
}

void RowReader::showLosses() {
    const std::vector<Losses>& from = m_source == Source::AtFailure ? m_failure : m_checkpoint;
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        ReadRow& row = m_rows[i];
        const auto index = static_cast<std::size_t>(i);
        const bool known = index < from.size() && !from[index].empty();
        row.loss.reset();
        row.bad = 0;
        double sum = 0;
        int count = 0;
        for (qsizetype t = 0; t < row.shown.tokens.size(); ++t) {
            const auto token = static_cast<std::size_t>(t);
            row.shown.tokens[t].loss = known && token < from[index].size() ? from[index][token] : std::nullopt;
            if (row.shown.tokens[t].loss) {
                sum += *row.shown.tokens[t].loss;
                ++count;
                row.bad += std::isfinite(*row.shown.tokens[t].loss) ? 0 : 1;
            }
        }
        if (count > 0) {
            row.loss = sum / count;
        }
    }
}

void RowReader::read(const RowRequest& request) {
    cancel();
    m_rows.clear();
    m_failure.clear();
    m_checkpoint.clear();
    m_error.reset();
    m_notShown = 0;
    m_phase = Phase::Reading;
    const std::uint64_t generation = m_generation;
    auto answer = std::make_shared<Answer>();
    const auto post = m_courier.sender();
    m_job = m_workspace.jobs().submit(
        [answer, request](jobs::JobContext& context) -> Result<void> {
            const std::string folder = us(request.folder);
            FETTLE_TRY_VALUE(answer->recipe, train::effectiveRecipe(folder));
            FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(answer->recipe.model));
            FETTLE_TRY_VALUE(const text::TextModel model, train::loadTextModel(path));
            std::vector<std::int64_t> samples(request.samples.begin(), request.samples.end());
            if (request.step) {
                FETTLE_TRY_VALUE(samples,
                                 train::rowsOfStep(folder, answer->recipe, model, *request.step, context.stopToken()));
            }
            if (samples.size() > static_cast<std::size_t>(kMostRows)) {
                answer->notShown = static_cast<std::int64_t>(samples.size()) - kMostRows;
                samples.resize(static_cast<std::size_t>(kMostRows));
            }
            FETTLE_TRY_VALUE(answer->rows,
                             train::encodeRows(answer->recipe, folder, model, samples, context.stopToken()));
            for (const train::EncodedSample& row : answer->rows) {
                ShownRow shown = shownRow(row.row, *model.tokenizer, row.sample);
                shown.system = 0; // here every token may be the one
                answer->shown.push_back(std::move(shown));
                Losses noted;
                const auto found =
                    request.record
                        ? std::find_if(request.record->rows.begin(), request.record->rows.end(),
                                       [&row](const train::DivergedRow& one) { return one.sample == row.sample; })
                        : std::vector<train::DivergedRow>::const_iterator{};
                // Only where each trained token has its number: a row cut into pieces trains fewer.
                if (request.record && found != request.record->rows.end() &&
                    static_cast<std::int64_t>(found->tokenLoss.size()) == row.row.labelCount()) {
                    noted.resize(row.row.ids.size());
                    std::size_t next = 0;
                    for (std::size_t t = 1; t < row.row.ids.size() && t < row.row.labels.size(); ++t) {
                        if (row.row.labels[t] != text::kIgnore) {
                            noted[t] = static_cast<double>(found->tokenLoss[next++]);
                        }
                    }
                }
                answer->failure.push_back(std::move(noted));
            }
            return {};
        },
        {.name = "read rows of a step",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation, request](const Result<void>& result) {
             post([this, answer, generation, request, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 if (!result) {
                     m_phase = Phase::Failed;
                     m_error = result.error();
                     Q_EMIT changed();
                     return;
                 }
                 std::int64_t longest = 0;
                 std::int64_t second = 0;
                 for (const train::EncodedSample& row : answer->rows) {
                     second = std::max(second, std::min(longest, row.tokensBefore));
                     longest = std::max(longest, row.tokensBefore);
                 }
                 for (std::size_t i = 0; i < answer->rows.size(); ++i) {
                     const train::EncodedSample& from = answer->rows[i];
                     ReadRow row;
                     row.sample = from.sample;
                     row.place =
                         tr("%1, line %2").arg(QFileInfo(qs(from.file)).fileName(), Format::exactCount(from.line));
                     row.shown = answer->shown[i];
                     row.tokens = from.tokensBefore;
                     row.longest = answer->rows.size() > 1 && from.tokensBefore == longest && longest > second;
                     row.odd = from.odd;
                     m_rows.append(row);
                 }
                 m_notShown = answer->notShown;
                 m_failure = answer->failure;
                 m_source = has(Source::AtFailure) ? Source::AtFailure : Source::AtCheckpoint;
                 showLosses();
                 m_phase = Phase::Done;
                 if (!request.adapter.isEmpty() && !m_rows.isEmpty()) {
                     score(request, answer, generation);
                 }
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

void RowReader::score(const RowRequest& request, std::shared_ptr<Answer> answer, std::uint64_t generation) {
    m_phase = Phase::Waiting;
    const auto post = m_courier.sender();
    const std::string device = answer->recipe.training.device;
    m_job = m_workspace.jobs().submit(
        [this, post, answer, generation, engine = m_engine,
         adapter = us(request.adapter)](jobs::JobContext& context) -> Result<void> {
            post([this, generation] {
                if (generation == m_generation) {
                    m_phase = Phase::Scoring;
                    Q_EMIT changed();
                }
            });
            FETTLE_TRY_VALUE(train::Engine * opened, engine());
            const recipe::Recipe& recipe = answer->recipe;
            FETTLE_TRY_VALUE(const std::unique_ptr<train::LoadedModel> model,
                             opened->load({.model = recipe.model,
                                           .adapter = {},
                                           .dtype = recipe.training.computeDtype,
                                           .device = recipe.training.device,
                                           .threads = static_cast<int>(recipe.training.threads)}));
            FETTLE_TRY(model->setAdapter(adapter));
            for (const train::EncodedSample& row : answer->rows) {
                if (context.cancelled()) {
                    return makeError(ErrorCode::Cancelled, "stopped");
                }
                FETTLE_TRY_VALUE(Losses losses, train::tokenLosses(*model, row.row));
                answer->checkpoint.push_back(std::move(losses));
            }
            return {};
        },
        {.name = "losses of rows",
         .lane = device == "auto" ? std::string("cpu") : device,
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 m_phase = Phase::Done;
                 if (result) {
                     m_checkpoint = answer->checkpoint;
                     showLosses();
                 } else {
                     m_error = result.error();
                 }
                 Q_EMIT changed();
             });
         }});
}

} // namespace fettle::ui
