// Personal data and secrets in texts: where they stand, byte for byte, and texts without them.
#pragma once

#include "base/json.h"
#include "data/sample.h"

#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

enum class PersonalKind { Email = 1, Phone, Card, Iban, Ipv4, Ipv6, ApiKey };

/// "email" "phone" "card" "iban" "ipv4" "ipv6" "api_key".
[[nodiscard]] const char* personalKindName(PersonalKind kind);
/// The check it is reported as: "personal_email".
[[nodiscard]] const char* personalCheckCode(PersonalKind kind);
/// What takes its place: "[EMAIL]".
[[nodiscard]] const char* personalPlaceholder(PersonalKind kind);

struct PersonalSpan {
    PersonalKind kind = PersonalKind::Email;
    std::size_t begin = 0, end = 0; // bytes
};

/// Spans in order, never overlapping (the stronger proof wins: checksum over shape). E-mail addresses by the shape of
/// RFC 5321; phone numbers international (+ and 7 to 15 digits) or national in groups; cards by prefix, length and
/// Luhn; IBANs by country length and mod 97; IPv4 and IPv6 by grammar; keys by their issuers' prefixes, and PEM private
/// keys. Any bytes go.
[[nodiscard]] std::vector<PersonalSpan> findPersonal(std::string_view text);

/// The text with each span replaced by its placeholder. `count`, where given, grows by the spans replaced.
[[nodiscard]] std::string redactPersonal(std::string_view text, std::int64_t* count = nullptr);

/// A copy of the row with all its strings redacted (metadata, tools and arguments included; keys stay).
struct RedactedRow {
    Sample sample;
    std::int64_t replaced = 0;
};
[[nodiscard]] RedactedRow redactRow(const Sample& sample);

} // namespace fettle::data
