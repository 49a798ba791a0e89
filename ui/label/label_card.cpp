#include "label/label_card.h"

#include "bridge/strings.h"
#include "label/label_widgets.h"
#include "label/label_words.h"
#include "widgets/buttons.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using Kind = LabelAct::Kind;

namespace {

constexpr qsizetype kShownText = 20'000; // characters of one text; the Data page has all of it

QString shown(const QString& text) {
    return text.size() <= kShownText ? text : QString(text.left(kShownText) % u"…"_s);
}

void clear(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        } else if (item->layout() != nullptr) {
            clear(item->layout());
        }
        delete item;
    }
}

Label* wrapping(const QString& name, FontRole role, Tone tone = Tone::Text) {
    auto* label = new Label({}, role, tone, Wrap::Yes);
    label->setObjectName(name);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFocusPolicy(Qt::NoFocus);
    return label;
}

} // namespace

QVector<LabelCard::KeyName> LabelCard::barKeys(bool pair) {
    QVector<KeyName> out{{u"J"_s, tr("next")}, {u"K"_s, tr("previous")}, {u"U"_s, tr("undo")}, {u"S"_s, tr("skip")}};
    if (!pair) {
        out.append({u"G"_s, tr("similar")});
    }
    out.append({{u"/"_s, tr("search")},
                {u"C"_s, tr("comment")},
                {u"T"_s, tr("tag")},
                {u"Shift 1-5"_s, tr("rate")},
                {u"?"_s, tr("all keys")}});
    return out;
}

LabelCard::LabelCard(LabelPresenter& presenter, QWidget* parent)
    : Card(parent)
    , m_presenter(presenter) {
    const Theme& theme = Theme::current();
    setObjectName(u"label.card"_s);
    setAccessibleName(tr("Row to label"));
    setFocusPolicy(Qt::StrongFocus);
    setProperty("focusInside", true);               // its line turns accent: the keys work
    setAttribute(Qt::WA_InputMethodEnabled, false); // or a Chinese input method would swallow the letters
    column()->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(3));
    column()->setSpacing(theme.u(3));

    m_chipBox = new QWidget;
    m_chips = new FlowLayout(m_chipBox, theme.u(2));
    m_chips->setContentsMargins(0, 0, 0, 0);
    column()->addWidget(m_chipBox);

    auto* content = new QWidget;
    auto* text = new QVBoxLayout(content);
    text->setContentsMargins(0, 0, theme.u(1), 0);
    text->setSpacing(theme.u(2.5));
    m_earlier = new QWidget;
    m_earlierColumn = new QVBoxLayout(m_earlier);
    m_earlierColumn->setContentsMargins(0, 0, 0, 0);
    m_earlierColumn->setSpacing(theme.u(1));
    text->addWidget(m_earlier);
    m_heading = wrapping(u"label.subject"_s, FontRole::Subject);
    m_body = wrapping(u"label.text"_s, FontRole::Reading);
    text->addWidget(m_heading);
    text->addWidget(m_body);
    m_answers = new QWidget;
    auto* answers = new QHBoxLayout(m_answers);
    answers->setContentsMargins(0, theme.u(1), 0, theme.u(1));
    answers->setSpacing(theme.u(3));
    const auto well = [&](const QString& name, Well*& box, Label*& caption, Label*& note, Label*& said) {
        box = new Well;
        box->column()->setContentsMargins(theme.u(4), theme.u(3), theme.u(4), theme.u(3));
        auto* head = new QHBoxLayout;
        caption = new Label({}, FontRole::Caption, Tone::Text2);
        note = new Label({}, FontRole::Caption, Tone::Accent);
        head->addWidget(caption);
        head->addStretch(1);
        head->addWidget(note);
        box->column()->addLayout(head);
        said = wrapping(name, FontRole::Reading);
        box->column()->addWidget(said);
        box->column()->addStretch(1);
        answers->addWidget(box, 1);
    };
    well(u"label.answer"_s, m_left, m_leftCaption, m_leftNote, m_leftText);
    well(u"label.other"_s, m_right, m_rightCaption, m_rightNote, m_rightText);
    m_edit = new QPlainTextEdit;
    m_edit->setObjectName(u"label.edit"_s);
    m_edit->setAccessibleName(tr("Answer"));
    m_edit->setTabChangesFocus(true);
    m_edit->setMinimumHeight(theme.u(16));
    m_edit->installEventFilter(this);
    m_edit->hide();
    m_editHint = new Label(tr("Ctrl+Return saves, Esc leaves it as it was"), FontRole::Caption, Tone::Text2);
    m_editHint->hide();
    m_left->column()->insertWidget(2, m_edit);
    m_left->column()->insertWidget(3, m_editHint);
    text->addWidget(m_answers);
    m_comment = wrapping(u"label.comment"_s, FontRole::Body, Tone::Text2);
    text->addWidget(m_comment);
    m_near = new QWidget;
    m_nearColumn = new QVBoxLayout(m_near);
    m_nearColumn->setContentsMargins(0, 0, 0, 0);
    m_nearColumn->setSpacing(theme.u(2));
    text->addWidget(m_near);
    text->addStretch(1);
    m_scroll = new QScrollArea;
    m_scroll->setObjectName(u"label.scroll"_s);
    m_scroll->setAccessibleName(tr("Text of the row"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(content);
    m_scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    column()->addWidget(m_scroll, 1);

    m_notice = wrapping(u"label.notice"_s, FontRole::Body, Tone::Text2);
    column()->addWidget(m_notice);
    column()->addWidget(new Hairline);
    const auto keyed = [&](QHBoxLayout* row, QPushButton*& button, ButtonKind kind, const QString& said,
                           const QString& name, const QString& icon, const QString& key) {
        auto* box = new QWidget; // hidden and shown with its key
        auto* pairOf = new QHBoxLayout(box);
        pairOf->setContentsMargins(0, 0, theme.u(3), 0);
        pairOf->setSpacing(theme.u(2));
        button = makeButton(kind, said, name, icon);
        button->setFocusPolicy(Qt::TabFocus);
        pairOf->addWidget(button);
        pairOf->addWidget(new KeyCap(key));
        row->addWidget(box);
    };
    m_buttons = new QWidget;
    auto* buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(0, 0, 0, 0);
    m_judge = new QWidget;
    auto* judge = new QHBoxLayout(m_judge);
    judge->setContentsMargins(0, 0, 0, 0);
    judge->setSpacing(theme.u(2));
    keyed(judge, m_accept, ButtonKind::Primary, tr("Accept"), u"label.accept"_s, u"check"_s, u"A"_s);
    keyed(judge, m_reject, ButtonKind::Plain, tr("Reject"), u"label.reject"_s, u"cross"_s, u"R"_s);
    keyed(judge, m_editButton, ButtonKind::Plain, tr("Edit answer"), u"label.edit.answer"_s, u"pencil"_s, u"E"_s);
    m_prefer = new QWidget;
    auto* prefer = new QHBoxLayout(m_prefer);
    prefer->setContentsMargins(0, 0, 0, 0);
    prefer->setSpacing(theme.u(2));
    keyed(prefer, m_preferLeft, ButtonKind::Plain, tr("A is better"), u"label.left"_s, {}, u"←"_s);
    keyed(prefer, m_tie, ButtonKind::Plain, tr("Tie"), u"label.tie"_s, {}, u"="_s);
    keyed(prefer, m_preferRight, ButtonKind::Plain, tr("B is better"), u"label.right"_s, {}, u"→"_s);
    buttons->addWidget(m_prefer);
    buttons->addWidget(m_judge);
    buttons->addStretch(1);
    column()->addWidget(m_buttons);
    m_askBox = new QWidget;
    auto* asking = new QHBoxLayout(m_askBox);
    asking->setContentsMargins(0, 0, 0, 0);
    asking->setSpacing(theme.u(2));
    m_askName = new Label({});
    m_askLine = new QLineEdit;
    m_askLine->setObjectName(u"label.line"_s);
    m_askLine->installEventFilter(this);
    asking->addWidget(m_askName);
    asking->addWidget(m_askLine, 1);
    asking->addWidget(new Label(tr("Enter takes it, Esc leaves"), FontRole::Caption, Tone::Text2));
    m_askBox->hide();
    column()->addWidget(m_askBox);

    connect(m_accept, &QPushButton::clicked, this, [this] { act(Kind::Accept); });
    connect(m_reject, &QPushButton::clicked, this, [this] { act(Kind::Reject); });
    connect(m_editButton, &QPushButton::clicked, this, &LabelCard::editAnswer);
    connect(m_preferLeft, &QPushButton::clicked, this, [this] { act(Kind::Pair, u"left"_s); });
    connect(m_tie, &QPushButton::clicked, this, [this] { act(Kind::Pair, u"tie"_s); });
    connect(m_preferRight, &QPushButton::clicked, this, [this] { act(Kind::Pair, u"right"_s); });
    connect(&presenter, &LabelPresenter::rowChanged, this, &LabelCard::refresh);
    connect(&presenter, &LabelPresenter::nearestChanged, this, &LabelCard::refreshNearest);
    connect(&presenter, &LabelPresenter::stateChanged, this, &LabelCard::refreshButtons);
    refresh();
}

// --- what it shows -------------------------------------------------------------------------------------------------

void LabelCard::refresh() {
    const project::RowId row = m_presenter.row();
    if (row != m_shown) {
        m_shown = row;
        if (m_editing) {
            finishEdit(false);
        }
        m_scroll->verticalScrollBar()->setValue(0);
    }
    const auto& details = m_presenter.details();
    if (!details) {
        return;
    }
    const LabelSubject& subject = m_presenter.subject();
    const bool hidden = m_presenter.hidesFirst();
    clear(m_chips);
    const auto chip = [this](const QString& text, State state) {
        auto* pill = new Pill(text, state);
        m_chips->addWidget(pill);
        pill->show();
    };
    chip(tr("Row %1").arg(Format::exactCount(row)), State::Neutral);
    if (details->cells.loss) {
        chip(tr("Loss %1").arg(Format::score(details->cells.loss)),
             m_presenter.order() == LabelOrder::Loss ? State::Bad : State::Neutral);
    }
    if (details->cells.split == project::Split::Test) {
        chip(tr("Test split (frozen)"), State::Accent);
    }
    if (!hidden) {
        if (details->cells.state == project::RowState::Rejected) {
            chip(tr("Rejected"), State::Bad);
        } else if (m_presenter.ownVerdict() == u"accepted") {
            chip(tr("Accepted"), State::Ok);
        }
        if (details->cells.rating) {
            chip(tr("Rated %1 of 5").arg(*details->cells.rating), State::Neutral);
        }
        for (const std::string& tag : details->cells.tags) {
            chip(qs(tag), State::Accent);
        }
    }
    for (const project::RowCheck& check : details->cells.checks) {
        const QString text = check.other != 0
                                 ? tr("%1: row %2").arg(LabelWords::check(check.code), Format::exactCount(check.other))
                                 : LabelWords::check(check.code);
        chip(text, State::Warn);
    }
    clear(m_earlierColumn);
    const auto turn = [this](const QString& role, const QString& text) {
        auto* caption = new Label(role, FontRole::Caption, Tone::Text2);
        auto* said = new Label(shown(text), FontRole::Body, Tone::Text2, Wrap::Yes);
        said->setTextInteractionFlags(Qt::TextSelectableByMouse);
        said->setFocusPolicy(Qt::NoFocus);
        m_earlierColumn->addWidget(caption);
        m_earlierColumn->addWidget(said);
    };
    if (!subject.system.isEmpty()) {
        turn(tr("System"), subject.system);
    }
    for (const LabelTurn& each : subject.earlier) {
        turn(each.role == u"user"        ? tr("User")
             : each.role == u"assistant" ? tr("Assistant")
             : each.role == u"tool"      ? tr("Tool")
                                         : each.role,
             each.text);
    }
    m_earlier->setVisible(!subject.system.isEmpty() || !subject.earlier.isEmpty());
    m_heading->setText(subject.heading);
    m_heading->setVisible(!subject.heading.isEmpty());
    m_body->setText(shown(subject.body));
    m_body->setVisible(!subject.body.isEmpty());

    m_right->setVisible(subject.isPair);
    m_answers->setVisible(subject.hasAnswer);
    const QString verdict = m_presenter.ownVerdict();
    if (subject.isPair) {
        const bool exchanged = m_presenter.pairExchanged();
        m_leftCaption->setText(tr("Answer A"));
        m_rightCaption->setText(tr("Answer B"));
        m_leftText->setText(shown(exchanged ? subject.other : subject.answer));
        m_rightText->setText(shown(exchanged ? subject.answer : subject.other));
        m_leftNote->setText(verdict == u"left" ? tr("your choice") : verdict == u"tie" ? tr("tie") : QString());
        m_rightNote->setText(verdict == u"right" ? tr("your choice") : verdict == u"tie" ? tr("tie") : QString());
        m_leftText->setFont(Theme::current().font(FontRole::Reading));
    } else {
        const bool hideAnswer = hidden && m_presenter.labelsAreAnswers();
        m_leftCaption->setText(details->changedMs > 0 ? tr("Answer") : tr("Answer in the file"));
        m_leftNote->setText({});
        const QString answer = hideAnswer ? tr("Hidden until you have chosen") : shown(subject.answer);
        m_leftText->setText(answer.isEmpty() ? tr("(empty)") : answer);
        m_leftText->setTone(hideAnswer || answer.isEmpty() ? Tone::Text2 : Tone::Text);
        // One word or a few: shown like a label. After the tone: polishing gives back the font before.
        constexpr qsizetype kShort = 60;
        m_leftText->setFont(!hideAnswer && answer.size() <= kShort ? Theme::current().mono(FontRole::Subject)
                                                                   : Theme::current().font(FontRole::Reading));
    }
    m_comment->setText(tr("Comment: %1").arg(qs(details->comment)));
    m_comment->setVisible(!details->comment.empty() && !hidden);
    refreshNearest();
    refreshButtons();
}

void LabelCard::refreshNearest() {
    clear(m_nearColumn);
    const Theme& theme = Theme::current();
    const QVector<NearLabelled>& near = m_presenter.nearest();
    m_near->setVisible(!near.isEmpty() && !m_presenter.hidesFirst());
    if (near.isEmpty()) {
        return;
    }
    auto* head = new QHBoxLayout;
    head->addWidget(new Label(tr("Nearest labelled rows"), FontRole::Caption, Tone::Text2));
    head->addStretch(1);
    head->addWidget(new Label(tr("similarity"), FontRole::Caption, Tone::Text2));
    m_nearColumn->addLayout(head);
    int widest = 0;
    for (const NearLabelled& each : near) {
        widest = std::max(widest, QFontMetrics(theme.mono()).horizontalAdvance(each.label));
    }
    widest = std::min(widest + theme.u(3), theme.u(32));
    for (const NearLabelled& each : near) {
        auto* line = new QHBoxLayout;
        auto* label =
            new Label(QFontMetrics(theme.mono()).elidedText(each.label, Qt::ElideRight, widest), FontRole::Body);
        label->setFont(theme.mono());
        label->setFixedWidth(widest);
        line->addWidget(label);
        line->addWidget(new ElidedLabel(each.title, FontRole::Body, Token::Text2), 1);
        line->addWidget(new Label(Format::score(each.similarity), FontRole::Body, Tone::Text2));
        m_nearColumn->addLayout(line);
    }
}

void LabelCard::refreshButtons() {
    const LabelState state = m_presenter.state();
    const bool pair = m_presenter.subject().isPair;
    m_prefer->setVisible(pair);
    m_accept->parentWidget()->setVisible(!pair);
    m_editButton->parentWidget()->setVisible(!pair);
    const auto offer = [this](QPushButton* button, Kind kind) { // the reason is beside the button too: notice
        setDisabledReason(button, m_presenter.refusal({kind, u"left"_s}));
    };
    offer(m_accept, Kind::Accept);
    offer(m_reject, Kind::Reject);
    offer(m_editButton, Kind::Answer);
    const QString notice = state.slow ? tr("Saving takes longer than usual…") : state.notice;
    m_notice->setText(notice);
    m_notice->setVisible(!notice.isEmpty());
}

void LabelCard::focusInEvent(QFocusEvent* event) {
    Card::focusInEvent(event);
    update();
}

void LabelCard::focusOutEvent(QFocusEvent* event) {
    Card::focusOutEvent(event);
    update();
}

void LabelCard::paintEvent(QPaintEvent* event) {
    Card::paintEvent(event);
    if (hasFocus()) {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.color(Token::Accent), 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.u(2), theme.u(2));
    }
}

} // namespace fettle::ui
