// GGUF: metadata and tensors (versions 2 and 3, little-endian).
#pragma once

#include "model/tensor_file.h"

#include <optional>
#include <variant>

namespace fettle::model {

struct GgufArray;
using GgufValue =
    std::variant<std::monostate, std::uint64_t, std::int64_t, double, bool, std::string, std::shared_ptr<GgufArray>>;
struct GgufArray {
    std::vector<std::int64_t> integers; // one of the four is filled
    std::vector<double> numbers;
    std::vector<std::string> strings;
    std::vector<bool> booleans;
};

class GgufFile {
public:
    virtual ~GgufFile() = default;
    [[nodiscard]] virtual std::uint32_t version() const = 0;
    [[nodiscard]] virtual const std::vector<std::pair<std::string, GgufValue>>& metadata() const = 0;
    [[nodiscard]] virtual const GgufValue* get(std::string_view key) const = 0; // null when absent
    [[nodiscard]] virtual const std::vector<TensorInfo>& tensors() const = 0;
    [[nodiscard]] virtual const TensorInfo* find(std::string_view name) const = 0;
    /// Tells the system that the pages are not needed soon.
    virtual void dropPages() const {}

    [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const; // any integer type
    [[nodiscard]] std::optional<double> number(std::string_view key) const;        // float or integer
    [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
    /// The array under a key; null when the key is absent or holds no array. Valid as long as the file.
    [[nodiscard]] const GgufArray* array(std::string_view key) const;
};

[[nodiscard]] Result<std::unique_ptr<GgufFile>> openGguf(const std::string& path);
[[nodiscard]] Result<std::unique_ptr<GgufFile>> parseGguf(std::span<const std::byte> bytes, const std::string& name);

} // namespace fettle::model
