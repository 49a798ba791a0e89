// The list of metrics against the JSON of events, series against histories, and the CSV of a run read back against its
// event file.
#include "base/files.h"
#include "base/numbers.h"
#include "run/event_line.h"
#include "run/metric_table.h"
#include "run/run_csv.h"
#include "run/run_folder.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cmath>
#include <fstream>
#include <random>

using namespace fettle;
using namespace fettle::run;
using test::must;
using test::TempFolder;

namespace {

StepMetrics stepAt(std::int64_t step) {
    StepMetrics m;
    const auto x = static_cast<double>(step);
    m.step = step;
    m.epoch = x / 7;
    m.loss = 3 / (1 + x / 11);
    m.lr = 2e-4 / 3 * std::cos(x);
    m.gradNorm = 1 / (x + 0.1);
    m.labelTokens = 101 + step;
    m.tokens = 1000 + step;
    m.computedTokens = 1010 + step;
    m.tokensPerSecond = 123.456 + x;
    m.stepMs = 10.1 + x;
    m.waitMs = 0.3;
    m.peakBytes = 9'007'199'254'740'993ULL + static_cast<std::uint64_t>(step); // more than a double can tell apart
    m.tokenAccuracy = 0.5;
    return m;
}

RunEvent eventOf(std::int64_t seq, EventBody body) {
    return RunEvent{seq, "run-1", 1'700'000'000'000 + seq, seq * 1500, std::move(body)};
}

// A second, plain reader of RFC 4180 for the comparison.
std::vector<std::vector<std::string>> readCsv(const std::string& text) {
    std::vector<std::vector<std::string>> lines(1);
    std::string cell;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                cell += c;
                ++i;
            } else if (c == '"') {
                quoted = false;
            } else {
                cell += c;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n') {
            lines.back().push_back(std::move(cell));
            cell.clear();
            if (c == '\n') {
                lines.emplace_back();
            }
        } else {
            cell += c;
        }
    }
    lines.pop_back();
    return lines;
}

// What a cell says of one value of an event.
bool sameValue(const Json& value, const std::string& cell) {
    if (value.is_null()) {
        return cell == "null";
    }
    if (value.is_string()) {
        return cell == value.get<std::string>();
    }
    if (value.is_number_integer()) {
        return cell == dumpJson(value);
    }
    if (value.is_number_float()) {
        const auto number = parseDouble(cell);
        return number.ok() && *number == value.get<double>();
    }
    return cell == dumpJson(value);
}

// "" when every key of every line of events.jsonl that counts stands in the CSV and nothing else does.
std::string differenceOf(const std::vector<Json>& events, const std::string& csv) {
    const auto lines = readCsv(csv);
    if (lines.size() != events.size() + 1) {
        return std::to_string(lines.size() - 1) + " lines for " + std::to_string(events.size()) + " events";
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& cells = lines[i + 1];
        if (cells.size() != lines[0].size()) {
            return "line " + std::to_string(i + 2) + " has " + std::to_string(cells.size()) + " cells";
        }
        std::size_t filled = 0;
        for (std::size_t column = 0; column < cells.size(); ++column) {
            const auto found = events[i].find(lines[0][column]);
            if (found == events[i].end()) {
                if (!cells[column].empty()) {
                    return "line " + std::to_string(i + 2) + ": " + lines[0][column] + " is not in the event";
                }
                continue;
            }
            ++filled;
            if (!sameValue(*found, cells[column])) {
                return "line " + std::to_string(i + 2) + ": " + lines[0][column] + " is " + dumpJson(*found) +
                       " in the event and " + cells[column] + " in the table";
            }
        }
        if (filled != events[i].size()) {
            return "line " + std::to_string(i + 2) + ": a key of the event has no column";
        }
    }
    return {};
}

std::string csvOf(const std::string& folder, CsvReport* report = nullptr) {
    std::string text;
    const auto done = runCsv(folder, [&text](std::string_view part) -> Result<void> {
        text += part;
        return {};
    });
    if (report != nullptr) {
        *report = must(done);
    }
    return text;
}

} // namespace

class TestMetricTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyNumberOfAStepEventIsAMetric() {
        StepMetrics step = stepAt(3);
        step.devicePeakBytes = 77;
        const Json json = eventToJson(eventOf(1, step));
        std::vector<std::string> keys;
        for (const auto& [key, value] : json.items()) {
            if (value.is_number() && key != "seq" && key != "time_ms" && key != "elapsed_ms" && key != "step") {
                keys.push_back(key);
            }
        }
        std::vector<std::string> listed;
        for (const Metric& metric : metrics()) {
            if (metric.source == Metric::Source::Step) {
                listed.emplace_back(metric.key);
                QVERIFY2(sameValue(json[metric.key], metric.ofStep(step).text()), metric.key);
                QVERIFY(metric.ofEvaluation == nullptr);
                QCOMPARE(findMetric(Metric::Source::Step, metric.key), &metric);
            }
        }
        QCOMPARE(listed, keys); // the order of the event, none missing
        step.devicePeakBytes.reset();
        QVERIFY(!findMetric(Metric::Source::Step, "device_peak_bytes")->ofStep(step).present());
        QVERIFY(findMetric(Metric::Source::Step, "nonsense") == nullptr);
        QVERIFY(findMetric(Metric::Source::Evaluation, "grad_norm") == nullptr);
    }

    void valuesKeepEveryDigit() {
        QCOMPARE(MetricValue::whole(9'007'199'254'740'993).text(), std::string("9007199254740993"));
        QCOMPARE(MetricValue::whole(-5).text(), std::string("-5"));
        QCOMPARE(MetricValue::real(0.1).text(), std::string("0.1"));
        QCOMPARE(MetricValue::real(std::nan("")).text(), std::string("null"));
        QCOMPARE(MetricValue::real(INFINITY).text(), std::string("null"));
        QVERIFY(std::isnan(*MetricValue::real(-INFINITY).number()));
        QCOMPARE(MetricValue().text(), std::string());
        QVERIFY(!MetricValue().number().has_value());
        std::mt19937_64 random(5);
        for (int i = 0; i < 2000; ++i) {
            const auto value = std::bit_cast<double>(random());
            if (std::isfinite(value)) {
                QCOMPARE(must(parseDouble(MetricValue::real(value).text())), value);
            }
        }
    }

    void seriesHaveEveryAxis() {
        std::vector<RunEvent> events;
        EvalMetrics before;
        before.step = 0;
        before.loss = 4;
        events.push_back(eventOf(1, before));
        for (std::int64_t step = 1; step <= 4; ++step) {
            events.push_back(eventOf(1 + step, stepAt(step)));
        }
        EvalMetrics evaluation;
        evaluation.step = 4;
        evaluation.loss = 1.25;
        evaluation.more = {{"perplexity", 3.5}};
        events.push_back(eventOf(6, evaluation));
        evaluation.split = "test";
        evaluation.more = {{"f1", 0.5}};
        events.push_back(eventOf(7, evaluation));
        const auto series = metricSeries(events);
        std::vector<std::string> names;
        for (const MetricSeries& one : series) {
            names.push_back(one.name);
            QCOMPARE(one.values.size(), one.axis->size());
            QCOMPARE(one.axis->epoch.size(), one.axis->size());
            QCOMPARE(one.axis->tokens.size(), one.axis->size());
            QCOMPARE(one.axis->seconds.size(), one.axis->size());
        }
        QCOMPARE(names,
                 (std::vector<std::string>{"epoch", "loss", "lr", "grad_norm", "label_tokens", "tokens",
                                           "computed_tokens", "tokens_per_s", "step_ms", "wait_ms", "peak_bytes",
                                           "token_accuracy", "validation.loss", "validation.token_accuracy",
                                           "validation.perplexity", "test.loss", "test.token_accuracy", "test.f1"}));
        QCOMPARE(series[1].axis->step, (std::vector<std::int64_t>{1, 2, 3, 4}));
        QCOMPARE(series[1].axis->tokens.back(), 4010.0);
        QCOMPARE(series[1].axis->seconds.front(), 3.0);
        QCOMPARE(*series[1].values[2].number(), stepAt(3).loss);
        const SeriesAxis& ofEvaluations = *series[12].axis;
        QCOMPARE(ofEvaluations.step, (std::vector<std::int64_t>{0, 4}));
        QVERIFY(std::isnan(ofEvaluations.epoch[0])); // nothing trained yet
        QCOMPARE(ofEvaluations.epoch[1], 4.0 / 7);
        QCOMPARE(ofEvaluations.tokens[0], 0.0);
        QVERIFY(!series[14].values[0].present());
        QCOMPARE(*series[14].values[1].number(), 3.5);
    }

    void csvHoldsEveryEventExactly() {
        const TempFolder folder;
        std::vector<Json> events;
        std::ofstream file(folder / "events.jsonl");
        std::int64_t seq = 0;
        const auto add = [&](EventBody body) {
            const RunEvent event = eventOf(++seq, std::move(body));
            events.push_back(eventToJson(event));
            file << eventLine(event);
        };
        StateChanged started;
        started.state = jobs::RunState::Running;
        add(started);
        StepMetrics bad = stepAt(1);
        bad.loss = std::nan("");
        add(bad);
        StepMetrics device = stepAt(2);
        device.devicePeakBytes = 123456;
        add(device);
        EvalMetrics evaluation;
        evaluation.step = 2;
        evaluation.loss = 1.0 / 3;
        evaluation.more = {{"weird, \"name\"\nwith lines", -0.0}, {"nothing", std::nan("")}};
        add(evaluation);
        SampleGenerated sample;
        sample.step = 2;
        sample.prompt = "Say \"hello\",\nplease";
        sample.text = "你好，世界\r\n";
        add(sample);
        StateChanged failed;
        failed.state = jobs::RunState::Failed;
        failed.reason = "non_finite_loss";
        failed.step = 2;
        failed.rows = {5, 6, 7};
        add(failed);
        file << "not json\n{\"seq\":9,\"type\":\"of_the_future\"}\n{\"torn";
        file.close();
        CsvReport report;
        const std::string csv = csvOf(folder.path(), &report);
        const std::string difference = differenceOf(events, csv);
        QVERIFY2(difference.empty(), (difference + "\n" + csv).c_str());
        QCOMPARE(report.lines, std::int64_t(6));
        QCOMPARE(report.damagedLines, std::int64_t(1));
        QCOMPARE(report.unknownLines, std::int64_t(1));
        QCOMPARE(report.overwritten, std::int64_t(0));
    }

    void csvCutsWhatAResumeOverwrote() {
        const TempFolder folder;
        std::ofstream file(folder / "events.jsonl");
        std::mt19937_64 random(11);
        std::int64_t seq = 0;
        std::int64_t step = 0;
        for (int i = 0; i < 3000; ++i) {
            if (random() % 40 == 0) {
                StateChanged resumed;
                resumed.state = jobs::RunState::Running;
                resumed.fromStep = step = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(step + 1));
                file << eventLine(eventOf(++seq, resumed));
            }
            file << eventLine(eventOf(++seq, stepAt(++step)));
        }
        file.close();
        const RunHistory history = must(readRun(folder.path()));
        std::vector<Json> events;
        for (const RunEvent& event : history.events) {
            events.push_back(eventToJson(event));
        }
        CsvReport report;
        const std::string difference = differenceOf(events, csvOf(folder.path(), &report));
        QVERIFY2(difference.empty(), difference.c_str());
        QVERIFY(report.overwritten > 100);
        QCOMPARE(report.lines + report.overwritten, seq);
    }

    void aMillionEventsGoThroughUnchanged() {
        const TempFolder folder;
        std::ofstream file(folder / "events.jsonl");
        constexpr std::int64_t kEvents = 1'000'000;
        for (std::int64_t seq = 1; seq <= kEvents; ++seq) {
            if (seq % 1000 == 0) {
                EvalMetrics evaluation;
                evaluation.step = seq;
                evaluation.loss = 1.0 / static_cast<double>(seq);
                file << eventLine(eventOf(seq, evaluation));
            } else {
                file << eventLine(eventOf(seq, stepAt(seq)));
            }
        }
        file.close();
        const std::string path = folder / "run.csv";
        const CsvReport report = must(writeRunCsv(folder.path(), path));
        QCOMPARE(report.lines, kEvents);
        // Line by line, so that the comparison itself stays small.
        std::ifstream events(folder / "events.jsonl");
        std::ifstream csv(path);
        std::string header;
        std::getline(csv, header);
        std::string event;
        std::string line;
        std::int64_t compared = 0;
        while (std::getline(events, event)) {
            QVERIFY(std::getline(csv, line));
            ++compared;
            const std::string difference = differenceOf({must(parseJson(event))}, header + '\n' + line + '\n');
            if (!difference.empty()) {
                QFAIL((std::to_string(compared) + ": " + difference).c_str());
            }
        }
        QVERIFY(!std::getline(csv, line));
        QCOMPARE(compared, kEvents);
    }

    void errorsLeaveNoFile() {
        const TempFolder folder;
        const auto missing = writeRunCsv(folder / "no-run", folder / "out.csv");
        QVERIFY(!missing.ok());
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QVERIFY(!fileExists(folder / "out.csv"));
        std::ofstream(folder / "events.jsonl") << eventLine(eventOf(1, stepAt(1)));
        const auto full = runCsv(
            folder.path(), [](std::string_view) -> Result<void> { return makeError(ErrorCode::DiskFull, "no room"); });
        QCOMPARE(full.error().code, ErrorCode::DiskFull);
    }
};

QTEST_APPLESS_MAIN(TestMetricTable)
#include "test_metric_table.moc"
