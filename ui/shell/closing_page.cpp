#include "shell/closing_page.h"

#include "bridge/strings.h"
#include "widgets/status.h"
#include "workspace/workspace.h"

#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

ClosingPage::ClosingPage(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_bar(new Bar)
    , m_runs(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_time(new Label(u" "_s, FontRole::Caption, Tone::Text2)) {
    const Theme& theme = Theme::current();
    setObjectName(u"closing"_s);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Finishing the step and saving"));
    auto* outer = new QHBoxLayout(this);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme.u(3));
    column->addStretch(2);
    column->addWidget(new Label(tr("Finishing the step and saving"), FontRole::PageTitle));
    column->addWidget(new Label(tr("The window closes by itself when that is done."), FontRole::Body, Tone::Text2));
    m_bar->setAccessibleName(tr("Saving"));
    m_bar->setFraction(std::nullopt);
    column->addWidget(m_bar);
    column->addWidget(m_runs);
    column->addWidget(m_time);
    column->addStretch(3);
    outer->addStretch(1);
    outer->addLayout(column, 2);
    outer->addStretch(1);
    connect(&workspace, &Workspace::runsChanged, this, &ClosingPage::refresh);
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        ++m_seconds;
        m_time->setText(tr("for %1").arg(Format::duration(m_seconds)));
    });
    m_timer.start();
    refresh();
}

void ClosingPage::refresh() {
    QStringList lines;
    for (const RunRow& row : m_workspace.runs().rows()) {
        if (row.live() && row.owned) {
            lines << tr("%1: %2, step %3")
                         .arg(row.title(), stateWord(row.summary.state, row.summary.reason).word,
                              Format::exactCount(row.summary.step));
        }
    }
    m_runs->setText(lines.join(u'\n'));
    setAccessibleDescription(m_runs->text());
}

} // namespace fettle::ui
