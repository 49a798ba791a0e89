// Colours, contrast, sheet, fonts and unit of the theme; icons; colour scheme values of the portal.
#include "ui_fixture.h"
#include "widgets/color_scheme.h"
#include "widgets/icons.h"

#include <QDirIterator>
#include <QPixmap>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnMessages(); }

    void textPairsReachFourPointFive_data() {
        QTest::addColumn<int>("text");
        QTest::addColumn<int>("ground");
        const auto add = [](const char* name, Token text, Token ground) {
            QTest::newRow(name) << static_cast<int>(text) << static_cast<int>(ground);
        };
        const std::initializer_list<std::pair<const char*, Token>> grounds = {
            {"window", Token::Window}, {"rail", Token::Rail},   {"surface", Token::Surface},  {"raised", Token::Raised},
            {"sunken", Token::Sunken}, {"hover", Token::Hover}, {"selected", Token::Selected}};
        const std::initializer_list<std::pair<const char*, Token>> texts = {
            {"text", Token::Text}, {"text2", Token::Text2}, {"accent", Token::Accent},
            {"ok", Token::Ok},     {"warn", Token::Warn},   {"bad", Token::Bad}};
        for (const auto& [t, text] : texts) {
            for (const auto& [g, ground] : grounds) {
                add(qPrintable(QStringLiteral("%1 on %2").arg(QLatin1StringView(t), QLatin1StringView(g))), text,
                    ground);
            }
        }
        for (const auto& [g, ground] : {std::pair("surface", Token::Surface), std::pair("sunken", Token::Sunken),
                                        std::pair("hover", Token::Hover), std::pair("window", Token::Window),
                                        std::pair("raised", Token::Raised)}) {
            add(qPrintable(QStringLiteral("text3 on %1").arg(QLatin1StringView(g))), Token::Text3, ground);
        }
        add("onAccent on accent", Token::OnAccent, Token::Accent);
        add("onAccent on hover", Token::OnAccent, Token::AccentHover);
        add("onAccent on pressed", Token::OnAccent, Token::AccentPressed);
        add("accent on accentTint", Token::Accent, Token::AccentTint);
        add("text on accentTint", Token::Text, Token::AccentTint);
        add("ok on okTint", Token::Ok, Token::OkTint);
        add("warn on warnTint", Token::Warn, Token::WarnTint);
        add("bad on badTint", Token::Bad, Token::BadTint);
        add("text on badTint", Token::Text, Token::BadTint);
        add("special on specialTint", Token::Special, Token::SpecialTint);
        add("text on bubbleUser", Token::Text, Token::BubbleUser);
        add("text on bubbleAnswer", Token::Text, Token::BubbleAnswer);
    }
    void textPairsReachFourPointFive() {
        QFETCH(int, text);
        QFETCH(int, ground);
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            const double ratio = contrastRatio(Theme::color(static_cast<Token>(text), scheme),
                                               Theme::color(static_cast<Token>(ground), scheme));
            QVERIFY2(
                ratio >= 4.5,
                qPrintable(QStringLiteral("%1 in %2").arg(ratio).arg(scheme == Scheme::Dark ? u"dark"_s : u"light"_s)));
        }
    }

    void shapesReachThree() {
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            for (const Token ground : {Token::Surface, Token::Selected}) {
                QVERIFY(contrastRatio(Theme::color(Token::LineStrong, scheme), Theme::color(ground, scheme)) >= 3.0);
                for (int slot = 0; slot < 6; ++slot) {
                    const auto series = static_cast<Token>(static_cast<int>(Token::S1) + slot);
                    const double ratio = contrastRatio(Theme::color(series, scheme), Theme::color(ground, scheme));
                    QVERIFY2(ratio >= 3.0, qPrintable(QStringLiteral("s%1: %2").arg(slot + 1).arg(ratio)));
                }
            }
        }
    }

    void statedFiguresHold() {
        // The figures of the design, recomputed: a changed colour shows here.
        const auto ratio = [](Token a, Token b, Scheme s) {
            return contrastRatio(Theme::color(a, s), Theme::color(b, s));
        };
        QVERIFY(std::abs(ratio(Token::Text3, Token::Sunken, Scheme::Light) - 4.77) < 0.01);
        QVERIFY(std::abs(ratio(Token::Ok, Token::Rail, Scheme::Light) - 4.88) < 0.01);
        QVERIFY(std::abs(ratio(Token::Bad, Token::Selected, Scheme::Dark) - 4.92) < 0.01);
        QVERIFY(std::abs(ratio(Token::Text3, Token::Raised, Scheme::Dark) - 5.04) < 0.01);
        QVERIFY(std::abs(ratio(Token::LineStrong, Token::Surface, Scheme::Light) - 3.54) < 0.01);
        QVERIFY(std::abs(ratio(Token::LineStrong, Token::Selected, Scheme::Dark) - 3.13) < 0.01);
    }

    void tableIsCompleteAndInOrder() {
        QCOMPARE(tokenTable().size(), static_cast<std::size_t>(Token::Count));
        std::set<std::string> names;
        for (std::size_t i = 0; i < tokenTable().size(); ++i) {
            QCOMPARE(static_cast<std::size_t>(tokenTable()[i].token), i);
            QVERIFY(QColor(QString::fromLatin1(tokenTable()[i].light)).isValid());
            QVERIFY(QColor(QString::fromLatin1(tokenTable()[i].dark)).isValid());
            names.insert(tokenTable()[i].name);
        }
        QCOMPARE(names.size(), tokenTable().size());
    }

    void sheetHasNoUnfilledPlaceAndNoFont() {
        Theme theme(*qApp, Look{.scheme = SchemeChoice::Dark});
        const QString sheet = theme.styleSheet();
        QVERIFY(sheet.size() > 2000);
        QVERIFY(!sheet.contains(u'@'));
        QVERIFY(!sheet.contains(u"font-size"));
        QVERIFY(!sheet.contains(u"font-family"));
        QCOMPARE(sheet.count(u"font-weight"), 1); // the primary button's
        QVERIFY(sheet.contains(Theme::color(Token::Surface, Scheme::Dark).name()));
    }

    void choiceAndSystemDecideTheScheme() {
        Theme theme(*qApp, Look{.scheme = SchemeChoice::System});
        theme.setSystemScheme(Scheme::Dark);
        QCOMPARE(theme.scheme(), Scheme::Dark);
        QCOMPARE(qApp->palette().color(QPalette::Window), Theme::color(Token::Window, Scheme::Dark));
        int changes = 0;
        connect(&theme, &Theme::changed, &theme, [&changes] { ++changes; });
        Look look = theme.look();
        look.scheme = SchemeChoice::Light;
        theme.setLook(look);
        QCOMPARE(theme.scheme(), Scheme::Light);
        QCOMPARE(changes, 1);
        theme.setSystemScheme(Scheme::Light);
        theme.setSystemScheme(Scheme::Dark); // does not matter now
        QCOMPARE(theme.scheme(), Scheme::Light);
        QCOMPARE(changes, 1);
        QCOMPARE(qApp->palette().color(QPalette::Inactive, QPalette::Highlight),
                 Theme::color(Token::Accent, Scheme::Light));
    }

    void sizesFollowTheFont() {
        Theme theme(*qApp, Look{.pointSize = 10});
        QCOMPARE(theme.u(), 4);
        const int small = theme.rowHeight();
        int rebuilt = 0;
        connect(&theme, &Theme::metricsChanged, &theme, [&rebuilt] { ++rebuilt; });
        theme.setLook(Look{.pointSize = 20});
        QCOMPARE(rebuilt, 1);
        QVERIFY(theme.u() >= 7);
        QVERIFY(theme.rowHeight() > small);
        theme.setLook(Look{.density = Density::Compact, .pointSize = 20});
        QVERIFY(theme.rowHeight() < theme.u(7.5));
        for (const FontRole role :
             {FontRole::Caption, FontRole::Body, FontRole::Reading, FontRole::Figure, FontRole::PageTitle}) {
            QVERIFY(theme.font(role).pointSizeF() >= 8.25);
        }
    }

    void figuresAreEquallyWide() {
        Theme theme(*qApp, {});
        const QFontMetricsF metrics(theme.font(FontRole::Figure));
        QVERIFY(std::abs(metrics.horizontalAdvance(u'1') - metrics.horizontalAdvance(u'8')) < 0.05);
    }

    void iconsExistAndTakeTheirColour() {
        Theme theme(*qApp, Look{.scheme = SchemeChoice::Light});
        int count = 0;
        for (QDirIterator it(u":/fettle/icons"_s); it.hasNext();) {
            it.next();
            const QString name = it.fileInfo().completeBaseName();
            const QImage image = themeIcon(name, Token::Bad).pixmap(QSize(64, 64)).toImage();
            QVERIFY2(!image.isNull(), qPrintable(name));
            int inked = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    if (pixel.alpha() == 255) {
                        ++inked;
                        QVERIFY2(std::abs(pixel.red() - theme.color(Token::Bad).red()) < 6, qPrintable(name));
                    }
                }
            }
            QVERIFY2(inked > 8, qPrintable(name));
            ++count;
        }
        QVERIFY2(count >= 80, qPrintable(QString::number(count)));
        QVERIFY(!iconExists(u"no-such-icon"_s));
    }

    void portalValuesAreUnpacked() {
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant(1U)), 1);
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant(2U)), 2);
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant(0U)), 0);
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant(7U)), 0);
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant(u"dark"_s)), 0);
        QCOMPARE(PortalColorScheme::schemeFromVariant(QVariant()), 0);
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
