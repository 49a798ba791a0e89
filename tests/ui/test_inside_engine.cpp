// Look inside with the real engine and a run that ends in NaN by its settings alone: the rows with the losses they had,
// half the rate in the same run, gradient norms by layer.
#include "train/layer_map.h"
#include "train/run_changes.h"
#include "train_fixture.h"

#include <QtTest>

#include <cmath>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

class TestInsideEngine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void aRealDivergence() {
        TrainWindow f({}, u"en"_s, train::engineTrainers());
        f.window.reset();
        f.train = std::make_unique<TrainPresenter>(*f.workspace); // with the real engine for the losses of rows too
        const ShellContext context{*f.settings, *f.workspace, f.dialogs};
        f.window = std::make_unique<MainWindow>(
            context, QVector<ScreenSpec>{homeScreen(context, *f.home), trainScreen(context, *f.train)});
        QVERIFY(f.show());
        const std::string yaml =
            "model: " + TrainFixture::tinyModel() +
            "\ndata:\n  train: project:train\n  validation: project:validation\nadapter:\n  rank: 1\n  alpha: 512\n"
            "optimizer:\n  learning_rate: 1\n  warmup_steps: 0\n  schedule: constant\n  max_grad_norm: 0\n"
            "training:\n  max_steps: 60\n  batch_rows: 6\n  context: 64\n  compute_dtype: fp32\n"
            "evaluation:\n  every_epochs: 0\n  layer_norms: true\ncheckpoint:\n  every_steps: 1\n";
        QVERIFY(f.open({.good = 60}, yaml));
        f.window->showScreen(u"train"_s);
        f.train->start();
        QTRY_COMPARE_WITH_TIMEOUT(f.banner(), u"diverged"_s, 120'000);
        const std::string folder = f.newest()->summary.folder;
        f.train->run().act(RunAction::LookInside);
        AutopsyPresenter& autopsy = f.train->inside().autopsy();
        QTRY_COMPARE(autopsy.state().phase, AutopsyState::Phase::Told);
        QVERIFY2(autopsy.state().sentence.contains(u"learning rate"_s), qPrintable(autopsy.state().sentence));
        RowReader& reader = autopsy.rows();
        QTRY_COMPARE_WITH_TIMEOUT(reader.phase(), RowReader::Phase::Done, 60'000);
        QVERIFY2(!reader.error(), reader.error() ? reader.error()->text().c_str() : "");
        QVERIFY(!reader.rows().isEmpty());
        QVERIFY(reader.has(RowReader::Source::AtFailure));
        QVERIFY(reader.has(RowReader::Source::AtCheckpoint));
        // At the failure some tokens have no number and are marked; which of them is known.
        reader.setSource(RowReader::Source::AtFailure);
        int bad = 0;
        for (const ReadRow& row : reader.rows()) {
            bad += row.bad;
        }
        QVERIFY(bad > 0);
        QVERIFY(f.sees("inside.rows.card"));
        const QString shots = qEnvironmentVariable("FETTLE_SHOTS");
        if (!shots.isEmpty()) {
            QTest::qWait(300);
            QVERIFY(f.window->grab().save(shots % u"/inside-real-autopsy.png"_s));
        }
        f.click("inside.part.layers");
        QTRY_VERIFY(f.sees("inside.layers"));
        QCOMPARE(f.train->run().series()->layerNorms.layers, 3);

        // Half the rate is still far too much here: the run goes on from its checkpoint all the same.
        f.click("inside.part.autopsy");
        QTRY_VERIFY(f.sees("inside.half_rate"));
        f.click("inside.half_rate");
        QTRY_VERIFY_WITH_TIMEOUT(train::recipeChanges(folder)->size() == 1, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(jobs::isFinal(f.newestState()) && !f.workspace->hasActiveRuns(), 120'000);
        QCOMPARE(f.newest()->summary.folder, folder);
        QCOMPARE(train::effectiveRecipe(folder)->optimizer.learningRate, 0.5);
    }
};

QTEST_MAIN(TestInsideEngine)
#include "test_inside_engine.moc"
