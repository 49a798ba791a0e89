// One split of a recipe as rows of tokens: import, encode, and the rule for rows over the context, with everything that
// is left out counted.
#include "train/preflight.h"

#include "base/hash.h"
#include "data/encode_sample.h"
#include "recipe/row_list.h"
#include "run/data_path.h"
#include "train/model_text.h"

#include <algorithm>
#include <map>

namespace fettle::train {
namespace {

constexpr const char* kCutAway = "every trained token lies beyond the context";

text::TrainOn trainOnOf(const std::string& name) {
    if (name == "last_assistant") {
        return text::TrainOn::LastAssistant;
    }
    return name == "all" ? text::TrainOn::All : text::TrainOn::Assistant;
}

template <class T>
void keepRange(std::vector<T>& values, std::size_t begin, std::size_t end) {
    if (!values.empty()) {
        values.erase(values.begin() + static_cast<std::ptrdiff_t>(end), values.end());
        values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(begin));
    }
}

// Tokens [begin, end) of a row.
text::EncodedRow part(text::EncodedRow row, std::size_t begin, std::size_t end) {
    keepRange(row.ids, begin, end);
    keepRange(row.labels, begin, end);
    keepRange(row.spans, begin, end);
    keepRange(row.message, begin, end);
    if (row.labelCount() == 0 && row.silentReason.empty()) {
        row.silentReason = kCutAway;
    }
    return row;
}

class SplitEncoder {
public:
    SplitEncoder(const recipe::Recipe& recipe, const text::TextModel& model, recipe::RowList leaveOut)
        : m_recipe(recipe)
        , m_model(model)
        , m_leaveOut(std::move(leaveOut)) {
        m_options.trainOn = trainOnOf(recipe.data.trainOn);
        m_options.useTemplate = recipe.data.chatTemplate != "none";
    }

    // The error of a row that ends everything; a row that merely cannot be encoded is counted.
    Result<void> take(const data::Sample& sample) {
        if (m_leaveOut.contains(sample.id)) {
            ++m_out.leftOut;
            return {};
        }
        auto row = data::encodeSample(m_model, sample, m_options);
        if (!row) {
            Error error = std::move(row).error();
            if (error.file.empty()) {
                error.at(sample.file, sample.line);
            }
            if (error.code == ErrorCode::Unsupported || error.code == ErrorCode::OutOfMemory) {
                return error;
            }
            ++m_out.badRows;
            m_out.faults.push_back(data::RowFault{sample.file, sample.line, error.key, "not_encodable", error.message,
                                                  data::Severity::Error});
            if (!m_firstError) {
                m_firstError = std::move(error);
            }
            return {};
        }
        ++m_out.goodRows;
        m_out.bytesWithoutToken += row->bytesWithoutToken;
        const auto length = static_cast<std::int64_t>(row->ids.size());
        m_out.longestRow = std::max(m_out.longestRow, length);
        if (length <= m_recipe.training.context) {
            keep(std::move(*row), sample.id);
            return {};
        }
        return tooLong(std::move(*row), sample);
    }

    Result<EncodedSplit> finish() {
        if (m_out.goodRows == 0 && m_firstError) {
            return *m_firstError;
        }
        std::int64_t most = 0;
        for (const auto& [reason, count] : m_silentReasons) {
            if (count > most) {
                most = count;
                m_out.silentReason = reason;
            }
        }
        m_out.hash = m_hasher.hex();
        return std::move(m_out);
    }

    EncodedSplit& out() { return m_out; }

private:
    void keep(text::EncodedRow row, std::int64_t id) {
        const std::int64_t labels = row.labelCount();
        if (labels == 0) {
            ++m_out.silent;
            m_out.silentRows.push_back(id);
            ++m_silentReasons[row.silentReason];
            return;
        }
        const auto add = [this](const std::vector<std::int32_t>& values) {
            const std::uint64_t count = values.size();
            m_hasher.add(std::string_view(reinterpret_cast<const char*>(&count), sizeof count));
            m_hasher.add(
                std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int32_t)));
        };
        add(row.ids);
        add(row.labels);
        m_out.tokens += static_cast<std::int64_t>(row.ids.size());
        m_out.labelTokens += labels;
        m_out.rows.push_back(std::move(row));
        m_out.sampleIds.push_back(id);
    }

    Result<void> tooLong(text::EncodedRow row, const data::Sample& sample) {
        ++m_out.overLong;
        m_out.overLongRows.push_back(sample.id);
        const auto length = row.ids.size();
        const auto context = static_cast<std::size_t>(m_recipe.training.context);
        const std::string& rule = m_recipe.data.overLong;
        if (rule == "error") {
            return makeError(ErrorCode::InvalidInput,
                             "the row has " + std::to_string(length) + " tokens, the context takes " +
                                 std::to_string(context),
                             "Raise training.context, or choose drop, cut_end, cut_start or split in data.over_long.")
                .at(sample.file, sample.line)
                .forKey("data.over_long");
        }
        if (rule == "cut_end") {
            m_out.cutTokens += static_cast<std::int64_t>(length - context);
            keep(part(std::move(row), 0, context), sample.id);
        } else if (rule == "cut_start") {
            m_out.cutTokens += static_cast<std::int64_t>(length - context);
            keep(part(std::move(row), length - context, length), sample.id);
        } else if (rule == "split") {
            split(row, context, sample.id);
        } else {
            ++m_out.dropped;
        }
        return {};
    }

    // Pieces without a trained token teach nothing: their tokens count as cut. A row that has none at all is silent
    // once.
    void split(const text::EncodedRow& row, std::size_t context, std::int64_t id) {
        if (row.labelCount() == 0) {
            keep(row, id);
            return;
        }
        for (std::size_t begin = 0; begin < row.ids.size(); begin += context) {
            auto piece = part(row, begin, std::min(begin + context, row.ids.size()));
            if (piece.labelCount() == 0) {
                m_out.cutTokens += static_cast<std::int64_t>(piece.ids.size());
            } else {
                keep(std::move(piece), id);
            }
        }
    }

    const recipe::Recipe& m_recipe;
    const text::TextModel& m_model;
    recipe::RowList m_leaveOut;
    data::SampleEncoding m_options;
    EncodedSplit m_out;
    Hasher m_hasher;
    std::map<std::string, std::int64_t> m_silentReasons;
    std::optional<Error> m_firstError;
};

Error cancelled() {
    return makeError(ErrorCode::Cancelled, "encoding was cancelled");
}

} // namespace

Result<EncodedSplit> encodeSplit(const recipe::Recipe& recipe, const std::vector<std::string>& files,
                                 const std::string& baseFolder, const text::TextModel& textModel, std::stop_token stop,
                                 const std::function<void(std::int64_t)>& progress) {
    FETTLE_TRY_VALUE(const text::TextModel model, withRecipeTemplate(textModel, recipe, baseFolder));
    recipe::RowList leaveOut;
    if (files == recipe.data.train && !recipe.data.leaveOut.empty()) {
        auto parsed = recipe::RowList::parse(recipe.data.leaveOut);
        if (!parsed) {
            return std::move(parsed).error().forKey("data.leave_out");
        }
        leaveOut = std::move(*parsed);
    }
    SplitEncoder encoder(recipe, model, std::move(leaveOut));
    std::int64_t done = 0;
    std::int64_t firstId = 0;
    for (const std::string& entry : files) {
        FETTLE_TRY_VALUE(const std::string path, run::resolveDataPath(entry, baseFolder));
        data::ImportOptions options;
        options.format = recipe.data.format;
        options.stop = stop;
        options.firstId = firstId;
        std::optional<Error> fatal;
        auto report = data::importRows(path, options, [&](data::Sample&& sample) {
            if (stop.stop_requested()) {
                return false;
            }
            if (auto taken = encoder.take(sample); !taken) {
                fatal = std::move(taken).error();
                return false;
            }
            if (progress) {
                progress(++done);
            }
            return true;
        });
        if (fatal) {
            return std::move(*fatal);
        }
        if (stop.stop_requested()) {
            return cancelled();
        }
        if (!report) {
            return std::move(report).error();
        }
        FETTLE_TRY(data::requireRows(path, *report));
        firstId += report->goodRows;
        encoder.out().badRows += report->rows - report->goodRows;
        auto& faults = encoder.out().faults;
        faults.insert(faults.end(), report->faults.begin(), report->faults.end());
    }
    return encoder.finish();
}

} // namespace fettle::train
