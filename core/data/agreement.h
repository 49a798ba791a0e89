// Agreement of two annotators: Cohen's kappa with its interval, plain and weighted, and where they disagree.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fettle::data {

enum class KappaWeights { None = 0, Linear, Quadratic };

struct Agreement {
    std::int64_t rows = 0;
    double observed = 0;                          // share of equal labels (weighted: mean weight)
    double expected = 0;                          // by chance, from both annotators' own shares
    std::optional<double> kappa;                  // nullopt: no rows, or both used one and the same label only
    double standardError = 0;                     // Fleiss, Cohen and Everitt 1969
    double low = 0, high = 0;                     // interval of kappa; of no use without it
    std::vector<std::vector<std::int64_t>> table; // [first][second]
};

/// Labels as 0, 1, … `categories` - 1, in their order where weights are used; both lists equally long. `level` of the
/// interval. Where all labels agree the low end comes from Wilson's bound on the observed agreement, since the
/// formula's standard error is 0 there.
[[nodiscard]] Agreement cohensKappa(std::span<const int> first, std::span<const int> second, int categories,
                                    KappaWeights weights = KappaWeights::None, double level = 0.95);

/// The same for labels as text; categories are those seen, sorted. `categories` gets them where not null.
[[nodiscard]] Agreement cohensKappa(const std::vector<std::string>& first, const std::vector<std::string>& second,
                                    std::vector<std::string>* categories = nullptr, double level = 0.95);

/// How the agreement is called (Landis and Koch): "slight", "fair", "moderate", "substantial", "almost perfect",
/// "poor".
[[nodiscard]] const char* agreementWord(double kappa);

/// Quantile of the standard normal distribution; `p` inside (0, 1).
[[nodiscard]] double normalQuantile(double p);

} // namespace fettle::data
