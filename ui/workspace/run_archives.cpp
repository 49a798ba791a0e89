#include "workspace/run_archives.h"

#include "bridge/strings.h"
#include "workspace/workspace.h"

#include <utility>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QString nameOf(const QString& file) {
    return file.section(u'/', -1);
}

/// A listener of the core's progress that feeds the job's, which throttles; false once the job is cancelled.
std::function<bool(std::uint64_t, std::uint64_t)> tellsOf(jobs::JobContext& context, std::uint64_t passes) {
    return [&context, passes](std::uint64_t done, std::uint64_t total) {
        const double fraction = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
        context.progress(fraction, std::to_string(total / passes));
        return !context.cancelled();
    };
}

} // namespace

RunArchives::RunArchives(Workspace& workspace)
    : m_workspace(workspace)
    , m_courier(this) {
    connect(&workspace, &Workspace::runsChanged, this, &RunArchives::tellListed);
    connect(&workspace, &Workspace::projectChanged, this,
            [this] { // another project: what waits belonged to the old one
                cancelImport();
                m_listed.clear();
            });
}

RunArchives::~RunArchives() {
    for (const Work* work : {&m_export, &m_import}) {
        if (work->job != nullptr) {
            work->job->cancel();
        }
    }
}

jobs::JobOptions RunArchives::optionsFor(Work& work, const char* name, std::function<void(const Result<void>&)> done) {
    const auto post = m_courier.sender();
    const std::uint64_t number = ++work.number;
    return {.name = name,
            .lane = {},
            .onProgress =
                [this, post, &work, number](double fraction, const std::string& bytes) {
                    post([this, &work, number, fraction, bytes] {
                        if (number != work.number || !work.task.busy) {
                            return;
                        }
                        const auto total = static_cast<double>(qs(bytes).toULongLong());
                        work.task.fraction = fraction;
                        work.task.counted = tr("%1 of %2", "bytes done, of all")
                                                .arg(Format::bytes(static_cast<std::uint64_t>(total * fraction)),
                                                     Format::bytes(static_cast<std::uint64_t>(total)));
                        Q_EMIT changed();
                    });
                },
            .onDone =
                [post, &work, number, done = std::move(done)](const Result<void>& result) {
                    post([&work, number, done, result] {
                        if (number == work.number) {
                            work.task.busy = false;
                            work.job.reset();
                            done(result);
                        }
                    });
                }};
}

// ---------------------------------------------------------------- export

void RunArchives::exportRun(const QString& folder, const QString& file, run::ArchivedCheckpoints checkpoints) {
    if (m_export.task.busy) {
        return;
    }
    m_export.task = {.busy = true, .folder = folder, .file = file, .fraction = {}, .counted = {}};
    auto report = std::make_shared<run::ArchiveReport>(); // written by the job, read after it
    m_export.job = m_workspace.jobs().submit(
        [folder = us(folder), file = us(file), checkpoints, report](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(*report, run::exportRunArchive(
                                          folder, file, {.checkpoints = checkpoints, .progress = tellsOf(context, 2)}));
            return {};
        },
        optionsFor(m_export, "export a run", [this, folder, file, report](const Result<void>& result) {
            Q_EMIT changed();
            if (result) {
                Q_EMIT exported(folder, file, *report);
            } else if (result.error().code != ErrorCode::Cancelled) {
                Q_EMIT exportFailed(folder, file, result.error());
            }
        }));
    Q_EMIT changed();
}

void RunArchives::cancelExport() {
    if (m_export.job != nullptr) {
        m_export.job->cancel();
    }
}

// ---------------------------------------------------------------- import

void RunArchives::importRuns(const QStringList& files) {
    if (!m_workspace.hasProject()) {
        return;
    }
    m_waiting += files;
    importNext();
}

void RunArchives::cancelImport() {
    m_waiting.clear();
    if (m_import.job != nullptr) {
        m_import.job->cancel();
    }
}

void RunArchives::importNext() {
    if (m_import.task.busy || m_waiting.isEmpty() || !m_workspace.hasProject()) {
        return;
    }
    const QString file = m_waiting.takeFirst();
    m_import.task = {.busy = true, .folder = {}, .file = file, .fraction = {}, .counted = {}};
    auto answer = std::make_shared<run::ImportedRun>(); // written by the job, read after it
    m_import.job = m_workspace.jobs().submit(
        [file = us(file), runs = m_workspace.project()->folder() + "/runs",
         answer](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, run::importRunArchive(file, runs, {.id = {}, .progress = tellsOf(context, 1)}));
            return {};
        },
        optionsFor(m_import, "import a run", [this, file, answer](const Result<void>& result) {
            if (result) {
                m_listed.append({qs(answer->folder), file, answer->id != answer->archivedId});
                m_workspace.refreshRuns();
            } else if (result.error().code != ErrorCode::Cancelled) {
                Q_EMIT importFailed(file, result.error());
            }
            importNext();
            Q_EMIT changed();
        }));
    Q_EMIT changed();
}

void RunArchives::tellListed() {
    const QVector<Listed> known = std::exchange(m_listed, {});
    for (const Listed& each : known) {
        if (m_workspace.runs().find(each.folder) != nullptr) {
            Q_EMIT imported(each.folder, each.file, each.renamed);
        } else {
            m_listed.append(each);
        }
    }
}

ErrorText describeArchive(const QString& file, const Error& error) {
    ErrorText text = describe(error);
    const QString name = nameOf(file);
    const QString where = qs(error.key.empty() ? error.file : error.key);
    switch (error.code) {
    case ErrorCode::Corrupt:
    case ErrorCode::Parse:
        text.what = RunArchives::tr("“%1” is damaged.").arg(name);
        text.meaning = (where.isEmpty() || nameOf(where) == name
                            ? QString()
                            : QString(RunArchives::tr("What is wrong is at “%1”.").arg(where) % u' ')) %
                       RunArchives::tr("Nothing was taken from it. Copy it again from where it was exported.");
        break;
    case ErrorCode::Unsupported:
        text.what = RunArchives::tr("“%1” is no archive of a run that this version can read.").arg(name);
        text.meaning =
            RunArchives::tr("An archive is made with “Export as one archive” in the record of a run. Details "
                            "say what this file is.");
        break;
    case ErrorCode::Busy:
        text.what = RunArchives::tr("The run is still going on.");
        text.meaning = RunArchives::tr("Stop it, or wait until it ends, then export it.");
        break;
    case ErrorCode::Io:
        text.meaning = RunArchives::tr("Nothing half done was left behind. Check the disk, then try again.");
        break;
    default:
        break;
    }
    return text;
}

} // namespace fettle::ui
