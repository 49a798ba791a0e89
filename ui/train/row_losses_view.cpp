#include "train/row_losses_view.h"

#include "bridge/strings.h"
#include "train/row_histogram.h"
#include "train/token_rows.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using train::RowClass;

namespace {

constexpr RowClass kShown[] = {RowClass::NeverLearned, RowClass::Forgotten, RowClass::TooEasy, RowClass::Learning};

} // namespace

RowLossesView::RowLossesView(RowLossesPresenter& presenter, DialogService& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_empty(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_faults(new Label({}, FontRole::Caption, Tone::Warn, Wrap::Yes))
    , m_count(new Label({}, FontRole::Body, Tone::Text2))
    , m_rule(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_card(new Card)
    , m_sort(new QComboBox)
    , m_copy(makeButton(ButtonKind::Plain, tr("Copy row numbers"), u"inside.rows.copy"_s, u"copy"_s))
    , m_export(makeButton(ButtonKind::Plain, tr("Save as CSV"), u"inside.rows.export"_s, u"export"_s))
    , m_histogram(new RowHistogram(presenter))
    , m_table(new DataTable(u"inside.rows.table"_s, tr("Rows by their losses")))
    , m_model(new RowLossesModel(presenter, this))
    , m_openedCard(new Card)
    , m_opened(new TokenRows(presenter.reader(), TokenRows::Choice::No, u"inside.opened"_s))
    , m_close(makeButton(ButtonKind::Ghost, tr("Hide"), u"inside.opened.hide"_s)) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    m_empty->setObjectName(u"inside.rows.status"_s);
    m_faults->setObjectName(u"inside.rows.faults"_s);
    m_faults->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_empty);
    column->addWidget(m_faults);

    m_openedCard->setObjectName(u"inside.opened.card"_s);
    QHBoxLayout* openedHead = m_openedCard->addHeading(tr("Row as the model sees it"));
    openedHead->addWidget(m_close);
    m_openedCard->column()->addWidget(m_opened);
    column->addWidget(m_openedCard);

    m_card->setObjectName(u"inside.rows.losses"_s);
    auto* filters = new QHBoxLayout;
    filters->setSpacing(theme.u(2));
    for (const RowClass each : kShown) {
        auto* chip = new Chip(RowLossesPresenter::className(each), RowLossesPresenter::classState(each));
        chip->setCheckable(true);
        chip->setObjectName(u"inside.rows.chip."_s % qs(train::rowClassName(each)));
        filters->addWidget(chip);
        m_chips.append(chip);
        connect(chip, &QAbstractButton::clicked, this,
                [this, chip, each] { m_presenter.toggleClass(each, chip->extendsSelection()); });
    }
    filters->addStretch(1);
    m_sort->setObjectName(u"inside.rows.sort"_s);
    m_sort->setAccessibleName(tr("Order"));
    m_sort->addItem(tr("Highest last loss first"), static_cast<int>(RowSort::LastHigh));
    m_sort->addItem(tr("Lowest last loss first"), static_cast<int>(RowSort::LastLow));
    m_sort->addItem(tr("Rose most first"), static_cast<int>(RowSort::Risen));
    m_sort->addItem(tr("As in the data"), static_cast<int>(RowSort::Row));
    filters->addWidget(m_sort);
    m_card->column()->addLayout(filters);
    m_card->column()->addWidget(m_histogram);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new RowLossesDelegate(m_table));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setColumnSamples({u"1,000,000"_s, u"Some first words"_s, u"curve of epochs"_s, u"00.000"_s, u"00.000"_s,
                               u"never learned, and a sign"_s},
                              RowLossesModel::Words);
    m_table->setMinimumHeight(theme.u(60));
    m_card->column()->addWidget(m_table, 1);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme.u(2));
    m_count->setObjectName(u"inside.rows.count"_s);
    foot->addWidget(m_count);
    foot->addStretch(1);
    foot->addWidget(m_copy);
    foot->addWidget(m_export);
    m_card->column()->addLayout(foot);
    m_card->column()->addWidget(m_rule);
    column->addWidget(m_card, 1);

    connect(m_sort, qOverload<int>(&QComboBox::activated), this,
            [this] { m_presenter.setSort(static_cast<RowSort>(m_sort->currentData().toInt())); });
    connect(m_copy, &QPushButton::clicked, &presenter, &RowLossesPresenter::copyIds);
    connect(m_export, &QPushButton::clicked, this, [this, &dialogs] {
        dialogs.saveFile(this, {.title = tr("Save losses of rows"), .folder = {}, .filters = {tr("Numbers (*.csv)")}},
                         tr("row losses") % u".csv"_s, [this](const QString& file) { m_presenter.exportCsv(file); });
    });
    connect(m_table, &DataTable::opened, this, [this](const QModelIndex& index) {
        if (const auto sample = m_model->sample(index.row())) {
            m_presenter.open(*sample);
        }
    });
    connect(m_close, &QPushButton::clicked, &presenter, &RowLossesPresenter::close);
    connect(&presenter, &RowLossesPresenter::changed, this, &RowLossesView::refresh);
    refresh();
}

QWidget* RowLossesView::firstFocus() const {
    return m_card->isVisibleTo(this) ? static_cast<QWidget*>(m_table) : const_cast<RowLossesView*>(this);
}

bool RowLossesView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        m_presenter.state().opened) { // hides the row, does not leave the page
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void RowLossesView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_presenter.state().opened) {
        m_presenter.close();
        m_table->setFocus(Qt::OtherFocusReason);
        return;
    }
    QWidget::keyPressEvent(event);
}

void RowLossesView::refresh() {
    const RowLossesState state = m_presenter.state();
    const bool told = state.phase == RowLossesState::Phase::Told;
    const bool some = told && state.total > 0;
    QString empty;
    switch (state.phase) {
    case RowLossesState::Phase::Nothing:
    case RowLossesState::Phase::Reading:
        empty = tr("Reading the losses of the rows…");
        break;
    case RowLossesState::Phase::Failed:
        empty = state.error ? describe(*state.error).what : QString();
        break;
    case RowLossesState::Phase::Told:
        empty = state.total == 0
                    ? tr("The losses of single rows are written at the end of each epoch. There are none yet.")
                : state.textFault.isEmpty() ? QString()
                                            : tr("The texts of the rows cannot be shown: %1").arg(state.textFault);
        break;
    }
    m_empty->setText(empty);
    m_empty->setVisible(!empty.isEmpty());
    m_faults->setText(state.faults.isEmpty() ? QString()
                                             : tr("%Ln file(s) of row losses could not be read and are left out: %1",
                                                  nullptr, static_cast<int>(state.faults.size()))
                                                   .arg(state.faults.join(u"; "_s)));
    m_faults->setVisible(!state.faults.isEmpty());
    m_card->setVisible(some);
    m_openedCard->setVisible(some && state.opened.has_value());
    if (!some) {
        return;
    }
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        const auto index = static_cast<std::size_t>(kShown[i]);
        m_chips[i]->setCount(state.counts[index]);
        m_chips[i]->setChecked(state.filter.classes[index]);
    }
    m_sort->setCurrentIndex(m_sort->findData(static_cast<int>(state.filter.sort)));
    QString count =
        state.filtering ? tr("Sorting…")
        : state.shown == state.total
            ? tr("%1 rows, %2 epochs").arg(Format::exactCount(state.total), Format::exactCount(state.epochs))
            : tr("%1 of %2 rows").arg(Format::exactCount(state.shown), Format::exactCount(state.total));
    m_count->setText(count);
    m_rule->setText(state.rule);
}

} // namespace fettle::ui
