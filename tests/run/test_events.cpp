// The JSON form of events: the contract's names and order, null for what is no number, and a fast path that equals the
// strict one.
#include "run/event_line.h"
#include "support/results.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace fettle;
using namespace fettle::run;
using test::errorOf;
using test::must;

class TestEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreAsInTheContract();
    void everyBodyRoundTrips();
    void nonFiniteNumbersAreNullAndReadAsNan();
    void unknownTypesAreSkippedWithoutError();
    void unknownKeysAreSkipped();
    void wrongTypesNameTheKey();
    void fastPathEqualsTheStrictParser();
    void brokenLinesAreErrors();
};

namespace {

RunEvent eventOf(EventBody body) {
    RunEvent event;
    event.seq = 17;
    event.run = "run7";
    event.timeMs = 1700000000123;
    event.elapsedMs = 4567;
    event.body = std::move(body);
    return event;
}

StepMetrics step() {
    StepMetrics body;
    body.step = 5;
    body.epoch = 0.4;
    body.loss = 1.25;
    body.lr = 2e-4;
    body.gradNorm = 0.5;
    body.labelTokens = 100;
    body.tokens = 512;
    body.computedTokens = 500;
    body.tokensPerSecond = 480.5;
    body.stepMs = 1065.5;
    body.waitMs = 0.5;
    body.peakBytes = 2000000000;
    body.tokenAccuracy = 0.75;
    return body;
}

std::string text(const RunEvent& event) {
    std::string line = eventLine(event);
    line.pop_back();
    return line;
}

} // namespace

void TestEvents::linesAreAsInTheContract() {
    const std::string head = R"({"seq":17,"run":"run7","time_ms":1700000000123,"elapsed_ms":4567,"type":)";
    QCOMPARE(
        text(eventOf(step())),
        head +
            R"("step_metrics","step":5,"epoch":0.4,"loss":1.25,"lr":0.0002,"grad_norm":0.5,"label_tokens":100,"tokens":512,"computed_tokens":500,"tokens_per_s":480.5,)"
            R"("step_ms":1065.5,"wait_ms":0.5,"peak_bytes":2000000000,"token_accuracy":0.75})");
    StepMetrics device = step();
    device.devicePeakBytes = 7;
    QVERIFY(text(eventOf(device)).find(R"("peak_bytes":2000000000,"device_peak_bytes":7,"token_accuracy")") !=
            std::string::npos);
    StateChanged state;
    state.state = jobs::RunState::Failed;
    state.reason = "non_finite_loss";
    state.step = 12;
    state.rows = {3, 9};
    state.message = "loss is no number";
    QCOMPARE(
        text(eventOf(state)),
        head +
            R"("state_changed","state":"failed","reason":"non_finite_loss","step":12,"rows":[3,9],"message":"loss is no number"})");
    StateChanged resumed;
    resumed.state = jobs::RunState::Running;
    resumed.fromStep = 400;
    QCOMPARE(text(eventOf(resumed)), head + R"("state_changed","state":"running","from_step":400})");
    EvalMetrics eval;
    eval.step = 10;
    eval.loss = 2.5;
    eval.tokenAccuracy = 0.5;
    eval.more = {{"exact_match", 0.25}};
    QCOMPARE(
        text(eventOf(eval)),
        head + R"("eval_metrics","step":10,"split":"validation","loss":2.5,"token_accuracy":0.5,"exact_match":0.25})");
    QCOMPARE(text(eventOf(SampleGenerated{10, 2, "p", "b", "t", "e"})),
             head + R"("sample_generated","step":10,"prompt_id":2,"prompt":"p","base":"b","text":"t","expected":"e"})");
    QCOMPARE(text(eventOf(CheckpointSaved{400, "checkpoints/step_000400", true})),
             head + R"("checkpoint_saved","step":400,"path":"checkpoints/step_000400","best":true})");
    QCOMPARE(text(eventOf(RowLosses{10, "rows.bin"})), head + R"("row_losses","step":10,"path":"rows.bin"})");
    QCOMPARE(text(eventOf(ResourceUsage{1.5, 10, 20, "cpu"})),
             head + R"("resource_usage","cpu":1.5,"memory_bytes":10,"disk_free_bytes":20,"device":"cpu"})");
    QCOMPARE(text(eventOf(RecipeChanged{10, "optimizer.learning_rate", 0.5, 0.25})),
             head + R"("recipe_changed","step":10,"key":"optimizer.learning_rate","from":0.5,"to":0.25})");
    QCOMPARE(text(eventOf(LogLine{"info", "a\nb"})), head + R"("log_line","level":"info","text":"a\nb"})");
}

void TestEvents::everyBodyRoundTrips() {
    EvalMetrics eval;
    eval.step = 3;
    eval.more = {{"f1", 0.5}, {"exact_match", 0.125}};
    StateChanged state;
    state.state = jobs::RunState::Paused;
    state.fromStep = 0;
    state.rows = {1};
    const std::vector<EventBody> bodies{state,
                                        step(),
                                        eval,
                                        SampleGenerated{1, 2, "größe", "漢", "\"\\", ""},
                                        CheckpointSaved{1, "p", false},
                                        RowLosses{2, "x"},
                                        ResourceUsage{},
                                        LogLine{"w", ""},
                                        RecipeChanged{10, "optimizer.learning_rate", 2e-4, 1e-4}};
    for (const EventBody& body : bodies) {
        const std::string line = text(eventOf(body));
        const auto back = must(parseEventLine(line));
        QVERIFY(back.has_value());
        QCOMPARE(text(*back), line);
        QCOMPARE(back->body.index(), body.index());
    }
}

void TestEvents::nonFiniteNumbersAreNullAndReadAsNan() {
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
        StepMetrics body = step();
        body.loss = bad;
        body.gradNorm = bad;
        const std::string line = text(eventOf(body));
        QVERIFY(line.find(R"("loss":null)") != std::string::npos &&
                line.find(R"("grad_norm":null)") != std::string::npos);
        QVERIFY(line.find("nan") == std::string::npos && line.find("NaN") == std::string::npos &&
                line.find("inf") == std::string::npos);
        QVERIFY(eventToJson(eventOf(body))["loss"].is_null());
        const auto back = must(parseEventLine(line));
        const auto& read = std::get<StepMetrics>(back->body);
        QVERIFY(std::isnan(read.loss) && std::isnan(read.gradNorm));
        QCOMPARE(read.lr, 2e-4);
    }
    EvalMetrics eval;
    eval.loss = std::numeric_limits<double>::quiet_NaN();
    eval.more = {{"f1", std::numeric_limits<double>::infinity()}};
    const auto back = must(parseEventLine(text(eventOf(eval))));
    QVERIFY(std::isnan(std::get<EvalMetrics>(back->body).loss));
    QVERIFY(std::isnan(std::get<EvalMetrics>(back->body).more.at(0).second));
}

void TestEvents::unknownTypesAreSkippedWithoutError() {
    const auto result = parseEventLine(R"({"seq":1,"type":"brain_wave","hz":8})");
    QVERIFY(result.ok());
    QVERIFY(!result->has_value());
}

void TestEvents::unknownKeysAreSkipped() {
    const auto event =
        must(parseEventLine(R"({"seq":1,"type":"checkpoint_saved","step":4,"path":"x","new_key":[1,2]})"));
    QCOMPARE(std::get<CheckpointSaved>(event->body).step, std::int64_t{4});
}

void TestEvents::wrongTypesNameTheKey() {
    const std::vector<std::pair<const char*, const char*>> cases{
        {R"({"seq":1,"type":"step_metrics","step":"5"})", "step"},
        {R"({"seq":1,"type":"step_metrics"})", "step"},
        {R"({"seq":1,"type":"step_metrics","step":1,"loss":"low"})", "loss"},
        {R"({"seq":1,"type":"step_metrics","step":1,"peak_bytes":-1})", "peak_bytes"},
        {R"({"seq":1.5,"type":"step_metrics","step":1})", "seq"},
        {R"({"type":"step_metrics","step":1})", "seq"},
        {R"({"seq":1})", "type"},
        {R"({"seq":1,"type":"state_changed","state":"dancing"})", "state"},
        {R"({"seq":1,"type":"state_changed"})", "state"},
        {R"({"seq":1,"type":"state_changed","state":"failed","rows":[1,"x"]})", "rows"},
        {R"({"seq":1,"type":"checkpoint_saved","step":1,"best":1})", "best"},
        {R"({"seq":1,"type":"log_line","text":5})", "text"},
    };
    for (const auto& [line, key] : cases) {
        const Error error = errorOf(parseEventLine(line));
        QVERIFY2(error.key == key, (std::string(line) + " named '" + error.key + "'").c_str());
    }
}

void TestEvents::fastPathEqualsTheStrictParser() {
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> exponent(-300, 300);
    for (int i = 0; i < 2000; ++i) {
        StepMetrics body = step();
        body.step = static_cast<std::int64_t>(random() >> 1);
        for (double* value : {&body.epoch, &body.loss, &body.lr, &body.gradNorm, &body.tokensPerSecond, &body.stepMs,
                              &body.waitMs, &body.tokenAccuracy}) {
            *value = random() % 9 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                       : (random() % 2 ? -1 : 1) * std::pow(10.0, exponent(random));
        }
        if (random() % 2) {
            body.devicePeakBytes = random() >> 1;
        }
        RunEvent event = eventOf(body);
        event.run = random() % 3 == 0 ? "rün \"7\"" : "run7";
        const std::string line = text(event);
        const auto fast = must(parseEventLine(line));
        const auto strict = must(eventFromJson(must(parseJson(line))));
        QCOMPARE(text(*fast), line);
        QCOMPARE(text(*strict), line);
    }
}

void TestEvents::brokenLinesAreErrors() {
    const std::string good = text(eventOf(step()));
    QVERIFY(parseEventLine(good).ok());
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        QVERIFY2(!parseEventLine(std::string_view(good).substr(0, cut)).ok(), std::to_string(cut).c_str());
    }
    for (const char* bad : {"", "null", "[]", "{}", "\xff", R"({"seq":1,"seq":2,"type":"log_line"})"}) {
        QVERIFY2(!parseEventLine(bad).ok(), bad);
    }
    QVERIFY(!parseEventLine(good + "x").ok());
    std::string nan = good;
    nan.replace(nan.find("1.25"), 4, "nan");
    QVERIFY(!parseEventLine(nan).ok());
    std::string zero = good;
    zero.replace(zero.find("\"step\":5"), 8, "\"step\":05");
    QVERIFY(!parseEventLine(zero).ok());
}

QTEST_APPLESS_MAIN(TestEvents)
#include "test_events.moc"
