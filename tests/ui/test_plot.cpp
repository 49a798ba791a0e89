// Smoothing, charts and the token view: what they hold, what they cost (replots, painted boxes), keys.
#include "base/files.h"
#include "bridge/strings.h"
#include "plot/chart_cards.h"
#include "plot/chart_export.h"
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

    void columnsShareGrowAndCut() {
        Column a;
        for (int i = 0; i < 10'000; ++i) {
            a.append(i % 100 == 7 ? std::nan("") : i);
        }
        const Column kept = a; // shares
        a.append(-5);
        QCOMPARE(kept.size(), qsizetype{10'000});
        QCOMPARE(a.size(), qsizetype{10'001});
        QVERIFY(a.extends(kept) && !kept.extends(a));
        QCOMPARE(a.extent(0, a.size()).low, -5.0);
        QCOMPARE(kept.extent(0, kept.size()).low, 0.0);
        // Any range gives what reading every value gives.
        for (const auto& [from, to] :
             {std::pair<int, int>{0, 1}, {3, 64}, {63, 65}, {4090, 4200}, {100, 9999}, {7, 8}}) {
            Extent plain;
            for (int i = from; i < to; ++i) {
                plain.add(kept[i]);
            }
            QCOMPARE(kept.extent(from, to).isEmpty(), plain.isEmpty());
            QVERIFY(plain.isEmpty() ||
                    (kept.extent(from, to).low == plain.low && kept.extent(from, to).high == plain.high));
        }
        Column cut = kept;
        cut.truncate(5000);
        QCOMPARE(cut.extent(0, cut.size()).high, 4999.0);
        cut.append(1);
        QVERIFY(!cut.extends(kept));
        QCOMPARE(kept[5000], 5000.0);
        Column steps;
        for (int i = 0; i < 9000; ++i) {
            steps.append(i * 2);
        }
        for (const double value : {-1.0, 0.0, 1.0, 8191.0, 8192.0, 8193.0, 17'998.0, 17'999.0}) {
            const QVector<double> all = steps.toVector();
            QCOMPARE(steps.lowerBound(value), std::lower_bound(all.begin(), all.end(), value) - all.begin());
        }
        QCOMPARE(steps.nearest(8192.9), qsizetype{4096});
        QCOMPARE(steps.nearest(1e9), qsizetype{8999});
        QCOMPARE(Column().nearest(3), qsizetype{-1});
        QCOMPARE(Column().lowerBound(3), qsizetype{0});
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
        SmallChart small(u"Rate"_s, u"t.rate"_s);
        small.setCurves({{u"value"_s, u"Rate"_s, CurveKind::Raw, 0}});
        small.setCursor(&cursor);
        small.chart()->setData(u"value"_s, {1, 2, 3}, {0.1, 0.2, 0.3});
        loss.chart()->setData(u"train"_s, {1, 2, 3}, {3, 2, 1});
        loss.chart()->setSmoothing(0);
        loss.resize(700, 320);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        QTRY_VERIFY(loss.chart()->replotCount() > 0);
        QTest::keyClick(loss.chart(), Qt::Key_Left);
        QCOMPARE(cursor.x().value(), 2.0);
        QCOMPARE(loss.chart()->valuesAt(2).first().value.value(), 2.0);
        QCOMPARE(small.shownValue(), u"0.200"_s);
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
        // Whatever the window's language writes: files have points.
        const auto restore = qScopeGuard([before = QLocale()] { QLocale::setDefault(before); });
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        QTemporaryDir folder;
        Chart chart;
        chart.resize(400, 200);
        chart.setAccessibleName(u"Loss"_s);
        chart.setCurves(
            {{u"a"_s, u"train"_s, CurveKind::Raw, 0}, {u"b"_s, u"run \"5\", best"_s, CurveKind::Overlay, 1}});
        chart.setData(u"a"_s, {1, 2, 2.5}, {0.1, 1.0 / 3, std::nan("")});
        chart.setData(u"b"_s, {1}, {123456.75});
        const QImage image = chart.toImage(2);
        QVERIFY(image.width() >= 800 && image.height() > 400);
        QVERIFY(chart.toSvg().contains("<svg"));
        QCOMPARE(chart.toCsv(), u"curve,step,value\ntrain,1,0.1\ntrain,2,0.3333333333333333\ntrain,2.5,\n"
                                "\"run \"\"5\"\", best\",1,123456.75\n"_s);
        const std::string file = us(folder.filePath(u"c.csv"_s));
        QVERIFY(writeChartCsv(file, numbersOf(chart)));
        QCOMPARE(qs(readFile(file).valueOr(std::string())), chart.toCsv());
        QVERIFY(!writeChartCsv(us(folder.filePath(u"none/c.csv"_s)), numbersOf(chart)));
        ChartCursor cursor;
        chart.setCursor(&cursor);
        cursor.set(2);
        QCOMPARE(chart.cursorText(), u"step\t2\ntrain\t0.3333333333333333\n"_s);
    }

    void oneSpikeAmongAMillionPointsIsDrawn() {
        constexpr int kPoints = 1'000'000;
        CurveData data;
        for (int i = 0; i < kPoints; ++i) {
            data.x.append(i);
            data.y.append(1 + 0.1 * std::sin(i * 0.37));
        }
        CurveData spiked;
        for (int i = 0; i < kPoints; ++i) {
            spiked.x.append(i);
            spiked.y.append(i == 654'321 ? 9.0 : data.y[i]);
        }
        for (const CurveKind kind : {CurveKind::Raw, CurveKind::Plain, CurveKind::Overlay}) {
            Chart chart;
            chart.setCurves({{u"a"_s, u"a"_s, kind, 0}});
            chart.setSmoothing(kind == CurveKind::Raw ? 0.99 : 0);
            chart.resize(900, 300);
            chart.show();
            QVERIFY(QTest::qWaitForWindowExposed(&chart));
            const auto topRows = [&chart] { // what is drawn in the upper third, between the axis' edges
                chart.drawNow();
                const QImage image = chart.grab().toImage();
                int painted = 0;
                const QRgb ground = image.pixel(image.width() - 3, 3);
                for (int y = 30; y < 90; ++y) {
                    bool row = false;
                    for (int x = 500; x < 700; ++x) {
                        row = row || image.pixel(x, y) != ground;
                    }
                    painted += row ? 1 : 0;
                }
                return painted;
            };
            chart.setData(u"a"_s, spiked);
            // A dashed line has gaps; two dashed lines side by side rarely in the same rows.
            QVERIFY2(topRows() > (kind == CurveKind::Overlay ? 25 : 55), qPrintable(QString::number(topRows())));
            QCOMPARE(chart.pointCount(u"a"_s), qsizetype{kPoints});
            QVERIFY2(chart.drawnSegments() < 5 * 900, qPrintable(QString::number(chart.drawnSegments())));
            // Zoomed in to 200 points around it, it stands there as one of them.
            chart.setXRange({654'221, 654'421});
            chart.drawNow();
            QVERIFY(chart.yRange().to > 9);
            chart.setXRange({100'000, 200'000});
            chart.drawNow();
            QVERIFY(chart.yRange().to < 2);
        }
    }

    void growingSmoothsOnlyWhatIsNew() {
        Chart chart;
        chart.setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}});
        chart.setSmoothing(0.9);
        QVector<double> x, y;
        CurveData data;
        for (int i = 0; i < 10'000; ++i) {
            x << i;
            y << std::sin(i * 0.01) + 2;
            data.x.append(x.last());
            data.y.append(y.last());
            if (i % 997 == 0 || i == 9'999) {
                chart.setData(u"a"_s, data);
                (void)chart.valuesAt(i);
            }
        }
        const QVector<double> whole = smoothed(x, y, 0.9);
        for (const double at : {0.0, 64.0, 5000.0, 9999.0}) {
            QCOMPARE(*chart.valuesAt(at).first().value, whole[static_cast<qsizetype>(at)]);
        }
        // Other values of the same length are smoothed anew.
        CurveData other;
        for (int i = 0; i < 10'000; ++i) {
            other.x.append(i);
            other.y.append(7);
        }
        chart.setData(u"a"_s, other);
        QCOMPARE(*chart.valuesAt(5000).first().value, 7.0);
    }

    void viewsAreLinkedAndComeBack() {
        ChartCursor link;
        Chart one, two;
        for (Chart* chart : {&one, &two}) {
            chart->setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}});
            chart->setCursor(&link);
            QVector<double> x(1000), y(1000);
            for (int i = 0; i < 1000; ++i) {
                x[i] = i;
                y[i] = i;
            }
            chart->setData(u"a"_s, x, y);
            chart->resize(500, 200);
            chart->show();
            QVERIFY(QTest::qWaitForWindowExposed(chart));
            chart->drawNow();
        }
        link.set(500);
        QTest::keyClick(&one, Qt::Key_Plus);
        QTRY_VERIFY(one.xRange().size() < 900);
        QTRY_COMPARE(two.xRange(), one.xRange());
        QTRY_VERIFY(one.yRange().to < 1000); // y follows what is seen
        // The mouse: pan, rectangle, double click.
        auto* plot = one.findChild<QWidget*>();
        const XRange before = one.xRange();
        QTest::mousePress(plot, Qt::LeftButton, {}, QPoint(300, 80));
        QTest::mouseMove(plot, QPoint(260, 80));
        QTest::mouseRelease(plot, Qt::LeftButton, {}, QPoint(260, 80));
        QTRY_VERIFY(one.xRange().from > before.from);
        QCOMPARE(qRound(one.xRange().size()), qRound(before.size()));
        QTest::mousePress(plot, Qt::LeftButton, Qt::ShiftModifier, QPoint(200, 50));
        QTest::mouseMove(plot, QPoint(300, 120));
        QTest::mouseRelease(plot, Qt::LeftButton, Qt::ShiftModifier, QPoint(300, 120));
        QTRY_VERIFY(one.xRange().size() < before.size() / 3);
        QTRY_COMPARE(two.xRange(), one.xRange());
        QTest::mouseDClick(plot, Qt::LeftButton, {}, QPoint(300, 80));
        QTRY_COMPARE(one.xRange(), (XRange{0, 999}));
        QTRY_COMPARE(two.xRange(), (XRange{0, 999}));
        for (int i = 0; i < 300; ++i) {
            QTest::keyClick(&one, Qt::Key_Plus); // never narrower than numbers can tell apart
        }
        one.drawNow();
        QVERIFY(one.xRange().size() > 0 && one.xRange().from < one.xRange().to);
        QTest::keyClick(&one, Qt::Key_0);
        QTRY_COMPARE(one.xRange(), (XRange{0, 999}));
        // A log axis is dragged by factors: what lies above and below keeps its ratio.
        one.setLog(true);
        one.drawNow();
        QTest::mousePress(plot, Qt::LeftButton, Qt::ShiftModifier, QPoint(200, 50));
        QTest::mouseMove(plot, QPoint(300, 120));
        QTest::mouseRelease(plot, Qt::LeftButton, Qt::ShiftModifier, QPoint(300, 120));
        one.drawNow();
        const auto boxed = one.yRange();
        QVERIFY(boxed.from > 0);
        QTest::mousePress(plot, Qt::LeftButton, {}, QPoint(250, 60));
        QTest::mouseMove(plot, QPoint(250, 100));
        QTest::mouseRelease(plot, Qt::LeftButton, {}, QPoint(250, 100));
        one.drawNow();
        QVERIFY(one.yRange().to > boxed.to);
        QVERIFY(std::abs(one.yRange().to / one.yRange().from - boxed.to / boxed.from) < 1e-6 * boxed.to / boxed.from);
    }

    void marksAreReadOutAndReachedByKey() {
        Chart chart;
        chart.setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}});
        chart.setData(u"a"_s, {1, 2, 3, 4, 5}, {5, 4, 3, 2, 1});
        chart.setMarkers({{ChartMarker::Kind::Diverged, 5, u"Diverged"_s},
                          {ChartMarker::Kind::Checkpoint, 2, u"Checkpoint"_s},
                          {ChartMarker::Kind::Paused, 2, u"Paused"_s}});
        chart.resize(500, 250);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QTest::keyClick(&chart, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(chart.cursorLink()->x().value(), 2.0);
        QCOMPARE(chart.happenedAt(2), QStringList({u"Checkpoint"_s, u"Paused"_s}));
        QTest::keyClick(&chart, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(chart.cursorLink()->x().value(), 5.0);
        QTest::keyClick(&chart, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(chart.cursorLink()->x().value(), 2.0);
        QVERIFY(chart.happenedAt(3).isEmpty());
    }

    void outliersAreLeftOutOfTheAxisAndSaidSo() {
        Chart chart;
        chart.setCurves({{u"a"_s, u"a"_s, CurveKind::Raw, 0}});
        QVector<double> x, y;
        for (int i = 0; i < 1000; ++i) {
            x << i;
            y << (i == 500 ? 1e6 : 1 + (i % 10) * 0.1);
        }
        chart.setData(u"a"_s, x, y);
        chart.resize(500, 250);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        chart.drawNow();
        QVERIFY(chart.yRange().to > 1e6);
        const QImage plain = chart.grab().toImage();
        chart.setIgnoreOutliers(true);
        chart.drawNow();
        QVERIFY(chart.yRange().to < 3);
        QVERIFY(chart.grab().toImage() != plain);
        chart.setLog(true);
        chart.setIgnoreOutliers(false);
        chart.drawNow();
        QVERIFY(chart.yRange().to > 1e6 && chart.yRange().from > 0);
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
        // Those that may go carry a cross, and Del takes them away.
        QSignalSpy removed(loss.legend(), &ChartLegend::removeWanted);
        loss.setCurves({{u"train"_s, u"train"_s, CurveKind::Raw, 0},
                        {u"log1/loss"_s, u"theirs"_s, CurveKind::Overlay, 3, true, u"diverged"_s}});
        auto* theirs = loss.findChild<QAbstractButton*>(u"t.loss.legend.log1/loss"_s);
        QVERIFY(theirs != nullptr && theirs->accessibleName().contains(u"diverged"));
        QTest::keyClick(theirs, Qt::Key_Delete);
        QCOMPARE(removed.size(), 1);
        QTest::mouseClick(theirs, Qt::LeftButton, {}, QPoint(theirs->sizeHint().width() - 6, theirs->height() / 2));
        QCOMPARE(removed.size(), 2);
        QVERIFY(loss.chart()->curveVisible(u"log1/loss"_s));
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
