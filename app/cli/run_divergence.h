// What `fettle runs show` says about a run that diverged.
#pragma once

#include "base/json.h"
#include "run/run_folder.h"

#include <string>

namespace fettle::app {

/// Adds "divergence" where the run diverged, and "changes" where values of its recipe were changed on the way.
void addDivergence(const std::string& runFolder, const run::RunHistory& history, Json& out);
void printDivergence(const std::string& runFolder, const run::RunHistory& history);

} // namespace fettle::app
