// Preflight without a window: two measured steps, findings whose fixes can be undone, and any row by its number.
#include "recipe/fields.h"
#include "train_fixture.h"

#include <QSignalSpy>
#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

std::optional<Finding> findingOf(TrainFixture& f, const QString& id) {
    for (const Finding& finding : f.train->preflightState().findings) {
        if (finding.id == id) {
            return finding;
        }
    }
    return std::nullopt;
}

const Finding::Action* actionOf(const std::optional<Finding>& finding, Fix fix) {
    if (finding) {
        for (const Finding::Action& action : finding->fixes) {
            if (action.fix == fix) {
                return &action;
            }
        }
    }
    return nullptr;
}

} // namespace

class TestTrainPreflight : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnTrainMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }

    // ---- two real steps

    void measuresTwoSteps() {
        TrainFixture f(FakeScript{.steps = 50, .stepDelayMs = 4});
        QVERIFY(f.open());
        const PreflightState before = f.train->preflightState();
        QVERIFY(!before.measured && before.measureHold.isEmpty());
        f.train->measureNow();
        QVERIFY(f.train->preflightState().measuring);
        QTRY_VERIFY(!f.train->measure().running());
        const std::optional<Measurement>& last = f.train->measure().last();
        QVERIFY(last && !last->error);
        QCOMPARE(last->peakBytes, std::uint64_t{1'500'000'000});
        QCOMPARE(last->secondLoss, train::fakeLoss(2));
        const PreflightState after = f.train->preflightState();
        QVERIFY(after.measured);
        QCOMPARE(after.peak, Format::bytes(1'500'000'000));
        QCOMPARE(after.speed, Format::exactCount(128'000)); // 512 tokens in 4 ms
        QVERIFY(after.pill.startsWith(u"measured"_s));
        const std::optional<Finding> moves = findingOf(f, u"moves"_s);
        QVERIFY(moves && moves->state == State::Ok);
        QVERIFY(moves->meaning.contains(Format::loss(train::fakeLoss(2))));
        // The speed is kept for later, and no run was made.
        recipe::Recipe resolved = f.train->form().recipe();
        QCOMPARE(train::rememberedSpeed(train::speedKey(resolved)), 128'000.0);
        QCOMPARE(f.workspace->runs().rowCount(), 0);
        // Another rate: speed and memory still hold, the losses do not. Another rank: nothing does.
        QVERIFY(f.train->form().setText("optimizer.learning_rate", u"3e-4"_s));
        QVERIFY(f.train->preflightState().measured);
        QVERIFY(!findingOf(f, u"moves"_s));
        QVERIFY(f.train->form().setText("adapter.rank", u"4"_s));
        QVERIFY(!f.train->preflightState().measured);
    }

    void aFailureIsAFinding() {
        TrainFixture f(FakeScript{.steps = 50, .outOfMemoryAt = 1});
        QVERIFY(f.open());
        f.train->measureNow();
        QTRY_VERIFY(!f.train->measure().running());
        const std::optional<Finding> moves = findingOf(f, u"moves"_s);
        QVERIFY(moves && moves->state == State::Bad);
        QVERIFY(!f.train->preflightState().measured);
        QVERIFY(f.train->holds().isEmpty()); // it does not hold the start
        *f.script = FakeScript{.steps = 50, .nonFiniteAt = 2};
        f.train->measureNow();
        QTRY_VERIFY(!f.train->measure().running());
        QVERIFY(findingOf(f, u"moves"_s)->state == State::Bad);
    }

    void trainNeverWaitsForIt() {
        TrainFixture f(FakeScript{.steps = 3, .stepDelayMs = 60'000});
        QVERIFY(f.open());
        f.train->measureNow();
        QTRY_VERIFY(f.train->measure().running());
        QTest::qWait(50);
        f.script->stepDelayMs = 0;
        f.train->start();
        QVERIFY(!f.train->measure().running());
        QTRY_COMPARE(f.newestState(), RunState::Succeeded); // the slow steps were given up
        QVERIFY(!f.train->measure().last());
    }

    void canBeCancelledAndHeldByARun() {
        TrainFixture f(FakeScript{.steps = 3, .stepDelayMs = 60'000});
        QVERIFY(f.open());
        f.train->measureNow();
        f.train->measure().cancel();
        QVERIFY(!f.train->preflightState().measuring);
        f.script->stepDelayMs = 30;
        f.script->steps = 200;
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Running);
        const int before = f.train->measure().started();
        f.train->measureNow();
        QCOMPARE(f.train->measure().started(), before);
        QVERIFY(!f.train->preflightState().measureHold.isEmpty());
        f.workspace->stopAll();
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }

    void measuresByItselfOnce() {
        TrainFixture f(FakeScript{.steps = 50, .stepDelayMs = 1});
        QVERIFY(f.open());
        f.train->setMeasuresByItself(true);
        QTRY_COMPARE_WITH_TIMEOUT(f.train->measure().started(), 1, 10000);
        QTRY_VERIFY(f.train->preflightState().measured);
        QTest::qWait(2000);
        QCOMPARE(f.train->measure().started(), 1);
    }

    // ---- findings

    void memoryIsLoweredByFixesThatSayWhatTheySave() {
        TrainFixture f;
        QVERIFY(f.open({.good = 40, .tall = 300},
                       "model: " + TrainFixture::tinyModel() +
                           "\ndata:\n  train: project:train\n  validation: project:validation\ntraining:\n"
                           "  context: 64\n  batch_tokens: 1000000\n  micro_tokens: 1000000\n  recompute: none\n"
                           "  compute_dtype: fp32\n"));
        QVERIFY(findingOf(f, u"fits"_s)->state == State::Ok);
        f.freeMemory = 1'000'000; // a machine that is full
        f.train->entered();
        const std::optional<Finding> bad = findingOf(f, u"fits"_s);
        QVERIFY(bad && bad->state == State::Bad);
        const Finding::Action* recompute = actionOf(bad, Fix::RecomputeAll);
        const Finding::Action* micro = actionOf(bad, Fix::SmallerMicro);
        QVERIFY(recompute != nullptr && micro != nullptr);
        QVERIFY2(recompute->text.contains(u"MB"_s), qPrintable(recompute->text));
        QVERIFY2(micro->text.contains(u"MB"_s), qPrintable(micro->text));
        const recipe::Recipe before = f.train->form().recipe();
        f.train->apply(Fix::RecomputeAll);
        QCOMPARE(f.train->form().recipe().training.recompute, std::string("full"));
        QVERIFY(actionOf(findingOf(f, u"fits"_s), Fix::RecomputeAll) == nullptr);
        f.train->apply(Fix::SmallerMicro);
        const std::int64_t smaller = f.train->form().recipe().training.microTokens;
        QVERIFY(smaller < 1'000'000 && smaller >= 64);
        // Each stays where it was, and is taken back alone.
        const std::optional<Finding> done = findingOf(f, u"recompute"_s);
        QVERIFY(done && done->state == State::Ok);
        const Finding::Action* undo = actionOf(done, Fix::UndoFix);
        QVERIFY(undo != nullptr);
        f.train->apply(undo->fix, undo->arg);
        QCOMPARE(f.train->form().recipe().training.recompute, std::string("none"));
        QCOMPARE(f.train->form().recipe().training.microTokens, smaller);
        QVERIFY(!findingOf(f, u"recompute"_s) && findingOf(f, u"micro"_s));
        f.train->apply(Fix::UndoFix, u"micro"_s);
        QVERIFY(f.train->form().recipe() == before);
        f.freeMemory = 0;
    }

    void aSmallerContextSaysWhatItCosts() {
        TrainFixture f;
        QVERIFY(f.open());
        std::string text = f.rows({.good = 40});
        std::string words;
        for (int i = 0; i < 2500; ++i) {
            words += "word ";
        }
        text += TrainFixture::chat("long", words);
        QVERIFY(writeFileAtomic(f.workspace->project()->splitPath("train"), text));
        QVERIFY(f.train->form().setText("training.context", u"65536"_s));
        QVERIFY(f.train->form().setText("training.compute_dtype", u"fp32"_s));
        f.train->recount();
        QTRY_VERIFY(f.counted());
        QVERIFY(f.train->check().count()->train.longestRow > 2000);
        f.freeMemory = 1'000'000;
        f.train->entered();
        const Finding::Action* context = actionOf(findingOf(f, u"fits"_s), Fix::SmallerContext);
        QVERIFY(context != nullptr);
        QVERIFY2(context->text.contains(u"1 row"_s), qPrintable(context->text));
        f.train->apply(Fix::SmallerContext);
        QVERIFY(f.train->form().recipe().training.context < 2000);
        f.train->form().undo();
        QCOMPARE(f.train->form().recipe().training.context, std::int64_t{65536});
        f.freeMemory = 0;
    }

    void missingValidationAndOddRatesAreSaid() {
        TrainFixture f;
        QVERIFY(f.open({}, "model: " + TrainFixture::tinyModel() +
                               "\ndata:\n  train: project:train\ntraining:\n  context: 64\n"
                               "optimizer:\n  learning_rate: 0.5\n"));
        QVERIFY(actionOf(findingOf(f, u"no_validation"_s), Fix::TakeValidation) != nullptr);
        f.train->apply(Fix::TakeValidation);
        QCOMPARE(f.train->form().recipe().data.validationShare, 0.05);
        QTRY_VERIFY(f.counted());
        QVERIFY(!findingOf(f, u"no_validation"_s));
        QVERIFY(findingOf(f, u"validation_share"_s)->state == State::Ok);
        f.train->apply(Fix::UndoFix, u"validation_share"_s);
        QCOMPARE(f.train->form().recipe().data.validationShare, 0.0);
        QTRY_VERIFY(f.counted());
        const std::optional<Finding> rate = findingOf(f, u"rate"_s);
        QVERIFY(rate && rate->state == State::Warn && !rate->holds);
        f.train->apply(Fix::SuggestedRate);
        QCOMPARE(f.train->form().recipe().optimizer.learningRate, 2e-4);
        QVERIFY(!findingOf(f, u"rate"_s) && findingOf(f, u"rate_set"_s));
        f.train->apply(Fix::UndoFix, u"rate_set"_s);
        QCOMPARE(f.train->form().recipe().optimizer.learningRate, 0.5);
        QVERIFY(f.train->form().setText("optimizer.learning_rate", u"1e-7"_s));
        QVERIFY(findingOf(f, u"rate"_s)->what.contains(u"below"_s));
    }

    void leavingErrorRowsOutIsOneStep() {
        TrainFixture f;
        QVERIFY(f.open({.good = 30, .tall = 4}, "model: " + TrainFixture::tinyModel() +
                                                    "\ndata:\n  train: project:train\n  over_long: error\n"
                                                    "training:\n  context: 30\n"));
        QVERIFY(findingOf(f, u"over_long"_s)->holds);
        f.train->apply(Fix::LeaveOverLong);
        QCOMPARE(f.train->form().recipe().data.overLong, std::string("drop"));
        QTRY_VERIFY(f.counted());
        QVERIFY(!findingOf(f, u"over_long"_s)->holds);
        f.train->form().undo();
        QCOMPARE(f.train->form().recipe().data.overLong, std::string("error"));
        QCOMPARE(f.train->form().decisions().overLongRows, std::int64_t{0});
    }

    // ---- rows

    void anyRowByItsNumber() {
        TrainFixture f;
        QVERIFY(f.open({.good = 30, .tall = 3, .silent = 2}, "model: " + TrainFixture::tinyModel() +
                                                                 "\ndata:\n  train: project:train\n"
                                                                 "training:\n  context: 30\n"));
        const auto state = [&f] { return f.train->preflightState(); };
        const auto settled = [&f, &state] {
            return QTest::qWaitFor([&state] { return !state().rowReading; }, 10000) && state().row.has_value();
        };
        QCOMPARE(state().rowNumber, std::int64_t{1});
        QCOMPARE(state().rowCount, std::int64_t{35});
        QVERIFY(state().hasLong && state().hasSilent);
        f.train->showRow(30);
        QVERIFY(settled());
        QCOMPARE(state().row->sample, std::int64_t{29});
        QVERIFY(state().row->trained > 0 && state().rowNote.isEmpty());
        f.train->nextRow(TrainPresenter::RowKind::Long);
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{31});
        QVERIFY(state().row->overLong && state().row->cut > 0);
        QVERIFY2(state().rowNote.contains(u"left out"_s), qPrintable(state().rowNote));
        const QVector<TokenItem> tokens = state().row->tokens;
        QCOMPARE(std::count_if(tokens.begin(), tokens.end(),
                               [](const TokenItem& token) { return token.fate == TokenFate::Cut; }),
                 std::ptrdiff_t{tokens.size() - 30});
        f.train->nextRow(TrainPresenter::RowKind::Long);
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{32});
        f.train->nextRow(TrainPresenter::RowKind::Silent);
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{34});
        QCOMPARE(state().row->trained, 0);
        QVERIFY2(state().rowNote.contains(u"weight"_s), qPrintable(state().rowNote));
        f.train->nextRow(TrainPresenter::RowKind::Silent);
        QVERIFY(settled());
        f.train->nextRow(TrainPresenter::RowKind::Silent); // from the start again
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{34});
        f.train->showRow(1000); // the last there is
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{35});
        f.train->stepRow(1);
        QVERIFY(settled());
        QCOMPARE(state().rowNumber, std::int64_t{35});
        // The recipe changes: the same row, as it is trained now.
        f.train->showRow(31);
        QVERIFY(settled());
        QVERIFY(f.train->form().setText("training.context", u"64"_s));
        QVERIFY(settled());
        QVERIFY(!state().row->overLong && state().row->cut == 0);
        QVERIFY(f.train->form().setValue("data.over_long", Json("cut_start")));
        QVERIFY(f.train->form().setText("training.context", u"30"_s));
        QVERIFY(settled());
        const ShownRow cut = *state().row;
        QVERIFY(cut.tokens.first().fate == TokenFate::Cut);
        QVERIFY(cut.tokens.last().fate != TokenFate::Cut);
    }
};

QTEST_MAIN(TestTrainPreflight)
#include "test_train_preflight.moc"
