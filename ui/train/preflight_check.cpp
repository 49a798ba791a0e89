#include "train/preflight_check.h"

#include "base/files.h"
#include "base/mutex.h"
#include "bridge/strings.h"
#include "project/run_data.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/run_service.h"
#include "workspace/workspace.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

/// The tokenizer used last, by path of its model.
struct PreflightCheck::TextCache {
    Mutex mutex;
    std::string path FETTLE_GUARDED_BY(mutex);
    text::TextModel model FETTLE_GUARDED_BY(mutex);

    Result<text::TextModel> get(const std::string& wanted) {
        {
            MutexLock lock(mutex);
            if (path == wanted) {
                return model;
            }
        }
        FETTLE_TRY_VALUE(text::TextModel fresh, train::loadTextModel(wanted));
        MutexLock lock(mutex);
        path = wanted;
        model = fresh;
        return fresh;
    }
};

namespace {

CountedSplit counted(const train::EncodedSplit& split) {
    CountedSplit out;
    out.rows = static_cast<std::int64_t>(split.rows.size());
    out.goodRows = split.goodRows;
    out.badRows = split.badRows;
    out.leftOut = split.leftOut;
    out.overLong = split.overLong;
    out.silent = split.silent;
    out.cutTokens = split.cutTokens;
    out.longestRow = split.longestRow;
    out.tokens = split.tokens;
    out.labelTokens = split.labelTokens;
    out.bytesWithoutToken = split.bytesWithoutToken;
    out.silentReason = qs(split.silentReason);
    out.overLongRows = QVector<qint64>(split.overLongRows.begin(), split.overLongRows.end());
    out.silentRows = QVector<qint64>(split.silentRows.begin(), split.silentRows.end());
    for (const data::RowFault& fault : split.faults) {
        if (fault.severity != data::Severity::Error) {
            continue;
        }
        ++out.faultCount;
        if (out.faults.size() < static_cast<qsizetype>(kShownFaults)) {
            Error error = makeError(ErrorCode::InvalidInput, fault.reason);
            error.at(fault.file.substr(fault.file.rfind('/') + 1), fault.line).forKey(fault.key);
            out.faults << qs(error.text());
        }
    }
    return out;
}

std::int64_t lineCount(const std::string& path) {
    const Result<MappedFile> file = MappedFile::open(path);
    return file ? static_cast<std::int64_t>(std::count(file->text().begin(), file->text().end(), '\n')) : 0;
}

} // namespace

ShownRow shownRow(const text::EncodedRow& row, const text::Tokenizer& tokenizer, std::int64_t sample) {
    ShownRow out;
    out.sample = sample;
    out.tokens.reserve(static_cast<qsizetype>(row.ids.size()));
    for (std::size_t i = 0; i < row.ids.size(); ++i) {
        TokenItem item;
        item.id = row.ids[i];
        const std::string bytes = tokenizer.tokenBytes(row.ids[i]);
        item.bytes = QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
        const bool trained = i > 0 && i < row.labels.size() && row.labels[i] != text::kIgnore;
        item.fate = trained ? TokenFate::Trained : TokenFate::Context;
        item.kind = tokenizer.isSpecial(row.ids[i]) ? TokenKind::Special : TokenKind::Text;
        item.message = i < row.message.size() ? row.message[i] : -1;
        out.trained += trained ? 1 : 0;
        out.tokens.append(item);
    }
    // A leading block with the first message (a system message mostly) is folded when a second message follows.
    const auto message = [&row](std::size_t i) { return i < row.message.size() ? row.message[i] : -1; };
    std::size_t second = 0;
    while (second < row.ids.size() && message(second) < 1) {
        ++second;
    }
    if (second < row.ids.size() && row.ids.size() > 48) {
        // Back to where the template opens the second message: the last special token before it.
        std::size_t fold = second;
        while (fold > 0 && !(message(fold - 1) < 0 && tokenizer.isSpecial(row.ids[fold - 1]))) {
            --fold;
        }
        const bool trainedBefore = std::any_of(out.tokens.begin(), out.tokens.begin() + static_cast<qsizetype>(fold),
                                               [](const TokenItem& t) { return t.fate == TokenFate::Trained; });
        out.system = fold > 0 && !trainedBefore ? static_cast<int>(fold - 1) : 0;
    }
    return out;
}

PreflightCheck::PreflightCheck(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_texts(std::make_shared<TextCache>()) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDebounceMs);
    connect(&m_timer, &QTimer::timeout, this, &PreflightCheck::start);
}

PreflightCheck::~PreflightCheck() {
    cancel();
}

std::string PreflightCheck::keyOf(const recipe::Recipe& recipe) const {
    const Json all = recipe::toJson(recipe);
    const std::string rule = recipe.data.overLong == "error" ? "drop" : recipe.data.overLong;
    Json key{{"project", us(m_workspace.projectFolder())},
             {"model", recipe.model},
             {"data", all["data"]},
             {"context", recipe.training.context},
             {"seed", recipe.data.validationShare > 0 ? recipe.seed : 0}}; // which rows are held out
    key["data"]["over_long"] = rule;
    key["data"].erase("shuffle");
    return dumpJson(key);
}

void PreflightCheck::request(const recipe::Recipe& recipe) {
    const std::string key = keyOf(recipe);
    if (key == m_wantedKey && (counting() || (m_count != nullptr && m_count->key == key))) {
        return;
    }
    cancel();
    m_wanted = recipe;
    m_wantedKey = key;
    if (!m_workspace.hasProject()) {
        m_count.reset();
        Q_EMIT changed();
        return;
    }
    m_timer.start();
    Q_EMIT changed();
}

void PreflightCheck::hurry() {
    if (m_timer.isActive()) {
        m_timer.stop();
        start();
    }
}

void PreflightCheck::forget() {
    cancel();
    m_count.reset();
    m_wantedKey.clear();
}

void PreflightCheck::cancel() {
    m_timer.stop();
    ++m_generation; // late answers are dropped
    if (m_job != nullptr) {
        m_job->cancel();
        m_job.reset();
    }
}

void PreflightCheck::start() {
    struct Answer {
        PreflightCount count;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    answer->count.key = m_wantedKey;
    const auto post = m_courier.sender();
    const std::uint64_t generation = ++m_generation;
    m_rowsDone = 0;
    m_rowsTotal = 0;
    ++m_started;
    recipe::Recipe recipe = m_wanted;
    if (recipe.data.overLong == "error") {
        recipe.data.overLong = "drop"; // all of them are counted, not only the first
    }
    const auto tell = [this, post, generation](std::int64_t done, std::int64_t total) {
        post([this, generation, done, total] {
            if (generation == m_generation) {
                m_rowsDone = done;
                m_rowsTotal = total;
                Q_EMIT changed();
            }
        });
    };
    m_job = m_workspace.jobs().submit(
        [answer, recipe, texts = m_texts, folder = us(m_workspace.projectFolder()), project = m_workspace.project(),
         tell](jobs::JobContext& context) -> Result<void> {
            PreflightCount& out = answer->count;
            if (project != nullptr) { // what is counted is what will be trained
                FETTLE_TRY(project::publishFor(*project, recipe, context.stopToken()));
            }
            FETTLE_TRY_VALUE(const recipe::Recipe resolved, train::resolveRecipe(recipe, folder));
            out.modelPath = resolved.model;
            FETTLE_TRY_VALUE(const text::TextModel textModel, texts->get(resolved.model));
            if (const auto files = model::openModel(resolved.model); files) { // a folder without weights still encodes
                out.config = (*files)->config();
            }
            std::int64_t total = 0;
            for (const std::string& file : resolved.data.train) {
                total += lineCount(file);
            }
            std::int64_t told = 0;
            const auto progress = [&](std::int64_t rows) {
                if (rows - told >= std::max<std::int64_t>(50, total / 100)) {
                    told = rows;
                    tell(rows, total);
                }
            };
            tell(0, total);
            {
                FETTLE_TRY_VALUE(const train::EncodedSplit split,
                                 train::encodeSplit(resolved, resolved.data.train, folder, textModel,
                                                    context.stopToken(), progress));
                out.train = counted(split);
                out.trained = train::trainedRowLengths(resolved, split);
                for (std::size_t i = 0; i < split.rows.size() && i < static_cast<std::size_t>(kShownRows); ++i) {
                    out.shown.append(shownRow(split.rows[i], *textModel.tokenizer, split.sampleIds[i]));
                }
            }
            if (!resolved.data.validation.empty()) {
                FETTLE_TRY_VALUE(
                    const train::EncodedSplit split,
                    train::encodeSplit(resolved, resolved.data.validation, folder, textModel, context.stopToken(), {}));
                out.validation = counted(split);
            }
            return {};
        },
        {.name = "count rows for training",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 if (!result) {
                     if (result.error().code == ErrorCode::Cancelled) {
                         Q_EMIT changed();
                         return;
                     }
                     answer->count.error = result.error();
                 }
                 m_count = std::make_shared<const PreflightCount>(std::move(answer->count));
                 Q_EMIT changed();
             });
         }});
}

} // namespace fettle::ui
