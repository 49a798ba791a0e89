#include "data/data_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "data/bar_chart.h"
#include "data/check_chips.h"
#include "data/filter_form.h"
#include "data/inspector_view.h"
#include "data/rows_view.h"
#include "data/sub_pages.h"
#include "widgets/icons.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

DataPage::DataPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : Screen(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_stack(new QStackedWidget) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    setAcceptDrops(true);
    m_main = makeMain();
    m_stack->addWidget(m_main);
    m_pages = new SubPages(context, presenter);
    m_stack->addWidget(m_pages);
    makeActions();
    connect(m_pages, &SubPages::left, this, &DataPage::showTable);
    connect(m_pages, &SubPages::wanted, this, &DataPage::showPart);
    connect(m_pages, &SubPages::goTo, this, &DataPage::goTo);
    connect(m_pages, &SubPages::toast, this, &DataPage::toast);
    connect(&presenter, &DataPresenter::stateChanged, this, &DataPage::refresh);
    connect(&presenter, &DataPresenter::filterChanged, this, &DataPage::refreshPills);
    connect(&presenter, &DataPresenter::figuresChanged, this, &DataPage::refreshFigures);
    connect(&presenter, &DataPresenter::indexChanged, this, &DataPage::refreshFigures);
    connect(&presenter, &DataPresenter::sourcesChanged, this, &DataPage::refresh);
    connect(&presenter, &DataPresenter::currentChanged, this, [this] {
        if (m_presenter.current() != 0 && !m_narrow && m_sideWanted == Side::None) {
            return;
        }
        placeSide();
    });
    connect(&presenter.selection(), &RowSelection::changed, this, &DataPage::refreshBulk);
    connect(&presenter.rows(), &ProjectRows::bulkChanged, this, &DataPage::refreshBulk);
    connect(&presenter, &DataPresenter::said, this,
            [this](const QString& text, const QString& action, std::function<void()> act) {
                if (isVisible()) { // edits of another screen are said there
                    Q_EMIT toast(text, action, std::move(act));
                }
            });
    connect(&presenter.rows(), &ProjectRows::failed, this, [this](const QString& action, const Error& error) {
        const ErrorText text = describe(error);
        m_error->setError(tr("%1 failed: %2").arg(action, text.what), text.meaning, text.details);
        m_error->setRepair(tr("Dismiss"), [this] { m_error->setError({}); });
    });
    refresh();
    refreshPills();
    refreshFigures();
    refreshBulk();
}

QWidget* DataPage::makeMain() {
    const Theme& theme = Theme::current();
    m_split = new QSplitter(Qt::Horizontal);
    m_split->setObjectName(u"data.splitter"_s);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(1);
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(5), theme.u(3.5));
    column->setSpacing(theme.u(2.5));
    m_header = new PageHeader(tr("Data"), {});
    m_undo = makeButton(ButtonKind::Icon, tr("Undo"), u"data.undo"_s, u"undo"_s);
    m_redo = makeButton(ButtonKind::Icon, tr("Redo"), u"data.redo"_s, u"redo"_s);
    m_moreMenu = makeButton(ButtonKind::Icon, tr("Versions, splits, duplicates and export"), u"data.more"_s, u"more"_s);
    m_label = makeButton(ButtonKind::Plain, tr("Label"), u"data.label"_s, u"tag"_s);
    m_import = makeButton(ButtonKind::Primary, tr("Import"), u"data.import"_s, u"import"_s);
    for (QPushButton* button : {m_undo, m_redo, m_moreMenu, m_label, m_import}) {
        m_header->addAction(button);
    }
    column->addWidget(m_header);
    m_error = new InlineError(u"data.error"_s);
    column->addWidget(m_error);
    m_readOnly = new Banner;
    m_readOnly->setObjectName(u"data.readonly"_s);
    m_readOnly->hide();
    column->addWidget(m_readOnly);
    m_staleBanner = new Banner;
    m_staleBanner->setObjectName(u"data.stale"_s);
    m_staleBanner->hide();
    column->addWidget(m_staleBanner);
    m_tools = makeTools();
    column->addWidget(m_tools);
    m_chips = new CheckChips(m_presenter);
    column->addWidget(m_chips);
    m_pills = new QWidget;
    m_pills->setObjectName(u"data.pills"_s);
    m_pillFlow = new FlowLayout(m_pills, theme.u(1.5));
    column->addWidget(m_pills);
    // what is done with chosen rows
    m_bulk = new QFrame;
    m_bulk->setProperty("kind", u"well"_s);
    m_bulk->setObjectName(u"data.bulk"_s);
    auto* bulkColumn = new QVBoxLayout(m_bulk);
    bulkColumn->setContentsMargins(theme.u(3), theme.u(1), theme.u(2), theme.u(1));
    auto* bulk = new QHBoxLayout;
    bulk->setSpacing(theme.u(1));
    m_bulkCount = new Label({}, FontRole::BodyMedium);
    m_bulkCount->setObjectName(u"data.bulk.count"_s);
    bulk->addWidget(m_bulkCount);
    m_bulkAll = makeButton(ButtonKind::Link, {}, u"data.bulk.all"_s);
    bulk->addSpacing(theme.u(2));
    bulk->addWidget(m_bulkAll);
    bulk->addStretch(1);
    const auto act = [&](const QString& text, const QString& name, auto done) {
        auto* button = makeButton(ButtonKind::Ghost, text, name);
        bulk->addWidget(button);
        connect(button, &QPushButton::clicked, this, done);
        return button;
    };
    act(tr("Reject"), u"data.bulk.reject"_s, [this] { m_presenter.setStateOfTarget(project::RowState::Rejected); });
    act(tr("Bring back"), u"data.bulk.restore"_s, [this] { m_presenter.setStateOfTarget(project::RowState::Active); });
    QPushButton* split = act(tr("Split"), u"data.bulk.split"_s, [] {});
    auto* splitMenu = new QMenu(split);
    for (const project::Split each : {project::Split::Train, project::Split::Validation, project::Split::Test}) {
        connect(splitMenu->addAction(RowWords::split(each)), &QAction::triggered, this,
                [this, each] { m_presenter.setSplitOfTarget(each); });
    }
    split->setMenu(splitMenu);
    setButtonIcon(split, u"down"_s);
    act(tr("Label"), u"data.bulk.label"_s, [this] {
        QStringList known;
        for (const auto& [label, rows] : m_presenter.rows().facts().counts.labels) {
            known << qs(label);
        }
        ask(tr("Label for these rows"), known, [this](const QString& text) { m_presenter.setLabelOfTarget(text); });
    });
    act(tr("Tag"), u"data.bulk.tag"_s, [this] {
        QStringList known;
        for (const auto& [tag, rows] : m_presenter.rows().facts().counts.tags) {
            known << qs(tag);
        }
        ask(tr("Tag for these rows"), known, [this](const QString& text) { m_presenter.tagTarget(text, true); });
    });
    act(tr("Redact"), u"data.bulk.redact"_s, [this] {
        showTable();
        m_stack->setCurrentWidget(m_pages);
        m_pages->showFix(data::CheckFix::Redact, m_presenter.selection().asFilter());
    });
    auto* none = makeButton(ButtonKind::Icon, tr("Choose no rows"), u"data.bulk.none"_s, u"cross"_s);
    bulk->addWidget(none);
    connect(none, &QPushButton::clicked, this, [this] { m_presenter.selection().clear(); });
    connect(m_bulkAll, &QPushButton::clicked, this, [this] { m_table->selectAll(); });
    bulkColumn->addLayout(bulk);
    m_bulkRow = new ProgressRow(tr("Changing rows"), u"data.bulk.progress"_s);
    connect(m_bulkRow, &ProgressRow::cancelled, &m_presenter.rows(), &ProjectRows::cancelBulk);
    bulkColumn->addWidget(m_bulkRow);
    column->addWidget(m_bulk);
    // one line that asks for a name
    m_asking = new QFrame;
    m_asking->setProperty("kind", u"well"_s);
    m_asking->setObjectName(u"data.ask"_s);
    auto* askRow = new QHBoxLayout(m_asking);
    askRow->setContentsMargins(theme.u(3), theme.u(1.5), theme.u(3), theme.u(1.5));
    m_askWhat = new Label({});
    m_askLine = new QLineEdit;
    m_askLine->setObjectName(u"data.ask.line"_s);
    auto* askDone = makeButton(ButtonKind::Plain, tr("Done"), u"data.ask.done"_s);
    auto* askLeave = makeButton(ButtonKind::Ghost, tr("Cancel"), u"data.ask.cancel"_s);
    askRow->addWidget(m_askWhat);
    askRow->addWidget(m_askLine, 1);
    askRow->addWidget(askDone);
    askRow->addWidget(askLeave);
    const auto finish = [this] {
        const QString text = m_askLine->text();
        const auto done = m_asked;
        m_asking->hide();
        m_table->setFocus(Qt::OtherFocusReason);
        if (done) {
            done(text);
        }
    };
    connect(m_askLine, &QLineEdit::returnPressed, this, finish);
    connect(askDone, &QPushButton::clicked, this, finish);
    connect(askLeave, &QPushButton::clicked, this, [this] {
        m_asking->hide();
        m_table->setFocus(Qt::OtherFocusReason);
    });
    m_asking->hide();
    column->addWidget(m_asking);

    m_body = new QStackedWidget;
    auto* card = new Card;
    card->column()->setContentsMargins(1, 1, 1, 1);
    m_table = new RowsView(m_presenter);
    card->column()->addWidget(m_table);
    m_body->addWidget(card);
    auto* nothing = new EmptyState(u"search"_s, tr("No row matches"),
                                   tr("The filter above leaves nothing. Take a condition away, or show all rows."));
    connect(nothing->addPrimary(tr("Show all rows"), u"data.nothing.clear"_s), &QPushButton::clicked, &m_presenter,
            &DataPresenter::clearFilter);
    m_body->addWidget(nothing);
    auto* empty = new EmptyState(u"data"_s, tr("No rows yet"),
                                 tr("Drop a file here, or import one: JSONL, JSON, CSV, TSV or a folder of texts."));
    connect(empty->addPrimary(tr("Import a file"), u"data.empty.import"_s), &QPushButton::clicked, this,
            &DataPage::importFile);
    m_body->addWidget(empty);
    auto* loading = new QWidget;
    auto* loadingColumn = new QVBoxLayout(loading);
    m_loading = new Label(tr("Opening the rows…"), FontRole::Body, Tone::Text2);
    m_loading->setAlignment(Qt::AlignCenter);
    loadingColumn->addWidget(m_loading);
    m_body->addWidget(loading);
    column->addWidget(m_body, 1);
    m_figures = makeFigures();
    column->addWidget(m_figures);
    m_job = new QWidget;
    m_job->setObjectName(u"data.job"_s);
    auto* job = new QHBoxLayout(m_job);
    job->setContentsMargins(0, 0, 0, 0);
    job->setSpacing(theme.u(2));
    m_jobBar = new Bar;
    m_jobBar->setFixedWidth(theme.u(30));
    m_jobText = new Label({}, FontRole::Caption, Tone::Text2);
    m_jobText->setObjectName(u"data.job.text"_s);
    m_jobPause = makeButton(ButtonKind::Link, tr("Pause"), u"data.job.pause"_s);
    job->addWidget(m_jobBar);
    job->addWidget(m_jobText);
    job->addWidget(m_jobPause);
    job->addStretch(1);
    connect(m_jobPause, &QPushButton::clicked, this, [this] {
        if (m_presenter.state().jobPaused || !m_presenter.state().jobProblem.isEmpty()) {
            m_presenter.rows().resumeJob();
        } else {
            m_presenter.rows().pauseJob();
        }
    });
    column->addWidget(m_job);

    m_side = new QStackedWidget;
    m_inspector = new InspectorView(m_presenter);
    m_form = new FilterForm(m_presenter);
    m_side->addWidget(m_inspector);
    m_side->addWidget(m_form);
    m_side->setMinimumWidth(theme.u(66));
    m_split->addWidget(left);
    m_split->addWidget(m_side);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_split->setSizes({theme.u(180), theme.u(90)});

    connect(m_undo, &QPushButton::clicked, &m_presenter, &DataPresenter::undo);
    connect(m_redo, &QPushButton::clicked, &m_presenter, &DataPresenter::redo);
    connect(m_import, &QPushButton::clicked, this, &DataPage::importFile);
    m_label->setVisible(m_presenter.offersLabelling());
    connect(m_label, &QPushButton::clicked, this, [this] {
        const project::Filter rows =
            m_presenter.selection().count() > 1 ? m_presenter.selection().asFilter() : m_presenter.filter();
        Q_EMIT goTo(u"label"_s,
                    rows.isEverything() ? QString() : QString(u"filter:"_s % qs(dumpJson(project::toJson(rows)))));
    });
    connect(m_moreMenu, &QPushButton::clicked, this, &DataPage::showMore);
    connect(m_chips, &CheckChips::fixWanted, this, &DataPage::startFix);
    connect(m_table, &RowsView::xrayWanted, this, [this] {
        showSide(Side::Inspector, true);
        m_inspector->showTab(InspectorView::Xray);
    });
    connect(m_table, &RowsView::conversationWanted, this, [this] {
        showSide(Side::Inspector, true);
        m_inspector->showTab(InspectorView::Conversation);
    });
    connect(m_table, &RowsView::historyWanted, this, [this] {
        showSide(Side::Inspector, true);
        m_inspector->showTab(InspectorView::History);
    });
    connect(m_table, &RowsView::editWanted, this, [this] {
        showSide(Side::Inspector, true);
        m_inspector->editAnswer();
    });
    connect(m_table, &RowsView::filterWanted, this, [this] {
        showSide(Side::Filter, true);
        m_form->firstFocus()->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_table, &RowsView::goToWanted, this, &DataPage::goToRow);
    connect(m_table, &RowsView::columnMenuWanted, this, &DataPage::showColumns);
    connect(m_table, &RowsView::menuWanted, this, &DataPage::showRowMenu);
    connect(m_inspector, &InspectorView::editLeft, this, [this] { m_table->setFocus(Qt::ShortcutFocusReason); });
    connect(m_inspector, &InspectorView::stepped, m_table, &RowsView::step);
    connect(m_inspector, &InspectorView::closed, this, [this] { showSide(Side::None, true); });
    connect(m_form, &FilterForm::closed, this, [this] {
        showSide(Side::Inspector, true);
        m_table->setFocus(Qt::OtherFocusReason);
    });
    connect(m_inspector, &InspectorView::recipeWanted, this, [this] { Q_EMIT goTo(u"train"_s, u"new"_s); });
    connect(m_inspector, &InspectorView::showBothWanted, this, [this](qint64 row, qint64 other) {
        m_stack->setCurrentWidget(m_pages);
        m_pages->showRows({row, other});
    });
    return m_split;
}

QWidget* DataPage::makeTools() {
    const Theme& theme = Theme::current();
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(2));
    m_search = new QLineEdit;
    m_search->setObjectName(u"data.search"_s);
    m_search->setAccessibleName(tr("Search rows"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themeIcon(u"search"_s, Token::Text2), QLineEdit::LeadingPosition);
    m_search->setMinimumWidth(theme.u(30));
    m_search->setMaximumWidth(theme.u(64));
    m_filter = makeButton(ButtonKind::Plain, tr("Filter"), u"data.filter"_s, u"filter"_s);
    m_filter->setCheckable(true);
    m_columns = makeButton(ButtonKind::Plain, tr("Columns"), u"data.columns"_s, u"columns"_s);
    m_again = makeButton(ButtonKind::Link, tr("Rows changed: look again"), u"data.again"_s);
    m_searchNote = new Label({}, FontRole::Caption, Tone::Warn);
    m_searchNote->setObjectName(u"data.search.note"_s);
    m_showing = new Label({}, FontRole::Body, Tone::Text2);
    m_showing->setObjectName(u"data.showing"_s);
    row->addWidget(m_search, 3);
    row->addWidget(m_filter);
    row->addWidget(m_columns);
    row->addWidget(m_searchNote);
    row->addStretch(1);
    row->addWidget(m_again);
    row->addWidget(m_showing);
    connect(m_search, &QLineEdit::textEdited, &m_presenter,
            [this](const QString& text) { m_presenter.search(text, DataPresenter::When::AfterPause); });
    connect(m_search, &QLineEdit::textChanged, &m_presenter, [this](const QString& text) {
        if (text.isEmpty()) { // the clear button
            m_presenter.search({}, DataPresenter::When::Now);
        }
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        m_presenter.search(m_search->text(), DataPresenter::When::Now);
        m_table->setFocus(Qt::TabFocusReason);
    });
    connect(m_filter, &QPushButton::clicked, this, [this] {
        const bool open = m_sideWanted == Side::Filter && !m_side->isHidden();
        showSide(open ? Side::Inspector : Side::Filter, true);
        if (!open) {
            m_form->firstFocus()->setFocus(Qt::OtherFocusReason);
        }
    });
    connect(m_columns, &QPushButton::clicked, this,
            [this] { showColumns(m_columns->mapToGlobal(QPoint(0, m_columns->height()))); });
    connect(m_again, &QPushButton::clicked, &m_presenter, &DataPresenter::lookAgain);
    return tools;
}

QWidget* DataPage::makeFigures() {
    const Theme& theme = Theme::current();
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(3));
    const auto card = [&](QPushButton*& name, const QString& object, Label*& facts, BarChart* chart, int stretch) {
        auto* made = new Card;
        made->column()->setContentsMargins(theme.u(3.5), theme.u(1.5), theme.u(3.5), theme.u(1.5));
        made->column()->setSpacing(0);
        auto* head = new QHBoxLayout;
        name = makeButton(ButtonKind::Link, {}, object, u"down"_s);
        name->setLayoutDirection(Qt::RightToLeft);
        facts = new Label({}, FontRole::Caption, Tone::Text2);
        head->addWidget(name);
        head->addStretch(1);
        head->addWidget(facts);
        made->column()->addLayout(head);
        made->column()->addWidget(chart, 1);
        made->setFixedHeight(theme.u(26.5));
        row->addWidget(made, stretch);
    };
    m_histogram = new BarChart(Token::S1, u"data.histogram"_s, tr("Rows by a number"));
    m_balance = new BarChart(Token::S3, u"data.balance"_s, tr("Rows by a text"));
    card(m_histogramName, u"data.histogram.of"_s, m_histogramFacts, m_histogram, 3);
    card(m_balanceName, u"data.balance.of"_s, m_balanceFacts, m_balance, 2);
    m_histogramName->setAccessibleName(tr("Number of the histogram"));
    m_balanceName->setAccessibleName(tr("Text of the balance"));
    m_histogramFacts->setObjectName(u"data.histogram.facts"_s);
    m_balanceFacts->setObjectName(u"data.balance.facts"_s);
    connect(m_histogram, &BarChart::chosen, &m_presenter, &DataPresenter::chooseBin);
    connect(m_balance, &BarChart::chosen, &m_presenter, &DataPresenter::chooseBar);
    connect(m_histogramName, &QPushButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        using project::RowNumber;
        for (const RowNumber number : {RowNumber::Tokens, RowNumber::TrainedTokens, RowNumber::Turns,
                                       RowNumber::AnswerLength, RowNumber::Loss, RowNumber::Rating}) {
            connect(menu->addAction(RowWords::number(number)), &QAction::triggered, this,
                    [this, number] { m_presenter.setHistogramOf(number); });
        }
        menu->popup(m_histogramName->mapToGlobal(QPoint(0, m_histogramName->height())));
    });
    connect(m_balanceName, &QPushButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        using Of = project::Balance::Of;
        for (const auto& [of, text] : {std::pair(Of::Answer, tr("Answers")), std::pair(Of::Label, tr("Labels")),
                                       std::pair(Of::Language, tr("Languages"))}) {
            connect(menu->addAction(text), &QAction::triggered, this,
                    [this, of = of] { m_presenter.setBalanceOf(of); });
        }
        menu->popup(m_balanceName->mapToGlobal(QPoint(0, m_balanceName->height())));
    });
    return box;
}

void DataPage::makeActions() {
    const auto action = [this](const QString& text, const QList<QKeySequence>& keys, const QString& name) {
        auto* out = new QAction(text, this);
        out->setObjectName(name);
        out->setShortcuts(keys);
        out->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(out);
        return out;
    };
    connect(action(tr("Undo"), {QKeySequence(u"Ctrl+Z"_s)}, u"data.undo.action"_s), &QAction::triggered, &m_presenter,
            &DataPresenter::undo);
    connect(action(tr("Redo"), {QKeySequence(u"Ctrl+Shift+Z"_s)}, u"data.redo.action"_s), &QAction::triggered,
            &m_presenter, &DataPresenter::redo);
    connect(
        action(tr("Search rows"), {QKeySequence(u"Ctrl+F"_s), QKeySequence(Qt::Key_Slash)}, u"data.search.action"_s),
        &QAction::triggered, this, [this] {
            showTable();
            m_search->setFocus(Qt::ShortcutFocusReason);
            m_search->selectAll();
        });
    connect(action(tr("Side panel"), {QKeySequence(Qt::Key_F4)}, u"data.side.action"_s), &QAction::triggered, this,
            [this] { showSide(m_side->isHidden() ? Side::Inspector : Side::None, true); });
    connect(action(tr("Go to row"), {QKeySequence(u"Ctrl+G"_s)}, u"data.goto.action"_s), &QAction::triggered, this,
            &DataPage::goToRow);
}

void DataPage::showSide(Side side, bool byPerson) {
    m_sideWanted = side;
    if (byPerson) {
        m_drawerOpen = side != Side::None;
    }
    placeSide();
}

void DataPage::placeSide() {
    const Theme& theme = Theme::current();
    m_narrow = width() < theme.u(295 - 46); // 1180 px of the window at u = 4, without the rail
    const bool rows = m_presenter.rows().facts().rows() > 0;
    const bool shown = m_sideWanted != Side::None && rows && (!m_narrow || m_drawerOpen);
    m_side->setCurrentWidget(m_sideWanted == Side::Filter ? static_cast<QWidget*>(m_form) : m_inspector);
    m_filter->setChecked(shown && m_sideWanted == Side::Filter);
    if (m_narrow) { // a drawer over the page
        if (m_side->parentWidget() != m_main->parentWidget() || m_split->indexOf(m_side) >= 0) {
            m_side->setParent(this);
        }
        const int wide = std::min(theme.u(90), width() * 3 / 4);
        m_side->setGeometry(width() - wide, 0, wide, height());
        m_side->setVisible(shown && m_stack->currentWidget() == m_main);
        m_side->raise();
    } else {
        if (m_split->indexOf(m_side) < 0) {
            m_split->addWidget(m_side);
            m_split->setStretchFactor(1, 0);
            m_split->setSizes({width() - theme.u(90), theme.u(90)});
        }
        m_side->setVisible(shown);
    }
}

void DataPage::resizeEvent(QResizeEvent* event) {
    Screen::resizeEvent(event);
    placeSide();
    refresh();
}

void DataPage::showTable() {
    m_stack->setCurrentWidget(m_main);
    placeSide();
    m_table->setFocus(Qt::OtherFocusReason);
}

QPushButton* DataPage::primaryButton() const {
    return m_stack->currentWidget() == m_pages ? m_pages->primaryButton() : m_import;
}

QWidget* DataPage::firstFocus() const {
    return m_stack->currentWidget() == m_pages                   ? m_pages->firstFocus()
           : m_presenter.state().phase == DataState::Phase::Rows ? static_cast<QWidget*>(m_table)
                                                                 : m_import;
}

void DataPage::entered() {
    m_presenter.checkSources();
    placeSide();
}

void DataPage::showPart(const QString& part) {
    const QString what = part.section(u':', 0, 0);
    const QString rest = part.section(u':', 1);
    if (what == u"row") {
        showTable();
        const qint64 id = rest.toLongLong();
        m_presenter.clearFilter();
        m_presenter.setCurrent(id);
        m_table->goToRow(id);
        return;
    }
    if (what == u"filter") {
        showTable();
        project::Filter filter;
        filter.checks = {us(rest)};
        m_presenter.setFilter(filter);
        return;
    }
    if (what == u"import" && rest.isEmpty()) {
        importFile();
        return;
    }
    if (m_pages->show(what, rest)) {
        m_stack->setCurrentWidget(m_pages);
        placeSide();
        if (QWidget* first = m_pages->firstFocus()) {
            first->setFocus(Qt::OtherFocusReason);
        }
    }
}

void DataPage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().size() == 1 &&
        event->mimeData()->urls().first().isLocalFile() && m_presenter.state().readOnly.isEmpty()) {
        event->acceptProposedAction();
    }
}

void DataPage::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    showPart(u"import:"_s % event->mimeData()->urls().first().toLocalFile());
}

ScreenSpec dataScreen(const ShellContext& context, DataPresenter& presenter) {
    return {.id = u"data"_s,
            .icon = u"data"_s,
            .command = Command::Data,
            .place = ScreenSpec::Place::Step,
            .title = [] { return DataPage::tr("Data"); },
            .make = [context, &presenter](QWidget* parent) { return new DataPage(context, presenter, parent); },
            .fact = [&presenter] { return presenter.railFact(); },
            .sign = [&presenter] { return presenter.railState(); },
            .needsProject = true};
}

} // namespace fettle::ui
