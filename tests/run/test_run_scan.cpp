// Scanning long event files: any size of piece and number of threads gives the same events in the same order; and the
// summary that stands on it equals what the whole history says, also when a run grows and when a resume goes back.
#include "run/run_folder.h"
#include "run/run_scan.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <fstream>

using namespace fettle;
using namespace fettle::run;
using fettle::test::TempFolder;

namespace {

RunEvent numbered(std::int64_t seq, EventBody body) {
    return RunEvent{seq, "run", 1'000 + seq, seq * 10, std::move(body)};
}

StepMetrics step(std::int64_t n) {
    StepMetrics out;
    out.step = n;
    out.loss = 3.0 / static_cast<double>(n);
    out.tokens = 100 + n;
    out.stepMs = 50;
    out.peakBytes = 1000 + static_cast<std::uint64_t>(n);
    return out;
}

StateChanged state(jobs::RunState value) {
    StateChanged out;
    out.state = value;
    return out;
}

EvalMetrics eval(std::int64_t n) {
    EvalMetrics out;
    out.step = n;
    out.loss = 2.0 / static_cast<double>(n);
    return out;
}

/// What a reader that keeps everything says.
void compareWithHistory(const std::string& folder) {
    const auto history = readRun(folder);
    const auto summary = summarise(folder);
    QVERIFY(history && summary);
    QCOMPARE(summary->state, history->state);
    QCOMPARE(summary->step, history->lastStep);
    std::optional<double> loss, validation;
    std::int64_t checkpoint = 0;
    std::uint64_t peak = 0;
    for (const RunEvent& each : history->events) {
        if (const auto* metrics = std::get_if<StepMetrics>(&each.body)) {
            loss = metrics->loss;
            peak = std::max(peak, metrics->peakBytes);
        } else if (const auto* measured = std::get_if<EvalMetrics>(&each.body)) {
            validation = measured->loss;
        } else if (const auto* saved = std::get_if<CheckpointSaved>(&each.body)) {
            checkpoint = saved->step;
        }
    }
    QCOMPARE(summary->trainLoss, loss);
    QCOMPARE(summary->validationLoss, validation);
    QCOMPARE(summary->lastCheckpointStep, checkpoint);
    QCOMPARE(summary->peakBytes, peak);
}

} // namespace

class TestRunScan : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::int64_t m_seq = 0;

    void put(const std::string& folder, EventBody body) {
        std::ofstream(folder + "/events.jsonl", std::ios::app) << eventLine(numbered(++m_seq, std::move(body)));
    }
    std::string make(const char* name) {
        const std::string folder = m_folder.path() + '/' + name;
        (void)createRunFolder(folder, name, Json::object());
        m_seq = 0;
        return folder;
    }

private Q_SLOTS:
    void anyPieceAndAnyThreadsGiveTheSame() {
        const std::string folder = make("pieces");
        put(folder, state(jobs::RunState::Running));
        for (std::int64_t n = 1; n <= 300; ++n) {
            put(folder, step(n));
            if (n % 7 == 0) {
                put(folder, eval(n));
            }
            if (n == 150) { // a line longer than the small pieces, and one that is damaged
                put(folder, LogLine{"info", std::string(5000, 'x')});
                std::ofstream(folder + "/events.jsonl", std::ios::app) << "{\"seq\": oops}\n";
            }
        }
        std::ofstream(folder + "/events.jsonl", std::ios::app) << "{\"seq\":9999,\"run\""; // torn
        const auto history = readRun(folder);
        QVERIFY(history);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{300}, std::size_t{4096}, std::size_t{1} << 22}) {
            for (const int threads : {1, 2, 3}) {
                std::vector<std::int64_t> seen;
                const auto outcome = scanEvents(
                    folder, {.from = 0, .threads = threads, .pieceBytes = piece}, [&seen](const EventChunk& chunk) {
                        chunk.visit([&](const StepLine& line) { seen.push_back(line.seq); },
                                    [&](const RunEvent& each) { seen.push_back(each.seq); });
                        return true;
                    });
                QVERIFY(outcome);
                QCOMPARE(outcome->damagedLines, 1);
                QCOMPARE(seen.size(), history->events.size());
                for (std::size_t i = 0; i < seen.size(); ++i) {
                    QCOMPARE(seen[i], history->events[i].seq);
                }
                QVERIFY(outcome->end < outcome->size); // the torn line is left for later
            }
        }
        QVERIFY(!scanEvents(folder, {.from = 1 << 30}, [](const EventChunk&) { return true; }));
        const auto none = scanEvents(m_folder.path() + "/nowhere", {}, [](const EventChunk&) { return true; });
        QVERIFY(none && none->end == 0);
    }

    void summaryGrowsWithTheRun() {
        const std::string folder = make("grows");
        put(folder, state(jobs::RunState::Running));
        for (std::int64_t n = 1; n <= 40; ++n) {
            put(folder, step(n));
            if (n % 10 == 0) {
                put(folder, eval(n));
                put(folder, CheckpointSaved{n, checkpointName(n), false});
                compareWithHistory(folder);
            }
        }
        // Back to step 20: the best that was measured beyond it does not count, the peak neither.
        StateChanged resumed = state(jobs::RunState::Running);
        resumed.fromStep = 20;
        put(folder, resumed);
        compareWithHistory(folder);
        QCOMPARE(summarise(folder)->step, 20);
        put(folder, step(21));
        compareWithHistory(folder);
        resumed.fromStep = 10;
        put(folder, resumed);
        put(folder, step(11));
        put(folder, state(jobs::RunState::Succeeded));
        compareWithHistory(folder);
        QCOMPARE(summarise(folder)->step, 11);
        QVERIFY(summarise(folder)->endedMs > 0);
    }

    void anotherRunInThePlaceOfOneIsReadAnew() {
        const std::string folder = make("replaced");
        for (std::int64_t n = 1; n <= 5; ++n) {
            put(folder, step(n));
        }
        QCOMPARE(summarise(folder)->step, 5);
        QVERIFY(removeAll(folder));
        make("replaced");
        for (std::int64_t n = 1; n <= 9; ++n) {
            StepMetrics other = step(n + 100);
            put(folder, other);
        }
        compareWithHistory(folder);
        QCOMPARE(summarise(folder)->step, 109);
    }
};

QTEST_APPLESS_MAIN(TestRunScan)
#include "test_run_scan.moc"
