// Charts of a run of a million steps in the real window: how long it takes to open, to redraw while a person pans and
// zooms, and what memory it takes; and whether what is exported equals the events. Prints one JSON object.
#include "base/numbers.h"
#include "plot/chart_cards.h"
#include "plot/chart_export.h"
#include "recipe/fields.h"
#include "run/event_line.h"
#include "run/run_csv.h"
#include "run/run_scan.h"
#include "train/chart_board.h"
#include "ui/train_fixture.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include <malloc.h>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kFrames = 300;

std::int64_t statusKb(const char* key) {
    std::ifstream file("/proc/self/status");
    std::string word;
    while (file >> word) {
        if (word == key) {
            std::int64_t value = 0;
            file >> value;
            return value;
        }
    }
    return 0;
}

double toMb(std::int64_t kb) {
    return static_cast<double>(kb) * 1024 / 1e6;
}

/// A finished run of `steps` steps with noise, an evaluation each 10,000 and a checkpoint each 50,000.
bool makeRun(const std::string& folder, std::int64_t steps) {
    if (!run::createRunFolder(folder, "Run 1", recipe::toJson(recipe::Recipe{})) ||
        !run::updateRunInfo(folder, Json{{"total_steps", steps}})) {
        return false;
    }
    std::ofstream out(folder + "/events.jsonl", std::ios::binary);
    std::int64_t seq = 0;
    std::int64_t now = 1'700'000'000'000;
    std::uint64_t state = 42;
    const auto noise = [&state] {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state >> 40) / static_cast<double>(1 << 24) - 0.5;
    };
    const auto put = [&](run::EventBody body, std::int64_t elapsed) {
        out << run::eventLine(run::RunEvent{++seq, "run-0001", now + elapsed, elapsed, std::move(body)});
    };
    run::StateChanged changed;
    changed.state = jobs::RunState::Running;
    put(changed, 0);
    for (std::int64_t step = 1; step <= steps; ++step) {
        const double share = static_cast<double>(step) / static_cast<double>(steps);
        run::StepMetrics m;
        m.step = step;
        m.epoch = share * 3;
        m.loss = 0.4 + 2.5 * std::exp(-share * 8) + 0.3 * noise() + (step == steps / 3 ? 4 : 0);
        m.lr = 2e-4 * (1 - share) + 1e-9 * noise();
        m.gradNorm = 0.7 + 2 * std::exp(-share * 30) + 0.2 * noise();
        m.labelTokens = 300 + static_cast<std::int64_t>(100 * noise());
        m.tokens = 480 + static_cast<std::int64_t>(60 * noise());
        m.computedTokens = 512;
        m.stepMs = 480 + 20 * noise();
        m.waitMs = 0.5 + 0.4 * noise();
        m.tokensPerSecond = static_cast<double>(m.tokens) / m.stepMs * 1000;
        m.peakBytes = 2'100'000'000 + static_cast<std::uint64_t>(step);
        m.tokenAccuracy = 0.9 - 0.5 * std::exp(-share * 9) + 0.1 * noise();
        put(m, step * 480);
        if (step % 10'000 == 0) {
            run::EvalMetrics eval;
            eval.step = step;
            eval.loss = 0.45 + 2.4 * std::exp(-share * 8);
            eval.tokenAccuracy = 0.88 - 0.5 * std::exp(-share * 9);
            put(eval, step * 480);
        }
        if (step % 50'000 == 0) {
            put(run::CheckpointSaved{step, "checkpoints/" + run::checkpointName(step), true}, step * 480);
        }
    }
    changed.state = jobs::RunState::Succeeded;
    put(changed, steps * 480);
    return out.good();
}

struct Times {
    std::vector<double> ms;
    [[nodiscard]] double at(double share) {
        std::sort(ms.begin(), ms.end());
        return ms.empty()
                   ? 0
                   : ms[std::min(ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ms.size())))];
    }
    [[nodiscard]] Json json() {
        return {{"p50_ms", at(0.5)}, {"p99_ms", at(0.99)}, {"max_ms", ms.empty() ? 0 : ms.back()}};
    }
};

/// 300 frames of one movement: the loss chart, and all charts of the board together.
Json frames(ChartBoard& board, const std::function<XRange(int)>& view) {
    std::vector<Chart*> charts{board.loss()->chart()};
    for (const QString& id : board.shownCharts()) {
        charts.push_back(board.card(id)->chart());
    }
    Times loss, all;
    for (int frame = 0; frame < kFrames; ++frame) {
        const XRange range = view(frame);
        charts.front()->cursorLink()->setRange(range);
        charts.front()->cursorLink()->set(range.from + range.size() / 2);
        QElapsedTimer clock;
        clock.start();
        charts.front()->drawNow();
        loss.ms.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        for (std::size_t i = 1; i < charts.size(); ++i) {
            charts[i]->drawNow();
        }
        all.ms.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    charts.front()->cursorLink()->set(std::nullopt);
    return {{"loss_chart", loss.json()}, {"all_charts", all.json()}, {"charts", charts.size()}};
}

/// Compares what charts and exports hold with the lines of the file.
Json equality(const Chart& chart, const RunSeries& series, const std::string& folder, const std::string& scratch) {
    std::int64_t differences = 0;
    std::int64_t compared = 0;
    qsizetype at = 0;
    const auto same = [&](double a, double b) {
        ++compared;
        differences += a == b || (std::isnan(a) && std::isnan(b)) ? 0 : 1;
    };
    (void)run::scanEvents(folder, {}, [&](const run::EventChunk& chunk) {
        for (const run::StepLine& line : chunk.steps) {
            same(series.step[at], static_cast<double>(line.metrics.step));
            same(series.loss[at], line.metrics.loss);
            same(series.lr[at], line.metrics.lr);
            same(series.gradNorm[at], line.metrics.gradNorm);
            same(series.tokensPerSecond[at], line.metrics.tokensPerSecond);
            same(series.tokenAccuracy[at], line.metrics.tokenAccuracy);
            same(series.peakBytes[at], static_cast<double>(line.metrics.peakBytes));
            ++at;
        }
        return true;
    });
    differences += at == series.step.size() ? 0 : 1;
    // The chart's CSV, number by number.
    std::int64_t csvLines = 0;
    QElapsedTimer clock;
    clock.start();
    const bool wrote = writeChartCsv(scratch + "/loss.csv", numbersOf(chart)).ok();
    const qint64 chartMs = clock.restart();
    std::ifstream file(scratch + "/loss.csv");
    std::string text;
    std::getline(file, text);
    while (std::getline(file, text) && text.starts_with("train,")) {
        const std::size_t comma = text.rfind(',');
        same(series.loss[csvLines], parseDouble(std::string_view(text).substr(comma + 1)).valueOr(-1));
        ++csvLines;
    }
    differences += csvLines == series.step.size() ? 0 : 1;
    clock.restart();
    const auto report = run::writeRunCsv(folder, scratch + "/run.csv");
    const qint64 runMs = clock.elapsed();
    std::int64_t eventLines = 0;
    std::ifstream events(folder + "/events.jsonl");
    while (std::getline(events, text)) {
        ++eventLines;
    }
    return {
        {"numbers_compared", compared}, {"differences", differences + (wrote ? 0 : 1)}, {"chart_csv_points", csvLines},
        {"chart_csv_ms", chartMs},      {"run_csv_lines", report ? report->lines : -1}, {"event_lines", eventLines},
        {"run_csv_ms", runMs}};
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const std::int64_t steps = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
    Json out;
    out["steps"] = steps;
    out["platform"] = us(QGuiApplication::platformName());
    TrainWindow f;
    if (!f.show() || !f.open({.good = 100})) {
        std::fputs("the window could not be opened\n", stderr);
        return 1;
    }
    f.window->showScreen(u"train"_s);
    const std::string folder = us(f.workspace->projectFolder()) + "/runs/run-0001";
    QTest::qWait(1500);
    ::malloc_trim(0); // what is free is not in use
    const std::int64_t empty = statusKb("VmRSS:");
    if (!makeRun(folder, steps)) {
        std::fputs("the run could not be written\n", stderr);
        return 1;
    }
    ::malloc_trim(0);
    out["events_bytes"] = fileSize(folder + "/events.jsonl").valueOr(0);

    // Reading alone.
    QElapsedTimer clock;
    clock.start();
    {
        const auto read = readSeries(folder);
        if (!read || read->step.size() != steps) {
            std::fputs("the run could not be read\n", stderr);
            return 1;
        }
        out["read_ms"] = clock.elapsed();
    }
    // In the window: from the list that learns of it, through reading it, to all points on the screen.
    auto* board = f.find<ChartBoard>("train.board");
    Chart* chart = board->loss()->chart();
    qint64 drawnAt = -1;
    QObject::connect(chart, &Chart::replotted, chart, [&] {
        if (drawnAt < 0 && chart->pointCount(u"train"_s) == steps && chart->drawnSegments() > 100) {
            drawnAt = clock.elapsed();
        }
    });
    clock.restart();
    f.workspace->refreshRuns();
    if (!QTest::qWaitFor([&f] { return f.workspace->runs().rowCount() == 1; }, 60'000)) {
        std::fputs("the run did not come into the list\n", stderr);
        return 1;
    }
    out["listed_ms"] = clock.elapsed();
    f.train->openRun(qs(folder));
    const bool drawn = QTest::qWaitFor([&] { return drawnAt >= 0; }, 20'000);
    out["open_ms"] = drawnAt;
    if (!drawn) {
        std::fprintf(stderr, "not drawn: %lld points, %lld segments, %d replots\n",
                     static_cast<long long>(chart->pointCount(u"train"_s)),
                     static_cast<long long>(chart->drawnSegments()), chart->replotCount());
    }
    QTest::qWait(2500);
    ::malloc_trim(0);
    out["memory"] = {{"empty_window_mb", toMb(empty)},
                     {"with_run_mb", toMb(statusKb("VmRSS:"))},
                     {"over_empty_mb", toMb(statusKb("VmRSS:") - empty)},
                     {"peak_over_empty_mb", toMb(statusKb("VmHWM:") - empty)}};
    const double all = static_cast<double>(steps);
    const auto zoom = [all](int frame) {
        const double size = all * std::pow(0.9, frame < kFrames / 2 ? frame * 0.7 : (kFrames - frame) * 0.7);
        return XRange{all / 3 - size / 3, all / 3 - size / 3 + size};
    };
    const auto pan = [all](int frame) {
        const double from = all * 0.7 * frame / kFrames;
        return XRange{from, from + all * 0.3};
    };
    out["zoom"] = frames(*board, zoom);
    out["pan"] = frames(*board, pan);
    board->loss()->chart()->setLog(true);
    out["pan_log"] = frames(*board, pan);
    board->loss()->chart()->setLog(false);
    chart->fit();
    out["equality"] = equality(*chart, *f.train->run().series(), folder, us(f.folder.path()));
    std::printf("%s\n", dumpJsonPretty(out).c_str());
    return drawn ? 0 : 1;
}
