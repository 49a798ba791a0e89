// AdapterStore: the trained numbers of a LoRA (or DoRA) adapter as one flat fp32 buffer, and their gradients as
// another. Views carry the names of PEFT, so that one optimizer call, one clip norm, one all-reduce and one checkpoint
// write serve every module. The model reads working copies made from it (see adapterChanged()).
#pragma once

#include "base/result.h"
#include "model/model_files.h"
#include "model/peft_adapter.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fettle::engine {

/// The linear layers of one decoder block, in the order of the forward pass.
enum class Projection : std::uint8_t { Q = 0, K, V, O, Gate, Up, Down };
inline constexpr std::size_t kProjections = 7;
/// "self_attn.q_proj", …: path inside a block.
[[nodiscard]] const char* projectionPath(Projection projection);
/// Features in and out of a projection.
struct ProjectionShape {
    std::int64_t in = 0, out = 0;
};
[[nodiscard]] ProjectionShape projectionShape(const model::ModelConfig& config, Projection projection);

/// One adapted module. Offsets count floats in the flat buffers; A is [rank, in], B is [out, rank], magnitude [out].
struct AdapterModule {
    std::string path; // "model.layers.0.self_attn.q_proj"
    std::int64_t layer = 0;
    Projection projection = Projection::Q;
    std::int64_t in = 0, out = 0, rank = 0;
    double scale = 0;
    std::int64_t aOffset = 0, bOffset = 0, magnitudeOffset = -1; // -1 without DoRA
};

enum class AdapterPart : std::uint8_t { A = 1, B, Magnitude };

/// One tensor of the adapter, as PEFT names it: "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight".
struct AdapterView {
    std::string name;
    AdapterPart part = AdapterPart::A;
    std::size_t module = 0; // index in modules()
    std::vector<std::int64_t> shape;
    std::int64_t offset = 0, count = 0;
};

struct AdapterInit {
    std::string method =
        "default"; // default: A Kaiming uniform (a = sqrt 5), B zero; gaussian: A normal with deviation 1/rank, B zero
    std::uint64_t seed = 42;
};

/// Thread: owner lane.
class AdapterStore {
public:
    /// Empty `targets` (without targetRegex), "all_linear" or "all-linear" mean all seven projections. Errors name a
    /// target that matches nothing and an init method that is not known (pissa: Unsupported). `device`: "cpu",
    /// "cuda:0". DoRA magnitudes start at the row norms of W + sBA once the model calls setAdapter().
    [[nodiscard]] static Result<std::unique_ptr<AdapterStore>> create(const model::ModelConfig& model,
                                                                      const model::AdapterConfig& adapter,
                                                                      const AdapterInit& init,
                                                                      const std::string& device = "cpu");
    /// Modules, ranks and values of an adapter read from disk. Errors name the tensor that is missing, unknown or of
    /// the wrong shape.
    [[nodiscard]] static Result<std::unique_ptr<AdapterStore>>
    fromPeft(const model::ModelConfig& model, const model::PeftAdapter& adapter, const std::string& device = "cpu");

    /// Replaces all values by those of `adapter`, which must have the very same tensors. Counts as adapterChanged().
    [[nodiscard]] Result<void> load(const model::PeftAdapter& adapter);
    /// A copy with config and values, tensors in the order of views().
    [[nodiscard]] model::PeftAdapter toPeft() const;

    [[nodiscard]] const model::AdapterConfig& config() const { return m_config; }
    [[nodiscard]] const std::vector<AdapterModule>& modules() const { return m_modules; }
    [[nodiscard]] const std::vector<AdapterView>& views() const { return m_views; }
    /// The module of a projection, or null.
    [[nodiscard]] const AdapterModule* find(std::int64_t layer, Projection projection) const;
    [[nodiscard]] std::int64_t count() const { return m_count; }
    [[nodiscard]] const std::string& device() const { return m_device; }

    /// Flat fp32 buffers [count()] on the device. After writing parameters call adapterChanged().
    [[nodiscard]] const at::Tensor& parameters() const { return m_parameters; }
    [[nodiscard]] const at::Tensor& gradients() const { return m_gradients; }
    /// What the micro-batch in flight writes (all of it); DecoderModel adds it to gradients() once the micro-batch has
    /// succeeded, so that a failed one leaves no trace.
    [[nodiscard]] const at::Tensor& staging() const { return m_staging; }
    /// The same memory as spans; only for device "cpu".
    [[nodiscard]] std::span<float> parameterValues();
    [[nodiscard]] std::span<float> gradientValues();
    void zeroGradients();

    /// To be called after every change of parameters(): working copies and DoRA norms are then made anew before the
    /// next pass.
    void adapterChanged() { ++m_version; }
    [[nodiscard]] std::uint64_t version() const { return m_version; }
    /// Whether DoRA magnitudes still await their start values (set by DecoderModel::setAdapter).
    [[nodiscard]] bool magnitudesPending() const { return m_magnitudesPending; }
    void setMagnitudesPending(bool pending) { m_magnitudesPending = pending; }

private:
    AdapterStore() = default;
    [[nodiscard]] Result<void> layOut(const model::ModelConfig& model, const std::string& device);

    model::AdapterConfig m_config;
    std::vector<AdapterModule> m_modules;
    std::vector<AdapterView> m_views;
    std::vector<std::array<std::int32_t, kProjections>> m_index; // by layer; -1 = not adapted
    at::Tensor m_parameters, m_gradients, m_staging;
    std::string m_device = "cpu";
    std::int64_t m_count = 0;
    std::uint64_t m_version = 1;
    bool m_magnitudesPending = false;
};

} // namespace fettle::engine
