// The CPU kernels of training and generation: everything in a step that is no large matrix product. One table of
// function pointers per dtype, chosen once by what the processor has; every entry has a plain twin
// (InstructionSet::Reference) that defines what it computes. Raw pointers with explicit strides, no torch. Common
// contract: row-major views, sums in fp32, the dtype rounded once at the end. Work is split into pieces that do not
// depend on the number of threads, so results are bit-equal for any thread count. Inputs are trusted (the caller has
// checked shapes and ids). Outputs may alias an input only where it is said. Thread: the lane that owns the tensors; a
// call uses the OpenMP threads of its caller.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fettle::engine::kernels {

/// A bfloat16 bit pattern; the same bytes as at::BFloat16 (tensor.data_ptr() cast from void*).
struct Bf16 {
    std::uint16_t bits;
};

/// A view of `rows` rows of `cols` elements, `stride` elements from one row to the next.
template <class T>
struct Matrix {
    T* data = nullptr;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t stride = 0;
    // Views turn into read-only views by themselves.
    [[gnu::always_inline]] operator Matrix<const T>() const { return {data, rows, cols, stride}; }
};
template <class T>
struct Matrix<const T> {
    const T* data = nullptr;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t stride = 0;
};

enum class Activation { Silu, GeluTanh };

/// Rotary tables by position: [positions, half] each, half = rotated dims / 2.
struct RopeTable {
    const float* cosines = nullptr;
    const float* sines = nullptr;
    std::int64_t half = 0;
};

/// Tokens [begin, end) see themselves causally and all tokens of their chain of ancestors. Parents come earlier in the
/// array; -1: none.
struct AttentionSegment {
    std::int32_t begin = 0;
    std::int32_t end = 0;
    std::int32_t parent = -1;
};

/// One packed batch: `pos` [tokens] grows along a chain; it is read only where a window is set.
struct AttentionBatch {
    const AttentionSegment* segments = nullptr;
    std::int32_t segmentCount = 0;
    const std::int32_t* pos = nullptr;
    std::int64_t tokens = 0;
};

/// Query head h reads key/value head h / (heads / kvHeads). scale > 0. window > 0: a key is seen while pos(query) -
/// pos(key) < window.
struct AttentionShape {
    std::int32_t heads = 0;
    std::int32_t kvHeads = 0;
    std::int32_t headDim = 0;
    float scale = 1.0F;
    std::int32_t window = 0;
};

/// A stretch of cached keys and values, [rows, kvHeads * headDim] each with the same row stride. Several stretches make
/// a sequence (a shared prefix first).
template <class T>
struct KvSpan {
    const T* k = nullptr;
    const T* v = nullptr;
    std::int64_t stride = 0;
    std::int32_t rows = 0;
};

/// `queryCount` new rows from row `queryBegin` of q on; they are the last `queryCount` keys of the sequence (their k
/// and v are in the cache already).
template <class T>
struct DecodeSequence {
    const KvSpan<T>* spans = nullptr;
    std::int32_t spanCount = 0;
    std::int32_t queryBegin = 0;
    std::int32_t queryCount = 1;
};

/// scale * p b^T with b [cols, r], or scale * p b with b [r, cols] where `plain`; added to columns [firstColumn, +
/// cols).
template <class T>
struct LowRankTerm {
    Matrix<const T> p; // [T, r]
    Matrix<const T> b;
    std::int64_t firstColumn = 0;
    float scale = 1.0F;
    bool plain = false;
};

constexpr int kMaxLowRankTerms = 8;

template <class T>
struct Table {
    // The sum that runs through the blocks and its gradient are fp32 in every table: rounded at each of some sixty
    // additions they would lose what small losses are made of.
    /// y = x * rstd * weight, rstd[row] = 1 / sqrt(mean(x^2) + eps). y may be x where T is float; rstd may be null.
    void (*rmsNorm)(Matrix<const float> x, const float* weight, float eps, Matrix<T> y, float* rstd);
    /// dx (+)= gradient of rmsNorm by x; x and rstd as in the forward pass. The weight is frozen. dx may be dy where T
    /// is float. `rounded` (data may be null) receives dx as it stands then, in T.
    void (*rmsNormBackward)(Matrix<const T> dy, Matrix<const float> x, const float* weight, const float* rstd,
                            Matrix<float> dx, bool accumulate, Matrix<T> rounded);

    /// Turns dims [0, 2 half) of every head in place, pairs (i, i + half): heads at columns h * headDim of `x` (cols =
    /// heads * headDim), row t by position pos[t]. `inverse` turns back: the gradient.
    void (*rope)(Matrix<T> x, std::int32_t headDim, const std::int32_t* pos, RopeTable table, bool inverse);

    /// h = act(gate) * up.
    void (*gatedActivation)(Matrix<const T> gate, Matrix<const T> up, Matrix<T> h, Activation act);
    /// In place: gate becomes d gate, up becomes d up, dh becomes h (recomputed, for the adapter of the next layer).
    void (*gatedActivationBackward)(Matrix<T> dh, Matrix<T> gate, Matrix<T> up, Activation act);

    /// out[tokens, heads * headDim], lse [heads, tokens] (natural log of the sum of exp of scaled scores; may be null).
    /// q [tokens, heads * headDim], k and v [tokens, kvHeads * headDim]: usually column ranges of one buffer.
    void (*attention)(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q, Matrix<const T> k,
                      Matrix<const T> v, Matrix<T> out, float* lse);
    /// dq, dk and dv are overwritten and overlap nothing else.
    void (*attentionBackward)(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q,
                              Matrix<const T> k, Matrix<const T> v, Matrix<const T> out, const float* lse,
                              Matrix<const T> dout, Matrix<T> dq, Matrix<T> dk, Matrix<T> dv);
    /// Attention of new rows over cached keys; a window counts keys from the end.
    void (*decodeAttention)(const DecodeSequence<T>* sequences, std::int32_t count, const AttentionShape& shape,
                            Matrix<const T> q, Matrix<T> out);

    /// loss[row] = -log softmax(logits[row])[label] (unweighted); correct[row] = 1 where the label is the first maximum
    /// (may be null). gradient (data null: not wanted) = (softmax - onehot) * weights[row] * scale (weights null: 1);
    /// it may lie over the logits, each row beginning where its logits begin. A label < 0 gives loss 0, correct 0,
    /// gradient 0. Without gradient the logits stay as they are.
    void (*crossEntropy)(Matrix<float> logits, const std::int32_t* labels, const float* weights, float scale,
                         Matrix<T> gradient, float* loss, std::uint8_t* correct);

    /// out[i] = table[ids[i]]; out.rows ids.
    void (*gatherRows)(Matrix<const T> table, const std::int32_t* ids, Matrix<float> out);
    /// dst[ids[i]] += src[i] in order of i; ids may repeat (the sum is rounded per addition).
    void (*scatterAddRows)(Matrix<const T> src, const std::int32_t* ids, Matrix<T> dst);
    /// y += alpha * x.
    void (*axpy)(float alpha, Matrix<const T> x, Matrix<T> y);

    // Low rank. T tokens, r rank; a [r, k], b [n, r] in the dtype of the activations.
    /// p[T, r] = scale * x[T, k] a^T
    void (*projectDown)(Matrix<const T> x, Matrix<const T> a, float scale, Matrix<T> p);
    /// y[T, n] (+)= scale * p[T, r] b^T
    void (*projectUp)(Matrix<const T> p, Matrix<const T> b, float scale, Matrix<T> y, bool accumulate);
    /// dp[T, r] = scale * dy[T, n] b
    void (*projectDownBackward)(Matrix<const T> dy, Matrix<const T> b, float scale, Matrix<T> dp);
    /// dx[T, k] (+)= scale * dp[T, r] a
    void (*projectUpBackward)(Matrix<const T> dp, Matrix<const T> a, float scale, Matrix<T> dx, bool accumulate);
    /// dst[U, V] += scale * u[T, U]^T v[T, V]: db = addOuter(dy, p, s), da = addOuter(dp, x, 1).
    void (*addOuter)(Matrix<const T> u, Matrix<const T> v, float scale, Matrix<float> dst);

    // Large products over a weight packed once. The form is that of the instruction set: pack and multiply by one
    // table.
    /// The product here is at least as fast as oneDNN's on this processor.
    bool ownProducts;
    /// 32-bit words a weight [n, k] takes.
    std::int64_t (*packedWords)(std::int64_t n, std::int64_t k);
    /// w [n, k], or [k, n] where `transposed`.
    void (*packWeight)(Matrix<const T> w, bool transposed, std::uint32_t* packed);
    void (*unpackWeight)(const std::uint32_t* packed, Matrix<T> w);
    /// y = x w^T + bias + addend + the terms, rounded once. bias [n] and addend.data [T, n] may be null; at most
    /// kMaxLowRankTerms terms. y overlaps nothing but the addend.
    void (*product)(Matrix<const T> x, const std::uint32_t* packed, const T* bias, Matrix<const T> addend,
                    const LowRankTerm<T>* terms, int termCount, Matrix<T> y);
    /// The same with addend and result in fp32: nothing is rounded.
    void (*productWide)(Matrix<const T> x, const std::uint32_t* packed, const T* bias, Matrix<const float> addend,
                        const LowRankTerm<T>* terms, int termCount, Matrix<float> y);
};

/// One AdamW step, torch's formula: p -= lr * weightDecay * p; m, v moments; p -= lr / (1 - beta1^t) * m / (sqrt(v) /
/// sqrt(1 - beta2^t) + eps).
struct AdamW {
    double learningRate = 0.0;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double eps = 1e-8;
    double weightDecay = 0.0;
    std::int64_t step = 1;  // t, counted from 1
    float gradScale = 1.0F; // applied to the gradient first (clipping)
};

/// Dtype-free entries.
struct FlatTable {
    void (*adamW)(const AdamW& options, std::int64_t count, float* p, const float* g, float* m, float* v);
    /// Sum of squares in fixed chunks, added in double in a fixed order.
    double (*squaredNorm)(const float* x, std::int64_t count);
    void (*scale)(float* x, std::int64_t count, float factor);
    void (*toBf16)(const float* x, Bf16* y, std::int64_t count); // round to nearest even; NaN stays NaN
    void (*toFloat)(const Bf16* x, float* y, std::int64_t count);
};

enum class InstructionSet { Reference, Avx2, Avx512, Avx512Bf16 };

/// The best set this processor has (and this build holds).
[[nodiscard]] InstructionSet bestInstructionSet();
[[nodiscard]] const char* name(InstructionSet set);

/// The processor multiplies bf16 tiles (AMX): oneDNN uses them, the kernels here do not.
[[nodiscard]] bool hasTileUnit();

/// The tables in use. T: float, Bf16.
template <class T>
[[nodiscard]] const Table<T>& table();
template <>
const Table<float>& table<float>();
template <>
const Table<Bf16>& table<Bf16>();
[[nodiscard]] const FlatTable& flat();

/// The tables of a given set; a set the processor lacks gives the next lower one it has. For tests and benchmarks.
template <class T>
[[nodiscard]] const Table<T>& tableOf(InstructionSet set);
template <>
const Table<float>& tableOf<float>(InstructionSet set);
template <>
const Table<Bf16>& tableOf<Bf16>(InstructionSet set);
[[nodiscard]] const FlatTable& flatOf(InstructionSet set);

} // namespace fettle::engine::kernels
