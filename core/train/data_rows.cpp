// Rows by number: places of their texts, their tokens, and which of them a step trained.
#include "train/data_rows.h"

#include "base/files.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "data/encode_sample.h"
#include "data/importer.h"
#include "run/data_path.h"
#include "run/run_folder.h"
#include "train/checkpoint.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/run_plan.h"

#include <algorithm>

namespace fettle::train {
namespace {

constexpr std::size_t kLineBytes = 1 << 16; // of a line that words() looks at

Error cancelled() {
    return makeError(ErrorCode::Cancelled, "reading rows was cancelled");
}

// The content of the last message with this role; "" = none.
std::string contentOf(const Json& messages, const char* roleKey, const char* textKey,
                      std::initializer_list<const char*> roles) {
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (!message->is_object() || !message->contains(roleKey) || !message->contains(textKey) ||
            !(*message)[textKey].is_string()) {
            continue;
        }
        for (const char* role : roles) {
            if ((*message)[roleKey] == Json(role)) {
                return (*message)[textKey].get<std::string>();
            }
        }
    }
    return {};
}

std::string askedIn(const Json& row) {
    for (const char* list : {"messages", "conversations", "prompt"}) {
        if (!row.contains(list) || !row[list].is_array()) {
            continue;
        }
        std::string text = contentOf(row[list], "role", "content", {"user"});
        if (text.empty()) {
            text = contentOf(row[list], "from", "value", {"human", "user"});
        }
        if (!text.empty()) {
            return text;
        }
    }
    for (const char* key : {"instruction", "prompt", "question", "text", "input", "completion", "output"}) {
        if (row.contains(key) && row[key].is_string() && !row[key].get_ref<const std::string&>().empty()) {
            return row[key].get<std::string>();
        }
    }
    return {};
}

// One line, blanks joined, cut between characters.
std::string tidied(std::string_view text, std::size_t bytes) {
    const std::string whole = replaceInvalidUtf8(text.substr(0, bytes * 4 + 16));
    std::string out;
    bool blank = false;
    for (std::size_t at = 0; at < whole.size();) {
        const CodePoint point = codePointAt(whole, at);
        const std::string_view bytesOf = std::string_view(whole).substr(at, point.size);
        at += point.size;
        if (point.value <= 0x20 || point.value == 0x7F || point.value == 0xA0) {
            blank = !out.empty();
            continue;
        }
        if (out.size() + bytesOf.size() + (blank ? 1 : 0) > bytes) {
            break;
        }
        if (blank) {
            out += ' ';
            blank = false;
        }
        out += bytesOf;
    }
    return out;
}

// Tokens [begin, end) of a row.
void keepRange(text::EncodedRow& row, std::size_t begin, std::size_t end) {
    const auto cut = [&](auto& values) {
        if (!values.empty()) {
            values.erase(values.begin() + static_cast<std::ptrdiff_t>(end), values.end());
            values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(begin));
        }
    };
    cut(row.ids);
    cut(row.labels);
    cut(row.spans);
    cut(row.message);
}

text::TrainOn trainOnOf(const std::string& name) {
    if (name == "last_assistant") {
        return text::TrainOn::LastAssistant;
    }
    return name == "all" ? text::TrainOn::All : text::TrainOn::Assistant;
}

// Every text of a row, for oddText().
void eachText(const Json& value, OddText& out) {
    if (value.is_string()) {
        const OddText one = oddText(value.get_ref<const std::string&>());
        out.control += one.control;
        out.replacement += one.replacement;
        out.invisible += one.invisible;
        out.longestRun = std::max(out.longestRun, one.longestRun);
    } else if (value.is_array() || value.is_object()) {
        for (const Json& part : value) {
            eachText(part, out);
        }
    }
}

} // namespace

std::string firstWords(std::string_view line, std::size_t bytes) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ' || line.back() == ',')) {
        line.remove_suffix(1); // an element of an array that stands on its own line
    }
    if (line.size() < kLineBytes && line.find('{') != std::string_view::npos) {
        if (const auto row = parseJson(line); row && row->is_object()) {
            if (const std::string asked = askedIn(*row); !asked.empty()) {
                return tidied(asked, bytes);
            }
        }
    }
    return tidied(line, bytes);
}

std::string RowPlaces::words(std::int64_t sample, std::size_t bytes) const {
    if (sample < 0 || static_cast<std::size_t>(sample) >= places.size()) {
        return {};
    }
    const Place& place = places[static_cast<std::size_t>(sample)];
    if (place.file < 0) {
        return {};
    }
    const auto file = MappedFile::open(files[static_cast<std::size_t>(place.file)]);
    if (!file || static_cast<std::size_t>(place.offset) >= file->text().size()) {
        return {};
    }
    const std::string_view rest = file->text().substr(static_cast<std::size_t>(place.offset), kLineBytes);
    return firstWords(rest.substr(0, rest.find('\n')), bytes);
}

Result<RowPlaces> findRowPlaces(const recipe::Recipe& recipe, const std::string& baseFolder, std::stop_token stop,
                                const std::function<void(std::int64_t)>& progress) {
    RowPlaces out;
    std::int64_t firstId = 0;
    for (const std::string& entry : recipe.data.train) {
        FETTLE_TRY_VALUE(const std::string path, run::resolveDataPath(entry, baseFolder));
        data::ImportOptions options;
        options.format = recipe.data.format;
        options.stop = stop;
        options.firstId = firstId;
        // First the line of each row in `offset`; the lines' places follow from one pass over the bytes.
        const std::size_t begin = out.places.size();
        auto report = data::importRows(path, options, [&](data::Sample&& sample) {
            if (out.files.empty() || out.files.back() != sample.file) {
                out.files.push_back(sample.file);
            }
            out.places.push_back({static_cast<std::int32_t>(out.files.size()) - 1, sample.line});
            if (progress && sample.id % 1024 == 0) {
                progress(sample.id + 1);
            }
            return !stop.stop_requested();
        });
        if (stop.stop_requested()) {
            return cancelled();
        }
        if (!report) {
            return std::move(report).error();
        }
        firstId += report->goodRows;
        for (std::size_t row = begin; row < out.places.size();) {
            const std::int32_t fileIndex = out.places[row].file;
            FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(out.files[static_cast<std::size_t>(fileIndex)]));
            const std::string_view text = file.text();
            std::int64_t line = 1;
            std::size_t offset = 0;
            for (; row < out.places.size() && out.places[row].file == fileIndex; ++row) {
                while (line < out.places[row].offset) {
                    const std::size_t end = text.find('\n', offset);
                    if (end == std::string_view::npos) {
                        break;
                    }
                    offset = end + 1;
                    ++line;
                }
                out.places[row].offset = static_cast<std::int64_t>(offset);
            }
        }
    }
    return out;
}

OddText oddText(std::string_view utf8) {
    OddText out;
    char32_t before = 0;
    std::int64_t run = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const CodePoint point = codePointAt(utf8, at);
        at += point.size;
        const char32_t c = point.value;
        if (c == 0xFFFD) {
            ++out.replacement;
        } else if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || (c >= 0x7F && c < 0xA0)) {
            ++out.control;
        } else if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
                   c == 0xFEFF || (c >= 0xE000 && c <= 0xF8FF)) {
            ++out.invisible;
        }
        run = c == before ? run + 1 : 1;
        before = c;
        if (c != ' ' && c != '\n' && c != '\t') {
            out.longestRun = std::max(out.longestRun, run);
        }
    }
    return out;
}

Result<std::vector<EncodedSample>> encodeRows(const recipe::Recipe& recipe, const std::string& baseFolder,
                                              const text::TextModel& model, std::vector<std::int64_t> samples,
                                              std::stop_token stop) {
    std::sort(samples.begin(), samples.end());
    samples.erase(std::unique(samples.begin(), samples.end()), samples.end());
    FETTLE_TRY_VALUE(const text::TextModel used, withRecipeTemplate(model, recipe, baseFolder));
    data::SampleEncoding encoding;
    encoding.trainOn = trainOnOf(recipe.data.trainOn);
    encoding.useTemplate = recipe.data.chatTemplate != "none";
    const auto context = static_cast<std::size_t>(recipe.training.context);
    std::vector<EncodedSample> out;
    std::size_t next = 0;
    std::int64_t firstId = 0;
    for (const std::string& entry : recipe.data.train) {
        if (next >= samples.size()) {
            break;
        }
        FETTLE_TRY_VALUE(const std::string path, run::resolveDataPath(entry, baseFolder));
        data::ImportOptions options;
        options.format = recipe.data.format;
        options.stop = stop;
        options.firstId = firstId;
        auto report = data::importRows(path, options, [&](data::Sample&& sample) {
            while (next < samples.size() && samples[next] < sample.id) {
                ++next;
            }
            if (next >= samples.size()) {
                return false;
            }
            if (samples[next] == sample.id) {
                ++next;
                if (auto row = data::encodeSample(used, sample, encoding)) {
                    EncodedSample one;
                    one.sample = sample.id;
                    one.file = sample.file;
                    one.line = sample.line;
                    one.row = std::move(*row);
                    one.tokensBefore = static_cast<std::int64_t>(one.row.ids.size());
                    if (one.row.ids.size() > context) {
                        const bool start = recipe.data.overLong == "cut_start";
                        keepRange(one.row, start ? one.row.ids.size() - context : 0,
                                  start ? one.row.ids.size() : context);
                    }
                    eachText(sample.row, one.odd);
                    out.push_back(std::move(one));
                }
            }
            return next < samples.size() && !stop.stop_requested();
        });
        if (stop.stop_requested()) {
            return cancelled();
        }
        if (!report) {
            return std::move(report).error();
        }
        firstId += report->goodRows;
    }
    return out;
}

Result<std::vector<std::int64_t>> rowsOfStep(const std::string& runFolder, const recipe::Recipe& recipe,
                                             const text::TextModel& model, std::int64_t step, std::stop_token stop) {
    FETTLE_TRY_VALUE(const Json info, run::readRunInfo(runFolder));
    FETTLE_TRY_VALUE(const FrozenSettings frozen, FrozenSettings::fromJson(info.value("frozen", Json::object())));
    FETTLE_TRY_VALUE(const EncodedSplit split, encodeSplit(recipe, recipe.data.train, runFolder, model, stop));
    std::vector<std::int64_t> ids = split.sampleIds;
    if (recipe.data.validationShare > 0) {
        const auto moved =
            heldOutRows(split.sampleIds, recipe.data.validationShare, static_cast<std::uint64_t>(recipe.seed));
        ids.clear();
        for (std::size_t row = 0; row < split.sampleIds.size(); ++row) {
            if (!moved[row]) {
                ids.push_back(split.sampleIds[row]);
            }
        }
    }
    const RowLengths lengths = trainedRowLengths(recipe, split);
    const std::int64_t micro = frozen.microTokens > 0 ? frozen.microTokens : microTokensOf(recipe, false);
    FETTLE_TRY_VALUE(const RunPlan plan, RunPlan::make(recipe, lengths.tokens, lengths.labels, micro));
    if (frozen.packingHash.empty() || hashHex(plan.hash() + split.hash) != frozen.packingHash) {
        return makeError(ErrorCode::InvalidInput, "the training data is no longer what the run was trained on",
                         "Its steps cannot be matched with rows any more.")
            .at(runFolder)
            .forKey("data.train");
    }
    if (step < 1 || step > plan.totalSteps()) {
        return makeError(ErrorCode::NotFound, "the run has no step " + std::to_string(step)).at(runFolder);
    }
    const RunPlan::Place place = plan.placeOf(step - 1);
    const auto steps = plan.epochSteps(place.epoch);
    std::vector<std::int64_t> out;
    for (const auto& micros : steps[static_cast<std::size_t>(place.step)].microBatches) {
        for (const std::int64_t row : micros) {
            out.push_back(ids[static_cast<std::size_t>(row)]);
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace fettle::train
