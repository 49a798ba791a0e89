// The record of a run, what differs between two recipes, and the command line that trains a run again.
#include "base/files.h"
#include "run/recipe_diff.h"
#include "run/run_folder.h"
#include "run/run_record.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::run;
using test::must;
using test::TempFolder;

namespace {

Json recipe() {
    return {{"model", "m"},
            {"seed", 42},
            {"output", "/runs/1"},
            {"data", {{"train", Json::array({"a.jsonl"})}, {"shuffle", true}}},
            {"adapter", {{"rank", 16}, {"rank_pattern", {{"q", 8}, {"v", 4}}}}},
            {"training", {{"epochs", 3}, {"threads", "auto"}, {"device", "auto"}, {"compute_dtype", "fp32"}}}};
}

std::vector<std::string> keysOf(const std::vector<RecipeDifference>& differences) {
    std::vector<std::string> keys;
    for (const RecipeDifference& one : differences) {
        keys.push_back(one.key);
    }
    return keys;
}

} // namespace

class TestRunRecord : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void differencesBySection() {
        Json other = recipe();
        QVERIFY(recipeDifference(recipe(), other).empty());
        other["output"] = "/runs/2"; // the place is no setting
        other["training"]["epochs"] = 3.0;
        other["adapter"]["rank_pattern"] = {{"v", 4}, {"q", 8}}; // a map has no order
        QVERIFY(recipeDifference(recipe(), other).empty());
        other["training"]["epochs"] = 5;
        other["training"]["context"] = 512;
        other["adapter"]["rank_pattern"]["q"] = 2;
        other["data"]["train"].push_back("b.jsonl");
        other["seed"] = 7;
        other["data"].erase("shuffle");
        other["stop"] = {{"minutes", 10}};
        const auto differences = recipeDifference(recipe(), other);
        QCOMPARE(keysOf(differences),
                 (std::vector<std::string>{"seed", "data.train", "data.shuffle", "adapter.rank_pattern",
                                           "training.epochs", "training.context", "stop.minutes"}));
        QCOMPARE(differences[0].section, std::string());
        QCOMPARE(differences[1].section, std::string("data"));
        QCOMPARE(dumpJson(*differences[1].right), std::string(R"(["a.jsonl","b.jsonl"])"));
        QVERIFY(!differences[2].right.has_value());
        QVERIFY(!differences[5].left.has_value());
        QCOMPARE(*differences[6].right, Json(10));
        // The other way round: the same keys, the values changed places.
        const auto back = recipeDifference(other, recipe());
        QCOMPARE(back.size(), differences.size());
        for (const RecipeDifference& one : back) {
            const auto twin = std::find_if(differences.begin(), differences.end(),
                                           [&one](const RecipeDifference& d) { return d.key == one.key; });
            QVERIFY(twin != differences.end() && twin->left == one.right && twin->right == one.left);
        }
    }

    void differencesOfRuns() {
        const TempFolder folder;
        must(createRunFolder(folder / "a", "A", recipe()));
        Json other = recipe();
        other["seed"] = 1;
        must(createRunFolder(folder / "b", "B", other));
        QCOMPARE(keysOf(must(recipeDifferenceOfRuns(folder / "a", folder / "b"))), (std::vector<std::string>{"seed"}));
        QCOMPARE(recipeDifferenceOfRuns(folder / "a", folder / "none").error().code, ErrorCode::NotFound);
    }

    void machineFromTheSystemsTexts() {
        const char* cpu = "processor\t: 0\nmodel name\t: Some CPU @ 3.00GHz\nphysical id\t: 0\ncore id\t\t: 0\n"
                          "flags\t\t: fpu sse4_2 avx avx2 fma avx512f amx_bf16 nonsense\n\n"
                          "processor\t: 1\nmodel name\t: Some CPU @ 3.00GHz\nphysical id\t: 0\ncore id\t\t: 0\n"
                          "flags\t\t: fpu\n";
        const MachineInfo machine = machineFrom(cpu, "MemTotal:       16384 kB\nMemFree: 1 kB\n",
                                                "NAME=\"x\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        QCOMPARE(machine.cpu, std::string("Some CPU @ 3.00GHz"));
        QCOMPARE(machine.threads, std::int64_t(2));
        QCOMPARE(machine.cores, std::int64_t(1));
        QCOMPARE(machine.memoryBytes, std::uint64_t(16384) * 1024);
        QCOMPARE(machine.instructions,
                 (std::vector<std::string>{"sse4_2", "avx", "fma", "avx2", "avx512f", "amx_bf16"}));
        QCOMPARE(machine.system, std::string("Debian GNU/Linux 12 (bookworm)"));
        QCOMPARE(dumpJson(toJson(machineFromJson(toJson(machine)))), dumpJson(toJson(machine)));
        QCOMPARE(machineFrom("", "", "").threads, std::int64_t(0));
        const MachineInfo here = thisMachine();
        QVERIFY(here.threads > 0);
        QVERIFY(here.memoryBytes > 0);
        QVERIFY(!here.kernel.empty());
    }

    void recordReadsWhatIsThere() {
        const TempFolder folder;
        const std::string run = folder / "run-0001";
        must(createRunFolder(run, "A run", recipe()));
        RunRecord bare = must(readRunRecord(run)); // an older run: nothing written
        QVERIFY(!bare.machine.has_value());
        QVERIFY(!bare.predicted.has_value());
        QVERIFY(toJson(bare)["machine"].is_null());
        MachineInfo machine;
        machine.cpu = "CPU";
        machine.threads = 4;
        must(updateRunInfo(run, {{"total_steps", 3},
                                 {"machine", toJson(machine)},
                                 {"frozen",
                                  {{"torch", "2.11.0"},
                                   {"device", "cpu"},
                                   {"threads", 3},
                                   {"micro_tokens", 1024},
                                   {"compute_dtype", "fp32"},
                                   {"recompute", "lean"},
                                   {"packing_hash", "ph"}}},
                                 {"data", {{"hash", "dh"}, {"rows", 10}, {"tokens", 2000}}},
                                 {"predicted", toJson(Prediction{1'000'000, 60, 500, 3, true})}}));
        {
            const auto writer = must(RunWriter::open(run));
            for (std::int64_t step = 1; step <= 3; ++step) {
                StepMetrics metrics;
                metrics.step = step;
                metrics.tokens = 100;
                metrics.stepMs = 50;
                metrics.peakBytes = 1'500'000;
                (void)must(writer->publish(metrics));
            }
            StateChanged resumed;
            resumed.state = jobs::RunState::Running;
            resumed.fromStep = 3;
            (void)must(writer->publish(resumed));
            (void)must(writer->publish(LogLine{"warning", "so this run is not bit-reproducible: threads"}));
        }
        const RunRecord record = must(readRunRecord(run));
        QCOMPARE(record.machine->cpu, std::string("CPU"));
        QCOMPARE(record.torch, std::string("2.11.0"));
        QCOMPARE(record.dataHash, std::string("dh"));
        QCOMPARE(record.predicted->steps, std::int64_t(3));
        QCOMPARE(record.steps, std::int64_t(3));
        QCOMPARE(record.tokens, std::int64_t(300));
        QCOMPARE(record.peakBytes, std::uint64_t(1'500'000));
        QCOMPARE(*record.tokensPerSecond, 2000.0);
        QCOMPARE(record.resumes, std::int64_t(1));
        QVERIFY(!record.bitReproducible);
        const Json json = toJson(record);
        QCOMPARE(json["predicted"]["peak_bytes"].get<int>(), 1'000'000);
        QCOMPARE(json["actual"]["peak_bytes"].get<int>(), 1'500'000);
        std::string text;
        for (const auto& [name, value] : recordLines(record)) {
            text += name + ": " + value + "\n";
        }
        for (const char* part : {"CPU, 4 threads", "LibTorch 2.11.0", "predicted 1 MB", "predicted 3", "not bit-rep"}) {
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        }
        QVERIFY(!readRunRecord(folder / "none").ok());
    }

    void recipeHashIgnoresThePlace() {
        Json other = recipe();
        other["output"] = "/elsewhere";
        QCOMPARE(recipeHash(other), recipeHash(recipe()));
        other["seed"] = 43;
        QVERIFY(recipeHash(other) != recipeHash(recipe()));
    }

    void commandWritesOutWhatAutoMeant() {
        const TempFolder folder;
        const std::string run = folder / "it's a run";
        must(createRunFolder(run, "R", recipe()));
        must(updateRunInfo(run, {{"frozen",
                                  {{"threads", 3},
                                   {"device", "cpu"},
                                   {"compute_dtype", "bf16"},
                                   {"recompute", "lean"},
                                   {"micro_tokens", 512}}}}));
        const auto words = must(reproduceArguments(run));
        const auto has = [&words](const std::string& word) {
            return std::find(words.begin(), words.end(), word) != words.end();
        };
        QCOMPARE(words[0], std::string("train"));
        QVERIFY(has(run + "/recipe.json"));
        QVERIFY(has("output=" + run + "-again"));
        QVERIFY(has("training.threads=3"));
        QVERIFY(has("training.device=cpu"));
        QVERIFY(has("training.recompute=lean"));
        QVERIFY(has("training.micro_tokens=512"));
        QVERIFY(!has("training.compute_dtype=bf16")); // the recipe says fp32
        must(makeFolders(run + "-again"));
        QVERIFY(must(reproduceCommand(run)).find("-again-2") != std::string::npos);
        // A shell takes it apart into the same words.
        QVERIFY(must(reproduceCommand(run)).find(R"(it'\''s a run/recipe.json')") != std::string::npos);
        QVERIFY(!reproduceCommand(folder / "none").ok());
    }
};

QTEST_APPLESS_MAIN(TestRunRecord)
#include "test_run_record.moc"
