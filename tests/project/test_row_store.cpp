// Rows in and out of the store: imports, changed files, old projects, versions, runs, and what can go wrong around
// them.
#include "project/run_data.h"
#include "row_support.h"

#include <QScopeGuard>
#include <QtTest>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

using namespace fettle;
using namespace fettle::project;
using test::chatLine;
using test::edit;
using test::errorOf;
using test::idsOf;
using test::must;
using test::randomRows;
using test::RowProject;
using test::step;
using test::TempFolder;

class TestRowStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void importedRowsAreThere();
    void rejectedRowsCanBeRepaired();
    void changedFilesShowTheirDifference();
    void rowsAreKnownAgainById();
    void cancelledImportsLeaveNothing();
    void versionsDiffer();
    void runsRememberTheirVersion();
    void oldProjectsBringTheirRows();
    void changedSplitFilesAreTakenIn();
    void lockedFullAndReadOnlyAreSaid();
    void previewShowsColumns();
};

void TestRowStore::importedRowsAreThere() {
    RowProject p;
    const std::string path =
        p.write("chats.jsonl", chatLine("Which section?\nxterm", "x11", ",\"section\":\"x\"") +
                                   chatLine("second", "y11", ",\"label\":\"good\"") + "not JSON\n");
    const ImportDone done = p.import(path);
    QCOMPARE(done.rows, std::int64_t{2});
    QCOMPARE(done.rejected, std::int64_t{1});
    QCOMPARE(done.difference.added, std::int64_t{2});
    QCOMPARE(done.errors.at("json_syntax"), std::int64_t{1});
    const RowIndex ids = idsOf(p.rows());
    QCOMPARE(ids, (RowIndex{1, 2}));
    const RowPage page = must(p.rows().page({2, 1, 77}));
    QCOMPARE(page.rows.size(), std::size_t{3});
    QCOMPARE(page.rows[0].title, std::string("second"));
    QCOMPARE(page.rows[0].label, std::string("good"));
    QCOMPARE(page.rows[1].title, std::string("Which section? xterm"));
    QCOMPARE(page.rows[1].answer, std::string("x11"));
    QCOMPARE(page.rows[1].split, Split::Train);
    QCOMPARE(page.rows[1].turns, std::int64_t{2});
    QCOMPARE(page.rows[1].metadata.front().second, std::string("x"));
    QCOMPARE(page.rows[2].id, RowId{0});
    const RowDetails details = must(p.rows().details(1));
    QCOMPARE(details.cells.title, std::string("Which section?\nxterm"));
    QCOMPARE(details.sample.line, std::int64_t{1});
    QCOMPARE(details.sample.file, path);
    QCOMPARE(errorOf(p.rows().details(3)).code, ErrorCode::NotFound);
    const std::string hash = p.hash();
    p.reopen();
    QCOMPARE(p.hash(), hash);
    // The same bytes again: nothing happens.
    QVERIFY(p.import(path).unchanged);
    QCOMPARE(p.hash(), hash);
    QCOMPARE(must(p.rows().sources()).size(), std::size_t{1});
}

void TestRowStore::rejectedRowsCanBeRepaired() {
    RowProject p;
    const std::string good = chatLine("a", "b");
    const std::string bad = "{\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}\n";
    const ImportDone done = p.import(p.write("mixed.jsonl", good + bad + "{torn\n" + chatLine("c", "d")));
    const auto rejected = must(p.rows().rejectedRows(done.source, 100));
    QVERIFY(rejected.size() >= 2);
    QCOMPARE(rejected.front().line, std::int64_t{2});
    QCOMPARE(rejected.front().key, std::string("messages[0].role"));
    QCOMPARE(rejected.back().text, std::string("{torn"));
    QCOMPARE(must(p.rows().saveRejectedRows(done.source, p.folder / "bad.jsonl")), std::int64_t{2});
    QCOMPARE(must(readFile(p.folder / "bad.jsonl")), bad + "{torn\n");
    // Tables keep their header; elements of an array become lines.
    const ImportDone table = p.import(p.write("t.csv", "prompt,completion\nq,a\nonly one cell\nq2,a2\n"));
    QCOMPARE(must(p.rows().saveRejectedRows(table.source, p.folder / "bad.csv")), std::int64_t{1});
    QCOMPARE(must(readFile(p.folder / "bad.csv")), std::string("prompt,completion\nonly one cell\n"));
    const ImportDone array =
        p.import(p.write("a.json", "[\n{\"text\":\"one\"},\n{\"text\":\n5},\n{\"text\":\"two\"}\n]\n"));
    QCOMPARE(must(p.rows().saveRejectedRows(array.source, p.folder / "bad2.jsonl")), std::int64_t{1});
    QCOMPARE(must(readFile(p.folder / "bad2.jsonl")), std::string("{\"text\": 5}\n"));
    // A file without a good row is refused whole.
    QCOMPARE(errorOf(p.rows().import({.path = p.write("none.jsonl", "{torn\n")})).code, ErrorCode::InvalidInput);
    QCOMPARE(must(p.rows().sources()).size(), std::size_t{3});
}

void TestRowStore::changedFilesShowTheirDifference() {
    RowProject p;
    const std::string path = p.write("f.jsonl", chatLine("one", "1") + chatLine("two", "2") + chatLine("three", "3") +
                                                    chatLine("four", "4"));
    p.import(path);
    must(p.rows().apply(step("label", {edit(2, RowField::Label, "even"), edit(2, RowField::Split, "test"),
                                       edit(3, RowField::Label, "odd"), edit(4, RowField::Answer, "vier")})));
    // New in front, two changed, three the same, four gone.
    must(writeFileAtomic(path, chatLine("zero", "0") + chatLine("one", "1") + chatLine("two", "zwei") +
                                   chatLine("three", "3")));
    const ImportDifference expected = must(p.rows().compareFile({.path = path}));
    QCOMPARE(expected.added, std::int64_t{1});
    QCOMPARE(expected.changed, std::int64_t{1});
    QCOMPARE(expected.removed, std::int64_t{1});
    QCOMPARE(expected.same, std::int64_t{2});
    QCOMPARE(must(p.rows().sources()).front().onDisk, SourceFile::OnDisk::Changed);
    const ImportDone done = p.import(path);
    QCOMPARE(done.difference.added, std::int64_t{1});
    QCOMPARE(done.difference.changed, std::int64_t{1});
    QCOMPARE(done.difference.removed, std::int64_t{1});
    QCOMPARE(idsOf(p.rows()), (RowIndex{1, 2, 3, 5}));
    const RowDetails two = must(p.rows().details(2));
    QCOMPARE(two.cells.answer, std::string("zwei"));
    QCOMPARE(two.cells.label, std::string("even")); // kept, and so is the split
    QCOMPARE(two.cells.split, Split::Test);
    QCOMPARE(must(p.rows().details(5)).cells.title, std::string("zero"));
    QCOMPARE(must(p.rows().details(4)).cells.state, RowState::Removed);
    (void)p.hash();
    // Four comes back as it was, its edit and all.
    must(writeFileAtomic(path, chatLine("one", "1") + chatLine("four", "4")));
    const ImportDone again = p.import(path);
    QCOMPARE(again.difference.added, std::int64_t{1});
    QCOMPARE(again.difference.removed, std::int64_t{3});
    QCOMPARE(must(p.rows().details(4)).cells.answer, std::string("vier"));
    QCOMPARE(idsOf(p.rows()), (RowIndex{1, 4}));
    (void)p.hash();
}

void TestRowStore::rowsAreKnownAgainById() {
    RowProject p;
    const auto row = [](const std::string& id, const std::string& answer) {
        return chatLine("question", answer, ",\"id\":" + dumpJson(id));
    };
    const std::string path = p.write("f.jsonl", row("a", "1") + row("b", "2") + row("c", "3"));
    p.import(path);
    must(writeFileAtomic(path, row("c", "drei") + row("a", "eins")));
    const ImportDone done = p.import(path);
    QCOMPARE(done.difference.changed, std::int64_t{2});
    QCOMPARE(must(p.rows().details(1)).cells.answer, std::string("eins"));
    QCOMPARE(must(p.rows().details(3)).cells.answer, std::string("drei"));
    QCOMPARE(idsOf(p.rows()), (RowIndex{1, 3}));
}

void TestRowStore::cancelledImportsLeaveNothing() {
    RowProject p;
    p.import(p.write("first.jsonl", randomRows(50, 1)));
    const std::string hash = p.hash();
    const std::string path = p.write("big.jsonl", randomRows(20000, 2));
    std::stop_source stop;
    int told = 0;
    const auto cancelled = p.rows().import({.path = path}, stop.get_token(), [&](const ImportProgress& now) {
        ++told;
        if (now.phase == ImportProgress::Phase::Saving || now.rows > 0) {
            stop.request_stop();
        }
    });
    QVERIFY(told > 0);
    if (!cancelled) { // it may have been done before the stop was seen
        QCOMPARE(errorOf(cancelled).code, ErrorCode::Cancelled);
        QCOMPARE(p.hash(), hash);
        QCOMPARE(must(p.rows().sources()).size(), std::size_t{1});
        p.import(path);
    }
    QCOMPARE(idsOf(p.rows()).size(), std::size_t{20050});
    QCOMPARE(idsOf(p.rows()).back(), RowId{20050}); // no number was lost to the import that was taken back
}

void TestRowStore::versionsDiffer() {
    RowProject p;
    const std::string path = p.write("f.jsonl", chatLine("one", "1") + chatLine("two", "2") + chatLine("three", "3"));
    QCOMPARE(p.import(path).version, std::string("f.jsonl"));
    const DataVersion first = must(p.rows().makeVersion("first"));
    QCOMPARE(first.hash, p.hash());
    QCOMPARE(errorOf(p.rows().makeVersion("first")).code, ErrorCode::InvalidInput);
    must(p.rows().apply(step("a", {edit(1, RowField::Answer, "uno"), edit(2, RowField::State, "removed")})));
    must(p.rows().apply(step("b", {edit(1, RowField::Label, "x"), edit(3, RowField::AddTag, "t")})));
    must(p.rows().apply(step("c", {edit(3, RowField::RemoveTag, "t"), edit(1, RowField::Answer, "UNO")})));
    must(writeFileAtomic(p.folder / "g.jsonl", chatLine("four", "4")));
    p.import(p.folder / "g.jsonl");
    must(p.rows().makeVersion("second"));
    must(p.rows().apply(step("d", {edit(1, RowField::Answer, "later"), edit(4, RowField::State, "removed")})));
    const VersionDifference between = must(p.rows().difference("first", "second"));
    QCOMPARE(between.added, std::int64_t{1});
    QCOMPARE(between.removed, std::int64_t{1});
    QCOMPARE(between.changed, std::int64_t{1});
    QCOMPARE(between.rows, (std::vector<RowId>{1, 2, 4}));
    const auto rows = must(p.rows().rowDifferences("first", "second", between.rows));
    QCOMPARE(rows[0].kind, RowDifference::Kind::Changed);
    QVERIFY(rows[0].before.find("\"1\"") != std::string::npos);
    QVERIFY(rows[0].after.find("UNO") != std::string::npos);
    QCOMPARE(rows[0].fields.size(), std::size_t{1});
    QCOMPARE(rows[0].fields[0].after, std::string("x"));
    QCOMPARE(rows[1].kind, RowDifference::Kind::Removed);
    QCOMPARE(rows[2].kind, RowDifference::Kind::Added);
    const VersionDifference back = must(p.rows().difference("second", "first"));
    QCOMPARE(back.added, std::int64_t{1});
    QCOMPARE(back.removed, std::int64_t{1});
    const VersionDifference now = must(p.rows().difference("second", "now"));
    QCOMPARE(now.rows, (std::vector<RowId>{1, 4}));
    QCOMPARE(now.to.id, std::int64_t{0});
    // Undo leads back to the state of the version, and then nothing lies between.
    must(p.rows().undo());
    QCOMPARE(p.hash(), must(p.rows().version("second")).hash);
    QVERIFY(must(p.rows().difference("second", "now")).rows.empty());
    const Error unknown = errorOf(p.rows().version("third"));
    QCOMPARE(unknown.code, ErrorCode::NotFound);
    QVERIFY(unknown.hint.find("second") != std::string::npos);
    must(p.rows().renameVersion(first.id, "begin"));
    QCOMPARE(must(p.rows().version("begin")).id, first.id);
}

void TestRowStore::runsRememberTheirVersion() {
    RowProject p;
    p.import(p.write("f.jsonl", chatLine("one", "1") + chatLine("two", "2") + chatLine("three", "3")));
    must(p.rows().apply(step("x", {edit(2, RowField::State, "rejected"), edit(3, RowField::Split, "test")})));
    const PublishedData data = must(p.project->publishRows());
    QCOMPARE(data.splits.size(), std::size_t{2});
    QCOMPARE(data.hash, p.hash());
    const std::string train = must(readFile(data.splits[0].path));
    QCOMPARE(train, "{\"kind\":\"chat\"," + chatLine("one", "1").substr(1));
    QCOMPARE(*must(p.rows().rowsOf(data.splits[0].path)), (RowIndex{1}));
    QCOMPARE(must(p.project->publishRows()).splits[0].path, data.splits[0].path);
    must(p.rows().noteRun("run-0001", data));
    // An edit later: other files, the old ones stay as long as a run names them.
    must(makeFolders(p.folder / "p/runs/run-0001"));
    must(writeFileAtomic(p.folder / "p/runs/run-0001/run.json",
                         dumpJson({{"data_files", {{{"path", data.splits[0].path}}}}})));
    must(p.rows().apply(step("y", {edit(1, RowField::Answer, "uno"), edit(3, RowField::Answer, "tre")})));
    const PublishedData later = must(p.project->publishRows());
    QVERIFY(later.splits[0].path != data.splits[0].path);
    QVERIFY(fileExists(data.splits[0].path));
    QVERIFY(!fileExists(data.splits[1].path)); // no run needs the old test rows
    QCOMPARE(must(readFile(data.splits[0].path)), train);
    QCOMPARE(must(p.rows().version("run-0001")).hash, data.hash);
    QCOMPARE(must(p.rows().versions()).back().runs.size() + must(p.rows().version("run-0001")).runs.size(),
             std::size_t{1});
    QCOMPARE(must(p.rows().difference("run-0001", "now")).changed, std::int64_t{2});
    QCOMPARE(entryOfFile(data.splits[0].path, p.folder / "p"), std::string("project:train"));
    QCOMPARE(entryOfFile("/elsewhere/train.jsonl", p.folder / "p"), std::string("/elsewhere/train.jsonl"));
}

void TestRowStore::oldProjectsBringTheirRows() {
    const TempFolder folder;
    const std::string place = folder / "old";
    must(makeFolders(place + "/runs"));
    std::filesystem::copy_file(FETTLE_SOURCE_DIR "/tests/project/schema-1.db", place + "/project.db");
    must(writeFileAtomic(place + "/recipe.yaml", "model: m\ndata:\n  train: project:train\n"));
    must(writeFileAtomic(place + "/train.jsonl", randomRows(20, 9)));
    must(writeFileAtomic(place + "/test.jsonl", chatLine("t", "u")));
    const auto project = must(Project::open(place));
    QCOMPARE(project->name(), std::string("Kept from schema 1"));
    QCOMPARE(must(project->rows().counts()).splits.at(Split::Train), std::int64_t{20});
    QCOMPARE(must(project->rows().counts()).splits.at(Split::Test), std::int64_t{1});
    QVERIFY(fileExists(place + "/train.jsonl")); // the files stay
    QCOMPARE(project->rows().undoState().undoSteps, std::int64_t{0});
    const std::string hash = must(project->rows().verifyContentHash());
    const auto again = must(Project::open(place)); // a second program beside the first
    QCOMPARE(must(again->rows().verifyContentHash()), hash);
}

void TestRowStore::changedSplitFilesAreTakenIn() {
    RowProject p;
    must(writeFileAtomic(p.project->splitPath("train"), chatLine("one", "1") + chatLine("two", "2")));
    QVERIFY(must(p.project->takeSplitFiles()));
    QVERIFY(!must(p.project->takeSplitFiles()));
    must(p.rows().apply(step("x", {edit(1, RowField::Label, "kept"), edit(1, RowField::Answer, "edited")})));
    must(writeFileAtomic(p.project->splitPath("train"), chatLine("one", "1") + chatLine("three", "3")));
    p.reopen();
    const RowCells one = must(p.rows().page({1})).rows[0];
    QCOMPARE(one.label, std::string("kept"));
    QCOMPARE(one.answer, std::string("edited")); // the file has this row as it was: the edit stays
    QCOMPARE(must(p.rows().page({2})).rows[0].title, std::string("three"));
    must(p.rows().undo()); // what a changed file did can be taken back
    QCOMPARE(must(p.rows().page({2})).rows[0].title, std::string("two"));
    (void)p.hash();
}

void TestRowStore::lockedFullAndReadOnlyAreSaid() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(10, 14)));
    const std::string before = p.hash();
    // Another program holds the database.
    sqlite3* other = nullptr;
    QCOMPARE(sqlite3_open((p.folder / "p/project.db").c_str(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const Error busy = errorOf(p.rows().apply(step("x", {edit(1, RowField::Rating, "1")})));
    QCOMPARE(busy.code, ErrorCode::Busy);
    QVERIFY(!busy.hint.empty());
    QCOMPARE(idsOf(p.rows()).size(), std::size_t{10}); // reading goes on
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    must(p.rows().apply(step("x", {edit(1, RowField::Rating, "1")})));
    must(p.rows().undo());
    QCOMPARE(p.hash(), before);
    // No room: files may not grow.
    struct rlimit limit {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const auto old = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { static_cast<rlim_t>(must(fileSize(p.folder / "p/project.db"))), limit.rlim_max };
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const std::string big = p.folder / "big.jsonl";
    ::setrlimit(RLIMIT_FSIZE, &limit);
    must(writeFileAtomic(big, randomRows(5000, 15)));
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto full = p.rows().import({.path = big});
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, old);
    QCOMPARE(errorOf(full).code, ErrorCode::DiskFull);
    QVERIFY(!errorOf(full).hint.empty());
    QCOMPARE(p.hash(), before);
    p.import(big); // with room again it goes on
    QCOMPARE(idsOf(p.rows()).size(), std::size_t{5010});
    // Read-only, as a user who may not write there: outside the test's own home, which nobody else may enter.
    p.project.reset();
    namespace fs = std::filesystem;
    std::string outside = P_tmpdir "/read-only-XXXXXX";
    QVERIFY(::mkdtemp(outside.data()) != nullptr);
    const auto away = qScopeGuard([&outside] {
        std::error_code status;
        fs::permissions(outside + "/p", fs::perms::owner_all, status);
        fs::remove_all(outside, status);
    });
    const std::string place = outside + "/p";
    fs::copy(p.folder / "p", place, fs::copy_options::recursive);
    const auto readable = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
    const auto enterable = readable | fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    fs::permissions(outside, enterable | fs::perms::owner_write);
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
        fs::permissions(entry.path(), entry.is_directory() ? enterable : readable);
    }
    fs::permissions(place, enterable);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) {
            ::_exit(9);
        }
        auto opened = Project::open(place);
        if (!opened || (*opened)->rows().readOnlyReason().empty()) {
            ::_exit(1);
        }
        RowStore& rows = (*opened)->rows();
        const auto found = rows.query({});
        if (!found || found->rows->size() != 5010) {
            ::_exit(2);
        }
        const auto refused = rows.apply(step("x", {edit(1, RowField::Rating, "1")}));
        ::_exit(!refused && refused.error().code == ErrorCode::Permission && !refused.error().hint.empty() ? 0 : 3);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    QVERIFY(WIFEXITED(status));
    QCOMPARE(WEXITSTATUS(status), 0);
}

void TestRowStore::previewShowsColumns() {
    const TempFolder folder;
    const std::string path = folder / "t.csv";
    must(writeFileAtomic(path, "\xEF\xBB\xBFname,description,section\nxterm,terminal,x11\nvim,editor,editors\n"));
    const ImportPreview plain = must(previewImport({.path = path}));
    QVERIFY(!plain.problem.empty());
    QCOMPARE(plain.encoding, std::string("UTF-8 with BOM"));
    QCOMPARE(plain.columns.size(), std::size_t{3});
    ImportRequest mapped{.path = path};
    mapped.mapping = {{"description", ColumnRole::User}, {"section", ColumnRole::Assistant}};
    const ImportPreview good = must(previewImport(mapped));
    QVERIFY(good.problem.empty() && good.whole);
    QCOMPARE(good.goodRows, std::int64_t{2});
    QCOMPARE(good.first.size(), std::size_t{2});
    RowProject p;
    must(p.rows().import(mapped));
    const RowCells row = must(p.rows().page({2})).rows[0];
    QCOMPARE(row.title, std::string("editor"));
    QCOMPARE(row.answer, std::string("editors"));
    QCOMPARE(row.metadata.front().second, std::string("vim"));
}

QTEST_GUILESS_MAIN(TestRowStore)
#include "test_row_store.moc"
