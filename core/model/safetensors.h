// safetensors: reading with every check of the format, writing as the reference does (widest type first, padded header,
// metadata format pt).
#pragma once

#include "model/tensor_file.h"

#include <functional>
#include <map>

namespace fettle::model {

class SafetensorsFile {
public:
    virtual ~SafetensorsFile() = default;
    [[nodiscard]] virtual const std::vector<TensorInfo>& tensors() const = 0;
    [[nodiscard]] virtual const TensorInfo* find(std::string_view name) const = 0;
    [[nodiscard]] virtual const std::map<std::string, std::string>& metadata() const = 0;
    /// Tells the system that the pages are not needed soon.
    virtual void dropPages() const {}
};

/// Errors (Parse) name file and reason. Nothing is allocated by what the header claims before it was checked against
/// the file.
[[nodiscard]] Result<std::unique_ptr<SafetensorsFile>> openSafetensors(const std::string& path);
/// The same over bytes that outlive the result (fuzzing, tests).
[[nodiscard]] Result<std::unique_ptr<SafetensorsFile>> parseSafetensors(std::span<const std::byte> bytes,
                                                                        const std::string& name);

struct TensorToWrite {
    std::string name;
    DataType type = DataType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes; // alive until written
};

/// Atomic. `metadata` gets {"format":"pt"} added where missing.
/// Errors: InvalidInput where names double, a type has no safetensors name or the bytes do not fit the shape.
[[nodiscard]] Result<void> writeSafetensors(const std::string& path, std::vector<TensorToWrite> tensors,
                                            std::map<std::string, std::string> metadata = {});

/// Takes the next bytes of a tensor.
using ByteSink = std::function<Result<void>(std::span<const std::byte>)>;

/// A tensor whose bytes are made while writing: `produce` hands them to the sink, in order, in pieces of any size,
/// exactly as many as type and shape ask for.
struct TensorToStream {
    std::string name;
    DataType type = DataType::F32;
    std::vector<std::int64_t> shape;
    std::function<Result<void>(const ByteSink& sink)> produce;
};

/// The same file without holding it in memory: tensors are asked for their bytes one after the other, in file order.
/// Atomic.
[[nodiscard]] Result<void> streamSafetensors(const std::string& path, std::vector<TensorToStream> tensors,
                                             std::map<std::string, std::string> metadata = {});

} // namespace fettle::model
