// A row as the tokens a model is trained on: rendered by the template, encoded and marked in a job. Model and template
// are the recipe's unless another is looked through.
#pragma once

#include "bridge/courier.h"
#include "data/sample.h"
#include "jobs/job_system.h"
#include "train/preflight_check.h"

#include <QObject>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

/// Counts and words of a row's tokens.
struct XrayFacts {
    int tokens = 0, trained = 0, context = 0, special = 0, cut = 0;
    QString why;   // why this much is trained, in words
    QString fault; // why there are no tokens
};

/// Thread: GUI.
class RowXray : public QObject {
    Q_OBJECT
public:
    explicit RowXray(Workspace& workspace, QObject* parent = nullptr);
    ~RowXray() override;

    /// The row to look at; encoded when wanted() is on. nullopt = none.
    void setSample(std::optional<data::Sample> sample);
    /// Whether somebody looks: encoding waits until then.
    void setWanted(bool wanted);
    /// "" = the recipe's. Template: "" = the recipe's, "model", "none", or a file.
    void setModel(const QString& model);
    void setTemplate(const QString& name);
    [[nodiscard]] QString model() const { return m_model; }
    [[nodiscard]] QString templateName() const { return m_template; }
    [[nodiscard]] QString modelInUse() const;    // as the recipe or a person says
    [[nodiscard]] QString templateInUse() const; // "model", "none", file
    [[nodiscard]] QStringList models() const;    // names to choose from, the one in use first
    [[nodiscard]] bool reading() const { return m_job != nullptr; }
    [[nodiscard]] const std::optional<ShownRow>& row() const { return m_row; }
    [[nodiscard]] const XrayFacts& facts() const { return m_facts; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    void start();
    void drop();
    void describe();

    Workspace& m_workspace;
    Courier m_courier;
    std::optional<data::Sample> m_sample;
    QString m_model, m_template;
    bool m_wanted = false, m_stale = true;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_generation = 0;
    std::optional<ShownRow> m_row;
    std::optional<Error> m_error;
    XrayFacts m_facts;
    QStringList m_roles; // of the row's messages
    struct Texts;
    std::shared_ptr<Texts> m_texts; // tokenizers that were opened, shared with jobs
};

} // namespace fettle::ui
