// A run that ends in NaN by its settings alone, on the command line: what `runs show` says about it, and the ways on.
#include "base/files.h"
#include "cli/cli_process.h"
#include "support/golden.h"
#include "support/temp_folder.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::test;

class TestCliDivergence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showTellsWhatHappened() {
        const TempFolder folder;
        std::string rows;
        for (int i = 0; i < 12; ++i) {
            rows += dumpJson(Json{{"messages",
                                   {{{"role", "user"}, {"content", "question " + std::to_string(i)}},
                                    {{"role", "assistant"}, {"content", "yes"}}}}}) +
                    "\n";
        }
        QVERIFY(writeFileAtomic(folder / "rows.jsonl", rows).ok());
        const Json recipe = {
            {"model", goldenRoot() + "/models/llama/hf"},
            {"output", folder / "run"},
            {"data", {{"train", folder / "rows.jsonl"}, {"leave_out", {3, "5-6"}}}},
            {"adapter", {{"rank", 1}, {"alpha", 512}}},
            {"optimizer", {{"learning_rate", 1}, {"warmup_steps", 0}, {"schedule", "constant"}, {"max_grad_norm", 0}}},
            {"training", {{"epochs", 30}, {"batch_rows", 3}, {"context", 128}, {"compute_dtype", "fp32"}}},
            {"evaluation", {{"layer_norms", true}}},
            {"checkpoint", {{"every_steps", 1}}}};
        QVERIFY(writeFileAtomic(folder / "recipe.json", dumpJson(recipe)).ok());
        const CliResult train = runCli({"train", "--recipe", folder / "recipe.json"});
        QVERIFY2(train.code == 1, train.err.c_str());

        const CliResult shown = runCli({"runs", "show", folder / "run"});
        QVERIFY2(shown.code == 0, shown.err.c_str());
        for (const char* part :
             {"diverged at step", "learning rate", "gradients were not limited", "last checkpoint before", "rows: "}) {
            QVERIFY2(shown.out.find(part) != std::string::npos, shown.out.c_str());
        }
        const CliResult json = runCli({"runs", "show", folder / "run", "--json"});
        QCOMPARE(json.code, 0);
        const Json told = json.json();
        QVERIFY2(told.is_object() && told.contains("divergence"), json.out.substr(0, 400).c_str());
        const Json& divergence = told["divergence"];
        QCOMPARE(divergence["cause"], Json("rate_too_high"));
        QCOMPARE(divergence["lr"], Json(1.0));
        QCOMPARE(divergence["gradient_limit_off"], Json(true));
        QVERIFY(divergence["rows"].is_array() && !divergence["rows"].empty());
        for (const Json& row : divergence["rows"]) {
            QVERIFY(row != Json(3) && row != Json(5) && row != Json(6)); // these were left out
        }
        const std::string log = readFile(folder / "run/events.jsonl").valueOr(std::string());
        QVERIFY(log.find("3 rows left out by choice") != std::string::npos);
        QVERIFY(log.find("\"layer_norms\":[") != std::string::npos);
        QVERIFY(log.find("nan") == std::string::npos && log.find("NaN") == std::string::npos);
        // A run that did not diverge has no such part.
        const CliResult calm = runCli({"train", "--recipe", folder / "recipe.json", "--set", "adapter.alpha=2", "--set",
                                       "optimizer.learning_rate=1e-4", "--set", "training.epochs=1", "--set",
                                       "output=" + (folder / "calm")});
        QVERIFY2(calm.code == 0, calm.err.c_str());
        QVERIFY(!runCli({"runs", "show", folder / "calm", "--json"}).json().contains("divergence"));
    }
};

QTEST_GUILESS_MAIN(TestCliDivergence)
#include "test_cli_divergence.moc"
