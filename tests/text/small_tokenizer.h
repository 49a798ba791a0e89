// A throw-away tokenizer file for tests: byte-level BPE with a handful of merges, as JSON that a test can bend.
#pragma once

#include "base/json.h"
#include "base/utf8.h"

#include <string>

namespace fettle::test {

/// Vocabulary: <s> 0, </s> 1, the printable ASCII stand-ins, Ġ, Ċ, then the merged pieces.
inline Json smallTokenizer() {
    Json vocabulary = Json::object();
    int next = 0;
    const auto add = [&](const std::string& piece) { vocabulary[piece] = next++; };
    add("<s>");
    add("</s>");
    for (char c = 0x21; c < 0x7F; ++c) {
        add(std::string(1, c));
    }
    std::string blank, newline;
    appendUtf8(blank, 0x120);
    appendUtf8(newline, 0x10A);
    add(blank);
    add(newline);
    Json merges = Json::array();
    const auto merge = [&](const std::string& left, const std::string& right) {
        add(left + right);
        merges.push_back(Json::array({left, right}));
    };
    merge("h", "e");
    merge("l", "l");
    merge("he", "ll");
    merge("hell", "o");
    merge(blank, "w");
    Json out = Json::object();
    out["version"] = "1.0";
    out["added_tokens"] = Json::array();
    for (const int id : {0, 1}) {
        out["added_tokens"].push_back(Json{{"id", id},
                                           {"content", id == 0 ? "<s>" : "</s>"},
                                           {"single_word", false},
                                           {"lstrip", false},
                                           {"rstrip", false},
                                           {"normalized", false},
                                           {"special", true}});
    }
    out["normalizer"] = nullptr;
    out["pre_tokenizer"] =
        Json{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", true}};
    out["post_processor"] =
        Json{{"type", "TemplateProcessing"},
             {"single", Json::array({Json{{"SpecialToken", Json{{"id", "<s>"}, {"type_id", 0}}}},
                                     Json{{"Sequence", Json{{"id", "A"}, {"type_id", 0}}}},
                                     Json{{"SpecialToken", Json{{"id", "</s>"}, {"type_id", 0}}}}})},
             {"pair", Json::array()},
             {"special_tokens",
              Json{{"<s>", Json{{"id", "<s>"}, {"ids", Json::array({0})}, {"tokens", Json::array({"<s>"})}}},
                   {"</s>", Json{{"id", "</s>"}, {"ids", Json::array({1})}, {"tokens", Json::array({"</s>"})}}}}}};
    out["decoder"] = Json{{"type", "ByteLevel"}};
    out["model"] = Json{{"type", "BPE"},
                        {"dropout", nullptr},
                        {"unk_token", nullptr},
                        {"continuing_subword_prefix", nullptr},
                        {"end_of_word_suffix", ""},
                        {"fuse_unk", false},
                        {"byte_fallback", false},
                        {"ignore_merges", false},
                        {"vocab", vocabulary},
                        {"merges", merges}};
    return out;
}

} // namespace fettle::test
