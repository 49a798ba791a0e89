// Reading and checking a sweep, its points, its files.
#include "train/sweep.h"

#include "base/files.h"
#include "base/numbers.h"
#include "recipe/fields.h"
#include "train/sweep_budget.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;
using recipe::Field;
using recipe::FieldType;

constexpr const char* kKeys[] = {"name", "method", "seed", "max_runs", "max_minutes", "fields"};

Error fault(const std::string& key, std::string message, std::string hint = {}) {
    return makeError(ErrorCode::InvalidInput, std::move(message), std::move(hint)).forKey(key);
}

std::string placeOf(const std::string& field) {
    return "fields." + field;
}

bool isNumeric(const Field& field) {
    return field.type == FieldType::Integer || field.type == FieldType::Number;
}

const char* rangeName(SweepRange range) {
    return range == SweepRange::Choice ? "choice" : range == SweepRange::Uniform ? "uniform" : "log_uniform";
}

Result<SweepField> readRange(SweepField out, const Json& ends, const Json& json) {
    const std::string place = placeOf(out.key);
    if (!ends.is_array() || ends.size() != 2 || !ends[0].is_number() || !ends[1].is_number()) {
        return fault(place + "." + rangeName(out.range), "needs its two ends", "Write [lowest, highest].");
    }
    out.low = ends[0].get<double>();
    out.high = ends[1].get<double>();
    if (const auto steps = json.find("steps"); steps != json.end()) {
        if (!steps->is_number_integer() || steps->get<std::int64_t>() < 2 ||
            steps->get<std::int64_t>() > kMostSweepRuns) {
            return fault(place + ".steps",
                         "is " + dumpJson(*steps) + ", not a whole number from 2 to " + std::to_string(kMostSweepRuns));
        }
        out.steps = steps->get<std::int64_t>();
    }
    return out;
}

Result<SweepField> readField(const std::string& key, const Json& json) {
    SweepField out;
    out.key = key;
    const std::string place = placeOf(key);
    const auto readChoice = [&](const Json& values) -> Result<SweepField> {
        if (!values.is_array() || values.empty()) {
            return fault(place, "needs at least one value", "Write a list of values.");
        }
        out.range = SweepRange::Choice;
        out.values.assign(values.begin(), values.end());
        return out;
    };
    if (json.is_array()) {
        return readChoice(json);
    }
    if (!json.is_object()) {
        return fault(place, "is " + dumpJson(json) + ", not values to choose from",
                     "Write a list, or uniform: [a, b], or log_uniform: [a, b].");
    }
    const Json* ends = nullptr;
    for (const auto& [name, value] : json.items()) {
        if (name == "choice" || name == "uniform" || name == "log_uniform") {
            if (ends != nullptr) {
                return fault(place, "says two ways to choose values", "Keep one of choice, uniform, log_uniform.");
            }
            ends = &value;
            out.range = name == "choice"    ? SweepRange::Choice
                        : name == "uniform" ? SweepRange::Uniform
                                            : SweepRange::LogUniform;
        } else if (name != "steps") {
            return fault(place + "." + name, "is unknown", "Known are choice, uniform, log_uniform and steps.");
        }
    }
    if (ends == nullptr) {
        return fault(place, "does not say where values come from",
                     "Write a list, or uniform: [a, b], or log_uniform: [a, b].");
    }
    return out.range == SweepRange::Choice ? readChoice(*ends) : readRange(out, *ends, json);
}

// What only the recipe's table can tell.
Result<void> checkField(const SweepField& field, SweepMethod method) {
    const std::string place = placeOf(field.key);
    const Field* known = recipe::findField(field.key);
    if (known == nullptr) {
        const std::string near = recipe::nearestKey(field.key);
        return fault(place, "is no field of a recipe", near.empty() ? "" : "Did you mean " + near + "?");
    }
    if (field.key == "output") {
        return fault(place, "every run of a sweep gets its own folder", "Take the field out.");
    }
    if (field.range == SweepRange::Choice) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < field.values.size(); ++i) {
            recipe::Recipe scratch;
            if (auto set = known->set(scratch, field.values[i]); !set) {
                return set.error().forKey(place + "[" + std::to_string(i) + "]");
            }
            if (!seen.insert(dumpJson(known->get(scratch))).second) {
                return fault(place + "[" + std::to_string(i) + "]", dumpJson(field.values[i]) + " stands there twice");
            }
        }
        return {};
    }
    if (!isNumeric(*known)) {
        return fault(place + "." + rangeName(field.range), "is for numbers only", "Write the values as a list.");
    }
    if (!std::isfinite(field.low) || !std::isfinite(field.high) || field.low >= field.high) {
        return fault(place + "." + rangeName(field.range),
                     "goes from " + formatDouble(field.low) + " to " + formatDouble(field.high),
                     "The first end must be the smaller one.");
    }
    if (field.range == SweepRange::LogUniform && field.low <= 0) {
        return fault(place + ".log_uniform", "begins at " + formatDouble(field.low) + ", but has no logarithm there",
                     "Begin above 0, or use uniform.");
    }
    for (const double end : {field.low, field.high}) {
        recipe::Recipe scratch;
        const bool whole = known->type == FieldType::Integer;
        const Json value = whole ? Json(static_cast<std::int64_t>(std::llround(end))) : Json(end);
        if (auto set = known->set(scratch, value); !set) {
            return set.error().forKey(place + "." + rangeName(field.range));
        }
    }
    if (method == SweepMethod::Grid && field.steps == 0) {
        return fault(place + ".steps", "is missing: a grid needs to know how many values the range gives",
                     "Add steps, list the values, or use method: random.");
    }
    return {};
}

// splitmix64: the same numbers everywhere, which the distributions of the standard library do not promise.
class Dice {
public:
    explicit Dice(std::int64_t seed)
        : m_state(static_cast<std::uint64_t>(seed)) {}
    std::uint64_t next() {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; } // [0, 1)
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

private:
    std::uint64_t m_state;
};

// A number of a range at 0 … 1, as its field takes it: whole where it is an integer, five figures where it is not.
Json atShare(const SweepField& field, double share) {
    double value = 0;
    if (share <= 0) {
        value = field.low;
    } else if (share >= 1) {
        value = field.high;
    } else if (field.range == SweepRange::LogUniform) {
        value = std::exp(std::log(field.low) + share * (std::log(field.high) - std::log(field.low)));
    } else {
        value = field.low + share * (field.high - field.low);
    }
    if (recipe::findField(field.key)->type == FieldType::Integer) {
        return static_cast<std::int64_t>(std::llround(value));
    }
    if (value != 0 && share > 0 && share < 1) {
        const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 4);
        value = std::clamp(std::round(value / unit) * unit, field.low, field.high);
        value = parseDouble(formatFixed(value, 15)).valueOr(value); // 2.3400000000000001e-4 reads 0.000234
    }
    return value;
}

std::vector<Json> gridOf(const SweepField& field) {
    if (field.range == SweepRange::Choice) {
        return field.values;
    }
    std::vector<Json> out;
    for (std::int64_t i = 0; i < field.steps; ++i) {
        const Json value = atShare(field, static_cast<double>(i) / static_cast<double>(field.steps - 1));
        if (out.empty() || out.back() != value) { // whole numbers of a narrow range fall together
            out.push_back(value);
        }
    }
    return out;
}

std::string textOf(const std::vector<std::pair<std::string, Json>>& values) {
    std::string out;
    for (const auto& [key, value] : values) {
        out += (out.empty() ? "" : ", ") + key + " " + dumpJson(value);
    }
    return out;
}

Result<SweepPoint> pointOf(std::vector<std::pair<std::string, Json>> values, const recipe::Recipe& base) {
    SweepPoint point;
    point.recipe = base;
    point.recipe.output.clear();
    for (const auto& [key, value] : values) {
        if (auto set = recipe::findField(key)->set(point.recipe, value); !set) {
            return set.error().forKey(placeOf(key));
        }
    }
    if (auto faults = recipe::validate(point.recipe); !faults.empty()) {
        Error first = faults.front();
        first.message += " (with " + textOf(values) + ")";
        return first;
    }
    point.values = std::move(values);
    return point;
}

} // namespace

Result<SweepSpec> sweepFromJson(const Json& json) {
    if (!json.is_object()) {
        return makeError(ErrorCode::InvalidInput, "a sweep is a table of keys: method, fields, max_runs …");
    }
    for (const auto& [key, value] : json.items()) {
        if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
            return fault(key, "is unknown in a sweep",
                         "Known are name, method, seed, max_runs, max_minutes and fields.");
        }
    }
    SweepSpec spec;
    FETTLE_TRY_VALUE(spec.name, jsonString(json, "name", std::string()));
    FETTLE_TRY_VALUE(const std::string method, jsonString(json, "method", std::string("grid")));
    spec.method = method == "grid" ? SweepMethod::Grid : method == "random" ? SweepMethod::Random : SweepMethod::None;
    if (spec.method == SweepMethod::None) {
        return fault("method", "is '" + method + "'", "Write grid or random.");
    }
    FETTLE_TRY_VALUE(spec.seed, jsonInt(json, "seed", 1));
    if (const auto runs = json.find("max_runs"); runs != json.end() && !runs->is_null()) {
        FETTLE_TRY_VALUE(spec.maxRuns, jsonInt(json, "max_runs"));
    }
    if (const auto minutes = json.find("max_minutes"); minutes != json.end() && !minutes->is_null()) {
        FETTLE_TRY_VALUE(spec.maxMinutes, jsonDouble(json, "max_minutes"));
    }
    const auto fields = json.find("fields");
    if (fields == json.end() || !fields->is_object()) {
        return fault("fields", "is missing: it names the recipe's fields and their values",
                     "For example fields: {optimizer.learning_rate: [1e-4, 2e-4]}.");
    }
    for (const auto& [key, value] : fields->items()) {
        FETTLE_TRY_VALUE(SweepField field, readField(key, value));
        spec.fields.push_back(std::move(field));
    }
    return spec;
}

Json sweepToJson(const SweepSpec& spec) {
    Json fields = Json::object();
    for (const SweepField& field : spec.fields) {
        if (field.range == SweepRange::Choice) {
            fields[field.key] = field.values;
            continue;
        }
        Json range = {{rangeName(field.range), {field.low, field.high}}};
        if (field.steps > 0) {
            range["steps"] = field.steps;
        }
        fields[field.key] = std::move(range);
    }
    return {{"name", spec.name},
            {"method", spec.method == SweepMethod::Random ? "random" : "grid"},
            {"seed", spec.seed},
            {"max_runs", spec.maxRuns ? Json(*spec.maxRuns) : Json(nullptr)},
            {"max_minutes", spec.maxMinutes ? Json(*spec.maxMinutes) : Json(nullptr)},
            {"fields", std::move(fields)}};
}

Result<std::vector<SweepPoint>> sweepPoints(const SweepSpec& spec, const recipe::Recipe& base) {
    if (spec.fields.empty()) {
        return fault("fields", "is empty: nothing would differ", "Name at least one field of the recipe.");
    }
    std::set<std::string> keys;
    for (const SweepField& field : spec.fields) {
        if (!keys.insert(field.key).second) {
            return fault(placeOf(field.key), "stands there twice");
        }
        FETTLE_TRY(checkField(field, spec.method));
    }
    if (spec.maxRuns && (*spec.maxRuns < 1 || *spec.maxRuns > kMostSweepRuns)) {
        return fault("max_runs",
                     "is " + std::to_string(*spec.maxRuns) + ", not 1 to " + std::to_string(kMostSweepRuns));
    }
    if (spec.maxMinutes && !(*spec.maxMinutes > 0)) {
        return fault("max_minutes", "is " + formatDouble(*spec.maxMinutes) + ", not above 0");
    }
    std::vector<SweepPoint> points;
    if (spec.method == SweepMethod::Grid) {
        std::vector<std::vector<Json>> values;
        double total = 1;
        for (const SweepField& field : spec.fields) {
            values.push_back(gridOf(field));
            total *= static_cast<double>(values.back().size());
        }
        const double most = static_cast<double>(spec.maxRuns.value_or(kMostSweepRuns));
        if (total > most) {
            return fault("max_runs",
                         "the grid has " + formatFixed(total, 0) + " points, more than " + formatFixed(most, 0),
                         "Give fewer values, raise max_runs, or use method: random.");
        }
        for (std::size_t number = 0; number < static_cast<std::size_t>(total); ++number) {
            std::vector<std::pair<std::string, Json>> chosen(spec.fields.size());
            std::size_t rest = number;
            for (std::size_t i = spec.fields.size(); i-- > 0;) { // the last field changes fastest
                chosen[i] = {spec.fields[i].key, values[i][rest % values[i].size()]};
                rest /= values[i].size();
            }
            FETTLE_TRY_VALUE(SweepPoint point, pointOf(std::move(chosen), base));
            points.push_back(std::move(point));
        }
        return points;
    }
    if (!spec.maxRuns) {
        return fault("max_runs", "is missing: drawing at random has no end of its own", "Write how many runs to make.");
    }
    Dice dice(spec.seed);
    std::set<std::string> drawn;
    for (std::int64_t misses = 0; static_cast<std::int64_t>(points.size()) < *spec.maxRuns && misses < 2000;) {
        std::vector<std::pair<std::string, Json>> chosen;
        for (const SweepField& field : spec.fields) {
            chosen.emplace_back(field.key, field.range == SweepRange::Choice
                                               ? field.values[dice.below(field.values.size())]
                                               : atShare(field, dice.unit()));
        }
        if (!drawn.insert(textOf(chosen)).second) {
            ++misses;
            continue;
        }
        FETTLE_TRY_VALUE(SweepPoint point, pointOf(std::move(chosen), base));
        points.push_back(std::move(point));
    }
    return points;
}

Result<NewSweep> createSweep(const SweepSpec& spec, const recipe::Recipe& base, const SweepOptions& options) {
    FETTLE_TRY_VALUE(const std::vector<SweepPoint> points, sweepPoints(spec, base));
    const std::string baseFolder = options.baseFolder.empty() ? options.projectFolder : options.baseFolder;
    for (const SweepPoint& point : points) { // model and data exist, before anything is written
        FETTLE_TRY(resolveRecipe(point.recipe, baseFolder));
    }
    FETTLE_TRY(makeFolders(options.projectFolder + "/sweeps"));
    NewSweep out;
    for (int number = 1; out.id.empty(); ++number) {
        std::string digits = std::to_string(number);
        digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
        if (!fileExists(sweepFile(options.projectFolder, "sweep-" + digits))) {
            out.id = "sweep-" + digits;
        }
    }
    Json file = {{"version", 1}, {"id", out.id}, {"created_ms", systemClock().unixMs()}};
    file.update(sweepToJson(spec));
    file["base"] = recipe::toJson(base);
    FETTLE_TRY(writeFileAtomic(sweepFile(options.projectFolder, out.id), dumpJsonPretty(file)));
    const RunQueue queue(options.projectFolder);
    for (const SweepPoint& point : points) {
        FETTLE_TRY_VALUE(PrepareOptions place, options.newRun());
        place.baseFolder = baseFolder;
        Json values = Json::object();
        for (const auto& [key, value] : point.values) {
            values[key] = value;
        }
        place.info = {{"sweep", out.id}, {"sweep_values", std::move(values)}};
        FETTLE_TRY_VALUE(std::string folder, prepareRun(point.recipe, place));
        FETTLE_TRY(queue.add(folder, {.place = options.place, .state = options.state}));
        out.folders.push_back(std::move(folder));
    }
    return out;
}

std::optional<double> sweepScore(const run::RunSummary& summary, bool validates) {
    const std::optional<double>& score = validates ? summary.bestValidationLoss : summary.trainLoss;
    return score && std::isfinite(*score) && summary.state != jobs::RunState::Failed ? score : std::nullopt;
}

std::optional<std::size_t> bestOf(const std::vector<SweepRow>& rows) {
    const bool validates = std::any_of(rows.begin(), rows.end(),
                                       [](const SweepRow& row) { return row.summary.bestValidationLoss.has_value(); });
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto score = sweepScore(rows[i].summary, validates);
        if (score && (!best || *score < *sweepScore(rows[*best].summary, validates))) {
            best = i;
        }
    }
    return best;
}

Result<SweepResults> readSweep(const std::string& projectFolder, const std::string& id) {
    const std::string path = sweepFile(projectFolder, id);
    FETTLE_TRY_VALUE(Json json, readJsonFile(path));
    SweepResults out;
    out.id = id;
    const auto base = json.find("base");
    if (!json.is_object() || base == json.end()) {
        return makeError(ErrorCode::Corrupt, "holds no base recipe").at(path).forKey("base");
    }
    auto recipe = recipe::fromJson(*base);
    if (!recipe) {
        recipe.error().file = path;
        return std::move(recipe).error();
    }
    out.base = std::move(recipe).value();
    out.createdMs = jsonInt(json, "created_ms", 0).valueOr(0);
    for (const char* own : {"version", "id", "created_ms", "base"}) {
        json.erase(own);
    }
    auto spec = sweepFromJson(json);
    if (!spec) {
        return spec.error().at(path);
    }
    out.spec = std::move(spec).value();
    std::error_code status;
    std::vector<std::string> folders;
    for (const auto& entry : fs::directory_iterator(projectFolder + "/runs", status)) {
        const auto info = run::readRunInfo(entry.path().string());
        if (info && jsonString(*info, "sweep", std::string()).valueOr(std::string()) == id) {
            folders.push_back(entry.path().string());
        }
    }
    std::sort(folders.begin(), folders.end());
    for (const std::string& folder : folders) {
        SweepRow row;
        auto summary = run::summarise(folder);
        if (!summary) {
            continue; // gone meanwhile
        }
        row.summary = std::move(summary).value();
        if (const auto info = run::readRunInfo(folder)) {
            if (const auto values = info->find("sweep_values"); values != info->end() && values->is_object()) {
                for (const auto& [key, value] : values->items()) {
                    row.values.emplace_back(key, value);
                }
            }
        }
        out.rows.push_back(std::move(row));
    }
    out.best = bestOf(out.rows);
    return out;
}

std::vector<std::string> listSweeps(const std::string& projectFolder) {
    std::vector<std::string> ids;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(projectFolder + "/sweeps", status)) {
        if (entry.path().extension() == ".json") {
            ids.push_back(entry.path().stem().string());
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

Result<std::int64_t> dropWaiting(const std::string& projectFolder, const std::string& id) {
    const RunQueue queue(projectFolder);
    FETTLE_TRY_VALUE(const auto entries, queue.entries());
    std::int64_t dropped = 0;
    for (const QueueEntry& entry : entries) {
        const auto info = run::readRunInfo(entry.folder);
        if (entry.state == QueueState::Started || !info ||
            jsonString(*info, "sweep", std::string()).valueOr(std::string()) != id) {
            continue;
        }
        if (queue.remove(entry.run)) { // Busy: it has begun just now
            ++dropped;
        }
    }
    return dropped;
}

} // namespace fettle::train
