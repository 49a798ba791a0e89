// The recipe as one document with two faces, without a window: the field table in words, form and YAML, undo over both,
// drafts, and recipes to start from.
#include "project/recipe_yaml.h"
#include "train/field_words.h"
#include "train/lr_curve.h"
#include "train/recipe_faults.h"
#include "train_fixture.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTranslator>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using train::FakeScript;

namespace {

bool hasHan(const QString& text) {
    static const QRegularExpression han(u"\\p{Han}"_s);
    return text.contains(han);
}

std::string draftOf(const TrainFixture& f) {
    return readFile(us(f.workspace->projectFolder()) + "/recipe.yaml.draft").valueOr(std::string());
}

} // namespace

class TestTrainRecipe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnTrainMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }
    void cleanup() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    // ---- words

    void everyFieldSpeaksBothLanguages() {
        QVector<QStringList> english;
        const auto words = [](const recipe::Field& field) {
            return QStringList{FieldWords::title(field), FieldWords::help(field),    FieldWords::high(field),
                               FieldWords::low(field),   FieldWords::allowed(field), FieldWords::refusal(field)};
        };
        for (const recipe::Field& field : recipe::fields()) {
            english.append(words(field));
        }
        QTranslator chinese;
        QVERIFY(chinese.load(u":/fettle/i18n/fettle_zh_CN.qm"_s));
        QVERIFY(QCoreApplication::installTranslator(&chinese));
        qsizetype i = 0;
        for (const recipe::Field& field : recipe::fields()) {
            const QStringList own = words(field);
            for (const int part : {1, 2, 3, 5}) { // titles such as DoRA stay
                const bool absent = english[i][part].isEmpty();
                QVERIFY2(absent == own[part].isEmpty(), field.key.c_str());
                QVERIFY2(absent || (own[part] != english[i][part] && hasHan(own[part])), field.key.c_str());
            }
            QVERIFY2(!english[i][0].isEmpty() && !own[0].isEmpty() && !own[4].isEmpty(), field.key.c_str());
            ++i;
        }
        for (const recipe::FieldGroup& group : recipe::fieldGroups()) {
            QVERIFY2(hasHan(FieldWords::group(group)), group.key);
        }
        QCoreApplication::removeTranslator(&chinese);
    }

    void valuesSurviveTheirControl_data() {
        QTest::addColumn<QLocale>("locale");
        QTest::newRow("en") << QLocale(QLocale::English, QLocale::UnitedStates);
        QTest::newRow("de") << QLocale(QLocale::German, QLocale::Germany);
        QTest::newRow("zh") << QLocale(QLocale::Chinese, QLocale::China);
    }
    void valuesSurviveTheirControl() {
        QFETCH(QLocale, locale);
        QLocale::setDefault(locale);
        const std::vector<std::pair<const char*, Json>> values{
            {"optimizer.learning_rate", 1.2345678e-4},
            {"optimizer.weight_decay", 1.234},
            {"training.epochs", 1234.5},
            {"training.batch_tokens", 123456},
            {"training.micro_tokens", "auto"},
            {"training.micro_tokens", 512},
            {"training.max_steps", nullptr},
            {"training.max_steps", 1000},
            {"data.shuffle", false},
            {"optimizer.schedule", "wsd"},
            {"data.train", Json::array({"a.jsonl", "b, c.jsonl"})},
            {"data.validation", 0.05},
            {"data.validation", "project:validation"},
            {"evaluation.sample_prompts", Json::array({"two\nlines", "back\\slash"})},
            {"adapter.targets", "all_linear"},
            {"adapter.rank_pattern", Json{{"q_proj", 8}, {"layers.0:x", 1024}}},
            {"adapter.alpha_pattern", Json{{"v_proj", 1.5}}},
            {"adapter.init_from", nullptr},
            {"model", " a model "}};
        for (const auto& [key, value] : values) {
            const recipe::Field& field = *recipe::findField(key);
            recipe::Recipe before;
            QVERIFY2(field.set(before, value).ok(), key);
            const QString typed = FieldWords::typed(field, field.get(before));
            const std::optional<Json> parsed = FieldWords::parse(field, typed);
            QVERIFY2(parsed.has_value(), qPrintable(typed));
            recipe::Recipe after;
            QVERIFY2(field.set(after, *parsed).ok(), qPrintable(typed));
            QVERIFY2(after == before, qPrintable(typed));
        }
        for (const recipe::Field& field : recipe::fields()) { // and every default
            const std::optional<Json> parsed =
                FieldWords::parse(field, FieldWords::typed(field, recipe::defaultOf(field)));
            recipe::Recipe after;
            QVERIFY2(parsed && (field.set(after, *parsed).ok() || field.input), field.key.c_str());
            QVERIFY2(after == recipe::Recipe{}, field.key.c_str());
        }
    }

    void refusalsNameFieldAndRange() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        QVERIFY(!form.setText("adapter.rank", u"0"_s));
        QVERIFY2(form.error("adapter.rank").contains(u"Rank"_s) && form.error("adapter.rank").contains(u"1 to 1,024"_s),
                 qPrintable(form.error("adapter.rank")));
        QVERIFY(!form.setText("adapter.rank_pattern", u"q_proj 8"_s));
        QVERIFY(!form.setText("optimizer.schedule", u"sideways"_s));
        QVERIFY(form.error("optimizer.schedule").contains(u"cosine"_s));
        QVERIFY(form.hasErrors());
        form.reset("adapter.rank_pattern");
        QVERIFY(form.error("adapter.rank_pattern").isEmpty());
        form.undo(); // takes back what was typed wrongly
        QVERIFY(!form.hasErrors());
    }

    // ---- form and defaults

    void resetsOneOrAllAndLeavesTheRows() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const int before = form.changedCount(); // context and batch of the fixture's recipe
        QCOMPARE(before, 2);
        QVERIFY(form.setText("optimizer.schedule", u"wsd"_s));
        QVERIFY(form.setValue("adapter.rslora", Json(true)));
        QCOMPARE(form.changedCount(), before + 2);
        form.reset("optimizer.schedule");
        QCOMPARE(form.changedCount(), before + 1);
        const recipe::Recipe now = form.recipe();
        form.resetAll();
        QCOMPARE(form.changedCount(), 0);
        QCOMPARE(form.recipe().model, now.model);
        QCOMPARE(form.recipe().data.validation, now.data.validation);
        form.undo(); // all of it was one step
        QVERIFY(form.recipe() == now);
    }

    void theCurveFollowsWhatIsTyped() {
        TrainFixture f;
        QVERIFY(f.open());
        const SchedulePreview before = f.train->schedulePreview();
        QVERIFY(before.known);
        QCOMPARE(before.schedule.totalSteps,
                 train::plannedSteps(f.train->form().recipe(), f.train->check().count()->trained));
        QSignalSpy spy(f.train.get(), &TrainPresenter::scheduleChanged);
        f.train->previewTyping(*recipe::findField("optimizer.learning_rate"), u"1e-3"_s);
        QCOMPARE(spy.count(), 1);
        QCOMPARE(f.train->schedulePreview().schedule.peak, 1e-3);
        QCOMPARE(f.train->form().recipe().optimizer.learningRate, 2e-4); // not taken yet
        f.train->previewTyping(*recipe::findField("training.epochs"), u"6"_s);
        QCOMPARE(f.train->schedulePreview().schedule.totalSteps, 2 * before.schedule.totalSteps);
        f.train->previewTyping(*recipe::findField("training.epochs"), u"many"_s); // no number: as it is
        QCOMPARE(f.train->schedulePreview().schedule.totalSteps, before.schedule.totalSteps);
        const std::vector<double> points = LrCurve::points(before.schedule, 50);
        QVERIFY(std::abs(*std::max_element(points.begin(), points.end()) / before.schedule.peak - 1) < 0.3);
        QVERIFY(LrCurve::words(before.schedule, true).contains(u"cosine"_s));
    }

    // ---- YAML

    void textAndFormAreOneDocument() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        QVERIFY(form.yaml().startsWith(u"# My notes."_s));
        const QString first = form.yaml();
        form.setYaml(QString(first).replace(u"context: 48"_s, u"context: 96 # longer"_s));
        QVERIFY(form.yamlFaults().empty());
        QCOMPARE(form.recipe().training.context, std::int64_t{96});
        QVERIFY(form.setText("adapter.rank", u"8"_s)); // the form edits the same text
        QVERIFY(form.yaml().contains(u"context: 96 # longer"_s));
        QVERIFY(form.yaml().contains(u"rank: 8"_s));
        QVERIFY(f.recipeText() == us(form.yaml()));
        form.undo(); // the form's step
        QVERIFY(form.yaml().contains(u"# longer"_s) && !form.yaml().contains(u"rank: 8"_s));
        form.undo(); // the text's step
        QCOMPARE(form.yaml(), first);
        QCOMPARE(form.recipe().training.context, std::int64_t{48});
        form.redo();
        form.redo();
        QCOMPARE(form.recipe().adapter.rank, std::int64_t{8});
        QCOMPARE(form.recipe().training.context, std::int64_t{96});
    }

    void quickTypingIsOneStep() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const QString first = form.yaml();
        for (const QString& tail : {u"s"_s, u"se"_s, u"see"_s, u"seed"_s, u"seed:"_s, u"seed: "_s, u"seed: 7"_s}) {
            form.setYaml(first % tail);
        }
        QCOMPARE(form.recipe().seed, std::int64_t{7});
        form.undo();
        QCOMPARE(form.yaml(), first);
        QVERIFY(!form.canUndo());
    }

    void aWrongLineKeepsTheLastGoodForm() {
        TrainFixture f(FakeScript{.steps = 5});
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const std::string saved = f.recipeText();
        form.setYaml(form.yaml() % u"optimizer:\n  learning_rate: fast\n"_s);
        QVERIFY(form.locked());
        QCOMPARE(form.yamlFaults().size(), std::size_t{1});
        const Error& fault = form.yamlFaults().front();
        QCOMPARE(fault.line, std::int64_t{10});
        const QString words = faultLine(fault);
        QVERIFY2(words.contains(u"Line 10"_s) && words.contains(u"optimizer.learning_rate"_s) &&
                     words.contains(u"0 to 1"_s),
                 qPrintable(words));
        QCOMPARE(form.recipe().optimizer.learningRate, 2e-4);
        QVERIFY(!form.setText("adapter.rank", u"4"_s)); // the form waits
        f.train->apply(Fix::TakeValidation);
        QCOMPARE(form.recipe().data.validationShare, 0.0);
        // Train is held, with the line.
        f.train->start();
        QCOMPARE(f.workspace->runs().rowCount(), 0);
        QVERIFY2(f.train->preflightState().hold.contains(u"line 10"_s), qPrintable(f.train->preflightState().hold));
        // The text is a draft; the recipe file keeps the last good one.
        QTRY_VERIFY(!draftOf(f).empty());
        QCOMPARE(draftOf(f), us(form.yaml()));
        QCOMPARE(f.recipeText(), saved);
        form.setYaml(form.yaml().replace(u"fast"_s, u"1e-3"_s));
        QVERIFY(!form.locked());
        QCOMPARE(form.recipe().optimizer.learningRate, 1e-3);
        form.flush();
        QVERIFY(draftOf(f).empty());
        QCOMPARE(f.recipeText(), us(form.yaml()));
        QTRY_VERIFY(f.counted());
        f.train->start();
        QTRY_COMPARE(f.workspace->runs().rowCount(), 1);
    }

    void whatIsTypedSurvivesACrash() {
        TrainFixture f;
        QVERIFY(f.open());
        const QString typed = f.train->form().yaml() % u"oops: [\n"_s;
        f.train->form().setYaml(typed);
        QTRY_VERIFY(!draftOf(f).empty());
        // Another process finds it (this one saves nothing more).
        TrainFixture later;
        later.workspace->openProject(f.workspace->projectFolder());
        QTRY_VERIFY(later.workspace->hasProject());
        QCOMPARE(later.train->form().yaml(), typed);
        QVERIFY(later.train->form().locked());
        QCOMPARE(later.train->form().recipe().training.context, std::int64_t{48});
        later.train->form().discardYaml();
        QVERIFY(!later.train->form().locked());
        QVERIFY(later.train->form().canUndo());
        later.train->form().undo(); // nothing typed is lost by that
        QCOMPARE(later.train->form().yaml(), typed);
    }

    void closingWritesWhatWaits() {
        TrainFixture f;
        QVERIFY(f.open());
        f.train->form().setYaml(f.train->form().yaml() % u"seed: 11\n"_s);
        f.train.reset(); // at once: the timer has not run
        QVERIFY(f.recipeText().find("seed: 11") != std::string::npos);
    }

    void unknownKeysNameTheNearest() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        form.setYaml(form.yaml() % u"optimizer:\n  learning_rat: 1e-3\n"_s);
        QCOMPARE(form.yamlFaults().size(), std::size_t{1});
        const FaultWords words = faultWords(form.yamlFaults().front());
        QVERIFY2(words.remedy.contains(u"optimizer.learning_rate"_s), qPrintable(words.remedy));
        form.setYaml(u"model: m\nmodel: n\nsedd: 1\ndata: 5\n"_s);
        QCOMPARE(form.yamlFaults().size(), std::size_t{3});
        for (const Error& fault : form.yamlFaults()) {
            QVERIFY2(fault.line > 0 && !faultWords(fault).reason.isEmpty(), fault.text().c_str());
        }
    }

    void germanFilesHavePoints() {
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        QVERIFY(form.setText("optimizer.weight_decay", u"0,25"_s));
        QVERIFY(form.setText("training.batch_tokens", u"2.048"_s));
        QVERIFY(form.setText("adapter.alpha_pattern", u"q_proj: 1,5"_s));
        QCOMPARE(form.text("optimizer.weight_decay"), u"0,25"_s);
        QCOMPARE(form.recipe().training.batchTokens, std::int64_t{2048});
        const std::string text = f.recipeText();
        QVERIFY2(text.find("weight_decay: 0.25") != std::string::npos, text.c_str());
        QVERIFY2(text.find("batch_tokens: 2048") != std::string::npos, text.c_str());
        QVERIFY2(text.find("q_proj: 1.5") != std::string::npos, text.c_str());
        QVERIFY(*f.workspace->project()->loadRecipe() == form.recipe());
    }

    void whatOtherProgramsWriteIsKept() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const std::string path = f.workspace->project()->recipePath();
        QVERIFY(writeFileAtomic(path, f.recipeText() + "# from elsewhere\n"));
        QVERIFY(form.setText("adapter.rank", u"8"_s));
        QVERIFY(f.recipeText().find("# from elsewhere") != std::string::npos);
        QVERIFY(writeFileAtomic(path, f.recipeText() + "seed: 5\n"));
        f.train->entered(); // looks again
        QCOMPARE(form.recipe().seed, std::int64_t{5});
        form.undo();
        QCOMPARE(form.recipe().seed, std::int64_t{42});
        const Result<std::string> crlf = std::string("model: m\r\nseed: 1 # one\r\n");
        QVERIFY(writeFileAtomic(path, *crlf));
        f.workspace->reloadRecipe();
        QVERIFY(!form.yaml().contains(u'\r'));
        form.setYaml(form.yaml().replace(u"seed: 1"_s, u"seed: 2"_s));
        form.flush();
        QCOMPARE(f.recipeText(), std::string("model: m\r\nseed: 2 # one\r\n"));
    }

    // ---- recipes to start from

    void startersReadWellAndKeepTheRows() {
        TrainFixture f;
        QVERIFY(f.open());
        StartPresenter& starts = f.train->starts();
        const recipe::Recipe now = f.train->form().recipe();
        QCOMPARE(starts.choices().size(), qsizetype{6});
        QVERIFY(!starts.hold().isEmpty()); // nothing is chosen
        std::set<std::string> results;
        for (int i = 0; i < starts.choices().size(); ++i) {
            starts.choose(i);
            QVERIFY2(!starts.error(), starts.error() ? starts.error()->text().c_str() : "");
            QVERIFY(!starts.choices()[i].title.isEmpty() && !starts.choices()[i].when.isEmpty());
            if (starts.needsAdapter()) {
                QVERIFY(!starts.result() && starts.hold().contains(u"adapter"_s));
                continue;
            }
            const std::optional<recipe::Recipe> result = starts.result();
            QVERIFY(result);
            QVERIFY(recipe::validate(*result).empty());
            QVERIFY(result->model == now.model && result->data.train == now.data.train &&
                    result->data.validation == now.data.validation);
            QVERIFY(starts.difference().size() >= 3);
            QVERIFY(results.insert(dumpJson(recipe::toJson(*result))).second); // no two are the same
        }
        starts.choose(1);
        const QVector<RecipeDifference> difference = starts.difference();
        QCOMPARE(difference.first().key, u"adapter.dropout"_s);
        QCOMPARE(difference.first().a, u"0"_s);
        QCOMPARE(difference.first().b, u"0.05"_s);
        QSignalSpy taken(&starts, &StartPresenter::taken);
        starts.take();
        QCOMPARE(taken.count(), 1);
        QCOMPARE(f.train->form().recipe().adapter.dropout, 0.05);
        QVERIFY(f.train->form().yaml().contains(u"# My notes."_s));
        QVERIFY(starts.difference().isEmpty() && !starts.hold().isEmpty()); // nothing would change now
        f.train->form().undo();
        QVERIFY(f.train->form().recipe() == now);
    }

    void aFaultyStarterIsNamed() {
        TrainFixture f;
        QVERIFY(f.open());
        const Result<recipe::Recipe> read = project::loadRecipeYaml("training:\n  epochs: none\n", "x.yaml");
        QVERIFY(!read);
        f.train->starts().chooseRun(f.folder.filePath(u"not-there"_s));
        QVERIFY(f.train->starts().error());
        QVERIFY(f.train->starts().error()->file.find("not-there/recipe.json") != std::string::npos);
        QVERIFY(!f.train->starts().hold().isEmpty());
    }

    void anEarlierRunIsAStart() {
        TrainFixture f(FakeScript{.steps = 6, .evaluateEvery = 3});
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        QVERIFY(form.setText("adapter.rank", u"8"_s));
        QTRY_VERIFY(f.counted());
        const recipe::Recipe used = form.recipe();
        f.train->start();
        QTRY_COMPARE(f.newestState(), jobs::RunState::Succeeded);
        f.workspace->refreshRuns();
        QTRY_VERIFY(f.newest()->summary.validationLoss.has_value());
        QVERIFY(form.setText("adapter.rank", u"32"_s));
        StartPresenter& starts = f.train->starts();
        starts.setKind(StartPresenter::Kind::Runs);
        QCOMPARE(starts.choices().size(), qsizetype{1});
        QVERIFY(starts.choices()[0].loss.has_value() && !starts.choices()[0].state.isEmpty());
        starts.choose(0);
        // Only what differs: absolute paths of the run are names again.
        const QVector<RecipeDifference> difference = starts.difference();
        QCOMPARE(difference.size(), qsizetype{1});
        QCOMPARE(difference[0].key, u"adapter.rank"_s);
        QCOMPARE(difference[0].b, u"8"_s);
        starts.take();
        QVERIFY(form.recipe() == used);
        QVERIFY(form.setText("optimizer.schedule", u"constant"_s));
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Run);
        f.train->duplicate(qs(f.newest()->summary.folder));
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Form);
        QVERIFY(form.recipe() == used);
    }

    void goesOnFromAnAdapter() {
        TrainFixture f;
        QVERIFY(f.open());
        StartPresenter& starts = f.train->starts();
        starts.choose(5);
        QVERIFY(starts.needsAdapter());
        const QString folder = f.folder.filePath(u"adapter"_s);
        starts.setAdapter(folder); // nothing there
        QVERIFY(starts.error() && !starts.hold().isEmpty());
        QVERIFY(makeFolders(us(folder)));
        QVERIFY(writeFileAtomic(us(folder) + "/adapter_config.json",
                                R"({"peft_type":"LORA","r":4,"lora_alpha":12,"target_modules":["q_proj","v_proj"],)"
                                R"("base_model_name_or_path":"m","lora_dropout":0.0,"bias":"none"})"));
        starts.setAdapter(folder);
        QVERIFY2(!starts.error(), starts.error() ? starts.error()->text().c_str() : "");
        const std::optional<recipe::Recipe> result = starts.result();
        QVERIFY(result);
        QCOMPARE(result->adapter.rank, std::int64_t{4});
        QCOMPARE(result->adapter.alpha, 12.0);
        QCOMPARE(result->adapter.targets, (std::vector<std::string>{"q_proj", "v_proj"}));
        QCOMPARE(result->adapter.initFrom, us(folder));
        QVERIFY(recipe::validate(*result).empty());
    }
};

QTEST_MAIN(TestTrainRecipe)
#include "test_train_recipe.moc"
