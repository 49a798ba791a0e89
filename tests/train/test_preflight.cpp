// The text side of models, encoded splits with everything that is left out, estimates, and remembered speeds.
#include "base/files.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/run_plan.h"

#include <QtTest>

#include <filesystem>

using namespace fettle;
using namespace fettle::train;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestPreflight : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void encodesAsTheReference();
    void templatesAreFoundWhereverTheyStand();
    void recipeTemplatesReplaceTheModels();
    void defaultModelTokenisesAsTheReference();
    void overLongRowsFollowTheRule();
    void everythingLeftOutIsCounted();
    void severalFilesCountOn();
    void cancelledAndFailingSplits();
    void estimateOfTheKnownModel();
    void estimateFollowsTheRecipe();
    void stepsAreThoseOfThePlan();
    void speedsAreRemembered();

private:
    std::string file(const std::string& name, const std::string& bytes) const;
    [[nodiscard]] EncodedSplit encode(const recipe::Recipe& recipe, const std::string& rows) const;
    std::unique_ptr<TempFolder> m_folder;
    std::string m_model; // a folder with the golden tokenizer and template
    std::string m_template;
    text::TextModel m_text;
};

namespace {

model::ModelConfig smollm() {
    model::ModelConfig config;
    config.modelType = "llama";
    config.vocabulary = 49152;
    config.hidden = 576;
    config.intermediate = 1536;
    config.layers = 30;
    config.heads = 9;
    config.kvHeads = 3;
    config.headDim = 64;
    config.tiedEmbeddings = true;
    return config;
}

/// `rows` rows of `tokens` tokens, half of them trained.
RowLengths rowsOf(std::size_t rows, std::int32_t tokens) {
    return {std::vector<std::int32_t>(rows, tokens), std::vector<std::int32_t>(rows, tokens / 2)};
}

std::string chat(const std::string& question, const std::string& answer) {
    return dumpJson(Json{{"messages", Json::array({Json{{"role", "user"}, {"content", question}},
                                                   Json{{"role", "assistant"}, {"content", answer}}})}}) +
           "\n";
}

} // namespace

std::string TestPreflight::file(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path path = *m_folder / name;
    must(makeFolders(path.parent_path().string()));
    must(writeFileAtomic(path.string(), bytes));
    return path.string();
}

EncodedSplit TestPreflight::encode(const recipe::Recipe& recipe, const std::string& rows) const {
    return must(encodeSplit(recipe, {file("rows.jsonl", rows)}, {}, m_text, {}));
}

void TestPreflight::initTestCase() {
    m_folder = std::make_unique<TempFolder>();
    const Json expected = must(readJsonFile(goldenRoot() + "/data/encode/expected.json"));
    m_template = must(readFile(goldenRoot() + '/' + expected["template"].get<std::string>() + "/template.jinja"));
    m_model = *m_folder / "model";
    file("model/tokenizer.json",
         must(readFile(goldenRoot() + '/' + expected["tokenizer"].get<std::string>() + "/tokenizer.json")));
    file("model/chat_template.jinja", m_template);
    m_text = must(loadTextModel(m_model));
}

void TestPreflight::encodesAsTheReference() {
    const Json expected = must(readJsonFile(goldenRoot() + "/data/encode/expected.json"));
    recipe::Recipe recipe;
    recipe.training.context = 100000;
    std::int64_t reported = 0;
    const auto split = must(encodeSplit(recipe, {goldenRoot() + "/data/encode/rows.jsonl"}, {}, m_text, {},
                                        [&](std::int64_t done) { reported = done; }));
    // Rows without a trained token take no part; the reference lists them all the same.
    std::size_t row = 0;
    std::int64_t silent = 0;
    for (const Json& wanted : expected["rows"]) {
        const auto ids = wanted["ids"].get<std::vector<std::int32_t>>();
        const auto labels = wanted["labels"].get<std::vector<std::int32_t>>();
        if (std::all_of(labels.begin() + (labels.empty() ? 0 : 1), labels.end(),
                        [](std::int32_t label) { return label == text::kIgnore; })) {
            ++silent;
            continue;
        }
        QVERIFY(row < split.rows.size());
        QVERIFY(split.rows[row].ids == ids);
        QVERIFY(split.rows[row].labels == labels);
        ++row;
    }
    QCOMPARE(split.rows.size(), row);
    QCOMPARE(split.silent, silent);
    QCOMPARE(split.goodRows, static_cast<std::int64_t>(expected["rows"].size()));
    QCOMPARE(reported, split.goodRows + split.badRows);
    QVERIFY(row > 0);
}

void TestPreflight::templatesAreFoundWhereverTheyStand() {
    const std::string tokenizer = must(readFile(m_model + "/tokenizer.json"));
    const auto load = [&](const std::string& name, const std::string& fileName, const std::string& bytes) {
        file(name + "/tokenizer.json", tokenizer);
        file(name + '/' + fileName, bytes);
        return must(loadTextModel(*m_folder / name));
    };
    QCOMPARE(m_text.chatTemplateSource, m_template);
    QVERIFY(m_text.chatTemplate != nullptr);
    QCOMPARE(load("a", "chat_template.json", dumpJson(Json{{"chat_template", "A"}})).chatTemplateSource,
             std::string("A"));
    const Json config{
        {"bos_token", "<s>"}, {"eos_token", Json{{"content", "</s>"}, {"lstrip", false}}}, {"chat_template", "B"}};
    const auto text = load("b", "tokenizer_config.json", dumpJson(config));
    QCOMPARE(text.chatTemplateSource, std::string("B"));
    QVERIFY(text.templateVariables["bos_token"] == "<s>");
    QVERIFY(text.templateVariables["eos_token"] == "</s>");
    const Json named{{"chat_template", Json::array({Json{{"name", "tool_use"}, {"template", "T"}},
                                                    Json{{"name", "default"}, {"template", "D"}}})}};
    QCOMPARE(load("c", "tokenizer_config.json", dumpJson(named)).chatTemplateSource, std::string("D"));
    const auto none = load("d", "readme.txt", "x");
    QVERIFY(none.chatTemplate == nullptr && none.tokenizer != nullptr);
    file("e/tokenizer.json", tokenizer);
    file("e/chat_template.jinja", "{% if %}");
    QCOMPARE(errorOf(loadTextModel(*m_folder / "e")).key, std::string("chat_template"));
    QVERIFY(errorOf(loadTextModel(*m_folder / "nowhere")).code == ErrorCode::NotFound);
}

void TestPreflight::recipeTemplatesReplaceTheModels() {
    recipe::Recipe recipe;
    QVERIFY(must(withRecipeTemplate(m_text, recipe, {})).chatTemplate == m_text.chatTemplate);
    recipe.data.chatTemplate = "none";
    QVERIFY(must(withRecipeTemplate(m_text, recipe, {})).chatTemplate == nullptr);
    file("base/own.jinja", "{% for m in messages %}{{ m.content }}|{% endfor %}");
    recipe.data.chatTemplate = "own.jinja";
    const auto own = must(withRecipeTemplate(m_text, recipe, *m_folder / "base"));
    QVERIFY(own.chatTemplateSource.find('|') != std::string::npos);
    recipe.data.train = {file("base/rows.jsonl", chat("q", "a"))};
    const auto split = must(encodeSplit(recipe, recipe.data.train, *m_folder / "base", m_text, {}));
    QCOMPARE(split.rows.at(0).text, std::string("q|a|"));
    recipe.data.chatTemplate = "gone.jinja";
    QCOMPARE(errorOf(withRecipeTemplate(m_text, recipe, *m_folder / "base")).key, std::string("data.template"));
}

void TestPreflight::defaultModelTokenisesAsTheReference() {
    const auto models = knownModels();
    QVERIFY2(models.front().present, "the default model is missing: run packaging/setup.sh");
    const auto text = must(loadTextModel(must(resolveModelPath(models.front().name))));
    QVERIFY(text.chatTemplate != nullptr);
    QVERIFY(text.templateVariables.contains("bos_token") && text.templateVariables.contains("eos_token"));
    const Json strings = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    std::map<std::string, std::string> byName;
    for (const auto& [name, value] : strings.items()) {
        if (value.is_string()) {
            byName[name] = value.get<std::string>();
        }
    }
    const std::string lines = must(readFile(goldenRoot() + "/text/tokenizers/smollm2/expected.jsonl"));
    int compared = 0;
    std::size_t begin = 0;
    while (begin < lines.size()) {
        const auto end = lines.find('\n', begin);
        const Json wanted = must(parseJson(lines.substr(begin, end - begin)));
        begin = end == std::string::npos ? lines.size() : end + 1;
        const auto found = byName.find(wanted["name"].get<std::string>());
        if (found == byName.end()) {
            continue;
        }
        const auto encoding = must(text.tokenizer->encode(found->second));
        QVERIFY2(encoding.ids == wanted["ids"].get<std::vector<std::int32_t>>(), found->first.c_str());
        ++compared;
    }
    QVERIFY2(compared > 50, std::to_string(compared).c_str());
}

void TestPreflight::overLongRowsFollowTheRule() {
    recipe::Recipe recipe;
    const std::string rows =
        chat("q", "short") +
        chat("q", "a much longer answer that goes on and on and on, and then on, to the very end of all words") +
        chat("q", "short again");
    recipe.training.context = 100000;
    const auto whole = encode(recipe, rows);
    QCOMPARE(whole.rows.size(), std::size_t{3});
    QCOMPARE(whole.overLong, std::int64_t{0});
    const auto longLength = static_cast<std::int64_t>(whole.rows[1].ids.size());
    const auto context = static_cast<std::int64_t>(std::max(whole.rows[0].ids.size(), whole.rows[2].ids.size())) + 3;
    QVERIFY(longLength > context);
    QCOMPARE(whole.longestRow, longLength);
    recipe.training.context = longLength;
    QCOMPARE(encode(recipe, rows).overLong, std::int64_t{0});
    recipe.training.context = context;

    recipe.data.overLong = "drop";
    auto split = encode(recipe, rows);
    QCOMPARE(split.rows.size(), std::size_t{2});
    QCOMPARE(split.dropped, std::int64_t{1});
    QCOMPARE(split.overLong, std::int64_t{1});
    QCOMPARE(split.overLongRows, (std::vector<std::int64_t>{1}));
    QCOMPARE(split.sampleIds, (std::vector<std::int64_t>{0, 2}));
    QCOMPARE(split.cutTokens, std::int64_t{0});
    QCOMPARE(split.longestRow, longLength);

    recipe.data.overLong = "cut_end";
    split = encode(recipe, rows);
    QCOMPARE(split.rows.size(), std::size_t{3});
    QCOMPARE(split.cutTokens, longLength - context);
    QVERIFY(std::equal(split.rows[1].ids.begin(), split.rows[1].ids.end(), whole.rows[1].ids.begin()));
    QCOMPARE(static_cast<std::int64_t>(split.rows[1].ids.size()), context);
    QCOMPARE(split.rows[1].spans.size(), split.rows[1].ids.size());

    recipe.data.overLong = "cut_start";
    split = encode(recipe, rows);
    QVERIFY(std::equal(split.rows[1].ids.rbegin(), split.rows[1].ids.rend(), whole.rows[1].ids.rbegin()));
    QCOMPARE(static_cast<std::int64_t>(split.rows[1].labels.size()), context);

    recipe.data.overLong = "split";
    split = encode(recipe, rows);
    QCOMPARE(split.tokens + split.cutTokens, whole.tokens);
    std::vector<std::int32_t> joined;
    for (std::size_t i = 0; i < split.rows.size(); ++i) {
        QVERIFY(static_cast<std::int64_t>(split.rows[i].ids.size()) <= context && split.rows[i].labelCount() > 0);
        if (split.sampleIds[i] == 1) {
            joined.insert(joined.end(), split.rows[i].ids.begin(), split.rows[i].ids.end());
        }
    }
    QVERIFY(split.cutTokens > 0 || joined == whole.rows[1].ids);

    recipe.data.overLong = "error";
    const Error error = errorOf(encodeSplit(recipe, {file("rows.jsonl", rows)}, {}, m_text, {}));
    QCOMPARE(error.line, std::int64_t{2});
    QCOMPARE(error.key, std::string("data.over_long"));
    QVERIFY(error.file.find("rows.jsonl") != std::string::npos && !error.hint.empty());
}

void TestPreflight::everythingLeftOutIsCounted() {
    recipe::Recipe recipe;
    Json muted{{"messages", Json::array({Json{{"role", "user"}, {"content", "q"}},
                                         Json{{"role", "assistant"}, {"content", "a"}, {"weight", 0}}})}};
    const std::string rows = chat("q", "a") + "{broken\n" + dumpJson(muted) + "\n" + chat("q2", "b");
    const auto split = encode(recipe, rows);
    QCOMPARE(split.goodRows, std::int64_t{3});
    QCOMPARE(split.badRows, std::int64_t{1});
    QCOMPARE(split.rows.size(), std::size_t{2});
    QCOMPARE(split.silent, std::int64_t{1});
    QCOMPARE(split.silentRows, (std::vector<std::int64_t>{1}));
    QVERIFY(!split.silentReason.empty());
    QCOMPARE(split.sampleIds, (std::vector<std::int64_t>{0, 2}));
    const auto isError = [](const data::RowFault& fault) { return fault.severity == data::Severity::Error; };
    QCOMPARE(std::count_if(split.faults.begin(), split.faults.end(), isError), std::ptrdiff_t{1});
    QCOMPARE(std::find_if(split.faults.begin(), split.faults.end(), isError)->line, std::int64_t{2});
    std::int64_t tokens = 0;
    std::int64_t labels = 0;
    for (const auto& row : split.rows) {
        tokens += static_cast<std::int64_t>(row.ids.size());
        labels += row.labelCount();
    }
    QCOMPARE(split.tokens, tokens);
    QCOMPARE(split.labelTokens, labels);
    // The hash is of ids and labels, and of their order.
    QCOMPARE(encode(recipe, rows).hash, split.hash);
    QVERIFY(encode(recipe, chat("q2", "b") + chat("q", "a")).hash != split.hash);
    recipe.data.trainOn = "all";
    QVERIFY(encode(recipe, rows).labelTokens >= split.labelTokens);
}

void TestPreflight::severalFilesCountOn() {
    const std::string a = file("a.jsonl", chat("1", "x") + chat("2", "x"));
    const std::string b = file("b.jsonl", chat("3", "x"));
    const auto split = must(encodeSplit(recipe::Recipe{}, {a, "b.jsonl"}, m_folder->path(), m_text, {}));
    QCOMPARE(split.sampleIds, (std::vector<std::int64_t>{0, 1, 2}));
}

void TestPreflight::cancelledAndFailingSplits() {
    const std::string rows = file("rows.jsonl", chat("1", "x") + chat("2", "x") + chat("3", "x"));
    std::stop_source stop;
    std::int64_t seen = 0;
    const auto cancelled = encodeSplit(recipe::Recipe{}, {rows}, {}, m_text, stop.get_token(), [&](std::int64_t done) {
        seen = done;
        stop.request_stop();
    });
    QVERIFY(errorOf(cancelled).code == ErrorCode::Cancelled);
    QCOMPARE(seen, std::int64_t{1});
    QVERIFY(errorOf(encodeSplit(recipe::Recipe{}, {"gone.jsonl"}, {}, m_text, {})).code == ErrorCode::NotFound);
    QVERIFY(!encodeSplit(recipe::Recipe{}, {file("bad.jsonl", "{broken\n")}, {}, m_text, {}).ok());
    // A chat without any template: one error that says so, not a run over nothing.
    text::TextModel bare = m_text;
    bare.chatTemplate.reset();
    const Error error = errorOf(encodeSplit(recipe::Recipe{}, {rows}, {}, bare, {}));
    QVERIFY2(error.text().find("template") != std::string::npos, error.text().c_str());
    QCOMPARE(error.line, std::int64_t{1});
    const std::string preference = file("p.jsonl", R"({"prompt":"p","chosen":"a","rejected":"b"})"
                                                   "\n");
    QVERIFY(errorOf(encodeSplit(recipe::Recipe{}, {preference}, {}, m_text, {})).code == ErrorCode::Unsupported);
    QVERIFY(must(encodeSplit(recipe::Recipe{}, {}, {}, m_text, {})).rows.empty());
}

void TestPreflight::estimateOfTheKnownModel() {
    // Figures of the 135M shape worked out by hand: 4,884,480 adapter parameters at rank 16 on all linear layers, 0.106
    // G parameters in linear layers, about 0.63 GF a token at 512.
    recipe::Recipe recipe;
    recipe.model = "nowhere";
    recipe.training.computeDtype = "bf16";
    recipe.training.recompute = "none";
    recipe.training.device = "cpu";
    recipe.training.microTokens = 1024;
    const auto found = estimate(smollm(), recipe, rowsOf(100, 512));
    QCOMPARE(found.adapterParameters, std::int64_t{4884480});
    QVERIFY2(found.flopsPerToken > 0.55e9 && found.flopsPerToken < 0.70e9,
             std::to_string(static_cast<long long>(found.flopsPerToken)).c_str());
    QCOMPARE(found.adapterBytes, std::uint64_t{18} * 4884480);
    // Two packed copies of linear layers and head, and the embedding, in two bytes each.
    QCOMPARE(found.weightBytes, std::uint64_t{2} * (2 * (106168320 + 28311552) + 28311552));
    // 0.49 MB a token are kept.
    QVERIFY(found.activationBytes > 490'000'000 && found.activationBytes < 620'000'000);
    QCOMPARE(found.peakBytes, found.weightBytes + found.adapterBytes + found.activationBytes + found.fixedBytes);
    QVERIFY(found.machineBytes > 0);
    QCOMPARE(found.steps, std::int64_t{3 * 13});
    QVERIFY(!found.speedMeasured && found.tokensPerSecond > 0 && found.seconds > 0);
}

void TestPreflight::estimateFollowsTheRecipe() {
    recipe::Recipe base;
    base.model = "nowhere";
    base.training.computeDtype = "bf16";
    const auto with = [&](auto change) {
        recipe::Recipe recipe = base;
        change(recipe);
        return estimate(smollm(), recipe, rowsOf(100, 410));
    };
    const auto plain = with([](recipe::Recipe&) {});
    const auto none = with([](recipe::Recipe& r) { r.training.recompute = "none"; });
    const auto full = with([](recipe::Recipe& r) { r.training.recompute = "full"; });
    QVERIFY(full.activationBytes < plain.activationBytes && plain.activationBytes < none.activationBytes);
    QVERIFY(full.flopsPerToken > none.flopsPerToken * 1.2);
    QVERIFY(with([](recipe::Recipe& r) { r.training.computeDtype = "fp32"; }).weightBytes == 2 * plain.weightBytes);
    QVERIFY(with([](recipe::Recipe& r) { r.adapter.rank = 32; }).adapterParameters == 2 * plain.adapterParameters);
    QVERIFY(with([](recipe::Recipe& r) {
                r.adapter.targets = {"q_proj", "v_proj"};
            }).adapterParameters < plain.adapterParameters / 4);
    QVERIFY(with([](recipe::Recipe& r) { r.adapter.rankPattern["down_proj"] = 1; }).adapterParameters <
            plain.adapterParameters);
    QCOMPARE(with([](recipe::Recipe& r) { r.training.maxSteps = 7; }).steps, std::int64_t{7});
    QCOMPARE(with([](recipe::Recipe& r) { r.training.batchRows = 10; }).steps, std::int64_t{30});
    // Nine rows of 410 fit 4,096 tokens: 12 steps an epoch.
    QCOMPARE(with([](recipe::Recipe& r) { r.training.epochs = 0.5; }).steps, std::int64_t{6});
    QVERIFY(with([](recipe::Recipe& r) { r.training.microTokens = 4096; }).activationBytes > plain.activationBytes);
    const auto empty = estimate(smollm(), base, {});
    QVERIFY(empty.steps == 0 && std::isfinite(empty.seconds) && empty.peakBytes > 0);
}

void TestPreflight::stepsAreThoseOfThePlan() {
    recipe::Recipe recipe;
    recipe.training.batchTokens = 1000;
    recipe.training.epochs = 3;
    // Rows of 300 tokens: three fit a step of 1,000, so that dividing tokens would promise too few steps.
    const RowLengths few = rowsOf(40, 300);
    const auto plan = must(RunPlan::make(recipe, few.tokens, few.labels, microTokensOf(recipe, false)));
    QCOMPARE(plannedSteps(recipe, few), plan.totalSteps());
    QVERIFY(plannedSteps(recipe, few) > 36);
    // Many rows are planned in part and scaled.
    RowLengths many;
    for (std::size_t i = 0; i < 3 * kPlannedRows; ++i) {
        many.tokens.push_back(static_cast<std::int32_t>(20 + (i * 7919) % 400));
        many.labels.push_back(5);
    }
    recipe.training.epochs = 1;
    const auto exact = static_cast<double>(must(RunPlan::make(recipe, many.tokens, many.labels, 1024)).totalSteps());
    QVERIFY(std::abs(static_cast<double>(plannedSteps(recipe, many)) / exact - 1) < 0.01);
    QCOMPARE(plannedSteps(recipe, {}), std::int64_t{0});
    // A share for validation is taken off, the very rows that a run takes off.
    recipe.data.validationShare = 0.25;
    EncodedSplit split;
    for (std::int64_t id = 0; id < 40; ++id) {
        text::EncodedRow row;
        row.ids.assign(static_cast<std::size_t>(id + 2), 1);
        row.labels.assign(row.ids.size(), 1);
        split.rows.push_back(row);
        split.sampleIds.push_back(id);
    }
    const auto held = heldOutRows(split.sampleIds, 0.25, static_cast<std::uint64_t>(recipe.seed));
    QCOMPARE(std::count(held.begin(), held.end(), true), std::ptrdiff_t{10});
    std::vector<std::int32_t> kept;
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (!held[i]) {
            kept.push_back(static_cast<std::int32_t>(i + 2));
        }
    }
    QVERIFY(trainedRowLengths(recipe, split).tokens == kept);
}

void TestPreflight::speedsAreRemembered() {
    qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(*m_folder / "cache"));
    recipe::Recipe recipe;
    recipe.model = m_model;
    recipe.training.computeDtype = "fp32";
    recipe.training.threads = 3;
    const std::string key = speedKey(recipe);
    QCOMPARE(key, m_model + "|fp32|3");
    QCOMPARE(rememberedSpeed(key), 0.0);
    rememberSpeed(key, 123.5);
    rememberSpeed("other", 7);
    rememberSpeed("other", std::numeric_limits<double>::quiet_NaN());
    rememberSpeed("other", -1);
    QCOMPARE(rememberedSpeed(key), 123.5);
    QCOMPARE(rememberedSpeed("other"), 7.0);
    const auto found = estimate(smollm(), recipe, rowsOf(10, 1235));
    QVERIFY(found.speedMeasured);
    QCOMPARE(found.tokensPerSecond, 123.5);
    QCOMPARE(found.seconds, 300.0);
    must(writeFileAtomic(*m_folder / "cache/fettle/speeds.json", "[1"));
    QCOMPARE(rememberedSpeed(key), 0.0);
    rememberSpeed(key, 5);
    QCOMPARE(rememberedSpeed(key), 5.0);
}

QTEST_APPLESS_MAIN(TestPreflight)
#include "test_preflight.moc"
