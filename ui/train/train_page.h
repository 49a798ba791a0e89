// The Train screen: the form before a run, the run while it lives and after, and Try it. Which of them shows is
// TrainPresenter's.
#pragma once

#include "shell/screen.h"
#include "train/train_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QAction;
class QHBoxLayout;
class QStackedWidget;

namespace fettle::ui {

class FieldExplainer;
class FormView;
class InsideView;
class PreflightCard;
class RunRecordView;
class RunView;
class StartPicker;
class SweepView;
class TryView;
class YamlView;

class TrainPage : public Screen {
    Q_OBJECT
public:
    TrainPage(const ShellContext& context, TrainPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const override;
    [[nodiscard]] QWidget* firstFocus() const override;
    void entered() override;
    /// "run" shows the workspace's run, "new" the form, "try" Try it, "record:FOLDER" the record of a run,
    /// "export:FOLDER" its archive, "compare:FOLDER" its recipe beside that of the run that shows.
    void showPart(const QString& part) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum View { Form, Charts, Inside, Try, Record };
    QWidget* makeForm();
    QWidget* makeRun();
    void refresh();
    void showView(View view);
    void showRecord(const QString& part);
    void arrangeForm();
    void makeSides(QWidget* body);
    void showSide(FormFace::Side side);
    void showMenu();

    ShellContext m_context;
    TrainPresenter& m_presenter;
    QStackedWidget* m_stack;
    SweepView* m_sweep = nullptr;
    bool m_sweeps = false; // the sweep shows instead of form and run
    // before
    FormView* m_form;
    PreflightCard* m_preflight;
    QHBoxLayout* m_formRow;
    PageBody* m_formBody;
    QStackedWidget* m_left;
    FieldExplainer* m_explainer;
    YamlView* m_yaml;
    StartPicker* m_picker;
    ChoiceGroup* m_sides;
    QPushButton *m_undo, *m_redo, *m_starts;
    int m_formLayout = 1;
    // a run
    PageHeader* m_header;
    Pill* m_pill;
    ChoiceGroup* m_views;
    QPushButton *m_pause, *m_stop, *m_new, *m_more;
    QStackedWidget* m_runStack;
    RunView* m_run;
    InsideView* m_inside;
    TryView* m_try;
    RunRecordView* m_record;
};

[[nodiscard]] ScreenSpec trainScreen(const ShellContext& context, TrainPresenter& presenter);

} // namespace fettle::ui
