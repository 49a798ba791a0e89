// Block types whose values come from tables: the IQ lattices, ternary types and four-bit floats.
#include "model/blocks.h"
#include "model/float_bits.h"

#include <array>

namespace fettle::model {
namespace {

#include "model/iq_grids.inc"

constexpr std::array<float, 4> kIq2Values = {0x08, 0x19, 0x2b, 0}; // 3 does not occur in the grids
constexpr std::array<float, 8> kIq3XxsValues = {0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3e};
constexpr std::array<float, 4> kIq1Values = {-1, 0, 1, 0};
constexpr float kIq1Delta = 0.125F;
constexpr std::array<float, 16> kIq4Values = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constexpr std::array<float, 16> kFp4Values = {0, 1,  2,  3,  4,  6,  8,  12,
                                              0, -1, -2, -3, -4, -6, -8, -12}; // twice the value

/// Eight values of an IQ2 lattice point with sign bits.
float* putIq2(float* out, float scale, std::uint16_t point, unsigned signs) {
    for (unsigned i = 0; i < 8; ++i) {
        const float value = scale * kIq2Values[(point >> (2 * i)) & 3U];
        *out++ = ((signs >> i) & 1U) != 0 ? -value : value;
    }
    return out;
}

/// Four values of an IQ3 lattice point with the sign bits from `firstSign` on.
float* putIq3(float* out, float scale, std::uint16_t point, unsigned signs, bool odd) {
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned index = (point >> (4 * i)) & 7U;
        const float value = scale * (odd ? static_cast<float>(2 * index + 1) : kIq3XxsValues[index]);
        *out++ = ((signs >> i) & 1U) != 0 ? -value : value;
    }
    return out;
}

float* putIq1(float* out, float scale, std::uint16_t point, float delta) {
    for (unsigned i = 0; i < 8; ++i) {
        *out++ = scale * (kIq1Values[(point >> (2 * i)) & 3U] + delta);
    }
    return out;
}

void decodeIq2Xxs(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 66) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int part = 0; part < 8; ++part) {
            const std::uint8_t* points = in + 2 + part * 8;
            const std::uint32_t word = loadAs<std::uint32_t>(points + 4);
            const float partScale = scale * (0.5F + static_cast<float>(word >> 28U)) * 0.25F;
            for (unsigned i = 0; i < 4; ++i) {
                out = putIq2(out, partScale, kGridIq2Xxs[points[i]], kSignPatterns[(word >> (7 * i)) & 127U]);
            }
        }
    }
}

void decodeIq2Xs(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 74) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int i = 0; i < 32; ++i) {
            const std::uint16_t word = loadAs<std::uint16_t>(in + 2 + i * 2);
            const int nibble = (in[66 + i / 4] >> (i % 4 / 2 * 4)) & 15;
            out = putIq2(out, scale * (0.5F + static_cast<float>(nibble)) * 0.25F, kGridIq2Xs[word & 511U],
                         kSignPatterns[word >> 9U]);
        }
    }
}

void decodeIq2S(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 82) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int i = 0; i < 32; ++i) {
            const unsigned high = (static_cast<unsigned>(in[66 + i / 4]) >> (i % 4 * 2)) & 3U;
            const int nibble = (in[74 + i / 4] >> (i % 4 / 2 * 4)) & 15;
            out = putIq2(out, scale * (0.5F + static_cast<float>(nibble)) * 0.25F, kGridIq2S[in[2 + i] | (high << 8U)],
                         in[34 + i]);
        }
    }
}

void decodeIq3Xxs(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 98) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int part = 0; part < 8; ++part) {
            const std::uint32_t word = loadAs<std::uint32_t>(in + 66 + part * 4);
            const float partScale = scale * (0.5F + static_cast<float>(word >> 28U)) * 0.5F;
            for (unsigned i = 0; i < 4; ++i) {
                const unsigned signs = kSignPatterns[(word >> (7 * i)) & 127U];
                const std::uint8_t* points = in + 2 + part * 8 + i * 2;
                out = putIq3(out, partScale, kGridIq3Xxs[points[0]], signs, false);
                out = putIq3(out, partScale, kGridIq3Xxs[points[1]], signs >> 4U, false);
            }
        }
    }
}

void decodeIq3S(const std::uint8_t* in, std::size_t blocks, float* out) {
    // scale, points[64], high bits[8], signs[32], scales[4]
    for (std::size_t b = 0; b < blocks; ++b, in += 110) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int i = 0; i < 64; ++i) {
            const int part = i / 8;
            const int nibble = (in[106 + part / 2] >> (part % 2 * 4)) & 15;
            const unsigned high = (static_cast<unsigned>(in[66 + i / 8]) >> (i % 8)) & 1U;
            const unsigned signs = static_cast<unsigned>(in[74 + i / 2]) >> (i % 2 * 4);
            out = putIq3(out, scale * static_cast<float>(1 + 2 * nibble), kGridIq3S[in[2 + i] | (high << 8U)], signs,
                         true);
        }
    }
}

void decodeIq1S(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 50) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int part = 0; part < 8; ++part) {
            const unsigned word = loadAs<std::uint16_t>(in + 34 + part * 2);
            const float partScale = scale * static_cast<float>(2 * ((word >> 12U) & 7U) + 1);
            const float delta = (word & 0x8000U) == 0 ? kIq1Delta : -kIq1Delta;
            for (unsigned i = 0; i < 4; ++i) {
                const unsigned point = in[2 + static_cast<unsigned>(part) * 4 + i] | (((word >> (3 * i)) & 7U) << 8U);
                out = putIq1(out, partScale, kGridIq1S[point], delta);
            }
        }
    }
}

void decodeIq1M(const std::uint8_t* in, std::size_t blocks, float* out) {
    // points[32], high bits and delta signs[16], scales[8] whose top nibbles are the half-precision scale
    for (std::size_t b = 0; b < blocks; ++b, in += 56) {
        std::array<unsigned, 4> words{};
        unsigned half = 0;
        for (unsigned i = 0; i < 4; ++i) {
            words[i] = loadAs<std::uint16_t>(in + 48 + i * 2);
            half |= (words[i] >> 12U) << (4 * i);
        }
        const float scale = halfToFloat(static_cast<std::uint16_t>(half));
        for (unsigned i = 0; i < 32; ++i) {
            const unsigned part = i / 2; // 16 values
            const float partScale = scale * static_cast<float>(2 * ((words[part / 4] >> (part % 4 * 3)) & 7U) + 1);
            const unsigned nibble = (static_cast<unsigned>(in[32 + i / 2]) >> (i % 2 * 4)) & 15U;
            out = putIq1(out, partScale, kGridIq1S[in[i] | ((nibble & 7U) << 8U)],
                         (nibble & 8U) == 0 ? kIq1Delta : -kIq1Delta);
        }
    }
}

void decodeIq4Nl(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 18, out += 32) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        for (int i = 0; i < 16; ++i) {
            out[i] = scale * kIq4Values[in[2 + i] & 15U];
            out[i + 16] = scale * kIq4Values[in[2 + i] >> 4U];
        }
    }
}

void decodeIq4Xs(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 136) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in));
        const unsigned high = loadAs<std::uint16_t>(in + 2);
        for (unsigned part = 0; part < 8; ++part, out += 32) {
            const unsigned low = (static_cast<unsigned>(in[4 + part / 2]) >> (part % 2 * 4)) & 15U;
            const int level = static_cast<int>(low | (((high >> (2 * part)) & 3U) << 4U)) - 32;
            const float partScale = scale * static_cast<float>(level);
            const std::uint8_t* packed = in + 8 + part * 16;
            for (int i = 0; i < 16; ++i) {
                out[i] = partScale * kIq4Values[packed[i] & 15U];
                out[i + 16] = partScale * kIq4Values[packed[i] >> 4U];
            }
        }
    }
}

/// Digit `power` (0 = most significant) of five base-3 digits stored as a fraction of 256.
float ternaryDigit(std::uint8_t packed, unsigned power) {
    constexpr std::array<unsigned, 5> kPowers = {1, 3, 9, 27, 81};
    const unsigned shifted = (packed * kPowers[power]) & 255U;
    return static_cast<float>(static_cast<int>((shifted * 3U) >> 8U) - 1);
}

void decodeTq1(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 54) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in + 52));
        for (unsigned power = 0; power < 5; ++power) {
            for (int i = 0; i < 32; ++i) {
                *out++ = scale * ternaryDigit(in[i], power);
            }
        }
        for (unsigned power = 0; power < 5; ++power) {
            for (int i = 32; i < 48; ++i) {
                *out++ = scale * ternaryDigit(in[i], power);
            }
        }
        for (unsigned power = 0; power < 4; ++power) {
            for (int i = 48; i < 52; ++i) {
                *out++ = scale * ternaryDigit(in[i], power);
            }
        }
    }
}

void decodeTq2(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 66) {
        const float scale = halfToFloat(loadAs<std::uint16_t>(in + 64));
        for (int half = 0; half < 2; ++half) {
            for (int shift = 0; shift < 8; shift += 2) {
                for (int i = 0; i < 32; ++i) {
                    *out++ = scale * static_cast<float>(((in[half * 32 + i] >> shift) & 3) - 1);
                }
            }
        }
    }
}

void decodeMxfp4(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 17, out += 32) {
        // Power of two of the exponent byte, halved because the table holds doubled values.
        const std::uint32_t exponent = in[0];
        const float scale = std::bit_cast<float>(exponent < 2 ? 0x00200000U << exponent : (exponent - 1U) << 23U);
        for (int i = 0; i < 16; ++i) {
            out[i] = scale * kFp4Values[in[1 + i] & 15U];
            out[i + 16] = scale * kFp4Values[in[1 + i] >> 4U];
        }
    }
}

/// Unsigned E4M3 scale, halved for the doubled table; 0x7F (NaN) counts as 0.
float e4m3Scale(std::uint8_t bits) {
    if (bits == 0 || bits == 0x7F) {
        return 0.0F;
    }
    const std::uint32_t exponent = (bits >> 3U) & 15U;
    const float mantissa = static_cast<float>(bits & 7U);
    const float raw =
        exponent == 0 ? mantissa * 0x1p-9F : (1.0F + mantissa / 8.0F) * std::bit_cast<float>((exponent + 120U) << 23U);
    return raw * 0.5F;
}

void decodeNvfp4(const std::uint8_t* in, std::size_t blocks, float* out) {
    for (std::size_t b = 0; b < blocks; ++b, in += 36) {
        for (int part = 0; part < 4; ++part, out += 16) {
            const float scale = e4m3Scale(in[part]);
            const std::uint8_t* packed = in + 4 + part * 8;
            for (int i = 0; i < 8; ++i) {
                out[i] = scale * kFp4Values[packed[i] & 15U];
                out[i + 8] = scale * kFp4Values[packed[i] >> 4U];
            }
        }
    }
}

} // namespace

BlockDecoder codebookBlockDecoder(DataType type) {
    switch (type) {
    case DataType::IQ2_XXS:
        return decodeIq2Xxs;
    case DataType::IQ2_XS:
        return decodeIq2Xs;
    case DataType::IQ2_S:
        return decodeIq2S;
    case DataType::IQ3_XXS:
        return decodeIq3Xxs;
    case DataType::IQ3_S:
        return decodeIq3S;
    case DataType::IQ1_S:
        return decodeIq1S;
    case DataType::IQ1_M:
        return decodeIq1M;
    case DataType::IQ4_NL:
        return decodeIq4Nl;
    case DataType::IQ4_XS:
        return decodeIq4Xs;
    case DataType::TQ1_0:
        return decodeTq1;
    case DataType::TQ2_0:
        return decodeTq2;
    case DataType::MXFP4:
        return decodeMxfp4;
    case DataType::NVFP4:
        return decodeNvfp4;
    default:
        return nullptr;
    }
}

} // namespace fettle::model
