#include "data/row_xray.h"

#include "bridge/strings.h"
#include "data/encode_sample.h"
#include "train/model_text.h"
#include "train/preflight_words.h"
#include "workspace/workspace.h"

#include <map>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

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
    const bool start = recipe.data.overLong == "cut_start";
    const qsizetype from = start ? 0 : context;
    const qsizetype to = start ? length - context : length;
    for (qsizetype i = from; i < to; ++i) {
        row.trained -= row.tokens[i].fate == TokenFate::Trained ? 1 : 0;
        row.tokens[i].fate = TokenFate::Cut;
    }
    row.cut = static_cast<int>(to - from);
    row.system = from == 0 ? 0 : row.system;
}

} // namespace

/// The models opened last: a tokenizer takes longer to open than a row to encode.
struct RowXray::Texts {
    Mutex mutex;
    std::map<std::string, text::TextModel> models FETTLE_GUARDED_BY(mutex);

    Result<text::TextModel> get(const std::string& path) {
        {
            MutexLock lock(mutex);
            if (const auto found = models.find(path); found != models.end()) {
                return found->second;
            }
        }
        FETTLE_TRY_VALUE(text::TextModel fresh, train::loadTextModel(path));
        MutexLock lock(mutex);
        if (models.size() >= 4) {
            models.clear();
        }
        models.emplace(path, fresh);
        return fresh;
    }
};

RowXray::RowXray(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_texts(std::make_shared<Texts>()) {
    connect(&workspace, &Workspace::recipeChanged, this, [this] {
        m_stale = true;
        start();
    });
}

RowXray::~RowXray() {
    drop();
}

void RowXray::drop() {
    ++m_generation; // late answers are dropped
    if (m_job != nullptr) {
        m_job->cancel();
        m_job.reset();
    }
}

void RowXray::setSample(std::optional<data::Sample> sample) {
    m_sample = std::move(sample);
    m_stale = true;
    if (!m_sample) {
        drop();
        m_row.reset();
        m_error.reset();
        Q_EMIT changed();
    }
    start();
}

void RowXray::setWanted(bool wanted) {
    m_wanted = wanted;
    start();
}

void RowXray::setModel(const QString& model) {
    if (model != m_model) {
        m_model = model;
        m_stale = true;
        start();
    }
}

void RowXray::setTemplate(const QString& name) {
    if (name != m_template) {
        m_template = name;
        m_stale = true;
        start();
    }
}

QString RowXray::modelInUse() const {
    return m_model.isEmpty() ? qs(m_workspace.recipe().model) : m_model;
}

QString RowXray::templateInUse() const {
    return m_template.isEmpty() ? qs(m_workspace.recipe().data.chatTemplate) : m_template;
}

QStringList RowXray::models() const {
    QStringList out;
    out << modelInUse();
    const QString own = qs(m_workspace.recipe().model);
    if (!out.contains(own)) {
        out << own;
    }
    for (const train::KnownModel& known : train::knownModels()) {
        if (known.present && !out.contains(qs(known.name)) && !out.contains(qs(known.path))) {
            out << qs(known.name);
        }
    }
    return out;
}

void RowXray::start() {
    if (!m_wanted || !m_stale || !m_sample || !m_workspace.hasProject()) {
        return;
    }
    drop();
    m_stale = false;
    struct Answer {
        ShownRow row;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    recipe::Recipe recipe = m_workspace.recipe();
    recipe.model = us(modelInUse());
    recipe.data.chatTemplate = us(templateInUse());
    const auto post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    m_job = m_workspace.jobs().submit(
        [answer, recipe, sample = *m_sample, texts = m_texts,
         folder = us(m_workspace.projectFolder())](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(recipe.model));
            FETTLE_TRY_VALUE(text::TextModel own, texts->get(path));
            FETTLE_TRY_VALUE(const text::TextModel model, train::withRecipeTemplate(std::move(own), recipe, folder));
            FETTLE_TRY_VALUE(const text::EncodedRow row,
                             data::encodeSample(model, sample,
                                                {.trainOn = trainOnOf(recipe.data.trainOn),
                                                 .useTemplate = recipe.data.chatTemplate != "none"}));
            answer->row = shownRow(row, *model.tokenizer, sample.id);
            answer->row.silentReason = qs(row.silentReason);
            answer->row.silent = row.labelCount() == 0;
            answer->row.system = 0; // here every token is looked at
            markCut(answer->row, recipe);
            return {};
        },
        {.name = "token x-ray",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 m_error.reset();
                 if (result) {
                     m_row = std::move(answer->row);
                 } else {
                     m_row.reset();
                     m_error = result.error();
                 }
                 describe();
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

void RowXray::describe() {
    m_facts = {};
    if (m_error) {
        const ErrorText said = ui::describe(*m_error);
        m_facts.fault = said.details.isEmpty() ? said.what : said.details;
        return;
    }
    if (!m_row) {
        return;
    }
    bool added = false; // text of a message that the file does not have
    for (const TokenItem& token : m_row->tokens) {
        ++m_facts.tokens;
        m_facts.trained += token.fate == TokenFate::Trained ? 1 : 0;
        m_facts.context += token.fate == TokenFate::Context ? 1 : 0;
        m_facts.cut += token.fate == TokenFate::Cut ? 1 : 0;
        m_facts.special += token.kind == TokenKind::Special ? 1 : 0;
        added = added || (token.message < 0 && token.kind == TokenKind::Text && token.bytes.trimmed().size() > 9);
    }
    const recipe::Recipe& recipe = m_workspace.recipe();
    const QString count = tr("%1 of %Ln token(s)", nullptr, m_facts.tokens).arg(Format::exactCount(m_facts.trained));
    QStringList lines;
    if (m_row->silent) {
        lines << tr("Nothing is trained. %1").arg(silentWords(m_row->silentReason));
    } else if (recipe.data.trainOn == "all") {
        lines << tr("Every message is trained: %1.").arg(count);
    } else if (recipe.data.trainOn == "last_assistant") {
        lines << tr("Only the last answer is trained: %1.").arg(count);
    } else {
        lines << tr("Answers only: %1.").arg(count);
    }
    if (m_facts.cut > 0) {
        lines << tr("%Ln token(s) over the context of %1 are cut.", nullptr, m_facts.cut)
                     .arg(Format::exactCount(recipe.training.context));
    } else if (m_row->overLong && recipe.data.overLong == "split") {
        lines << tr("The row is longer than the context of %1 and becomes several pieces.")
                     .arg(Format::exactCount(recipe.training.context));
    }
    if (added && m_sample && m_sample->kind != data::SampleKind::Text) {
        const Json& row = m_sample->row;
        const bool own = row.contains("messages") && row["messages"].is_array() && !row["messages"].empty() &&
                         row["messages"].front().value("role", std::string()) == "system";
        if (!own) {
            lines << tr("The system message was added by the model’s chat template, not by your file.");
        }
    }
    m_facts.why = lines.join(u' ');
}

} // namespace fettle::ui
