// Attention over packed segments and over cached keys against the plain twin: dims of a head that fill vectors and that
// do not, groups of query heads, single tokens, lengths around the block of 64, shared prefixes, sliding windows.
// Relative 2-norms: float32 2e-6 forward, 1e-5 backward; bfloat16 8e-3 and 1.5e-2, since probabilities are rounded to
// bf16 before they are multiplied.
#include "engine/kernel_support.h"

#include <QTest>

using namespace fettle::tests;
using fettle::engine::kernels::AttentionBatch;
using fettle::engine::kernels::AttentionSegment;
using fettle::engine::kernels::AttentionShape;
using fettle::engine::kernels::DecodeSequence;
using fettle::engine::kernels::InstructionSet;
using fettle::engine::kernels::KvSpan;

namespace {

/// A packing: segments with positions that go on from the parent.
struct Packing {
    const char* name;
    std::vector<AttentionSegment> segments;
};

const std::vector<Packing>& packings() {
    static const std::vector<Packing> all = {
        {"one token", {{0, 1, -1}}},
        {"one row", {{0, 70, -1}}},
        {"long row", {{0, 200, -1}}},
        {"odd rows", {{0, 3, -1}, {3, 4, -1}, {4, 69, -1}, {69, 132, -1}}},
        {"shared prefix", {{0, 17, -1}, {17, 30, 0}, {30, 95, 0}, {95, 96, 0}, {96, 130, -1}}},
        {"deep trie", {{0, 5, -1}, {5, 75, 0}, {75, 80, 1}, {80, 91, -1}, {91, 100, 1}, {100, 103, 0}, {103, 180, 3}}},
    };
    return all;
}

std::vector<std::int32_t> positions(const Packing& packing) {
    std::vector<std::int32_t> pos(static_cast<std::size_t>(packing.segments.back().end));
    std::vector<std::int32_t> endPos;
    for (const AttentionSegment& s : packing.segments) {
        std::int32_t at = s.parent < 0 ? 0 : endPos[static_cast<std::size_t>(s.parent)];
        for (std::int32_t t = s.begin; t < s.end; ++t) {
            pos[static_cast<std::size_t>(t)] = at++;
        }
        endPos.push_back(at);
    }
    return pos;
}

struct Heads {
    std::int32_t heads, kvHeads, dim;
};

template <class T>
void packedCase(InstructionSet set, const Packing& packing, Heads h, std::int32_t window) {
    const auto& fast = kernels::tableOf<T>(set);
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    const auto pos = positions(packing);
    const auto tokens = static_cast<std::int64_t>(pos.size());
    const AttentionBatch batch{packing.segments.data(), static_cast<std::int32_t>(packing.segments.size()), pos.data(),
                               tokens};
    const AttentionShape shape{h.heads, h.kvHeads, h.dim, 1.3F / std::sqrt(static_cast<float>(h.dim)), window};
    const std::int64_t q = std::int64_t{h.heads} * h.dim;
    const std::int64_t kv = std::int64_t{h.kvHeads} * h.dim;
    const std::string what = std::string(packing.name) + " " + dtypeName<T>() + " heads " + std::to_string(h.heads) +
                             "/" + std::to_string(h.kvHeads) + " dim " + std::to_string(h.dim) + " window " +
                             std::to_string(window) + " on " + kernels::name(set);
    std::mt19937 rng(41);
    Buffer<T> qkv(tokens, q + 2 * kv, 6);
    qkv.randomise(rng);
    Buffer<T> dout(tokens, q, 1);
    dout.randomise(rng);
    const Buffer<T>& in = qkv;
    Buffer<T> out1(tokens, q, 2);
    Buffer<T> out2 = out1;
    std::vector<float> lse1(static_cast<std::size_t>(h.heads * tokens));
    std::vector<float> lse2 = lse1;
    fast.attention(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv), out1.view(), lse1.data());
    plain.attention(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv), out2.view(),
                    lse2.data());
    constexpr bool kFull = std::is_same_v<T, float>;
    const auto check = [&](double error, double limit, const char* part) {
        QVERIFY2(error <= limit, (what + ": " + part + " " + std::to_string(error)).c_str());
    };
    check(relativeError(out1, out2), kFull ? 2e-6 : 8e-3, "out");
    check(relativeError(lse1, lse2), 2e-6, "lse");
    QVERIFY(out1.gapsIntact());
    Buffer<T> d1(tokens, q + 2 * kv, 4);
    Buffer<T> d2 = d1;
    fast.attentionBackward(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv), out2.read(),
                           lse2.data(), dout.read(), d1.columns(0, q), d1.columns(q, kv), d1.columns(q + kv, kv));
    plain.attentionBackward(batch, shape, in.columns(0, q), in.columns(q, kv), in.columns(q + kv, kv), out2.read(),
                            lse2.data(), dout.read(), d2.columns(0, q), d2.columns(q, kv), d2.columns(q + kv, kv));
    QVERIFY(d1.gapsIntact());
    check(relativeError(d1, d2), kFull ? 1e-5 : 1.5e-2, "gradients");
}

template <class T>
void packed() {
    for (const auto set : fastSets()) {
        for (const Packing& packing : packings()) {
            for (const Heads h : {Heads{3, 1, 64}, Heads{2, 2, 16}, Heads{4, 2, 9}, Heads{1, 1, 8}, Heads{2, 1, 100}}) {
                packedCase<T>(set, packing, h, 0);
            }
            packedCase<T>(set, packing, {3, 1, 64}, 1);
            packedCase<T>(set, packing, {2, 1, 16}, 13);
            packedCase<T>(set, packing, {2, 1, 16}, 80);
        }
    }
}

template <class T>
void decoding() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Heads h : {Heads{9, 3, 64}, Heads{2, 1, 8}, Heads{3, 3, 9}}) {
            for (const std::int32_t window : {0, 1, 20}) {
                const std::int64_t kv = std::int64_t{h.kvHeads} * h.dim;
                std::mt19937 rng(43);
                Buffer<T> prefixK(33, kv, 2);
                Buffer<T> prefixV(33, kv, 2);
                Buffer<T> ownK(70, kv, 2);
                Buffer<T> ownV(70, kv, 2);
                for (auto* m : {&prefixK, &prefixV, &ownK, &ownV}) {
                    m->randomise(rng);
                }
                const KvSpan<T> prefix{prefixK.data.data(), prefixV.data.data(), prefixK.stride, 33};
                const KvSpan<T> first[] = {prefix, {ownK.data.data(), ownV.data.data(), ownK.stride, 20}};
                const KvSpan<T> second[] = {prefix, {&ownK.at(20, 0), &ownV.at(20, 0), ownK.stride, 1}};
                const KvSpan<T> third[] = {{&ownK.at(21, 0), &ownV.at(21, 0), ownK.stride, 49}};
                const DecodeSequence<T> sequences[] = {{first, 2, 0, 1}, {second, 2, 1, 1}, {third, 1, 2, 4}};
                const AttentionShape shape{h.heads, h.kvHeads, h.dim, 0.2F, window};
                Buffer<T> q(6, std::int64_t{h.heads} * h.dim, 3);
                q.randomise(rng);
                Buffer<T> out1(6, q.cols, 1);
                Buffer<T> out2 = out1;
                fast.decodeAttention(sequences, 3, shape, q.read(), out1.view());
                plain.decodeAttention(sequences, 3, shape, q.read(), out2.view());
                const double limit = std::is_same_v<T, float> ? 2e-6 : 4e-3;
                const std::string text = std::string("decode ") + dtypeName<T>() + " dim " + std::to_string(h.dim) +
                                         " window " + std::to_string(window) + " on " + kernels::name(set);
                QVERIFY2(relativeError(out1, out2) <= limit, text.c_str());
                QVERIFY(out1.gapsIntact());
            }
        }
    }
}

} // namespace

class TestAttention : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void packedFloat() { packed<float>(); }
    void packedBf16() { packed<Bf16>(); }
    void decodingMatches() {
        decoding<float>();
        decoding<Bf16>();
    }
    void decodingAgreesWithPackedAttention() {
        // The last row of a packed sequence is what a decode step over its keys gives.
        const std::int32_t tokens = 77;
        std::mt19937 rng(47);
        Buffer<float> qkv(tokens, 5 * 16);
        qkv.randomise(rng);
        const Buffer<float>& in = qkv;
        const AttentionSegment segment{0, tokens, -1};
        const AttentionBatch batch{&segment, 1, nullptr, tokens};
        const AttentionShape shape{3, 1, 16, 0.25F, 0};
        Buffer<float> out(tokens, 48);
        kernels::table<float>().attention(batch, shape, in.columns(0, 48), in.columns(48, 16), in.columns(64, 16),
                                          out.view(), nullptr);
        const KvSpan<float> span{&in.at(0, 48), &in.at(0, 64), in.stride, tokens};
        const DecodeSequence<float> sequence{&span, 1, tokens - 1, 1};
        Buffer<float> step(tokens, 48);
        kernels::table<float>().decodeAttention(&sequence, 1, shape, in.columns(0, 48), step.view());
        for (std::int64_t c = 0; c < 48; ++c) {
            QVERIFY(std::abs(step.at(tokens - 1, c) - out.at(tokens - 1, c)) < 1e-5F);
        }
    }
    void sharedPrefixEqualsItsCopies() {
        // Two rows behind one prefix give the outputs of the rows written out whole.
        const std::int32_t prefix = 21;
        const std::int32_t rest = 30;
        std::mt19937 rng(53);
        Buffer<float> shared(prefix + 2 * rest, 5 * 16);
        shared.randomise(rng);
        Buffer<float> whole(2 * (prefix + rest), 5 * 16);
        for (std::int32_t row = 0; row < 2; ++row) {
            for (std::int32_t t = 0; t < prefix + rest; ++t) {
                const std::int32_t from = t < prefix ? t : t + row * rest;
                for (std::int64_t c = 0; c < 80; ++c) {
                    whole.at(row * (prefix + rest) + t, c) = shared.at(from, c);
                }
            }
        }
        const AttentionShape shape{3, 1, 16, 0.25F, 0};
        const AttentionSegment tree[] = {
            {0, prefix, -1}, {prefix, prefix + rest, 0}, {prefix + rest, prefix + 2 * rest, 0}};
        const AttentionSegment flat[] = {{0, prefix + rest, -1}, {prefix + rest, 2 * (prefix + rest), -1}};
        const Buffer<float>& a = shared;
        const Buffer<float>& b = whole;
        Buffer<float> outA(a.rows, 48);
        Buffer<float> outB(b.rows, 48);
        const auto& table = kernels::table<float>();
        table.attention({tree, 3, nullptr, a.rows}, shape, a.columns(0, 48), a.columns(48, 16), a.columns(64, 16),
                        outA.view(), nullptr);
        table.attention({flat, 2, nullptr, b.rows}, shape, b.columns(0, 48), b.columns(48, 16), b.columns(64, 16),
                        outB.view(), nullptr);
        for (std::int32_t t = 0; t < rest; ++t) {
            for (std::int64_t c = 0; c < 48; ++c) {
                QVERIFY(std::abs(outA.at(prefix + rest + t, c) - outB.at(2 * prefix + rest + t, c)) < 1e-5F);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestAttention)
#include "test_attention.moc"
