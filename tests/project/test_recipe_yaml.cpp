// Recipes as YAML: places of faults, edits that leave everything else alone, and round trips of random recipes.
#include "../recipe/random_recipe.h"
#include "project/recipe_yaml.h"
#include "support/results.h"

#include <QtTest>

#include <clocale>

using namespace fettle;
using namespace fettle::project;
using recipe::Recipe;
using test::errorOf;
using test::must;

class TestRecipeYaml : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsByFieldNotByLook();
    void faultsHaveLineColumnAndKey();
    void allFaultsAreCollected();
    void brokenFilesAreErrors();
    void freshFilesRoundTrip();
    void numbersAreWrittenForEveryReader();
    void editsChangeOnlyTheirBytes();
    void editsInsertOneLine();
    void blockListsKeepTheirComments();
    void byteOrderMarksAndCarriageReturnsStay();
    void whatCannotBeEditedIsRefused();
    void randomEditsOfRandomFilesSayWhatWasAsked();
    void mergeKeepsCommentsOrWritesAfresh();
    void mutatedFilesNeverCrash();
};

namespace {

Recipe load(const std::string& text) {
    return must(loadRecipeYaml(text));
}

std::string edit(const std::string& text, const std::string& key, const Json& value) {
    return must(editRecipeYaml(text, key, value));
}

const char* const kSample = R"(# A recipe with comments.
model: smollm2-135m-instruct   # the small one
seed: 7

data:            # where from
  train: project:train
  validation: "a b.jsonl" # quoted
adapter: {rank: 8, alpha: 16}
optimizer:
  learning_rate: 5e-4 # tried 2e-4 too

  schedule: 'linear'
training:
  epochs: 3
# the end
)";

} // namespace

void TestRecipeYaml::readsByFieldNotByLook() {
    QCOMPARE(load("model: no").model, std::string("no"));
    QCOMPARE(load("model: 08").model, std::string("08"));
    QCOMPARE(load("model: 2e-4").model, std::string("2e-4"));
    QCOMPARE(load("model: true").model, std::string("true"));
    QCOMPARE(load("seed: 08").seed, std::int64_t{8});
    QCOMPARE(load("optimizer:\n  learning_rate: 2e-4").optimizer.learningRate, 2e-4);
    QCOMPARE(load("optimizer:\n  learning_rate: .5").optimizer.learningRate, 0.5);
    QCOMPARE(load("optimizer:\n  learning_rate: 1").optimizer.learningRate, 1.0);
    QCOMPARE(load("data:\n  train: [a, b]").data.train, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(load("data:\n  train:\n    - 08\n    - no").data.train, (std::vector<std::string>{"08", "no"}));
    QCOMPARE(load("data:\n  validation: 0.05").data.validationShare, 0.05);
    QCOMPARE(load("data:\n  validation: '0.05'").data.validation, (std::vector<std::string>{"0.05"}));
    QVERIFY(load("data:\n  validation:").data.validation.empty());
    QVERIFY(load("data:\n  validation: ~").data.validation.empty());
    QCOMPARE(load("training:\n  micro_tokens: auto").training.microTokens, std::int64_t{0});
    QCOMPARE(load("adapter:\n  rank_pattern: {q_proj: 4}").adapter.rankPattern.at("q_proj"), std::int64_t{4});
    QVERIFY(load("") == Recipe{});
    QVERIFY(load("# nothing\n") == Recipe{});
    QVERIFY(load("data:\n") == Recipe{});
    QVERIFY(load("---\nseed: 42\n...\n") == Recipe{});
}

void TestRecipeYaml::faultsHaveLineColumnAndKey() {
    struct Case {
        const char* text;
        std::int64_t line, column;
        const char* key;
        const char* says;
    };
    for (const Case& c : std::vector<Case>{
             {"model: x\nadapter:\n  rank: many\n", 3, 9, "adapter.rank", "not a whole number"},
             {"# größe\nadapter:\n  rank: 2.5\n", 3, 9, "adapter.rank", "2.5"},
             {"adapter:\n  rank: 0", 2, 9, "adapter.rank", "out of range"},
             {"data:\n  shuffle: no\n", 2, 12, "data.shuffle", "true"},
             {"optimiser:\n  name: adamw\n", 1, 1, "optimiser", "Did you mean optimizer?"},
             {"optimizer:\n  lerning_rate: 1e-4\n", 2, 3, "optimizer.lerning_rate", "optimizer.learning_rate"},
             {"learning_rate: 1e-4\n", 1, 1, "learning_rate", "optimizer.learning_rate"},
             {"seed: 1\nseed: 2\n", 2, 1, "seed", "twice"},
             {"adapter:\n  rank: 1\n  rank: 2\n", 3, 3, "adapter.rank", "twice"},
             {"adapter:\n  rank_pattern: {a: 1, a: 2}\n", 2, 24, "adapter.rank_pattern.a", "twice"},
             {"data: 5\n", 1, 1, "data", "section"},
             {"model:\n", 1, 1, "model", "null"},
             {"data:\n  train: {a: b}\n", 2, 10, "data.train", "not text"},
             {"optimizer:\n  learning_rate: 1,5\n", 2, 18, "optimizer.learning_rate", "not a number"},
             {"optimizer:\n  learning_rate: .inf\n", 2, 18, "optimizer.learning_rate", "not a number"},
         }) {
        const Error error = errorOf(loadRecipeYaml(c.text, "r.yaml"));
        QVERIFY2(error.line == c.line && error.column == c.column && error.key == c.key && error.file == "r.yaml",
                 (std::string(c.text) + error.text()).c_str());
        QVERIFY2(error.text().find(c.says) != std::string::npos, error.text().c_str());
    }
}

void TestRecipeYaml::allFaultsAreCollected() {
    std::vector<Error> faults;
    QVERIFY(!loadRecipeYaml("seed: x\nwhat: 1\nadapter:\n  rank: -1\n  alpha: 8\n", "r.yaml", &faults).ok());
    QCOMPARE(faults.size(), std::size_t{3});
    QCOMPARE(faults[1].key, std::string("what"));
    QCOMPARE(faults[2].line, std::int64_t{4});
}

void TestRecipeYaml::brokenFilesAreErrors() {
    for (const std::string& text :
         {std::string("a: [1,2"), std::string("model:\n\tx: 1"), std::string("model: a: b"), std::string("- x"),
          std::string("just text"), std::string("model: x\n---\nseed: 1\n"), std::string("model: \xff\n"),
          std::string(100000, '['), std::string("model: *nothing\n"), std::string(",model: x\nseed: 1\n"),
          std::string("seed: 1\n]\n"), std::string("seed: 1\n...\nmodel: x\n"), std::string((1 << 20) + 1, ' ')}) {
        const Error error = errorOf(loadRecipeYaml(text, "r.yaml"));
        QVERIFY2(error.file == "r.yaml" && !error.message.empty(), error.text().c_str());
    }
    const Error utf8 = errorOf(loadRecipeYaml("seed: 1\nmodel: \xff\n"));
    QCOMPARE(utf8.line, std::int64_t{2});
    QCOMPARE(utf8.column, std::int64_t{8});
}

void TestRecipeYaml::freshFilesRoundTrip() {
    QVERIFY(load(writeRecipeYaml(Recipe{})).seed == 42);
    std::mt19937_64 random(99);
    for (int i = 0; i < 300; ++i) {
        Recipe recipe = recipe::randomRecipe(random);
        const std::string text = writeRecipeYaml(recipe);
        const auto back = loadRecipeYaml(text);
        QVERIFY2(back.ok(), (text + (back.ok() ? "" : back.error().text())).c_str());
        const auto changed = recipe::difference(recipe, *back);
        QVERIFY2(changed.empty(), changed.empty() ? "" : (changed.front().key + "\n" + text).c_str());
    }
}

void TestRecipeYaml::numbersAreWrittenForEveryReader() {
    Recipe recipe;
    recipe.optimizer.learningRate = 2e-5;
    recipe.optimizer.eps = 1e-8;
    recipe.optimizer.weightDecay = 0.0002;
    const std::string text = writeRecipeYaml(recipe);
    QVERIFY2(text.find("learning_rate: 2.0e-5\n") != std::string::npos, text.c_str());
    QVERIFY2(text.find("eps: 1.0e-8\n") != std::string::npos, text.c_str());
    QVERIFY2(text.find("weight_decay: 2.0e-4\n") != std::string::npos ||
                 text.find("weight_decay: 0.0002\n") != std::string::npos,
             text.c_str());
    QVERIFY(text.find("max_steps: null\n") != std::string::npos);
    QVERIFY(text.find("rank_pattern: {}\n") != std::string::npos);
    recipe.model = "no";
    recipe.data.train = {"project:train", "a b", "1e3"};
    const std::string words = writeRecipeYaml(recipe);
    QVERIFY(words.find("model: \"no\"\n") != std::string::npos);
    QVERIFY2(words.find("train: [project:train, \"a b\", \"1e3\"]\n") != std::string::npos, words.c_str());
}

void TestRecipeYaml::editsChangeOnlyTheirBytes() {
    const std::string text = kSample;
    const auto check = [&text](const char* key, const Json& value, const std::string& before,
                               const std::string& after) {
        std::string expected = text;
        const auto place = expected.find(before);
        if (place == std::string::npos) {
            throw std::logic_error(before);
        }
        expected.replace(place, before.size(), after);
        const std::string found = edit(text, key, value);
        if (found != expected) {
            throw std::logic_error(std::string(key) + ":\n" + found);
        }
    };
    check("model", "other", "smollm2-135m-instruct ", "other ");
    check("model", "a b", "smollm2-135m-instruct ", "\"a b\" ");
    check("seed", 8, "seed: 7", "seed: 8");
    check("data.train", "x.jsonl", "project:train", "x.jsonl");
    check("data.train", Json::array({"x", "z"}), "project:train", "[x, z]");
    check("data.validation", 0.1, "\"a b.jsonl\"", "0.1");
    check("data.validation", nullptr, "\"a b.jsonl\"", "null");
    check("adapter.rank", 32, "rank: 8", "rank: 32");
    check("adapter.alpha", 64, "alpha: 16", "alpha: 64");
    check("optimizer.learning_rate", 1e-4, "5e-4", "1.0e-4");
    check("optimizer.schedule", "wsd", "'linear'", "wsd");
    check("training.epochs", 5, "epochs: 3", "epochs: 5");
    QCOMPARE(edit(text, "seed", 7), text);
    QCOMPARE(edit("data:\n  validation:   # none yet\n", "data.validation", "v"),
             std::string("data:\n  validation: v   # none yet\n"));
    QCOMPARE(edit("data:\n  validation: ~ # none\n", "data.validation", "v"),
             std::string("data:\n  validation: v # none\n"));
    QCOMPARE(edit("{seed: 1, model: 'it''s'}\n", "model", "z"), std::string("{seed: 1, model: z}\n"));
    QCOMPARE(edit("data:\n  train: [ 'a]', # note ]\n    b ] # end\n", "data.train", "c"),
             std::string("data:\n  train: c # end\n"));
    QCOMPARE(edit("model: \"x \\\" # y\" # c\n", "model", "z"), std::string("model: z # c\n"));
    QCOMPARE(edit("'model': x#y\n", "model", "z"), std::string("'model': z\n"));
}

void TestRecipeYaml::editsInsertOneLine() {
    const std::string text = kSample;
    const auto inserted = [&text](const char* key, const Json& value, const std::string& after,
                                  const std::string& line) {
        std::string expected = text;
        const auto place = expected.find(after);
        if (place == std::string::npos) {
            throw std::logic_error(after);
        }
        expected.insert(expected.find('\n', place) + 1, line + '\n');
        const std::string found = edit(text, key, value);
        if (found != expected) {
            throw std::logic_error(std::string(key) + ":\n" + found);
        }
    };
    inserted("output", "out", "seed: 7", "output: out");
    inserted("data.format", "chat", "validation:", "  format: chat");
    inserted("optimizer.name", "adamw", "schedule:", "  name: adamw");
    inserted("training.max_steps", 9, "epochs: 3", "  max_steps: 9");
    QCOMPARE(edit(text, "adapter.dropout", 0.5).find("{rank: 8, alpha: 16, dropout: 0.5}") != std::string::npos, true);
    QCOMPARE(edit(text, "checkpoint.keep_last", 3), text + "checkpoint:\n  keep_last: 3\n");
    QCOMPARE(edit("", "seed", 3), std::string("seed: 3\n"));
    QCOMPARE(edit("# only a comment", "data.train", "x"), std::string("# only a comment\ndata:\n  train: x\n"));
    QCOMPARE(edit("data:\n  train: x\n", "model", "m"), std::string("model: m\ndata:\n  train: x\n"));
    QCOMPARE(edit("data: # later\nseed: 1\n", "data.train", "x"), std::string("data: # later\n  train: x\nseed: 1\n"));
    QCOMPARE(edit("adapter: {}\n", "adapter.rank", 4), std::string("adapter: {rank: 4}\n"));
    QCOMPARE(edit("data:\n    train: x", "data.format", "ids"), std::string("data:\n    train: x\n    format: ids"));
    QCOMPARE(edit("data:\n  train:\n    - a\n    - b # last\nseed: 1\n", "data.format", "ids"),
             std::string("data:\n  train:\n    - a\n    - b # last\n  format: ids\nseed: 1\n"));
}

void TestRecipeYaml::blockListsKeepTheirComments() {
    const std::string text = "data:\n  train:\n    - a.jsonl # first\n    - b.jsonl # second\n  shuffle: true\n";
    QCOMPARE(edit(text, "data.train", Json::array({"a.jsonl", "b.jsonl", "c d"})),
             std::string(
                 "data:\n  train:\n    - a.jsonl # first\n    - b.jsonl # second\n    - \"c d\"\n  shuffle: true\n"));
    QCOMPARE(edit(text, "data.train", Json::array({"a.jsonl", "x", "z"})),
             std::string("data:\n  train:\n    - a.jsonl # first\n    - x\n    - z\n  shuffle: true\n"));
    QCOMPARE(edit(text, "data.train", "a.jsonl"), std::string("data:\n  train: a.jsonl # second\n  shuffle: true\n"));
    QCOMPARE(edit(text, "data.train", Json::array({"x", "z"})),
             std::string("data:\n  train:\n    - x\n    - z # second\n  shuffle: true\n"));
    QCOMPARE(edit(text, "data.train", nullptr), std::string("data:\n  train: null # second\n  shuffle: true\n"));
    QCOMPARE(edit("adapter:\n  rank_pattern:\n    q_proj: 4\n    k_proj: 8\n  rank: 2\n", "adapter.rank_pattern",
                  Json{{"v", 3}}),
             std::string("adapter:\n  rank_pattern: {v: 3}\n  rank: 2\n"));
}

void TestRecipeYaml::byteOrderMarksAndCarriageReturnsStay() {
    QCOMPARE(edit("\xEF\xBB\xBFmodel: x\r\nseed: 1\r\n", "model", "z"),
             std::string("\xEF\xBB\xBFmodel: z\r\nseed: 1\r\n"));
    QCOMPARE(edit("\xEF\xBB\xBFmodel: x\r\nseed: 1\r\n", "output", "o"),
             std::string("\xEF\xBB\xBFmodel: x\r\nseed: 1\r\noutput: o\r\n"));
    QCOMPARE(edit("# größe 漢字\nmodel: 'ä' # ö\nseed: 1\n", "model", "ü"),
             std::string("# größe 漢字\nmodel: \"ü\" # ö\nseed: 1\n"));
}

void TestRecipeYaml::whatCannotBeEditedIsRefused() {
    for (const char* text : {"model: |\n  x\n", "model: &a x\n", "model: !!str x\n", "output: &a x\nmodel: *a\n",
                             "model: two\n  lines\n"}) {
        const auto result = editRecipeYaml(text, "model", "z");
        QVERIFY2(!result.ok() && result.error().code == ErrorCode::Unsupported, text);
        QVERIFY(load(mergeRecipeYaml(text, load(mergeRecipeYaml(text,
                                                                [&] {
                                                                    Recipe r = load(text);
                                                                    r.model = "z";
                                                                    return r;
                                                                }()))))
                    .model == "z");
    }
    QVERIFY(errorOf(editRecipeYaml("seed: 1\n", "seed", "x")).key == "seed");
    QVERIFY(errorOf(editRecipeYaml("seed: 1\n", "sed", 1)).key == "sed");
    QVERIFY(errorOf(editRecipeYaml("seed: x\n", "model", "z")).line == 1);
}

void TestRecipeYaml::randomEditsOfRandomFilesSayWhatWasAsked() {
    std::mt19937_64 random(4711);
    int edits = 0;
    int refused = 0;
    for (int file = 0; file < 60; ++file) {
        // A file with some keys only, in its own style.
        Recipe recipe = recipe::randomRecipe(random);
        std::string text = random() % 2 ? std::string(kSample) : writeRecipeYaml(recipe);
        for (int i = 0; i < 12; ++i) {
            const auto all = recipe::fields();
            const recipe::Field& field = all[random() % all.size()];
            const Json value = recipe::randomValue(field, random);
            Recipe wanted = load(text);
            must(field.set(wanted, value));
            const auto edited = editRecipeYaml(text, field.key, value);
            ++edits;
            if (!edited) {
                ++refused;
                continue;
            }
            QVERIFY(load(*edited) == wanted);
            // Comments survive every edit.
            QCOMPARE(edited->find("# the end") != std::string::npos, text.find("# the end") != std::string::npos);
            text = *edited;
        }
    }
    QVERIFY2(refused == 0, (std::to_string(refused) + " of " + std::to_string(edits)).c_str());
}

void TestRecipeYaml::mergeKeepsCommentsOrWritesAfresh() {
    Recipe wanted = load(kSample);
    wanted.adapter.rank = 4;
    wanted.optimizer.learningRate = 1e-3;
    wanted.checkpoint.keepLast = 5;
    const std::string merged = mergeRecipeYaml(kSample, wanted);
    QVERIFY(load(merged) == wanted);
    for (const char* comment : {"# A recipe with comments.", "# the small one", "# where from", "# quoted",
                                "# tried 2e-4 too", "# the end"}) {
        QVERIFY2(merged.find(comment) != std::string::npos, comment);
    }
    QVERIFY(load(mergeRecipeYaml("broken: [", wanted)) == wanted);
    QCOMPARE(mergeRecipeYaml(kSample, load(kSample)), std::string(kSample));
}

void TestRecipeYaml::mutatedFilesNeverCrash() {
    std::mt19937_64 random(5);
    const std::string bytes = "{}[]:#'\"\\\n\r\t -&*!|>%@`~,?x0\xC3\xBF";
    for (int i = 0; i < 3000; ++i) {
        std::string text = kSample;
        for (std::uint64_t n = 1 + random() % 6; n > 0; --n) {
            const auto place = random() % text.size();
            switch (random() % 3) {
            case 0:
                text[place] = bytes[random() % bytes.size()];
                break;
            case 1:
                text.erase(place, 1 + random() % 20);
                break;
            default:
                text.insert(place, 1, bytes[random() % bytes.size()]);
                break;
            }
        }
        const auto loaded = loadRecipeYaml(text, "m.yaml");
        if (loaded) {
            Recipe wanted = *loaded;
            wanted.adapter.rank = 77;
            const auto edited = editRecipeYaml(text, "adapter.rank", 77);
            if (edited) {
                QVERIFY(load(*edited) == wanted);
            }
            QVERIFY(load(mergeRecipeYaml(text, wanted)) == wanted);
        }
    }
}

QTEST_APPLESS_MAIN(TestRecipeYaml)
#include "test_recipe_yaml.moc"
