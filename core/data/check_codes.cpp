// The words of all checks. Texts are English sources for translation: the macro only marks them for the collector
// (ui/update_translations.sh), the window looks them up.
#include "data/check_codes.h"

#include <algorithm>

/// Marks a text for translation in the context "Check".
#define FETTLE_TEXT(context, text) text

namespace fettle::data {
namespace {

using enum CheckFix;

constexpr Severity kError = Severity::Error;
constexpr Severity kWarning = Severity::Warning;

std::vector<CheckInfo> makeChecks() {
    using Family = CheckFamily;
    using Scope = CheckScope;
    std::vector<CheckInfo> all;
    const auto add = [&](const char* code, Severity severity, Scope scope, Family family, const char* title,
                         const char* explanation, std::vector<CheckFix> fixes) {
        all.push_back({code, severity, scope, family, title, explanation, std::move(fixes)});
    };

    // Pairs across splits.
    add("leak_exact", kError, Scope::Pair, Family::Leak, FETTLE_TEXT("Check", "Leaks into test"),
        FETTLE_TEXT("Check", "A held-out row has the same text. A score on it would be too good, because the model was "
                             "trained on the answer."),
        {DropFromTrain, SplitTogether, Edit});
    add("leak_normalised", kError, Scope::Pair, Family::Leak, FETTLE_TEXT("Check", "Leaks into test, other clothes"),
        FETTLE_TEXT("Check", "A held-out row has the same words with other capitals, spaces or punctuation. A score on "
                             "it would be too good."),
        {DropFromTrain, SplitTogether, Edit});
    add("leak_near", kError, Scope::Pair, Family::Leak, FETTLE_TEXT("Check", "Leaks into test, nearly the same"),
        FETTLE_TEXT("Check", "A held-out row is nearly the same text. A score on it would probably be too good."),
        {DropFromTrain, SplitTogether, Edit});
    add("leak_same_prompt", kWarning, Scope::Pair, Family::Leak, FETTLE_TEXT("Check", "Same question in test"),
        FETTLE_TEXT("Check", "A held-out row asks the same and has another answer. The model may have learned what "
                             "the question is about."),
        {DropFromTrain, SplitTogether, Edit});

    // Nothing to learn.
    add("empty_answer", kError, Scope::Row, Family::Empty, FETTLE_TEXT("Check", "Empty answer"),
        FETTLE_TEXT("Check", "The answer is empty or only white space. The model would learn to say nothing."),
        {DropRow, Edit});
    add("nothing_trained", kError, Scope::Tokens, Family::Untrained, FETTLE_TEXT("Check", "Untrained"),
        FETTLE_TEXT("Check", "No token of the row is trained, so it costs time and teaches nothing."),
        {DropRow, ChangeTrainOn, Edit});
    add("end_of_turn_untrained", kWarning, Scope::Tokens, Family::Untrained,
        FETTLE_TEXT("Check", "End of turn not trained"),
        FETTLE_TEXT("Check", "The token that ends the answer is not trained. The model may not learn when to stop."),
        {ChangeTrainOn});
    add("too_long", kWarning, Scope::Tokens, Family::Length, FETTLE_TEXT("Check", "Over-long"),
        FETTLE_TEXT("Check", "The row has more tokens than the context takes. Nothing is cut until you choose how."),
        {ChooseOverLong, DropRow, Edit});

    // Pairs in the whole set.
    add("duplicate_exact", kWarning, Scope::Pair, Family::Duplicate, FETTLE_TEXT("Check", "Duplicate"),
        FETTLE_TEXT("Check", "Another row has the same text. Doubled rows count twice in training."), {KeepOne, Edit});
    add("duplicate_normalised", kWarning, Scope::Pair, Family::Duplicate,
        FETTLE_TEXT("Check", "Duplicate in other clothes"),
        FETTLE_TEXT("Check", "Another row has the same words with other capitals, spaces or punctuation."),
        {KeepOne, Edit});
    add("duplicate_near", kWarning, Scope::Pair, Family::Duplicate, FETTLE_TEXT("Check", "Near duplicate"),
        FETTLE_TEXT("Check", "Another row is nearly the same. Look at both and keep what is meant."), {KeepOne, Edit});

    // Personal data and secrets.
    const char* const personal =
        FETTLE_TEXT("Check", "A trained model can repeat what it has read. Replace it unless everyone may see it.");
    add("personal_api_key", kError, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "Key or secret"),
        FETTLE_TEXT("Check",
                    "The text holds a key that opens a service, or a private key. Replace it, and have the key "
                    "withdrawn."),
        {Redact, DropRow, Edit});
    add("personal_card", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "Card number"), personal,
        {Redact, DropRow, Edit});
    add("personal_iban", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "Bank account"), personal,
        {Redact, DropRow, Edit});
    add("personal_email", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "E-mail address"), personal,
        {Redact, DropRow, Edit});
    add("personal_phone", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "Phone number"), personal,
        {Redact, DropRow, Edit});
    add("personal_ipv4", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "IPv4 address"), personal,
        {Redact, DropRow, Edit});
    add("personal_ipv6", kWarning, Scope::Row, Family::Personal, FETTLE_TEXT("Check", "IPv6 address"), personal,
        {Redact, DropRow, Edit});

    // The text itself.
    add("encoding_damage", kWarning, Scope::Row, Family::Encoding, FETTLE_TEXT("Check", "Damaged text"),
        FETTLE_TEXT("Check", "Characters were lost or garbled when the text was read with the wrong encoding. The "
                             "model would learn to write them."),
        {RepairEncoding, DropRow, Edit});
    add("language_unusual", kWarning, Scope::Row, Family::Language, FETTLE_TEXT("Check", "Unusual language"),
        FETTLE_TEXT("Check", "The row is written in a language that few other rows use."), {DropRow, Edit});
    add("refused_answer", kWarning, Scope::Row, Family::Refusal, FETTLE_TEXT("Check", "Refused answer"),
        FETTLE_TEXT("Check", "The answer declines instead of answering. The model would learn to refuse."),
        {DropRow, Edit});
    add("label_rare", kWarning, Scope::Set, Family::Label, FETTLE_TEXT("Check", "Rare label"),
        FETTLE_TEXT("Check", "Few rows have this label: too few to learn it well, or to measure it."),
        {MergeLabels, DropRow, Edit});
    add("label_imbalance", kWarning, Scope::Set, Family::Label, FETTLE_TEXT("Check", "Unbalanced labels"),
        FETTLE_TEXT("Check", "Some labels have many times the rows of others. Judge by macro F1, not by accuracy."),
        {MergeLabels});

    // The seven of the data-preparation notebook.
    add("data_type", kError, Scope::File, Family::Format, FETTLE_TEXT("Check", "Not an object"),
        FETTLE_TEXT("Check", "The row is no object {…} and cannot be read."), {Edit, DropRow});
    add("missing_messages_list", kError, Scope::File, Family::Format, FETTLE_TEXT("Check", "No messages"),
        FETTLE_TEXT("Check", "The list of messages is missing or empty."), {Edit, DropRow});
    add("message_missing_key", kError, Scope::File, Family::Format, FETTLE_TEXT("Check", "Message incomplete"),
        FETTLE_TEXT("Check", "A message has no role or no content."), {Edit, DropRow});
    add("message_unrecognized_key", kError, Scope::File, Family::Format, FETTLE_TEXT("Check", "Unknown key"),
        FETTLE_TEXT("Check", "A message has a key that no format knows."), {Edit, DropRow});
    add("unrecognized_role", kError, Scope::File, Family::Format, FETTLE_TEXT("Check", "Unknown role"),
        FETTLE_TEXT("Check", "A message is spoken by someone that no format knows."), {Edit, DropRow});
    add("missing_content", kError, Scope::File, Family::Empty, FETTLE_TEXT("Check", "No content"),
        FETTLE_TEXT("Check", "The content of a message is empty or no text."), {Edit, DropRow});
    add("example_missing_assistant_message", kError, Scope::File, Family::Untrained, FETTLE_TEXT("Check", "No answer"),
        FETTLE_TEXT("Check", "No message is the assistant's: there is nothing to learn."), {Edit, DropRow});

    // Other faults of files.
    const char* const torn =
        FETTLE_TEXT("Check", "The line cannot be read. The reason names the place; correct it there and import again.");
    for (const auto& [code, title] : {std::pair{"json_syntax", FETTLE_TEXT("Check", "Broken JSON")},
                                      std::pair{"invalid_utf8", FETTLE_TEXT("Check", "Not UTF-8")},
                                      std::pair{"invalid_unicode", FETTLE_TEXT("Check", "Half a character")},
                                      std::pair{"duplicate_key", FETTLE_TEXT("Check", "A key twice")},
                                      std::pair{"too_deep", FETTLE_TEXT("Check", "Nested too deep")},
                                      std::pair{"ragged_row", FETTLE_TEXT("Check", "Wrong number of cells")},
                                      std::pair{"unclosed_quote", FETTLE_TEXT("Check", "Quote not closed")},
                                      std::pair{"bad_quote", FETTLE_TEXT("Check", "Text after a quote")}}) {
        add(code, kError, Scope::File, Family::Format, title, torn, {Edit});
    }
    const char* const shape =
        FETTLE_TEXT("Check", "The row has not the shape that its format asks for. The reason says what was expected.");
    for (const auto& [code, title] : {std::pair{"wrong_type", FETTLE_TEXT("Check", "Wrong kind of value")},
                                      std::pair{"missing_key", FETTLE_TEXT("Check", "Key missing")},
                                      std::pair{"bad_weight", FETTLE_TEXT("Check", "Weight without effect")},
                                      std::pair{"bad_tool_call", FETTLE_TEXT("Check", "Faulty tool call")},
                                      std::pair{"bad_tool_result", FETTLE_TEXT("Check", "Result without call")},
                                      std::pair{"bad_ids", FETTLE_TEXT("Check", "Faulty token ids")}}) {
        add(code, kError, Scope::File, Family::Format, title, shape, {Edit, DropRow});
    }
    const char* const file =
        FETTLE_TEXT("Check", "The file as a whole cannot be used. The reason says what to change.");
    for (const auto& [code, title] : {std::pair{"unknown_format", FETTLE_TEXT("Check", "Unknown format")},
                                      std::pair{"unknown_columns", FETTLE_TEXT("Check", "Unknown columns")},
                                      std::pair{"duplicate_column", FETTLE_TEXT("Check", "A column twice")},
                                      std::pair{"no_rows", FETTLE_TEXT("Check", "No rows")},
                                      std::pair{"wrong_encoding", FETTLE_TEXT("Check", "Wrong encoding")},
                                      std::pair{"not_text", FETTLE_TEXT("Check", "Not a text file")}}) {
        add(code, kError, Scope::File, Family::Format, title, file, {Edit});
    }
    add("line_too_long", kWarning, Scope::File, Family::Length, FETTLE_TEXT("Check", "Very long line"),
        FETTLE_TEXT("Check", "The row is larger than any context takes."), {DropRow, Edit});
    add("blank_answer", kWarning, Scope::File, Family::Empty, FETTLE_TEXT("Check", "Blank answer"),
        FETTLE_TEXT("Check", "The answer holds only white space."), {DropRow, Edit});
    add("last_message_not_assistant", kWarning, Scope::File, Family::Untrained,
        FETTLE_TEXT("Check", "Last message not trained"),
        FETTLE_TEXT("Check", "The row does not end with an answer. What follows the last answer is not trained."),
        {Edit});
    add("missing_user", kWarning, Scope::File, Family::Format, FETTLE_TEXT("Check", "No question"),
        FETTLE_TEXT("Check", "No message is the user's."), {Edit, DropRow});
    add("same_answers", kWarning, Scope::File, Family::Format, FETTLE_TEXT("Check", "Same answers"),
        FETTLE_TEXT("Check", "The chosen and the rejected answer are the same: there is nothing to prefer."),
        {DropRow, Edit});
    add("skipped_file", kWarning, Scope::File, Family::Format, FETTLE_TEXT("Check", "File left out"),
        FETTLE_TEXT("Check", "A file of the folder is no text and was not read."), {Edit});
    std::stable_sort(all.begin(), all.end(), [](const CheckInfo& a, const CheckInfo& b) {
        return static_cast<int>(a.severity) < static_cast<int>(b.severity);
    });
    return all;
}

const std::vector<CheckInfo>& checks() {
    static const std::vector<CheckInfo> all = makeChecks();
    return all;
}

struct FamilyWords {
    CheckFamily family;
    const char* name;
    const char* title;
};
constexpr FamilyWords kFamilies[] = {
    {CheckFamily::Format, "format", FETTLE_TEXT("Check", "Format")},
    {CheckFamily::Empty, "empty", FETTLE_TEXT("Check", "Empty")},
    {CheckFamily::Length, "length", FETTLE_TEXT("Check", "Over-long")},
    {CheckFamily::Untrained, "untrained", FETTLE_TEXT("Check", "Untrained")},
    {CheckFamily::Duplicate, "duplicate", FETTLE_TEXT("Check", "Duplicates")},
    {CheckFamily::Leak, "leak", FETTLE_TEXT("Check", "Leakage")},
    {CheckFamily::Personal, "personal", FETTLE_TEXT("Check", "Personal data")},
    {CheckFamily::Language, "language", FETTLE_TEXT("Check", "Language")},
    {CheckFamily::Encoding, "encoding", FETTLE_TEXT("Check", "Damaged text")},
    {CheckFamily::Refusal, "refusal", FETTLE_TEXT("Check", "Refusals")},
    {CheckFamily::Label, "label", FETTLE_TEXT("Check", "Labels")},
};

struct FixWords {
    CheckFix fix;
    const char* name;
    const char* title;
};
constexpr FixWords kFixes[] = {
    {Edit, "edit", FETTLE_TEXT("Check", "Edit row")},
    {DropRow, "drop_row", FETTLE_TEXT("Check", "Drop rows")},
    {KeepOne, "keep_one", FETTLE_TEXT("Check", "Keep one of each")},
    {DropFromTrain, "drop_from_train", FETTLE_TEXT("Check", "Drop from train")},
    {SplitTogether, "split_together", FETTLE_TEXT("Check", "Split again, together")},
    {Redact, "redact", FETTLE_TEXT("Check", "Replace by placeholders")},
    {RepairEncoding, "repair_encoding", FETTLE_TEXT("Check", "Repair text")},
    {ChooseOverLong, "choose_over_long", FETTLE_TEXT("Check", "Choose how to cut")},
    {ChangeTrainOn, "change_train_on", FETTLE_TEXT("Check", "Change what is trained")},
    {MergeLabels, "merge_labels", FETTLE_TEXT("Check", "Merge labels")},
};

const FamilyWords& wordsOf(CheckFamily family) {
    const auto* found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                     [&](const FamilyWords& words) { return words.family == family; });
    return found == std::end(kFamilies) ? kFamilies[0] : *found;
}

const FixWords& wordsOf(CheckFix fix) {
    const auto* found =
        std::find_if(std::begin(kFixes), std::end(kFixes), [&](const FixWords& words) { return words.fix == fix; });
    return found == std::end(kFixes) ? kFixes[0] : *found;
}

} // namespace

std::span<const CheckInfo> allChecks() {
    return checks();
}

const CheckInfo* findCheck(std::string_view code) {
    for (const CheckInfo& check : checks()) {
        if (code == check.code) {
            return &check;
        }
    }
    return nullptr;
}

const char* checkFamilyTitle(CheckFamily family) {
    return wordsOf(family).title;
}
const char* checkFamilyName(CheckFamily family) {
    return wordsOf(family).name;
}
const char* checkFixTitle(CheckFix fix) {
    return wordsOf(fix).title;
}
const char* checkFixName(CheckFix fix) {
    return wordsOf(fix).name;
}

Json toJson(const CheckHit& hit) {
    Json out = Json::object();
    out["code"] = hit.check->code;
    out["severity"] = hit.check->severity == Severity::Error ? "error" : "warning";
    if (!hit.key.empty()) {
        out["key"] = hit.key;
    }
    if (hit.end > hit.begin) {
        out["span"] = {hit.begin, hit.end};
    }
    if (!hit.detail.empty()) {
        out["detail"] = hit.detail;
    }
    if (hit.other >= 0) {
        out["other"] = hit.other;
    }
    return out;
}

} // namespace fettle::data
