// PEFT adapters: every adapter of the reference read and written again, its rules for modules, ranks and scales, and
// refusals by name.
#include "model/peft_adapter.h"
#include "model/safetensors.h"
#include "model_samples.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <set>

using namespace fettle;
using namespace fettle::model;
using namespace fettle::model::testing;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> adapterFolders() {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(goldenRoot() + "/models")) {
        if (entry.path().filename() == "adapter_config.json") {
            out.push_back(entry.path().parent_path().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

PeftAdapter smallAdapter(bool dora) {
    PeftAdapter out;
    out.config.baseModel = "some \"model\": name";
    out.config.rank = 2;
    out.config.alpha = 3.5;
    out.config.targets = {"q_proj"};
    out.config.dora = dora;
    const std::string module = "base_model.model.model.layers.0.self_attn.q_proj";
    out.tensors = {{module + ".lora_A.weight", {2, 3}, {1, 2, 3, 4, 5, 6}},
                   {module + ".lora_B.weight", {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}};
    if (dora) {
        out.tensors.push_back({module + ".lora_magnitude_vector", {4}, {1, 1, 2, 2}});
    }
    return out;
}

} // namespace

class TestModelPeft : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyAdapter() {
        int adapters = 0;
        int modules = 0;
        for (const std::string& folder : adapterFolders()) {
            auto adapter = readPeftAdapter(folder);
            QVERIFY2(adapter.ok(), whyNot(adapter).c_str());
            const AdapterConfig& config = adapter.value().config;
            auto trace = readJsonFile(folder + "/../trace.json");
            QVERIFY2(trace.ok(), whyNot(trace).c_str());
            for (const auto& [path, scale] : trace.value()["lora"]["scaling"].items()) {
                const ModuleScale found = moduleScale(config, path);
                QVERIFY2(std::fabs(found.scale - scale.get<double>()) <= 1e-12 * std::fabs(found.scale), path.c_str());
                QVERIFY2(targetsModule(config, path), path.c_str());
                ++modules;
            }
            QVERIFY(!targetsModule(config, "lm_head") && !targetsModule(config, "model.embed_tokens"));

            const QTemporaryDir dir;
            const std::string out = dir.path().toStdString() + "/adapter";
            auto written = writePeftAdapter(out, adapter.value());
            QVERIFY2(written.ok(), whyNot(written).c_str());
            QCOMPARE(filesIn(out),
                     (std::vector<std::string>{"README.md", "adapter_config.json", "adapter_model.safetensors"}));
            QCOMPARE(readFile(out + "/adapter_model.safetensors").valueOr("a"),
                     readFile(folder + "/adapter_model.safetensors").valueOr("b"));
            auto again = readPeftAdapter(out);
            QVERIFY2(again.ok(), whyNot(again).c_str());
            QCOMPARE(again.value().tensors.size(), adapter.value().tensors.size());
            // The stable keys, each with the value the reference wrote.
            auto ours = readJsonFile(out + "/adapter_config.json");
            auto theirs = readJsonFile(folder + "/adapter_config.json");
            QVERIFY(ours.ok() && theirs.ok());
            std::vector<std::string> keys;
            for (const auto& [key, value] : ours.value().items()) {
                keys.push_back(key);
                if (key == "target_modules") {
                    const auto a = value.get<std::set<std::string>>();
                    const auto b = theirs.value()[key].get<std::set<std::string>>();
                    QVERIFY(a == b);
                } else {
                    QVERIFY2(value == theirs.value()[key], key.c_str());
                }
            }
            QCOMPARE(keys, stableKeys());
            ++adapters;
        }
        qInfo("%d adapters written again with the same bytes, %d module scales", adapters, modules);
        QVERIFY(adapters > 0 && modules > 0);
    }

    /// The verdicts were taken from peft 0.21.2.
    void patternsAsInPeft() {
        const std::vector<std::string> paths = {"model.layers.0.self_attn.q_proj",
                                                "model.layers.11.mlp.down_proj",
                                                "model.layers.1.self_attn.q_proj",
                                                "lm_head",
                                                "q_proj",
                                                "my_q_proj"};
        const std::vector<std::pair<std::string, std::string>> verdicts = {
            {"q_proj", "101010"},
            {"self_attn.q_proj", "101000"},
            {"model.layers.0.self_attn.q_proj", "100000"},
            {"layers.1.self_attn.q_proj", "001000"},
            {R"(layers\.1\..*)", "001000"},
            {"proj", "000000"},
            {"down_proj|q_proj", "111010"},
            {"^model.layers.0.self_attn.q_proj", "100000"},
            {R"(.*\.(q|k)_proj)", "101000"},
            {"layers.[0-9].self_attn.q_proj", "101000"},
            {R"(model\.layers\.(?:1|11)\..*)", "011000"},
            {"_proj", "000000"},
            {"lm_head", "000100"},
            {"", "000000"}};
        for (const auto& [pattern, expected] : verdicts) {
            AdapterConfig config;
            config.rank = 8;
            config.alpha = 16;
            config.rankPattern[pattern] = 4;
            std::string got;
            for (const std::string& path : paths) {
                const ModuleScale scale = moduleScale(config, path);
                got += scale.rank == 4 ? '1' : '0';
                QCOMPARE(scale.scale, scale.rank == 4 ? 4.0 : 2.0);
            }
            QVERIFY2(got == expected, (pattern + ": " + got).c_str());
        }
        const std::vector<std::pair<std::string, std::string>> targets = {
            {R"({"target_modules":["q_proj"]})", "101010"},
            {R"({"target_modules":["self_attn.q_proj","lm_head"]})", "101100"},
            {R"({"target_modules":".*\\.q_proj"})", "101000"},
            {R"({"target_modules":"q_proj"})", "000010"},
            {R"({"target_modules":["model.layers.11.mlp.down_proj"]})", "010000"},
            {R"({"target_modules":["q_proj","down_proj"],"layers_to_transform":[1]})", "001010"},
            {R"({"target_modules":["q_proj","down_proj"],"layers_to_transform":11,"layers_pattern":"layers"})",
             "010010"},
            {R"({"target_modules":["q_proj","down_proj"],"layers_to_transform":[0],"layers_pattern":["h"]})", "000010"},
            {R"({"target_modules":["q_proj","down_proj"],"exclude_modules":["layers.0.self_attn.q_proj"]})", "011010"},
            {R"({"target_modules":["q_proj","down_proj"],"exclude_modules":".*layers\\.1.*"})", "100010"},
            {R"({"target_modules":["model.layers.0.self_attn.q_proj"],"layers_to_transform":[1]})", "100000"},
            {R"({"target_modules":"all-linear"})", "111011"}};
        for (const auto& [text, expected] : targets) {
            Json json = parseJson(text).value();
            json["peft_type"] = "LORA";
            const auto config = adapterConfigFromJson(json);
            QVERIFY2(config.ok(), whyNot(config).c_str());
            std::string got;
            for (const std::string& path : paths) {
                got += targetsModule(config.value(), path) ? '1' : '0';
            }
            QVERIFY2(got == expected, (text + ": " + got).c_str());
        }
    }

    void firstPatternCounts() {
        const auto config = adapterConfigFromJson(
            parseJson(
                R"({"peft_type":"LORA","r":8,"lora_alpha":8,"use_rslora":true,"target_modules":["q_proj"],"rank_pattern":{"q_proj":4,"layers.0.self_attn.q_proj":2},
                          "alpha_pattern":{"z.*":1,".*q_proj":3.5}})")
                .value());
        QVERIFY2(config.ok(), whyNot(config).c_str());
        const ModuleScale scale = moduleScale(config.value(), "model.layers.0.self_attn.q_proj");
        QCOMPARE(scale.rank, std::int64_t{4});
        QCOMPARE(scale.scale, 3.5 / 2.0);
        const Json again = adapterConfigToJson(config.value());
        QCOMPARE(again["rank_pattern"].begin().key(), std::string("q_proj")); // the order has a meaning and is kept
        QCOMPARE(again["lora_alpha"].dump(), std::string("8"));
    }

    void hostilePatterns() {
        const QTemporaryDir dir;
        const std::string folder = dir.path().toStdString() + "/adapter";
        QVERIFY(writePeftAdapter(folder, smallAdapter(false)).ok());
        const Json good = readJsonFile(folder + "/adapter_config.json").value();
        const std::pair<const char*, bool> patterns[] = {
            {"(.*)*(.*)*(.*)*(.*)*[!?]", true},
            {"((a?.)+)+[!?]", true},
            {"(", true},
            {"(?R)", true},
            {"[", true},
            {"(?<n>.)(?<n>.)", true},
            {"(.*)*(.*)*(.*)*(.*)*x", false}, // decided without trying: no x in any name
        };
        for (const auto& [pattern, refused] : patterns) {
            for (const char* key : {"rank_pattern", "alpha_pattern"}) {
                Json json = good;
                json[key][pattern] = 3;
                QVERIFY(writeFileAtomic(folder + "/adapter_config.json", dumpJson(json)).ok());
                QElapsedTimer timer;
                timer.start();
                const auto adapter = readPeftAdapter(folder);
                const std::string said =
                    std::string(pattern) + ": " + (adapter.ok() ? "opened" : adapter.error().text());
                QVERIFY2(adapter.ok() != refused && (!refused || adapter.error().key == key), said.c_str());
                QVERIFY2(timer.elapsed() < 2000, said.c_str());
            }
            Json json = good;
            json["target_modules"] = pattern;
            QVERIFY(writeFileAtomic(folder + "/adapter_config.json", dumpJson(json)).ok());
            QVERIFY(!readPeftAdapter(folder).ok());
            AdapterConfig config;
            config.rankPattern[pattern] = 3;
            QCOMPARE(moduleScale(config, "model.layers.0.self_attn.q_proj").rank, config.rank);
        }
    }

    void refusals_data() {
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("key");
        QTest::addColumn<bool>("unsupported");
        const auto row = [](const char* patch, const char* key, bool unsupported) {
            QTest::newRow(patch) << QString::fromUtf8(patch) << QString::fromUtf8(key) << unsupported;
        };
        row(R"({"peft_type":"IA3"})", "peft_type", true);
        row(R"({"peft_type":null})", "peft_type", false);
        row(R"({"bias":"all"})", "bias", true);
        row(R"({"modules_to_save":["lm_head"]})", "modules_to_save", true);
        row(R"({"lora_bias":true})", "lora_bias", true);
        row(R"({"fan_in_fan_out":true})", "fan_in_fan_out", true);
        row(R"({"layer_replication":[[0,1]]})", "layer_replication", true);
        row(R"({"target_parameters":["x"]})", "target_parameters", true);
        row(R"({"trainable_token_indices":[1]})", "trainable_token_indices", true);
        row(R"({"alora_invocation_tokens":[1]})", "alora_invocation_tokens", true);
        row(R"({"use_qalora":true})", "use_qalora", true);
        row(R"({"arrow_config":{"a":1}})", "arrow_config", true);
        row(R"({"init_lora_weights":"pissa_niter_4"})", "init_lora_weights", true);
        row(R"({"r":0})", "r", false);
        row(R"({"r":"eight"})", "r", false);
        row(R"({"lora_dropout":1.5})", "lora_dropout", false);
        row(R"({"target_modules":[1]})", "target_modules", false);
        row(R"({"target_modules":{}})", "target_modules", false);
        row(R"({"rank_pattern":{"q_proj":-1}})", "rank_pattern.q_proj", false);
        row(R"({"alpha_pattern":{"q_proj":"x"}})", "alpha_pattern.q_proj", false);
    }
    void refusals() {
        QFETCH(QString, patch);
        QFETCH(QString, key);
        QFETCH(bool, unsupported);
        const QTemporaryDir dir;
        const std::string folder = dir.path().toStdString() + "/adapter";
        QVERIFY(writePeftAdapter(folder, smallAdapter(false)).ok());
        Json json = readJsonFile(folder + "/adapter_config.json").value();
        const Json changes = parseJson(patch.toStdString()).value();
        for (const auto& [name, value] : changes.items()) {
            json[name] = value;
        }
        QVERIFY(writeFileAtomic(folder + "/adapter_config.json", dumpJson(json)).ok());
        const auto adapter = readPeftAdapter(folder);
        QVERIFY(!adapter.ok());
        QCOMPARE(QString::fromStdString(adapter.error().key), key);
        QCOMPARE(adapter.error().code == ErrorCode::Unsupported, unsupported);
        QCOMPARE(adapter.error().file, folder + "/adapter_config.json");
    }

    void tensorFaults() {
        const QTemporaryDir dir;
        const std::string folder = dir.path().toStdString() + "/adapter";
        const std::string module = "base_model.model.model.layers.0.self_attn.q_proj";
        const auto refusedFor = [&](const PeftAdapter& adapter, const std::string& key) {
            const auto written = writePeftAdapter(folder, adapter);
            QVERIFY2(!written.ok() && written.error().key == key,
                     written.ok() ? "written" : written.error().text().c_str());
            QVERIFY(!fs::exists(folder));
        };
        PeftAdapter adapter = smallAdapter(false);
        adapter.tensors.pop_back();
        refusedFor(adapter, module + ".lora_B.weight");
        adapter = smallAdapter(false);
        adapter.config.rankPattern["q_proj"] = 3;
        refusedFor(adapter, module + ".lora_A.weight");
        adapter = smallAdapter(false);
        adapter.config.dora = true;
        refusedFor(adapter, module + ".lora_magnitude_vector");
        adapter = smallAdapter(true);
        adapter.config.dora = false;
        refusedFor(adapter, module + ".lora_magnitude_vector");
        adapter = smallAdapter(false);
        adapter.config.targets = {"v_proj"};
        refusedFor(adapter, module);
        adapter = smallAdapter(false);
        adapter.tensors[0].values.pop_back();
        refusedFor(adapter, module + ".lora_A.weight");
        for (const char* name :
             {"base_model.model.model.embed_tokens.lora_embedding_A", "base_model.model.lm_head.weight",
              "base_model.model.model.layers.0.self_attn.q_proj.lora_B.bias", "base_model.model..lora_A.weight.x"}) {
            adapter = smallAdapter(false);
            adapter.tensors.push_back({name, {1}, {1}});
            refusedFor(adapter, name);
        }
        adapter = smallAdapter(false);
        adapter.tensors.clear();
        refusedFor(adapter, "");

        const auto none = readPeftAdapter(dir.path().toStdString() + "/nothing");
        QVERIFY(!none.ok() && none.error().code == ErrorCode::NotFound);
        QVERIFY(writePeftAdapter(folder, smallAdapter(true)).ok());
        fs::rename(folder + "/adapter_model.safetensors", folder + "/adapter_model.bin");
        const auto pickle = readPeftAdapter(folder);
        QVERIFY(!pickle.ok() && pickle.error().code == ErrorCode::Unsupported);
    }

    /// Half-precision tensors, the older name of the magnitude, targets that the file leaves to the reader.
    void otherWriters() {
        const QTemporaryDir dir;
        const std::string folder = dir.path().toStdString() + "/adapter";
        const PeftAdapter adapter = smallAdapter(true);
        QVERIFY(writePeftAdapter(folder, adapter).ok());
        std::vector<std::vector<std::byte>> bytes;
        std::vector<TensorToWrite> tensors;
        for (const AdapterTensor& tensor : adapter.tensors) {
            bytes.emplace_back(tensor.values.size() * 2);
            QVERIFY(encodeFromFloat(DataType::BF16, tensor.values, bytes.back()).ok());
            tensors.push_back(
                {tensor.name + (tensor.shape.size() == 1 ? ".weight" : ""), DataType::BF16, tensor.shape, {}});
        }
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            tensors[i].bytes = bytes[i];
        }
        QVERIFY(writeSafetensors(folder + "/adapter_model.safetensors", tensors).ok());
        Json json = readJsonFile(folder + "/adapter_config.json").value();
        json["target_modules"] = nullptr;
        QVERIFY(writeFileAtomic(folder + "/adapter_config.json", dumpJson(json)).ok());
        const auto read = readPeftAdapter(folder);
        QVERIFY2(read.ok(), whyNot(read).c_str());
        QCOMPARE(read.value().config.targets, std::vector<std::string>{"q_proj"});
        for (const AdapterTensor& tensor : read.value().tensors) {
            const auto same = std::find_if(adapter.tensors.begin(), adapter.tensors.end(),
                                           [&](const AdapterTensor& other) { return other.name == tensor.name; });
            QVERIFY2(same != adapter.tensors.end() && same->values == tensor.values, tensor.name.c_str());
        }
    }

    void failedWrites() {
        PeftAdapter newer = smallAdapter(true);
        newer.tensors[0].values[0] = 9;
        for (const bool existed : {false, true}) {
            int failures = 0;
            for (int fail = 1;; ++fail) {
                const QTemporaryDir dir;
                const std::string base = dir.path().toStdString();
                if (existed) {
                    QVERIFY(writePeftAdapter(base + "/adapter", smallAdapter(true)).ok());
                }
                int seen = 0;
                bool published = false;
                setFileFaultHook([&](FileOperation operation, const std::string& where) {
                    const int code = ++seen == fail ? ENOSPC : 0;
                    published =
                        published || (operation == FileOperation::Rename && where == base + "/adapter" && code == 0);
                    return code;
                });
                const auto written = writePeftAdapter(base + "/adapter", newer);
                setFileFaultHook({});
                const bool there = existed || published;
                QCOMPARE(filesIn(base), there ? std::vector<std::string>{"adapter"} : std::vector<std::string>{});
                QVERIFY(!there || (readPeftAdapter(base + "/adapter").ok() && filesIn(base + "/adapter").size() == 3));
                if (written.ok()) {
                    break;
                }
                QVERIFY(written.error().code == ErrorCode::DiskFull);
                ++failures;
            }
            QVERIFY2(failures > 6, std::to_string(failures).c_str());
        }
    }

private:
    static std::vector<std::string> stableKeys() {
        return {"alpha_pattern",
                "auto_mapping",
                "base_model_name_or_path",
                "bias",
                "fan_in_fan_out",
                "inference_mode",
                "init_lora_weights",
                "layers_pattern",
                "layers_to_transform",
                "lora_alpha",
                "lora_dropout",
                "modules_to_save",
                "peft_type",
                "r",
                "rank_pattern",
                "revision",
                "target_modules",
                "task_type",
                "use_dora",
                "use_rslora"};
    }
};

QTEST_APPLESS_MAIN(TestModelPeft)
#include "test_model_peft.moc"
