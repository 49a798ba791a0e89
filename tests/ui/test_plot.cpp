// Smoothing, charts and the token view: what they hold, what they cost (replots, painted boxes), keys.
#include "plot/chart.h"
#include "plot/smoothing.h"
#include "ui_fixture.h"
#include "widgets/token_view.h"

#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>

#include <cmath>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

class TestPlot : public QObject {
    Q_OBJECT
    std::unique_ptr<Theme> m_theme;

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_theme = std::make_unique<Theme>(*qApp, Look{.scheme = SchemeChoice::Light, .pointSize = 10});
    }
    void init() { failOnMessages(); }

    void smoothingKeepsConstantsAndLength() {
        const QVector<double> x{1, 2, 3, 7, 8};
        QCOMPARE(smoothed(x, {2, 2, 2, 2, 2}, 0.9), QVector<double>({2, 2, 2, 2, 2}));
        QCOMPARE(smoothed(x, {5, 1, 4, 2, 9}, 0), QVector<double>({5, 1, 4, 2, 9}));
        QCOMPARE(smoothed(x, {5, 1, 4, 2, 9}, 0.5).first(), 5.0); // no bias towards zero at the start
    }

    void smoothingMatchesItsDefinition() {
        // Equal steps: y_s = Σ a^k y_{n-k} / Σ a^k.
        const QVector<double> x{1, 2, 3, 4};
        const QVector<double> y{4, 2, 1, 3};
        const double a = 0.8;
        const QVector<double> out = smoothed(x, y, a);
        for (qsizetype n = 0; n < y.size(); ++n) {
            double sum = 0;
            double weight = 0;
            for (qsizetype k = 0; k <= n; ++k) {
                sum += std::pow(a, static_cast<double>(k)) * y[n - k];
                weight += std::pow(a, static_cast<double>(k));
            }
            QVERIFY(std::abs(out[n] - sum / weight) < 1e-12);
        }
    }

    void smoothingForgetsOverGapsAndLeavesNanOut() {
        const QVector<double> x{1, 2, 3, 100};
        const QVector<double> near = smoothed({1, 2, 3, 4}, {0, 0, 0, 10}, 0.9);
        const QVector<double> far = smoothed(x, {0, 0, 0, 10}, 0.9);
        QVERIFY(far.last() > near.last());
        const QVector<double> holed = smoothed({1, 2, 3}, {1, std::nan(""), 1}, 0.9);
        QVERIFY(std::isnan(holed[1]));
        QCOMPARE(holed[2], 1.0);
    }

    void dataIsSortedAndAppended() {
        Chart chart;
        chart.setCurves({{u"train"_s, u"train"_s, CurveKind::Raw, 0}});
        chart.setData(u"train"_s, {3, 1, 2}, {30, 10, 20});
        QCOMPARE(chart.pointCount(u"train"_s), 3);
        QCOMPARE(chart.lastValue(u"train"_s).value(), 30.0);
        chart.append(u"train"_s, {4, 5}, {40, 50});
        chart.append(u"train"_s, {2.5}, {25}); // late: sorted in
        QCOMPARE(chart.pointCount(u"train"_s), 6);
        QCOMPARE(chart.lastValue(u"train"_s).value(), 50.0);
        QVERIFY(chart.toCsv().contains(u"train,2.5,25\n"));
        QVERIFY(!chart.lastValue(u"none"_s).has_value());
        chart.setCurves({{u"train"_s, u"train"_s, CurveKind::Raw, 0},
                         {u"v"_s, u"v"_s, CurveKind::Points, 2}}); // data of ids that stay is kept
        QCOMPARE(chart.pointCount(u"train"_s), 6);
    }

    void repaintsAtMostFiveTimesASecond() {
        Chart chart;
        chart.setCurves({{u"train"_s, u"train"_s, CurveKind::Raw, 0}});
        chart.resize(600, 300);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QTRY_VERIFY(chart.replotCount() > 0);
        const int before = chart.replotCount();
        QElapsedTimer clock;
        clock.start();
        int appended = 0;
        while (clock.elapsed() < 1000) {
            ++appended;
            chart.append(u"train"_s, {static_cast<double>(appended)}, {1.0 / appended});
            QTest::qWait(2);
        }
        const int replots = chart.replotCount() - before;
        QVERIFY2(replots <= 6, qPrintable(QString::number(replots)));
        QVERIFY(replots >= 2);
    }

    void cursorIsSharedAndKeysMoveIt() {
        ChartCursor cursor;
        LossChart loss(u"Loss"_s, u"t.loss"_s);
        loss.setCurves({{u"train"_s, u"train"_s, CurveKind::Raw, 0}});
        loss.setCursor(&cursor);
        SmallChart small(u"Rate"_s, u"t.rate"_s, 0);
        small.setCursor(&cursor);
        small.chart()->setData(SmallChart::curveId(), {1, 2, 3}, {0.1, 0.2, 0.3});
        loss.chart()->setData(u"train"_s, {1, 2, 3}, {3, 2, 1});
        loss.chart()->setSmoothing(0);
        loss.resize(700, 320);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        QTRY_VERIFY(loss.chart()->replotCount() > 0);
        QTest::keyClick(loss.chart(), Qt::Key_Left);
        QCOMPARE(cursor.x().value(), 2.0);
        QCOMPARE(loss.chart()->valuesAt(2).first().value.value(), 2.0);
        QCOMPARE(small.findChildren<QLabel*>().last()->text(), u"0.200"_s);
        QTest::keyClick(loss.chart(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"train\t2"));
        QSignalSpy log(loss.chart(), &Chart::logChanged);
        QTest::keyClick(loss.chart(), Qt::Key_L);
        QCOMPARE(log.size(), 1);
        QVERIFY(loss.chart()->isLog());
        QTest::keyClick(loss.chart(), Qt::Key_S);
        QVERIFY(loss.chart()->smoothing() > 0);
        QTRY_VERIFY(loss.chart()->accessibleDescription().contains(u"falling"));
    }

    void nanAndEmptyCurvesDoNotBreakTheAxes() {
        Chart chart;
        chart.setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}, {u"b"_s, u"b"_s, CurveKind::Points, 1}});
        chart.setData(u"a"_s, {1, 2, 3}, {1, std::nan(""), -1});
        chart.resize(400, 200);
        chart.setLog(true);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QTRY_VERIFY(chart.replotCount() > 0);
        chart.setData(u"a"_s, {}, {});
        chart.setLog(false);
        const int before = chart.replotCount();
        QTRY_VERIFY(chart.replotCount() > before);
    }

    void savesPicturesAndNumbers() {
        QTemporaryDir folder;
        Chart chart;
        chart.resize(400, 200);
        chart.setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}});
        chart.setData(u"a"_s, {1, 2}, {0.1, 1.0 / 3});
        QVERIFY(chart.savePng(folder.filePath(u"c.png"_s)));
        QVERIFY(chart.saveSvg(folder.filePath(u"c.svg"_s)));
        QVERIFY(!QImage(folder.filePath(u"c.png"_s)).isNull());
        QVERIFY(QFileInfo(folder.filePath(u"c.svg"_s)).size() > 500);
        QCOMPARE(chart.toCsv(), u"curve,x,y\na,1,0.1\na,2,0.3333333333333333\n"_s);
    }

    void legendHidesCurves() {
        LossChart loss(u"Loss"_s, u"t.loss"_s);
        loss.setCurves(
            {{u"train"_s, u"train"_s, CurveKind::Raw, 0}, {u"val"_s, u"validation"_s, CurveKind::Points, 2}});
        auto* button = loss.findChild<QAbstractButton*>(u"t.loss.legend.val"_s);
        QVERIFY(button != nullptr);
        button->click();
        QVERIFY(!loss.chart()->curveVisible(u"val"_s));
        button->click();
        QVERIFY(loss.chart()->curveVisible(u"val"_s));
    }

    void tokensShowBytesSpacesAndBothSigns() {
        QCOMPARE(TokenView::shownText(" web"), u" web"_s);
        QCOMPARE(TokenView::shownText("\n"), u"↵"_s);
        QCOMPARE(TokenView::shownText(QByteArray::fromHex("e4b8")), u"E4 B8"_s);
        TokenView view;
        view.setTokens({{1, "<|im_end|>", TokenFate::Trained, TokenKind::Special, 1, 0.25},
                        {2, "\n", TokenFate::Context, TokenKind::Text, -1, {}}});
        const QString text = view.describe(0);
        QVERIFY(text.contains(u"special") && text.contains(u"trained") && text.contains(u"0.250") &&
                text.contains(u"message 2"));
        QVERIFY(view.describe(1).contains(u"template"));
        QVERIFY(view.describe(9).isEmpty());
    }

    void tokenViewPaintsVisibleLinesOnly() {
        QVector<TokenItem> tokens;
        for (int i = 0; i < 50000; ++i) {
            tokens.append(
                {i, i % 50 == 49 ? QByteArray("\n") : QByteArray(" word"), TokenFate::Context, TokenKind::Text, 0, {}});
        }
        TokenView view;
        view.resize(500, 200);
        view.setTokens(tokens);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.grab();
        QVERIFY2(view.paintedTokens() > 20 && view.paintedTokens() < 400,
                 qPrintable(QString::number(view.paintedTokens())));
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.current(), 49999);
        QVERIFY(view.verticalScrollBar()->value() > 0);
        view.grab();
        QVERIFY(view.paintedTokens() > 0 && view.paintedTokens() < 400);
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.current(), 0);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.current(), 1);
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(view.current() > 1);
    }
};

QTEST_MAIN(TestPlot)
#include "test_plot.moc"
