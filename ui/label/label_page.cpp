#include "label/label_page.h"

#include "bridge/strings.h"
#include "label/label_card.h"
#include "label/label_set_view.h"
#include "label/label_side.h"
#include "label/label_widgets.h"
#include "label/label_words.h"
#include "label/settle_view.h"
#include "widgets/buttons.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using Phase = LabelState::Phase;

namespace {
enum BodyPage { CardBody, NothingBody, DoneBody, LookingBody };
constexpr int kKeys = 9;
constexpr int kMostChoices = 60; // beyond it 0 finds them by name
} // namespace

LabelPage::LabelPage(const ShellContext& context, LabelPresenter& presenter, QWidget* parent)
    : Screen(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_stack(new QStackedWidget) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    m_queue = makeQueue();
    m_stack->addWidget(m_queue);
    m_setView = new LabelSetView(presenter);
    m_stack->addWidget(m_setView);
    m_settle = new SettleView(presenter.agreement());
    m_stack->addWidget(m_settle);
    m_second = makeSecond();
    m_stack->addWidget(m_second);
    auto* side = new QAction(tr("Session and agreement"), this);
    side->setShortcut(QKeySequence(Qt::Key_F4));
    side->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(side);
    connect(side, &QAction::triggered, this, [this] {
        m_sideOpen = !m_sideOpen;
        place();
    });
    connect(m_setView, &LabelSetView::left, this, &LabelPage::showQueue);
    connect(m_settle, &SettleView::left, this, &LabelPage::showQueue);
    connect(&presenter, &LabelPresenter::stateChanged, this, &LabelPage::refresh);
    connect(&presenter, &LabelPresenter::rowChanged, this, &LabelPage::refreshChoices);
    connect(&presenter, &LabelPresenter::labelsChanged, this, &LabelPage::refreshChoices);
    connect(&presenter, &LabelPresenter::labelsChanged, this, &LabelPage::refresh);
    connect(&presenter, &LabelPresenter::said, this, [this](const QString& text) { Q_EMIT toast(text, {}, {}); });
    refresh();
    refreshChoices();
}

LabelPage::~LabelPage() = default;

QPushButton* LabelPage::primaryButton() const {
    if (m_stack->currentWidget() == m_setView) {
        return m_setView->saveButton();
    }
    if (m_stack->currentWidget() == m_second) {
        return m_startSecond;
    }
    return findChild<QPushButton*>(u"label.accept"_s);
}

QWidget* LabelPage::firstFocus() const {
    return m_stack->currentWidget() == m_queue ? static_cast<QWidget*>(m_card) : nullptr;
}

// --- showing -------------------------------------------------------------------------------------------------------

void LabelPage::refresh() {
    const LabelState state = m_presenter.state();
    const QString question = qs(m_presenter.labels().question);
    m_header->setTitle(question.isEmpty() ? tr("Label rows") : tr("Label: %1").arg(question));
    m_saved->setVisible(state.phase != Phase::NoProject && (!m_narrow || m_presenter.problem().has_value()));
    if (state.saving && state.slow) {
        m_saved->setState(tr("Saving…"), State::Neutral);
    } else if (m_presenter.problem()) {
        m_saved->setState(tr("Not saved"), State::Bad);
    } else {
        m_saved->setState(tr("All edits saved"), State::Ok);
    }
    const auto done = static_cast<std::int64_t>(state.done);
    const auto total = static_cast<std::int64_t>(state.total);
    m_count->setText(tr("%1 of %2").arg(Format::exactCount(done), Format::exactCount(total)));
    m_bar->setFraction(total > 0 ? std::optional<double>(static_cast<double>(done) / static_cast<double>(total))
                                 : std::optional<double>(0.0));
    m_left->setText(state.secondsLeft ? tr("about %1 left at your pace").arg(Format::roughDuration(*state.secondsLeft))
                                      : QString());
    const QString words = qs(m_presenter.filter().search);
    const bool filtered = !m_presenter.filter().isEverything();
    m_searching->setVisible(filtered && state.similarTo.isEmpty());
    m_searching->setText(words.isEmpty() ? tr("Filtered") : tr("Search: %1").arg(words));
    m_searching->setAccessibleName(tr("%1: show all rows").arg(m_searching->text()));
    m_similar->setVisible(!state.similarTo.isEmpty());
    m_similar->setText(tr("Like %1").arg(state.similarTo));
    m_similar->setAccessibleName(tr("%1: back to the queue").arg(m_similar->text()));
    m_secondButton->setText(state.secondPass ? tr("End second pass") : tr("Second annotator"));
    setButtonIcon(m_secondButton, state.secondPass ? u"eye-off"_s : u"eye"_s);
    m_header->setSentence(state.secondPass ? tr("Second pass of %1: the first labels are hidden until both are in.")
                                                 .arg(LabelWords::person(state.annotator))
                                           : QString());
    m_person->setVisible(!state.secondPass && !m_narrow);
    if (!m_person->hasFocus()) {
        m_person->setText(m_presenter.annotator());
    }
    refreshOrder();
    m_readOnly->setVisible(!state.readOnly.isEmpty());
    if (!state.readOnly.isEmpty()) {
        m_readOnly->setMessage(State::Warn, tr("These rows can be read, not changed"), state.readOnly, u"lock"_s);
    }
    if (const auto& problem = m_presenter.problem()) {
        const ErrorText text = describe(*problem);
        const bool queue = state.phase == Phase::Failed;
        m_error->setError(queue ? tr("The rows could not be read. %1").arg(text.what)
                                : tr("The decision was not saved, the row is as it was. %1").arg(text.what),
                          text.meaning, text.details);
        m_error->setRepair(queue ? tr("Try again") : tr("Dismiss"), [this, queue] {
            queue ? m_presenter.tryAgain() : m_presenter.dismissProblem();
            m_card->setFocus(Qt::OtherFocusReason);
        });
    } else {
        m_error->setError({});
    }
    const int page = state.phase == Phase::Row          ? CardBody
                     : state.phase == Phase::Nothing    ? NothingBody
                     : state.phase == Phase::AllDecided ? DoneBody
                     : m_presenter.row() != 0           ? CardBody
                                                        : LookingBody;
    if (m_body->currentIndex() != page) {
        QWidget* focus = focusWidget();
        const bool inside = focus == nullptr || m_body->isAncestorOf(focus) || focus == this;
        m_body->setCurrentIndex(page);
        if (inside && m_stack->currentWidget() == m_queue && isVisible()) {
            page == DoneBody ? m_done->setFocus(Qt::OtherFocusReason) : m_card->setFocus(Qt::OtherFocusReason);
        }
    }
}

void LabelPage::refreshOrder() {
    const QSignalBlocker quiet(m_order);
    auto* items = qobject_cast<QStandardItemModel*>(m_order->model());
    for (int i = 0; i < m_order->count(); ++i) {
        const auto order = static_cast<LabelOrder>(m_order->itemData(i).toInt());
        const QString refusal = m_presenter.orderRefusal(order);
        if (items != nullptr) {
            items->item(i)->setEnabled(refusal.isEmpty());
            items->item(i)->setToolTip(refusal);
        }
        if (order == m_presenter.order()) {
            m_order->setCurrentIndex(i);
        }
    }
}

void LabelPage::refreshChoices() {
    const auto& labels = m_presenter.labels().labels;
    const int wanted = std::min(static_cast<int>(labels.size()), kMostChoices);
    while (m_choices.size() < wanted) {
        auto* choice = new LabelChoice;
        const auto number = static_cast<int>(m_choices.size()) + 1;
        choice->setObjectName(u"label.choice.%1"_s.arg(number));
        connect(choice, &LabelChoice::clicked, this, [this, number] {
            m_presenter.press({LabelAct::Kind::Label, m_presenter.labelAt(number)});
            refreshChoices(); // the check follows what is saved, not the click
            m_card->setFocus(Qt::MouseFocusReason);
        });
        m_choices.append(choice);
        m_choiceColumn->addWidget(choice);
    }
    const QString chosen = m_presenter.chosen();
    const LabelSubject& subject = m_presenter.subject();
    const bool hidden = m_presenter.secondPass();
    const QString answer = m_presenter.details() ? subject.answer.trimmed() : QString();
    const QString inForce = m_presenter.details() ? qs(m_presenter.details()->cells.label) : QString();
    for (int i = 0; i < m_choices.size(); ++i) {
        LabelChoice* choice = m_choices[i];
        choice->setVisible(i < wanted);
        if (i >= wanted) {
            continue;
        }
        const project::LabelDefinition& label = labels[static_cast<std::size_t>(i)];
        const QString name = qs(label.name);
        const bool mine = !chosen.isEmpty() && name == chosen;
        QString note;
        if (mine) {
            note = tr("your choice");
        } else if (!m_presenter.hidesFirst() && name == inForce) {
            note = tr("in force");
        } else if (!hidden && m_presenter.labelsAreAnswers() && name == answer) {
            note = tr("in the file");
        } else if (!hidden) {
            note = tr("%1 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(label.rows, 1'000'000'000)))
                       .arg(Format::exactCount(label.rows));
        }
        choice->setChecked(mine);
        choice->setChoice(i < kKeys ? i + 1 : 0, name, note, qs(label.description));
    }
    m_choicesTitle->setVisible(wanted > 0);
    m_other->setVisible(wanted > 0);
    m_noLabels->setVisible(wanted == 0 && !subject.isPair);
    m_middle->setVisible(wanted > 0 || !subject.isPair);
}

void LabelPage::place() {
    const Theme& theme = Theme::current();
    const bool narrow = width() < theme.u(245); // 980 px at u = 4
    if (narrow != m_narrow) {
        m_narrow = narrow;
        m_sideOpen = false;
    }
    m_sideButton->setVisible(m_narrow);
    const bool side = m_narrow ? m_sideOpen : !m_sideOpen; // F4 turns it over
    m_sideScroll->setVisible(side);
    m_middle->setFixedWidth(theme.u(m_narrow ? 48 : 58));
    m_sideScroll->setFixedWidth(theme.u(m_narrow ? 50 : 58));
    m_keys->setVisible(height() >= theme.u(125)); // 500 px: under it the row needs the room
    m_person->setVisible(!m_presenter.secondPass() && !m_narrow);
    m_bar->setFixedWidth(theme.u(m_narrow ? 30 : 55));
    m_saved->setVisible(!m_narrow || m_presenter.problem().has_value());
}

void LabelPage::resizeEvent(QResizeEvent* event) {
    Screen::resizeEvent(event);
    place();
}

void LabelPage::entered() {
    m_presenter.enter();
    if (m_stack->currentWidget() == m_queue) {
        m_card->setFocus(Qt::OtherFocusReason);
    }
    watchWork();
}

void LabelPage::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    watchWork();
}

void LabelPage::hideEvent(QHideEvent* event) {
    Screen::hideEvent(event);
    m_presenter.leave();
}

void LabelPage::changeEvent(QEvent* event) {
    Screen::changeEvent(event);
    if (event->type() == QEvent::ActivationChange) {
        watchWork();
    }
}

void LabelPage::watchWork() {
    // Time spent on other windows or pages is not time spent on the row.
    m_presenter.setWorking(isVisible() && isActiveWindow() && m_stack->currentWidget() == m_queue);
}

void LabelPage::showPart(const QString& part) {
    if (part == u"labels") {
        m_setView->begin();
        m_stack->setCurrentWidget(m_setView);
        m_setView->firstFocus()->setFocus(Qt::OtherFocusReason);
    } else if (part == u"settle") {
        m_settle->begin();
        m_stack->setCurrentWidget(m_settle);
        m_settle->firstFocus()->setFocus(Qt::OtherFocusReason);
    } else if (part == u"second") {
        showSecond();
    } else if (part.startsWith(u"filter:")) {
        const Result<Json> json = parseJson(us(part.mid(7)));
        if (json) {
            if (const auto filter = project::filterFromJson(json.value())) {
                showQueue();
                m_presenter.setFilter(filter.value());
            }
        }
    }
    watchWork();
}

void LabelPage::showQueue() {
    m_stack->setCurrentWidget(m_queue);
    m_card->setFocus(Qt::OtherFocusReason);
    watchWork();
}

void LabelPage::showSecond() {
    QStringList people = m_presenter.knownAnnotators();
    m_firstName->clear();
    if (!people.contains(m_presenter.annotator())) {
        people.prepend(m_presenter.annotator());
    }
    if (!people.contains(QString())) {
        people.append(QString());
    }
    for (const QString& each : people) {
        m_firstName->addItem(each.isEmpty() ? tr("You, without a name") : each, each);
    }
    m_firstName->setCurrentIndex(std::max(0, m_firstName->findData(m_presenter.annotator())));
    m_secondName->setText(m_presenter.secondAnnotator());
    m_secondError->hide();
    m_stack->setCurrentWidget(m_second);
    m_secondName->setFocus(Qt::OtherFocusReason);
    watchWork();
}

void LabelPage::startSecond() {
    const QString first = m_firstName->currentData().toString();
    const QString second = m_secondName->text().trimmed();
    const QString fault = second.isEmpty()        ? tr("The second annotator needs a name.")
                          : second == first       ? tr("These must be two people.")
                          : second.contains(u'+') ? tr("A name cannot contain +.")
                                                  : QString();
    m_secondError->setText(fault);
    m_secondError->setVisible(!fault.isEmpty());
    if (!fault.isEmpty()) {
        m_secondName->setFocus(Qt::OtherFocusReason);
        return;
    }
    m_presenter.startSecondPass(first, second);
    showQueue();
}

void LabelPage::leavePage() {
    Q_EMIT goTo(u"data"_s, {});
}

bool LabelPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride) {
        return Screen::eventFilter(watched, event);
    }
    auto* key = static_cast<QKeyEvent*>(event);
    if (watched == m_done) { // nothing shows: only moving, undo and leaving make sense
        const bool plain = (key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
        const bool ours = plain && (key->key() == Qt::Key_K || key->key() == Qt::Key_Up || key->key() == Qt::Key_U ||
                                    key->key() == Qt::Key_L || key->key() == Qt::Key_Slash);
        if (ours && event->type() == QEvent::ShortcutOverride) {
            event->accept();
            return true;
        }
        if (ours) {
            QCoreApplication::sendEvent(m_card, event);
            return true;
        }
    } else if (key->key() == Qt::Key_Escape) {
        if (event->type() == QEvent::ShortcutOverride) {
            event->accept();
        } else {
            showQueue();
        }
        return true;
    }
    return Screen::eventFilter(watched, event);
}

} // namespace fettle::ui
