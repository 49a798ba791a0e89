// Kappa and quantiles as the reference libraries give them (golden/stats); intervals that cover.
#include "data/agreement.h"
#include "data/stats.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

bool close(double got, double wanted) {
    return std::abs(got - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted));
}

std::vector<std::string> labelsOf(const Json& list) {
    std::vector<std::string> out;
    for (const Json& label : list) {
        out.push_back(label.is_string() ? label.get<std::string>() : dumpJson(label));
    }
    return out;
}

} // namespace

class TestAgreement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kappaIsTheReferences() {
        const Json cases = must(readJsonFile(goldenRoot() + "/stats/kappa.json"));
        int compared = 0;
        for (const Json& one : cases) {
            const std::vector<std::string> first = labelsOf(one["first"]);
            const std::vector<std::string> second = labelsOf(one["second"]);
            std::vector<std::string> names;
            const Agreement got = cohensKappa(first, second, &names);
            QCOMPARE(got.rows, static_cast<std::int64_t>(first.size()));
            if (one["kappa"].is_null()) {
                QVERIFY(!got.kappa);
                continue;
            }
            QVERIFY(got.kappa && close(*got.kappa, one["kappa"].get<double>()));
            QVERIFY(got.low <= *got.kappa + 1e-12 && got.high >= *got.kappa - 1e-12);
            for (const auto& [key, weights] :
                 {std::pair{"linear", KappaWeights::Linear}, std::pair{"quadratic", KappaWeights::Quadratic}}) {
                if (!one.contains(key)) {
                    continue;
                }
                std::vector<int> values = one["first"].get<std::vector<int>>();
                const auto other = one["second"].get<std::vector<int>>();
                values.insert(values.end(), other.begin(), other.end());
                std::sort(values.begin(), values.end());
                values.erase(std::unique(values.begin(), values.end()), values.end());
                const auto numbers = [&](const Json& list) {
                    std::vector<int> out;
                    for (const int value : list.get<std::vector<int>>()) {
                        out.push_back(
                            static_cast<int>(std::lower_bound(values.begin(), values.end(), value) - values.begin()));
                    }
                    return out;
                };
                const Agreement weighted = cohensKappa(numbers(one["first"]), numbers(one["second"]),
                                                       static_cast<int>(values.size()), weights);
                QVERIFY(weighted.kappa && close(*weighted.kappa, one[key].get<double>()));
            }
            ++compared;
        }
        QVERIFY(compared > 5);
    }

    void quantilesAreTheReferences() {
        const Json cases = must(readJsonFile(goldenRoot() + "/stats/quantiles.json"));
        int compared = 0;
        for (const Json& one : cases) {
            auto values = one["values"].get<std::vector<double>>();
            std::sort(values.begin(), values.end());
            for (const auto& [q, wanted] : one["quantiles"].items()) {
                QVERIFY(close(quantile(std::span<const double>(values), must(parseJson(q)).get<double>()),
                              wanted.get<double>()));
                ++compared;
            }
        }
        QVERIFY(compared > 20);
        QCOMPARE(quantile(std::span<const double>(), 0.5), 0.0);
    }

    // A worked example of the published standard error: table 22 15 2 / 5 7 14 … by hand for two labels.
    void standardErrorByHand() {
        // 45 yes/yes, 15 yes/no, 25 no/yes, 15 no/no: kappa 0.1304, standard error 0.0987.
        std::vector<int> first;
        std::vector<int> second;
        const auto put = [&](int a, int b, int n) {
            first.insert(first.end(), static_cast<std::size_t>(n), a);
            second.insert(second.end(), static_cast<std::size_t>(n), b);
        };
        put(0, 0, 45);
        put(0, 1, 15);
        put(1, 0, 25);
        put(1, 1, 15);
        const Agreement got = cohensKappa(first, second, 2);
        QVERIFY(std::abs(*got.kappa - 0.13043478) < 1e-7);
        // Delta method in its textbook form.
        const double po = 0.6, pe = 0.54, n = 100;
        const double k = (po - pe) / (1 - pe);
        const double r0 = 0.6, c0 = 0.7;
        const double a = 0.45 * std::pow(1 - (r0 + c0) * (1 - k), 2) + 0.15 * std::pow(1 - (0.4 + 0.3) * (1 - k), 2);
        const double b = (1 - k) * (1 - k) * (0.15 * std::pow(c0 + 0.4, 2) + 0.25 * std::pow(0.3 + r0, 2));
        const double c = std::pow(k - pe * (1 - k), 2);
        const double wanted = std::sqrt((a + b - c) / (n * (1 - pe) * (1 - pe)));
        QVERIFY2(std::abs(got.standardError - wanted) < 1e-12, std::to_string(got.standardError).c_str());
        QVERIFY(std::abs(got.high - got.low - 2 * 1.959963984540054 * wanted) < 1e-9);
    }

    // Two annotators with a known kappa: 95 % intervals hold it about 95 times of 100.
    void intervalsCover() {
        std::mt19937_64 random(23);
        int covered = 0;
        constexpr int kRounds = 2000;
        for (int round = 0; round < kRounds; ++round) {
            std::vector<int> first;
            std::vector<int> second;
            for (int i = 0; i < 200; ++i) {
                // Each draws the truth with probability sqrt(0.6), else at random: kappa 0.6 for equal shares.
                const int truth = static_cast<int>(random() % 4);
                const auto draw = [&] {
                    return static_cast<double>(random() % 1000000) / 1e6 < std::sqrt(0.6)
                               ? truth
                               : static_cast<int>(random() % 4);
                };
                first.push_back(draw());
                second.push_back(draw());
            }
            const Agreement got = cohensKappa(first, second, 4);
            covered += got.low <= 0.6 && 0.6 <= got.high ? 1 : 0;
        }
        const double share = static_cast<double>(covered) / kRounds;
        QVERIFY2(share > 0.93 && share < 0.97, std::to_string(share).c_str());
    }

    void edges() {
        const std::vector<int> none;
        QVERIFY(!cohensKappa(none, none, 0).kappa);
        const std::vector<int> all = {0, 1, 0, 1, 1};
        const Agreement perfect = cohensKappa(all, all, 2);
        QCOMPARE(*perfect.kappa, 1.0);
        QVERIFY(perfect.low < 1 && perfect.low > -1);
        QCOMPARE(perfect.high, 1.0);
        QVERIFY(std::abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12);
        QVERIFY(std::abs(normalQuantile(0.001) + 3.090232306167813) < 1e-12);
        QVERIFY(std::abs(normalQuantile(0.5)) < 1e-12);
        QCOMPARE(std::string(agreementWord(0.7)), std::string("substantial"));
    }
};

QTEST_APPLESS_MAIN(TestAgreement)
#include "test_agreement.moc"
