// The field table, the JSON form, settings and the rules between fields.
#include "random_recipe.h"

#include "base/numbers.h"

#include <QtTest>

#include <set>
#include <stdexcept>

using namespace fettle;
using namespace fettle::recipe;

class TestRecipe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyContractKeyIsThereWithItsDefault();
    void everyFieldExplainsItself();
    void defaultsRoundTrip();
    void randomRecipesRoundTrip();
    void randomRecipesSurviveSettings();
    void valuesOutOfRangeAreRefusedAndLeaveTheRecipe();
    void wrongTypesNameKeyAndWhatIsAllowed();
    void unknownKeysNameTheNearest();
    void allFaultsAreCollected();
    void validationTakesAllItsForms();
    void settingsReadTextAsText();
    void rulesBetweenFields();
    void differencesNameKeys();
};

namespace {

Recipe must(Result<Recipe> result) {
    if (!result.ok()) {
        throw std::logic_error(result.error().text());
    }
    return *result;
}

Recipe withSetting(const std::string& text) {
    Recipe recipe;
    const auto done = applySetting(recipe, text);
    if (!done.ok()) {
        throw std::logic_error(done.error().text());
    }
    return recipe;
}

bool hasKey(const std::vector<Error>& errors, const std::string& key) {
    return std::any_of(errors.begin(), errors.end(), [&key](const Error& error) { return error.key == key; });
}

Recipe runnable() {
    Recipe recipe;
    recipe.model = "m";
    recipe.data.train = {"a.jsonl"};
    return recipe;
}

} // namespace

void TestRecipe::everyContractKeyIsThereWithItsDefault() {
    // The stable contract, written out here once more on purpose: a change must fail.
    const std::vector<std::pair<std::string, std::string>> contract{
        {"model", "\"\""},
        {"objective", "\"sft\""},
        {"seed", "42"},
        {"output", "null"},
        {"data.train", "null"},
        {"data.validation", "null"},
        {"data.format", "\"auto\""},
        {"data.template", "\"model\""},
        {"data.train_on", "\"assistant\""},
        {"data.over_long", "\"drop\""},
        {"data.shuffle", "true"},
        {"data.leave_out", "null"},
        {"adapter.rank", "16"},
        {"adapter.alpha", "32.0"},
        {"adapter.dropout", "0.0"},
        {"adapter.targets", "\"all_linear\""},
        {"adapter.rank_pattern", "{}"},
        {"adapter.alpha_pattern", "{}"},
        {"adapter.rslora", "false"},
        {"adapter.dora", "false"},
        {"adapter.init", "\"default\""},
        {"adapter.init_from", "null"},
        {"adapter.plus_ratio", "1.0"},
        {"optimizer.name", "\"adamw\""},
        {"optimizer.learning_rate", "0.0002"},
        {"optimizer.beta1", "0.9"},
        {"optimizer.beta2", "0.999"},
        {"optimizer.eps", "1e-08"},
        {"optimizer.weight_decay", "0.0"},
        {"optimizer.max_grad_norm", "1.0"},
        {"optimizer.schedule", "\"cosine\""},
        {"optimizer.warmup_steps", "null"},
        {"optimizer.warmup_ratio", "0.03"},
        {"training.epochs", "3.0"},
        {"training.max_steps", "null"},
        {"training.batch_tokens", "4096"},
        {"training.batch_rows", "null"},
        {"training.micro_tokens", "\"auto\""},
        {"training.context", "2048"},
        {"training.compute_dtype", "\"auto\""},
        {"training.base_storage", "\"auto\""},
        {"training.recompute", "\"auto\""},
        {"training.device", "\"auto\""},
        {"training.threads", "\"auto\""},
        {"evaluation.every_steps", "null"},
        {"evaluation.every_epochs", "1.0"},
        {"evaluation.sample_prompts", "null"},
        {"evaluation.patience", "null"},
        {"evaluation.metric", "\"loss\""},
        {"evaluation.layer_norms", "false"},
        {"checkpoint.every_steps", "null"},
        {"checkpoint.every_epochs", "1.0"},
        {"checkpoint.keep_last", "2"},
        {"checkpoint.keep_best", "true"},
        {"stop.max_minutes", "null"},
        {"stop.target_loss", "null"},
        {"stop.min_disk_gb", "0.5"},
    };
    for (const auto& [key, expected] : contract) {
        const Field* field = findField(key);
        QVERIFY2(field != nullptr, key.c_str());
        const std::string found = dumpJson(defaultOf(*field));
        QVERIFY2(found == expected, (key + " is " + found + ", contract: " + expected).c_str());
    }
    QCOMPARE(fields().size(), contract.size());
}

void TestRecipe::everyFieldExplainsItself() {
    std::set<std::string> keys;
    for (const Field& field : fields()) {
        QVERIFY2(keys.insert(field.key).second, field.key.c_str());
        QVERIFY2(!field.title.empty() && field.help.size() > 15 && field.help.back() == '.', field.key.c_str());
        QVERIFY2(field.high.size() > 15 && field.high.back() == '.', (field.key + ": too high?").c_str());
        const bool hasLow = field.type != FieldType::Text && field.type != FieldType::Choice;
        QVERIFY2(hasLow == !field.low.empty(), (field.key + ": too low?").c_str());
        QVERIFY2(!hasLow || (field.low.size() > 15 && field.low.back() == '.'), field.key.c_str());
        const auto groups = fieldGroups();
        QVERIFY2(std::any_of(groups.begin(), groups.end(),
                             [&field](const FieldGroup& group) { return group.key == groupOf(field); }),
                 (field.key + " is in no group").c_str());
        QVERIFY2(field.type != FieldType::None, field.key.c_str());
        QVERIFY2(field.type != FieldType::Choice || !field.choices.empty(), field.key.c_str());
        QVERIFY2(!allowedText(field).empty(), field.key.c_str());
        QVERIFY2(findField(field.key) == &field, field.key.c_str());
        Recipe recipe;
        const auto same = field.set(recipe, defaultOf(field));
        QVERIFY2(same.ok() || field.key == "model", (field.key + " refuses its default").c_str());
    }
    QVERIFY(findField("optimizer") == nullptr);
    QVERIFY(findField("model")->input && findField("data.train")->input && !findField("adapter.rank")->input);
    QCOMPARE(findField("adapter.init_from")->path, PathKind::Folder);
}

void TestRecipe::defaultsRoundTrip() {
    const Json json = toJson(Recipe{});
    QVERIFY(must(fromJson(json)) == Recipe{});
    QVERIFY(must(fromJson(Json::object())) == Recipe{});
    QCOMPARE(json.begin().key(), std::string("model"));
    QVERIFY(json["optimizer"]["learning_rate"] == 2e-4);
}

void TestRecipe::randomRecipesRoundTrip() {
    const std::uint64_t seed = 20240611;
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);
    int different = 0;
    for (int i = 0; i < 500; ++i) {
        const Recipe recipe = randomRecipe(random);
        const Recipe back = must(fromJson(*parseJson(dumpJson(toJson(recipe)))));
        if (!(back == recipe)) {
            QFAIL(("changed: " + difference(recipe, back).front().key).c_str());
        }
        different += recipe == Recipe{} ? 0 : 1;
    }
    QVERIFY(different > 490);
}

void TestRecipe::randomRecipesSurviveSettings() {
    std::mt19937_64 random(7);
    for (int i = 0; i < 300; ++i) {
        const Recipe recipe = randomRecipe(random);
        Recipe back;
        for (const Field& field : fields()) {
            const auto done = applySetting(back, field.key + "=" + dumpJson(field.get(recipe)));
            if (!done.ok() && !(field.key == "model")) {
                QFAIL(done.error().text().c_str());
            }
        }
        QVERIFY(back == recipe);
    }
}

void TestRecipe::valuesOutOfRangeAreRefusedAndLeaveTheRecipe() {
    int checked = 0;
    for (const Field& field : fields()) {
        if ((field.type != FieldType::Integer && field.type != FieldType::Number) ||
            (field.minimum == 0 && field.maximum == 0)) {
            continue;
        }
        for (const double outside : {field.minimum - 1, field.maximum * 2 + 1}) {
            Recipe recipe;
            const Json value =
                field.type == FieldType::Integer ? Json(static_cast<std::int64_t>(outside)) : Json(outside);
            const auto done = field.set(recipe, value);
            QVERIFY2(!done.ok(), (field.key + " took " + dumpJson(value)).c_str());
            QCOMPARE(done.error().key, field.key);
            QVERIFY2(done.error().hint.find(formatDouble(field.maximum)) != std::string::npos,
                     done.error().hint.c_str());
            QVERIFY(recipe == Recipe{});
            ++checked;
        }
    }
    QVERIFY(checked >= 40);
}

void TestRecipe::wrongTypesNameKeyAndWhatIsAllowed() {
    for (const Field& field : fields()) {
        Recipe recipe;
        const Json wrong =
            field.type == FieldType::IntegerMap || field.type == FieldType::NumberMap ? Json::array() : Json::object();
        const auto done = field.set(recipe, wrong);
        QVERIFY2(!done.ok(), field.key.c_str());
        QCOMPARE(done.error().key, field.key);
        QVERIFY(done.error().hint.find("Allowed") != std::string::npos);
        if (!field.nullable) {
            QVERIFY2(!field.set(recipe, nullptr).ok(), field.key.c_str());
        }
        QVERIFY(recipe == Recipe{});
    }
    Recipe recipe;
    QVERIFY(!findField("adapter.rank")->set(recipe, 2.5).ok());
    QVERIFY(findField("adapter.rank")->set(recipe, 8.0).ok());
    QCOMPARE(recipe.adapter.rank, std::int64_t{8});
    QVERIFY(!findField("adapter.rank")->set(recipe, std::numeric_limits<double>::quiet_NaN()).ok());
    QVERIFY(!findField("seed")->set(recipe, std::numeric_limits<std::uint64_t>::max()).ok());
    auto inner = findField("adapter.rank_pattern")->set(recipe, Json{{"q_proj", 0}});
    QVERIFY(!inner.ok());
    QCOMPARE(inner.error().key, std::string("adapter.rank_pattern.q_proj"));
    QVERIFY(!findField("data.train")->set(recipe, Json::array({"a", 3})).ok());
}

void TestRecipe::unknownKeysNameTheNearest() {
    const auto hintOf = [](const char* text) {
        const auto result = fromJson(*parseJson(text));
        return result.ok() ? std::string("accepted") : result.error().key + " | " + result.error().hint;
    };
    QCOMPARE(hintOf(R"({"optimizer":{"learningrate":1}})"),
             std::string("optimizer.learningrate | Did you mean optimizer.learning_rate?"));
    QCOMPARE(hintOf(R"({"modle":"x"})"), std::string("modle | Did you mean model?"));
    QCOMPARE(hintOf(R"({"learning_rate":1})"), std::string("learning_rate | Did you mean optimizer.learning_rate?"));
    QCOMPARE(hintOf(R"({"adapter":{"learning_rate":1}})"),
             std::string("adapter.learning_rate | Did you mean optimizer.learning_rate?"));
    QCOMPARE(hintOf(R"({"optimiser":{"name":"adamw"}})"), std::string("optimiser | Did you mean optimizer?"));
    QVERIFY(hintOf(R"({"zzzzzzzzzz":1})").find("Did you mean") == std::string::npos);
    QVERIFY(hintOf(R"({"optimizer":3})").find("optimizer |") == 0);
    Recipe recipe;
    const auto setting = applySetting(recipe, "optimizer.learning_rte=1e-4");
    QVERIFY(!setting.ok() && setting.error().code == ErrorCode::Usage);
    QVERIFY(setting.error().hint.find("optimizer.learning_rate") != std::string::npos);
    QVERIFY(!applySetting(recipe, "optimizer.learning_rate").ok());
    QVERIFY(!applySetting(recipe, "=3").ok());
}

void TestRecipe::allFaultsAreCollected() {
    std::vector<Error> faults;
    const auto result =
        fromJson(*parseJson(R"({"seed":-1,"what":2,"adapter":{"rank":"x","alpha":8},"data":[]})"), &faults);
    QVERIFY(!result.ok());
    QCOMPARE(faults.size(), std::size_t{4});
    QCOMPARE(result.error().key, std::string("seed"));
    QVERIFY(hasKey(faults, "what") && hasKey(faults, "adapter.rank") && hasKey(faults, "data"));
}

void TestRecipe::validationTakesAllItsForms() {
    const auto read = [](const char* value) {
        return must(fromJson(Json{{"data", {{"validation", *parseJson(value)}}}})).data;
    };
    QCOMPARE(read("\"v.jsonl\"").validation, (std::vector<std::string>{"v.jsonl"}));
    QCOMPARE(read("[\"a\",\"b\"]").validation, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(read("\"project:validation\"").validation, (std::vector<std::string>{"project:validation"}));
    QCOMPARE(read("0.05").validationShare, 0.05);
    QVERIFY(read("0.05").validation.empty());
    QVERIFY(read("null").validation.empty() && read("null").validationShare == 0);
    Recipe recipe;
    QVERIFY(!applySetting(recipe, "data.validation=1").ok());
    QVERIFY(!applySetting(recipe, "data.validation=-0.1").ok());
    QVERIFY(applySetting(recipe, "data.validation=0.1").ok());
    QVERIFY(applySetting(recipe, "data.validation=v.jsonl").ok());
    QCOMPARE(recipe.data.validationShare, 0.0);
}

void TestRecipe::settingsReadTextAsText() {
    QCOMPARE(withSetting("model=123").model, std::string("123"));
    QCOMPARE(withSetting("model=true").model, std::string("true"));
    QCOMPARE(withSetting("model=\"quoted\"").model, std::string("quoted"));
    QCOMPARE(withSetting("output=a=b").output, std::string("a=b"));
    QCOMPARE(withSetting("output=null").output, std::string());
    QCOMPARE(withSetting("data.train=rows.jsonl").data.train, (std::vector<std::string>{"rows.jsonl"}));
    QCOMPARE(withSetting("data.train=7").data.train, (std::vector<std::string>{"7"}));
    QCOMPARE(withSetting("data.train=[\"a\",\"b\"]").data.train, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(withSetting("optimizer.learning_rate=1e-4").optimizer.learningRate, 1e-4);
    QCOMPARE(withSetting("optimizer.learning_rate=.5").optimizer.learningRate, 0.5);
    QCOMPARE(withSetting("adapter.rank=08").adapter.rank, std::int64_t{8});
    QCOMPARE(withSetting("training.micro_tokens=auto").training.microTokens, std::int64_t{0});
    QCOMPARE(withSetting("training.micro_tokens=512").training.microTokens, std::int64_t{512});
    QCOMPARE(withSetting("adapter.targets=q_proj").adapter.targets, (std::vector<std::string>{"q_proj"}));
    QVERIFY(withSetting("adapter.targets=all_linear").adapter.targets.empty());
    QVERIFY(withSetting("training.max_steps=12").training.maxSteps == 12);
    Recipe recipe;
    QVERIFY(!applySetting(recipe, "data.shuffle=no").ok());
    QVERIFY(!applySetting(recipe, "optimizer.learning_rate=1,5").ok());
    QVERIFY(!applySetting(recipe, "optimizer.learning_rate=").ok());
    QVERIFY(!applySetting(recipe, "optimizer.learning_rate=NaN").ok());
}

void TestRecipe::rulesBetweenFields() {
    QVERIFY(hasKey(validate(Recipe{}), "model") && hasKey(validate(Recipe{}), "data.train"));
    QVERIFY(validate(runnable()).empty());
    const auto faultOf = [](const char* setting, const char* second = nullptr) {
        Recipe recipe = runnable();
        for (const char* text : {setting, second}) {
            if (text != nullptr && !applySetting(recipe, text).ok()) {
                throw std::logic_error(text);
            }
        }
        const auto faults = validate(recipe);
        return faults.size() == 1 ? faults.front().key : std::string(std::to_string(faults.size()) + " faults");
    };
    QCOMPARE(faultOf("training.max_steps=10", "optimizer.warmup_steps=10"), std::string("optimizer.warmup_steps"));
    QCOMPARE(faultOf("training.max_steps=10", "optimizer.warmup_steps=9"), std::string("0 faults"));
    QCOMPARE(faultOf("optimizer.warmup_ratio=1"), std::string("optimizer.warmup_ratio"));
    QCOMPARE(faultOf("evaluation.patience=2"), std::string("evaluation.patience"));
    QCOMPARE(faultOf("evaluation.patience=2", "data.validation=0.1"), std::string("0 faults"));
    QCOMPARE(faultOf("training.device=gpu"), std::string("training.device"));
    QCOMPARE(faultOf("training.device=cuda:x"), std::string("training.device"));
    QCOMPARE(faultOf("training.device=cuda:1"), std::string("0 faults"));
    QCOMPARE(faultOf("adapter.init=pissa", "adapter.init_from=x"), std::string("adapter.init"));
    QCOMPARE(faultOf("data.format=preference"), std::string("data.format"));
    QCOMPARE(faultOf("data.template="), std::string("data.template"));
}

void TestRecipe::differencesNameKeys() {
    Recipe other;
    other.adapter.rank = 8;
    other.data.validationShare = 0.1;
    const auto found = difference(Recipe{}, other);
    QCOMPARE(found.size(), std::size_t{2});
    QCOMPARE(found[0].key, std::string("data.validation"));
    QVERIFY(found[0].left.is_null() && found[0].right == 0.1);
    QCOMPARE(found[1].key, std::string("adapter.rank"));
    QVERIFY(found[1].left == 16 && found[1].right == 8);
    QVERIFY(difference(other, other).empty());
}

QTEST_APPLESS_MAIN(TestRecipe)
#include "test_recipe.moc"
