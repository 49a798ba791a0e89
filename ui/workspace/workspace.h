// The workspace: the open project, its runs and what can be done with them, without any widget. Everything that touches
// the disk for longer than a moment runs as a job; answers come back on the GUI thread as signals.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "bridge/event_bridge.h"
#include "bridge/run_series.h"
#include "bridge/runs_model.h"
#include "project/project.h"
#include "train/run_queue.h"
#include "train/run_service.h"
#include "train/sweep.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <map>
#include <memory>

namespace fettle::ui {

class ProjectRows;
class RunArchives;

/// What Home shows of a project it does not open.
struct ProjectCard {
    QString folder, name;
    QString model; // as the recipe says
    std::int64_t runs = 0;
    std::optional<double> bestValidation; // lowest validation loss of its runs
    std::int64_t openedMs = 0;
};

/// Rows of the project's data files (lines that are not empty); nullopt = the file is not there.
struct DataCounts {
    std::optional<std::int64_t> train, validation, test;
};

struct ImportOutcome {
    QString file;
    std::int64_t rows = 0, goodRows = 0;
    QString format;
    std::vector<std::string> faults; // at most kShownFaults, as text
    std::int64_t faultCount = 0;
};
inline constexpr std::size_t kShownFaults = 200;

struct WorkspaceOptions {
    train::TrainerFactory trainers = train::engineTrainers();
    std::string projectsFolder;
    std::string resourcesFolder;
    std::string defaultModel = "smollm2-135m-instruct";
    std::string program; // the command line program, for runs in a process of their own; "" = `fettle` beside this one
};

/// Runs whose process was started a moment ago and has not taken them yet. Thread: any.
class ComingUp {
public:
    /// True once, until the time it takes a process to come up is over.
    [[nodiscard]] bool claim(const std::string& folder);

private:
    Mutex m_mutex;
    std::map<std::string, std::int64_t> m_since FETTLE_GUARDED_BY(m_mutex); // folder → monotonic ms
};

/// Thread: GUI.
class Workspace : public QObject {
    Q_OBJECT
public:
    /// `jobs` must outlive it. The destructor stops all runs (the step is finished and saved) and waits.
    Workspace(jobs::JobSystem& jobs, WorkspaceOptions options, QObject* parent = nullptr);
    ~Workspace() override;

    // ---- project
    [[nodiscard]] bool hasProject() const { return m_project != nullptr; }
    [[nodiscard]] std::shared_ptr<project::Project> project() const { return m_project; } // shared with jobs
    [[nodiscard]] QString projectName() const { return m_name; }
    [[nodiscard]] QString projectFolder() const;
    [[nodiscard]] const recipe::Recipe& recipe() const { return m_recipe; }
    /// Where the recipe could not be read: why ("" = fine). The last good one stays.
    [[nodiscard]] const std::optional<Error>& recipeFault() const { return m_recipeFault; }
    [[nodiscard]] const DataCounts& dataCounts() const { return m_counts; }
    /// What is being opened, created or imported now; "" = nothing.
    [[nodiscard]] QString busyWith() const { return m_busy; }

    void openProject(const QString& folder);
    void openSample();
    void createProject(const QString& name);
    /// A new project from a file of rows: good rows go to train.jsonl, bad ones are counted and told, a first recipe is
    /// prepared.
    void createFromFile(const QString& file);
    /// A new project for rows whose columns have to be chosen first: it is opened, then importWanted asks for the page.
    void createForImport(const QString& file);
    void cancelBusy();
    void closeProject();
    /// Reads recipe.yaml again / writes it, off the GUI thread.
    void reloadRecipe();
    void saveRecipe(const recipe::Recipe& recipe);
    /// A folder name that is free: "my-rows", "my-rows-2".
    [[nodiscard]] static std::string freeFolder(const std::string& parent, const std::string& wanted);
    /// The first recipe for rows of this many bytes: steps small enough that a curve moves at once.
    [[nodiscard]] static recipe::Recipe firstRecipe(const std::string& model, std::uint64_t dataBytes);

    // ---- recent projects
    [[nodiscard]] const QVector<ProjectCard>& recent() const { return m_recent; }
    void refreshRecent();
    void forget(const QString& folder);

    // ---- runs
    [[nodiscard]] RunsModel& runs() { return *m_runs; }
    void refreshRuns();
    /// Prepares a run folder from the recipe and puts it into the queue: it starts at once where its lane is free.
    void startRun(const recipe::Recipe& recipe);
    void continueRun(const QString& folder); // from its last checkpoint, or a prepared one; through the queue
    /// Requests to a run of this process or of another one. A run that waits leaves the queue on stop and abort.
    void pauseRun(const QString& folder);
    void resumeRun(const QString& folder);
    void stopRun(const QString& folder);
    void abortRun(const QString& folder);
    /// Gradient norms by layer from the next step on, or no longer.
    void showLayers(const QString& folder, bool show);
    void renameRun(const QString& folder, const QString& name);
    void tagRun(const QString& folder, const QStringList& tags);
    void noteRun(const QString& folder, const QString& note);
    void archiveRun(const QString& folder, bool archived);
    /// Reads its recipe and asks for the form with it (startFromRecipe).
    void duplicateRun(const QString& folder);
    /// Into the project's trash; restoreRun() brings the last one back.
    void deleteRun(const QString& folder);
    [[nodiscard]] bool canRestoreRun() const;
    void restoreRun();
    [[nodiscard]] int trashedRuns() const { return m_trashed; }
    /// Removes deleted runs for good: all of them, or those that lie there for longer than a week.
    void emptyTrash(bool all);
    /// Runs of this process only: those of others go on without us.
    [[nodiscard]] bool hasActiveRuns() const;
    /// Stops the runs of this process and takes nothing more from the queue.
    void stopAll();

    // ---- queue
    /// Where runs live that are started from now on.
    void setRunPlace(train::RunPlace place, bool nice);
    [[nodiscard]] train::RunPlace runPlace() const { return m_place; }
    /// Whatever else is running; beside a live run it gets a process of its own.
    void startNow(const QString& folder);
    void moveInQueue(const QString& folder, int place); // 0-based, among those that wait
    void holdRun(const QString& folder, bool hold);
    void removeFromQueue(const QString& folder);

    // ---- sweeps
    void startSweep(const train::SweepSpec& spec, const recipe::Recipe& base);
    /// Stops its runs and takes those that wait out of the queue.
    void stopSweep(const QString& id);
    /// Calls `done` on the GUI thread, unless another project was opened meanwhile.
    void readSweep(const QString& id, std::function<void(const Result<train::SweepResults>&)> done);
    [[nodiscard]] QStringList sweeps() const; // ids, newest first

    /// The run the Train screen shows; "" = none.
    [[nodiscard]] QString shownRun() const { return m_shown; }
    void showRun(const QString& folder);
    /// Runs overlaid in charts.
    [[nodiscard]] const QSet<QString>& overlays() const { return m_overlays; }
    void toggleOverlay(const QString& folder);

    /// Numbers of a run: nullptr until read (asks for it; seriesChanged follows). Kept up to date while it runs.
    [[nodiscard]] std::shared_ptr<const RunSeries> series(const QString& folder);

    [[nodiscard]] jobs::JobSystem& jobs() { return m_jobs; }
    /// The rows of the open project.
    [[nodiscard]] ProjectRows& rows() { return *m_rows; }
    /// Export and import of runs.
    [[nodiscard]] RunArchives& archives() { return *m_archives; }
    /// "smollm2-135m-instruct" or a path as people call it: "SmolLM2-135M-Instruct".
    [[nodiscard]] QString modelTitle(const QString& model) const;
    [[nodiscard]] const WorkspaceOptions& options() const { return m_options; }

Q_SIGNALS:
    void projectChanged();
    void recipeChanged();
    void countsChanged();
    void busyChanged();
    void progressed(double fraction, const QString& counted); // of what is busy; negative = unknown
    void recentChanged();
    void runsChanged(); // rows, states or steps
    void runStarted(const QString& folder);
    void runEnded(const QString& folder);
    void runDeleted(const QString& title);
    void startFromRecipe(const fettle::recipe::Recipe& recipe); // show the form with it
    void sweepStarted(const QString& id);
    void shownRunChanged();
    void overlaysChanged();
    void seriesChanged(const QString& folder);
    void imported(const fettle::ui::ImportOutcome& outcome);
    /// No row of a file could be read by itself: its columns may have other names.
    void importUnclear(const QString& file, const fettle::Error& error);
    void importWanted(const QString& file);
    void failed(const QString& action, const fettle::Error& error);

private:
    using Post = std::function<void(std::function<void()>)>;
    void adopt(std::shared_ptr<project::Project> project, std::optional<ImportOutcome> outcome);
    void setBusy(const QString& what, std::shared_ptr<jobs::JobHandle> job);
    void openInJob(const QString& what,
                   std::function<Result<std::shared_ptr<project::Project>>(jobs::JobContext&, ImportOutcome*)> open,
                   bool import, const QString& file = {});
    void onBatch(const EventBatch& batch);
    void readSeriesInJob(const QString& folder);
    void countRows();
    void keep(std::shared_ptr<jobs::JobHandle> job);
    void follow();
    /// Tells runEnded once for each end, when the list has the run.
    void noteEnd(const QString& folder, std::int64_t timeMs);
    void takeRows(QVector<RunRow> rows);
    void steer(const QString& folder, jobs::Request request);
    void changeInJob(const QString& what, const QString& folder, std::function<Result<void>()> change);
    void queueInJob(const QString& what, std::function<Result<std::string>()> make);
    void pump(); // starts what may start
    struct PumpOptions {
        std::string project;
        train::RunService* service = nullptr; // outlives the jobs that use it: they are waited for
        std::shared_ptr<ComingUp> comingUp;   // shared with jobs
        std::string program;
        bool nice = false;
    };
    [[nodiscard]] PumpOptions pumpOptions() const;
    [[nodiscard]] static Result<void> pumpNow(const PumpOptions& options);

    jobs::JobSystem& m_jobs;
    WorkspaceOptions m_options;
    Courier m_courier;
    EventBridge m_bridge;
    std::unique_ptr<RunsModel> m_runs;
    std::unique_ptr<RunArchives> m_archives;
    std::unique_ptr<ProjectRows> m_rows;
    std::unique_ptr<train::RunService> m_service;
    std::shared_ptr<project::Project> m_project;
    QString m_name;
    recipe::Recipe m_recipe;
    std::optional<Error> m_recipeFault;
    DataCounts m_counts;
    QVector<ProjectCard> m_recent;
    QString m_busy;
    QString m_importAfter;                      // file to be imported when the project that is being made is open
    std::shared_ptr<jobs::JobHandle> m_busyJob; // shared with the job system
    QString m_shown;
    QSet<QString> m_overlays;
    QHash<QString, std::shared_ptr<RunSeries>> m_series;
    QHash<QString, std::shared_ptr<const RunSeries>> m_read; // as last read from the folder, shared with jobs
    QSet<QString> m_reading;
    QHash<QString, std::int64_t> m_ends, m_endsWaiting; // when a run ended, as told; and those the list lacks yet
    QHash<QString, std::vector<run::RunEvent>> m_late;  // came while the folder was being read: applied after it
    QSet<QString> m_readAgain;                          // events were dropped meanwhile
    bool m_refreshing = false, m_refreshAgain = false;
    QString m_recipeWords; // the language that the rows of runs were written in
    bool m_pumping = false, m_pumpAgain = false;
    bool m_closing = false;
    train::RunPlace m_place = train::RunPlace::Here;
    bool m_nice = false;
    std::shared_ptr<ComingUp> m_comingUp = std::make_shared<ComingUp>(); // shared with jobs
    QStringList m_deleted;                                               // in this session, the last one last
    int m_trashed = 0;
    std::string m_queueFault; // told already
    mutable QHash<QString, QString> m_titles;
    QTimer m_follow;
    std::vector<std::shared_ptr<jobs::JobHandle>> m_serviceJobs; // use the service: waited for before it goes
    std::uint64_t m_generation = 0; // of the open project: late answers for another are dropped
};

/// Cores, memory and graphics card as the system says.
struct MachineFacts {
    int cores = 0;
    std::uint64_t memoryBytes = 0;
    QString gpu; // "" = none found
};
[[nodiscard]] MachineFacts machineFacts();

} // namespace fettle::ui
