// Importing a large file takes the memory of a row and of the pages being read, not of the file.
#include "data_support.h"

#include <QtTest>

#include <fstream>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestImportMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void largeFilesStream_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("lines") << QStringLiteral("rows.jsonl");
        QTest::newRow("array") << QStringLiteral("rows.json");
        QTest::newRow("table") << QStringLiteral("rows.csv");
    }

    void largeFilesStream() {
        QFETCH(QString, name);
        constexpr std::int64_t rows = 600'000;
        const Scratch scratch;
        const std::string path = scratch.path(name.toStdString());
        {
            std::ofstream out(path, std::ios::binary);
            const bool table = path.ends_with(".csv");
            const bool array = path.ends_with(".json");
            out << (table ? "prompt,completion\n" : array ? "[\n" : "");
            const std::string question(120, 'q');
            const std::string answer(60, 'a');
            for (std::int64_t i = 0; i < rows; ++i) {
                if (table) {
                    out << '"' << question << i << "\"," << answer << '\n';
                } else {
                    out << "{\"prompt\":\"" << question << i << "\",\"completion\":\"" << answer << "\"}"
                        << (array && i + 1 < rows ? ",\n" : "\n");
                }
            }
            out << (array ? "]\n" : "");
        }
        const std::uint64_t size = fileSize(path).valueOr(0);
        QVERIFY(size > 100'000'000);
        resetPeak();
        const std::int64_t before = kilobytes("VmRSS:");
        std::int64_t seen = 0;
        const auto report = importRows(path, {}, [&](Sample&& sample) {
            seen += sample.id == seen ? 1 : 0;
            return true;
        });
        const std::int64_t grown = kilobytes("VmHWM:") - before;
        QVERIFY(report.ok());
        QCOMPARE(seen, rows);
        qInfo("%llu MB read, memory grew by %lld kB", static_cast<unsigned long long>(size / 1'000'000),
              static_cast<long long>(grown));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        QVERIFY2(grown < 40'000, std::to_string(grown).c_str());
#endif
    }

private:
    static void resetPeak() {
        std::ofstream("/proc/self/clear_refs") << "5";
    }
    static std::int64_t kilobytes(const std::string& key) {
        std::ifstream status("/proc/self/status");
        std::string word;
        while (status >> word) {
            if (word == key) {
                std::int64_t value = 0;
                status >> value;
                return value;
            }
        }
        return -1;
    }
};

QTEST_APPLESS_MAIN(TestImportMemory)
#include "test_import_memory.moc"
