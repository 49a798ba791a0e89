// MinHash of a set of shingles, cut into bands for candidates and into single bits for estimates. Internal to
// core/data.
#pragma once

#include "data/duplicates.h"

#include <cstdint>
#include <vector>

namespace fettle::data {

/// How many bands of how many hashes: as many hashes a band as still find a pair at the threshold with probability
/// 0.999.
struct BandShape {
    std::size_t bands = RowSketch::kBands;
    std::size_t hashes = 8; // a band
};
[[nodiscard]] BandShape bandShapeFor(double threshold);

/// The hash functions of one seed. Thread: any.
class MinHasher {
public:
    MinHasher(std::uint64_t seed, BandShape shape);
    /// Fills bands and bits. `shingles` is not empty.
    void sketch(const std::vector<std::uint64_t>& shingles, RowSketch& out) const;

private:
    BandShape m_shape;
    std::vector<std::uint32_t> m_factors, m_offsets; // kHashes each
};

/// Jaccard similarity as the bits show it: around the true one with a deviation of at most 0.056.
[[nodiscard]] double estimatedSimilarity(const RowSketch& a, const RowSketch& b);
/// A pair whose estimate is lower is under the threshold (4.5 standard deviations).
[[nodiscard]] double lowestEstimate(double threshold);

} // namespace fettle::data
