// Statistics of a data set: how long rows are, how many epochs the hosted service would choose by default and how many
// tokens it would bill, counted as the published data-preparation notebook does.
#pragma once

#include "data/importer.h"
#include "text/tokenizer.h"

#include <span>

namespace fettle::data {

struct Distribution {
    std::int64_t min = 0, max = 0;
    double mean = 0, median = 0;
    double p5 = 0, p95 = 0; // the true 5 % and 95 %
};

/// Quantile by linear interpolation between order statistics (type 7). `sorted` ascending; 0 for an empty list.
[[nodiscard]] double quantile(std::span<const std::int64_t> sorted, double q);
[[nodiscard]] double quantile(std::span<const double> sorted, double q);
[[nodiscard]] Distribution distributionOf(std::vector<std::int64_t> values);

/// Epochs by the notebook's rule: 3, more for few rows (at most 25), fewer for very many. 0 rows: 0.
[[nodiscard]] std::int64_t defaultEpochs(std::int64_t rows);

struct StatsOptions {
    ImportOptions import;
    std::int64_t billingCap = 4096; // tokens of a row that are billed at most
};

struct DataStats {
    std::string format;
    std::int64_t rows = 0;    // counted (good ones)
    std::int64_t badRows = 0; // left out
    Distribution messages, tokens, assistantTokens;
    std::int64_t overCap = 0; // rows longer than billingCap
    std::int64_t billingCap = 0;
    std::int64_t defaultEpochs = 0;
    std::int64_t billedTokens = 0;  // one epoch
    std::int64_t chargedTokens = 0; // all default epochs
};

struct RowCounts {
    std::int64_t messages = 0, tokens = 0, assistantTokens = 0;
};

/// Counts one row. Chats: 3 + for each message 3 + the tokens of every text value + 1 for a name. Prompt and completion
/// count as two messages, a preference as prompt and chosen answer; text: its tokens; ids: their number, trained ones
/// as the assistant's. Errors: of the tokenizer.
class RowCounter {
public:
    explicit RowCounter(const text::Tokenizer& tokenizer)
        : m_tokenizer(tokenizer) {}
    [[nodiscard]] Result<RowCounts> count(const Sample& sample);

private:
    Result<std::int64_t> tokensOf(const std::string& text);
    Result<void> addMessages(const Json& messages, RowCounts& counts);

    const text::Tokenizer& m_tokenizer;
    std::map<std::string, std::int64_t> m_short; // role names and the like, which return in every row
};

/// Reads all of `path`. Errors as importRows, or of the tokenizer, naming the row's line. A file without good rows
/// gives zeros.
[[nodiscard]] Result<DataStats> dataStats(const std::string& path, const text::Tokenizer& tokenizer,
                                          const StatsOptions& options = {});

/// {"rows","messages":{min,max,mean,median,p5,p95},"tokens":{…},"assistant_tokens":{…},"default_epochs","billed_tokens","charged_tokens",…}
[[nodiscard]] Json toJson(const DataStats& stats);

} // namespace fettle::data
