// Translations: every message of the sources stands finished in the Chinese file, plurals and places (%1, %Ln) agree,
// and the built files load.
#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

struct Message {
    QString context, source, comment;
    QStringList translations;
    bool numerus = false, unfinished = false, obsolete = false;
};

QList<Message> readTs(const QString& path) {
    QList<Message> out;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return out;
    }
    QXmlStreamReader xml(&file);
    QString context;
    Message message;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement()) {
            const QStringView name = xml.name();
            if (name == u"name") {
                context = xml.readElementText();
            } else if (name == u"message") {
                message = {};
                message.context = context;
                message.numerus = xml.attributes().value(u"numerus"_s) == u"yes";
            } else if (name == u"source") {
                message.source = xml.readElementText();
            } else if (name == u"comment") {
                message.comment = xml.readElementText();
            } else if (name == u"translation") {
                const QStringView type = xml.attributes().value(u"type"_s);
                message.unfinished = type == u"unfinished";
                message.obsolete = type == u"obsolete" || type == u"vanished";
                if (!message.numerus) {
                    message.translations << xml.readElementText();
                }
            } else if (name == u"numerusform") {
                message.translations << xml.readElementText();
            }
        } else if (xml.isEndElement() && xml.name() == u"message") {
            out << message;
        }
    }
    return out;
}

QStringList places(const QString& text) {
    static const QRegularExpression place(u"%L?[0-9n]"_s);
    QStringList out;
    for (auto it = place.globalMatch(text); it.hasNext();) {
        out << it.next().captured();
    }
    out.sort();
    return out;
}

const QString kI18n = QStringLiteral(FETTLE_SOURCE_DIR "/resources/i18n/");

} // namespace

class TestTranslations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void chineseIsComplete() {
        const QList<Message> messages = readTs(kI18n % u"fettle_zh_CN.ts"_s);
        QVERIFY(messages.size() > 250);
        static const QRegularExpression han(u"\\p{Han}"_s);
        int withHan = 0;
        for (const Message& m : messages) {
            const QByteArray what = (m.context % u": "_s % m.source).toUtf8();
            QVERIFY2(!m.unfinished && !m.obsolete, what.constData());
            // A context that lupdate could not place is never found again at run time.
            static const QStringList kTables = {u"RecipeField"_s, u"Check"_s,
                                                u"ExportFormat"_s}; // words of core's tables
            QVERIFY2(m.context.startsWith(u"fettle::ui::"_s) || kTables.contains(m.context), what.constData());
            QVERIFY2(!m.translations.isEmpty(), what.constData());
            for (const QString& t : m.translations) {
                QVERIFY2(!t.isEmpty(), what.constData());
                QVERIFY2(places(t) == places(m.source), what.constData());
                withHan += t.contains(han) ? 1 : 0;
            }
        }
        QVERIFY(withHan > messages.size() * 9 / 10);
    }

    void everyMessageOfTheSourcesIsThere() {
        // lupdate over the sources as they are now: nothing may be missing, nothing left over.
        QString tool = QStringLiteral("/usr/lib/qt6/bin/lupdate");
        if (!QFile::exists(tool)) {
            tool = QStringLiteral(FETTLE_LUPDATE);
        }
        QVERIFY2(QFile::exists(tool), "lupdate (qt6-l10n-tools) is needed for this test");
        QTemporaryDir folder;
        const QString fresh = folder.filePath(u"now.ts"_s);
        QProcess process;
        process.start(tool, {u"-silent"_s, u"-no-obsolete"_s, u"-locations"_s, u"none"_s,
                             QStringLiteral(FETTLE_SOURCE_DIR "/ui"), QStringLiteral(FETTLE_SOURCE_DIR "/app"),
                             QStringLiteral(FETTLE_SOURCE_DIR "/core/recipe"),
                             QStringLiteral(FETTLE_SOURCE_DIR "/core/data/check_codes.cpp"),
                             QStringLiteral(FETTLE_SOURCE_DIR "/core/data/export_formats.cpp"), u"-tr-function-alias"_s,
                             u"QT_TRANSLATE_NOOP+=FETTLE_TEXT"_s, u"-ts"_s, fresh});
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 0);
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(!said.contains("lacks Q_OBJECT"), said.constData()); // a tr() whose context cannot be known
        const auto keys = [](const QList<Message>& messages) {
            QStringList out;
            for (const Message& m : messages) {
                out << m.context % u'|' % m.source % u'|' % m.comment;
            }
            out.sort();
            return out;
        };
        const QStringList now = keys(readTs(fresh));
        const QStringList kept = keys(readTs(kI18n % u"fettle_zh_CN.ts"_s));
        for (const QString& key : now) {
            QVERIFY2(kept.contains(key), qPrintable(u"run ui/update_translations.sh; new: "_s % key));
        }
        for (const QString& key : kept) {
            QVERIFY2(now.contains(key), qPrintable(u"run ui/update_translations.sh; gone: "_s % key));
        }
    }

    void englishHasItsPlurals() {
        const QList<Message> messages = readTs(kI18n % u"fettle_en.ts"_s);
        QVERIFY(!messages.isEmpty());
        for (const Message& m : messages) {
            QVERIFY2(m.numerus && !m.unfinished && m.translations.size() == 2, qPrintable(m.source));
            QVERIFY2(!m.translations.join(u' ').contains(u"(s)"), qPrintable(m.source));
        }
    }
};

QTEST_GUILESS_MAIN(TestTranslations)
#include "test_translations.moc"
