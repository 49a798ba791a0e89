#include "train/try_presenter.h"

#include "base/files.h"
#include "base/mutex.h"
#include "bridge/strings.h"
#include "data/importer.h"
#include "project/row_store.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "text/encode.h"
#include "train/model_text.h"
#include "train/run_presenter.h"
#include "workspace/workspace.h"

#include <algorithm>
#include <chrono>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kRowsKept = 500;

/// Asked and expected of a row; nullopt where it has no answer at its end.
std::optional<TryRow> tryRow(const data::Sample& sample) {
    TryRow out;
    if (sample.kind == data::SampleKind::Chat) {
        const auto chat = text::conversationFromJson(sample.row);
        if (!chat || chat->messages.size() < 2 || chat->messages.back().role() != "assistant") {
            return std::nullopt;
        }
        out.expected = qs(chat->messages.back().content());
        const std::size_t asked = chat->messages.size() - 2;
        out.prompt = qs(chat->messages[asked].content());
        Json history = Json::array();
        for (std::size_t i = 0; i < asked; ++i) {
            if (chat->messages[i].role() == "system" && i == 0) {
                out.system = qs(chat->messages[i].content());
            } else {
                history.push_back(chat->messages[i].fields);
            }
        }
        if (!history.empty()) {
            out.history = dumpJson(history);
        }
        return out;
    }
    if (sample.kind == data::SampleKind::Completion && sample.row.contains("prompt") &&
        sample.row["prompt"].is_string() && sample.row["completion"].is_string()) {
        out.prompt = qs(sample.row["prompt"].get<std::string>());
        out.expected = qs(sample.row["completion"].get<std::string>());
        return out;
    }
    if (sample.kind == data::SampleKind::Text && sample.row.contains("text") && sample.row["text"].is_string()) {
        const QString whole = qs(sample.row["text"].get<std::string>());
        const qsizetype half = whole.indexOf(u' ', whole.size() / 2); // the model goes on where the text is cut
        if (half > 0) {
            out.prompt = whole.left(half);
            out.expected = whole.mid(half);
            return out;
        }
    }
    return std::nullopt;
}

text::Message message(const char* role, const std::string& content) {
    text::Message out;
    out.fields["role"] = role;
    out.fields["content"] = content;
    return out;
}

} // namespace

/// What stays loaded between prompts.
struct TryPresenter::Session {
    std::string model, chatTemplate;
    std::unique_ptr<train::LoadedModel> loaded;
    text::TextModel text;
};

TryPresenter::TryPresenter(Workspace& workspace, EngineDoor engine, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_engine(std::move(engine))
    , m_session(std::make_shared<Session>()) {
    connect(&workspace, &Workspace::runsChanged, this, &TryPresenter::changed);
    connect(&workspace, &Workspace::seriesChanged, this, [this](const QString& folder) {
        if (folder == m_folder) {
            Q_EMIT changed();
        }
    });
    // Training needs the memory: the model goes, the next prompt reads it again.
    connect(&workspace, &Workspace::runStarted, this, [this] { m_session = std::make_shared<Session>(); });
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        stop();
        m_session = std::make_shared<Session>();
        m_rows.clear();
        m_row = -1;
        m_prompt.clear();
        m_system.clear();
        setRun({});
        Q_EMIT promptChanged();
    });
}

TryPresenter::~TryPresenter() {
    stop();
}

void TryPresenter::setRun(const QString& folder) {
    if (folder == m_folder) {
        return;
    }
    stop();
    ++m_generation;
    m_job.reset();
    m_folder = folder;
    m_sides = {};
    Q_EMIT changed();
}

TryState TryPresenter::state() const {
    TryState out;
    out.sides = m_sides;
    out.busy = m_job != nullptr;
    out.rowError = m_rowError;
    const RunRow* row = m_workspace.runs().find(m_folder);
    const std::optional<LastCheckpoint> checkpoint = lastCheckpoint(m_workspace, m_folder);
    out.base = m_workspace.modelTitle(qs(m_workspace.recipe().model));
    if (row == nullptr) {
        out.why = tr("Choose a run first.");
        return out;
    }
    out.available = checkpoint.has_value();
    if (out.available) {
        out.tuned = tr("%1, step %2").arg(row->title(), Format::exactCount(checkpoint->step));
    } else {
        out.tuned = row->title();
        out.why = row->live() ? tr("It can be tried after its first checkpoint.")
                              : tr("It ended before its first checkpoint: there is no adapter to try.");
    }
    const bool waiting = std::any_of(m_sides.begin(), m_sides.end(),
                                     [](const TrySide& side) { return side.phase == TrySide::Phase::Waiting; });
    if (const RunRow* active = m_workspace.runs().active(); waiting && active != nullptr && active->owned) {
        out.waitsFor = active->summary.state == jobs::RunState::Paused
                           ? tr("Waits for the processor: %1 is paused and keeps it. Stop and save it, or resume it.")
                                 .arg(active->title())
                           : tr("Waits until %1 has ended: one job at a time uses the processor.").arg(active->title());
    }
    if (m_row >= 0 && m_row < m_rows.size()) {
        const TryRow& from = m_rows[m_row];
        if (!m_rowTouched) {
            out.expected = from.expected;
        }
        const QString line = m_rowsFrom == From::Test         ? tr("Test row %1 of %2")
                             : m_rowsFrom == From::Validation ? tr("Validation row %1 of %2")
                                                              : tr("Training row %1 of %2");
        out.rowLine = line.arg(Format::exactCount(from.number), Format::exactCount(from.total));
        if (!from.history.empty()) {
            if (const Result<Json> turns = parseJson(from.history)) {
                out.earlierTurns = static_cast<int>(turns->size());
            }
        }
    }
    return out;
}

void TryPresenter::setPrompt(const QString& text) {
    if (text == m_prompt) {
        return;
    }
    m_prompt = text;
    const bool touched = m_row >= 0 && m_row < m_rows.size() && text != m_rows[m_row].prompt;
    if (touched != m_rowTouched) {
        m_rowTouched = touched;
        Q_EMIT changed();
    }
}

void TryPresenter::setSystem(const QString& text) {
    m_system = text;
}

void TryPresenter::pickRow() {
    if (m_rowsFolder == m_workspace.projectFolder() && !m_rows.isEmpty()) {
        useRow((m_row + 1) % m_rows.size());
    } else if (!m_reading) {
        readRows();
    }
}

void TryPresenter::useRow(qsizetype index) {
    m_row = index;
    m_rowTouched = false;
    m_prompt = m_rows[index].prompt;
    m_system = m_rows[index].system;
    if (m_job == nullptr) {
        m_sides = {};
    }
    Q_EMIT promptChanged();
    Q_EMIT changed();
}

void TryPresenter::readRows() {
    if (!m_workspace.hasProject()) {
        return;
    }
    struct Answer {
        QVector<TryRow> rows;
        From from = From::Test;
    };
    m_reading = true;
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    const std::shared_ptr<project::Project> project = m_workspace.project();
    (void)m_workspace.jobs().submit(
        [answer, project](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY(project->publishRows(context.stopToken()));
            const auto place = [&project](const char* split) {
                return run::resolveDataPath(std::string("project:") + split, project->folder()).valueOr(std::string());
            };
            const std::string test = place("test");
            const std::string validation = place("validation");
            const std::string train = place("train");
            data::ImportOptions options;
            options.stop = context.stopToken();
            std::int64_t number = 0;
            // Without rows of their own, those that were trained on: better than none, and the line says which.
            answer->from = fileExists(test) ? From::Test : fileExists(validation) ? From::Validation : From::Train;
            const std::string& path = answer->from == From::Test         ? test
                                      : answer->from == From::Validation ? validation
                                                                         : train;
            FETTLE_TRY(data::importRows(path, options, [&](data::Sample&& sample) {
                ++number;
                if (std::optional<TryRow> row = tryRow(sample)) {
                    row->number = number;
                    answer->rows.append(*row);
                }
                return answer->rows.size() < kRowsKept;
            }));
            for (TryRow& row : answer->rows) {
                row.total = number;
            }
            return {};
        },
        {.name = "read rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_workspace.projectFolder()](const Result<void>& result) {
             post([this, answer, folder, result] {
                 m_reading = false;
                 if (folder != m_workspace.projectFolder()) {
                     return;
                 }
                 m_rowError.reset();
                 if (!result) {
                     if (result.error().code != ErrorCode::Cancelled) {
                         m_rowError = result.error();
                     }
                 } else if (answer->rows.isEmpty()) {
                     m_rowError = makeError(ErrorCode::InvalidInput, "no row ends with an answer");
                 } else {
                     m_rows = answer->rows;
                     m_rowsFrom = answer->from;
                     m_rowsFolder = folder;
                     useRow(0);
                     return;
                 }
                 Q_EMIT changed();
             });
         }});
}

void TryPresenter::stop() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
}

void TryPresenter::send() {
    const std::optional<LastCheckpoint> checkpoint = lastCheckpoint(m_workspace, m_folder);
    if (m_job != nullptr || m_prompt.trimmed().isEmpty() || !checkpoint) {
        return;
    }
    const std::string adapter = us(checkpoint->folder);
    m_sides = {};
    m_sides[0].phase = TrySide::Phase::Waiting;
    m_sides[1].phase = TrySide::Phase::Waiting;
    const std::uint64_t generation = ++m_generation;
    const auto post = m_courier.sender();
    // What the job tells: applied to a side unless another prompt was sent meanwhile.
    const auto tell = [this, post, generation](std::size_t side, std::function<void(TrySide&)> change) {
        post([this, generation, side, change = std::move(change)] {
            if (generation == m_generation) {
                change(m_sides[side]);
                Q_EMIT changed();
            }
        });
    };
    std::string history = m_row >= 0 && m_row < m_rows.size() && !m_rowTouched ? m_rows[m_row].history : std::string();
    const jobs::JobBody body = [session = m_session, engine = m_engine, tell, runFolder = us(m_folder), adapter,
                                history = std::move(history), system = us(m_system.trimmed()), prompt = us(m_prompt),
                                maxTokens = m_maxTokens,
                                temperature = m_temperature](jobs::JobContext& context) -> Result<void> {
        tell(0, [](TrySide& side) { side.phase = TrySide::Phase::Loading; });
        FETTLE_TRY_VALUE(const Json json, readJsonFile(runFolder + "/recipe.json"));
        FETTLE_TRY_VALUE(const recipe::Recipe recipe, recipe::fromJson(json));
        if (session->loaded == nullptr || session->model != recipe.model ||
            session->chatTemplate != recipe.data.chatTemplate) {
            session->loaded.reset(); // before the next one takes its memory
            FETTLE_TRY_VALUE(train::Engine * opened, engine());
            FETTLE_TRY_VALUE(text::TextModel own, train::loadTextModel(recipe.model));
            FETTLE_TRY_VALUE(session->text, train::withRecipeTemplate(std::move(own), recipe, runFolder));
            FETTLE_TRY_VALUE(session->loaded, opened->load({.model = recipe.model,
                                                            .adapter = {},
                                                            .dtype = recipe.training.computeDtype,
                                                            .device = recipe.training.device,
                                                            .threads = static_cast<int>(recipe.training.threads)}));
            session->model = recipe.model;
            session->chatTemplate = recipe.data.chatTemplate;
        }
        std::vector<text::TokenId> ids;
        if (session->text.chatTemplate == nullptr) { // the plain text, as such models are trained
            FETTLE_TRY_VALUE(text::Encoding encoded, session->text.tokenizer->encode(prompt, {.addFrame = true}));
            ids = std::move(encoded.ids);
        } else {
            text::Conversation conversation;
            if (!system.empty()) {
                conversation.messages.push_back(message("system", system));
            }
            if (!history.empty()) {
                FETTLE_TRY_VALUE(const Json turns, parseJson(history));
                for (const Json& turn : turns) {
                    conversation.messages.push_back({turn});
                }
            }
            conversation.messages.push_back(message("user", prompt));
            FETTLE_TRY_VALUE(ids, text::encodePrompt(session->text, conversation));
        }
        train::GenerateOptions options;
        options.maxNewTokens = maxTokens;
        options.greedy = temperature <= 0;
        options.temperature = temperature <= 0 ? 1 : temperature;
        options.seed = 1; // both sides draw the same numbers
        options.stopIds = session->text.tokenizer->special().stop;
        options.stop = context.stopToken();
        for (std::size_t side = 0; side < 2; ++side) {
            if (context.cancelled()) {
                return makeError(ErrorCode::Cancelled, "stopped");
            }
            FETTLE_TRY(session->loaded->setAdapter(side == 0 ? std::string() : adapter));
            tell(side, [](TrySide& each) { each.phase = TrySide::Phase::Answering; });
            const auto begin = std::chrono::steady_clock::now();
            const auto seconds = [begin] {
                return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            };
            text::StreamDecoder decoder(*session->text.tokenizer, {.skipSpecial = true});
            const auto show = [&](const std::string& piece, int tokens) {
                tell(side, [piece = qs(piece), tokens, now = seconds()](TrySide& each) {
                    each.text += piece;
                    each.tokens += tokens;
                    each.seconds = now;
                });
            };
            FETTLE_TRY_VALUE(const std::vector<train::Generation> answers,
                             session->loaded->generate({ids}, options, [&](int, std::int32_t id) {
                                 if (std::find(options.stopIds.begin(), options.stopIds.end(), id) ==
                                     options.stopIds.end()) {
                                     show(decoder.push(id), 1);
                                 }
                             }));
            const bool stopped = context.cancelled();
            show(decoder.finish(), 0);
            tell(side, [stopped, took = seconds()](TrySide& each) {
                each.phase = stopped ? TrySide::Phase::Stopped : TrySide::Phase::Done;
                each.seconds = took;
            });
        }
        return {};
    };
    const recipe::Recipe& own = m_workspace.recipe();
    m_job = m_workspace.jobs().submit(body,
                                      {.name = "try a prompt",
                                       .lane = own.training.device == "auto" ? std::string("cpu") : own.training.device,
                                       .onProgress = {},
                                       .onDone = [this, post, generation](const Result<void>& result) {
                                           post([this, generation, result] { finish(generation, result); });
                                       }});
    Q_EMIT changed();
}

void TryPresenter::finish(std::uint64_t generation, const Result<void>& result) {
    if (generation != m_generation) {
        return;
    }
    m_job.reset();
    for (TrySide& side : m_sides) {
        const bool open = side.phase == TrySide::Phase::Waiting || side.phase == TrySide::Phase::Loading ||
                          side.phase == TrySide::Phase::Answering;
        if (!open) {
            continue;
        }
        if (result || result.error().code == ErrorCode::Cancelled) {
            side.phase = TrySide::Phase::Stopped;
        } else {
            side.phase = TrySide::Phase::Failed;
            side.error = result.error();
            break; // said once; the other side stays empty
        }
    }
    for (TrySide& side : m_sides) {
        if (side.phase == TrySide::Phase::Waiting) {
            side.phase = TrySide::Phase::Empty;
        }
    }
    Q_EMIT changed();
}

} // namespace fettle::ui
