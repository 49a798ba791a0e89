// Personal data: shapes first, then proof by checksum or grammar. One pass over the bytes; every look-ahead is bounded,
// so the time is linear in the text.
#include "data/personal.h"

#include "data/personal_scan.h"

#include <algorithm>

namespace fettle::data {
namespace {

struct KindWords {
    PersonalKind kind;
    const char* name;
    const char* code;
    const char* placeholder;
    int strength; // of two that overlap the stronger stays
};
constexpr KindWords kKinds[] = {
    {PersonalKind::Email, "email", "personal_email", "[EMAIL]", 4},
    {PersonalKind::Phone, "phone", "personal_phone", "[PHONE]", 1},
    {PersonalKind::Card, "card", "personal_card", "[CARD]", 5},
    {PersonalKind::Iban, "iban", "personal_iban", "[IBAN]", 6},
    {PersonalKind::Ipv4, "ipv4", "personal_ipv4", "[IPV4]", 2},
    {PersonalKind::Ipv6, "ipv6", "personal_ipv6", "[IPV6]", 3},
    {PersonalKind::ApiKey, "api_key", "personal_api_key", "[KEY]", 7},
};

const KindWords& wordsOf(PersonalKind kind) {
    return kKinds[static_cast<std::size_t>(kind) - 1];
}

// Every string below a value, in place.
void redactStrings(Json& value, std::int64_t& replaced) {
    if (value.is_string()) {
        auto& text = value.get_ref<std::string&>();
        const std::int64_t before = replaced;
        std::string clean = redactPersonal(text, &replaced);
        if (replaced != before) {
            text = std::move(clean);
        }
    } else if (value.is_array()) {
        for (Json& element : value) {
            redactStrings(element, replaced);
        }
    } else if (value.is_object()) {
        for (auto& member : value.get_ref<Json::object_t&>()) {
            redactStrings(member.second, replaced);
        }
    }
}

} // namespace

const char* personalKindName(PersonalKind kind) {
    return wordsOf(kind).name;
}
const char* personalCheckCode(PersonalKind kind) {
    return wordsOf(kind).code;
}
const char* personalPlaceholder(PersonalKind kind) {
    return wordsOf(kind).placeholder;
}

std::vector<PersonalSpan> findPersonal(std::string_view text) {
    std::vector<PersonalSpan> found;
    scanPersonal(text, found);
    if (found.size() < 2) {
        return found;
    }
    std::stable_sort(found.begin(), found.end(), [](const PersonalSpan& a, const PersonalSpan& b) {
        const int first = wordsOf(a.kind).strength;
        const int second = wordsOf(b.kind).strength;
        return first != second ? first > second : a.begin < b.begin;
    });
    std::vector<PersonalSpan> kept; // by place
    for (const PersonalSpan& span : found) {
        const auto next = std::lower_bound(kept.begin(), kept.end(), span.begin,
                                           [](const PersonalSpan& a, std::size_t begin) { return a.end <= begin; });
        if (next == kept.end() || next->begin >= span.end) {
            kept.insert(next, span);
        }
    }
    return kept;
}

std::string redactPersonal(std::string_view text, std::int64_t* count) {
    std::string out;
    std::size_t at = 0;
    for (const PersonalSpan& span : findPersonal(text)) {
        out += text.substr(at, span.begin - at);
        out += personalPlaceholder(span.kind);
        at = span.end;
        if (count != nullptr) {
            ++*count;
        }
    }
    out += text.substr(at);
    return out;
}

RedactedRow redactRow(const Sample& sample) {
    RedactedRow out;
    out.sample = sample;
    redactStrings(out.sample.row, out.replaced);
    return out;
}

} // namespace fettle::data
