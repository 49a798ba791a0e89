// The module as the program sees it: opened at run time by a process that is not linked with torch, every answer a
// value or an error.
#include "base/files.h"
#include "kit.h"
#include "train/engine.h"

#include <QtTest>

#include <dlfcn.h>

using namespace fettle;

namespace {

bool mapped(const char* name) {
    const auto maps = readFile("/proc/self/maps");
    return maps.ok() && maps.value().find(name) != std::string::npos;
}

std::string golden(const char* path) {
    return goldenRoot() + "/models/" + path;
}

} // namespace

class TestEngineModule : public QObject {
    Q_OBJECT

    train::Engine* m_engine = nullptr;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(!mapped("libtorch"), "the test itself must not be linked with torch");
        auto engine = train::openEngine();
        QVERIFY2(engine.ok(), engine ? "" : engine.error().text().c_str());
        m_engine = engine.value();
        QVERIFY(mapped("libtorch_cpu"));
        QCOMPARE(train::openEngine().value(), m_engine);
    }

    void refusesAnotherInterface() {
        const std::string path = programFolder() + "/../lib/fettle/libfettle_engine.so";
        void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
        QVERIFY(handle != nullptr);
        const auto create = reinterpret_cast<FettleEngineCreate>(dlsym(handle, "fettleEngineCreate"));
        QVERIFY(create != nullptr);
        QVERIFY(create(train::kEngineInterface + 1) == nullptr);
        QVERIFY(create(train::kEngineInterface) == m_engine);
        // Nothing else of ours leaks out of it.
        QVERIFY(dlsym(handle,
                      "_ZN6fettle9makeErrorENS_9ErrorCodeENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES6_") ==
                nullptr);
    }

    void tellsWhatTheMachineOffers() {
        const train::EngineInfo info = m_engine->info();
        QVERIFY(info.torchVersion.starts_with("2."));
        QVERIFY(!info.cpu.empty() && info.threads >= 1);
        QCOMPARE(info.devices.at(0), std::string("cpu"));
        QCOMPARE(info.cuda, info.devices.size() > 1);
    }

    void scoresGeneratesAndSwapsAdapters() {
        train::LoadOptions options;
        options.model = golden("llama/hf");
        options.dtype = "fp32";
        options.device = "cpu";
        auto loaded = m_engine->load(options);
        QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().text().c_str());
        auto& model = *loaded.value();
        auto json = readJsonFile(golden("llama/logits.json"));
        QVERIFY(json.ok());
        const auto ids = kit::ids(json.value().at("sequences")[2]);
        std::string failure;
        const auto base = kit::tensors(golden("llama/logits.safetensors"), failure);
        const auto adapted = kit::tensors(golden("llama/lora/all_linear/logits.safetensors"), failure);
        QVERIFY2(failure.empty(), failure.c_str());
        const auto distance = [&](const std::vector<float>& want) {
            auto got = model.logits(ids);
            return got ? kit::maxDistance(got.value(), want) : INFINITY;
        };
        QVERIFY(distance(base.at("seq2").values) < 2e-4);
        QVERIFY(model.setAdapter(golden("llama/lora/all_linear/final")).ok());
        QVERIFY(distance(adapted.at("final.seq2").values) < 2e-4);
        // An adapter of another model is refused by name and the one in use stays.
        auto wrong = model.setAdapter(golden("mistral/lora/all_linear/final"));
        QVERIFY(!wrong && wrong.error().text().find("mistral") != std::string::npos);
        QVERIFY(!model.setAdapter("/nowhere").ok());
        QVERIFY(distance(adapted.at("final.seq2").values) < 2e-4);
        QVERIFY(model.setAdapter("").ok());
        QVERIFY(distance(base.at("seq2").values) < 2e-4);

        auto scores = model.score(ids);
        QVERIFY(scores.ok() && scores.value().size() == ids.size() && std::isnan(scores.value()[0]));
        train::GenerateOptions generation;
        generation.maxNewTokens = 4;
        auto rows = model.generate({{183, 119, 68}}, generation, {});
        QVERIFY(rows.ok());
        QCOMPARE(rows.value()[0].ids.size(), std::size_t{4});
        QVERIFY(!model.score(std::vector<std::int32_t>{1, 100000}).ok());
    }

    void loadErrorsAreValues() {
        train::LoadOptions options;
        options.model = "/nowhere/model";
        QVERIFY(!m_engine->load(options).ok());
        options.model = golden("llama/hf");
        options.dtype = "fp8";
        QVERIFY(!m_engine->load(options).ok());
        options.dtype = "fp32";
        options.device = "cuda:9";
        QVERIFY(!m_engine->load(options).ok());
        options.device = "cpu";
        options.model = golden("qwen3/hf");
        auto refused = m_engine->load(options);
        QVERIFY(refused.ok() || refused.error().code == ErrorCode::Unsupported);
    }

    void benchmarksTrainOnGivenIds() {
        QTemporaryDir folder;
        const std::string batches = folder.path().toStdString() + "/batches.json";
        QVERIFY(
            writeFileAtomic(
                batches,
                R"({"steps": [{"input_ids": [[5,6,7,8,9,10],[11,12,13]], "labels": [[-100,-100,7,8,9,10],[-100,12,13]]},
                                             {"input_ids": [[20,21,22,23]], "labels": [[20,21,22,23]]}]})")
                .ok());
        train::BenchTrainOptions options;
        options.model = golden("llama/hf");
        options.batches = batches;
        options.init = golden("llama/lora/all_linear/initial");
        options.saveAdapter = folder.path().toStdString() + "/adapter";
        options.dtype = "fp32";
        options.device = "cpu";
        options.learningRate = 0.01;
        options.steps = 20;
        auto result = m_engine->benchTrain(options);
        QVERIFY2(result.ok(), result ? "" : result.error().text().c_str());
        const Json& json = result.value();
        QCOMPARE(json.at("losses").size(), std::size_t{20});
        QVERIFY(json.at("losses")[18].get<double>() < json.at("losses")[0].get<double>());
        QCOMPARE(json.at("step_s").size(), std::size_t{20});
        QVERIFY(json.at("tokens_per_s").at("median").get<double>() > 0);
        QVERIFY(json.at("peak_bytes").get<double>() > 0);
        QCOMPARE(json.at("tokens_per_step").get<double>(), 9.0);
        QCOMPARE(json.at("labels_per_step").get<double>(), (6.0 + 3.0) / 2);
        // The first loss is that of the start adapter, by the engine's own score.
        train::LoadOptions load;
        load.model = options.model;
        load.adapter = options.init;
        load.dtype = "fp32";
        load.device = "cpu";
        auto model = m_engine->load(load);
        QVERIFY(model.ok());
        auto first = model.value()->score(std::vector<std::int32_t>{5, 6, 7, 8, 9, 10});
        auto second = model.value()->score(std::vector<std::int32_t>{11, 12, 13});
        QVERIFY(first.ok() && second.ok());
        double loss = -second.value()[1] - second.value()[2];
        for (std::size_t i = 2; i < 6; ++i) {
            loss -= first.value()[i];
        }
        QVERIFY(std::fabs(json.at("losses")[0].get<double>() - loss / 6) < 1e-4);
        auto saved = model::readPeftAdapter(options.saveAdapter);
        QVERIFY2(saved.ok(), saved ? "" : saved.error().text().c_str());
        QVERIFY(model.value()->setAdapter(options.saveAdapter).ok());

        // Seeded random ids, an adapter of its own, dropout and bf16.
        train::BenchTrainOptions random;
        random.model = golden("smollm2/hf");
        random.seq = 24;
        random.steps = 3;
        random.warmup = 1;
        random.rank = 4;
        random.recipe.adapter.dropout = 0.1;
        auto once = m_engine->benchTrain(random);
        auto again = m_engine->benchTrain(random);
        QVERIFY2(once.ok() && again.ok(), once ? "" : once.error().text().c_str());
        QCOMPARE(once.value().at("losses").dump(), again.value().at("losses").dump());

        options.warmup = 20;
        QVERIFY(!m_engine->benchTrain(options).ok());
        options.warmup = 2;
        QVERIFY(writeFileAtomic(batches, R"({"steps": [{"input_ids": [[5]], "labels": []}]})").ok());
        auto bad = m_engine->benchTrain(options);
        QVERIFY(!bad && bad.error().text().find("batches.json") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestEngineModule)
#include "test_engine_module.moc"
