#include "shell/archive_strip.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/status.h"
#include "workspace/run_archives.h"
#include "workspace/workspace.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QVBoxLayout>

#include <optional>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

ArchiveStrip::ArchiveStrip(const ShellContext& context, QWidget* window)
    : m_context(context)
    , m_window(window)
    , m_progress(new ProgressRow(tr("Importing"), u"import.progress"_s))
    , m_hint(new Label({}, FontRole::BodyMedium, Tone::Accent, Wrap::Yes))
    , m_failures(new QVBoxLayout) {
    const Theme& theme = Theme::current();
    setObjectName(u"import"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(7), theme.u(3), theme.u(7), 0);
    column->setSpacing(theme.u(2));
    column->addWidget(m_hint);
    column->addWidget(m_progress);
    m_failures->setSpacing(theme.u(2));
    column->addLayout(m_failures);
    m_hint->setObjectName(u"import.hint"_s);
    m_hint->hide();
    window->setAcceptDrops(true);
    window->installEventFilter(this);
    RunArchives* archives = &context.workspace.archives();
    connect(m_progress, &ProgressRow::cancelled, archives, &RunArchives::cancelImport);
    connect(archives, &RunArchives::changed, this, &ArchiveStrip::refresh);
    connect(archives, &RunArchives::importFailed, this, &ArchiveStrip::addFailure);
    connect(archives, &RunArchives::imported, this, [this](const QString& folder, const QString& file, bool renamed) {
        const RunRow* row = m_context.workspace.runs().find(folder);
        const QString title = row != nullptr ? row->title() : folder.section(u'/', -1);
        const QString name = file.section(u'/', -1);
        Q_EMIT opened(folder);
        Q_EMIT said(
            renamed
                ? tr("%1 imported from %2 as %3, because its name was taken").arg(title, name, folder.section(u'/', -1))
                : tr("%1 imported from %2").arg(title, name));
    });
    refresh();
}

void ArchiveStrip::chooseFiles() {
    if (!m_context.workspace.hasProject()) {
        importFiles({});
        return;
    }
    m_context.dialogs.openFile(
        m_window,
        {.title = tr("Import a run"), .folder = {}, .filters = {tr("Archive of a run (*.tar)"), tr("All files (*)")}},
        [this](const QString& file) {
            if (!file.isEmpty()) {
                importFiles({file});
            }
        });
}

void ArchiveStrip::importFiles(const QStringList& files) {
    if (!m_context.workspace.hasProject()) {
        Q_EMIT said(tr("Open a project first: a run is imported into a project."));
        return;
    }
    while (QLayoutItem* item = m_failures->takeAt(0)) { // told, and the person goes on
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    m_context.workspace.archives().importRuns(files);
}

void ArchiveStrip::refresh() {
    const RunArchives& archives = m_context.workspace.archives();
    const RunArchives::Task& task = archives.importing();
    if (task.busy && task.file != m_shownFile) {
        m_shownFile = task.file;
        auto* fresh = new ProgressRow(tr("Importing %1").arg(task.file.section(u'/', -1)), u"import.progress"_s);
        delete layout()->replaceWidget(m_progress, fresh);
        m_progress->hide();
        m_progress->deleteLater();
        m_progress = fresh;
        connect(fresh, &ProgressRow::cancelled, &m_context.workspace.archives(), &RunArchives::cancelImport);
    } else if (!task.busy) {
        m_shownFile.clear();
    }
    m_progress->setVisible(task.busy);
    if (task.busy) {
        m_progress->setProgress(
            task.fraction, task.counted,
            archives.waiting() > 0 ? tr("%Ln more wait(s)", nullptr, static_cast<int>(archives.waiting())) : QString());
    }
    setVisible(task.busy || m_failures->count() > 0 || !m_hint->isHidden());
}

void ArchiveStrip::addFailure(const QString& file, const Error& error) {
    const ErrorText text = describeArchive(file, error);
    auto* card = new InlineError(u"import.error"_s);
    card->setError(tr("Not imported: %1").arg(text.what), text.meaning, text.details);
    card->setRepair(tr("Dismiss"), [this, card] {
        m_failures->removeWidget(card);
        card->hide();
        card->deleteLater();
        refresh();
    });
    m_failures->addWidget(card);
    refresh();
}

QStringList ArchiveStrip::archivesOf(const QMimeData* data) {
    QStringList files;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile() && url.toLocalFile().endsWith(u".tar", Qt::CaseInsensitive)) {
            files << url.toLocalFile();
        }
    }
    return files;
}

void ArchiveStrip::showHint(const QString& text) {
    m_hint->setText(text);
    m_hint->setVisible(!text.isEmpty());
    refresh();
}

bool ArchiveStrip::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_window && m_window->isEnabled()) {
        switch (event->type()) {
        case QEvent::DragEnter: {
            auto* drag = static_cast<QDragEnterEvent*>(event);
            if (!archivesOf(drag->mimeData()).isEmpty()) {
                drag->acceptProposedAction();
                showHint(m_context.workspace.hasProject()
                             ? tr("Drop to import the run into %1.").arg(m_context.workspace.projectName())
                             : tr("Open a project first: a run is imported into a project."));
                return true;
            }
            break;
        }
        case QEvent::DragLeave:
            showHint({});
            break;
        case QEvent::Drop: {
            auto* drop = static_cast<QDropEvent*>(event);
            const QStringList files = archivesOf(drop->mimeData());
            showHint({});
            if (!files.isEmpty()) {
                drop->acceptProposedAction();
                importFiles(files);
                return true;
            }
            break;
        }
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace fettle::ui
