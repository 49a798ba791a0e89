// trainer_log.jsonl of LLaMA-Factory: one object a line; a resumed or repeated run appends to the same file.
#include "run/foreign_parts.h"

namespace fettle::run {

Result<ForeignLog> readTrainerLog(const std::string& path, std::string_view text) {
    LogBuilder builder("trainer_log", path);
    RowReader rows(builder, "current_steps", {"elapsed_time", "remaining_time"});
    JsonOptions options;
    options.allowNonFinite = true;
    text = withoutMark(text);
    std::int64_t line = 0;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto newline = text.find('\n', begin);
        const bool torn = newline == std::string_view::npos;
        std::string_view row = text.substr(begin, torn ? std::string_view::npos : newline - begin);
        begin = torn ? text.size() : newline + 1;
        ++line;
        if (row.find_first_not_of(" \t\r") == std::string_view::npos) {
            continue;
        }
        JsonParseError fault;
        const auto json = parseJsonDetailed(row, fault, options);
        Error place;
        place.line = line;
        if (json) {
            rows.add(*json, place, {});
            continue;
        }
        Error error = makeError(ErrorCode::Parse, torn ? "the last line is not whole: it is left out"
                                                       : fault.reason + ": the line is left out");
        error.line = line;
        error.column = fault.column;
        error.key = fault.key;
        builder.problem(std::move(error));
    }
    rows.finish();
    return builder.finish();
}

} // namespace fettle::run
