// Pictures of the labeling queue for human eyes, into the folder FETTLE_SHOTS (a temporary one where it is not set):
// queue, pair, second pass, labels, disagreements, all decided; light and dark, English and Chinese, usual and smallest
// size. QT_SCALE_FACTOR=2 gives the same at 200 %. Checked by program: nothing is blank.
#include "label_window.h"

#include "base/json.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Package {
    const char *title, *text, *section;
};
constexpr std::array kPackages = {
    Package{
        "client for the Matrix protocol, built with GTK 4",
        "Shows decentralised chat rooms on the desktop. End-to-end encryption, threads and voice messages work; keys "
        "are kept in the system's keyring.",
        "net"},
    Package{"desktop client for Matrix, based on Qt", "A chat client for the Matrix protocol on the desktop.", "net"},
    Package{"XMPP chat client written in GTK", "Talks to people over XMPP, with a desktop window of GTK.", "net"},
    Package{"group video calls for the GNOME desktop", "Video calls with voice and chat for the desktop.", "gnome"},
    Package{"feed reader that follows GNOME guidelines", "Reads news feeds in a window of the GNOME desktop.", "gnome"},
    Package{"library for reading FITS images", "Routines for astronomical images and tables in FITS files.", "libs"},
    Package{"web framework in Perl", "Dynamic web sites with little code.", "web"},
    Package{"backs up whole machines over the network", "Incremental copies of many machines, restored by date.",
            "admin"},
};

std::string packageRow(int i) {
    const Package& each = kPackages[static_cast<std::size_t>(i) % kPackages.size()];
    const std::string more = i < static_cast<int>(kPackages.size()) ? "" : " Variant " + std::to_string(i) + ".";
    return dumpJson(Json{{"messages",
                          {{{"role", "user"}, {"content", std::string(each.title) + "\n" + each.text + more}},
                           {{"role", "assistant"}, {"content", each.section}}}}}) +
           "\n";
}

std::string answerPair(int i) {
    return dumpJson(
               Json{{"prompt", "How do I see which process uses the most memory? (" + std::to_string(i) + ")"},
                    {"chosen", "Run top and press M: the list is then sorted by memory. ps aux --sort=-%mem shows "
                               "the same once."},
                    {"rejected", "You can look at your processes with many different tools that exist for that."}}) +
           "\n";
}

} // namespace

class TestLabelPictures : public QObject {
    Q_OBJECT
    QString m_folder;
    QTemporaryDir m_temporary;

    void shoot(const LabelWindow& f, const QString& name) {
        QTest::qWait(300);
        const QImage image = f.window->grab().toImage();
        QVERIFY(image.save(m_folder % u"/label-"_s % name % u".png"_s));
        std::set<QRgb> seen;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3) {
                seen.insert(image.pixel(x, y));
            }
        }
        QVERIFY2(seen.size() > 20, qPrintable(name));
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder = qEnvironmentVariable("FETTLE_SHOTS", m_temporary.path());
        QVERIFY(QDir().mkpath(m_folder));
    }
    void init() { failOnMessages(); }

    void states_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << u"en"_s << false << QSize(1280, 800);
        QTest::newRow("en-dark") << u"en"_s << true << QSize(1280, 800);
        QTest::newRow("zh-light") << u"zh_CN"_s << false << QSize(1280, 800);
        QTest::newRow("en-small") << u"en"_s << false << QSize(960, 600);
    }
    void states() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        LabelWindow f(200, packageRow, tongue, dark);
        QVERIFY(f.open(size));
        f.label->setLabels(sectionLabels(), true, {});
        for (project::RowId row = 101; row <= 160; ++row) { // what two people said before
            const std::string one = kSections[static_cast<std::size_t>(row) % 4];
            const std::string other = kSections[static_cast<std::size_t>(row % 11 == 0 ? row + 1 : row) % 4];
            QVERIFY(f.store().apply(project::EditStep{
                "Label",
                {{row, project::RowField::Annotation, one, 0}, {row, project::RowField::Label, one, 0}},
                "",
                6000,
                false}));
            QVERIFY(f.store().apply(
                project::EditStep{"Label", {{row, project::RowField::Annotation, other, 0}}, "Ben", 7000, false}));
        }
        QVERIFY(f.store().finishJob());
        for (const Qt::Key key :
             {Qt::Key_J, Qt::Key_4, Qt::Key_4, Qt::Key_A, Qt::Key_5, Qt::Key_R, Qt::Key_7, Qt::Key_6}) {
            QTest::qWait(40);
            QVERIFY(f.key(key));
        }
        QVERIFY(f.key(Qt::Key_G, Qt::ControlModifier));
        f.type(u"1"_s);
        QVERIFY(f.key(Qt::Key_Return));
        QTRY_COMPARE(f.label->row(), project::RowId{1});
        f.label->startSecondPass({}, u"Ben"_s);
        QTRY_COMPARE(f.label->state().phase, LabelState::Phase::Row);
        shoot(f, u"second-"_s % tag);
        f.label->endSecondPass();
        QTRY_VERIFY(f.label->state().total == 200 && f.label->row() == 1);
        QTRY_VERIFY_WITH_TIMEOUT(f.label->nearestKnown(), 10'000);
        QTRY_VERIFY(f.label->agreement().agreement().has_value());
        shoot(f, u"queue-"_s % tag);
        QVERIFY(f.key(Qt::Key_E));
        shoot(f, u"edit-"_s % tag);
        QVERIFY(f.key(Qt::Key_Escape));
        QVERIFY(f.key(Qt::Key_0));
        shoot(f, u"type-"_s % tag);
        QVERIFY(f.key(Qt::Key_Escape));
        auto* page = f.window->findChild<LabelPage*>();
        page->showPart(u"labels"_s);
        shoot(f, u"labels-"_s % tag);
        page->showPart(u"second"_s);
        shoot(f, u"annotators-"_s % tag);
        page->showPart(u"settle"_s);
        QTRY_VERIFY(f.label->agreement().details().has_value());
        shoot(f, u"settle-"_s % tag);
    }

    void pair() {
        LabelWindow f(3, answerPair);
        QVERIFY(f.open());
        shoot(f, u"pair"_s);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(f.key(Qt::Key_Left));
        }
        QTRY_COMPARE(f.label->state().phase, LabelState::Phase::AllDecided);
        shoot(f, u"done"_s);
    }
};

QTEST_MAIN(TestLabelPictures)
#include "test_label_pictures.moc"
