#include "train/run_view.h"

#include "bridge/strings.h"
#include "train/chart_board.h"
#include "train/samples_panel.h"
#include "widgets/icons.h"
#include "widgets/text_find.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

RunView::RunView(const ShellContext& context, RunPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_banner(new Banner)
    , m_step(new StatTile(tr("Step")))
    , m_validation(new StatTile(tr("Validation loss")))
    , m_accuracy(new StatTile(tr("Token accuracy")))
    , m_memory(new StatTile(tr("Peak memory")))
    , m_time(new StatTile(tr("Time left")))
    , m_taken(new StatTile(tr("Time taken")))
    , m_tiles(new QHBoxLayout)
    , m_board(new ChartBoard(context, presenter))
    , m_samples(new SamplesPanel(presenter))
    , m_rowsCard(new Card)
    , m_rowsList(new QVBoxLayout)
    , m_textCard(new Card)
    , m_textTitle(new Label({}, FontRole::BodyStrong))
    , m_text(new QPlainTextEdit)
    , m_log(new RunLogReader(context.workspace.jobs(), this))
    , m_damaged(new Label({}, FontRole::Caption, Tone::Warn, Wrap::Yes))
    , m_grid(new QGridLayout) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    m_banner->setObjectName(u"train.banner"_s);
    column->addWidget(m_banner);
    column->addWidget(m_damaged);
    m_damaged->hide();

    m_rowsCard->setObjectName(u"train.rows"_s);
    QHBoxLayout* rowsHead = m_rowsCard->addHeading(tr("Rows of that step"));
    QPushButton* hideRows = makeButton(ButtonKind::Ghost, tr("Hide"), u"train.rows.hide"_s);
    rowsHead->addWidget(hideRows);
    m_rowsList->setSpacing(theme.u(2));
    m_rowsCard->column()->addLayout(m_rowsList);
    m_rowsCard->hide();
    column->addWidget(m_rowsCard);

    auto* textHead = new QHBoxLayout;
    textHead->addWidget(m_textTitle);
    textHead->addStretch(1);
    textHead->addWidget(new TextFind(m_text, u"train.find"_s));
    QPushButton* hideText = makeButton(ButtonKind::Ghost, tr("Hide"), u"train.text.hide"_s);
    textHead->addWidget(hideText);
    m_textCard->column()->addLayout(textHead);
    m_text->setObjectName(u"train.text"_s);
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setFont(theme.mono(FontRole::Caption));
    m_text->setMinimumHeight(theme.u(45));
    m_textCard->column()->addWidget(m_text);
    m_textCard->hide();
    column->addWidget(m_textCard);

    m_tiles->setSpacing(theme.u(2.5));
    const std::pair<StatTile*, const char*> tiles[] = {{m_step, "step"},         {m_validation, "validation"},
                                                       {m_accuracy, "accuracy"}, {m_memory, "memory"},
                                                       {m_time, "time"},         {m_taken, "taken"}};
    for (const auto& [tile, name] : tiles) {
        tile->setObjectName(u"train.tile."_s % QLatin1StringView(name));
        m_tiles->addWidget(tile, 1);
    }
    column->addLayout(m_tiles);

    m_grid->setHorizontalSpacing(theme.u(2.5));
    m_grid->setVerticalSpacing(theme.u(2.5));
    column->addLayout(m_grid, 1);

    connect(hideRows, &QPushButton::clicked, &presenter, &RunPresenter::hideRows);
    connect(hideText, &QPushButton::clicked, m_textCard, &QWidget::hide);
    connect(&presenter, &RunPresenter::changed, this, &RunView::refresh);
    connect(&presenter, &RunPresenter::rowsChanged, this, &RunView::refreshRows);
    connect(&presenter, &RunPresenter::shownChanged, m_textCard, &QWidget::hide);
    connect(&presenter, &RunPresenter::logWanted, this, [this] {
        const QString text = m_presenter.logText();
        showText(tr("Log of the run"), text.isEmpty() ? tr("The run wrote nothing.") : text);
        m_log->read(m_presenter.folder()); // the window keeps only its last lines
    });
    connect(m_log, &RunLogReader::failed, this, [this](const QString&, const Error& error) {
        Q_EMIT m_context.workspace.failed(tr("Reading the log"), error);
    });
    connect(m_log, &RunLogReader::done, this, [this](const QString& folder, const QString& text) {
        if (folder == m_presenter.folder() && m_textTitle->text() == tr("Log of the run") && !text.isEmpty()) {
            m_text->setPlainText(text);
            m_text->moveCursor(QTextCursor::End);
        }
    });
    arrange();
    refresh();
    refreshRows();
}

QPushButton* RunView::primaryButton() const {
    return m_banner->isHidden() ? nullptr : m_primary;
}

QWidget* RunView::firstFocus() const {
    return m_primary != nullptr && !m_banner->isHidden() ? static_cast<QWidget*>(m_primary) : m_board->loss()->chart();
}

void RunView::showText(const QString& title, const QString& text) {
    m_textTitle->setText(title);
    m_text->setAccessibleName(title);
    m_text->setPlainText(text);
    m_textCard->show();
    m_text->setFocus(Qt::OtherFocusReason);
}

void RunView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void RunView::arrange() {
    const Theme& theme = Theme::current();
    const int wide = width() >= theme.u(215) ? 1 : 0;
    if (wide != m_layout) {
        m_layout = wide;
        m_grid->removeWidget(m_board);
        m_grid->removeWidget(m_samples);
        m_grid->addWidget(m_board, 0, 0);
        m_grid->addWidget(m_samples, wide == 1 ? 0 : 1, wide == 1 ? 1 : 0);
        m_grid->setColumnStretch(0, wide == 1 ? 11 : 1);
        m_grid->setColumnStretch(1, wide == 1 ? 4 : 0);
        m_grid->setRowStretch(0, 1);
    }
    const bool low = window()->height() < theme.u(180);
    for (StatTile* tile : {m_step, m_validation, m_accuracy, m_memory, m_time, m_taken}) {
        tile->setLine(low);
    }
}

void RunView::refresh() {
    const RunViewState state = m_presenter.state();
    const auto show = [](StatTile* tile, const TileState& told) {
        tile->setFigure(told.figure, told.comparison, told.tone);
    };
    show(m_step, state.step);
    show(m_validation, state.validation);
    show(m_accuracy, state.accuracy);
    show(m_memory, state.memory);
    show(state.timeTaken ? m_taken : m_time, state.time);
    m_time->setVisible(!state.timeTaken);
    m_taken->setVisible(state.timeTaken);
    m_damaged->setVisible(state.damagedLines > 0);
    m_damaged->setText(state.damagedLines > 0
                           ? tr("%Ln line(s) of this run's log could not be read and are missing here.", nullptr,
                                static_cast<int>(state.damagedLines))
                           : QString());

    // The banner changes in place; its buttons are made again only when they are others.
    const RunBanner& banner = state.banner;
    QString key = banner.kind;
    for (const RunBanner::Action& action : banner.actions) {
        key += u'|' % action.text;
    }
    if (banner.shown) {
        m_banner->setMessage(banner.state, banner.heading, banner.sentence,
                             banner.kind == u"paused" ? u"pause"_s : QString());
    }
    if (key != m_bannerKey) {
        m_bannerKey = key;
        QWidget* focus = m_banner->focusWidget();
        const bool had = focus != nullptr && focus->hasFocus();
        m_banner->clearActions();
        m_primary = nullptr;
        for (const RunBanner::Action& action : banner.actions) {
            QPushButton* button =
                m_banner->addAction(action.text, u"train.banner."_s % QString::number(static_cast<int>(action.action)));
            if (action.primary) {
                setSheetProperty(button, "kind", u"primary"_s);
                button->setObjectName(u"train.banner.primary"_s);
                m_primary = button;
            } else if (action.action == RunAction::ShowRows) {
                button->setObjectName(u"train.banner.rows"_s);
            } else if (action.action == RunAction::TryIt) {
                button->setObjectName(u"train.banner.try"_s);
            } else if (action.action == RunAction::Continue) {
                button->setObjectName(u"train.banner.continue"_s);
            }
            connect(button, &QPushButton::clicked, this, [this, act = action.action] { m_presenter.act(act); });
        }
        if (had && m_primary != nullptr) {
            m_primary->setFocus(Qt::OtherFocusReason);
        }
    }
    m_banner->setVisible(banner.shown);
}

// ---------------------------------------------------------------- rows of a divergence

void RunView::refreshRows() {
    m_rowsCard->setVisible(m_presenter.rowsShown());
    while (QLayoutItem* item = m_rowsList->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    if (!m_presenter.rowsShown()) {
        return;
    }
    const Theme& theme = Theme::current();
    for (const DataRow& row : m_presenter.rows()) {
        auto* box = new QWidget;
        auto* line = new QHBoxLayout(box);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(theme.u(3));
        line->addWidget(new Label(tr("Row %1").arg(Format::exactCount(row.sample)), FontRole::BodyStrong), 0,
                        Qt::AlignTop);
        auto* words = new QVBoxLayout;
        words->setSpacing(theme.u(0.5));
        const auto add = [&](const QString& text, Tone tone) {
            if (!text.isEmpty()) {
                auto* label = new Label(text.size() > 600 ? QString(text.left(600) % u'…') : text, FontRole::Body, tone,
                                        Wrap::Yes);
                label->setTextInteractionFlags(Qt::TextSelectableByMouse);
                words->addWidget(label);
            }
        };
        add(row.asked, Tone::Text2);
        add(row.answer, Tone::Text);
        line->addLayout(words, 1);
        m_rowsList->addWidget(box);
    }
    if (m_presenter.rows().isEmpty()) {
        m_rowsList->addWidget(new Label(tr("These rows are no longer in the data."), FontRole::Body, Tone::Text2));
    }
}

} // namespace fettle::ui
