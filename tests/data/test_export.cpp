// Exports: what is written reads back the same, for every file of golden/data/import, every format and container that
// takes it, and for random rows; what a format cannot carry is told with row and key; files are atomic.
#include "data/exporter.h"
#include "data/row_text.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <filesystem>
#include <random>
#include <set>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;
using fettle::test::must;

namespace {

SampleSource sourceOf(const std::vector<Sample>& samples) {
    return [&samples](const std::function<bool(const Sample&)>& take) -> Result<void> {
        for (const Sample& sample : samples) {
            if (!take(sample)) {
                break;
            }
        }
        return {};
    };
}

std::string extensionOf(ExportContainer container) {
    switch (container) {
    case ExportContainer::Array:
        return ".json";
    case ExportContainer::Csv:
        return ".csv";
    case ExportContainer::Tsv:
        return ".tsv";
    case ExportContainer::Folder:
        return "";
    case ExportContainer::Parquet:
        return ".parquet";
    case ExportContainer::Lines:
        break;
    }
    return ".jsonl";
}

// Rows with the differences taken out that formats may have: how calls are written, an explicit weight of 1, and an
// empty content beside a call.
nlohmann::json alike(const Sample& sample) {
    nlohmann::json row = plain(rowOf(sample));
    for (const char* key : {"messages", "prompt", "completion", "chosen", "rejected"}) {
        if (!row.contains(key) || !row[key].is_array()) {
            continue;
        }
        for (auto& message : row[key]) {
            if (message.value("role", "") == "assistant" && message.contains("weight") && message["weight"] == 1) {
                message.erase("weight");
            }
            if (!message.contains("tool_calls") && !message.contains("function_call")) {
                continue;
            }
            if (message.contains("content") && message["content"] == "") {
                message.erase("content");
            }
            std::vector<nlohmann::json*> functions;
            if (message.contains("tool_calls")) {
                for (auto& call : message["tool_calls"]) {
                    if (!call.contains("function")) {
                        call = {{"function", call}};
                    }
                    call.erase("type");
                    call.erase("id");
                    functions.push_back(&call["function"]);
                }
            }
            if (message.contains("function_call")) {
                functions.push_back(&message["function_call"]);
            }
            for (auto* function : functions) {
                if (!function->contains("arguments")) {
                    (*function)["arguments"] = nlohmann::json::object();
                } else if ((*function)["arguments"].is_string()) {
                    const auto parsed =
                        nlohmann::json::parse((*function)["arguments"].get<std::string>(), nullptr, false);
                    if (parsed.is_object()) {
                        (*function)["arguments"] = parsed;
                    }
                }
            }
        }
    }
    if (row.contains("messages")) {
        for (auto& message : row["messages"]) {
            message.erase("tool_call_id"); // given where a row had none
        }
    }
    if (row.contains("prompt") && row["prompt"] == nlohmann::json::array()) {
        row.erase("prompt");
    }
    return row;
}

class RandomRows {
public:
    explicit RandomRows(std::uint64_t seed)
        : m_random(seed) {}

    Sample next() {
        Sample sample;
        Json& row = sample.row;
        switch (m_random() % 9) {
        case 0:
            sample.kind = SampleKind::Completion;
            row = {{"prompt", text(true)}, {"completion", text(false)}};
            break;
        case 1:
            sample.kind = SampleKind::Text;
            row = {{"text", text(false)}};
            break;
        case 2:
            sample.kind = SampleKind::PromptOnly;
            row = {{"prompt", one(2) ? Json(text(true)) : messages(false)}};
            break;
        case 3: {
            sample.kind = SampleKind::Preference;
            const bool lists = one(2);
            row = {{"prompt", lists ? messages(false) : Json(text(true))},
                   {"chosen", lists ? answer() : Json(text(false))},
                   {"rejected", lists ? answer() : Json(text(false))}};
            break;
        }
        case 4:
            sample.kind = SampleKind::Feedback;
            row = {{"prompt", one(2) ? messages(false) : Json(text(true))},
                   {"completion", one(2) ? answer() : Json(text(false))},
                   {"label", one(2)}};
            break;
        case 5:
            sample.kind = SampleKind::Stepwise;
            row = {{"prompt", text(true)},
                   {"completions", Json::array({text(true), text(true)})},
                   {"labels", Json::array({one(2), one(2)})}};
            break;
        case 6:
            sample.kind = SampleKind::Ids;
            row = {{"ids", Json::array({1, 2, m_random() % 1000})}, {"labels", Json::array({-100, 2, 3})}};
            break;
        default:
            sample.kind = SampleKind::Chat;
            row = {{"messages", messages(true)}};
            if (one(4)) {
                row["tools"] = Json::array({{{"type", "function"}, {"function", {{"name", "f"}, {"x", text(true)}}}}});
                if (one(2)) {
                    row["parallel_tool_calls"] = one(2);
                }
            }
        }
        if (one(4)) {
            row["metadata"] = {{"id", m_random() % 100},
                               {text(true), {{"deep", Json::array({1.5, nullptr, text(true)})}}}};
        }
        sample.id = m_id++;
        sample.line = sample.id + 1;
        return sample;
    }

private:
    bool one(std::uint64_t of) { return m_random() % of == 0; }

    std::string text(bool mayBeEmpty) {
        static const std::vector<std::string> pieces = {"a",      "word",
                                                        " ",      "\n",
                                                        "\r\n",   "\t",
                                                        ",",      ";",
                                                        "\"",     "'",
                                                        "[{",     "{\"messages\"",
                                                        "}",      "é",
                                                        "字",     "😀",
                                                        "\\",     "null",
                                                        "true",   "-100",
                                                        "\u2028", "1",
                                                        "\"\"",   ":",
                                                        "</s>",   "\xEF\xBB\xBF",
                                                        "system", "[",
                                                        "]",      "\u00a0",
                                                        "\v",     "\x01",
                                                        "\r",     "=1+1"};
        std::string out;
        for (std::size_t n = m_random() % 8; n > 0; --n) {
            out += pieces[m_random() % pieces.size()];
        }
        if (!mayBeEmpty && out.find_first_not_of(" \n\r\t\v") == std::string::npos) {
            out += "x";
        }
        return out;
    }

    Json message(const char* role, bool mayBeEmpty = false) {
        Json out = {{"role", role}, {"content", text(mayBeEmpty)}};
        if (out["content"] == "" && std::string(role) != "tool") {
            out["content"] = "y";
        }
        if (one(12)) {
            out["name"] = "Ann";
        }
        return out;
    }

    Json answer() {
        Json list = Json::array({message("assistant")});
        if (one(8)) {
            list.insert(list.begin(), message("user"));
        }
        return list;
    }

    Json messages(bool answered) {
        Json list = Json::array();
        if (one(3)) {
            list.push_back(message(one(4) ? "developer" : "system"));
        }
        for (std::size_t turns = 1 + m_random() % 3; turns > 0; --turns) {
            list.push_back(message("user"));
            if (!answered && turns == 1) {
                break;
            }
            if (one(6)) {
                Json call = {{"id", "c1"},
                             {"type", "function"},
                             {"function",
                              {{"name", "f"}, {"arguments", one(2) ? Json("{\"a\": [1, \"x\"]}") : Json({{"a", 1}})}}}};
                list.push_back({{"role", "assistant"},
                                {"content", one(2) ? Json() : Json("")},
                                {"tool_calls", Json::array({call})}});
                Json result = message("tool", true);
                result["tool_call_id"] = "c1";
                list.push_back(result);
            }
            Json reply = message("assistant");
            if (one(5)) {
                reply["weight"] = one(2) ? 0 : 1;
            }
            if (one(8)) {
                reply["thinking"] = text(true);
            }
            list.push_back(reply);
        }
        if (answered && one(12)) {
            list.push_back(message("user"));
        }
        return list;
    }

    std::mt19937_64 m_random;
    std::int64_t m_id = 0;
};

} // namespace

class TestExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyGoldenFileComesBack() {
        const std::string root = goldenRoot() + "/data/import";
        const Json index = must(readJsonFile(root + "/expected.json"));
        const Scratch scratch;
        int exports = 0;
        int lossless = 0;
        for (const Json& entry : index) {
#ifndef FETTLE_HAS_PARQUET
            if (entry["format"] == "parquet") {
                continue;
            }
#endif
            const auto samples = must(importAll(root + '/' + entry["file"].get<std::string>())).samples;
            bool carried = false; // by a format that loses nothing
            for (const ExportFormat& format : exportFormats()) {
                for (const ExportContainer container :
                     {ExportContainer::Lines, ExportContainer::Array, ExportContainer::Csv, ExportContainer::Tsv,
                      ExportContainer::Folder
#ifdef FETTLE_HAS_PARQUET
                      ,
                      ExportContainer::Parquet
#endif
                     }) {
                    const std::string what =
                        entry["file"].get<std::string>() + " as " + format.name + " " + exportContainerName(container);
                    const std::string out = scratch.path("out" + std::to_string(exports) + extensionOf(container));
                    ExportOptions options{.format = format.name, .container = container};
                    const auto report = exportRows(sourceOf(samples), options, out, true);
                    if (!report) {
                        QVERIFY2(report.error().code == ErrorCode::Unsupported ||
                                     report.error().code == ErrorCode::InvalidInput,
                                 (what + ": " + report.error().text()).c_str());
                        QVERIFY(!fileExists(out) && !folderExists(out));
                        continue;
                    }
                    ++exports;
                    const std::string fault = compare(samples, *report, out);
                    QVERIFY2(fault.empty(), (what + ": " + fault).c_str());
                    lossless += report->lossless() ? 1 : 0;
                    carried = carried || (report->lossless() && report->converted == 0);
                }
            }
            QVERIFY2(carried, entry["file"].get<std::string>().c_str());
        }
        qInfo("%d exports read back, %d of them without any loss", exports, lossless);
        QVERIFY(exports > 150 && lossless > 80);
    }

    // Each file of the set goes back into its own format without loss.
    void ownFormatsLoseNothing() {
        const std::string root = goldenRoot() + "/data/import";
        const Json index = must(readJsonFile(root + "/expected.json"));
        for (const Json& entry : index) {
            const auto name = entry["format"].get<std::string>();
            if (name == "parquet") {
                continue;
            }
            const auto file = entry["file"].get<std::string>();
            const auto samples = must(importAll(root + '/' + file)).samples;
            if (name == "sharegpt" && file.find("tags") != std::string::npos) {
                continue;
            }
            const auto report = must(planExport(sourceOf(samples), {.format = name}));
            std::string losses;
            for (const auto& [key, count] : report.losses) {
                losses += key + " " + std::to_string(count) + "; ";
            }
            QVERIFY2(report.lossless(), (file + ": " + losses).c_str());
        }
    }

    void randomRowsComeBack() {
        const Scratch scratch;
        int files = 0;
        std::int64_t written = 0;
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            RandomRows random(seed);
            std::vector<Sample> samples;
            for (std::uint64_t i = 0; i < 1 + seed % 12; ++i) {
                samples.push_back(random.next());
            }
            for (const ExportFormat& format : exportFormats()) {
                for (const ExportContainer container :
                     {ExportContainer::Lines, ExportContainer::Array, ExportContainer::Csv, ExportContainer::Tsv,
                      ExportContainer::Folder}) {
                    const std::string out = scratch.path("r" + std::to_string(files) + extensionOf(container));
                    const auto report =
                        exportRows(sourceOf(samples), {.format = format.name, .container = container}, out, true);
                    if (!report) {
                        continue;
                    }
                    ++files;
                    written += report->written;
                    const std::string fault = compare(samples, *report, out);
                    QVERIFY2(fault.empty(), ("seed " + std::to_string(seed) + " as " + format.name + " " +
                                             exportContainerName(container) + ": " + fault)
                                                .c_str());
                    (void)removeAll(out);
                }
            }
        }
        qInfo("%d files, %lld rows", files, static_cast<long long>(written));
        QVERIFY(files > 600);
    }

    void lossesAreToldBefore() {
        const Scratch scratch;
        const auto samples =
            must(
                importAll(scratch.write(
                    "rows.jsonl",
                    R"({"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A","thinking":"T"}],"book":1})"
                    "\n"
                    R"({"messages":[{"role":"user","content":"Q","name":"Ann"},{"role":"assistant","content":"A"},{"role":"user","content":"R"},{"role":"assistant","content":"B"}]})"
                    "\n"
                    R"({"messages":[{"role":"user","content":"Q"},{"role":"user","content":"again"},{"role":"assistant","content":"A"}]})"
                    "\n")))
                .samples;
        QCOMPARE(samples.size(), std::size_t{3});
        const std::string out = scratch.path("out.jsonl");
        const auto openAi = must(planExport(sourceOf(samples), {.format = "openai"}));
        QCOMPARE(openAi.rowsWithLosses, std::int64_t{1});
        QCOMPARE(openAi.losses.at("messages[].thinking"), std::int64_t{1});
        QCOMPARE(openAi.losses.at("metadata"), std::int64_t{1});
        QCOMPARE(openAi.details[0].key, std::string("messages[1].thinking"));
        QCOMPARE(openAi.details[0].line, std::int64_t{1});
        const auto alpaca = must(planExport(sourceOf(samples), {.format = "alpaca"}));
        QCOMPARE(alpaca.refused, std::int64_t{1});
        QCOMPARE(alpaca.written, std::int64_t{2});
        QVERIFY(alpaca.details.back().wholeRow() && alpaca.details.back().line == 3);
        const auto completion = must(planExport(sourceOf(samples), {.format = "prompt_completion"}));
        QCOMPARE(completion.losses.at("messages[].weight"), std::int64_t{1}); // the first of two answers is not trained
        const auto refused = exportRows(sourceOf(samples), {.format = "openai"}, out, false);
        QVERIFY(!refused.ok() && refused.error().line == 1);
        QVERIFY(!fileExists(out));
        const Json shown = toJson(openAi);
        QCOMPARE(shown["losses"]["metadata"].get<int>(), 1);
        QCOMPARE(shown["details"][0]["key"].get<std::string>(), std::string("messages[1].thinking"));
    }

    void shapesOfOthers() {
        const Scratch scratch;
        const auto write = [&](const std::string& row, const std::string& format, const std::string& name) {
            const auto samples = must(importAll(scratch.write("in.jsonl", row + "\n"))).samples;
            const std::string out = scratch.path(name);
            must(exportRows(sourceOf(samples), {.format = format}, out, true));
            return must(readFile(out));
        };
        const std::string calls =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Q\"},{\"role\":\"assistant\",\"content\":null,\"tool_"
            "calls\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]},{\"role\":"
            "\"tool\",\"content\":\"r\"},{\"role\":\"assistant\",\"content\":\"A\"}]}";
        QCOMPARE(write(calls, "openai", "o.jsonl"),
                 std::string("{\"messages\":[{\"role\":\"user\",\"content\":\"Q\"},{\"role\":\"assistant\",\"tool_"
                             "calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                             "\"arguments\":\"{\\\"a\\\":1}\"}}],\"content\":null},{\"role\":\"tool\",\"content\":"
                             "\"r\",\"tool_call_id\":\"call_1\"},{\"role\":\"assistant\",\"content\":\"A\"}]}"
                             "\n"));
        QVERIFY(write(calls, "azure", "a.jsonl").starts_with("\xEF\xBB\xBF{\"messages\""));
        const std::string text =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Q\"},{\"role\":\"assistant\",\"content\":\"\",\"tool_"
            "calls\":[{\"id\":\"x\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": "
            "1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"r\"},{\"role\":\"assistant\",\"content\":"
            "\"A\"}]}";
        QVERIFY(write(text, "trl", "t.jsonl").find("\"arguments\":{\"a\":1}") != std::string::npos);
        QVERIFY(write("{\"prompt\":\"P\",\"completion\":\"C\"}", "openai", "c.jsonl") ==
                "{\"messages\":[{\"role\":\"user\",\"content\":\"P\"},{\"role\":\"assistant\",\"content\":\"C\"}]}"
                "\n");
        QCOMPARE(write("{\"prompt\":\"P, \\\"x\\\"\",\"completion\":\"two\\nlines\"}", "csv", "t.csv"),
                 std::string("prompt,completion\n\"P, \"\"x\"\"\",\"two\nlines\"\n"));
        QCOMPARE(write("{\"prompt\":\"P\",\"chosen\":\"C\",\"rejected\":\"R\"}", "openai", "p.jsonl"),
                 std::string("{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":\"P\"}]},\"preferred_output\":[{"
                             "\"role\":\"assistant\",\"content\":\"C\"}],\"non_preferred_output\":[{\"role\":"
                             "\"assistant\",\"content\":\"R\"}]}"
                             "\n"));
        QCOMPARE(
            write("{\"messages\":[{\"role\":\"user\",\"content\":\"Q\"},{\"role\":\"assistant\",\"content\":\"A\"}]}",
                  "sharegpt", "s.json"),
            std::string("[\n"
                        "{\"conversations\":[{\"from\":\"human\",\"value\":\"Q\"},{\"from\":\"gpt\",\"value\":\"A\"}]}"
                        "\n]\n"));
    }

    void wrongRequestsSayWhatToDo() {
        const Scratch scratch;
        const auto samples = must(importAll(scratch.write("in.jsonl", "{\"text\":\"x\"}\n"))).samples;
        const auto errorOf = [&](const ExportOptions& options, const std::string& name) {
            const auto result = exportRows(sourceOf(samples), options, scratch.path(name), true);
            return result ? Error{ErrorCode::None, {}, {}, {}, 0, 0, {}, {}} : result.error();
        };
        QVERIFY(errorOf({.format = "nonsense"}, "x").hint.find("openai") != std::string::npos);
        QCOMPARE(errorOf({.format = "alpaca"}, "x.json").code, ErrorCode::InvalidInput);
        QCOMPARE(errorOf({.format = "csv"}, "x.txt").code, ErrorCode::InvalidInput);
        QCOMPARE(errorOf({.format = "text"}, "x.csv").code, ErrorCode::InvalidInput);
        QCOMPARE(errorOf({.format = "csv", .container = ExportContainer::Array}, "x.json").code,
                 ErrorCode::Unsupported);
        QCOMPARE(errorOf({.format = "text", .container = ExportContainer::Folder}, "x").code, ErrorCode::Unsupported);
        QCOMPARE(errorOf({.format = "text_folder"}, "folder").code, ErrorCode::None);
        QCOMPARE(errorOf({.format = "text_folder"}, "folder").code, ErrorCode::InvalidInput);
        const std::vector<Sample> none;
        QVERIFY(!planExport(sourceOf(none), {}).ok());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(errorOf({.format = "text", .stop = stop.get_token()}, "y.jsonl").code, ErrorCode::Cancelled);
    }

    // At whatever operation the disk fails: the old file stands, and nothing else is left.
    void failuresChangeNothing() {
        const Scratch scratch;
        std::vector<Sample> samples;
        RandomRows random(3);
        while (samples.size() < 8) {
            Sample sample = random.next();
            if (sample.kind == SampleKind::Text) {
                samples.push_back(sample);
            }
        }
        for (const bool folder : {false, true}) {
            int failedAt = 0;
            const std::int64_t whole =
                must(planExport(sourceOf(samples), {.format = folder ? "text_folder" : "text"})).written;
            for (int n = 0; n < 400; ++n) {
                const std::string out = folder ? scratch.path("texts") : scratch.write("out.jsonl", "old\n");
                int seen = 0;
                bool renamed = false; // what fails after that (making the new name durable) comes too late
                setFileFaultHook([&](FileOperation operation, const std::string& path) {
                    const bool fails = seen++ == n;
                    renamed = renamed || (operation == FileOperation::Rename && !fails &&
                                          (!folder || path.find(".txt") == std::string::npos));
                    return fails ? 28 : 0;
                });
                const auto result =
                    exportRows(sourceOf(samples), {.format = folder ? "text_folder" : "text"}, out, true);
                setFileFaultHook({});
                if (result) {
                    break;
                }
                ++failedAt;
                QCOMPARE(result.error().code, ErrorCode::DiskFull);
                if (renamed) {
                    QCOMPARE(static_cast<std::int64_t>(must(importAll(out)).samples.size()), whole);
                    (void)removeAll(out);
                    continue;
                }
                QVERIFY(folder ? !folderExists(out) : must(readFile(out)) == "old\n");
                const auto left = std::distance(std::filesystem::directory_iterator(scratch.path("")), {});
                QCOMPARE(left, 1); // the old file alone
            }
            QVERIFY(failedAt > 2);
        }
    }

private:
    // "" where the file holds the rows that the report says, as they were but for what it names.
    static std::string compare(const std::vector<Sample>& samples, const ExportReport& report,
                               const std::string& path) {
        const auto back = importAll(path);
        if (!back) {
            return back.error().text();
        }
        if (!back->report.errors.empty()) {
            return "does not import" + faultsText(back->report);
        }
        if (back->samples.size() != static_cast<std::size_t>(report.written)) {
            return std::to_string(back->samples.size()) + " rows came back of " + std::to_string(report.written) +
                   faultsText(back->report);
        }
        std::set<std::int64_t> poorer;
        std::set<std::int64_t> refused;
        for (const ExportLoss& loss : report.details) {
            (loss.wholeRow() ? refused : poorer).insert(loss.id);
        }
        std::size_t next = 0;
        for (const Sample& sample : samples) {
            if (refused.contains(sample.id)) {
                continue;
            }
            const Sample& got = back->samples[next++];
            if (poorer.contains(sample.id)) {
                continue;
            }
            auto a = alike(sample);
            auto b = alike(got);
            if (a != b && report.converted > 0) { // another kind, the same words
                if (duplicateText(sample) == duplicateText(got) &&
                    a.value("metadata", nlohmann::json()) == b.value("metadata", nlohmann::json())) {
                    continue;
                }
            }
            if (a != b) {
                return "\n was  " + a.dump() + "\n came " + b.dump();
            }
        }
        return {};
    }
};

QTEST_APPLESS_MAIN(TestExport)
#include "test_export.moc"
