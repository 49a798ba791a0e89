// The table: every key of a recipe, once. Help texts say what the value does and what happens when it is too high or
// too low; the window shows them, the command line prints them.
#include "recipe/fields.h"

#include "recipe/field_makers.h"

#include <algorithm>

namespace fettle::recipe {
namespace {

// Access to one member: FETTLE_AT(optimizer.learningRate).
#define FETTLE_AT(member)                                                                                              \
    [](Recipe & recipe) -> auto& {                                                                                     \
        return recipe.member;                                                                                          \
    }

constexpr double kMany = 1e12; // steps, tokens: large enough for any run, small enough to be exact

std::vector<Field> makeTopFields() {
    return {
        textField({"model", "Base model", "",
                   "The model that is tuned: a name of `fettle model list`, a Hugging Face folder or a .gguf file. A "
                   "larger model answers better but needs more memory and time in proportion."},
                  FETTLE_AT(model), {"smollm2-135m-instruct"}),
        choiceField({"objective", "Objective", "",
                     "What is learned from the rows. sft: to write the trained part of each row."},
                    FETTLE_AT(objective), {"sft"}),
        integerField({"seed", "Seed", "",
                      "Start of all random numbers: shuffling, dropout and the adapter's first values. The same seed, "
                      "data and settings give the same run; another seed shows how much of a result is luck."},
                     FETTLE_AT(seed), 0, 9007199254740991.0),
        optionalTextField({"output", "Run folder", "",
                           "Where the run is kept. Left empty, a new folder is made; a folder that exists already is "
                           "never overwritten."},
                          FETTLE_AT(output)),
    };
}

std::vector<Field> makeDataFields() {
    return {
        textListField({"data.train", "Training data", "",
                       "A file, several files, or project:SPLIT. Few rows are learned by heart and generalise badly; "
                       "many rows of low quality teach their faults."},
                      FETTLE_AT(data.train), ""),
        validationField({"data.validation", "Validation data", "",
                         "Rows kept apart to see whether the model learns or only remembers: a file, several files, "
                         "project:SPLIT, or a share of the training rows like 0.05. Too few rows make the "
                         "validation loss jump; too many are missing in training; none leaves overfitting unseen."}),
        choiceField({"data.format", "Format", "",
                     "How rows are read. auto looks at the file; name the format where it guesses wrong."},
                    FETTLE_AT(data.format),
                    {"auto", "chat", "prompt_completion", "alpaca", "sharegpt", "preference", "feedback", "text",
                     "prompt_only", "stepwise", "ids", "csv"}),
        textField({"data.template", "Chat template", "",
                   "model: the template that comes with the model; none: prompt and completion are joined as they are; "
                   "or a Jinja file. A template the model was not made with wastes what it already knows."},
                  FETTLE_AT(data.chatTemplate), {"model", "none"}),
        choiceField({"data.train_on", "Train on", "",
                     "Which messages are learned: assistant, every answer; last_assistant, only the last one; all, the "
                     "questions too. Training on questions teaches the model to write them."},
                    FETTLE_AT(data.trainOn), {"assistant", "last_assistant", "all"}),
        choiceField({"data.over_long", "Rows over the context", "",
                     "What happens to rows longer than the context. drop leaves them out; cut_end and cut_start "
                     "shorten them (cut_end can lose the end of the answer, so that the model does not learn "
                     "to stop); split makes several rows; error stops."},
                    FETTLE_AT(data.overLong), {"drop", "cut_end", "cut_start", "split", "error"}),
        boolField({"data.shuffle", "Shuffle", "",
                   "A new order of the rows each epoch. Off keeps the order of the file, so that sorted data is "
                   "learned block by block and earlier blocks are partly forgotten."},
                  FETTLE_AT(data.shuffle)),
    };
}

std::vector<Field> makeAdapterFields() {
    return {
        integerField({"adapter.rank", "Rank", "",
                      "Width of the adapter. Too low cannot hold what the data teaches; too high costs memory and time "
                      "and overfits small data sets."},
                     FETTLE_AT(adapter.rank), 1, 1024),
        numberField({"adapter.alpha", "Alpha", "",
                     "The adapter is scaled by alpha / rank. Too high acts like a too high learning rate; too low "
                     "makes the adapter hardly count."},
                    FETTLE_AT(adapter.alpha), 1e-3, 65536),
        numberField({"adapter.dropout", "Dropout", "",
                     "Share of the adapter's inputs switched off at random in training. A little (0.05) can help "
                     "against overfitting on small data; too high slows learning."},
                    FETTLE_AT(adapter.dropout), 0, 0.99),
        textListField({"adapter.targets", "Target modules", "",
                       "Which linear layers get an adapter: all_linear, or names like q_proj. Fewer are faster and "
                       "hold less; leaving out the MLP layers usually costs quality."},
                      FETTLE_AT(adapter.targets), "all_linear"),
        integerMapField({"adapter.rank_pattern", "Rank by module", "",
                         "Other ranks for single modules, by name or pattern as in PEFT. Too many exceptions make runs "
                         "hard to compare."},
                        FETTLE_AT(adapter.rankPattern), 1, 1024),
        numberMapField({"adapter.alpha_pattern", "Alpha by module", "",
                        "Other alphas for single modules, by name or pattern as in PEFT. A high alpha on one module "
                        "lets it learn faster than its neighbours."},
                       FETTLE_AT(adapter.alphaPattern), 1e-3, 65536),
        boolField({"adapter.rslora", "Rank-stabilised scaling", "",
                   "Scales by alpha / sqrt(rank), so that high ranks keep learning. With an alpha chosen for plain "
                   "LoRA the adapter acts much stronger."},
                  FETTLE_AT(adapter.rslora)),
        boolField({"adapter.dora", "DoRA", "",
                   "Learns the length of each weight column apart from its direction. Often a little better at low "
                   "rank, slower and with more memory."},
                  FETTLE_AT(adapter.dora)),
        choiceField({"adapter.init", "Start values", "",
                     "default: A random, B zero, so that training starts at the base model; gaussian: another spread "
                     "for A; pissa: the main directions of the weights, which changes the base that the "
                     "adapter belongs to."},
                    FETTLE_AT(adapter.init), {"default", "gaussian", "pissa"}),
        optionalTextField(
            {"adapter.init_from", "Go on from adapter", "",
             "A PEFT folder whose adapter is trained further. Its rank and targets must fit this recipe."},
            FETTLE_AT(adapter.initFrom)),
        numberField({"adapter.plus_ratio", "LoRA+ ratio", "times",
                     "Learning rate of B divided by that of A. 1 is plain LoRA; 4 to 16 can learn faster; too high "
                     "makes the loss jump."},
                    FETTLE_AT(adapter.plusRatio), 0.01, 1000),
    };
}

std::vector<Field> makeOptimizerFields() {
    return {
        choiceField({"optimizer.name", "Optimizer", "", "The rule that turns gradients into steps."},
                    FETTLE_AT(optimizer.name), {"adamw"}),
        numberField({"optimizer.learning_rate", "Learning rate", "",
                     "Size of a step. Too high and the loss jumps or becomes no number; too low and the run ends "
                     "before it has learned. LoRA usually takes 1e-4 to 5e-4."},
                    FETTLE_AT(optimizer.learningRate), 0, 1),
        numberField({"optimizer.beta1", "Beta 1", "",
                     "Memory of the mean gradient. Too high reacts late; too low follows the noise of single steps."},
                    FETTLE_AT(optimizer.beta1), 0, 0.99999),
        numberField({"optimizer.beta2", "Beta 2", "",
                     "Memory of the gradient's size. Too low makes steps restless; too high needs a longer warm-up. "
                     "Short runs may take 0.99."},
                    FETTLE_AT(optimizer.beta2), 0, 0.999999),
        numberField({"optimizer.eps", "Epsilon", "",
                     "Keeps the division by small gradients tame. Too high damps the steps of rarely used weights; too "
                     "low lets them jump."},
                    FETTLE_AT(optimizer.eps), 1e-16, 1),
        numberField({"optimizer.weight_decay", "Weight decay", "",
                     "Pulls the adapter towards zero. Some (0.01 to 0.1) can help against overfitting; too high undoes "
                     "what was learned."},
                    FETTLE_AT(optimizer.weightDecay), 0, 10),
        numberField({"optimizer.max_grad_norm", "Gradient limit", "",
                     "Gradients longer than this are shortened to it; 0 switches the limit off. Too low slows every "
                     "step; without it one odd row can spoil the run."},
                    FETTLE_AT(optimizer.maxGradNorm), 0, 1e6),
        choiceField({"optimizer.schedule", "Schedule", "",
                     "How the learning rate changes: cosine and linear fall to the end, constant stays, wsd stays and "
                     "falls in the last part. A constant rate often ends with a restless loss."},
                    FETTLE_AT(optimizer.schedule), {"cosine", "linear", "constant", "wsd"}),
        optionalIntegerField({"optimizer.warmup_steps", "Warm-up steps", "steps",
                              "Steps in which the rate rises from zero; wins over the ratio. Too few can spoil the "
                              "start; too many leave little time at the full rate."},
                             FETTLE_AT(optimizer.warmupSteps), 0, kMany),
        numberField({"optimizer.warmup_ratio", "Warm-up share", "of all steps",
                     "Share of the run in which the rate rises from zero. Too small can spoil the start; too large "
                     "leaves little time at the full rate."},
                    FETTLE_AT(optimizer.warmupRatio), 0, 1),
    };
}

std::vector<Field> makeTrainingFields() {
    return {
        numberField({"training.epochs", "Epochs", "passes",
                     "How often all rows are seen. Too few and little is learned; too many and the rows are learned by "
                     "heart: the validation loss rises again."},
                    FETTLE_AT(training.epochs), 0.001, 100000),
        optionalIntegerField({"training.max_steps", "Steps", "steps",
                              "Ends the run after this many optimizer steps; wins over epochs. Too few cuts the "
                              "schedule short of its end."},
                             FETTLE_AT(training.maxSteps), 1, kMany),
        integerField({"training.batch_tokens", "Batch", "tokens",
                      "Real tokens an optimizer step. Larger steps are smoother but fewer; too small and the loss is "
                      "noise; too large for the data and only a few steps remain."},
                     FETTLE_AT(training.batchTokens), 1, kMany),
        optionalIntegerField({"training.batch_rows", "Batch rows", "rows",
                              "Rows an optimizer step; wins over tokens. With rows of unequal length the work of a "
                              "step varies. Too few are noise, too many leave few steps."},
                             FETTLE_AT(training.batchRows), 1, kMany),
        autoIntegerField({"training.micro_tokens", "Micro-batch", "tokens",
                          "Tokens computed at once. It changes speed and memory, not what is learned: too high runs "
                          "out of memory, too low leaves the machine idle."},
                         FETTLE_AT(training.microTokens), 1, kMany),
        integerField({"training.context", "Context", "tokens",
                      "Longest row in tokens. Too low drops or cuts rows; too high for the model leaves the range it "
                      "was trained for, and memory grows with it."},
                     FETTLE_AT(training.context), 8, 4194304),
        choiceField({"training.compute_dtype", "Compute type", "",
                     "Number format of the computation. bf16 is faster where the processor has it and halves "
                     "activations; fp32 is exact and slower."},
                    FETTLE_AT(training.computeDtype), {"auto", "bf16", "fp32"}),
        choiceField({"training.base_storage", "Base storage", "",
                     "How the frozen weights are kept. fp32 and bf16 are exact for models that come so; q8_0 and nf4 "
                     "save memory at the price of small errors."},
                    FETTLE_AT(training.baseStorage), {"auto", "fp32", "bf16", "nf4", "q8_0"}),
        choiceField({"training.recompute", "Recompute", "",
                     "What is computed again in the backward pass instead of kept. none is fastest; lean saves a "
                     "little; full needs the least memory and about a third more time."},
                    FETTLE_AT(training.recompute), {"auto", "none", "lean", "full"}),
        textField({"training.device", "Device", "", "Where the run computes: auto, cpu or cuda:0."},
                  FETTLE_AT(training.device), {"auto", "cpu", "cuda:0"}),
        autoIntegerField(
            {"training.threads", "Threads", "threads",
             "Processor threads. More than there are cores makes it slower; fewer leave room for other programs."},
            FETTLE_AT(training.threads), 1, 4096),
    };
}

std::vector<Field> makeEvaluationFields() {
    return {
        optionalIntegerField({"evaluation.every_steps", "Evaluate every", "steps",
                              "Validation loss every so many steps; wins over epochs. Too often costs time; too seldom "
                              "shows overfitting late."},
                             FETTLE_AT(evaluation.everySteps), 1, kMany),
        numberField({"evaluation.every_epochs", "Evaluate every", "epochs",
                     "Validation loss every so many epochs; 0 only at the end. Too often costs time; too seldom shows "
                     "overfitting late."},
                    FETTLE_AT(evaluation.everyEpochs), 0, 100000),
        textListField({"evaluation.sample_prompts", "Sample prompts", "",
                       "Prompts answered at each evaluation, so that progress can be read and not only measured. Each "
                       "one costs the time of an answer."},
                      FETTLE_AT(evaluation.samplePrompts), ""),
        optionalIntegerField({"evaluation.patience", "Patience", "evaluations",
                              "Stops when the metric has not improved for so many evaluations in a row. Too low stops "
                              "at the first bad luck; null never stops early."},
                             FETTLE_AT(evaluation.patience), 1, 1000000),
        choiceField({"evaluation.metric", "Metric", "", "What decides which checkpoint is the best."},
                    FETTLE_AT(evaluation.metric), {"loss"}),
    };
}

std::vector<Field> makeCheckpointFields() {
    return {
        optionalIntegerField({"checkpoint.every_steps", "Save every", "steps",
                              "Saves every so many steps; wins over epochs. Too seldom loses work when the machine "
                              "stops; too often writes more than it computes."},
                             FETTLE_AT(checkpoint.everySteps), 1, kMany),
        numberField({"checkpoint.every_epochs", "Save every", "epochs",
                     "Saves every so many epochs; 0 only at the end. Too seldom loses work when the machine stops; too "
                     "often writes more than it computes."},
                    FETTLE_AT(checkpoint.everyEpochs), 0, 100000),
        integerField({"checkpoint.keep_last", "Keep the last", "checkpoints",
                      "How many of the newest checkpoints stay on disk. More allow going further back; each takes the "
                      "size of the adapter and its optimizer state."},
                     FETTLE_AT(checkpoint.keepLast), 1, 1000000),
        boolField({"checkpoint.keep_best", "Keep the best", "",
                   "Keeps the checkpoint with the best metric beside the newest ones. Off, an overfitted run may have "
                   "lost its best state."},
                  FETTLE_AT(checkpoint.keepBest)),
    };
}

std::vector<Field> makeFields() {
    std::vector<Field> all;
    for (auto make : {makeTopFields, makeDataFields, makeAdapterFields, makeOptimizerFields, makeTrainingFields,
                      makeEvaluationFields, makeCheckpointFields}) {
        auto part = make();
        std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
}

const std::vector<Field>& table() {
    static const std::vector<Field> all = makeFields();
    return all;
}

// Number of single-character changes between two words.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string_view lastPart(std::string_view key) {
    const auto dot = key.rfind('.');
    return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

} // namespace

std::span<const Field> fields() {
    return table();
}

const Field* findField(std::string_view key) {
    const auto& all = table();
    const auto found = std::find_if(all.begin(), all.end(), [key](const Field& field) { return field.key == key; });
    return found == all.end() ? nullptr : &*found;
}

Json defaultOf(const Field& field) {
    return field.get(Recipe{});
}

std::string nearestKey(std::string_view key) {
    if (key.size() > 200) {
        return {};
    }
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(2, key.size() / 3) + 1;
    const auto consider = [&](std::string_view candidate, std::size_t far) {
        if (far < bestDistance) {
            bestDistance = far;
            best = std::string(candidate);
        }
    };
    for (const Field& field : table()) {
        consider(field.key, distance(key, field.key));
        // A right name in the wrong section, or without one.
        if (lastPart(key) == lastPart(field.key)) {
            consider(field.key, 1);
        }
        if (const auto dot = field.key.find('.'); dot != std::string::npos) {
            const std::string_view section = std::string_view(field.key).substr(0, dot);
            consider(section, distance(key, section));
        }
    }
    return best;
}

} // namespace fettle::recipe
