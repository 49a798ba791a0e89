#include "train/run_record_compare_view.h"

#include "widgets/frames.h"
#include "widgets/icons.h"
#include "widgets/status.h"
#include "widgets/table.h"
#include "workspace/workspace.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

RunRecordCompareView::RunRecordCompareView(const ShellContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_comparison(context.workspace)
    , m_back(makeButton(ButtonKind::Ghost, tr("Run record"), u"compare.back"_s, u"left"_s))
    , m_swap(makeButton(ButtonKind::Ghost, tr("Swap"), u"compare.swap"_s))
    , m_copy(makeButton(ButtonKind::Plain, tr("Copy as text"), u"compare.copy"_s, u"copy"_s))
    , m_left(new QComboBox)
    , m_right(new QComboBox)
    , m_only(new QCheckBox(tr("Only what differs")))
    , m_sentence(new Label({}, FontRole::BodyMedium))
    , m_originsSentence(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_none(new Label(tr("There is no other run in this project to compare with. Train a second one, or import one "
                          "from its archive."),
                       FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_error(new InlineError(u"compare.error"_s))
    , m_settings(new DataTable(u"compare.settings"_s, tr("Settings of both recipes")))
    , m_origins(new DataTable(u"compare.origins"_s, tr("Data and machine of both runs"))) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.compare"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(2.5));
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme.u(2));
    bar->addWidget(m_back);
    const std::pair<QComboBox*, QString> combos[] = {{m_left, tr("Left run")}, {m_right, tr("Right run")}};
    for (const auto& [combo, name] : combos) {
        combo->setAccessibleName(name);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(16);
    }
    m_left->setObjectName(u"compare.left"_s);
    m_right->setObjectName(u"compare.right"_s);
    bar->addWidget(m_left, 1);
    bar->addWidget(m_swap);
    bar->addWidget(m_right, 1);
    bar->addSpacing(theme.u(3));
    m_only->setObjectName(u"compare.only"_s);
    m_only->setChecked(true);
    bar->addWidget(m_only);
    bar->addWidget(m_copy);
    column->addLayout(bar);
    column->addWidget(m_error);
    column->addWidget(m_none);
    m_sentence->setObjectName(u"compare.sentence"_s);
    column->addWidget(m_sentence);
    column->addWidget(m_settings, 3);
    m_originsSentence->setObjectName(u"compare.origins.sentence"_s);
    column->addWidget(m_originsSentence);
    column->addWidget(m_origins, 2);
    column->addStretch(0);
    m_settings->setModel(&m_comparison.settings());
    m_origins->setModel(&m_comparison.origins());
    const QString value(34, u'0');
    for (DataTable* table : {m_settings, m_origins}) {
        table->setColumnSamples({value, value, value}, ComparisonModel::Name);
    }
    connect(m_back, &QPushButton::clicked, this, &RunRecordCompareView::closed);
    connect(m_left, &QComboBox::activated, this, &RunRecordCompareView::chosen);
    connect(m_right, &QComboBox::activated, this, &RunRecordCompareView::chosen);
    connect(m_swap, &QPushButton::clicked, this, [this] {
        const int left = m_left->currentIndex();
        m_left->setCurrentIndex(m_right->currentIndex());
        m_right->setCurrentIndex(left);
        chosen();
    });
    connect(m_only, &QCheckBox::toggled, &m_comparison, &RunComparison::setOnlyDifferent);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_comparison.text()); });
    connect(&m_comparison, &RunComparison::changed, this, &RunRecordCompareView::refresh);
    connect(&context.workspace, &Workspace::runsChanged, this, [this] {
        if (isVisible()) {
            fillRuns();
        }
    });
    refresh();
}

QWidget* RunRecordCompareView::firstFocus() const {
    return m_right->isEnabled() ? static_cast<QWidget*>(m_right) : m_back;
}

void RunRecordCompareView::fillRuns() {
    const QVector<RunRow>& rows = m_context.workspace.runs().rows();
    QStringList now;
    for (int i = 0; i < m_left->count(); ++i) {
        now << m_left->itemData(i).toString() % m_left->itemText(i);
    }
    QStringList wanted;
    for (const RunRow& row : rows) {
        wanted << qs(row.summary.folder) % row.title();
    }
    if (now == wanted) {
        return;
    }
    const std::pair<QComboBox*, QString> combos[] = {{m_left, m_comparison.left()}, {m_right, m_comparison.right()}};
    for (const auto& [combo, kept] : combos) {
        const QSignalBlocker still(combo);
        combo->clear();
        for (const RunRow& row : rows) {
            combo->addItem(row.title(), qs(row.summary.folder));
        }
        combo->setCurrentIndex(combo->findData(kept));
    }
}

void RunRecordCompareView::compare(const QString& folder, const QString& other) {
    const QVector<RunRow>& rows = m_context.workspace.runs().rows();
    QString right = other;
    if (right.isEmpty() || right == folder) { // newest first: the one before it, else the one after
        const int at = m_context.workspace.runs().rowOf(folder);
        const int next = at + 1 < rows.size() ? at + 1 : at - 1;
        right = next >= 0 && next < rows.size() ? qs(rows[next].summary.folder) : QString();
    }
    m_left->clear();
    m_right->clear();
    fillRuns();
    m_left->setCurrentIndex(m_left->findData(folder));
    m_right->setCurrentIndex(m_right->findData(right));
    chosen();
}

void RunRecordCompareView::chosen() {
    const QString left = m_left->currentData().toString();
    const QString right = m_right->currentData().toString();
    if (!left.isEmpty() && !right.isEmpty()) {
        m_comparison.compare(left, right);
        Q_EMIT otherChosen(right);
    }
    refresh();
}

void RunRecordCompareView::fit(DataTable* table, int rows) {
    const Theme& theme = Theme::current();
    const int head = theme.u(7.5) + 2;
    table->setMaximumHeight(head + rows * theme.rowHeight());
    table->setMinimumHeight(head + std::min(rows, 4) * theme.rowHeight());
}

void RunRecordCompareView::refresh() {
    const bool two = m_context.workspace.runs().rowCount() > 1;
    const bool known = m_comparison.settings().total() > 0;
    m_none->setVisible(!two);
    for (QWidget* each : {static_cast<QWidget*>(m_left), static_cast<QWidget*>(m_right), static_cast<QWidget*>(m_swap),
                          static_cast<QWidget*>(m_only)}) {
        each->setEnabled(two);
    }
    setDisabledReason(m_copy, known ? QString() : tr("There is nothing to copy yet."));
    if (const std::optional<ErrorText>& fault = m_comparison.fault()) {
        m_error->setError(tr("The two runs cannot be compared: %1").arg(fault->what), fault->meaning, fault->details);
        m_error->setRepair(tr("Read again"), [this] { chosen(); });
    } else {
        m_error->setError({});
    }
    m_sentence->setText(known                    ? m_comparison.sentence()
                        : m_comparison.reading() ? tr("Reading both runs…")
                                                 : QString());
    m_sentence->setVisible(!m_sentence->text().isEmpty());
    const int settings = m_comparison.settings().rowCount();
    const int origins = m_comparison.origins().rowCount();
    m_settings->setVisible(settings > 0);
    m_origins->setVisible(origins > 0);
    m_originsSentence->setText(known ? m_comparison.originsSentence() : QString());
    m_originsSentence->setVisible(!m_originsSentence->text().isEmpty());
    fit(m_settings, settings);
    fit(m_origins, origins);
}

} // namespace fettle::ui
