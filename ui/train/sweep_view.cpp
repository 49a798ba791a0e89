#include "train/sweep_view.h"

#include "bridge/strings.h"
#include "recipe/fields.h"
#include "widgets/table.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPointer>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

constexpr double kMoreEpochs = 2; // the best again, twice as long

/// Fields that make sense to vary: one value a run.
bool canVary(const recipe::Field& field) {
    switch (field.type) {
    case recipe::FieldType::Integer:
    case recipe::FieldType::Number:
    case recipe::FieldType::Choice:
    case recipe::FieldType::Boolean:
        return true;
    default:
        return false;
    }
}

bool isNumber(const recipe::Field* field) {
    return field != nullptr && (field->type == recipe::FieldType::Integer || field->type == recipe::FieldType::Number);
}

QString titleOf(const recipe::Field& field) {
    const QString title = QCoreApplication::translate("RecipeField", field.title.c_str());
    return field.unit.empty()
               ? title
               : SweepView::tr("%1 (%2)").arg(title, QCoreApplication::translate("RecipeField", field.unit.c_str()));
}

QLineEdit* edit(const QString& name, const QString& accessible, const QString& hint) {
    auto* out = new QLineEdit;
    out->setObjectName(name);
    out->setAccessibleName(accessible);
    out->setPlaceholderText(hint);
    return out;
}

} // namespace

SweepView::SweepView(const ShellContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_stack(new QStackedWidget) {
    setObjectName(u"sweep"_s);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    m_stack->addWidget(makeForm());
    m_stack->addWidget(makeResults());
    connect(&context.workspace, &Workspace::sweepStarted, this, &SweepView::showResults);
    connect(&context.workspace, &Workspace::runsChanged, this, [this] {
        if (isVisible() && m_stack->currentIndex() == 1) {
            read();
        }
    });
    connect(&context.workspace, &Workspace::recipeChanged, this, &SweepView::check);
}

QPushButton* SweepView::primaryButton() const {
    return m_stack->currentIndex() == 0 ? m_start : m_again;
}

// ---------------------------------------------------------------- a new one

QWidget* SweepView::makeForm() {
    const Theme& theme = Theme::current();
    auto* body = new PageBody;
    auto* header = new PageHeader(tr("New sweep"),
                                  tr("Many runs of the recipe of the form, each with other values. They wait in the "
                                     "queue and share one budget."));
    QPushButton* back = makeButton(ButtonKind::Plain, tr("Back"), u"sweep.back"_s, u"left"_s);
    header->addAction(back);
    connect(back, &QPushButton::clicked, this, &SweepView::left);
    body->column()->addWidget(header);
    auto* card = new Card;
    card->setMaximumWidth(theme.u(230));
    QHBoxLayout* heading = card->addHeading(tr("What should differ"), u"sweep"_s);
    m_method = new ChoiceGroup(GroupLook::Segments, tr("How values are combined"));
    m_method->addChoice(0, tr("Every combination"), u"sweep.grid"_s);
    m_method->addChoice(1, tr("At random"), u"sweep.random"_s);
    m_method->setCurrent(0);
    heading->addWidget(m_method);
    connect(m_method, &ChoiceGroup::chosen, this, &SweepView::check);
    m_fields = new QVBoxLayout;
    m_fields->setSpacing(theme.u(2));
    card->column()->addLayout(m_fields);
    auto* addRow = new QHBoxLayout;
    QPushButton* add = makeButton(ButtonKind::Ghost, tr("Add a field"), u"sweep.add"_s, u"plus"_s);
    connect(add, &QPushButton::clicked, this, [this] {
        addLine({.key = u"optimizer.schedule"_s, .range = 0, .text = {}, .steps = {}});
        m_lines.last().key->setFocus(Qt::OtherFocusReason);
        check();
    });
    addRow->addWidget(add);
    addRow->addStretch(1);
    card->column()->addLayout(addRow);
    card->column()->addWidget(new Hairline);
    m_maxRuns = edit(u"sweep.runs"_s, tr("Runs at most"), tr("no limit"));
    m_maxMinutes = edit(u"sweep.minutes"_s, tr("Minutes for all runs together"), tr("no limit"));
    m_seed = edit(u"sweep.seed"_s, tr("Seed of the draw"), u"1"_s);
    for (QLineEdit* each : {m_maxRuns, m_maxMinutes, m_seed}) {
        each->setAlignment(Qt::AlignRight);
        each->setFixedWidth(theme.u(30));
        connect(each, &QLineEdit::textChanged, this, &SweepView::check);
    }
    card->column()->addWidget(new FieldRow(tr("Runs at most"), tr("A draw at random needs it"), m_maxRuns));
    card->column()->addWidget(new FieldRow(
        tr("Time for all runs"), tr("Minutes of training; when they are used up the rest is held"), m_maxMinutes));
    card->column()->addWidget(new FieldRow(tr("Seed of the draw"), tr("The same seed draws the same values"), m_seed));
    body->column()->addWidget(card);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme.u(3));
    m_start = makeButton(ButtonKind::Primary, tr("Start the sweep"), u"sweep.start"_s, u"play"_s);
    m_count = new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes);
    m_fault = new Label({}, FontRole::Body, Tone::Bad, Wrap::Yes);
    m_fault->setObjectName(u"sweep.fault"_s);
    foot->addWidget(m_start);
    auto* words = new QVBoxLayout;
    words->addWidget(m_count);
    words->addWidget(m_fault);
    foot->addLayout(words, 1);
    body->column()->addLayout(foot);
    body->column()->addStretch(1);
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (const auto spec = sweepOf(draft())) {
            m_context.workspace.startSweep(*spec, m_context.workspace.recipe());
        }
    });
    const std::string rate = "optimizer.learning_rate";
    addLine({.key = qs(rate), .range = 0, .text = u"1e-4, 2e-4, 4e-4"_s, .steps = {}});
    addLine({.key = u"adapter.rank"_s, .range = 0, .text = u"8, 16"_s, .steps = {}});
    check();
    return body;
}

void SweepView::addLine(const SweepDraft::Line& given) {
    const Theme& theme = Theme::current();
    FieldLine line;
    line.row = new QWidget;
    auto* row = new QHBoxLayout(line.row);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(2));
    const QString number = QString::number(m_lines.size() + 1);
    line.key = new QComboBox;
    line.key->setObjectName(u"sweep.key"_s % number);
    line.key->setAccessibleName(tr("Field %1").arg(number));
    for (const recipe::Field& field : recipe::fields()) {
        if (canVary(field)) {
            line.key->addItem(titleOf(field), qs(field.key));
        }
    }
    line.key->setCurrentIndex(std::max(0, line.key->findData(given.key)));
    line.key->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    line.key->setMinimumContentsLength(22);
    line.range = new QComboBox;
    line.range->setObjectName(u"sweep.range"_s % number);
    line.range->setAccessibleName(tr("Kind of values %1").arg(number));
    line.range->addItems({tr("These values"), tr("From, to"), tr("From, to (logarithmic)")});
    line.range->setCurrentIndex(given.range);
    line.text = edit(u"sweep.text"_s % number, tr("Values %1").arg(number), tr("separated by commas"));
    line.text->setText(given.text);
    line.steps = edit(u"sweep.steps"_s % number, tr("Number of values %1").arg(number), tr("how many"));
    line.steps->setText(given.steps);
    line.steps->setFixedWidth(theme.u(24));
    QPushButton* remove =
        makeButton(ButtonKind::Icon, tr("Leave field %1 out").arg(number), u"sweep.remove"_s % number, u"cross"_s);
    row->addWidget(line.key, 4);
    row->addWidget(line.range, 3);
    row->addWidget(line.text, 5);
    row->addWidget(line.steps);
    row->addWidget(remove);
    connect(line.key, &QComboBox::activated, this, &SweepView::check);
    connect(line.range, &QComboBox::activated, this, &SweepView::check);
    connect(line.text, &QLineEdit::textChanged, this, &SweepView::check);
    connect(line.steps, &QLineEdit::textChanged, this, &SweepView::check);
    connect(remove, &QPushButton::clicked, line.row, [this, box = line.row] {
        m_lines.removeIf([box](const FieldLine& each) { return each.row == box; });
        box->hide();
        box->deleteLater();
        check();
    });
    m_lines.append(line);
    m_fields->addWidget(line.row);
}

SweepDraft SweepView::draft() const {
    SweepDraft out;
    out.random = m_method->current() == 1;
    for (const FieldLine& line : m_lines) {
        out.lines.append(
            {line.key->currentData().toString(), line.range->currentIndex(), line.text->text(), line.steps->text()});
    }
    out.maxRuns = m_maxRuns->text();
    out.maxMinutes = m_maxMinutes->text();
    out.seed = m_seed->text();
    return out;
}

void SweepView::check() {
    if (m_start == nullptr) {
        return;
    }
    const bool random = m_method->current() == 1;
    m_seed->setEnabled(random);
    for (const FieldLine& line : std::as_const(m_lines)) {
        const recipe::Field* field = recipe::findField(us(line.key->currentData().toString()));
        if (!isNumber(field) && line.range->currentIndex() != 0) {
            line.range->setCurrentIndex(0);
        }
        line.range->setEnabled(isNumber(field));
        line.steps->setVisible(!random && line.range->currentIndex() != 0);
        line.text->setPlaceholderText(line.range->currentIndex() == 0 ? tr("separated by commas")
                                                                      : tr("lowest, highest"));
    }
    const auto spec = sweepOf(draft());
    const auto points = spec ? train::sweepPoints(*spec, m_context.workspace.recipe())
                             : Result<std::vector<train::SweepPoint>>(spec.error());
    if (!points) {
        m_count->setText({});
        m_fault->setText(qs(points.error().text()));
        setDisabledReason(m_start, tr("The sweep is not complete yet."));
        m_start->setText(tr("Start the sweep"));
        return;
    }
    const auto count = static_cast<int>(points->size());
    m_fault->setText({});
    m_start->setText(tr("Start %Ln run(s)", nullptr, count));
    m_count->setText(m_context.workspace.runs().active() != nullptr
                         ? tr("They wait in the queue behind what is there.")
                         : tr("The first one starts at once, the others wait in the queue."));
    setDisabledReason(m_start, QString());
}

void SweepView::showNew() {
    m_stack->setCurrentIndex(0);
    check();
}

// ---------------------------------------------------------------- results

QWidget* SweepView::makeResults() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    column->setSpacing(theme.u(3.5));
    m_header = new PageHeader(tr("Sweep"), {});
    m_pill = new Pill;
    m_header->setPill(m_pill);
    QPushButton* back = makeButton(ButtonKind::Plain, tr("Back"), u"sweep.results.back"_s, u"left"_s);
    m_stop = makeButton(ButtonKind::Plain, tr("Stop the rest"), u"sweep.stop"_s, u"stop"_s);
    m_again = makeButton(ButtonKind::Primary, tr("Best again, twice as long"), u"sweep.again"_s, u"play"_s);
    m_header->addAction(back);
    m_header->addAction(m_stop);
    m_header->addAction(m_again);
    column->addWidget(m_header);
    m_error = new InlineError(u"sweep.error"_s);
    m_error->hide();
    column->addWidget(m_error);
    auto* card = new Card;
    card->addHeading(tr("Settings and loss"));
    m_plot = new ParallelPlot;
    card->column()->addWidget(m_plot, 1);
    auto* tableCard = new QFrame;
    tableCard->setObjectName(u"card"_s);
    auto* tableColumn = new QVBoxLayout(tableCard);
    tableColumn->setContentsMargins(1, theme.u(1), 1, theme.u(1));
    m_table = new DataTable(u"sweep.table"_s, tr("Runs of the sweep"));
    m_table->setModel(&m_model);
    m_table->horizontalHeader()->setSectionsClickable(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    tableColumn->addWidget(m_table);
    auto* split = new QSplitter(Qt::Vertical);
    split->setObjectName(u"sweep.split"_s);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(theme.u(3));
    split->addWidget(card);
    split->addWidget(tableCard);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    column->addWidget(split, 1);
    connect(back, &QPushButton::clicked, this, &SweepView::left);
    connect(m_stop, &QPushButton::clicked, this, [this] { m_context.workspace.stopSweep(m_id); });
    connect(m_again, &QPushButton::clicked, this, &SweepView::startBestAgain);
    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        const bool again = m_table->horizontalHeader()->sortIndicatorSection() == section &&
                           m_table->horizontalHeader()->sortIndicatorOrder() == Qt::AscendingOrder;
        const Qt::SortOrder order = again ? Qt::DescendingOrder : Qt::AscendingOrder;
        m_table->horizontalHeader()->setSortIndicator(section, order);
        m_model.sort(section, order);
    });
    connect(m_table, &DataTable::opened, this,
            [this](const QModelIndex& index) { Q_EMIT runOpened(index.data(FolderRole).toString()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { m_plot->setSelected(m_model.indexAt(now.row())); });
    connect(m_plot, &ParallelPlot::chosen, this, [this](int line) {
        for (int row = 0; row < m_model.rowCount(); ++row) {
            if (m_model.indexAt(row) == line) {
                m_table->setCurrentIndex(m_model.index(row, 0));
            }
        }
    });
    return page;
}

void SweepView::showResults(const QString& id) {
    m_id = id;
    m_stack->setCurrentIndex(1);
    m_header->setTitle(tr("Sweep %1").arg(id.section(u'-', -1).toInt()));
    read();
}

void SweepView::read() {
    if (m_reading) {
        m_readAgain = true;
        return;
    }
    m_reading = true;
    m_context.workspace.readSweep(m_id, [this, self = QPointer<SweepView>(this)](const auto& results) {
        if (self == nullptr) {
            return;
        }
        m_reading = false;
        if (!results) {
            const ErrorText text = describe(results.error());
            m_error->setError(text.what, text.meaning, text.details);
        } else {
            m_error->setError({});
            showRead(*results);
        }
        if (std::exchange(m_readAgain, false)) {
            read();
        }
    });
}

void SweepView::showRead(const train::SweepResults& given) {
    train::SweepResults results = given;
    int done = 0;
    int running = 0;
    int waiting = 0;
    int failed = 0;
    for (train::SweepRow& row : results.rows) {
        const RunRow* known = m_context.workspace.runs().find(qs(row.summary.folder));
        if (known != nullptr && known->queuePlace) {
            row.summary.state = RunState::Queued;
            row.summary.reason.clear();
            ++waiting;
        } else if (row.summary.state == RunState::Failed) {
            ++failed;
        } else if (jobs::isFinal(row.summary.state)) {
            ++done;
        } else if (row.summary.state != RunState::None) {
            ++running;
        }
    }
    QStringList parts{tr("%Ln run(s)", nullptr, static_cast<int>(results.rows.size()))};
    if (done > 0) {
        parts << tr("%Ln done", nullptr, done);
    }
    if (failed > 0) {
        parts << tr("%Ln failed", nullptr, failed);
    }
    if (waiting > 0) {
        parts << tr("%Ln waiting", nullptr, waiting);
    }
    if (results.spec.maxMinutes) {
        double used = 0;
        for (const train::SweepRow& row : results.rows) {
            used += static_cast<double>(row.summary.trainedMs) / 1000;
        }
        parts << tr("%1 of %2 used").arg(Format::duration(used), Format::duration(*results.spec.maxMinutes * 60));
    }
    m_header->setSentence(parts.join(u" · "_s));
    m_pill->setState(running > 0   ? tr("Running")
                     : waiting > 0 ? tr("Waiting")
                                   : tr("Ended"),
                     running > 0 ? State::Accent : State::Neutral);
    QVector<ParallelAxis> axes;
    for (const train::SweepField& field : results.spec.fields) {
        const recipe::Field* known = recipe::findField(field.key);
        ParallelAxis axis;
        axis.title =
            known == nullptr ? qs(field.key) : QCoreApplication::translate("RecipeField", known->title.c_str());
        double low = 0;
        double high = 0;
        for (const train::SweepRow& row : results.rows) {
            for (const auto& [key, value] : row.values) {
                if (key != field.key) {
                    continue;
                }
                if (value.is_number()) {
                    const double number = value.get<double>();
                    low = low == 0 ? number : std::min(low, number);
                    high = std::max(high, number);
                } else {
                    const QString word = value.is_string() ? qs(value.get<std::string>()) : qs(dumpJson(value));
                    if (!axis.words.contains(word)) {
                        axis.words << word;
                    }
                }
            }
        }
        axis.logarithmic =
            field.range == train::SweepRange::LogUniform || (axis.words.isEmpty() && low > 0 && high >= 3 * low);
        axes.append(axis);
    }
    axes.append({tr("Validation loss"), false, {}, true});
    QVector<ParallelLine> lines;
    for (std::size_t i = 0; i < results.rows.size(); ++i) {
        const train::SweepRow& row = results.rows[i];
        ParallelLine line{qs(row.summary.name), slotOf(row.summary.id), results.best == i, {}};
        for (qsizetype axis = 0; axis + 1 < axes.size(); ++axis) {
            std::optional<double> at;
            for (const auto& [key, value] : row.values) {
                if (key == results.spec.fields[static_cast<std::size_t>(axis)].key) {
                    at = value.is_number()
                             ? value.get<double>()
                             : static_cast<double>(axes[axis].words.indexOf(
                                   value.is_string() ? qs(value.get<std::string>()) : qs(dumpJson(value))));
                }
            }
            line.values.append(at);
        }
        line.values.append(row.summary.bestValidationLoss);
        lines.append(line);
    }
    const bool fresh = results.id != m_model.results().id;
    const bool any = results.best.has_value();
    m_model.setResults(std::move(results));
    if (fresh) {
        m_table->setColumnSamples(m_model.columnSamples(), 0);
    }
    m_plot->setData(std::move(axes), std::move(lines));
    setDisabledReason(m_stop, running + waiting > 0 ? QString() : tr("Nothing is running or waiting any more."));
    setDisabledReason(m_again, any ? QString() : tr("No run has a validation loss yet."));
}

void SweepView::startBestAgain() {
    const train::SweepResults& results = m_model.results();
    if (!results.best) {
        return;
    }
    recipe::Recipe recipe = results.base;
    for (const auto& [key, value] : results.rows[*results.best].values) {
        if (const recipe::Field* field = recipe::findField(key)) {
            (void)field->set(recipe, value); // it was trained with this value
        }
    }
    if (recipe.training.maxSteps) {
        recipe.training.maxSteps =
            static_cast<std::int64_t>(static_cast<double>(*recipe.training.maxSteps) * kMoreEpochs);
    } else {
        recipe.training.epochs *= kMoreEpochs;
    }
    m_context.workspace.startRun(recipe);
}

} // namespace fettle::ui
