// One case for each Arrow type that tables of examples hold; what is rarer is written in Arrow's own words.
#include "data/parquet/arrow_values.h"

#include "base/utf8.h"

#include <arrow/scalar.h>
#include <arrow/type_traits.h>

#include <cmath>

namespace fettle::data {
namespace {

template <class ArrayType>
Json number(const arrow::Array& array, std::int64_t index) {
    const auto value = static_cast<const ArrayType&>(array).Value(index);
    if constexpr (std::is_floating_point_v<decltype(value)>) {
        return std::isfinite(value) ? Json(static_cast<double>(value)) : Json();
    } else if constexpr (std::is_unsigned_v<decltype(value)>) {
        return static_cast<std::uint64_t>(value);
    } else {
        return static_cast<std::int64_t>(value);
    }
}

template <class ArrayType>
Json text(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
          ValueFault& fault) {
    const auto view = static_cast<const ArrayType&>(array).GetView(index);
    if (firstInvalidUtf8({view.data(), view.size()})) {
        fault = {path, "is not valid UTF-8 text"};
        return {};
    }
    bytes += view.size();
    return std::string(view);
}

template <class ArrayType>
Json list(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
          ValueFault& fault) {
    const auto& lists = static_cast<const ArrayType&>(array);
    Json out = Json::array();
    const std::int64_t begin = lists.value_offset(index);
    const std::int64_t length = lists.value_length(index);
    for (std::int64_t i = 0; i < length && !fault.any(); ++i) {
        out.push_back(valueOf(*lists.values(), begin + i, path + '[' + std::to_string(i) + ']', bytes, fault));
    }
    return out;
}

Json structOf(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
              ValueFault& fault) {
    const auto& structs = static_cast<const arrow::StructArray&>(array);
    Json out = Json::object();
    for (int i = 0; i < structs.num_fields() && !fault.any(); ++i) {
        const std::string& name = structs.struct_type()->field(i)->name();
        Json value = valueOf(*structs.field(i), index, path + '.' + name, bytes, fault);
        if (!value.is_null()) {
            bytes += name.size() + 4;
            out[name] = std::move(value);
        }
    }
    return out;
}

Json map(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
         ValueFault& fault) {
    const auto& maps = static_cast<const arrow::MapArray&>(array);
    Json out = Json::object();
    for (std::int64_t i = maps.value_offset(index); i < maps.value_offset(index + 1) && !fault.any(); ++i) {
        const Json key = valueOf(*maps.keys(), i, path, bytes, fault);
        Json value = valueOf(*maps.items(), i, path, bytes, fault);
        if (!value.is_null()) {
            out[key.is_string() ? key.get<std::string>() : key.dump()] = std::move(value);
        }
    }
    return out;
}

} // namespace

Json valueOf(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
             ValueFault& fault) {
    bytes += 4;
    if (array.IsNull(index)) {
        return {};
    }
    switch (array.type_id()) {
    case arrow::Type::NA:
        return {};
    case arrow::Type::BOOL:
        return static_cast<const arrow::BooleanArray&>(array).Value(index);
    case arrow::Type::INT8:
        return number<arrow::Int8Array>(array, index);
    case arrow::Type::INT16:
        return number<arrow::Int16Array>(array, index);
    case arrow::Type::INT32:
        return number<arrow::Int32Array>(array, index);
    case arrow::Type::INT64:
        return number<arrow::Int64Array>(array, index);
    case arrow::Type::UINT8:
        return number<arrow::UInt8Array>(array, index);
    case arrow::Type::UINT16:
        return number<arrow::UInt16Array>(array, index);
    case arrow::Type::UINT32:
        return number<arrow::UInt32Array>(array, index);
    case arrow::Type::UINT64:
        return number<arrow::UInt64Array>(array, index);
    case arrow::Type::FLOAT:
        return number<arrow::FloatArray>(array, index);
    case arrow::Type::DOUBLE:
        return number<arrow::DoubleArray>(array, index);
    case arrow::Type::STRING:
        return text<arrow::StringArray>(array, index, path, bytes, fault);
    case arrow::Type::LARGE_STRING:
        return text<arrow::LargeStringArray>(array, index, path, bytes, fault);
    case arrow::Type::STRING_VIEW:
        return text<arrow::StringViewArray>(array, index, path, bytes, fault);
    case arrow::Type::BINARY:
        return text<arrow::BinaryArray>(array, index, path, bytes, fault);
    case arrow::Type::LARGE_BINARY:
        return text<arrow::LargeBinaryArray>(array, index, path, bytes, fault);
    case arrow::Type::BINARY_VIEW:
        return text<arrow::BinaryViewArray>(array, index, path, bytes, fault);
    case arrow::Type::LIST:
        return list<arrow::ListArray>(array, index, path, bytes, fault);
    case arrow::Type::LARGE_LIST:
        return list<arrow::LargeListArray>(array, index, path, bytes, fault);
    case arrow::Type::FIXED_SIZE_LIST:
        return list<arrow::FixedSizeListArray>(array, index, path, bytes, fault);
    case arrow::Type::STRUCT:
        return structOf(array, index, path, bytes, fault);
    case arrow::Type::MAP:
        return map(array, index, path, bytes, fault);
    case arrow::Type::DICTIONARY: {
        const auto& dictionary = static_cast<const arrow::DictionaryArray&>(array);
        return valueOf(*dictionary.dictionary(), dictionary.GetValueIndex(index), path, bytes, fault);
    }
    default: {
        const auto scalar = array.GetScalar(index); // dates, times, decimals …: "2024-05-01"
        if (!scalar.ok()) {
            fault = {path, "cannot be read: " + scalar.status().message()};
            return {};
        }
        std::string words = (*scalar)->ToString();
        if (firstInvalidUtf8(words)) {
            fault = {path, "is of the type " + array.type()->ToString() + ", which is no text"};
            return {};
        }
        bytes += words.size();
        return words;
    }
    }
}

} // namespace fettle::data
