// The time a sweep may still use. Runs of a sweep name it in run.json (`sweep`); its own file sweeps/ID.json in the
// project holds the budget they share.
#pragma once

#include "base/result.h"

#include <optional>
#include <string>

namespace fettle::train {

/// Minutes left for the run's sweep: its `max_minutes` less what its runs have trained, pauses left out. nullopt: no
/// sweep, or one without a budget of time. Not below 0.
[[nodiscard]] Result<std::optional<double>> sweepMinutesLeft(const std::string& runFolder);

/// <project>/sweeps/ID.json
[[nodiscard]] std::string sweepFile(const std::string& projectFolder, const std::string& sweep);

} // namespace fettle::train
