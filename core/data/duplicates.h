// Duplicates and leakage over a million rows: exact and normalised by hash, near ones by MinHash and bands, each pair
// proved by the true Jaccard similarity of its texts. About 220 bytes a row; texts are fetched again for proofs only.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

struct DuplicateOptions {
    double threshold = 0.8; // Jaccard of 5-character shingles of the normal key; 0.5 to 1
    std::uint64_t seed = 1;
    std::stop_token stop = {};
    std::function<void(double)> progress = {}; // 0 to 1 of clusters() or leaks(); from the calling thread
};

/// What is kept of one row; may be computed on any thread and stored.
struct RowSketch {
    static constexpr std::size_t kHashes = 320;
    static constexpr std::size_t kBands = 40; // at most
    std::uint64_t exact = 0;
    std::uint64_t normalised = 0;
    std::uint64_t prompt = 0; // of the prompt's normal key, 0 = no prompt
    std::array<std::uint32_t, kBands> bands{};
    std::array<std::uint64_t, kHashes / 64> bits{};
};

struct DuplicateClusters {
    std::vector<std::vector<std::int64_t>> exact;      // equal texts; ids ascending, clusters by their first id
    std::vector<std::vector<std::int64_t>> normalised; // equal normal keys, exact ones included
    std::vector<std::vector<std::int64_t>>
        near; // connected by pairs at or above the threshold, all of the above included
};

enum class LeakKind { Exact = 1, Normalised, Near, SamePrompt };
[[nodiscard]] const char* leakKindName(LeakKind kind);  // "same_prompt"
[[nodiscard]] const char* leakCheckCode(LeakKind kind); // "leak_same_prompt"

struct Leak {
    std::int64_t row = 0;   // held-out row
    std::int64_t other = 0; // row of the other side
    LeakKind kind = LeakKind::Exact;
    double similarity = 1; // Jaccard; of SamePrompt 0 (not measured)
};

struct DuplicateStats {
    std::int64_t rows = 0;
    std::int64_t candidates = 0; // pairs that shared a band
    std::int64_t proved = 0;     // pairs whose texts were compared
    std::int64_t cappedBuckets =
        0; // bands so full that not every pair in them was looked at (others may have found it)
};

/// Feed rows in any order, then ask. Deterministic: the same rows give the same answer in any order of feeding and on
/// any machine. Thread: one at a time; sketch() may be called from many.
class DuplicateFinder {
public:
    /// The text that was given for `id`. An error ends the pass.
    using Fetch = std::function<Result<std::string>(std::int64_t id)>;

    explicit DuplicateFinder(DuplicateOptions options = {});
    ~DuplicateFinder();
    DuplicateFinder(DuplicateFinder&&) noexcept;
    DuplicateFinder& operator=(DuplicateFinder&&) noexcept;
    DuplicateFinder(const DuplicateFinder&) = delete;
    DuplicateFinder& operator=(const DuplicateFinder&) = delete;

    /// `text`: duplicateText() of the row; `prompt`: promptText(), for leaks only.
    [[nodiscard]] RowSketch sketch(std::string_view text, std::string_view prompt = {}) const;

    /// `side` tells splits apart (0 to 63); clusters() does not look at it. Ids must differ.
    void add(std::int64_t id, std::string_view text, std::string_view prompt = {}, int side = 0);
    void add(std::int64_t id, const RowSketch& sketch, int side = 0);
    [[nodiscard]] std::int64_t rows() const;

    /// Errors: of `fetch`, Cancelled.
    [[nodiscard]] Result<DuplicateClusters> clusters(const Fetch& fetch);
    /// For each row of side `heldOut` that also stands on one of `sides` (bit n = side n): its strongest leak (exact
    /// before normalised before near before same_prompt; then the most similar, then the smallest id). By row.
    [[nodiscard]] Result<std::vector<Leak>> leaks(int heldOut, std::uint64_t sides, const Fetch& fetch);

    /// Of the last pass.
    [[nodiscard]] const DuplicateStats& stats() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace fettle::data
