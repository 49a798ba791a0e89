#include "label/settle_view.h"

#include "bridge/strings.h"
#include "label/label_widgets.h"
#include "label/label_words.h"
#include "widgets/table.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

DisagreementList::DisagreementList(AgreementPresenter& presenter, QObject* parent)
    : QAbstractListModel(parent)
    , m_presenter(presenter)
    , m_count(presenter.disagreements().size()) {}

int DisagreementList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_count);
}

QVariant DisagreementList::data(const QModelIndex& index, int role) const {
    const auto place = static_cast<std::size_t>(index.row());
    if (!index.isValid() || place >= m_presenter.disagreements().size()) {
        return {};
    }
    const Disagreement& each = m_presenter.disagreements()[place];
    const QString text = u"%1   %2 · %3"_s.arg(Format::exactCount(each.row), qs(each.first), qs(each.second));
    if (role == Qt::DisplayRole) {
        return text;
    }
    if (role == IconRole) {
        return each.settled.empty() ? u"diff"_s : u"ok"_s;
    }
    if (role == ToneRole) {
        return static_cast<int>(each.settled.empty() ? Token::Text2 : Token::Ok);
    }
    if (role == Qt::AccessibleTextRole) {
        return each.settled.empty() ? tr("%1, open").arg(text) : tr("%1, settled: %2").arg(text, qs(each.settled));
    }
    return {};
}

void DisagreementList::refresh() {
    if (m_count != m_presenter.disagreements().size()) {
        beginResetModel();
        m_count = m_presenter.disagreements().size();
        endResetModel();
    } else if (m_count > 0) {
        Q_EMIT dataChanged(index(0), index(static_cast<int>(m_count) - 1));
    }
}

SettleView::SettleView(AgreementPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter) {
    const Theme& theme = Theme::current();
    setObjectName(u"label.settle"_s);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(4));
    outer->setSpacing(theme.u(4));
    m_header = new PageHeader(tr("Disagreements"), {});
    auto* back = makeButton(ButtonKind::Plain, tr("Back to the queue"), u"label.settle.back"_s, u"left"_s);
    m_header->addAction(back);
    outer->addWidget(m_header);
    m_error = new InlineError(u"label.settle.error"_s);
    outer->addWidget(m_error);
    m_empty = new Label(tr("Both chose the same label for every row they share."), FontRole::Body, Tone::Text2);
    m_empty->setObjectName(u"label.settle.none"_s);
    outer->addWidget(m_empty);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(theme.u(4));
    outer->addLayout(columns, 1);
    m_list = new QListView;
    m_list->setObjectName(u"label.settle.list"_s);
    m_list->setAccessibleName(tr("Disagreements"));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new TableDelegate(m_list));
    m_list->setFixedWidth(theme.u(60));
    m_model = new DisagreementList(presenter, this);
    m_list->setModel(m_model);
    columns->addWidget(m_list);

    m_card = new Card;
    m_card->column()->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(4));
    m_card->column()->setSpacing(theme.u(3));
    columns->addWidget(m_card, 1);
    auto* chips = new QHBoxLayout;
    chips->setSpacing(theme.u(2));
    m_row = new Pill;
    m_settled = new Pill;
    m_settled->setObjectName(u"label.settle.state"_s);
    chips->addWidget(m_row);
    chips->addWidget(m_settled);
    chips->addStretch(1);
    m_card->column()->addLayout(chips);
    auto* content = new QWidget;
    auto* text = new QVBoxLayout(content);
    text->setContentsMargins(0, 0, 0, 0);
    text->setSpacing(theme.u(2.5));
    m_heading = new Label({}, FontRole::Subject, Tone::Text, Wrap::Yes);
    m_heading->setObjectName(u"label.settle.subject"_s);
    m_body = new Label({}, FontRole::Reading, Tone::Text, Wrap::Yes);
    text->addWidget(m_heading);
    text->addWidget(m_body);
    text->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setAccessibleName(tr("Text of the row"));
    scroll->setWidget(content);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    m_card->column()->addWidget(scroll, 1);
    auto* wells = new QHBoxLayout;
    wells->setSpacing(theme.u(3));
    const auto side = [&](Label*& who, Label*& label, QPushButton*& take, const QString& name, const QString& key) {
        auto* well = new Well;
        well->column()->setContentsMargins(theme.u(4), theme.u(3), theme.u(4), theme.u(3));
        who = new Label({}, FontRole::Caption, Tone::Text2);
        label = new Label({}, FontRole::Subject, Tone::Text, Wrap::Yes);
        label->setFont(theme.mono(FontRole::Subject));
        well->column()->addWidget(who);
        well->column()->addWidget(label, 1);
        auto* row = new QHBoxLayout;
        row->setSpacing(theme.u(2));
        take = makeButton(ButtonKind::Plain, tr("Take this"), name, u"check"_s);
        row->addWidget(take);
        row->addWidget(new KeyCap(key));
        row->addStretch(1);
        well->column()->addLayout(row);
        wells->addWidget(well, 1);
    };
    side(m_firstName, m_first, m_takeFirst, u"label.settle.first"_s, u"1"_s);
    side(m_secondName, m_second, m_takeSecond, u"label.settle.second"_s, u"2"_s);
    m_card->column()->addLayout(wells);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme.u(2));
    m_takeOther = makeButton(ButtonKind::Plain, tr("Another label"), u"label.settle.other"_s, u"pencil"_s);
    foot->addWidget(m_takeOther);
    foot->addWidget(new KeyCap(u"0"_s));
    m_otherBox = new QWidget;
    auto* other = new QHBoxLayout(m_otherBox);
    other->setContentsMargins(0, 0, 0, 0);
    m_other = new QLineEdit;
    m_other->setObjectName(u"label.settle.line"_s);
    m_other->setAccessibleName(tr("Another label"));
    m_other->installEventFilter(this);
    other->addWidget(m_other);
    m_otherBox->hide();
    foot->addWidget(m_otherBox, 1);
    foot->addStretch(1);
    for (const auto& [key, what] : {std::pair(u"J"_s, tr("next")), std::pair(u"K"_s, tr("previous")),
                                    std::pair(u"U"_s, tr("undo")), std::pair(u"L"_s, tr("leave"))}) {
        foot->addWidget(new KeyCap(key));
        foot->addWidget(new Label(what, FontRole::Caption, Tone::Text2));
        foot->addSpacing(theme.u(1));
    }
    m_card->column()->addLayout(foot);
    m_list->installEventFilter(this);
    for (QPushButton* button : {m_takeFirst, m_takeSecond, m_takeOther}) {
        button->setFocusPolicy(Qt::TabFocus);
    }

    connect(back, &QPushButton::clicked, this, &SettleView::left);
    connect(m_takeFirst, &QPushButton::clicked, this, [this] {
        if (const Disagreement* now = m_presenter.current()) {
            m_presenter.settle(qs(now->first));
        }
    });
    connect(m_takeSecond, &QPushButton::clicked, this, [this] {
        if (const Disagreement* now = m_presenter.current()) {
            m_presenter.settle(qs(now->second));
        }
    });
    connect(m_takeOther, &QPushButton::clicked, this, &SettleView::settleOther);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (now.isValid()) {
            m_presenter.goTo(static_cast<std::size_t>(now.row()));
        }
    });
    connect(&presenter, &AgreementPresenter::changed, this, &SettleView::refresh);
    connect(&presenter, &AgreementPresenter::currentChanged, this, &SettleView::refresh);
    refresh();
}

QWidget* SettleView::firstFocus() const {
    return m_list;
}

void SettleView::begin() {
    m_presenter.refresh();
    refresh();
}

void SettleView::refresh() {
    m_model->refresh();
    const std::size_t all = m_presenter.disagreements().size();
    const std::size_t open = m_presenter.openCount();
    m_header->setSentence(all == 0 ? QString()
                                   : tr("%1 of %2 are open. The label you take becomes the one in force.")
                                         .arg(Format::exactCount(static_cast<std::int64_t>(open)),
                                              Format::exactCount(static_cast<std::int64_t>(all))));
    m_empty->setVisible(all == 0);
    m_list->setVisible(all > 0);
    m_card->setVisible(all > 0);
    if (const auto& problem = m_presenter.problem()) {
        const ErrorText text = describe(*problem);
        m_error->setError(text.what, text.meaning, text.details);
    } else {
        m_error->setError({});
    }
    const Disagreement* now = m_presenter.current();
    if (now == nullptr) {
        return;
    }
    const QModelIndex index = m_model->index(static_cast<int>(m_presenter.place()));
    if (m_list->currentIndex() != index) {
        m_list->setCurrentIndex(index);
    }
    m_row->setState(tr("Row %1").arg(Format::exactCount(now->row)), State::Neutral);
    m_settled->setState(now->settled.empty() ? tr("Open") : tr("Settled: %1").arg(qs(now->settled)),
                        now->settled.empty() ? State::Warn : State::Ok);
    m_firstName->setText(LabelWords::person(m_presenter.first()));
    m_secondName->setText(LabelWords::person(m_presenter.second()));
    m_first->setText(qs(now->first));
    m_second->setText(qs(now->second));
    const bool known = m_presenter.details() && m_presenter.details()->cells.id == now->row;
    const LabelSubject subject = known ? labelSubject(m_presenter.details()->sample) : LabelSubject();
    m_heading->setText(subject.heading);
    m_heading->setVisible(!subject.heading.isEmpty());
    m_body->setText(subject.body);
}

void SettleView::settleOther() {
    m_otherBox->show();
    m_other->clear();
    m_other->setFocus(Qt::ShortcutFocusReason);
}

bool SettleView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && (key->key() == Qt::Key_L || key->key() == Qt::Key_Escape)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void SettleView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return;
    }
    QWidget::keyPressEvent(event);
}

bool SettleView::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    if (watched == m_other) {
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter || key->key() == Qt::Key_Escape) {
            m_otherBox->hide();
            m_list->setFocus(Qt::ShortcutFocusReason);
            if (enter) {
                m_presenter.settle(m_other->text());
            }
            return true;
        }
        return QWidget::eventFilter(watched, event);
    }
    if (watched != m_list || (key->modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier) {
        return QWidget::eventFilter(watched, event);
    }
    const int place = static_cast<int>(m_presenter.place());
    switch (key->key()) {
    case Qt::Key_J:
        m_presenter.goTo(static_cast<std::size_t>(place + 1));
        return true;
    case Qt::Key_K:
        if (place > 0) {
            m_presenter.goTo(static_cast<std::size_t>(place - 1));
        }
        return true;
    case Qt::Key_1:
    case Qt::Key_2:
    case Qt::Key_0:
    case Qt::Key_U:
    case Qt::Key_L:
        if (key->isAutoRepeat()) {
            return true;
        }
        if (key->key() == Qt::Key_1) {
            m_takeFirst->click();
        } else if (key->key() == Qt::Key_2) {
            m_takeSecond->click();
        } else if (key->key() == Qt::Key_0) {
            settleOther();
        } else if (key->key() == Qt::Key_U) {
            m_presenter.undo();
        } else {
            Q_EMIT left();
        }
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

} // namespace fettle::ui
