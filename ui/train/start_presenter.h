// Recipes to start from: the starter recipes that come with the program, and those of earlier runs; what each would
// change is known before it is taken. No widgets.
#pragma once

#include "base/error.h"
#include "jobs/run_control.h"
#include "recipe/fields.h"
#include "widgets/buttons.h"

#include <QObject>
#include <QString>
#include <QVector>

#include <optional>

namespace fettle::ui {

class RecipeForm;
class Workspace;

/// One line of a difference: a dotted key with both values as people read them.
struct RecipeDifference {
    QString key, title;
    QString a, b;
};
/// What turns `a` into `b`, in the order of the field table.
[[nodiscard]] QVector<RecipeDifference> recipeDifference(const recipe::Recipe& a, const recipe::Recipe& b);

struct StartChoice {
    QString id;         // file of a starter, folder of a run
    QString title;      // "Careful default", "Run 3"
    QString when;       // when to use it; what differs in the run
    QString state = {}; // of a run, in words
    State tone = State::Neutral;
    std::optional<double> loss = {}; // of a run: validation, else training
};

/// An adapter that can be trained further.
struct AdapterChoice {
    QString title, folder;
};

/// Thread: GUI. Recipes are small files: they are read when chosen.
class StartPresenter : public QObject {
    Q_OBJECT
public:
    enum class Kind { Starters, Runs };
    StartPresenter(Workspace& workspace, RecipeForm& form, QObject* parent = nullptr);

    [[nodiscard]] Kind kind() const { return m_kind; }
    void setKind(Kind kind);
    [[nodiscard]] QVector<StartChoice> choices() const;
    /// -1 = none.
    [[nodiscard]] int current() const;
    void choose(int index);
    void chooseRun(const QString& folder);

    /// The recipe as it would be; nullopt where none is chosen or it cannot be read.
    [[nodiscard]] std::optional<recipe::Recipe> result() const;
    /// What would change in the recipe of now.
    [[nodiscard]] QVector<RecipeDifference> difference() const;
    /// Why it cannot be taken; "" = it can.
    [[nodiscard]] QString hold() const;
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    /// One step that can be undone. Ignored while something holds it.
    void take();

    /// The starter that goes on from an adapter asks for one.
    [[nodiscard]] bool needsAdapter() const;
    [[nodiscard]] QVector<AdapterChoice> adapters() const; // last checkpoints of the project's runs, newest first
    [[nodiscard]] QString adapter() const { return m_adapter; }
    /// A PEFT folder: its rank, alpha and targets come into the recipe with it.
    void setAdapter(const QString& folder);

    /// Settings of `start` with what the recipe of now is about: model, rows, how they are read, machine.
    [[nodiscard]] static recipe::Recipe withInputsOf(const recipe::Recipe& start, const recipe::Recipe& now);
    /// A run's recipe as people write it: names instead of absolute paths where they are known, no run folder.
    [[nodiscard]] recipe::Recipe unresolved(recipe::Recipe run) const;

Q_SIGNALS:
    void changed();
    void taken(const QString& title);

private:
    void read();
    void readAdapter();

    Workspace& m_workspace;
    RecipeForm& m_form;
    Kind m_kind = Kind::Starters;
    QString m_chosen; // id
    std::optional<recipe::Recipe> m_start;
    std::optional<recipe::Recipe> m_adapterShape; // rank, alpha, targets of the adapter
    std::optional<Error> m_error;
    QString m_adapter;
};

} // namespace fettle::ui
