#include "data/files_page.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/table.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::SourceFile;

FilesPage::FilesPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent)
    : SubPage(context, presenter, u"data.files"_s, tr("Imported files"),
              tr("Rows that could not be read are kept as they stand in the file: save them, repair them, import them "
                 "again."),
              parent)
    , m_table(new DataTable(u"data.files.table"_s, tr("Imported files")))
    , m_faults(new DataTable(u"data.files.faults"_s, tr("Rows that could not be read")))
    , m_model(new QStandardItemModel(this))
    , m_faultModel(new QStandardItemModel(this))
    , m_faultCard(new Card)
    , m_faultTitle(new Label({}, FontRole::BodyMedium))
    , m_again(makeButton(ButtonKind::Primary, tr("Import again"), u"data.files.again"_s, u"import"_s))
    , m_save(makeButton(ButtonKind::Plain, tr("Save these rows"), u"data.files.save"_s))
    , m_only(makeButton(ButtonKind::Plain, tr("Show its rows"), u"data.files.only"_s)) {
    auto* card = new Card;
    card->column()->setContentsMargins(1, 1, 1, 1);
    m_model->setHorizontalHeaderLabels(
        {tr("File"), tr("Format"), tr("Imported"), tr("Rows"), tr("Not read"), tr("On disk")});
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (const int number : {3, 4}) {
        m_model->setHeaderData(number, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    }
    m_table->setColumnSamples(
        {{}, u"prompt_completion"_s, u"yesterday 14:02"_s, u"1,000,000"_s, u"100,000"_s, tr("changed since then")}, 0);
    card->column()->addWidget(m_table);
    column()->addWidget(card, 1);
    auto* row = new QHBoxLayout;
    row->addWidget(m_only);
    row->addStretch(1);
    row->addWidget(m_again);
    column()->addLayout(row);
    auto* head = new QHBoxLayout;
    m_faultTitle->setObjectName(u"data.files.rejected"_s);
    head->addWidget(m_faultTitle);
    head->addStretch(1);
    head->addWidget(m_save);
    m_faultCard->column()->addLayout(head);
    m_faultModel->setHorizontalHeaderLabels({tr("Line"), tr("Key"), tr("Reason"), tr("Text")});
    m_faults->setModel(m_faultModel);
    m_faultModel->setHeaderData(0, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    m_faults->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_faults->setColumnSamples(
        {u"1,000,000"_s, u"messages[1].content"_s, u"comma missing at column 40 of the line"_s, {}}, 3);
    m_faultCard->column()->addWidget(m_faults, 1);
    column()->addWidget(m_faultCard, 2);
    m_faultCard->hide();
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showFile(now.row()); });
    connect(m_again, &QPushButton::clicked, this, [this] {
        const int at = m_table->currentIndex().row();
        if (at >= 0 && at < static_cast<int>(m_sources.size())) {
            Q_EMIT importWanted(qs(m_sources[static_cast<std::size_t>(at)].path));
        }
    });
    connect(m_only, &QPushButton::clicked, this, [this] {
        const int at = m_table->currentIndex().row();
        if (at >= 0 && at < static_cast<int>(m_sources.size())) {
            project::Filter filter;
            filter.sources = {m_sources[static_cast<std::size_t>(at)].id};
            this->presenter().setFilter(filter);
            Q_EMIT left();
        }
    });
    connect(m_save, &QPushButton::clicked, this, &FilesPage::saveRows);
}

QWidget* FilesPage::firstFocus() const {
    return m_table;
}

void FilesPage::open() {
    using Sources = std::vector<SourceFile>;
    presenter().rows().ask<Sources>(
        "read imported files", this, [](project::RowStore& rows, jobs::JobContext&) { return rows.sources(); },
        [this](Result<Sources> sources) {
            if (!sources) {
                showError(tr("Reading the list of files"), sources.error());
                return;
            }
            m_sources = std::move(sources).value();
            m_model->removeRows(0, m_model->rowCount());
            for (const SourceFile& source : m_sources) {
                auto* name = new QStandardItem(qs(source.name));
                name->setToolTip(qs(source.path));
                auto* rows = new QStandardItem(Format::exactCount(source.rows));
                auto* bad = new QStandardItem(Format::exactCount(source.rejected));
                for (QStandardItem* number : {rows, bad}) {
                    number->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
                }
                if (source.rejected > 0) {
                    bad->setData(int(Token::Warn), ToneRole);
                }
                auto* disk = new QStandardItem(source.onDisk == SourceFile::OnDisk::Same      ? tr("the same")
                                               : source.onDisk == SourceFile::OnDisk::Changed ? tr("changed since then")
                                               : source.onDisk == SourceFile::OnDisk::Gone    ? tr("no longer there")
                                                                                              : Format::unknown());
                m_model->appendRow({name, new QStandardItem(qs(source.format)),
                                    new QStandardItem(Format::when(source.importedMs)), rows, bad, disk});
            }
            if (!m_sources.empty()) {
                m_table->setCurrentIndex(m_model->index(0, 0));
            }
            showFile(m_table->currentIndex().row());
        });
}

void FilesPage::showFile(int row) {
    const bool has = row >= 0 && row < static_cast<int>(m_sources.size());
    const SourceFile* source = has ? &m_sources[static_cast<std::size_t>(row)] : nullptr;
    setDisabledReason(m_again, !has                                         ? tr("No file was imported yet.")
                               : source->onDisk == SourceFile::OnDisk::Gone ? tr("The file is no longer there.")
                                                                            : presenter().state().readOnly);
    m_only->setEnabled(has);
    m_faultModel->removeRows(0, m_faultModel->rowCount());
    m_faultCard->setVisible(has && source->rejected > 0);
    if (!has || source->rejected == 0) {
        return;
    }
    m_faultTitle->setText(tr("%1 row(s) could not be read", nullptr,
                             static_cast<int>(std::min<std::int64_t>(source->rejected, 1'000'000'000)))
                              .arg(Format::exactCount(source->rejected)));
    const std::uint64_t mine = ++m_question;
    using Rows = std::vector<project::RejectedRow>;
    presenter().rows().ask<Rows>(
        "read rejected rows", this,
        [id = source->id](project::RowStore& rows, jobs::JobContext&) { return rows.rejectedRows(id, kMostShown); },
        [this, mine](Result<Rows> rows) {
            if (mine != m_question) {
                return;
            }
            if (!rows) {
                showError(tr("Reading rejected rows"), rows.error());
                return;
            }
            for (const project::RejectedRow& each : rows.value()) {
                auto* line = new QStandardItem(each.line > 0 ? Format::exactCount(each.line) : Format::unknown());
                line->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
                auto* reason = new QStandardItem(qs(each.reason));
                reason->setToolTip(qs(each.reason));
                m_faultModel->appendRow({line, new QStandardItem(qs(each.key)), reason,
                                         new QStandardItem(qs(each.text).left(300).simplified())});
            }
        });
}

void FilesPage::saveRows() {
    const int at = m_table->currentIndex().row();
    if (at < 0 || at >= static_cast<int>(m_sources.size())) {
        return;
    }
    const SourceFile source = m_sources[static_cast<std::size_t>(at)];
    const QFileInfo info(qs(source.path));
    context().dialogs.saveFile(
        this,
        {.title = tr("Save rows that could not be read"), .folder = info.path(), .filters = {tr("All files (*)")}},
        tr("%1 rejected.%2", "file name").arg(info.completeBaseName(), info.suffix()),
        [this, source](const QString& path) {
            if (path.isEmpty()) {
                return;
            }
            presenter().rows().ask<std::int64_t>(
                "save rejected rows", this,
                [id = source.id, path = us(path)](project::RowStore& rows, jobs::JobContext&) {
                    return rows.saveRejectedRows(id, path);
                },
                [this, path](Result<std::int64_t> saved) {
                    if (saved) {
                        Q_EMIT toast(tr("%1 row(s) written to %2", nullptr, static_cast<int>(saved.value()))
                                         .arg(Format::exactCount(saved.value()), QFileInfo(path).fileName()),
                                     {}, {});
                    } else {
                        showError(tr("Saving rows"), saved.error());
                    }
                });
        });
}

} // namespace fettle::ui
