// Tensors in files: names, types, shapes and bytes, without any tensor library. Readers are memory-mapped and check
// everything against the file before use.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::model {

/// Element or block types of safetensors and GGUF together. Numbers are ours; readers map theirs.
enum class DataType : std::uint8_t {
    None = 0,
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
    F8E4M3,
    F8E5M2,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q8_1,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    Q8_K,
    IQ2_XXS,
    IQ2_XS,
    IQ3_XXS,
    IQ1_S,
    IQ4_NL,
    IQ3_S,
    IQ2_S,
    IQ4_XS,
    IQ1_M,
    TQ1_0,
    TQ2_0,
    MXFP4,
    NVFP4,
    Q1_0,
};

struct TypeTraits {
    const char* name = "";         // "F32", "Q4_K"
    std::uint32_t blockValues = 1; // values a block
    std::uint32_t blockBytes = 0;  // bytes a block
    bool quantised = false;
};
[[nodiscard]] const TypeTraits& typeTraits(DataType type);

struct TensorInfo {
    std::string name;
    DataType type = DataType::None;
    std::vector<std::int64_t> shape;  // row-major, slowest first (GGUF's order is reversed on reading)
    std::span<const std::byte> bytes; // in the map
    [[nodiscard]] std::int64_t valueCount() const;
};

/// Values of a block type as floats. `out.size()` = number of values, a multiple of the block. Error Unsupported for
/// types without a decoder.
[[nodiscard]] Result<void> decodeToFloat(DataType type, std::span<const std::byte> bytes, std::span<float> out);
/// Floats into F32, F16, BF16 (round to nearest even), Q4_0, Q4_1, Q5_0, Q5_1, Q8_0. Others: Unsupported.
[[nodiscard]] Result<void> encodeFromFloat(DataType type, std::span<const float> values, std::span<std::byte> out);

} // namespace fettle::model
