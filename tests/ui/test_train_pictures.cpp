// Pictures of the Train screen for human eyes, into the folder FETTLE_SHOTS (a temporary one where it is not set):
// before, held, running, paused, diverged, done and Try it, in light and dark, English and Chinese, usual and smallest
// size. QT_SCALE_FACTOR=2 gives the same at 200 %. Checked by program: nothing is blank.
#include "run/run_folder.h"
#include "train/advanced_form.h"
#include "train_fixture.h"
#include "workspace/run_archives.h"

#include <QDir>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QtTest>

#include <cmath>
#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

class TestTrainPictures : public QObject {
    Q_OBJECT
    QString m_folder;
    QTemporaryDir m_temporary;

    void save(QWidget& window, const QString& name) {
        QTest::qWait(350); // charts paint at most five times a second
        const QPixmap picture = window.grab();
        const QImage image = picture.toImage();
        std::set<QRgb> seen;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3) {
                seen.insert(image.pixel(x, y));
            }
        }
        QVERIFY2(seen.size() > 15, qPrintable(name));
        const QString scale = qEnvironmentVariable("QT_SCALE_FACTOR");
        QVERIFY(picture.save(m_folder % u"/train-"_s % name % (scale.isEmpty() ? QString() : QString(u"-x"_s % scale)) %
                             u".png"_s));
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = qEnvironmentVariable("FETTLE_SHOTS", m_temporary.path());
        QVERIFY(QDir().mkpath(m_folder));
    }
    void init() { failOnTrainMessages(); }

    void states_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << u"en"_s << false << QSize(1280, 800);
        QTest::newRow("en-dark") << u"en"_s << true << QSize(1280, 800);
        QTest::newRow("zh-light") << u"zh_CN"_s << false << QSize(1280, 800);
        QTest::newRow("en-small") << u"en"_s << false << QSize(960, 600);
        QTest::newRow("en-large") << u"en"_s << false << QSize(1920, 1080);
    }
    void states() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f(FakeScript{.steps = 300,
                                 .stepDelayMs = 6,
                                 .stepsPerEpoch = 100,
                                 .evaluateEvery = 20,
                                 .checkpointEvery = 40,
                                 .samplePrompts = 4},
                      tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.open({.good = 480}));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.start"));
        save(*f.window, tag % u"-before"_s);

        f.train->start();
        QTRY_VERIFY(f.newest() != nullptr && f.newest()->summary.step > 150);
        save(*f.window, tag % u"-running"_s);
        f.train->run().pauseOrResume();
        QTRY_COMPARE(f.banner(), u"paused"_s);
        save(*f.window, tag % u"-paused"_s);
        f.train->run().pauseOrResume();
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        const QString first = f.train->run().folder();
        save(*f.window, tag % u"-done"_s);
        f.engine.answers.base = "I am not sure what you mean. The question could be about many things, and without "
                                "more context it is hard to say.";
        f.engine.answers.tuned = "yes";
        f.window->showScreen(u"train"_s, u"try"_s);
        save(*f.window, tag % u"-try-empty"_s);
        f.train->tryIt().pickRow();
        QTRY_VERIFY(!f.train->tryIt().prompt().isEmpty());
        f.train->tryIt().send();
        QTRY_VERIFY(!f.train->tryIt().state().busy);
        save(*f.window, tag % u"-try"_s);
        f.engine.answers.generateError = makeError(ErrorCode::OutOfMemory, "12 GB were asked for");
        f.train->tryIt().send();
        QTRY_VERIFY(!f.train->tryIt().state().busy);
        save(*f.window, tag % u"-try-failed"_s);

        *f.script = FakeScript{.steps = 300,
                               .stepDelayMs = 2,
                               .stepsPerEpoch = 100,
                               .evaluateEvery = 20,
                               .checkpointEvery = 40,
                               .samplePrompts = 4,
                               .nonFiniteAt = 96};
        f.train->newRun();
        f.train->start();
        QTRY_COMPARE(f.banner(), u"diverged"_s);
        f.workspace->toggleOverlay(first);
        QTRY_VERIFY(f.train->run().recipe().has_value());
        f.window->setRunsOpen(true);
        save(*f.window, tag % u"-diverged"_s);
        f.window->setRunsOpen(false);
        f.train->run().act(RunAction::ShowRows);
        QTRY_VERIFY(f.train->run().rowsShown());
        save(*f.window, tag % u"-rows"_s);
        f.workspace->toggleOverlay(first);
    }

    void held_data() { states_data(); }
    void held() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f({}, tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.open({.good = 200, .tall = 12, .silent = 5, .bad = 9}));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.fix.over_long.leave"));
        save(*f.window, tag % u"-held"_s);
        f.train->form().setText("adapter.rank", u"many"_s);
        f.train->apply(Fix::LeaveOverLong);
        save(*f.window, tag % u"-fixed"_s);
    }

    void start_data() { states_data(); }
    void start() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f(FakeScript{.steps = 30, .stepDelayMs = 3}, tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.open({.good = 480, .tall = 12}));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.advanced"));
        f.train->measureNow();
        QTRY_VERIFY(f.train->preflightState().measured);
        save(*f.window, tag % u"-start"_s);
        f.train->nextRow(TrainPresenter::RowKind::Long);
        QTRY_VERIFY(!f.train->preflightState().rowReading);
        auto* advanced = f.window->findChild<AdvancedForm*>();
        (void)f.train->form().setText("optimizer.schedule", u"wsd"_s);
        (void)f.train->form().setText("optimizer.weight_decay", u"50"_s);
        advanced->showField("optimizer.schedule");
        save(*f.window, tag % u"-advanced"_s);
        f.train->form().undo();
        advanced->search();
        f.find<QLineEdit>("train.advanced.search")->setText(u"step"_s);
        save(*f.window, tag % u"-advanced-search"_s);
        f.click("train.side.yaml");
        save(*f.window, tag % u"-yaml"_s);
        f.train->form().setYaml(f.train->form().yaml() %
                                u"evaluation:\n  every_step: 20 # too often?\n  patience: 0\n"_s);
        save(*f.window, tag % u"-yaml-fault"_s);
        f.click("train.side.form");
        save(*f.window, tag % u"-form-locked"_s);
        f.train->form().undo();
        f.click("train.starts");
        f.train->starts().choose(2);
        save(*f.window, tag % u"-picker"_s);
        f.train->starts().setKind(StartPresenter::Kind::Runs);
        save(*f.window, tag % u"-picker-runs-empty"_s);
    }

    void record_data() { states_data(); }
    void record() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f(FakeScript{.steps = 60, .stepDelayMs = 1, .checkpointEvery = 20}, tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.open({.good = 480}));
        f.window->showScreen(u"train"_s);
        const std::pair<const char*, const char*> runs[] = {{"16", "AMD EPYC 9474F 48-Core Processor"},
                                                            {"8", "Intel(R) Xeon(R) Platinum 8481C"}};
        for (const auto& [rank, cpu] : runs) {
            f.train->newRun();
            QVERIFY(f.train->form().setText("adapter.rank", QString::fromLatin1(rank)));
            QTRY_VERIFY(f.counted());
            const QString before = f.train->run().folder();
            f.train->start();
            QTRY_VERIFY(f.train->run().folder() != before && f.banner() == u"succeeded"_s);
            QVERIFY(run::updateRunInfo(us(f.train->run().folder()),
                                       {{"machine",
                                         {{"cpu", cpu},
                                          {"threads", 96},
                                          {"cores", 48},
                                          {"instructions", {"avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"}},
                                          {"memory_bytes", 134'000'000'000},
                                          {"system", "Debian GNU/Linux 12 (bookworm)"},
                                          {"kernel", "6.1.0-26-amd64"}}},
                                        {"frozen",
                                         {{"torch", "2.9.1+cpu"},
                                          {"device", "cpu"},
                                          {"compute_dtype", "bf16"},
                                          {"kernels", "amx"},
                                          {"recompute", "lean"},
                                          {"threads", 48},
                                          {"micro_tokens", 2048},
                                          {"packing_hash", "9d1c5a70e2b84f36"}}},
                                        {"data", {{"hash", "4be0a1c2937d58f6"}, {"rows", 480}, {"tokens", 18'240}}},
                                        {"predicted",
                                         {{"peak_bytes", 240'000'000},
                                          {"seconds", 0.2},
                                          {"tokens_per_s", 52'000.0},
                                          {"steps", 60},
                                          {"speed_measured", true}}}}));
            QTRY_VERIFY(f.newest() != nullptr && !f.newest()->live());
        }
        f.window->showScreen(u"train"_s, QString(u"record:"_s % f.train->run().folder()));
        QTRY_VERIFY(f.sees("record.figures"));
        save(*f.window, tag % u"-record"_s);
        f.click("record.compare");
        QTRY_VERIFY(f.sees("compare.settings"));
        save(*f.window, tag % u"-compare"_s);
        f.click("compare.only");
        save(*f.window, tag % u"-compare-all"_s);
        f.click("compare.back");
        const QString broken = f.folder.filePath(u"from-the-other-machine.tar"_s);
        QVERIFY(writeFileAtomic(us(broken), std::string(5000, 'x')));
        f.workspace->archives().importRuns({broken});
        QTRY_VERIFY(f.sees("import.error"));
        save(*f.window, tag % u"-import-failed"_s);
        f.click("import.error.repair");
        f.train->run().act(RunAction::Log);
        f.click("train.view.charts");
        QTRY_VERIFY(f.sees("train.find"));
        QTest::keyClicks(f.find<QLineEdit>("train.find.line"), u"a"_s);
        save(*f.window, tag % u"-log"_s);
    }

    void failed() {
        TrainWindow f;
        QVERIFY(f.show());
        QVERIFY(f.open({}, "model: not-there\ndata:\n  train: project:train\n"));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.error"));
        save(*f.window, u"en-light-no-model"_s);
    }
};

QTEST_MAIN(TestTrainPictures)
#include "test_train_pictures.moc"
