#include "train/recipe_form.h"

#include "base/files.h"
#include "base/numbers.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "workspace/workspace.h"

#include <QLocale>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kUndoSteps = 200;

std::string decisionsPath(const QString& folder) {
    return us(folder) + "/decisions.json";
}

/// The reason in the window's language, made from the field's own limits.
QString reasonFor(const recipe::Field& field, bool isNumber) {
    const QString low = field.type == recipe::FieldType::Integer ? Format::exactCount(std::llround(field.minimum))
                                                                 : Format::rate(field.minimum);
    const QString high = field.type == recipe::FieldType::Integer ? Format::exactCount(std::llround(field.maximum))
                                                                  : Format::rate(field.maximum);
    if (!isNumber) {
        return field.type == recipe::FieldType::Integer ? RecipeForm::tr("Type a whole number.")
                                                        : RecipeForm::tr("Type a number, for example 2e-4.");
    }
    if (field.minimum == 0 && field.maximum == 0) {
        return RecipeForm::tr("This value is not possible here.");
    }
    return RecipeForm::tr("It goes from %1 to %2.").arg(low, high);
}

} // namespace

RecipeForm::RecipeForm(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace) {
    connect(&workspace, &Workspace::recipeChanged, this, [this] {
        if (!m_saving) {
            adopt();
        }
    });
    adopt();
}

void RecipeForm::adopt() {
    const bool same = m_folder == m_workspace.projectFolder() && m_workspace.recipe() == m_now.recipe;
    if (same && !m_folder.isEmpty()) {
        return;
    }
    m_folder = m_workspace.projectFolder();
    m_now = {m_workspace.recipe(), {}};
    m_undo.clear();
    m_redo.clear();
    m_errors.clear();
    m_dataBytes = 0;
    if (m_workspace.hasProject()) {
        loadDecisions();
        if (const Result<std::uint64_t> size = fileSize(m_workspace.project()->splitPath("train"))) {
            m_dataBytes = *size;
        }
    }
    Q_EMIT changed();
}

void RecipeForm::loadDecisions() {
    const Result<Json> json = readJsonFile(decisionsPath(m_folder)); // a line; absent in most projects
    if (json && json->is_object()) {
        m_now.decisions.overLongRows = jsonInt(*json, "over_long_rows", 0).valueOr(0);
        m_now.decisions.silentRows = jsonInt(*json, "silent_rows", 0).valueOr(0);
    }
}

std::optional<double> RecipeForm::parseNumber(const QString& typed) {
    QString text = typed.trimmed();
    text.remove(QChar(0x00A0)).remove(QChar(0x202F)).remove(u' ');
    bool fine = false;
    const double local = QLocale().toDouble(text, &fine);
    if (fine && std::isfinite(local)) {
        return local;
    }
    const Result<double> plain = parseDouble(us(text)); // as files write it, whatever the language
    return plain && std::isfinite(*plain) ? std::optional<double>(*plain) : std::nullopt;
}

QString RecipeForm::text(const char* key) const {
    const recipe::Field* field = recipe::findField(key);
    if (field == nullptr) {
        return {};
    }
    const Json value = field->get(m_now.recipe);
    if (value.is_number_integer()) {
        return Format::exactCount(value.get<std::int64_t>());
    }
    if (value.is_number()) {
        return Format::rate(value.get<double>());
    }
    return value.is_string() ? qs(value.get<std::string>()) : QString();
}

bool RecipeForm::setText(const char* key, const QString& typed) {
    const recipe::Field* field = recipe::findField(key);
    if (field == nullptr) {
        return false;
    }
    Json value;
    bool isNumber = false;
    if (field->type == recipe::FieldType::Integer || field->type == recipe::FieldType::Number) {
        const std::optional<double> number = parseNumber(typed);
        isNumber = number.has_value();
        const bool whole = number && std::floor(*number) == *number && std::abs(*number) < 9e15;
        if (number && field->type == recipe::FieldType::Integer && whole) {
            value = static_cast<std::int64_t>(*number);
        } else if (number && field->type == recipe::FieldType::Number) {
            value = *number;
        } else {
            isNumber = false;
        }
    } else {
        value = us(typed);
    }
    Snapshot next = m_now;
    const Result<void> set = value.is_null() ? Result<void>(makeError(ErrorCode::InvalidInput, "no number"))
                                             : field->set(next.recipe, value);
    if (!set) {
        m_errors[key] = {typed, reasonFor(*field, isNumber)};
        Q_EMIT changed();
        return false;
    }
    const bool had = m_errors.erase(key) > 0;
    if (!(next.recipe == m_now.recipe)) {
        apply(std::move(next));
    } else if (had) {
        Q_EMIT changed();
    }
    return true;
}

QString RecipeForm::error(const char* key) const {
    const auto found = m_errors.find(key);
    return found == m_errors.end() ? QString() : found->second.reason;
}

QString RecipeForm::typed(const char* key) const {
    const auto found = m_errors.find(key);
    return found == m_errors.end() ? text(key) : found->second.typed;
}

void RecipeForm::change(const recipe::Recipe& recipe) {
    if (!(recipe == m_now.recipe)) {
        apply({recipe, m_now.decisions});
    }
}

void RecipeForm::decide(const RowDecisions& decisions) {
    if (!(decisions == m_now.decisions)) {
        apply({m_now.recipe, decisions});
    }
}

recipe::Recipe RecipeForm::suggested() const {
    recipe::Recipe out = m_now.recipe;
    const recipe::Recipe fresh = Workspace::firstRecipe(m_now.recipe.model, m_dataBytes);
    out.adapter.rank = fresh.adapter.rank;
    out.adapter.alpha = fresh.adapter.alpha;
    out.optimizer.learningRate = fresh.optimizer.learningRate;
    out.training.epochs = fresh.training.epochs;
    out.training.context = fresh.training.context;
    out.training.batchTokens = fresh.training.batchTokens;
    return out;
}

bool RecipeForm::isSuggested() const {
    return !hasErrors() && suggested() == m_now.recipe;
}

void RecipeForm::resetToSuggested() {
    const bool had = !m_errors.empty();
    m_errors.clear();
    const recipe::Recipe wanted = suggested();
    if (!(wanted == m_now.recipe)) {
        apply({wanted, m_now.decisions});
    } else if (had) {
        Q_EMIT changed();
    }
}

void RecipeForm::apply(Snapshot next) {
    m_undo.append(m_now);
    if (m_undo.size() > kUndoSteps) {
        m_undo.removeFirst();
    }
    m_redo.clear();
    m_now = std::move(next);
    save();
    Q_EMIT changed();
}

void RecipeForm::undo() {
    if (!m_errors.empty()) { // what was typed last is taken back first
        m_errors.clear();
    } else if (canUndo()) {
        m_redo.append(m_now);
        m_now = m_undo.takeLast();
        save();
    }
    Q_EMIT changed();
}

void RecipeForm::redo() {
    if (!canRedo()) {
        return;
    }
    m_errors.clear();
    m_undo.append(m_now);
    m_now = m_redo.takeLast();
    save();
    Q_EMIT changed();
}

void RecipeForm::save() {
    if (!m_workspace.hasProject()) {
        return;
    }
    m_saving = true;
    if (!(m_workspace.recipe() == m_now.recipe)) {
        m_workspace.saveRecipe(m_now.recipe);
    }
    m_saving = false;
    const Json wanted =
        Json{{"over_long_rows", m_now.decisions.overLongRows}, {"silent_rows", m_now.decisions.silentRows}};
    const std::string path = decisionsPath(m_folder);
    if (m_now.decisions == RowDecisions{} && !fileExists(path)) {
        return;
    }
    const Result<std::string> before = readFile(path);
    const std::string text = dumpJsonPretty(wanted);
    if (before && *before == text) {
        return;
    }
    if (const Result<void> written = writeFileAtomic(path, text); !written) {
        Q_EMIT m_workspace.failed(tr("Saving what was decided about rows"), written.error());
    }
}

} // namespace fettle::ui
