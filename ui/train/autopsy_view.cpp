#include "train/autopsy_view.h"

#include "bridge/strings.h"
#include "train/before_chart.h"
#include "train/token_rows.h"
#include "widgets/icons.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

AutopsyView::AutopsyView(AutopsyPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_step(new QLineEdit)
    , m_look(makeButton(ButtonKind::Plain, tr("Look into this step"), u"inside.step.look"_s, u"search"_s))
    , m_empty(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_card(new Card)
    , m_icon(new QLabel)
    , m_heading(new Label({}, FontRole::CardHeading, Tone::Text, Wrap::Yes))
    , m_sentence(new Label({}, FontRole::Body, Tone::Text, Wrap::Yes))
    , m_lines(new QVBoxLayout)
    , m_chart(new BeforeChart)
    , m_readOut(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_halfMeans(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_leaveMeans(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_half(makeButton(ButtonKind::Primary, {}, u"inside.half_rate"_s))
    , m_leave(makeButton(ButtonKind::Plain, {}, u"inside.leave_out"_s))
    , m_show(makeButton(ButtonKind::Plain, tr("Show rows"), u"inside.show_rows"_s))
    , m_copy(makeButton(ButtonKind::Ghost, tr("Copy"), u"inside.copy"_s, u"copy"_s))
    , m_rowsCard(new Card)
    , m_rows(new TokenRows(presenter.rows(), TokenRows::Choice::Yes, u"inside.rows"_s)) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));

    auto* ask = new QHBoxLayout;
    ask->setSpacing(theme.u(2));
    m_step->setObjectName(u"inside.step"_s);
    m_step->setAccessibleName(tr("Step to look into"));
    m_step->setPlaceholderText(tr("Step"));
    m_step->setFixedWidth(theme.u(26));
    ask->addWidget(m_empty, 1);
    ask->addWidget(m_step);
    ask->addWidget(m_look);
    m_empty->setObjectName(u"inside.autopsy.status"_s);
    column->addLayout(ask);

    m_card->setObjectName(u"inside.autopsy"_s);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(2));
    head->addWidget(m_icon, 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(theme.u(1));
    m_heading->setObjectName(u"inside.heading"_s);
    m_sentence->setObjectName(u"inside.sentence"_s);
    m_heading->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(m_heading);
    words->addWidget(m_sentence);
    head->addLayout(words, 1);
    head->addWidget(m_copy, 0, Qt::AlignTop);
    m_card->column()->addLayout(head);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(theme.u(5));
    auto* facts = new QVBoxLayout;
    facts->setSpacing(theme.u(1));
    m_lines->setSpacing(theme.u(1));
    facts->addLayout(m_lines);
    facts->addStretch(1);
    middle->addLayout(facts, 5);
    auto* right = new QVBoxLayout;
    right->setSpacing(theme.u(1));
    m_chart->setObjectName(u"inside.before"_s);
    right->addWidget(m_chart, 1);
    right->addWidget(m_readOut);
    middle->addLayout(right, 4);
    m_card->column()->addLayout(middle);

    auto* ways = new QHBoxLayout;
    ways->setSpacing(theme.u(2));
    ways->addWidget(m_half);
    ways->addWidget(m_leave);
    ways->addWidget(m_show);
    ways->addStretch(1);
    m_card->column()->addLayout(ways);
    m_card->column()->addWidget(m_halfMeans);
    m_card->column()->addWidget(m_leaveMeans);
    column->addWidget(m_card);

    m_rowsCard->setObjectName(u"inside.rows.card"_s);
    m_rowsCard->addHeading(tr("Rows of this step"));
    m_rowsCard->column()->addWidget(m_rows);
    column->addWidget(m_rowsCard);
    column->addStretch(1);

    connect(m_look, &QPushButton::clicked, this, &AutopsyView::lookIntoAsked);
    connect(m_step, &QLineEdit::returnPressed, this, &AutopsyView::lookIntoAsked);
    connect(m_half, &QPushButton::clicked, &presenter, &AutopsyPresenter::continueAtHalfRate);
    connect(m_leave, &QPushButton::clicked, this, [this] { m_presenter.leaveOut(m_rows->chosen()); });
    connect(m_show, &QPushButton::clicked, &presenter, &AutopsyPresenter::showRows);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_presenter.asText()); });
    connect(m_rows, &TokenRows::chosenChanged, this, &AutopsyView::refreshChoices);
    connect(m_chart, &BeforeChart::cursorMoved, this, [this] { m_readOut->setText(m_chart->readOut()); });
    connect(&presenter, &AutopsyPresenter::changed, this, &AutopsyView::refresh);
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_linesKey.clear();
        refresh();
    });
    refresh();
}

void AutopsyView::lookIntoAsked() {
    bool good = false;
    const qlonglong step = QLocale().toLongLong(m_step->text().trimmed(), &good);
    if (good && step > 0) {
        m_presenter.lookInto(step);
    } else {
        m_empty->setText(tr("Type the number of a step."));
        m_empty->show();
    }
}

QPushButton* AutopsyView::primaryButton() const {
    return m_half->isVisibleTo(this) ? m_half : nullptr;
}

QWidget* AutopsyView::firstFocus() const {
    return m_half->isVisibleTo(this) ? static_cast<QWidget*>(m_half) : m_step;
}

void AutopsyView::refreshChoices() {
    const AutopsyState state = m_presenter.state();
    const auto chosen = static_cast<int>(m_rows->chosen().size());
    m_leave->setVisible(state.canLeaveOut);
    m_leave->setText(chosen > 0 ? tr("Leave %Ln row(s) out", nullptr, chosen) : tr("Leave these rows out"));
    setDisabledReason(m_leave, chosen > 0 ? QString() : tr("Tick the rows below first."));
    m_leaveMeans->setText(state.leaveOutMeans);
    m_leaveMeans->setVisible(state.canLeaveOut);
}

void AutopsyView::refresh() {
    const Theme& theme = Theme::current();
    const AutopsyState state = m_presenter.state();
    const bool told = state.phase == AutopsyState::Phase::Told;
    QString empty;
    switch (state.phase) {
    case AutopsyState::Phase::Nothing:
        empty = tr("This run did not diverge. Any step can be looked into, for example a jump of the loss.");
        break;
    case AutopsyState::Phase::Reading:
        empty = tr("Reading what was recorded…");
        break;
    case AutopsyState::Phase::Told:
        empty = state.diverged ? tr("Another step can be looked into, too.") : QString();
        break;
    case AutopsyState::Phase::Failed:
        empty = state.error && state.error->code == ErrorCode::NotFound ? tr("The run has no such step.")
                : state.error                                           ? describe(*state.error).what
                                                                        : QString();
        break;
    }
    m_empty->setText(empty);
    m_card->setVisible(told);
    m_rowsCard->setVisible(told && m_presenter.rowsShown());
    if (!told) {
        m_chosenFor.clear();
        return;
    }
    const QString key = state.heading % state.sentence;
    if (m_chosenFor != key) {
        m_chosenFor = key;
        m_rows->setChosen(state.suspects);
    }
    m_heading->setText(state.heading);
    m_sentence->setText(state.sentence);
    const State mood = state.diverged ? State::Bad : State::Accent;
    m_icon->setPixmap(themeIcon(state.diverged ? u"bad"_s : u"info"_s, stateToken(mood))
                          .pixmap(QSize(theme.u(5), theme.u(5)), devicePixelRatioF()));
    QString lines;
    for (const AutopsyLine& line : state.lines) {
        lines += QString::number(static_cast<int>(line.state)) % line.text % u'\n';
    }
    if (lines != m_linesKey) {
        m_linesKey = lines;
        while (QLayoutItem* item = m_lines->takeAt(0)) {
            if (item->widget() != nullptr) {
                item->widget()->hide();
                item->widget()->deleteLater();
            }
            delete item;
        }
        for (const AutopsyLine& line : state.lines) {
            auto* box = new QWidget;
            auto* row = new QHBoxLayout(box);
            row->setContentsMargins(0, 0, 0, 0);
            row->setSpacing(theme.u(2));
            auto* sign = new QLabel;
            const int side = theme.u(4);
            sign->setFixedSize(side, side);
            if (line.state != State::Neutral) {
                sign->setPixmap(themeIcon(stateIcon(line.state), stateToken(line.state))
                                    .pixmap(QSize(side, side), devicePixelRatioF()));
            }
            row->addWidget(sign, 0, Qt::AlignTop);
            auto* text = new Label(line.text, FontRole::Body, Tone::Text, Wrap::Yes);
            text->setTextInteractionFlags(Qt::TextSelectableByMouse);
            row->addWidget(text, 1);
            m_lines->addWidget(box);
        }
    }
    m_chart->setState(state);
    m_readOut->setText(m_chart->readOut());
    m_half->setVisible(!state.halfRate.isEmpty());
    m_half->setText(state.halfRate);
    m_halfMeans->setText(state.halfRateMeans);
    m_halfMeans->setVisible(!state.halfRate.isEmpty());
    m_show->setVisible(!m_presenter.rowsShown());
    refreshChoices();
}

} // namespace fettle::ui
