// Checks that need to have seen all rows: which languages are usual, how labels are balanced. Fed row by row, asked at
// the end; memory is one counter a language or label.
#pragma once

#include "data/check_codes.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fettle::data {

class LanguageTally {
public:
    void add(const std::string& language); // "" = unknown
    void remove(const std::string& language);
    /// Languages that make up at least `share` of the rows whose language is known.
    [[nodiscard]] std::vector<std::string> usual(double share = 0.05) const;
    [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const { return m_counts; }

private:
    std::map<std::string, std::int64_t> m_counts;
};

struct LabelCount {
    std::string label;
    std::int64_t rows = 0;
};
struct LabelReport {
    bool isLabelTask = false;       // few answers that return: else the rest is empty
    std::vector<LabelCount> labels; // most frequent first
    std::vector<std::string> rare;  // seen in too few rows to be learned or tested (label_rare)
    bool imbalanced = false;        // label_imbalance
    double entropyBits = 0;         // of the distribution
    double ratio = 1;               // most frequent to least frequent
    std::int64_t rows = 0;
};

struct LabelOptions {
    std::int64_t rareBelow = 10;  // a label of fewer rows is rare
    double imbalancedRatio = 10;  // most frequent to least frequent
    std::int64_t maxLabels = 500; // more different answers: not a label task
    double maxLabelShare = 0.1;   // different answers per row, at most
};

class LabelTally {
public:
    void add(const std::string& label); // "" = the row has none (a long answer)
    void remove(const std::string& label);
    [[nodiscard]] LabelReport report(const LabelOptions& options = {}) const;

private:
    std::map<std::string, std::int64_t> m_counts;
    std::int64_t m_rows = 0; // with and without label
    std::int64_t m_without = 0;
    std::int64_t m_forgotten = 0; // rows of labels that are no longer counted one by one (far too many)
};

} // namespace fettle::data
