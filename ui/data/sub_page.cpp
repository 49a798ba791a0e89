#include "data/sub_page.h"

#include "bridge/strings.h"

#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

SubPage::SubPage(const ShellContext& context, DataPresenter& presenter, const QString& name, const QString& title,
                 const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_column(new QVBoxLayout(this))
    , m_header(new PageHeader(title, sentence))
    , m_back(makeButton(ButtonKind::Ghost, tr("Back to the rows"), name % u".back"_s, u"left"_s))
    , m_error(new InlineError(name % u".error"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    setAccessibleName(title);
    m_column->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    m_column->setSpacing(theme.u(3));
    m_header->addAction(m_back);
    m_column->addWidget(m_header);
    m_column->addWidget(m_error);
    connect(m_back, &QPushButton::clicked, this, &SubPage::left);
}

void SubPage::showError(const QString& action, const Error& error) {
    if (error.code == ErrorCode::Cancelled) {
        return;
    }
    const ErrorText text = describe(error);
    m_error->setError(tr("%1 failed: %2").arg(action, text.what), text.meaning, text.details);
    m_error->setRepair(tr("Dismiss"), [this] { m_error->setError({}); });
}

} // namespace fettle::ui
