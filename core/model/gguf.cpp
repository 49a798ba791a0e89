// Reading GGUF. Every count and length is compared with the bytes that are left before it is believed; tables grow only
// as entries are read.
#include "model/gguf.h"

#include "base/files.h"
#include "base/utf8.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace fettle::model {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read in place");

constexpr std::size_t kLongestKey = 65535;
constexpr std::size_t kLongestTensorName = 64;
constexpr std::uint64_t kSmallestKeyBytes = 8 + 1 + 4 + 1;
constexpr std::uint64_t kSmallestTensorBytes = 8 + 1 + 4 + 4 + 8;

enum ValueType : std::uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };

DataType typeOfNumber(std::uint32_t number) {
    switch (number) {
    case 0:
        return DataType::F32;
    case 1:
        return DataType::F16;
    case 2:
        return DataType::Q4_0;
    case 3:
        return DataType::Q4_1;
    case 6:
        return DataType::Q5_0;
    case 7:
        return DataType::Q5_1;
    case 8:
        return DataType::Q8_0;
    case 9:
        return DataType::Q8_1;
    case 10:
        return DataType::Q2_K;
    case 11:
        return DataType::Q3_K;
    case 12:
        return DataType::Q4_K;
    case 13:
        return DataType::Q5_K;
    case 14:
        return DataType::Q6_K;
    case 15:
        return DataType::Q8_K;
    case 16:
        return DataType::IQ2_XXS;
    case 17:
        return DataType::IQ2_XS;
    case 18:
        return DataType::IQ3_XXS;
    case 19:
        return DataType::IQ1_S;
    case 20:
        return DataType::IQ4_NL;
    case 21:
        return DataType::IQ3_S;
    case 22:
        return DataType::IQ2_S;
    case 23:
        return DataType::IQ4_XS;
    case 24:
        return DataType::I8;
    case 25:
        return DataType::I16;
    case 26:
        return DataType::I32;
    case 27:
        return DataType::I64;
    case 28:
        return DataType::F64;
    case 29:
        return DataType::IQ1_M;
    case 30:
        return DataType::BF16;
    case 34:
        return DataType::TQ1_0;
    case 35:
        return DataType::TQ2_0;
    case 39:
        return DataType::MXFP4;
    case 40:
        return DataType::NVFP4;
    case 41:
        return DataType::Q1_0;
    default:
        return DataType::None;
    }
}

Error bad(std::string message, std::string key = {}) {
    return makeError(ErrorCode::Parse, std::move(message)).forKey(std::move(key));
}

/// A position in the bytes that never passes their end.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes)
        : m_bytes(bytes) {}
    [[nodiscard]] std::size_t position() const { return m_at; }
    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }

    template <class T>
    [[nodiscard]] Result<T> number() {
        if (left() < sizeof(T)) {
            return bad("the file ends at byte " + std::to_string(m_bytes.size()) + ", inside its header");
        }
        T value;
        std::memcpy(&value, m_bytes.data() + m_at, sizeof value);
        m_at += sizeof value;
        return value;
    }
    [[nodiscard]] Result<std::string> text(const char* what,
                                           std::size_t limit = std::numeric_limits<std::size_t>::max()) {
        FETTLE_TRY_VALUE(const auto length, number<std::uint64_t>());
        if (length > left()) {
            return bad(std::string(what) + " claims " + std::to_string(length) + " bytes at byte " +
                       std::to_string(m_at) + ", only " + std::to_string(left()) + " are left");
        }
        if (length > limit) {
            return bad(std::string(what) + " of " + std::to_string(length) + " bytes, the limit is " +
                       std::to_string(limit));
        }
        std::string out(reinterpret_cast<const char*>(m_bytes.data()) + m_at, static_cast<std::size_t>(length));
        m_at += static_cast<std::size_t>(length);
        return out;
    }

private:
    std::span<const std::byte> m_bytes;
    std::size_t m_at = 0;
};

class File final : public GgufFile {
public:
    [[nodiscard]] std::uint32_t version() const override { return m_version; }
    [[nodiscard]] const std::vector<std::pair<std::string, GgufValue>>& metadata() const override { return m_metadata; }
    [[nodiscard]] const GgufValue* get(std::string_view key) const override {
        const auto found = m_keys.find(std::string(key));
        return found == m_keys.end() ? nullptr : &m_metadata[found->second].second;
    }
    [[nodiscard]] const std::vector<TensorInfo>& tensors() const override { return m_tensors; }
    [[nodiscard]] const TensorInfo* find(std::string_view name) const override {
        const auto found = m_names.find(std::string(name));
        return found == m_names.end() ? nullptr : &m_tensors[found->second];
    }
    void dropPages() const override {
        if (m_map) {
            m_map->dropPages();
        }
    }

    [[nodiscard]] Result<void> parse(std::span<const std::byte> bytes);
    void hold(MappedFile map) { m_map = std::move(map); }

private:
    struct Placed {
        std::uint64_t offset = 0, size = 0;
        std::size_t tensor = 0;
    };
    [[nodiscard]] Result<void> readKey(Cursor& in);
    [[nodiscard]] Result<std::uint64_t> alignment() const;
    [[nodiscard]] Result<Placed> readTensor(Cursor& in, std::uint64_t alignment);

    std::optional<MappedFile> m_map;
    std::uint32_t m_version = 0;
    std::vector<std::pair<std::string, GgufValue>> m_metadata;
    std::unordered_map<std::string, std::size_t> m_keys;
    std::vector<TensorInfo> m_tensors;
    std::unordered_map<std::string, std::size_t> m_names;
    std::uint32_t m_alignmentType = kU32;
};

Result<bool> readBool(Cursor& in) {
    FETTLE_TRY_VALUE(const auto value, in.number<std::uint8_t>());
    if (value > 1) {
        return bad("a truth value is neither 0 nor 1");
    }
    return value == 1;
}

template <class T, class Out>
Result<void> readNumbers(Cursor& in, std::uint64_t count, std::vector<Out>& out) {
    if (count > in.left() / sizeof(T)) {
        return bad("an array claims " + std::to_string(count) + " values, more than the file holds");
    }
    out.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) {
        FETTLE_TRY_VALUE(const T value, in.number<T>());
        if constexpr (std::is_same_v<T, std::uint64_t>) {
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
                return bad("an array holds a number beyond 63 bits");
            }
        }
        out.push_back(static_cast<Out>(value));
    }
    return {};
}

Result<GgufValue> readArray(Cursor& in) {
    FETTLE_TRY_VALUE(const auto type, in.number<std::uint32_t>());
    FETTLE_TRY_VALUE(const auto count, in.number<std::uint64_t>());
    auto array = std::make_shared<GgufArray>();
    switch (type) {
    case kU8:
        FETTLE_TRY((readNumbers<std::uint8_t>(in, count, array->integers)));
        break;
    case kI8:
        FETTLE_TRY((readNumbers<std::int8_t>(in, count, array->integers)));
        break;
    case kU16:
        FETTLE_TRY((readNumbers<std::uint16_t>(in, count, array->integers)));
        break;
    case kI16:
        FETTLE_TRY((readNumbers<std::int16_t>(in, count, array->integers)));
        break;
    case kU32:
        FETTLE_TRY((readNumbers<std::uint32_t>(in, count, array->integers)));
        break;
    case kI32:
        FETTLE_TRY((readNumbers<std::int32_t>(in, count, array->integers)));
        break;
    case kU64:
        FETTLE_TRY((readNumbers<std::uint64_t>(in, count, array->integers)));
        break;
    case kI64:
        FETTLE_TRY((readNumbers<std::int64_t>(in, count, array->integers)));
        break;
    case kF32:
        FETTLE_TRY((readNumbers<float>(in, count, array->numbers)));
        break;
    case kF64:
        FETTLE_TRY((readNumbers<double>(in, count, array->numbers)));
        break;
    case kBool:
        if (count > in.left()) {
            return bad("an array claims " + std::to_string(count) + " truth values, more than the file holds");
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            FETTLE_TRY_VALUE(const bool value, readBool(in));
            array->booleans.push_back(value);
        }
        break;
    case kString:
        if (count > in.left() / 8) {
            return bad("an array claims " + std::to_string(count) + " texts, more than the file holds");
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            FETTLE_TRY_VALUE(std::string value, in.text("a text"));
            array->strings.push_back(std::move(value));
        }
        break;
    case kArray:
        return bad("an array of arrays");
    default:
        return bad("an array of the unknown type " + std::to_string(type));
    }
    return GgufValue(std::move(array));
}

template <class T, class Out>
Result<GgufValue> readNumber(Cursor& in) {
    FETTLE_TRY_VALUE(const T value, in.number<T>());
    return GgufValue(static_cast<Out>(value));
}

Result<GgufValue> readValue(Cursor& in, std::uint32_t type) {
    switch (type) {
    case kU8:
        return readNumber<std::uint8_t, std::uint64_t>(in);
    case kI8:
        return readNumber<std::int8_t, std::int64_t>(in);
    case kU16:
        return readNumber<std::uint16_t, std::uint64_t>(in);
    case kI16:
        return readNumber<std::int16_t, std::int64_t>(in);
    case kU32:
        return readNumber<std::uint32_t, std::uint64_t>(in);
    case kI32:
        return readNumber<std::int32_t, std::int64_t>(in);
    case kF32:
        return readNumber<float, double>(in);
    case kU64:
        return readNumber<std::uint64_t, std::uint64_t>(in);
    case kI64:
        return readNumber<std::int64_t, std::int64_t>(in);
    case kF64:
        return readNumber<double, double>(in);
    case kBool: {
        FETTLE_TRY_VALUE(const bool value, readBool(in));
        return GgufValue(value);
    }
    case kString: {
        FETTLE_TRY_VALUE(std::string value, in.text("a text"));
        return GgufValue(std::move(value));
    }
    case kArray:
        return readArray(in);
    default:
        return bad("a value of the unknown type " + std::to_string(type));
    }
}

Result<void> File::readKey(Cursor& in) {
    FETTLE_TRY_VALUE(std::string key, in.text("a key", kLongestKey));
    if (key.empty()) {
        return bad("a key is empty");
    }
    if (std::any_of(key.begin(), key.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) > 0x7E;
        })) {
        return bad("a key is not printable ASCII: '" + replaceInvalidUtf8(key) + "'");
    }
    FETTLE_TRY_VALUE(const auto type, in.number<std::uint32_t>());
    auto value = readValue(in, type);
    if (!value) {
        return std::move(value).error().forKey(key);
    }
    if (key == "general.alignment") {
        m_alignmentType = type;
    }
    if (key == "general.architecture" && type != kString) {
        return bad("must be text", key);
    }
    if (!m_keys.emplace(key, m_metadata.size()).second) {
        return bad("the key occurs twice", key);
    }
    m_metadata.emplace_back(std::move(key), std::move(value).value());
    return {};
}

Result<std::uint64_t> File::alignment() const {
    const GgufValue* value = get("general.alignment");
    if (value == nullptr) {
        return 32;
    }
    const auto* number = std::get_if<std::uint64_t>(value);
    if (number == nullptr || m_alignmentType != kU32 || !std::has_single_bit(*number)) {
        return bad("must be a power of two, stored as u32", "general.alignment");
    }
    return *number;
}

Result<File::Placed> File::readTensor(Cursor& in, std::uint64_t alignment) {
    TensorInfo info;
    FETTLE_TRY_VALUE(info.name, in.text("a tensor name", kLongestTensorName));
    if (info.name.empty() || firstInvalidUtf8(info.name)) {
        return bad("a tensor name is empty or not UTF-8");
    }
    FETTLE_TRY_VALUE(const auto dims, in.number<std::uint32_t>());
    if (dims > 4) {
        return bad("has " + std::to_string(dims) + " dimensions, at most 4 are allowed", info.name);
    }
    std::uint64_t values = 1;
    std::uint64_t row = 1;
    for (std::uint32_t i = 0; i < dims; ++i) {
        FETTLE_TRY_VALUE(const auto extent, in.number<std::uint64_t>());
        if (extent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ||
            (extent != 0 && values > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / extent)) {
            return bad("has more elements than can be counted", info.name);
        }
        if (i == 0) {
            row = extent;
        }
        values *= extent;
        info.shape.insert(info.shape.begin(), static_cast<std::int64_t>(extent));
    }
    FETTLE_TRY_VALUE(const auto number, in.number<std::uint32_t>());
    info.type = typeOfNumber(number);
    if (info.type == DataType::None) {
        return bad("has the unknown type number " + std::to_string(number), info.name);
    }
    const TypeTraits& traits = typeTraits(info.type);
    if (row % traits.blockValues != 0) {
        return bad("rows of " + std::to_string(row) + " values are no whole blocks of " + traits.name, info.name);
    }
    const std::uint64_t blocks = values / traits.blockValues;
    if (blocks > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / traits.blockBytes) {
        return bad("has more bytes than can be counted", info.name);
    }
    FETTLE_TRY_VALUE(const auto offset, in.number<std::uint64_t>());
    if (offset % alignment != 0) {
        return bad("its offset " + std::to_string(offset) + " is no multiple of " + std::to_string(alignment),
                   info.name);
    }
    if (!m_names.emplace(info.name, m_tensors.size()).second) {
        return bad("the tensor occurs twice", info.name);
    }
    m_tensors.push_back(std::move(info));
    return Placed{offset, blocks * traits.blockBytes, m_tensors.size() - 1};
}

Result<void> File::parse(std::span<const std::byte> bytes) {
    if (bytes.size() < 4 || std::memcmp(bytes.data(), "GGUF", 4) != 0) {
        return bad("does not start with GGUF", {});
    }
    Cursor in(bytes.subspan(4));
    FETTLE_TRY_VALUE(m_version, in.number<std::uint32_t>());
    if (m_version != 0 && (m_version & 0xFFFFU) == 0) {
        return makeError(ErrorCode::Unsupported, "a big-endian GGUF file", "Convert it with gguf_convert_endian.py.");
    }
    if (m_version < 2 || m_version > 3) {
        return makeError(ErrorCode::Unsupported,
                         "GGUF version " + std::to_string(m_version) + "; versions 2 and 3 are read",
                         "Convert the model again with current tools.");
    }
    FETTLE_TRY_VALUE(const auto tensorCount, in.number<std::uint64_t>());
    FETTLE_TRY_VALUE(const auto keyCount, in.number<std::uint64_t>());
    if (keyCount > in.left() / kSmallestKeyBytes) {
        return bad("claims " + std::to_string(keyCount) + " keys, more than the file can hold");
    }
    if (tensorCount > in.left() / kSmallestTensorBytes) {
        return bad("claims " + std::to_string(tensorCount) + " tensors, more than the file can hold");
    }
    for (std::uint64_t i = 0; i < keyCount; ++i) {
        FETTLE_TRY(readKey(in));
    }
    FETTLE_TRY_VALUE(const std::uint64_t align, alignment());
    std::vector<Placed> places;
    for (std::uint64_t i = 0; i < tensorCount; ++i) {
        FETTLE_TRY_VALUE(const Placed place, readTensor(in, align));
        places.push_back(place);
    }
    if (places.empty()) {
        return {};
    }
    const std::uint64_t headerEnd = in.position() + 4;
    const std::uint64_t dataStart = (headerEnd + align - 1) / align * align;
    const std::uint64_t dataSize = dataStart <= bytes.size() ? bytes.size() - dataStart : 0;
    for (const Placed& place : places) {
        TensorInfo& info = m_tensors[place.tensor];
        if (place.offset > dataSize || place.size > dataSize - place.offset || dataStart > bytes.size()) {
            return bad("its " + std::to_string(place.size) + " bytes at offset " + std::to_string(place.offset) +
                           " lie outside the " + std::to_string(dataSize) + " bytes of data: the file is cut short",
                       info.name);
        }
        info.bytes =
            bytes.subspan(static_cast<std::size_t>(dataStart + place.offset), static_cast<std::size_t>(place.size));
    }
    std::sort(places.begin(), places.end(), [](const Placed& a, const Placed& b) {
        return a.offset != b.offset ? a.offset < b.offset : a.size < b.size;
    });
    for (std::size_t i = 1; i < places.size(); ++i) {
        if (places[i].offset < places[i - 1].offset + places[i - 1].size) {
            return bad("its bytes overlap those of " + m_tensors[places[i - 1].tensor].name,
                       m_tensors[places[i].tensor].name);
        }
    }
    return {};
}

} // namespace

std::optional<std::string> GgufFile::text(std::string_view key) const {
    const GgufValue* value = get(key);
    const auto* found = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<std::int64_t> GgufFile::integer(std::string_view key) const {
    const GgufValue* value = get(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (const auto* positive = std::get_if<std::uint64_t>(value)) {
        return *positive <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                   ? std::optional(static_cast<std::int64_t>(*positive))
                   : std::nullopt;
    }
    const auto* number = std::get_if<std::int64_t>(value);
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<double> GgufFile::number(std::string_view key) const {
    const GgufValue* value = get(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (const auto* real = std::get_if<double>(value)) {
        return *real;
    }
    const auto whole = integer(key);
    return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

std::optional<bool> GgufFile::boolean(std::string_view key) const {
    const GgufValue* value = get(key);
    const auto* found = value == nullptr ? nullptr : std::get_if<bool>(value);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

const GgufArray* GgufFile::array(std::string_view key) const {
    const GgufValue* value = get(key);
    const auto* found = value == nullptr ? nullptr : std::get_if<std::shared_ptr<GgufArray>>(value);
    return found == nullptr ? nullptr : found->get();
}

Result<std::unique_ptr<GgufFile>> openGguf(const std::string& path) {
    FETTLE_TRY_VALUE(MappedFile map, MappedFile::open(path));
    auto file = std::make_unique<File>();
    if (auto parsed = file->parse(map.bytes()); !parsed) {
        return std::move(parsed).error().at(path);
    }
    file->hold(std::move(map));
    return std::unique_ptr<GgufFile>(std::move(file));
}

Result<std::unique_ptr<GgufFile>> parseGguf(std::span<const std::byte> bytes, const std::string& name) {
    auto file = std::make_unique<File>();
    if (auto parsed = file->parse(bytes); !parsed) {
        return std::move(parsed).error().at(name);
    }
    return std::unique_ptr<GgufFile>(std::move(file));
}

} // namespace fettle::model
