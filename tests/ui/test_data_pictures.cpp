// Pictures of the Data screen for human eyes, into the folder FETTLE_SHOTS (a temporary one where it is not set): table
// with each part of the side panel, filter, import, duplicates, versions, splits, export, in light and dark, English
// and Chinese, usual and smallest size. QT_SCALE_FACTOR=2 gives the same at 200 %. Checked by program: nothing is
// blank.
#include "data_fixture.h"

#include "data/inspector_view.h"
#include "data/rows_view.h"

#include <QDir>
#include <QPainter>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

class TestDataPictures : public QObject {
    Q_OBJECT
    QString m_folder;
    QTemporaryDir m_temporary;

    void save(QWidget& window, const QString& name) {
        QTest::qWait(300); // answers of the store arrive, figures follow
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
        QVERIFY(picture.save(m_folder % u"/data-"_s % name % (scale.isEmpty() ? QString() : QString(u"-x"_s % scale)) %
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
    }
    void states() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        DataWindow f(tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.show(size));
        QVERIFY(f.openSections(400));
        f.window->showScreen(u"data"_s);
        save(*f.window, tag % u"-first"_s);
        QVERIFY(f.jobDone());
        auto* table = f.find<RowsView>("data.table");
        auto* inspector = f.find<InspectorView>("data.inspector");
        QVERIFY(table != nullptr && inspector != nullptr);
        table->goToRow(121);
        QTRY_VERIFY(f.data->inspector().details().has_value());
        save(*f.window, tag % u"-conversation"_s);
        table->setFocus();
        f.key(Qt::Key_E);
        save(*f.window, tag % u"-edit"_s);
        f.key(Qt::Key_Escape);
        inspector->showTab(InspectorView::Xray);
        QTRY_VERIFY(f.data->inspector().xray().row().has_value());
        f.find<TokenView>("data.xray.tokens")->setCurrent(4);
        save(*f.window, tag % u"-xray"_s);
        inspector->showTab(InspectorView::Fields);
        save(*f.window, tag % u"-fields"_s);
        f.data->rejectRow(121);
        QTRY_VERIFY(!f.data->rows().undoState().undoLabel.empty());
        inspector->showTab(InspectorView::History);
        save(*f.window, tag % u"-history"_s);
        inspector->showTab(InspectorView::Conversation);
        f.data->search(u"tool"_s, DataPresenter::When::Now);
        QTRY_VERIFY(f.data->table().rowCount() < 400);
        f.click("data.filter");
        save(*f.window, tag % u"-filter"_s);
        f.click("data.filter.close");
        table->selectAll();
        save(*f.window, tag % u"-bulk"_s);
        f.data->clearFilter();
        f.data->selection().clear();
        QTRY_COMPARE(f.data->table().rowCount(), 480);
        f.window->screen(u"data"_s)->showPart(u"duplicates"_s);
        save(*f.window, tag % u"-duplicates"_s);
        f.window->screen(u"data"_s)->showPart(u"versions"_s);
        save(*f.window, tag % u"-versions"_s);
        f.window->screen(u"data"_s)->showPart(u"split"_s);
        save(*f.window, tag % u"-split"_s);
        f.window->screen(u"data"_s)->showPart(u"export"_s);
        save(*f.window, tag % u"-export"_s);
        f.window->screen(u"data"_s)->showPart(u"files"_s);
        save(*f.window, tag % u"-files"_s);
        const QString file = f.folder.filePath(u"packages.jsonl"_s);
        QVERIFY(writeFileAtomic(us(file), DataWindow::sectionRows(600, 90) + "{\"messages\": oops}\n" +
                                              "{\"messages\":[{\"role\":\"user\"}]}\n")
                    .ok());
        f.window->screen(u"data"_s)->showPart(u"import:"_s % file);
        QTRY_COMPARE(f.data->importer().state().phase, ImportState::Phase::Ready);
        save(*f.window, tag % u"-import"_s);
    }

    void empty() {
        DataWindow f;
        QVERIFY(f.show());
        f.workspace->createProject(u"Nothing yet"_s);
        QTRY_VERIFY(f.workspace->hasProject());
        f.window->showScreen(u"data"_s);
        QTRY_COMPARE(f.data->state().phase, DataState::Phase::Empty);
        save(*f.window, u"empty"_s);
    }
};

QTEST_MAIN(TestDataPictures)
#include "test_data_pictures.moc"
