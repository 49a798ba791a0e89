#include "data/inspector_view.h"

#include "bridge/strings.h"
#include "data/word_diff.h"
#include "widgets/frames.h"
#include "widgets/icons.h"
#include "workspace/workspace.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowDetails;

namespace {

constexpr std::size_t kShownChanges = 100;

/// A finding in a narrow panel: its actions stand under the words.
class FindingCard : public QFrame {
public:
    FindingCard(State state, const QString& heading, const QString& sentence, const QString& name)
        : m_actions(new FlowLayout(nullptr, Theme::current().u(2))) {
        const Theme& theme = Theme::current();
        setObjectName(name);
        setProperty("kind", u"banner"_s);
        setProperty("state", state == State::Bad ? u"bad"_s : u"warn"_s);
        setAccessibleName(QString(heading % u". "_s % sentence));
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(theme.u(2.5), theme.u(2.5), theme.u(3), theme.u(2.5));
        row->setSpacing(theme.u(2.5));
        auto* icon = new QLabel;
        icon->setPixmap(themeIcon(stateIcon(state), stateToken(state)).pixmap(theme.u(4.5), theme.u(4.5)));
        row->addWidget(icon, 0, Qt::AlignTop);
        auto* column = new QVBoxLayout;
        column->setSpacing(theme.u(1));
        column->addWidget(new Label(heading, FontRole::BodyStrong, Tone::Text, Wrap::Yes));
        column->addWidget(new Label(sentence, FontRole::Body, Tone::Text, Wrap::Yes));
        m_box = new QWidget;
        m_box->setLayout(m_actions);
        m_box->hide();
        column->addWidget(m_box);
        row->addLayout(column, 1);
    }
    QPushButton* addAction(ButtonKind kind, const QString& text, const QString& name) {
        auto* button = makeButton(kind, text, name);
        m_actions->addWidget(button);
        m_box->show();
        return button;
    }

private:
    FlowLayout* m_actions;
    QWidget* m_box;
};

QWidget* scrolled(QWidget* inner, const QString& name) {
    auto* body = new PageBody;
    body->setObjectName(name);
    const Theme& theme = Theme::current();
    body->column()->setContentsMargins(theme.u(5), 0, theme.u(5), theme.u(4));
    body->column()->addWidget(inner);
    body->column()->addStretch(1);
    return body;
}

QString otherText(const project::RowCheck& check, const data::CheckInfo* info) {
    if (check.other <= 0) {
        return {};
    }
    const bool leak = info != nullptr && info->family == data::CheckFamily::Leak;
    return leak ? InspectorView::tr("Held-out row %1.").arg(RowWords::id(check.other))
                : InspectorView::tr("Row %1.").arg(RowWords::id(check.other));
}

} // namespace

InspectorView::InspectorView(DataPresenter& presenter, QWidget* parent)
    : QFrame(parent)
    , m_presenter(presenter)
    , m_inspector(presenter.inspector())
    , m_title(new Label({}, FontRole::CardHeading))
    , m_split(new Label({}, FontRole::Body, Tone::Text2))
    , m_up(makeButton(ButtonKind::Icon, tr("Row before"), u"data.row.up"_s, u"up"_s))
    , m_down(makeButton(ButtonKind::Icon, tr("Next row"), u"data.row.down"_s, u"down"_s))
    , m_more(makeButton(ButtonKind::Icon, tr("What to do with this row"), u"data.row.more"_s, u"more"_s))
    , m_close(makeButton(ButtonKind::Icon, tr("Close the side panel (F4)"), u"data.row.close"_s, u"cross"_s))
    , m_tabs(new ChoiceGroup(GroupLook::Tabs, tr("Parts of the row")))
    , m_findings(nullptr)
    , m_findingBox(new QWidget)
    , m_error(new InlineError(u"data.row.error"_s))
    , m_stack(new QStackedWidget)
    , m_conversation(new ConversationView(ConversationView::Edits::Yes, u"data.bubble"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(u"data.inspector"_s);
    setProperty("kind", u"side"_s);
    setAccessibleName(tr("Side panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, theme.u(5), 0, 0);
    column->setSpacing(theme.u(2));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme.u(5), 0, theme.u(3), 0);
    head->setSpacing(theme.u(1.5));
    m_title->setObjectName(u"data.row.title"_s);
    head->addWidget(m_title);
    head->addWidget(m_split);
    head->addStretch(1);
    for (QPushButton* button : {m_up, m_down, m_more, m_close}) {
        head->addWidget(button);
    }
    column->addLayout(head);
    auto* tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(theme.u(5), 0, theme.u(5), 0);
    m_tabs->addChoice(Conversation, tr("Conversation"), u"data.tab.conversation"_s);
    m_tabs->addChoice(Xray, tr("Token x-ray"), u"data.tab.xray"_s);
    m_tabs->addChoice(Fields, tr("Fields"), u"data.tab.fields"_s);
    m_tabs->addChoice(History, tr("History"), u"data.tab.history"_s);
    tabRow->addWidget(m_tabs);
    tabRow->addStretch(1);
    column->addLayout(tabRow);
    auto* findingColumn = new QVBoxLayout(m_findingBox);
    findingColumn->setContentsMargins(theme.u(5), 0, theme.u(5), 0);
    findingColumn->setSpacing(theme.u(2));
    m_findings = findingColumn;
    column->addWidget(m_findingBox);
    auto* errorRow = new QVBoxLayout;
    errorRow->setContentsMargins(theme.u(5), 0, theme.u(5), 0);
    errorRow->addWidget(m_error);
    column->addLayout(errorRow);
    column->addWidget(m_stack, 1);
    m_stack->addWidget(scrolled(m_conversation, u"data.conversation"_s));
    m_stack->addWidget(makeXray());
    m_stack->addWidget(makeFields());
    m_stack->addWidget(makeHistory());

    connect(m_tabs, &ChoiceGroup::chosen, this, [this](int tab) { showTab(static_cast<Tab>(tab)); });
    connect(m_up, &QPushButton::clicked, this, [this] { Q_EMIT stepped(-1); });
    connect(m_down, &QPushButton::clicked, this, [this] { Q_EMIT stepped(1); });
    connect(m_close, &QPushButton::clicked, this, &InspectorView::closed);
    connect(m_more, &QPushButton::clicked, this, [this] {
        if (!m_inspector.details()) {
            return;
        }
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setObjectName(u"data.row.menu"_s);
        const RowDetails& row = *m_inspector.details();
        const bool rejected = row.cells.state == project::RowState::Rejected;
        connect(menu->addAction(rejected ? tr("Bring back") : tr("Reject")), &QAction::triggered, this,
                [this, rejected, id = row.cells.id] {
                    project::EditStep step;
                    step.label = us((rejected ? tr("Bring back row %1") : tr("Reject row %1")).arg(RowWords::id(id)));
                    step.edits.push_back(
                        {id, project::RowField::State,
                         project::rowStateName(rejected ? project::RowState::Active : project::RowState::Rejected), 0});
                    m_presenter.rows().apply(std::move(step));
                });
        QMenu* splits = menu->addMenu(tr("Move to split"));
        for (const project::Split split : {project::Split::Train, project::Split::Validation, project::Split::Test}) {
            QAction* action = splits->addAction(RowWords::split(split));
            action->setEnabled(split != row.cells.split);
            connect(action, &QAction::triggered, this, [this, split, id = row.cells.id] {
                project::EditStep step;
                step.label = us(tr("Move row %1 to %2").arg(RowWords::id(id), RowWords::split(split)));
                step.edits.push_back({id, project::RowField::Split, project::splitName(split), 0});
                m_presenter.rows().apply(std::move(step));
            });
        }
        connect(menu->addAction(tr("Edit the answer")), &QAction::triggered, this, &InspectorView::editAnswer);
        menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    connect(m_conversation, &ConversationView::edited, this,
            [this](const RowMessage& message, const QString& text) { m_inspector.editMessage(message, text); });
    connect(m_conversation, &ConversationView::editLeft, this, &InspectorView::editLeft);
    connect(&m_inspector, &RowInspector::changed, this, &InspectorView::refresh);
    connect(&m_inspector, &RowInspector::historyChanged, this, &InspectorView::refreshHistory);
    connect(&m_inspector, &RowInspector::editRefused, this, [this](const Error& error) {
        const ErrorText said = describe(error);
        InlineError* place = tab() == Fields ? m_jsonError : m_error;
        place->setError(tr("The row was not changed. %1").arg(qs(error.message)), said.meaning, said.details);
    });
    connect(&m_inspector, &RowInspector::editTaken, this, [this] {
        m_error->setError({});
        m_jsonError->setError({});
        m_shownHash.clear(); // what was typed is what is stored
    });
    connect(&m_inspector.xray(), &RowXray::changed, this, &InspectorView::refreshXray);
    refresh();
}

QWidget* InspectorView::makeFields() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme.u(5), 0, theme.u(5), theme.u(4));
    column->setSpacing(theme.u(2));
    m_jsonError = new InlineError(u"data.fields.error"_s);
    column->addWidget(m_jsonError);
    m_json = new BubbleEdit({});
    m_json->setMinimumHeight(theme.u(20));
    m_json->setMaximumHeight(QWIDGETSIZE_MAX);
    m_json->setProperty("fills", true);
    m_json->setObjectName(u"data.fields.json"_s);
    m_json->setAccessibleName(tr("The row as JSON"));
    m_json->setFont(theme.mono());
    m_json->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    column->addWidget(m_json, 1);
    auto* row = new QHBoxLayout;
    m_saveJson = makeButton(ButtonKind::Plain, tr("Save"), u"data.fields.save"_s);
    m_undoJson = makeButton(ButtonKind::Ghost, tr("As it was"), u"data.fields.revert"_s);
    row->addWidget(m_saveJson);
    row->addWidget(m_undoJson);
    row->addStretch(1);
    row->addWidget(new Label(tr("Ctrl+Return saves"), FontRole::Caption, Tone::Text3));
    column->addLayout(row);
    const auto save = [this] {
        m_jsonError->setError({});
        if (!m_inspector.editJson(m_json->toPlainText())) {
            m_shownHash.clear();
            refreshFields();
        }
    };
    const auto revert = [this] {
        m_jsonError->setError({});
        m_shownHash.clear();
        refreshFields();
    };
    connect(m_json, &BubbleEdit::saved, this, save);
    connect(m_saveJson, &QPushButton::clicked, this, save);
    connect(m_json, &BubbleEdit::left, this, revert);
    connect(m_undoJson, &QPushButton::clicked, this, revert);
    connect(m_json, &QPlainTextEdit::textChanged, this, [this] {
        const bool differs = m_json->toPlainText() != m_inspector.json();
        setDisabledReason(m_saveJson, differs ? m_presenter.state().readOnly : tr("Nothing was changed."));
        m_undoJson->setEnabled(differs);
    });
    return page;
}

QWidget* InspectorView::makeHistory() {
    auto* inner = new QWidget;
    m_changes = new QVBoxLayout(inner);
    m_changes->setContentsMargins(0, 0, 0, 0);
    m_changes->setSpacing(Theme::current().u(3));
    return scrolled(inner, u"data.history"_s);
}

InspectorView::Tab InspectorView::tab() const {
    return static_cast<Tab>(m_tabs->current());
}

void InspectorView::showTab(Tab tab) {
    m_tabs->setCurrent(tab);
    m_stack->setCurrentIndex(tab);
    m_inspector.xray().setWanted(tab == Xray);
    if (tab == Xray) {
        refreshXray();
    } else if (tab == Fields) {
        refreshFields();
    } else if (tab == History) {
        m_inspector.readHistory();
        refreshHistory();
    }
}

void InspectorView::editAnswer() {
    showTab(Conversation);
    m_conversation->editAnswer();
}

QWidget* InspectorView::firstFocus() const {
    return m_tabs->button(m_tabs->current());
}

void InspectorView::refresh() {
    const std::optional<RowDetails>& row = m_inspector.details();
    const bool has = row.has_value() && m_inspector.id() != 0;
    m_title->setText(has ? RowWords::rowName(row->cells.id) : tr("No row chosen"));
    QStringList facts;
    if (has) {
        facts << RowWords::split(row->cells.split).toLower();
        if (row->cells.state == project::RowState::Rejected) {
            facts << RowWords::state(row->cells.state).toLower();
        }
        if (!row->cells.label.empty()) {
            facts << qs(row->cells.label);
        }
    }
    m_split->setText(facts.join(u" · "_s));
    for (QPushButton* button : {m_up, m_down, m_more}) {
        button->setEnabled(has);
    }
    m_tabs->setEnabled(has);
    m_stack->setVisible(has);
    if (m_inspector.error()) {
        const ErrorText said = describe(*m_inspector.error());
        m_error->setError(said.what, said.meaning, said.details);
        m_error->setRepair(tr("Try again"), [this] { m_inspector.reload(); });
    } else if (!has || row->cells.id != m_shown) {
        m_error->setError({});
        m_jsonError->setError({});
    }
    const bool other = !has || row->cells.id != m_shown || row->hash != m_shownHash;
    if (has && other && !(m_conversation->editing() && row->cells.id == m_shown)) {
        m_conversation->setMessages(messagesOf(row->sample));
    }
    if (has && other) {
        m_shown = row->cells.id;
        refreshFields();
        m_shownHash = row->hash;
    }
    refreshFindings();
    if (has && tab() == History && !m_inspector.history()) {
        m_inspector.readHistory();
    }
    refreshHistory();
}

void InspectorView::refreshFindings() {
    std::string key;
    if (m_inspector.details()) {
        const project::RowCells& cells = m_inspector.details()->cells;
        key = std::to_string(cells.id) + project::rowStateName(cells.state) + project::splitName(cells.split) +
              us(m_presenter.state().readOnly);
        for (const project::RowCheck& check : cells.checks) {
            key += "|" + check.code + "|" + check.detail + "|" + std::to_string(check.other);
        }
    }
    if (key == m_findingKey) {
        return;
    }
    m_findingKey = key;
    while (QLayoutItem* item = m_findings->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    const std::optional<RowDetails>& row = m_inspector.details();
    m_findingBox->setVisible(row.has_value() && !row->cells.checks.empty());
    if (!row) {
        return;
    }
    int shown = 0;
    std::vector<project::RowCheck> checks = row->cells.checks;
    std::stable_sort(checks.begin(), checks.end(), [](const project::RowCheck& a, const project::RowCheck& b) {
        return CheckWords::state(a.code) == State::Bad && CheckWords::state(b.code) != State::Bad;
    });
    for (const project::RowCheck& check : checks) {
        const data::CheckInfo* info = data::findCheck(check.code);
        if (++shown > 3) {
            m_findings->addWidget(new Label(tr("and %Ln more finding(s)", nullptr, static_cast<int>(checks.size()) - 3),
                                            FontRole::Caption, Tone::Text2));
            break;
        }
        QStringList sentence;
        if (const QString other = otherText(check, info); !other.isEmpty()) {
            sentence << other;
        }
        sentence << CheckWords::explanation(check.code);
        if (!check.detail.empty()) {
            sentence << tr("(%1)", "detail").arg(qs(check.detail));
        }
        auto* banner = new FindingCard(CheckWords::state(check.code), CheckWords::title(check.code),
                                       sentence.join(u' '), u"data.finding."_s % qs(check.code));
        const project::RowId id = row->cells.id;
        const bool pair = check.other > 0;
        const bool leak = info != nullptr && info->family == data::CheckFamily::Leak;
        if (row->cells.state == project::RowState::Active) {
            const QString text =
                leak && row->cells.split == project::Split::Train ? tr("Drop from train") : tr("Reject");
            if (leak || pair ||
                (info != nullptr &&
                 std::find(info->fixes.begin(), info->fixes.end(), data::CheckFix::DropRow) != info->fixes.end())) {
                QPushButton* drop = banner->addAction(ButtonKind::Plain, text, u"data.finding.drop"_s);
                setDisabledReason(drop, m_presenter.state().readOnly);
                connect(drop, &QPushButton::clicked, this, [this, id] { m_presenter.rejectRow(id); });
            }
        }
        if (pair) {
            connect(banner->addAction(ButtonKind::Ghost, tr("Show both"), u"data.finding.both"_s),
                    &QPushButton::clicked, this, [this, id, other = check.other] { Q_EMIT showBothWanted(id, other); });
        } else if (info != nullptr && (info->fixes.front() == data::CheckFix::ChooseOverLong ||
                                       std::find(info->fixes.begin(), info->fixes.end(),
                                                 data::CheckFix::ChangeTrainOn) != info->fixes.end())) {
            connect(banner->addAction(ButtonKind::Ghost,
                                      CheckWords::fix(info->fixes.front() == data::CheckFix::ChooseOverLong
                                                          ? data::CheckFix::ChooseOverLong
                                                          : data::CheckFix::ChangeTrainOn),
                                      u"data.finding.recipe"_s),
                    &QPushButton::clicked, this, &InspectorView::recipeWanted);
        }
        m_findings->addWidget(banner);
    }
}

void InspectorView::refreshFields() {
    if (!m_inspector.details() || (m_json->hasFocus() && m_json->document()->isModified() && !m_shownHash.empty())) {
        return;
    }
    m_json->setPlainText(m_inspector.json());
    m_json->document()->setModified(false);
    const QString reason = m_presenter.state().readOnly;
    m_json->setReadOnly(!reason.isEmpty());
    setDisabledReason(m_saveJson, reason.isEmpty() ? tr("Nothing was changed.") : reason);
    m_undoJson->setEnabled(false);
}

void InspectorView::refreshHistory() {
    for (QWidget* row : std::as_const(m_changeRows)) {
        row->hide();
        row->deleteLater();
    }
    m_changeRows.clear();
    if (tab() != History || !m_inspector.history()) {
        return;
    }
    const Theme& theme = Theme::current();
    const auto add = [this](QWidget* row) {
        m_changes->insertWidget(static_cast<int>(m_changeRows.size()), row);
        m_changeRows.append(row);
    };
    const std::vector<project::RowChange>& changes = *m_inspector.history();
    for (std::size_t i = 0; i < std::min(changes.size(), kShownChanges); ++i) {
        const project::RowChange& change = changes[i];
        auto* row = new QWidget;
        auto* column = new QVBoxLayout(row);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(theme.u(0.5));
        using Kind = project::JournalEntry::Kind;
        const QString what = change.kind == Kind::Undo   ? tr("Undone: %1").arg(qs(change.label))
                             : change.kind == Kind::Redo ? tr("Done again: %1").arg(qs(change.label))
                                                         : qs(change.label);
        column->addWidget(new Label(what, FontRole::BodyMedium, Tone::Text, Wrap::Yes));
        QStringList facts{Format::when(change.timeMs)};
        if (!change.annotator.empty()) {
            facts << qs(change.annotator);
        }
        facts << RowWords::field(change.field);
        column->addWidget(new Label(facts.join(u" · "_s), FontRole::Caption, Tone::Text2));
        if (!change.before.empty() || !change.after.empty()) {
            using project::RowField;
            if (change.field == RowField::Row || change.field == RowField::Answer ||
                change.field == RowField::Message || change.field == RowField::Comment) {
                auto* diff = new DiffLabel;
                diff->setTexts(qs(change.before).left(4000), qs(change.after).left(4000));
                column->addWidget(diff);
            } else {
                column->addWidget(new Label(
                    tr("%1 → %2", "before, after")
                        .arg(RowWords::value(change.field, change.before), RowWords::value(change.field, change.after)),
                    FontRole::Body, Tone::Text, Wrap::Yes));
            }
        }
        add(row);
    }
    if (changes.empty()) {
        add(new Label(tr("Nothing was changed in this row since it was imported."), FontRole::Body, Tone::Text2,
                      Wrap::Yes));
    } else if (changes.size() > kShownChanges) {
        add(new Label(tr("and %Ln earlier change(s)", nullptr, static_cast<int>(changes.size() - kShownChanges)),
                      FontRole::Caption, Tone::Text2));
    }
    const RowDetails* row = m_inspector.details() ? &*m_inspector.details() : nullptr;
    if (row != nullptr && !row->sample.file.empty()) {
        add(new Label(
            tr("From %1, line %2").arg(qs(row->sample.file).section(u'/', -1), Format::exactCount(row->sample.line)),
            FontRole::Caption, Tone::Text2, Wrap::Yes));
    }
}

} // namespace fettle::ui
