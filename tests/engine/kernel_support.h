// Shared by the kernel tests and benchmarks: random tensors in either dtype, views, comparisons by relative norm.
#pragma once

#include "engine/kernels/kernels.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace fettle::tests {

namespace kernels = fettle::engine::kernels;
using kernels::Bf16;
using kernels::Matrix;

inline float toFloat(float x) {
    return x;
}
inline float toFloat(Bf16 x) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16U);
}

template <class T>
T fromFloat(float x) {
    if constexpr (std::is_same_v<T, float>) {
        return x;
    } else {
        const auto bits = std::bit_cast<std::uint32_t>(x);
        return Bf16{static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U)};
    }
}

/// A buffer of rows with room between them, so that a kernel that ignores the stride is caught; the gaps hold a mark
/// that must survive.
template <class T>
struct Buffer {
    std::int64_t rows = 0, cols = 0, stride = 0;
    std::vector<T> data;

    Buffer(std::int64_t rowCount, std::int64_t colCount, std::int64_t gap = 0)
        : rows(rowCount)
        , cols(colCount)
        , stride(colCount + gap)
        , data(static_cast<std::size_t>(rowCount * (colCount + gap)), fromFloat<T>(kMark)) {}

    static constexpr float kMark = 123.0F;

    T& at(std::int64_t r, std::int64_t c) { return data[static_cast<std::size_t>(r * stride + c)]; }
    const T& at(std::int64_t r, std::int64_t c) const { return data[static_cast<std::size_t>(r * stride + c)]; }
    Matrix<T> view() { return {data.data(), rows, cols, stride}; }
    [[nodiscard]] Matrix<const T> view() const { return {data.data(), rows, cols, stride}; }
    [[nodiscard]] Matrix<const T> read() const { return view(); }
    Matrix<T> columns(std::int64_t begin, std::int64_t count) { return {data.data() + begin, rows, count, stride}; }
    [[nodiscard]] Matrix<const T> columns(std::int64_t begin, std::int64_t count) const {
        return {data.data() + begin, rows, count, stride};
    }

    Buffer& randomise(std::mt19937& rng, float scale = 1.0F) {
        std::normal_distribution<float> normal(0.0F, scale);
        for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t c = 0; c < cols; ++c) {
                at(r, c) = fromFloat<T>(normal(rng));
            }
        }
        return *this;
    }
    [[nodiscard]] bool gapsIntact() const {
        for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t c = cols; c < stride; ++c) {
                if (toFloat(at(r, c)) != kMark) {
                    return false;
                }
            }
        }
        return true;
    }
};

inline std::vector<float> randomFloats(std::mt19937& rng, std::size_t count, float scale = 1.0F) {
    std::normal_distribution<float> normal(0.0F, scale);
    std::vector<float> x(count);
    for (float& v : x) {
        v = normal(rng);
    }
    return x;
}

/// |a - b| / |b| in the 2-norm over the valid columns; a plain norm of the difference where b is zero. NaN and infinity
/// come out as such.
template <class T>
double relativeError(const Buffer<T>& a, const Buffer<T>& b) {
    double difference = 0.0;
    double norm = 0.0;
    for (std::int64_t r = 0; r < a.rows; ++r) {
        for (std::int64_t c = 0; c < a.cols; ++c) {
            const auto x = static_cast<double>(toFloat(a.at(r, c)));
            const auto y = static_cast<double>(toFloat(b.at(r, c)));
            difference += (x - y) * (x - y);
            norm += y * y;
        }
    }
    return norm > 0.0 ? std::sqrt(difference / norm) : std::sqrt(difference);
}

inline double relativeError(const std::vector<float>& a, const std::vector<float>& b) {
    double difference = 0.0;
    double norm = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        difference += d * d;
        norm += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return norm > 0.0 ? std::sqrt(difference / norm) : std::sqrt(difference);
}

/// Bit equality, gaps included.
template <class T>
bool sameBits(const Buffer<T>& a, const Buffer<T>& b) {
    for (std::size_t i = 0; i < a.data.size(); ++i) {
        if constexpr (std::is_same_v<T, float>) {
            if (std::bit_cast<std::uint32_t>(a.data[i]) != std::bit_cast<std::uint32_t>(b.data[i])) {
                return false;
            }
        } else if (a.data[i].bits != b.data[i].bits) {
            return false;
        }
    }
    return a.data.size() == b.data.size();
}

/// Every instruction set this machine can run, without the reference.
inline std::vector<kernels::InstructionSet> fastSets() {
    std::vector<kernels::InstructionSet> sets;
    for (const auto set :
         {kernels::InstructionSet::Avx2, kernels::InstructionSet::Avx512, kernels::InstructionSet::Avx512Bf16}) {
        if (set <= kernels::bestInstructionSet()) {
            sets.push_back(set);
        }
    }
    return sets;
}

template <class T>
const char* dtypeName() {
    return std::is_same_v<T, float> ? "float32" : "bfloat16";
}

} // namespace fettle::tests
