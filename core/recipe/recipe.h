// The recipe: everything that decides a run, as one value. The field table (fields.h) drives JSON, YAML, --set,
// validation, help texts and forms; no key is named twice.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fettle::recipe {

struct DataSection {
    std::vector<std::string> train;      // files, or project:SPLIT
    std::vector<std::string> validation; // the same; empty = none
    double validationShare = 0;          // > 0: that share of the training rows (recipe: validation: 0.05)
    std::string format = "auto";
    std::string chatTemplate = "model"; // key `template`: model, none or a file
    std::string trainOn = "assistant";
    std::string overLong = "drop";
    bool shuffle = true;
    std::vector<std::string> leaveOut; // training rows by number (row_list.h); empty = none
};

struct AdapterSection {
    std::int64_t rank = 16;
    double alpha = 32;
    double dropout = 0;
    std::vector<std::string> targets; // empty = all_linear
    std::map<std::string, std::int64_t> rankPattern;
    std::map<std::string, double> alphaPattern;
    bool rslora = false;
    bool dora = false;
    std::string init = "default";
    std::string initFrom;
    double plusRatio = 1;
};

struct OptimizerSection {
    std::string name = "adamw";
    double learningRate = 2e-4;
    double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, maxGradNorm = 1;
    std::string schedule = "cosine";
    std::optional<std::int64_t> warmupSteps; // wins over the ratio
    double warmupRatio = 0.03;
};

struct TrainingSection {
    double epochs = 3;
    std::optional<std::int64_t> maxSteps; // wins over epochs
    std::int64_t batchTokens = 4096;
    std::optional<std::int64_t> batchRows; // wins over batchTokens
    std::int64_t microTokens = 0;          // 0 = auto
    std::int64_t context = 2048;
    std::string computeDtype = "auto", baseStorage = "auto", recompute = "auto", device = "auto";
    std::int64_t threads = 0; // 0 = auto
};

struct EvaluationSection {
    std::optional<std::int64_t> everySteps;
    double everyEpochs = 1;
    std::vector<std::string> samplePrompts;
    std::optional<std::int64_t> patience;
    std::string metric = "loss";
    bool layerNorms = false;
};

struct CheckpointSection {
    std::optional<std::int64_t> everySteps;
    double everyEpochs = 1;
    std::int64_t keepLast = 2;
    bool keepBest = true;
};

struct StopSection {
    std::optional<double> maxMinutes; // training time without pauses
    std::optional<double> targetLoss;
    double minDiskGb = 0.5; // 0 = does not look
};

struct Recipe {
    std::string model;
    std::string objective = "sft";
    std::int64_t seed = 42;
    std::string output;
    DataSection data;
    AdapterSection adapter;
    OptimizerSection optimizer;
    TrainingSection training;
    EvaluationSection evaluation;
    CheckpointSection checkpoint;
    StopSection stop;
    friend bool operator==(const Recipe&, const Recipe&); // by JSON form
};

} // namespace fettle::recipe
