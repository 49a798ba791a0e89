// One prompt and its answers over all evaluations, as a table: step, answer with its new words marked, whether it is as
// wanted. Lays out what samplesOverTime() says.
#pragma once

#include "train/run_presenter.h"
#include "train/samples_over_time.h"
#include "widgets/frames.h"
#include "widgets/table.h"

#include <QAbstractTableModel>

class QComboBox;

namespace fettle::ui {

class AnswersModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Step, Answer, Right, Columns };
    using QAbstractTableModel::QAbstractTableModel;
    void setAnswers(const PromptAnswers& answers);
    [[nodiscard]] const PromptAnswers& answers() const { return m_answers; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    PromptAnswers m_answers;
};

class SamplesOverTimeView : public QWidget {
    Q_OBJECT
public:
    explicit SamplesOverTimeView(RunPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void showPrompt();
    void fitRows();

    RunPresenter& m_presenter;
    QComboBox* m_prompt;
    Label *m_asked, *m_expected, *m_empty, *m_note;
    Card* m_card;
    DataTable* m_table;
    AnswersModel* m_model;
    QVector<PromptAnswers> m_prompts;
    QString m_key;
};

} // namespace fettle::ui
