// Whether a run that claims to live still does: shared by the readers of core/run.
#pragma once

#include "run/run_folder.h"

namespace fettle::run {

/// `ownedBefore`: asked before the events were read, so that an owner that ends while we read is no death.
[[nodiscard]] inline bool orphaned(const std::string& folder, jobs::RunState state, bool ownedBefore) {
    return state != jobs::RunState::None && !jobs::isFinal(state) && !ownedBefore && !hasLiveOwner(folder);
}
[[nodiscard]] inline const char* interruptedMessage() {
    return "The program that ran it ended before the run did. It can go on from its last checkpoint.";
}

} // namespace fettle::run
