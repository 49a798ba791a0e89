#include "train/recipe_form.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "project/recipe_yaml.h"
#include "run/data_path.h"
#include "train/field_words.h"
#include "workspace/workspace.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kUndoSteps = 200;
constexpr qint64 kOneStepMs = 1000; // keys typed within it belong to one step

std::string decisionsPath(const QString& folder) {
    return us(folder) + "/decisions.json";
}

std::string recipePath(const QString& folder) {
    return us(folder) + "/recipe.yaml";
}

std::string draftPath(const QString& folder) {
    return us(folder) + "/recipe.yaml.draft";
}

} // namespace

RecipeForm::RecipeForm(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace) {
    m_saveTimer.setSingleShot(true);
    m_saveTimer.setInterval(kSaveMs);
    connect(&m_saveTimer, &QTimer::timeout, this, &RecipeForm::save);
    connect(&workspace, &Workspace::projectChanged, this, &RecipeForm::flush);
    connect(&workspace, &Workspace::recipeChanged, this, [this] {
        if (!m_saving) {
            adopt();
        }
    });
    adopt();
}

RecipeForm::~RecipeForm() {
    flush();
}

RecipeForm::Snapshot RecipeForm::parsed(std::string text) const {
    Snapshot out = m_now;
    out.faults.clear();
    Result<recipe::Recipe> read = project::loadRecipeYaml(text, "recipe.yaml", &out.faults);
    if (read) {
        out.recipe = std::move(read).value();
        out.good = text;
    }
    out.text = std::move(text);
    return out;
}

void RecipeForm::adopt() {
    const QString folder = m_workspace.projectFolder();
    const bool other = folder != m_folder;
    const std::string disk =
        folder.isEmpty() ? std::string() : readFile(recipePath(folder)).valueOr(std::string()); // a small file
    if (!other && !folder.isEmpty() && disk == m_onDisk && (m_workspace.recipe() == m_now.recipe || locked())) {
        return;
    }
    flush();
    m_folder = folder;
    m_onDisk = disk;
    m_errors.clear();
    m_typing.invalidate();
    if (!other) {
        m_undo.append(m_now);
        m_redo.clear();
        m_now = parsed(disk);
        Q_EMIT changed();
        return;
    }
    m_undo.clear();
    m_redo.clear();
    m_dataBytes = 0;
    m_now = {};
    m_now.recipe = m_workspace.recipe();
    m_now.good = disk;
    if (m_workspace.hasProject()) {
        m_now = parsed(disk);
        if (locked()) { // nothing good is known: a whole recipe stands behind the form
            m_now.good = project::writeRecipeYaml(m_now.recipe);
        }
        if (const Result<std::string> draft = readFile(draftPath(folder))) {
            m_now = parsed(draft.value());
            if (!locked()) { // it reads well by now
                save();
            }
        }
        loadDecisions();
        const Result<std::string> rows = run::resolveDataPath("project:train", us(m_workspace.projectFolder()));
        if (const Result<std::uint64_t> size = rows ? fileSize(*rows) : Result<std::uint64_t>(rows.error())) {
            m_dataBytes = *size;
        }
    }
    Q_EMIT changed();
}

void RecipeForm::readAgain() {
    if (m_folder.isEmpty() || m_saveTimer.isActive() || locked()) {
        return;
    }
    const Result<std::string> disk = readFile(recipePath(m_folder));
    if (disk && *disk != m_onDisk) {
        m_workspace.reloadRecipe(); // recipeChanged follows
    }
}

void RecipeForm::loadDecisions() {
    const Result<Json> json = readJsonFile(decisionsPath(m_folder)); // a line; absent in most projects
    if (json && json->is_object()) {
        m_now.decisions.overLongRows = jsonInt(*json, "over_long_rows", 0).valueOr(0);
        m_now.decisions.silentRows = jsonInt(*json, "silent_rows", 0).valueOr(0);
    }
}

std::optional<double> RecipeForm::parseNumber(const QString& typed) {
    return FieldWords::parseNumber(typed);
}

// ---------------------------------------------------------------- form

QString RecipeForm::text(const char* key) const {
    const recipe::Field* field = recipe::findField(key);
    return field == nullptr ? QString() : FieldWords::typed(*field, field->get(m_now.recipe));
}

bool RecipeForm::take(const recipe::Field& field, const std::optional<Json>& value, const QString& typed) {
    if (locked()) {
        return false;
    }
    recipe::Recipe next = m_now.recipe;
    if (!value || !field.set(next, *value)) {
        m_errors[field.key] = {typed, FieldWords::refusal(field)};
        Q_EMIT changed();
        return false;
    }
    const bool had = m_errors.erase(field.key) > 0;
    if (!(next == m_now.recipe)) {
        apply(edited(next, m_now.decisions));
    } else if (had) {
        Q_EMIT changed();
    }
    return true;
}

bool RecipeForm::setText(const char* key, const QString& typed) {
    const recipe::Field* field = recipe::findField(key);
    return field != nullptr && take(*field, FieldWords::parse(*field, typed), typed);
}

bool RecipeForm::setValue(const char* key, const Json& value) {
    const recipe::Field* field = recipe::findField(key);
    return field != nullptr && take(*field, value, FieldWords::typed(*field, value));
}

recipe::Recipe RecipeForm::preview(const char* key, const QString& typed) const {
    const recipe::Field* field = recipe::findField(key);
    const std::optional<Json> value = field == nullptr ? std::nullopt : FieldWords::parse(*field, typed);
    recipe::Recipe next = m_now.recipe;
    return value && field->set(next, *value) ? next : m_now.recipe;
}

QString RecipeForm::error(const char* key) const {
    const auto found = m_errors.find(key);
    return found == m_errors.end() ? QString() : found->second.reason;
}

QString RecipeForm::typed(const char* key) const {
    const auto found = m_errors.find(key);
    return found == m_errors.end() ? text(key) : found->second.typed;
}

bool RecipeForm::isDefault(const recipe::Field& field) const {
    return field.input || field.get(m_now.recipe) == recipe::defaultOf(field);
}

int RecipeForm::changedCount() const {
    const auto all = recipe::fields();
    return static_cast<int>(
        std::count_if(all.begin(), all.end(), [this](const recipe::Field& field) { return !isDefault(field); }));
}

void RecipeForm::reset(const char* key) {
    if (const recipe::Field* field = recipe::findField(key); field != nullptr && !field->input) {
        (void)take(*field, recipe::defaultOf(*field), {});
    }
}

void RecipeForm::resetAll() {
    if (locked()) {
        return;
    }
    const bool had = !m_errors.empty();
    m_errors.clear();
    recipe::Recipe next = m_now.recipe;
    for (const recipe::Field& field : recipe::fields()) {
        if (!field.input) {
            (void)field.set(next, recipe::defaultOf(field)); // a default is always taken
        }
    }
    if (!(next == m_now.recipe)) {
        apply(edited(next, m_now.decisions));
    } else if (had) {
        Q_EMIT changed();
    }
}

RecipeForm::Snapshot RecipeForm::edited(const recipe::Recipe& recipe, const RowDecisions& decisions) const {
    Snapshot next = m_now;
    next.decisions = decisions;
    if (!(recipe == m_now.recipe)) {
        // What another program wrote meanwhile is kept: only the values that differ are changed in it.
        std::string base = m_now.good;
        if (!m_saveTimer.isActive() && !m_folder.isEmpty()) {
            const Result<std::string> disk = readFile(recipePath(m_folder));
            if (disk && *disk != m_onDisk && project::loadRecipeYaml(*disk)) {
                base = *disk;
            }
        }
        next.recipe = recipe;
        next.good = project::mergeRecipeYaml(base, recipe);
        next.text = next.good;
    }
    return next;
}

void RecipeForm::change(const recipe::Recipe& recipe) {
    changeAndDecide(recipe, m_now.decisions);
}

void RecipeForm::decide(const RowDecisions& decisions) {
    changeAndDecide(m_now.recipe, decisions);
}

void RecipeForm::changeAndDecide(const recipe::Recipe& recipe, const RowDecisions& decisions) {
    if (!locked() && !(recipe == m_now.recipe && decisions == m_now.decisions)) {
        apply(edited(recipe, decisions));
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
    if (locked()) {
        return;
    }
    const bool had = !m_errors.empty();
    m_errors.clear();
    const recipe::Recipe wanted = suggested();
    if (!(wanted == m_now.recipe)) {
        apply(edited(wanted, m_now.decisions));
    } else if (had) {
        Q_EMIT changed();
    }
}

// ---------------------------------------------------------------- YAML

QString RecipeForm::yaml() const {
    return qs(m_now.text).replace(u"\r\n"_s, u"\n"_s);
}

void RecipeForm::setYaml(const QString& text) {
    const bool windows = m_now.text.find("\r\n") != std::string::npos; // its line ends are kept
    std::string bytes = us(windows ? QString(text).replace(u"\n"_s, u"\r\n"_s) : text);
    if (bytes == m_now.text || m_folder.isEmpty()) {
        return;
    }
    const bool same = m_typing.isValid() && m_typing.elapsed() < kOneStepMs && !m_undo.isEmpty();
    if (!same) {
        m_undo.append(m_now);
        if (m_undo.size() > kUndoSteps) {
            m_undo.removeFirst();
        }
    }
    m_typing.start();
    m_redo.clear();
    m_errors.clear(); // the text is what counts now
    m_now = parsed(std::move(bytes));
    m_saveTimer.start();
    Q_EMIT changed();
}

void RecipeForm::discardYaml() {
    if (locked()) {
        Snapshot next = m_now;
        next.text = next.good;
        next.faults.clear();
        apply(std::move(next));
    }
}

// ---------------------------------------------------------------- steps

void RecipeForm::apply(Snapshot next) {
    m_typing.invalidate();
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
    m_typing.invalidate();
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
    m_typing.invalidate();
    m_errors.clear();
    m_undo.append(m_now);
    m_now = m_redo.takeLast();
    save();
    Q_EMIT changed();
}

void RecipeForm::flush() {
    if (m_saveTimer.isActive()) {
        save();
    }
}

void RecipeForm::save() {
    m_saveTimer.stop();
    if (m_folder.isEmpty()) {
        return;
    }
    const auto told = [this](const Result<void>& result) {
        if (!result) {
            Q_EMIT m_workspace.failed(tr("Saving the recipe"), result.error());
        }
    };
    if (locked()) { // recipe.yaml keeps the last good text
        told(writeFileAtomic(draftPath(m_folder), m_now.text));
    } else if (fileExists(draftPath(m_folder))) {
        told(removeAll(draftPath(m_folder)));
    }
    if (!locked() && m_now.good != m_onDisk) {
        const Result<void> written = writeFileAtomic(recipePath(m_folder), m_now.good);
        told(written);
        if (written) {
            m_onDisk = m_now.good;
        }
    }
    if (m_folder == m_workspace.projectFolder() &&
        (!(m_workspace.recipe() == m_now.recipe) || m_workspace.recipeFault().has_value())) {
        m_saving = true;
        m_workspace.saveRecipe(m_now.recipe); // the text says it already: only the workspace's copy changes
        m_saving = false;
    }
    saveDecisions();
}

void RecipeForm::saveDecisions() {
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
