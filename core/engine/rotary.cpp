// Rotary tables. Frequencies and angles are rounded to fp32 where transformers rounds them, so that long positions turn
// by the same angles.
#include "engine/rotary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fettle::engine {

Result<std::vector<float>> rotaryFrequencies(const model::ModelConfig& config) {
    if (config.headDim < 2 || config.headDim % 2 != 0) {
        return makeError(ErrorCode::Unsupported,
                         "head_dim " + std::to_string(config.headDim) + " is odd: rotary positions need pairs")
            .forKey("head_dim");
    }
    const std::int64_t half = config.headDim / 2;
    std::vector<float> frequencies(static_cast<std::size_t>(half));
    for (std::int64_t i = 0; i < half; ++i) {
        const float exponent = static_cast<float>(2 * i) / static_cast<float>(config.headDim);
        frequencies[static_cast<std::size_t>(i)] =
            1.0F / static_cast<float>(std::pow(config.ropeTheta, static_cast<double>(exponent)));
    }
    const model::RopeScaling& scaling = config.ropeScaling;
    if (!config.ropeFrequencyFactors.empty()) {
        if (static_cast<std::int64_t>(config.ropeFrequencyFactors.size()) != half) {
            return makeError(ErrorCode::InvalidInput, std::to_string(config.ropeFrequencyFactors.size()) +
                                                          " rotary factors for " + std::to_string(half) + " pairs")
                .forKey("rope_freqs.weight");
        }
        for (std::size_t i = 0; i < frequencies.size(); ++i) {
            frequencies[i] = static_cast<float>(static_cast<double>(frequencies[i]) / config.ropeFrequencyFactors[i]);
        }
        return frequencies;
    }
    if (scaling.type == "default" || scaling.type.empty()) {
        return frequencies;
    }
    if (scaling.type == "linear") {
        for (float& frequency : frequencies) {
            frequency /= static_cast<float>(scaling.factor);
        }
        return frequencies;
    }
    if (scaling.type == "llama3") {
        // Long wavelengths are stretched by `factor`, short ones stay, those between are blended.
        const double original = static_cast<double>(scaling.originalMaxPositions);
        const double longest = original / scaling.lowFreqFactor;
        const double shortest = original / scaling.highFreqFactor;
        for (float& frequency : frequencies) {
            const double plain = static_cast<double>(frequency);
            const double wavelength = 2 * std::numbers::pi / plain;
            if (wavelength > longest) {
                frequency = static_cast<float>(plain / scaling.factor);
            } else if (wavelength >= shortest) {
                const double smooth =
                    (original / wavelength - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
                frequency = static_cast<float>((1 - smooth) * plain / scaling.factor + smooth * plain);
            }
        }
        return frequencies;
    }
    return makeError(ErrorCode::Unsupported, "rotary scaling of type '" + scaling.type + "' is not supported",
                     "Supported: default, linear, llama3.")
        .forKey("rope_scaling.rope_type");
}

void RotaryTables::reserve(std::int64_t positions) {
    if (m_cosines.defined() && m_cosines.size(0) >= positions) {
        return;
    }
    const std::int64_t rows = std::max<std::int64_t>(256, (positions + 255) / 256 * 256);
    const auto half = static_cast<std::int64_t>(m_frequencies.size());
    at::Tensor cosines = at::empty({rows, half}, at::kFloat);
    at::Tensor sines = at::empty({rows, half}, at::kFloat);
    float* c = cosines.data_ptr<float>();
    float* s = sines.data_ptr<float>();
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t i = 0; i < half; ++i) {
            const float angle = static_cast<float>(row) * m_frequencies[static_cast<std::size_t>(i)];
            c[row * half + i] = static_cast<float>(std::cos(static_cast<double>(angle)));
            s[row * half + i] = static_cast<float>(std::sin(static_cast<double>(angle)));
        }
    }
    m_cosines = cosines.to(m_device);
    m_sines = sines.to(m_device);
}

} // namespace fettle::engine
