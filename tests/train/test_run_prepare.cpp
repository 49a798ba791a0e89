// Preparing runs: names become paths, every missing thing is named by its key, and the folder holds the resolved
// recipe.
#include "recipe/fields.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/model_text.h"
#include "train/run_service.h"

#include <QtTest>

#include <filesystem>

using namespace fettle;
using namespace fettle::train;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestRunPrepare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void modelsAreFoundByName();
    void modelPathsResolve();
    void recipeBecomesAbsolute();
    void everyMissingThingNamesItsKey();
    void preparedFolderHoldsTheResolvedRecipe();
    void missingEngineModuleSaysWhatWasTried();

private:
    std::unique_ptr<TempFolder> m_folder;
    recipe::Recipe m_recipe;
    void file(const std::string& name, const std::string& bytes = "x");
};

void TestRunPrepare::file(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = *m_folder / name;
    must(makeFolders(path.parent_path().string()));
    must(writeFileAtomic(path.string(), bytes));
}

void TestRunPrepare::init() {
    m_folder = std::make_unique<TempFolder>();
    qputenv("FETTLE_DATA_DIR", QByteArray::fromStdString(*m_folder / "data"));
    file("project/project.db");
    file("project/train.jsonl");
    file("project/validation.jsonl");
    file("project/own/tiny/config.json");
    m_recipe = {};
    m_recipe.model = "own/tiny";
    m_recipe.data.train = {"project:train"};
    m_recipe.data.validation = {"validation.jsonl"};
}

void TestRunPrepare::modelsAreFoundByName() {
    auto models = knownModels();
    QCOMPARE(models.size(), std::size_t{1});
    QCOMPARE(models[0].name, std::string("smollm2-135m-instruct"));
    QVERIFY(!models[0].present);
    const Error missing = errorOf(resolveModelPath("smollm2-135m-instruct"));
    QVERIFY(missing.code == ErrorCode::NotFound && missing.hint.find("fetch-default") != std::string::npos);

    file("data/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
    file("data/models/folder-model/config.json");
    file("data/models/two/a.gguf");
    file("data/models/two/b.gguf");
    file("data/models/plain.gguf");
    file("data/models/empty/readme.txt");
    models = knownModels();
    std::vector<std::string> names;
    for (const auto& model : models) {
        names.push_back(model.name);
        QVERIFY(model.present);
        QCOMPARE(must(resolveModelPath(model.name)), model.path);
    }
    QCOMPARE(names, (std::vector<std::string>{"smollm2-135m-instruct", "folder-model", "plain", "two/a", "two/b"}));
    QCOMPARE(models[0].licence, std::string("Apache-2.0"));
    QCOMPARE(models[0].path, *m_folder / "data/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
}

void TestRunPrepare::modelPathsResolve() {
    QCOMPARE(must(resolveModelPath(*m_folder / "project/own/tiny/")), *m_folder / "project/own/tiny");
    file("one/only.gguf");
    QCOMPARE(must(resolveModelPath(*m_folder / "one")), *m_folder / "one/only.gguf");
    QCOMPARE(must(resolveModelPath(*m_folder / "one/only.gguf")), *m_folder / "one/only.gguf");
    const Error error = errorOf(resolveModelPath("no-such-model"));
    QVERIFY(error.code == ErrorCode::NotFound);
    QVERIFY(error.hint.find("smollm2-135m-instruct") != std::string::npos);
    QVERIFY(errorOf(resolveModelPath("")).code == ErrorCode::InvalidInput);
}

void TestRunPrepare::recipeBecomesAbsolute() {
    file("project/chat.jinja");
    file("project/adapter/adapter_config.json");
    m_recipe.data.chatTemplate = "chat.jinja";
    m_recipe.adapter.initFrom = "adapter";
    const auto out = must(resolveRecipe(m_recipe, *m_folder / "project"));
    const std::string base = *m_folder / "project";
    QCOMPARE(out.model, base + "/own/tiny");
    QCOMPARE(out.data.train, (std::vector<std::string>{base + "/train.jsonl"}));
    QCOMPARE(out.data.validation, (std::vector<std::string>{base + "/validation.jsonl"}));
    QCOMPARE(out.data.chatTemplate, base + "/chat.jinja");
    QCOMPARE(out.adapter.initFrom, base + "/adapter");
    QCOMPARE(out.training.device, std::string("auto"));
    // Resolving what is resolved changes nothing.
    QVERIFY(must(resolveRecipe(out, {})) == out);
}

void TestRunPrepare::everyMissingThingNamesItsKey() {
    const auto keyOf = [this](const char* setting) {
        recipe::Recipe recipe = m_recipe;
        must(recipe::applySetting(recipe, setting));
        return errorOf(resolveRecipe(recipe, *m_folder / "project")).key;
    };
    QCOMPARE(keyOf("model=gone"), std::string("model"));
    QCOMPARE(keyOf("data.train=gone.jsonl"), std::string("data.train"));
    QCOMPARE(keyOf("data.train=project:gone"), std::string("data.train"));
    QCOMPARE(keyOf("data.validation=gone.jsonl"), std::string("data.validation"));
    QCOMPARE(keyOf("data.template=gone.jinja"), std::string("data.template"));
    QCOMPARE(keyOf("adapter.init_from=gone"), std::string("adapter.init_from"));
    QCOMPARE(keyOf("training.device=abacus"), std::string("training.device"));
    recipe::Recipe empty;
    const Error error = errorOf(resolveRecipe(empty, {}));
    QCOMPARE(error.key, std::string("model"));
    QVERIFY(error.detail.find("data.train") != std::string::npos);
}

void TestRunPrepare::preparedFolderHoldsTheResolvedRecipe() {
    PrepareOptions options;
    options.baseFolder = *m_folder / "project";
    QCOMPARE(errorOf(prepareRun(m_recipe, options)).key, std::string("output"));
    options.folder = *m_folder / "project/runs/run-0001";
    options.name = "Run 1";
    const std::string run = must(prepareRun(m_recipe, options));
    QCOMPARE(run, options.folder);
    const auto recipe = must(recipe::fromJson(must(readJsonFile(run + "/recipe.json"))));
    QCOMPARE(recipe.output, run);
    QCOMPARE(recipe.model, *m_folder / "project/own/tiny");
    QVERIFY(must(run::readRunInfo(run))["name"] == "Run 1");
    QVERIFY(errorOf(prepareRun(m_recipe, options)).code == ErrorCode::Busy);

    options.folder.clear();
    options.name.clear();
    m_recipe.output = *m_folder / "elsewhere/";
    QCOMPARE(must(prepareRun(m_recipe, options)), *m_folder / "elsewhere");
    QVERIFY(must(run::readRunInfo(*m_folder / "elsewhere"))["name"] == "elsewhere");

    m_recipe.model = "gone";
    m_recipe.output = *m_folder / "never";
    QVERIFY(!prepareRun(m_recipe, options).ok());
    QVERIFY(!folderExists(*m_folder / "never"));
}

void TestRunPrepare::missingEngineModuleSaysWhatWasTried() {
    qputenv("FETTLE_ENGINE_MODULE", QByteArray::fromStdString(*m_folder / "gone.so"));
    Error error = errorOf(openEngine());
    QVERIFY(error.code == ErrorCode::EngineMissing);
    QVERIFY(error.message.find("gone.so") != std::string::npos && !error.hint.empty());
    file("broken.so", "not a library");
    qputenv("FETTLE_ENGINE_MODULE", QByteArray::fromStdString(*m_folder / "broken.so"));
    error = errorOf(openEngine());
    QVERIFY(error.code == ErrorCode::EngineMissing);
    QVERIFY(error.file.find("broken.so") != std::string::npos);
    qunsetenv("FETTLE_ENGINE_MODULE");
}

QTEST_APPLESS_MAIN(TestRunPrepare)
#include "test_run_prepare.moc"
