// Sweeps: what is refused and how it is named, the points of a grid and of chance, and the files a sweep leaves.
#include "queue_support.h"
#include "train/sweep.h"
#include "train/sweep_budget.h"

#include <QtTest>

#include <cmath>
#include <set>

using namespace fettle;
using namespace fettle::train;
using test::errorOf;
using test::must;
using test::QueueProject;

namespace {

Json parsed(const std::string& text) {
    return must(parseJson(text));
}

recipe::Recipe base() {
    recipe::Recipe recipe;
    recipe.model = "unused";
    recipe.data.train = {"unused"};
    return recipe;
}

std::vector<SweepPoint> points(const std::string& text) {
    return must(sweepPoints(must(sweepFromJson(parsed(text))), base()));
}

Error faultOf(const std::string& text) {
    const auto spec = sweepFromJson(parsed(text));
    return spec ? errorOf(sweepPoints(*spec, base())) : spec.error();
}

} // namespace

class TestSweep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGridIsEveryCombinationInOrder() {
        const auto all =
            points(R"({"fields":{"adapter.rank":[4,8],"optimizer.schedule":["cosine","linear","constant"]}})");
        QCOMPARE(all.size(), std::size_t(6));
        QCOMPARE(all[0].recipe.adapter.rank, std::int64_t(4));
        QCOMPARE(all[1].recipe.optimizer.schedule, std::string("linear"));
        QCOMPARE(all[3].recipe.adapter.rank, std::int64_t(8));
        QCOMPARE(all[3].recipe.optimizer.schedule, std::string("cosine"));
        QCOMPARE(all[5].values[1].second, Json("constant"));
    }

    void rangesOfAGridHaveTheirEnds() {
        const auto rates = points(R"({"fields":{"optimizer.learning_rate":{"log_uniform":[1e-5,1e-3],"steps":3}}})");
        QCOMPARE(rates.size(), std::size_t(3));
        QCOMPARE(rates[0].recipe.optimizer.learningRate, 1e-5);
        QVERIFY(std::abs(rates[1].recipe.optimizer.learningRate - 1e-4) < 1e-12);
        QCOMPARE(rates[2].recipe.optimizer.learningRate, 1e-3);
        // Whole numbers that fall together are one point.
        QCOMPARE(points(R"({"fields":{"adapter.rank":{"uniform":[4,6],"steps":9}}})").size(), std::size_t(3));
    }

    void chanceIsSeededAndStaysInside() {
        const std::string text = R"({"method":"random","seed":7,"max_runs":200,"fields":{)"
                                 R"("optimizer.learning_rate":{"log_uniform":[1e-5,1e-3]},)"
                                 R"("adapter.dropout":{"uniform":[0,0.2]},"adapter.rank":[4,8,16]}})";
        const auto first = points(text);
        const auto second = points(text);
        QCOMPARE(first.size(), std::size_t(200));
        std::size_t low = 0;
        std::set<std::int64_t> ranks;
        for (std::size_t i = 0; i < first.size(); ++i) {
            const recipe::Recipe& recipe = first[i].recipe;
            QVERIFY(recipe == second[i].recipe);
            QVERIFY(recipe.optimizer.learningRate >= 1e-5 && recipe.optimizer.learningRate <= 1e-3);
            QVERIFY(recipe.adapter.dropout >= 0 && recipe.adapter.dropout <= 0.2);
            ranks.insert(recipe.adapter.rank);
            low += recipe.optimizer.learningRate < 1e-4 ? 1 : 0; // half of them, on a logarithmic scale
        }
        QCOMPARE(ranks.size(), std::size_t(3));
        QVERIFY2(low > 70 && low < 130, std::to_string(low).c_str());
        QVERIFY(
            points(R"({"method":"random","seed":8,"max_runs":1,"fields":{"adapter.dropout":{"uniform":[0,0.2]}}})")[0]
                .values !=
            points(R"({"method":"random","seed":9,"max_runs":1,"fields":{"adapter.dropout":{"uniform":[0,0.2]}}})")[0]
                .values);
        // The first numbers are those of every machine.
        QCOMPARE(
            dumpJson(
                points(
                    R"({"method":"random","seed":1,"max_runs":1,"fields":{"adapter.dropout":{"uniform":[0,0.9]}}})")[0]
                    .values[0]
                    .second),
            std::string("0.50991"));
        // No point twice: of three there are three.
        QCOMPARE(points(R"({"method":"random","max_runs":50,"fields":{"adapter.rank":[1,2,3]}})").size(),
                 std::size_t(3));
    }

    void nonsenseIsRefusedByKey_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("key");
        const auto row = [](const char* name, const char* text, const char* key) {
            QTest::newRow(name) << QString::fromLatin1(text) << QString::fromLatin1(key);
        };
        row("no fields", R"({})", "fields");
        row("empty", R"({"fields":{}})", "fields");
        row("unknown key", R"({"runs":3,"fields":{"adapter.rank":[1]}})", "runs");
        row("unknown method", R"({"method":"bayes","fields":{"adapter.rank":[1]}})", "method");
        row("unknown field", R"({"fields":{"adapter.rnak":[1,2]}})", "fields.adapter.rnak");
        row("value refused", R"({"fields":{"adapter.rank":[4,-1]}})", "fields.adapter.rank[1]");
        row("value of another type", R"({"fields":{"optimizer.schedule":["cosine",3]}})",
            "fields.optimizer.schedule[1]");
        row("twice", R"({"fields":{"adapter.rank":[4,8,4]}})", "fields.adapter.rank[2]");
        row("no values", R"({"fields":{"adapter.rank":[]}})", "fields.adapter.rank");
        row("plain value", R"({"fields":{"adapter.rank":4}})", "fields.adapter.rank");
        row("range of words", R"({"fields":{"optimizer.schedule":{"uniform":[0,1]}}})",
            "fields.optimizer.schedule.uniform");
        row("turned round", R"({"fields":{"adapter.dropout":{"uniform":[0.5,0.1],"steps":3}}})",
            "fields.adapter.dropout.uniform");
        row("one end", R"({"fields":{"adapter.dropout":{"uniform":[0.5]}}})", "fields.adapter.dropout.uniform");
        row("logarithm of nothing", R"({"fields":{"adapter.dropout":{"log_uniform":[0,0.1],"steps":3}}})",
            "fields.adapter.dropout.log_uniform");
        row("outside the field", R"({"fields":{"adapter.dropout":{"uniform":[0,2],"steps":3}}})",
            "fields.adapter.dropout.uniform");
        row("grid without steps", R"({"fields":{"adapter.dropout":{"uniform":[0,0.1]}}})",
            "fields.adapter.dropout.steps");
        row("one step", R"({"fields":{"adapter.dropout":{"uniform":[0,0.1],"steps":1}}})",
            "fields.adapter.dropout.steps");
        row("two ways", R"({"fields":{"adapter.dropout":{"uniform":[0,0.1],"choice":[0]}}})", "fields.adapter.dropout");
        row("unknown way", R"({"fields":{"adapter.dropout":{"normal":[0,0.1]}}})", "fields.adapter.dropout.normal");
        row("output", R"({"fields":{"output":["/a","/b"]}})", "fields.output");
        row("chance without end", R"({"method":"random","fields":{"adapter.rank":[4]}})", "max_runs");
        row("no run", R"({"max_runs":0,"fields":{"adapter.rank":[4]}})", "max_runs");
        row("too many", R"({"max_runs":3,"fields":{"adapter.rank":[1,2],"seed":[1,2]}})", "max_runs");
        row("no time", R"({"max_minutes":0,"fields":{"adapter.rank":[4]}})", "max_minutes");
        row("against itself", R"({"fields":{"evaluation.patience":[null,2]}})", "evaluation.patience");
    }
    void nonsenseIsRefusedByKey() {
        QFETCH(QString, text);
        QFETCH(QString, key);
        const Error error = faultOf(text.toStdString());
        QCOMPARE(QString::fromStdString(error.key), key);
        QVERIFY(!error.message.empty());
    }

    void whatIsReadIsWrittenAgain() {
        const Json json =
            parsed(R"({"name":"rates","method":"random","seed":3,"max_runs":5,"max_minutes":2.5,"fields":{)"
                   R"("optimizer.learning_rate":{"log_uniform":[1e-05,0.001]},)"
                   R"("adapter.dropout":{"uniform":[0.0,0.1],"steps":4},"adapter.rank":[4,8]}})");
        QCOMPARE(dumpJson(sweepToJson(must(sweepFromJson(json)))), dumpJson(json));
    }

    void aSweepIsFilesAndWaitingRuns() {
        const QueueProject p;
        must(writeFileAtomic(p.folder + "/rows.jsonl", "{}\n"));
        must(writeFileAtomic(p.folder + "/tiny.gguf", "GGUF"));
        recipe::Recipe recipe;
        recipe.model = p.folder + "/tiny.gguf";
        recipe.data.train = {"rows.jsonl"};
        SweepOptions options;
        options.projectFolder = p.folder;
        int number = 0;
        options.newRun = [&]() -> Result<PrepareOptions> {
            ++number;
            return PrepareOptions{.folder = p.run(number), .name = "Run", .baseFolder = {}, .info = {}};
        };
        const auto spec = must(sweepFromJson(parsed(R"({"max_minutes":5,"fields":{"adapter.rank":[4,8,16]}})")));
        const NewSweep sweep = must(createSweep(spec, recipe, options));
        QCOMPARE(sweep.id, std::string("sweep-0001"));
        QCOMPARE(p.text(), std::string("1 waiting 2 waiting 3 waiting"));
        QCOMPARE(must(run::summarise(p.run(2))).sweep, sweep.id);
        QCOMPARE(*must(sweepMinutesLeft(p.run(1))), 5.0);
        // Losses decide the best; a run that failed is none.
        const auto finish = [&p](int run, double loss, jobs::RunState state) {
            const auto writer = must(run::RunWriter::open(p.run(run)));
            run::EvalMetrics eval;
            eval.step = 1;
            eval.loss = loss;
            (void)must(writer->publish(eval));
            run::StateChanged end;
            end.state = state;
            (void)must(writer->publish(end));
        };
        finish(1, 0.5, jobs::RunState::Succeeded);
        finish(2, 0.4, jobs::RunState::Succeeded);
        finish(3, 0.1, jobs::RunState::Failed);
        const SweepResults results = must(readSweep(p.folder, sweep.id));
        QCOMPARE(results.rows.size(), std::size_t(3));
        QCOMPARE(results.best.value_or(9), std::size_t(1));
        QCOMPARE(results.rows[1].values[0].second, Json(8));
        QCOMPARE(results.base.model, recipe.model);
        QCOMPARE(listSweeps(p.folder), std::vector<std::string>{"sweep-0001"});
        QCOMPARE(must(dropWaiting(p.folder, sweep.id)), std::int64_t(0)); // all have begun
        // The next one has its own number and can be dropped as a whole.
        const NewSweep second = must(createSweep(spec, recipe, options));
        QCOMPARE(second.id, std::string("sweep-0002"));
        QCOMPARE(must(dropWaiting(p.folder, second.id)), std::int64_t(3));
        QCOMPARE(p.text(), std::string());
        // A fault leaves nothing behind.
        recipe.data.train = {"missing.jsonl"};
        QCOMPARE(errorOf(createSweep(spec, recipe, options)).key, std::string("data.train"));
        QCOMPARE(listSweeps(p.folder).size(), std::size_t(2));
        QCOMPARE(errorOf(readSweep(p.folder, "sweep-0009")).code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestSweep)
#include "test_sweep.moc"
