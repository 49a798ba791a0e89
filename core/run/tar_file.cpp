// Header blocks of ustar: octal numbers in text fields, a checksum over the block, sizes beyond eight gigabytes in the
// binary form that GNU tar introduced.
#include "run/tar_file.h"

#include <algorithm>
#include <array>
#include <optional>

namespace fettle::run {
namespace {

// Offset and size of the fields.
struct Field {
    std::size_t at, size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12}, kTime{136, 12},
    kChecksum{148, 8}, kMagic{257, 8}, kPrefix{345, 155};
constexpr std::size_t kType = 156;

void putText(std::string& block, Field field, std::string_view text) {
    block.replace(field.at, text.size(), text);
}

void putOctal(std::string& block, Field field, std::uint64_t value) {
    for (std::size_t i = field.size - 1; i-- > 0;) {
        block[field.at + i] = static_cast<char>('0' + (value & 7U));
        value >>= 3U;
    }
}

void putSize(std::string& block, std::uint64_t size) {
    constexpr std::uint64_t kOctalLimit = std::uint64_t{1} << 33U;
    if (size < kOctalLimit) {
        putOctal(block, kSize, size);
        return;
    }
    block[kSize.at] = '\x80';
    for (std::size_t i = kSize.size; i-- > kSize.size - 8;) {
        block[kSize.at + i] = static_cast<char>(size & 0xFFU);
        size >>= 8U;
    }
}

std::string_view textOf(std::string_view block, Field field) {
    const std::string_view text = block.substr(field.at, field.size);
    return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> numberOf(std::string_view block, Field field) {
    const std::string_view text = block.substr(field.at, field.size);
    if ((static_cast<unsigned char>(text[0]) & 0x80U) != 0) {
        std::uint64_t value = static_cast<unsigned char>(text[0]) & 0x7FU;
        for (const char c : text.substr(1)) {
            if (value >> 55U != 0) {
                return std::nullopt;
            }
            value = value << 8U | static_cast<unsigned char>(c);
        }
        return value;
    }
    std::uint64_t value = 0;
    bool any = false;
    bool ended = false;
    for (const char c : text) {
        if (c == ' ' || c == '\0') {
            ended = any;
            continue;
        }
        if (ended || c < '0' || c > '7') {
            return std::nullopt;
        }
        value = value << 3U | static_cast<std::uint64_t>(c - '0');
        any = true;
    }
    return any ? std::optional<std::uint64_t>(value) : std::nullopt;
}

std::uint64_t checksumOf(std::string_view block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const bool inside = i >= kChecksum.at && i < kChecksum.at + kChecksum.size;
        sum += inside ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[i]);
    }
    return sum;
}

bool isEmpty(std::string_view block) {
    return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

Error damaged(std::size_t at, const std::string& what) {
    return makeError(ErrorCode::Corrupt, "byte " + std::to_string(at) + ": " + what,
                     "Copy or download the archive again.");
}

} // namespace

Result<std::string> tarHeader(const TarEntry& entry) {
    std::string block(kTarBlock, '\0');
    if (entry.path.size() <= kName.size) {
        putText(block, kName, entry.path);
    } else {
        // The prefix ends at a slash; what follows must fit into the name.
        const auto slash = entry.path.rfind('/', kPrefix.size);
        if (slash == std::string::npos || slash == 0 || entry.path.size() - slash - 1 > kName.size ||
            slash + 1 == entry.path.size()) {
            return makeError(ErrorCode::Unsupported, "the path is too long for an archive", "Shorten the name.")
                .at(entry.path);
        }
        putText(block, kPrefix, std::string_view(entry.path).substr(0, slash));
        putText(block, kName, std::string_view(entry.path).substr(slash + 1));
    }
    putOctal(block, kMode, 0644);
    putOctal(block, kUid, 0);
    putOctal(block, kGid, 0);
    putSize(block, entry.size);
    putOctal(block, kTime, static_cast<std::uint64_t>(std::max<std::int64_t>(0, entry.modified)));
    block[kType] = '0';
    putText(block, kMagic,
            std::string_view("ustar\0"
                             "00",
                             8));
    const std::uint64_t sum = checksumOf(block);
    putOctal(block, {kChecksum.at, 7}, sum);
    block[kChecksum.at + 7] = ' ';
    return block;
}

std::size_t tarPadding(std::uint64_t size) {
    return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock);
}

std::string tarEnd() {
    return std::string(2 * kTarBlock, '\0');
}

Result<std::optional<TarEntry>> TarReader::next() {
    m_data = {};
    if (m_bytes.size() - m_at < kTarBlock) {
        return damaged(m_at, "the archive ends before its end mark");
    }
    const std::size_t at = m_at;
    const std::string_view block = m_bytes.substr(m_at, kTarBlock);
    m_at += kTarBlock;
    if (isEmpty(block)) {
        return std::optional<TarEntry>();
    }
    const auto sum = numberOf(block, kChecksum);
    if (!textOf(block, kMagic).starts_with("ustar") || !sum || *sum != checksumOf(block)) {
        return damaged(at, "this is no header of a tar archive, or a damaged one");
    }
    TarEntry entry;
    entry.typeFlag = block[kType];
    entry.kind = entry.typeFlag == '0' || entry.typeFlag == '\0'
                     ? TarEntry::Kind::File
                     : (entry.typeFlag == '5' ? TarEntry::Kind::Folder : TarEntry::Kind::Other);
    entry.path = std::string(textOf(block, kName));
    if (const auto prefix = textOf(block, kPrefix); !prefix.empty()) {
        entry.path.insert(0, std::string(prefix) + '/');
    }
    const auto size = numberOf(block, kSize);
    if (!size) {
        return damaged(at, "the size of '" + entry.path + "' is no number");
    }
    entry.size = *size;
    entry.modified = static_cast<std::int64_t>(numberOf(block, kTime).value_or(0));
    if (entry.kind != TarEntry::Kind::File) {
        return std::optional<TarEntry>(std::move(entry)); // what follows it is the caller's end anyway, or empty
    }
    const std::size_t rest = m_bytes.size() - m_at;
    if (entry.size > rest || tarPadding(entry.size) > rest - entry.size) {
        return damaged(at, "the archive ends inside '" + entry.path + "'");
    }
    m_data = m_bytes.substr(m_at, static_cast<std::size_t>(entry.size));
    m_at += m_data.size() + tarPadding(entry.size);
    return std::optional<TarEntry>(std::move(entry));
}

} // namespace fettle::run
