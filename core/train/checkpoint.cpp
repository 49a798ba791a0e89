// Writing, reading and pruning checkpoint folders.
#include "train/checkpoint.h"

#include "base/files.h"
#include "model/safetensors.h"
#include "run/run_folder.h"
#include "train/stop_conditions.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace fettle::train {
namespace {

constexpr int kStateVersion = 1;

template <class T>
model::TensorToWrite tensorOf(const std::string& name, model::DataType type, std::span<const T> values) {
    return {name, type, {static_cast<std::int64_t>(values.size())}, std::as_bytes(values)};
}

template <class T>
Result<std::vector<T>> readVector(const model::SafetensorsFile& file, const std::string& name, model::DataType type,
                                  const std::string& path) {
    const model::TensorInfo* info = file.find(name);
    if (info == nullptr || info->type != type || info->bytes.size() % sizeof(T) != 0) {
        return makeError(ErrorCode::Corrupt, "tensor " + name + " is missing or has another type",
                         "Resume from an earlier checkpoint.")
            .at(path);
    }
    std::vector<T> out(info->bytes.size() / sizeof(T));
    if (!out.empty()) {
        std::memcpy(out.data(), info->bytes.data(), info->bytes.size());
    }
    return out;
}

Result<void> fillFolder(const std::string& folder, const CheckpointToWrite& data) {
    FETTLE_TRY(makeFolders(folder));
    FETTLE_TRY(model::writePeftAdapter(folder, data.adapter));
    std::vector<model::TensorToWrite> tensors;
    tensors.push_back(tensorOf("exp_avg", model::DataType::F32, data.firstMoment));
    tensors.push_back(tensorOf("exp_avg_sq", model::DataType::F32, data.secondMoment));
    tensors.push_back(tensorOf("row_loss_sums", model::DataType::F64, data.rowLossSums));
    tensors.push_back(tensorOf("row_loss_counts", model::DataType::I32, data.rowLossCounts));
    FETTLE_TRY(model::writeSafetensors(folder + "/state.safetensors", std::move(tensors)));

    const TrainState& state = data.state;
    Json json = Json::object();
    json["version"] = kStateVersion;
    json["step"] = state.step;
    json["epoch"] = state.epoch;
    json["step_in_epoch"] = state.stepInEpoch;
    json["optimizer_steps"] = state.optimizerSteps;
    json["total_steps"] = state.totalSteps;
    json["tokens"] = state.tokensDone;
    json["validation_loss"] = state.validationLoss ? Json(*state.validationLoss) : Json(nullptr);
    json["best"] = state.best;
    json["best_loss"] = state.bestLoss ? Json(*state.bestLoss) : Json(nullptr);
    json["best_step"] = state.bestStep;
    json["evaluations_since_best"] = state.evaluationsSinceBest;
    json["recent_losses"] = state.recentLosses;
    json["frozen"] = state.frozen.toJson();
    // Last: a folder without state.json is no checkpoint.
    return writeFileAtomic(folder + "/state.json", dumpJsonPretty(json));
}

// state.json goes first: what is left if we are killed in between is no checkpoint any more.
Result<void> removeCheckpoint(const std::string& folder) {
    FETTLE_TRY(removeAll(folder + "/state.json"));
    return removeAll(folder);
}

std::optional<double> optionalNumber(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? std::optional<double>(found->get<double>()) : std::nullopt;
}

} // namespace

Json FrozenSettings::toJson() const {
    Json json = Json::object();
    json["threads"] = threads;
    json["device"] = device;
    json["compute_dtype"] = computeDtype;
    json["recompute"] = recompute;
    json["kernels"] = kernels;
    json["torch"] = torchVersion;
    json["packing_hash"] = packingHash;
    json["micro_tokens"] = microTokens;
    return json;
}

Result<FrozenSettings> FrozenSettings::fromJson(const Json& json) {
    FrozenSettings out;
    FETTLE_TRY_VALUE(const std::int64_t threads, jsonInt(json, "threads"));
    out.threads = static_cast<int>(threads);
    FETTLE_TRY_VALUE(out.device, jsonString(json, "device"));
    FETTLE_TRY_VALUE(out.computeDtype, jsonString(json, "compute_dtype"));
    FETTLE_TRY_VALUE(out.recompute, jsonString(json, "recompute"));
    FETTLE_TRY_VALUE(out.kernels, jsonString(json, "kernels"));
    FETTLE_TRY_VALUE(out.torchVersion, jsonString(json, "torch"));
    FETTLE_TRY_VALUE(out.packingHash, jsonString(json, "packing_hash"));
    FETTLE_TRY_VALUE(out.microTokens, jsonInt(json, "micro_tokens"));
    return out;
}

std::vector<std::string> FrozenSettings::differences(const FrozenSettings& other) const {
    std::vector<std::string> out;
    const Json left = toJson();
    const Json right = other.toJson();
    for (const auto& [key, value] : left.items()) {
        if (value != right.at(key)) {
            const auto plain = [](const Json& v) { return v.is_string() ? v.get<std::string>() : dumpJson(v); };
            out.push_back(key + " " + plain(value) + " → " + plain(right.at(key)));
        }
    }
    return out;
}

std::string checkpointName(std::int64_t step) {
    return "checkpoints/" + run::checkpointName(step);
}

Result<void> writeCheckpoint(const std::string& runFolder, const CheckpointToWrite& data) {
    const std::string final = runFolder + "/" + checkpointName(data.state.step);
    const std::string temporary = final + ".tmp";
    FETTLE_TRY(makeFolders(runFolder + "/checkpoints"));
    FETTLE_TRY(removeAll(temporary));
    auto filled = fillFolder(temporary, data);
    if (filled && folderExists(final)) {
        // The same step again (a resume that went back): the old one goes first, its twin is complete already.
        filled = removeCheckpoint(final);
    }
    if (filled) {
        filled = publishFolder(temporary, final);
    }
    if (!filled) {
        [[maybe_unused]] const auto removed = removeAll(temporary);
    }
    return filled;
}

Result<CheckpointData> readCheckpoint(const std::string& folder) {
    CheckpointData out;
    const std::string jsonPath = folder + "/state.json";
    FETTLE_TRY_VALUE(const Json json, readJsonFile(jsonPath));
    const auto integers = [&](std::initializer_list<std::pair<const char*, std::int64_t*>> fields) -> Result<void> {
        for (const auto& [key, target] : fields) {
            auto value = jsonInt(json, key);
            if (!value) {
                value.error().code = ErrorCode::Corrupt;
                return value.error().at(jsonPath);
            }
            *target = *value;
        }
        return {};
    };
    TrainState& state = out.state;
    FETTLE_TRY(integers({{"step", &state.step},
                         {"epoch", &state.epoch},
                         {"step_in_epoch", &state.stepInEpoch},
                         {"optimizer_steps", &state.optimizerSteps},
                         {"total_steps", &state.totalSteps},
                         {"tokens", &state.tokensDone},
                         {"best_step", &state.bestStep},
                         {"evaluations_since_best", &state.evaluationsSinceBest}}));
    state.validationLoss = optionalNumber(json, "validation_loss");
    state.bestLoss = optionalNumber(json, "best_loss");
    state.best = jsonBool(json, "best", false).valueOr(false);
    for (const Json& loss : json.value("recent_losses", Json::array())) {
        if (loss.is_number()) {
            noteLoss(state.recentLosses, loss.get<double>());
        }
    }
    auto frozen = FrozenSettings::fromJson(json.value("frozen", Json::object()));
    if (!frozen) {
        return frozen.error().at(jsonPath);
    }
    state.frozen = std::move(*frozen);

    FETTLE_TRY_VALUE(out.adapter, model::readPeftAdapter(folder));
    const std::string tensorPath = folder + "/state.safetensors";
    FETTLE_TRY_VALUE(const auto file, model::openSafetensors(tensorPath));
    FETTLE_TRY_VALUE(out.firstMoment, readVector<float>(*file, "exp_avg", model::DataType::F32, tensorPath));
    FETTLE_TRY_VALUE(out.secondMoment, readVector<float>(*file, "exp_avg_sq", model::DataType::F32, tensorPath));
    FETTLE_TRY_VALUE(out.rowLossSums, readVector<double>(*file, "row_loss_sums", model::DataType::F64, tensorPath));
    FETTLE_TRY_VALUE(out.rowLossCounts,
                     readVector<std::int32_t>(*file, "row_loss_counts", model::DataType::I32, tensorPath));
    return out;
}

std::int64_t pruneCheckpoints(const std::string& runFolder, std::int64_t keepLast, bool keepBest) {
    const auto checkpoints = run::listCheckpoints(runFolder); // oldest first
    std::int64_t best = -1;
    for (std::size_t i = 0; i < checkpoints.size(); ++i) {
        if (checkpoints[i].best) {
            best = static_cast<std::int64_t>(i);
        }
    }
    std::int64_t failed = 0;
    const auto count = static_cast<std::int64_t>(checkpoints.size());
    for (std::int64_t i = 0; i < count - std::max<std::int64_t>(1, keepLast); ++i) {
        if (keepBest && i == best) {
            continue;
        }
        if (!removeCheckpoint(checkpoints[static_cast<std::size_t>(i)].path)) {
            ++failed;
        }
    }
    return failed;
}

} // namespace fettle::train
