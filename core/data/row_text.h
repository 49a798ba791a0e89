// Views of a row's texts: which strings a row holds and who says them, the text that duplicates are told by, and its
// normal key.
#pragma once

#include "data/sample.h"

#include <functional>
#include <string>
#include <string_view>

namespace fettle::data {

enum class TextRole { Other = 0, System, Prompt, Context, Answer, Tool };

/// One string of a row. `Context` is an answer that is not trained (weight 0, or inside a prompt).
struct RowText {
    std::string key; // dotted path: "messages[1].content"
    const std::string* text = nullptr;
    TextRole role = TextRole::Other;
    bool hasCalls = false; // stands beside tool calls, so it may be empty
};

/// Every text of the row that a person wrote or reads, in order: contents, thoughts, prompts, answers, texts. Not
/// metadata, tools, names or arguments. Valid while `sample` lives.
void forEachText(const Sample& sample, const std::function<void(const RowText&)>& take);

/// What two rows must share to be duplicates: the contents of all messages (with thoughts and calls where there are
/// any), or prompt and answers, joined by a line break. Ids: the ids as text.
[[nodiscard]] std::string duplicateText(const Sample& sample);
/// The same for the question alone: user messages, prompt. Empty where a row asks nothing.
[[nodiscard]] std::string promptText(const Sample& sample);
/// The answer that is trained last, or "": what label checks and refusals look at.
[[nodiscard]] std::string_view answerText(const Sample& sample);

/// NFKC, case folded, every run of characters that are no letter, mark or number one space, ends trimmed. Invalid UTF-8
/// counts as a space. Two texts with the same key are the same but for their clothes.
[[nodiscard]] std::string normalKey(std::string_view text);

/// Jaccard similarity of the sets of five neighbouring code points of two normal keys; a shorter key is one shingle.
[[nodiscard]] double jaccardOfKeys(std::string_view keyA, std::string_view keyB);
[[nodiscard]] double jaccard(std::string_view textA, std::string_view textB);

/// 128 bits over all that the importer keeps, whatever the order of keys (null and absent are the same): equal rows
/// have equal hashes.
[[nodiscard]] std::string contentHash(const Sample& sample);

} // namespace fettle::data
