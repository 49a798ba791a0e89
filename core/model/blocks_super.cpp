// The K types: super-blocks of 256 values whose 16- or 32-value parts have small integer scales under one or two
// half-precision ones.
#include "model/blocks.h"
#include "model/float_bits.h"

#include <array>

namespace fettle::model {
namespace {

constexpr int kSuper = 256;

void decodeQ2_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // scales[16] (low nibble scale, high nibble minimum), 2-bit values[64], scale, minimum
    for (std::size_t b = 0; b < blocks; ++b, in += 84) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in + 80));
        const float minimum = halfToFloat(loadAs<std::uint16_t>(in + 82));
        for (int part = 0; part < 16; ++part) {
            const float partScale = scale * static_cast<float>(in[part] & 15);
            const float partMinimum = minimum * static_cast<float>(in[part] >> 4);
            const std::uint8_t* packed = in + 16 + (part / 8) * 32 + (part % 2) * 16;
            const int shift = (part % 8) / 2 * 2;
            for (int i = 0; i < 16; ++i) {
                *out++ = partScale * static_cast<float>((packed[i] >> shift) & 3) - partMinimum;
            }
        }
    }
}

void decodeQ3_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // high bits[32], 2-bit values[64], 6-bit scales[12], scale
    for (std::size_t b = 0; b < blocks; ++b, in += 110) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in + 108));
        const std::uint8_t* packedScales = in + 96;
        for (int part = 0; part < 16; ++part) {
            const int low = part < 8 ? packedScales[part] & 15 : packedScales[part - 8] >> 4;
            const int high = (packedScales[8 + part % 4] >> (part / 4 * 2)) & 3;
            const float partScale = scale * static_cast<float>((low | (high << 4)) - 32);
            const std::uint8_t* packed = in + 32 + (part / 8) * 32 + (part % 2) * 16;
            const std::uint8_t* bits = in + (part % 2) * 16;
            const int shift = (part % 8) / 2 * 2;
            const int bit = part / 2;
            for (int i = 0; i < 16; ++i) {
                const int value = ((packed[i] >> shift) & 3) - (((bits[i] >> bit) & 1) != 0 ? 0 : 4);
                *out++ = partScale * static_cast<float>(value);
            }
        }
    }
}

/// The eight 6-bit scales and minimums that Q4_K and Q5_K pack into twelve bytes.
void unpackScales(const std::uint8_t* packed, std::array<int, 8>& scales, std::array<int, 8>& minimums) {
    for (std::size_t i = 0; i < 4; ++i) {
        scales[i] = packed[i] & 63;
        minimums[i] = packed[i + 4] & 63;
        scales[i + 4] = (packed[i + 8] & 15) | ((packed[i] >> 6) << 4);
        minimums[i + 4] = (packed[i + 8] >> 4) | ((packed[i + 4] >> 6) << 4);
    }
}

void decodeQ4_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // scale, minimum, scales[12], nibbles[128]
    for (std::size_t b = 0; b < blocks; ++b, in += 144) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const float minimum = halfToFloat(loadAs<std::uint16_t>(in + 2));
        std::array<int, 8> scales{};
        std::array<int, 8> minimums{};
        unpackScales(in + 4, scales, minimums);
        for (std::size_t part = 0; part < 8; ++part, out += 32) {
            const float partScale = scale * static_cast<float>(scales[part]);
            const float partMinimum = minimum * static_cast<float>(minimums[part]);
            const std::uint8_t* packed = in + 16 + part / 2 * 32;
            const int shift = part % 2 == 0 ? 0 : 4;
            for (int i = 0; i < 32; ++i) {
                out[i] = partScale * static_cast<float>((packed[i] >> shift) & 15) - partMinimum;
            }
        }
    }
}

void decodeQ5_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // scale, minimum, scales[12], high bits[32], nibbles[128]
    for (std::size_t b = 0; b < blocks; ++b, in += 176) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const float minimum = halfToFloat(loadAs<std::uint16_t>(in + 2));
        std::array<int, 8> scales{};
        std::array<int, 8> minimums{};
        unpackScales(in + 4, scales, minimums);
        const std::uint8_t* high = in + 16;
        for (std::size_t part = 0; part < 8; ++part, out += 32) {
            const float partScale = scale * static_cast<float>(scales[part]);
            const float partMinimum = minimum * static_cast<float>(minimums[part]);
            const std::uint8_t* packed = in + 48 + part / 2 * 32;
            const int shift = part % 2 == 0 ? 0 : 4;
            for (int i = 0; i < 32; ++i) {
                const int value = ((packed[i] >> shift) & 15) | (((high[i] >> part) & 1) << 4);
                out[i] = partScale * static_cast<float>(value) - partMinimum;
            }
        }
    }
}

void decodeQ6_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // low nibbles[128], high pairs[64], signed scales[16], scale
    for (std::size_t b = 0; b < blocks; ++b, in += 210) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in + 208));
        for (int part = 0; part < 8; ++part, out += 32) {
            const std::uint8_t* low = in + (part / 4) * 64 + (part % 2) * 32;
            const std::uint8_t* high = in + 128 + (part / 4) * 32;
            const int lowShift = part % 4 < 2 ? 0 : 4;
            const int highShift = part % 4 * 2;
            for (int half = 0; half < 2; ++half) {
                const float partScale = scale * static_cast<float>(static_cast<std::int8_t>(in[192 + part * 2 + half]));
                for (int i = half * 16; i < half * 16 + 16; ++i) {
                    const int value = (((low[i] >> lowShift) & 15) | (((high[i] >> highShift) & 3) << 4)) - 32;
                    out[i] = partScale * static_cast<float>(value);
                }
            }
        }
    }
}

void decodeQ8_K(const std::uint8_t* in, std::size_t blocks, float* out) {
    // float scale, signed values[256], sums[16]
    for (std::size_t b = 0; b < blocks; ++b, in += 292) {
        const float scale = loadAs<float>(in);
        for (int i = 0; i < kSuper; ++i) {
            *out++ = scale * static_cast<float>(static_cast<std::int8_t>(in[4 + i]));
        }
    }
}

} // namespace

BlockDecoder superBlockDecoder(DataType type) {
    switch (type) {
    case DataType::Q2_K:
        return decodeQ2_K;
    case DataType::Q3_K:
        return decodeQ3_K;
    case DataType::Q4_K:
        return decodeQ4_K;
    case DataType::Q5_K:
        return decodeQ5_K;
    case DataType::Q6_K:
        return decodeQ6_K;
    case DataType::Q8_K:
        return decodeQ8_K;
    default:
        return nullptr;
    }
}

} // namespace fettle::model
