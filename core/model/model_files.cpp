// Models on disk: finds the files, checks that every tensor is there with the right shape, and reads tensors as float
// or bf16, whatever they are stored as.
#include "model/model_files.h"

#include "base/files.h"
#include "model/float_bits.h"
#include "model/gguf.h"
#include "model/model_layout.h"
#include "model/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <unordered_map>

namespace fettle::model {
namespace {

constexpr std::size_t kPieceValues = 4096; // a multiple of every block size

struct Entry {
    const TensorInfo* info = nullptr;
    std::int64_t permutedHeads = 0;
};

class Model final : public ModelFiles {
public:
    [[nodiscard]] const ModelConfig& config() const override { return m_config; }
    [[nodiscard]] const std::string& path() const override { return m_path; }
    [[nodiscard]] bool isGguf() const override { return m_gguf != nullptr; }
    [[nodiscard]] const std::vector<std::string>& names() const override { return m_names; }
    [[nodiscard]] bool has(std::string_view name) const override { return m_entries.count(std::string(name)) != 0; }
    [[nodiscard]] Result<std::vector<std::int64_t>> shape(std::string_view name) const override {
        FETTLE_TRY_VALUE(const Entry entry, entryOf(name));
        return entry.info->shape;
    }
    [[nodiscard]] Result<DataType> type(std::string_view name) const override {
        FETTLE_TRY_VALUE(const Entry entry, entryOf(name));
        return entry.info->type;
    }
    [[nodiscard]] Result<void> readFloat(std::string_view name, std::span<float> out) const override;
    [[nodiscard]] Result<void> readBf16(std::string_view name, std::span<std::uint16_t> out) const override;
    void dropPages() const override;
    [[nodiscard]] std::vector<std::string> ignored() const override { return m_ignored; }

    [[nodiscard]] Result<void> openFolder(const std::string& path);
    [[nodiscard]] Result<void> openFile(const std::string& path);

private:
    using Shards = std::vector<std::pair<std::string, std::unique_ptr<SafetensorsFile>>>; // path, file

    [[nodiscard]] Result<Entry> entryOf(std::string_view name) const {
        const auto found = m_entries.find(std::string(name));
        if (found == m_entries.end()) {
            return makeError(ErrorCode::NotFound, "the model has no tensor '" + std::string(name) + "'").at(m_path);
        }
        return found->second;
    }
    [[nodiscard]] Result<void> openShards();
    [[nodiscard]] Result<void> readGenerationConfig();
    [[nodiscard]] Result<void> take(const ExpectedTensor& expected, const TensorInfo* found, const std::string& name);
    /// Calls visit(bytes, first value, number of values) over whole blocks in the order of the result.
    template <class Visit>
    [[nodiscard]] Result<void> forPieces(const Entry& entry, std::size_t longest, Visit visit) const;

    ModelConfig m_config;
    std::string m_path;
    Shards m_shards;
    std::map<std::string, std::string> m_weightMap; // tensor → shard path, where there is an index
    std::unique_ptr<GgufFile> m_gguf;
    std::vector<std::string> m_names;
    std::unordered_map<std::string, Entry> m_entries;
    std::vector<std::string> m_ignored;
};

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string out = "[";
    for (const std::int64_t extent : shape) {
        out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
    }
    return out + ']';
}

/// Weights can be real numbers or blocks that there is a decoder for.
bool isReal(DataType type) {
    switch (type) {
    case DataType::F64:
    case DataType::F32:
    case DataType::F16:
    case DataType::BF16:
    case DataType::F8E4M3:
    case DataType::F8E5M2:
        return true;
    default:
        return typeTraits(type).quantised && decodeToFloat(type, {}, {}).ok();
    }
}

template <class Visit>
Result<void> Model::forPieces(const Entry& entry, std::size_t longest, Visit visit) const {
    const TypeTraits& traits = typeTraits(entry.info->type);
    const auto total = static_cast<std::size_t>(entry.info->valueCount());
    const auto bytesOf = [&](std::size_t first, std::size_t count) {
        return entry.info->bytes.subspan(first / traits.blockValues * traits.blockBytes,
                                         count / traits.blockValues * traits.blockBytes);
    };
    const auto run = [&](std::size_t source, std::size_t target, std::size_t count) -> Result<void> {
        for (std::size_t done = 0; done < count; done += longest) {
            const std::size_t now = std::min(longest, count - done);
            FETTLE_TRY(visit(bytesOf(source + done, now), target + done, now));
        }
        return {};
    };
    if (entry.permutedHeads == 0) {
        return run(0, 0, total);
    }
    // GGUF interleaves the two halves of a head's rows: row 2j + i of a head is row i * half + j of the Hugging Face
    // order.
    const auto rows = static_cast<std::size_t>(entry.info->shape.front());
    const std::size_t columns = total / rows;
    const std::size_t headRows = rows / static_cast<std::size_t>(entry.permutedHeads);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t inHead = row % headRows;
        const std::size_t half = inHead / (headRows / 2);
        const std::size_t source = row - inHead + 2 * (inHead % (headRows / 2)) + half;
        FETTLE_TRY(run(source * columns, row * columns, columns));
    }
    return {};
}

Result<void> Model::readFloat(std::string_view name, std::span<float> out) const {
    FETTLE_TRY_VALUE(const Entry entry, entryOf(name));
    if (static_cast<std::int64_t>(out.size()) != entry.info->valueCount()) {
        return makeError(ErrorCode::Internal, "room for " + std::to_string(out.size()) + " values, the tensor has " +
                                                  std::to_string(entry.info->valueCount()))
            .at(m_path)
            .forKey(std::string(name));
    }
    return forPieces(entry, std::max<std::size_t>(out.size(), 1),
                     [&](std::span<const std::byte> bytes, std::size_t first, std::size_t count) {
                         return decodeToFloat(entry.info->type, bytes, out.subspan(first, count));
                     });
}

Result<void> Model::readBf16(std::string_view name, std::span<std::uint16_t> out) const {
    FETTLE_TRY_VALUE(const Entry entry, entryOf(name));
    if (static_cast<std::int64_t>(out.size()) != entry.info->valueCount()) {
        return makeError(ErrorCode::Internal, "room for " + std::to_string(out.size()) + " values, the tensor has " +
                                                  std::to_string(entry.info->valueCount()))
            .at(m_path)
            .forKey(std::string(name));
    }
    if (entry.info->type == DataType::BF16) {
        return forPieces(entry, std::max<std::size_t>(out.size(), 1),
                         [&](std::span<const std::byte> bytes, std::size_t first, std::size_t count) -> Result<void> {
                             if (count > 0) {
                                 std::memcpy(out.data() + first, bytes.data(), count * 2);
                             }
                             return {};
                         });
    }
    return forPieces(entry, kPieceValues,
                     [&](std::span<const std::byte> bytes, std::size_t first, std::size_t count) -> Result<void> {
                         std::array<float, kPieceValues> buffer; // NOLINT: filled below
                         FETTLE_TRY(decodeToFloat(entry.info->type, bytes, std::span<float>(buffer).first(count)));
                         std::uint16_t* target = out.data() + first;
                         for (std::size_t i = 0; i < count; ++i) {
                             target[i] = floatToBf16(buffer[i]);
                         }
                         return {};
                     });
}

void Model::dropPages() const {
    for (const auto& [path, file] : m_shards) {
        file->dropPages();
    }
    if (m_gguf) {
        m_gguf->dropPages();
    }
}

/// `name` is the one the file uses.
Result<void> Model::take(const ExpectedTensor& expected, const TensorInfo* found, const std::string& name) {
    if (found == nullptr) {
        return makeError(ErrorCode::InvalidInput, "the tensor is missing", "The download may be incomplete.")
            .forKey(name);
    }
    if (found->shape != expected.shape) {
        return makeError(ErrorCode::InvalidInput, "the tensor has shape " + shapeText(found->shape) +
                                                      ", the configuration asks for " + shapeText(expected.shape))
            .forKey(name);
    }
    if (!isReal(found->type)) {
        return makeError(ErrorCode::Unsupported,
                         std::string("weights stored as ") + typeTraits(found->type).name + " are not supported",
                         "Use the model's folder with F32, F16 or BF16 weights.")
            .forKey(name);
    }
    if (expected.permutedHeads != 0 && typeTraits(found->type).blockValues > 1 && found->shape.size() == 1) {
        return makeError(ErrorCode::Unsupported, std::string("a bias stored as ") + typeTraits(found->type).name)
            .forKey(name);
    }
    m_entries[expected.name] = Entry{found, expected.permutedHeads};
    return {};
}

Result<void> Model::openShards() {
    const std::string single = m_path + "/model.safetensors";
    const std::string indexPath = m_path + "/model.safetensors.index.json";
    if (fileExists(single)) {
        FETTLE_TRY_VALUE(auto file, openSafetensors(single));
        m_shards.emplace_back(single, std::move(file));
        return {};
    }
    if (!fileExists(indexPath)) {
        const bool pickle =
            fileExists(m_path + "/pytorch_model.bin") || fileExists(m_path + "/pytorch_model.bin.index.json");
        return pickle ? makeError(ErrorCode::Unsupported,
                                  "the weights are a pickle (pytorch_model.bin), which can run code when read",
                                  "Use a folder with safetensors files.")
                            .at(m_path)
                      : makeError(ErrorCode::NotFound,
                                  "neither model.safetensors nor model.safetensors.index.json is there",
                                  "The download may be incomplete.")
                            .at(m_path);
    }
    FETTLE_TRY_VALUE(const Json index, readJsonFile(indexPath));
    const auto map = index.is_object() ? index.find("weight_map") : index.end();
    if (!index.is_object() || map == index.end() || !map->is_object()) {
        return makeError(ErrorCode::InvalidInput, "an object of tensor and file names is missing")
            .forKey("weight_map")
            .at(indexPath);
    }
    std::map<std::string, std::vector<std::string>> shards;
    for (const auto& [tensor, file] : map->items()) {
        if (!file.is_string() || file.get<std::string>().empty() ||
            file.get<std::string>().find('/') != std::string::npos) {
            return makeError(ErrorCode::InvalidInput, "must be a file name without folders")
                .forKey("weight_map." + tensor)
                .at(indexPath);
        }
        shards[m_path + '/' + file.get<std::string>()].push_back(tensor);
    }
    for (const auto& [path, tensors] : shards) {
        FETTLE_TRY_VALUE(auto file, openSafetensors(path));
        for (const std::string& tensor : tensors) {
            if (file->find(tensor) == nullptr) {
                return makeError(ErrorCode::InvalidInput,
                                 "the index places this tensor here, but it is not in the file")
                    .forKey(tensor)
                    .at(path);
            }
            m_weightMap[tensor] = path;
        }
        m_shards.emplace_back(path, std::move(file));
    }
    return {};
}

/// Further tokens that end an answer: generation_config.json often lists more than config.json.
Result<void> Model::readGenerationConfig() {
    const std::string path = m_path + "/generation_config.json";
    if (!fileExists(path)) {
        return {};
    }
    FETTLE_TRY_VALUE(const Json generation, readJsonFile(path));
    const auto eos = generation.is_object() ? generation.find("eos_token_id") : generation.end();
    if (!generation.is_object() || eos == generation.end()) {
        return {};
    }
    const Json list = eos->is_array() ? *eos : Json::array({*eos});
    for (const Json& id : list) {
        if (id.is_number_integer() &&
            std::find(m_config.eos.begin(), m_config.eos.end(), id.get<std::int64_t>()) == m_config.eos.end()) {
            m_config.eos.push_back(id.get<std::int64_t>());
        }
    }
    return {};
}

Result<void> Model::openFolder(const std::string& path) {
    m_path = path;
    const std::string configPath = path + "/config.json";
    if (!fileExists(configPath)) {
        const bool adapter = fileExists(path + "/adapter_config.json");
        return makeError(ErrorCode::NotFound, "config.json is missing",
                         adapter ? "This folder holds an adapter, not a model."
                                 : "A model is a folder with config.json, or a .gguf file.")
            .at(path);
    }
    FETTLE_TRY_VALUE(const Json json, readJsonFile(configPath));
    auto config = configFromJson(json);
    if (!config) {
        return std::move(config).error().at(configPath);
    }
    m_config = std::move(config).value();
    FETTLE_TRY(readGenerationConfig());
    FETTLE_TRY(openShards());
    for (const ExpectedTensor& expected : expectedTensors(m_config)) {
        const TensorInfo* found = nullptr;
        for (const auto& [file, shard] : m_shards) {
            const auto place = m_weightMap.find(expected.name);
            if (m_weightMap.empty() || (place != m_weightMap.end() && place->second == file)) {
                found = shard->find(expected.name);
            }
            if (found != nullptr) {
                break;
            }
        }
        ExpectedTensor plain = expected;
        plain.permutedHeads = 0;
        if (auto taken = take(plain, found, expected.name); !taken) {
            return std::move(taken).error().at(path);
        }
    }
    std::map<DataType, std::int64_t> types;
    for (const auto& [file, shard] : m_shards) {
        for (const TensorInfo& info : shard->tensors()) {
            const auto entry = m_entries.find(info.name);
            if (entry != m_entries.end() && entry->second.info == &info) {
                m_names.push_back(info.name);
                types[info.type] += info.valueCount();
            } else {
                m_ignored.push_back(info.name);
            }
        }
    }
    if (m_config.storedType == DataType::None) {
        m_config.storedType = std::max_element(types.begin(), types.end(), [](const auto& a, const auto& b) {
                                  return a.second < b.second;
                              })->first;
    }
    return {};
}

Result<void> Model::openFile(const std::string& path) {
    m_path = path;
    FETTLE_TRY_VALUE(m_gguf, openGguf(path));
    auto config = configFromGguf(*m_gguf);
    if (!config) {
        return std::move(config).error().at(path);
    }
    m_config = std::move(config).value();
    std::unordered_map<std::string, std::string> names; // GGUF → Hugging Face
    for (const ExpectedTensor& expected : expectedTensors(m_config)) {
        if (auto taken = take(expected, m_gguf->find(expected.ggufName), expected.ggufName); !taken) {
            return std::move(taken).error().at(path);
        }
        names[expected.ggufName] = expected.name;
    }
    for (const TensorInfo& info : m_gguf->tensors()) {
        const auto found = names.find(info.name);
        if (found != names.end()) {
            m_names.push_back(found->second);
        } else if (info.name != "rope_freqs.weight") {
            // Every tensor of a GGUF file takes part in the model: one that we do not know means another model than we
            // would build.
            return makeError(ErrorCode::Unsupported, "a tensor that models of this type do not have")
                .forKey(info.name)
                .at(path);
        }
    }
    return {};
}

} // namespace

Result<std::unique_ptr<ModelFiles>> openModel(const std::string& path) {
    std::string clean = path;
    while (clean.size() > 1 && clean.back() == '/') {
        clean.pop_back();
    }
    auto model = std::make_unique<Model>();
    if (folderExists(clean)) {
        FETTLE_TRY(model->openFolder(clean));
    } else if (!fileExists(clean)) {
        return makeError(ErrorCode::NotFound, "there is no such model",
                         "A model is a folder with config.json, or a .gguf file.")
            .at(path);
    } else {
        FETTLE_TRY(model->openFile(clean));
    }
    return std::unique_ptr<ModelFiles>(std::move(model));
}

} // namespace fettle::model
