// The record of the run on the Train screen, and in its place the comparison with another run.
#pragma once

#include "shell/screen.h"
#include "train/run_record_presenter.h"

class QGridLayout;
class QPlainTextEdit;
class QVBoxLayout;

namespace fettle::ui {

class Card;
class InlineError;
class Label;
class RunRecordCompareView;
class RunRecordExport;

class RunRecordView : public QWidget {
    Q_OBJECT
public:
    RunRecordView(const ShellContext& context, RunRecordPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;
    void showRecord();
    /// `other`: "" = the run before this one, or any.
    void showComparison(const QString& other);
    void focusExport();
    [[nodiscard]] bool compares() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void arrange();
    void fillFigures();
    void fillSections();

    ShellContext m_context;
    RunRecordPresenter& m_presenter;
    QWidget* m_record;
    RunRecordCompareView* m_compare;
    QPushButton *m_toCompare, *m_copy, *m_copyCommand;
    Label* m_said;
    InlineError* m_error;
    Card* m_figures;
    QGridLayout* m_figureGrid;
    Label* m_figuresNote;
    Card* m_again;
    QPlainTextEdit* m_command;
    Label* m_commandNote;
    RunRecordExport* m_export;
    QWidget *m_left, *m_right;
    QVector<Card*> m_sections;
    QGridLayout* m_columns;
    int m_layout = -1;
};

} // namespace fettle::ui
