// The menus of the Data page, the line that asks for a name, and what a fix leads to.
#include "data/data_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "data/inspector_view.h"
#include "data/rows_view.h"
#include "data/sub_pages.h"
#include "widgets/icons.h"

#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

void DataPage::showColumns(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"data.columns.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](const QString& name) {
        QAction* action = menu->addAction(columnTitle(name));
        action->setObjectName(u"data.column."_s % name);
        action->setCheckable(true);
        const ShownColumns now = m_presenter.table().columns();
        action->setChecked(std::any_of(now.begin(), now.end(), [&](const ShownColumn& c) { return c.name == name; }));
        connect(action, &QAction::toggled, this, [this, name](bool on) {
            ShownColumns columns = m_presenter.table().columns();
            columns.erase(
                std::remove_if(columns.begin(), columns.end(), [&](const ShownColumn& c) { return c.name == name; }),
                columns.end());
            if (on) {
                columns.append({name, 0});
            }
            if (!columns.isEmpty()) {
                m_presenter.setColumns(columns);
            }
        });
    };
    for (const DataColumn& column : dataColumns()) {
        add(QString::fromLatin1(column.name));
    }
    const QStringList keys = m_presenter.table().metadataKeys();
    if (!keys.isEmpty()) {
        menu->addSeparator();
        for (const QString& key : keys) {
            add(u"metadata."_s % key);
        }
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Usual columns")), &QAction::triggered, this,
            [this] { m_presenter.setColumns(usualColumns()); });
    menu->popup(at);
}

void DataPage::showRowMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"data.rows.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString readOnly = m_presenter.state().readOnly;
    const auto add = [this, menu, &readOnly](const QString& text, const QString& name, auto done) {
        QAction* action = menu->addAction(text);
        action->setObjectName(name);
        action->setEnabled(readOnly.isEmpty());
        connect(action, &QAction::triggered, this, done);
    };
    const project::RowCells* row = m_presenter.table().cells(m_table->currentIndex().row());
    if (row != nullptr && m_presenter.selection().count() <= 1) {
        for (const project::RowCheck& check : row->checks) { // the fixes of its findings
            if (check.other > 0) {
                connect(menu->addAction(tr("%1: show both").arg(CheckWords::title(check.code))), &QAction::triggered,
                        this, [this, id = row->id, other = check.other] {
                            m_stack->setCurrentWidget(m_pages);
                            m_pages->showRows({id, other});
                        });
            }
        }
        if (!row->checks.empty()) {
            menu->addSeparator();
        }
        add(tr("Edit answer"), u"data.menu.edit"_s, [this] {
            showSide(Side::Inspector, true);
            m_inspector->editAnswer();
        });
    }
    add(tr("Reject"), u"data.menu.reject"_s, [this] { m_presenter.setStateOfTarget(project::RowState::Rejected); });
    add(tr("Bring back"), u"data.menu.restore"_s, [this] { m_presenter.setStateOfTarget(project::RowState::Active); });
    QMenu* splits = menu->addMenu(tr("Move to split"));
    splits->setEnabled(readOnly.isEmpty());
    for (const project::Split split : {project::Split::Train, project::Split::Validation, project::Split::Test}) {
        connect(splits->addAction(RowWords::split(split)), &QAction::triggered, this,
                [this, split] { m_presenter.setSplitOfTarget(split); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Token x-ray")), &QAction::triggered, m_table, &RowsView::xrayWanted);
    connect(menu->addAction(tr("History")), &QAction::triggered, m_table, &RowsView::historyWanted);
    menu->popup(at);
}

void DataPage::showMore() {
    auto* menu = new QMenu(this);
    menu->setObjectName(u"data.more.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu](const QString& text, const QString& icon, const QString& part) {
        QAction* action = menu->addAction(themeIcon(icon), text);
        action->setObjectName(u"data.more."_s % part);
        connect(action, &QAction::triggered, this, [this, part] { showPart(part); });
    };
    add(tr("Versions and differences…"), u"diff"_s, u"versions"_s);
    add(tr("Plan splits…"), u"scissors"_s, u"split"_s);
    add(tr("Duplicates side by side…"), u"duplicate"_s, u"duplicates"_s);
    add(tr("Imported files…"), u"file"_s, u"files"_s);
    add(tr("Export…"), u"export"_s, u"export"_s);
    menu->popup(m_moreMenu->mapToGlobal(QPoint(0, m_moreMenu->height())));
}

void DataPage::ask(const QString& what, const QStringList& offered, std::function<void(const QString&)> done) {
    m_askWhat->setText(what);
    m_askLine->setAccessibleName(what);
    m_askLine->clear();
    QStringList known = offered;
    known.removeAll(QString());
    m_askLine->setPlaceholderText(known.isEmpty() ? QString()
                                                  : tr("for example %1").arg(known.mid(0, 3).join(u", "_s)));
    m_asked = std::move(done);
    m_asking->show();
    m_askLine->setFocus(Qt::OtherFocusReason);
}

void DataPage::goToRow() {
    ask(tr("Go to row number"), {}, [this](const QString& text) {
        bool fine = false;
        qint64 id = QLocale().toLongLong(text.trimmed(), &fine);
        if (!fine) {
            id = text.trimmed().toLongLong(&fine);
        }
        if (!fine || m_presenter.table().rowOf(id) < 0) {
            Q_EMIT toast(fine ? tr("Row %1 is not among the rows that show.").arg(Format::exactCount(id))
                              : tr("“%1” is not a row number.").arg(text),
                         m_presenter.filter().isEverything() || !fine ? QString() : tr("Show all rows"),
                         [this] { m_presenter.clearFilter(); });
            return;
        }
        m_table->goToRow(id);
    });
}

void DataPage::importFile() {
    m_context.dialogs.openFile(
        this,
        {.title = tr("Import rows"),
         .folder = {},
         .filters = {tr("Rows (*.jsonl *.json *.csv *.tsv *.txt *.parquet)"), tr("All files (*)")}},
        [this](const QString& file) {
            if (!file.isEmpty()) {
                showPart(u"import:"_s % file);
            }
        });
}

void DataPage::startFix(const CheckChip& chip, data::CheckFix fix) {
    project::Filter filter = m_presenter.filter();
    filter.checks = chip.codes;
    switch (fix) {
    case data::CheckFix::ChooseOverLong:
    case data::CheckFix::ChangeTrainOn:
        Q_EMIT goTo(u"train"_s, u"new"_s);
        return;
    case data::CheckFix::KeepOne:
        showPart(u"duplicates"_s);
        return;
    case data::CheckFix::SplitTogether:
        showPart(u"split"_s);
        return;
    case data::CheckFix::MergeLabels:
        m_presenter.setBalanceOf(project::Balance::Of::Label);
        m_presenter.setFilter(filter);
        return;
    case data::CheckFix::Edit:
        m_presenter.setFilter(filter);
        return;
    case data::CheckFix::DropRow:
    case data::CheckFix::DropFromTrain:
    case data::CheckFix::Redact:
    case data::CheckFix::RepairEncoding:
        break;
    }
    m_stack->setCurrentWidget(m_pages);
    m_pages->showFix(fix, filter);
    placeSide();
}

} // namespace fettle::ui
