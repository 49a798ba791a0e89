// The table of element types and the two doors decodeToFloat and encodeFromFloat.
#include "model/tensor_file.h"

#include "model/blocks.h"
#include "model/float_bits.h"

#include <algorithm>
#include <array>

namespace fettle::model {
namespace {

constexpr std::array<TypeTraits, 42> kTraits = {{
    {"none", 1, 0, false},      {"F64", 1, 8, false},      {"F32", 1, 4, false},       {"F16", 1, 2, false},
    {"BF16", 1, 2, false},      {"I64", 1, 8, false},      {"I32", 1, 4, false},       {"I16", 1, 2, false},
    {"I8", 1, 1, false},        {"U64", 1, 8, false},      {"U32", 1, 4, false},       {"U16", 1, 2, false},
    {"U8", 1, 1, false},        {"BOOL", 1, 1, false},     {"F8_E4M3", 1, 1, false},   {"F8_E5M2", 1, 1, false},
    {"Q4_0", 32, 18, true},     {"Q4_1", 32, 20, true},    {"Q5_0", 32, 22, true},     {"Q5_1", 32, 24, true},
    {"Q8_0", 32, 34, true},     {"Q8_1", 32, 40, true},    {"Q2_K", 256, 84, true},    {"Q3_K", 256, 110, true},
    {"Q4_K", 256, 144, true},   {"Q5_K", 256, 176, true},  {"Q6_K", 256, 210, true},   {"Q8_K", 256, 292, true},
    {"IQ2_XXS", 256, 66, true}, {"IQ2_XS", 256, 74, true}, {"IQ3_XXS", 256, 98, true}, {"IQ1_S", 256, 50, true},
    {"IQ4_NL", 32, 18, true},   {"IQ3_S", 256, 110, true}, {"IQ2_S", 256, 82, true},   {"IQ4_XS", 256, 136, true},
    {"IQ1_M", 256, 56, true},   {"TQ1_0", 256, 54, true},  {"TQ2_0", 256, 66, true},   {"MXFP4", 32, 17, true},
    {"NVFP4", 64, 36, true},    {"Q1_0", 128, 18, true},
}};
static_assert(static_cast<std::size_t>(DataType::Q1_0) + 1 == kTraits.size());

float e4m3ToFloat(std::uint8_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x80U) << 24U;
    const std::uint32_t exponent = (bits >> 3U) & 15U;
    const std::uint32_t mantissa = bits & 7U;
    if (exponent == 15U && mantissa == 7U) {
        return std::bit_cast<float>(sign | 0x7FC00000U);
    }
    if (exponent == 0) {
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(static_cast<float>(mantissa) * 0x1p-9F));
    }
    return std::bit_cast<float>(sign | ((exponent + 120U) << 23U) | (mantissa << 20U));
}

template <class T>
void decodeNumbers(const std::uint8_t* bytes, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<float>(loadAs<T>(bytes + i * sizeof(T)));
    }
}

/// False where the type is no plain number type.
bool decodePlain(DataType type, const std::uint8_t* bytes, std::span<float> out) {
    switch (type) {
    case DataType::F64:
        decodeNumbers<double>(bytes, out);
        return true;
    case DataType::F32:
        if (!out.empty()) {
            std::memcpy(out.data(), bytes, out.size_bytes());
        }
        return true;
    case DataType::F16:
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = halfToFloat(loadAs<std::uint16_t>(bytes + i * 2));
        }
        return true;
    case DataType::BF16:
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = bf16ToFloat(loadAs<std::uint16_t>(bytes + i * 2));
        }
        return true;
    case DataType::F8E4M3:
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = e4m3ToFloat(bytes[i]);
        }
        return true;
    case DataType::F8E5M2: // the upper half of a half
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = halfToFloat(static_cast<std::uint16_t>(bytes[i] << 8U));
        }
        return true;
    case DataType::I64:
        decodeNumbers<std::int64_t>(bytes, out);
        return true;
    case DataType::I32:
        decodeNumbers<std::int32_t>(bytes, out);
        return true;
    case DataType::I16:
        decodeNumbers<std::int16_t>(bytes, out);
        return true;
    case DataType::I8:
        decodeNumbers<std::int8_t>(bytes, out);
        return true;
    case DataType::U64:
        decodeNumbers<std::uint64_t>(bytes, out);
        return true;
    case DataType::U32:
        decodeNumbers<std::uint32_t>(bytes, out);
        return true;
    case DataType::U16:
        decodeNumbers<std::uint16_t>(bytes, out);
        return true;
    case DataType::U8:
        decodeNumbers<std::uint8_t>(bytes, out);
        return true;
    case DataType::Bool:
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = bytes[i] != 0 ? 1.0F : 0.0F;
        }
        return true;
    default:
        return false;
    }
}

BlockDecoder blockDecoder(DataType type) {
    if (BlockDecoder found = simpleBlockDecoder(type)) {
        return found;
    }
    if (BlockDecoder found = superBlockDecoder(type)) {
        return found;
    }
    return codebookBlockDecoder(type);
}

Result<void> checkSizes(DataType type, std::size_t values, std::size_t bytes) {
    const TypeTraits& traits = typeTraits(type);
    if (traits.blockBytes == 0 || values % traits.blockValues != 0 ||
        bytes / traits.blockBytes != values / traits.blockValues || bytes % traits.blockBytes != 0) {
        return makeError(ErrorCode::Internal, std::to_string(values) + " values of type " + traits.name + " are not " +
                                                  std::to_string(bytes) + " bytes");
    }
    return {};
}

} // namespace

const TypeTraits& typeTraits(DataType type) {
    const auto index = static_cast<std::size_t>(type);
    return kTraits[index < kTraits.size() ? index : 0];
}

std::int64_t TensorInfo::valueCount() const {
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) {
        return 0; // the other extents are unchecked then and may overflow together
    }
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
        count *= extent;
    }
    return count;
}

Result<void> decodeToFloat(DataType type, std::span<const std::byte> bytes, std::span<float> out) {
    FETTLE_TRY(checkSizes(type, out.size(), bytes.size()));
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    if (const BlockDecoder decode = blockDecoder(type)) {
        decode(data, out.size() / typeTraits(type).blockValues, out.data());
        return {};
    }
    if (decodePlain(type, data, out)) {
        return {};
    }
    return makeError(ErrorCode::Unsupported,
                     std::string("tensors of type ") + typeTraits(type).name + " cannot be read as numbers",
                     "Convert the model to a common type such as Q8_0 or BF16.");
}

Result<void> encodeFromFloat(DataType type, std::span<const float> values, std::span<std::byte> out) {
    FETTLE_TRY(checkSizes(type, values.size(), out.size()));
    auto* data = reinterpret_cast<std::uint8_t*>(out.data());
    if (const BlockEncoder encode = simpleBlockEncoder(type)) {
        encode(values.data(), values.size() / typeTraits(type).blockValues, data);
        return {};
    }
    switch (type) {
    case DataType::F32:
        if (!values.empty()) {
            std::memcpy(data, values.data(), values.size_bytes());
        }
        return {};
    case DataType::F16:
    case DataType::BF16:
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t bits = type == DataType::F16 ? floatToHalf(values[i]) : floatToBf16(values[i]);
            std::memcpy(data + i * 2, &bits, 2);
        }
        return {};
    default:
        return makeError(ErrorCode::Unsupported,
                         std::string("writing tensors of type ") + typeTraits(type).name + " is not supported",
                         "Use F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0.");
    }
}

} // namespace fettle::model
