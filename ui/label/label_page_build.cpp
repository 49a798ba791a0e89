// The parts of the labeling page as widgets: header, progress, columns, keys, and the page of the second annotator.
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

// --- building ------------------------------------------------------------------------------------------------------

QWidget* LabelPage::makeHead() {
    const Theme& theme = Theme::current();
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(3));
    m_header = new PageHeader(tr("Label rows"), {});
    m_saved = new Pill;
    m_saved->setObjectName(u"label.saved"_s);
    m_set = makeButton(ButtonKind::Plain, tr("Labels"), u"label.labels"_s, u"tag"_s);
    m_secondButton = makeButton(ButtonKind::Plain, tr("Second annotator"), u"label.second"_s, u"eye"_s);
    m_back = makeButton(ButtonKind::Plain, tr("Back to table"), u"label.back"_s, u"data"_s);
    m_sideButton = makeButton(ButtonKind::Icon, tr("Session and agreement"), u"label.side"_s, u"chart"_s);
    m_header->addAction(m_saved);
    for (QPushButton* button : {m_set, m_secondButton, m_back, m_sideButton}) {
        m_header->addAction(button);
    }
    column->addWidget(m_header);
    auto* progress = new QHBoxLayout;
    progress->setSpacing(theme.u(2.5));
    m_count = new Label({}, FontRole::BodyStrong);
    m_count->setObjectName(u"label.count"_s);
    m_bar = new Bar;
    m_bar->setFixedWidth(theme.u(55));
    m_bar->setAccessibleName(tr("Decided rows"));
    m_left = new Label({}, FontRole::Body, Tone::Text2);
    m_left->setObjectName(u"label.left.time"_s);
    m_searching = makeButton(ButtonKind::Plain, {}, u"label.search.clear"_s, u"cross"_s);
    m_searching->setLayoutDirection(Qt::RightToLeft);
    m_similar = makeButton(ButtonKind::Plain, {}, u"label.similar.leave"_s, u"cross"_s);
    m_similar->setLayoutDirection(Qt::RightToLeft);
    m_person = new QLineEdit;
    m_person->setObjectName(u"label.person"_s);
    m_person->setAccessibleName(tr("Your name"));
    m_person->setPlaceholderText(tr("Your name"));
    m_person->setToolTip(tr("Decisions are kept under this name; it may stay empty."));
    m_person->setFixedWidth(theme.u(32));
    m_orderName = new Label(tr("Order"), FontRole::Body, Tone::Text2);
    m_order = new QComboBox;
    m_order->setObjectName(u"label.order"_s);
    m_order->setAccessibleName(tr("Order"));
    m_order->setMinimumWidth(theme.u(42));
    progress->addWidget(m_count);
    progress->addWidget(m_bar);
    progress->addWidget(m_left);
    progress->addWidget(m_searching);
    progress->addWidget(m_similar);
    progress->addStretch(1);
    progress->addWidget(m_person);
    progress->addWidget(m_orderName);
    progress->addWidget(m_order);
    column->addLayout(progress);
    for (QWidget* widget : {static_cast<QWidget*>(m_person), static_cast<QWidget*>(m_order)}) {
        widget->installEventFilter(this); // Esc goes back to the card
    }
    for (const LabelOrder order : LabelPresenter::orders()) {
        m_order->addItem(LabelPresenter::orderName(order), static_cast<int>(order));
    }
    connect(m_set, &QPushButton::clicked, this, [this] { showPart(u"labels"_s); });
    connect(m_secondButton, &QPushButton::clicked, this, [this] {
        if (m_presenter.secondPass()) {
            m_presenter.endSecondPass();
            m_card->setFocus(Qt::OtherFocusReason);
        } else {
            showSecond();
        }
    });
    connect(m_back, &QPushButton::clicked, this, &LabelPage::leavePage);
    connect(m_sideButton, &QPushButton::clicked, this, [this] {
        m_sideOpen = !m_sideOpen;
        place();
    });
    connect(m_order, qOverload<int>(&QComboBox::activated), this, [this](int index) {
        m_presenter.setOrder(static_cast<LabelOrder>(m_order->itemData(index).toInt()));
        m_card->setFocus(Qt::OtherFocusReason);
    });
    connect(m_person, &QLineEdit::returnPressed, this, [this] { m_card->setFocus(Qt::OtherFocusReason); });
    connect(m_person, &QLineEdit::editingFinished, this, [this] { m_presenter.setAnnotator(m_person->text()); });
    connect(m_searching, &QPushButton::clicked, this, [this] {
        m_presenter.setFilter({});
        m_card->setFocus(Qt::OtherFocusReason);
    });
    connect(m_similar, &QPushButton::clicked, this, [this] {
        m_presenter.leaveSimilar();
        m_card->setFocus(Qt::OtherFocusReason);
    });
    return head;
}

QWidget* LabelPage::makeQueue() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme.u(7), theme.u(4.5), theme.u(7), theme.u(3));
    column->setSpacing(theme.u(3));
    column->addWidget(makeHead());
    m_error = new InlineError(u"label.error"_s);
    column->addWidget(m_error);
    m_readOnly = new Banner;
    m_readOnly->setObjectName(u"label.readonly"_s);
    m_readOnly->hide();
    column->addWidget(m_readOnly);

    m_body = new QStackedWidget;
    column->addWidget(m_body, 1);
    auto* row = new QWidget;
    m_columns = new QHBoxLayout(row);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(theme.u(4));
    m_card = new LabelCard(m_presenter);
    m_columns->addWidget(m_card, 1);

    auto* middleScroll = new QScrollArea;
    middleScroll->setObjectName(u"label.choices"_s);
    middleScroll->setAccessibleName(tr("Labels"));
    middleScroll->setFrameShape(QFrame::NoFrame);
    middleScroll->setWidgetResizable(true);
    middleScroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    middleScroll->setFocusPolicy(Qt::NoFocus);
    middleScroll->viewport()->setAutoFillBackground(false);
    m_middle = middleScroll;
    auto* choices = new QWidget;
    choices->setAutoFillBackground(false);
    m_middleColumn = new QVBoxLayout(choices);
    m_middleColumn->setContentsMargins(0, 0, 0, 0);
    m_middleColumn->setSpacing(theme.u(1.75));
    m_choicesTitle = new Label(tr("Press a number"), FontRole::Body, Tone::Text2);
    m_middleColumn->addWidget(m_choicesTitle);
    m_choiceColumn = new QVBoxLayout;
    m_choiceColumn->setSpacing(theme.u(1.75));
    m_middleColumn->addLayout(m_choiceColumn);
    m_other = new QWidget;
    auto* other = new QHBoxLayout(m_other);
    other->setContentsMargins(0, 0, 0, 0);
    other->setSpacing(theme.u(1.5));
    other->addWidget(new KeyCap(u"0"_s));
    other->addWidget(new Label(tr("other label, type its name"), FontRole::Caption, Tone::Text2), 1);
    m_middleColumn->addWidget(m_other);
    m_noLabels = new Card;
    auto* none = static_cast<Card*>(m_noLabels)->column();
    none->addWidget(new Label(tr("No labels yet"), FontRole::BodyStrong));
    none->addWidget(
        new Label(tr("Define them once, then one key a row is enough. Accepting, rejecting and editing work "
                     "without labels."),
                  FontRole::Body, Tone::Text2, Wrap::Yes));
    auto* define = makeButton(ButtonKind::Plain, tr("Define labels"), u"label.define"_s, u"plus"_s);
    auto* defineRow = new QHBoxLayout;
    defineRow->addWidget(define);
    defineRow->addStretch(1);
    none->addLayout(defineRow);
    connect(define, &QPushButton::clicked, this, [this] { showPart(u"labels"_s); });
    m_middleColumn->addWidget(m_noLabels);
    m_middleColumn->addStretch(1);
    middleScroll->setWidget(choices);
    middleScroll->setFixedWidth(theme.u(58));
    m_columns->addWidget(middleScroll);

    m_side = new LabelSide(m_presenter);
    m_sideScroll = new QScrollArea;
    m_sideScroll->setObjectName(u"label.side.scroll"_s);
    m_sideScroll->setAccessibleName(tr("Session and agreement"));
    m_sideScroll->setFrameShape(QFrame::NoFrame);
    m_sideScroll->setWidgetResizable(true);
    m_sideScroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_sideScroll->setFocusPolicy(Qt::NoFocus);
    m_sideScroll->setWidget(m_side);
    m_sideScroll->viewport()->setAutoFillBackground(false);
    m_side->setAutoFillBackground(false);
    m_sideScroll->setFixedWidth(theme.u(58));
    m_columns->addWidget(m_sideScroll);
    connect(m_side, &LabelSide::disagreementsWanted, this, [this] { showPart(u"settle"_s); });
    m_body->addWidget(row);

    m_nothing = new EmptyState(u"search"_s, tr("No row to label here"),
                               tr("The filter matches no row, or no row was labelled yet by the first annotator."));
    auto* all = m_nothing->addPrimary(tr("Show all rows"), u"label.all"_s);
    connect(all, &QPushButton::clicked, this,
            [this] { m_presenter.secondPass() ? m_presenter.endSecondPass() : m_presenter.setFilter({}); });
    m_body->addWidget(m_nothing);
    m_done = new EmptyState(u"ok"_s, tr("Every row here is decided"),
                            tr("K goes back to look at rows again, U takes the last decision back."));
    auto* table = m_done->addPrimary(tr("Back to table"), u"label.done.back"_s);
    connect(table, &QPushButton::clicked, this, &LabelPage::leavePage);
    m_done->setFocusPolicy(Qt::StrongFocus);
    m_done->setProperty("focusInside", true);
    m_done->setAccessibleName(tr("Every row here is decided"));
    m_done->installEventFilter(this);
    m_body->addWidget(m_done);
    m_looking = new Label(tr("Looking for rows…"), FontRole::Body, Tone::Text2);
    m_looking->setAlignment(Qt::AlignCenter);
    m_body->addWidget(m_looking);

    m_keys = new QWidget;
    m_keyFlow = new FlowLayout(m_keys, theme.u(4));
    m_keyFlow->setContentsMargins(0, 0, 0, 0);
    makeKeys();
    auto* bar = new QHBoxLayout;
    bar->addStretch(1);
    bar->addWidget(m_keys, 20);
    bar->addStretch(1);
    column->addLayout(bar);
    connect(m_card, &LabelCard::leaveWanted, this, &LabelPage::leavePage);
    return page;
}

void LabelPage::makeKeys() {
    const Theme& theme = Theme::current();
    for (const LabelCard::KeyName& each : LabelCard::barKeys(false)) {
        auto* box = new QWidget;
        auto* row = new QHBoxLayout(box);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme.u(1.5));
        row->addWidget(new KeyCap(each.keys));
        row->addWidget(new Label(each.what, FontRole::Body, Tone::Text2));
        m_keyFlow->addWidget(box);
    }
}

QWidget* LabelPage::makeSecond() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(4));
    column->setSpacing(theme.u(4));
    auto* header = new PageHeader(
        tr("Second annotator"), tr("Another person labels the same rows without seeing the first labels. How far both "
                                   "agree tells how clear the labels and the guideline are."));
    auto* cancel = makeButton(ButtonKind::Plain, tr("Cancel"), u"label.second.cancel"_s);
    m_startSecond = makeButton(ButtonKind::Primary, tr("Start the second pass"), u"label.second.start"_s, u"eye-off"_s);
    header->addAction(cancel);
    header->addAction(m_startSecond);
    column->addWidget(header);
    auto* card = new Card;
    m_firstName = new QComboBox;
    m_firstName->setObjectName(u"label.second.first"_s);
    m_secondName = new QLineEdit;
    m_secondName->setObjectName(u"label.second.name"_s);
    card->column()->addWidget(new FieldRow(tr("First annotator"), tr("Whose rows are labelled again"), m_firstName));
    card->column()->addWidget(new FieldRow(tr("Second annotator"), tr("Who labels them now"), m_secondName));
    m_secondError = new Label({}, FontRole::Body, Tone::Bad, Wrap::Yes);
    m_secondError->hide();
    card->column()->addWidget(m_secondError);
    card->column()->addWidget(new Label(
        tr("The queue then holds the rows that the first annotator has decided. Labels of the second are kept beside "
           "the first ones; none in force changes until a disagreement is settled."),
        FontRole::Body, Tone::Text2, Wrap::Yes));
    column->addWidget(card);
    column->addStretch(1);
    connect(cancel, &QPushButton::clicked, this, &LabelPage::showQueue);
    connect(m_startSecond, &QPushButton::clicked, this, &LabelPage::startSecond);
    connect(m_secondName, &QLineEdit::returnPressed, this, &LabelPage::startSecond);
    m_secondName->installEventFilter(this);
    return page;
}

} // namespace fettle::ui
