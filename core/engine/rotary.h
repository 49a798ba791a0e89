// Rotary position tables of a model: which angle every pair of dimensions turns by at every position.
#pragma once

#include "base/result.h"
#include "model/model_files.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace fettle::engine {

/// Radians per position for each pair, [headDim / 2]: default, linear, llama3 (by wavelength), or the divisors a GGUF
/// file carries. Other kinds: Unsupported.
[[nodiscard]] Result<std::vector<float>> rotaryFrequencies(const model::ModelConfig& config);

/// Tables that grow with the longest position asked for. Thread: the model's.
class RotaryTables {
public:
    RotaryTables() = default;
    RotaryTables(std::vector<float> frequencies, c10::Device device)
        : m_frequencies(std::move(frequencies))
        , m_device(device) {}

    /// Makes rows [0, positions) present.
    void reserve(std::int64_t positions);
    [[nodiscard]] const at::Tensor& cosines() const { return m_cosines; } // fp32 [positions, headDim / 2]
    [[nodiscard]] const at::Tensor& sines() const { return m_sines; }

private:
    std::vector<float> m_frequencies;
    c10::Device m_device = c10::Device(c10::kCPU);
    at::Tensor m_cosines, m_sines;
};

} // namespace fettle::engine
