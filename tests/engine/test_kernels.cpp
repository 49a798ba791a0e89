// Every fast kernel against its plain twin (sums in double), over shapes with edges: one row, odd widths, all dims of a
// head, strides with gaps, zeros. The tolerances are relative 2-norms: float32 1e-6 (2e-6 where exponentials enter),
// bfloat16 4e-3 for one rounding. The twins themselves stand against ATen in double in test_kernels_aten.
#include "engine/kernel_support.h"

#include <QTest>

#include <cstring>
#include <omp.h>

using namespace fettle::tests;
using fettle::engine::kernels::Activation;
using fettle::engine::kernels::AdamW;
using fettle::engine::kernels::InstructionSet;
using fettle::engine::kernels::RopeTable;

namespace {

template <class T>
double tolerance() {
    return std::is_same_v<T, float> ? 2e-6 : 4e-3;
}

/// What a comparison was about, for the failure message.
struct Case {
    std::string what;
    InstructionSet set;
};

void expect(double error, double limit, const Case& c, const char* part) {
    const std::string text = c.what + " " + part + " on " + kernels::name(c.set) + ": relative error " +
                             std::to_string(error) + " above " + std::to_string(limit);
    QVERIFY2(error <= limit, text.c_str()); // false for NaN as well
}

template <class T>
void compare(const Buffer<T>& fast, const Buffer<T>& plain, const Case& c, const char* part,
             double limit = tolerance<T>()) {
    QVERIFY2(fast.gapsIntact(), (c.what + " wrote between rows: " + part).c_str());
    expect(relativeError(fast, plain), limit, c, part);
}

template <class T>
std::string label(const char* what, std::int64_t rows, std::int64_t cols) {
    return std::string(what) + " " + dtypeName<T>() + " [" + std::to_string(rows) + ", " + std::to_string(cols) + "]";
}

struct Shape {
    std::int64_t rows, cols;
};
const Shape kShapes[] = {{1, 1}, {1, 576}, {3, 7}, {5, 17}, {33, 64}, {130, 576}, {4, 1537}};

template <class T>
void norms() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Shape s : kShapes) {
            std::mt19937 rng(7);
            const Case c{label<T>("norm", s.rows, s.cols), set};
            const auto weight = randomFloats(rng, static_cast<std::size_t>(s.cols));
            Buffer<float> x(s.rows, s.cols, 3); // the sum through the blocks is fp32 in every table
            Buffer<float> residual(s.rows, s.cols, 1);
            Buffer<T> dy(s.rows, s.cols, 2);
            x.randomise(rng);
            residual.randomise(rng);
            dy.randomise(rng);
            Buffer<T> y1(s.rows, s.cols, 5);
            Buffer<T> y2 = y1;
            std::vector<float> r1(static_cast<std::size_t>(s.rows));
            std::vector<float> r2 = r1;
            fast.rmsNorm(x.read(), weight.data(), 1e-5F, y1.view(), r1.data());
            plain.rmsNorm(x.read(), weight.data(), 1e-5F, y2.view(), r2.data());
            compare(y1, y2, c, "y");
            expect(relativeError(r1, r2), 1e-6, c, "rstd");
            for (const bool accumulate : {false, true}) {
                Buffer<float> dx1 = residual;
                Buffer<float> dx2 = residual;
                Buffer<T> copy1(s.rows, s.cols, 4);
                Buffer<T> copy2 = copy1;
                fast.rmsNormBackward(dy.read(), x.read(), weight.data(), r1.data(), dx1.view(), accumulate,
                                     copy1.view());
                plain.rmsNormBackward(dy.read(), x.read(), weight.data(), r2.data(), dx2.view(), accumulate,
                                      copy2.view());
                // One column: the gradient is a difference of equal numbers.
                compare(dx1, dx2, c, "dx", s.cols == 1 ? 1e-2 : tolerance<float>());
                compare(copy1, copy2, c, "dx rounded", s.cols == 1 ? 1e-2 : tolerance<T>());
                for (std::int64_t t = 0; t < s.rows; ++t) {
                    QCOMPARE(toFloat(copy1.at(t, s.cols - 1)), toFloat(fromFloat<T>(dx1.at(t, s.cols - 1))));
                }
                Buffer<float> again = residual;
                fast.rmsNormBackward(dy.read(), x.read(), weight.data(), r1.data(), again.view(), accumulate, {});
                QVERIFY2(sameBits(again, dx1), c.what.c_str());
            }
            const std::vector<float> none(static_cast<std::size_t>(s.cols), 0.0F);
            fast.rmsNorm(x.read(), none.data(), 1e-5F, y1.view(), nullptr);
            for (std::int64_t t = 0; t < s.rows; ++t) {
                QCOMPARE(toFloat(y1.at(t, s.cols - 1)), 0.0F);
            }
        }
    }
}

template <class T>
void rotary() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const std::int32_t dim : {2, 8, 10, 16, 64, 128}) {
            for (const std::int64_t half : {std::int64_t{dim / 2}, std::int64_t{(dim + 3) / 4}}) { // whole, partly
                const std::int64_t rows = 9;
                const std::int64_t heads = 3;
                std::mt19937 rng(3);
                std::vector<float> cosines;
                std::vector<float> sines;
                for (int p = 0; p < 40; ++p) {
                    for (std::int64_t i = 0; i < half; ++i) {
                        const double angle = p * std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(half));
                        cosines.push_back(static_cast<float>(std::cos(angle)));
                        sines.push_back(static_cast<float>(std::sin(angle)));
                    }
                }
                const std::int32_t pos[rows] = {0, 1, 2, 3, 0, 1, 39, 17, 5};
                const RopeTable table{cosines.data(), sines.data(), half};
                Buffer<T> x(rows, heads * dim, 7);
                x.randomise(rng);
                const Buffer<T> before = x;
                Buffer<T> other = x;
                const Case c{label<T>("rope", rows, dim), set};
                fast.rope(x.view(), dim, pos, table, false);
                plain.rope(other.view(), dim, pos, table, false);
                compare(x, other, c, "forward");
                fast.rope(x.view(), dim, pos, table, true);
                compare(x, before, c, "there and back", 2 * tolerance<T>());
            }
        }
    }
}

template <class T>
void gated() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Shape s : kShapes) {
            for (const Activation act : {Activation::Silu, Activation::GeluTanh}) {
                std::mt19937 rng(11);
                Buffer<T> both(s.rows, 2 * s.cols, 3); // gate and up side by side, as one product gives them
                both.randomise(rng, 4.0F);
                both.at(0, 0) = fromFloat<T>(-100.0F); // far tails
                both.at(s.rows - 1, s.cols - 1) = fromFloat<T>(100.0F);
                Buffer<T> dh(s.rows, s.cols, 1);
                dh.randomise(rng);
                Buffer<T> h1(s.rows, s.cols, 2);
                Buffer<T> h2 = h1;
                const Case c{label<T>(act == Activation::Silu ? "silu" : "gelu", s.rows, s.cols), set};
                const Buffer<T>& in = both;
                fast.gatedActivation(in.columns(0, s.cols), in.columns(s.cols, s.cols), h1.view(), act);
                plain.gatedActivation(in.columns(0, s.cols), in.columns(s.cols, s.cols), h2.view(), act);
                compare(h1, h2, c, "h");
                Buffer<T> both2 = both;
                Buffer<T> dh2 = dh;
                fast.gatedActivationBackward(dh.view(), both.columns(0, s.cols), both.columns(s.cols, s.cols), act);
                plain.gatedActivationBackward(dh2.view(), both2.columns(0, s.cols), both2.columns(s.cols, s.cols), act);
                compare(both, both2, c, "gradients");
                compare(dh, dh2, c, "h again");
            }
        }
    }
}

template <class T>
void losses() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Shape s : {Shape{1, 1}, Shape{2, 3}, Shape{7, 65}, Shape{5, 128}, Shape{3, 49152}}) {
            std::mt19937 rng(5);
            Buffer<float> logits(s.rows, s.cols, 2);
            logits.randomise(rng, 5.0F);
            std::vector<std::int32_t> labels;
            std::vector<float> weights;
            for (std::int64_t t = 0; t < s.rows; ++t) {
                labels.push_back(t == 1 ? -1 : static_cast<std::int32_t>(rng() % static_cast<std::uint32_t>(s.cols)));
                weights.push_back(t == 2 ? 0.0F : 0.5F + static_cast<float>(t));
            }
            if (s.cols > 2) { // two equal maxima: the first counts, the label is the second
                logits.at(0, 0) = 40.0F;
                logits.at(0, s.cols - 1) = 40.0F;
                labels[0] = static_cast<std::int32_t>(s.cols - 1);
            }
            const Case c{label<T>("cross-entropy", s.rows, s.cols), set};
            for (const bool gradient : {false, true}) {
                Buffer<float> l1 = logits;
                Buffer<float> l2 = logits;
                Buffer<T> g1(s.rows, s.cols, 3);
                Buffer<T> g2 = g1;
                const Matrix<T> none;
                std::vector<float> loss1(static_cast<std::size_t>(s.rows));
                std::vector<float> loss2 = loss1;
                std::vector<std::uint8_t> ok1(static_cast<std::size_t>(s.rows), 9);
                std::vector<std::uint8_t> ok2 = ok1;
                fast.crossEntropy(l1.view(), labels.data(), weights.data(), 0.25F, gradient ? g1.view() : none,
                                  loss1.data(), ok1.data());
                plain.crossEntropy(l2.view(), labels.data(), weights.data(), 0.25F, gradient ? g2.view() : none,
                                   loss2.data(), ok2.data());
                expect(relativeError(loss1, loss2), 2e-6, c, "loss");
                QVERIFY2(ok1 == ok2, c.what.c_str());
                compare(g1, g2, c, gradient ? "gradient" : "gradient left alone");
                QVERIFY2(sameBits(l1, logits) && sameBits(l2, logits), c.what.c_str());
                if (gradient) { // over the logits, from where each row begins: the same bits
                    for (const auto* table : {&fast, &plain}) {
                        Buffer<float> both = logits;
                        const auto steps = static_cast<std::int64_t>(sizeof(float) / sizeof(T));
                        const Matrix<T> over{reinterpret_cast<T*>(both.data.data()), s.rows, s.cols,
                                             both.stride * steps};
                        table->crossEntropy(both.view(), labels.data(), weights.data(), 0.25F, over, loss1.data(),
                                            ok1.data());
                        Buffer<T> taken = g1;
                        for (std::int64_t t = 0; t < s.rows; ++t) {
                            std::memcpy(&taken.at(t, 0), over.data + t * over.stride,
                                        static_cast<std::size_t>(s.cols) * sizeof(T));
                        }
                        QVERIFY2(sameBits(taken, table == &fast ? g1 : g2), c.what.c_str());
                    }
                }
            }
        }
    }
}

template <class T>
void rowsAndVectors() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Shape s : kShapes) {
            std::mt19937 rng(13);
            Buffer<T> table(11, s.cols, 3);
            table.randomise(rng);
            std::vector<std::int32_t> ids;
            for (std::int64_t t = 0; t < s.rows; ++t) {
                ids.push_back(static_cast<std::int32_t>(rng() % 11)); // repeats
            }
            Buffer<float> gathered(s.rows, s.cols, 1);
            Buffer<float> expected = gathered;
            fast.gatherRows(table.read(), ids.data(), gathered.view());
            plain.gatherRows(table.read(), ids.data(), expected.view());
            QVERIFY(sameBits(gathered, expected));
            Buffer<T> out(s.rows, s.cols, 1);
            for (std::int64_t t = 0; t < s.rows; ++t) {
                for (std::int64_t i = 0; i < s.cols; ++i) {
                    QCOMPARE(gathered.at(t, i), toFloat(table.at(ids[static_cast<std::size_t>(t)], i)));
                    out.at(t, i) = fromFloat<T>(gathered.at(t, i));
                }
            }
            Buffer<T> t1 = table;
            Buffer<T> t2 = table;
            fast.scatterAddRows(out.read(), ids.data(), t1.view());
            plain.scatterAddRows(out.read(), ids.data(), t2.view());
            QVERIFY(sameBits(t1, t2)); // the same roundings in the same order
            Buffer<T> y1(s.rows, s.cols, 4);
            y1.randomise(rng);
            Buffer<T> y2 = y1;
            fast.axpy(-0.3F, out.read(), y1.view());
            plain.axpy(-0.3F, out.read(), y2.view());
            compare(y1, y2, {label<T>("axpy", s.rows, s.cols), set}, "y");
        }
    }
}

struct LowRank {
    std::int64_t tokens, in, out, rank;
};

template <class T>
void lowRank() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const LowRank s :
             {LowRank{1, 1, 1, 1}, LowRank{3, 5, 7, 2}, LowRank{49, 64, 33, 8}, LowRank{130, 96, 576, 16},
              LowRank{301, 130, 65, 48}, LowRank{257, 77, 80, 5}, LowRank{64, 40, 50, 64}}) {
            std::mt19937 rng(17);
            const Case c{label<T>("low rank", s.in, s.out) + " T " + std::to_string(s.tokens) + " r " +
                             std::to_string(s.rank),
                         set};
            Buffer<T> x(s.tokens, s.in, 2);
            Buffer<T> dy(s.tokens, s.out, 3);
            Buffer<T> a(s.rank, s.in, 1);
            Buffer<T> b(s.out, s.rank, 0);
            for (auto* m : {&x, &dy, &a, &b}) {
                m->randomise(rng);
            }
            const double limit = std::is_same_v<T, float> ? 2e-6 : 4e-3;
            Buffer<T> p1(s.tokens, s.rank, 1);
            Buffer<T> p2 = p1;
            fast.projectDown(x.read(), a.read(), 0.5F, p1.view());
            plain.projectDown(x.read(), a.read(), 0.5F, p2.view());
            compare(p1, p2, c, "p", limit);
            Buffer<T> dp1(s.tokens, s.rank, 2);
            Buffer<T> dp2 = dp1;
            fast.projectDownBackward(dy.read(), b.read(), 2.0F, dp1.view());
            plain.projectDownBackward(dy.read(), b.read(), 2.0F, dp2.view());
            compare(dp1, dp2, c, "dp", limit);
            for (const bool accumulate : {false, true}) {
                Buffer<T> y1 = dy;
                Buffer<T> y2 = dy;
                fast.projectUp(p2.read(), b.read(), 0.7F, y1.view(), accumulate);
                plain.projectUp(p2.read(), b.read(), 0.7F, y2.view(), accumulate);
                compare(y1, y2, c, "y", limit);
                Buffer<T> dx1 = x;
                Buffer<T> dx2 = x;
                fast.projectUpBackward(dp2.read(), a.read(), 1.0F, dx1.view(), accumulate);
                plain.projectUpBackward(dp2.read(), a.read(), 1.0F, dx2.view(), accumulate);
                compare(dx1, dx2, c, "dx", limit);
            }
            Buffer<float> da1(s.rank, s.in, 3);
            Buffer<float> db1(s.out, s.rank, 2);
            da1.randomise(rng);
            db1.randomise(rng);
            Buffer<float> da2 = da1;
            Buffer<float> db2 = db1;
            fast.addOuter(dp2.read(), x.read(), 1.0F, da1.view());
            plain.addOuter(dp2.read(), x.read(), 1.0F, da2.view());
            compare(da1, da2, c, "da", 2e-6); // fp32 sums of exact products, from either dtype
            fast.addOuter(dy.read(), p2.read(), 2.0F, db1.view());
            plain.addOuter(dy.read(), p2.read(), 2.0F, db2.view());
            compare(db1, db2, c, "db", 2e-6);
        }
    }
}

struct Product {
    std::int64_t rows, in, out;
};

/// The packed product with bias, addend and terms that lie anywhere in the columns, against the plain one.
template <class T>
void products() {
    const auto& plain = kernels::tableOf<T>(InstructionSet::Reference);
    for (const auto set : fastSets()) {
        const auto& fast = kernels::tableOf<T>(set);
        for (const Product s : {Product{1, 1, 1}, Product{1, 64, 130}, Product{5, 7, 63}, Product{13, 576, 65},
                                Product{200, 33, 192}, Product{197, 96, 320}, Product{1, 3072, 64}}) {
            std::mt19937 rng(37);
            const Case c{label<T>("product", s.in, s.out) + " T " + std::to_string(s.rows), set};
            Buffer<T> w(s.out, s.in, 1);
            Buffer<T> wide(s.in, s.out, 2); // the same weight the other way round
            Buffer<T> x(s.rows, s.in, 3);
            Buffer<T> addend(s.rows, s.out, 1);
            for (auto* m : {&w, &x, &addend}) {
                m->randomise(rng);
            }
            for (std::int64_t r = 0; r < s.out; ++r) {
                for (std::int64_t k = 0; k < s.in; ++k) {
                    wide.at(k, r) = w.at(r, k);
                }
            }
            Buffer<float> wideAddend(s.rows, s.out, 3);
            for (std::int64_t r = 0; r < s.rows; ++r) {
                for (std::int64_t k = 0; k < s.out; ++k) {
                    wideAddend.at(r, k) = toFloat(addend.at(r, k));
                }
            }
            Buffer<T> bias(1, s.out);
            bias.randomise(rng);
            Buffer<T> p(s.rows, 24, 2);
            p.randomise(rng);
            const std::int64_t part = (s.out + 2) / 3;
            Buffer<T> b1(part, 16, 1);
            Buffer<T> b2(5, s.out - part, 1); // the plain form
            b1.randomise(rng);
            b2.randomise(rng);
            const Buffer<T>& ps = p;
            const kernels::LowRankTerm<T> terms[] = {{ps.columns(0, 16), b1.read(), 0, 2.0F, false},
                                                     {ps.columns(17, 5), b2.read(), part, 0.3F, true},
                                                     {ps.columns(0, 16), b1.read(), s.out - part, -1.0F, false},
                                                     {ps.columns(0, 16), b1.read(), 0, 0.0F, false}};
            const auto packedBy = [&](const kernels::Table<T>& table, bool transposed) {
                std::vector<std::uint32_t> packed(static_cast<std::size_t>(table.packedWords(s.out, s.in)),
                                                  0xFFFFFFFFU);
                table.packWeight(transposed ? wide.read() : w.read(), transposed, packed.data());
                return packed;
            };
            const auto mine = packedBy(fast, false);
            QVERIFY2(mine == packedBy(fast, true), c.what.c_str());
            Buffer<T> back(s.out, s.in, 1);
            fast.unpackWeight(mine.data(), back.view());
            QVERIFY2(sameBits(back, w), c.what.c_str());
            const auto theirs = packedBy(plain, false);
            for (const int termCount : {0, 1, 4}) {
                for (const bool more : {false, true}) {
                    const T* bias1 = more ? bias.data.data() : nullptr;
                    const Matrix<const T> add = more ? addend.read() : Matrix<const T>{};
                    Buffer<T> y1(s.rows, s.out, 5);
                    Buffer<T> y2 = y1;
                    fast.product(x.read(), mine.data(), bias1, add, terms, termCount, y1.view());
                    plain.product(x.read(), theirs.data(), bias1, add, terms, termCount, y2.view());
                    compare(y1, y2, c, "y");
                    // In fp32: what the rounded one came from.
                    const Matrix<const float> addWide = more ? wideAddend.read() : Matrix<const float>{};
                    Buffer<float> wide1(s.rows, s.out, 2);
                    Buffer<float> wide2 = wide1;
                    fast.productWide(x.read(), mine.data(), bias1, addWide, terms, termCount, wide1.view());
                    plain.productWide(x.read(), theirs.data(), bias1, addWide, terms, termCount, wide2.view());
                    compare(wide1, wide2, c, "y in fp32");
                    for (std::int64_t r = 0; r < s.rows; ++r) {
                        QCOMPARE(toFloat(y1.at(r, s.out - 1)), toFloat(fromFloat<T>(wide1.at(r, s.out - 1))));
                    }
                }
            }
        }
    }
}

} // namespace

class TestKernels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fastSetsAreThere() {
        // On a machine without any, the rest of this file would test nothing.
        const std::string text = std::string("instruction set in use: ") + kernels::name(kernels::bestInstructionSet());
        qInfo("%s", text.c_str());
        QVERIFY(!fastSets().empty());
    }
    void normsMatch() {
        norms<float>();
        norms<Bf16>();
    }
    void rotaryMatches() {
        rotary<float>();
        rotary<Bf16>();
    }
    void gatedActivationMatches() {
        gated<float>();
        gated<Bf16>();
    }
    void crossEntropyMatches() {
        losses<float>();
        losses<Bf16>();
    }
    void rowsAndVectorsMatch() {
        rowsAndVectors<float>();
        rowsAndVectors<Bf16>();
    }
    void lowRankMatches() {
        lowRank<float>();
        lowRank<Bf16>();
    }

    void productsMatch() {
        products<float>();
        products<Bf16>();
    }

    void adamWMatches() {
        for (const auto set : fastSets()) {
            for (const std::size_t count : {std::size_t{1}, std::size_t{17}, std::size_t{40000}}) {
                std::mt19937 rng(19);
                auto p1 = randomFloats(rng, count);
                auto p2 = p1;
                std::vector<float> m1(count, 0.0F);
                std::vector<float> v1(count, 0.0F);
                auto m2 = m1;
                auto v2 = v1;
                AdamW options;
                options.learningRate = 2e-4;
                options.weightDecay = 0.01;
                options.gradScale = 0.5F;
                for (int step = 1; step <= 5; ++step) {
                    options.step = step;
                    auto g = randomFloats(rng, count, 0.1F);
                    g[0] = 0.0F; // no gradient at all: 0 / (0 + eps)
                    kernels::flatOf(set).adamW(options, static_cast<std::int64_t>(count), p1.data(), g.data(),
                                               m1.data(), v1.data());
                    kernels::flatOf(InstructionSet::Reference)
                        .adamW(options, static_cast<std::int64_t>(count), p2.data(), g.data(), m2.data(), v2.data());
                }
                const Case c{"adamW " + std::to_string(count), set};
                expect(relativeError(p1, p2), 1e-6, c, "p");
                expect(relativeError(m1, m2), 1e-6, c, "m");
                expect(relativeError(v1, v2), 1e-6, c, "v");
            }
        }
    }

    void conversionsRoundToNearestEven() {
        const float kInf = std::numeric_limits<float>::infinity();
        const float kNan = std::numeric_limits<float>::quiet_NaN();
        std::vector<float> x = {0.0F,    -0.0F,   1.0F, 1.00390625F, 1.01171875F, -3.1415926F,
                                3.3e38F, 3.4e38F, kInf, -kInf,       kNan};
        std::mt19937 rng(23);
        const auto more = randomFloats(rng, 100, 1000.0F);
        x.insert(x.end(), more.begin(), more.end());
        const auto count = static_cast<std::int64_t>(x.size());
        for (const auto set : fastSets()) {
            std::vector<Bf16> a(x.size());
            std::vector<Bf16> b(x.size());
            kernels::flatOf(set).toBf16(x.data(), a.data(), count);
            kernels::flatOf(InstructionSet::Reference).toBf16(x.data(), b.data(), count);
            for (std::size_t i = 0; i < x.size(); ++i) {
                QVERIFY(std::isnan(x[i]) ? std::isnan(toFloat(a[i])) : a[i].bits == b[i].bits);
            }
            std::vector<float> back(x.size());
            kernels::flatOf(set).toFloat(a.data(), back.data(), count);
            QCOMPARE(back[3], 1.0F);      // 1 + 2^-8 lies halfway: to even
            QCOMPARE(back[4], 1.015625F); // 1 + 3 * 2^-8 as well
        }
    }

    void squaredNormAddsInDouble() {
        for (const auto set : fastSets()) {
            for (const std::size_t count : {std::size_t{0}, std::size_t{5}, std::size_t{100001}}) {
                std::mt19937 rng(29);
                const auto x = randomFloats(rng, count);
                const double a = kernels::flatOf(set).squaredNorm(x.data(), static_cast<std::int64_t>(count));
                const double b =
                    kernels::flatOf(InstructionSet::Reference).squaredNorm(x.data(), static_cast<std::int64_t>(count));
                QVERIFY(std::abs(a - b) <= 1e-6 * b);
            }
        }
    }

    void nonFiniteValuesStayVisible() {
        for (const auto set : fastSets()) {
            std::mt19937 rng(31);
            Buffer<float> logits(1, 70);
            logits.randomise(rng);
            logits.at(0, 33) = std::numeric_limits<float>::quiet_NaN();
            const std::int32_t target = 3;
            float loss = 0.0F;
            kernels::tableOf<float>(set).crossEntropy(logits.view(), &target, nullptr, 1.0F, {}, &loss, nullptr);
            QVERIFY(std::isnan(loss));
        }
    }
};

QTEST_APPLESS_MAIN(TestKernels)
#include "test_kernels.moc"
