// Decoders and encoders of single block types, for tensor_file.cpp only. Each takes whole blocks; sizes were checked by
// the caller.
#pragma once

#include "model/tensor_file.h"

#include <bit>
#include <cstring>

namespace fettle::model {

static_assert(std::endian::native == std::endian::little, "the file formats are little-endian and read in place");

using BlockDecoder = void (*)(const std::uint8_t* bytes, std::size_t blocks, float* out);
using BlockEncoder = void (*)(const float* values, std::size_t blocks, std::uint8_t* out);

/// Null where the type is no block type or has no decoder.
[[nodiscard]] BlockDecoder simpleBlockDecoder(DataType type);   // Q4_0 … Q8_0
[[nodiscard]] BlockDecoder superBlockDecoder(DataType type);    // K types
[[nodiscard]] BlockDecoder codebookBlockDecoder(DataType type); // IQ, TQ and FP4 types
[[nodiscard]] BlockEncoder simpleBlockEncoder(DataType type);   // Q4_0 … Q8_0

template <class T>
[[nodiscard]] inline T loadAs(const std::uint8_t* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

} // namespace fettle::model
