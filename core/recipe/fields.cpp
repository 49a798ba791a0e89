// The table: every key of a recipe, once, with what the value is and what happens when it is too high or too low. Texts
// are marked for translation here, so that no other list of fields is needed.
#include "recipe/fields.h"

#include "recipe/field_makers.h"

#include <algorithm>
#include <array>

namespace fettle::recipe {
namespace {

// Access to one member: FETTLE_AT(optimizer.learningRate).
#define FETTLE_AT(member)                                                                                              \
    [](Recipe & recipe) -> auto& {                                                                                     \
        return recipe.member;                                                                                          \
    }

constexpr std::array<FieldGroup, 8> kGroups{{{"", FETTLE_TEXT("RecipeField", "Model and run")},
                                             {"data", FETTLE_TEXT("RecipeField", "Data")},
                                             {"adapter", FETTLE_TEXT("RecipeField", "Adapter")},
                                             {"optimizer", FETTLE_TEXT("RecipeField", "Optimizer and schedule")},
                                             {"training", FETTLE_TEXT("RecipeField", "Training")},
                                             {"evaluation", FETTLE_TEXT("RecipeField", "Evaluation")},
                                             {"checkpoint", FETTLE_TEXT("RecipeField", "Checkpoints")},
                                             {"stop", FETTLE_TEXT("RecipeField", "Stop conditions")}}};

constexpr double kMany = 1e12; // steps, tokens: large enough for any run, small enough to be exact

std::vector<Field> makeTopFields() {
    return {
        inputField(pathField(
            textField(
                {"model", FETTLE_TEXT("RecipeField", "Base model"), "",
                 FETTLE_TEXT(
                     "RecipeField",
                     "The model that is tuned: a name of `fettle model list`, a Hugging Face folder or a .gguf file."),
                 FETTLE_TEXT("RecipeField", "A larger model answers better, but needs memory and time in proportion; a "
                                            "base model without chat template answers questions badly."),
                 ""},
                FETTLE_AT(model), {"smollm2-135m-instruct"}),
            PathKind::File)),
        choiceField({"objective", FETTLE_TEXT("RecipeField", "Objective"), "",
                     FETTLE_TEXT("RecipeField",
                                 "What is learned from the rows; sft learns to write the trained part of each row."),
                     FETTLE_TEXT("RecipeField", "Rows that hold no single right answer cannot be learned with sft."),
                     ""},
                    FETTLE_AT(objective), {"sft"}),
        integerField(
            {"seed", FETTLE_TEXT("RecipeField", "Seed"), "",
             FETTLE_TEXT("RecipeField",
                         "Start of all random numbers: shuffling, dropout and the adapter's first values."),
             FETTLE_TEXT("RecipeField", "Its size means nothing: another seed shows how much of a result is luck."),
             FETTLE_TEXT("RecipeField", "Its size means nothing: the same seed, data and settings give the same run.")},
            FETTLE_AT(seed), 0, 9007199254740991.0),
        pathField(
            optionalTextField(
                {"output", FETTLE_TEXT("RecipeField", "Run folder"), "",
                 FETTLE_TEXT("RecipeField", "Where the run is kept; left empty, a new folder is made in the project."),
                 FETTLE_TEXT("RecipeField", "A folder that exists already is never overwritten: the start is refused."),
                 ""},
                FETTLE_AT(output)),
            PathKind::Folder),
    };
}

std::vector<Field> makeDataFields() {
    return {
        inputField(pathField(
            textListField(
                {"data.train", FETTLE_TEXT("RecipeField", "Training data"), "",
                 FETTLE_TEXT("RecipeField", "The rows to learn from: a file, several files, or project:SPLIT."),
                 FETTLE_TEXT("RecipeField", "Many rows of low quality teach their faults and take time."),
                 FETTLE_TEXT("RecipeField", "Few rows are learned by heart and generalise badly.")},
                FETTLE_AT(data.train), ""),
            PathKind::Files)),
        inputField(pathField(
            validationField(
                {"data.validation", FETTLE_TEXT("RecipeField", "Validation data"), "",
                 FETTLE_TEXT("RecipeField", "Rows kept apart to see whether the model learns or only remembers: files, "
                                            "project:SPLIT, or a share like 0.05."),
                 FETTLE_TEXT("RecipeField", "Too many rows are missing in training, and each evaluation takes long."),
                 FETTLE_TEXT("RecipeField",
                             "Too few rows make the validation loss jump; none leaves overfitting unseen.")}),
            PathKind::Files)),
        choiceField(
            {"data.format", FETTLE_TEXT("RecipeField", "Format"), "",
             FETTLE_TEXT("RecipeField", "How rows are read; auto looks at the file."),
             FETTLE_TEXT("RecipeField",
                         "A wrong format finds other columns or none, and rows are refused or read as something else."),
             ""},
            FETTLE_AT(data.format),
            {"auto", "chat", "prompt_completion", "alpaca", "sharegpt", "preference", "feedback", "text", "prompt_only",
             "stepwise", "ids", "csv"}),
        pathField(textField({"data.template", FETTLE_TEXT("RecipeField", "Chat template"), "",
                             FETTLE_TEXT("RecipeField", "model takes the template that comes with the model, none "
                                                        "joins prompt and completion as they are; or a Jinja file."),
                             FETTLE_TEXT("RecipeField",
                                         "A template the model was not made with wastes what it already knows."),
                             ""},
                            FETTLE_AT(data.chatTemplate), {"model", "none"}),
                  PathKind::File),
        choiceField(
            {"data.train_on", FETTLE_TEXT("RecipeField", "Train on"), "",
             FETTLE_TEXT("RecipeField",
                         "Which messages are learned: every answer, only the last one, or all messages."),
             FETTLE_TEXT("RecipeField", "Training on all messages teaches the model to write the questions too."), ""},
            FETTLE_AT(data.trainOn), {"assistant", "last_assistant", "all"}),
        choiceField(
            {"data.over_long", FETTLE_TEXT("RecipeField", "Rows over the context"), "",
             FETTLE_TEXT("RecipeField",
                         "What happens to rows longer than the context: drop, cut_end, cut_start, split, or error."),
             FETTLE_TEXT("RecipeField", "cut_end can lose the end of the answer, so that the model does not learn to "
                                        "stop; drop loses the whole row."),
             ""},
            FETTLE_AT(data.overLong), {"drop", "cut_end", "cut_start", "split", "error"}),
        boolField({"data.shuffle", FETTLE_TEXT("RecipeField", "Shuffle"), "",
                   FETTLE_TEXT("RecipeField", "A new order of the rows in each epoch."),
                   FETTLE_TEXT("RecipeField", "Rows come mixed, which is right for almost all data."),
                   FETTLE_TEXT("RecipeField",
                               "Sorted data is learned block by block, and earlier blocks are partly forgotten.")},
                  FETTLE_AT(data.shuffle)),
        rowListField({"data.leave_out", FETTLE_TEXT("RecipeField", "Rows left out"), "",
                      FETTLE_TEXT("RecipeField", "Training rows that are not used, by number from 0: [17, 40-60]; "
                                                 "they hold for these files in this order."),
                      FETTLE_TEXT("RecipeField", "What these rows would have taught is missing."),
                      FETTLE_TEXT("RecipeField", "Rows that spoil a run stay in it.")},
                     FETTLE_AT(data.leaveOut)),
    };
}

std::vector<Field> makeAdapterFields() {
    return {
        integerField({"adapter.rank", FETTLE_TEXT("RecipeField", "Rank"), "",
                      FETTLE_TEXT("RecipeField", "Width of the adapter: how much it can hold."),
                      FETTLE_TEXT("RecipeField", "Costs memory and time, and overfits small data sets."),
                      FETTLE_TEXT("RecipeField", "Cannot hold what the data teaches; the training loss stays high.")},
                     FETTLE_AT(adapter.rank), 1, 1024),
        numberField({"adapter.alpha", FETTLE_TEXT("RecipeField", "Alpha"), "",
                     FETTLE_TEXT("RecipeField", "The adapter is scaled by alpha / rank; twice the rank is usual."),
                     FETTLE_TEXT("RecipeField", "Acts like a learning rate that is too high: the loss jumps."),
                     FETTLE_TEXT("RecipeField", "The adapter hardly counts and learns slowly.")},
                    FETTLE_AT(adapter.alpha), 1e-3, 65536),
        numberField({"adapter.dropout", FETTLE_TEXT("RecipeField", "Dropout"), "",
                     FETTLE_TEXT("RecipeField", "Share of the adapter's inputs switched off at random in training."),
                     FETTLE_TEXT("RecipeField", "Learning becomes slow and the training loss stays high."),
                     FETTLE_TEXT("RecipeField", "Without it small data sets overfit a little sooner; 0.05 can help.")},
                    FETTLE_AT(adapter.dropout), 0, 0.99),
        textListField(
            {"adapter.targets", FETTLE_TEXT("RecipeField", "Target modules"), "",
             FETTLE_TEXT("RecipeField", "Which linear layers get an adapter: all_linear, or names like q_proj."),
             FETTLE_TEXT("RecipeField", "More layers hold more and cost more memory and time."),
             FETTLE_TEXT("RecipeField", "Leaving out the MLP layers usually costs quality.")},
            FETTLE_AT(adapter.targets), "all_linear"),
        integerMapField(
            {"adapter.rank_pattern", FETTLE_TEXT("RecipeField", "Rank by module"), "",
             FETTLE_TEXT("RecipeField", "Other ranks for single modules, by name or pattern as in PEFT."),
             FETTLE_TEXT("RecipeField", "Many exceptions make runs hard to compare."),
             FETTLE_TEXT("RecipeField", "Without exceptions every module has the same rank, which is usual.")},
            FETTLE_AT(adapter.rankPattern), 1, 1024),
        numberMapField(
            {"adapter.alpha_pattern", FETTLE_TEXT("RecipeField", "Alpha by module"), "",
             FETTLE_TEXT("RecipeField", "Other alphas for single modules, by name or pattern as in PEFT."),
             FETTLE_TEXT("RecipeField", "A high alpha on one module lets it learn faster than its neighbours."),
             FETTLE_TEXT("RecipeField", "Without exceptions every module is scaled alike, which is usual.")},
            FETTLE_AT(adapter.alphaPattern), 1e-3, 65536),
        boolField({"adapter.rslora", FETTLE_TEXT("RecipeField", "Rank-stabilised scaling"), "",
                   FETTLE_TEXT("RecipeField", "Scales by alpha / sqrt(rank), so that high ranks keep learning."),
                   FETTLE_TEXT("RecipeField", "With an alpha chosen for plain LoRA the adapter acts much stronger."),
                   FETTLE_TEXT("RecipeField", "At ranks of 64 and more, learning slows down as the rank grows.")},
                  FETTLE_AT(adapter.rslora)),
        boolField({"adapter.dora", FETTLE_TEXT("RecipeField", "DoRA"), "",
                   FETTLE_TEXT("RecipeField", "Learns the length of each weight column apart from its direction."),
                   FETTLE_TEXT("RecipeField", "Often a little better at low rank; slower and with more memory."),
                   FETTLE_TEXT("RecipeField", "Plain LoRA: faster, and good enough for most data.")},
                  FETTLE_AT(adapter.dora)),
        choiceField({"adapter.init", FETTLE_TEXT("RecipeField", "Start values"), "",
                     FETTLE_TEXT("RecipeField", "How the adapter begins; default starts exactly at the base model."),
                     FETTLE_TEXT("RecipeField", "pissa changes the base that the adapter belongs to, so that it does "
                                                "not fit the plain base any more."),
                     ""},
                    FETTLE_AT(adapter.init), {"default", "gaussian", "pissa"}),
        pathField(optionalTextField(
                      {"adapter.init_from", FETTLE_TEXT("RecipeField", "Go on from adapter"), "",
                       FETTLE_TEXT("RecipeField", "A PEFT folder whose adapter is trained further."),
                       FETTLE_TEXT("RecipeField",
                                   "An adapter whose rank or targets differ from this recipe is refused at the start."),
                       ""},
                      FETTLE_AT(adapter.initFrom)),
                  PathKind::Folder),
        numberField({"adapter.plus_ratio", FETTLE_TEXT("RecipeField", "LoRA+ ratio"),
                     FETTLE_TEXT("RecipeField", "times"),
                     FETTLE_TEXT("RecipeField", "Learning rate of matrix B divided by that of A; 1 is plain LoRA."),
                     FETTLE_TEXT("RecipeField", "The loss jumps; 4 to 16 can learn faster."),
                     FETTLE_TEXT("RecipeField", "Below 1 the adapter learns slower than plain LoRA.")},
                    FETTLE_AT(adapter.plusRatio), 0.01, 1000),
    };
}

std::vector<Field> makeOptimizerFields() {
    return {
        choiceField({"optimizer.name", FETTLE_TEXT("RecipeField", "Optimizer"), "",
                     FETTLE_TEXT("RecipeField", "The rule that turns gradients into steps."),
                     FETTLE_TEXT("RecipeField", "There is one at present, so nothing can be chosen wrongly."), ""},
                    FETTLE_AT(optimizer.name), {"adamw"}),
        numberField({"optimizer.learning_rate", FETTLE_TEXT("RecipeField", "Learning rate"), "",
                     FETTLE_TEXT("RecipeField", "Size of a step; LoRA usually takes 1e-4 to 5e-4."),
                     FETTLE_TEXT("RecipeField", "The loss jumps or becomes no number."),
                     FETTLE_TEXT("RecipeField", "The run ends before it has learned.")},
                    FETTLE_AT(optimizer.learningRate), 0, 1),
        numberField({"optimizer.beta1", FETTLE_TEXT("RecipeField", "Beta 1"), "",
                     FETTLE_TEXT("RecipeField", "Memory of the mean gradient."),
                     FETTLE_TEXT("RecipeField", "Reacts late to new rows."),
                     FETTLE_TEXT("RecipeField", "Follows the noise of single steps.")},
                    FETTLE_AT(optimizer.beta1), 0, 0.99999),
        numberField({"optimizer.beta2", FETTLE_TEXT("RecipeField", "Beta 2"), "",
                     FETTLE_TEXT("RecipeField", "Memory of the gradient's size; short runs may take 0.99."),
                     FETTLE_TEXT("RecipeField", "Needs a longer warm-up."),
                     FETTLE_TEXT("RecipeField", "Steps become restless.")},
                    FETTLE_AT(optimizer.beta2), 0, 0.999999),
        numberField({"optimizer.eps", FETTLE_TEXT("RecipeField", "Epsilon"), "",
                     FETTLE_TEXT("RecipeField", "Keeps the division by small gradients tame."),
                     FETTLE_TEXT("RecipeField", "Damps the steps of rarely used weights."),
                     FETTLE_TEXT("RecipeField", "Lets rarely used weights jump.")},
                    FETTLE_AT(optimizer.eps), 1e-16, 1),
        numberField(
            {"optimizer.weight_decay", FETTLE_TEXT("RecipeField", "Weight decay"), "",
             FETTLE_TEXT("RecipeField", "Pulls the adapter towards zero; 0.01 to 0.1 can help against overfitting."),
             FETTLE_TEXT("RecipeField", "Undoes what was learned."),
             FETTLE_TEXT("RecipeField", "At 0 nothing holds back overfitting, which is usual for LoRA.")},
            FETTLE_AT(optimizer.weightDecay), 0, 10),
        numberField(
            {"optimizer.max_grad_norm", FETTLE_TEXT("RecipeField", "Gradient limit"), "",
             FETTLE_TEXT("RecipeField", "Gradients longer than this are shortened to it; 0 switches the limit off."),
             FETTLE_TEXT("RecipeField", "One odd row can spoil the run."),
             FETTLE_TEXT("RecipeField", "Every step is slowed down.")},
            FETTLE_AT(optimizer.maxGradNorm), 0, 1e6),
        choiceField({"optimizer.schedule", FETTLE_TEXT("RecipeField", "Schedule"), "",
                     FETTLE_TEXT("RecipeField", "How the learning rate changes: cosine and linear fall to the end, "
                                                "constant stays, wsd stays and falls in the last tenth."),
                     FETTLE_TEXT("RecipeField", "A constant rate often ends with a restless loss; a falling one cannot "
                                                "be continued well after its end."),
                     ""},
                    FETTLE_AT(optimizer.schedule), {"cosine", "linear", "constant", "wsd"}),
        optionalIntegerField(
            {"optimizer.warmup_steps", FETTLE_TEXT("RecipeField", "Warm-up steps"), FETTLE_TEXT("RecipeField", "steps"),
             FETTLE_TEXT("RecipeField", "Steps in which the rate rises from zero; wins over the share below."),
             FETTLE_TEXT("RecipeField", "Leaves little time at the full rate."),
             FETTLE_TEXT("RecipeField", "The first steps can spoil the start.")},
            FETTLE_AT(optimizer.warmupSteps), 0, kMany),
        numberField({"optimizer.warmup_ratio", FETTLE_TEXT("RecipeField", "Warm-up share"),
                     FETTLE_TEXT("RecipeField", "of all steps"),
                     FETTLE_TEXT("RecipeField", "Share of the run in which the rate rises from zero."),
                     FETTLE_TEXT("RecipeField", "Leaves little time at the full rate."),
                     FETTLE_TEXT("RecipeField", "The first steps can spoil the start.")},
                    FETTLE_AT(optimizer.warmupRatio), 0, 1),
    };
}

std::vector<Field> makeTrainingFields() {
    return {
        numberField({"training.epochs", FETTLE_TEXT("RecipeField", "Epochs"), FETTLE_TEXT("RecipeField", "passes"),
                     FETTLE_TEXT("RecipeField", "How often all rows are seen."),
                     FETTLE_TEXT("RecipeField", "Rows are learned by heart: the validation loss rises again."),
                     FETTLE_TEXT("RecipeField", "Little is learned.")},
                    FETTLE_AT(training.epochs), 0.001, 100000),
        optionalIntegerField(
            {"training.max_steps", FETTLE_TEXT("RecipeField", "Steps"), FETTLE_TEXT("RecipeField", "steps"),
             FETTLE_TEXT("RecipeField", "Ends the run after this many optimizer steps; wins over epochs."),
             FETTLE_TEXT("RecipeField", "The same rows are seen again and again."),
             FETTLE_TEXT("RecipeField", "The run ends before all rows were seen.")},
            FETTLE_AT(training.maxSteps), 1, kMany),
        integerField({"training.batch_tokens", FETTLE_TEXT("RecipeField", "Batch"),
                      FETTLE_TEXT("RecipeField", "tokens"),
                      FETTLE_TEXT("RecipeField", "Real tokens of one optimizer step."),
                      FETTLE_TEXT("RecipeField", "Steps are smooth but few: small data leaves too few of them."),
                      FETTLE_TEXT("RecipeField", "The loss of a step is mostly noise.")},
                     FETTLE_AT(training.batchTokens), 1, kMany),
        optionalIntegerField(
            {"training.batch_rows", FETTLE_TEXT("RecipeField", "Batch rows"), FETTLE_TEXT("RecipeField", "rows"),
             FETTLE_TEXT("RecipeField", "Rows of one optimizer step; wins over the tokens above."),
             FETTLE_TEXT("RecipeField", "Only a few steps remain."),
             FETTLE_TEXT("RecipeField", "Steps are noise, and rows of unequal length make their work vary.")},
            FETTLE_AT(training.batchRows), 1, kMany),
        autoIntegerField(
            {"training.micro_tokens", FETTLE_TEXT("RecipeField", "Micro-batch"), FETTLE_TEXT("RecipeField", "tokens"),
             FETTLE_TEXT("RecipeField", "Tokens computed at once; changes speed and memory, not what is learned."),
             FETTLE_TEXT("RecipeField", "Runs out of memory."), FETTLE_TEXT("RecipeField", "Leaves the machine idle.")},
            FETTLE_AT(training.microTokens), 1, kMany),
        integerField({"training.context", FETTLE_TEXT("RecipeField", "Context"), FETTLE_TEXT("RecipeField", "tokens"),
                      FETTLE_TEXT("RecipeField", "Longest row that is read, in tokens."),
                      FETTLE_TEXT("RecipeField",
                                  "Beyond the model's own range answers degrade, and memory grows with long rows."),
                      FETTLE_TEXT("RecipeField", "Longer rows are dropped or cut.")},
                     FETTLE_AT(training.context), 8, 4194304),
        choiceField(
            {"training.compute_dtype", FETTLE_TEXT("RecipeField", "Compute type"), "",
             FETTLE_TEXT("RecipeField",
                         "Number format of the computation; auto takes bf16 where the processor has it."),
             FETTLE_TEXT(
                 "RecipeField",
                 "bf16 is slow where the processor lacks it; fp32 is exact, slower and takes twice the memory."),
             ""},
            FETTLE_AT(training.computeDtype), {"auto", "bf16", "fp32"}),
        choiceField({"training.base_storage", FETTLE_TEXT("RecipeField", "Base storage"), "",
                     FETTLE_TEXT("RecipeField", "How the frozen weights are kept in memory."),
                     FETTLE_TEXT("RecipeField", "q8_0 and nf4 save memory at the price of small errors; fp32 and bf16 "
                                                "are exact for models that come so."),
                     ""},
                    FETTLE_AT(training.baseStorage), {"auto", "fp32", "bf16", "nf4", "q8_0"}),
        choiceField(
            {"training.recompute", FETTLE_TEXT("RecipeField", "Recompute"), "",
             FETTLE_TEXT("RecipeField", "What is computed again in the backward pass instead of being kept."),
             FETTLE_TEXT(
                 "RecipeField",
                 "none is fastest and needs the most memory; full needs the least and about a third more time."),
             ""},
            FETTLE_AT(training.recompute), {"auto", "none", "lean", "full"}),
        textField({"training.device", FETTLE_TEXT("RecipeField", "Device"), "",
                   FETTLE_TEXT("RecipeField", "Where the run computes: auto, cpu or cuda:0."),
                   FETTLE_TEXT("RecipeField", "A device that this machine lacks ends the run at its start."), ""},
                  FETTLE_AT(training.device), {"auto", "cpu", "cuda:0"}),
        autoIntegerField({"training.threads", FETTLE_TEXT("RecipeField", "Threads"),
                          FETTLE_TEXT("RecipeField", "threads"),
                          FETTLE_TEXT("RecipeField", "Processor threads that compute."),
                          FETTLE_TEXT("RecipeField", "More than there are cores makes it slower."),
                          FETTLE_TEXT("RecipeField", "Slower, but leaves room for other programs.")},
                         FETTLE_AT(training.threads), 1, 4096),
    };
}

std::vector<Field> makeEvaluationFields() {
    return {
        optionalIntegerField({"evaluation.every_steps", FETTLE_TEXT("RecipeField", "Evaluate every"),
                              FETTLE_TEXT("RecipeField", "steps"),
                              FETTLE_TEXT("RecipeField", "Validation loss every so many steps; wins over epochs."),
                              FETTLE_TEXT("RecipeField", "Overfitting shows late."),
                              FETTLE_TEXT("RecipeField", "Evaluations cost more time than training.")},
                             FETTLE_AT(evaluation.everySteps), 1, kMany),
        numberField({"evaluation.every_epochs", FETTLE_TEXT("RecipeField", "Evaluate every"),
                     FETTLE_TEXT("RecipeField", "epochs"),
                     FETTLE_TEXT("RecipeField", "Validation loss every so many epochs; 0 only at the end."),
                     FETTLE_TEXT("RecipeField", "Overfitting shows late."),
                     FETTLE_TEXT("RecipeField", "Evaluations cost more time than training.")},
                    FETTLE_AT(evaluation.everyEpochs), 0, 100000),
        textListField(
            {"evaluation.sample_prompts", FETTLE_TEXT("RecipeField", "Sample prompts"), "",
             FETTLE_TEXT("RecipeField",
                         "Prompts answered at each evaluation, so that progress can be read and not only measured."),
             FETTLE_TEXT("RecipeField", "Each one costs the time of an answer at every evaluation."),
             FETTLE_TEXT("RecipeField", "Without any, some validation rows are used.")},
            FETTLE_AT(evaluation.samplePrompts), ""),
        optionalIntegerField(
            {"evaluation.patience", FETTLE_TEXT("RecipeField", "Patience"), FETTLE_TEXT("RecipeField", "evaluations"),
             FETTLE_TEXT("RecipeField", "Stops when the metric has not improved for so many evaluations in a row."),
             FETTLE_TEXT("RecipeField", "Goes on long after the best state was reached."),
             FETTLE_TEXT("RecipeField", "Stops at the first bad luck.")},
            FETTLE_AT(evaluation.patience), 1, 1000000),
        choiceField({"evaluation.metric", FETTLE_TEXT("RecipeField", "Metric"), "",
                     FETTLE_TEXT("RecipeField", "What decides which checkpoint is the best and when patience ends: the "
                                                "validation loss, or the share of tokens guessed right."),
                     FETTLE_TEXT("RecipeField", "The loss also sees how sure the model was; the accuracy only whether "
                                                "it was right, so that it moves in steps."),
                     ""},
                    FETTLE_AT(evaluation.metric), {"loss", "token_accuracy"}),
        boolField({"evaluation.layer_norms", FETTLE_TEXT("RecipeField", "Gradient norms by layer"), "",
                   FETTLE_TEXT("RecipeField", "Writes the size of the gradient of each layer with every step."),
                   FETTLE_TEXT("RecipeField", "Shows which layers learn and where a divergence began; the run's log "
                                              "grows by one number a layer and step."),
                   FETTLE_TEXT("RecipeField", "Only the size of the whole gradient is known.")},
                  FETTLE_AT(evaluation.layerNorms)),
    };
}

std::vector<Field> makeCheckpointFields() {
    return {
        optionalIntegerField({"checkpoint.every_steps", FETTLE_TEXT("RecipeField", "Save every"),
                              FETTLE_TEXT("RecipeField", "steps"),
                              FETTLE_TEXT("RecipeField", "Saves every so many steps; wins over epochs."),
                              FETTLE_TEXT("RecipeField", "Loses work when the machine stops."),
                              FETTLE_TEXT("RecipeField", "Writes more than it computes.")},
                             FETTLE_AT(checkpoint.everySteps), 1, kMany),
        numberField({"checkpoint.every_epochs", FETTLE_TEXT("RecipeField", "Save every"),
                     FETTLE_TEXT("RecipeField", "epochs"),
                     FETTLE_TEXT("RecipeField", "Saves every so many epochs; 0 only at the end."),
                     FETTLE_TEXT("RecipeField", "Loses work when the machine stops."),
                     FETTLE_TEXT("RecipeField", "Writes more than it computes.")},
                    FETTLE_AT(checkpoint.everyEpochs), 0, 100000),
        integerField({"checkpoint.keep_last", FETTLE_TEXT("RecipeField", "Keep the last"),
                      FETTLE_TEXT("RecipeField", "checkpoints"),
                      FETTLE_TEXT("RecipeField", "How many of the newest checkpoints stay on disk."),
                      FETTLE_TEXT("RecipeField", "Each takes the size of the adapter and its optimizer state."),
                      FETTLE_TEXT("RecipeField", "Going back to an earlier state is not possible.")},
                     FETTLE_AT(checkpoint.keepLast), 1, 1000000),
        boolField({"checkpoint.keep_best", FETTLE_TEXT("RecipeField", "Keep the best"), "",
                   FETTLE_TEXT("RecipeField", "Keeps the checkpoint with the best metric beside the newest ones."),
                   FETTLE_TEXT("RecipeField", "Takes the room of one more checkpoint."),
                   FETTLE_TEXT("RecipeField", "An overfitted run may have lost its best state.")},
                  FETTLE_AT(checkpoint.keepBest)),
    };
}

std::vector<Field> makeStopFields() {
    return {
        optionalNumberField(
            {"stop.max_minutes", FETTLE_TEXT("RecipeField", "Stop after"), FETTLE_TEXT("RecipeField", "minutes"),
             FETTLE_TEXT("RecipeField", "Stops and saves when the run has trained this long; pauses do not count."),
             FETTLE_TEXT("RecipeField", "The clock never ends the run."),
             FETTLE_TEXT("RecipeField", "Ends before the learning rate has fallen.")},
            FETTLE_AT(stop.maxMinutes), 0.001, 1e7),
        optionalNumberField(
            {"stop.target_loss", FETTLE_TEXT("RecipeField", "Stop at loss"), "",
             FETTLE_TEXT("RecipeField", "Ends the run when the validation loss (without validation rows: the mean "
                                        "training loss of the last 20 steps) is this low."),
             FETTLE_TEXT("RecipeField", "Ends before the model has learned what it could."),
             FETTLE_TEXT("RecipeField", "It is never reached.")},
            FETTLE_AT(stop.targetLoss), 0, 1000),
        numberField({"stop.min_disk_gb", FETTLE_TEXT("RecipeField", "Keep free on disk"),
                     FETTLE_TEXT("RecipeField", "GB"),
                     FETTLE_TEXT("RecipeField", "Stops and saves when less than this is free on the disk of the run."),
                     FETTLE_TEXT("RecipeField", "Runs stop that would have had room."),
                     FETTLE_TEXT("RecipeField", "The disk is full before a checkpoint is written; 0 does not look.")},
                    FETTLE_AT(stop.minDiskGb), 0, 1e6),
    };
}

std::vector<Field> makeFields() {
    std::vector<Field> all;
    for (auto make : {makeTopFields, makeDataFields, makeAdapterFields, makeOptimizerFields, makeTrainingFields,
                      makeEvaluationFields, makeCheckpointFields, makeStopFields}) {
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

std::string_view groupOf(const Field& field) {
    const auto dot = field.key.find('.');
    return dot == std::string::npos ? std::string_view() : std::string_view(field.key).substr(0, dot);
}

std::span<const FieldGroup> fieldGroups() {
    return kGroups;
}

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
