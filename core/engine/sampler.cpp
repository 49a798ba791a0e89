// Sampler: argmax, or a draw from the cut distribution in double precision.
#include "engine/sampler.h"

#include "base/numbers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::engine {

Result<void> checkSampling(const SamplingOptions& options) {
    if (options.greedy) {
        return {};
    }
    if (!(options.temperature >= 0) || !std::isfinite(options.temperature)) {
        return makeError(ErrorCode::InvalidInput,
                         "temperature " + formatDouble(options.temperature) + " is not possible",
                         "Use 0 (greedy) or more.")
            .forKey("temperature");
    }
    if (!(options.topP > 0 && options.topP <= 1)) {
        return makeError(ErrorCode::InvalidInput, "top_p " + formatDouble(options.topP) + " is not possible",
                         "Use a value above 0, at most 1.")
            .forKey("top_p");
    }
    if (options.topK < 0) {
        return makeError(ErrorCode::InvalidInput, "top_k " + std::to_string(options.topK) + " is not possible",
                         "Use 0 (off) or more.")
            .forKey("top_k");
    }
    return {};
}

Sampler::Sampler(const SamplingOptions& options, std::uint64_t stream)
    : m_greedy(options.greedy || options.temperature == 0)
    , m_temperature(options.temperature)
    , m_topP(options.topP)
    , m_topK(static_cast<std::size_t>(std::max(0, options.topK)))
    , m_random(options.seed, stream) {}

std::int32_t Sampler::choose(std::span<const float> logits) {
    if (m_greedy) {
        return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    }
    m_order.resize(logits.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    const auto larger = [&](std::int32_t a, std::int32_t b) {
        const float left = logits[static_cast<std::size_t>(a)];
        const float right = logits[static_cast<std::size_t>(b)];
        return left > right || (left == right && a < b);
    };
    std::size_t kept = m_order.size();
    if (m_topK > 0 && m_topK < kept) {
        kept = m_topK;
        std::partial_sort(m_order.begin(), m_order.begin() + static_cast<std::ptrdiff_t>(kept), m_order.end(), larger);
    } else if (m_topP < 1) {
        std::sort(m_order.begin(), m_order.end(), larger);
    }
    const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    m_weights.resize(kept);
    double total = 0;
    for (std::size_t i = 0; i < kept; ++i) {
        m_weights[i] =
            std::exp((static_cast<double>(logits[static_cast<std::size_t>(m_order[i])]) - largest) / m_temperature);
        total += m_weights[i];
    }
    if (m_topP < 1) {
        double sum = 0;
        for (std::size_t i = 0; i < kept; ++i) {
            sum += m_weights[i];
            if (sum >= m_topP * total) {
                kept = i + 1;
                total = sum;
                break;
            }
        }
    }
    double draw = m_random.uniform() * total;
    for (std::size_t i = 0; i + 1 < kept; ++i) {
        draw -= m_weights[i];
        if (draw < 0) {
            return m_order[i];
        }
    }
    return m_order[kept - 1];
}

} // namespace fettle::engine
