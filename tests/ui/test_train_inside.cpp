// Look inside, by its presenters and in the real window: answers over time, losses of rows, gradient norms by layer,
// the autopsy of a divergence and the ways on from it; by mouse and by keyboard alone.
#include "support/results.h"
#include "train/inside_view.h"
#include "train/layer_map.h"
#include "train/row_histogram.h"
#include "train/row_losses.h"
#include "train/row_losses_model.h"
#include "train/run_changes.h"
#include "train/samples_over_time_view.h"
#include "train/token_rows.h"
#include "train_fixture.h"

#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QtTest>

#include <cmath>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using fettle::test::must;
using jobs::RunState;
using train::FakeScript;
using train::RowClass;

namespace {

FakeScript rich() {
    return {.steps = 40,
            .stepsPerEpoch = 10,
            .evaluateEvery = 10,
            .checkpointEvery = 10,
            .samplePrompts = 2,
            .layers = 3,
            .rows = 40};
}

FakeScript diverging() {
    FakeScript out = rich();
    out.nonFiniteAt = 25;
    out.riseSteps = 4;
    return out;
}

run::SampleGenerated sample(std::int64_t step, std::int64_t prompt, const char* text) {
    return {step, prompt, "prompt " + std::to_string(prompt), "base words", text, "as it should be"};
}

QString joined(const QVector<AnswerPart>& parts) {
    QString out;
    for (const AnswerPart& part : parts) {
        out += part.changed ? u'[' % part.text % u']' : part.text;
    }
    return out;
}

} // namespace

class TestTrainInside : public QObject {
    Q_OBJECT

    // A run that has ended, its page open at one part.
    static bool opened(TrainWindow& f, const char* part) {
        if (!f.show() || !f.open()) {
            return false;
        }
        f.window->showScreen(u"train"_s);
        f.train->start();
        if (!QTest::qWaitFor([&f] { return f.newest() != nullptr && jobs::isFinal(f.newestState()); }, 30'000)) {
            return false;
        }
        f.click("train.view.inside");
        f.click(part);
        return true;
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    // ------------------------------------------------------------ answers over time

    void changedWordsAreMarked_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("marked");
        QTest::newRow("same") << u"a b c"_s << u"a b c"_s << u"a b c"_s;
        QTest::newRow("one word") << u"the red house"_s << u"the blue house"_s << u"the[ blue] house"_s;
        QTest::newRow("at the end") << u"the red"_s << u"the red house."_s << u"the red[ house.]"_s;
        QTest::newRow("all new") << u""_s << u"yes"_s << u"[yes]"_s;
        QTest::newRow("gone") << u"yes"_s << u""_s << u""_s;
        QTest::newRow("blanks only") << u"a  b"_s << u"a b"_s << u"a b"_s;
        QTest::newRow("moved") << u"x a b"_s << u"a b x"_s << u"a b[ x]"_s;
        QTest::newRow("han") << u"很好的答案"_s << u"很坏的答案"_s << u"很[坏]的答案"_s;
    }
    void changedWordsAreMarked() {
        QFETCH(QString, before);
        QFETCH(QString, now);
        QFETCH(QString, marked);
        QCOMPARE(joined(markChanges(before, now)), marked);
    }

    void answersAreOrderedByPromptAndStep() {
        const auto prompts =
            samplesOverTime({sample(10, 0, "base answer"), sample(10, 1, "x"), sample(20, 0, "as it should be"),
                             sample(20, 1, "y"), sample(20, 1, "z")});
        QCOMPARE(prompts.size(), 2);
        QCOMPARE(prompts[0].answers.size(), 3);
        QVERIFY(!prompts[0].answers[0].step.has_value());
        QCOMPARE(joined(prompts[0].answers[1].parts), u"base[ answer]"_s);
        QCOMPARE(*prompts[0].answers[1].right, false);
        QCOMPARE(*prompts[0].answers[2].right, true);
        QCOMPARE(prompts[1].answers.size(), 3); // told twice at a step: the later counts
        QCOMPARE(prompts[1].answers.back().text, u"z"_s);
    }

    void answersAreSeenAndCopied() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.samples"));
        auto* table = f.find<DataTable>("inside.samples.table");
        QTRY_COMPARE(table->model()->rowCount(), 5); // the base and four evaluations
        QVERIFY(table->isVisible());
        const auto cell = [&](int row, int column) { return table->model()->index(row, column); };
        QCOMPARE(cell(1, AnswersModel::Answer).data().toString(), u"Answer after step 10"_s);
        QVERIFY(cell(2, AnswersModel::Answer).data(Qt::AccessibleTextRole).toString().contains(u"20"_s));
        QCOMPARE(cell(2, AnswersModel::Right).data(PillRole).toInt(), static_cast<int>(State::Bad));
        auto* pick = f.find<QComboBox>("inside.samples.prompt");
        QCOMPARE(pick->count(), 2);
        pick->setFocus();
        f.key(Qt::Key_Down);
        QTRY_COMPARE(pick->currentIndex(), 1);
        // By keyboard: from the prompt into the table, down, copy.
        table->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Down);
        f.key(Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(QGuiApplication::clipboard()->text().startsWith(u"10\tAnswer after step 10\t"_s),
                 qPrintable(QGuiApplication::clipboard()->text()));
    }

    // ------------------------------------------------------------ losses of rows

    void rowsAreClassedFilteredAndSorted() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.rows"));
        RowLossesPresenter& rows = f.train->inside().rows();
        auto* table = f.find<DataTable>("inside.rows.table");
        QTRY_COMPARE(table->model()->rowCount(), 40);
        const RowLossesState state = rows.state();
        QCOMPARE(state.epochs, 4);
        QCOMPARE(state.counts[static_cast<std::size_t>(RowClass::NeverLearned)], std::int64_t{4});
        QCOMPARE(state.counts[static_cast<std::size_t>(RowClass::Forgotten)], std::int64_t{4});
        QCOMPARE(state.counts[static_cast<std::size_t>(RowClass::TooEasy)], std::int64_t{4});
        QCOMPARE(state.counts[static_cast<std::size_t>(RowClass::Learning)], std::int64_t{28});
        const auto last = [&](int row) {
            return table->model()->index(row, RowLossesModel::Last).data(CopyRole).toDouble();
        };
        for (int row = 1; row < 40; ++row) {
            QVERIFY(last(row) <= last(row - 1));
        }
        // The words come from the data, by place.
        const auto* model = qobject_cast<RowLossesModel*>(table->model());
        QTRY_VERIFY(!table->model()->index(0, RowLossesModel::Words).data().toString().isEmpty());
        QCOMPARE(table->model()->index(0, RowLossesModel::Words).data().toString(),
                 QString(u"q "_s % QString::number(*model->sample(0))));
        f.click("inside.rows.chip.forgotten");
        QTRY_COMPARE(table->model()->rowCount(), 4);
        QCOMPARE(*model->sample(0) % 10, std::int64_t{1});
        QTest::mouseClick(f.find<QAbstractButton>("inside.rows.chip.never_learned"), Qt::LeftButton, Qt::ShiftModifier);
        QTRY_COMPARE(table->model()->rowCount(), 8);
        f.click("inside.rows.copy");
        QTRY_COMPARE(QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts).size(), 8);
        // Into a file, with the numbers the files of the run hold.
        f.dialogs.file = f.folder.filePath(u"rows.csv"_s);
        f.click("inside.rows.export");
        QTRY_VERIFY(QFile::exists(f.dialogs.file));
        const std::string csv = must(readFile(us(f.dialogs.file)));
        QVERIFY2(csv.starts_with("row,class,first_loss,last_loss,step_10,step_20,step_30,step_40\n"), csv.c_str());
        QCOMPARE(std::count(csv.begin(), csv.end(), '\n'), std::ptrdiff_t{9});
        QTest::mouseClick(f.find<QAbstractButton>("inside.rows.chip.never_learned"), Qt::LeftButton, Qt::ShiftModifier);
        f.click("inside.rows.chip.forgotten");
        QTRY_COMPARE(table->model()->rowCount(), 40);
    }

    void theHistogramFiltersByKeyAndMouse() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.rows"));
        RowLossesPresenter& rows = f.train->inside().rows();
        auto* table = f.find<DataTable>("inside.rows.table");
        QTRY_COMPARE(table->model()->rowCount(), 40);
        auto* bars = f.find<RowHistogram>("inside.rows.histogram");
        qsizetype sum = 0;
        for (const qsizetype count : rows.histogram().counts) {
            sum += count;
        }
        QCOMPARE(sum, 40);
        bars->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_End);
        f.key(Qt::Key_Space);
        QTRY_VERIFY(!rows.state().filtering && table->model()->rowCount() < 40);
        QCOMPARE(static_cast<qsizetype>(table->model()->rowCount()), rows.histogram().counts.back());
        QVERIFY(!bars->readOut().isEmpty());
        f.key(Qt::Key_Escape);
        QTRY_COMPARE(table->model()->rowCount(), 40);
        QTest::mouseClick(bars, Qt::LeftButton, {}, QPoint(1, bars->height() / 2));
        QTRY_COMPARE(rows.state().filter.bin.value_or(-1), 0);
        QTest::mouseClick(bars, Qt::LeftButton, {}, QPoint(1, bars->height() / 2));
        QTRY_VERIFY(!rows.state().filter.bin);
    }

    void anOpenedRowShowsItsTokens() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.rows"));
        auto* table = f.find<DataTable>("inside.rows.table");
        QTRY_COMPARE(table->model()->rowCount(), 40);
        table->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Home);
        f.key(Qt::Key_Return);
        RowReader& reader = f.train->inside().rows().reader();
        QTRY_COMPARE(reader.phase(), RowReader::Phase::Done);
        QCOMPARE(reader.rows().size(), 1);
        QVERIFY(!reader.error());
        const ReadRow& row = reader.rows().first();
        QVERIFY(row.loss.has_value()); // the scripted engine says 0 for every token
        QCOMPARE(*row.loss, 0.0);
        for (const TokenItem& token : row.shown.tokens) {
            QCOMPARE(token.loss.has_value(), token.fate == TokenFate::Trained);
        }
        QVERIFY(f.sees("inside.opened.card"));
        f.click("inside.opened.hide");
        QVERIFY(!f.sees("inside.opened.card"));
    }

    void damagedFilesAreNamed() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.samples"));
        const std::string folder = f.newest()->summary.folder;
        must(writeFileAtomic(folder + "/row_losses/step_20.bin", "FTLROWS1x"));
        must(removeAll(folder + "/row_losses/step_30.bin"));
        f.click("inside.part.rows");
        QTRY_COMPARE(f.train->inside().rows().state().faults.size(), 2);
        QTRY_VERIFY(f.sees("inside.rows.faults"));
        QVERIFY(f.text("inside.rows.faults").contains(u"step_20.bin"_s));
        QVERIFY(f.text("inside.rows.faults").contains(u"step_30.bin"_s));
        QCOMPARE(f.train->inside().rows().state().epochs, 2);
    }

    void aMillionRowsAreSorted() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.samples"));
        const std::string folder = f.newest()->summary.folder;
        std::vector<train::RowLoss> losses;
        for (std::int64_t row = 0; row < 1'000'000; ++row) {
            losses.push_back({row, train::fakeRowLoss(row, 3)});
        }
        for (const char* step : {"10", "20", "30", "40"}) {
            must(train::writeRowLosses(folder + "/row_losses/step_" + step + ".bin", losses));
        }
        f.click("inside.part.rows");
        auto* table = f.find<DataTable>("inside.rows.table");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1'000'000, 60'000);
        // Only rows in sight are asked for their texts.
        QElapsedTimer took;
        took.start();
        table->scrollToBottom();
        (void)f.window->grab();
        qInfo("a million rows: to the end and painted in %lld ms", static_cast<long long>(took.elapsed()));
        f.click("inside.rows.chip.too_easy");
        QTRY_VERIFY_WITH_TIMEOUT(!f.train->inside().rows().state().filtering, 60'000);
        QVERIFY(table->model()->rowCount() < 1'000'000);
    }

    // ------------------------------------------------------------ gradient norms by layer

    void layersHaveACursor() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.layers"));
        QTRY_VERIFY(f.sees("inside.layers"));
        auto* map = f.find<LayerMap>("inside.layers.map");
        map->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(map->cursor().has_value());
        f.key(Qt::Key_Home);
        f.key(Qt::Key_Down);
        f.key(Qt::Key_Down);
        f.key(Qt::Key_Down);
        QCOMPARE(map->cursor()->step, 0);
        QCOMPARE(map->cursor()->layer, 0);
        f.key(Qt::Key_Right);
        f.key(Qt::Key_Up);
        QCOMPARE(map->cursor()->step, 1);
        QCOMPARE(map->cursor()->layer, 1);
        QVERIFY2(f.text("inside.layers.read").contains(u"2"_s), qPrintable(f.text("inside.layers.read")));
        const auto series = f.train->run().series();
        QCOMPARE(series->layerNorms.steps.size(), 40);
        f.key(Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"step,layer,norm\n2,1,"_s));
    }

    void runsWithoutLayersSayHowToGetThem() {
        FakeScript plain = rich();
        plain.layers = 0;
        TrainWindow f(plain);
        QVERIFY(opened(f, "inside.part.layers"));
        QTRY_VERIFY(f.sees("inside.layers.status"));
        QVERIFY(!f.sees("inside.layers"));
    }

    void aRunThatLivesWritesThemOnRequest() {
        FakeScript plain = rich();
        plain.layers = 0;
        plain.steps = 100'000;
        plain.stepDelayMs = 2;
        TrainWindow f(plain);
        QVERIFY(f.show() && f.open());
        f.window->showScreen(u"train"_s);
        f.train->start();
        QTRY_VERIFY(f.newest() != nullptr && f.newestState() == RunState::Running);
        f.click("train.view.inside");
        f.click("inside.part.layers");
        QTRY_VERIFY(f.sees("inside.layers.switch"));
        QVERIFY(!f.sees("inside.layers"));
        f.click("inside.layers.switch");
        QTRY_VERIFY(f.sees("inside.layers"));
        f.click("inside.layers.switch"); // and no longer
        const auto written = [&f] { return f.train->run().series()->layerNorms.steps.size(); };
        const auto trained = [&f] { return f.newest()->summary.step; };
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const auto before = written();
                const auto step = trained();
                return QTest::qWaitFor([&] { return trained() > step + 50; }, 5'000) && written() == before;
            }(),
            20'000);
        f.workspace->stopAll();
        QTRY_VERIFY(jobs::isFinal(f.newestState()));
        QTRY_VERIFY(!f.sees("inside.layers.switch"));
    }

    void aResumeDropsOverwrittenNorms() {
        RunSeries series;
        run::StepMetrics step;
        step.layerNorms = {1, 2};
        for (std::int64_t i = 1; i <= 10; ++i) {
            step.step = i;
            (void)series.apply({i, "r", 0, 0, step});
        }
        run::StateChanged resumed;
        resumed.state = RunState::Starting;
        resumed.fromStep = 4;
        (void)series.apply({11, "r", 0, 0, resumed});
        QCOMPARE(series.layerNorms.steps.size(), 4);
        QCOMPARE(series.layerNorms.values.size(), 8);
        step.step = 5;
        (void)series.apply({12, "r", 0, 0, step});
        QCOMPARE(series.layerNorms.steps.back(), std::int64_t{5});
        QCOMPARE(series.layerNorms.at(4, 1), 2.0F);
    }

    // ------------------------------------------------------------ what happened

    void aDivergenceIsExplained() {
        TrainWindow f(diverging());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_COMPARE(f.train->inside().autopsy().state().phase, AutopsyState::Phase::Told);
        const AutopsyState state = f.train->inside().autopsy().state();
        QCOMPARE(state.step, std::int64_t{25});
        QVERIFY(f.text("inside.heading").contains(u"25"_s));
        QVERIFY2(f.text("inside.sentence").contains(u"learning rate"_s), qPrintable(f.text("inside.sentence")));
        QVERIFY(*state.gradientRises >= 21 && *state.gradientRises <= 23);
        QVERIFY(!state.lossRises);
        RowReader& reader = f.train->inside().autopsy().rows();
        QTRY_COMPARE(reader.phase(), RowReader::Phase::Done);
        QCOMPARE(reader.rows().size(), 2);
        QCOMPARE(reader.rows()[0].sample, std::int64_t{25});
        // The record of the script has two trained tokens a row; those of the data are others, so it is not used.
        QVERIFY(!reader.has(RowReader::Source::AtFailure));
        QVERIFY(reader.has(RowReader::Source::AtCheckpoint));
        QVERIFY(f.sees("inside.rows.card"));
        // What happened can be carried away.
        f.click("inside.copy");
        QVERIFY(QGuiApplication::clipboard()->text().contains(f.text("inside.heading")));
        // The steps before have a cursor.
        auto* chart = f.find<QWidget>("inside.before");
        chart->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Home);
        QVERIFY(chart->accessibleDescription().contains(u'1'));
    }

    void theBannerLeadsThere() {
        TrainWindow f(diverging());
        QVERIFY(f.show());
        QVERIFY(f.open());
        f.window->showScreen(u"train"_s);
        f.train->start();
        QTRY_COMPARE(f.banner(), u"diverged"_s);
        f.train->run().act(RunAction::LookInside);
        QTRY_VERIFY(f.sees("inside.autopsy"));
    }

    void halfTheRateByKeyAlone() {
        TrainWindow f(diverging());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_VERIFY(f.sees("inside.half_rate"));
        const std::string folder = f.newest()->summary.folder;
        f.script->nonFiniteAt.reset();
        f.find<QPushButton>("inside.half_rate")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Space);
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QCOMPARE(f.newest()->summary.folder, folder);
        QCOMPARE(must(train::recipeChanges(folder)).size(), std::size_t{1});
        QCOMPARE(must(train::recipeChanges(folder)).front().step, std::int64_t{20});
    }

    void tickedRowsAreLeftOut() {
        TrainWindow f(diverging());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_VERIFY(f.sees("inside.rows.tick.26"));
        const std::string folder = f.newest()->summary.folder;
        QVERIFY(f.find<QCheckBox>("inside.rows.tick.25")->isChecked()); // the one with a token without a number
        f.click("inside.rows.tick.26");
        QVERIFY(f.text("inside.leave_out").contains(u'2'));
        f.script->nonFiniteAt.reset();
        f.click("inside.leave_out");
        QTRY_VERIFY(f.newest()->summary.folder != folder && f.newestState() == RunState::Succeeded);
        const auto fresh = must(recipe::fromJson(must(readJsonFile(f.newest()->summary.folder + "/recipe.json"))));
        QVERIFY((fresh.data.leaveOut == std::vector<std::string>{"25-26"}));
        QVERIFY(fresh.adapter.initFrom.ends_with(run::checkpointName(20)));
    }

    void anyStepCanBeLookedInto() {
        TrainWindow f(rich());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_VERIFY(f.sees("inside.autopsy.status"));
        QVERIFY(!f.sees("inside.autopsy"));
        auto* step = f.find<QLineEdit>("inside.step");
        step->setFocus(Qt::TabFocusReason);
        QTest::keyClicks(step, u"17"_s);
        f.key(Qt::Key_Return);
        QTRY_VERIFY(f.sees("inside.autopsy"));
        QVERIFY(f.text("inside.heading").contains(u"17"_s));
        QVERIFY(!f.sees("inside.half_rate"));
        step->setText(u"4711"_s);
        f.click("inside.step.look");
        QTRY_VERIFY(!f.sees("inside.autopsy"));
        QVERIFY(!f.text("inside.autopsy.status").isEmpty());
        step->setText(u"many"_s);
        f.click("inside.step.look");
        QVERIFY(!f.text("inside.autopsy.status").isEmpty());
    }

    // ------------------------------------------------------------ tokens by loss

    void tokensShowTheirLosses() {
        const Theme theme(*qApp);
        TokenView view;
        QVector<TokenItem> tokens(3);
        for (TokenItem& token : tokens) {
            token.bytes = "word";
            token.fate = TokenFate::Trained;
        }
        tokens[0].loss = 0.1;
        tokens[1].loss = 4.0;
        tokens[2].loss = std::nan("");
        view.resize(400, 60);
        view.setTokens(tokens);
        const QImage plain = view.grab().toImage();
        view.setLossScale(4.0);
        const QImage colored = view.grab().toImage();
        QVERIFY(plain != colored);
        QVERIFY(view.describe(1).contains(u"4.000"_s));
        QVERIFY(view.describe(2).contains(u"NaN"_s));
    }

    // ------------------------------------------------------------ for everyone

    void everyControlHasAName() {
        TrainWindow f(diverging());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_VERIFY(f.sees("inside.rows.tick.26"));
        int seen = 0;
        for (const char* part :
             {"inside.part.samples", "inside.part.rows", "inside.part.layers", "inside.part.autopsy"}) {
            f.click(part);
            QTest::qWait(50);
            for (QWidget* each : f.find<QWidget>("train.inside")->findChildren<QWidget*>()) {
                if (!each->isVisible() || each->focusPolicy() == Qt::NoFocus || each->parentWidget() == nullptr ||
                    each->objectName().startsWith(u"qt_"_s)) {
                    continue;
                }
                const auto* button = qobject_cast<QAbstractButton*>(each);
                const bool named = !each->accessibleName().isEmpty() ||
                                   (button != nullptr && !button->text().isEmpty()) ||
                                   qobject_cast<QLabel*>(each) != nullptr;
                QVERIFY2(named,
                         qPrintable(each->objectName() % u' ' % QLatin1StringView(each->metaObject()->className())));
                ++seen;
            }
        }
        QVERIFY(seen > 15);
    }

    void pagesLiveThroughANewLanguage() {
        TrainWindow f(diverging());
        QVERIFY(opened(f, "inside.part.autopsy"));
        QTRY_VERIFY(f.sees("inside.half_rate"));
        f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
        QTRY_VERIFY(f.window->findChild<QWidget*>(u"train.inside"_s) != nullptr);
        QTest::qWait(100);
        f.settings->setValue(Setting::LookLanguage, u"en"_s);
        QTest::qWait(100);
    }
};

QTEST_MAIN(TestTrainInside)
#include "test_train_inside.moc"
