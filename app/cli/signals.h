// Ctrl+C and SIGTERM: the first asks a run to stop and save, the second to end at once.
#pragma once

namespace fettle::app {

/// Counts SIGINT and SIGTERM from now on instead of dying of them.
void catchInterrupts();
[[nodiscard]] int interruptCount();

} // namespace fettle::app
