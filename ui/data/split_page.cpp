#include "data/split_page.h"

#include "bridge/strings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <map>
#include <unordered_map>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowCells;
using project::RowDetails;

namespace {

constexpr int kPauseMs = 250;

std::uint64_t hashOf(const std::string& text) { // FNV-1a: the same on every machine
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    return hash == 0 ? 1 : hash;
}

std::string valueOf(const RowCells& row, const std::string& path) {
    if (path == "answer") {
        return row.answer;
    }
    if (path == "label") {
        return row.label;
    }
    for (const auto& [key, value] : row.metadata) {
        if ("metadata." + key == path) {
            return value;
        }
    }
    return {};
}

data::Split toData(project::Split split) {
    switch (split) {
    case project::Split::Train:
        return data::Split::Train;
    case project::Split::Validation:
        return data::Split::Validation;
    case project::Split::Test:
        return data::Split::Test;
    case project::Split::None:
        break;
    }
    return data::Split::None;
}

QString warningWord(data::SplitWarningKind kind) {
    using Kind = data::SplitWarningKind;
    switch (kind) {
    case Kind::ClusterTorn:
        return SplitPage::tr("Alike rows would stand in several splits: a leak");
    case Kind::GroupTorn:
        return SplitPage::tr("A group would stand in several splits");
    case Kind::SplitEmpty:
        return SplitPage::tr("A split would get no row");
    case Kind::StratumSmall:
        return SplitPage::tr("A class has too few rows to stand in every split");
    case Kind::CountsShort:
        return SplitPage::tr("There are fewer rows than asked for");
    }
    return {};
}

} // namespace

Result<PlannedSplits> planSplits(project::RowStore& rows, const SplitWish& wish, std::stop_token stop) {
    std::vector<data::SplitRow> all;
    std::unordered_map<std::string, std::uint32_t> strata;
    // Rows that findings call alike get one cluster: the smallest id that any of them names.
    std::unordered_map<std::int64_t, std::int64_t> parent;
    const auto root = [&parent](std::int64_t id) {
        std::int64_t at = parent.emplace(id, id).first->second;
        while (parent[at] != at) {
            at = parent[at] = parent[parent[at]];
        }
        return at;
    };
    project::Filter active;
    active.states = {project::RowState::Active};
    FETTLE_TRY(rows.forEach(
        active,
        [&](const RowDetails& details) {
            const RowCells& row = details.cells;
            data::SplitRow one;
            one.id = row.id;
            one.key = hashOf(details.hash.empty() ? std::to_string(row.id) : details.hash);
            const std::string group = wish.groupBy.empty() ? std::string() : valueOf(row, wish.groupBy);
            one.group = group.empty() ? 0 : hashOf(group);
            if (wish.options.stratified) {
                one.stratum = strata.emplace(valueOf(row, wish.stratifyBy), static_cast<std::uint32_t>(strata.size()))
                                  .first->second;
            }
            one.current = toData(row.split);
            one.frozen = row.split == project::Split::Test && !wish.moveTest;
            for (const project::RowCheck& check : row.checks) {
                const data::CheckInfo* info = data::findCheck(check.code);
                if (check.other > 0 && info != nullptr &&
                    (info->family == data::CheckFamily::Duplicate || info->family == data::CheckFamily::Leak)) {
                    const std::int64_t a = root(row.id);
                    const std::int64_t b = root(check.other);
                    parent[std::max(a, b)] = std::min(a, b);
                }
            }
            all.push_back(one);
            return !stop.stop_requested();
        },
        stop));
    if (stop.stop_requested()) {
        return makeError(ErrorCode::Cancelled, "cancelled");
    }
    for (data::SplitRow& row : all) {
        if (parent.count(row.id) > 0) {
            row.cluster = static_cast<std::uint64_t>(root(row.id));
        }
    }
    PlannedSplits out;
    out.rows = static_cast<std::int64_t>(all.size());
    FETTLE_TRY_VALUE(out.plan, data::planSplit(all, wish.options));
    for (const data::SplitAssignment& each : out.plan.rows) {
        if (each.moved) {
            ++out.moved;
            out.edits.push_back({each.id, project::RowField::Split, data::splitName(each.split), 0});
        }
    }
    out.plan.rows = {};
    return out;
}

SplitPage::SplitPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(
          context, presenter, u"data.split"_s, tr("Plan splits"),
          tr("Train is learned from, validation chooses, test judges once. Rows that have a split stay in it, so new "
             "rows never move old ones."),
          parent)
    , m_train(new QSpinBox)
    , m_validation(new QSpinBox)
    , m_test(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_stratify(new QComboBox)
    , m_group(new QComboBox)
    , m_clusters(new QCheckBox(tr("Alike rows go together")))
    , m_again(new QCheckBox(tr("Draw train and validation again, not only rows without a split")))
    , m_result(new Label({}, FontRole::BodyMedium, Tone::Text, Wrap::Yes))
    , m_warnings(nullptr)
    , m_apply(makeButton(ButtonKind::Primary, tr("Move rows"), u"data.split.apply"_s)) {
    const Theme& theme = Theme::current();
    auto* body = new PageBody;
    body->setObjectName(u"data.split.body"_s);
    body->column()->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card;
    card->setMaximumWidth(theme.u(190));
    const auto spin = [](QSpinBox* box, const QString& name, int value) {
        box->setObjectName(name);
        box->setRange(0, 100);
        box->setValue(value);
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    };
    spin(m_train, u"data.split.train"_s, 80);
    spin(m_validation, u"data.split.validation"_s, 10);
    spin(m_test, u"data.split.test"_s, 10);
    auto* shares = new QWidget;
    auto* row = new QHBoxLayout(shares);
    row->setContentsMargins(0, 0, 0, 0);
    for (const auto& [box, split] :
         {std::pair(m_train, project::Split::Train), std::pair(m_validation, project::Split::Validation),
          std::pair(m_test, project::Split::Test)}) {
        box->setAccessibleName(tr("Share of %1").arg(RowWords::split(split)));
        row->addWidget(new Label(RowWords::split(split), FontRole::Body, Tone::Text2));
        row->addWidget(box, 1);
    }
    card->column()->addWidget(new FieldRow(tr("Shares"), tr("any scale: 80, 10, 10 is 8, 1, 1"), shares));
    m_stratify->setObjectName(u"data.split.stratify"_s);
    card->column()->addWidget(
        new FieldRow(tr("Same shares of each"), tr("class that must stand in every split"), m_stratify));
    m_group->setObjectName(u"data.split.group"_s);
    card->column()->addWidget(
        new FieldRow(tr("Keep together by"), tr("rows of one user, source or document"), m_group));
    m_clusters->setObjectName(u"data.split.clusters"_s);
    m_clusters->setChecked(true);
    card->column()->addWidget(m_clusters);
    m_again->setObjectName(u"data.split.again"_s);
    card->column()->addWidget(m_again);
    m_seed->setObjectName(u"data.split.seed"_s);
    m_seed->setRange(0, 1'000'000);
    m_seed->setValue(42);
    m_seed->setButtonSymbols(QAbstractSpinBox::NoButtons);
    card->column()->addWidget(new FieldRow(tr("Seed"), tr("the same seed draws the same rows"), m_seed));
    body->column()->addWidget(card);
    auto* results = new Card;
    results->setMaximumWidth(theme.u(190));
    results->addHeading(tr("What it gives"));
    m_result->setObjectName(u"data.split.result"_s);
    results->column()->addWidget(m_result);
    m_warnings = new QVBoxLayout;
    m_warnings->setSpacing(theme.u(2));
    results->column()->addLayout(m_warnings);
    body->column()->addWidget(results);
    body->column()->addStretch(1);
    column()->addWidget(body, 1);
    auto* foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(m_apply);
    column()->addLayout(foot);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &SplitPage::plan);
    const auto later = [this] {
        setDisabledReason(m_apply, tr("The plan is being made."));
        m_pause.start();
    };
    for (QSpinBox* box : {m_train, m_validation, m_test, m_seed}) {
        connect(box, &QSpinBox::valueChanged, this, later);
    }
    connect(m_stratify, &QComboBox::currentIndexChanged, this, later);
    connect(m_group, &QComboBox::currentIndexChanged, this, later);
    connect(m_clusters, &QCheckBox::toggled, this, later);
    connect(m_again, &QCheckBox::toggled, this, later);
    connect(m_apply, &QPushButton::clicked, this, &SplitPage::apply);
}

QWidget* SplitPage::firstFocus() const {
    return m_train;
}

void SplitPage::open() {
    const QSignalBlocker quietStratify(m_stratify);
    const QSignalBlocker quietGroup(m_group);
    m_stratify->clear();
    m_group->clear();
    m_stratify->addItem(tr("nothing"), QString());
    m_stratify->addItem(tr("Answer"), u"answer"_s);
    m_stratify->addItem(tr("Label"), u"label"_s);
    m_group->addItem(tr("nothing"), QString());
    for (const QString& key : presenter().table().metadataKeys()) {
        m_stratify->addItem(key, QString(u"metadata."_s % key));
        m_group->addItem(key, QString(u"metadata."_s % key));
    }
    plan();
}

SplitWish SplitPage::wish() const {
    SplitWish wish;
    wish.options.ratio = {static_cast<double>(m_train->value()), static_cast<double>(m_validation->value()),
                          static_cast<double>(m_test->value())};
    wish.options.stratified = m_stratify->currentIndex() > 0;
    wish.stratifyBy = us(m_stratify->currentData().toString());
    wish.groupBy = us(m_group->currentData().toString());
    wish.options.keepClusters = m_clusters->isChecked();
    wish.options.reassign = m_again->isChecked();
    wish.options.seed = static_cast<std::uint64_t>(m_seed->value());
    return wish;
}

void SplitPage::plan() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
    m_planned.reset();
    setDisabledReason(m_apply, tr("The plan is being made."));
    m_result->setText(tr("Looking at the rows…"));
    const std::uint64_t mine = ++m_question;
    m_job = presenter().rows().ask<PlannedSplits>(
        "plan splits", this,
        [wish = wish()](project::RowStore& rows, jobs::JobContext& context) {
            return planSplits(rows, wish, context.stopToken());
        },
        [this, mine](Result<PlannedSplits> planned) {
            if (mine != m_question) {
                return;
            }
            m_job.reset();
            if (planned) {
                m_planned = std::move(planned).value();
                error()->setError({});
                show(*m_planned);
            } else if (planned.error().code != ErrorCode::Cancelled) {
                m_result->setText(tr("No plan can be made of this."));
                error()->setError(qs(planned.error().message), qs(planned.error().hint));
                setDisabledReason(m_apply, tr("No plan can be made of this."));
            }
        });
}

void SplitPage::show(const PlannedSplits& planned) {
    for (QWidget* row : std::as_const(m_warningRows)) {
        row->hide();
        row->deleteLater();
    }
    m_warningRows.clear();
    QStringList parts;
    const auto part = [&](project::Split split, std::size_t at) {
        const double share =
            planned.rows > 0 ? static_cast<double>(planned.plan.counts[at]) / static_cast<double>(planned.rows) : 0;
        parts << tr("%1 %2 (%3)", "split, rows, share")
                     .arg(RowWords::split(split), Format::exactCount(planned.plan.counts[at]), Format::percent(share));
    };
    part(project::Split::Train, 0);
    part(project::Split::Validation, 1);
    part(project::Split::Test, 2);
    const QString moved = Format::exactCount(planned.moved);
    m_result->setText(
        tr("%1 · %2 row(s) move", nullptr, static_cast<int>(std::min<std::int64_t>(planned.moved, 1'000'000'000)))
            .arg(parts.join(u" · "_s), moved));
    const auto add = [this](QWidget* widget) {
        m_warnings->addWidget(widget);
        m_warningRows.append(widget);
    };
    int shown = 0;
    for (const data::SplitWarning& warning : planned.plan.warnings) {
        if (++shown > 6) {
            add(new Label(tr("and %Ln more", "warnings", static_cast<int>(planned.plan.warnings.size()) - 6),
                          FontRole::Caption, Tone::Text2));
            break;
        }
        auto* row = new FindingRow(warning.kind == data::SplitWarningKind::ClusterTorn ? State::Bad : State::Warn,
                                   warningWord(warning.kind), qs(warning.text));
        if (!warning.rows.empty()) {
            QPushButton* showThem = row->addFix(tr("Show the rows"), u"data.split.warning.%1"_s.arg(shown));
            connect(showThem, &QPushButton::clicked, this, [this, ids = warning.rows] {
                presenter().showRows(ids);
                Q_EMIT left();
            });
        }
        add(row);
    }
    if (planned.plan.warnings.empty()) {
        add(new FindingRow(State::Ok, tr("No leak is made by this plan"), {}));
    }
    m_apply->setText(
        tr("Move %1 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(planned.moved, 1'000'000'000)))
            .arg(moved));
    setDisabledReason(m_apply, planned.moved == 0 ? tr("Every row stands where the plan wants it.")
                                                  : presenter().state().readOnly);
}

void SplitPage::apply() {
    if (!m_planned || m_planned->edits.empty()) {
        return;
    }
    project::EditStep step;
    step.label =
        us(tr("Split %1 row(s)", nullptr, static_cast<int>(std::min<std::int64_t>(m_planned->moved, 1'000'000'000)))
               .arg(Format::exactCount(m_planned->moved)));
    step.edits = std::move(m_planned->edits);
    m_planned.reset();
    setDisabledReason(m_apply, tr("It is being done."));
    presenter().rows().apply(
        std::move(step), [this](const project::EditDone&) { Q_EMIT left(); },
        [this](const Error& wrong) {
            showError(tr("Moving rows"), wrong);
            plan();
        });
}

} // namespace fettle::ui
