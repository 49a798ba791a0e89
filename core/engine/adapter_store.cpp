// AdapterStore: lays modules out in flat buffers, fills them by the rules of PEFT's initialisation, and exchanges them
// with PEFT's names.
#include "engine/adapter_store.h"

#include "base/numbers.h"
#include "engine/device.h"
#include "engine/random.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

namespace fettle::engine {
namespace {

constexpr std::array<const char*, kProjections> kPaths = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                          "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                          "mlp.down_proj"};

std::string modulePath(std::int64_t layer, Projection projection) {
    return "model.layers." + std::to_string(layer) + "." + projectionPath(projection);
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + "]";
}

bool meansAllLinear(const model::AdapterConfig& config) {
    if (!config.targets.empty()) {
        return config.targets.size() == 1 && (config.targets[0] == "all_linear" || config.targets[0] == "all-linear");
    }
    return config.targetRegex.empty() || config.targetRegex == "all-linear";
}

model::AdapterConfig withNamedTargets(const model::AdapterConfig& config) {
    model::AdapterConfig named = config;
    if (meansAllLinear(config)) {
        named.targetRegex.clear();
        named.targets.clear();
        for (const char* path : kPaths) {
            named.targets.emplace_back(std::string_view(path).substr(std::string_view(path).find('.') + 1));
        }
    }
    return named;
}

} // namespace

const char* projectionPath(Projection projection) {
    return kPaths.at(static_cast<std::size_t>(projection));
}

ProjectionShape projectionShape(const model::ModelConfig& config, Projection projection) {
    const std::int64_t q = config.heads * config.headDim;
    const std::int64_t kv = config.kvHeads * config.headDim;
    switch (projection) {
    case Projection::Q:
        return {config.hidden, q};
    case Projection::K:
    case Projection::V:
        return {config.hidden, kv};
    case Projection::O:
        return {q, config.hidden};
    case Projection::Gate:
    case Projection::Up:
        return {config.hidden, config.intermediate};
    case Projection::Down:
        return {config.intermediate, config.hidden};
    }
    return {};
}

Result<void> AdapterStore::layOut(const model::ModelConfig& model, const std::string& device) {
    prepareTorch();
    m_device = device;
    m_config = withNamedTargets(m_config);
    if (m_config.rank < 1) {
        return makeError(ErrorCode::InvalidInput, "the adapter rank is " + std::to_string(m_config.rank),
                         "Use a rank of 1 or more.")
            .forKey("adapter.rank");
    }
    if (!(m_config.dropout >= 0 && m_config.dropout < 1)) {
        return makeError(ErrorCode::InvalidInput, "the adapter dropout is " + formatDouble(m_config.dropout),
                         "Use a value from 0 to below 1.")
            .forKey("adapter.dropout");
    }
    std::unordered_set<std::string> unused(m_config.targets.begin(), m_config.targets.end());
    m_index.assign(static_cast<std::size_t>(model.layers), {});
    for (std::int64_t layer = 0; layer < model.layers; ++layer) {
        for (std::size_t p = 0; p < kProjections; ++p) {
            const auto projection = static_cast<Projection>(p);
            auto& slot = m_index[static_cast<std::size_t>(layer)][p];
            slot = -1;
            AdapterModule module;
            module.path = modulePath(layer, projection);
            if (!model::targetsModule(m_config, module.path)) {
                continue;
            }
            for (auto it = unused.begin(); it != unused.end();) {
                const bool used = module.path == *it || module.path.ends_with("." + *it);
                it = used ? unused.erase(it) : std::next(it);
            }
            const model::ModuleScale scale = model::moduleScale(m_config, module.path);
            if (scale.rank < 1) {
                return makeError(ErrorCode::InvalidInput, "rank " + std::to_string(scale.rank) + " for " + module.path,
                                 "Ranks start at 1.")
                    .forKey("adapter.rank_pattern");
            }
            const ProjectionShape shape = projectionShape(model, projection);
            module.layer = layer;
            module.projection = projection;
            module.in = shape.in;
            module.out = shape.out;
            module.rank = scale.rank;
            module.scale = scale.scale;
            slot = static_cast<std::int32_t>(m_modules.size());
            m_modules.push_back(std::move(module));
        }
    }
    if (!unused.empty()) {
        return makeError(ErrorCode::InvalidInput, "no layer of the model is called '" + *unused.begin() + "'",
                         "Targets of this model: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, or "
                         "all_linear.")
            .forKey("adapter.targets");
    }
    if (m_modules.empty()) {
        return makeError(ErrorCode::InvalidInput, "the adapter's targets match no layer of the model",
                         "Targets of this model: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, or "
                         "all_linear.")
            .forKey("adapter.targets");
    }
    // The A's of projections that share an input lie one after the other, so that one product serves them all; each
    // tensor starts at a multiple of 16 floats.
    std::int64_t offset = 0;
    const auto take = [&offset](std::int64_t count) {
        const std::int64_t begin = offset;
        offset += count;
        return begin;
    };
    const auto align = [&offset] { offset = (offset + 15) / 16 * 16; };
    constexpr std::array<std::array<std::size_t, 2>, 4> kGroups = {
        {{0, 3}, {3, 4}, {4, 6}, {6, 7}}}; // q k v | o | gate up | down
    for (auto& index : m_index) {
        for (const auto& group : kGroups) {
            align();
            for (std::size_t p = group[0]; p < group[1]; ++p) {
                if (index[p] >= 0) {
                    AdapterModule& module = m_modules[static_cast<std::size_t>(index[p])];
                    module.aOffset = take(module.rank * module.in);
                }
            }
            for (std::size_t p = group[0]; p < group[1]; ++p) {
                if (index[p] >= 0) {
                    AdapterModule& module = m_modules[static_cast<std::size_t>(index[p])];
                    align();
                    module.bOffset = take(module.out * module.rank);
                    if (m_config.dora) {
                        align();
                        module.magnitudeOffset = take(module.out);
                    }
                }
            }
        }
    }
    align();
    m_count = offset;
    for (std::size_t i = 0; i < m_modules.size(); ++i) {
        const AdapterModule& module = m_modules[i];
        const std::string base = "base_model.model." + module.path + ".";
        m_views.push_back({base + "lora_A.weight",
                           AdapterPart::A,
                           i,
                           {module.rank, module.in},
                           module.aOffset,
                           module.rank * module.in});
        m_views.push_back({base + "lora_B.weight",
                           AdapterPart::B,
                           i,
                           {module.out, module.rank},
                           module.bOffset,
                           module.out * module.rank});
        if (m_config.dora) {
            m_views.push_back({base + "lora_magnitude_vector",
                               AdapterPart::Magnitude,
                               i,
                               {module.out},
                               module.magnitudeOffset,
                               module.out});
        }
    }
    const auto options = at::TensorOptions().dtype(at::kFloat).device(at::Device(device));
    m_parameters = at::zeros({m_count}, options);
    m_gradients = at::zeros({m_count}, options);
    m_staging = at::zeros({m_count}, options);
    return {};
}

Result<std::unique_ptr<AdapterStore>> AdapterStore::create(const model::ModelConfig& model,
                                                           const model::AdapterConfig& adapter, const AdapterInit& init,
                                                           const std::string& device) {
    if (init.method == "pissa") {
        return makeError(ErrorCode::Unsupported, "the start value 'pissa' is not supported yet",
                         "Use 'default' or 'gaussian'.")
            .forKey("adapter.init");
    }
    if (init.method != "default" && init.method != "gaussian") {
        return makeError(ErrorCode::InvalidInput, "unknown start value '" + init.method + "'",
                         "Use 'default' or 'gaussian'.")
            .forKey("adapter.init");
    }
    std::unique_ptr<AdapterStore> store(new AdapterStore());
    store->m_config = adapter;
    FETTLE_TRY(store->layOut(model, device));
    const at::Tensor host = at::zeros({store->m_count}, at::kFloat);
    float* values = host.data_ptr<float>();
    for (std::size_t i = 0; i < store->m_modules.size(); ++i) {
        const AdapterModule& module = store->m_modules[i];
        Random random(init.seed, i); // a stream a module: adding a target leaves the others as they were
        float* a = values + module.aOffset;
        if (init.method == "gaussian") {
            const double deviation = 1.0 / static_cast<double>(module.rank);
            for (std::int64_t n = 0; n < module.rank * module.in; ++n) {
                a[n] = static_cast<float>(deviation * random.normal());
            }
        } else {
            const double bound = 1.0 / std::sqrt(static_cast<double>(module.in)); // Kaiming uniform with a = sqrt 5
            for (std::int64_t n = 0; n < module.rank * module.in; ++n) {
                a[n] = static_cast<float>((2 * random.uniform() - 1) * bound);
            }
        }
    }
    store->m_parameters.copy_(host);
    store->m_magnitudesPending = store->m_config.dora;
    return store;
}

Result<std::unique_ptr<AdapterStore>>
AdapterStore::fromPeft(const model::ModelConfig& model, const model::PeftAdapter& adapter, const std::string& device) {
    std::unique_ptr<AdapterStore> store(new AdapterStore());
    store->m_config = adapter.config;
    FETTLE_TRY(store->layOut(model, device));
    FETTLE_TRY(store->load(adapter));
    return store;
}

Result<void> AdapterStore::load(const model::PeftAdapter& adapter) {
    std::unordered_map<std::string, const model::AdapterTensor*> byName;
    for (const model::AdapterTensor& tensor : adapter.tensors) {
        std::string name = tensor.name;
        // PEFT wrote DoRA magnitudes as "…lora_magnitude_vector" and, for a while, as "…lora_magnitude_vector.weight".
        constexpr std::string_view kOld = ".lora_magnitude_vector.weight";
        if (name.ends_with(kOld)) {
            name.resize(name.size() - std::string_view(".weight").size());
        }
        byName[name] = &tensor;
    }
    const at::Tensor host = at::zeros({m_count}, at::kFloat);
    float* values = host.data_ptr<float>();
    for (const AdapterView& view : m_views) {
        const auto found = byName.find(view.name);
        if (found == byName.end()) {
            return makeError(ErrorCode::InvalidInput, "the adapter has no tensor '" + view.name + "'",
                             "It was made for another model or for other target modules.")
                .forKey(view.name);
        }
        const model::AdapterTensor& tensor = *found->second;
        if (tensor.shape != view.shape || static_cast<std::int64_t>(tensor.values.size()) != view.count) {
            return makeError(ErrorCode::InvalidInput,
                             "'" + view.name + "' has shape " + shapeText(tensor.shape) + ", the model needs " +
                                 shapeText(view.shape),
                             "It was made for another model or with another rank.")
                .forKey(view.name);
        }
        std::memcpy(values + view.offset, tensor.values.data(), tensor.values.size() * sizeof(float));
        byName.erase(found);
    }
    if (!byName.empty()) {
        std::string first = byName.begin()->first;
        for (const auto& [name, tensor] : byName) {
            first = std::min(first, name);
        }
        return makeError(ErrorCode::InvalidInput,
                         "the adapter has " + std::to_string(byName.size()) + " tensors that fit no layer, first '" +
                             first + "'",
                         "It was made for another model or for other target modules.")
            .forKey(first);
    }
    m_parameters.copy_(host);
    m_magnitudesPending = false;
    adapterChanged();
    return {};
}

model::PeftAdapter AdapterStore::toPeft() const {
    model::PeftAdapter adapter;
    adapter.config = m_config;
    const at::Tensor host = m_parameters.to(at::kCPU);
    const float* values = host.const_data_ptr<float>();
    for (const AdapterView& view : m_views) {
        adapter.tensors.push_back(
            {view.name, view.shape, std::vector<float>(values + view.offset, values + view.offset + view.count)});
    }
    return adapter;
}

const AdapterModule* AdapterStore::find(std::int64_t layer, Projection projection) const {
    if (layer < 0 || layer >= static_cast<std::int64_t>(m_index.size())) {
        return nullptr;
    }
    const std::int32_t index = m_index[static_cast<std::size_t>(layer)][static_cast<std::size_t>(projection)];
    return index < 0 ? nullptr : &m_modules[static_cast<std::size_t>(index)];
}

std::span<float> AdapterStore::parameterValues() {
    return m_parameters.is_cpu() ? std::span<float>(m_parameters.data_ptr<float>(), static_cast<std::size_t>(m_count))
                                 : std::span<float>();
}

std::span<float> AdapterStore::gradientValues() {
    return m_gradients.is_cpu() ? std::span<float>(m_gradients.data_ptr<float>(), static_cast<std::size_t>(m_count))
                                : std::span<float>();
}

void AdapterStore::zeroGradients() {
    m_gradients.zero_();
}

} // namespace fettle::engine
