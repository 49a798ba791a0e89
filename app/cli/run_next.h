// What a person can do next about a run that ended, and a sweep as a table: words of the command line.
#pragma once

#include "run/run_folder.h"
#include "train/sweep.h"

#include <string>

namespace fettle::app {

/// One sentence with the way on for the named reason of a failure, "" where there is nothing to say.
[[nodiscard]] std::string wayOn(const run::RunSummary& summary);

/// The runs of a sweep, best first, on standard output: a table, or one line of JSON.
void printSweep(const train::SweepResults& results, bool json);

} // namespace fettle::app
