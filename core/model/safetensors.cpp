// Reading safetensors: the header is checked against the file in full before anything of it is used.
#include "model/safetensors.h"

#include "base/files.h"
#include "base/json.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <unordered_map>

namespace fettle::model {
namespace {

constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::array<DataType, 15> kTypes = {DataType::F64,  DataType::F32,    DataType::F16,   DataType::BF16,
                                             DataType::I64,  DataType::I32,    DataType::I16,   DataType::I8,
                                             DataType::U64,  DataType::U32,    DataType::U16,   DataType::U8,
                                             DataType::Bool, DataType::F8E4M3, DataType::F8E5M2};

DataType typeOfName(std::string_view name) {
    for (const DataType type : kTypes) {
        if (name == typeTraits(type).name) {
            return type;
        }
    }
    return DataType::None;
}

class File final : public SafetensorsFile {
public:
    [[nodiscard]] const std::vector<TensorInfo>& tensors() const override { return m_tensors; }
    [[nodiscard]] const TensorInfo* find(std::string_view name) const override {
        const auto found = m_index.find(std::string(name));
        return found == m_index.end() ? nullptr : &m_tensors[found->second];
    }
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const override { return m_metadata; }
    void dropPages() const override {
        if (m_map) {
            m_map->dropPages();
        }
    }

    [[nodiscard]] Result<void> parse(std::span<const std::byte> bytes);
    void hold(MappedFile map) { m_map = std::move(map); }

private:
    [[nodiscard]] Result<void> readMetadata(const Json& value);
    [[nodiscard]] Result<void> readTensor(const std::string& name, const Json& value, std::span<const std::byte> data);

    std::optional<MappedFile> m_map;
    std::vector<TensorInfo> m_tensors; // in the order of their bytes
    std::unordered_map<std::string, std::size_t> m_index;
    std::map<std::string, std::string> m_metadata;
};

Error bad(std::string message, const std::string& key = {}) {
    return makeError(ErrorCode::Parse, std::move(message)).forKey(key);
}

Result<void> File::readMetadata(const Json& value) {
    if (!value.is_object()) {
        return bad("must be an object of texts", "__metadata__");
    }
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) {
            return bad("must be text", "__metadata__." + key);
        }
        m_metadata[key] = text.get<std::string>();
    }
    return {};
}

Result<std::vector<std::uint64_t>> wholeNumbers(const Json& entry, const char* key, const std::string& name) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_array()) {
        return bad("a list of whole numbers is missing", name + "." + key);
    }
    std::vector<std::uint64_t> out;
    for (const Json& item : *found) {
        if (!item.is_number_unsigned() ||
            item.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return bad("must hold whole numbers that are not negative", name + "." + key);
        }
        out.push_back(item.get<std::uint64_t>());
    }
    return out;
}

Result<void> File::readTensor(const std::string& name, const Json& value, std::span<const std::byte> data) {
    if (!value.is_object()) {
        return bad("must be an object with dtype, shape and data_offsets", name);
    }
    const auto typeName = value.find("dtype");
    if (typeName == value.end() || !typeName->is_string()) {
        return bad("is missing or no text", name + ".dtype");
    }
    TensorInfo info;
    info.name = name;
    info.type = typeOfName(typeName->get<std::string>());
    if (info.type == DataType::None) {
        return makeError(ErrorCode::Unsupported, "unknown element type '" + typeName->get<std::string>() + "'",
                         "Save the weights as F32, F16 or BF16.")
            .forKey(name + ".dtype");
    }
    FETTLE_TRY_VALUE(const std::vector<std::uint64_t> shape, wholeNumbers(value, "shape", name));
    FETTLE_TRY_VALUE(const std::vector<std::uint64_t> offsets, wholeNumbers(value, "data_offsets", name));
    if (offsets.size() != 2) {
        return bad("must be two numbers, begin and end", name + ".data_offsets");
    }
    const std::uint64_t begin = offsets[0];
    const std::uint64_t end = offsets[1];
    if (begin > end || end > data.size()) {
        return bad("bytes " + std::to_string(begin) + " to " + std::to_string(end) + " lie outside the " +
                       std::to_string(data.size()) + " bytes of data",
                   name + ".data_offsets");
    }
    // The product is bounded by the bytes there are, so it is checked before it can overflow.
    std::uint64_t size = typeTraits(info.type).blockBytes;
    bool zero = false;
    for (const std::uint64_t extent : shape) {
        zero = zero || extent == 0;
    }
    for (const std::uint64_t extent : shape) {
        if (zero) {
            break;
        }
        if (size > std::numeric_limits<std::uint64_t>::max() / extent) {
            return bad("has more elements than can be counted", name + ".shape");
        }
        size *= extent;
    }
    if (zero) {
        size = 0;
    }
    if (size != end - begin) {
        return bad("shape and type ask for " + std::to_string(size) + " bytes, the offsets give " +
                       std::to_string(end - begin),
                   name);
    }
    for (const std::uint64_t extent : shape) {
        info.shape.push_back(static_cast<std::int64_t>(extent));
    }
    info.bytes = data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
    m_tensors.push_back(std::move(info));
    return {};
}

Result<void> File::parse(std::span<const std::byte> bytes) {
    if (bytes.size() < 8) {
        return bad("the file has " + std::to_string(bytes.size()) + " bytes, too few for a safetensors header");
    }
    std::uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes.data(), sizeof headerSize);
    if (headerSize > kLargestHeader) {
        return bad("the header claims " + std::to_string(headerSize) + " bytes, more than the limit of 100 MB");
    }
    if (headerSize > bytes.size() - 8) {
        return bad("the header claims " + std::to_string(headerSize) + " bytes, the file has only " +
                       std::to_string(bytes.size() - 8) + " after the length",
                   {});
    }
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(headerSize));
    const std::span<const std::byte> data = bytes.subspan(8 + static_cast<std::size_t>(headerSize));
    auto header = parseJson(text);
    if (!header) {
        Error error = std::move(header).error();
        error.code = ErrorCode::Parse;
        error.message = "header: " + error.message;
        return error;
    }
    if (!header.value().is_object()) {
        return bad("the header is no JSON object");
    }
    for (const auto& [name, value] : header.value().items()) {
        if (name == "__metadata__") {
            FETTLE_TRY(readMetadata(value));
        } else {
            FETTLE_TRY(readTensor(name, value, data));
        }
    }
    std::stable_sort(m_tensors.begin(), m_tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
        return a.bytes.data() != b.bytes.data() ? a.bytes.data() < b.bytes.data() : a.bytes.size() < b.bytes.size();
    });
    const std::byte* next = data.data();
    for (std::size_t i = 0; i < m_tensors.size(); ++i) {
        const TensorInfo& info = m_tensors[i];
        if (info.bytes.data() != next) {
            return bad(info.bytes.data() < next ? "its bytes overlap those of another tensor"
                                                : "bytes before it belong to no tensor",
                       info.name);
        }
        next += info.bytes.size();
        m_index.emplace(info.name, i);
    }
    if (next != data.data() + data.size()) {
        return bad(std::to_string(data.data() + data.size() - next) + " bytes after the last tensor belong to nothing");
    }
    return {};
}

} // namespace

Result<std::unique_ptr<SafetensorsFile>> openSafetensors(const std::string& path) {
    FETTLE_TRY_VALUE(MappedFile map, MappedFile::open(path));
    auto file = std::make_unique<File>();
    if (auto parsed = file->parse(map.bytes()); !parsed) {
        return std::move(parsed).error().at(path);
    }
    file->hold(std::move(map));
    return std::unique_ptr<SafetensorsFile>(std::move(file));
}

Result<std::unique_ptr<SafetensorsFile>> parseSafetensors(std::span<const std::byte> bytes, const std::string& name) {
    auto file = std::make_unique<File>();
    if (auto parsed = file->parse(bytes); !parsed) {
        return std::move(parsed).error().at(name);
    }
    return std::unique_ptr<SafetensorsFile>(std::move(file));
}

} // namespace fettle::model
