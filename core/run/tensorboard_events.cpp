// TFRecord framing and the protobuf fields of Event, Summary and TensorProto, read by hand: no other field matters
// here.
#include "run/tensorboard_events.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace fettle::run {
namespace {

constexpr std::array<std::uint32_t, 256> makeTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82F63B78U : value >> 1U;
        }
        table[i] = value;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> kTable = makeTable();

template <class T>
T loadLittle(std::string_view bytes) {
    static_assert(std::endian::native == std::endian::little);
    T value{};
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

enum class Wire : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

// The fields of one message.
class Fields {
public:
    explicit Fields(std::string_view bytes)
        : m_bytes(bytes) {}

    /// False at the end or at a fault.
    bool next() {
        std::uint64_t key = 0;
        if (m_at >= m_bytes.size() || !varint(key)) {
            return false;
        }
        m_field = key >> 3U;
        m_wire = static_cast<Wire>(key & 7U);
        m_data = {};
        switch (m_wire) {
        case Wire::Varint:
            return varint(m_number);
        case Wire::Fixed64:
            return take(8);
        case Wire::Fixed32:
            return take(4);
        case Wire::Bytes: {
            std::uint64_t size = 0;
            return varint(size) && take(size);
        }
        }
        m_bad = true; // groups are in none of these messages
        return false;
    }
    [[nodiscard]] bool bad() const { return m_bad; }
    [[nodiscard]] bool is(std::uint64_t field, Wire wire) const { return m_field == field && m_wire == wire; }
    [[nodiscard]] std::uint64_t field() const { return m_field; }
    [[nodiscard]] Wire wire() const { return m_wire; }
    [[nodiscard]] std::uint64_t number() const { return m_number; }
    [[nodiscard]] std::string_view data() const { return m_data; }

    bool varint(std::uint64_t& out) {
        out = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (m_at >= m_bytes.size()) {
                break;
            }
            const auto byte = static_cast<std::uint8_t>(m_bytes[m_at++]);
            out |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if ((byte & 0x80U) == 0) {
                return true;
            }
        }
        m_bad = true;
        return false;
    }

private:
    bool take(std::uint64_t size) {
        if (size > m_bytes.size() - m_at) {
            m_bad = true;
            return false;
        }
        m_data = m_bytes.substr(m_at, static_cast<std::size_t>(size));
        m_at += static_cast<std::size_t>(size);
        return true;
    }

    std::string_view m_bytes;
    std::string_view m_data;
    std::size_t m_at = 0;
    std::uint64_t m_field = 0, m_number = 0;
    Wire m_wire = Wire::Varint;
    bool m_bad = false;
};

double fromHalf(std::uint16_t bits) {
    const int exponent = bits >> 10U & 0x1F;
    const int mantissa = bits & 0x3FF;
    double value = 0;
    if (exponent == 31) {
        value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    } else if (exponent == 0) {
        value = std::ldexp(mantissa, -24);
    } else {
        value = std::ldexp(mantissa + 1024, exponent - 25);
    }
    return (bits & 0x8000U) != 0 ? -value : value;
}

double fromBfloat(std::uint16_t bits) {
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U));
}

// DataType of TensorFlow.
enum DataType {
    kFloat = 1,
    kDouble = 2,
    kInt32 = 3,
    kUint8 = 4,
    kInt16 = 5,
    kInt8 = 6,
    kString = 7,
    kInt64 = 9,
    kBool = 10,
    kBfloat16 = 14,
    kUint16 = 17,
    kHalf = 19,
    kUint32 = 22,
    kUint64 = 23
};

template <class T>
std::optional<double> oneOf(std::string_view bytes) {
    return bytes.size() == sizeof(T) ? std::optional<double>(static_cast<double>(loadLittle<T>(bytes))) : std::nullopt;
}

std::optional<double> fromContent(int dtype, std::string_view bytes) {
    switch (dtype) {
    case kFloat:
        return oneOf<float>(bytes);
    case kDouble:
        return oneOf<double>(bytes);
    case kInt32:
        return oneOf<std::int32_t>(bytes);
    case kUint8:
        return oneOf<std::uint8_t>(bytes);
    case kInt16:
        return oneOf<std::int16_t>(bytes);
    case kInt8:
        return oneOf<std::int8_t>(bytes);
    case kInt64:
        return oneOf<std::int64_t>(bytes);
    case kBool:
        return oneOf<std::uint8_t>(bytes);
    case kUint16:
        return oneOf<std::uint16_t>(bytes);
    case kUint32:
        return oneOf<std::uint32_t>(bytes);
    case kUint64:
        return oneOf<std::uint64_t>(bytes);
    case kHalf:
        return bytes.size() == 2 ? std::optional<double>(fromHalf(loadLittle<std::uint16_t>(bytes))) : std::nullopt;
    case kBfloat16:
        return bytes.size() == 2 ? std::optional<double>(fromBfloat(loadLittle<std::uint16_t>(bytes))) : std::nullopt;
    default:
        return std::nullopt;
    }
}

// Which field of TensorProto holds numbers of which wire form.
void readNumbers(const Fields& fields, int dtype, std::vector<double>& out, bool& bad) {
    constexpr std::size_t kEnough = 2; // more than one element is no scalar, however many there are
    const std::uint64_t field = fields.field();
    const std::size_t width = field == 5 ? 4 : (field == 6 ? 8 : 0); // float_val, double_val
    const auto push = [&out](double value) {
        if (out.size() < kEnough) {
            out.push_back(value);
        }
    };
    const auto fixed = [&](std::string_view bytes) {
        push(width == 4 ? static_cast<double>(loadLittle<float>(bytes)) : loadLittle<double>(bytes));
    };
    const auto varint = [&](std::uint64_t number) {
        if (field == 13) { // half_val
            const auto bits = static_cast<std::uint16_t>(number);
            push(dtype == kBfloat16 ? fromBfloat(bits) : fromHalf(bits));
        } else if (field == 16 || field == 17) { // uint32_val, uint64_val
            push(static_cast<double>(number));
        } else {
            push(static_cast<double>(static_cast<std::int64_t>(number)));
        }
    };
    if (width > 0) {
        if (fields.wire() == Wire::Bytes) {
            for (std::size_t at = 0; at + width <= fields.data().size(); at += width) {
                fixed(fields.data().substr(at, width));
            }
        } else if (fields.data().size() == width) {
            fixed(fields.data());
        }
    } else if (fields.wire() == Wire::Varint) {
        varint(fields.number());
    } else if (fields.wire() == Wire::Bytes) {
        Fields packed(fields.data());
        std::size_t used = 0;
        std::uint64_t number = 0;
        while (used < kEnough && !fields.data().empty()) {
            if (!packed.varint(number)) {
                // The end of the list reads as a fault, which it is only when nothing was read.
                bad = bad || used == 0;
                break;
            }
            varint(number);
            ++used;
        }
    }
}

bool readShape(std::string_view bytes, bool& oneElement) {
    Fields shape(bytes);
    while (shape.next()) {
        if (shape.is(2, Wire::Bytes)) {
            Fields dimension(shape.data());
            std::uint64_t size = 0;
            while (dimension.next()) {
                if (dimension.is(1, Wire::Varint)) {
                    size = dimension.number();
                }
            }
            oneElement = oneElement && size == 1;
            if (dimension.bad()) {
                return false;
            }
        } else if (shape.is(3, Wire::Varint) && shape.number() != 0) {
            oneElement = false; // unknown rank
        }
    }
    return !shape.bad();
}

bool readTensor(std::string_view bytes, TensorValue& tensor) {
    // The type stands first in files, but need not.
    for (Fields first(bytes); first.next();) {
        if (first.is(1, Wire::Varint)) {
            tensor.dtype = static_cast<int>(first.number());
        }
    }
    bool bad = false;
    Fields fields(bytes);
    while (fields.next()) {
        if (fields.is(2, Wire::Bytes)) {
            bad = !readShape(fields.data(), tensor.oneElement) || bad;
        } else if (fields.is(4, Wire::Bytes)) {
            tensor.content = fields.data();
        } else if (fields.field() == 8) {
            tensor.strings = true;
        } else if (fields.field() == 5 || fields.field() == 6 || fields.field() == 7 || fields.field() == 10 ||
                   fields.field() == 11 || fields.field() == 13 || fields.field() == 16 || fields.field() == 17) {
            readNumbers(fields, tensor.dtype, tensor.numbers, bad);
        }
    }
    return !fields.bad() && !bad;
}

bool readMetadata(std::string_view bytes, SummaryValue& value) {
    Fields fields(bytes);
    while (fields.next()) {
        if (fields.is(1, Wire::Bytes)) {
            Fields plugin(fields.data());
            while (plugin.next()) {
                if (plugin.is(1, Wire::Bytes)) {
                    value.plugin = plugin.data();
                }
            }
            if (plugin.bad()) {
                return false;
            }
        }
    }
    return !fields.bad();
}

bool readValue(std::string_view bytes, SummaryValue& value) {
    Fields fields(bytes);
    while (fields.next()) {
        if (fields.is(1, Wire::Bytes)) {
            value.tag = fields.data();
        } else if (fields.is(2, Wire::Fixed32)) {
            value.simple = static_cast<double>(loadLittle<float>(fields.data()));
        } else if (fields.is(8, Wire::Bytes)) {
            value.tensor.emplace();
            if (!readTensor(fields.data(), *value.tensor)) {
                return false;
            }
        } else if (fields.is(9, Wire::Bytes)) {
            if (!readMetadata(fields.data(), value)) {
                return false;
            }
        } else if (fields.field() >= 3 && fields.field() <= 6) {
            value.other = true;
        }
    }
    return !fields.bad();
}

} // namespace

std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc = kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xFFU] ^ (crc >> 8U);
    }
    return ~crc;
}

std::uint32_t maskedCrc32c(std::string_view bytes) {
    const std::uint32_t crc = crc32c(bytes);
    return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

RecordReader::Outcome RecordReader::next() {
    constexpr std::size_t kHead = 12; // length and its checksum
    m_data = {};
    if (m_at >= m_bytes.size()) {
        return Outcome::End;
    }
    m_recordAt = m_at;
    ++m_number;
    const std::string_view rest = m_bytes.substr(m_at);
    if (rest.size() < kHead) {
        m_at = m_bytes.size();
        return Outcome::TornEnd;
    }
    if (maskedCrc32c(rest.substr(0, 8)) != loadLittle<std::uint32_t>(rest.substr(8, 4))) {
        m_at = m_bytes.size();
        return Outcome::BadLength;
    }
    const auto size = loadLittle<std::uint64_t>(rest);
    if (rest.size() < kHead + 4 || size > rest.size() - kHead - 4) {
        m_at = m_bytes.size();
        return Outcome::TornEnd;
    }
    m_data = rest.substr(kHead, static_cast<std::size_t>(size));
    m_at += kHead + m_data.size() + 4;
    return maskedCrc32c(m_data) == loadLittle<std::uint32_t>(rest.substr(kHead + m_data.size(), 4))
               ? Outcome::Record
               : Outcome::BadRecord;
}

std::optional<TensorBoardEvent> readTensorBoardEvent(std::string_view bytes) {
    TensorBoardEvent event;
    Fields fields(bytes);
    while (fields.next()) {
        if (fields.is(1, Wire::Fixed64)) {
            event.wallTime = loadLittle<double>(fields.data());
        } else if (fields.is(2, Wire::Varint)) {
            event.step = static_cast<std::int64_t>(fields.number());
        } else if (fields.is(5, Wire::Bytes)) {
            event.hasSummary = true;
            Fields summary(fields.data());
            while (summary.next()) {
                if (summary.is(1, Wire::Bytes) && !readValue(summary.data(), event.values.emplace_back())) {
                    return std::nullopt;
                }
            }
            if (summary.bad()) {
                return std::nullopt;
            }
        } else if (fields.is(7, Wire::Bytes)) {
            Fields session(fields.data());
            while (session.next()) {
                constexpr std::uint64_t kStart = 1;
                event.sessionStart = event.sessionStart || (session.is(1, Wire::Varint) && session.number() == kStart);
            }
            if (session.bad()) {
                return std::nullopt;
            }
        }
    }
    if (fields.bad()) {
        return std::nullopt;
    }
    return event;
}

std::optional<double> scalarOf(const TensorValue& tensor) {
    if (!tensor.oneElement || tensor.strings || tensor.dtype == kString) {
        return std::nullopt;
    }
    if (!tensor.content.empty()) {
        return tensor.numbers.empty() ? fromContent(tensor.dtype, tensor.content) : std::nullopt;
    }
    return tensor.numbers.size() == 1 ? std::optional<double>(tensor.numbers.front()) : std::nullopt;
}

} // namespace fettle::run
