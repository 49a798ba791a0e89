// A run as CSV: every event that counts is one line, every key of it a cell, so that nothing of events.jsonl is lost.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace fettle::run {

struct CsvReport {
    std::int64_t lines = 0;        // events written (without the header)
    std::int64_t overwritten = 0;  // events of steps that a resume overwrote: left out, as everywhere
    std::int64_t damagedLines = 0; // lines of events.jsonl that could not be read
    std::int64_t unknownLines = 0; // events of types that this version does not know
};

/// Takes the next piece of the text; an error ends the export.
using CsvSink = std::function<Result<void>(std::string_view)>;

/// Writes the run in `folder` (its events.jsonl) as RFC 4180 CSV with \n line ends: a header of keys, then one line an
/// event in file order. Columns: seq, run, time_ms, elapsed_ms, type, step, the metrics of steps in the order of
/// metrics(), then every further key in the order it first occurs. Numbers are the shortest text that reads back to the
/// same value, with a point in every locale; an empty cell is a key that the event does not have, null a number that is
/// not finite; lists are JSON. Reads the file twice in pieces: memory does not grow with the run. Thread: any.
[[nodiscard]] Result<CsvReport> runCsv(const std::string& folder, const CsvSink& sink);
/// The same into a file, which appears whole or not at all.
[[nodiscard]] Result<CsvReport> writeRunCsv(const std::string& folder, const std::string& path);

} // namespace fettle::run
