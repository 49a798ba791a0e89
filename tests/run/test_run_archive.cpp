// Run archives: there and back byte for byte, checked by another tar, and hostile or damaged archives refused without a
// trace.
#include "base/files.h"
#include "run/run_archive.h"
#include "run/run_folder.h"
#include "run/sha256.h"
#include "run/tar_file.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QProcess>
#include <QtTest>

#include <filesystem>
#include <map>
#include <random>

using namespace fettle;
using namespace fettle::run;
using test::must;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, const std::string& text) {
    must(makeFolders(fs::path(path).parent_path().string()));
    must(writeFileAtomic(path, text));
}

std::string makeRun(const std::string& folder) {
    must(createRunFolder(folder, "A name — 名字", Json{{"model", "m"}, {"output", folder}}));
    write(folder + "/events.jsonl", "{\"seq\":1,\"type\":\"log_line\"}\n");
    std::mt19937_64 random(3);
    for (const std::int64_t step : {5, 10, 15}) {
        const std::string checkpoint = folder + "/checkpoints/" + checkpointName(step);
        std::string weights(3'000'017, '\0'); // several pieces, no whole block
        for (char& byte : weights) {
            byte = static_cast<char>(random());
        }
        write(checkpoint + "/adapter_model.safetensors", weights);
        write(checkpoint + "/state.json", dumpJson({{"step", step}, {"best", step == 10}}));
    }
    write(folder + "/rows/empty.bin", "");
    write(folder + "/samples/" + std::string(90, 'n') + "/" + std::string(95, 'm') + ".txt", "long path");
    write(folder + "/owner.lock", "");
    write(folder + "/control.json", "{}");
    write(folder + "/checkpoints/step_000020.tmp/half", "x");
    write(folder + "/checkpoints/step_000003.damaged/state.json", "{}");
    return folder;
}

std::map<std::string, std::string> filesBelow(const std::string& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            out[entry.path().string().substr(folder.size() + 1)] = must(readFile(entry.path().string()));
        }
    }
    return out;
}

struct Entry {
    std::string path, bytes;
    char type = '0';
    std::string promisedSha = {}; // "" = the right one
    bool promised = true;
};

// Sets the type of a header block and makes its checksum right again.
std::string withType(std::string block, char type, const std::string& link = {}) {
    block[156] = type;
    block.replace(157, link.size(), link);
    block.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    std::string digits = "000000";
    for (std::size_t i = 6; i-- > 0; sum /= 8) {
        digits[i] = static_cast<char>('0' + sum % 8);
    }
    return block.replace(148, 8, digits + std::string("\0 ", 2));
}

std::string fileEntry(const std::string& path, const std::string& bytes) {
    return must(tarHeader(
               {.path = path, .kind = TarEntry::Kind::File, .typeFlag = '0', .size = bytes.size(), .modified = 0})) +
           bytes + std::string(tarPadding(bytes.size()), '\0');
}

std::string archiveOf(const std::vector<Entry>& entries, Json manifest = Json()) {
    if (manifest.is_null()) {
        manifest = {{"format", "fettle-run"}, {"version", 1}, {"run", "r"}, {"files", Json::array()}};
        for (const Entry& entry : entries) {
            if (entry.promised) {
                manifest["files"].push_back(
                    {{"path", entry.path.substr(entry.path.find('/') + 1)},
                     {"size", entry.bytes.size()},
                     {"sha256", entry.promisedSha.empty() ? sha256Hex(entry.bytes) : entry.promisedSha}});
            }
        }
    }
    std::string out = fileEntry("r/fettle-run.json", dumpJson(manifest));
    for (const Entry& entry : entries) {
        std::string one = fileEntry(entry.path, entry.bytes);
        if (entry.type != '0') {
            one.replace(0, kTarBlock, withType(one.substr(0, kTarBlock), entry.type, "/etc/passwd"));
        }
        out += one;
    }
    return out + tarEnd();
}

} // namespace

class TestRunArchive : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sha256OfTheStandard() {
        QCOMPARE(sha256Hex(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(sha256Hex("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                 std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
        QCOMPARE(sha256Hex(std::string(1'000'000, 'a')),
                 std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
        // Any cut of the text into pieces gives the same.
        const std::string text(300, 'q');
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            Sha256 hash;
            hash.add(std::string_view(text).substr(0, cut));
            hash.add(std::string_view(text).substr(cut));
            QCOMPARE(hash.hex(), sha256Hex(text));
        }
    }

    void thereAndBack() {
        const TempFolder folder;
        const std::string run = makeRun(folder / "runs/run-0007");
        const std::string archive = folder / "run.tar";
        const ArchiveReport report = must(exportRunArchive(run, archive));
        QCOMPARE(report.checkpoints, (std::vector<std::int64_t>{5, 10, 15}));
        const ImportedRun imported = must(importRunArchive(archive, folder / "elsewhere/runs"));
        QCOMPARE(imported.id, std::string("run-0007"));
        QCOMPARE(imported.files, report.files);
        auto wanted = filesBelow(run);
        for (const char* left : {"owner.lock", "control.json", "checkpoints/step_000020.tmp/half",
                                 "checkpoints/step_000003.damaged/state.json"}) {
            QCOMPARE(wanted.erase(left), std::size_t(1));
        }
        QVERIFY(filesBelow(imported.folder) == wanted);
        QCOMPARE(must(readRunInfo(imported.folder))["name"].get<std::string>(), std::string("A name — 名字"));
        QCOMPARE(listCheckpoints(imported.folder).size(), std::size_t(3));
        // A second time: beside it, never over it.
        QCOMPARE(must(importRunArchive(archive, folder / "elsewhere/runs")).id, std::string("run-0007-2"));
        QCOMPARE(must(importRunArchive(archive, folder / "elsewhere/runs")).id, std::string("run-0007-3"));
        ImportOptions taken;
        taken.id = "run-0007";
        QVERIFY(!importRunArchive(archive, folder / "elsewhere/runs", taken).ok());
        QVERIFY(filesBelow(imported.folder) == wanted);
        for (const auto& entry : fs::directory_iterator(folder / "elsewhere/runs")) {
            QVERIFY(entry.path().filename().string().front() != '.'); // nothing half done stays
        }
    }

    void anotherTarReadsIt() {
        const TempFolder folder;
        const std::string run = makeRun(folder / "run-0001");
        must(exportRunArchive(run, folder / "run.tar"));
        QProcess tar;
        fs::create_directories(folder / "out");
        tar.start(QStringLiteral("tar"), {QStringLiteral("-xf"), QString::fromStdString(folder / "run.tar"),
                                          QStringLiteral("-C"), QString::fromStdString(folder / "out")});
        if (!tar.waitForStarted()) {
            QSKIP("there is no tar on this machine");
        }
        QVERIFY(tar.waitForFinished());
        QCOMPARE(tar.exitCode(), 0);
        QCOMPARE(must(readFile(folder / "out/run-0001/checkpoints/step_000010/adapter_model.safetensors")),
                 must(readFile(run + "/checkpoints/step_000010/adapter_model.safetensors")));
        const Json manifest = must(readJsonFile(folder / "out/run-0001/fettle-run.json"));
        for (const Json& file : manifest["files"]) {
            const std::string bytes = must(readFile(folder / "out/run-0001/" + file["path"].get<std::string>()));
            QCOMPARE(sha256Hex(bytes), file["sha256"].get<std::string>());
        }
    }

    void checkpointsByChoice_data() {
        QTest::addColumn<QString>("which");
        QTest::addColumn<QList<int>>("steps");
        QTest::newRow("all") << QStringLiteral("all") << QList<int>{5, 10, 15};
        QTest::newRow("last") << QStringLiteral("last") << QList<int>{15};
        QTest::newRow("best") << QStringLiteral("best") << QList<int>{10};
        QTest::newRow("none") << QStringLiteral("none") << QList<int>{};
    }
    void checkpointsByChoice() {
        QFETCH(QString, which);
        QFETCH(QList<int>, steps);
        const TempFolder folder;
        const std::string run = makeRun(folder / "run-0001");
        ArchiveOptions options;
        options.checkpoints = *archivedCheckpointsFromName(which.toStdString());
        must(exportRunArchive(run, folder / "run.tar", options));
        const ImportedRun imported = must(importRunArchive(folder / "run.tar", folder / "runs"));
        QList<int> found;
        for (const CheckpointInfo& info : listCheckpoints(imported.folder)) {
            found << static_cast<int>(info.step);
        }
        QCOMPARE(found, steps);
        QVERIFY(!archivedCheckpointsFromName("some").has_value());
    }

    void exportRefuses() {
        const TempFolder folder;
        const std::string run = makeRun(folder / "run-0001");
        QCOMPARE(exportRunArchive(folder / "nothing", folder / "a.tar").error().code, ErrorCode::NotFound);
        QCOMPARE(exportRunArchive(run, run + "/a.tar").error().code, ErrorCode::InvalidInput);
        {
            const auto writer = must(RunWriter::open(run));
            QCOMPARE(exportRunArchive(run, folder / "a.tar").error().code, ErrorCode::Busy);
        }
        ArchiveOptions cancel;
        cancel.progress = [](std::uint64_t done, std::uint64_t total) { return done * 2 < total; };
        QCOMPARE(exportRunArchive(run, folder / "a.tar", cancel).error().code, ErrorCode::Cancelled);
        setFileFaultHook([](FileOperation operation, const std::string& path) {
            return operation == FileOperation::Write && path.find("a.tar") != std::string::npos ? ENOSPC : 0;
        });
        const auto full = exportRunArchive(run, folder / "a.tar");
        setFileFaultHook({});
        QCOMPARE(full.error().code, ErrorCode::DiskFull);
        QVERIFY(!fileExists(folder / "a.tar"));
        // Links are not followed and not taken.
        fs::create_symlink("/etc/passwd", run + "/secrets");
        const ArchiveReport report = must(exportRunArchive(run, folder / "a.tar"));
        QCOMPARE(report.leftOut, (std::vector<std::string>{"secrets"}));
        QVERIFY(!fileExists(must(importRunArchive(folder / "a.tar", folder / "runs")).folder + "/secrets"));
    }

    void hostileArchives_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* name, const std::string& bytes, const char* told) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                << QString::fromUtf8(told);
        };
        const Entry recipe{.path = "r/recipe.json", .bytes = "{}"};
        const std::string good = archiveOf({recipe, {.path = "r/a/b.txt", .bytes = "hello"}});
        row("climbs out", archiveOf({recipe, {.path = "r/../../evil", .bytes = "x"}}), "leaves its folder");
        row("absolute",
            archiveOf({recipe, {.path = "/tmp/evil", .bytes = "x", .type = '0', .promisedSha = {}, .promised = false}}),
            "not relative");
        row("beside the run", archiveOf({recipe, {.path = "other/x", .bytes = "x"}}), "outside");
        row("backslash",
            archiveOf(
                {recipe, {.path = "r/..\\evil", .bytes = "x", .type = '0', .promisedSha = {}, .promised = false}}),
            "not relative");
        row("control bytes", archiveOf({recipe, {.path = "r/a\nb", .bytes = "x"}}), "no text");
        row("empty part", archiveOf({recipe, {.path = "r/a//b", .bytes = "x"}}), "leaves its folder");
        for (const char type : {'1', '2', '3', '4', '6', 'x', 'g', 'L', 'S'}) {
            row((std::string("type ") + type).c_str(),
                archiveOf({recipe, {.path = "r/link", .bytes = "", .type = type}}), "r/link");
        }
        row("not promised",
            archiveOf({recipe, {.path = "r/x", .bytes = "x", .type = '0', .promisedSha = {}, .promised = false}}),
            "not named");
        row("twice",
            archiveOf({recipe,
                       {.path = "r/x", .bytes = "x"},
                       {.path = "r/x", .bytes = "x", .type = '0', .promisedSha = {}, .promised = false}}),
            "twice");
        row("wrong checksum",
            archiveOf({recipe, {.path = "r/x", .bytes = "x", .type = '0', .promisedSha = std::string(64, 'a')}}),
            "checksum");
        row("lock", archiveOf({recipe, {.path = "r/owner.lock", .bytes = "x"}}), "no file of a run");
        row("a request to the owner", archiveOf({recipe, {.path = "r/control.json", .bytes = "{}"}}),
            "no file of a run");
        row("a file that is also a folder",
            archiveOf({recipe, {.path = "r/x", .bytes = "x"}, {.path = "r/x/y", .bytes = "y"}}), "x");
        row("no recipe", archiveOf({{.path = "r/x", .bytes = "x"}}), "recipe.json");
        row("recipe is no object", archiveOf({{.path = "r/recipe.json", .bytes = "[1]"}}), "recipe.json");
        row("recipe is no JSON", archiveOf({{.path = "r/recipe.json", .bytes = "{"}}), "recipe.json");
        const auto manifest = [&](Json json) { return archiveOf({recipe}, std::move(json)); };
        const Json files = Json::array({{{"path", "recipe.json"}, {"size", 2}, {"sha256", sha256Hex("{}")}}});
        row("another format", manifest({{"format", "zip"}, {"version", 1}, {"run", "r"}, {"files", files}}),
            "no archive");
        row("newer", manifest({{"format", "fettle-run"}, {"version", 99}, {"run", "r"}, {"files", files}}), "newer");
        row("run with a path", manifest({{"format", "fettle-run"}, {"version", 1}, {"run", "../r"}, {"files", files}}),
            "run");
        row("hidden run", manifest({{"format", "fettle-run"}, {"version", 1}, {"run", ".r"}, {"files", files}}), "run");
        row("no files", manifest({{"format", "fettle-run"}, {"version", 1}, {"run", "r"}}), "files");
        row("size too small",
            manifest({{"format", "fettle-run"},
                      {"version", 1},
                      {"run", "r"},
                      {"files", Json::array({{{"path", "recipe.json"}, {"size", 1}, {"sha256", sha256Hex("{}")}}})}}),
            "another size");
        row("a promise too large",
            manifest(
                {{"format", "fettle-run"},
                 {"version", 1},
                 {"run", "r"},
                 {"files",
                  Json::array({{{"path", "recipe.json"}, {"size", 4'000'000'000'000}, {"sha256", sha256Hex("{}")}}})}}),
            "torn");
        Json missing = files;
        missing.push_back({{"path", "more"}, {"size", 1}, {"sha256", sha256Hex("x")}});
        row("file missing", manifest({{"format", "fettle-run"}, {"version", 1}, {"run", "r"}, {"files", missing}}),
            "missing");
        Json doubled = files;
        doubled.push_back(files[0]);
        row("promised twice", manifest({{"format", "fettle-run"}, {"version", 1}, {"run", "r"}, {"files", doubled}}),
            "twice");
        row("empty", "", "ends");
        row("no tar", std::string(2000, 'x'), "header");
        row("only an end", tarEnd(), "fettle-run.json");
        row("end cut off", good.substr(0, good.size() - 2 * kTarBlock), "end mark");
        row("torn in a file", good.substr(0, good.size() - 3 * kTarBlock + 3), "inside");
        std::string flipped = good;
        flipped[flipped.rfind("b.txt")] = 'c';
        row("header damaged", flipped, "header");
        std::string body = good;
        body[body.find("hello")] = 'j';
        row("body damaged", body, "checksum");
    }
    void hostileArchives() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, told);
        const TempFolder folder;
        write(folder / "a.tar", bytes.toStdString());
        const auto imported = importRunArchive(folder / "a.tar", folder / "runs");
        QVERIFY(!imported.ok());
        const std::string text = imported.error().text();
        QVERIFY2(text.find(told.toStdString()) != std::string::npos, text.c_str());
        QVERIFY2(text.find("a.tar") != std::string::npos || text.find("r/x") != std::string::npos, text.c_str());
        QVERIFY(fs::is_empty(folder / "runs")); // no trace
        for (const auto& entry : fs::directory_iterator(folder.path())) {
            const std::string name = entry.path().filename().string();
            QVERIFY2(name == "a.tar" || name == "runs", name.c_str());
        }
    }

    void mutatedArchives() {
        const TempFolder folder;
        const std::string good = archiveOf({{.path = "r/recipe.json", .bytes = "{}"},
                                            {.path = "r/events.jsonl", .bytes = std::string(900, 'e')},
                                            {.path = "r/checkpoints/step_000001/state.json", .bytes = "{}"}});
        std::mt19937_64 random(77);
        int accepted = 0;
        for (int round = 0; round < 500; ++round) {
            std::string bytes = good;
            for (std::uint64_t i = 0; i <= random() % 4; ++i) {
                const std::size_t at = random() % bytes.size();
                if (random() % 10 == 0) {
                    bytes.resize(at + 1);
                } else {
                    bytes[at] = static_cast<char>(random());
                }
            }
            const std::string path = folder / "a.tar";
            fs::remove(path);
            std::FILE* out = std::fopen(path.c_str(), "wb");
            std::fwrite(bytes.data(), 1, bytes.size(), out);
            std::fclose(out);
            if (const auto imported = importRunArchive(path, folder / "runs")) {
                // Only padding and fields without meaning changed: every file is what the manifest says.
                ++accepted;
                QCOMPARE(must(readFile(imported->folder + "/events.jsonl")), std::string(900, 'e'));
                must(removeAll(imported->folder));
            }
            QVERIFY(fs::is_empty(folder / "runs"));
        }
        qInfo("%d of 500 mutations touched nothing that counts", accepted);
    }
};

QTEST_APPLESS_MAIN(TestRunArchive)
#include "test_run_archive.moc"
