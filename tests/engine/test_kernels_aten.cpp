// The plain twins against ATen in float64, and ATen's gradients against autograd in float64: the chain on which every
// fast kernel stands. Then what only shows in a process: results do not depend on the number of threads, loops really
// run on them, one OpenMP runtime is mapped; and the frozen linear layer.
#include "engine/frozen_linear.h"
#include "engine/kernel_support.h"
#include "engine/kernels/kernels_aten.h"
#include "engine/kernels/runtime.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <QTest>

#include <omp.h>
#include <thread>

namespace aten = fettle::engine::aten;
using namespace fettle::tests;
using fettle::engine::FrozenLinear;
using fettle::engine::LowRankAddend;
using kernels::Activation;
using kernels::AttentionSegment;
using kernels::AttentionShape;
using kernels::InstructionSet;

namespace {

template <class T>
at::Tensor toDouble(const Buffer<T>& b) {
    at::Tensor t = at::empty({b.rows, b.cols}, at::kDouble);
    auto a = t.accessor<double, 2>();
    for (std::int64_t r = 0; r < b.rows; ++r) {
        for (std::int64_t c = 0; c < b.cols; ++c) {
            a[r][c] = static_cast<double>(toFloat(b.at(r, c)));
        }
    }
    return t;
}

at::Tensor toDouble(const std::vector<float>& v) {
    return at::tensor(v, at::kFloat).to(at::kDouble);
}

double error(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor x = a.detach().to(at::kDouble);
    const at::Tensor y = b.detach().to(at::kDouble);
    const double norm = y.norm().item<double>();
    const double difference = (x - y).norm().item<double>();
    return norm > 0.0 ? difference / norm : difference;
}

void expectNear(const at::Tensor& a, const at::Tensor& b, double limit, const char* what) {
    QCOMPARE(a.sizes().vec(), b.sizes().vec());
    const double e = error(a, b);
    QVERIFY2(e <= limit, (std::string(what) + ": relative error " + std::to_string(e)).c_str());
}

const auto& plain() {
    return kernels::tableOf<float>(InstructionSet::Reference);
}

at::Tensor leaf(const at::Tensor& x) {
    return x.clone().detach().set_requires_grad(true);
}

at::Tensor gradOf(const at::Tensor& y, const at::Tensor& x, const at::Tensor& dy) {
    return torch::autograd::grad({y}, {x}, {dy}).at(0);
}

struct Step {
    std::vector<AttentionSegment> segments;
    std::vector<std::int64_t> pos;
};

Step trieStep() {
    return {{{0, 7, -1}, {7, 20, 0}, {20, 27, 0}, {27, 30, 1}, {30, 50, -1}},
            {0,  1,  2,  3,  4,  5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 7,  8,  9,  10, 11,
             12, 13, 20, 21, 22, 0, 1, 2, 3, 4, 5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19}};
}

/// Every kernel whose work is split, into one list of buffers, on the given number of threads.
template <class T>
std::vector<Buffer<T>> everything(int threads) {
    omp_set_num_threads(threads);
    const auto& table = kernels::table<T>();
    std::mt19937 rng(61);
    std::vector<Buffer<T>> results;
    const std::int64_t tokens = 300;
    Buffer<T> qkv(tokens, 5 * 64);
    qkv.randomise(rng);
    const Buffer<T>& in = qkv;
    Buffer<T> out(tokens, 192);
    Buffer<T> dout(tokens, 192);
    dout.randomise(rng);
    std::vector<float> lse(3 * tokens);
    Buffer<T> grads(tokens, 320);
    const AttentionSegment segments[] = {{0, 170, -1}, {170, 210, 0}, {210, 300, -1}};
    const kernels::AttentionBatch batch{segments, 3, nullptr, tokens};
    const AttentionShape shape{3, 1, 64, 0.125F, 0};
    table.attention(batch, shape, in.columns(0, 192), in.columns(192, 64), in.columns(256, 64), out.view(), lse.data());
    table.attentionBackward(batch, shape, in.columns(0, 192), in.columns(192, 64), in.columns(256, 64), out.read(),
                            lse.data(), dout.read(), grads.columns(0, 192), grads.columns(192, 64),
                            grads.columns(256, 64));
    results.push_back(out);
    results.push_back(grads);
    Buffer<T> a(16, 192);
    Buffer<T> p(tokens, 16);
    Buffer<T> up(tokens, 192);
    a.randomise(rng);
    table.projectDown(dout.read(), a.read(), 0.5F, p.view());
    table.projectUpBackward(p.read(), a.read(), 0.5F, up.view(), false);
    results.push_back(p);
    results.push_back(up);
    std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ids[i] = static_cast<std::int32_t>(i % 7);
    }
    Buffer<T> few(7, 192);
    few.randomise(rng);
    Buffer<T> w(500, 192);
    w.randomise(rng);
    std::vector<std::uint32_t> packed(static_cast<std::size_t>(table.packedWords(500, 192)));
    table.packWeight(w.read(), false, packed.data());
    Buffer<T> product(tokens, 500);
    table.product(up.read(), packed.data(), nullptr, {}, nullptr, 0, product.view());
    results.push_back(product);
    table.scatterAddRows(up.read(), ids.data(), few.view());
    results.push_back(few);
    return results;
}

std::vector<float> flatResults(int threads) {
    omp_set_num_threads(threads);
    std::mt19937 rng(67);
    Buffer<Bf16> x(300, 192);
    Buffer<Bf16> p(300, 16);
    x.randomise(rng);
    p.randomise(rng);
    Buffer<float> da(16, 192);
    kernels::table<Bf16>().addOuter(p.read(), x.read(), 1.0F, da.view());
    const auto big = randomFloats(rng, 100000);
    auto result = da.data;
    result.push_back(static_cast<float>(kernels::flat().squaredNorm(big.data(), 100000)));
    return result;
}

void frozen(at::ScalarType dtype, double limit) {
    for (const auto& [tokens, out, in] : {std::tuple{1, 3, 5}, std::tuple{37, 96, 64}, std::tuple{128, 576, 192}}) {
        for (const bool withBias : {false, true}) {
            const at::Tensor w = at::randn({out, in}, dtype);
            const at::Tensor bias = withBias ? at::randn({out}, dtype) : at::Tensor();
            const at::Tensor x = at::randn({tokens, in}, dtype);
            const at::Tensor dy = at::randn({tokens, out}, dtype);
            const at::Tensor addY = at::randn({tokens, out}, dtype);
            const at::Tensor addX = at::randn({tokens, in}, dtype);
            const auto d = [](const at::Tensor& t) { return t.to(at::kDouble); };
            for (const auto& [forwardOnly, oneDnn] :
                 {std::pair{false, false}, std::pair{true, false}, std::pair{false, true}, std::pair{true, true}}) {
                auto made = FrozenLinear::create(w, bias, {forwardOnly, oneDnn});
                QVERIFY(made.ok());
                const FrozenLinear& layer = made.value();
                QCOMPARE(layer.outFeatures(), std::int64_t{out});
                at::Tensor y = d(x).matmul(d(w).t());
                if (withBias) {
                    y = y + d(bias);
                }
                expectNear(layer.forward(x), y, limit, "forward");
                const at::Tensor wide = at::zeros({tokens, in + 5}, dtype);
                wide.narrow(1, 0, in).copy_(x);
                expectNear(layer.forward(wide.narrow(1, 0, in)), y, limit, "forward of strided rows");
                const at::Tensor wideAdd = at::zeros({tokens, 2 * out + 3}, dtype);
                wideAdd.narrow(1, 1, out).copy_(addY);
                expectNear(layer.forward(x, wideAdd.narrow(1, 1, out)), y + d(addY), limit, "strided addend");
                expectNear(layer.forward(x, addY), y + d(addY), limit, "forward with an addend");
                const std::int64_t half = out / 2;
                const at::Tensor p = at::randn({tokens, 8}, dtype);
                const at::Tensor b = at::randn({out - half, 8}, dtype);
                const at::Tensor a = at::randn({8, in}, dtype);
                at::Tensor adapted = y.clone();
                adapted.narrow(1, half, out - half).add_(d(p).matmul(d(b).t()), 0.5);
                // oneDNN takes the term as a rounded addend: one rounding more.
                expectNear(layer.forward(x, std::vector<LowRankAddend>{{p, b, half, 0.5F}}), adapted, 2 * limit,
                           "forward with a term");
                // In fp32 with an addend in fp32: rounded nowhere where the product is ours, before the addend
                // elsewhere.
                const at::Tensor stream = at::randn({tokens, out}, at::kFloat) * 64;
                const double own = layer.storage() == FrozenLinear::Storage::Own ? 2e-6 : limit;
                const std::vector<LowRankAddend> term{{p, b, half, 0.5F}};
                const at::Tensor sum = layer.forwardWide(x, term, stream);
                QCOMPARE(sum.scalar_type(), at::kFloat);
                expectNear(sum - stream.to(at::kDouble), adapted, std::max(2 * own, 64 * 1e-6), "forward in fp32");
                expectNear(layer.forwardWide(x, {}), y, own, "forward in fp32 alone");
                const at::Tensor exact = layer.forwardExact(x);
                QCOMPARE(exact.scalar_type(), at::kFloat);
                expectNear(exact, y, std::max(limit / 128, 2e-6), "exact");
                expectNear(layer.backwardInput(dy, std::vector<LowRankAddend>{{p, a, 0, 1.0F}}),
                           d(dy).matmul(d(w)) + d(p).matmul(d(a)), 2 * limit, "backward with a term");
                expectNear(layer.backwardInput(dy), d(dy).matmul(d(w)), limit, "backward");
                expectNear(layer.backwardInput(dy, addX), d(dy).matmul(d(w)) + d(addX), limit,
                           "backward with an addend");
            }
        }
    }
}

} // namespace

class TestKernelsAten : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        fettle::engine::configureProcess();
        fettle::engine::configureComputeThread(2);
        at::manual_seed(5);
    }

    void normsAgree() {
        std::mt19937 rng(1);
        Buffer<float> x(6, 37);
        Buffer<float> dy(6, 37);
        for (auto* b : {&x, &dy}) {
            b->randomise(rng);
        }
        const auto weight = randomFloats(rng, 37);
        Buffer<float> y(6, 37);
        Buffer<float> dx(6, 37);
        std::vector<float> rstd(6);
        plain().rmsNorm(x.read(), weight.data(), 1e-5F, y.view(), rstd.data());
        plain().rmsNormBackward(dy.read(), x.read(), weight.data(), rstd.data(), dx.view(), false, {});
        const at::Tensor total = leaf(toDouble(x));
        const aten::Normed normed = aten::rmsNorm(total, toDouble(weight), 1e-5);
        expectNear(toDouble(y), normed.y, 1e-6, "y");
        expectNear(toDouble(rstd), normed.rstd, 1e-6, "rstd");
        const at::Tensor grad = gradOf(normed.y, total, toDouble(dy));
        expectNear(aten::rmsNormBackward(toDouble(dy), total.detach(), toDouble(weight), normed.rstd.detach()), grad,
                   1e-12, "ATen dx");
        expectNear(toDouble(dx), grad, 1e-6, "dx");
    }

    void rotaryAgrees() {
        std::mt19937 rng(2);
        Buffer<float> x(5, 3 * 10);
        x.randomise(rng);
        const auto cosines = randomFloats(rng, 8 * 4); // the rotated part is 8 of 10
        const auto sines = randomFloats(rng, 8 * 4);
        const std::int32_t pos[] = {0, 7, 3, 3, 1};
        at::Tensor twin = toDouble(x).reshape({5, 3, 10});
        for (const bool inverse : {false, true}) {
            plain().rope(x.view(), 10, pos, {cosines.data(), sines.data(), 4}, inverse);
            aten::rope(twin, at::tensor({0, 7, 3, 3, 1}, at::kLong), toDouble(cosines).reshape({8, 4}),
                       toDouble(sines).reshape({8, 4}), inverse);
            expectNear(toDouble(x), twin.reshape({5, 30}), 1e-6, "rope");
        }
    }

    void gatedActivationAgrees() {
        for (const Activation act : {Activation::Silu, Activation::GeluTanh}) {
            std::mt19937 rng(3);
            Buffer<float> gate(4, 33);
            Buffer<float> up(4, 33);
            Buffer<float> dh(4, 33);
            for (auto* b : {&gate, &up, &dh}) {
                b->randomise(rng, 2.0F);
            }
            const at::Tensor g = leaf(toDouble(gate));
            const at::Tensor u = leaf(toDouble(up));
            const at::Tensor d = toDouble(dh);
            const at::Tensor stock = (act == Activation::Silu ? at::silu(g) : at::gelu(g, "tanh")) * u;
            expectNear(aten::gatedActivation(g, u, act), stock, 1e-12, "ATen h");
            const at::Tensor dg = torch::autograd::grad({stock}, {g}, {d}, true).at(0);
            const at::Tensor du = gradOf(stock, u, d);
            at::Tensor g2 = toDouble(gate);
            at::Tensor u2 = toDouble(up);
            at::Tensor d2 = toDouble(dh);
            aten::gatedActivationBackward(d2, g2, u2, act);
            expectNear(g2, dg, 1e-12, "ATen d gate");
            expectNear(u2, du, 1e-12, "ATen d up");
            plain().gatedActivationBackward(dh.view(), gate.view(), up.view(), act);
            expectNear(toDouble(gate), dg, 1e-6, "d gate");
            expectNear(toDouble(up), du, 1e-6, "d up");
            expectNear(toDouble(dh), stock, 1e-6, "h");
        }
    }

    void attentionAgrees() {
        const Step step = trieStep();
        std::vector<std::int32_t> pos(step.pos.begin(), step.pos.end());
        const auto tokens = static_cast<std::int64_t>(step.pos.size());
        for (const std::int32_t window : {0, 5}) {
            std::mt19937 rng(4);
            Buffer<float> q(tokens, 4 * 9);
            Buffer<float> k(tokens, 2 * 9);
            Buffer<float> v(tokens, 2 * 9);
            Buffer<float> dout(tokens, 4 * 9);
            for (auto* b : {&q, &k, &v, &dout}) {
                b->randomise(rng);
            }
            const AttentionShape shape{4, 2, 9, 0.4F, window};
            const kernels::AttentionBatch batch{step.segments.data(), static_cast<std::int32_t>(step.segments.size()),
                                                pos.data(), tokens};
            Buffer<float> out(tokens, 36);
            std::vector<float> lse(static_cast<std::size_t>(4 * tokens));
            Buffer<float> dq(tokens, 36);
            Buffer<float> dk(tokens, 18);
            Buffer<float> dv(tokens, 18);
            plain().attention(batch, shape, q.read(), k.read(), v.read(), out.view(), lse.data());
            plain().attentionBackward(batch, shape, q.read(), k.read(), v.read(), out.read(), lse.data(), dout.read(),
                                      dq.view(), dk.view(), dv.view());
            const at::Tensor tq = leaf(toDouble(q).reshape({tokens, 4, 9}));
            const at::Tensor tk = leaf(toDouble(k).reshape({tokens, 2, 9}));
            const at::Tensor tv = leaf(toDouble(v).reshape({tokens, 2, 9}));
            const at::Tensor grad = toDouble(dout).reshape({tokens, 4, 9});
            // By definition: one big mask over all tokens.
            at::Tensor mask = at::zeros({tokens, tokens}, at::kBool);
            for (std::size_t s = 0; s < step.segments.size(); ++s) {
                for (std::int64_t t = step.segments[s].begin; t < step.segments[s].end; ++t) {
                    for (auto a = static_cast<std::int32_t>(s); a >= 0;
                         a = step.segments[static_cast<std::size_t>(a)].parent) {
                        for (std::int64_t j = step.segments[static_cast<std::size_t>(a)].begin;
                             j < step.segments[static_cast<std::size_t>(a)].end; ++j) {
                            const bool near =
                                window == 0 ||
                                step.pos[static_cast<std::size_t>(t)] - step.pos[static_cast<std::size_t>(j)] < window;
                            if (j <= t && near) {
                                mask[t][j] = true;
                            }
                        }
                    }
                }
            }
            const at::Tensor keys = tk.repeat_interleave(2, 1).transpose(0, 1);
            const at::Tensor values = tv.repeat_interleave(2, 1).transpose(0, 1);
            const auto scale = static_cast<double>(shape.scale);
            const at::Tensor scores =
                (tq.transpose(0, 1).matmul(keys.transpose(1, 2)) * scale).masked_fill(mask.logical_not(), -INFINITY);
            const at::Tensor expected = scores.softmax(2).matmul(values).transpose(0, 1);
            const auto grads = torch::autograd::grad({expected}, {tq, tk, tv}, {grad});
            const c10::NoGradGuard off;
            const aten::Packed packed{step.segments, step.pos};
            const aten::Attended attended = aten::attention(packed, shape, tq, tk, tv);
            expectNear(attended.out, expected, 1e-12, "ATen out");
            const aten::AttentionGradients g = aten::attentionBackward(packed, shape, tq, tk, tv, attended, grad);
            expectNear(g.dq, grads[0], 1e-11, "ATen dq");
            expectNear(g.dk, grads[1], 1e-11, "ATen dk");
            expectNear(g.dv, grads[2], 1e-11, "ATen dv");
            expectNear(toDouble(out).reshape({tokens, 4, 9}), expected, 1e-6, "out");
            expectNear(toDouble(lse).reshape({4, tokens}), attended.lse, 1e-6, "lse");
            expectNear(toDouble(dq).reshape({tokens, 4, 9}), grads[0], 2e-6, "dq");
            expectNear(toDouble(dk).reshape({tokens, 2, 9}), grads[1], 2e-6, "dk");
            expectNear(toDouble(dv).reshape({tokens, 2, 9}), grads[2], 2e-6, "dv");
        }
    }

    void decodingAgrees() {
        std::mt19937 rng(6);
        Buffer<float> q(3, 4 * 9);
        Buffer<float> k(20, 2 * 9);
        Buffer<float> v(20, 2 * 9);
        for (auto* b : {&q, &k, &v}) {
            b->randomise(rng);
        }
        for (const std::int32_t window : {0, 4}) {
            const AttentionShape shape{4, 2, 9, 0.4F, window};
            const kernels::KvSpan<float> spans[] = {{&k.at(0, 0), &v.at(0, 0), 18, 6},
                                                    {&k.at(6, 0), &v.at(6, 0), 18, 14}};
            const kernels::DecodeSequence<float> sequence{spans, 2, 0, 3};
            Buffer<float> out(3, 36);
            plain().decodeAttention(&sequence, 1, shape, q.read(), out.view());
            const at::Tensor twin =
                aten::decodeAttention(shape, toDouble(q).reshape({3, 4, 9}), toDouble(k).reshape({20, 2, 9}),
                                      toDouble(v).reshape({20, 2, 9}));
            expectNear(toDouble(out), twin.reshape({3, 36}), 1e-6, "decode");
        }
    }

    void crossEntropyAgrees() {
        std::mt19937 rng(8);
        Buffer<float> logits(5, 41);
        logits.randomise(rng, 3.0F);
        const std::vector<std::int32_t> labels = {3, -1, 40, 0, 7};
        const std::vector<float> weights = {1.0F, 2.0F, 0.5F, 0.0F, 1.0F};
        const at::Tensor x = leaf(toDouble(logits));
        const at::Tensor target = at::tensor({3, -100, 40, 0, 7}, at::kLong);
        const at::Tensor each = at::cross_entropy_loss(x, target, {}, at::Reduction::None, -100);
        const at::Tensor grad = gradOf((each * toDouble(weights)).sum() * 0.5, x, at::ones({}, at::kDouble));
        const aten::Losses losses = aten::crossEntropy(toDouble(logits), target, toDouble(weights), 0.5, true);
        expectNear(losses.loss, each, 1e-12, "ATen loss");
        expectNear(losses.gradient, grad, 1e-12, "ATen gradient");
        std::vector<float> loss(5);
        std::vector<std::uint8_t> correct(5);
        plain().crossEntropy(logits.view(), labels.data(), weights.data(), 0.5F, logits.view(), loss.data(),
                             correct.data());
        expectNear(toDouble(loss), each, 1e-6, "loss");
        expectNear(toDouble(logits), grad, 1e-6, "gradient");
        for (std::int64_t i = 0; i < 5; ++i) {
            QCOMPARE(correct[static_cast<std::size_t>(i)] != 0, losses.correct[i].item<bool>());
        }
    }

    void lowRankAgrees() {
        std::mt19937 rng(9);
        Buffer<float> x(11, 13);
        Buffer<float> dy(11, 6);
        Buffer<float> a(3, 13);
        Buffer<float> b(6, 3);
        for (auto* m : {&x, &dy, &a, &b}) {
            m->randomise(rng);
        }
        const at::Tensor ta = leaf(toDouble(a));
        const at::Tensor tb = leaf(toDouble(b));
        const at::Tensor tx = leaf(toDouble(x));
        const at::Tensor y = 2.0 * tx.matmul(ta.t()).matmul(tb.t());
        const auto grads = torch::autograd::grad({y}, {tx, ta, tb}, {toDouble(dy)});
        Buffer<float> p(11, 3);
        Buffer<float> out(11, 6);
        Buffer<float> dp(11, 3);
        Buffer<float> dx(11, 13);
        Buffer<float> da(3, 13);
        Buffer<float> db(6, 3);
        std::fill(da.data.begin(), da.data.end(), 0.0F);
        std::fill(db.data.begin(), db.data.end(), 0.0F);
        plain().projectDown(x.read(), a.read(), 1.0F, p.view());
        plain().projectUp(p.read(), b.read(), 2.0F, out.view(), false);
        plain().projectDownBackward(dy.read(), b.read(), 2.0F, dp.view());
        plain().projectUpBackward(dp.read(), a.read(), 1.0F, dx.view(), false);
        plain().addOuter(dp.read(), x.read(), 1.0F, da.view());
        plain().addOuter(dy.read(), p.read(), 2.0F, db.view());
        expectNear(toDouble(out), y, 1e-6, "y");
        expectNear(toDouble(dx), grads[0], 1e-6, "dx");
        expectNear(toDouble(da), grads[1], 1e-6, "da");
        expectNear(toDouble(db), grads[2], 1e-6, "db");
        at::Tensor twin = at::zeros({6, 3}, at::kDouble);
        aten::addOuter(toDouble(dy), toDouble(p), 2.0, twin);
        expectNear(toDouble(db), twin, 1e-6, "ATen db");
    }

    void adamWAgrees() {
        std::mt19937 rng(10);
        auto p = randomFloats(rng, 50);
        std::vector<float> m(50, 0.0F);
        std::vector<float> v(50, 0.0F);
        at::Tensor tp = toDouble(p);
        at::Tensor tm = at::zeros({50}, at::kDouble);
        at::Tensor tv = at::zeros({50}, at::kDouble);
        kernels::AdamW options;
        options.learningRate = 1e-2;
        options.weightDecay = 0.1;
        options.gradScale = 0.5F;
        for (int step = 1; step <= 4; ++step) {
            options.step = step;
            const auto g = randomFloats(rng, 50);
            kernels::flatOf(InstructionSet::Reference).adamW(options, 50, p.data(), g.data(), m.data(), v.data());
            aten::adamW(options, tp, toDouble(g), tm, tv);
        }
        expectNear(toDouble(p), tp, 1e-6, "p");
        expectNear(toDouble(v), tv, 1e-6, "v");
        // By hand, one element, first step: m/(1-b1) = g, sqrt(v)/sqrt(1-b2) = |g|, so p moves by the rate after the
        // decay.
        float one = 1.0F;
        float first = 0.0F;
        float second = 0.0F;
        const float g = -3.0F;
        options.step = 1;
        options.gradScale = 1.0F;
        kernels::flat().adamW(options, 1, &one, &g, &first, &second);
        QVERIFY(std::abs(one - (1.0F * (1.0F - 1e-3F) + 1e-2F)) < 1e-6F);
    }

    void resultsDoNotDependOnThreads() {
        const auto same = [](const auto& a, const auto& b) {
            QCOMPARE(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i) {
                QVERIFY2(sameBits(a[i], b[i]), std::to_string(i).c_str());
            }
        };
        same(everything<float>(1), everything<float>(2));
        same(everything<Bf16>(1), everything<Bf16>(2));
        same(everything<Bf16>(1), everything<Bf16>(3));
        QVERIFY(flatResults(1) == flatResults(2));
        omp_set_num_threads(2);
    }

    void loopsRunOnTheThreadsAskedFor() {
        const auto report = fettle::engine::inspectRuntime();
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().text().c_str());
        QCOMPARE(report.value().threads, 2);
        QCOMPARE(report.value().openMpFiles.size(), std::size_t{1});
        // A thread torch did not make starts with its own settings.
        int threads = 0;
        std::thread([&] {
            fettle::engine::configureComputeThread(2);
            const auto inside = fettle::engine::inspectRuntime();
            threads = inside.ok() ? inside.value().threads : -1;
        }).join();
        QCOMPARE(threads, 2);
    }

    void frozenLinearFloat() { frozen(at::kFloat, 2e-6); }
    void frozenLinearBf16() { frozen(at::kBFloat16, 4e-3); }

    void addendCountsBeforeRounding() {
        // 256 + 1 is no bfloat16, 256 + 1 + 1 is: adding 1 to a rounded 257 would give 256 + 1 -> 256.
        const at::Tensor w = at::ones({32, 32}, at::kBFloat16);
        at::Tensor x = at::zeros({16, 32}, at::kBFloat16);
        x.select(1, 0).fill_(256.0);
        x.select(1, 1).fill_(1.0);
        for (const bool oneDnn : {false, true}) {
            auto made = FrozenLinear::create(w, {}, {false, oneDnn});
            QVERIFY(made.ok());
            const at::Tensor y = made.value().forward(x, at::ones({16, 32}, at::kBFloat16));
            QCOMPARE(y[0][0].item<float>(), 258.0F);
            const at::Tensor dx = made.value().backwardInput(x, at::ones({16, 32}, at::kBFloat16));
            QCOMPARE(dx[0][0].item<float>(), 258.0F);
        }
    }

    void frozenLinearRefusesWhatItCannotHold() {
        QVERIFY(!FrozenLinear::create(at::Tensor()).ok());
        QVERIFY(!FrozenLinear::create(at::zeros({3}, at::kFloat)).ok());
        QVERIFY(!FrozenLinear::create(at::zeros({3, 4}, at::kInt)).ok());
        QVERIFY(!FrozenLinear::create(at::zeros({3, 4}, at::kFloat), at::zeros({4}, at::kFloat)).ok());
    }
};

QTEST_APPLESS_MAIN(TestKernelsAten)
#include "test_kernels_aten.moc"
