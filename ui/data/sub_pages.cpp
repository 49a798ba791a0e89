#include "data/sub_pages.h"

#include "bridge/strings.h"
#include "data/export_page.h"
#include "data/files_page.h"
#include "data/fix_page.h"
#include "data/import_page.h"
#include "data/rows_beside.h"
#include "data/split_page.h"
#include "data/versions_page.h"

#include <QKeyEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

SubPages::SubPages(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_stack(new QStackedWidget) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(&presenter.importer(), &ImportPresenter::imported, this, [this](const project::ImportDone& done) {
        Q_EMIT left();
        const QString rows =
            tr("%1 row(s) imported", nullptr, static_cast<int>(done.rows)).arg(Format::exactCount(done.rows));
        Q_EMIT toast(done.unchanged      ? tr("Nothing changed: the very same file was imported before.")
                     : done.rejected > 0 ? tr("%1, %2 could not be read").arg(rows, Format::exactCount(done.rejected))
                                         : rows,
                     done.rejected > 0 ? tr("Show them") : QString(), [this] { show(u"files"_s, {}); });
    });
}

template <class Page>
Page* SubPages::page(Page*& slot) {
    if (slot == nullptr) {
        slot = new Page(m_context, m_presenter);
        m_stack->addWidget(slot);
        connect(slot, &SubPage::left, this, &SubPages::left);
        connect(slot, &SubPage::toast, this, &SubPages::toast);
        connect(slot, &SubPage::goTo, this, &SubPages::goTo);
    }
    m_stack->setCurrentWidget(slot);
    return slot;
}

bool SubPages::show(const QString& what, const QString& rest) {
    if (what == u"import") {
        if (m_import == nullptr) {
            m_import = new ImportPage(m_context, m_presenter.importer());
            m_stack->addWidget(m_import);
            connect(m_import, &ImportPage::left, this, &SubPages::left);
            connect(m_import, &ImportPage::toast, this, &SubPages::toast);
        }
        m_presenter.importer().open(rest);
        m_stack->setCurrentWidget(m_import);
        return true;
    }
    if (what == u"duplicates") {
        page(m_beside)->showClusters();
    } else if (what == u"versions") {
        page(m_versions)->open();
    } else if (what == u"split") {
        page(m_split)->open();
    } else if (what == u"export") {
        page(m_export)->open();
    } else if (what == u"files") {
        if (m_files == nullptr) {
            connect(page(m_files), &FilesPage::importWanted, this,
                    [this](const QString& path) { show(u"import"_s, path); });
        }
        page(m_files)->open();
    } else {
        return false;
    }
    return true;
}

void SubPages::showFix(data::CheckFix fix, const project::Filter& filter) {
    page(m_fix)->plan(fix, filter);
}

void SubPages::showRows(const std::vector<project::RowId>& ids) {
    page(m_beside)->showRows(ids);
}

QPushButton* SubPages::primaryButton() const {
    if (const auto* page = qobject_cast<SubPage*>(m_stack->currentWidget())) {
        return page->primaryButton();
    }
    return m_import != nullptr && m_stack->currentWidget() == m_import ? m_import->primaryButton() : nullptr;
}

QWidget* SubPages::firstFocus() const {
    if (const auto* page = qobject_cast<SubPage*>(m_stack->currentWidget())) {
        return page->firstFocus();
    }
    return m_import != nullptr && m_stack->currentWidget() == m_import ? m_import->firstFocus() : nullptr;
}

bool SubPages::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept(); // back to the rows, not to the screen before
        return true;
    }
    return QWidget::event(event);
}

void SubPages::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace fettle::ui
