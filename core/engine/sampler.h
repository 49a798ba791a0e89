// Sampler: from the logits of one position to the next id, greedily or by chance.
#pragma once

#include "engine/decoder_model.h"
#include "engine/random.h"

#include <span>
#include <vector>

namespace fettle::engine {

/// Error InvalidInput for a temperature below 0, top_p outside (0, 1], a negative top_k.
[[nodiscard]] Result<void> checkSampling(const SamplingOptions& options);

/// One stream of choices; (seed, stream) decides them all. Thread: one.
class Sampler {
public:
    Sampler(const SamplingOptions& options, std::uint64_t stream);

    /// Greedy (or temperature 0): the largest logit, the lowest id among equals. Else softmax of logits / temperature,
    /// cut to the top_k largest, then to the smallest set that reaches top_p, in the order of transformers' logits
    /// processors.
    [[nodiscard]] std::int32_t choose(std::span<const float> logits);

private:
    bool m_greedy = true;
    double m_temperature = 1, m_topP = 1;
    std::size_t m_topK = 0;
    Random m_random;
    std::vector<std::int32_t> m_order; // scratch
    std::vector<double> m_weights;     // scratch
};

} // namespace fettle::engine
