// Every command of `fettle`: what it accepts and what it does. To add one: a file command_NAME.cpp with a function that
// returns its Commands, listed here and in main.cpp.
#pragma once

#include "cli/arguments.h"
#include "cli/output.h"

#include <functional>
#include <vector>

namespace fettle::app {

struct Command {
    CommandSpec spec;
    std::function<int(const Arguments&)> run; // exit code
    bool forProject = false;                  // meant where --project is given; another of the same name takes files
};

[[nodiscard]] std::vector<Command> benchCommands();
[[nodiscard]] std::vector<Command> dataCommands();
[[nodiscard]] std::vector<Command> dataCheckCommands();   // data dedupe, data check
[[nodiscard]] std::vector<Command> dataProjectCommands(); // data … --project P
[[nodiscard]] std::vector<Command> dataSetCommands();     // data split, data export, data diff
[[nodiscard]] std::vector<Command> estimateCommands();
[[nodiscard]] std::vector<Command> exportCommands();
[[nodiscard]] std::vector<Command> generateCommands();
[[nodiscard]] std::vector<Command> modelCommands();
[[nodiscard]] std::vector<Command> projectCommands();
[[nodiscard]] std::vector<Command> queueCommands(); // also steering: runs pause, resume, stop, abort
[[nodiscard]] std::vector<Command> runsCommands();
[[nodiscard]] std::vector<Command> scoreCommands();
[[nodiscard]] std::vector<Command> templateCommands();
[[nodiscard]] std::vector<Command> tokenizeCommands();
[[nodiscard]] std::vector<Command> trainCommands();

} // namespace fettle::app
