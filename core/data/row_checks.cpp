// One row through all checks.
#include "data/row_checks.h"

#include "base/utf8.h"
#include "data/formats.h"
#include "data/personal.h"
#include "data/row_text.h"
#include "data/text_quality.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <array>
#include <map>

namespace fettle::data {
namespace {

// The normaliser that reads the kind's own normal form back.
const RowFormat* formatOf(SampleKind kind) {
    const char* name = nullptr;
    switch (kind) {
    case SampleKind::Chat:
        name = "chat";
        break;
    case SampleKind::Completion:
        name = "prompt_completion";
        break;
    case SampleKind::Text:
        name = "text";
        break;
    case SampleKind::PromptOnly:
        name = "prompt_only";
        break;
    case SampleKind::Preference:
        name = "trl_preference";
        break;
    case SampleKind::Feedback:
        name = "trl_kto";
        break;
    case SampleKind::Stepwise:
        name = "trl_stepwise";
        break;
    case SampleKind::Ids:
        name = "ids";
        break;
    case SampleKind::None:
        return nullptr;
    }
    static const std::map<std::string, const RowFormat*, std::less<>> formats = [] {
        std::map<std::string, const RowFormat*, std::less<>> all;
        for (const RowFormat& format : rowFormats()) {
            all.emplace(format.name, &format); // the first of a name
        }
        return all;
    }();
    return formats.find(std::string_view(name))->second;
}

const CheckInfo* check(const char* code) {
    const CheckInfo* found = findCheck(code);
    return found;
}

// Gathers hits, at most so many of a code.
class Hits {
public:
    explicit Hits(std::size_t most)
        : m_most(std::max<std::size_t>(most, 1)) {}

    void add(const CheckInfo* info, std::string key, std::size_t begin = 0, std::size_t end = 0,
             std::string detail = {}) {
        if (info == nullptr) {
            return;
        }
        Count& count = m_counts[info];
        if (count.seen++ < m_most) {
            count.last = m_hits.size();
            m_hits.push_back({info, std::move(key), begin, end, std::move(detail), -1});
        }
    }
    std::vector<CheckHit> take() {
        for (const auto& [info, count] : m_counts) {
            if (count.seen > m_most) {
                std::string& detail = m_hits[count.last].detail;
                detail += (detail.empty() ? "" : "; ") + std::to_string(count.seen - m_most) + " more";
            }
        }
        return std::move(m_hits);
    }
    [[nodiscard]] bool has(std::string_view code, const std::string& key) const {
        return std::any_of(m_hits.begin(), m_hits.end(),
                           [&](const CheckHit& hit) { return hit.check->code == code && hit.key == key; });
    }

private:
    struct Count {
        std::size_t seen = 0, last = 0;
    };
    std::size_t m_most;
    std::map<const CheckInfo*, Count> m_counts;
    std::vector<CheckHit> m_hits;
};

// The path to a value, made into text only where it is needed.
struct Path {
    const Path* parent = nullptr;
    std::string_view member; // of an object
    std::size_t index = 0;   // of an array

    [[nodiscard]] std::string text() const {
        if (parent == nullptr) {
            return {};
        }
        const std::string before = parent->text();
        return member.data() != nullptr ? memberKey(before, member) : elementKey(before, index);
    }
};

struct StringChecks {
    const RowCheckOptions& options;
    Hits& hits;

    void text(const std::string& value, const Path& path) const {
        if (options.personal) {
            static const std::array<const CheckInfo*, 8> infos = [] {
                std::array<const CheckInfo*, 8> all{};
                for (int kind = 1; kind <= static_cast<int>(PersonalKind::ApiKey); ++kind) {
                    all[static_cast<std::size_t>(kind)] = check(personalCheckCode(static_cast<PersonalKind>(kind)));
                }
                return all;
            }();
            for (const PersonalSpan& span : findPersonal(value)) {
                hits.add(infos[static_cast<std::size_t>(span.kind)], path.text(), span.begin, span.end);
            }
        }
        if (options.encoding) {
            static const CheckInfo* const info = check("encoding_damage");
            for (const Damage& damage : findDamage(value)) {
                std::string detail = damageKindName(damage.kind);
                detail += damage.places > 1 ? ", " + std::to_string(damage.places) + " places" : "";
                hits.add(info, path.text(), damage.begin, damage.end, std::move(detail));
            }
        }
    }

    void walk(const Json& value, const Path& path) const {
        if (value.is_string()) {
            text(value.get_ref<const std::string&>(), path);
        } else if (value.is_array()) {
            const auto& list = value.get_ref<const Json::array_t&>();
            for (std::size_t i = 0; i < list.size(); ++i) {
                if (!list[i].is_structured() && !list[i].is_string()) {
                    continue;
                }
                walk(list[i], Path{&path, {}, i});
            }
        } else if (value.is_object()) {
            for (const auto& member : value.get_ref<const Json::object_t&>()) {
                const std::string& key = member.first;
                const bool aside = key == "metadata" || key == "tools" || key == "tool_calls" || key == "function_call";
                if (key == "role" || (aside && !options.personalInMetadata)) {
                    continue;
                }
                walk(member.second, Path{&path, key, 0});
            }
        }
    }
};

void checkFormat(const Sample& sample, Hits& hits) {
    const RowFormat* format = formatOf(sample.kind);
    if (format == nullptr || !sample.row.is_object()) {
        hits.add(check("data_type"), {});
        return;
    }
    Json copy = sample.row;
    RowFaults faults;
    Sample again;
    format->normalise(std::move(copy), faults, again);
    for (const PendingFault& fault : faults.faults()) {
        if (fault.audience != Audience::Count && std::string_view(fault.code) != "blank_answer") {
            hits.add(check(fault.code), fault.key, 0, 0, fault.reason);
        }
    }
}

void checkEmpty(const Sample& sample, Hits& hits) {
    static const CheckInfo* const info = check("empty_answer");
    if (sample.kind == SampleKind::Text) {
        return; // an empty text has no answer: nothing_trained says so
    }
    forEachText(sample, [&](const RowText& text) {
        const bool answer = text.role == TextRole::Answer && !text.hasCalls && !text.key.ends_with(".thinking") &&
                            !text.key.ends_with(".reasoning_content");
        if (answer && isBlank(*text.text) && !hits.has("missing_content", text.key)) {
            hits.add(info, text.key);
        }
    });
}

void checkRefusals(const Sample& sample, Hits& hits) {
    static const CheckInfo* const info = check("refused_answer");
    const Json* label = sample.kind == SampleKind::Feedback ? present(sample.row, "label") : nullptr;
    if (sample.kind == SampleKind::Text || (label != nullptr && *label == false)) {
        return; // no answer, or one that is marked as bad
    }
    forEachText(sample, [&](const RowText& text) {
        if (text.role != TextRole::Answer || text.key.starts_with("rejected") || text.key.ends_with(".thinking") ||
            text.key.ends_with(".reasoning_content")) {
            return;
        }
        if (const auto refusal = findRefusal(*text.text)) {
            hits.add(info, text.key, refusal->begin, refusal->end);
        }
    });
}

// All texts of the row, enough of them to tell the language.
std::string textsOf(const Sample& sample) {
    constexpr std::size_t kEnough = 16'384;
    std::string all;
    forEachText(sample, [&](const RowText& text) {
        if (all.size() < kEnough && text.role != TextRole::System && text.role != TextRole::Tool) {
            all += std::string_view(*text.text).substr(0, kEnough);
            all += '\n';
        }
    });
    all.resize(std::min(all.size(), kEnough));
    all.resize(all.size() - incompleteUtf8Tail(all));
    return all;
}

void checkLanguage(const Sample& sample, const std::vector<std::string>& usual, Hits& hits) {
    static const CheckInfo* const info = check("language_unusual");
    const LanguageGuess guess = guessLanguage(textsOf(sample));
    if (guess.reliable && std::find(usual.begin(), usual.end(), guess.code) == usual.end()) {
        hits.add(info, {}, 0, 0, guess.code);
    }
}

const Json* at(const Json& value, std::string_view path) {
    const Json* now = &value;
    while (now != nullptr && !path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        now = now->is_object() ? present(*now, path.substr(0, dot)) : nullptr;
        path.remove_prefix(std::min(path.size(), dot + 1));
    }
    return now;
}

std::string labelOf(const Sample& sample, const std::string& field) {
    constexpr std::size_t kLongestLabel = 64; // code points
    if (field.empty()) {
        std::string_view answer = answerText(sample);
        const text::python::Bounds bounds = text::python::stripBounds(answer);
        answer = answer.substr(bounds.begin, bounds.end - bounds.begin);
        const bool isShort = answer.size() <= 4 * kLongestLabel && text::python::length(answer) <= kLongestLabel;
        return isShort && answer.find('\n') == std::string_view::npos ? std::string(answer) : std::string();
    }
    const Json* metadata = sample.row.is_object() ? present(sample.row, "metadata") : nullptr;
    const Json* value = metadata != nullptr ? at(*metadata, field) : nullptr;
    if (value == nullptr || value->is_structured()) {
        return {};
    }
    return value->is_string() ? value->get<std::string>() : dumpJson(*value);
}

} // namespace

std::vector<CheckHit> checkRow(const Sample& sample, const RowCheckOptions& options) {
    Hits hits(options.maxHitsPerCode);
    if (options.format) {
        checkFormat(sample, hits);
    }
    if (!sample.row.is_object()) {
        return hits.take();
    }
    if (options.empty) {
        checkEmpty(sample, hits);
    }
    if (options.refusals) {
        checkRefusals(sample, hits);
    }
    if (options.personal || options.encoding) {
        StringChecks{options, hits}.walk(sample.row, Path{});
    }
    if (!options.usualLanguages.empty()) {
        checkLanguage(sample, options.usualLanguages, hits);
    }
    return hits.take();
}

std::vector<CheckHit> checkTokens(const Sample& sample, const text::EncodedRow& row, const text::Tokenizer& tokenizer,
                                  const TokenCheckOptions& options) {
    Hits hits(1);
    const auto tokens = static_cast<std::int64_t>(row.ids.size());
    if (options.context > 0 && tokens > options.context) {
        hits.add(check("too_long"), {}, 0, 0,
                 std::to_string(tokens) + " tokens, context " + std::to_string(options.context));
    }
    if (row.labelCount() == 0) {
        hits.add(check("nothing_trained"), {}, 0, 0, row.silentReason);
        return hits.take();
    }
    const text::SpecialTokens& special = tokenizer.special();
    const bool knowsEnds = special.eos.has_value() || !special.stop.empty();
    if (!knowsEnds || sample.kind == SampleKind::Ids || row.message.size() != row.ids.size()) {
        return hits.take();
    }
    const auto ends = [&](std::size_t i) { return i < row.ids.size() && tokenizer.isSpecial(row.ids[i]); };
    std::map<std::int32_t, std::size_t> last; // last trained token of each message
    for (std::size_t i = 0; i < row.ids.size(); ++i) {
        if (row.labels[i] != text::kIgnore && row.message[i] >= 0) {
            last[row.message[i]] = i;
        }
    }
    for (const auto& [message, i] : last) {
        const bool trained = ends(i) || (ends(i + 1) && row.labels[i + 1] != text::kIgnore);
        if (!trained) {
            const bool chat = sample.kind == SampleKind::Chat;
            hits.add(check("end_of_turn_untrained"),
                     chat ? elementKey("messages", static_cast<std::size_t>(message)) : std::string());
            break;
        }
    }
    return hits.take();
}

RowFacts rowFacts(const Sample& sample, const std::string& labelField) {
    RowFacts out;
    const LanguageGuess guess = guessLanguage(textsOf(sample));
    out.language = guess.code;
    out.languageReliable = guess.reliable;
    forEachText(sample, [&](const RowText& text) {
        out.characters += static_cast<std::int64_t>(text::python::length(*text.text));
    });
    const auto count = [&](std::string_view key) -> std::int64_t {
        const Json* value = sample.row.is_object() ? present(sample.row, key) : nullptr;
        return value == nullptr ? 0 : value->is_array() ? static_cast<std::int64_t>(value->size()) : 1;
    };
    out.turns = count("messages") + count("text") + count("prompt") + count("completion") + count("completions") +
                count("chosen");
    out.answerChars = static_cast<std::int64_t>(text::python::length(answerText(sample)));
    out.label = labelOf(sample, labelField);
    return out;
}

} // namespace fettle::data
