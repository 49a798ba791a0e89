// Pictures of Look inside for human eyes, into the folder FETTLE_SHOTS (a temporary one where it is not set): answers
// over time, losses of rows, gradient norms by layer, the autopsy of a divergence, in light and dark, English and
// Chinese. QT_SCALE_FACTOR=2 gives the same at 200 %. Checked by program: nothing is blank.
#include "train_fixture.h"

#include <QDir>
#include <QScrollArea>
#include <QScrollBar>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using train::FakeScript;

class TestInsidePictures : public QObject {
    Q_OBJECT
    QString m_folder;
    QTemporaryDir m_temporary;

    void save(QWidget& window, const QString& name) {
        QTest::qWait(250);
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
        QVERIFY(picture.save(m_folder % u"/inside-"_s % name %
                             (scale.isEmpty() ? QString() : QString(u"-x"_s % scale)) % u".png"_s));
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = qEnvironmentVariable("FETTLE_SHOTS", m_temporary.path());
        QVERIFY(QDir().mkpath(m_folder));
    }
    void init() { failOnTrainMessages(); }

    void parts_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << u"en"_s << false << QSize(1280, 800);
        QTest::newRow("en-dark") << u"en"_s << true << QSize(1280, 800);
        QTest::newRow("zh-light") << u"zh_CN"_s << false << QSize(1280, 800);
        QTest::newRow("en-small") << u"en"_s << false << QSize(960, 600);
    }
    void parts() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f(FakeScript{.steps = 300,
                                 .stepsPerEpoch = 40,
                                 .evaluateEvery = 20,
                                 .checkpointEvery = 40,
                                 .samplePrompts = 4,
                                 .nonFiniteAt = 256,
                                 .layers = 30,
                                 .rows = 480,
                                 .riseSteps = 6},
                      tongue);
        f.engine.answers.scoreByPlace = true;
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.open({.good = 480}));
        f.window->showScreen(u"train"_s);
        f.train->start();
        QTRY_COMPARE(f.banner(), u"diverged"_s);
        save(*f.window, tag % u"-banner"_s);
        f.click("train.view.inside");
        f.click("inside.part.samples");
        QTRY_VERIFY(f.sees("inside.samples"));
        save(*f.window, tag % u"-samples"_s);
        f.click("inside.part.rows");
        QTRY_VERIFY(f.train->inside().rows().state().shown > 0 && !f.train->inside().rows().state().filtering);
        save(*f.window, tag % u"-rows"_s);
        f.train->inside().rows().open(11);
        QTRY_COMPARE(f.train->inside().rows().reader().phase(), RowReader::Phase::Done);
        save(*f.window, tag % u"-opened"_s);
        f.click("inside.part.layers");
        QTRY_VERIFY(f.sees("inside.layers"));
        save(*f.window, tag % u"-layers"_s);
        f.click("inside.part.autopsy");
        QTRY_COMPARE(f.train->inside().autopsy().rows().phase(), RowReader::Phase::Done);
        save(*f.window, tag % u"-autopsy"_s);
        for (QScrollArea* area : f.window->findChildren<QScrollArea*>(u"train.run"_s)) {
            area->verticalScrollBar()->setValue(area->verticalScrollBar()->maximum());
        }
        save(*f.window, tag % u"-autopsy-rows"_s);
    }
};

QTEST_MAIN(TestInsidePictures)
#include "test_inside_pictures.moc"
