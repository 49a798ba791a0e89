// Titles, answers, hashes and sort keys of rows.
#include "project/row_content.h"

#include "base/utf8.h"

#include <array>
#include <cstring>

namespace fettle::project {
namespace {

using data::SampleKind;

const Json* member(const Json& object, std::string_view key) {
    if (object.is_object()) {
        for (const auto& one : object.get_ref<const Json::object_t&>()) {
            if (one.first == key) {
                return &one.second;
            }
        }
    }
    return nullptr;
}

const std::string* textOf(const Json* value) {
    return value != nullptr && value->is_string() ? &value->get_ref<const std::string&>() : nullptr;
}

// The content of the last message that `role` says ("" = anyone).
const std::string* lastContent(const Json& messages, std::string_view role) {
    if (!messages.is_array()) {
        return nullptr;
    }
    const auto& list = messages.get_ref<const Json::array_t&>();
    for (auto message = list.rbegin(); message != list.rend(); ++message) {
        const std::string* speaker = textOf(member(*message, "role"));
        const std::string* content = textOf(member(*message, "content"));
        if (content != nullptr && (role.empty() || (speaker != nullptr && *speaker == role))) {
            return content;
        }
    }
    return nullptr;
}

// A text, or the last words of a list of messages.
const std::string* textOrLast(const Json* value, std::string_view role) {
    if (value == nullptr) {
        return nullptr;
    }
    if (const std::string* text = textOf(value)) {
        return text;
    }
    const std::string* found = lastContent(*value, role);
    return found != nullptr ? found : lastContent(*value, {});
}

const std::string* titleText(SampleKind kind, const Json& row) {
    switch (kind) {
    case SampleKind::Chat:
        return textOrLast(member(row, "messages"), "user");
    case SampleKind::Text:
        return textOf(member(row, "text"));
    case SampleKind::Completion:
    case SampleKind::PromptOnly:
    case SampleKind::Preference:
    case SampleKind::Feedback:
    case SampleKind::Stepwise: {
        const std::string* prompt = textOrLast(member(row, "prompt"), "user");
        return prompt != nullptr ? prompt : textOrLast(member(row, "chosen"), "user");
    }
    case SampleKind::Ids:
    case SampleKind::None:
        break;
    }
    return nullptr;
}

const std::string* answerSlot(SampleKind kind, const Json& row) {
    switch (kind) {
    case SampleKind::Chat: {
        const Json* messages = member(row, "messages");
        return messages != nullptr ? lastContent(*messages, "assistant") : nullptr;
    }
    case SampleKind::Completion:
    case SampleKind::Feedback:
        return textOrLast(member(row, "completion"), "assistant");
    case SampleKind::Preference:
        return textOrLast(member(row, "chosen"), "assistant");
    case SampleKind::Stepwise: {
        const Json* steps = member(row, "completions");
        return steps != nullptr && steps->is_array() && !steps->empty() ? textOf(&steps->back()) : nullptr;
    }
    case SampleKind::Text:
    case SampleKind::PromptOnly:
    case SampleKind::Ids:
    case SampleKind::None:
        break;
    }
    return nullptr;
}

std::int64_t orderedKey(std::string_view bytes) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        key = key << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    return static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63U)); // unsigned order in signed numbers
}

void sortKeys(std::string_view text, std::int64_t& first, std::int64_t& second) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') {
        text.remove_prefix(1);
    }
    std::array<char, 16> folded{};
    std::size_t size = 0;
    for (; size < folded.size() && size < text.size(); ++size) {
        const char c = text[size];
        folded[size] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::string_view key(folded.data(), size);
    first = orderedKey(key.substr(0, 8));
    second = orderedKey(size > 8 ? key.substr(8) : std::string_view());
}

void appendNumber(std::string& out, std::uint64_t value) {
    char bytes[8];
    std::memcpy(bytes, &value, sizeof bytes);
    out.append(bytes, sizeof bytes);
}

void collect(Json* value, std::vector<std::string*>& out) {
    if (value == nullptr) {
        return;
    }
    if (value->is_string()) {
        out.push_back(&value->get_ref<std::string&>());
    } else if (value->is_array()) {
        for (Json& one : value->get_ref<Json::array_t&>()) {
            if (one.is_string()) {
                out.push_back(&one.get_ref<std::string&>());
            } else if (const std::string* text = textOf(member(one, "content"))) {
                out.push_back(const_cast<std::string*>(text)); // NOLINT: of a row that is ours to change
            } else {
                out.push_back(nullptr); // a call without words: the index stays that of the message
            }
        }
    }
}

} // namespace

std::string_view titleOf(SampleKind kind, const Json& row) {
    const std::string* text = titleText(kind, row);
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::string_view answerOf(SampleKind kind, const Json& row) {
    const std::string* text = answerSlot(kind, row);
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::int64_t answerHashOf(std::string_view answer) {
    if (answer.empty()) {
        return 0;
    }
    const auto hash = static_cast<std::int64_t>(hash64(answer));
    return hash == 0 ? 1 : hash;
}

std::int64_t turnsOf(SampleKind kind, const Json& row) {
    const auto length = [&](const char* key) -> std::int64_t {
        const Json* value = member(row, key);
        return value == nullptr || value->is_null() ? 0
               : value->is_array()                  ? static_cast<std::int64_t>(value->size())
                                                    : 1;
    };
    switch (kind) {
    case SampleKind::Chat:
        return length("messages");
    case SampleKind::Completion:
    case SampleKind::Feedback:
        return length("prompt") + length("completion");
    case SampleKind::Preference:
        return length("prompt") + length("chosen");
    case SampleKind::Stepwise:
        return length("prompt") + length("completions");
    case SampleKind::PromptOnly:
        return length("prompt");
    case SampleKind::Text:
    case SampleKind::Ids:
        return 1;
    case SampleKind::None:
        break;
    }
    return 0;
}

std::vector<std::string*> messageTexts(SampleKind kind, Json& row) {
    std::vector<std::string*> out;
    const auto take = [&](const char* key) {
        collect(const_cast<Json*>(member(row, key)), out); // NOLINT: `row` is ours to change
    };
    switch (kind) {
    case SampleKind::Chat:
        take("messages");
        break;
    case SampleKind::Text:
        take("text");
        break;
    case SampleKind::PromptOnly:
        take("prompt");
        break;
    case SampleKind::Completion:
    case SampleKind::Feedback:
        take("prompt");
        take("completion");
        break;
    case SampleKind::Preference:
        take("prompt");
        take("chosen");
        take("rejected");
        break;
    case SampleKind::Stepwise:
        take("prompt");
        take("completions");
        break;
    case SampleKind::Ids:
    case SampleKind::None:
        break;
    }
    return out;
}

std::string* answerText(SampleKind kind, Json& row) {
    return const_cast<std::string*>(answerSlot(kind, row)); // NOLINT: `row` is ours to change
}

std::string labelInFile(const Json& row) {
    const Json* metadata = member(row, "metadata");
    const Json* label = metadata != nullptr ? member(*metadata, "label") : nullptr;
    if (label == nullptr) {
        return {};
    }
    constexpr std::size_t kLongest = 200; // longer ones are texts, not labels
    std::string name = label->is_string() ? label->get<std::string>() : label->is_number() ? dumpJson(*label) : "";
    return name.size() <= kLongest ? name : std::string();
}

std::int64_t countCharacters(std::string_view utf8) {
    std::int64_t count = 0;
    for (const char c : utf8) {
        count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
}

Hash128 contentHash(SampleKind kind, std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() + 16);
    bytes += data::sampleKindName(kind);
    bytes += '\n';
    bytes += text;
    return hash128(bytes);
}

RowContent contentOf(const data::Sample& sample) {
    RowContent out;
    out.text = dumpJson(sample.row);
    out.hash = contentHash(sample.kind, out.text);
    out.kind = static_cast<std::int64_t>(sample.kind);
    out.turns = turnsOf(sample.kind, sample.row);
    const std::string_view answer = answerOf(sample.kind, sample.row);
    out.answerLength = countCharacters(answer);
    out.answerHash = answerHashOf(answer);
    sortKeys(titleOf(sample.kind, sample.row), out.title1, out.title2);
    sortKeys(answer, out.answer1, out.answer2);
    return out;
}

std::string cellText(std::string_view text, std::size_t characters) {
    std::string out;
    std::size_t count = 0;
    bool blank = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        const std::string_view bytes = text.substr(at, point.size);
        at += point.size;
        if (point.value <= 0x20 || point.value == 0x7F || point.value == 0xA0 || point.value == 0x3000) {
            blank = !out.empty();
            continue;
        }
        if (count + (blank ? 2 : 1) > characters) {
            out += "…";
            return out;
        }
        if (blank) {
            out += ' ';
            ++count;
            blank = false;
        }
        out += bytes;
        ++count;
    }
    return out;
}

void HashSum::add(const Hash128& hash) {
    low += hash.low;
    high += hash.high + (low < hash.low ? 1 : 0);
}

void HashSum::subtract(const Hash128& hash) {
    high -= hash.high + (low < hash.low ? 1 : 0);
    low -= hash.low;
}

Hash128 rowPart(RowId id, std::int64_t split, std::int64_t state, const Hash128& content) {
    std::string bytes = "R";
    appendNumber(bytes, static_cast<std::uint64_t>(id));
    bytes += static_cast<char>('0' + split);
    bytes += static_cast<char>('0' + state);
    appendNumber(bytes, content.high);
    appendNumber(bytes, content.low);
    return hash128(bytes);
}

Hash128 factPart(char kind, RowId id, std::string_view text) {
    std::string bytes(1, kind);
    appendNumber(bytes, static_cast<std::uint64_t>(id));
    bytes += text;
    return hash128(bytes);
}

Hash128 annotationPart(RowId id, std::string_view annotator, std::string_view label, std::int64_t verdict,
                       std::string_view pair) {
    std::string text(annotator);
    text += '\0';
    text += label;
    text += '\0';
    text += std::to_string(verdict);
    text += '\0';
    text += pair;
    return factPart('A', id, text);
}

std::string bytesOf(const Hash128& hash) {
    std::string out;
    appendNumber(out, hash.high);
    appendNumber(out, hash.low);
    return out;
}

Hash128 hashFromBytes(std::string_view bytes) {
    Hash128 out;
    if (bytes.size() == 16) {
        std::memcpy(&out.high, bytes.data(), 8);
        std::memcpy(&out.low, bytes.data() + 8, 8);
    }
    return out;
}

std::string hexOf(const HashSum& sum) {
    return fettle::hexOf(Hash128{sum.high, sum.low});
}

HashSum sumFromHex(std::string_view hex) {
    const auto half = [](std::string_view digits) {
        std::uint64_t value = 0;
        for (const char c : digits) {
            value = value << 4U | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return value;
    };
    return hex.size() == 32 ? HashSum{half(hex.substr(0, 16)), half(hex.substr(16))} : HashSum{};
}

} // namespace fettle::project
