#include "train/run_record_view.h"

#include "train/run_record_compare_view.h"
#include "train/run_record_export.h"
#include "widgets/frames.h"
#include "widgets/icons.h"
#include "widgets/status.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QVBoxLayout* columnOf(QWidget* widget) {
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::current().u(2.5));
    return column;
}

void clear(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
}

} // namespace

RunRecordView::RunRecordView(const ShellContext& context, RunRecordPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_record(new QWidget)
    , m_compare(new RunRecordCompareView(context))
    , m_toCompare(
          makeButton(ButtonKind::Plain, tr("Compare recipes with another run"), u"record.compare"_s, u"columns"_s))
    , m_copy(makeButton(ButtonKind::Plain, tr("Copy as text"), u"record.copy"_s, u"copy"_s))
    , m_copyCommand(makeButton(ButtonKind::Plain, tr("Copy command"), u"record.command.copy"_s, u"copy"_s))
    , m_said(new Label({}, FontRole::Caption, Tone::Text2))
    , m_error(new InlineError(u"record.error"_s))
    , m_figures(new Card)
    , m_figureGrid(new QGridLayout)
    , m_figuresNote(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_again(new Card)
    , m_command(new QPlainTextEdit)
    , m_commandNote(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_export(new RunRecordExport(context, presenter))
    , m_left(new QWidget)
    , m_right(new QWidget)
    , m_columns(new QGridLayout) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.record"_s);
    auto* outer = columnOf(this);
    outer->addWidget(m_record);
    outer->addWidget(m_compare);
    auto* column = columnOf(m_record);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme.u(2));
    bar->addWidget(new Label(tr("Run record"), FontRole::CardHeading));
    bar->addWidget(m_said);
    bar->addStretch(1);
    bar->addWidget(m_toCompare);
    bar->addWidget(m_copy);
    column->addLayout(bar);
    column->addWidget(m_error);
    m_said->setObjectName(u"record.said"_s);

    m_figures->addHeading(tr("Predicted and actual"));
    m_figures->setObjectName(u"record.figures"_s);
    m_figureGrid->setHorizontalSpacing(theme.u(6));
    m_figureGrid->setVerticalSpacing(theme.u(1.5));
    m_figures->column()->addLayout(m_figureGrid);
    m_figures->column()->addWidget(m_figuresNote);
    columnOf(m_left)->addWidget(m_figures);

    QHBoxLayout* again = m_again->addHeading(tr("Train it again"));
    again->addWidget(m_copyCommand);
    m_command->setObjectName(u"record.command"_s);
    m_command->setAccessibleName(tr("Command that trains this run again"));
    m_command->setReadOnly(true);
    m_command->setTabChangesFocus(true);
    m_command->setFont(theme.mono(FontRole::Caption));
    m_command->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_command->setFixedHeight(theme.u(30));
    m_again->column()->addWidget(m_command);
    m_again->column()->addWidget(m_commandNote);
    auto* right = columnOf(m_right);
    right->addWidget(m_again);
    right->addWidget(m_export);

    m_columns->setHorizontalSpacing(theme.u(2.5));
    m_columns->setVerticalSpacing(theme.u(2.5));
    column->addLayout(m_columns);
    column->addStretch(1);

    connect(m_toCompare, &QPushButton::clicked, this, [this] {
        showComparison({});
        m_compare->firstFocus()->setFocus(Qt::OtherFocusReason);
    });
    connect(m_compare, &RunRecordCompareView::closed, this, [this] {
        showRecord();
        m_toCompare->setFocus(Qt::OtherFocusReason);
    });
    connect(m_compare, &RunRecordCompareView::otherChosen, &presenter, &RunRecordPresenter::setCompared);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_presenter.text());
        m_said->setText(tr("On the clipboard."));
    });
    connect(m_copyCommand, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_presenter.state().command);
        m_said->setText(tr("On the clipboard."));
    });
    connect(&presenter, &RunRecordPresenter::changed, this, &RunRecordView::refresh);
    presenter.compared().isEmpty() ? showRecord() : showComparison(presenter.compared());
    arrange();
    refresh();
}

QWidget* RunRecordView::firstFocus() const {
    return compares() ? m_compare->firstFocus() : m_copy;
}

bool RunRecordView::compares() const {
    return !m_compare->isHidden();
}

void RunRecordView::showRecord() {
    m_presenter.setCompared({});
    m_compare->hide();
    m_record->show();
}

void RunRecordView::showComparison(const QString& other) {
    m_record->hide();
    m_compare->show();
    m_compare->compare(m_presenter.state().folder, other);
}

void RunRecordView::focusExport() {
    showRecord();
    m_export->firstFocus()->setFocus(Qt::OtherFocusReason);
}

void RunRecordView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void RunRecordView::arrange() {
    const int wide = width() >= Theme::current().u(190) ? 1 : 0;
    if (wide == m_layout) {
        return;
    }
    m_layout = wide;
    m_columns->removeWidget(m_left);
    m_columns->removeWidget(m_right);
    m_columns->addWidget(m_left, 0, 0, Qt::AlignTop);
    if (wide == 1) {
        m_columns->addWidget(m_right, 0, 1, Qt::AlignTop);
    } else {
        m_columns->addWidget(m_right, 1, 0, Qt::AlignTop);
    }
    m_columns->setColumnStretch(0, wide == 1 ? 5 : 1);
    m_columns->setColumnStretch(1, wide == 1 ? 4 : 0);
}

void RunRecordView::fillFigures() {
    clear(m_figureGrid);
    const RunRecordState& state = m_presenter.state();
    const QStringList titles{{}, tr("Predicted"), tr("Actual"), tr("Difference")};
    for (int i = 1; i < titles.size(); ++i) {
        m_figureGrid->addWidget(new Label(titles[i], FontRole::Caption, Tone::Text2), 0, i, Qt::AlignRight);
    }
    int row = 1;
    for (const RecordFigure& figure : state.figures) {
        const auto cell = [&](int column, const QString& text, Tone tone) {
            auto* label = new Label(text, column == 2 ? FontRole::BodyStrong : FontRole::Body, tone);
            label->setTextInteractionFlags(Qt::TextSelectableByMouse);
            label->setAccessibleName(u"%1, %2: %3"_s.arg(figure.name, titles[column], text));
            m_figureGrid->addWidget(label, row, column, Qt::AlignRight);
            return label;
        };
        m_figureGrid->addWidget(new Label(figure.name), row, 0);
        cell(1, figure.predicted, Tone::Text2);
        cell(2, figure.actual, Tone::Text);
        cell(3, figure.difference, figure.tone)->setObjectName(u"record.difference."_s % QString::number(row));
        ++row;
    }
    m_figureGrid->setColumnStretch(0, 1);
    m_figuresNote->setText(state.figuresNote);
}

void RunRecordView::fillSections() {
    const Theme& theme = Theme::current();
    for (Card* card : std::as_const(m_sections)) {
        card->hide();
        card->deleteLater();
    }
    m_sections.clear();
    const QVector<RecordSection>& sections = m_presenter.state().sections;
    for (qsizetype i = 0; i < sections.size(); ++i) {
        auto* card = new Card;
        card->addHeading(sections[i].title);
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(theme.u(4));
        grid->setVerticalSpacing(theme.u(1.25));
        int row = 0;
        for (const RecordLine& line : sections[i].lines) {
            grid->addWidget(new Label(line.name, FontRole::Body, Tone::Text2), row, 0, Qt::AlignTop);
            auto* value = new Label(line.value, FontRole::Body, Tone::Text, Wrap::Yes);
            if (line.mono) {
                value->setFont(theme.mono());
            }
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setAccessibleName(u"%1: %2"_s.arg(line.name, line.value));
            grid->addWidget(value, row, 1);
            ++row;
        }
        grid->setColumnMinimumWidth(0, theme.u(34));
        grid->setColumnStretch(1, 1);
        card->column()->addLayout(grid);
        m_sections.append(card);
        // The run and how it was computed under the figures, machine and data under the files.
        (i % 2 == 0 ? m_left : m_right)->layout()->addWidget(card);
    }
}

void RunRecordView::refresh() {
    const RunRecordState& state = m_presenter.state();
    const bool known = !state.sections.isEmpty();
    m_figures->setVisible(known);
    m_again->setVisible(known);
    m_said->setText(state.reading ? tr("Reading…") : QString());
    if (state.fault) {
        m_error->setError(tr("The record cannot be read: %1").arg(state.fault->what), state.fault->meaning,
                          state.fault->details);
        m_error->setRepair(tr("Read again"), [this] { m_presenter.readAgain(); });
    } else {
        m_error->setError({});
    }
    const QString why = known ? QString() : tr("The run is being read.");
    setDisabledReason(m_copy, why);
    setDisabledReason(m_toCompare, state.folder.isEmpty() ? why : QString());
    if (state.reading && known) {
        return; // what is there stays until the new one comes
    }
    fillFigures();
    fillSections();
    m_command->setPlainText(state.command);
    m_command->setVisible(!state.command.isEmpty());
    setDisabledReason(m_copyCommand, state.command.isEmpty() ? tr("There is no command for this run.") : QString());
    m_commandNote->setText(
        state.commandFault ? QString(state.commandFault->what % u' ' % state.commandFault->meaning)
                           : tr("Trains into a new folder beside it, with what “auto” stood for here written out."));
}

} // namespace fettle::ui
