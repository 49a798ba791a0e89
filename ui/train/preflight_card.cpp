#include "train/preflight_card.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/icons.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

TokenBar::TokenBar(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Tokens by what happens to them"));
}

void TokenBar::setTokens(std::int64_t trained, std::int64_t context, std::int64_t cut) {
    m_trained = trained;
    m_context = context;
    m_cut = cut;
    setAccessibleDescription(
        tr("%1 trained, %2 context, %3 cut")
            .arg(Format::exactCount(trained), Format::exactCount(context), Format::exactCount(cut)));
    update();
}

QSize TokenBar::sizeHint() const {
    return {Theme::current().u(40), Theme::current().u(2.25)};
}

void TokenBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath clip;
    clip.addRoundedRect(rect(), theme.u(0.75), theme.u(0.75));
    painter.setClipPath(clip);
    painter.fillRect(rect(), theme.color(Token::Line));
    const double total = static_cast<double>(m_trained + m_context + m_cut);
    if (total <= 0) {
        return;
    }
    // A part that is there is seen, however small.
    const auto part = [&](std::int64_t n) {
        return n > 0 ? std::max(3.0, width() * static_cast<double>(n) / total) : 0.0;
    };
    painter.fillRect(QRectF(0, 0, part(m_trained), height()), theme.color(Token::Accent));
    const double cut = part(m_cut);
    painter.fillRect(QRectF(width() - cut, 0, cut, height()), theme.color(Token::Bad));
}

namespace {

/// Caption over figure over note.
void addFigure(QHBoxLayout* row, const QString& caption, Label*& figure, Label*& note) {
    auto* column = new QVBoxLayout;
    column->setSpacing(Theme::current().u(0.5));
    column->addWidget(new Label(caption, FontRole::Caption, Tone::Text2));
    figure = new Label(Format::unknown(), FontRole::Figure);
    column->addWidget(figure);
    note = new Label(u" "_s, FontRole::Caption, Tone::Text2);
    column->addWidget(note);
    row->addLayout(column);
}

} // namespace

PreflightCard::PreflightCard(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent)
    : Card(parent)
    , m_presenter(presenter)
    , m_dialogs(dialogs)
    , m_body(new PageBody)
    , m_pill(new Pill)
    , m_sentence(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_bar(new TokenBar)
    , m_tokens(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_progress(new ProgressRow(tr("Counting rows"), u"train.count"_s))
    , m_error(new InlineError(u"train.error"_s))
    , m_findings(new QVBoxLayout)
    , m_faults(new QPlainTextEdit)
    , m_measureBox(new QWidget)
    , m_measure(makeButton(ButtonKind::Link, tr("Measure with two real steps"), u"train.measure"_s))
    , m_byItself(new QCheckBox(tr("by itself")))
    , m_measuring(new ProgressRow(tr("Two real steps"), u"train.measuring"_s))
    , m_rowBox(new QWidget)
    , m_rowNumber(new QLineEdit)
    , m_rowOf(new ElidedLabel({}, FontRole::Caption, Token::Text2))
    , m_rowCount(new Label({}, FontRole::Caption, Tone::Text2))
    , m_rowNote(new Label({}, FontRole::Caption, Tone::Warn, Wrap::Yes))
    , m_tokenView(new TokenView)
    , m_previous(makeButton(ButtonKind::Icon, tr("Row before"), u"train.row.previous"_s, u"left"_s))
    , m_next(makeButton(ButtonKind::Icon, tr("Next row"), u"train.row.next"_s, u"right"_s))
    , m_nextLong(makeButton(ButtonKind::Link, tr("Next long row"), u"train.row.long"_s))
    , m_nextSilent(makeButton(ButtonKind::Link, tr("Next silent row"), u"train.row.silent"_s))
    , m_hold(new Label({}, FontRole::Body, Tone::Warn, Wrap::Yes))
    , m_start(makeButton(ButtonKind::Primary, tr("Start training"), u"train.start"_s, u"play"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.preflight"_s);
    QHBoxLayout* heading = addHeading(tr("Preflight"));
    heading->addWidget(m_pill);
    QPushButton* help = makeButton(ButtonKind::Icon, tr("What is counted and why"), u"train.help"_s, u"help"_s);
    heading->addWidget(help);
    connect(help, &QPushButton::clicked, this, &PreflightCard::helpWanted);
    QVBoxLayout* body = m_body->column();
    body->setContentsMargins(0, 0, theme.u(1), 0);
    body->setSpacing(theme.u(2));
    m_body->setObjectName(u"train.preflight.body"_s);
    m_body->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->widget()->installEventFilter(this);
    body->addWidget(m_sentence);
    auto* figures = new QHBoxLayout;
    figures->setSpacing(theme.u(5));
    addFigure(figures, tr("Peak memory"), m_peak, m_peakNote);
    addFigure(figures, tr("Time"), m_time, m_timeNote);
    addFigure(figures, tr("Speed"), m_speed, m_speedNote);
    figures->addStretch(1);
    body->addLayout(figures);
    body->addWidget(m_bar);
    body->addWidget(m_tokens);
    m_progress->hide();
    body->addWidget(m_progress);
    body->addWidget(m_error);
    auto* measure = new QHBoxLayout(m_measureBox);
    measure->setContentsMargins(0, 0, 0, 0);
    measure->setSpacing(theme.u(3));
    measure->addWidget(m_measure);
    measure->addStretch(1);
    m_byItself->setObjectName(u"train.measure.by_itself"_s);
    m_byItself->setAccessibleName(tr("Measure two steps by itself"));
    m_byItself->setToolTip(tr("Once rows are counted and nothing else uses the device."));
    measure->addWidget(m_byItself);
    body->addWidget(m_measureBox);
    m_measuring->hide();
    body->addWidget(m_measuring);
    body->addWidget(new Hairline);
    m_findings->setSpacing(0);
    body->addLayout(m_findings);
    m_faults->setObjectName(u"train.faults"_s);
    m_faults->setAccessibleName(tr("Rows that cannot be used"));
    m_faults->setReadOnly(true);
    m_faults->setTabChangesFocus(true);
    m_faults->setFont(theme.mono(FontRole::Caption));
    m_faults->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_faults->setFixedHeight(theme.u(28));
    m_faults->hide();
    body->addWidget(m_faults);

    auto* box = new QVBoxLayout(m_rowBox);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(theme.u(1.5));
    box->addWidget(new Hairline);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme.u(1.5));
    auto* rowTitle = new Label(tr("Row"), FontRole::Caption, Tone::Text2);
    m_rowNumber->setObjectName(u"train.row.number"_s);
    m_rowNumber->setAccessibleName(tr("Number of the row that is shown"));
    m_rowNumber->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_rowNumber->setFixedWidth(theme.u(16));
    rowTitle->setBuddy(m_rowNumber);
    line->addWidget(rowTitle);
    line->addWidget(m_rowNumber);
    line->addWidget(m_rowOf, 1);
    line->addWidget(m_rowCount);
    line->addWidget(m_previous);
    line->addWidget(m_next);
    box->addLayout(line);
    m_tokenView->setObjectName(u"train.row"_s);
    m_tokenView->setAccessibleName(tr("One row as it will be trained"));
    m_tokenView->installEventFilter(this);
    m_rowNote->setObjectName(u"train.row.note"_s);
    box->addWidget(m_rowNote);
    box->addWidget(m_tokenView);
    auto* kinds = new QHBoxLayout;
    kinds->setSpacing(theme.u(4));
    kinds->addWidget(m_nextLong);
    kinds->addWidget(m_nextSilent);
    kinds->addStretch(1);
    box->addLayout(kinds);
    body->addWidget(m_rowBox);
    body->addStretch(1);
    column()->addWidget(m_body, 1);
    column()->addWidget(new Hairline);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme.u(4));
    m_hold->setObjectName(u"train.hold"_s);
    foot->addWidget(m_hold, 1);
    foot->addWidget(m_start, 0, Qt::AlignRight);
    column()->addLayout(foot);

    connect(m_start, &QPushButton::clicked, &presenter, &TrainPresenter::start);
    connect(m_progress, &ProgressRow::cancelled, &presenter, &TrainPresenter::cancelWaiting);
    connect(m_measure, &QPushButton::clicked, &presenter, &TrainPresenter::measureNow);
    connect(m_measuring, &ProgressRow::cancelled, &presenter.measure(), &StepMeasure::cancel);
    connect(m_byItself, &QCheckBox::clicked, this, [this](bool on) {
        m_presenter.setMeasuresByItself(on);
        Q_EMIT measuresByItself(on);
    });
    connect(m_previous, &QPushButton::clicked, this, [this] { m_presenter.stepRow(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { m_presenter.stepRow(1); });
    connect(m_nextLong, &QPushButton::clicked, this, [this] { m_presenter.nextRow(TrainPresenter::RowKind::Long); });
    connect(m_nextSilent, &QPushButton::clicked, this,
            [this] { m_presenter.nextRow(TrainPresenter::RowKind::Silent); });
    connect(m_rowNumber, &QLineEdit::editingFinished, this, [this] {
        if (m_rowNumber->isModified()) {
            m_rowNumber->setModified(false);
            if (const std::optional<double> number = RecipeForm::parseNumber(m_rowNumber->text())) {
                m_presenter.showRow(static_cast<std::int64_t>(std::clamp(*number, 1.0, 1e12)));
            } else {
                refreshRow();
            }
        }
    });
    connect(&presenter, &TrainPresenter::rowChanged, this, &PreflightCard::refreshRow);
    connect(&presenter, &TrainPresenter::preflightChanged, this, &PreflightCard::refresh);
    refresh();
}

void PreflightCard::setFlat(Flat flat) {
    m_flat = flat == Flat::Yes;
    fitBody();
}

void PreflightCard::fitBody() {
    QWidget* content = m_body->widget();
    int height = Theme::current().u(30);
    if (m_flat) {
        height = content->layout()->hasHeightForWidth()
                     ? content->layout()->totalHeightForWidth(std::max(1, m_body->viewport()->width()))
                     : content->sizeHint().height();
    }
    if (m_body->minimumHeight() != height) {
        m_body->setMinimumHeight(height);
    }
}

void PreflightCard::fitRow() {
    // As tall as the row needs, but a long row scrolls inside.
    const Theme& theme = Theme::current();
    const int wanted =
        std::clamp(m_tokenView->heightFor(std::max(theme.u(20), m_tokenView->width())), theme.u(14), theme.u(66));
    if (m_tokenView->height() != wanted) {
        m_tokenView->setFixedHeight(wanted);
    }
}

bool PreflightCard::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tokenView && event->type() == QEvent::Resize) {
        QMetaObject::invokeMethod(this, &PreflightCard::fitRow, Qt::QueuedConnection);
    }
    if (m_flat && (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)) {
        fitBody();
    }
    return Card::eventFilter(watched, event);
}

void PreflightCard::refresh() {
    const PreflightState state = m_presenter.preflightState();
    using Phase = PreflightState::Phase;
    m_pill->setVisible(!state.pill.isEmpty());
    if (!state.pill.isEmpty()) {
        m_pill->setState(state.pill, state.pillState);
    }
    m_sentence->setText(state.phase == Phase::Counting ? tr("Every row is turned into tokens, as training will do it.")
                        : state.phase == Phase::Failed
                            ? tr("The rows could not be counted.")
                            : tr("What this recipe does to your rows, counted by encoding them."));
    m_peak->setText(state.peak);
    m_time->setText(state.time);
    m_speed->setText(state.speed);
    const auto note = [](Label* label, const QString& text) { label->setText(text.isEmpty() ? u" "_s : text); };
    note(m_peakNote, state.peakNote);
    note(m_timeNote, state.timeNote);
    note(m_speedNote, state.speedNote);
    m_bar->setTokens(state.trained, state.context, state.cut);
    m_tokens->setText(state.tokensLine.isEmpty() ? u" "_s : state.tokensLine);
    m_progress->setVisible(state.waiting);
    m_progress->setProgress(state.fraction, state.countedText);
    if (state.error) {
        const ErrorText text = describe(*state.error);
        QString what = text.what;
        QString meaning = text.meaning;
        if (state.error->code == ErrorCode::NotFound && state.error->key == "model") {
            what = tr("The model “%1” is not on this machine.").arg(m_presenter.formState().modelTitle);
            meaning = tr("Fetch it with “fettle model fetch-default”, or choose another model.");
        }
        m_error->setError(what, meaning, text.details);
        m_error->setRepair(tr("Count again"), [this] { m_presenter.recount(); });
    } else {
        m_error->setError({});
    }
    refreshFindings(state);
    refreshMeasure(state);
    refreshRow();
    // The button: works at once; says why it holds.
    m_hold->setText(state.waiting ? tr("Starts by itself when the rows are counted") : state.hold);
    m_hold->setTone(state.waiting ? Tone::Text2 : Tone::Warn);
    m_hold->setVisible(!m_hold->text().isEmpty());
    m_start->setText(state.button);
    setBusy(m_start, state.waiting ? Busy::Yes : Busy::No);
    const bool held = !state.waiting && !state.hold.isEmpty() &&
                      (!m_presenter.holds().isEmpty() || m_presenter.form().hasErrors() || m_presenter.form().locked());
    if (held) {
        setDisabledReason(m_start, state.hold);
    } else {
        setDisabledReason(m_start, {});
    }
}

void PreflightCard::refreshFindings(const PreflightState& state) {
    QString key;
    for (const Finding& finding : state.findings) {
        key += finding.id % u'|' % QString::number(static_cast<int>(finding.state)) % u'|' % finding.what % u'|' %
               finding.meaning;
        for (const Finding::Action& action : finding.fixes) {
            key += u'|' % action.text;
        }
        key += u'\n';
    }
    if (key == m_findingsKey) {
        return;
    }
    // While it counts again the rows stay where they are: a click aimed at one must not land on another.
    if (state.findings.isEmpty() && state.phase == PreflightState::Phase::Counting) {
        return;
    }
    m_findingsKey = key;
    while (m_rows.size() > state.findings.size()) {
        FindingRow* row = m_rows.takeLast();
        m_findings->removeWidget(row);
        row->hide();
        row->deleteLater();
    }
    for (qsizetype i = 0; i < state.findings.size(); ++i) {
        const Finding& finding = state.findings[i];
        if (i >= m_rows.size()) {
            m_rows.append(new FindingRow(finding.state, finding.what, finding.meaning));
            m_findings->addWidget(m_rows.back());
        }
        FindingRow* row = m_rows[i];
        row->setObjectName(u"train.finding."_s % finding.id);
        row->setFinding(finding.state, finding.what, finding.meaning);
        row->clearFixes();
        for (const Finding::Action& action : finding.fixes) {
            const char* name = action.fix == Fix::RaiseContext     ? "raise"
                               : action.fix == Fix::LeaveOverLong  ? "leave"
                               : action.fix == Fix::LeaveSilent    ? "leave"
                               : action.fix == Fix::ShowFaults     ? "show"
                               : action.fix == Fix::ChooseFile     ? "choose"
                               : action.fix == Fix::RecomputeAll   ? "recompute"
                               : action.fix == Fix::SmallerMicro   ? "micro"
                               : action.fix == Fix::SmallerContext ? "context"
                               : action.fix == Fix::TakeValidation ? "take"
                               : action.fix == Fix::SuggestedRate  ? "set"
                                                                   : "undo";
            QPushButton* button =
                row->addFix(action.text, u"train.fix."_s % finding.id % u'.' % QLatin1StringView(name));
            connect(button, &QPushButton::clicked, this, [this, fix = action.fix, arg = action.arg] { act(fix, arg); });
        }
    }
    const PreflightCount* count = m_presenter.check().count();
    if (count == nullptr || count->train.faultCount + (count->validation ? count->validation->faultCount : 0) == 0) {
        m_faults->hide();
    }
}

void PreflightCard::act(Fix fix, const QString& arg) {
    if (fix == Fix::ShowFaults) {
        const PreflightCount* count = m_presenter.check().count();
        if (count != nullptr && m_faults->isHidden()) {
            QStringList lines = count->train.faults;
            std::int64_t more = count->train.faultCount - count->train.faults.size();
            if (count->validation) {
                lines += count->validation->faults;
                more += count->validation->faultCount - count->validation->faults.size();
            }
            if (more > 0) {
                lines << tr("and %1 more").arg(Format::exactCount(more));
            }
            m_faults->setPlainText(lines.join(u'\n'));
            m_faults->show();
            m_faults->setFocus(Qt::OtherFocusReason);
        } else {
            m_faults->hide();
        }
        return;
    }
    if (fix == Fix::ChooseFile) {
        m_dialogs.openFile(this,
                           {.title = tr("New project from a file"),
                            .folder = {},
                            .filters = {tr("Rows (*.jsonl *.json *.csv *.tsv *.txt)"), tr("All files (*)")}},
                           [this](const QString& file) {
                               if (!file.isEmpty()) {
                                   m_presenter.workspace().createFromFile(file);
                               }
                           });
        return;
    }
    m_presenter.apply(fix, arg);
}

void PreflightCard::setMeasuresByItself(bool on) {
    m_byItself->setChecked(on);
    m_presenter.setMeasuresByItself(on);
}

void PreflightCard::refreshMeasure(const PreflightState& state) {
    // The focus goes to Cancel and back; hidden, the button would pass it on to whatever stands next.
    auto* cancel = m_measuring->findChild<QPushButton*>();
    const bool begins = state.measuring && m_measure->hasFocus();
    const bool ends = !state.measuring && cancel != nullptr && cancel->hasFocus();
    m_measuring->setVisible(state.measuring || ends);
    m_measureBox->setVisible(!state.measuring || begins);
    if (begins && cancel != nullptr) {
        cancel->setFocus(Qt::OtherFocusReason);
    }
    if (ends) {
        m_measure->setFocus(Qt::OtherFocusReason);
    }
    m_measuring->setVisible(state.measuring);
    m_measureBox->setVisible(!state.measuring);
    m_measuring->setProgress(std::nullopt, state.measuringText);
    m_measure->setText(state.measured ? tr("Measure again") : tr("Measure with two real steps"));
    setDisabledReason(m_measure, state.measureHold);
}

void PreflightCard::refreshRow() {
    const PreflightState state = m_presenter.preflightState();
    m_rowBox->setVisible(state.row.has_value());
    if (!state.row) {
        return;
    }
    const ShownRow& row = *state.row;
    const QString number = Format::exactCount(state.rowNumber);
    if (!m_rowNumber->isModified() && m_rowNumber->text() != number) {
        m_rowNumber->setText(number);
    }
    m_rowOf->setText(tr("of %1 as it will be trained").arg(Format::exactCount(state.rowCount)));
    m_rowCount->setText(
        tr("%1 of %2 tokens").arg(Format::exactCount(row.trained), Format::exactCount(row.tokens.size())));
    m_rowNote->setText(state.rowNote);
    m_rowNote->setVisible(!state.rowNote.isEmpty());
    m_tokenView->setAccessibleDescription(state.rowNote);
    const QVector<TokenItem>& before = m_tokenView->tokens();
    const bool same = before.size() == row.tokens.size() && std::equal(before.begin(), before.end(), row.tokens.begin(),
                                                                       [](const TokenItem& a, const TokenItem& b) {
                                                                           return a.id == b.id && a.fate == b.fate;
                                                                       });
    if (!same) {
        m_tokenView->setTokens(row.tokens);
        m_tokenView->setFolded(row.system, tr("system message, %Ln token(s)", nullptr, row.system));
    }
    fitRow();
    m_previous->setEnabled(state.rowNumber > 1);
    m_next->setEnabled(state.rowNumber < state.rowCount);
    m_nextLong->setVisible(state.hasLong);
    m_nextSilent->setVisible(state.hasSilent);
}

} // namespace fettle::ui
