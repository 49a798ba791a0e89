// The 32-value block types: one half-precision scale (and minimum) a block, low nibbles first, then high ones. Encoders
// round exactly as ggml's reference does.
#include "model/blocks.h"
#include "model/float_bits.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::model {
namespace {

constexpr int kBlock = 32;
constexpr int kHalfBlock = 16;

void decodeQ4_0(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 18, out += kBlock) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const std::uint8_t* nibbles = in + 2;
        for (int i = 0; i < kHalfBlock; ++i) {
            out[i] = scale * static_cast<float>((nibbles[i] & 15) - 8);
            out[i + kHalfBlock] = scale * static_cast<float>((nibbles[i] >> 4) - 8);
        }
    }
}

void decodeQ4_1(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 20, out += kBlock) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const float minimum = halfToFloat(loadAs<std::uint16_t>(in + 2));
        const std::uint8_t* nibbles = in + 4;
        for (int i = 0; i < kHalfBlock; ++i) {
            out[i] = scale * static_cast<float>(nibbles[i] & 15) + minimum;
            out[i + kHalfBlock] = scale * static_cast<float>(nibbles[i] >> 4) + minimum;
        }
    }
}

void decodeQ5_0(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 22, out += kBlock) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const std::uint32_t high = loadAs<std::uint32_t>(in + 2);
        const std::uint8_t* nibbles = in + 6;
        for (int i = 0; i < kHalfBlock; ++i) {
            const int low = static_cast<int>((high >> i) & 1U) << 4;
            const int top = static_cast<int>((high >> (i + kHalfBlock)) & 1U) << 4;
            out[i] = scale * static_cast<float>(((nibbles[i] & 15) | low) - 16);
            out[i + kHalfBlock] = scale * static_cast<float>(((nibbles[i] >> 4) | top) - 16);
        }
    }
}

void decodeQ5_1(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 24, out += kBlock) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const float minimum = halfToFloat(loadAs<std::uint16_t>(in + 2));
        const std::uint32_t high = loadAs<std::uint32_t>(in + 4);
        const std::uint8_t* nibbles = in + 8;
        for (int i = 0; i < kHalfBlock; ++i) {
            const int low = static_cast<int>((high >> i) & 1U) << 4;
            const int top = static_cast<int>((high >> (i + kHalfBlock)) & 1U) << 4;
            out[i] = scale * static_cast<float>((nibbles[i] & 15) | low) + minimum;
            out[i + kHalfBlock] = scale * static_cast<float>((nibbles[i] >> 4) | top) + minimum;
        }
    }
}

void decodeQ8_0(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 34, out += kBlock) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        std::array<std::int8_t, kBlock> values;
        std::memcpy(values.data(), in + 2, kBlock);
        for (int i = 0; i < kBlock; ++i) {
            out[i] = static_cast<float>(values[static_cast<std::size_t>(i)]) * scale;
        }
    }
}

void storeHalf(std::uint8_t* out, float value) {
    const std::uint16_t half = floatToHalf(value);
    std::memcpy(out, &half, sizeof half);
}

/// Value of largest magnitude (the first of equals), with its sign.
float extreme(const float* values) {
    float best = values[0];
    for (int i = 1; i < kBlock; ++i) {
        if (std::fabs(values[i]) > std::fabs(best)) {
            best = values[i];
        }
    }
    return best;
}

float inverse(float scale) {
    return scale == 0.0F ? 0.0F : 1.0F / scale;
}

int quantum(float value, int largest) {
    return value > 0.0F ? static_cast<int>(std::min(value, static_cast<float>(largest))) : 0; // NaN gives 0
}

void packNibbles(const std::array<int, kBlock>& q, std::uint8_t* out) {
    for (std::size_t i = 0; i < kHalfBlock; ++i) {
        out[i] = static_cast<std::uint8_t>((q[i] & 15) | ((q[i + kHalfBlock] & 15) << 4));
    }
}

void packHighBits(const std::array<int, kBlock>& q, std::uint8_t* out) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        bits |= static_cast<std::uint32_t>((q[i] >> 4) & 1) << i;
    }
    std::memcpy(out, &bits, sizeof bits);
}

/// Symmetric: scale = extreme / -half, values around `half`. Bits: 4 or 5.
template <int Bits>
void encodeSymmetric(const float* values, std::size_t blocks, std::uint8_t* out) {
    constexpr int kMiddle = 1 << (Bits - 1);
    constexpr int kHead = Bits == 5 ? 6 : 2;
    for (std::size_t b = 0; b < blocks; ++b, values += kBlock, out += kHead + kHalfBlock) {
        const float scale = extreme(values) / static_cast<float>(-kMiddle);
        const float factor = inverse(scale);
        std::array<int, kBlock> q{};
        for (std::size_t i = 0; i < kBlock; ++i) {
            q[i] = quantum(values[i] * factor + (static_cast<float>(kMiddle) + 0.5F), 2 * kMiddle - 1);
        }
        storeHalf(out, scale);
        if constexpr (Bits == 5) {
            packHighBits(q, out + 2);
        }
        packNibbles(q, out + kHead);
    }
}

/// With a minimum: scale = (max - min) / (2^bits - 1).
template <int Bits>
void encodeAffine(const float* values, std::size_t blocks, std::uint8_t* out) {
    constexpr int kLargest = (1 << Bits) - 1;
    constexpr int kHead = Bits == 5 ? 8 : 4;
    for (std::size_t b = 0; b < blocks; ++b, values += kBlock, out += kHead + kHalfBlock) {
        const auto [least, most] = std::minmax_element(values, values + kBlock);
        const float minimum = *least;
        const float scale = (*most - minimum) / static_cast<float>(kLargest);
        const float factor = inverse(scale);
        std::array<int, kBlock> q{};
        for (std::size_t i = 0; i < kBlock; ++i) {
            q[i] = quantum((values[i] - minimum) * factor + 0.5F, kLargest);
        }
        storeHalf(out, scale);
        storeHalf(out + 2, minimum);
        if constexpr (Bits == 5) {
            packHighBits(q, out + 4);
        }
        packNibbles(q, out + kHead);
    }
}

void encodeQ8_0(const float* values, std::size_t blocks, std::uint8_t* out) {
    for (std::size_t b = 0; b < blocks; ++b, values += kBlock, out += 34) {
        const float scale = std::fabs(extreme(values)) / 127.0F;
        const float factor = inverse(scale);
        storeHalf(out, scale);
        for (int i = 0; i < kBlock; ++i) {
            const float rounded = std::round(values[i] * factor); // halves away from zero
            const float bounded = rounded >= -128.0F ? std::min(rounded, 127.0F) : (rounded < -128.0F ? -128.0F : 0.0F);
            out[2 + i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(bounded));
        }
    }
}

} // namespace

BlockDecoder simpleBlockDecoder(DataType type) {
    switch (type) {
    case DataType::Q4_0:
        return decodeQ4_0;
    case DataType::Q4_1:
        return decodeQ4_1;
    case DataType::Q5_0:
        return decodeQ5_0;
    case DataType::Q5_1:
        return decodeQ5_1;
    case DataType::Q8_0:
        return decodeQ8_0;
    default:
        return nullptr;
    }
}

BlockEncoder simpleBlockEncoder(DataType type) {
    switch (type) {
    case DataType::Q4_0:
        return encodeSymmetric<4>;
    case DataType::Q4_1:
        return encodeAffine<4>;
    case DataType::Q5_0:
        return encodeSymmetric<5>;
    case DataType::Q5_1:
        return encodeAffine<5>;
    case DataType::Q8_0:
        return encodeQ8_0;
    default:
        return nullptr;
    }
}

} // namespace fettle::model
