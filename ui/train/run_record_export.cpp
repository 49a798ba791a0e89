#include "train/run_record_export.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/icons.h"
#include "workspace/run_archives.h"
#include "workspace/workspace.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

QString fileNameOf(const QString& title) {
    QString out;
    for (const QChar c : title) {
        if (c.isLetterOrNumber() || c == u'.' || c == u'_') {
            out += c;
        } else if (!out.isEmpty() && !out.endsWith(u'-')) {
            out += u'-';
        }
    }
    while (out.endsWith(u'-') || out.endsWith(u'.')) {
        out.chop(1);
    }
    while (out.startsWith(u'.')) {
        out.remove(0, 1);
    }
    return out.isEmpty() ? u"run"_s : out;
}

RunRecordExport::RunRecordExport(const ShellContext& context, RunRecordPresenter& presenter, QWidget* parent)
    : Card(parent)
    , m_context(context)
    , m_presenter(presenter)
    , m_which(new QComboBox)
    , m_export(makeButton(ButtonKind::Plain, tr("Export as one archive…"), u"record.export"_s, u"export"_s))
    , m_open(makeButton(ButtonKind::Plain, tr("Open folder"), u"record.open"_s, u"folder"_s))
    , m_path(makeButton(ButtonKind::Plain, tr("Copy folder path"), u"record.path"_s, u"copy"_s))
    , m_numbers(makeButton(ButtonKind::Plain, tr("Export numbers…"), u"record.numbers"_s, u"chart"_s))
    , m_progress(new ProgressRow(tr("Exporting"), u"record.exporting"_s))
    , m_done(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_error(new InlineError(u"record.export.error"_s))
    , m_files(new ChartFiles(context, this)) {
    const Theme& theme = Theme::current();
    setObjectName(u"record.files"_s);
    column()->setSpacing(theme.u(2.5));
    addHeading(tr("Take it elsewhere"), u"export"_s);
    m_which->setObjectName(u"record.checkpoints"_s);
    m_which->setAccessibleName(tr("Checkpoints that go along"));
    m_which->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_which->setMinimumContentsLength(12);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(2));
    row->addWidget(m_which, 1);
    row->addWidget(m_export);
    column()->addWidget(new Label(tr("One tar file with recipe, events, log and checkpoints, and a checksum of each. "
                                     "Drop it onto a window of Fettle elsewhere to import it."),
                                  FontRole::Caption, Tone::Text2, Wrap::Yes));
    column()->addLayout(row);
    column()->addWidget(m_progress);
    column()->addWidget(m_error);
    m_done->setObjectName(u"record.done"_s);
    m_done->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column()->addWidget(m_done);
    column()->addWidget(new Hairline);
    auto* files = new FlowLayout(nullptr, theme.u(2));
    for (QWidget* each :
         {static_cast<QWidget*>(m_open), static_cast<QWidget*>(m_path), static_cast<QWidget*>(m_numbers)}) {
        files->addWidget(each);
    }
    column()->addLayout(files);
    m_progress->hide();
    m_done->hide();

    RunArchives* archives = &context.workspace.archives();
    connect(m_export, &QPushButton::clicked, this, &RunRecordExport::chooseFile);
    connect(m_open, &QPushButton::clicked, this, &RunRecordExport::openFolder);
    connect(m_path, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_presenter.state().folder);
        say(tr("The path of the folder is on the clipboard."));
    });
    connect(m_numbers, &QPushButton::clicked, this,
            [this] { m_files->saveRun(m_presenter.state().folder, fileNameOf(m_presenter.state().title)); });
    connect(m_progress, &ProgressRow::cancelled, archives, &RunArchives::cancelExport);
    connect(archives, &RunArchives::changed, this, &RunRecordExport::refreshProgress);
    connect(archives, &RunArchives::exported, this,
            [this](const QString& folder, const QString& file, const run::ArchiveReport& report) {
                if (folder != m_presenter.state().folder) {
                    return;
                }
                QString text = tr("%1: %Ln file(s), %2", nullptr, static_cast<int>(report.files))
                                   .arg(file, Format::bytes(report.bytes));
                if (!report.leftOut.empty()) {
                    QStringList names;
                    for (const std::string& name : report.leftOut) {
                        names << qs(name);
                    }
                    text += u' ' % tr("Left out, because they are links or no files: %1").arg(names.join(u", "_s));
                }
                say(text, report.leftOut.empty() ? Tone::Text2 : Tone::Warn);
            });
    connect(archives, &RunArchives::exportFailed, this,
            [this](const QString& folder, const QString& file, const Error& error) {
                if (folder == m_presenter.state().folder) {
                    const ErrorText text = describeArchive(file, error);
                    m_error->setError(tr("Exporting failed: %1").arg(text.what), text.meaning, text.details);
                    m_error->setRepair(tr("Export again…"), [this] { chooseFile(); });
                }
            });
    connect(m_files, &ChartFiles::done, this, [this](const QString& what) { say(what); });
    connect(&presenter, &RunRecordPresenter::changed, this, &RunRecordExport::refresh);
    refresh();
    refreshProgress();
}

QWidget* RunRecordExport::firstFocus() const {
    return m_which->isEnabled() ? static_cast<QWidget*>(m_which) : m_open;
}

void RunRecordExport::say(const QString& text, Tone tone) {
    m_error->setError({});
    m_done->setTone(tone);
    m_done->setText(text);
    m_done->setVisible(!text.isEmpty());
}

void RunRecordExport::refresh() {
    const RunRecordState& state = m_presenter.state();
    if (state.folder != m_shownFolder) {
        m_shownFolder = state.folder;
        m_which->clear();
        say({});
        refreshProgress();
    }
    const int kept = m_which->currentIndex();
    QStringList items;
    for (const ArchiveChoice& choice : state.archives) {
        const QString size = Format::bytes(choice.bytes);
        switch (choice.which) {
        case run::ArchivedCheckpoints::All:
            items << tr("All %Ln checkpoint(s) · %1", nullptr, static_cast<int>(state.checkpoints)).arg(size);
            break;
        case run::ArchivedCheckpoints::Last:
        case run::ArchivedCheckpoints::Best: {
            const bool best = choice.which == run::ArchivedCheckpoints::Best;
            const QString step = choice.steps.empty() ? Format::unknown() : Format::exactCount(choice.steps.front());
            items << (best ? tr("Best checkpoint, step %1 · %2") : tr("Last checkpoint, step %1 · %2")).arg(step, size);
            break;
        }
        case run::ArchivedCheckpoints::None:
            items << tr("No checkpoint · %1").arg(size);
            break;
        }
    }
    QStringList shown;
    for (int i = 0; i < m_which->count(); ++i) {
        shown << m_which->itemText(i);
    }
    if (shown != items) {
        m_which->clear();
        m_which->addItems(items);
        m_which->setCurrentIndex(items.isEmpty() ? -1 : std::max(0, kept));
    }
    m_which->setEnabled(!state.archives.isEmpty());
    refreshButton();
}

void RunRecordExport::refreshButton() {
    const RunRecordState& state = m_presenter.state();
    const QString why = state.live                 ? tr("The run is still going on: stop it, or wait until it ends.")
                        : state.archives.isEmpty() ? tr("The run is being read.")
                                                   : QString();
    setDisabledReason(m_export, !why.isEmpty() ? why
                                : m_context.workspace.archives().exporting().busy
                                    ? tr("Another archive is being written.")
                                    : QString());
}

void RunRecordExport::refreshProgress() {
    const RunArchives::Task& task = m_context.workspace.archives().exporting();
    const bool ours = task.busy && task.folder == m_presenter.state().folder;
    m_progress->setVisible(ours);
    if (ours) {
        m_progress->setProgress(task.fraction, task.counted);
        m_error->setError({});
        m_done->hide();
    }
    refreshButton();
}

void RunRecordExport::chooseFile() {
    const RunRecordState& state = m_presenter.state();
    const int index = m_which->currentIndex();
    if (index < 0 || index >= state.archives.size()) {
        return;
    }
    m_context.dialogs.saveFile(this,
                               {.title = tr("Export as one archive"),
                                .folder = {},
                                .filters = {tr("Archive of a run (*.tar)"), tr("All files (*)")}},
                               fileNameOf(state.title) % u".tar"_s,
                               [this, folder = state.folder, which = state.archives[index].which](const QString& file) {
                                   if (!file.isEmpty()) {
                                       m_error->setError({});
                                       m_context.workspace.archives().exportRun(folder, file, which);
                                   }
                               });
}

void RunRecordExport::openFolder() {
    const QString folder = m_presenter.state().folder;
    if (m_context.dialogs.showFolder(folder)) {
        say({});
    } else {
        m_error->setError(tr("No program opened the folder."),
                          tr("The desktop names none for folders. Copy the path and open it by hand."), folder);
        m_error->setRepair(tr("Copy folder path"), [folder] { QGuiApplication::clipboard()->setText(folder); });
    }
}

} // namespace fettle::ui
