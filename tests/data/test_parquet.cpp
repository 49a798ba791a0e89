// Parquet files: values of every type, groups and dictionaries, JSON in cells, bytes that are no text, torn files, and
// rows written and read back the same.
#include "data/parquet_door.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <random>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;
using fettle::test::errorOf;
using fettle::test::must;

namespace {

std::string file(const char* name) {
    return goldenRoot() + "/data/parquet/" + name;
}

std::vector<Json> rowsOf(const std::string& path) {
    std::vector<Json> out;
    must(must(openParquet())->read(path, [&out](ParquetRow&& row) {
        out.push_back(std::move(row.row));
        return true;
    }));
    return out;
}

JsonRowSource sourceOf(const std::vector<Json>& rows) {
    return [&rows](const std::function<bool(const Json&)>& take) -> Result<void> {
        for (const Json& row : rows) {
            if (!take(row)) {
                break;
            }
        }
        return {};
    };
}

// Null members and those of nothing but null are what a column cannot tell from absent ones.
Json withoutNulls(const Json& value) {
    if (value.is_array()) {
        Json out = Json::array();
        for (const Json& item : value) {
            out.push_back(withoutNulls(item));
        }
        return out;
    }
    if (!value.is_object()) {
        return value;
    }
    Json out = Json::object();
    for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
        if (Json kept = withoutNulls(member); !kept.is_null()) {
            out[key] = std::move(kept);
        }
    }
    return out;
}

// Rows of one shape, with members missing here and there.
class Rows {
public:
    explicit Rows(unsigned seed)
        : m_random(seed) {}
    std::vector<Json> make(int count) {
        std::vector<Json> out;
        for (int i = 0; i < count; ++i) {
            Json row = Json::object();
            Json messages = Json::array();
            for (int turn = 0; turn < 1 + below(4); ++turn) {
                Json message = {{"role", turn % 2 == 0 ? "user" : "assistant"}, {"content", words()}};
                if (below(3) == 0) {
                    message["weight"] = below(2);
                }
                if (below(4) == 0) {
                    message["tool_calls"] = Json::array(
                        {{{"id", "c" + std::to_string(i)}, {"function", {{"name", words()}, {"arguments", "{}"}}}}});
                }
                messages.push_back(std::move(message));
            }
            row["messages"] = std::move(messages);
            if (below(2) == 0) {
                row["metadata"] = {{"section", words()}, {"score", below(100) / 4.0}, {"seen", below(2) == 0}};
            }
            if (below(3) == 0) {
                row["ids"] = {below(9), -below(9), 1 << 20};
            }
            out.push_back(std::move(row));
        }
        return out;
    }

private:
    int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(limit)); }
    std::string words() {
        static const std::vector<std::string> all{
            "net", "täglich", "中文词", "", "a\nb", "\"q\"", std::string("n\0l", 3)};
        return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))] + std::to_string(below(50));
    }
    std::mt19937 m_random;
};

} // namespace

class TestParquet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void valuesOfEveryType() {
        const std::vector<Json> rows = rowsOf(file("types.parquet"));
        QCOMPARE(rows.size(), std::size_t{3});
        const Json first = {{"prompt", "one"},
                            {"completion", "A"},
                            {"yes", true},
                            {"small", -1},
                            {"big", std::int64_t{1} << 62},
                            {"huge", (std::uint64_t{1} << 63) + 5},
                            {"half", 0.5},
                            {"number", 1e300},
                            {"day", "2024-05-01"},
                            {"moment", "2024-05-01 12:30:15.000000"},
                            {"price", "12.50"},
                            {"class", "net"},
                            {"tags", {"a", "b"}},
                            {"grid", {{1, 2}, {3}}},
                            {"pair", {1.5, 2.5}},
                            {"turns", Json::array({{{"role", "user"}, {"content", "hi"}}})},
                            {"map", {{"x", 1}, {"y", 2}}}};
        QVERIFY2(rows[0] == first, rows[0].dump().c_str());
        // Not a number, infinite and null are absent; an empty list is one.
        const Json second = {{"prompt", "two"},    {"completion", "B"},     {"big", -5},
                             {"huge", 0},          {"class", "web"},        {"tags", Json::array()},
                             {"pair", {3.5, 4.5}}, {"turns", Json::array()}};
        QVERIFY2(rows[1] == second, rows[1].dump().c_str());
        QCOMPARE(rows[2]["number"].get<double>(), -2.25);
        QCOMPARE(QString::fromStdString(rows[2]["day"].get<std::string>()), QStringLiteral("1969-12-31"));
        QVERIFY(rows[2]["map"] == Json::object() && rows[2]["grid"] == Json::array({Json::array()}));
        const ParquetInfo info = must(must(openParquet())->info(file("types.parquet")));
        QCOMPARE(info.rows, std::int64_t{3});
        QCOMPARE(info.columns.size(), std::size_t{18});
        QCOMPARE(QString::fromStdString(info.columns[13].type), QStringLiteral("list<element: list<element: int32>>"));
    }

    void groupsAreReadInOrder() {
        const auto imported = must(importAll(file("groups.parquet")));
        QCOMPARE(imported.samples.size(), std::size_t{5000});
        QCOMPARE(QString::fromStdString(imported.report.format), QStringLiteral("parquet"));
        for (std::size_t i = 0; i < imported.samples.size(); ++i) {
            const Json& row = imported.samples[i].row;
            QCOMPARE(imported.samples[i].line, static_cast<std::int64_t>(i + 1));
            QVERIFY(
                row["messages"][0]["content"].get<std::string>().starts_with("question " + std::to_string(i) + ' '));
            QVERIFY(row["metadata"]["source"] == (i % 2 == 0 ? "web" : "book"));
        }
        int taken = 0;
        must(must(openParquet())->read(file("groups.parquet"), [&taken](ParquetRow&&) { return ++taken < 900; }));
        QCOMPARE(taken, 900);
    }

    void jsonInCellsIsRead() {
        const auto imported = must(importAll(file("cells.parquet")));
        QCOMPARE(imported.samples.size(), std::size_t{2});
        QVERIFY(imported.samples[0].row["messages"][0]["content"] == "täglich");
        QCOMPARE(imported.report.rows, std::int64_t{3});
        QCOMPARE(imported.report.faults.size(), std::size_t{1});
        QCOMPARE(imported.report.faults[0].line, std::int64_t{2});
        QCOMPARE(QString::fromStdString(imported.report.faults[0].code), QStringLiteral("json_syntax"));
        QVERIFY(imported.report.faults[0].key.starts_with("messages"));
    }

    void bytesThatAreNoTextAreOneBadRow() {
        const auto imported = must(importAll(file("bytes.parquet")));
        QCOMPARE(imported.samples.size(), std::size_t{1});
        QVERIFY(imported.samples[0].row["prompt"] == "né");
        QCOMPARE(imported.report.faults.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(imported.report.faults[0].key), QStringLiteral("prompt"));
        QCOMPARE(imported.report.faults[0].line, std::int64_t{2});
    }

    void damagedFilesAreErrors_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("torn") << QStringLiteral("torn.parquet");
        QTest::newRow("footer") << QStringLiteral("footer.parquet");
    }
    void damagedFilesAreErrors() {
        QFETCH(QString, name);
        const Error error = errorOf(importAll(file(name.toUtf8().constData())));
        QCOMPARE(error.code, ErrorCode::Corrupt);
        QVERIFY(error.file.ends_with(name.toStdString()) && !error.hint.empty());
    }

    // Bytes changed anywhere give rows, faults or an error, never a crash.
    void mutationsNeverCrash() {
        const std::string whole = must(readFile(file("types.parquet")));
        const Scratch scratch;
        std::mt19937 random(20261124);
        int errors = 0;
        for (int i = 0; i < 300; ++i) {
            std::string bytes = whole;
            for (int change = 0; change < 1 + i % 5; ++change) {
                bytes[4 + random() % (bytes.size() - 8)] = static_cast<char>(random());
            }
            errors += importAll(scratch.write("m.parquet", bytes)).ok() ? 0 : 1;
        }
        QVERIFY(errors > 50);
    }

    void rowsComeBackTheSame() {
        const Scratch scratch;
        for (unsigned seed = 1; seed <= 12; ++seed) {
            const std::vector<Json> rows = Rows(seed).make(seed == 12 ? 40'000 : 60);
            const std::string path = scratch.path("out.parquet");
            QCOMPARE(must(must(openParquet())->write(path, sourceOf(rows))), static_cast<std::int64_t>(rows.size()));
            const std::vector<Json> back = rowsOf(path);
            QCOMPARE(back.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                QVERIFY2(plain(withoutNulls(rows[i])) == plain(back[i]),
                         ("seed " + std::to_string(seed) + "\n" + rows[i].dump() + "\n" + back[i].dump()).c_str());
            }
            QVERIFY(!fileExists(path + ".part"));
        }
    }

    void whatNoColumnHoldsIsSaid() {
        const Scratch scratch;
        const std::string path = scratch.write("kept.parquet", "old");
        const std::vector<Json> rows{{{"messages", Json::array({{{"content", "a"}}})}},
                                     {{"messages", Json::array({{{"content", Json::array({"b"})}}})}}};
        const Error error = errorOf(must(openParquet())->write(path, sourceOf(rows)));
        QCOMPARE(error.code, ErrorCode::InvalidInput);
        QVERIFY2(error.text().find("messages[].content is a text in row 1 and a list in row 2") != std::string::npos,
                 error.text().c_str());
        QCOMPARE(must(readFile(path)), std::string("old"));
        const std::vector<Json> none;
        QCOMPARE(errorOf(must(openParquet())->write(path, sourceOf(none))).code, ErrorCode::InvalidInput);
    }

    void foldersAndAbsentFilesAreSaid() {
        const Scratch scratch;
        QCOMPARE(errorOf(must(openParquet())->info(scratch.path("none.parquet"))).code, ErrorCode::NotFound);
        const std::vector<Json> rows{{{"text", "a"}}};
        QVERIFY(!must(openParquet())->write(scratch.path("no/such/folder.parquet"), sourceOf(rows)).ok());
    }
};

QTEST_APPLESS_MAIN(TestParquet)
#include "test_parquet.moc"
