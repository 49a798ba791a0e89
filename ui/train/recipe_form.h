// The recipe as a form: typed-in text becomes values through the recipe's field table, every change is saved to
// recipe.yaml (comments stay) and can be undone. No widgets.
#pragma once

#include "recipe/recipe.h"

#include <QObject>
#include <QString>
#include <QVector>

#include <map>
#include <string>

namespace fettle::ui {

class Workspace;

/// What a person decided about rows that cannot be trained as they are; kept in the project as decisions.json. A
/// decision holds for at most that many rows: when more turn up, it is asked again.
struct RowDecisions {
    std::int64_t overLongRows = 0; // may be left out
    std::int64_t silentRows = 0;
    friend bool operator==(const RowDecisions&, const RowDecisions&) = default;
};

/// Thread: GUI.
class RecipeForm : public QObject {
    Q_OBJECT
public:
    explicit RecipeForm(Workspace& workspace, QObject* parent = nullptr);

    [[nodiscard]] const recipe::Recipe& recipe() const { return m_now.recipe; }
    [[nodiscard]] const RowDecisions& decisions() const { return m_now.decisions; }

    /// The value of a field as people write it ("2e-4", "2,048").
    [[nodiscard]] QString text(const char* key) const;
    /// Takes what was typed. False where it is no value of that field: error(key) then says why, the recipe stays as it
    /// was.
    bool setText(const char* key, const QString& typed);
    [[nodiscard]] QString error(const char* key) const;
    /// What stands in the field while it has an error.
    [[nodiscard]] QString typed(const char* key) const;
    [[nodiscard]] bool hasErrors() const { return !m_errors.empty(); }

    /// Any change of the recipe as one step that can be undone.
    void change(const recipe::Recipe& recipe);
    void decide(const RowDecisions& decisions);
    /// The five settings as a new project has them.
    void resetToSuggested();
    [[nodiscard]] bool isSuggested() const;
    /// What "suggested" is for the rows of this project.
    [[nodiscard]] recipe::Recipe suggested() const;

    [[nodiscard]] bool canUndo() const { return !m_undo.isEmpty(); }
    [[nodiscard]] bool canRedo() const { return !m_redo.isEmpty(); }
    void undo();
    void redo();

    /// Reads a number as it is typed in the window's language or in plain form; nullopt where it is none.
    [[nodiscard]] static std::optional<double> parseNumber(const QString& typed);

Q_SIGNALS:
    void changed();

private:
    struct Snapshot {
        recipe::Recipe recipe;
        RowDecisions decisions;
    };
    void adopt(); // the workspace's recipe
    void apply(Snapshot next);
    void save();
    void loadDecisions();

    Workspace& m_workspace;
    QString m_folder; // of the project the steps below belong to
    Snapshot m_now;
    QVector<Snapshot> m_undo, m_redo;
    struct Fault {
        QString typed, reason;
    };
    std::map<std::string, Fault> m_errors;
    bool m_saving = false;
    std::uint64_t m_dataBytes = 0;
};

} // namespace fettle::ui
