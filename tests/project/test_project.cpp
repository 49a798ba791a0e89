// Projects: creating, opening, refusing what is not ours, runs that come and go on disk, the sample, recent projects.
#include "base/files.h"
#include "base/json.h"
#include "base/resources.h"
#include "project/project.h"
#include "project/recipe_yaml.h"
#include "project/trash.h"
#include "project/yaml_json.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "run/run_folder.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>

using namespace fettle;
using namespace fettle::project;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestProject : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup();
    void createdProjectOpensAgain();
    void createNeedsAnEmptyFolder();
    void failedCreateLeavesNothing();
    void foreignNewerAndBrokenDatabasesAreRefused();
    void schemaOneStaysReadable();
    void runsAreFoundOnDisk();
    void runNumbersAreNotUsedTwice();
    void activeRunsAreNotRemoved();
    void deletedRunsComeBackForAWeek();
    void tablesInYamlBecomeJson();
    void recipeKeepsItsComments();
    void sampleIsMadeOnceAndWhole();
    void sampleOfTheSourceTreeLoads();
    void recentProjectsAreNewestFirst();
};

namespace {

void execute(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    if (sqlite3_open(path.c_str(), &handle) != SQLITE_OK ||
        sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        const std::string why = sqlite3_errmsg(handle);
        sqlite3_close(handle);
        throw std::runtime_error(why);
    }
    sqlite3_close(handle);
}

void makeRun(const std::string& folder, const std::string& name) {
    must(run::createRunFolder(folder, name, Json::object()));
}

std::string makeResources(const TempFolder& folder) {
    const std::string sample = folder / "resources/sample";
    must(makeFolders(sample));
    for (const char* name : {"train.jsonl", "validation.jsonl", "test.jsonl"}) {
        must(writeFileAtomic(sample + '/' + name, std::string("{\"text\":\"") + name + "\"}\n"));
    }
    must(writeFileAtomic(sample + "/recipe.yaml", "# the sample\nmodel: m\ndata:\n  train: project:train\n"));
    return folder / "resources";
}

} // namespace

void TestProject::cleanup() {
    setFileFaultHook({});
}

void TestProject::createdProjectOpensAgain() {
    const TempFolder folder;
    {
        const auto project = must(Project::create(folder / "p", "My project"));
        QCOMPARE(project->folder(), folder / "p");
        QCOMPARE(project->name(), std::string("My project"));
        QVERIFY(must(project->runs()).empty());
        QVERIFY(must(project->loadRecipe()) == must(loadRecipeYaml(writeRecipeYaml({}))));
    }
    const auto project = must(Project::open(folder / "p/"));
    QCOMPARE(project->name(), std::string("My project"));
    must(project->setName("Größe 漢"));
    QCOMPARE(must(Project::open(folder / "p"))->name(), std::string("Größe 漢"));
    QVERIFY(!project->setName("").ok());
    QCOMPARE(project->splitPath("train"), folder / "p/train.jsonl");
}

void TestProject::createNeedsAnEmptyFolder() {
    const TempFolder folder;
    must(makeFolders(folder / "empty"));
    QVERIFY(Project::create(folder / "empty", "x").ok());
    QVERIFY(errorOf(Project::create(folder / "empty", "x")).code == ErrorCode::Busy);
    must(writeFileAtomic(folder / "file", "x"));
    QVERIFY(errorOf(Project::create(folder / "file", "x")).code == ErrorCode::Busy);
    QVERIFY(errorOf(Project::open(folder / "nowhere")).code == ErrorCode::NotFound);
}

void TestProject::failedCreateLeavesNothing() {
    for (int n = 1; n <= 5; ++n) {
        const TempFolder folder;
        int operations = 0;
        setFileFaultHook([&](FileOperation, const std::string&) { return ++operations == n ? ENOSPC : 0; });
        const auto project = Project::create(folder / "p", "x");
        setFileFaultHook({});
        QVERIFY2(!project.ok(), std::to_string(n).c_str());
        QVERIFY(project.error().code == ErrorCode::DiskFull);
        QVERIFY(!fileExists(folder / "p"));
    }
}

void TestProject::foreignNewerAndBrokenDatabasesAreRefused() {
    const TempFolder folder;
    const auto make = [&folder](const std::string& name) {
        must(makeFolders(folder / name));
        return folder / (name + "/project.db");
    };
    execute(make("foreign"), "CREATE TABLE notes (text)");
    Error error = errorOf(Project::open(folder / "foreign"));
    QVERIFY(error.code == ErrorCode::InvalidInput && error.message.find("another program") != std::string::npos &&
            !error.hint.empty());

    { (void)must(Project::create(folder / "newer", "x")); }
    execute(folder / "newer/project.db", "PRAGMA user_version = 99");
    error = errorOf(Project::open(folder / "newer"));
    QVERIFY(error.code == ErrorCode::Unsupported && error.message.find("99") != std::string::npos &&
            !error.hint.empty());

    must(writeFileAtomic(
        make("text"),
        "this is no database, but it is long enough to be read as a header of one, which it must not be\n"));
    QVERIFY(errorOf(Project::open(folder / "text")).code == ErrorCode::InvalidInput);
    must(writeFileAtomic(make("nothing"), ""));
    QVERIFY(errorOf(Project::open(folder / "nothing")).code == ErrorCode::InvalidInput);
    // None of them was changed.
    QCOMPARE(must(readFile(folder / "nothing/project.db")), std::string());
}

void TestProject::schemaOneStaysReadable() {
    // Schema 1 as it was released, written out: later programs must open it.
    const TempFolder folder;
    must(makeFolders(folder / "p/runs"));
    must(writeFileAtomic(folder / "p/recipe.yaml", "seed: 5\n"));
    execute(folder / "p/project.db",
            "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
            "CREATE TABLE runs (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL) WITHOUT ROWID;"
            "CREATE INDEX runs_by_time ON runs (created_ms);"
            "PRAGMA application_id = 1178948684; PRAGMA user_version = 1;"
            "INSERT INTO facts VALUES ('name', 'Old'), ('last_run_number', '7');"
            "INSERT INTO runs VALUES ('run-0007', 'Gone', 5);");
    const auto project = must(Project::open(folder / "p"));
    QCOMPARE(project->name(), std::string("Old"));
    QVERIFY(must(project->runs()).empty());
    QCOMPARE(must(project->newRunFolder()).name, std::string("Run 8"));
    QCOMPARE(must(project->loadRecipe()).seed, std::int64_t{5});
}

void TestProject::runsAreFoundOnDisk() {
    const TempFolder folder;
    const auto project = must(Project::create(folder / "p", "x"));
    const NewRun first = must(project->newRunFolder());
    QCOMPARE(first.folder, folder / "p/runs/run-0001");
    QCOMPARE(first.name, std::string("Run 1"));
    QVERIFY(!fileExists(first.folder));
    makeRun(first.folder, first.name);
    makeRun(folder / "p/runs/by-hand", "By hand");
    must(run::updateRunInfo(folder / "p/runs/by-hand", Json{{"created_ms", 5}}));
    must(makeFolders(folder / "p/runs/.new-run-0009"));
    must(makeFolders(folder / "p/runs/not-a-run"));
    auto runs = must(project->runs());
    QCOMPARE(runs.size(), std::size_t{2});
    QCOMPARE(runs[0].id, std::string("run-0001"));
    QCOMPARE(runs[1].name, std::string("By hand"));
    QCOMPARE(runs[1].createdMs, std::int64_t{5});
    must(project->setRunName("run-0001", "Better"));
    must(removeAll(folder / "p/runs/by-hand"));
    const auto again = must(Project::open(folder / "p")); // a second one beside the first
    runs = must(again->runs());
    QCOMPARE(runs.size(), std::size_t{1});
    QCOMPARE(runs[0].name, std::string("Better"));
    QVERIFY(errorOf(project->setRunName("gone", "x")).code == ErrorCode::NotFound);
    QVERIFY(errorOf(project->setRunName("../p", "x")).code == ErrorCode::NotFound);
    // The index can be lost: the folder is the truth.
    execute(folder / "p/project.db", "DELETE FROM runs");
    QCOMPARE(must(project->runs()).size(), std::size_t{1});
}

void TestProject::runNumbersAreNotUsedTwice() {
    const TempFolder folder;
    const auto project = must(Project::create(folder / "p", "x"));
    for (int i = 1; i <= 3; ++i) {
        const NewRun next = must(project->newRunFolder());
        QCOMPARE(next.name, "Run " + std::to_string(i));
        makeRun(next.folder, next.name);
    }
    must(project->runs());
    must(project->removeRun("run-0003"));
    QVERIFY(!fileExists(folder / "p/runs/run-0003"));
    QVERIFY(std::filesystem::directory_iterator(folder / "p/runs") != std::filesystem::directory_iterator());
    QCOMPARE(must(project->newRunFolder()).name, std::string("Run 4"));
    must(makeFolders(folder / "p/runs/run-0004")); // something in the way
    QCOMPARE(must(project->newRunFolder()).name, std::string("Run 5"));
    makeRun(folder / "p/runs/run-12345", "far");
    QCOMPARE(must(project->newRunFolder()).folder, folder / "p/runs/run-12346");
}

void TestProject::activeRunsAreNotRemoved() {
    const TempFolder folder;
    const auto project = must(Project::create(folder / "p", "x"));
    makeRun(folder / "p/runs/run-0001", "Run 1");
    auto writer = must(run::RunWriter::open(folder / "p/runs/run-0001"));
    QVERIFY(errorOf(project->removeRun("run-0001")).code == ErrorCode::Busy);
    writer.reset();
    QVERIFY(project->removeRun("run-0001").ok());
    QVERIFY(errorOf(project->removeRun("run-0001")).code == ErrorCode::NotFound);
}

void TestProject::deletedRunsComeBackForAWeek() {
    const TempFolder folder;
    const std::string place = folder / "p";
    const auto project = must(Project::create(place, "x"));
    makeRun(place + "/runs/run-0001", "First try");
    makeRun(place + "/runs/run-0002", "Second");
    QCOMPARE(must(project->runs()).size(), std::size_t(2));
    const TrashedRun first = must(trashRun(place, "run-0001"));
    QCOMPARE(first.id, std::string("run-0001"));
    QCOMPARE(first.name, std::string("First try"));
    const TrashedRun second = must(trashRun(place, "run-0002"));
    QVERIFY(must(project->runs()).empty());
    QCOMPARE(must(project->newRunFolder()).name, std::string("Run 3")); // the numbers stay theirs
    QCOMPARE(trashedRuns(place).size(), std::size_t(2));
    QCOMPARE(must(restoreRun(place, first.key)), place + "/runs/run-0001");
    QCOMPARE(must(project->runs()).front().name, std::string("First try"));
    QCOMPARE(errorOf(restoreRun(place, first.key)).code, ErrorCode::NotFound);
    QCOMPARE(errorOf(restoreRun(place, "../run-0001@5")).code, ErrorCode::NotFound);
    makeRun(place + "/runs/run-0002", "In the way");
    QCOMPARE(errorOf(restoreRun(place, second.key)).code, ErrorCode::Busy);
    // What is no deleted run is left alone; what is younger stays.
    must(makeFolders(place + "/trash/notes"));
    QCOMPARE(must(emptyTrash(place, second.deletedMs - 1)), std::int64_t(0));
    QCOMPARE(must(emptyTrash(place, second.deletedMs)), std::int64_t(1));
    QVERIFY(folderExists(place + "/trash/notes") && trashedRuns(place).empty());
    auto writer = must(run::RunWriter::open(place + "/runs/run-0001"));
    QCOMPARE(errorOf(trashRun(place, "run-0001")).code, ErrorCode::Busy);
    QCOMPARE(errorOf(trashRun(place, "run-0009")).code, ErrorCode::NotFound);
}

void TestProject::tablesInYamlBecomeJson() {
    QCOMPARE(dumpJson(must(yamlToJson("method: random # words\nmax_runs: 8\nfields:\n  a.b: [1e-4, 2, \"3\", no]\n"
                                      "  c: {log_uniform: [0.1, 1.0]}\nempty:\nyes_or: true\n"))),
             std::string(R"({"method":"random","max_runs":8,"fields":{"a.b":[0.0001,2,"3","no"],)"
                         R"("c":{"log_uniform":[0.1,1.0]}},"empty":null,"yes_or":true})"));
    QCOMPARE(dumpJson(must(yamlToJson(""))), std::string("{}"));
    const Error twice = errorOf(yamlToJson("a: 1\nb: 2\na: 3\n", "s.yaml"));
    QCOMPARE(twice.line, std::int64_t(3));
    QCOMPARE(twice.key, std::string("a"));
    QCOMPARE(twice.file, std::string("s.yaml"));
    QCOMPARE(errorOf(yamlToJson("a: [1, 2\nb: 3", "s.yaml")).code, ErrorCode::Parse);
    QCOMPARE(errorOf(yamlToJson("[1]: 2", "s.yaml")).line, std::int64_t(1));
}

void TestProject::recipeKeepsItsComments() {
    const TempFolder folder;
    const auto project = must(Project::create(folder / "p", "x"));
    must(writeFileAtomic(project->recipePath(), "# mine\nmodel: a # note\nseed: 1\n"));
    auto recipe = must(project->loadRecipe());
    recipe.seed = 2;
    must(project->saveRecipe(recipe));
    QCOMPARE(must(readFile(project->recipePath())), std::string("# mine\nmodel: a # note\nseed: 2\n"));
    must(writeFileAtomic(project->recipePath(), "seed: [\n"));
    const Error error = errorOf(project->loadRecipe());
    QCOMPARE(error.file, project->recipePath());
    must(removeAll(project->recipePath()));
    must(project->saveRecipe(recipe));
    QVERIFY(must(project->loadRecipe()) == recipe);
}

void TestProject::sampleIsMadeOnceAndWhole() {
    const TempFolder folder;
    const std::string resources = makeResources(folder);
    const std::string projects = folder / "projects";
    // Every failing operation leaves no half sample.
    int n = 1;
    for (;; ++n) {
        int operations = 0;
        setFileFaultHook([&](FileOperation, const std::string&) { return ++operations == n ? ENOSPC : 0; });
        const auto project = openSample(projects, resources);
        setFileFaultHook({});
        QVERIFY(!fileExists(projects + "/.new-Sample"));
        if (project.ok() && operations < n) {
            break;
        }
        QVERIFY(project.ok() || !fileExists(sampleFolder(projects)) ||
                fileExists(sampleFolder(projects) + "/test.jsonl"));
        must(removeAll(sampleFolder(projects)));
    }
    QVERIFY(n > 15);
    {
        const auto project = must(openSample(projects, resources));
        QCOMPARE(project->folder(), sampleFolder(projects));
        QCOMPARE(must(readFile(project->splitPath("train"))), std::string("{\"text\":\"train.jsonl\"}\n"));
        QCOMPARE(must(run::resolveDataPath("project:validation", project->folder())), project->splitPath("validation"));
        QCOMPARE(must(project->loadRecipe()).model, std::string("m"));
        must(writeFileAtomic(project->splitPath("train"), "changed"));
    }
    QCOMPARE(must(readFile(must(openSample(projects, folder / "gone"))->splitPath("train"))), std::string("changed"));
    QVERIFY(errorOf(openSample(folder / "other", folder / "gone")).code == ErrorCode::NotFound);
    must(makeFolders(folder / "third/Sample"));
    QVERIFY(errorOf(openSample(folder / "third", resources)).code == ErrorCode::Busy);
}

void TestProject::sampleOfTheSourceTreeLoads() {
    const TempFolder folder;
    const auto project = must(openSample(folder / "projects", resourcesFolder()));
    const auto recipe = must(project->loadRecipe());
    QVERIFY(recipe::validate(recipe).empty());
    QCOMPARE(recipe.training.batchTokens, std::int64_t{512});
    for (const std::string& entry : recipe.data.train) {
        QVERIFY(run::resolveDataPath(entry, project->folder()).ok());
    }
}

void TestProject::recentProjectsAreNewestFirst() {
    const TempFolder folder;
    qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(folder / "config"));
    QVERIFY(recentProjects().empty());
    for (const char* name : {"a", "b", "c"}) {
        (void)must(Project::create(folder / name, name));
        must(noteRecentProject(folder / name, name));
    }
    must(noteRecentProject(folder / "a/", "again"));
    auto recent = recentProjects();
    QCOMPARE(recent.size(), std::size_t{3});
    QCOMPARE(recent[0].name, std::string("again"));
    QCOMPARE(recent[0].folder, folder / "a");
    QCOMPARE(recent[1].name, std::string("c"));
    must(removeAll(folder / "c"));
    QCOMPARE(recentProjects().size(), std::size_t{2});
    must(forgetRecentProject(folder / "b"));
    QCOMPARE(recentProjects().size(), std::size_t{1});
    for (int i = 0; i < 30; ++i) {
        must(noteRecentProject(folder / ("many" + std::to_string(i)), "x"));
    }
    QCOMPARE(must(readJsonFile(folder / "config/fettle/recent.json"))["projects"].size(), std::size_t{20});
    must(writeFileAtomic(folder / "config/fettle/recent.json", "{damaged"));
    QVERIFY(recentProjects().empty());
    QVERIFY(noteRecentProject(folder / "a", "a").ok());
    QCOMPARE(recentProjects().size(), std::size_t{1});
}

QTEST_APPLESS_MAIN(TestProject)
#include "test_project.moc"
