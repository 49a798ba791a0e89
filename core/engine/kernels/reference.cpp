// The plain twins: what each kernel computes, in loops one can check by eye, sums in double. They run on processors
// without AVX2 and stand beside every fast kernel in its parity test.
#include "engine/kernels/tables.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace fettle::engine::kernels {
namespace {

using Index = std::int64_t;

float load(const float& x) {
    return x;
}
float load(const Bf16& x) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16U);
}

void store(float& y, double x) {
    y = static_cast<float>(x);
}

std::uint16_t roundToBf16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    if (std::isnan(x)) {
        return static_cast<std::uint16_t>((bits >> 16U) | 0x40U);
    }
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

void store(Bf16& y, double x) {
    y.bits = roundToBf16(static_cast<float>(x));
}

template <class T>
T* rowOf(const Matrix<T>& m, Index row) {
    return m.data + row * m.stride;
}

template <class T>
void rmsNorm(Matrix<const float> x, const float* weight, float eps, Matrix<T> y, float* rstd) {
#pragma omp parallel for
    for (Index t = 0; t < x.rows; ++t) {
        const float* in = rowOf(x, t);
        T* out = rowOf(y, t);
        double sum = 0.0;
        for (Index i = 0; i < x.cols; ++i) {
            sum += static_cast<double>(load(in[i])) * static_cast<double>(load(in[i]));
        }
        const double r = 1.0 / std::sqrt(sum / static_cast<double>(x.cols) + static_cast<double>(eps));
        for (Index i = 0; i < x.cols; ++i) {
            store(out[i], static_cast<double>(load(in[i])) * r * static_cast<double>(weight[i]));
        }
        if (rstd != nullptr) {
            rstd[t] = static_cast<float>(r);
        }
    }
}

template <class T>
void rmsNormBackward(Matrix<const T> dy, Matrix<const float> x, const float* weight, const float* rstd,
                     Matrix<float> dx, bool accumulate, Matrix<T> rounded) {
#pragma omp parallel for
    for (Index t = 0; t < x.rows; ++t) {
        const T* g = rowOf(dy, t);
        const float* in = rowOf(x, t);
        float* out = rowOf(dx, t);
        const double r = static_cast<double>(rstd[t]);
        double dot = 0.0;
        for (Index i = 0; i < x.cols; ++i) {
            dot += static_cast<double>(load(g[i])) * static_cast<double>(weight[i]) * static_cast<double>(load(in[i]));
        }
        const double mean = dot * r * r / static_cast<double>(x.cols);
        for (Index i = 0; i < x.cols; ++i) {
            const double own = static_cast<double>(load(g[i])) * static_cast<double>(weight[i]) -
                               static_cast<double>(load(in[i])) * mean;
            const double before = accumulate ? static_cast<double>(load(out[i])) : 0.0;
            store(out[i], before + own * r);
            if (rounded.data != nullptr) {
                store(rowOf(rounded, t)[i], static_cast<double>(out[i]));
            }
        }
    }
}

template <class T>
void rope(Matrix<T> x, std::int32_t headDim, const std::int32_t* pos, RopeTable table, bool inverse) {
#pragma omp parallel for
    for (Index t = 0; t < x.rows; ++t) {
        const float* c = table.cosines + pos[t] * table.half;
        const float* s = table.sines + pos[t] * table.half;
        for (Index head = 0; head < x.cols / headDim; ++head) {
            T* h = rowOf(x, t) + head * headDim;
            for (Index i = 0; i < table.half; ++i) {
                const double a = static_cast<double>(load(h[i]));
                const double b = static_cast<double>(load(h[i + table.half]));
                const double cosine = static_cast<double>(c[i]);
                const double sine = inverse ? -static_cast<double>(s[i]) : static_cast<double>(s[i]);
                store(h[i], a * cosine - b * sine);
                store(h[i + table.half], b * cosine + a * sine);
            }
        }
    }
}

/// Value and derivative of the activation.
struct Point {
    double value, slope;
};

Point activate(double x, Activation act) {
    if (act == Activation::Silu) {
        const double s = 1.0 / (1.0 + std::exp(-x));
        return {x * s, s * (1.0 + x * (1.0 - s))};
    }
    constexpr double kRootTwoOverPi = 0.79788456080286535588;
    constexpr double kCube = 0.044715;
    const double t = std::tanh(kRootTwoOverPi * (x + kCube * x * x * x));
    const double inner = kRootTwoOverPi * (1.0 + 3.0 * kCube * x * x);
    return {0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner};
}

template <class T>
void gatedActivation(Matrix<const T> gate, Matrix<const T> up, Matrix<T> h, Activation act) {
#pragma omp parallel for
    for (Index t = 0; t < gate.rows; ++t) {
        for (Index i = 0; i < gate.cols; ++i) {
            const Point p = activate(static_cast<double>(load(rowOf(gate, t)[i])), act);
            store(rowOf(h, t)[i], p.value * static_cast<double>(load(rowOf(up, t)[i])));
        }
    }
}

template <class T>
void gatedActivationBackward(Matrix<T> dh, Matrix<T> gate, Matrix<T> up, Activation act) {
#pragma omp parallel for
    for (Index t = 0; t < gate.rows; ++t) {
        for (Index i = 0; i < gate.cols; ++i) {
            const Point p = activate(static_cast<double>(load(rowOf(gate, t)[i])), act);
            const double d = static_cast<double>(load(rowOf(dh, t)[i]));
            const double u = static_cast<double>(load(rowOf(up, t)[i]));
            store(rowOf(dh, t)[i], p.value * u);
            store(rowOf(gate, t)[i], d * u * p.slope);
            store(rowOf(up, t)[i], d * p.value);
        }
    }
}

/// The keys token t of a segment may see, in order: ancestors whole, then its own segment up to t.
void visibleKeys(const AttentionBatch& batch, std::int32_t segment, Index t, std::int32_t window,
                 std::vector<Index>& keys) {
    keys.clear();
    std::vector<std::int32_t> chain;
    for (std::int32_t s = segment; s >= 0; s = batch.segments[s].parent) {
        chain.push_back(s);
    }
    for (auto s = chain.rbegin(); s != chain.rend(); ++s) {
        const AttentionSegment& seg = batch.segments[*s];
        for (Index j = seg.begin; j < (*s == segment ? t + 1 : Index{seg.end}); ++j) {
            if (window <= 0 || batch.pos[t] - batch.pos[j] < window) {
                keys.push_back(j);
            }
        }
    }
}

template <class T>
double dot(const T* a, const T* b, Index n) {
    double sum = 0.0;
    for (Index i = 0; i < n; ++i) {
        sum += static_cast<double>(load(a[i])) * static_cast<double>(load(b[i]));
    }
    return sum;
}

template <class T>
void attention(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q, Matrix<const T> k,
               Matrix<const T> v, Matrix<T> out, float* lse) {
    const Index d = shape.headDim;
    const std::int32_t group = shape.heads / shape.kvHeads;
#pragma omp parallel for
    for (std::int32_t head = 0; head < shape.heads; ++head) {
        std::vector<Index> keys;
        std::vector<double> p;
        const Index kv = head / group;
        for (std::int32_t s = 0; s < batch.segmentCount; ++s) {
            for (Index t = batch.segments[s].begin; t < batch.segments[s].end; ++t) {
                visibleKeys(batch, s, t, shape.window, keys);
                p.resize(keys.size());
                double top = -std::numeric_limits<double>::infinity();
                for (std::size_t j = 0; j < keys.size(); ++j) {
                    p[j] =
                        dot(rowOf(q, t) + head * d, rowOf(k, keys[j]) + kv * d, d) * static_cast<double>(shape.scale);
                    top = std::max(top, p[j]);
                }
                double sum = 0.0;
                for (double& x : p) {
                    x = std::exp(x - top);
                    sum += x;
                }
                for (Index i = 0; i < d; ++i) {
                    double o = 0.0;
                    for (std::size_t j = 0; j < keys.size(); ++j) {
                        o += p[j] * static_cast<double>(load(rowOf(v, keys[j])[kv * d + i]));
                    }
                    store(rowOf(out, t)[head * d + i], o / sum);
                }
                if (lse != nullptr) {
                    lse[head * batch.tokens + t] = static_cast<float>(top + std::log(sum));
                }
            }
        }
    }
}

template <class T>
void attentionBackward(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q, Matrix<const T> k,
                       Matrix<const T> v, Matrix<const T> out, const float* lse, Matrix<const T> dout, Matrix<T> dq,
                       Matrix<T> dk, Matrix<T> dv) {
    const Index d = shape.headDim;
    const std::int32_t group = shape.heads / shape.kvHeads;
    const auto scale = static_cast<double>(shape.scale);
#pragma omp parallel for
    for (std::int32_t kv = 0; kv < shape.kvHeads; ++kv) {
        std::vector<double> sumK(static_cast<std::size_t>(batch.tokens * d), 0.0);
        std::vector<double> sumV(sumK.size(), 0.0);
        std::vector<double> rowQ(static_cast<std::size_t>(d));
        std::vector<Index> keys;
        for (std::int32_t head = kv * group; head < (kv + 1) * group; ++head) {
            for (std::int32_t s = 0; s < batch.segmentCount; ++s) {
                for (Index t = batch.segments[s].begin; t < batch.segments[s].end; ++t) {
                    visibleKeys(batch, s, t, shape.window, keys);
                    const T* qt = rowOf(q, t) + head * d;
                    const T* dot_ = rowOf(dout, t) + head * d;
                    const double delta = dot(dot_, rowOf(out, t) + head * d, d);
                    rowQ.assign(static_cast<std::size_t>(d), 0.0);
                    for (const Index j : keys) {
                        const T* kj = rowOf(k, j) + kv * d;
                        const T* vj = rowOf(v, j) + kv * d;
                        const double p =
                            std::exp(dot(qt, kj, d) * scale - static_cast<double>(lse[head * batch.tokens + t]));
                        const double ds = p * (dot(dot_, vj, d) - delta) * scale;
                        for (Index i = 0; i < d; ++i) {
                            const auto at = static_cast<std::size_t>(j * d + i);
                            sumV[at] += p * static_cast<double>(load(dot_[i]));
                            sumK[at] += ds * static_cast<double>(load(qt[i]));
                            rowQ[static_cast<std::size_t>(i)] += ds * static_cast<double>(load(kj[i]));
                        }
                    }
                    for (Index i = 0; i < d; ++i) {
                        store(rowOf(dq, t)[head * d + i], rowQ[static_cast<std::size_t>(i)]);
                    }
                }
            }
        }
        for (Index t = 0; t < batch.tokens; ++t) {
            for (Index i = 0; i < d; ++i) {
                store(rowOf(dk, t)[kv * d + i], sumK[static_cast<std::size_t>(t * d + i)]);
                store(rowOf(dv, t)[kv * d + i], sumV[static_cast<std::size_t>(t * d + i)]);
            }
        }
    }
}

template <class T>
void decodeAttention(const DecodeSequence<T>* sequences, std::int32_t count, const AttentionShape& shape,
                     Matrix<const T> q, Matrix<T> out) {
    const Index d = shape.headDim;
    const std::int32_t group = shape.heads / shape.kvHeads;
#pragma omp parallel for
    for (std::int32_t item = 0; item < count * shape.heads; ++item) {
        const DecodeSequence<T>& sequence = sequences[item / shape.heads];
        const Index head = item % shape.heads;
        const Index kv = head / group;
        std::vector<const T*> keys;
        std::vector<const T*> values;
        for (std::int32_t s = 0; s < sequence.spanCount; ++s) {
            const KvSpan<T>& span = sequence.spans[s];
            for (std::int32_t row = 0; row < span.rows; ++row) {
                keys.push_back(span.k + row * span.stride + kv * d);
                values.push_back(span.v + row * span.stride + kv * d);
            }
        }
        std::vector<double> p(keys.size());
        for (std::int32_t i = 0; i < sequence.queryCount; ++i) {
            const std::size_t last = keys.size() - static_cast<std::size_t>(sequence.queryCount - i) + 1;
            const auto window = static_cast<std::size_t>(shape.window > 0 ? shape.window : 0);
            const std::size_t first = window > 0 && last > window ? last - window : 0;
            const T* row = rowOf(q, sequence.queryBegin + i) + head * d;
            double top = -std::numeric_limits<double>::infinity();
            for (std::size_t j = first; j < last; ++j) {
                p[j] = dot(row, keys[j], d) * static_cast<double>(shape.scale);
                top = std::max(top, p[j]);
            }
            double sum = 0.0;
            for (std::size_t j = first; j < last; ++j) {
                p[j] = std::exp(p[j] - top);
                sum += p[j];
            }
            for (Index c = 0; c < d; ++c) {
                double o = 0.0;
                for (std::size_t j = first; j < last; ++j) {
                    o += p[j] * static_cast<double>(load(values[j][c]));
                }
                store(rowOf(out, sequence.queryBegin + i)[head * d + c], o / sum);
            }
        }
    }
}

template <class T>
void crossEntropy(Matrix<float> logits, const std::int32_t* labels, const float* weights, float scale,
                  Matrix<T> gradient, float* loss, std::uint8_t* correct) {
#pragma omp parallel for
    for (Index t = 0; t < logits.rows; ++t) {
        // A copy: the gradient may lie over the logits.
        const std::vector<float> row(rowOf(logits, t), rowOf(logits, t) + logits.cols);
        const Index label = labels[t];
        const auto logit = [&row](Index i) { return static_cast<double>(row[static_cast<std::size_t>(i)]); };
        Index best = 0;
        for (Index i = 1; i < logits.cols; ++i) {
            best = logit(i) > logit(best) ? i : best;
        }
        const double top = logit(best);
        double sum = 0.0;
        for (Index i = 0; i < logits.cols; ++i) {
            sum += std::exp(logit(i) - top);
        }
        loss[t] = label < 0 ? 0.0F : static_cast<float>(std::log(sum) + top - logit(label));
        if (correct != nullptr) {
            correct[t] = best == label ? 1 : 0;
        }
        if (gradient.data == nullptr) {
            continue;
        }
        const double factor =
            label < 0 ? 0.0 : static_cast<double>(scale) * static_cast<double>(weights != nullptr ? weights[t] : 1.0F);
        for (Index i = 0; i < logits.cols; ++i) {
            const double p = std::exp(logit(i) - top) / sum;
            store(rowOf(gradient, t)[i], factor == 0.0 ? 0.0 : factor * (p - (i == label ? 1.0 : 0.0)));
        }
    }
}

template <class T>
void gatherRows(Matrix<const T> source, const std::int32_t* ids, Matrix<float> out) {
#pragma omp parallel for
    for (Index t = 0; t < out.rows; ++t) {
        for (Index i = 0; i < out.cols; ++i) {
            rowOf(out, t)[i] = load(rowOf(source, ids[t])[i]);
        }
    }
}

template <class T>
void scatterAddRows(Matrix<const T> src, const std::int32_t* ids, Matrix<T> dst) {
#pragma omp parallel for
    for (Index i = 0; i < src.cols; ++i) {
        for (Index t = 0; t < src.rows; ++t) {
            T& to = rowOf(dst, ids[t])[i];
            store(to, static_cast<double>(load(to) + load(rowOf(src, t)[i])));
        }
    }
}

template <class T>
void axpy(float alpha, Matrix<const T> x, Matrix<T> y) {
#pragma omp parallel for
    for (Index t = 0; t < x.rows; ++t) {
        for (Index i = 0; i < x.cols; ++i) {
            T& to = rowOf(y, t)[i];
            store(to, static_cast<double>(load(to)) +
                          static_cast<double>(alpha) * static_cast<double>(load(rowOf(x, t)[i])));
        }
    }
}

/// y[i, j] (+)= scale * sum_c left(i, c) * right(c, j)
template <class T, class Left, class Right>
void product(Matrix<T> y, Index inner, double scale, bool accumulate, Left left, Right right) {
#pragma omp parallel for
    for (Index i = 0; i < y.rows; ++i) {
        for (Index j = 0; j < y.cols; ++j) {
            double sum = 0.0;
            for (Index c = 0; c < inner; ++c) {
                sum += static_cast<double>(load(left(i, c))) * static_cast<double>(load(right(c, j)));
            }
            T& to = rowOf(y, i)[j];
            store(to, (accumulate ? static_cast<double>(load(to)) : 0.0) + scale * sum);
        }
    }
}

template <class T>
auto plain(Matrix<const T> m) {
    return [m](Index i, Index j) -> const T& { return m.data[i * m.stride + j]; };
}
template <class T>
auto transposed(Matrix<const T> m) {
    return [m](Index i, Index j) -> const T& { return m.data[j * m.stride + i]; };
}

template <class T>
void projectDown(Matrix<const T> x, Matrix<const T> a, float scale, Matrix<T> p) {
    product(p, x.cols, static_cast<double>(scale), false, plain(x), transposed(a));
}
template <class T>
void projectUp(Matrix<const T> p, Matrix<const T> b, float scale, Matrix<T> y, bool accumulate) {
    product(y, p.cols, static_cast<double>(scale), accumulate, plain(p), transposed(b));
}
template <class T>
void projectDownBackward(Matrix<const T> dy, Matrix<const T> b, float scale, Matrix<T> dp) {
    product(dp, dy.cols, static_cast<double>(scale), false, plain(dy), plain(b));
}
template <class T>
void projectUpBackward(Matrix<const T> dp, Matrix<const T> a, float scale, Matrix<T> dx, bool accumulate) {
    product(dx, dp.cols, static_cast<double>(scale), accumulate, plain(dp), plain(a));
}
template <class T>
void addOuter(Matrix<const T> u, Matrix<const T> v, float scale, Matrix<float> dst) {
    product(dst, u.rows, static_cast<double>(scale), true, transposed(u), plain(v));
}

std::int64_t packedWords(std::int64_t n, std::int64_t k) {
    return n * k;
}

template <class T>
void packWeight(Matrix<const T> w, bool transposed, std::uint32_t* packed) {
    const Index n = transposed ? w.cols : w.rows;
    const Index k = transposed ? w.rows : w.cols;
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < k; ++j) {
            packed[i * k + j] = std::bit_cast<std::uint32_t>(load(transposed ? rowOf(w, j)[i] : rowOf(w, i)[j]));
        }
    }
}

template <class T>
void unpackWeight(const std::uint32_t* packed, Matrix<T> w) {
    for (Index i = 0; i < w.rows; ++i) {
        for (Index j = 0; j < w.cols; ++j) {
            store(rowOf(w, i)[j], static_cast<double>(std::bit_cast<float>(packed[i * w.cols + j])));
        }
    }
}

template <class T, class Y>
void productOver(Matrix<const T> x, const std::uint32_t* packed, const T* bias, Matrix<const Y> addend,
                 const LowRankTerm<T>* terms, int termCount, Matrix<Y> y) {
#pragma omp parallel for
    for (Index i = 0; i < y.rows; ++i) {
        for (Index j = 0; j < y.cols; ++j) {
            double sum = 0.0;
            for (Index c = 0; c < x.cols; ++c) {
                sum += static_cast<double>(load(rowOf(x, i)[c])) *
                       static_cast<double>(std::bit_cast<float>(packed[j * x.cols + c]));
            }
            for (int t = 0; t < termCount; ++t) {
                const LowRankTerm<T>& term = terms[t];
                const Index column = j - term.firstColumn;
                if (column < 0 || column >= (term.plain ? term.b.cols : term.b.rows)) {
                    continue;
                }
                double low = 0.0;
                for (Index r = 0; r < term.p.cols; ++r) {
                    const T& b = term.plain ? rowOf(term.b, r)[column] : rowOf(term.b, column)[r];
                    low += static_cast<double>(load(rowOf(term.p, i)[r])) * static_cast<double>(load(b));
                }
                sum += static_cast<double>(term.scale) * low;
            }
            sum += bias != nullptr ? static_cast<double>(load(bias[j])) : 0.0;
            sum += addend.data != nullptr ? static_cast<double>(load(rowOf(addend, i)[j])) : 0.0;
            store(rowOf(y, i)[j], sum);
        }
    }
}

void adamW(const AdamW& o, Index count, float* p, const float* g, float* m, float* v) {
    const double correction1 = 1.0 - std::pow(o.beta1, static_cast<double>(o.step));
    const double correction2 = std::sqrt(1.0 - std::pow(o.beta2, static_cast<double>(o.step)));
    const double stepSize = o.learningRate / correction1;
#pragma omp parallel for
    for (Index i = 0; i < count; ++i) {
        const double grad = static_cast<double>(g[i]) * static_cast<double>(o.gradScale);
        const double first = o.beta1 * static_cast<double>(m[i]) + (1.0 - o.beta1) * grad;
        const double second = o.beta2 * static_cast<double>(v[i]) + (1.0 - o.beta2) * grad * grad;
        m[i] = static_cast<float>(first);
        v[i] = static_cast<float>(second);
        const double kept = static_cast<double>(p[i]) * (1.0 - o.learningRate * o.weightDecay);
        p[i] = static_cast<float>(kept - stepSize * first / (std::sqrt(second) / correction2 + o.eps));
    }
}

double squaredNorm(const float* x, Index count) {
    double sum = 0.0;
    for (Index i = 0; i < count; ++i) {
        sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    return sum;
}

void scaleAll(float* x, Index count, float factor) {
#pragma omp parallel for
    for (Index i = 0; i < count; ++i) {
        x[i] *= factor;
    }
}

void toBf16(const float* x, Bf16* y, Index count) {
#pragma omp parallel for
    for (Index i = 0; i < count; ++i) {
        y[i].bits = roundToBf16(x[i]);
    }
}

void toFloat(const Bf16* x, float* y, Index count) {
#pragma omp parallel for
    for (Index i = 0; i < count; ++i) {
        y[i] = load(x[i]);
    }
}

template <class T>
Table<T> makeTable() {
    Table<T> t{};
    t.rmsNorm = rmsNorm<T>;
    t.rmsNormBackward = rmsNormBackward<T>;
    t.rope = rope<T>;
    t.gatedActivation = gatedActivation<T>;
    t.gatedActivationBackward = gatedActivationBackward<T>;
    t.attention = attention<T>;
    t.attentionBackward = attentionBackward<T>;
    t.decodeAttention = decodeAttention<T>;
    t.crossEntropy = crossEntropy<T>;
    t.gatherRows = gatherRows<T>;
    t.scatterAddRows = scatterAddRows<T>;
    t.axpy = axpy<T>;
    t.projectDown = projectDown<T>;
    t.projectUp = projectUp<T>;
    t.projectDownBackward = projectDownBackward<T>;
    t.projectUpBackward = projectUpBackward<T>;
    t.addOuter = addOuter<T>;
    t.ownProducts = false;
    t.packedWords = packedWords;
    t.packWeight = packWeight<T>;
    t.unpackWeight = unpackWeight<T>;
    t.product = productOver<T, T>;
    t.productWide = productOver<T, float>;
    return t;
}

} // namespace

const TableSet& referenceTables() {
    static const TableSet tables{makeTable<float>(), makeTable<Bf16>(),
                                 FlatTable{adamW, squaredNorm, scaleAll, toBf16, toFloat}};
    return tables;
}

} // namespace fettle::engine::kernels
