// Single rows of a run's training data: where their texts lie, and the rows themselves by number. No torch.
#pragma once

#include "base/result.h"
#include "data/sample.h"
#include "recipe/recipe.h"
#include "text/encode.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::train {

/// Where the texts of rows lie, so that a list can show them without keeping them: 16 bytes a row.
struct RowPlaces {
    struct Place {
        std::int32_t file = -1;
        std::int64_t offset = 0; // of the line the row begins with
    };
    std::vector<std::string> files;
    std::vector<Place> places; // by sample id
    /// The beginning of a row's text as its file has it now, on one line, at most `bytes` long and cut between
    /// characters: of JSON rows what is asked (else written), of others the line itself. "" where there is none.
    [[nodiscard]] std::string words(std::int64_t sample, std::size_t bytes) const;
};
/// Reads the training files of a recipe once. `progress(rowsDone)`. Errors: of the files, Cancelled.
[[nodiscard]] Result<RowPlaces> findRowPlaces(const recipe::Recipe& recipe, const std::string& baseFolder,
                                              std::stop_token stop,
                                              const std::function<void(std::int64_t)>& progress = {});
/// What words() makes of one line.
[[nodiscard]] std::string firstWords(std::string_view line, std::size_t bytes);

/// What is odd about a text, counted.
struct OddText {
    std::int64_t control = 0;     // control characters other than line break and tab
    std::int64_t replacement = 0; // U+FFFD: text that was damaged before
    std::int64_t invisible = 0;   // zero width, direction marks, private use
    std::int64_t longestRun = 0;  // of one character, blanks and line breaks aside
    [[nodiscard]] bool any() const { return control + replacement + invisible > 0 || longestRun >= kLongRun; }
    static constexpr std::int64_t kLongRun = 40;
};
[[nodiscard]] OddText oddText(std::string_view utf8);

/// A training row as the model sees it.
struct EncodedSample {
    std::int64_t sample = 0;
    std::string file; // where it stands
    std::int64_t line = 0;
    text::EncodedRow row;          // after the rule for rows over the context; with split the first piece
    std::int64_t tokensBefore = 0; // before that rule
    OddText odd;
};
/// The rows with these numbers, ascending, read from the files of data.train; numbers that are no row are left out.
/// Reading ends with the last of them. Rows that cannot be encoded are left out too.
[[nodiscard]] Result<std::vector<EncodedSample>> encodeRows(const recipe::Recipe& recipe, const std::string& baseFolder,
                                                            const text::TextModel& model,
                                                            std::vector<std::int64_t> samples, std::stop_token stop);

/// Sample ids of the rows that a step trained, found by planning the run again. Error InvalidInput where the data or
/// the recipe are no longer those of the run, NotFound for a step that the run does not have. Encodes the whole split.
[[nodiscard]] Result<std::vector<std::int64_t>> rowsOfStep(const std::string& runFolder, const recipe::Recipe& recipe,
                                                           const text::TextModel& model, std::int64_t step,
                                                           std::stop_token stop);

} // namespace fettle::train
