// Every tokenizer of the golden set against what the reference libraries give, to the last byte: ids, pieces, spans,
// decoded text, frames, streaming.
#include "tokenizer_cases.h"

#include "base/utf8.h"

#include <QTest>

#include <cstdio>
#include <thread>

using namespace fettle;
using namespace fettle::test;
using text::ByteSpan;
using text::TokenId;

namespace {

std::vector<TokenId> idsOf(const Json& array) {
    std::vector<TokenId> out;
    for (const Json& id : array) {
        out.push_back(id.get<TokenId>());
    }
    return out;
}

std::string shown(const std::vector<TokenId>& ids) {
    std::string out = "[";
    for (const TokenId id : ids) {
        out += (out.size() > 1 ? "," : "") + std::to_string(id);
    }
    return out + "]";
}

std::uint32_t characterBegin(std::string_view text, std::uint32_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
        --at;
    }
    return at;
}

// Everything one row of expected.jsonl says; returns "" or what differs.
std::string difference(const text::Tokenizer& tokenizer, const std::string& input, const Json& row) {
    const auto encoded = tokenizer.encode(input);
    if (!encoded) {
        return encoded.error().text();
    }
    const std::vector<TokenId> ids = idsOf(row["ids"]);
    if (encoded->ids != ids) {
        if (row.value("tie", false)) { // two segmentations score the same: the ids may come in another order, the text
                                       // may not differ
            std::vector<TokenId> mine = encoded->ids, theirs = ids;
            std::sort(mine.begin(), mine.end());
            std::sort(theirs.begin(), theirs.end());
            return mine == theirs && tokenizer.decode(encoded->ids) == row["decoded"].get<std::string>()
                       ? ""
                       : "tie: ids differ by more than their order";
        }
        return "ids " + shown(encoded->ids) + ", expected " + shown(ids);
    }
    const std::string unit = row["span_unit"];
    if (encoded->spans.size() != ids.size()) {
        return "as many spans as ids expected";
    }
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const ByteSpan span = encoded->spans[i];
        const auto begin = row["spans"][i][0].get<std::uint32_t>(), end = row["spans"][i][1].get<std::uint32_t>();
        const bool same = unit == "character" ? span.begin == begin && span.end >= end && span.end <= input.size() &&
                                                    characterBegin(input, span.end) == span.end
                                              : span == ByteSpan{begin, end};
        if (!same) {
            return "span " + std::to_string(i) + " is " + std::to_string(span.begin) + "-" + std::to_string(span.end) +
                   ", expected " + std::to_string(begin) + "-" + std::to_string(end);
        }
        const std::string piece = row["pieces"][i];
        // Two kinds of expectation show the text instead of the entry: unknown pieces of SentencePiece, and added
        // tokens that took white space along.
        const std::string entry = tokenizer.piece(ids[i]), covered = input.substr(begin, end - begin);
        const bool surface = (unit == "sentencepiece" && tokenizer.special().unk == ids[i]) ||
                             (piece == covered && piece != entry && covered.find(entry) != std::string::npos);
        if (!surface && entry != piece) {
            return "piece " + std::to_string(i) + " is '" + entry + "', expected '" + piece + "'";
        }
        if (tokenizer.idOf(entry) != ids[i]) {
            return "idOf('" + entry + "') is not " + std::to_string(ids[i]);
        }
    }
    if (encoded->bytesWithoutToken != row.value("bytes_without_token", std::uint64_t{0})) {
        return "bytes without token: " + std::to_string(encoded->bytesWithoutToken);
    }
    const std::string decoded = row["decoded"];
    if (tokenizer.decode(ids) != decoded) {
        return "decoded '" + tokenizer.decode(ids) + "'";
    }
    const auto withoutSpecials = tokenizer.decode(ids, {.skipSpecial = true});
    if (row.contains("decoded_without_specials") &&
        withoutSpecials != row["decoded_without_specials"].get<std::string>()) {
        return "decoded without specials '" + withoutSpecials + "'";
    }
    const auto framed = tokenizer.encode(input, {.addFrame = true});
    if (!framed || framed->ids != (row.contains("ids_with_frame") ? idsOf(row["ids_with_frame"]) : ids) ||
        framed->spans.size() != framed->ids.size()) {
        return "ids with frame " + (framed ? shown(framed->ids) : framed.error().text());
    }
    const auto asText = tokenizer.encode(input, {.parseSpecial = false});
    if (!asText || asText->ids != (row.contains("ids_specials_as_text") ? idsOf(row["ids_specials_as_text"]) : ids)) {
        return "ids with specials as text " + (asText ? shown(asText->ids) : asText.error().text());
    }

    // Streaming: whatever was shown stays, and is never more than the reference would show at that point.
    for (const bool skipSpecial : {false, true}) {
        text::StreamDecoder stream(tokenizer, {.skipSpecial = skipSpecial});
        std::string streamed;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            streamed += stream.push(ids[i]);
            if (firstInvalidUtf8(streamed)) {
                return "streaming shows half a character after id " + std::to_string(i);
            }
            if (!skipSpecial && row.contains("decoded_prefixes")) {
                const std::string prefix = row["decoded_prefixes"][i];
                if (prefix.compare(0, streamed.size(), streamed) != 0) {
                    return "streaming shows '" + streamed + "' after id " + std::to_string(i) + ", the reference '" +
                           prefix + "'";
                }
                // Nothing is held back without need: what is missing is an unfinished character or a run of byte
                // tokens.
                if (streamed != prefix && tokenizer.pendingBytes(std::span(ids).first(i + 1)) == 0) {
                    return "streaming holds back after id " + std::to_string(i);
                }
            }
        }
        streamed += stream.finish();
        if (streamed != (skipSpecial ? withoutSpecials : decoded)) {
            return "streamed '" + streamed + "'";
        }
    }
    return {};
}

} // namespace

class TestTokenizers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cases_data();
    void cases();
    void malformedInput();
    void manyThreads();
};

void TestTokenizers::cases_data() {
    QTest::addColumn<QString>("name");
    const std::vector<std::string> folders = tokenizerFolders();
    QVERIFY2(!folders.empty(), (goldenRoot() + "/text/tokenizers holds no folder").c_str());
    for (const std::string& name : folders) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestTokenizers::cases() {
    QFETCH(QString, name);
    const std::string folder = name.toStdString();
    const Json strings = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    const auto tokenizer = caseTokenizer(folder);
    const std::vector<Json> rows = jsonLines(goldenRoot() + "/text/tokenizers/" + folder + "/expected.jsonl");
    QVERIFY2(!rows.empty(), "no expected rows");
    std::size_t wrong = 0, ties = 0;
    std::string first;
    for (const Json& row : rows) {
        const std::string key = row["name"];
        QVERIFY2(strings.contains(key), key.c_str());
        const std::string what = difference(*tokenizer, strings[key], row);
        ties += row.value("tie", false) ? 1 : 0;
        if (!what.empty()) {
            ++wrong;
            first += (first.empty() ? "" : "\n  ") + key + ": " + what;
        }
    }
    std::printf("%s (%s): %zu strings, %zu ties\n", folder.c_str(), tokenizer->kind().c_str(), rows.size(), ties);
    QVERIFY2(wrong == 0,
             (std::to_string(wrong) + " of " + std::to_string(rows.size()) + " differ:\n  " + first.substr(0, 6000))
                 .c_str());
}

void TestTokenizers::malformedInput() {
    const Json cases = must(readJsonFile(goldenRoot() + "/text/malformed.json"));
    QVERIFY(!cases.empty());
    for (const std::string& folder : tokenizerFolders()) {
        const auto tokenizer = caseTokenizer(folder);
        for (const auto& [key, row] : cases.items()) {
            const std::string hex = row["hex"];
            std::string bytes;
            for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
                bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
            }
            const auto encoded = tokenizer->encode(bytes);
            const std::string where = "byte " + std::to_string(row["first_bad_byte"].get<std::size_t>());
            QVERIFY2(!encoded.ok(), (folder + ": " + key).c_str());
            QCOMPARE(encoded.error().code, ErrorCode::Parse);
            QVERIFY2(encoded.error().message.size() >= where.size() && encoded.error().message.ends_with(where),
                     (folder + ": " + key + ": " + encoded.error().text()).c_str());
        }
    }
}

void TestTokenizers::manyThreads() {
    const Json strings = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    const auto tokenizer = caseTokenizer(tokenizerFolders().front());
    std::vector<std::vector<TokenId>> alone;
    for (const auto& [key, value] : strings.items()) {
        alone.push_back(must(tokenizer->encode(value.get<std::string>())).ids);
    }
    std::vector<int> wrong(4, -1);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            int count = 0;
            for (int round = 0; round < 3; ++round) {
                std::size_t i = 0;
                for (const auto& [key, value] : strings.items()) {
                    const auto encoded = tokenizer->encode(value.get<std::string>());
                    count += encoded.ok() && encoded->ids == alone[i] ? 0 : 1;
                    ++i;
                }
            }
            wrong[t] = count;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    QCOMPARE(wrong, std::vector<int>(4, 0));
}

QTEST_APPLESS_MAIN(TestTokenizers)
#include "test_tokenizers.moc"
