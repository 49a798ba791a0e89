// DecoderModel: a frozen decoder of the Llama family with an optional LoRA adapter on top. Forward and backward are
// written out by hand over packed batches; autograd never runs. One object serves training, scoring and generation.
#pragma once

#include "base/result.h"
#include "data/packed_batch.h"
#include "engine/adapter_store.h"
#include "model/model_files.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace fettle::engine {

enum class ComputeType : std::uint8_t { Fp32 = 1, Bf16 };
/// What a block keeps for its backward pass. None: everything. Lean: norm outputs are computed again. Full: only the
/// block's input is kept, the block runs again.
enum class Recompute : std::uint8_t { None = 1, Lean, Full };

/// Which kernels a model on CPU uses. Reference and Aten are second opinions for tests; other devices always use Aten.
enum class KernelPath : std::uint8_t { Fast = 1, Reference, Aten };

/// "fp32", "bf16"; "auto" = bf16 where the processor has instructions for it, else fp32.
[[nodiscard]] Result<ComputeType> computeTypeFromName(const std::string& name, const std::string& device);
/// "none", "lean", "full"; "auto" = lean.
[[nodiscard]] Result<Recompute> recomputeFromName(const std::string& name);
[[nodiscard]] const char* computeTypeName(ComputeType type);
[[nodiscard]] const char* recomputeName(Recompute recompute);
/// "auto" = "cuda:0" where one can be used, else "cpu". Errors name a device that is not there.
[[nodiscard]] Result<std::string> resolveDevice(const std::string& name);

struct DecoderOptions {
    ComputeType compute = ComputeType::Fp32;
    std::string device = "cpu"; // as resolveDevice gives it
    int threads = 0;            // compute threads of the calling thread; 0 = all cores
    Recompute recompute = Recompute::Lean;
    bool forInferenceOnly = false;    // no W^T is kept: forwardBackward() then fails
    std::int64_t headChunkRows = 128; // label rows that have logits at one time
    KernelPath kernels = KernelPath::Fast;
};

struct BatchOutcome {
    double lossSum = 0;              // Σ w·ce over the labels, natural log
    double weightSum = 0;            // Σ w
    std::int64_t labels = 0;         // labels with weight > 0
    std::int64_t correct = 0;        // of these: the largest logit is the label
    std::vector<float> perLabelLoss; // ce (without weight) parallel to PackedBatch::labels
    [[nodiscard]] bool finite() const;
};

struct SamplingOptions {
    int maxNewTokens = 64;
    bool greedy = true; // argmax, ties go to the lowest id
    double temperature = 1, topP = 1;
    int topK = 0;           // 0 = off
    std::uint64_t seed = 0; // with the prompt's index it decides the draws of that prompt
    std::vector<std::int32_t> stopIds;
    std::stop_token stop;
};

struct GeneratedRow {
    std::vector<std::int32_t> ids; // new ids without the stop id
    bool stopped = false;          // by a stop id
};

/// Thread: one at a time (the device lane); the thread count is set for the calling thread at each call.
class DecoderModel {
public:
    /// Reads and prepacks the weights; a second copy of a weight never lives longer than its own conversion. Errors:
    /// Unsupported (family, device), OutOfMemory, or of the file.
    [[nodiscard]] static Result<std::unique_ptr<DecoderModel>> load(const model::ModelFiles& files,
                                                                    const DecoderOptions& options);
    ~DecoderModel();
    DecoderModel(const DecoderModel&) = delete;
    DecoderModel& operator=(const DecoderModel&) = delete;

    [[nodiscard]] const model::ModelConfig& config() const;
    [[nodiscard]] const DecoderOptions& options() const;

    /// The adapter to apply from now on (not owned, must outlive its use), or null for the base. Fills pending DoRA
    /// magnitudes. Error where shapes or device do not fit.
    [[nodiscard]] Result<void> setAdapter(AdapterStore* store);

    /// Forward and backward of one micro-batch. Adds the gradient of gradientScale · Σ w·ce to the store's gradients().
    /// On an error (OutOfMemory, …) nothing was added. Dropout of the adapter's config applies here, decided by
    /// (dropoutSeed, layer, projection, token). Non-finite losses are no error: see BatchOutcome::finite().
    [[nodiscard]] Result<BatchOutcome> forwardBackward(const data::PackedBatch& batch, double gradientScale,
                                                       std::uint64_t dropoutSeed = 0);
    /// Forward only, without dropout.
    [[nodiscard]] Result<BatchOutcome> evaluate(const data::PackedBatch& batch);
    /// Logits of every token, fp32 [tokens * vocabulary] row-major.
    [[nodiscard]] Result<std::vector<float>> logits(const data::PackedBatch& batch);
    /// Natural log-probability of each id given those before it; [0] is NaN.
    [[nodiscard]] Result<std::vector<double>> score(std::span<const std::int32_t> ids);
    /// Continues all prompts at once with a KV cache. `onToken(prompt, id)` may be empty. A cancelled call gives what
    /// was there so far, not an error.
    [[nodiscard]] Result<std::vector<GeneratedRow>>
    generate(const std::vector<std::vector<std::int32_t>>& prompts, const SamplingOptions& options,
             const std::function<void(int, std::int32_t)>& onToken = {});

    void setRecompute(Recompute recompute);
    /// Gives scratch memory back (after an out-of-memory error, before a smaller batch; between training and idling).
    void releaseScratch();
    /// Bytes of weights (with their packed twins) and of scratch buffers held now.
    [[nodiscard]] std::uint64_t weightBytes() const;
    [[nodiscard]] std::uint64_t scratchBytes() const;

private:
    struct Impl;
    explicit DecoderModel(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace fettle::engine
