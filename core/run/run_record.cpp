// Reading and writing the record of a run.
#include "run/run_record.h"

#include "base/hash.h"
#include "base/numbers.h"
#include "run/run_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <thread>

#include <sys/utsname.h>

namespace fettle::run {
namespace {

constexpr std::array<std::string_view, 16> kInstructions{
    "sse4_2",      "avx",      "f16c",     "fma",      "avx2",     "avx512f",     "avx512bw", "avx512_vnni",
    "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16", "avx512_fp16", "neon",     "asimd"};

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\"");
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(" \t\r\"") - begin + 1);
}

// take(key, value) for each line "key: value" or "key=value".
template <class Take>
void eachLine(std::string_view text, char separator, Take take) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (const auto at = line.find(separator); at != std::string_view::npos) {
            take(trimmed(line.substr(0, at)), trimmed(line.substr(at + 1)));
        }
    }
}

std::string textAt(const Json& json, const char* key) {
    return jsonString(json, key, std::string()).valueOr({});
}
std::int64_t countAt(const Json& json, const char* key) {
    return jsonInt(json, key, 0).valueOr(0);
}
std::uint64_t bytesAt(const Json& json, const char* key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, countAt(json, key)));
}
const Json& objectAt(const Json& json, const char* key) {
    static const Json empty = Json::object();
    const auto found = json.find(key);
    return found != json.end() && found->is_object() ? *found : empty;
}

std::string shellWord(const std::string& word) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
    });
    if (plain) {
        return word;
    }
    std::string out = "'";
    for (const char c : word) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + '\'';
}

std::string cleanFolder(const std::string& folder) {
    const auto path = std::filesystem::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).string();
}

void takeEvents(const RunHistory& history, RunRecord& record) {
    double milliseconds = 0;
    double timedTokens = 0;
    for (const RunEvent& event : history.events) {
        record.seconds = std::max(record.seconds, static_cast<double>(event.elapsedMs) / 1000);
        if (const auto* step = std::get_if<StepMetrics>(&event.body)) {
            ++record.steps;
            record.tokens += step->tokens;
            record.peakBytes = std::max(record.peakBytes, step->peakBytes);
            if (step->devicePeakBytes) {
                record.devicePeakBytes = std::max(record.devicePeakBytes.value_or(0), *step->devicePeakBytes);
            }
            if (step->stepMs > 0) { // also keeps NaN out
                milliseconds += step->stepMs;
                timedTokens += static_cast<double>(step->tokens);
            }
        } else if (const auto* state = std::get_if<StateChanged>(&event.body)) {
            record.resumes += state->fromStep.has_value() ? 1 : 0;
        } else if (const auto* line = std::get_if<LogLine>(&event.body)) {
            if (line->text.find("not bit-reproducible") != std::string::npos) {
                record.bitReproducible = false;
                record.notReproducible.push_back(line->text);
            }
        } else if (const auto* change = std::get_if<RecipeChanged>(&event.body)) {
            record.bitReproducible = false;
            record.notReproducible.push_back(change->key + " was changed from " + dumpJson(change->from) + " to " +
                                             dumpJson(change->to) + " after step " + std::to_string(change->step) +
                                             "; the command trains with the first value to the end.");
        }
    }
    if (milliseconds > 0) {
        record.tokensPerSecond = timedTokens * 1000 / milliseconds;
    }
}

std::string besides(const std::string& actual, const std::string& predicted) {
    return actual + " (predicted " + predicted + ")";
}

} // namespace

MachineInfo machineFrom(std::string_view cpuinfo, std::string_view meminfo, std::string_view osRelease) {
    MachineInfo machine;
    std::set<std::pair<std::string, std::string>> cores;
    std::string package;
    std::set<std::string, std::less<>> flags;
    eachLine(cpuinfo, ':', [&](std::string_view key, std::string_view value) {
        if (key == "processor") {
            ++machine.threads;
        } else if (key == "model name" && machine.cpu.empty()) {
            machine.cpu = value;
        } else if (key == "physical id") {
            package = value;
        } else if (key == "core id") {
            cores.emplace(package, std::string(value));
        } else if ((key == "flags" || key == "Features") && flags.empty()) {
            while (!value.empty()) {
                const auto end = std::min(value.find(' '), value.size());
                flags.emplace(value.substr(0, end));
                value.remove_prefix(std::min(end + 1, value.size()));
            }
        }
    });
    machine.cores = static_cast<std::int64_t>(cores.size());
    for (const std::string_view name : kInstructions) {
        if (flags.contains(name)) {
            machine.instructions.emplace_back(name);
        }
    }
    eachLine(meminfo, ':', [&](std::string_view key, std::string_view value) {
        if (key == "MemTotal") {
            const auto kilobytes = parseInt(value.substr(0, value.find(' ')));
            machine.memoryBytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, kilobytes.valueOr(0))) * 1024;
        }
    });
    eachLine(osRelease, '=', [&](std::string_view key, std::string_view value) {
        if (key == "PRETTY_NAME") {
            machine.system = value;
        }
    });
    return machine;
}

MachineInfo thisMachine() {
    const auto text = [](const char* path) { return readFile(path).valueOr({}); };
    MachineInfo machine = machineFrom(text("/proc/cpuinfo"), text("/proc/meminfo"), text("/etc/os-release"));
    if (machine.threads == 0) {
        machine.threads = static_cast<std::int64_t>(std::thread::hardware_concurrency());
    }
    utsname name{};
    if (::uname(&name) == 0) {
        machine.kernel = name.release;
    }
    return machine;
}

Json toJson(const MachineInfo& machine) {
    return {{"cpu", machine.cpu},
            {"threads", machine.threads},
            {"cores", machine.cores},
            {"instructions", machine.instructions},
            {"memory_bytes", machine.memoryBytes},
            {"system", machine.system},
            {"kernel", machine.kernel}};
}

MachineInfo machineFromJson(const Json& json) {
    MachineInfo machine;
    machine.cpu = textAt(json, "cpu");
    machine.threads = countAt(json, "threads");
    machine.cores = countAt(json, "cores");
    if (const auto found = json.find("instructions"); found != json.end() && found->is_array()) {
        for (const Json& name : *found) {
            if (name.is_string()) {
                machine.instructions.push_back(name.get<std::string>());
            }
        }
    }
    machine.memoryBytes = bytesAt(json, "memory_bytes");
    machine.system = textAt(json, "system");
    machine.kernel = textAt(json, "kernel");
    return machine;
}

Json toJson(const Prediction& prediction) {
    return {{"peak_bytes", prediction.peakBytes},
            {"seconds", prediction.seconds},
            {"tokens_per_s", prediction.tokensPerSecond},
            {"steps", prediction.steps},
            {"speed_measured", prediction.speedMeasured}};
}

std::string recipeHash(const Json& recipe) {
    Json settings = recipe;
    if (settings.is_object()) {
        settings.erase("output");
    }
    return hashHex(dumpJson(settings));
}

Result<RunRecord> readRunRecord(const std::string& folder) {
    FETTLE_TRY_VALUE(const RunHistory history, readRun(folder));
    FETTLE_TRY_VALUE(const RunSummary summary, summarise(folder));
    FETTLE_TRY_VALUE(const Json recipe, readJsonFile(folder + "/recipe.json"));
    const Json info = readRunInfo(folder).valueOr(Json::object());
    RunRecord record;
    record.id = summary.id;
    record.name = summary.name;
    record.state = jobs::runStateName(summary.state);
    record.startedMs = summary.startedMs;
    record.endedMs = summary.endedMs;
    record.totalSteps = summary.totalSteps;
    record.version = textAt(info, "version");
    record.recipeHash = recipeHash(recipe);
    const Json& frozen = objectAt(info, "frozen");
    record.torch = textAt(frozen, "torch");
    record.device = textAt(frozen, "device");
    record.computeDtype = textAt(frozen, "compute_dtype");
    record.kernels = textAt(frozen, "kernels");
    record.recompute = textAt(frozen, "recompute");
    record.threads = countAt(frozen, "threads");
    record.microTokens = countAt(frozen, "micro_tokens");
    record.packingHash = textAt(frozen, "packing_hash");
    if (const Json& machine = objectAt(info, "machine"); !machine.empty()) {
        record.machine = machineFromJson(machine);
    }
    const Json& data = objectAt(info, "data");
    record.dataHash = textAt(data, "hash");
    record.rows = countAt(data, "rows");
    record.tokensAnEpoch = countAt(data, "tokens");
    if (const Json& predicted = objectAt(info, "predicted"); !predicted.empty()) {
        record.predicted = Prediction{bytesAt(predicted, "peak_bytes"), jsonDouble(predicted, "seconds", 0).valueOr(0),
                                      jsonDouble(predicted, "tokens_per_s", 0).valueOr(0), countAt(predicted, "steps"),
                                      jsonBool(predicted, "speed_measured", false).valueOr(false)};
    }
    takeEvents(history, record);
    return record;
}

Json toJson(const RunRecord& record) {
    Json json = {{"fettle", record.version},
                 {"torch", record.torch},
                 {"machine", record.machine ? toJson(*record.machine) : Json(nullptr)},
                 {"device", record.device},
                 {"compute_dtype", record.computeDtype},
                 {"kernels", record.kernels},
                 {"recompute", record.recompute},
                 {"threads", record.threads},
                 {"micro_tokens", record.microTokens},
                 {"recipe_hash", record.recipeHash},
                 {"data_hash", record.dataHash},
                 {"packing_hash", record.packingHash},
                 {"rows", record.rows},
                 {"tokens_an_epoch", record.tokensAnEpoch},
                 {"predicted", record.predicted ? toJson(*record.predicted) : Json(nullptr)}};
    json["actual"] = {{"peak_bytes", record.peakBytes},
                      {"seconds", record.seconds},
                      {"tokens_per_s", record.tokensPerSecond ? Json(*record.tokensPerSecond) : Json(nullptr)},
                      {"steps", record.steps},
                      {"tokens", record.tokens}};
    if (record.devicePeakBytes) {
        json["actual"]["device_peak_bytes"] = *record.devicePeakBytes;
    }
    json["resumes"] = record.resumes;
    json["bit_reproducible"] = record.bitReproducible;
    return json;
}

std::vector<std::pair<std::string, std::string>> recordLines(const RunRecord& record) {
    std::vector<std::pair<std::string, std::string>> lines;
    const auto add = [&lines](const char* name, std::string value) {
        if (!value.empty()) {
            lines.emplace_back(name, std::move(value));
        }
    };
    const auto joined = [](const std::vector<std::string>& words, const char* between) {
        std::string out;
        for (const std::string& word : words) {
            out += (out.empty() || word.empty() ? "" : between) + word;
        }
        return out;
    };
    if (record.machine) {
        const MachineInfo& machine = *record.machine;
        std::string processor = machine.cpu;
        if (machine.threads > 0) {
            processor += (processor.empty() ? "" : ", ") + std::to_string(machine.threads) +
                         (machine.threads == 1 ? " thread" : " threads");
        }
        if (machine.cores > 0) {
            processor += " on " + std::to_string(machine.cores) + (machine.cores == 1 ? " core" : " cores");
        }
        add("processor", processor);
        add("instructions", joined(machine.instructions, " "));
        add("memory", machine.memoryBytes > 0 ? formatBytes(machine.memoryBytes) : std::string());
        add("system", joined({machine.system, machine.kernel.empty() ? "" : "kernel " + machine.kernel}, ", "));
    }
    add("versions", joined({"Fettle " + record.version, record.torch.empty() ? "" : "LibTorch " + record.torch}, ", "));
    if (!record.device.empty()) {
        add("computed on", joined({record.device, record.computeDtype, record.kernels,
                                   std::to_string(record.threads) + (record.threads == 1 ? " thread" : " threads")},
                                  ", "));
    }
    add("recipe", record.recipeHash);
    add("data", record.dataHash.empty() ? record.packingHash : record.dataHash);
    const auto& guess = record.predicted;
    const std::uint64_t peak = record.devicePeakBytes.value_or(record.peakBytes);
    if (peak > 0) {
        add("peak memory", guess ? besides(formatBytes(peak), formatBytes(guess->peakBytes)) : formatBytes(peak));
    }
    if (record.steps > 0) {
        const std::string time = formatDuration(record.seconds);
        add("time", guess && guess->seconds > 0 ? besides(time, formatDuration(guess->seconds)) : time);
        const std::string steps = std::to_string(record.steps);
        add("steps", guess && guess->steps > 0 ? besides(steps, std::to_string(guess->steps)) : steps);
    }
    if (record.tokensPerSecond) {
        const std::string speed = formatFixed(*record.tokensPerSecond, 0) + " tokens/s";
        add("speed", guess && guess->tokensPerSecond > 0
                         ? besides(speed, formatFixed(guess->tokensPerSecond, 0) + " tokens/s")
                         : speed);
    }
    if (record.resumes > 0) {
        add("resumed", std::to_string(record.resumes) + (record.resumes == 1 ? " time" : " times") +
                           (record.bitReproducible ? "" : ", not bit-reproducible"));
    }
    return lines;
}

Result<std::vector<std::string>> reproduceArguments(const std::string& folder) {
    const std::string run = cleanFolder(folder);
    FETTLE_TRY_VALUE(const Json recipe, readJsonFile(run + "/recipe.json"));
    if (!recipe.is_object()) {
        return makeError(ErrorCode::Corrupt, "is not an object").at(run + "/recipe.json");
    }
    std::string output = run + "-again";
    for (int number = 2; fileExists(output); ++number) {
        output = run + "-again-" + std::to_string(number);
    }
    std::vector<std::string> words{"train", "--recipe", run + "/recipe.json", "--set", "output=" + output};
    const auto info = readRunInfo(run);
    const Json& frozen = objectAt(info ? *info : recipe, "frozen");
    const Json& training = objectAt(recipe, "training");
    // What the engine chose where the recipe says auto (written as null, "auto" or 0).
    for (const char* key : {"threads", "device", "compute_dtype", "recompute", "micro_tokens"}) {
        const auto chosen = frozen.find(key);
        const auto written = training.find(key);
        const bool automatic = written == training.end() || written->is_null() || *written == "auto" || *written == 0;
        if (chosen != frozen.end() && automatic && (chosen->is_string() || chosen->is_number_integer())) {
            words.emplace_back("--set");
            words.push_back(std::string("training.") + key + '=' +
                            (chosen->is_string() ? chosen->get<std::string>() : dumpJson(*chosen)));
        }
    }
    return words;
}

Result<std::string> reproduceCommand(const std::string& folder) {
    FETTLE_TRY_VALUE(const std::vector<std::string> words, reproduceArguments(folder));
    std::string line = "fettle";
    for (const std::string& word : words) {
        line += ' ' + shellWord(word);
    }
    return line;
}

} // namespace fettle::run
