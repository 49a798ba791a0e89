// Whole models: every family's folder and GGUF files read alike or refused by name, configurations in both spellings,
// broken folders, exports.
#include "model/float_bits.h"
#include "model/model_files.h"
#include "model/safetensors.h"
#include "model_samples.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>

using namespace fettle;
using namespace fettle::model;
using namespace fettle::model::testing;
namespace fs = std::filesystem;

namespace {

Json smallConfig() {
    return parseJson(
               R"({"model_type":"llama","vocab_size":64,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":2,"num_attention_heads":4})")
        .value();
}

/// What a tensor becomes when stored as `type` and read again.
std::vector<float> through(DataType type, const std::vector<float>& values) {
    std::vector<std::byte> bytes(values.size() / typeTraits(type).blockValues * typeTraits(type).blockBytes);
    std::vector<float> out(values.size());
    if (!encodeFromFloat(type, values, bytes).ok() || !decodeToFloat(type, bytes, out).ok()) {
        out.clear();
    }
    return out;
}

bool sameConfig(const ModelConfig& a, const ModelConfig& b) {
    return a.modelType == b.modelType && a.vocabulary == b.vocabulary && a.hidden == b.hidden &&
           a.intermediate == b.intermediate && a.layers == b.layers && a.heads == b.heads && a.kvHeads == b.kvHeads &&
           a.headDim == b.headDim && a.rmsNormEps == b.rmsNormEps && a.ropeTheta == b.ropeTheta &&
           a.ropeScaling.type == b.ropeScaling.type && a.ropeScaling.factor == b.ropeScaling.factor &&
           a.ropeScaling.lowFreqFactor == b.ropeScaling.lowFreqFactor &&
           a.ropeScaling.highFreqFactor == b.ropeScaling.highFreqFactor &&
           a.ropeScaling.originalMaxPositions == b.ropeScaling.originalMaxPositions &&
           a.slidingWindow == b.slidingWindow && a.maxPositions == b.maxPositions &&
           a.tiedEmbeddings == b.tiedEmbeddings && a.attentionBias == b.attentionBias && a.mlpBias == b.mlpBias &&
           a.bos == b.bos && a.pad == b.pad && a.eos == b.eos && a.storedType == b.storedType;
}

/// Two models hold the same numbers under the same names.
std::string difference(const ModelFiles& a, const ModelFiles& b) {
    auto namesA = a.names();
    auto namesB = b.names();
    std::sort(namesA.begin(), namesA.end());
    std::sort(namesB.begin(), namesB.end());
    if (namesA != namesB) {
        return "names differ";
    }
    for (const std::string& name : namesA) {
        if (floatsOf(a, name).empty() || floatsOf(a, name) != floatsOf(b, name)) {
            return name;
        }
    }
    return {};
}

} // namespace

class TestModelFolders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFamily() {
        int supported = 0;
        int files = 0;
        int tensors = 0;
        std::string refused;
        int refusals = 0;
        for (const std::string& folder : modelCases()) {
            auto json = readJsonFile(folder + "/hf/config.json");
            QVERIFY2(json.ok(), whyNot(json).c_str());
            const std::string type = json.value()["model_type"].get<std::string>();
            auto model = openModel(folder + "/hf");
            if (!isSupportedType(type)) {
                QVERIFY2(!model.ok() && model.error().code == ErrorCode::Unsupported, folder.c_str());
                QVERIFY2(model.error().text().find("'" + type + "'") != std::string::npos,
                         model.error().text().c_str());
                refused += (refused.empty() ? "" : ", ") + fs::path(folder).filename().string();
                ++refusals;
            } else {
                QVERIFY2(model.ok(), whyNot(model).c_str());
                QVERIFY(!model.value()->isGguf() && model.value()->ignored().empty());
                checkTensorList(*model.value());
                ++supported;
            }
            auto newSpelling = readJsonFile(folder + "/hf/config_v5.json");
            if (newSpelling.ok()) {
                const auto v5 = configFromJson(newSpelling.value());
                QCOMPARE(v5.ok(), model.ok());
                QVERIFY(!model.ok() || sameConfig(v5.value(), model.value()->config()));
            }
            for (const char* name : {"f32", "f16", "q8_0"}) {
                const std::string path = folder + "/gguf/" + name + ".gguf";
                if (!fs::exists(path)) {
                    continue;
                }
                auto gguf = openModel(path);
                if (!model.ok()) {
                    QVERIFY2(!gguf.ok() && gguf.error().code == ErrorCode::Unsupported &&
                                 gguf.error().key == "general.architecture",
                             path.c_str());
                    continue;
                }
                QVERIFY2(gguf.ok(), whyNot(gguf).c_str());
                checkAgainst(*gguf.value(), *model.value(), folder, name, tensors);
                ++files;
            }
            if (fs::exists(folder + "/nf4/config.json")) {
                auto nf4 = openModel(folder + "/nf4");
                QVERIFY2(!nf4.ok() && nf4.error().code == ErrorCode::Unsupported &&
                             nf4.error().text().find("NF4") != std::string::npos,
                         whyNot(nf4).c_str());
                refused += ", " + fs::path(folder).filename().string() + "/nf4";
                ++refusals;
            }
        }
        qInfo("%d folders opened, %d GGUF files with %d tensors equal to theirs; %d refused by name: %s", supported,
              files, tensors, refusals, refused.c_str());
        QVERIFY(supported > 0 && files > 0 && refusals > 0);
    }

    void bf16Rounds() {
        for (const std::string& folder : modelCases()) {
            for (const std::string& path : {folder + "/hf", folder + "/gguf/q8_0.gguf"}) {
                auto model = openModel(path);
                if (!model.ok()) {
                    continue;
                }
                for (const std::string& name : model.value()->names()) {
                    const std::vector<float> wide = floatsOf(*model.value(), name);
                    std::vector<std::uint16_t> narrow(wide.size());
                    QVERIFY(model.value()->readBf16(name, narrow).ok());
                    for (std::size_t i = 0; i < wide.size(); ++i) {
                        QVERIFY2(narrow[i] == floatToBf16(wide[i]), name.c_str());
                    }
                    narrow.pop_back();
                    QVERIFY(!model.value()->readBf16(name, narrow).ok());
                }
                model.value()->dropPages();
                QVERIFY(!floatsOf(*model.value(), model.value()->names().front()).empty()); // pages come back
            }
        }
    }

    void configReadings() {
        auto config = configFromJson(smallConfig());
        QVERIFY2(config.ok(), whyNot(config).c_str());
        QCOMPARE(config.value().kvHeads, std::int64_t{4});
        QCOMPARE(config.value().headDim, std::int64_t{8});
        QCOMPARE(config.value().maxPositions, std::int64_t{2048});
        QCOMPARE(config.value().rmsNormEps, 1e-6);
        QCOMPARE(config.value().ropeTheta, 10000.0);
        QVERIFY(!config.value().tiedEmbeddings && config.value().slidingWindow == 0 && config.value().eos.empty());

        Json mistral = smallConfig();
        mistral["model_type"] = "mistral";
        mistral["num_key_value_heads"] = 2;
        QCOMPARE(configFromJson(mistral).value().slidingWindow, std::int64_t{4096});
        mistral["sliding_window"] = nullptr;
        QCOMPARE(configFromJson(mistral).value().slidingWindow, std::int64_t{0});
        mistral["sliding_window"] = 7;
        QCOMPARE(configFromJson(mistral).value().slidingWindow, std::int64_t{7});

        Json other = smallConfig();
        other["head_dim"] = nullptr;
        other["eos_token_id"] = Json::array({2, 5});
        other["torch_dtype"] = "torch.bfloat16";
        other["rope_scaling"] = Json{{"type", "linear"}, {"factor", 4.0}};
        other["some_key_of_tomorrow"] = Json{{"a", 1}};
        QCOMPARE(configFromJson(other).value().headDim, std::int64_t{8});
        QCOMPARE(configFromJson(other).value().eos, (std::vector<std::int64_t>{2, 5}));
        QCOMPARE(configFromJson(other).value().storedType, DataType::BF16);
        QCOMPARE(configFromJson(other).value().ropeScaling.factor, 4.0);
        other["rope_parameters"] = Json{{"rope_type", "default"}, {"rope_theta", 123.0}}; // the newer spelling wins
        QCOMPARE(configFromJson(other).value().ropeTheta, 123.0);
        QCOMPARE(configFromJson(other).value().ropeScaling.type, std::string("default"));
    }

    void configRefusals_data() {
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("key");
        QTest::addColumn<bool>("unsupported");
        const auto row = [](const char* patch, const char* key, bool unsupported) {
            QTest::newRow(patch) << QString::fromUtf8(patch) << QString::fromUtf8(key) << unsupported;
        };
        row(R"({"model_type":"gemma3_text"})", "model_type", true);
        row(R"({"model_type":3})", "model_type", false);
        row(R"({"vocab_size":null})", "vocab_size", false);
        row(R"({"vocab_size":"many"})", "vocab_size", false);
        row(R"({"num_hidden_layers":1000000000})", "num_hidden_layers", false);
        row(R"({"num_attention_heads":0})", "num_attention_heads", false);
        row(R"({"num_attention_heads":5})", "num_attention_heads", false);
        row(R"({"num_key_value_heads":3})", "num_key_value_heads", false);
        row(R"({"head_dim":7})", "head_dim", false);
        row(R"({"rms_norm_eps":-1})", "rms_norm_eps", false);
        row(R"({"rope_theta":0})", "rope_theta", false);
        row(R"({"hidden_act":"gelu"})", "hidden_act", true);
        row(R"({"torch_dtype":"int3"})", "torch_dtype", false);
        row(R"({"eos_token_id":"</s>"})", "eos_token_id", false);
        row(R"({"rope_scaling":{"rope_type":"yarn","factor":2}})", "rope_scaling.rope_type", true);
        row(R"({"rope_scaling":{"rope_type":"linear"}})", "rope_scaling.factor", false);
        row(R"({"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4}})",
            "rope_scaling.high_freq_factor", false);
        row(R"({"rope_scaling":"big"})", "rope_scaling", false);
        row(R"({"partial_rotary_factor":0.5})", "partial_rotary_factor", true);
        row(R"({"quantization_config":{"quant_method":"gptq"}})", "quantization_config", true);
    }
    void configRefusals() {
        QFETCH(QString, patch);
        QFETCH(QString, key);
        QFETCH(bool, unsupported);
        Json json = smallConfig();
        const Json changes = parseJson(patch.toStdString()).value();
        for (const auto& [name, value] : changes.items()) {
            json[name] = value;
        }
        const auto config = configFromJson(json);
        QVERIFY(!config.ok());
        QCOMPARE(QString::fromStdString(config.error().key), key);
        QCOMPARE(config.error().code == ErrorCode::Unsupported, unsupported);
    }

    void brokenFolders() {
        const std::string source = supportedCase() + "/hf";
        const QTemporaryDir dir;
        const std::string base = dir.path().toStdString();
        const auto open = [&](const std::string& name, ErrorCode code, const char* says) {
            const auto model = openModel(base + "/" + name);
            const std::string text = name + ": " + (model.ok() ? "opened" : model.error().text());
            QVERIFY2(!model.ok() && model.error().code == code && text.find(says) != std::string::npos, text.c_str());
        };
        open("nothing", ErrorCode::NotFound, "no such model");
        fs::create_directory(base + "/empty");
        open("empty", ErrorCode::NotFound, "config.json is missing");
        fs::create_directory(base + "/adapter");
        QVERIFY(writeFileAtomic(base + "/adapter/adapter_config.json", "{}").ok());
        open("adapter", ErrorCode::NotFound, "an adapter, not a model");
        fs::create_directory(base + "/bare");
        fs::copy_file(source + "/config.json", base + "/bare/config.json");
        open("bare", ErrorCode::NotFound, "model.safetensors");
        QVERIFY(writeFileAtomic(base + "/bare/pytorch_model.bin", "x").ok());
        open("bare", ErrorCode::Unsupported, "pickle");
        QVERIFY(writeFileAtomic(base + "/bare/model.safetensors.index.json",
                                R"({"weight_map":{"a":"../secret.safetensors"}})")
                    .ok());
        open("bare", ErrorCode::InvalidInput, "weight_map.a");
        QVERIFY(writeFileAtomic(base + "/bare/model.safetensors.index.json", R"({"metadata":{}})").ok());
        open("bare", ErrorCode::InvalidInput, "weight_map");

        // Every tensor left out, of another shape, of another kind of number: named.
        auto model = openModel(source);
        QVERIFY2(model.ok(), whyNot(model).c_str());
        const auto& names = model.value()->names();
        fs::create_directory(base + "/changed");
        fs::copy_file(source + "/config.json", base + "/changed/config.json");
        const std::vector<std::byte> zeros(1 << 20);
        for (const std::string& broken : names) {
            for (int fault = 0; fault < 3; ++fault) {
                std::vector<TensorToWrite> tensors;
                for (const std::string& name : names) {
                    auto shape = model.value()->shape(name).value();
                    DataType type = DataType::F16;
                    if (name == broken && fault == 0) {
                        continue;
                    }
                    if (name == broken && fault == 1) {
                        shape.front() += 1;
                    }
                    if (name == broken && fault == 2) {
                        type = DataType::I16;
                    }
                    std::size_t bytes = 2;
                    for (const std::int64_t extent : shape) {
                        bytes *= static_cast<std::size_t>(extent);
                    }
                    tensors.push_back({name, type, shape, std::span(zeros).first(bytes)});
                }
                QVERIFY(writeSafetensors(base + "/changed/model.safetensors", tensors).ok());
                open("changed", fault == 2 ? ErrorCode::Unsupported : ErrorCode::InvalidInput, broken.c_str());
            }
        }
        // Tensors nobody asks for are listed, not used.
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors = {
            {"model.layers.0.self_attn.rotary_emb.inv_freq", DataType::F32, {4}, std::span(zeros).first(16)}};
        for (const std::string& name : names) {
            values.push_back(floatsOf(*model.value(), name));
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            tensors.push_back({names[i], DataType::F32, model.value()->shape(names[i]).value(),
                               std::as_bytes(std::span<const float>(values[i]))});
        }
        QVERIFY(writeSafetensors(base + "/changed/model.safetensors", tensors).ok());
        auto extra = openModel(base + "/changed/");
        QVERIFY2(extra.ok(), whyNot(extra).c_str());
        QCOMPARE(extra.value()->ignored(), std::vector<std::string>{"model.layers.0.self_attn.rotary_emb.inv_freq"});
        QCOMPARE(difference(*extra.value(), *model.value()), std::string());
        QVERIFY(!extra.value()->has("no.such.tensor") && !extra.value()->shape("no.such.tensor").ok());
    }

    void exportsFolders() {
        int exported = 0;
        for (const std::string& folder : modelCases()) {
            auto model = openModel(folder + "/hf");
            if (!model.ok()) {
                continue;
            }
            const QTemporaryDir dir;
            const std::string out = dir.path().toStdString() + "/out";
            auto written = exportHuggingFaceFolder(*model.value(), out);
            QVERIFY2(written.ok(), whyNot(written).c_str());
            auto again = openModel(out);
            QVERIFY2(again.ok(), whyNot(again).c_str());
            QCOMPARE(difference(*again.value(), *model.value()), std::string());
            QVERIFY(sameConfig(again.value()->config(), model.value()->config()));
            for (const std::string& name : model.value()->names()) {
                QCOMPARE(again.value()->type(name).value(), model.value()->type(name).value());
            }
            checkConfigFile(out, folder);
            QCOMPARE(readFile(out + "/tokenizer.json").valueOr("a"),
                     readFile(folder + "/hf/tokenizer.json").valueOr("b"));
            checkTemplate(out);
            QVERIFY(!exportHuggingFaceFolder(*model.value(), out).ok()); // not over an existing one

            for (const char* name : {"f32", "f16", "q8_0"}) {
                const std::string path = folder + "/gguf/" + name + ".gguf";
                if (fs::exists(path)) {
                    const std::string target = dir.path().toStdString() + "/" + name;
                    fs::create_directory(target); // an empty folder may be there
                    auto gguf = openModel(path);
                    QVERIFY2(gguf.ok(), whyNot(gguf).c_str());
                    written = exportHuggingFaceFolder(*gguf.value(), target);
                    QVERIFY2(written.ok(), whyNot(written).c_str());
                    auto plain = openModel(target);
                    QVERIFY2(plain.ok(), whyNot(plain).c_str());
                    QCOMPARE(difference(*plain.value(), *gguf.value()), std::string());
                    checkConfigFile(target, folder);
                    checkTokenizer(target, folder + "/hf");
                    checkTemplate(target);
                    ++exported;
                }
            }
            ++exported;
        }
        qInfo("%d folders exported and read again", exported);
        QVERIFY(exported > 0);
    }

    /// The n-th write fails, for every n: no folder, nothing temporary.
    void failedExports() {
        for (const std::string& path : {supportedCase() + "/hf", supportedCase() + "/gguf/q8_0.gguf"}) {
            auto model = openModel(path);
            QVERIFY2(model.ok(), whyNot(model).c_str());
            int failures = 0;
            for (int fail = 1;; ++fail) {
                const QTemporaryDir dir;
                const std::string base = dir.path().toStdString();
                fs::create_directory(base + "/out");
                int seen = 0;
                bool published = false;
                setFileFaultHook([&](FileOperation operation, const std::string& where) {
                    const int code = ++seen == fail ? EIO : 0;
                    published =
                        published || (operation == FileOperation::Rename && where == base + "/out" && code == 0);
                    return code;
                });
                const auto written = exportHuggingFaceFolder(*model.value(), base + "/out");
                setFileFaultHook({});
                QCOMPARE(filesIn(base), std::vector<std::string>{"out"});
                if (written.ok()) {
                    break;
                }
                ++failures;
                QVERIFY(written.error().code == ErrorCode::Io);
                QVERIFY2(published ? openModel(base + "/out").ok() : fs::is_empty(base + "/out"),
                         std::to_string(fail).c_str());
            }
            QVERIFY2(failures > 10, std::to_string(failures).c_str());
        }
    }

private:
    static std::string supportedCase() {
        for (const std::string& folder : modelCases()) {
            if (openModel(folder + "/hf").ok() && fs::exists(folder + "/gguf/q8_0.gguf")) {
                return folder;
            }
        }
        return {};
    }

    void checkTensorList(const ModelFiles& model) {
        std::int64_t parameters = 0;
        for (const std::string& name : model.names()) {
            QVERIFY(model.has(name));
            const auto values = floatsOf(model, name);
            QVERIFY2(!values.empty(), name.c_str());
            parameters += static_cast<std::int64_t>(values.size());
        }
        QCOMPARE(parameters, model.config().parameterCount());
        QCOMPARE(model.has("lm_head.weight"), !model.config().tiedEmbeddings);
    }

    void checkAgainst(const ModelFiles& gguf, const ModelFiles& model, const std::string& folder,
                      const std::string& file, int& tensors) {
        QVERIFY(gguf.isGguf());
        const ModelConfig& a = gguf.config();
        const ModelConfig& b = model.config();
        QVERIFY(a.vocabulary == b.vocabulary && a.hidden == b.hidden && a.intermediate == b.intermediate &&
                a.layers == b.layers && a.heads == b.heads && a.kvHeads == b.kvHeads && a.headDim == b.headDim &&
                a.maxPositions == b.maxPositions && a.tiedEmbeddings == b.tiedEmbeddings &&
                a.attentionBias == b.attentionBias && a.mlpBias == b.mlpBias && a.bos == b.bos && a.pad == b.pad &&
                a.eos == b.eos);
        QCOMPARE(a.rmsNormEps, b.rmsNormEps);
        QCOMPARE(a.ropeTheta, b.ropeTheta);
        QCOMPARE(a.ropeFrequencyFactors.empty(), b.ropeScaling.type != "llama3");
        auto table = readJsonFile(folder + "/gguf/gguf.json");
        QVERIFY2(table.ok(), whyNot(table).c_str());
        std::size_t named = 0;
        for (const Json& entry : table.value()["tensors"]) {
            if (!entry["hf"].is_string()) {
                continue;
            }
            ++named;
            const std::string name = entry["hf"].get<std::string>();
            QVERIFY2(gguf.has(name), name.c_str());
            const DataType type = gguf.type(name).value();
            if (file == "q8_0") {
                QCOMPARE(std::string(typeTraits(type).name), entry["type"].get<std::string>());
            }
            const std::vector<float> expected = through(type, floatsOf(model, name));
            const std::string place = folder + " " + file + " " + name;
            QVERIFY2(!expected.empty() && floatsOf(gguf, name) == expected, place.c_str());
            ++tensors;
        }
        QCOMPARE(gguf.names().size(), named);
    }

    /// Old spelling only, and the same meaning as the original's.
    void checkConfigFile(const std::string& folder, const std::string& original) {
        auto written = readJsonFile(folder + "/config.json");
        auto source = readJsonFile(original + "/hf/config.json");
        QVERIFY(written.ok() && source.ok());
        const Json& json = written.value();
        QVERIFY(json.contains("rope_theta") && json.contains("torch_dtype") && !json.contains("dtype") &&
                !json.contains("rope_parameters"));
        const auto config = configFromJson(json);
        QVERIFY2(config.ok(), whyNot(config).c_str());
        const auto expected = configFromJson(source.value());
        const RopeScaling& a = config.value().ropeScaling;
        const RopeScaling& b = expected.value().ropeScaling;
        QVERIFY(a.type == b.type && a.factor == b.factor && a.lowFreqFactor == b.lowFreqFactor &&
                a.highFreqFactor == b.highFreqFactor && a.originalMaxPositions == b.originalMaxPositions);
        QVERIFY(fs::exists(folder + "/generation_config.json"));
    }

    void checkTokenizer(const std::string& folder, const std::string& original) {
        auto written = readJsonFile(folder + "/tokenizer.json");
        auto expected = readJsonFile(original + "/tokenizer.json");
        QVERIFY2(written.ok() && expected.ok(), (whyNot(written) + whyNot(expected)).c_str());
        for (const char* key : {"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
                                "post_processor", "decoder"}) {
            QVERIFY2(written.value()[key] == expected.value()[key], key);
        }
        for (const char* key : {"type", "unk_token", "ignore_merges", "byte_fallback", "vocab"}) {
            QVERIFY2(written.value()["model"][key] == expected.value()["model"][key], key);
        }
        Json merges = Json::array(); // pairs or texts
        for (const Json& merge : expected.value()["model"]["merges"]) {
            merges.push_back(merge.is_array() ? Json(merge[0].get<std::string>() + " " + merge[1].get<std::string>())
                                              : merge);
        }
        QVERIFY(written.value()["model"]["merges"] == merges);
        auto settings = readJsonFile(folder + "/tokenizer_config.json");
        auto source = readJsonFile(original + "/tokenizer_config.json");
        QVERIFY(settings.ok() && source.ok());
        for (const char* key : {"bos_token", "eos_token", "pad_token", "chat_template", "model_max_length",
                                "add_bos_token", "tokenizer_class"}) {
            QVERIFY2(settings.value()[key] == source.value()[key], key);
        }
    }

    void checkTemplate(const std::string& folder) {
        auto settings = readJsonFile(folder + "/tokenizer_config.json");
        QVERIFY(settings.ok());
        QCOMPARE(readFile(folder + "/chat_template.jinja").valueOr(""),
                 settings.value()["chat_template"].get<std::string>());
    }
};

QTEST_APPLESS_MAIN(TestModelFolders)
#include "test_model_folders.moc"
