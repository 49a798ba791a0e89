// Runs as archives: export and import. Each is a job that can be cancelled; the window shows what is under way and what
// came of it.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "run/run_archive.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

/// Thread: GUI.
class RunArchives : public QObject {
    Q_OBJECT
public:
    /// One export and one import at a time; further files to import wait.
    struct Task {
        bool busy = false;
        QString folder;                 // of the run that is exported
        QString file;                   // that is written or read
        std::optional<double> fraction; // nullopt = not known yet
        QString counted;                // "212 MB of 1.4 GB"
    };

    explicit RunArchives(Workspace& workspace);
    ~RunArchives() override;

    /// Nothing happens while another export is under way.
    void exportRun(const QString& folder, const QString& file, run::ArchivedCheckpoints checkpoints);
    void cancelExport();
    [[nodiscard]] const Task& exporting() const { return m_export.task; }

    /// Into the open project, one file after the other. The run appears whole or not at all; what came is told when the
    /// list of runs has it.
    void importRuns(const QStringList& files);
    /// Also forgets the files that wait.
    void cancelImport();
    [[nodiscard]] const Task& importing() const { return m_import.task; }
    [[nodiscard]] qsizetype waiting() const { return m_waiting.size(); }

Q_SIGNALS:
    void changed(); // what exporting() and importing() say
    void exported(const QString& folder, const QString& file, const fettle::run::ArchiveReport& report);
    void exportFailed(const QString& folder, const QString& file, const fettle::Error& error);
    /// In the list of runs now. `renamed`: the name of its folder was taken here.
    void imported(const QString& folder, const QString& file, bool renamed);
    void importFailed(const QString& file, const fettle::Error& error);

private:
    struct Work {
        Task task;
        std::shared_ptr<jobs::JobHandle> job; // shared with the job system
        std::uint64_t number = 0;             // late answers of an older one are dropped
    };
    [[nodiscard]] jobs::JobOptions optionsFor(Work& work, const char* name,
                                              std::function<void(const Result<void>&)> done);
    void importNext();
    void tellListed();

    Workspace& m_workspace;
    Courier m_courier;
    Work m_export, m_import;
    QStringList m_waiting;
    struct Listed {
        QString folder, file;
        bool renamed = false;
    };
    QVector<Listed> m_listed; // imported, the list of runs is being read
};

/// What an archive that could not be read says to people: the file, what is wrong with it, what to do.
struct ErrorText;
[[nodiscard]] ErrorText describeArchive(const QString& file, const Error& error);

} // namespace fettle::ui
