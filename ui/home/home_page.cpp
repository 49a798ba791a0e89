#include "home/home_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "help/help_page.h"
#include "widgets/icons.h"

#include <QDragEnterEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

// ---------------------------------------------------------------- recent projects

void RecentModel::setCards(const QVector<ProjectCard>& cards) {
    beginResetModel();
    m_cards = cards;
    endResetModel();
}

int RecentModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_cards.size());
}

int RecentModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant RecentModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (section >= Runs ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Name:
            return tr("Recent project");
        case Model:
            return tr("Model");
        case Runs:
            return tr("Runs");
        case Best:
            return tr("Lowest validation loss");
        case Opened:
            return tr("Opened");
        default:
            return {};
        }
    }
    return {};
}

QVariant RecentModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ProjectCard& card = m_cards[index.row()];
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (index.column() >= Runs ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == SecondaryRole) {
        return index.column() == Name ? QVariant(card.folder) : QVariant();
    }
    if (role == FolderRole) {
        return card.folder;
    }
    if (role == ToneRole) {
        return index.column() == Opened ? QVariant(static_cast<int>(Token::Text2)) : QVariant();
    }
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Name:
            return card.name;
        case Model:
            return card.model.isEmpty() ? Format::unknown() : m_workspace.modelTitle(card.model);
        case Runs:
            return Format::exactCount(card.runs);
        case Best:
            return Format::loss(card.bestValidation);
        case Opened:
            return Format::when(card.openedMs);
        default:
            return {};
        }
    }
    return {};
}

// ---------------------------------------------------------------- page

HomePage::HomePage(const ShellContext& context, HomePresenter& presenter, QWidget* parent)
    : Screen(parent)
    , m_context(context)
    , m_presenter(presenter) {
    const Theme& theme = Theme::current();
    setAcceptDrops(true);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* body = new PageBody;
    outer->addWidget(body);
    QVBoxLayout* column = body->column();
    m_header = new PageHeader(tr("Home"), {});
    column->addWidget(m_header);

    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(theme.u(3.5));
    m_grid->setVerticalSpacing(theme.u(3.5));
    m_current = makeCurrent();
    m_machine = makeMachine();
    m_sampleButton = makeButton(ButtonKind::Primary, tr("Open sample"), u"home.sample"_s);
    m_sample =
        makeStart(u"play"_s, tr("Try the sample"), tr("A small project with its data. Press Train and watch the loss."),
                  m_sampleButton, tr("works offline"));
    m_newButton = makeButton(ButtonKind::Plain, tr("New project"), u"home.new"_s);
    m_new = makeStart(u"plus"_s, tr("New project"),
                      tr("An empty project with a first recipe. Add data when you have it."), m_newButton, u"Ctrl+N"_s);
    QPushButton* choose = makeButton(ButtonKind::Plain, tr("Choose file"), u"home.choose"_s);
    m_drop = makeStart(u"drop"_s, tr("Drop a file here"),
                       tr("JSONL, JSON or CSV: one example a row. It becomes a project with a recipe."), choose,
                       u"Ctrl+I"_s);
    m_drop->setProperty("kind", u"drop"_s);
    m_read = makeRead();
    column->addLayout(m_grid);

    m_recentCard = new Card;
    m_recentCard->column()->setContentsMargins(1, theme.u(1), 1, theme.u(1));
    m_recentModel = new RecentModel(context.workspace, this);
    m_recent = new DataTable(u"home.recent"_s, tr("Recent projects"));
    m_recent->setModel(m_recentModel);
    m_recent->setLines(2);
    m_recent->setColumnSamples(
        {u"W"_s.repeated(18), u"SmolLM2-135M-Instruct.Q4_1.gguf"_s, u"8,888"_s, u"88.888"_s, u"yesterday 23:59"_s},
        RecentModel::Name);
    m_recent->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_recentCard->column()->addWidget(m_recent);
    column->addWidget(m_recentCard);
    column->addStretch(1);

    connect(m_sampleButton, &QPushButton::clicked, this, [this] { m_presenter.openSample(); });
    connect(m_newButton, &QPushButton::clicked, this, [this] { showPart(u"new"_s); });
    connect(choose, &QPushButton::clicked, this, [this] {
        m_context.dialogs.openFile(this,
                                   {.title = tr("New project from a file"),
                                    .folder = {},
                                    .filters = {tr("Rows (*.jsonl *.json *.csv *.tsv *.txt)"), tr("All files (*)")}},
                                   [this](const QString& file) {
                                       if (!file.isEmpty()) {
                                           m_presenter.dropped(file);
                                       }
                                   });
    });
    connect(m_open, &QPushButton::clicked, this, [this] {
        m_presenter.openCurrent();
        Q_EMIT goTo(u"train"_s, {});
    });
    connect(m_recent, &DataTable::opened, this,
            [this](const QModelIndex& index) { m_context.workspace.openProject(index.data(FolderRole).toString()); });
    connect(&m_presenter, &HomePresenter::changed, this, &HomePage::refresh);
    connect(&m_presenter, &HomePresenter::curveChanged, this, &HomePage::refreshCurve);
    connect(&context.workspace, &Workspace::recentChanged, this,
            [this] { m_recentModel->setCards(m_context.workspace.recent()); });
    m_recentModel->setCards(context.workspace.recent());
    refresh();
}

Card* HomePage::makeCurrent() {
    const Theme& theme = Theme::current();
    auto* card = new Card(this);
    card->setObjectName(u"home.current"_s);
    card->column()->setContentsMargins(theme.u(5.5), theme.u(4), theme.u(5.5), theme.u(4));
    auto* head = new QHBoxLayout;
    auto* words = new QVBoxLayout;
    words->setSpacing(theme.u(0.5));
    words->addWidget(new Label(tr("Continue"), FontRole::Caption, Tone::Text2));
    m_name = new Label({}, FontRole::CardHeading);
    m_name->setMinimumWidth(1);
    words->addWidget(m_name);
    m_sentence = new ElidedLabel({}, FontRole::Body, Token::Text2, Qt::ElideMiddle);
    words->addWidget(m_sentence);
    head->addLayout(words, 1);
    m_open = makeButton(ButtonKind::Primary, tr("Open"), u"home.open"_s);
    head->addWidget(m_open, 0, Qt::AlignTop);
    card->column()->addLayout(head);
    card->column()->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(6));
    auto* facts = new QHBoxLayout;
    facts->setSpacing(theme.u(7));
    for (int i = 0; i < 4; ++i) {
        auto* fact = new QVBoxLayout;
        fact->setSpacing(0);
        auto* value = new Label({}, FontRole::Figure);
        auto* name = new Label({}, FontRole::Caption, Tone::Text2);
        fact->addWidget(value);
        fact->addWidget(name);
        facts->addLayout(fact);
        m_facts.append(qMakePair(value, name));
    }
    row->addLayout(facts);
    row->setAlignment(facts, Qt::AlignBottom);
    row->addStretch(1);
    m_curveBox = new QWidget;
    auto* curveColumn = new QVBoxLayout(m_curveBox);
    curveColumn->setContentsMargins(0, 0, 0, 0);
    curveColumn->setSpacing(theme.u(1));
    m_curve = new MiniCurve;
    m_curve->setAccessibleName(tr("Loss of the latest run"));
    m_curve->setFixedSize(theme.u(52), theme.u(17));
    curveColumn->addWidget(m_curve);
    auto* under = new QHBoxLayout;
    m_curveLeft = new Label({}, FontRole::Caption, Tone::Text2);
    m_curveRight = new Label({}, FontRole::Caption, Tone::Text2);
    under->addWidget(m_curveLeft);
    under->addStretch(1);
    under->addWidget(m_curveRight);
    curveColumn->addLayout(under);
    row->addWidget(m_curveBox, 0, Qt::AlignBottom);
    card->column()->addLayout(row);
    return card;
}

Card* HomePage::makeMachine() {
    const Theme& theme = Theme::current();
    auto* card = new Card(this);
    card->setObjectName(u"home.machine"_s);
    card->addHeading(tr("This machine"), u"cpu"_s);
    const HomeState state = m_presenter.state();
    for (const auto& [name, value] : state.machine) {
        auto* row = new QHBoxLayout;
        row->setSpacing(theme.u(3));
        row->addWidget(new Label(name, FontRole::Body, Tone::Text2));
        row->addStretch(1);
        auto* text = new Label(value);
        row->addWidget(text);
        m_machineValues.append(text);
        card->column()->addLayout(row);
    }
    card->column()->addStretch(1);
    return card;
}

QFrame* HomePage::makeStart(const QString& icon, const QString& title, const QString& text, QPushButton* button,
                            const QString& note) {
    const Theme& theme = Theme::current();
    auto* card = new Card(this);
    card->column()->setContentsMargins(theme.u(4.5), theme.u(4), theme.u(4.5), theme.u(3.5));
    auto* picture = new QLabel;
    picture->setProperty("decoration", true);
    const int side = theme.u(5);
    const auto show = [picture, icon, side] {
        picture->setPixmap(themeIcon(icon, Token::Accent).pixmap(QSize(side, side), picture->devicePixelRatioF()));
    };
    show();
    connect(&Theme::current(), &Theme::changed, picture, show);
    card->column()->addWidget(picture);
    card->column()->addWidget(new Label(title, FontRole::CardHeading));
    auto* words = new Label(text, FontRole::Body, Tone::Text2, Wrap::Yes);
    card->column()->addWidget(words);
    if (icon == u"drop") {
        m_dropText = words;
    }
    card->column()->addStretch(1);
    if (icon == u"plus") {
        m_newForm = new QWidget;
        auto* form = new QVBoxLayout(m_newForm);
        form->setContentsMargins(0, 0, 0, 0);
        form->setSpacing(theme.u(1));
        m_newName = new QLineEdit;
        m_newName->setObjectName(u"home.new.name"_s);
        m_newName->setAccessibleName(tr("Name of the project"));
        m_newName->setPlaceholderText(tr("Name of the project"));
        m_newFault = new Label({}, FontRole::Caption, Tone::Bad, Wrap::Yes);
        m_newFault->hide();
        form->addWidget(m_newName);
        form->addWidget(m_newFault);
        m_newForm->hide();
        card->column()->addWidget(m_newForm);
        connect(m_newName, &QLineEdit::returnPressed, this, &HomePage::create);
    }
    auto* row = new QHBoxLayout;
    row->addWidget(button);
    row->addStretch(1);
    row->addWidget(new Label(note, FontRole::Caption, Tone::Text2));
    card->column()->addLayout(row);
    return card;
}

Card* HomePage::makeRead() {
    const Theme& theme = Theme::current();
    auto* card = new Card(this);
    card->addHeading(tr("Read first"));
    for (const HelpTopic& topic : helpTopics()) {
        QPushButton* link = makeButton(ButtonKind::Link, topic.title, u"home.help."_s % topic.id, u"file"_s);
        auto* row = new QHBoxLayout; // a link is as wide as its words
        row->setSpacing(theme.u(1));
        row->addWidget(link);
        row->addStretch(1);
        card->column()->addLayout(row);
        connect(link, &QPushButton::clicked, this, [this, id = topic.id] { Q_EMIT goTo(u"help"_s, id); });
    }
    card->column()->addStretch(1);
    return card;
}

void HomePage::arrange() {
    const bool narrow = width() < Theme::current().u(240);
    const bool hasCurrent = m_presenter.state().current.has_value();
    for (QWidget* each :
         {static_cast<QWidget*>(m_current), static_cast<QWidget*>(m_machine), static_cast<QWidget*>(m_sample),
          static_cast<QWidget*>(m_new), static_cast<QWidget*>(m_drop), static_cast<QWidget*>(m_read)}) {
        m_grid->removeWidget(each);
    }
    for (int column = 0; column < 4; ++column) {
        m_grid->setColumnStretch(column, narrow && column == 3 ? 0 : 1);
        m_grid->setColumnMinimumWidth(column, 0);
    }
    m_current->setVisible(hasCurrent);
    if (narrow) {
        m_grid->addWidget(m_current, 0, 0, 1, 3);
        m_grid->addWidget(m_sample, 1, 0);
        m_grid->addWidget(m_new, 1, 1);
        m_grid->addWidget(m_drop, 1, 2);
        m_grid->addWidget(m_machine, 2, 0, 1, 2);
        m_grid->addWidget(m_read, 2, 2);
    } else if (hasCurrent) {
        m_grid->addWidget(m_current, 0, 0, 1, 3);
        m_grid->addWidget(m_machine, 0, 3);
        m_grid->addWidget(m_sample, 1, 0);
        m_grid->addWidget(m_new, 1, 1);
        m_grid->addWidget(m_drop, 1, 2);
        m_grid->addWidget(m_read, 1, 3);
    } else { // first run: the ways to begin stand first
        m_grid->addWidget(m_sample, 0, 0);
        m_grid->addWidget(m_new, 0, 1);
        m_grid->addWidget(m_drop, 0, 2);
        m_grid->addWidget(m_machine, 0, 3);
        m_grid->addWidget(m_read, 1, 0, 1, 4);
    }
}

void HomePage::resizeEvent(QResizeEvent* event) {
    Screen::resizeEvent(event);
    arrange();
}

void HomePage::refresh() {
    const HomeState state = m_presenter.state();
    const bool has = state.current.has_value();
    m_header->setSentence(has ? tr("From data to a tuned model, on this machine.")
                              : tr("Everything stays on this machine."));
    if (m_current->isHidden() == has) {
        arrange();
    }
    // One primary button a page: Open where there is a project, the sample on the first day.
    setSheetProperty(m_sampleButton, "kind", has ? u"plain"_s : u"primary"_s);
    if (has) {
        const HomeState::Continue& card = *state.current;
        m_name->setText(card.name);
        m_sentence->setText(card.sentence);
        for (qsizetype i = 0; i < m_facts.size(); ++i) {
            const bool used = i < card.facts.size();
            m_facts[i].first->setText(used ? card.facts[i].second : QString());
            m_facts[i].second->setText(used ? card.facts[i].first : QString());
            m_facts[i].first->setVisible(used);
            m_facts[i].second->setVisible(used);
        }
        m_curveBox->setVisible(!card.run.isEmpty());
        m_curveLeft->setText(card.runLine);
        m_curveRight->setText(card.runRight);
        m_curve->setSlot(card.slot);
        refreshCurve();
    }
    for (qsizetype i = 0; i < m_machineValues.size(); ++i) {
        m_machineValues[i]->setText(state.machine[i].second);
    }
    for (QPushButton* button : {m_sampleButton, m_newButton, m_open}) {
        button->setEnabled(!state.busy);
    }
    const int rows = m_recentModel->rowCount();
    m_recentCard->setVisible(rows > 0);
    m_recent->setFixedHeight(m_recent->horizontalHeader()->height() + rows * Theme::current().rowHeight(2) + 2);
}

void HomePage::refreshCurve() {
    Column steps;
    Column losses;
    m_presenter.curve(steps, losses);
    const HomeState state = m_presenter.state();
    m_curve->setData(steps, losses, state.current ? state.current->steps : std::nullopt);
}

QPushButton* HomePage::primaryButton() const {
    return m_current->isHidden() ? m_sampleButton : m_open;
}

QWidget* HomePage::firstFocus() const {
    return primaryButton();
}

void HomePage::entered() {
    m_context.workspace.refreshRecent();
}

void HomePage::showPart(const QString& part) {
    if (part != u"new") {
        return;
    }
    if (m_newForm->isHidden()) {
        m_newForm->show();
        m_newButton->setText(tr("Create"));
        disconnect(m_newButton, &QPushButton::clicked, this, nullptr);
        connect(m_newButton, &QPushButton::clicked, this, &HomePage::create);
    }
    m_newName->setFocus(Qt::ShortcutFocusReason);
}

void HomePage::create() {
    const QString fault = HomePresenter::nameFault(m_newName->text());
    m_newFault->setText(fault);
    m_newFault->setVisible(!fault.isEmpty());
    setSheetProperty(m_newName, "fault", !fault.isEmpty());
    m_newName->setAccessibleDescription(fault);
    if (fault.isEmpty()) {
        m_presenter.createProject(m_newName->text());
        m_newName->clear();
    } else {
        m_newName->setFocus(Qt::OtherFocusReason);
    }
}

void HomePage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        QStringList paths;
        for (const QUrl& url : event->mimeData()->urls()) {
            paths << url.toLocalFile();
        }
        const QString refused = m_presenter.refuseDrop(paths);
        m_dropText->setText(refused.isEmpty() ? tr("Let go to make a project of it.") : refused);
        setSheetProperty(m_drop, "hot", refused.isEmpty());
        event->acceptProposedAction();
    }
}

void HomePage::dragLeaveEvent(QDragLeaveEvent*) {
    setSheetProperty(m_drop, "hot", false);
    m_dropText->setText(tr("JSONL, JSON or CSV: one example a row. It becomes a project with a recipe."));
}

void HomePage::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        paths << url.toLocalFile();
    }
    const QString refused = m_presenter.refuseDrop(paths);
    dragLeaveEvent(nullptr);
    if (!refused.isEmpty()) {
        Q_EMIT toast(refused, {}, {});
        return;
    }
    event->acceptProposedAction();
    m_presenter.dropped(paths.first());
}

ScreenSpec homeScreen(const ShellContext& context, HomePresenter& presenter) {
    return {.id = u"home"_s,
            .icon = u"home"_s,
            .command = Command::Home,
            .place = ScreenSpec::Place::Step,
            .title = [] { return HomePage::tr("Home"); },
            .make = [context, &presenter](QWidget* parent) { return new HomePage(context, presenter, parent); },
            .fact = {},
            .sign = {},
            .needsProject = false};
}

} // namespace fettle::ui
