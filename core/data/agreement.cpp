// Cohen's kappa by the general weighted form; the plain one has weight 1 on the diagonal and 0 elsewhere.
#include "data/agreement.h"

#include <algorithm>
#include <cmath>

namespace fettle::data {
namespace {

// Weight of agreement of labels i and j among k.
double weightOf(KappaWeights weights, std::size_t i, std::size_t j, std::size_t k) {
    if (weights == KappaWeights::None || k < 2) {
        return i == j ? 1.0 : 0.0;
    }
    const double distance = std::abs(static_cast<double>(i) - static_cast<double>(j)) / static_cast<double>(k - 1);
    return weights == KappaWeights::Linear ? 1.0 - distance : 1.0 - distance * distance;
}

// Lower end of Wilson's interval for n successes of n.
double wilsonLowOfAll(double n, double z) {
    return n / (n + z * z);
}

} // namespace

double normalQuantile(double p) {
    // A rational start (relative error 1e-9), then one Halley step against erfc.
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                            1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                            6.680131188771972e+01, -1.328068155288572e+01};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                            -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
    constexpr double kTail = 0.02425;
    double x = 0;
    if (p < kTail || p > 1 - kTail) {
        const double q = std::sqrt(-2 * std::log(p < kTail ? p : 1 - p));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        x = p < kTail ? x : -x;
    } else {
        const double q = p - 0.5;
        const double r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double error = 0.5 * std::erfc(-x / std::sqrt(2.0)) - p;
    const double u = error * std::sqrt(2 * 3.14159265358979323846) * std::exp(x * x / 2);
    return x - u / (1 + x * u / 2);
}

Agreement cohensKappa(std::span<const int> first, std::span<const int> second, int categories, KappaWeights weights,
                      double level) {
    Agreement out;
    const auto k = static_cast<std::size_t>(std::max(categories, 0));
    const std::size_t rows = std::min(first.size(), second.size());
    out.rows = static_cast<std::int64_t>(rows);
    out.table.assign(k, std::vector<std::int64_t>(k, 0));
    for (std::size_t row = 0; row < rows; ++row) {
        ++out.table[static_cast<std::size_t>(first[row])][static_cast<std::size_t>(second[row])];
    }
    if (rows == 0) {
        return out;
    }
    const auto n = static_cast<double>(rows);
    std::vector<double> a(k, 0);
    std::vector<double> b(k, 0);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            a[i] += static_cast<double>(out.table[i][j]) / n;
            b[j] += static_cast<double>(out.table[i][j]) / n;
        }
    }
    std::vector<double> meanA(k, 0); // mean weight of each label of the first annotator against the second's shares
    std::vector<double> meanB(k, 0);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double w = weightOf(weights, i, j, k);
            out.observed += w * static_cast<double>(out.table[i][j]) / n;
            out.expected += w * a[i] * b[j];
            meanA[i] += w * b[j];
            meanB[j] += w * a[i];
        }
    }
    const double room = 1 - out.expected;
    if (room < 1e-15) {
        return out;
    }
    out.kappa = (out.observed - out.expected) / room;
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double term = weightOf(weights, i, j, k) * room - (meanA[i] + meanB[j]) * (1 - out.observed);
            sum += static_cast<double>(out.table[i][j]) / n * term * term;
        }
    }
    const double last = out.observed * out.expected - 2 * out.expected + out.observed;
    out.standardError = std::sqrt(std::max(0.0, sum - last * last) / n) / (room * room);
    const double z = normalQuantile(0.5 + level / 2);
    out.low = std::max(-1.0, *out.kappa - z * out.standardError);
    out.high = std::min(1.0, *out.kappa + z * out.standardError);
    if (out.observed > 1 - 1e-12) {
        out.low = (wilsonLowOfAll(n, z) - out.expected) / room;
        out.low = std::max(-1.0, out.low);
        out.high = 1;
    }
    return out;
}

Agreement cohensKappa(const std::vector<std::string>& first, const std::vector<std::string>& second,
                      std::vector<std::string>* categories, double level) {
    std::vector<std::string> names = first;
    names.insert(names.end(), second.begin(), second.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto numbers = [&](const std::vector<std::string>& labels) {
        std::vector<int> out;
        for (const std::string& label : labels) {
            out.push_back(static_cast<int>(std::lower_bound(names.begin(), names.end(), label) - names.begin()));
        }
        return out;
    };
    Agreement out =
        cohensKappa(numbers(first), numbers(second), static_cast<int>(names.size()), KappaWeights::None, level);
    if (categories != nullptr) {
        *categories = std::move(names);
    }
    return out;
}

const char* agreementWord(double kappa) {
    return kappa < 0      ? "poor"
           : kappa <= 0.2 ? "slight"
           : kappa <= 0.4 ? "fair"
           : kappa <= 0.6 ? "moderate"
           : kappa <= 0.8 ? "substantial"
                          : "almost perfect";
}

} // namespace fettle::data
