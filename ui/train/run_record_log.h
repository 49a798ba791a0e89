// The whole log of a run as text: every line that it wrote with its time, states and checkpoints between. Read in a job
// from the events, because the window keeps only the last lines.
#pragma once

#include "base/result.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "run/run_folder.h"

#include <QObject>
#include <QString>

#include <memory>

namespace fettle::ui {

/// "2026-11-24 12:48:03  warning  out of memory: …", one line each; times are local.
[[nodiscard]] QString runLogText(const run::RunHistory& history);

/// Thread: GUI.
class RunLogReader : public QObject {
    Q_OBJECT
public:
    explicit RunLogReader(jobs::JobSystem& jobs, QObject* parent = nullptr);
    ~RunLogReader() override;
    /// Forgets what is being read before.
    void read(const QString& folder);

Q_SIGNALS:
    void done(const QString& folder, const QString& text);
    void failed(const QString& folder, const fettle::Error& error);

private:
    jobs::JobSystem& m_jobs;
    Courier m_courier;
    std::uint64_t m_number = 0;             // late answers of an older reading are dropped
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
};

} // namespace fettle::ui
