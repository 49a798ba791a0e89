// Pictures for human eyes: every screen in light and dark, English and Chinese, at the smallest and the usual size,
// into the folder FETTLE_SHOTS (a temporary one where it is not set). QT_SCALE_FACTOR=2 gives the same at 200 %.
// Checked by program: nothing is blank and the page ground has the theme's colour.
#include "plot/chart_cards.h"
#include "ui_fixture.h"
#include "widgets/status.h"
#include "widgets/token_view.h"

#include <QDir>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include <cmath>
#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

QPixmap grabbed(QWidget& widget) {
    QTest::qWait(350); // charts paint at most five times a second
    return widget.grab();
}

int colours(const QImage& image) {
    std::set<QRgb> seen;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            seen.insert(image.pixel(x, y));
        }
    }
    return static_cast<int>(seen.size());
}

/// Every building block once, with numbers that only stand here.
QWidget* gallery() {
    const Theme& theme = Theme::current();
    auto* page = new QWidget;
    page->resize(1280, 960);
    auto* columns = new QHBoxLayout(page);
    columns->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(5));
    columns->setSpacing(theme.u(4));
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    columns->addLayout(left, 3);
    columns->addLayout(right, 2);
    auto* header = new PageHeader(u"Run 7"_s, u"rank 16 · learning rate 2e-4 · 3 epochs · context 256"_s);
    header->setPill(new Pill(u"Running"_s, State::Accent));
    header->addAction(makeButton(ButtonKind::Plain, u"Pause"_s, u"g.pause"_s, u"pause"_s));
    header->addAction(makeButton(ButtonKind::Primary, u"Compare"_s, u"g.compare"_s));
    left->addWidget(header);
    auto* tiles = new QHBoxLayout;
    for (const auto& [caption, figure, below] :
         {std::tuple(u"Step"_s, u"412"_s, u"of 960"_s), std::tuple(u"Validation loss"_s, u"0.447"_s, u"best so far"_s),
          std::tuple(u"Peak memory"_s, u"2.1 GB"_s, u"as measured"_s)}) {
        auto* tile = new StatTile(caption);
        tile->setFigure(figure, below, caption.startsWith(u'V') ? Tone::Ok : Tone::Text2);
        tiles->addWidget(tile);
    }
    auto* stale = new StatTile(u"Score"_s);
    stale->setFigure(u"0.78"_s);
    stale->setStale(u"data changed"_s);
    tiles->addWidget(stale);
    left->addLayout(tiles);
    auto* loss = new LossChart(u"Loss"_s, u"g.loss"_s);
    loss->setCurves({{u"o"_s, u"run 5"_s, CurveKind::Overlay, 1},
                     {u"t"_s, u"train"_s, CurveKind::Raw, 0},
                     {u"v"_s, u"validation"_s, CurveKind::Points, 2}});
    QVector<double> x, y, vx, vy, ox, oy;
    for (int i = 1; i <= 412; ++i) {
        x << i;
        y << 0.35 + 2.6 * std::exp(-i / 70.0) + 0.25 * std::sin(i * 12.9898) * std::exp(-i / 400.0);
        if (i % 40 == 0) {
            vx << i;
            vy << 0.42 + 2.3 * std::exp(-i / 75.0);
        }
    }
    for (int i = 1; i <= 960; ++i) {
        ox << i;
        oy << 0.45 + 2.6 * std::exp(-i / 110.0) + 0.04 * std::sin(i * 7.1);
    }
    loss->chart()->setData(u"t"_s, x, y);
    loss->chart()->setData(u"v"_s, vx, vy);
    loss->chart()->setData(u"o"_s, ox, oy);
    loss->chart()->setXEnd(960);
    loss->chart()->setLog(true);
    auto* cursor = new ChartCursor(page);
    loss->setCursor(cursor);
    left->addWidget(loss, 1);
    auto* small = new QHBoxLayout;
    for (const QString& title : {u"Token accuracy"_s, u"Learning rate"_s, u"Gradient norm"_s, u"Tokens/s"_s}) {
        auto* chart = new SmallChart(title, u"g.small"_s);
        chart->setCurves({{u"value"_s, title, CurveKind::Raw, 0}});
        QVector<double> values;
        for (const double step : x) {
            values << (title.startsWith(u'L')   ? 2e-4 * std::cos(step / 800)
                       : title == u"Tokens/s"   ? 960 + 30 * std::sin(step)
                       : title.startsWith(u'T') ? 0.9 - 0.5 * std::exp(-step / 60)
                                                : 0.7 + 2 * std::exp(-step / 20));
        }
        chart->chart()->setData(u"value"_s, x, values);
        chart->chart()->setXEnd(960);
        chart->setCursor(cursor);
        small->addWidget(chart);
    }
    left->addLayout(small);
    cursor->set(320);
    auto* tokens = new Card;
    tokens->addHeading(u"One row as it will be trained"_s);
    auto* view = new TokenView;
    view->setTokens({{0, "<|im_start|>", TokenFate::Context, TokenKind::Special, -1, {}},
                     {1, "user", TokenFate::Context, TokenKind::Text, -1, {}},
                     {2, "\n", TokenFate::Context, TokenKind::Text, -1, {}},
                     {3, "dynamic", TokenFate::Context, TokenKind::Text, 0, {}},
                     {4, " web", TokenFate::Context, TokenKind::Text, 0, {}},
                     {5, " site", TokenFate::Context, TokenKind::Text, 0, {}},
                     {6, QByteArray::fromHex("e4b8"), TokenFate::Context, TokenKind::Text, 0, {}},
                     {7, QByteArray::fromHex("ad"), TokenFate::Context, TokenKind::Text, 0, {}},
                     {8, "<|im_end|>", TokenFate::Context, TokenKind::Special, 0, {}},
                     {9, "\n", TokenFate::Context, TokenKind::Text, -1, {}},
                     {10, "web", TokenFate::Trained, TokenKind::Text, 1, 0.2},
                     {11, "<|im_end|>", TokenFate::Trained, TokenKind::Special, 1, 0.1},
                     {12, " tail", TokenFate::Cut, TokenKind::Text, 1, {}}});
    view->setFolded(2, u"template, 2 tokens"_s);
    view->setFixedHeight(theme.u(26));
    tokens->column()->addWidget(view);
    right->addWidget(tokens);
    auto* findings = new Card;
    auto* heading = findings->addHeading(u"Preflight"_s);
    heading->addWidget(new Pill(u"measured 20 s ago"_s));
    findings->column()->addWidget(new FindingRow(State::Ok, u"Fits"_s, u"13.3 GB of 15.4 GB stay free"_s));
    auto* warn =
        new FindingRow(State::Warn, u"12 rows are longer than the context"_s,
                       u"They would be cut, and 5 of them would lose their whole answer. Choose before you start."_s);
    warn->addFix(u"Raise context to 640"_s, u"g.fix1"_s);
    warn->addFix(u"Leave these rows out"_s, u"g.fix2"_s);
    findings->column()->addWidget(warn);
    findings->column()->addWidget(new FindingRow(State::Bad, u"9 rows stand in two splits"_s, {}));
    right->addWidget(findings);
    auto* error = new InlineError(u"g.error"_s);
    error->setError(u"Line 812 is not valid JSON."_s, u"The other 6,239 rows were imported."_s, u"rows.jsonl:812:40"_s);
    error->setRepair(u"Show line"_s, {});
    right->addWidget(error);
    auto* banner = new Banner;
    banner->setMessage(State::Bad, u"Loss is not a number since step 96"_s, u"Rows 311 and 842."_s);
    banner->addAction(u"Continue from step 80"_s, u"g.continue"_s);
    right->addWidget(banner);
    auto* chips = new QHBoxLayout;
    for (const auto& [text, state, count] :
         {std::tuple(u"too long"_s, State::Warn, 12), std::tuple(u"leaks"_s, State::Bad, 9),
          std::tuple(u"trained"_s, State::Ok, 480)}) {
        auto* chip = new Chip(text, state);
        chip->setCount(count);
        chip->setChecked(state == State::Warn);
        chips->addWidget(chip);
    }
    chips->addStretch(1);
    right->addLayout(chips);
    auto* pills = new QHBoxLayout;
    for (const auto& [text, state] : {std::pair(u"Queued"_s, State::Neutral), std::pair(u"Succeeded"_s, State::Ok),
                                      std::pair(u"Paused"_s, State::Warn), std::pair(u"Diverged"_s, State::Bad)}) {
        pills->addWidget(new Pill(text, state));
    }
    pills->addStretch(1);
    right->addLayout(pills);
    auto* progress = new ProgressRow(u"Importing"_s, u"g.progress"_s);
    progress->setProgress(0.42, u"212 of 500"_s, u"about 3 s left"_s);
    right->addWidget(progress);
    auto* tabs = new ChoiceGroup(GroupLook::Tabs, u"Parts"_s);
    tabs->addChoice(0, u"Conversation"_s, u"g.tab0"_s);
    tabs->addChoice(1, u"Token x-ray"_s, u"g.tab1"_s);
    right->addWidget(tabs);
    right->addStretch(1);
    return page;
}

} // namespace

class TestPictures : public QObject {
    Q_OBJECT
    QString m_folder;
    QTemporaryDir m_temporary;

    void save(const QPixmap& picture, const QString& name) {
        const QString scale = qgetenv("QT_SCALE_FACTOR").isEmpty()
                                  ? QString()
                                  : u"-x"_s % QString::fromLatin1(qgetenv("QT_SCALE_FACTOR"));
        QVERIFY(picture.save(m_folder % u'/' % name % scale % u".png"_s));
        QVERIFY2(colours(picture.toImage()) > 15, qPrintable(name));
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = qEnvironmentVariable("FETTLE_SHOTS", m_temporary.path());
        QVERIFY(QDir().mkpath(m_folder));
    }
    void init() { failOnMessages(); }

    void screens_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << u"en"_s << false << QSize(1280, 800);
        QTest::newRow("en-dark") << u"en"_s << true << QSize(1280, 800);
        QTest::newRow("zh-light") << u"zh_CN"_s << false << QSize(1280, 800);
        QTest::newRow("en-small") << u"en"_s << false << QSize(960, 600);
    }
    void screens() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        WindowFixture f(script(60, 20), tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        save(grabbed(*f.window), tag % u"-first"_s);
        QVERIFY(f.openRows(480));
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        f.workspace->startRun(f.workspace->recipe());
        QTRY_VERIFY(f.newestState() == RunState::Running && f.workspace->runs().rows().first().summary.step > 20);
        const QPixmap home = grabbed(*f.window);
        QCOMPARE(home.toImage().pixelColor(static_cast<int>(home.width() - 12 * home.devicePixelRatio()),
                                           static_cast<int>(6 * home.devicePixelRatio())),
                 f.theme->color(Token::Window));
        save(home, tag % u"-home"_s);
        f.window->setRunsOpen(true);
        save(grabbed(*f.window), tag % u"-runs"_s);
        f.window->setRunsOpen(false);
        f.window->showScreen(u"settings"_s);
        save(grabbed(*f.window), tag % u"-settings"_s);
        f.window->showScreen(u"help"_s, u"rows"_s);
        save(grabbed(*f.window), tag % u"-help"_s);
        f.window->showScreen(u"help"_s, u"keys"_s);
        save(grabbed(*f.window), tag % u"-keys"_s);
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }

    void buildingBlocks_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void buildingBlocks() {
        QFETCH(bool, dark);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme theme(*qApp, Look{.scheme = dark ? SchemeChoice::Dark : SchemeChoice::Light});
        const std::unique_ptr<QWidget> page(gallery());
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        save(grabbed(*page), u"gallery-"_s % QString::fromLatin1(QTest::currentDataTag()));
    }
};

QTEST_MAIN(TestPictures)
#include "test_pictures.moc"
