// The real trainer: SFT of a LoRA adapter with the engine, in a run folder, resumable to the bit. [torch behind it]
#pragma once

#include "train/engine.h"

#include <memory>

namespace fettle::train {

/// Contract: train/engine.h, Trainer.
[[nodiscard]] std::unique_ptr<Trainer> makeEngineTrainer();

} // namespace fettle::train
