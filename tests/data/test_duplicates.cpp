// Duplicates and leaks: the planted ones of golden/data/duplicates and golden/data/leaks, all of them and no others;
// true similarities; the same answer in any order of feeding; templates that all rows share; stopping and failing
// texts.
#include "data/duplicates.h"
#include "data/row_text.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

using Clusters = std::vector<std::vector<std::int64_t>>;

Clusters clustersOf(const Json& list) {
    Clusters out = list.get<Clusters>();
    for (auto& cluster : out) {
        std::sort(cluster.begin(), cluster.end());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> textsOf(const std::vector<std::string>& files) {
    std::vector<std::string> texts;
    for (const std::string& file : files) {
        for (const Sample& sample : must(importAll(file)).samples) {
            texts.push_back(duplicateText(sample));
        }
    }
    return texts;
}

DuplicateFinder::Fetch fetchFrom(const std::vector<std::string>& texts) {
    return [&texts](std::int64_t id) -> Result<std::string> { return texts[static_cast<std::size_t>(id)]; };
}

std::string words(std::mt19937_64& random, int count) {
    static const std::vector<std::string> all = [] {
        std::mt19937_64 own(5);
        std::vector<std::string> made;
        for (int i = 0; i < 3000; ++i) {
            std::string word;
            for (std::size_t n = 3 + own() % 7; n > 0; --n) {
                word += static_cast<char>('a' + own() % 26);
            }
            made.push_back(word);
        }
        return made;
    }();
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += (i > 0 ? " " : "") + all[random() % all.size()];
    }
    return text;
}

} // namespace

class TestDuplicates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plantedDuplicatesAreFound() {
        const std::string root = goldenRoot() + "/data/duplicates";
        const Json expected = must(readJsonFile(root + "/expected.json"));
        std::vector<std::string> files;
        for (const Json& file : expected["files"]) {
            files.push_back(root + '/' + file.get<std::string>());
        }
        const std::vector<std::string> texts = textsOf(files);
        QCOMPARE(static_cast<std::int64_t>(texts.size()), expected["rows"].get<std::int64_t>());
        DuplicateFinder finder({.threshold = expected["threshold"].get<double>()});
        for (std::size_t i = 0; i < texts.size(); ++i) {
            finder.add(static_cast<std::int64_t>(i), texts[i]);
        }
        const DuplicateClusters found = must(finder.clusters(fetchFrom(texts)));
        QVERIFY(found.exact == clustersOf(expected["exact"]));
        QVERIFY(found.normalised == clustersOf(expected["normalised"]));
        // Pairs that stand in one cluster, found and expected.
        const auto pairsOf = [](const Clusters& clusters) {
            std::set<std::pair<std::int64_t, std::int64_t>> pairs;
            for (const auto& cluster : clusters) {
                for (std::size_t i = 0; i < cluster.size(); ++i) {
                    for (std::size_t j = i + 1; j < cluster.size(); ++j) {
                        pairs.emplace(cluster[i], cluster[j]);
                    }
                }
            }
            return pairs;
        };
        const auto got = pairsOf(found.near);
        const auto wanted = pairsOf(clustersOf(expected["near_clusters"]));
        std::size_t both = 0;
        for (const auto& pair : got) {
            both += wanted.count(pair);
        }
        const double recall = static_cast<double>(both) / static_cast<double>(wanted.size());
        const double precision = static_cast<double>(both) / static_cast<double>(got.size());
        qInfo("near duplicates: recall %.4f, precision %.4f, %lld candidates, %lld proved", recall, precision,
              static_cast<long long>(finder.stats().candidates), static_cast<long long>(finder.stats().proved));
        QCOMPARE(recall, 1.0);
        QCOMPARE(precision, 1.0);
        QCOMPARE(finder.stats().cappedBuckets, std::int64_t{0});
    }

    void similaritiesAreTheTrueOnes() {
        const std::string root = goldenRoot() + "/data/duplicates";
        const Json expected = must(readJsonFile(root + "/expected.json"));
        std::vector<std::string> files;
        for (const Json& file : expected["files"]) {
            files.push_back(root + '/' + file.get<std::string>());
        }
        const std::vector<std::string> texts = textsOf(files);
        std::size_t compared = 0;
        for (const Json& pair : expected["pairs_from_0.5"]) {
            const double got = jaccard(texts[pair[0].get<std::size_t>()], texts[pair[1].get<std::size_t>()]);
            QVERIFY2(std::abs(got - pair[2].get<double>()) < 1e-9, dumpJson(pair).c_str());
            ++compared;
        }
        QVERIFY(compared > 100);
    }

    void plantedLeaksAreFound() {
        const std::string root = goldenRoot() + "/data/leaks";
        const Json expected = must(readJsonFile(root + "/expected.json"));
        std::vector<Sample> train = must(importAll(root + "/train.jsonl")).samples;
        std::vector<Sample> test = must(importAll(root + "/test.jsonl")).samples;
        std::vector<std::string> texts;
        DuplicateFinder finder({.threshold = expected["threshold"].get<double>()});
        for (const auto* side : {&train, &test}) {
            for (const Sample& sample : *side) {
                texts.push_back(duplicateText(sample));
                finder.add(static_cast<std::int64_t>(texts.size()) - 1, texts.back(), promptText(sample),
                           side == &test ? 1 : 0);
            }
        }
        std::set<std::string> got;
        for (const Leak& leak : must(finder.leaks(1, 1, fetchFrom(texts)))) {
            got.insert(std::to_string(leak.row - static_cast<std::int64_t>(train.size())) + " " +
                       std::to_string(leak.other) + " " + leakKindName(leak.kind));
        }
        std::set<std::string> wanted;
        for (const Json& leak : expected["leaks"]) {
            wanted.insert(dumpJson(leak["test_row"]) + " " + dumpJson(leak["train_row"]) + " " +
                          leak["kind"].get<std::string>());
        }
        for (const std::string& one : wanted) {
            QVERIFY2(got.contains(one), ("missed: " + one).c_str());
        }
        for (const std::string& one : got) {
            QVERIFY2(wanted.contains(one), ("not planted: " + one).c_str());
        }
        QVERIFY(!wanted.empty());
    }

    void normalKeysFollowUnicode() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"", ""},
            {"  Hello,\tWORLD!  ", "hello world"},
            {"Straße", "strasse"},
            {"ＡＢＣ１", "abc1"},
            {"ﬁle…", "file"},
            {"e\u0301cole \u00e9cole", "\u00e9cole \u00e9cole"},
            {"ﾊﾞﾅﾅ", "バナナ"},
            {"\u1112\u1161\u11ab\u3131", "\ud55c\u1100"},
            {"न\u093f\u0902", "न\u093f\u0902"},
            {"x²", "x2"},
            {"a\u00a0b\u3000c", "a b c"},
            {"\xff\xfe", ""},
            {"a\xffz", "a z"},
            {"\U0001F600!", ""},
            {"\U0001D400bc", "abc"},
            {"ΣΑΣ ς", "σασ σ"},
            {"卆儌。", "卆儌"},
        };
        for (const auto& [text, key] : cases) {
            QCOMPARE(QString::fromStdString(normalKey(text)), QString::fromStdString(key));
        }
        QCOMPARE(jaccard("", "!?"), 1.0);
        QCOMPARE(jaccard("abc", "abcd"), 0.0);
        QCOMPARE(jaccard("abcdef", "abcdeg"), 1.0 / 3.0);
    }

    // A brute-force search finds the same clusters, whatever the threshold, for short and long rows.
    void agreesWithComparingAllPairs() {
        std::mt19937_64 random(7);
        std::vector<std::string> texts;
        for (int i = 0; i < 80; ++i) {
            const std::string base = words(random, static_cast<int>(2 + random() % 60));
            texts.push_back(base);
            for (std::size_t copies = random() % 4; copies > 0; --copies) {
                std::string edited = base;
                for (std::size_t edits = random() % 5; edits > 0; --edits) {
                    edited.replace(random() % edited.size(), 1 + random() % 6, words(random, 1));
                }
                texts.push_back(edited);
            }
        }
        for (const double threshold : {0.5, 0.7, 0.8, 0.95, 1.0}) {
            std::vector<std::size_t> parent(texts.size());
            std::iota(parent.begin(), parent.end(), std::size_t{0});
            const auto find = [&](std::size_t x) {
                while (parent[x] != x) {
                    x = parent[x];
                }
                return x;
            };
            for (std::size_t i = 0; i < texts.size(); ++i) {
                for (std::size_t j = i + 1; j < texts.size(); ++j) {
                    if (jaccard(texts[i], texts[j]) >= threshold) {
                        const std::size_t a = find(i);
                        const std::size_t b = find(j);
                        parent[std::max(a, b)] = std::min(a, b);
                    }
                }
            }
            std::map<std::size_t, std::vector<std::int64_t>> groups;
            for (std::size_t i = 0; i < texts.size(); ++i) {
                groups[find(i)].push_back(static_cast<std::int64_t>(i));
            }
            Clusters wanted;
            for (const auto& [root, group] : groups) {
                if (group.size() > 1) {
                    wanted.push_back(group);
                }
            }
            DuplicateFinder finder({.threshold = threshold});
            for (std::size_t i = 0; i < texts.size(); ++i) {
                finder.add(static_cast<std::int64_t>(i), texts[i]);
            }
            const auto found = must(finder.clusters(fetchFrom(texts)));
            QVERIFY2(found.near == wanted, std::to_string(threshold).c_str());
        }
    }

    void orderOfFeedingDoesNotMatter() {
        std::mt19937_64 random(11);
        std::vector<std::string> texts;
        for (int i = 0; i < 300; ++i) {
            texts.push_back(i % 3 == 2 ? texts[random() % texts.size()] + " more" : words(random, 40));
        }
        std::vector<std::size_t> order(texts.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        DuplicateClusters first;
        for (int round = 0; round < 3; ++round) {
            DuplicateFinder finder;
            for (const std::size_t i : order) {
                finder.add(static_cast<std::int64_t>(i), finder.sketch(texts[i]));
            }
            const auto found = must(finder.clusters(fetchFrom(texts)));
            QVERIFY(!found.near.empty());
            if (round == 0) {
                first = found;
            }
            QVERIFY(found.exact == first.exact && found.normalised == first.normalised && found.near == first.near);
            std::shuffle(order.begin(), order.end(), random);
        }
    }

    // Rows that share most of their text are no reason to compare each with each, and true copies are found all the
    // same.
    void aSharedTemplateDoesNotHideCopies() {
        std::mt19937_64 random(3);
        const std::string frame = words(random, 60);
        std::vector<std::string> texts;
        for (int i = 0; i < 4000; ++i) {
            texts.push_back(frame + " " + words(random, 40));
        }
        for (int i = 0; i < 40; ++i) {
            texts.push_back(texts[static_cast<std::size_t>(i)] + " end");
        }
        DuplicateFinder finder;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            finder.add(static_cast<std::int64_t>(i), texts[i]);
        }
        const auto found = must(finder.clusters(fetchFrom(texts)));
        QCOMPARE(found.near.size(), std::size_t{40});
        for (std::size_t i = 0; i < 40; ++i) {
            QVERIFY((found.near[i] ==
                     std::vector<std::int64_t>{static_cast<std::int64_t>(i), static_cast<std::int64_t>(4000 + i)}));
        }
        qInfo("%lld candidates, %lld proved, %lld capped", static_cast<long long>(finder.stats().candidates),
              static_cast<long long>(finder.stats().proved), static_cast<long long>(finder.stats().cappedBuckets));
    }

    void stopsAndTellsOfTextsThatCannotBeRead() {
        std::mt19937_64 random(3);
        const std::string text = words(random, 50);
        std::stop_source source;
        DuplicateFinder finder({.stop = source.get_token()});
        finder.add(1, text);
        finder.add(2, text + " x");
        const auto failed =
            finder.clusters([](std::int64_t) -> Result<std::string> { return makeError(ErrorCode::Io, "gone"); });
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().code, ErrorCode::Io);
        source.request_stop();
        const auto stopped = finder.clusters([&](std::int64_t) -> Result<std::string> { return text; });
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        DuplicateFinder empty;
        const auto none = must(empty.clusters([](std::int64_t) -> Result<std::string> { return std::string(); }));
        QVERIFY(none.exact.empty() && none.near.empty());
    }

    void textsOfRows() {
        Sample chat;
        chat.kind = SampleKind::Chat;
        chat.row = must(parseJson(R"({"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},
            {"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f"}}]},{"role":"assistant","content":"A"}]})"));
        QVERIFY(duplicateText(chat).starts_with("S\nQ\n"));
        QVERIFY(duplicateText(chat).ends_with("\nA"));
        QCOMPARE(promptText(chat), std::string("Q"));
        QCOMPARE(std::string(answerText(chat)), std::string("A"));
        Sample other = chat;
        other.row["messages"][2]["tool_calls"][0]["function"]["name"] = "g";
        QVERIFY(duplicateText(other) != duplicateText(chat));
        QVERIFY(contentHash(other) != contentHash(chat));
        Sample same = chat;
        same.row["metadata"] = nullptr;
        same.row["messages"][3] = {{"content", "A"}, {"role", "assistant"}};
        QCOMPARE(contentHash(same), contentHash(chat));
    }
};

QTEST_APPLESS_MAIN(TestDuplicates)
#include "test_duplicates.moc"
