// Training logs of other programs as series of points, for the same charts and tables as our own runs.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fettle::run {

struct ForeignSeries {
    std::string name;                              // as in the file
    std::vector<std::pair<double, double>> points; // step, value; NaN: measured there, but no finite number (a gap)
};

struct ForeignLog {
    std::string kind;  // trainer_state, trainer_log, result_csv, tensorboard, fettle
    std::string title; // of the run: the folder it lies in
    std::string path;  // what was read: a file, or the folder of several
    std::vector<ForeignSeries> series;
    std::int64_t skipped = 0;     // lines, entries, records and values that could not be read
    std::int64_t overwritten = 0; // points of steps that a resumed run trained again; only the later ones are kept
    std::vector<Error> problems;  // one for each skipped thing (the first thousand): file, line or record, key, reason
    std::vector<std::string> notes; // what a reader should know and that is no fault
    bool diverged = false;          // a loss that is no number, also where the trainer's NaN filter wrote 0.0 for it
};

/// Reads a file, or the log that a folder holds: `trainer_state.json` of the Hugging Face Trainer (also of the newest
/// checkpoint of a run folder), `trainer_log.jsonl` of LLaMA-Factory, the result CSV of a hosted job (also in base64),
/// the TensorBoard event files of one run, and our own runs. The kind is told by the content, not by the name. Gives
/// what could be read and tells what could not. Error: nothing of it is a log (NotFound, Unsupported, Parse, Io).
/// Thread: any.
[[nodiscard]] Result<ForeignLog> readForeignLog(const std::string& path);

} // namespace fettle::run
