// How far two people agree: Cohen's kappa over the rows both have labelled, the rows where they differ, and settling
// them. A settled label is the one in force; it is kept as the label of a third name, "FIRST+SECOND", so that it is
// part of the journal like any other.
#pragma once

#include "data/agreement.h"
#include "label/label_desk.h"
#include "label/label_subject.h"

#include <QObject>
#include <QStringList>

#include <optional>

namespace fettle::ui {

struct Disagreement {
    project::RowId row = 0;
    std::string first, second;
    std::string settled; // "" = open
};

/// Thread: GUI.
class AgreementPresenter : public QObject {
    Q_OBJECT
public:
    explicit AgreementPresenter(QObject* parent = nullptr);
    void setProject(std::shared_ptr<project::Project> project);
    /// Whose labels are compared; `second` "" = nobody's.
    void setAnnotators(const QString& first, const QString& second);
    [[nodiscard]] const QString& first() const { return m_first; }
    [[nodiscard]] const QString& second() const { return m_second; }
    /// Whether a label is the row's answer too: settling then writes it there.
    void setLabelsAreAnswers(bool answers) { m_answers = answers; }
    void refresh();

    [[nodiscard]] const std::optional<data::Agreement>& agreement() const { return m_agreement; }
    [[nodiscard]] const std::vector<Disagreement>& disagreements() const { return m_disagreements; }
    [[nodiscard]] std::size_t openCount() const;
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }

    // --- one after another, side by side
    [[nodiscard]] std::size_t place() const { return m_place; }
    void goTo(std::size_t place);
    void goToOpen(); // the next that is not settled
    [[nodiscard]] const Disagreement* current() const;
    /// Of the current one; nullopt until read.
    [[nodiscard]] const std::optional<project::RowDetails>& details() const { return m_details; }
    void settle(const QString& label);
    void undo();
    [[nodiscard]] bool saving() const { return m_saving; }

    /// The name under which settled labels are kept.
    [[nodiscard]] static QString settledName(const QString& first, const QString& second);

Q_SIGNALS:
    void changed();
    void currentChanged();
    void said(const QString& text);

private:
    void readCurrent();
    LabelDesk m_desk;
    QString m_first, m_second;
    bool m_answers = false;
    std::optional<data::Agreement> m_agreement;
    std::vector<Disagreement> m_disagreements;
    std::size_t m_place = 0;
    std::optional<project::RowDetails> m_details;
    std::optional<Error> m_problem;
    bool m_saving = false;
};

} // namespace fettle::ui
