// Counters over all rows.
#include "data/set_checks.h"

#include <algorithm>
#include <cmath>

namespace fettle::data {
namespace {

// More different labels than that are no labels; counting them one by one would only cost memory.
constexpr std::size_t kMostLabels = 100'000;

} // namespace

void LanguageTally::add(const std::string& language) {
    ++m_counts[language];
}

void LanguageTally::remove(const std::string& language) {
    const auto found = m_counts.find(language);
    if (found != m_counts.end() && --found->second <= 0) {
        m_counts.erase(found);
    }
}

std::vector<std::string> LanguageTally::usual(double share) const {
    std::int64_t known = 0;
    for (const auto& [language, rows] : m_counts) {
        known += language.empty() ? 0 : rows;
    }
    std::vector<std::string> out;
    for (const auto& [language, rows] : m_counts) {
        if (!language.empty() && static_cast<double>(rows) >= share * static_cast<double>(known)) {
            out.push_back(language);
        }
    }
    return out;
}

void LabelTally::add(const std::string& label) {
    ++m_rows;
    if (label.empty()) {
        ++m_without;
        return;
    }
    if (m_counts.size() >= kMostLabels && !m_counts.contains(label)) {
        ++m_forgotten;
        return;
    }
    ++m_counts[label];
}

void LabelTally::remove(const std::string& label) {
    --m_rows;
    if (label.empty()) {
        --m_without;
        return;
    }
    const auto found = m_counts.find(label);
    if (found == m_counts.end()) {
        --m_forgotten;
    } else if (--found->second <= 0) {
        m_counts.erase(found);
    }
}

LabelReport LabelTally::report(const LabelOptions& options) const {
    LabelReport out;
    out.rows = m_rows;
    const auto different = static_cast<std::int64_t>(m_counts.size());
    const auto rows = static_cast<double>(m_rows);
    // A set of labels: nearly every row has one, they are few, and they return.
    out.isLabelTask =
        m_forgotten == 0 && different >= 2 && different <= options.maxLabels && m_without * 20 <= m_rows &&
        static_cast<double>(different) <= std::max(2.0, options.maxLabelShare * rows) && m_rows >= 2 * different;
    if (!out.isLabelTask) {
        return out;
    }
    double total = 0;
    for (const auto& [label, count] : m_counts) {
        out.labels.push_back({label, count});
        total += static_cast<double>(count);
    }
    std::stable_sort(out.labels.begin(), out.labels.end(),
                     [](const LabelCount& a, const LabelCount& b) { return a.rows > b.rows; });
    for (const LabelCount& label : out.labels) {
        const double share = static_cast<double>(label.rows) / total;
        out.entropyBits -= share * std::log2(share);
        if (label.rows < options.rareBelow) {
            out.rare.push_back(label.label);
        }
    }
    out.ratio = static_cast<double>(out.labels.front().rows) / static_cast<double>(out.labels.back().rows);
    out.imbalanced = out.ratio > options.imbalancedRatio;
    return out;
}

} // namespace fettle::data
