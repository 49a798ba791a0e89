// Half and brain floats to float and back, as bit arithmetic that compilers vectorise and that no denormal mode of the
// processor changes.
#pragma once

#include <bit>
#include <cstdint>

namespace fettle::model {

inline float halfToFloat(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
    const std::uint32_t magnitude = half & 0x7FFFU;
    const std::uint32_t normal =
        (magnitude << 13U) + (magnitude >= 0x7C00U ? 224U << 23U : 112U << 23U); // infinities and NaN get exponent 255
    const std::uint32_t subnormal =
        std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24F);
    return std::bit_cast<float>(sign | (magnitude < 0x400U ? subnormal : normal));
}

inline float bf16ToFloat(std::uint16_t value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}

/// Round to nearest even; NaN stays NaN (quiet).
inline std::uint16_t floatToBf16(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    const std::uint32_t quiet = (bits >> 16U) | 0x40U;
    const auto magnitude = static_cast<std::int32_t>(bits & 0x7FFFFFFFU); // signed: SSE2 compares nothing else
    return static_cast<std::uint16_t>(magnitude > 0x7F800000 ? quiet : rounded);
}

/// Round to nearest even; too large becomes infinity, small becomes subnormal, NaN stays NaN.
inline std::uint16_t floatToHalf(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16U) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U) {
        return static_cast<std::uint16_t>(sign | 0x7E00U);
    }
    if (magnitude >= 0x47800000U) { // 65536 and more
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    }
    const std::uint32_t exponent = magnitude >> 23U;
    if (exponent < 113U) { // below 2^-14: subnormal halves count in steps of 2^-24
        if (exponent < 101U) {
            return static_cast<std::uint16_t>(sign); // below 2^-26
        }
        const std::uint32_t shift = 126U - exponent;
        const std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
        const std::uint32_t half = 1U << (shift - 1U);
        const std::uint32_t kept = mantissa >> shift;
        const std::uint32_t rest = mantissa & ((1U << shift) - 1U);
        return static_cast<std::uint16_t>(sign |
                                          (kept + (rest > half || (rest == half && (kept & 1U) != 0) ? 1U : 0U)));
    }
    const std::uint32_t rebased = magnitude - (112U << 23U);
    return static_cast<std::uint16_t>(
        sign | ((rebased + 0xFFFU + ((rebased >> 13U) & 1U)) >> 13U)); // may carry into infinity: right
}

} // namespace fettle::model
