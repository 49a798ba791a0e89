#include "data/fix_page.h"

#include "bridge/strings.h"
#include "data/word_diff.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using data::CheckFix;

namespace {
constexpr qsizetype kShownText = 600;

int plural(std::int64_t rows) {
    return static_cast<int>(std::min<std::int64_t>(rows, 1'000'000'000));
}
} // namespace

FixPage::FixPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(context, presenter, u"data.fix"_s, {}, {}, parent)
    , m_state(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_examples(nullptr)
    , m_apply(makeButton(ButtonKind::Primary, tr("Apply"), u"data.fix.apply"_s)) {
    m_state->setObjectName(u"data.fix.state"_s);
    column()->addWidget(m_state);
    auto* body = new PageBody;
    body->setObjectName(u"data.fix.examples"_s);
    body->column()->setContentsMargins(0, 0, 0, 0);
    m_examples = new QVBoxLayout;
    m_examples->setSpacing(Theme::current().u(2));
    body->column()->addLayout(m_examples);
    body->column()->addStretch(1);
    column()->addWidget(body, 1);
    auto* foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(m_apply);
    column()->addLayout(foot);
    connect(m_apply, &QPushButton::clicked, this, &FixPage::apply);
}

void FixPage::plan(CheckFix fix, const project::Filter& filter) {
    m_fix = fix;
    m_plan.reset();
    if (m_job != nullptr) {
        m_job->cancel();
    }
    header()->setTitle(CheckWords::fix(fix));
    header()->setSentence(tr("Nothing is changed before you press the button, and one Ctrl+Z takes it back."));
    m_state->setText(tr("Looking at the rows…"));
    m_apply->setText(CheckWords::fix(fix));
    setDisabledReason(m_apply, tr("The rows are being looked at."));
    for (QWidget* row : std::as_const(m_rows)) {
        row->hide();
        row->deleteLater();
    }
    m_rows.clear();
    error()->setError({});
    const std::uint64_t mine = ++m_question;
    m_job = presenter().rows().ask<FixPlan>(
        "plan a fix", this,
        [fix, filter](project::RowStore& rows, jobs::JobContext& context) {
            return planFix(rows, fix, filter, context.stopToken());
        },
        [this, mine](Result<FixPlan> plan) {
            if (mine != m_question) {
                return;
            }
            m_job.reset();
            if (plan) {
                m_plan = std::move(plan).value();
                show(*m_plan);
            } else {
                m_state->setText({});
                showError(CheckWords::fix(m_fix), plan.error());
            }
        });
}

void FixPage::show(const FixPlan& plan) {
    const Theme& theme = Theme::current();
    const QString rows = Format::exactCount(plan.rows);
    QString state;
    QString button;
    switch (plan.fix) {
    case CheckFix::Redact:
        state = tr("%1 place(s) in %2 rows get a placeholder such as [EMAIL].", nullptr, plural(plan.places))
                    .arg(Format::exactCount(plan.places), rows);
        button = tr("Redact %1 row(s)", nullptr, plural(plan.rows)).arg(rows);
        break;
    case CheckFix::RepairEncoding:
        state = tr("%1 row(s) are read once more with the right encoding.", nullptr, plural(plan.rows)).arg(rows);
        button = tr("Repair %1 row(s)", nullptr, plural(plan.rows)).arg(rows);
        break;
    case CheckFix::KeepOne:
        state =
            tr("The first row of each cluster stays, %1 row(s) are rejected. They stay in the table and never train.",
               nullptr, plural(plan.rows))
                .arg(rows);
        button = tr("Reject %1 row(s)", nullptr, plural(plan.rows)).arg(rows);
        break;
    default:
        state =
            tr("%1 row(s) are rejected. They stay in the table and never train.", nullptr, plural(plan.rows)).arg(rows);
        button = tr("Reject %1 row(s)", nullptr, plural(plan.rows)).arg(rows);
        break;
    }
    if (plan.held > 0) {
        state = tr("%1 %2 more row(s) are left for a second time.", nullptr, plural(plan.held))
                    .arg(state, Format::exactCount(plan.held));
    }
    if (plan.rows == 0) {
        state = tr("There is nothing to change: no row needs it any more.");
    }
    m_state->setText(state);
    m_apply->setText(button);
    setDisabledReason(m_apply, plan.rows == 0 ? tr("There is nothing to change.") : presenter().state().readOnly);
    for (const FixExample& example : plan.examples) {
        auto* card = new Card;
        card->column()->setSpacing(theme.u(1));
        card->column()->addWidget(new Label(RowWords::rowName(example.row), FontRole::BodyMedium, Tone::Text2));
        auto* text = new DiffLabel;
        const QString before = qs(example.before);
        const QString after = qs(example.after);
        const auto cut = [](const QString& s) {
            return s.size() > kShownText ? QString(s.left(kShownText) % QChar(0x2026)) : s;
        };
        if (example.after.empty()) {
            text->setTexts(cut(before), cut(before));
        } else {
            text->setTexts(cut(before), cut(after));
        }
        card->column()->addWidget(text);
        m_examples->addWidget(card);
        m_rows.append(card);
    }
    const auto more = plan.rows - static_cast<std::int64_t>(plan.examples.size());
    if (more > 0) {
        auto* label = new Label(tr("and %1 more row(s)", nullptr, plural(more)).arg(Format::exactCount(more)),
                                FontRole::Caption, Tone::Text2);
        m_examples->addWidget(label);
        m_rows.append(label);
    }
}

void FixPage::apply() {
    if (!m_plan || m_plan->rows == 0) {
        return;
    }
    FixPlan plan = std::move(*m_plan);
    m_plan.reset();
    setDisabledReason(m_apply, tr("It is being done."));
    const std::string label = us(m_apply->text());
    const auto done = [this](const project::EditDone&) { Q_EMIT left(); };
    if (plan.edits.empty()) {
        plan.bulk.label = label;
        presenter().rows().applyBulk(std::move(plan.bulk), done);
        Q_EMIT left(); // its progress shows above the table
        return;
    }
    project::EditStep step;
    step.label = label;
    step.edits = std::move(plan.edits);
    presenter().rows().apply(std::move(step), done, [this](const Error& error) {
        showError(CheckWords::fix(m_fix), error);
        setDisabledReason(m_apply, tr("Go back and try again."));
    });
}

} // namespace fettle::ui
