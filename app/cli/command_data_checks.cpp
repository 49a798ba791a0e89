// fettle data dedupe, fettle data check: what is wrong with rows, and which rows stand twice.
#include "base/hash.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/data_files.h"
#include "cli/text_spill.h"
#include "data/duplicates.h"
#include "data/encode_sample.h"
#include "data/row_checks.h"
#include "data/row_text.h"
#include "data/set_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>

namespace fettle::app {
namespace {

using data::CheckHit;
using data::CheckInfo;

constexpr std::size_t kShownClusters = 20;
constexpr std::size_t kShownRows = 8;

void tellCapped(const data::DuplicateStats& stats) {
    if (stats.cappedBuckets > 0) {
        printNote("many rows share most of their text: in " + std::to_string(stats.cappedBuckets) +
                  " groups of them not every pair was compared");
    }
}

// --- dedupe ---------------------------------------------------------------------------------------------------------

void printClusters(const char* title, const std::vector<std::vector<std::int64_t>>& clusters, const RowPlaces& places) {
    std::size_t rows = 0;
    for (const auto& cluster : clusters) {
        rows += cluster.size();
    }
    printLine(std::string(title) + ": " + std::to_string(clusters.size()) +
              (clusters.size() == 1 ? " cluster, " : " clusters, ") + std::to_string(rows) + " rows, " +
              std::to_string(rows - clusters.size()) + " of them beyond the first");
    for (std::size_t i = 0; i < clusters.size() && i < kShownClusters; ++i) {
        std::string line = " ";
        for (std::size_t n = 0; n < clusters[i].size() && n < kShownRows; ++n) {
            line += " " + places.text(clusters[i][n]);
        }
        printLine(line + (clusters[i].size() > kShownRows
                              ? " and " + std::to_string(clusters[i].size() - kShownRows) + " more"
                              : std::string()));
    }
    if (clusters.size() > kShownClusters) {
        printLine("  … and " + std::to_string(clusters.size() - kShownClusters) + " more clusters");
    }
}

Result<void> addRow(data::DuplicateFinder& finder, TextSpill& texts, const data::Sample& sample, bool prompts,
                    int side) {
    const std::string text = data::duplicateText(sample);
    FETTLE_TRY(texts.add(text));
    finder.add(texts.count() - 1, text, prompts ? data::promptText(sample) : std::string(), side);
    return {};
}

Result<int> dedupeFiles(const Arguments& arguments, double threshold) {
    data::DuplicateFinder finder({.threshold = threshold});
    TextSpill texts;
    RowPlaces places;
    FETTLE_TRY_VALUE(const std::int64_t bad, readRows(arguments.positional(), arguments.text("--format", "auto"), true,
                                                      [&](data::Sample&& sample) {
                                                          places.add(sample.file, sample.line);
                                                          return addRow(finder, texts, sample, false, 0);
                                                      }));
    FETTLE_TRY_VALUE(const data::DuplicateClusters found,
                     finder.clusters([&](std::int64_t row) { return texts.text(row); }));
    tellCapped(finder.stats());
    if (arguments.json()) {
        printJson({{"exact", found.exact},
                   {"normalised", found.normalised},
                   {"near", found.near},
                   {"rows", finder.rows()},
                   {"bad_rows", bad},
                   {"capped", finder.stats().cappedBuckets}});
        return kDone;
    }
    printLine(std::to_string(finder.rows()) + " rows");
    printClusters("same text", found.exact, places);
    printClusters("same words (these included)", found.normalised, places);
    printClusters("nearly the same (these included)", found.near, places);
    return kDone;
}

Result<int> dedupeAgainst(const Arguments& arguments, double threshold) {
    data::DuplicateFinder finder({.threshold = threshold});
    TextSpill texts;
    RowPlaces places;
    const std::string format = arguments.text("--format", "auto");
    const auto read = [&](const std::vector<std::string>& files, int side) {
        return readRows(files, format, true, [&](data::Sample&& sample) {
            places.add(sample.file, sample.line);
            return addRow(finder, texts, sample, true, side);
        });
    };
    FETTLE_TRY_VALUE(const std::int64_t badTrain, read(arguments.all("--against"), 0));
    const std::int64_t first = texts.count(); // number of the first held-out row
    FETTLE_TRY_VALUE(const std::int64_t badTest, read(arguments.positional(), 1));
    FETTLE_TRY_VALUE(const std::vector<data::Leak> leaks,
                     finder.leaks(1, 1, [&](std::int64_t row) { return texts.text(row); }));
    tellCapped(finder.stats());
    if (arguments.json()) {
        Json list = Json::array();
        for (const data::Leak& leak : leaks) {
            Json one = {{"row", leak.row - first}, {"other", leak.other}, {"kind", data::leakKindName(leak.kind)}};
            if (leak.kind != data::LeakKind::SamePrompt) {
                one["similarity"] = leak.similarity;
            }
            list.push_back(std::move(one));
        }
        printJson({{"leaks", std::move(list)},
                   {"rows", texts.count() - first},
                   {"against_rows", first},
                   {"bad_rows", badTrain + badTest},
                   {"capped", finder.stats().cappedBuckets}});
        return kDone;
    }
    std::map<data::LeakKind, std::int64_t> counts;
    for (const data::Leak& leak : leaks) {
        ++counts[leak.kind];
    }
    printLine(std::to_string(leaks.size()) + " of " + std::to_string(texts.count() - first) +
              " rows leak: " + std::to_string(counts[data::LeakKind::Exact]) + " same text, " +
              std::to_string(counts[data::LeakKind::Normalised]) + " same words, " +
              std::to_string(counts[data::LeakKind::Near]) + " nearly the same, " +
              std::to_string(counts[data::LeakKind::SamePrompt]) + " same question");
    for (std::size_t i = 0; i < leaks.size() && i < kShownClusters; ++i) {
        printLine("  " + places.text(leaks[i].row) + "  " + data::leakKindName(leaks[i].kind) + "  " +
                  places.text(leaks[i].other) +
                  (leaks[i].kind == data::LeakKind::Near ? "  " + formatFixed(leaks[i].similarity, 2) : std::string()));
    }
    if (leaks.size() > kShownClusters) {
        printLine("  … and " + std::to_string(leaks.size() - kShownClusters) + " more");
    }
    return kDone;
}

int dedupe(const Arguments& arguments) {
    const auto threshold = arguments.number("--threshold", 0.8, 0.5, 1);
    if (!threshold) {
        return failed(threshold.error());
    }
    const auto done =
        arguments.has("--against") ? dedupeAgainst(arguments, *threshold) : dedupeFiles(arguments, *threshold);
    return done ? *done : failed(done.error());
}

// --- check ----------------------------------------------------------------------------------------------------------

// What is found, by check, with the first hits in full.
class Findings {
public:
    Findings(const RowPlaces& places, std::size_t most)
        : m_places(places)
        , m_most(most) {}

    void add(std::int64_t row, const CheckHit& hit) {
        Count& count = m_counts[hit.check];
        ++count.hits;
        if (count.last != row) {
            ++count.rows;
            count.last = row;
        }
        if (count.firstRow < 0) {
            count.firstRow = row;
            count.firstKey = hit.key;
        }
        if (m_hits.size() < m_most) {
            m_hits.emplace_back(row, hit);
        } else {
            ++m_notListed;
        }
    }

    void sort() {
        std::stable_sort(m_hits.begin(), m_hits.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    }

    [[nodiscard]] Json json() const {
        Json checks = Json::array();
        for (const CheckInfo& info : data::allChecks()) {
            const auto found = m_counts.find(&info);
            if (found == m_counts.end()) {
                continue;
            }
            const Count& count = found->second;
            Json first = Json::object();
            if (count.firstRow >= 0 && info.scope != data::CheckScope::Set) {
                first = {{"row", count.firstRow}, {"line", m_places.line(count.firstRow)}};
                first["key"] = count.firstKey.empty() ? Json() : Json(count.firstKey);
            }
            checks.push_back({{"code", info.code},
                              {"severity", info.severity == data::Severity::Error ? "error" : "warning"},
                              {"family", data::checkFamilyName(info.family)},
                              {"rows", count.rows},
                              {"hits", count.hits},
                              {"first", std::move(first)}});
        }
        Json hits = Json::array();
        for (const auto& [row, hit] : m_hits) {
            Json one = {{"row", row}, {"line", m_places.line(row)}};
            const Json shown = data::toJson(hit);
            for (const auto& member : shown.items()) {
                one[member.key()] = member.value();
            }
            hits.push_back(std::move(one));
        }
        return {{"checks", std::move(checks)}, {"hits", std::move(hits)}, {"hits_not_listed", m_notListed}};
    }

    void print() const {
        if (m_counts.empty()) {
            printLine("nothing found");
        }
        for (const CheckInfo& info : data::allChecks()) {
            const auto found = m_counts.find(&info);
            if (found == m_counts.end()) {
                continue;
            }
            const Count& count = found->second;
            std::string line = info.severity == data::Severity::Error ? "  error    " : "  warning  ";
            line += std::string(info.title) + " [" + info.code + "]";
            if (info.scope != data::CheckScope::Set || info.code == std::string_view("label_rare")) {
                line += "  " + std::to_string(count.rows) + (count.rows == 1 ? " row" : " rows") + ", first " +
                        m_places.text(count.firstRow) + (count.firstKey.empty() ? "" : " at " + count.firstKey);
            }
            printLine(line);
            printLine(std::string("           ") + info.explanation);
        }
    }

private:
    struct Count {
        std::int64_t hits = 0, rows = 0, last = -1, firstRow = -1;
        std::string firstKey;
    };
    const RowPlaces& m_places;
    std::size_t m_most;
    std::map<const CheckInfo*, Count> m_counts;
    std::vector<std::pair<std::int64_t, CheckHit>> m_hits;
    std::int64_t m_notListed = 0;
};

// What set-wide checks need of each row.
struct RowNote {
    std::uint16_t language = 0; // index
    bool reliable = false;
    std::uint64_t label = 0;
};

struct CheckRun {
    std::vector<std::string> languages; // by index
    std::vector<RowNote> notes;
    data::LanguageTally languageTally;
    data::LabelTally labels;
    std::int64_t bad = 0;

    std::uint16_t languageIndex(const std::string& language) {
        const auto found = std::find(languages.begin(), languages.end(), language);
        if (found == languages.end()) {
            languages.push_back(language);
            return static_cast<std::uint16_t>(languages.size() - 1);
        }
        return static_cast<std::uint16_t>(found - languages.begin());
    }
};

void addSetFindings(const CheckRun& run, Findings& findings, Json& out) {
    const std::vector<std::string> usual = run.languageTally.usual();
    std::vector<bool> isUsual;
    for (const std::string& language : run.languages) {
        isUsual.push_back(language.empty() || std::find(usual.begin(), usual.end(), language) != usual.end());
    }
    const data::LabelReport labels = run.labels.report();
    std::unordered_set<std::uint64_t> rare;
    for (const std::string& label : labels.rare) {
        rare.insert(hash64(label));
    }
    const CheckInfo* unusual = data::findCheck("language_unusual");
    const CheckInfo* rareLabel = data::findCheck("label_rare");
    for (std::size_t row = 0; row < run.notes.size(); ++row) {
        const RowNote& note = run.notes[row];
        if (note.reliable && !isUsual[note.language]) {
            findings.add(static_cast<std::int64_t>(row), {unusual, {}, 0, 0, run.languages[note.language], -1});
        }
        if (note.label != 0 && rare.contains(note.label)) {
            findings.add(static_cast<std::int64_t>(row), {rareLabel, {}, 0, 0, {}, -1});
        }
    }
    if (labels.imbalanced) {
        findings.add(0, {data::findCheck("label_imbalance"), {}, 0, 0, "1 to " + formatFixed(labels.ratio, 0), -1});
    }
    out["languages"] = Json::object();
    for (const auto& [language, rows] : run.languageTally.counts()) {
        out["languages"][language.empty() ? "unknown" : language] = rows;
    }
    if (labels.isLabelTask) {
        Json list = Json::object();
        for (const data::LabelCount& label : labels.labels) {
            list[label.label] = label.rows;
        }
        out["labels"] = {{"counts", std::move(list)}, {"entropy_bits", labels.entropyBits}};
    }
}

void addDuplicates(const data::DuplicateClusters& clusters, Findings& findings) {
    std::unordered_set<std::int64_t> told;
    for (const auto& [list, code] :
         {std::pair{&clusters.exact, "duplicate_exact"}, std::pair{&clusters.normalised, "duplicate_normalised"},
          std::pair{&clusters.near, "duplicate_near"}}) {
        const CheckInfo* info = data::findCheck(code);
        for (const auto& cluster : *list) {
            for (std::size_t i = 1; i < cluster.size(); ++i) {
                if (told.insert(cluster[i]).second) {
                    findings.add(cluster[i], {info, {}, 0, 0, {}, cluster.front()});
                }
            }
        }
    }
}

Result<int> checkFiles(const Arguments& arguments) {
    FETTLE_TRY_VALUE(const double threshold, arguments.number("--threshold", 0.8, 0.5, 1));
    FETTLE_TRY_VALUE(const std::int64_t context, arguments.integer("--context", 2048, 1, std::int64_t{1} << 40));
    FETTLE_TRY_VALUE(const std::int64_t most, arguments.integer("--list", 200, 0, 10'000'000));
    std::optional<text::TextModel> model;
    if (arguments.has("--model")) {
        FETTLE_TRY_VALUE(model, textModel(arguments));
    }
    const std::string labelField = arguments.text("--label");
    CheckRun run;
    TextSpill texts;
    RowPlaces places;
    Findings findings(places, static_cast<std::size_t>(most));
    data::DuplicateFinder finder({.threshold = threshold});
    std::int64_t row = 0;
    FETTLE_TRY_VALUE(run.bad,
                     readRows(arguments.positional(), arguments.text("--format", "auto"), true,
                              [&](data::Sample&& sample) -> Result<void> {
                                  places.add(sample.file, sample.line);
                                  for (const CheckHit& hit : data::checkRow(sample)) {
                                      findings.add(row, hit);
                                  }
                                  const data::RowFacts facts = data::rowFacts(sample, labelField);
                                  run.languageTally.add(facts.language);
                                  run.labels.add(facts.label);
                                  run.notes.push_back(
                                      {run.languageIndex(facts.language), facts.languageReliable,
                                       facts.label.empty() ? 0 : std::max<std::uint64_t>(hash64(facts.label), 1)});
                                  if (model) {
                                      auto encoded = data::encodeSample(*model, sample, {});
                                      if (!encoded && encoded.error().code != ErrorCode::Unsupported) {
                                          return encoded.error().at(sample.file, sample.line);
                                      }
                                      if (encoded) {
                                          for (const CheckHit& hit :
                                               data::checkTokens(sample, *encoded, *model->tokenizer, {context})) {
                                              findings.add(row, hit);
                                          }
                                      }
                                  }
                                  FETTLE_TRY(addRow(finder, texts, sample, false, 0));
                                  ++row;
                                  return {};
                              }));
    FETTLE_TRY_VALUE(const data::DuplicateClusters clusters,
                     finder.clusters([&](std::int64_t id) { return texts.text(id); }));
    tellCapped(finder.stats());
    addDuplicates(clusters, findings);
    Json out = {{"rows", row + run.bad}, {"good", row}};
    addSetFindings(run, findings, out);
    findings.sort();
    if (arguments.json()) {
        const Json found = findings.json();
        for (const auto& member : found.items()) {
            out[member.key()] = member.value();
        }
        printJson(out);
        return kDone;
    }
    printLine(std::to_string(row) + " rows" +
              (run.bad > 0 ? ", " + std::to_string(run.bad) + " more cannot be read" : std::string()));
    findings.print();
    std::string languages;
    for (const auto& [language, rows] : run.languageTally.counts()) {
        languages +=
            (languages.empty() ? "" : ", ") + (language.empty() ? "unknown" : language) + " " + std::to_string(rows);
    }
    printLine("languages: " + languages);
    return kDone;
}

int check(const Arguments& arguments) {
    const auto done = checkFiles(arguments);
    return done ? *done : failed(done.error());
}

} // namespace

std::vector<Command> dataCheckCommands() {
    constexpr int kMostFiles = 10'000;
    const Option format{.name = "--format", .value = "F", .help = "format of the files (auto)"};
    const Option threshold{.name = "--threshold", .value = "T", .help = "similarity from 0.5 to 1 (0.8)"};
    return {{{.name = "data dedupe",
              .summary = "rows that stand twice: same text, same words, nearly the same",
              .options = {threshold,
                          {.name = "--against",
                           .value = "TRAIN",
                           .help = "tell instead which rows also stand in this file",
                           .required = false,
                           .repeatable = true},
                          format},
              .positional = "FILE…",
              .minPositional = 1,
              .maxPositional = kMostFiles},
             dedupe},
            {{.name = "data check",
              .summary = "what is wrong with rows: empty, refused, damaged, personal, duplicate, over-long, untrained",
              .options = {{.name = "--model", .value = "M", .help = "checks that need tokens, with this model's"},
                          {.name = "--context", .value = "N", .help = "longest row in tokens (2048)"},
                          {.name = "--label",
                           .value = "FIELD",
                           .help = "field of the metadata that is the label (the answer)"},
                          {.name = "--list", .value = "N", .help = "hits to list with --json (200)"},
                          threshold,
                          format},
              .positional = "FILE…",
              .minPositional = 1,
              .maxPositional = kMostFiles},
             check}};
}

} // namespace fettle::app
