// Files: atomic replacement under every failure, appending that never leaves half a line behind, maps, and the folders
// of the program.
#include "base/files.h"
#include "base/resources.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cerrno>
#include <filesystem>

using namespace fettle;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup();
    void readsWholeFilesUpToALimit();
    void everyFailureOfAtomicWritingKeepsTheOld();
    void atomicFilesInPieces();
    void modesSurviveReplacement();
    void appendsAllOrNothing();
    void aTailThatCannotBeCutIsCutLater();
    void mapsWhatIsThere();
    void foldersAppearWholeOrNotAtAll();
    void errorsNameFileReasonAndRemedy();
    void placesFollowTheEnvironment();
};

namespace {

std::size_t filesIn(const std::string& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

} // namespace

void TestFiles::cleanup() {
    setFileFaultHook({});
}

void TestFiles::readsWholeFilesUpToALimit() {
    const TempFolder folder;
    const std::string big(200000, 'x');
    must(writeFileAtomic(folder / "big", big));
    QCOMPARE(must(readFile(folder / "big")), big);
    QVERIFY(errorOf(readFile(folder / "big", 1000)).code == ErrorCode::InvalidInput);
    QCOMPARE(must(readFile(folder / "big", 200000)).size(), big.size());
    QVERIFY(errorOf(readFile(folder / "none")).code == ErrorCode::NotFound);
    QVERIFY(errorOf(readFile(folder.path())).code == ErrorCode::InvalidInput);
    QVERIFY(must(readFile("/proc/self/status")).find("Name:") != std::string::npos); // no size given, read to the end
    must(writeFileAtomic(folder / "empty", ""));
    QCOMPARE(must(readFile(folder / "empty")), std::string());
}

void TestFiles::everyFailureOfAtomicWritingKeepsTheOld() {
    for (const int fault : {ENOSPC, EIO, EACCES}) {
        int n = 1;
        for (;; ++n) {
            const TempFolder folder;
            must(writeFileAtomic(folder / "f", "old"));
            int operations = 0;
            setFileFaultHook([&](FileOperation, const std::string&) { return ++operations == n ? fault : 0; });
            const auto written = writeFileAtomic(folder / "f", "new");
            setFileFaultHook({});
            if (written && operations < n) {
                break;
            }
            QVERIFY(!written.ok());
            const std::string now = must(readFile(folder / "f"));
            QVERIFY2(now == "old" || (now == "new" && n == 5),
                     std::to_string(n).c_str()); // 5: only the folder's sync failed
            QCOMPARE(filesIn(folder.path()), std::size_t{1});
        }
        QCOMPARE(n, 6); // open, write, sync, rename, sync of the folder
    }
    // Half of the bytes written before the disk was full.
    const TempFolder folder;
    must(writeFileAtomic(folder / "f", "old"));
    setFileFaultHook(
        [](FileOperation operation, const std::string&) { return operation == FileOperation::Write ? -ENOSPC : 0; });
    QVERIFY(errorOf(writeFileAtomic(folder / "f", "longer than before")).code == ErrorCode::DiskFull);
    setFileFaultHook({});
    QCOMPARE(must(readFile(folder / "f")), std::string("old"));
    QCOMPARE(filesIn(folder.path()), std::size_t{1});
}

void TestFiles::atomicFilesInPieces() {
    const TempFolder folder;
    {
        auto file = must(AtomicFile::create(folder / "f"));
        must(file.write(std::string_view("one ")));
        AtomicFile moved = std::move(file);
        must(moved.write(std::string_view("two")));
        QVERIFY(!fileExists(folder / "f"));
        must(moved.commit());
    }
    QCOMPARE(must(readFile(folder / "f")), std::string("one two"));
    {
        auto file = must(AtomicFile::create(folder / "f"));
        must(file.write(std::string_view("never")));
    }
    QCOMPARE(must(readFile(folder / "f")), std::string("one two"));
    QCOMPARE(filesIn(folder.path()), std::size_t{1});
    QVERIFY(errorOf(AtomicFile::create(folder / "no/such/f")).code == ErrorCode::NotFound);
}

void TestFiles::modesSurviveReplacement() {
    const TempFolder folder;
    must(writeFileAtomic(folder / "f", "1"));
    std::filesystem::permissions(folder / "f",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    must(writeFileAtomic(folder / "f", "2"));
    QVERIFY(std::filesystem::status(folder / "f").permissions() ==
            (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

void TestFiles::appendsAllOrNothing() {
    for (const int fault : {ENOSPC, -ENOSPC, -EIO}) {
        for (int n = 1; n <= 5; ++n) {
            const TempFolder folder;
            std::string expected;
            auto file = must(AppendFile::open(folder / "log"));
            int writes = 0;
            setFileFaultHook([&](FileOperation operation, const std::string&) {
                return operation == FileOperation::Write && ++writes == n ? fault : 0;
            });
            for (int line = 1; line <= 5; ++line) {
                const std::string text = "line " + std::to_string(line) + "\n";
                if (file.append(text)) {
                    expected += text;
                }
            }
            setFileFaultHook({});
            QCOMPARE(must(readFile(folder / "log")), expected);
            QCOMPARE(file.size(), std::uint64_t{expected.size()});
            QCOMPARE(expected.size(), std::size_t{4 * 7});
        }
    }
    const TempFolder folder;
    { must(must(AppendFile::open(folder / "log")).append("a\n")); }
    auto file = must(AppendFile::open(folder / "log"));
    QCOMPARE(file.size(), std::uint64_t{2});
    must(file.append("b\n"));
    must(file.sync());
    must(file.truncate(2));
    must(file.append("c\n"));
    QCOMPARE(must(readFile(folder / "log")), std::string("a\nc\n"));
}

void TestFiles::aTailThatCannotBeCutIsCutLater() {
    // /dev/full takes the write of nothing and cannot be cut: both errors come out, and no line is taken for written.
    auto file = must(AppendFile::open("/dev/full"));
    const auto first = file.append("line\n");
    QVERIFY(!first.ok() && first.error().code == ErrorCode::DiskFull);
    const auto second = file.append("line\n");
    QVERIFY(!second.ok());
    QCOMPARE(file.size(), std::uint64_t{0});
}

void TestFiles::mapsWhatIsThere() {
    const TempFolder folder;
    must(writeFileAtomic(folder / "f", "mapped"));
    MappedFile map = must(MappedFile::open(folder / "f"));
    QCOMPARE(std::string(map.text()), std::string("mapped"));
    map.dropPages();
    QCOMPARE(std::string(map.text()), std::string("mapped"));
    MappedFile moved = std::move(map);
    QCOMPARE(moved.bytes().size(), std::size_t{6});
    must(writeFileAtomic(folder / "empty", ""));
    QVERIFY(must(MappedFile::open(folder / "empty")).bytes().empty());
    QVERIFY(errorOf(MappedFile::open(folder / "none")).code == ErrorCode::NotFound);
    QVERIFY(errorOf(MappedFile::open(folder.path())).code == ErrorCode::InvalidInput);
}

void TestFiles::foldersAppearWholeOrNotAtAll() {
    const TempFolder folder;
    must(makeFolders(folder / "a/b/c"));
    must(makeFolders(folder / "a/b/c"));
    must(writeFileAtomic(folder / "a/b/c/f", "x"));
    must(publishFolder(folder / "a/b", folder / "final"));
    QCOMPARE(must(readFile(folder / "final/c/f")), std::string("x"));
    must(makeFolders(folder / "again"));
    QVERIFY(errorOf(publishFolder(folder / "again", folder / "final")).code == ErrorCode::Busy);
    setFileFaultHook(
        [](FileOperation operation, const std::string&) { return operation == FileOperation::Rename ? EIO : 0; });
    QVERIFY(!publishFolder(folder / "again", folder / "other").ok());
    setFileFaultHook({});
    QVERIFY(folderExists(folder / "again") && !fileExists(folder / "other"));
    must(removeAll(folder / "final"));
    must(removeAll(folder / "final"));
    QVERIFY(!fileExists(folder / "final"));
    QVERIFY(!makeFolders("/proc/no/such").ok());
    QVERIFY(must(freeDiskBytes(folder / "not/there/yet")) > 0);
    QVERIFY(errorOf(fileSize(folder / "none")).code == ErrorCode::NotFound);
}

void TestFiles::errorsNameFileReasonAndRemedy() {
    QVERIFY(errnoError(ENOSPC, "writing", "/x").code == ErrorCode::DiskFull);
    QVERIFY(errnoError(EDQUOT, "writing", "/x").code == ErrorCode::DiskFull);
    QVERIFY(errnoError(EFBIG, "writing", "/x").code == ErrorCode::DiskFull);
    QVERIFY(errnoError(EROFS, "writing", "/x").code == ErrorCode::Permission);
    QVERIFY(errnoError(ENOMEM, "writing", "/x").code == ErrorCode::OutOfMemory);
    QVERIFY(errnoError(EIO, "writing", "/x").code == ErrorCode::Io);
    const std::string text = errnoError(ENOSPC, "writing", "/x/y").text();
    QVERIFY2(text.find("/x/y") == 0 && text.find("writing") != std::string::npos &&
                 text.find("Free some space") != std::string::npos,
             text.c_str());
}

void TestFiles::placesFollowTheEnvironment() {
    qputenv("FETTLE_DATA_DIR", "/somewhere");
    QCOMPARE(dataFolder(), std::string("/somewhere"));
    qunsetenv("FETTLE_DATA_DIR");
    qputenv("XDG_DATA_HOME", "/data");
    QCOMPARE(dataFolder(), std::string("/data/fettle"));
    qunsetenv("XDG_DATA_HOME");
    qputenv("HOME", "/home/me");
    QCOMPARE(dataFolder(), std::string("/home/me/.local/share/fettle"));
    qunsetenv("FETTLE_PROJECTS_DIR");
    QCOMPARE(projectsFolder(), std::string("/home/me/Fettle"));
    qputenv("FETTLE_PROJECTS_DIR", "/projects");
    QCOMPARE(projectsFolder(), std::string("/projects"));
    qunsetenv("XDG_CONFIG_HOME");
    QCOMPARE(configFolder(), std::string("/home/me/.config/fettle"));
    qputenv("FETTLE_RESOURCES_DIR", "/resources");
    QCOMPARE(resourcesFolder(), std::string("/resources"));
    qunsetenv("FETTLE_RESOURCES_DIR");
    QVERIFY(fileExists(resourcesFolder() + "/sample/train.jsonl"));
    QVERIFY(folderExists(programFolder()));
}

QTEST_APPLESS_MAIN(TestFiles)
#include "test_files.moc"
