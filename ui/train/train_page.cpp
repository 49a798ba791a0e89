#include "train/train_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "project/recipe_yaml.h"
#include "settings/settings.h"
#include "train/advanced_form.h"
#include "train/form_view.h"
#include "train/inside_view.h"
#include "train/preflight_card.h"
#include "train/run_record_view.h"
#include "train/run_view.h"
#include "train/start_picker.h"
#include "train/sweep_view.h"
#include "train/try_view.h"
#include "train/yaml_view.h"
#include "widgets/icons.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <tuple>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TrainPage::TrainPage(const ShellContext& context, TrainPresenter& presenter, QWidget* parent)
    : Screen(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_stack(new QStackedWidget) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    m_stack->addWidget(makeForm());
    m_stack->addWidget(makeRun());
    m_sweep = new SweepView(context);
    m_stack->addWidget(m_sweep);
    connect(m_sweep, &SweepView::left, this, [this] {
        m_sweeps = false;
        refresh();
    });
    connect(m_sweep, &SweepView::runOpened, this, [this](const QString& folder) {
        m_sweeps = false;
        m_presenter.openRun(folder);
        refresh();
    });
    connect(&presenter, &TrainPresenter::modeChanged, this, &TrainPage::refresh);
    connect(&presenter, &TrainPresenter::formChanged, this, &TrainPage::refresh);
    connect(&presenter.run(), &RunPresenter::changed, this, &TrainPage::refresh);
    connect(&presenter.run(), &RunPresenter::shownChanged, this, [this] { showView(Charts); });
    showView(presenter.triesIt()          ? Try
             : presenter.inside().shown() ? Inside
             : presenter.record().shown() ? Record
                                          : Charts);
    connect(&presenter.run(), &RunPresenter::insideWanted, this, [this](const QString& part) {
        m_inside->showPart(part == u"samples" ? InsidePart::Samples : InsidePart::Autopsy);
        showView(Inside);
        m_inside->firstFocus()->setFocus(Qt::OtherFocusReason);
    });
    connect(&presenter.run(), &RunPresenter::tryWanted, this, [this] {
        showView(Try);
        m_try->firstFocus()->setFocus(Qt::OtherFocusReason);
    });
    refresh();
}

QWidget* TrainPage::makeForm() {
    const Theme& theme = Theme::current();
    auto* body = new QWidget;
    body->setObjectName(u"train.form"_s);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    column->setSpacing(theme.u(3.5));
    auto* header =
        new PageHeader(tr("Train"), tr("A good first recipe is filled in. Start, or change what you know better."));
    m_undo = makeButton(ButtonKind::Icon, tr("Undo"), u"train.undo"_s, u"undo"_s);
    m_redo = makeButton(ButtonKind::Icon, tr("Redo"), u"train.redo"_s, u"redo"_s);
    m_sides = new ChoiceGroup(GroupLook::Segments, tr("Recipe as"));
    m_sides->addChoice(int(FormFace::Side::Form), tr("Form"), u"train.side.form"_s);
    m_sides->addChoice(int(FormFace::Side::Yaml), tr("YAML"), u"train.side.yaml"_s);
    m_starts = makeButton(ButtonKind::Plain, tr("Start from…"), u"train.starts"_s, u"bookmark"_s);
    header->addAction(m_undo);
    header->addAction(m_redo);
    header->addAction(m_sides);
    header->addAction(m_starts);
    column->addWidget(header);
    m_formRow = new QHBoxLayout;
    m_formRow->setSpacing(theme.u(4));
    m_formBody = new PageBody;
    m_formBody->setObjectName(u"train.form.body"_s);
    m_formBody->column()->setContentsMargins(0, 0, 0, 0);
    m_form = new FormView(m_presenter, m_context.dialogs);
    m_formBody->column()->addWidget(m_form);
    m_formBody->column()->addStretch(1);
    auto* left = new QWidget;
    auto* leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(theme.u(2));
    m_left = new QStackedWidget;
    m_yaml = new YamlView(m_presenter.form());
    m_picker = new StartPicker(m_presenter.starts(), m_context.dialogs);
    m_left->addWidget(m_formBody);
    m_left->addWidget(m_yaml);
    m_left->addWidget(m_picker);
    m_explainer = new FieldExplainer;
    leftColumn->addWidget(m_left, 1);
    leftColumn->addWidget(m_explainer);
    m_preflight = new PreflightCard(m_presenter, m_context.dialogs);
    connect(m_preflight, &PreflightCard::helpWanted, this, [this] { Q_EMIT goTo(u"help"_s, u"rows"_s); });
    m_formRow->addWidget(left, 56);
    m_formRow->addWidget(m_preflight, 44);
    column->addLayout(m_formRow, 1);
    const auto action = [this, body](const QString& text, QKeySequence::StandardKey keys, const QString& name) {
        auto* out = new QAction(text, body);
        out->setObjectName(name);
        out->setShortcuts(keys);
        out->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        body->addAction(out);
        return out;
    };
    QAction* undo = action(tr("Undo"), QKeySequence::Undo, u"train.undo.action"_s);
    QAction* redo = action(tr("Redo"), QKeySequence::Redo, u"train.redo.action"_s);
    RecipeForm* form = &m_presenter.form();
    connect(undo, &QAction::triggered, form, &RecipeForm::undo);
    connect(redo, &QAction::triggered, form, &RecipeForm::redo);
    connect(m_undo, &QPushButton::clicked, form, &RecipeForm::undo);
    connect(m_redo, &QPushButton::clicked, form, &RecipeForm::redo);
    makeSides(body);
    arrangeForm();
    return body;
}

void TrainPage::makeSides(QWidget* body) {
    connect(m_sides, &ChoiceGroup::chosen, this, [this](int side) { showSide(static_cast<FormFace::Side>(side)); });
    connect(m_starts, &QPushButton::clicked, this, [this] {
        const bool open = m_presenter.face().side == FormFace::Side::Picker;
        showSide(open ? FormFace::Side::Form : FormFace::Side::Picker);
        if (!open) {
            m_picker->firstFocus()->setFocus(Qt::OtherFocusReason);
        }
    });
    connect(m_picker, &StartPicker::closed, this, [this] {
        showSide(FormFace::Side::Form);
        m_starts->setFocus(Qt::OtherFocusReason);
    });
    connect(&m_presenter.starts(), &StartPresenter::taken, this, [this](const QString& title) {
        showSide(FormFace::Side::Form);
        RecipeForm* recipe = &m_presenter.form();
        Q_EMIT toast(tr("The recipe “%1” is in the form").arg(title), tr("Undo"), [recipe] { recipe->undo(); });
    });
    connect(m_form, &FormView::faultWanted, this, [this] {
        showSide(FormFace::Side::Yaml);
        m_yaml->showFault();
    });
    AdvancedForm* advanced = m_form->advanced();
    connect(advanced, &AdvancedForm::opened, this, [this] { showSide(m_presenter.face().side); });
    connect(advanced, &AdvancedForm::explained, m_explainer, &FieldExplainer::explain);
    connect(advanced, &AdvancedForm::rowFocused, this,
            [this](QWidget* control) { m_formBody->ensureWidgetVisible(control, 0, Theme::current().u(12)); });
    auto* search = new QAction(tr("Search settings"), body);
    search->setObjectName(u"train.search.action"_s);
    search->setShortcuts({QKeySequence(QKeySequence::Find), QKeySequence(Qt::Key_Slash)});
    search->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    body->addAction(search);
    connect(search, &QAction::triggered, this, [this] {
        if (m_presenter.face().side != FormFace::Side::Yaml) {
            showSide(FormFace::Side::Form);
            m_form->advanced()->search();
        }
    });
    m_preflight->setMeasuresByItself(m_context.settings.value(Setting::TrainMeasure).toBool());
    connect(m_preflight, &PreflightCard::measuresByItself, this,
            [this](bool on) { m_context.settings.setValue(Setting::TrainMeasure, on); });
    showSide(m_presenter.face().side);
}

void TrainPage::showSide(FormFace::Side side) {
    m_presenter.face().side = side;
    m_sides->setCurrent(int(side == FormFace::Side::Yaml ? side : FormFace::Side::Form));
    m_left->setCurrentWidget(side == FormFace::Side::Yaml     ? static_cast<QWidget*>(m_yaml)
                             : side == FormFace::Side::Picker ? static_cast<QWidget*>(m_picker)
                                                              : m_formBody);
    if (side == FormFace::Side::Form && m_presenter.form().locked()) {
        m_formBody->verticalScrollBar()->setValue(0); // why the form waits stands at its top
    }
    m_explainer->setVisible(side == FormFace::Side::Form && m_form->advanced()->isOpen());
}

QWidget* TrainPage::makeRun() {
    const Theme& theme = Theme::current();
    auto* body = new PageBody;
    body->setObjectName(u"train.run"_s);
    body->column()->setSpacing(theme.u(3));
    m_header = new PageHeader({}, {});
    m_pill = new Pill;
    m_pill->setObjectName(u"train.state"_s);
    m_header->setPill(m_pill);
    m_views = new ChoiceGroup(GroupLook::Segments, tr("View"));
    m_views->addChoice(Charts, tr("Charts"), u"train.view.charts"_s);
    m_views->addChoice(Inside, tr("Look inside"), u"train.view.inside"_s);
    m_views->addChoice(Try, tr("Try it"), u"train.view.try"_s);
    m_views->addChoice(Record, tr("Record"), u"train.view.record"_s);
    m_pause = makeButton(ButtonKind::Plain, tr("Pause"), u"train.pause"_s, u"pause"_s);
    m_stop = makeButton(ButtonKind::Plain, tr("Stop and save"), u"train.stop"_s, u"stop"_s);
    m_new = makeButton(ButtonKind::Plain, tr("New run"), u"train.new"_s, u"plus"_s);
    m_more = makeButton(ButtonKind::Icon, tr("More"), u"train.more"_s, u"more"_s);
    for (QWidget* each : {static_cast<QWidget*>(m_views), static_cast<QWidget*>(m_pause), static_cast<QWidget*>(m_stop),
                          static_cast<QWidget*>(m_new), static_cast<QWidget*>(m_more)}) {
        m_header->addAction(each);
    }
    body->column()->addWidget(m_header);
    m_runStack = new QStackedWidget;
    m_run = new RunView(m_context, m_presenter.run());
    m_inside = new InsideView(m_context, m_presenter.inside());
    m_try = new TryView(m_presenter.tryIt());
    m_record = new RunRecordView(m_context, m_presenter.record());
    m_runStack->addWidget(m_run);
    m_runStack->addWidget(m_inside);
    m_runStack->addWidget(m_try);
    m_runStack->addWidget(m_record);
    body->column()->addWidget(m_runStack, 1);
    m_views->setCurrent(Charts);
    RunPresenter* run = &m_presenter.run();
    connect(m_views, &ChoiceGroup::chosen, this, [this](int id) { showView(static_cast<View>(id)); });
    connect(m_pause, &QPushButton::clicked, run, &RunPresenter::pauseOrResume);
    connect(m_stop, &QPushButton::clicked, run, &RunPresenter::stop);
    connect(m_new, &QPushButton::clicked, &m_presenter, &TrainPresenter::newRun);
    connect(m_more, &QPushButton::clicked, this, &TrainPage::showMenu);
    return body;
}

void TrainPage::showView(View view) {
    m_presenter.setTriesIt(view == Try);
    m_presenter.record().setShown(view == Record);
    m_views->setCurrent(view);
    QWidget* const current = view == Try      ? static_cast<QWidget*>(m_try)
                             : view == Inside ? static_cast<QWidget*>(m_inside)
                             : view == Record ? static_cast<QWidget*>(m_record)
                                              : m_run;
    // Only the view that shows decides how tall the page is.
    for (int i = 0; i < m_runStack->count(); ++i) {
        QWidget* each = m_runStack->widget(i);
        each->setSizePolicy(QSizePolicy::Preferred, each == current ? QSizePolicy::Preferred : QSizePolicy::Ignored);
    }
    m_runStack->setCurrentWidget(current);
    m_presenter.inside().setShown(view == Inside);
}

void TrainPage::showRecord(const QString& part) {
    const QString what = part.section(u':', 0, 0);
    const QString folder = part.section(u':', 1);
    if (what == u"compare") { // with the run that shows; a run is not compared with itself
        if (m_presenter.run().folder().isEmpty() || m_presenter.mode() != TrainPresenter::Mode::Run) {
            m_presenter.openRun(folder);
        }
        showView(Record);
        m_record->showComparison(folder);
        m_record->firstFocus()->setFocus(Qt::OtherFocusReason);
        return;
    }
    m_presenter.openRun(folder);
    showView(Record);
    if (what == u"export") {
        m_record->focusExport();
    } else {
        m_record->showRecord();
        m_record->firstFocus()->setFocus(Qt::OtherFocusReason);
    }
}

void TrainPage::refresh() {
    const bool form = m_presenter.mode() == TrainPresenter::Mode::Form;
    const int part = m_sweeps ? 2 : form ? 0 : 1;
    if (m_stack->currentIndex() != part) {
        m_stack->setCurrentIndex(part);
    }
    if (form) {
        const RecipeForm& recipe = m_presenter.form();
        m_undo->setEnabled(recipe.canUndo() || recipe.hasErrors());
        m_redo->setEnabled(recipe.canRedo());
        if (m_left->currentWidget() != m_yaml && m_presenter.face().side == FormFace::Side::Yaml) {
            showSide(FormFace::Side::Yaml);
        } else if (m_left->currentWidget() != m_formBody && m_presenter.face().side == FormFace::Side::Form) {
            showSide(FormFace::Side::Form);
        }
        return;
    }
    const RunViewState state = m_presenter.run().state();
    m_header->setTitle(state.title);
    m_header->setSentence(state.sentence);
    m_pill->setState(state.word.word, state.word.state);
    m_pause->setVisible(state.live);
    m_stop->setVisible(state.live);
    m_pause->setText(state.paused ? tr("Resume") : tr("Pause"));
    setButtonIcon(m_pause, state.paused ? u"resume"_s : u"pause"_s);
    setDisabledReason(m_pause, state.canPause            ? QString()
                               : !state.whyNot.isEmpty() ? state.whyNot
                                                         : tr("It can be paused once it runs."));
    setDisabledReason(m_stop, state.canStop             ? QString()
                              : !state.whyNot.isEmpty() ? state.whyNot
                                                        : tr("It is stopping already."));
}

void TrainPage::showMenu() {
    const RunViewState state = m_presenter.run().state();
    auto* menu = new QMenu(this);
    menu->setObjectName(u"train.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* recipe = menu->addAction(themeIcon(u"file"_s), tr("Show the recipe"));
    recipe->setObjectName(u"train.menu.recipe"_s);
    recipe->setEnabled(m_presenter.run().recipe().has_value());
    connect(recipe, &QAction::triggered, this, [this] {
        if (const std::optional<recipe::Recipe> used = m_presenter.run().recipe()) {
            showView(Charts);
            m_run->showText(tr("Recipe of this run"), qs(project::writeRecipeYaml(*used)));
        }
    });
    QAction* duplicate = menu->addAction(themeIcon(u"duplicate"_s), tr("Duplicate with changes"));
    duplicate->setObjectName(u"train.menu.duplicate"_s);
    duplicate->setEnabled(m_presenter.run().recipe().has_value());
    connect(duplicate, &QAction::triggered, this, [this, folder = state.folder] { m_presenter.duplicate(folder); });
    QAction* log = menu->addAction(themeIcon(u"terminal"_s), tr("Show the log"));
    log->setObjectName(u"train.menu.log"_s);
    connect(log, &QAction::triggered, this, [this] {
        showView(Charts);
        m_presenter.run().act(RunAction::Log);
    });
    const std::tuple<QString, QString, const char*> parts[] = {
        {u"info"_s, tr("Run record"), "record"},
        {u"columns"_s, tr("Compare recipes with another run"), "compare"},
        {u"export"_s, tr("Export as one archive…"), "export"},
    };
    for (const auto& [icon, text, part] : parts) {
        QAction* action = menu->addAction(themeIcon(icon), text);
        action->setObjectName(u"train.menu."_s % QLatin1StringView(part));
        connect(action, &QAction::triggered, this,
                [this, wanted = QString(QLatin1StringView(part) % u':' % state.folder)] { showRecord(wanted); });
    }
    QAction* help = menu->addAction(themeIcon(u"help"_s), tr("How to read these curves"));
    help->setObjectName(u"train.menu.help"_s);
    connect(help, &QAction::triggered, this, [this] { Q_EMIT goTo(u"help"_s, u"loss-curve"_s); });
    connect(menu->addAction(themeIcon(u"copy"_s), tr("Copy folder path")), &QAction::triggered, this,
            [folder = state.folder] { QGuiApplication::clipboard()->setText(folder); });
    if (state.live) {
        menu->addSeparator();
        QAction* abort = menu->addAction(themeIcon(u"bad"_s, Token::Bad), tr("Abort without saving…"));
        abort->setObjectName(u"train.menu.abort"_s);
        abort->setEnabled(state.canAbort);
        connect(abort, &QAction::triggered, this, [this, title = state.title] {
            m_context.dialogs.confirm(this,
                                      {.what = tr("Abort %1?").arg(title),
                                       .meaning = tr("What it learned since its last checkpoint is lost."),
                                       .verb = tr("Abort %1").arg(title)},
                                      [this](bool yes) {
                                          if (yes) {
                                              m_presenter.run().abort();
                                          }
                                      });
        });
    }
    menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
}

QPushButton* TrainPage::primaryButton() const {
    if (m_sweeps) {
        return m_sweep->primaryButton();
    }
    if (m_presenter.mode() == TrainPresenter::Mode::Form) {
        return m_preflight->startButton();
    }
    QWidget* const shown = m_runStack->currentWidget();
    return shown == m_try      ? m_try->primaryButton()
           : shown == m_inside ? m_inside->primaryButton()
           : shown == m_run    ? m_run->primaryButton()
                               : nullptr;
}

QWidget* TrainPage::firstFocus() const {
    if (m_presenter.mode() == TrainPresenter::Mode::Form) {
        return m_preflight->startButton()->isEnabled() ? static_cast<QWidget*>(m_preflight->startButton())
                                                       : m_form->firstFocus();
    }
    QWidget* const shown = m_runStack->currentWidget();
    return shown == m_try      ? m_try->firstFocus()
           : shown == m_inside ? m_inside->firstFocus()
           : shown == m_record ? m_record->firstFocus()
                               : m_run->firstFocus();
}

void TrainPage::entered() {
    m_presenter.entered();
}

void TrainPage::showPart(const QString& part) {
    m_sweeps = part.startsWith(u"sweep");
    if (m_sweeps) {
        const QString id = part.section(u':', 1);
        id.isEmpty() ? m_sweep->showNew() : m_sweep->showResults(id);
        refresh();
        return;
    }
    if (part == u"run") {
        m_presenter.openRun(m_context.workspace.shownRun());
        showView(Charts);
    } else if (part == u"new") {
        m_presenter.newRun();
    } else if (part == u"inside" && m_presenter.mode() == TrainPresenter::Mode::Run) {
        showView(Inside);
    } else if (part == u"try" && m_presenter.mode() == TrainPresenter::Mode::Run) {
        showView(Try);
    } else if (part.startsWith(u"record:") || part.startsWith(u"export:") || part.startsWith(u"compare:")) {
        showRecord(part);
    }
    refresh();
}

void TrainPage::arrangeForm() {
    const Theme& theme = Theme::current();
    const int wide = width() >= theme.u(205) ? 1 : 0;
    if (wide == m_formLayout) {
        return;
    }
    m_formLayout = wide;
    if (wide == 1) { // side by side: each scrolls for itself, the button stays in sight
        m_formBody->column()->removeWidget(m_preflight);
        m_formRow->addWidget(m_preflight, 44);
        m_preflight->setFlat(PreflightCard::Flat::No);
    } else { // one column that scrolls, what holds the start first
        m_formRow->removeWidget(m_preflight);
        m_formBody->column()->insertWidget(0, m_preflight);
        m_preflight->setFlat(PreflightCard::Flat::Yes);
    }
}

void TrainPage::resizeEvent(QResizeEvent* event) {
    Screen::resizeEvent(event);
    arrangeForm();
}

ScreenSpec trainScreen(const ShellContext& context, TrainPresenter& presenter) {
    return {.id = u"train"_s,
            .icon = u"train"_s,
            .command = Command::Train,
            .place = ScreenSpec::Place::Step,
            .title = [] { return TrainPage::tr("Train"); },
            .make = [context, &presenter](QWidget* parent) { return new TrainPage(context, presenter, parent); },
            .fact = [&presenter] { return presenter.fact(); },
            .sign = {},
            .needsProject = true};
}

} // namespace fettle::ui
