// adapter_config.json and the rules by which PEFT picks modules, ranks and scales. Patterns come from strangers' files,
// so matching runs under a step limit.
#include "model/peft_rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace fettle::model {
namespace {

constexpr std::uint32_t kMatchSteps = 200'000;
constexpr std::uint32_t kMatchHeapKib = 4096;
constexpr std::size_t kLongestPattern = 4096;

struct Release {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

Result<bool> matches(const std::string& pattern, std::string_view path, std::uint32_t options) {
    if (pattern.size() > kLongestPattern) {
        return makeError(ErrorCode::InvalidInput, "a pattern of " + std::to_string(pattern.size()) + " bytes");
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    const std::unique_ptr<pcre2_code, Release> compiled(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | options, &code, &offset, nullptr));
    if (!compiled) {
        std::array<PCRE2_UCHAR, 256> text{};
        pcre2_get_error_message(code, text.data(), text.size());
        return makeError(ErrorCode::InvalidInput,
                         "the pattern '" + pattern + "' is not valid: " + reinterpret_cast<const char*>(text.data()));
    }
    const std::unique_ptr<pcre2_match_data, Release> data(pcre2_match_data_create(1, nullptr));
    const std::unique_ptr<pcre2_match_context, Release> context(pcre2_match_context_create(nullptr));
    if (!data || !context) {
        return makeError(ErrorCode::OutOfMemory, "no memory for matching a pattern");
    }
    pcre2_set_match_limit(context.get(), kMatchSteps);
    pcre2_set_heap_limit(context.get(), kMatchHeapKib);
    const int result = pcre2_match(compiled.get(), reinterpret_cast<PCRE2_SPTR>(path.data()), path.size(), 0, 0,
                                   data.get(), context.get());
    if (result >= 0) {
        return true;
    }
    if (result == PCRE2_ERROR_NOMATCH) {
        return false;
    }
    return makeError(ErrorCode::InvalidInput, "the pattern '" + pattern + "' takes too many steps to match",
                     "Simplify the pattern.");
}

bool endsInModule(std::string_view path, std::string_view name) {
    return path == name || (path.size() > name.size() && path.substr(path.size() - name.size()) == name &&
                            path[path.size() - name.size() - 1] == '.');
}

const Json* member(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// The number of the layer: the first part of the path that is a number and has a name before and something after it.
std::optional<std::int64_t> layerOf(std::string_view path) {
    std::size_t start = path.find('.');
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    for (start = path.find('.', start + 1); start != std::string_view::npos;) {
        const std::size_t end = path.find('.', start + 1);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view part = path.substr(start + 1, end - start - 1);
        if (!part.empty() && part.size() < 10 &&
            std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            std::int64_t out = 0;
            for (const char c : part) {
                out = out * 10 + (c - '0');
            }
            return out;
        }
        start = end;
    }
    return std::nullopt;
}

Result<bool> layerChosen(const AdapterConfig& config, std::string_view path) {
    const Json* layers = member(config.unknown, "layers_to_transform");
    if (layers == nullptr || (layers->is_array() && layers->empty())) {
        return true;
    }
    std::optional<std::int64_t> layer;
    const Json* patterns = member(config.unknown, "layers_pattern");
    if (patterns == nullptr || patterns->empty()) {
        layer = layerOf(path);
    } else {
        const Json list = patterns->is_array() ? *patterns : Json::array({*patterns});
        for (std::size_t dot = 0; !layer && dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
            // "….PATTERN.NUMBER.…": the first number whose prefix ends in a pattern
            const std::size_t end = path.find('.', dot + 1);
            const std::string_view part = path.substr(dot + 1, end == std::string_view::npos ? end : end - dot - 1);
            if (dot == 0 || end == std::string_view::npos || part.empty() ||
                !std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; })) {
                continue;
            }
            for (const Json& pattern : list) {
                FETTLE_TRY_VALUE(const bool found,
                                 matchesModulePattern(pattern.is_string() ? pattern.get<std::string>() : std::string(),
                                                      path.substr(0, dot)));
                if (found) {
                    layer = layerOf("x.y." + std::string(part) + ".z");
                    break;
                }
            }
        }
    }
    if (!layer) {
        return false;
    }
    const Json list = layers->is_array() ? *layers : Json::array({*layers});
    return std::find(list.begin(), list.end(), Json(*layer)) != list.end();
}

Result<bool> excluded(const AdapterConfig& config, std::string_view path) {
    const Json* exclude = member(config.unknown, "exclude_modules");
    if (exclude == nullptr) {
        return false;
    }
    if (exclude->is_string()) {
        return matchesWholePath(exclude->get<std::string>(), path);
    }
    return std::any_of(exclude->begin(), exclude->end(), [&](const Json& name) {
        return name.is_string() && endsInModule(path, name.get<std::string>());
    });
}

/// Keys of a pattern map in the order in which they are tried.
template <class T>
std::vector<std::string> orderedKeys(const std::map<std::string, T>& map, const std::vector<std::string>& order) {
    std::vector<std::string> out;
    for (const std::string& key : order) {
        if (map.count(key) != 0 && std::find(out.begin(), out.end(), key) == out.end()) {
            out.push_back(key);
        }
    }
    for (const auto& [key, value] : map) {
        if (std::find(order.begin(), order.end(), key) == order.end()) {
            out.push_back(key);
        }
    }
    return out;
}

template <class T>
Result<T> byPattern(const std::map<std::string, T>& map, const std::vector<std::string>& order, T fallback,
                    std::string_view path, const char* key) {
    for (const std::string& pattern : orderedKeys(map, order)) {
        auto found = matchesModulePattern(pattern, path);
        if (!found) {
            return std::move(found).error().forKey(key);
        }
        if (found.value()) {
            return map.at(pattern);
        }
    }
    const auto exact = map.find(std::string(path));
    return exact == map.end() ? fallback : exact->second;
}

ModuleScale scaleOf(const AdapterConfig& config, std::int64_t rank, double alpha) {
    const auto r = static_cast<double>(rank);
    return {rank, alpha, rank < 1 ? 0.0 : alpha / (config.rslora ? std::sqrt(r) : r)};
}

} // namespace

Result<bool> matchesModulePattern(const std::string& pattern, std::string_view path) {
    return matches("(.*\\.)?(" + pattern + ")$", path, PCRE2_ANCHORED);
}

Result<bool> matchesWholePath(const std::string& pattern, std::string_view path) {
    return matches(pattern, path, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

Result<ModuleScale> checkedModuleScale(const AdapterConfig& config, std::string_view modulePath) {
    FETTLE_TRY_VALUE(const std::int64_t rank,
                     byPattern(config.rankPattern, config.rankPatternOrder, config.rank, modulePath, "rank_pattern"));
    FETTLE_TRY_VALUE(const double alpha, byPattern(config.alphaPattern, config.alphaPatternOrder, config.alpha,
                                                   modulePath, "alpha_pattern"));
    return scaleOf(config, rank, alpha);
}

ModuleScale moduleScale(const AdapterConfig& config, std::string_view modulePath) {
    const auto rank = byPattern(config.rankPattern, config.rankPatternOrder, config.rank, modulePath, "rank_pattern");
    const auto alpha =
        byPattern(config.alphaPattern, config.alphaPatternOrder, config.alpha, modulePath, "alpha_pattern");
    return scaleOf(config, rank.valueOr(config.rank), alpha.valueOr(config.alpha));
}

Result<bool> checkedTargetsModule(const AdapterConfig& config, std::string_view modulePath) {
    FETTLE_TRY_VALUE(const bool out, excluded(config, modulePath));
    if (out) {
        return false;
    }
    if (config.targetRegex == "all-linear") {
        return !endsInModule(modulePath, "lm_head");
    }
    if (!config.targetRegex.empty()) {
        return matchesWholePath(config.targetRegex, modulePath);
    }
    if (std::find(config.targets.begin(), config.targets.end(), modulePath) != config.targets.end()) {
        return true; // a full path counts whatever its layer
    }
    if (std::none_of(config.targets.begin(), config.targets.end(),
                     [&](const std::string& name) { return endsInModule(modulePath, name); })) {
        return false;
    }
    return layerChosen(config, modulePath);
}

bool targetsModule(const AdapterConfig& config, std::string_view modulePath) {
    return checkedTargetsModule(config, modulePath).valueOr(false);
}

namespace {

Error refused(const std::string& key, const std::string& what) {
    return makeError(ErrorCode::Unsupported, what, "Save the adapter as plain LoRA, rsLoRA or DoRA.").forKey(key);
}

bool isEmpty(const Json& value) {
    return value.is_null() || (value.is_boolean() && !value.get<bool>()) ||
           ((value.is_array() || value.is_object() || value.is_string()) && value.size() == 0) ||
           (value.is_string() && value.get<std::string>().empty());
}

/// Settings that change what the tensors mean. Unknown ones are recognised by the names PEFT gives to its variants.
Result<void> refuseVariants(const Json& json) {
    for (const auto& [key, value] : json.items()) {
        const bool variant =
            (key.rfind("use_", 0) == 0 && key != "use_rslora" && key != "use_dora") ||
            (key.size() > 7 && key.compare(key.size() - 7, 7, "_config") == 0 && key != "runtime_config");
        const bool named = key == "modules_to_save" || key == "lora_bias" || key == "target_parameters" ||
                           key == "trainable_token_indices" || key == "layer_replication" ||
                           key == "alora_invocation_tokens" || key == "fan_in_fan_out";
        if ((variant || named) && !isEmpty(value)) {
            return refused(key, "adapters with " + key + " are not supported");
        }
    }
    FETTLE_TRY_VALUE(const std::string bias, jsonString(json, "bias", std::string("none")));
    if (bias != "none") {
        return refused("bias", "adapters that change biases ('" + bias + "') are not supported");
    }
    if (const Json* start = member(json, "init_lora_weights"); start != nullptr && start->is_string()) {
        const auto name = start->get<std::string>();
        for (const char* moved : {"pissa", "olora", "corda", "loftq", "lora_ga"}) {
            if (name.rfind(moved, 0) == 0) {
                return refused("init_lora_weights",
                               "adapters that start from '" + name + "' change the base model, which is not supported");
            }
        }
    }
    return {};
}

template <class T, class Read>
Result<void> readPatterns(const Json& json, const char* key, std::map<std::string, T>& out,
                          std::vector<std::string>& order, Read read) {
    const Json* patterns = member(json, key);
    if (patterns == nullptr) {
        return {};
    }
    if (!patterns->is_object()) {
        return makeError(ErrorCode::InvalidInput, "must be an object of patterns and numbers").forKey(key);
    }
    for (const auto& [pattern, value] : patterns->items()) {
        if (!read(value, out[pattern])) {
            return makeError(ErrorCode::InvalidInput, "not a usable number").forKey(std::string(key) + '.' + pattern);
        }
        order.push_back(pattern);
    }
    return {};
}

Json numberJson(double value) {
    const bool whole = std::fabs(value) < 1e15 && std::floor(value) == value;
    return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

} // namespace

Result<AdapterConfig> adapterConfigFromJson(const Json& json) {
    if (!json.is_object()) {
        return makeError(ErrorCode::Parse, "must hold an object");
    }
    FETTLE_TRY_VALUE(const std::string kind, jsonString(json, "peft_type"));
    if (kind != "LORA") {
        return refused("peft_type", "adapters of type '" + kind + "' are not supported");
    }
    FETTLE_TRY(refuseVariants(json));
    AdapterConfig out;
    FETTLE_TRY_VALUE(out.baseModel, jsonString(json, "base_model_name_or_path", std::string()));
    FETTLE_TRY_VALUE(out.rank, jsonInt(json, "r", 8));
    FETTLE_TRY_VALUE(out.alpha, jsonDouble(json, "lora_alpha", 8.0));
    FETTLE_TRY_VALUE(out.dropout, jsonDouble(json, "lora_dropout", 0.0));
    FETTLE_TRY_VALUE(out.rslora, jsonBool(json, "use_rslora", false));
    FETTLE_TRY_VALUE(out.dora, jsonBool(json, "use_dora", false));
    if (out.rank < 1 || out.rank > 65536) {
        return makeError(ErrorCode::InvalidInput, "must be a rank from 1 to 65536").forKey("r");
    }
    if (!std::isfinite(out.alpha)) {
        return makeError(ErrorCode::InvalidInput, "must be a number").forKey("lora_alpha");
    }
    if (!(out.dropout >= 0 && out.dropout < 1)) {
        return makeError(ErrorCode::InvalidInput, "must be at least 0 and below 1").forKey("lora_dropout");
    }
    if (const Json* targets = member(json, "target_modules")) {
        if (targets->is_string()) {
            out.targetRegex = targets->get<std::string>();
        } else if (targets->is_array()) {
            for (const Json& name : *targets) {
                if (!name.is_string()) {
                    return makeError(ErrorCode::InvalidInput, "must hold module names").forKey("target_modules");
                }
                out.targets.push_back(name.get<std::string>());
            }
        } else {
            return makeError(ErrorCode::InvalidInput, "must be a list of module names or a pattern")
                .forKey("target_modules");
        }
    }
    FETTLE_TRY(readPatterns(json, "rank_pattern", out.rankPattern, out.rankPatternOrder,
                            [](const Json& value, std::int64_t& rank) {
                                if (!value.is_number_integer() || value < 1 || value > 65536) {
                                    return false;
                                }
                                rank = value.get<std::int64_t>();
                                return true;
                            }));
    FETTLE_TRY(readPatterns(json, "alpha_pattern", out.alphaPattern, out.alphaPatternOrder,
                            [](const Json& value, double& alpha) {
                                if (!value.is_number()) {
                                    return false;
                                }
                                alpha = value.get<double>();
                                return std::isfinite(alpha);
                            }));
    constexpr const char* kKnown[] = {"peft_type",
                                      "base_model_name_or_path",
                                      "r",
                                      "lora_alpha",
                                      "lora_dropout",
                                      "use_rslora",
                                      "use_dora",
                                      "target_modules",
                                      "rank_pattern",
                                      "alpha_pattern"};
    for (const auto& [key, value] : json.items()) {
        if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown)) {
            out.unknown[key] = value;
        }
    }
    return out;
}

Json adapterConfigToJson(const AdapterConfig& config) {
    const auto kept = [&](const char* key) {
        const Json* value = member(config.unknown, key);
        return value == nullptr ? Json() : *value;
    };
    Json ranks = Json::object();
    for (const std::string& pattern : orderedKeys(config.rankPattern, config.rankPatternOrder)) {
        ranks[pattern] = config.rankPattern.at(pattern);
    }
    Json alphas = Json::object();
    for (const std::string& pattern : orderedKeys(config.alphaPattern, config.alphaPatternOrder)) {
        alphas[pattern] = numberJson(config.alphaPattern.at(pattern));
    }
    Json out = Json::object();
    out["alpha_pattern"] = alphas;
    out["auto_mapping"] = nullptr;
    out["base_model_name_or_path"] = config.baseModel.empty() ? Json() : Json(config.baseModel);
    out["bias"] = "none";
    if (!isEmpty(kept("exclude_modules"))) {
        out["exclude_modules"] = kept("exclude_modules"); // only where it says something: older readers refuse the key
    }
    out["fan_in_fan_out"] = false;
    out["inference_mode"] = true;
    out["init_lora_weights"] = true;
    out["layers_pattern"] = kept("layers_pattern");
    out["layers_to_transform"] = kept("layers_to_transform");
    out["lora_alpha"] = numberJson(config.alpha);
    out["lora_dropout"] = config.dropout;
    out["modules_to_save"] = nullptr;
    out["peft_type"] = "LORA";
    out["r"] = config.rank;
    out["rank_pattern"] = ranks;
    out["revision"] = nullptr;
    out["target_modules"] = config.targetRegex.empty() ? Json(config.targets) : Json(config.targetRegex);
    out["task_type"] = "CAUSAL_LM";
    out["use_dora"] = config.dora;
    out["use_rslora"] = config.rslora;
    return out;
}

} // namespace fettle::model
