// A process that works on rows, killed by SIGKILL at random moments of imports, edits, edits of many rows and undo:
// what it acknowledged is there, the database is whole, and undo still walks back to the first state. Ten kills; two
// hundred with FETTLE_TEST_FULL. FETTLE_TEST_SEED repeats a sequence.
#include "row_support.h"

#include <QProcess>
#include <QtTest>

#include <sqlite3.h>

using namespace fettle;
using namespace fettle::project;
using test::must;
using test::randomRows;
using test::RowProject;

namespace {

std::string integrityOf(const std::string& path) {
    sqlite3* handle = nullptr;
    std::string answer = "not opened";
    sqlite3_open(path.c_str(), &handle);
    sqlite3_stmt* check = nullptr;
    if (sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &check, nullptr) == SQLITE_OK &&
        sqlite3_step(check) == SQLITE_ROW) {
        answer = reinterpret_cast<const char*>(sqlite3_column_text(check, 0)); // NOLINT: sqlite's text is unsigned
    }
    sqlite3_finalize(check);
    sqlite3_close(handle);
    return answer;
}

} // namespace

class TestRowKill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingAcknowledgedIsLost() {
        const char* given = std::getenv("FETTLE_TEST_SEED");
        const unsigned seed =
            given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
        qInfo("seed %u (repeat with FETTLE_TEST_SEED)", seed);
        std::mt19937 random(seed);
        const int wanted = std::getenv("FETTLE_TEST_FULL") != nullptr ? 200 : 10;
        RowProject p;
        const std::string one = p.write("one.jsonl", randomRows(2000, seed));
        (void)p.write("two.jsonl", randomRows(3000, seed + 1));
        const std::string first = must(p.rows().contentHash()); // of no rows at all
        int acknowledged = 0;
        for (int kill = 0; kill < wanted; ++kill) {
            p.project.reset();
            QProcess process;
            process.start(QStringLiteral(FETTLE_ROW_WORKER),
                          {QString::fromStdString(p.folder / "p"), QString::number(static_cast<unsigned>(random()))});
            QVERIFY(process.waitForStarted());
            QVERIFY2(process.waitForReadyRead(20000), process.readAllStandardError().constData());
            QVERIFY2(!process.waitForFinished(std::uniform_int_distribution<int>(1, 400)(random)),
                     process.readAllStandardError().constData());
            process.kill();
            process.waitForFinished();
            const QList<QByteArray> said = process.readAllStandardOutput().trimmed().split('\n');
            QVERIFY(!said.isEmpty());
            acknowledged += static_cast<int>(said.size());
            const std::string last = said.back().split(' ').back().toStdString();
            QCOMPARE(integrityOf(p.folder / "p/project.db"), std::string("ok"));
            p.project = must(Project::open(p.folder / "p"));
            const std::string now = p.hash(); // all rows add up
            if (now != last) {
                // One more change was made and not said any more: it is whole, and one step leads to what was said.
                const JournalEntry newest = must(p.rows().journal(1)).front();
                if (newest.kind == JournalEntry::Kind::Undo) {
                    must(p.rows().redo());
                } else {
                    must(p.rows().undo());
                }
                QCOMPARE(p.hash(), last);
            }
            QCOMPARE(integrityOf(p.folder / "p/search.db"), std::string("ok"));
            const bool even = kill % 4 == 3 || kill + 1 == wanted;
            while (even && p.rows().undoState().undoSteps > 0) {
                must(p.rows().undo());
            }
            if (even) {
                QCOMPARE(p.hash(), first);
                while (p.rows().undoState().redoSteps > 0) {
                    must(p.rows().redo());
                }
            }
        }
        qInfo("%d kills, %d acknowledged changes, none lost", wanted, acknowledged);
    }
};

QTEST_GUILESS_MAIN(TestRowKill)
#include "test_row_kill.moc"
