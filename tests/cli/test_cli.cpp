// The command line as a process: results as JSON, errors that name file, line, key and remedy, exit codes.
#include "base/files.h"
#include "cli/cli_process.h"
#include "support/golden.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cmath>
#include <filesystem>

using namespace fettle;
using namespace fettle::test;
namespace fs = std::filesystem;

namespace {

std::string golden(const std::string& path) {
    return goldenRoot() + "/" + path;
}

void write(const std::string& path, const std::string& text) {
    QVERIFY(writeFileAtomic(path, text).ok());
}

#define VERIFY_CODE(result, expected)                                                                                  \
    QVERIFY2((result).code == (expected), ((result).err + (result).out.substr(0, 500)).c_str())
#define VERIFY_HAS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

// Logits of a case as log-probabilities of its ids.
struct Sequence {
    std::vector<std::int64_t> ids;
    std::vector<double> logprobs;
};

Sequence sequenceOf(const std::string& model, std::size_t number) {
    Sequence out;
    const auto json = readJsonFile(golden("models/" + model + "/logits.json"));
    out.ids = (*json)["sequences"][number].get<std::vector<std::int64_t>>();
    for (const Json& value : (*json)["logprobs"][number]) {
        out.logprobs.push_back(value.is_null() ? std::nan("") : value.get<double>());
    }
    return out;
}

} // namespace

class TestCli : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void usageErrorsExitWithTwo() {
        for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                       {"nonsense"},
                                                                       {"tokenize"},
                                                                       {"tokenize", "--model"},
                                                                       {"tokenize", "--modle", "x"},
                                                                       {"data", "import", "x"},
                                                                       {"data", "nonsense"},
                                                                       {"train"},
                                                                       {"train", "--recipe", "a", "--resume", "b"},
                                                                       {"export", "--format", "nonsense", "--out", "x"},
                                                                       {"score", "--model", "a"},
                                                                       {"generate", "--model", "a"},
                                                                       {"model", "info"},
                                                                       {"model", "list", "surplus"}}) {
            const auto result = runCli(words);
            VERIFY_CODE(result, 2);
            QVERIFY(!result.err.empty() || words.empty());
        }
        const auto help = runCli({"--help"});
        VERIFY_CODE(help, 0);
        VERIFY_HAS(help.out, "fettle train");
        const auto one = runCli({"train", "--help"});
        VERIFY_CODE(one, 0);
        VERIFY_HAS(one.out, "--json-events");
    }

    void tokenizeGivesIdsAndBytes() {
        const TempFolder folder;
        write(folder / "text.txt", "two\nlines ");
        const auto result = runCli(
            {"tokenize", "--model", golden("text/tokenizers/bpe_gpt2"), "--file", folder / "text.txt", "--json"});
        VERIFY_CODE(result, 0);
        const Json json = result.json();
        QCOMPARE(json["ids"].size(), json["tokens"].size());
        QCOMPARE(json["tokens"].back()["end"].get<int>(), 10); // the last blank is not stripped
        write(folder / "bad.txt", "abc\xFFzz");
        const auto bad =
            runCli({"tokenize", "--model", golden("text/tokenizers/bpe_gpt2"), "--file", folder / "bad.txt"});
        VERIFY_CODE(bad, 1);
        VERIFY_HAS(bad.err, "bad.txt");
        VERIFY_HAS(bad.err, "3");
        const auto missing = runCli({"tokenize", "--model", "no-such-model", "--text", "x"});
        VERIFY_CODE(missing, 1);
        VERIFY_HAS(missing.err, "no-such-model");
    }

    void templateRendersWithSpans() {
        const TempFolder folder;
        write(folder / "m.json", R"([{"role":"user","content":"héllo"},{"role":"assistant","content":"yes"}])");
        write(folder / "t.jinja", "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}{% "
                                  "if add_generation_prompt %}<assistant>{% endif %}");
        const auto result = runCli({"template", "render", "--template", folder / "t.jinja", "--messages",
                                    folder / "m.json", "--add-generation-prompt", "--var", "eos_token=</s>", "--json"});
        VERIFY_CODE(result, 0);
        const Json json = result.json();
        QCOMPARE(json["text"].get<std::string>(), std::string("<user>héllo</s><assistant>yes</s><assistant>"));
        QCOMPARE(json["spans"].size(), std::size_t(2));
        QCOMPARE(json["spans"][0]["begin"].get<int>(), 6);
        QCOMPARE(json["spans"][0]["end"].get<int>(), 12);
        write(folder / "bad.jinja", "{% for m in %}");
        const auto bad =
            runCli({"template", "render", "--template", folder / "bad.jinja", "--messages", folder / "m.json"});
        VERIFY_CODE(bad, 1);
        VERIFY_HAS(bad.err, "bad.jinja");
    }

    void dataCommandsCountAndWrite() {
        const TempFolder folder;
        write(folder / "rows.jsonl",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n{"
              "\"messages\":[{\"role\":\"bot\",\"content\":\"a\"}]}\n{broken\n");
        const auto validated = runCli({"data", "validate", folder / "rows.jsonl", "--json"});
        VERIFY_CODE(validated, 0);
        QCOMPARE(validated.json()["rows"].get<int>(), 3);
        QCOMPARE(validated.json()["errors"]["unrecognized_role"].get<int>(), 1);
        QCOMPARE(validated.json()["first"]["json_syntax"]["line"].get<int>(), 3);
        const auto imported = runCli({"data", "import", folder / "rows.jsonl", "--to", folder / "out.jsonl", "--json"});
        VERIFY_CODE(imported, 0);
        QCOMPARE(imported.json()["bad"].size(), std::size_t(2));
        QVERIFY(fileExists(folder / "out.jsonl"));
        const std::string tokenizer = golden("text/tokenizers/bpe_qwen");
        const auto stats = runCli({"data", "stats", folder / "rows.jsonl", "--model", tokenizer, "--json"});
        VERIFY_CODE(stats, 0);
        QCOMPARE(stats.json()["rows"].get<int>(), 1);
        const auto missing = runCli({"data", "validate", folder / "none.jsonl"});
        VERIFY_CODE(missing, 1);
        VERIFY_HAS(missing.err, "none.jsonl");
    }

    // Every malformed model file: exit 1 and a message with the file's name, and no other end.
    void malformedModelFilesAreRefused() {
        int refused = 0;
        for (const char* kind : {"bad_gguf", "bad_safetensors"}) {
            const auto index = readJsonFile(golden(std::string("models/") + kind + "/index.json"));
            QVERIFY(index.ok());
            for (const Json& entry : (*index)["files"]) {
                const std::string name = entry["file"].get<std::string>();
                if (entry["accept"].get<bool>()) {
                    continue;
                }
                const std::string path = golden(std::string("models/") + kind + "/" + name);
                CliResult result;
                if (std::string(kind) == "bad_gguf") {
                    result = runCli({"model", "info", path});
                    VERIFY_HAS(result.err, name);
                } else {
                    const TempFolder folder;
                    fs::copy(path, folder / "adapter_model.safetensors");
                    write(
                        folder / "adapter_config.json",
                        R"({"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["q_proj"],"task_type":"CAUSAL_LM"})");
                    result =
                        runCli({"export", "--format", "peft", "--adapter", folder.path(), "--out", folder / "out"});
                    VERIFY_HAS(result.err, "adapter_model.safetensors");
                    QVERIFY(!fileExists(folder / "out"));
                }
                QVERIFY2(result.code == 1, (name + ": " + result.err).c_str());
                ++refused;
            }
        }
        qInfo("%d malformed files refused", refused);
        QVERIFY(refused > 50);
    }

    void scoreEqualsTheReference() {
        const auto sequence = sequenceOf("llama", 1);
        const TempFolder folder;
        write(folder / "ids.json", dumpJson(Json(sequence.ids)));
        const auto result = runCli(
            {"score", "--model", golden("models/llama/hf"), "--ids", folder / "ids.json", "--dtype", "fp32", "--json"});
        VERIFY_CODE(result, 0);
        const Json values = result.json()["logprobs"];
        QCOMPARE(values.size(), sequence.ids.size());
        QVERIFY(values[0].is_null());
        for (std::size_t i = 1; i < values.size(); ++i) {
            QVERIFY(std::abs(values[i].get<double>() - sequence.logprobs[i]) < 2e-4);
        }
        write(folder / "wrong.json", "[1, 2, 99999999]");
        const auto wrong = runCli({"score", "--model", golden("models/llama/hf"), "--ids", folder / "wrong.json"});
        VERIFY_CODE(wrong, 1);
        VERIFY_HAS(wrong.err, "99999999");
    }

    void generateEqualsTheReference() {
        const auto greedy = readJsonFile(golden("models/llama/greedy.json"));
        QVERIFY(greedy.ok());
        int checked = 0;
        for (const Json& entry : (*greedy)["cases"]) {
            const Json& expected = entry["ids"];
            const TempFolder folder;
            write(folder / "prompt.json", dumpJson(entry["prompt"]));
            const auto result =
                runCli({"generate", "--model", golden("models/llama/hf"), "--prompt-ids", folder / "prompt.json",
                        "--max-new-tokens", std::to_string(expected.size()), "--greedy", "--dtype", "fp32", "--json"});
            VERIFY_CODE(result, 0);
            const Json ids = result.json()["ids"];
            QCOMPARE(ids.size(), expected.size());
            for (std::size_t i = 0; i < ids.size(); ++i) {
                QCOMPARE(ids[i].get<int>(), expected[i].get<int>());
            }
            ++checked;
        }
        QVERIFY(checked > 0);
    }

    void trainResumeAndShow() {
        const TempFolder folder;
        std::string rows;
        for (int i = 0; i < 24; ++i) {
            rows += "{\"ids\":[5," + std::to_string(20 + i) + ",40,41,42,2],\"labels\":[-100,-100,40,41,42,2]}\n";
        }
        write(folder / "rows.jsonl", rows);
        const Json recipe = {{"model", golden("models/llama/hf")},
                             {"data", {{"train", "rows.jsonl"}, {"validation", 0.25}, {"format", "ids"}}},
                             {"adapter", {{"rank", 4}}},
                             {"optimizer", {{"learning_rate", 5e-3}}},
                             {"training", {{"epochs", 4}, {"batch_rows", 6}, {"compute_dtype", "fp32"}}}};
        write(folder / "recipe.json", dumpJson(recipe));
        const auto estimate = runCli({"estimate", "--recipe", folder / "recipe.json", "--json"});
        VERIFY_CODE(estimate, 0);
        QCOMPARE(estimate.json()["train"]["rows"].get<int>(), 24);
        QVERIFY(estimate.json()["peak_bytes"].get<double>() > 0);

        const auto trained =
            runCli({"train", "--recipe", folder / "recipe.json", "--set", "training.epochs=5", "--json"});
        VERIFY_CODE(trained, 0);
        const Json json = trained.json();
        QCOMPARE(json["state"].get<std::string>(), std::string("succeeded"));
        QCOMPARE(json["step"].get<int>(), 15);
        QVERIFY(fileExists(json["adapter"].get<std::string>() + "/adapter_model.safetensors"));
        const std::string run = json["run"].get<std::string>();
        const auto shown = runCli({"runs", "show", run, "--json"});
        VERIFY_CODE(shown, 0);
        QCOMPARE(shown.json()["series"]["loss"].size(), std::size_t(15));
        QVERIFY(shown.json()["series"]["loss"][14][1].get<double>() <
                shown.json()["series"]["loss"][0][1].get<double>());
        QCOMPARE(shown.json()["recipe"]["training"]["epochs"].get<double>(), 5.0);
        const auto listed = runCli({"runs", "list", folder.path(), "--json"});
        VERIFY_CODE(listed, 0);
        QCOMPARE(listed.json()["runs"].size(), std::size_t(1));
        const auto again = runCli({"train", "--recipe", folder / "recipe.json", "--json"});
        VERIFY_CODE(again, 0);
        const auto compared = runCli({"runs", "compare", run, again.json()["run"].get<std::string>(), "--json"});
        VERIFY_CODE(compared, 0);
        bool found = false;
        const Json comparison = compared.json();
        for (const Json& difference : comparison["recipe_differences"]) {
            found = found ||
                    (difference["key"] == "training.epochs" && difference["left"] == 5 && difference["right"] == 4);
        }
        QVERIFY2(found, compared.out.c_str());

        const auto exported = runCli(
            {"export", "--format", "peft", "--adapter", run, "--model", "my-base", "--out", folder / "peft", "--json"});
        VERIFY_CODE(exported, 0);
        const auto config = readJsonFile(folder / "peft/adapter_config.json");
        QCOMPARE((*config)["base_model_name_or_path"].get<std::string>(), std::string("my-base"));
        write(folder / "ids.json", "[5,22,40,41]");
        const auto base =
            runCli({"score", "--model", golden("models/llama/hf"), "--ids", folder / "ids.json", "--json"});
        const auto tuned = runCli({"score", "--model", golden("models/llama/hf"), "--adapter", folder / "peft", "--ids",
                                   folder / "ids.json", "--json"});
        VERIFY_CODE(tuned, 0);
        QVERIFY(tuned.json()["logprobs"][2].get<double>() > base.json()["logprobs"][2].get<double>() + 0.5);
    }

    void badRecipesNameLineAndKey() {
        const TempFolder folder;
        write(folder / "r.yaml",
              "model: smollm2-135m-instruct\ndata:\n  train: rows.jsonl\noptimizer:\n  learning_rat: 1e-4\n");
        const auto unknown = runCli({"train", "--recipe", folder / "r.yaml"});
        VERIFY_CODE(unknown, 1);
        VERIFY_HAS(unknown.err, "r.yaml:5");
        VERIFY_HAS(unknown.err, "learning_rate");
        const auto set = runCli({"train", "--recipe", folder / "r.yaml", "--set", "training.epochs=many"});
        VERIFY_CODE(set, 1);
        write(folder / "r.yaml", "model: smollm2-135m-instruct\ndata:\n  train: rows.jsonl\n");
        const auto rows = runCli({"train", "--recipe", folder / "r.yaml"});
        VERIFY_CODE(rows, 1);
        VERIFY_HAS(rows.err, "rows.jsonl");
        const auto value = runCli({"train", "--recipe", folder / "r.yaml", "--set", "training.epochs=many"});
        VERIFY_CODE(value, 1);
        VERIFY_HAS(value.err, "training.epochs");
    }

    void engineMissingIsNamed() {
        const TempFolder folder;
        write(folder / "ids.json", "[1,2]");
        qputenv("FETTLE_ENGINE_MODULE", "/nonexistent/libfettle_engine.so");
        const auto result = runCli({"score", "--model", golden("models/llama/hf"), "--ids", folder / "ids.json"});
        qunsetenv("FETTLE_ENGINE_MODULE");
        VERIFY_CODE(result, 1);
        VERIFY_HAS(result.err, "libfettle_engine.so");
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
