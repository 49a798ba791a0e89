#include "train/try_view.h"

#include "bridge/strings.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TryView::Answer TryView::makeAnswer(const QString& name, const QString& caption) {
    const Theme& theme = Theme::current();
    Answer out{};
    out.card = new Card;
    out.card->setObjectName(name);
    auto* heading = new QHBoxLayout;
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(new Label(caption, FontRole::Caption, Tone::Text2));
    out.title = new Label({}, FontRole::BodyStrong);
    words->addWidget(out.title);
    heading->addLayout(words);
    heading->addStretch(1);
    out.pill = new Pill;
    heading->addWidget(out.pill, 0, Qt::AlignTop);
    out.card->column()->addLayout(heading);
    out.text = new QPlainTextEdit;
    out.text->setObjectName(name % u".text"_s);
    out.text->setReadOnly(true);
    out.text->setTabChangesFocus(true);
    out.text->setAccessibleName(tr("Answer: %1").arg(caption));
    out.text->setMinimumHeight(theme.u(18));
    out.text->setProperty("kind", u"answer"_s);
    out.text->document()->setDocumentMargin(theme.u(2));
    out.error = new InlineError(name % u".error"_s);
    out.card->column()->addWidget(out.error);
    out.card->column()->addWidget(out.text, 1);
    out.counts = new Label(u" "_s, FontRole::Caption, Tone::Text2);
    out.counts->setObjectName(name % u".counts"_s);
    out.card->column()->addWidget(out.counts);
    return out;
}

TryView::TryView(TryPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_prompt(new QPlainTextEdit)
    , m_system(new QLineEdit)
    , m_pick(makeButton(ButtonKind::Plain, tr("Pick a test row"), u"try.pick"_s, u"data"_s))
    , m_send(makeButton(ButtonKind::Primary, tr("Send"), u"try.send"_s, u"play"_s))
    , m_stop(makeButton(ButtonKind::Plain, tr("Stop"), u"try.stop"_s, u"stop"_s))
    , m_length(new QComboBox)
    , m_temperature(new QComboBox)
    , m_why(new Label({}, FontRole::Body, Tone::Warn, Wrap::Yes))
    , m_row(new Label({}, FontRole::Caption, Tone::Text2))
    , m_rowError(new InlineError(u"try.row_error"_s))
    , m_answers{makeAnswer(u"try.base"_s, tr("Base model")), makeAnswer(u"try.tuned"_s, tr("Tuned"))}
    , m_expectedBox(new Well)
    , m_expected(new Label({}, FontRole::Body, Tone::Text, Wrap::Yes)) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(3));
    auto* ask = new Card;
    auto* system = new QHBoxLayout;
    system->setSpacing(theme.u(3));
    auto* systemName = new Label(tr("System message"), FontRole::Body, Tone::Text2);
    systemName->setBuddy(m_system);
    system->addWidget(systemName);
    m_system->setObjectName(u"try.system"_s);
    m_system->setAccessibleName(tr("System message"));
    m_system->setPlaceholderText(tr("none: the model's own, if its template has one"));
    system->addWidget(m_system, 1);
    ask->column()->addLayout(system);
    m_prompt->setObjectName(u"try.prompt"_s);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setPlaceholderText(tr("Write a prompt, or pick a row of the data"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->document()->setDocumentMargin(theme.u(1.5));
    m_prompt->setFixedHeight(theme.u(20));
    ask->column()->addWidget(m_prompt);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(3));
    row->addWidget(m_pick);
    row->addWidget(m_row);
    row->addStretch(1);
    m_length->setObjectName(u"try.length"_s);
    m_length->setAccessibleName(tr("Length of an answer"));
    for (const int tokens : {32, 64, 128, 256, 512}) {
        m_length->addItem(tr("up to %Ln token(s)", nullptr, tokens), tokens);
    }
    m_length->setCurrentIndex(m_length->findData(presenter.maxTokens()));
    m_temperature->setObjectName(u"try.temperature"_s);
    m_temperature->setAccessibleName(tr("Temperature"));
    for (const double temperature : {0.0, 0.3, 0.7, 1.0}) {
        m_temperature->addItem(temperature <= 0 ? tr("most likely token")
                                                : tr("temperature %1").arg(QLocale().toString(temperature)),
                               temperature);
    }
    m_temperature->setCurrentIndex(std::max(0, m_temperature->findData(presenter.temperature())));
    row->addWidget(m_length);
    row->addWidget(m_temperature);
    row->addWidget(m_stop);
    row->addWidget(m_send);
    ask->column()->addLayout(row);
    ask->column()->addWidget(m_rowError);
    column->addWidget(ask);
    m_why->setObjectName(u"try.why"_s);
    column->addWidget(m_why);
    auto* answers = new QHBoxLayout;
    answers->setSpacing(theme.u(2.5));
    answers->addWidget(m_answers[0].card, 1);
    answers->addWidget(m_answers[1].card, 1);
    column->addLayout(answers, 1);
    auto* expected = new QHBoxLayout;
    expected->setSpacing(theme.u(3));
    expected->addWidget(new Label(tr("Expected"), FontRole::Caption, Tone::Text2), 0, Qt::AlignTop);
    m_expected->setObjectName(u"try.expected"_s);
    m_expected->setFont(theme.mono());
    m_expected->setTextInteractionFlags(Qt::TextSelectableByMouse);
    expected->addWidget(m_expected, 1);
    m_expectedBox->column()->addLayout(expected);
    column->addWidget(m_expectedBox);

    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        m_presenter.setPrompt(m_prompt->toPlainText());
        refresh();
    });
    connect(m_system, &QLineEdit::textChanged, &presenter, &TryPresenter::setSystem);
    connect(m_pick, &QPushButton::clicked, &presenter, &TryPresenter::pickRow);
    connect(m_send, &QPushButton::clicked, &presenter, &TryPresenter::send);
    connect(m_stop, &QPushButton::clicked, &presenter, &TryPresenter::stop);
    connect(m_length, &QComboBox::activated, this,
            [this] { m_presenter.setMaxTokens(m_length->currentData().toInt()); });
    connect(m_temperature, &QComboBox::activated, this,
            [this] { m_presenter.setTemperature(m_temperature->currentData().toDouble()); });
    const auto fill = [this] {
        const QSignalBlocker quiet(m_prompt);
        const QSignalBlocker quietSystem(m_system);
        m_prompt->setPlainText(m_presenter.prompt());
        m_system->setText(m_presenter.system());
    };
    connect(&presenter, &TryPresenter::promptChanged, this, [this, fill] {
        fill();
        refresh();
    });
    connect(&presenter, &TryPresenter::changed, this, &TryView::refresh);
    fill();
    refresh();
}

bool TryView::event(QEvent* event) {
    // Esc stops the answer here; without one it goes back, as everywhere.
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape && m_presenter.state().busy) {
            if (event->type() == QEvent::KeyPress) {
                m_presenter.stop();
            }
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void TryView::refresh() {
    const TryState state = m_presenter.state();
    const QString titles[] = {state.base, state.tuned};
    using Phase = TrySide::Phase;
    for (std::size_t i = 0; i < 2; ++i) {
        const Answer& answer = m_answers[i];
        const TrySide& side = state.sides[i];
        answer.title->setText(titles[i]);
        const bool right =
            side.phase == Phase::Done && !state.expected.isEmpty() && side.text.trimmed() == state.expected.trimmed();
        const bool quiet = side.phase == Phase::Empty || side.phase == Phase::Done;
        answer.pill->setVisible(!quiet || right);
        if (right) {
            answer.pill->setState(tr("as expected"), State::Ok);
        } else if (!quiet) {
            const QString word = side.phase == Phase::Waiting     ? tr("waits")
                                 : side.phase == Phase::Loading   ? tr("reading the model")
                                 : side.phase == Phase::Answering ? tr("answering")
                                 : side.phase == Phase::Stopped   ? tr("stopped")
                                                                  : tr("failed");
            answer.pill->setState(word, side.phase == Phase::Failed    ? State::Bad
                                        : side.phase == Phase::Stopped ? State::Warn
                                        : side.phase == Phase::Waiting ? State::Neutral
                                                                       : State::Accent);
        }
        if (answer.text->toPlainText() != side.text) {
            if (side.text.startsWith(answer.text->toPlainText()) &&
                !answer.text->toPlainText().isEmpty()) { // grows at its end
                QTextCursor end(answer.text->document());
                end.movePosition(QTextCursor::End);
                end.insertText(side.text.mid(answer.text->toPlainText().size()));
            } else {
                answer.text->setPlainText(side.text);
            }
            answer.text->verticalScrollBar()->setValue(answer.text->verticalScrollBar()->maximum());
        }
        QString counts = u" "_s;
        if (side.phase == Phase::Answering || side.phase == Phase::Done || side.phase == Phase::Stopped) {
            if (side.tokens > 0 || side.phase == Phase::Done) {
                counts = tr("%1 · %Ln token(s)", nullptr, side.tokens).arg(Format::duration(side.seconds));
                if (side.phase == Phase::Done && side.seconds > 0 && side.tokens > 1) {
                    counts += u" · "_s % Format::tokensPerSecond(side.tokens / side.seconds);
                }
            }
        }
        answer.counts->setText(counts);
        if (side.error) {
            const ErrorText text = describe(*side.error);
            answer.error->setError(text.what, text.meaning, text.details);
            answer.error->setRepair(tr("Send again"), [this] { m_presenter.send(); });
        } else {
            answer.error->setError({});
        }
    }
    m_why->setText(!state.available ? state.why : state.waitsFor);
    m_why->setVisible(!m_why->text().isEmpty());
    m_stop->setVisible(state.busy);
    const bool empty = m_presenter.prompt().trimmed().isEmpty();
    setDisabledReason(m_send, !state.available ? state.why
                              : state.busy     ? tr("An answer is on its way.")
                              : empty          ? tr("Write a prompt first.")
                                               : QString());
    QString rowLine = state.rowLine;
    if (state.earlierTurns > 0) {
        rowLine += u" · "_s % tr("%Ln earlier turn(s) go with it", nullptr, state.earlierTurns);
    }
    m_row->setText(rowLine);
    m_expectedBox->setVisible(!state.expected.isEmpty());
    m_expected->setText(state.expected.size() > 2000 ? QString(state.expected.left(2000) % u'…') : state.expected);
    if (state.rowError) {
        const ErrorText text = describe(*state.rowError);
        m_rowError->setError(tr("No row could be picked."), text.what % u' ' % text.meaning, text.details);
    } else {
        m_rowError->setError({});
    }
}

} // namespace fettle::ui
