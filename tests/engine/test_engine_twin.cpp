// The hand-written backward pass against autograd: a plain twin of the decoder in torch's own operations, on random
// shapes, weights and adapters (B is never zero: that would hide errors in the gradient of A), over segments with
// parents and windows. The only test that uses autograd.
#include "engine/decoder_model.h"
#include "engine/dropout.h"
#include "fake_model.h"

#include <QtTest>

#include <torch/torch.h>

using namespace fettle;
using engine::AdapterStore;
using engine::DecoderModel;

namespace {

constexpr double kGradient =
    1e-4; // fp32 against the truth, relative L2 of one tensor: the tolerance of the golden traces

struct Shape {
    const char* name;
    std::int64_t hidden, intermediate, layers, heads, kvHeads, headDim, vocabulary, window;
    bool tied, attentionBias, mlpBias, dora, rslora;
    std::vector<std::string> targets;
    double dropout;
};

const std::vector<Shape>& shapes() {
    static const std::vector<Shape> all = {
        {"plain", 24, 40, 2, 3, 1, 8, 61, 0, true, false, false, false, false, {}, 0},
        {"biases", 40, 24, 3, 4, 2, 6, 50, 0, false, true, true, false, true, {}, 0},
        {"window", 32, 48, 2, 4, 4, 10, 70, 3, false, false, false, false, false, {"v_proj", "k_proj"}, 0},
        {"q and down", 16, 32, 2, 2, 1, 8, 40, 0, true, false, false, false, false, {"q_proj", "down_proj"}, 0},
        {"up only", 16, 32, 3, 2, 1, 8, 40, 0, true, false, false, false, false, {"up_proj"}, 0},
        {"o only", 16, 32, 3, 2, 1, 8, 40, 0, true, false, false, false, false, {"o_proj"}, 0},
        {"upper layer",
         16,
         32,
         3,
         2,
         1,
         8,
         40,
         0,
         true,
         false,
         false,
         false,
         false,
         {"model.layers.1.mlp.down_proj"},
         0},
        {"dora", 24, 40, 2, 3, 1, 8, 61, 0, true, true, true, true, false, {}, 0},
        {"dora, some", 24, 40, 2, 3, 1, 8, 61, 0, true, true, false, true, false, {"v_proj", "gate_proj"}, 0},
        {"dropout", 24, 40, 2, 3, 1, 8, 61, 0, true, false, false, false, false, {}, 0.3},
        {"dropout, dora", 24, 40, 2, 3, 1, 8, 61, 0, true, true, true, true, false, {}, 0.25},
    };
    return all;
}

model::ModelConfig configOf(const Shape& shape) {
    model::ModelConfig config;
    config.modelType = "llama";
    config.hidden = shape.hidden;
    config.intermediate = shape.intermediate;
    config.layers = shape.layers;
    config.heads = shape.heads;
    config.kvHeads = shape.kvHeads;
    config.headDim = shape.headDim;
    config.vocabulary = shape.vocabulary;
    config.slidingWindow = shape.window;
    config.tiedEmbeddings = shape.tied;
    config.attentionBias = shape.attentionBias;
    config.mlpBias = shape.mlpBias;
    config.ropeTheta = 100;
    return config;
}

/// The decoder in double precision with autograd, one row after the other (no packing, no shared prefix).
class Twin {
public:
    Twin(const FakeModel& files, const AdapterStore& store, std::uint64_t dropoutSeed)
        : m_files(files)
        , m_store(store)
        , m_dropoutSeed(dropoutSeed) {
        for (const auto& view : store.views()) {
            m_parameters[view.name] = store.parameters()
                                          .narrow(0, view.offset, view.count)
                                          .clone()
                                          .view(view.shape)
                                          .to(torch::kDouble)
                                          .requires_grad_(true);
        }
    }

    /// Logits of a row whose tokens stand at `rows` of the packed batch (dropout masks belong to rows of the batch).
    torch::Tensor logits(const std::vector<std::int32_t>& ids, const std::vector<std::int64_t>& rows) {
        const auto& config = m_files.config();
        const auto count = static_cast<std::int64_t>(ids.size());
        m_rows = torch::tensor(rows, torch::kLong);
        const torch::Tensor index = torch::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()), torch::kLong);
        const torch::Tensor embedding = weight("model.embed_tokens.weight");
        torch::Tensor x = embedding.index_select(0, index);
        const torch::Tensor pos = torch::arange(count, torch::kDouble);
        const torch::Tensor half = torch::arange(config.headDim / 2, torch::kDouble);
        const torch::Tensor angle =
            pos.unsqueeze(1) *
            torch::pow(config.ropeTheta, -half * 2.0 / static_cast<double>(config.headDim)).unsqueeze(0);
        const torch::Tensor cosines = torch::cat({angle.cos(), angle.cos()}, 1).unsqueeze(1);
        const torch::Tensor sines = torch::cat({angle.sin(), angle.sin()}, 1).unsqueeze(1);
        const auto turn = [&](const torch::Tensor& t) {
            const auto parts = t.chunk(2, -1);
            return t * cosines + torch::cat({-parts[1], parts[0]}, -1) * sines;
        };
        const torch::Tensor distance = pos.unsqueeze(1) - pos.unsqueeze(0);
        torch::Tensor hiddenKeys = distance < 0;
        if (config.slidingWindow > 0) {
            hiddenKeys = hiddenKeys.logical_or(distance >= config.slidingWindow);
        }
        for (std::int64_t layer = 0; layer < config.layers; ++layer) {
            const std::string base = "model.layers." + std::to_string(layer) + ".";
            torch::Tensor n = norm(x, base + "input_layernorm.weight");
            const auto heads = [&](const torch::Tensor& t, std::int64_t number) {
                return t.view({count, number, config.headDim});
            };
            const torch::Tensor q = turn(heads(linear(n, layer, engine::Projection::Q), config.heads));
            const std::int64_t group = config.heads / config.kvHeads;
            const torch::Tensor k =
                turn(heads(linear(n, layer, engine::Projection::K), config.kvHeads)).repeat_interleave(group, 1);
            const torch::Tensor v =
                heads(linear(n, layer, engine::Projection::V), config.kvHeads).repeat_interleave(group, 1);
            torch::Tensor scores =
                torch::einsum("qhd,khd->hqk", {q, k}) / std::sqrt(static_cast<double>(config.headDim));
            scores = scores.masked_fill(hiddenKeys, -std::numeric_limits<double>::infinity());
            const torch::Tensor mixed =
                torch::einsum("hqk,khd->qhd", {scores.softmax(-1), v}).reshape({count, config.heads * config.headDim});
            x = x + linear(mixed, layer, engine::Projection::O);
            n = norm(x, base + "post_attention_layernorm.weight");
            const torch::Tensor h =
                torch::silu(linear(n, layer, engine::Projection::Gate)) * linear(n, layer, engine::Projection::Up);
            x = x + linear(h, layer, engine::Projection::Down);
        }
        const torch::Tensor head = config.tiedEmbeddings ? embedding : weight("lm_head.weight");
        return torch::matmul(norm(x, "model.norm.weight"), head.t());
    }

    torch::Tensor gradient(const std::string& name) const {
        const torch::Tensor& g = m_parameters.at(name).grad();
        return g.defined() ? g : torch::zeros_like(m_parameters.at(name));
    }

private:
    torch::Tensor weight(const std::string& name) const { return m_files.tensor(name).to(torch::kDouble); }
    torch::Tensor norm(const torch::Tensor& x, const std::string& name) const {
        return x * (x.square().mean(-1, true) + m_files.config().rmsNormEps).rsqrt() * weight(name);
    }
    torch::Tensor linear(const torch::Tensor& x, std::int64_t layer, engine::Projection projection) const {
        const std::string path = "model.layers." + std::to_string(layer) + "." + engine::projectionPath(projection);
        const torch::Tensor w = weight(path + ".weight");
        torch::Tensor bias =
            m_files.has(path + ".bias") ? weight(path + ".bias") : torch::zeros({w.size(0)}, torch::kDouble);
        const auto* module = m_store.find(layer, projection);
        if (module == nullptr) {
            return torch::matmul(x, w.t()) + bias;
        }
        const std::string name = "base_model.model." + path + ".";
        const torch::Tensor a = m_parameters.at(name + "lora_A.weight");
        const torch::Tensor b = m_parameters.at(name + "lora_B.weight");
        torch::Tensor dropped = x;
        if (m_store.config().dropout > 0) {
            // The mask as the engine defines it, for the rows of the packed batch.
            const std::int64_t rows = m_rows.max().item<std::int64_t>() + 1;
            const at::Tensor mask =
                engine::dropped(at::ones({rows, x.size(1)}, at::kFloat), m_store.config().dropout,
                                engine::dropoutKey(m_dropoutSeed, layer, static_cast<int>(projection)));
            dropped = x * mask.index_select(0, m_rows).to(torch::kDouble);
        }
        const torch::Tensor low = torch::matmul(torch::matmul(dropped, a.t()), b.t()) * module->scale;
        if (!m_store.config().dora) {
            return torch::matmul(x, w.t()) + bias + low;
        }
        const torch::Tensor norms = (w + module->scale * torch::matmul(b, a)).norm(2, 1).detach();
        const torch::Tensor c = m_parameters.at(name + "lora_magnitude_vector") / norms;
        return torch::matmul(x, w.t()) + bias + (c - 1) * torch::matmul(dropped, w.t()) + c * low;
    }

    const FakeModel& m_files;
    const AdapterStore& m_store;
    std::uint64_t m_dropoutSeed;
    std::map<std::string, torch::Tensor> m_parameters;
    torch::Tensor m_rows;
};

} // namespace

class TestEngineTwin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gradients_data() {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("recompute");
        for (std::size_t i = 0; i < shapes().size(); ++i) {
            for (const auto policy : {engine::Recompute::None, engine::Recompute::Lean, engine::Recompute::Full}) {
                QTest::newRow((std::string(shapes()[i].name) + ", recompute " + engine::recomputeName(policy)).c_str())
                    << static_cast<int>(i) << static_cast<int>(policy);
            }
        }
    }

    void gradients() {
        QFETCH(int, shape);
        QFETCH(int, recompute);
        const Shape& s = shapes()[static_cast<std::size_t>(shape)];
        const FakeModel files(configOf(s), 11 + static_cast<std::uint64_t>(shape));
        engine::DecoderOptions options;
        options.recompute = static_cast<engine::Recompute>(recompute);
        options.headChunkRows = 6; // several chunks, the last one partly filled
        auto decoder = DecoderModel::load(files, options);
        QVERIFY2(decoder.ok(), decoder ? "" : decoder.error().text().c_str());
        model::AdapterConfig adapter;
        adapter.rank = 3;
        adapter.alpha = 5;
        adapter.dora = s.dora;
        adapter.rslora = s.rslora;
        adapter.targets = s.targets;
        adapter.dropout = s.dropout;
        adapter.rankPattern = {{"up_proj", 5}};
        adapter.alphaPattern = {{"o_proj", 9}};
        auto store = AdapterStore::create(files.config(), adapter, {.method = "gaussian", .seed = 3});
        QVERIFY2(store.ok(), store ? "" : store.error().text().c_str());
        QVERIFY(decoder.value()->setAdapter(store.value().get()).ok());
        randomiseAdapter(*store.value(), 17);

        const data::PackedBatch batch = sharedBatch(files.config().vocabulary, 5);
        constexpr double kScale = 0.37;
        constexpr std::uint64_t kDropoutSeed = 99;
        store.value()->zeroGradients();
        auto outcome = decoder.value()->forwardBackward(batch, kScale, kDropoutSeed);
        QVERIFY2(outcome.ok(), outcome ? "" : outcome.error().text().c_str());

        Twin twin(files, *store.value(), kDropoutSeed);
        torch::Tensor total = torch::zeros({}, torch::kDouble);
        double weights = 0;
        std::vector<double> expected(batch.labels.size());
        for (const SegmentChain& chain : chainsOf(batch)) {
            const torch::Tensor logProbabilities = twin.logits(chain.ids, chain.rows).log_softmax(-1);
            for (std::size_t l = 0; l < batch.labels.size(); ++l) {
                const auto found = std::find(chain.rows.begin(), chain.rows.end(), batch.labelRows[l]);
                if (found == chain.rows.end() || chain.owner(batch.labelRows[l], batch) == false) {
                    continue; // another segment's label
                }
                const torch::Tensor ce = -logProbabilities[found - chain.rows.begin()][batch.labels[l]];
                expected[l] = ce.item<double>();
                total = total + ce * static_cast<double>(batch.weights[l]);
                weights += static_cast<double>(batch.weights[l]);
            }
        }
        (total * kScale).backward();
        QVERIFY(std::fabs(outcome.value().lossSum - total.item<double>()) < 1e-4);
        QVERIFY(std::fabs(outcome.value().weightSum - weights) < 1e-6);
        for (std::size_t l = 0; l < expected.size(); ++l) {
            QVERIFY(std::fabs(static_cast<double>(outcome.value().perLabelLoss[l]) - expected[l]) < 2e-5);
        }
        for (const auto& view : store.value()->views()) {
            const torch::Tensor want = twin.gradient(view.name);
            const torch::Tensor got =
                store.value()->gradients().narrow(0, view.offset, view.count).view(view.shape).to(torch::kDouble);
            const double distance = (got - want).norm().item<double>();
            const double size = want.norm().item<double>();
            QVERIFY2(size > 0 || view.part == engine::AdapterPart::A,
                     (view.name + ": the gradient is zero, the test says nothing").c_str());
            QVERIFY2(distance <= kGradient * size + 1e-7,
                     (view.name + " is off by " + std::to_string(distance / size)).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestEngineTwin)
#include "test_engine_twin.moc"
