// What a training step of SmolLM2-135M costs kernel by kernel on this machine: prints one JSON object. Two documents of
// 512 tokens, 30 layers, rank 16; weights differ from layer to layer, so that the caches are as cold as in a step.
// Usage: bench_kernels [float32|bfloat16] [rounds]
#include "engine/frozen_linear.h"
#include "engine/kernel_support.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>

namespace {

using namespace fettle::tests;
using fettle::engine::FrozenLinear;
using fettle::engine::LowRankAddend;
using kernels::AttentionBatch;
using kernels::AttentionSegment;
using kernels::AttentionShape;

constexpr std::int64_t kTokens = 1024;
constexpr std::int64_t kHidden = 576;
constexpr std::int64_t kInner = 1536;
constexpr std::int64_t kVocab = 49152;
constexpr std::int64_t kHeads = 9;
constexpr std::int64_t kKvHeads = 3;
constexpr std::int64_t kDim = 64;
constexpr std::int64_t kRank = 16;
constexpr int kLayers = 30;

int rounds = 3;

/// Seconds: of the processor where one thread works (a neighbour does not count), else of the clock on the wall.
double now() {
    timespec t{};
    clock_gettime(at::get_num_threads() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Milliseconds of `calls` calls of work(i): each is timed by itself and the quietest quarter decides, so that a
/// neighbour's bursts do not.
double timeCalls(int calls, const std::function<void(int)>& work) {
    std::vector<double> took;
    for (int i = 0; i < rounds * calls; ++i) {
        const double start = now();
        work(i % calls);
        took.push_back(1e3 * (now() - start));
    }
    const auto quarter = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 4);
    std::nth_element(took.begin(), quarter, took.end());
    return *quarter * calls;
}

bool firstField = true;
void field(const char* name, double value) {
    std::printf("%s\n  \"%s\": %.3f", firstField ? "" : ",", name, value);
    firstField = false;
}

void products(at::ScalarType dtype, bool oneDnn) {
    struct Shape {
        const char* name;
        std::int64_t out, in;
        int layers;
        std::int64_t rows;
    };
    const Shape shapes[] = {{"qkv", 960, kHidden, kLayers, kTokens},
                            {"o", kHidden, kHidden, kLayers, kTokens},
                            {"gate_up", 2 * kInner, kHidden, kLayers, kTokens},
                            {"down", kHidden, kInner, kLayers, kTokens},
                            {"head", kVocab, kHidden, 1, kTokens / 2}};
    double forwardTotal = 0.0;
    double backwardTotal = 0.0;
    for (const Shape& s : shapes) {
        std::vector<FrozenLinear> layers;
        for (int i = 0; i < s.layers; ++i) {
            auto layer = FrozenLinear::create(at::randn({s.out, s.in}, dtype), {}, {false, oneDnn});
            layers.push_back(std::move(layer.value()));
        }
        const at::Tensor x = at::randn({s.rows, s.in}, dtype);
        const at::Tensor dy = at::randn({s.rows, s.out}, dtype);
        const at::Tensor addend = at::randn({s.rows, s.out}, dtype);
        const at::Tensor addendIn = at::randn({s.rows, s.in}, dtype);
        const std::int64_t chunk = s.layers == 1 ? 128 : s.rows;
        const auto time = [&](const at::Tensor& in, const at::Tensor& add, bool forward) {
            const auto chunks = static_cast<int>(s.rows / chunk);
            return timeCalls(s.layers * chunks, [&](int i) {
                const FrozenLinear& layer = layers[static_cast<std::size_t>(i / chunks)];
                const at::Tensor part = in.narrow(0, i % chunks * chunk, chunk);
                const at::Tensor with = add.defined() ? add.narrow(0, i % chunks * chunk, chunk) : add;
                const at::Tensor y = forward ? layer.forward(part, with) : layer.backwardInput(part, with);
            });
        };
        const double flop = 2e-6 * static_cast<double>(s.rows * s.out * s.in * s.layers); // MFLOP: / ms = GFLOP/s
        const double forward = time(x, {}, true);
        // The adapter's terms as they come in a step: in our own product they go along, oneDNN gets an addend.
        const at::Tensor p = at::randn({s.rows, kRank}, dtype);
        const std::vector<LowRankAddend> up = {{p, at::randn({s.out, kRank}, dtype), 0, 2.0F}};
        const std::vector<LowRankAddend> down = {{p, at::randn({kRank, s.in}, dtype), 0, 1.0F}};
        const auto withTerms = [&](const at::Tensor& in, const at::Tensor& add, const std::vector<LowRankAddend>& terms,
                                   bool isForward) {
            if (oneDnn || s.layers == 1) {
                return time(in, add, isForward);
            }
            return timeCalls(s.layers, [&](int i) {
                const FrozenLinear& layer = layers[static_cast<std::size_t>(i)];
                const at::Tensor y = isForward ? layer.forward(in, terms) : layer.backwardInput(in, terms);
            });
        };
        const double forwardAdd = withTerms(x, addend, up, true);
        const double backward = time(dy, {}, false);
        const double backwardAdd = withTerms(dy, addendIn, down, false);
        const std::string name = std::string(oneDnn ? "onednn_" : "gemm_") + s.name;
        field((name + "_forward_gflops").c_str(), flop / forward);
        field((name + "_forward_add_gflops").c_str(), flop / forwardAdd);
        field((name + "_backward_gflops").c_str(), flop / backward);
        field((name + "_backward_add_gflops").c_str(), flop / backwardAdd);
        forwardTotal += s.layers == 1 ? forward : forwardAdd;
        backwardTotal += s.layers == 1 ? backward : backwardAdd;
    }
    field(oneDnn ? "onednn_forward_ms" : "gemm_forward_ms", forwardTotal);
    field(oneDnn ? "onednn_backward_ms" : "gemm_backward_ms", backwardTotal);
}

template <class T>
double attentionCost() {
    const auto& table = kernels::table<T>();
    const std::int64_t q = kHeads * kDim;
    const std::int64_t kv = kKvHeads * kDim;
    std::mt19937 rng(1);
    Buffer<T> qkv(kTokens, q + 2 * kv);
    qkv.randomise(rng);
    const Buffer<T>& in = qkv;
    Buffer<T> out(kTokens, q);
    Buffer<T> dout(kTokens, q);
    dout.randomise(rng);
    Buffer<T> grads(kTokens, q + 2 * kv);
    std::vector<float> lse(static_cast<std::size_t>(kHeads * kTokens));
    const AttentionShape shape{static_cast<std::int32_t>(kHeads), static_cast<std::int32_t>(kKvHeads),
                               static_cast<std::int32_t>(kDim), 0.125F, 0};
    double total = 0.0;
    const auto time = [&](const char* name, const std::vector<AttentionSegment>& segments) {
        const AttentionBatch batch{segments.data(), static_cast<std::int32_t>(segments.size()), nullptr, kTokens};
        const double forward = timeCalls(kLayers, [&](int) {
            table.attention(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv), out.view(),
                            lse.data());
        });
        const double backward = timeCalls(kLayers, [&](int) {
            table.attentionBackward(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv),
                                    out.read(), lse.data(), dout.read(), grads.columns(0, q), grads.columns(q, kv),
                                    grads.columns(q + kv, kv));
        });
        field((std::string("attention_") + name + "_forward_ms").c_str(), forward);
        field((std::string("attention_") + name + "_backward_ms").c_str(), backward);
        return forward + backward;
    };
    std::vector<AttentionSegment> rows;
    for (std::int32_t t = 0; t < kTokens; t += 44) {
        rows.push_back({t, std::min(t + 44, static_cast<std::int32_t>(kTokens)), -1});
    }
    time("rows_of_44", rows);
    time("one_row", {{0, kTokens, -1}});
    total = time("2x512", {{0, 512, -1}, {512, 1024, -1}});
    return total;
}

template <class T>
double rowKernels() {
    const auto& table = kernels::table<T>();
    std::mt19937 rng(2);
    // A few layers' worth of buffers, taken in turn: larger than the caches together.
    constexpr int kSets = 4;
    std::vector<Buffer<float>> hidden;
    std::vector<Buffer<T>> wide;
    for (int i = 0; i < kSets; ++i) {
        hidden.emplace_back(kTokens, kHidden);
        hidden.back().randomise(rng);
        wide.emplace_back(kTokens, 2 * kInner);
        wide.back().randomise(rng);
    }
    Buffer<T> out(kTokens, kHidden);
    Buffer<T> dy(kTokens, kHidden);
    dy.randomise(rng);
    Buffer<T> h(kTokens, kInner);
    h.randomise(rng);
    Buffer<T> qkv(kTokens, 960);
    qkv.randomise(rng);
    const auto weight = randomFloats(rng, kHidden);
    std::vector<float> rstd(kTokens, 1.0F);
    double total = 0.0;
    const auto time = [&](const char* name, double perLayer, const std::function<void(int)>& work) {
        const double ms = timeCalls(kLayers, [&](int i) { work(i % kSets); });
        field(name, ms * perLayer);
        total += ms * perLayer;
    };
    time("norms_forward_ms", 2.0, [&](int i) {
        table.rmsNorm(hidden[static_cast<std::size_t>(i)].read(), weight.data(), 1e-5F, out.view(), rstd.data());
    });
    time("norms_backward_ms", 2.0, [&](int i) {
        table.rmsNormBackward(dy.read(), hidden[static_cast<std::size_t>(i)].read(), weight.data(), rstd.data(),
                              hidden[static_cast<std::size_t>((i + 1) % kSets)].view(), true,
                              std::is_same_v<T, float> ? Matrix<T>{} : out.view());
    });
    std::vector<float> cosines(512 * 32, 0.6F);
    std::vector<float> sines(512 * 32, 0.8F);
    std::vector<std::int32_t> pos(kTokens);
    for (std::int64_t t = 0; t < kTokens; ++t) {
        pos[static_cast<std::size_t>(t)] = static_cast<std::int32_t>(t % 512);
    }
    time("rope_ms", 2.0, [&](int) {
        table.rope(qkv.columns(0, 768), kDim, pos.data(), {cosines.data(), sines.data(), 32}, false);
    });
    time("gated_forward_ms", 1.0, [&](int i) {
        const Buffer<T>& both = wide[static_cast<std::size_t>(i)];
        table.gatedActivation(both.columns(0, kInner), both.columns(kInner, kInner), h.view(),
                              kernels::Activation::Silu);
    });
    time("gated_backward_ms", 1.0, [&](int i) {
        Buffer<T>& both = wide[static_cast<std::size_t>(i)];
        table.gatedActivationBackward(h.view(), both.columns(0, kInner), both.columns(kInner, kInner),
                                      kernels::Activation::Silu);
    });
    Buffer<float> logits(128, kVocab);
    logits.randomise(rng);
    const Matrix<T> gradient{reinterpret_cast<T*>(logits.data.data()), 128, kVocab,
                             kVocab * static_cast<std::int64_t>(sizeof(float) / sizeof(T))};
    std::vector<std::int32_t> labels(128, 77);
    std::vector<float> loss(128);
    const double ce = timeCalls(kTokens / 2 / 128, [&](int) {
        table.crossEntropy(logits.view(), labels.data(), nullptr, 1.0F, gradient, loss.data(), nullptr);
    });
    field("cross_entropy_ms", ce);
    const std::int64_t parameters = 4884480;
    std::vector<float> p(static_cast<std::size_t>(parameters), 0.1F);
    std::vector<float> g = p;
    std::vector<float> m = p;
    std::vector<float> v = p;
    const double adam =
        timeCalls(1, [&](int) { kernels::flat().adamW({}, parameters, p.data(), g.data(), m.data(), v.data()); });
    const double norm =
        timeCalls(1, [&](int) { static_cast<void>(kernels::flat().squaredNorm(g.data(), parameters)); });
    field("adamw_ms", adam);
    field("squared_norm_ms", norm);
    return total + ce + adam + norm;
}

template <class T>
double lowRankCost() {
    const auto& table = kernels::table<T>();
    struct Shape {
        std::int64_t in, out;
        int stacked; // projections that read one input
    };
    const Shape shapes[] = {{kHidden, 960, 3}, {kHidden, kHidden, 1}, {kHidden, 2 * kInner, 2}, {kInner, kHidden, 1}};
    std::mt19937 rng(3);
    double total[6] = {};
    const char* names[6] = {"lora_p_ms", "lora_up_ms", "lora_dp_ms", "lora_dx_ms", "lora_da_ms", "lora_db_ms"};
    for (const Shape& s : shapes) {
        const std::int64_t ranks = kRank * s.stacked;
        Buffer<T> x(kTokens, s.in);
        Buffer<T> dy(kTokens, s.out);
        Buffer<T> a(ranks, s.in);
        Buffer<T> b(s.out, kRank);
        Buffer<T> p(kTokens, ranks);
        Buffer<T> dp(kTokens, ranks);
        for (auto* buffer : {&x, &dy, &a, &b, &p, &dp}) {
            buffer->randomise(rng);
        }
        Buffer<T> y(kTokens, s.out);
        Buffer<T> dx(kTokens, s.in);
        Buffer<float> da(ranks, s.in);
        Buffer<float> db(s.out, kRank);
        const auto time = [&](int kind, const std::function<void()>& work) {
            total[kind] += timeCalls(kLayers, [&](int) { work(); });
        };
        // The stacked projections share a and dx; each has its own b: columns split evenly here.
        const std::int64_t part = s.out / s.stacked;
        const auto each = [&](const std::function<void(std::int64_t, std::int64_t)>& work) {
            for (int i = 0; i < s.stacked; ++i) {
                work(i * part, i * kRank);
            }
        };
        const auto rowsOfB = [&](std::int64_t first) {
            return Matrix<const T>{&b.at(first, 0), part, kRank, b.stride};
        };
        time(0, [&] { table.projectDown(x.read(), a.read(), 1.0F, p.view()); });
        time(1, [&] {
            each([&](std::int64_t col, std::int64_t r) {
                table.projectUp(p.columns(r, kRank), rowsOfB(col), 2.0F, y.columns(col, part), false);
            });
        });
        time(2, [&] {
            each([&](std::int64_t col, std::int64_t r) {
                table.projectDownBackward(dy.columns(col, part), rowsOfB(col), 2.0F, dp.columns(r, kRank));
            });
        });
        time(3, [&] { table.projectUpBackward(dp.read(), a.read(), 1.0F, dx.view(), false); });
        time(4, [&] { table.addOuter(dp.read(), x.read(), 1.0F, da.view()); });
        time(5, [&] {
            each([&](std::int64_t col, std::int64_t r) {
                table.addOuter(dy.columns(col, part), p.columns(r, kRank), 2.0F,
                               Matrix<float>{&db.at(col, 0), part, kRank, db.stride});
            });
        });
    }
    double sum = 0.0;
    for (int i = 0; i < 6; ++i) {
        field(names[i], total[i]);
        sum += total[i];
    }
    return sum;
}

template <class T>
void run(at::ScalarType dtype) {
    const double attention = attentionCost<T>();
    const double rows = rowKernels<T>();
    const double lowRank = lowRankCost<T>();
    field("attention_total_ms", attention);
    field("row_kernels_total_ms", rows);
    field("lora_total_ms", lowRank);
    products(dtype, false);
    products(dtype, true);
}

} // namespace

int main(int argc, char** argv) {
    const bool full = argc > 1 && std::strcmp(argv[1], "float32") == 0;
    rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
    const c10::InferenceMode guard;
    at::manual_seed(1);
    std::printf("{\n  \"dtype\": \"%s\",\n  \"instruction_set\": \"%s\",\n  \"threads\": %d",
                full ? "float32" : "bfloat16", kernels::name(kernels::bestInstructionSet()), at::get_num_threads());
    firstField = false;
    if (full) {
        run<float>(at::kFloat);
    } else {
        run<Bf16>(at::kBFloat16);
    }
    std::printf("\n}\n");
    return 0;
}
