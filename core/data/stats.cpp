// Token counting, distributions and billing.
#include "data/stats.h"

#include "data/formats.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::data {
namespace {

constexpr std::int64_t kRowTokens = 3;     // every row: the frame of the answer to come
constexpr std::int64_t kMessageTokens = 3; // every message: its frame
constexpr std::size_t kShortText = 64;
constexpr std::size_t kShortTexts = 4096;

Json distributionJson(const Distribution& d) {
    Json out = Json::object();
    out["min"] = d.min;
    out["max"] = d.max;
    out["mean"] = d.mean;
    out["median"] = d.median;
    out["p5"] = d.p5;
    out["p95"] = d.p95;
    return out;
}

// Linear interpolation between order statistics (type 7).
template <class T>
double quantileOf(std::span<const T> sorted, double q) {
    if (sorted.empty()) {
        return 0;
    }
    const double place = static_cast<double>(sorted.size() - 1) * q;
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const auto low = static_cast<double>(sorted[below]);
    return low + (place - static_cast<double>(below)) * (static_cast<double>(sorted[above]) - low);
}

} // namespace

double quantile(std::span<const std::int64_t> sorted, double q) {
    return quantileOf(sorted, q);
}

double quantile(std::span<const double> sorted, double q) {
    return quantileOf(sorted, q);
}

Distribution distributionOf(std::vector<std::int64_t> values) {
    Distribution out;
    if (values.empty()) {
        return out;
    }
    std::sort(values.begin(), values.end());
    out.min = values.front();
    out.max = values.back();
    out.mean = static_cast<double>(std::accumulate(values.begin(), values.end(), std::int64_t{0})) /
               static_cast<double>(values.size());
    out.median = quantile(values, 0.5);
    out.p5 = quantile(values, 0.05);
    out.p95 = quantile(values, 0.95);
    return out;
}

std::int64_t defaultEpochs(std::int64_t rows) {
    constexpr std::int64_t usual = 3;
    constexpr std::int64_t fewest = 100;
    constexpr std::int64_t most = 25'000;
    constexpr std::int64_t maxEpochs = 25;
    if (rows <= 0) {
        return 0;
    }
    if (rows * usual < fewest) {
        return std::min(maxEpochs, fewest / rows);
    }
    return rows * usual > most ? std::max<std::int64_t>(1, most / rows) : usual;
}

Result<std::int64_t> RowCounter::tokensOf(const std::string& text) {
    const bool isShort = text.size() <= kShortText;
    if (isShort) {
        if (const auto known = m_short.find(text); known != m_short.end()) {
            return known->second;
        }
    }
    FETTLE_TRY_VALUE(const text::Encoding encoding, m_tokenizer.encode(text));
    const auto count = static_cast<std::int64_t>(encoding.ids.size());
    if (isShort && m_short.size() < kShortTexts) {
        m_short.emplace(text, count);
    }
    return count;
}

Result<void> RowCounter::addMessages(const Json& messages, RowCounts& counts) {
    for (const Json& message : messages) {
        ++counts.messages;
        counts.tokens += kMessageTokens;
        for (const auto& member : message.get_ref<const Json::object_t&>()) {
            if (!member.second.is_string()) {
                continue;
            }
            FETTLE_TRY_VALUE(const std::int64_t tokens, tokensOf(member.second.get_ref<const std::string&>()));
            counts.tokens += tokens + (member.first == "name" ? 1 : 0);
        }
        const Json* content = present(message, "content");
        const Json* role = present(message, "role");
        if (content != nullptr && content->is_string() && role != nullptr && *role == "assistant") {
            FETTLE_TRY_VALUE(const std::int64_t tokens, tokensOf(content->get_ref<const std::string&>()));
            counts.assistantTokens += tokens;
        }
    }
    return {};
}

Result<RowCounts> RowCounter::count(const Sample& sample) {
    RowCounts counts;
    const auto add = [&](const char* key, const char* role) -> Result<void> {
        const Json* value = present(sample.row, key);
        if (value == nullptr) {
            return {};
        }
        if (value->is_string()) {
            Json list = Json::array();
            list.push_back(messageOf(role, *value));
            return addMessages(list, counts);
        }
        return addMessages(*value, counts);
    };
    switch (sample.kind) {
    case SampleKind::Chat:
        counts.tokens = kRowTokens;
        FETTLE_TRY(add("messages", "user"));
        break;
    case SampleKind::Completion:
    case SampleKind::Feedback:
        counts.tokens = kRowTokens;
        FETTLE_TRY(add("prompt", "user"));
        FETTLE_TRY(add("completion", "assistant"));
        break;
    case SampleKind::Preference:
        counts.tokens = kRowTokens;
        FETTLE_TRY(add("prompt", "user"));
        FETTLE_TRY(add("chosen", "assistant"));
        break;
    case SampleKind::PromptOnly:
        counts.tokens = kRowTokens;
        FETTLE_TRY(add("prompt", "user"));
        break;
    case SampleKind::Stepwise: {
        counts.tokens = kRowTokens;
        FETTLE_TRY(add("prompt", "user"));
        Json steps = Json::array();
        for (const Json& step : sample.row["completions"]) {
            steps.push_back(messageOf("assistant", step));
        }
        FETTLE_TRY(addMessages(steps, counts));
        break;
    }
    case SampleKind::Text: {
        FETTLE_TRY_VALUE(counts.tokens, tokensOf(sample.row["text"].get_ref<const std::string&>()));
        counts.messages = 1;
        counts.assistantTokens = counts.tokens;
        break;
    }
    case SampleKind::Ids:
        counts.messages = 1;
        counts.tokens = static_cast<std::int64_t>(sample.row["ids"].size());
        for (const Json& label : sample.row["labels"]) {
            counts.assistantTokens += label.get<std::int64_t>() >= 0 ? 1 : 0;
        }
        break;
    case SampleKind::None:
        break;
    }
    return counts;
}

Result<DataStats> dataStats(const std::string& path, const text::Tokenizer& tokenizer, const StatsOptions& options) {
    DataStats stats;
    stats.billingCap = options.billingCap;
    std::vector<std::int64_t> messages;
    std::vector<std::int64_t> tokens;
    std::vector<std::int64_t> answers;
    RowCounter counter(tokenizer);
    Result<void> failed;
    FETTLE_TRY_VALUE(const ImportReport report, importRows(path, options.import, [&](Sample&& sample) {
                         const auto counts = counter.count(sample);
                         if (!counts) {
                             Error error = counts.error();
                             failed = error.at(sample.file, sample.line);
                             return false;
                         }
                         messages.push_back(counts->messages);
                         tokens.push_back(counts->tokens);
                         answers.push_back(counts->assistantTokens);
                         stats.overCap += counts->tokens > options.billingCap ? 1 : 0;
                         stats.billedTokens += std::min(options.billingCap, counts->tokens);
                         return true;
                     }));
    FETTLE_TRY(std::move(failed));
    stats.format = report.format;
    stats.rows = report.goodRows;
    stats.badRows = report.rows - report.goodRows;
    stats.messages = distributionOf(std::move(messages));
    stats.tokens = distributionOf(std::move(tokens));
    stats.assistantTokens = distributionOf(std::move(answers));
    stats.defaultEpochs = defaultEpochs(stats.rows);
    stats.chargedTokens = stats.defaultEpochs * stats.billedTokens;
    return stats;
}

Json toJson(const DataStats& stats) {
    Json out = Json::object();
    out["rows"] = stats.rows;
    out["bad_rows"] = stats.badRows;
    out["messages"] = distributionJson(stats.messages);
    out["tokens"] = distributionJson(stats.tokens);
    out["assistant_tokens"] = distributionJson(stats.assistantTokens);
    out["over_cap"] = stats.overCap;
    out["cap"] = stats.billingCap;
    out["default_epochs"] = stats.defaultEpochs;
    out["billed_tokens"] = stats.billedTokens;
    out["charged_tokens"] = stats.chargedTokens;
    return out;
}

} // namespace fettle::data
