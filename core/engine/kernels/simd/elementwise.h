// Norms, rotary embedding, gated activation, cross-entropy, row gathers and flat vectors: everything that reads a row,
// computes in fp32 registers and writes it.
#pragma once

#include "engine/kernels/simd/vector.h"

namespace fettle::engine::kernels {
namespace {

/// Calls body(offset, lanes left) over a row: whole vectors first, then the rest.
template <class Body>
FETTLE_INLINE void overRow(Index cols, Body body) {
    Index i = 0;
    for (; i + kLanes <= cols; i += kLanes) {
        body(i, Index{kLanes});
    }
    if (i < cols) {
        body(i, cols - i);
    }
}

template <class T>
FETTLE_INLINE void finishNorm(const float* in, const float* weight, Index cols, Vec squares, float eps, T* out,
                              float* rstd) {
    const float r = 1.0F / __builtin_sqrtf(sumLanes(squares) / static_cast<float>(cols) + eps);
    const Vec factor = splat(r);
    overRow(cols,
            [&](Index i, Index n) { storeAny(out + i, loadAny(in + i, n) * factor * loadAny(weight + i, n), n); });
    if (rstd != nullptr) {
        *rstd = r;
    }
}

template <class T>
void rmsNorm(Matrix<const float> x, const float* weight, float eps, Matrix<T> y, float* rstd) {
    overRows(x.rows, x.cols, [&](Index t) {
        const float* in = rowOf(x, t);
        Vec squares{};
        overRow(x.cols, [&](Index i, Index n) {
            const Vec v = loadAny(in + i, n);
            squares += v * v;
        });
        finishNorm(in, weight, x.cols, squares, eps, rowOf(y, t), rstd != nullptr ? rstd + t : nullptr);
    });
}

template <class T>
void rmsNormBackward(Matrix<const T> dy, Matrix<const float> x, const float* weight, const float* rstd,
                     Matrix<float> dx, bool accumulate, Matrix<T> rounded) {
    overRows(x.rows, x.cols, [&](Index t) {
        const T* g = rowOf(dy, t);
        const float* in = rowOf(x, t);
        float* out = rowOf(dx, t);
        T* copy = rounded.data != nullptr ? rowOf(rounded, t) : nullptr;
        Vec dot{};
        overRow(x.cols,
                [&](Index i, Index n) { dot += loadAny(g + i, n) * loadAny(weight + i, n) * loadAny(in + i, n); });
        const Vec r = splat(rstd[t]);
        const Vec mean = splat(sumLanes(dot) / static_cast<float>(x.cols) * rstd[t] * rstd[t]);
        overRow(x.cols, [&](Index i, Index n) {
            Vec own = (loadAny(g + i, n) * loadAny(weight + i, n) - loadAny(in + i, n) * mean) * r;
            if (accumulate) {
                own += loadAny(out + i, n);
            }
            storeAny(out + i, own, n);
            if (copy != nullptr) {
                storeAny(copy + i, own, n);
            }
        });
    });
}

template <class T>
void rope(Matrix<T> x, std::int32_t headDim, const std::int32_t* pos, RopeTable table, bool inverse) {
    const Index heads = x.cols / headDim;
    const float sign = inverse ? -1.0F : 1.0F;
    overRows(x.rows, x.cols, [&](Index t) {
        const float* c = table.cosines + pos[t] * table.half;
        const float* s = table.sines + pos[t] * table.half;
        for (Index head = 0; head < heads; ++head) {
            T* low = rowOf(x, t) + head * headDim;
            T* high = low + table.half;
            overRow(table.half, [&](Index i, Index n) {
                const Vec a = loadAny(low + i, n);
                const Vec b = loadAny(high + i, n);
                const Vec cosine = loadAny(c + i, n);
                const Vec sine = loadAny(s + i, n) * sign;
                storeAny(low + i, a * cosine - b * sine, n);
                storeAny(high + i, b * cosine + a * sine, n);
            });
        }
    });
}

struct VecPoint {
    Vec value, slope;
};

template <Activation kAct>
FETTLE_INLINE VecPoint activate(Vec x) {
    if constexpr (kAct == Activation::Silu) {
        const Vec s = 1.0F / (1.0F + expOf(-x));
        return {x * s, s * (1.0F + x * (1.0F - s))};
    } else {
        constexpr float kRootTwoOverPi = 0.79788456080286535588F;
        constexpr float kCube = 0.044715F;
        const Vec square = x * x;
        const Vec u = kRootTwoOverPi * (x + kCube * x * square);
        const Vec half = 1.0F / (1.0F + expOf(2.0F * u)); // (1 - tanh u) / 2
        const Vec up = 1.0F - half;                       // (1 + tanh u) / 2
        const Vec inner = kRootTwoOverPi * (1.0F + 3.0F * kCube * square);
        return {x * up, up + 2.0F * x * up * half * inner};
    }
}

template <class T, Activation kAct>
void gatedForward(Matrix<const T> gate, Matrix<const T> up, Matrix<T> h) {
    overRows(gate.rows, gate.cols, [&](Index t) {
        const T* g = rowOf(gate, t);
        const T* u = rowOf(up, t);
        T* out = rowOf(h, t);
        overRow(gate.cols, [&](Index i, Index n) {
            storeAny(out + i, activate<kAct>(loadAny(g + i, n)).value * loadAny(u + i, n), n);
        });
    });
}

template <class T>
void gatedActivation(Matrix<const T> gate, Matrix<const T> up, Matrix<T> h, Activation act) {
    if (act == Activation::Silu) {
        gatedForward<T, Activation::Silu>(gate, up, h);
    } else {
        gatedForward<T, Activation::GeluTanh>(gate, up, h);
    }
}

template <class T, Activation kAct>
void gatedBackward(Matrix<T> dh, Matrix<T> gate, Matrix<T> up) {
    overRows(gate.rows, gate.cols, [&](Index t) {
        T* g = rowOf(gate, t);
        T* u = rowOf(up, t);
        T* d = rowOf(dh, t);
        overRow(gate.cols, [&](Index i, Index n) {
            const VecPoint p = activate<kAct>(loadAny(g + i, n));
            const Vec upper = loadAny(u + i, n);
            const Vec grad = loadAny(d + i, n);
            storeAny(d + i, p.value * upper, n);
            storeAny(g + i, grad * upper * p.slope, n);
            storeAny(u + i, grad * p.value, n);
        });
    });
}

template <class T>
void gatedActivationBackward(Matrix<T> dh, Matrix<T> gate, Matrix<T> up, Activation act) {
    if (act == Activation::Silu) {
        gatedBackward<T, Activation::Silu>(dh, gate, up);
    } else {
        gatedBackward<T, Activation::GeluTanh>(dh, gate, up);
    }
}

/// One row of cross-entropy, four sums side by side so that additions overlap. `gradient` (or null) may begin where
/// `row` does: a vector is read before it is written, and what is written lies at or before what has been read.
template <class T>
FETTLE_INLINE void crossEntropyRow(const float* row, Index cols, Index label, float factor, T* gradient, float* loss,
                                   std::uint8_t* correct) {
    constexpr Index kStep = Index{4} * kLanes;
    const Index whole = cols / kStep * kStep;
    Vec tops[4];
    Vec sums[4];
    for (int j = 0; j < 4; ++j) {
        tops[j] = splat(-__builtin_inff());
        sums[j] = Vec{};
    }
    for (Index i = 0; i < whole; i += kStep) {
        for (int j = 0; j < 4; ++j) {
            tops[j] = maxOf(load(row + i + j * kLanes), tops[j]);
        }
    }
    float top = maxLanes(maxOf(maxOf(tops[0], tops[1]), maxOf(tops[2], tops[3])));
    for (Index i = whole; i < cols; ++i) {
        top = one(row + i) > top ? one(row + i) : top;
    }
    const Vec topVec = splat(top);
    for (Index i = 0; i < whole; i += kStep) {
        for (int j = 0; j < 4; ++j) {
            sums[j] += expOf(load(row + i + j * kLanes) - topVec);
        }
    }
    float sum = sumLanes((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (Index i = whole; i < cols; ++i) {
        sum += expOne(one(row + i) - top);
    }
    const float labelLogit = label < 0 ? 0.0F : one(row + label);
    *loss = label < 0 ? 0.0F : __builtin_logf(sum) + (top - labelLogit);
    if (correct != nullptr) {
        bool first = label >= 0 && labelLogit == top;
        for (Index i = 0; first && i < label; ++i) {
            first = one(row + i) != top;
        }
        *correct = first ? 1 : 0;
    }
    if (gradient == nullptr) {
        return;
    }
    if (factor == 0.0F) {
        overRow(cols, [&](Index i, Index n) { storeAny(gradient + i, Vec{}, n); });
        return;
    }
    const Vec scaled = splat(factor / sum);
    const float atLabel = factor * (expOne(labelLogit - top) / sum - 1.0F);
    overRow(cols, [&](Index i, Index n) { storeAny(gradient + i, expOf(loadAny(row + i, n) - topVec) * scaled, n); });
    storeOne(gradient + label, atLabel);
}

template <class T>
void crossEntropy(Matrix<float> logits, const std::int32_t* labels, const float* weights, float scale,
                  Matrix<T> gradient, float* loss, std::uint8_t* correct) {
    overRows(logits.rows, logits.cols, [&](Index t) {
        const float factor = labels[t] < 0 ? 0.0F : scale * (weights != nullptr ? weights[t] : 1.0F);
        T* slope = gradient.data != nullptr ? rowOf(gradient, t) : nullptr;
        crossEntropyRow(rowOf(logits, t), logits.cols, Index{labels[t]}, factor, slope, loss + t,
                        correct != nullptr ? correct + t : nullptr);
    });
}

template <class T>
void gatherRows(Matrix<const T> source, const std::int32_t* ids, Matrix<float> out) {
    overRows(out.rows, out.cols, [&](Index t) {
        const T* from = rowOf(source, ids[t]);
        float* to = rowOf(out, t);
        overRow(out.cols, [&](Index i, Index n) { storeAny(to + i, loadAny(from + i, n), n); });
    });
}

template <class T>
void scatterAddRows(Matrix<const T> src, const std::int32_t* ids, Matrix<T> dst) {
    constexpr Index kColumns = 64; // ids may repeat: split by columns, each in the order of the rows
    const Index pieces = (src.cols + kColumns - 1) / kColumns;
    parallel(pieces, [&](Index piece, int) {
        const Index begin = piece * kColumns;
        const Index cols = smaller(kColumns, src.cols - begin);
        for (Index t = 0; t < src.rows; ++t) {
            const T* from = rowOf(src, t) + begin;
            T* to = rowOf(dst, ids[t]) + begin;
            overRow(cols, [&](Index i, Index n) { storeAny(to + i, loadAny(to + i, n) + loadAny(from + i, n), n); });
        }
    });
}

template <class T>
void axpy(float alpha, Matrix<const T> x, Matrix<T> y) {
    overRows(x.rows, x.cols, [&](Index t) {
        const T* from = rowOf(x, t);
        T* to = rowOf(y, t);
        overRow(x.cols,
                [&](Index i, Index n) { storeAny(to + i, loadAny(to + i, n) + alpha * loadAny(from + i, n), n); });
    });
}

// Flat vectors: pieces of a fixed size, whatever the number of threads.
constexpr Index kPiece = 16384;

template <class Body>
FETTLE_INLINE void overPieces(Index count, Body body) {
    const Index pieces = (count + kPiece - 1) / kPiece;
    parallel(pieces, [&](Index piece, int) {
        const Index begin = piece * kPiece;
        body(piece, begin, smaller(kPiece, count - begin));
    });
}

FETTLE_INLINE Vec rootOf(Vec x) {
#if defined(__AVX512F__)
    return __builtin_bit_cast(Vec, _mm512_sqrt_ps(__builtin_bit_cast(__m512, x)));
#else
    return __builtin_bit_cast(Vec, _mm256_sqrt_ps(__builtin_bit_cast(__m256, x)));
#endif
}

void adamW(const AdamW& o, Index count, float* p, const float* g, float* m, float* v) {
    const double correction1 = 1.0 - __builtin_pow(o.beta1, static_cast<double>(o.step));
    const double correction2 = __builtin_sqrt(1.0 - __builtin_pow(o.beta2, static_cast<double>(o.step)));
    const auto stepSize = static_cast<float>(o.learningRate / correction1);
    const auto rootScale = static_cast<float>(1.0 / correction2);
    const auto keep = static_cast<float>(1.0 - o.learningRate * o.weightDecay);
    const auto beta1 = static_cast<float>(o.beta1);
    const auto rest1 = static_cast<float>(1.0 - o.beta1);
    const auto beta2 = static_cast<float>(o.beta2);
    const auto rest2 = static_cast<float>(1.0 - o.beta2);
    const auto eps = static_cast<float>(o.eps);
    overPieces(count, [&](Index, Index begin, Index size) {
        overRow(size, [&](Index i, Index n) {
            const Index at = begin + i;
            const Vec grad = loadAny(g + at, n) * o.gradScale;
            const Vec first = loadAny(m + at, n) * beta1 + grad * rest1;
            const Vec second = loadAny(v + at, n) * beta2 + grad * grad * rest2;
            storeAny(m + at, first, n);
            storeAny(v + at, second, n);
            const Vec step = stepSize * first / (rootOf(second) * rootScale + eps);
            storeAny(p + at, loadAny(p + at, n) * keep - step, n);
        });
    });
}

double squaredNorm(const float* x, Index count) {
    const Index pieces = (count + kPiece - 1) / kPiece;
    auto* sums = static_cast<double*>(workspace(0, static_cast<std::size_t>(pieces + 1) * sizeof(double)));
    overPieces(count, [&](Index piece, Index begin, Index size) {
        constexpr Index kRun = 512; // a short fp32 run, then double
        double sum = 0.0;
        for (Index i = 0; i < size; i += kRun) {
            Vec squares{};
            overRow(smaller(kRun, size - i), [&](Index j, Index n) {
                const Vec value = loadAny(x + begin + i + j, n);
                squares += value * value;
            });
            sum += static_cast<double>(sumLanes(squares));
        }
        sums[piece] = sum;
    });
    double total = 0.0;
    for (Index piece = 0; piece < pieces; ++piece) {
        total += sums[piece];
    }
    return total;
}

void scaleAll(float* x, Index count, float factor) {
    overPieces(count, [&](Index, Index begin, Index size) {
        overRow(size, [&](Index i, Index n) { storeAny(x + begin + i, loadAny(x + begin + i, n) * factor, n); });
    });
}

void toBf16(const float* x, Bf16* y, Index count) {
    overPieces(count, [&](Index, Index begin, Index size) {
        overRow(size, [&](Index i, Index n) { storeAny(y + begin + i, loadAny(x + begin + i, n), n); });
    });
}

void toFloat(const Bf16* x, float* y, Index count) {
    overPieces(count, [&](Index, Index begin, Index size) {
        overRow(size, [&](Index i, Index n) { storeAny(y + begin + i, loadAny(x + begin + i, n), n); });
    });
}

} // namespace
} // namespace fettle::engine::kernels
