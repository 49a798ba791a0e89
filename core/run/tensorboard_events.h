// TensorBoard event files: records with their checksums, and the few messages inside that carry scalars. Private to
// core/run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::run {

/// CRC-32C (Castagnoli), and the masked form in which TFRecord files keep it.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);
[[nodiscard]] std::uint32_t maskedCrc32c(std::string_view bytes);

/// The records of a TFRecord file.
class RecordReader {
public:
    explicit RecordReader(std::string_view bytes)
        : m_bytes(bytes) {}

    enum class Outcome {
        Record,    // data() is whole
        BadRecord, // its checksum does not fit; the next one can be read
        End,
        TornEnd,  // the file ends inside a record: normal while a run writes, or after it was killed
        BadLength // the length of a record is damaged: nothing after it can be found
    };
    [[nodiscard]] Outcome next();
    [[nodiscard]] std::string_view data() const { return m_data; }
    [[nodiscard]] std::int64_t number() const { return m_number; }  // of the record given last, from 1
    [[nodiscard]] std::size_t offset() const { return m_recordAt; } // where it begins

private:
    std::string_view m_bytes;
    std::string_view m_data;
    std::size_t m_at = 0, m_recordAt = 0;
    std::int64_t m_number = 0;
};

struct TensorValue {
    int dtype = 0;
    std::string_view content; // tensor_content
    bool oneElement = true;   // by its shape
    std::vector<double> numbers;
    bool strings = false;
};
struct SummaryValue {
    std::string_view tag;
    std::string_view plugin; // of the metadata; "" = none here
    std::optional<double> simple;
    std::optional<TensorValue> tensor;
    bool other = false; // histogram, image, audio of the first version
};
struct TensorBoardEvent {
    double wallTime = 0;
    std::int64_t step = 0;
    bool sessionStart = false; // steps from `step` on, written before, no longer count
    bool hasSummary = false;
    std::vector<SummaryValue> values;
};

/// nullopt: not a readable Event message. Views lie in `bytes`.
[[nodiscard]] std::optional<TensorBoardEvent> readTensorBoardEvent(std::string_view bytes);
/// The one number of a tensor; nullopt where it is no scalar of a known type.
[[nodiscard]] std::optional<double> scalarOf(const TensorValue& tensor);

} // namespace fettle::run
