// The golden model cases through the decoder: logits alone and packed, log-probabilities, greedy tokens, GGUF files,
// bf16 arithmetic. Families that are not supported must be refused as such; they are counted and printed.
#include "engine/decoder_model.h"
#include "kit.h"

#include <QtTest>

#include <cstdio>

using namespace fettle;
using engine::DecoderModel;

namespace {

// Tolerances of the kit's README: fp32 logits and log-probabilities 2e-4 absolute; bf16 weights and activations rms
// 0.05, max 0.4 (the kit allows 0.1 and 0.6: logits are not rounded here).
constexpr double kLogits = 2e-4;
constexpr double kBf16Rms = 0.05;
constexpr double kBf16Max = 0.4;

struct Counts {
    int supported = 0, refused = 0;
};

} // namespace

class TestEngineLogits : public QObject {
    Q_OBJECT

private:
    Counts m_counts;

    /// The model, or null where it was refused as unsupported (anything else fails the test).
    std::unique_ptr<DecoderModel> load(const std::string& path, engine::DecoderOptions options, std::string& failure) {
        auto files = model::openModel(path);
        if (!files) {
            if (files.error().code != ErrorCode::Unsupported) {
                failure = files.error().text();
            }
            return nullptr;
        }
        auto decoder = DecoderModel::load(*files.value(), options);
        if (!decoder) {
            if (decoder.error().code != ErrorCode::Unsupported) {
                failure = decoder.error().text();
            }
            return nullptr;
        }
        return std::move(decoder).value();
    }

private Q_SLOTS:
    void cases_data() {
        QTest::addColumn<QString>("folder");
        const auto all = kit::cases();
        QVERIFY2(!all.empty(), "no golden models");
        for (const auto& folder : all) {
            QTest::newRow(folder.filename().c_str()) << QString::fromStdString(folder.string());
        }
    }

    void cases() {
        QFETCH(QString, folder);
        const kit::fs::path path = folder.toStdString();
        std::string failure;
        const auto decoder = load((path / "hf").string(), {}, failure);
        QVERIFY2(failure.empty(), failure.c_str());
        if (decoder == nullptr) {
            ++m_counts.refused;
            return;
        }
        ++m_counts.supported;
        auto json = readJsonFile((path / "logits.json").string());
        QVERIFY2(json.ok(), json ? "" : json.error().text().c_str());
        const Json& expected = json.value();
        const auto logits = kit::tensors(path / "logits.safetensors", failure);
        QVERIFY2(failure.empty(), failure.c_str());
        const auto& sequences = expected.at("sequences");
        for (std::size_t s = 0; s < sequences.size(); ++s) {
            const auto ids = kit::ids(sequences[s]);
            auto got = decoder->logits(kit::pack({{ids, {}}}));
            QVERIFY2(got.ok(), got ? "" : got.error().text().c_str());
            const double distance = kit::maxDistance(got.value(), logits.at("seq" + std::to_string(s)).values);
            QVERIFY2(distance <= kLogits, ("seq" + std::to_string(s) + ": " + std::to_string(distance)).c_str());
            auto scores = decoder->score(ids);
            QVERIFY(scores.ok());
            QCOMPARE(scores.value().size(), ids.size());
            QVERIFY(std::isnan(scores.value()[0]));
            for (std::size_t i = 1; i < ids.size(); ++i) {
                const double off = std::fabs(scores.value()[i] - expected.at("logprobs")[s][i].get<double>());
                QVERIFY2(off <= kLogits,
                         ("log-probability " + std::to_string(i) + " is off by " + std::to_string(off)).c_str());
            }
        }
        const auto packedIds = kit::ids(expected.at("packed").at("ids"));
        const auto bounds = kit::ids(expected.at("packed").at("cu_seqlens"));
        std::vector<kit::Row> rows;
        for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
            rows.push_back({{packedIds.begin() + bounds[i], packedIds.begin() + bounds[i + 1]}, {}});
        }
        auto packed = decoder->logits(kit::pack(rows));
        QVERIFY(packed.ok());
        QVERIFY(kit::maxDistance(packed.value(), logits.at("packed").values) <= kLogits);
        // The kernels with plain loops give the same.
        engine::DecoderOptions plain;
        plain.kernels = engine::KernelPath::Reference;
        plain.headChunkRows = 7;
        const auto reference = load((path / "hf").string(), plain, failure);
        QVERIFY2(reference != nullptr, failure.c_str());
        auto again = reference->logits(kit::pack(rows));
        QVERIFY(again.ok());
        QVERIFY(kit::maxDistance(again.value(), logits.at("packed").values) <= kLogits);
    }

    void greedy_data() { cases_data(); }
    void greedy() {
        QFETCH(QString, folder);
        const kit::fs::path path = folder.toStdString();
        std::string failure;
        engine::DecoderOptions options;
        options.forInferenceOnly = true;
        const auto decoder = load((path / "hf").string(), options, failure);
        QVERIFY2(failure.empty(), failure.c_str());
        if (decoder == nullptr) {
            return;
        }
        auto json = readJsonFile((path / "greedy.json").string());
        QVERIFY(json.ok());
        std::vector<std::vector<std::int32_t>> prompts;
        for (const auto& item : json.value().at("cases")) {
            prompts.push_back(kit::ids(item.at("prompt")));
        }
        engine::SamplingOptions sampling;
        sampling.maxNewTokens = json.value().at("max_new_tokens").get<int>();
        std::vector<std::vector<std::int32_t>> streamed(prompts.size());
        auto together = decoder->generate(prompts, sampling, [&](int prompt, std::int32_t id) {
            streamed[static_cast<std::size_t>(prompt)].push_back(id);
        });
        QVERIFY2(together.ok(), together ? "" : together.error().text().c_str());
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            const auto expected = kit::ids(json.value().at("cases")[i].at("ids"));
            QCOMPARE(together.value()[i].ids, expected);
            QCOMPARE(streamed[i], expected);
            QVERIFY(!together.value()[i].stopped);
            auto alone = decoder->generate({prompts[i]}, sampling);
            QVERIFY(alone.ok());
            QCOMPARE(alone.value()[0].ids, expected);
            // A stop id ends the row before it and is not among the ids.
            engine::SamplingOptions stopping = sampling;
            stopping.stopIds = {expected[3]};
            auto stopped = decoder->generate({prompts[i]}, stopping);
            QVERIFY(stopped.ok() && stopped.value()[0].stopped);
            const auto first = std::find(expected.begin(), expected.end(), expected[3]);
            QCOMPARE(stopped.value()[0].ids, std::vector<std::int32_t>(expected.begin(), first));
        }
    }

    void gguf_data() { cases_data(); }
    void gguf() {
        QFETCH(QString, folder);
        const kit::fs::path path = folder.toStdString();
        if (!kit::fs::is_directory(path / "gguf")) {
            return;
        }
        std::string failure;
        for (const std::string kind : {"f32", "f16", "q8_0"}) {
            const kit::fs::path file = path / "gguf" / (kind + ".gguf");
            if (!kit::fs::exists(file)) {
                continue;
            }
            const auto decoder = load(file.string(), {}, failure);
            QVERIFY2(failure.empty(), failure.c_str());
            if (decoder == nullptr) {
                ++m_counts.refused;
                continue;
            }
            ++m_counts.supported;
            auto json = readJsonFile((path / "logits.json").string());
            QVERIFY(json.ok());
            const auto ids = kit::ids(json.value().at("sequences")[2]);
            const auto expected = kit::tensors(path / "gguf" / "logits.safetensors", failure);
            QVERIFY2(failure.empty(), failure.c_str());
            auto got = decoder->logits(kit::pack({{ids, {}}}));
            QVERIFY(got.ok());
            const double distance = kit::maxDistance(got.value(), expected.at(kind + ".seq2").values);
            QVERIFY2(distance <= kLogits, (kind + ": " + std::to_string(distance)).c_str());
        }
    }

    void bf16_data() { cases_data(); }
    void bf16() {
        QFETCH(QString, folder);
        const kit::fs::path path = folder.toStdString();
        std::string failure;
        engine::DecoderOptions options;
        options.compute = engine::ComputeType::Bf16;
        const auto decoder = load((path / "hf").string(), options, failure);
        QVERIFY2(failure.empty(), failure.c_str());
        if (decoder == nullptr) {
            return;
        }
        auto json = readJsonFile((path / "logits.json").string());
        QVERIFY(json.ok());
        const auto expected = kit::tensors(path / "logits.safetensors", failure);
        for (std::size_t s = 0; s < 3; ++s) {
            auto got = decoder->logits(kit::pack({{kit::ids(json.value().at("sequences")[s]), {}}}));
            QVERIFY2(got.ok(), got ? "" : got.error().text().c_str());
            const auto& want = expected.at("seq" + std::to_string(s)).values;
            const double rms = kit::rmsDistance(got.value(), want);
            const double largest = kit::maxDistance(got.value(), want);
            qInfo("logits in bf16 are off by rms %.4f, max %.4f", rms, largest);
            QVERIFY2(rms <= kBf16Rms && largest <= kBf16Max,
                     ("rms " + std::to_string(rms) + ", max " + std::to_string(largest)).c_str());
            QVERIFY2(rms > 0, "bf16 arithmetic cannot equal fp32: the dtype was not used");
        }
    }

    void cleanupTestCase() {
        std::printf("models and GGUF files run: %d, refused as unsupported: %d\n", m_counts.supported,
                    m_counts.refused);
        QVERIFY(m_counts.supported > 0);
    }
};

QTEST_APPLESS_MAIN(TestEngineLogits)
#include "test_engine_logits.moc"
