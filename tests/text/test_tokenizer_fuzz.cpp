// Seeded mutation of tokenizer files and texts: nothing crashes, and whatever loads keeps its promises.
// FETTLE_FUZZ_SEED and FETTLE_FUZZ_ROUNDS choose other runs.
#include "base/utf8.h"
#include "small_tokenizer.h"
#include "tokenizer_cases.h"

#include <QTest>

#include <random>

using namespace fettle;
using namespace fettle::test;
using text::TokenId;

namespace {

using Random = std::mt19937_64;

std::uint64_t fromEnvironment(const char* name, std::uint64_t fallback) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): tests do not change it
    return value == nullptr ? fallback : std::strtoull(value, nullptr, 10);
}

std::size_t below(Random& random, std::size_t limit) {
    return limit == 0 ? 0 : random() % limit;
}

std::string mutated(std::string bytes, Random& random, std::size_t edits) {
    for (std::size_t i = 0; i < edits && !bytes.empty(); ++i) {
        const std::size_t at = below(random, bytes.size());
        switch (random() % 5) {
        case 0:
            bytes[at] = static_cast<char>(random());
            break;
        case 1:
            bytes.erase(at, 1 + below(random, 8));
            break;
        case 2:
            bytes.insert(at, bytes.substr(below(random, bytes.size()), below(random, 24)));
            break;
        case 3:
            bytes[at] = "\"{}[]:,0-9\\ \xE2"[below(random, 13)];
            break;
        default:
            std::swap(bytes[at], bytes[below(random, bytes.size())]);
        }
    }
    return bytes;
}

// Replaces one node somewhere in the document by a value of another kind, or by a copy of another node.
void bend(Json& node, Random& random, const Json& donor) {
    if (node.is_structured() && !node.empty() && random() % 8 != 0) {
        auto child = node.begin();
        std::advance(child, static_cast<std::ptrdiff_t>(below(random, std::min<std::size_t>(node.size(), 12))));
        if (random() % 12 == 0) {
            node.erase(child);
            return;
        }
        bend(*child, random, donor);
        return;
    }
    const Json* other = &donor;
    while (other->is_structured() && !other->empty() && random() % 4 != 0) {
        auto child = other->begin();
        std::advance(child, static_cast<std::ptrdiff_t>(below(random, std::min<std::size_t>(other->size(), 12))));
        other = &*child;
    }
    switch (random() % 9) {
    case 0:
        node = nullptr;
        break;
    case 1:
        node = random() % 2 == 0;
        break;
    case 2:
        node = static_cast<std::int64_t>(random());
        break;
    case 3:
        node = static_cast<std::int64_t>(random() % 2000) - 4;
        break;
    case 4:
        node = "";
        break;
    case 5:
        node = mutated("(?i:\\p{L}+)|[^\\s]?\\w{2,}|x*", random, 1 + below(random, 4));
        break;
    default:
        node = Json(*other);
    }
}

std::string randomText(Random& random, const std::vector<std::string>& strings) {
    std::string out = strings[below(random, strings.size())];
    out = out.substr(0, below(random, 300));
    const std::string& other = strings[below(random, strings.size())];
    out += other.substr(below(random, other.size()), 200);
    return random() % 3 == 0 ? mutated(out, random, 1 + below(random, 4)) : out;
}

// What must hold for any tokenizer that loaded and any bytes; returns "" or what is broken.
std::string broken(const text::Tokenizer& tokenizer, const std::string& input, Random& random) {
    const auto encoded = tokenizer.encode(input, {.addFrame = random() % 2 == 0, .parseSpecial = random() % 2 == 0});
    const auto bad = firstInvalidUtf8(input);
    if (bad) {
        return !encoded.ok() && encoded.error().message.find("byte " + std::to_string(*bad)) != std::string::npos
                   ? ""
                   : "invalid UTF-8 was not refused at its place";
    }
    if (!encoded) {
        return encoded.error().message.empty() ? "an error without a message" : "";
    }
    if (encoded->ids.size() != encoded->spans.size()) {
        return "spans and ids differ in number";
    }
    for (std::size_t i = 0; i < encoded->ids.size(); ++i) {
        const text::ByteSpan span = encoded->spans[i];
        if (span.begin > span.end || span.end > input.size()) {
            return "a span outside the text";
        }
        if (encoded->ids[i] < 0 || encoded->ids[i] >= tokenizer.vocabularySize()) {
            return "an id outside the vocabulary";
        }
    }
    std::vector<TokenId> ids = encoded->ids;
    for (std::size_t i = below(random, 6); i > 0; --i) {
        ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(below(random, ids.size() + 1)),
                   static_cast<TokenId>(random() % 1400) - 3);
    }
    const text::DecodeOptions options{.skipSpecial = random() % 2 == 0};
    const std::string decoded = tokenizer.decode(ids, options);
    text::StreamDecoder stream(tokenizer, options);
    std::string streamed;
    for (const TokenId id : ids) {
        streamed += stream.push(id);
    }
    streamed += stream.finish();
    return streamed == decoded ? "" : "streaming gives '" + streamed + "' instead of '" + decoded + "'";
}

} // namespace

class TestTokenizerFuzz : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void files();
    void texts();
};

void TestTokenizerFuzz::files() {
    const std::uint64_t seed = fromEnvironment("FETTLE_FUZZ_SEED", 1),
                        rounds = fromEnvironment("FETTLE_FUZZ_ROUNDS", 1500);
    Random random(seed);
    std::vector<std::string> strings;
    const Json table = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    for (const auto& [key, value] : table.items()) {
        strings.push_back(value.get<std::string>() + " ");
    }
    // Small vocabularies keep a round cheap; the steps around them come from every golden tokenizer.
    std::vector<Json> bases = {smallTokenizer()};
    for (const std::string& name : tokenizerFolders()) {
        const std::string path = goldenRoot() + "/text/tokenizers/" + name + "/tokenizer.json";
        if (!fileExists(path)) {
            continue;
        }
        const Json file = must(readJsonFile(path));
        Json base = smallTokenizer();
        for (const char* key : {"normalizer", "pre_tokenizer", "decoder"}) {
            base[key] = file[key];
        }
        for (const char* key : {"byte_fallback", "fuse_unk", "ignore_merges"}) {
            base["model"][key] = file["model"][key];
        }
        for (const Json& token : file["added_tokens"]) {
            if (token["id"].get<int>() > 102) {
                base["added_tokens"].push_back(token);
            }
        }
        bases.push_back(base);
    }
    QVERIFY(bases.size() > 1);
    std::uint64_t loaded = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Json file = bases[below(random, bases.size())];
        std::string bytes;
        if (random() % 4 == 0) {
            bytes = mutated(dumpJson(file), random, 1 + below(random, 5));
        } else {
            for (std::size_t i = 1 + below(random, 3); i > 0; --i) {
                bend(file, random, bases[below(random, bases.size())]);
            }
            bytes = dumpJson(file);
        }
        const auto tokenizer = text::tokenizerFromJson(bytes);
        const std::string where = "seed " + std::to_string(seed) + ", round " + std::to_string(round) + ": ";
        if (!tokenizer) {
            QVERIFY2(!tokenizer.error().message.empty(), where.c_str());
            continue;
        }
        ++loaded;
        for (int i = 0; i < 4; ++i) {
            const std::string what = broken(**tokenizer, randomText(random, strings), random);
            QVERIFY2(what.empty(), (where + what).c_str());
        }
    }
    std::printf("%llu of %llu mutated files loaded\n", static_cast<unsigned long long>(loaded),
                static_cast<unsigned long long>(rounds));
    QVERIFY2(loaded > rounds / 20 && loaded < rounds, "the mutations are too weak or too strong to tell anything");
}

void TestTokenizerFuzz::texts() {
    const std::uint64_t seed = fromEnvironment("FETTLE_FUZZ_SEED", 1),
                        rounds = fromEnvironment("FETTLE_FUZZ_ROUNDS", 1500);
    Random random(seed + 1);
    std::vector<std::string> strings;
    const Json table = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    for (const auto& [key, value] : table.items()) {
        strings.push_back(value.get<std::string>() + " ");
    }
    for (const std::string& name : tokenizerFolders()) {
        const auto tokenizer = caseTokenizer(name);
        for (std::uint64_t round = 0; round < rounds / 4; ++round) {
            const std::string input = randomText(random, strings);
            const std::string what = broken(*tokenizer, input, random);
            QVERIFY2(
                what.empty(),
                (name + ", seed " + std::to_string(seed) + ", round " + std::to_string(round) + ": " + what).c_str());
            // Byte-level BPE without a normaliser loses nothing but the bytes it counts, and its spans follow one
            // another.
            if (name == "smollm2" && !firstInvalidUtf8(input)) {
                const auto encoded = must(tokenizer->encode(input));
                QVERIFY(encoded.bytesWithoutToken != 0 || tokenizer->decode(encoded.ids) == input);
                std::uint64_t covered = encoded.bytesWithoutToken;
                std::uint32_t end = 0;
                for (const text::ByteSpan span : encoded.spans) {
                    QVERIFY(span.begin >= end);
                    end = span.end;
                    covered += span.end - span.begin;
                }
                QVERIFY(covered >= input.size());
            }
        }
    }
}

QTEST_APPLESS_MAIN(TestTokenizerFuzz)
#include "test_tokenizer_fuzz.moc"
