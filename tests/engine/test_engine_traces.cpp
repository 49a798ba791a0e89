// The golden training traces through the decoder: losses, gradient norms and gradients of ten steps of AdamW with
// clipping, the trained adapter, and its logits; PEFT folders in and out; every packing of a step gives the same
// numbers. Cases that are not supported must be refused as such; they are counted and printed.
#include "engine/adapter_store.h"
#include "engine/decoder_model.h"
#include "engine/kernels/kernels.h"
#include "kit.h"

#include <QtTest>

#include <cstdio>
#include <numbers>

using namespace fettle;
using engine::AdapterStore;
using engine::DecoderModel;

namespace {

// Tolerances of the README of the kit; tighter in bf16, where only what products and attention read is rounded.
constexpr double kLoss = 2e-5;
constexpr double kGradientNorm = 1e-4;
constexpr double kGradient = 1e-4;
constexpr double kAdapter = 1e-4;
constexpr double kLogitsBefore = 2e-4;
constexpr double kLogitsAfter = 1e-3;
constexpr double kBf16LossFirst = 0.015, kBf16LossAll = 0.06;
constexpr double kBf16GradientOne = 0.1, kBf16GradientAll = 0.06;

/// The suggestion, or 20 times the noise the trace itself measured.
double bound(double suggested, const Json& trace, const char* noise) {
    const auto& all = trace.at("noise");
    return all.contains(noise) ? std::max(suggested, 20 * all.at(noise).get<double>()) : suggested;
}

struct Run {
    std::vector<double> losses, norms;
    std::vector<float> firstGradient;
};

} // namespace

class TestEngineTraces : public QObject {
    Q_OBJECT

private:
    int m_run = 0, m_refused = 0;

    enum class Packing { MicroBatches = 1, Alone, OneBatch };

    /// Ten steps as the trace says. `failure` names what went wrong.
    static Run train(DecoderModel& decoder, AdapterStore& store, const Json& trace, Packing packing,
                     std::string& failure) {
        Run run;
        std::vector<float> m(static_cast<std::size_t>(store.count()), 0.0F);
        std::vector<float> v(m.size(), 0.0F);
        const auto& documents = trace.at("documents");
        const auto row = [&](std::size_t index) {
            return kit::Row{kit::ids(documents[index].at("ids")), kit::ids(documents[index].at("labels"))};
        };
        const auto& flat = engine::kernels::flat();
        for (const auto& step : trace.at("steps")) {
            std::vector<data::PackedBatch> batches;
            std::vector<kit::Row> all;
            for (const auto& micro : step.at("micro_batches")) {
                std::vector<kit::Row> rows;
                for (const auto& index : micro) {
                    rows.push_back(row(index.get<std::size_t>()));
                    all.push_back(rows.back());
                    if (packing == Packing::Alone) {
                        batches.push_back(kit::pack({rows.back()}));
                    }
                }
                if (packing == Packing::MicroBatches) {
                    batches.push_back(kit::pack(rows));
                }
            }
            if (packing == Packing::OneBatch) {
                std::reverse(all.begin(), all.end());
                batches.push_back(kit::pack(all));
            }
            store.zeroGradients();
            const double labels = step.at("label_tokens").get<double>();
            double lossSum = 0;
            double weightSum = 0;
            for (const auto& batch : batches) {
                auto outcome = decoder.forwardBackward(batch, 1 / labels);
                if (!outcome) {
                    failure = outcome.error().text();
                    return run;
                }
                lossSum += outcome.value().lossSum;
                weightSum += outcome.value().weightSum;
            }
            if (weightSum != labels) {
                failure = "label tokens: " + std::to_string(weightSum);
                return run;
            }
            run.losses.push_back(lossSum / labels);
            const double norm = std::sqrt(flat.squaredNorm(store.gradientValues().data(), store.count()));
            run.norms.push_back(norm);
            if (run.firstGradient.empty()) {
                run.firstGradient.assign(store.gradientValues().begin(), store.gradientValues().end());
            }
            const auto& optimizer = trace.at("optimizer");
            engine::kernels::AdamW options;
            options.learningRate = step.at("lr").get<double>();
            options.beta1 = optimizer.at("betas")[0].get<double>();
            options.beta2 = optimizer.at("betas")[1].get<double>();
            options.eps = optimizer.at("eps").get<double>();
            options.weightDecay = optimizer.at("weight_decay").get<double>();
            options.step = step.at("step").get<std::int64_t>();
            options.gradScale =
                static_cast<float>(std::min(1.0, trace.at("clip_grad_norm").get<double>() / (norm + 1e-6)));
            flat.adamW(options, store.count(), store.parameterValues().data(), store.gradientValues().data(), m.data(),
                       v.data());
            store.adapterChanged();
        }
        return run;
    }

    static std::string checkAdapter(const AdapterStore& store, const model::PeftAdapter& expected, double tolerance) {
        const model::PeftAdapter got = store.toPeft();
        if (got.tensors.size() != expected.tensors.size()) {
            return std::to_string(got.tensors.size()) + " tensors, expected " + std::to_string(expected.tensors.size());
        }
        for (const auto& want : expected.tensors) {
            const auto found = std::find_if(got.tensors.begin(), got.tensors.end(),
                                            [&](const auto& tensor) { return tensor.name == want.name; });
            if (found == got.tensors.end() || found->shape != want.shape) {
                return want.name + " is missing or has another shape";
            }
            const double distance = kit::relativeDistance(found->values.data(), want.values.data(), want.values.size());
            if (!(distance <= tolerance)) {
                return want.name + " is off by " + std::to_string(distance);
            }
        }
        return {};
    }

    struct Setting {
        engine::DecoderOptions options;
        Packing packing = Packing::MicroBatches;
    };

private Q_SLOTS:
    void traces_data() {
        QTest::addColumn<QString>("base");
        QTest::addColumn<QString>("lora");
        for (const auto& folder : kit::cases()) {
            // A case with an nf4 folder trains on those weights.
            const auto base = kit::fs::is_directory(folder / "nf4") ? folder / "nf4" : folder / "hf";
            for (const auto& lora : kit::folders(folder / "lora")) {
                QTest::newRow((folder.filename().string() + "/" + lora.filename().string()).c_str())
                    << QString::fromStdString(base.string()) << QString::fromStdString(lora.string());
            }
        }
    }

    void traces() {
        QFETCH(QString, base);
        QFETCH(QString, lora);
        const kit::fs::path path = lora.toStdString();
        auto files = model::openModel(base.toStdString());
        if (!files) {
            QVERIFY2(files.error().code == ErrorCode::Unsupported, files.error().text().c_str());
            ++m_refused;
            return;
        }
        ++m_run;
        auto json = readJsonFile((path / "trace.json").string());
        auto initial = model::readPeftAdapter((path / "initial").string());
        auto final = model::readPeftAdapter((path / "final").string());
        QVERIFY2(json.ok(), json ? "" : json.error().text().c_str());
        QVERIFY2(initial.ok(), initial ? "" : initial.error().text().c_str());
        QVERIFY2(final.ok(), final ? "" : final.error().text().c_str());
        const Json& trace = json.value();
        std::string failure;
        const auto gradients = kit::tensors(path / "grads_step1.safetensors", failure);
        const auto logits = kit::tensors(path / "logits.safetensors", failure);
        QVERIFY2(failure.empty(), failure.c_str());
        auto sequences = readJsonFile((path.parent_path().parent_path() / "logits.json").string());
        QVERIFY(sequences.ok());
        const auto sequence = [&](std::size_t index) {
            return kit::pack({{kit::ids(sequences.value().at("sequences")[index]), {}}});
        };

        std::vector<Setting> settings(6);
        settings[0].options.recompute = engine::Recompute::None;
        settings[1].options.recompute = engine::Recompute::Lean;
        settings[1].packing = Packing::Alone;
        settings[2].options.recompute = engine::Recompute::Full;
        settings[2].packing = Packing::OneBatch;
        settings[3].options.kernels = engine::KernelPath::Reference;
        settings[3].options.headChunkRows = 5;
        settings[4].options.threads = 1;
        settings[5].options.kernels = engine::KernelPath::Aten;
        for (const Setting& setting : settings) {
            auto decoder = DecoderModel::load(*files.value(), setting.options);
            QVERIFY2(decoder.ok(), decoder ? "" : decoder.error().text().c_str());
            auto store = AdapterStore::fromPeft(files.value()->config(), initial.value());
            QVERIFY2(store.ok(), store ? "" : store.error().text().c_str());
            for (const auto& [module, scale] : trace.at("lora").at("scaling").items()) {
                const auto& modules = store.value()->modules();
                const auto found = std::find_if(modules.begin(), modules.end(),
                                                [&name = module](const auto& item) { return item.path == name; });
                QVERIFY2(found != modules.end(), module.c_str());
                QVERIFY(std::fabs(found->scale - scale.get<double>()) < 1e-12);
            }
            QCOMPARE(store.value()->modules().size(), trace.at("lora").at("scaling").size());
            QVERIFY(decoder.value()->setAdapter(store.value().get()).ok());
            auto before = decoder.value()->logits(sequence(0));
            QVERIFY(before.ok());
            const double start = kit::maxDistance(before.value(), logits.at("initial.seq0").values);
            QVERIFY2(start <= kLogitsBefore, std::to_string(start).c_str());

            const Run run = train(*decoder.value(), *store.value(), trace, setting.packing, failure);
            QVERIFY2(failure.empty(), failure.c_str());
            const auto& steps = trace.at("steps");
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const double loss = std::fabs(run.losses[i] - steps[i].at("loss").get<double>());
                QVERIFY2(loss <= bound(kLoss, trace, "loss_max_abs"),
                         ("loss of step " + std::to_string(i + 1) + " is off by " + std::to_string(loss)).c_str());
                const double want = steps[i].at("grad_norm").get<double>();
                QVERIFY2(std::fabs(run.norms[i] - want) <= bound(kGradientNorm, trace, "grad_norm_max_rel") * want,
                         ("gradient norm of step " + std::to_string(i + 1)).c_str());
            }
            QCOMPARE(gradients.size(), store.value()->views().size());
            for (const auto& view : store.value()->views()) {
                const auto& want = gradients.at(view.name).values;
                QCOMPARE(static_cast<std::int64_t>(want.size()), view.count);
                const double distance =
                    kit::relativeDistance(run.firstGradient.data() + view.offset, want.data(), want.size());
                QVERIFY2(distance <= bound(kGradient, trace, "grads_step1_rel_l2"),
                         (view.name + " is off by " + std::to_string(distance)).c_str());
            }
            const std::string adapter =
                checkAdapter(*store.value(), final.value(), bound(kAdapter, trace, "final_adapter_rel_l2"));
            QVERIFY2(adapter.empty(), adapter.c_str());
            auto after = decoder.value()->logits(sequence(2));
            QVERIFY(after.ok());
            QVERIFY(kit::maxDistance(after.value(), logits.at("final.seq2").values) <=
                    bound(kLogitsAfter, trace, "final_logits_max_abs"));

            // The reference's final adapter, loaded in place.
            QVERIFY(store.value()->load(final.value()).ok());
            after = decoder.value()->logits(sequence(2));
            QVERIFY(after.ok());
            const double loaded = kit::maxDistance(after.value(), logits.at("final.seq2").values);
            QVERIFY2(loaded <= kLogitsBefore, std::to_string(loaded).c_str());
        }
    }

    void peftRoundTrip_data() { traces_data(); }
    void peftRoundTrip() {
        QFETCH(QString, base);
        QFETCH(QString, lora);
        auto files = model::openModel(base.toStdString());
        if (!files) {
            return; // counted in traces()
        }
        const kit::fs::path path = lora.toStdString();
        auto final = model::readPeftAdapter((path / "final").string());
        QVERIFY(final.ok());
        auto store = AdapterStore::fromPeft(files.value()->config(), final.value());
        QVERIFY(store.ok());
        QTemporaryDir folder;
        const std::string out = folder.path().toStdString() + "/adapter";
        auto written = model::writePeftAdapter(out, store.value()->toPeft());
        QVERIFY2(written.ok(), written ? "" : written.error().text().c_str());
        auto again = model::readPeftAdapter(out);
        QVERIFY2(again.ok(), again ? "" : again.error().text().c_str());
        const std::string difference = checkAdapter(*store.value(), again.value(), 0);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void bf16_data() { traces_data(); }
    void bf16() {
        QFETCH(QString, base);
        QFETCH(QString, lora);
        auto files = model::openModel(base.toStdString());
        if (!files) {
            return;
        }
        const kit::fs::path path = lora.toStdString();
        auto json = readJsonFile((path / "trace.json").string());
        auto initial = model::readPeftAdapter((path / "initial").string());
        QVERIFY(json.ok() && initial.ok());
        std::string failure;
        const auto gradients = kit::tensors(path / "grads_step1.safetensors", failure);
        engine::DecoderOptions options;
        options.compute = engine::ComputeType::Bf16;
        auto decoder = DecoderModel::load(*files.value(), options);
        QVERIFY2(decoder.ok(), decoder ? "" : decoder.error().text().c_str());
        auto store = AdapterStore::fromPeft(files.value()->config(), initial.value());
        QVERIFY(store.ok());
        QVERIFY(decoder.value()->setAdapter(store.value().get()).ok());
        const Run run = train(*decoder.value(), *store.value(), json.value(), Packing::MicroBatches, failure);
        QVERIFY2(failure.empty(), failure.c_str());
        double worst = 0;
        for (std::size_t i = 0; i < run.losses.size(); ++i) {
            worst = std::max(worst, std::fabs(run.losses[i] - json.value().at("steps")[i].at("loss").get<double>()));
        }
        qInfo("losses in bf16 are off by %.4f at most, the first by %.4f", worst,
              std::fabs(run.losses[0] - json.value().at("steps")[0].at("loss").get<double>()));
        for (std::size_t i = 0; i < run.losses.size(); ++i) {
            const double off = std::fabs(run.losses[i] - json.value().at("steps")[i].at("loss").get<double>());
            QVERIFY2(off <= (i == 0 ? kBf16LossFirst : kBf16LossAll),
                     ("loss of step " + std::to_string(i + 1) + " is off by " + std::to_string(off)).c_str());
        }
        std::vector<float> all;
        std::vector<float> want;
        double one = 0;
        for (const auto& view : store.value()->views()) {
            const auto& expected = gradients.at(view.name).values;
            const float* got = run.firstGradient.data() + view.offset;
            const double distance = kit::relativeDistance(got, expected.data(), expected.size());
            one = std::max(one, distance);
            QVERIFY2(distance <= kBf16GradientOne, (view.name + " is off by " + std::to_string(distance)).c_str());
            all.insert(all.end(), got, got + view.count);
            want.insert(want.end(), expected.begin(), expected.end());
        }
        const double together = kit::relativeDistance(all.data(), want.data(), want.size());
        qInfo("gradients in bf16 are off by %.4f, one tensor by %.4f at most", together, one);
        QVERIFY2(together <= kBf16GradientAll, std::to_string(together).c_str());
    }

    void cleanupTestCase() {
        std::printf("traces run: %d, refused as unsupported: %d\n", m_run, m_refused);
        QVERIFY(m_run > 0);
    }
};

QTEST_APPLESS_MAIN(TestEngineTraces)
#include "test_engine_traces.moc"
