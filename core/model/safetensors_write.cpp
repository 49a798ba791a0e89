// Writing safetensors byte for byte as the reference does: widest element type first, then by name; header padded with
// spaces to a multiple of eight.
#include "base/files.h"
#include "base/json.h"
#include "model/safetensors.h"

#include <algorithm>
#include <limits>
#include <set>

namespace fettle::model {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{4} << 20U;

/// Element types in the order in which the reference ranks them; the higher rank is written first.
int rankOf(DataType type) {
    switch (type) {
    case DataType::Bool:
        return 1;
    case DataType::U8:
        return 2;
    case DataType::I8:
        return 3;
    case DataType::F8E5M2:
        return 4;
    case DataType::F8E4M3:
        return 5;
    case DataType::I16:
        return 6;
    case DataType::U16:
        return 7;
    case DataType::F16:
        return 8;
    case DataType::BF16:
        return 9;
    case DataType::I32:
        return 10;
    case DataType::U32:
        return 11;
    case DataType::F32:
        return 12;
    case DataType::F64:
        return 13;
    case DataType::I64:
        return 14;
    case DataType::U64:
        return 15;
    default:
        return 0;
    }
}

Result<std::uint64_t> byteSize(const TensorToStream& tensor) {
    if (rankOf(tensor.type) == 0) {
        return makeError(ErrorCode::InvalidInput,
                         std::string("type ") + typeTraits(tensor.type).name + " cannot be written to safetensors")
            .forKey(tensor.name);
    }
    std::uint64_t size = typeTraits(tensor.type).blockBytes;
    for (const std::int64_t extent : tensor.shape) {
        if (extent < 0 || (extent > 0 && size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) /
                                                    static_cast<std::uint64_t>(extent))) {
            return makeError(ErrorCode::InvalidInput, "impossible shape").forKey(tensor.name);
        }
        size *= static_cast<std::uint64_t>(extent);
    }
    return size;
}

Result<std::string> makeHeader(const std::vector<TensorToStream>& tensors,
                               const std::map<std::string, std::string>& metadata, std::vector<std::uint64_t>& sizes) {
    Json header = Json::object();
    for (const auto& [key, value] : metadata) {
        header["__metadata__"][key] = value;
    }
    std::set<std::string_view> names;
    std::uint64_t offset = 0;
    for (const TensorToStream& tensor : tensors) {
        if (tensor.name == "__metadata__" || !names.insert(tensor.name).second) {
            return makeError(ErrorCode::InvalidInput, "two tensors of this name").forKey(tensor.name);
        }
        FETTLE_TRY_VALUE(const std::uint64_t size, byteSize(tensor));
        sizes.push_back(size);
        Json entry = Json::object();
        entry["dtype"] = typeTraits(tensor.type).name;
        entry["shape"] = tensor.shape;
        entry["data_offsets"] = {offset, offset + size};
        header[tensor.name] = std::move(entry);
        offset += size;
    }
    std::string text = dumpJson(header);
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t length = text.size();
    std::string out(reinterpret_cast<const char*>(&length), sizeof length);
    return out + text;
}

/// Gathers small pieces, so that a file of many small tensors does not become as many system calls.
class BufferedWriter {
public:
    explicit BufferedWriter(AtomicFile& file)
        : m_file(file) {
        m_buffer.reserve(kBufferBytes);
    }

    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes) {
        if (m_buffer.size() + bytes.size() > kBufferBytes) {
            FETTLE_TRY(flush());
            if (bytes.size() >= kBufferBytes) {
                return m_file.write(bytes);
            }
        }
        m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
        return {};
    }
    [[nodiscard]] Result<void> flush() {
        if (m_buffer.empty()) {
            return {};
        }
        auto written = m_file.write(std::span<const std::byte>(m_buffer));
        m_buffer.clear();
        return written;
    }

private:
    AtomicFile& m_file;
    std::vector<std::byte> m_buffer;
};

} // namespace

Result<void> streamSafetensors(const std::string& path, std::vector<TensorToStream> tensors,
                               std::map<std::string, std::string> metadata) {
    metadata.emplace("format", "pt");
    std::stable_sort(tensors.begin(), tensors.end(), [](const TensorToStream& a, const TensorToStream& b) {
        const int left = rankOf(a.type);
        const int right = rankOf(b.type);
        return left != right ? left > right : a.name < b.name;
    });
    std::vector<std::uint64_t> sizes;
    auto header = makeHeader(tensors, metadata, sizes);
    if (!header) {
        return std::move(header).error().at(path);
    }
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    BufferedWriter writer(file);
    FETTLE_TRY(writer.write(std::as_bytes(std::span<const char>(header.value()))));
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        std::uint64_t left = sizes[i];
        const auto sink = [&](std::span<const std::byte> bytes) -> Result<void> {
            if (bytes.size() > left) {
                return makeError(ErrorCode::InvalidInput, "more bytes than type and shape ask for")
                    .forKey(tensors[i].name)
                    .at(path);
            }
            left -= bytes.size();
            return writer.write(bytes);
        };
        FETTLE_TRY(tensors[i].produce(sink));
        if (left != 0) {
            return makeError(ErrorCode::InvalidInput, std::to_string(left) + " bytes fewer than type and shape ask for")
                .forKey(tensors[i].name)
                .at(path);
        }
    }
    FETTLE_TRY(writer.flush());
    return file.commit();
}

Result<void> writeSafetensors(const std::string& path, std::vector<TensorToWrite> tensors,
                              std::map<std::string, std::string> metadata) {
    std::vector<TensorToStream> streams;
    streams.reserve(tensors.size());
    for (TensorToWrite& tensor : tensors) {
        streams.push_back({std::move(tensor.name), tensor.type, std::move(tensor.shape),
                           [bytes = tensor.bytes](const ByteSink& sink) { return sink(bytes); }});
    }
    return streamSafetensors(path, std::move(streams), std::move(metadata));
}

} // namespace fettle::model
