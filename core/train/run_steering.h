// Steering a run of another process. A request is a small file in the run's folder (control.json), written whole or not
// at all; the process that owns the run looks for it five times a second, takes it away and obeys. The last request
// counts. One that comes while nobody owns the run is refused; one that its process did not live to read is dropped by
// the next.
#pragma once

#include "base/result.h"
#include "jobs/run_control.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fettle::train {

/// Asks the owner of the run. Pause, Resume, Stop (finish the step, save, end) or Abort (end without saving),
/// ShowLayers or HideLayers (gradient norms by layer in each step). Returns once the request is on disk; the run's
/// events tell when it was obeyed. Errors: NotFound (no such run, or nobody is working on it), Permission, DiskFull …
[[nodiscard]] Result<void> steerRun(const std::string& runFolder, jobs::Request request);

/// For the owner: the request that waits, taken away; None when there is none. A file that cannot be read is taken away
/// and told in the log. Two stat calls where there is nothing.
[[nodiscard]] jobs::Request takeRequest(const std::string& runFolder);

/// For the owner, at its start: drops what was left for an earlier life.
void dropRequests(const std::string& runFolder);

struct ApartOptions {
    std::string program;                // the command line program; "" = `fettle` beside the running program
    std::vector<std::string> arguments; // "train", "--run", …
    std::string logFile;                // standard output and error are appended to it
    bool nice = false;                  // lowest priority: other programs come first
};
/// Starts a process in a session of its own, without a terminal: it outlives this process, its window and a logout
/// (where the system does not end a user's processes, as systemd does with KillUserProcesses=yes). Returns its process
/// id. Errors: NotFound (no such program), Io.
[[nodiscard]] Result<std::int64_t> startApart(const ApartOptions& options);

/// startApart for one run of a project: `fettle train --run FOLDER --then-queue`, with its words in FOLDER/process.log.
[[nodiscard]] Result<std::int64_t> startRunApart(const std::string& runFolder, const std::string& program, bool nice);

} // namespace fettle::train
