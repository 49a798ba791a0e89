// The recipe as one document with two faces: a form (typed-in text becomes values through the recipe's field table) and
// its YAML text. Every change is saved (comments stay), every step of either face can be undone. No widgets.
#pragma once

#include "base/error.h"
#include "recipe/fields.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <QVector>

#include <map>
#include <string>
#include <vector>

namespace fettle::ui {

class Workspace;

/// What a person decided about rows that cannot be trained as they are; kept in the project as decisions.json. A
/// decision holds for at most that many rows: when more turn up, it is asked again.
struct RowDecisions {
    std::int64_t overLongRows = 0; // may be left out
    std::int64_t silentRows = 0;
    friend bool operator==(const RowDecisions&, const RowDecisions&) = default;
};

/// Files: recipe.yaml holds the last text that is a recipe; while the text has faults, it is kept as recipe.yaml.draft
/// beside it and survives a crash. Thread: GUI.
class RecipeForm : public QObject {
    Q_OBJECT
public:
    static constexpr int kSaveMs = 300; // after the last key typed into the text
    explicit RecipeForm(Workspace& workspace, QObject* parent = nullptr);
    ~RecipeForm() override; // writes what is still waiting to be saved

    /// The last good recipe.
    [[nodiscard]] const recipe::Recipe& recipe() const { return m_now.recipe; }
    [[nodiscard]] const RowDecisions& decisions() const { return m_now.decisions; }

    // ---- form
    /// The value of a field as it stands in its control ("2e-4", "2,048"; lists one entry a line).
    [[nodiscard]] QString text(const char* key) const;
    /// Takes what was typed. False where it is no value of that field: error(key) then says why, the recipe stays as it
    /// was. While the YAML text has faults nothing is taken.
    bool setText(const char* key, const QString& typed);
    bool setValue(const char* key, const Json& value);
    [[nodiscard]] QString error(const char* key) const;
    /// What stands in the field while it has an error.
    [[nodiscard]] QString typed(const char* key) const;
    [[nodiscard]] bool hasErrors() const { return !m_errors.empty(); }
    /// The recipe as it would be with what is being typed; the recipe itself where that is no value.
    [[nodiscard]] recipe::Recipe preview(const char* key, const QString& typed) const;

    [[nodiscard]] bool isDefault(const recipe::Field& field) const;
    /// Settings that differ from the table's defaults; what the recipe is about (model, rows) is not counted.
    [[nodiscard]] int changedCount() const;
    void reset(const char* key);
    void resetAll(); // all settings, in one step

    /// Any change of the recipe as one step that can be undone. Ignored while the text has faults.
    void change(const recipe::Recipe& recipe);
    void decide(const RowDecisions& decisions);
    void changeAndDecide(const recipe::Recipe& recipe, const RowDecisions& decisions);
    /// The five settings as a new project has them.
    void resetToSuggested();
    [[nodiscard]] bool isSuggested() const;
    /// What "suggested" is for the rows of this project.
    [[nodiscard]] recipe::Recipe suggested() const;

    // ---- YAML
    [[nodiscard]] QString yaml() const;
    /// The whole text as typed. Quick typing is one step. With faults the last good recipe stays, and so does the text.
    void setYaml(const QString& text);
    [[nodiscard]] const std::vector<Error>& yamlFaults() const { return m_now.faults; }
    /// Whether the text is no recipe: the form is read only and nothing starts.
    [[nodiscard]] bool locked() const { return !m_now.faults.empty(); }
    /// Back to the text of the last good recipe, as a step that can be undone.
    void discardYaml();

    [[nodiscard]] bool canUndo() const { return !m_undo.isEmpty(); }
    [[nodiscard]] bool canRedo() const { return !m_redo.isEmpty(); }
    void undo();
    void redo();

    /// Writes what is still waiting.
    void flush();
    /// Takes over what another program wrote into recipe.yaml, as a step that can be undone.
    void readAgain();

    /// Reads a number as it is typed in the window's language or in plain form; nullopt where it is none.
    [[nodiscard]] static std::optional<double> parseNumber(const QString& typed);

Q_SIGNALS:
    void changed();

private:
    struct Snapshot {
        recipe::Recipe recipe; // of `good`
        RowDecisions decisions;
        std::string text; // as shown
        std::string good; // the last text that is a recipe
        std::vector<Error> faults;
    };
    void adopt(); // the workspace's recipe and its text
    void apply(Snapshot next);
    [[nodiscard]] Snapshot parsed(std::string text) const;
    [[nodiscard]] Snapshot edited(const recipe::Recipe& recipe, const RowDecisions& decisions) const;
    void save();
    void saveDecisions();
    void loadDecisions();
    bool take(const recipe::Field& field, const std::optional<Json>& value, const QString& typed);

    Workspace& m_workspace;
    QString m_folder; // of the project the steps below belong to
    Snapshot m_now;
    QVector<Snapshot> m_undo, m_redo;
    struct Fault {
        QString typed, reason;
    };
    std::map<std::string, Fault> m_errors;
    bool m_saving = false;
    std::string m_onDisk; // recipe.yaml as last read or written
    QTimer m_saveTimer;
    QElapsedTimer m_typing; // since the last key typed into the text; invalid = the next key begins a step
    std::uint64_t m_dataBytes = 0;
};

} // namespace fettle::ui
