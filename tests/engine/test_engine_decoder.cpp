// What must hold of the decoder whatever the model: sharing a prefix, packing, recomputing, accumulating and the number
// of threads change nothing; B = 0 is the base; errors are values and leave no trace; generation obeys its options.
#include "engine/decoder_model.h"
#include "engine/sampler.h"
#include "fake_model.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace fettle;
using engine::AdapterStore;
using engine::DecoderModel;

namespace {

model::ModelConfig smallConfig() {
    model::ModelConfig config;
    config.modelType = "llama";
    config.hidden = 32;
    config.intermediate = 48;
    config.layers = 3;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 8;
    config.vocabulary = 97;
    config.tiedEmbeddings = true;
    return config;
}

const FakeModel& smallModel() {
    static const FakeModel model(smallConfig(), 5);
    return model;
}

std::unique_ptr<DecoderModel> loadSmall(engine::DecoderOptions options = {}) {
    auto decoder = DecoderModel::load(smallModel(), options);
    return decoder ? std::move(decoder).value() : nullptr;
}

std::unique_ptr<AdapterStore> smallStore(double dropout = 0, bool random = true) {
    model::AdapterConfig adapter;
    adapter.rank = 4;
    adapter.alpha = 8;
    adapter.dropout = dropout;
    auto store = AdapterStore::create(smallModel().config(), adapter, {.method = "default", .seed = 1});
    if (!store) {
        return nullptr;
    }
    if (random) {
        randomiseAdapter(*store.value(), 8);
    }
    return std::move(store).value();
}

/// The shared batch as plain rows: every label stays with the chain of its segment; prefix labels with the chain of the
/// prefix.
std::vector<data::PackedBatch> unshared(const data::PackedBatch& batch) {
    std::vector<data::PackedBatch> rows;
    for (const SegmentChain& chain : chainsOf(batch)) {
        data::PackedBatch row;
        row.ids = chain.ids;
        for (std::size_t i = 0; i < chain.ids.size(); ++i) {
            row.pos.push_back(static_cast<std::int32_t>(i));
        }
        row.segments.push_back({0, static_cast<std::int32_t>(row.ids.size()), -1, 0});
        for (std::size_t l = 0; l < batch.labels.size(); ++l) {
            if (chain.owner(batch.labelRows[l], batch)) {
                const auto place =
                    std::find(chain.rows.begin(), chain.rows.end(), batch.labelRows[l]) - chain.rows.begin();
                row.labelRows.push_back(static_cast<std::int32_t>(place));
                row.labels.push_back(batch.labels[l]);
                row.weights.push_back(batch.weights[l]);
            }
        }
        row.realTokens = row.computedTokens();
        rows.push_back(std::move(row));
    }
    return rows;
}

double relative(const std::vector<float>& got, const std::vector<float>& want) {
    double distance = 0;
    double size = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        distance += std::pow(static_cast<double>(got[i]) - static_cast<double>(want[i]), 2);
        size += std::pow(static_cast<double>(want[i]), 2);
    }
    return std::sqrt(distance / size);
}

std::vector<float> gradientsOf(AdapterStore& store) {
    return {store.gradientValues().begin(), store.gradientValues().end()};
}

} // namespace

class TestEngineDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sharedPrefixEqualsUnshared() {
        const auto decoder = loadSmall();
        const auto store = smallStore();
        QVERIFY(decoder && store && decoder->setAdapter(store.get()).ok());
        const data::PackedBatch shared = sharedBatch(97, 21);
        auto together = decoder->forwardBackward(shared, 0.1);
        QVERIFY(together.ok());
        const auto sharedGradient = gradientsOf(*store);
        store->zeroGradients();
        double loss = 0;
        std::int64_t correct = 0;
        for (const auto& row : unshared(shared)) {
            auto alone = decoder->forwardBackward(row, 0.1);
            QVERIFY(alone.ok());
            loss += alone.value().lossSum;
            correct += alone.value().correct;
        }
        QVERIFY(std::fabs(loss - together.value().lossSum) < 1e-4);
        QCOMPARE(correct, together.value().correct);
        QVERIFY(relative(sharedGradient, gradientsOf(*store)) < 1e-5);
    }

    void recomputeChangesNoBit_data() {
        QTest::addColumn<int>("compute");
        QTest::addColumn<double>("dropout");
        for (const auto compute : {engine::ComputeType::Fp32, engine::ComputeType::Bf16}) {
            for (const double dropout : {0.0, 0.4}) {
                QTest::newRow(
                    (std::string(engine::computeTypeName(compute)) + (dropout > 0 ? ", dropout" : "")).c_str())
                    << static_cast<int>(compute) << dropout;
            }
        }
    }
    void recomputeChangesNoBit() {
        QFETCH(int, compute);
        QFETCH(double, dropout);
        std::vector<std::vector<float>> gradients;
        std::vector<double> losses;
        for (const auto policy : {engine::Recompute::None, engine::Recompute::Lean, engine::Recompute::Full}) {
            for (const int threads : {1, 2}) {
                engine::DecoderOptions options;
                options.compute = static_cast<engine::ComputeType>(compute);
                options.recompute = policy;
                options.threads = threads;
                const auto decoder = loadSmall(options);
                const auto store = smallStore(dropout);
                QVERIFY(decoder && store && decoder->setAdapter(store.get()).ok());
                auto outcome = decoder->forwardBackward(sharedBatch(97, 4), 0.05, 7);
                QVERIFY(outcome.ok());
                gradients.push_back(gradientsOf(*store));
                losses.push_back(outcome.value().lossSum);
            }
        }
        for (std::size_t i = 1; i < gradients.size(); ++i) {
            QCOMPARE(losses[i], losses[0]);
            QVERIFY2(gradients[i] == gradients[0], std::to_string(i).c_str());
        }
    }

    void dropoutDependsOnItsSeed() {
        const auto decoder = loadSmall();
        const auto store = smallStore(0.5);
        QVERIFY(decoder && store && decoder->setAdapter(store.get()).ok());
        const data::PackedBatch batch = sharedBatch(97, 4);
        auto first = decoder->forwardBackward(batch, 1, 1);
        auto second = decoder->forwardBackward(batch, 1, 2);
        auto again = decoder->forwardBackward(batch, 1, 1);
        auto without = decoder->evaluate(batch);
        auto withoutAgain = decoder->evaluate(batch);
        QVERIFY(first.ok() && second.ok() && again.ok() && without.ok() && withoutAgain.ok());
        QVERIFY(first.value().lossSum != second.value().lossSum);
        QCOMPARE(first.value().lossSum, again.value().lossSum);
        QVERIFY(first.value().lossSum != without.value().lossSum);
        QCOMPARE(without.value().lossSum, withoutAgain.value().lossSum);
    }

    void zeroBIsTheBase() {
        const auto decoder = loadSmall();
        const data::PackedBatch batch = sharedBatch(97, 9);
        auto base = decoder->logits(batch);
        for (const bool dora : {false, true}) {
            model::AdapterConfig adapter;
            adapter.rank = 4;
            adapter.dora = dora;
            auto store = AdapterStore::create(smallModel().config(), adapter, {});
            QVERIFY(store.ok());
            QCOMPARE(store.value()->magnitudesPending(), dora);
            QVERIFY(decoder->setAdapter(store.value().get()).ok());
            QVERIFY(!store.value()->magnitudesPending());
            auto adapted = decoder->logits(batch);
            QVERIFY(base.ok() && adapted.ok());
            for (std::size_t i = 0; i < base.value().size(); ++i) {
                QVERIFY(std::fabs(base.value()[i] - adapted.value()[i]) < (dora ? 2e-4F : 1e-6F));
            }
            // A gradient of B, none of A: that is how training starts.
            QVERIFY(decoder->forwardBackward(batch, 1).ok());
            for (const auto& view : store.value()->views()) {
                double sum = 0;
                for (std::int64_t i = 0; i < view.count; ++i) {
                    sum += std::fabs(static_cast<double>(
                        store.value()->gradientValues()[static_cast<std::size_t>(view.offset + i)]));
                }
                if (view.part == engine::AdapterPart::A) {
                    QCOMPARE(sum, 0.0);
                } else {
                    QVERIFY(sum > 0);
                }
            }
            QVERIFY(decoder->setAdapter(nullptr).ok());
        }
        auto after = decoder->logits(batch);
        QVERIFY(after.ok() && after.value() == base.value());
    }

    void accumulationAddsUp() {
        const auto decoder = loadSmall();
        const auto store = smallStore();
        QVERIFY(decoder->setAdapter(store.get()).ok());
        const auto rows = unshared(sharedBatch(97, 33));
        data::PackedBatch all;
        for (const auto& row : rows) {
            QVERIFY(decoder->forwardBackward(row, 0.02).ok());
            const auto begin = static_cast<std::int32_t>(all.ids.size());
            all.ids.insert(all.ids.end(), row.ids.begin(), row.ids.end());
            all.pos.insert(all.pos.end(), row.pos.begin(), row.pos.end());
            all.segments.push_back({begin, static_cast<std::int32_t>(all.ids.size()), -1, 0});
            for (std::size_t l = 0; l < row.labels.size(); ++l) {
                all.labelRows.push_back(begin + row.labelRows[l]);
                all.labels.push_back(row.labels[l]);
                all.weights.push_back(row.weights[l]);
            }
        }
        const auto parts = gradientsOf(*store);
        store->zeroGradients();
        QVERIFY(decoder->forwardBackward(all, 0.02).ok());
        QVERIFY(relative(parts, gradientsOf(*store)) < 1e-5);
        // The gradient is linear in the scale, and a second pass adds.
        const auto once = gradientsOf(*store);
        QVERIFY(decoder->forwardBackward(all, 0.04).ok());
        std::vector<float> three(once);
        for (float& value : three) {
            value *= 3;
        }
        QVERIFY(relative(gradientsOf(*store), three) < 1e-5);
    }

    void evaluateAgreesWithTraining() {
        const auto decoder = loadSmall();
        const auto store = smallStore();
        QVERIFY(decoder->setAdapter(store.get()).ok());
        const data::PackedBatch batch = sharedBatch(97, 2);
        auto trained = decoder->forwardBackward(batch, 1);
        auto evaluated = decoder->evaluate(batch);
        QVERIFY(trained.ok() && evaluated.ok());
        QCOMPARE(evaluated.value().lossSum, trained.value().lossSum);
        QCOMPARE(evaluated.value().correct, trained.value().correct);
        QCOMPARE(evaluated.value().labels, static_cast<std::int64_t>(batch.labels.size()));
        QVERIFY(evaluated.value().perLabelLoss == trained.value().perLabelLoss);
    }

    void labelsOfNoWeightDoNotCount() {
        const auto decoder = loadSmall();
        data::PackedBatch batch = sharedBatch(97, 2);
        batch.weights[0] = 0;
        auto outcome = decoder->evaluate(batch);
        QVERIFY(outcome.ok());
        QCOMPARE(outcome.value().labels, static_cast<std::int64_t>(batch.labels.size()) - 1);
        QCOMPARE(outcome.value().perLabelLoss.size(), batch.labels.size());
        batch.labels.clear();
        batch.labelRows.clear();
        batch.weights.clear();
        auto empty = decoder->evaluate(batch);
        QVERIFY(empty.ok() && empty.value().labels == 0 && empty.value().lossSum == 0);
    }

    void nonFiniteLossLeavesGradientsAlone() {
        const auto decoder = loadSmall();
        const auto store = smallStore();
        QVERIFY(decoder->setAdapter(store.get()).ok());
        store->parameterValues()[0] = std::numeric_limits<float>::quiet_NaN();
        store->adapterChanged();
        auto outcome = decoder->forwardBackward(sharedBatch(97, 2), 1);
        QVERIFY(outcome.ok() && !outcome.value().finite());
        for (const float value : store->gradientValues()) {
            QCOMPARE(value, 0.0F);
        }
    }

    void badBatchesAreRefused() {
        const auto decoder = loadSmall();
        const auto refused = [&](const std::function<void(data::PackedBatch&)>& spoil, const char* word) {
            data::PackedBatch batch = sharedBatch(97, 2);
            spoil(batch);
            auto outcome = decoder->evaluate(batch);
            return !outcome && outcome.error().code == ErrorCode::InvalidInput &&
                   outcome.error().text().find(word) != std::string::npos;
        };
        QVERIFY(refused([](auto& b) { b.ids[3] = 97; }, "id 97"));
        QVERIFY(refused([](auto& b) { b.ids[3] = -1; }, "id -1"));
        QVERIFY(refused([](auto& b) { b.labels[0] = 97; }, "id 97"));
        QVERIFY(refused([](auto& b) { b.labelRows[0] = 25; }, "row 25"));
        QVERIFY(refused([](auto& b) { b.segments[1].begin += 1; }, "segment 1"));
        QVERIFY(refused([](auto& b) { b.segments[1].parent = 1; }, "parent"));
        QVERIFY(refused([](auto& b) { b.segments.pop_back(); }, "segments end"));
        QVERIFY(refused([](auto& b) { b.pos.pop_back(); }, "positions"));
        QVERIFY(refused([](auto& b) { b.pos[2] = -4; }, "negative"));
        QVERIFY(refused([](auto& b) { b.weights[0] = NAN; }, "weight"));
        QVERIFY(refused([](auto& b) { b = {}; }, "no tokens"));
    }

    void adaptersThatDoNotFitAreRefused() {
        const auto decoder = loadSmall();
        model::ModelConfig other = smallConfig();
        other.hidden = 40;
        auto store = AdapterStore::create(other, {}, {});
        QVERIFY(store.ok());
        QVERIFY(!decoder->setAdapter(store.value().get()).ok());
        model::AdapterConfig wrong;
        wrong.targets = {"q_proj", "c_attn"};
        auto none = AdapterStore::create(smallConfig(), wrong, {});
        QVERIFY(!none && none.error().text().find("c_attn") != std::string::npos);
        auto pissa = AdapterStore::create(smallConfig(), {}, {.method = "pissa", .seed = 1});
        QVERIFY(!pissa && pissa.error().code == ErrorCode::Unsupported);
        QVERIFY(!AdapterStore::create(smallConfig(), {}, {.method = "olora", .seed = 1}).ok());
        QVERIFY(!decoder->forwardBackward(sharedBatch(97, 1), 1).ok()); // no adapter
        engine::DecoderOptions inference;
        inference.forInferenceOnly = true;
        const auto reader = loadSmall(inference);
        const auto good = smallStore();
        QVERIFY(reader->setAdapter(good.get()).ok());
        QVERIFY(!reader->forwardBackward(sharedBatch(97, 1), 1).ok());

        model::PeftAdapter peft = good->toPeft();
        QVERIFY(good->load(peft).ok());
        peft.tensors.back().name += "x";
        auto unknown = good->load(peft);
        QVERIFY(!unknown && unknown.error().code == ErrorCode::InvalidInput);
        peft = good->toPeft();
        peft.tensors[0].shape[0] += 1;
        QVERIFY(!good->load(peft).ok());
        QCOMPARE(good->toPeft().tensors[0].values.size(), static_cast<std::size_t>(4 * 32));
    }

    void startValuesFollowPeft() {
        // A: uniform within 1 / sqrt(in); B: zero. The same seed gives the same numbers, also when other targets are
        // added.
        model::AdapterConfig adapter;
        adapter.rank = 8;
        adapter.targets = {"q_proj"};
        auto some = AdapterStore::create(smallConfig(), adapter, {.method = "default", .seed = 3});
        auto again = AdapterStore::create(smallConfig(), adapter, {.method = "default", .seed = 3});
        auto other = AdapterStore::create(smallConfig(), adapter, {.method = "default", .seed = 4});
        QVERIFY(some.ok() && again.ok() && other.ok());
        const auto first = some.value()->toPeft();
        QVERIFY(first.tensors[0].values == again.value()->toPeft().tensors[0].values);
        QVERIFY(first.tensors[0].values != other.value()->toPeft().tensors[0].values);
        double squares = 0;
        for (const float value : first.tensors[0].values) {
            QVERIFY(std::fabs(static_cast<double>(value)) <= 1 / std::sqrt(32.0));
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        const double deviation = std::sqrt(squares / static_cast<double>(first.tensors[0].values.size()));
        QVERIFY(std::fabs(deviation * std::sqrt(3.0 * 32.0) - 1) < 0.15);
        for (const float value : first.tensors[1].values) {
            QCOMPARE(value, 0.0F);
        }
    }

    void generationObeysItsOptions() {
        const auto decoder = loadSmall();
        const auto store = smallStore();
        QVERIFY(decoder->setAdapter(store.get()).ok());
        const std::vector<std::vector<std::int32_t>> prompts = {{1, 2, 3}, {4}, {5, 6, 7, 8, 9, 10, 11}, {1, 2, 3}};
        engine::SamplingOptions sampling;
        sampling.maxNewTokens = 9;
        sampling.greedy = false;
        sampling.temperature = 1.3;
        sampling.topK = 20;
        sampling.topP = 0.9;
        sampling.seed = 12;
        auto first = decoder->generate(prompts, sampling);
        auto again = decoder->generate(prompts, sampling);
        sampling.seed = 13;
        auto other = decoder->generate(prompts, sampling);
        QVERIFY(first.ok() && again.ok() && other.ok());
        bool differs = false;
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            QCOMPARE(first.value()[i].ids, again.value()[i].ids);
            QCOMPARE(first.value()[i].ids.size(), std::size_t{9});
            differs = differs || first.value()[i].ids != other.value()[i].ids;
        }
        QVERIFY(differs);
        QVERIFY(first.value()[0].ids != first.value()[3].ids); // equal prompts draw from streams of their own
        // Greedy equals temperature 0 and top_k 1, and equals the largest logit of full passes.
        engine::SamplingOptions greedy;
        greedy.maxNewTokens = 6;
        auto best = decoder->generate(prompts, greedy);
        greedy.greedy = false;
        greedy.temperature = 0;
        auto cold = decoder->generate(prompts, greedy);
        greedy.temperature = 2;
        greedy.topK = 1;
        auto single = decoder->generate(prompts, greedy);
        QVERIFY(best.ok() && cold.ok() && single.ok());
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            QCOMPARE(cold.value()[i].ids, best.value()[i].ids);
            QCOMPARE(single.value()[i].ids, best.value()[i].ids);
            std::vector<std::int32_t> row = prompts[i];
            for (const std::int32_t id : best.value()[i].ids) {
                data::PackedBatch batch;
                batch.ids = row;
                for (std::size_t p = 0; p < row.size(); ++p) {
                    batch.pos.push_back(static_cast<std::int32_t>(p));
                }
                batch.segments.push_back({0, static_cast<std::int32_t>(row.size()), -1, 0});
                auto logits = decoder->logits(batch);
                QVERIFY(logits.ok());
                const auto last = logits.value().end() - 97;
                QCOMPARE(id, static_cast<std::int32_t>(std::max_element(last, logits.value().end()) - last));
                row.push_back(id);
            }
        }
        QVERIFY(!decoder->generate({{}}, {}).ok());
        QVERIFY(!decoder->generate({{97}}, {}).ok());
        engine::SamplingOptions wrong;
        wrong.greedy = false;
        wrong.topP = 0;
        QVERIFY(!decoder->generate({{1}}, wrong).ok());
    }

    void generationStopsWhenAsked() {
        const auto decoder = loadSmall();
        std::stop_source source;
        engine::SamplingOptions sampling;
        sampling.maxNewTokens = 50;
        sampling.stop = source.get_token();
        int seen = 0;
        auto rows = decoder->generate({{1, 2}, {3}}, sampling, [&](int, std::int32_t) {
            if (++seen == 5) {
                source.request_stop();
            }
        });
        QVERIFY(rows.ok());
        QCOMPARE(rows.value()[0].ids.size() + rows.value()[1].ids.size(), std::size_t{6}); // the round in flight ends
        QVERIFY(!rows.value()[0].stopped);
    }

    void samplerFollowsTheDistribution() {
        engine::SamplingOptions options;
        options.greedy = false;
        options.temperature = 0.5;
        options.seed = 4;
        engine::Sampler sampler(options, 0);
        const std::vector<float> logits = {0.0F, 1.0F, 0.5F, -std::numeric_limits<float>::infinity()};
        std::vector<int> counts(4);
        constexpr int kDraws = 40000;
        for (int i = 0; i < kDraws; ++i) {
            ++counts[static_cast<std::size_t>(sampler.choose(logits))];
        }
        const double total = 1 + std::exp(2.0) + std::exp(1.0);
        for (int i = 0; i < 3; ++i) {
            const double expected = std::exp(2.0 * static_cast<double>(logits[static_cast<std::size_t>(i)])) / total;
            const double share = static_cast<double>(counts[static_cast<std::size_t>(i)]) / kDraws;
            QVERIFY(std::fabs(share - expected) < 5 * std::sqrt(expected * (1 - expected) / kDraws));
        }
        QCOMPARE(counts[3], 0);
        options.topP = std::exp(2.0) / total - 0.01; // the largest alone reaches it
        engine::Sampler nucleus(options, 0);
        for (int i = 0; i < 200; ++i) {
            QCOMPARE(nucleus.choose(logits), 1);
        }
        engine::SamplingOptions tie;
        QCOMPARE(engine::Sampler(tie, 0).choose(std::vector<float>{0.5F, 2.0F, 2.0F}), 1);
    }

    void unknownDevicesAreNamed() {
        auto device = engine::resolveDevice("cuda:7");
        QVERIFY(!device && device.error().text().find("cuda:7") != std::string::npos);
        QCOMPARE(engine::resolveDevice("cpu").value(), std::string("cpu"));
        QVERIFY(!engine::computeTypeFromName("fp8", "cpu").ok());
        QVERIFY(!engine::recomputeFromName("some").ok());
    }
};

QTEST_APPLESS_MAIN(TestEngineDecoder)
#include "test_engine_decoder.moc"
