// What tests of the Train screen share: a project whose recipe names the golden tiny model, so that rows are really
// encoded, a scripted trainer and a scripted engine; and the real window over them.
#pragma once

#include "fake_engine.h"
#include "support/golden.h"
#include "train/process_memory.h"
#include "train/train_page.h"
#include "train/train_presenter.h"
#include "ui_fixture.h"

#include <QFile>

namespace fettle::ui {

/// Every Qt message fails the test, but what the offscreen platform cannot help (size hints, grabs of a menu).
inline void failOnTrainMessages() {
    QTest::failOnWarning(
        QRegularExpression(QStringLiteral("^(?!.*(propagateSizeHints|This plugin does not support))")));
}

/// `good` short rows, `tall` rows of about 60 tokens, `silent` rows with nothing to learn, `bad` rows that are no JSON.
struct Rows {
    int good = 40, tall = 0, silent = 0, bad = 0;
};

struct TrainFixture {
    QTemporaryDir folder;
    std::shared_ptr<train::FakeScript> script; // changed between runs, read when one starts
    FakeEngine engine;
    jobs::JobSystem jobs{2};
    std::unique_ptr<Workspace> workspace;
    std::unique_ptr<TrainPresenter> train;

    std::uint64_t freeMemory = 0; // 0 = what the machine says

    explicit TrainFixture(const train::FakeScript& first = {}, train::TrainerFactory trainers = {})
        : script(std::make_shared<train::FakeScript>(first)) {
        qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_CACHE_HOME", folder.filePath(QStringLiteral("cache")).toUtf8());
        WorkspaceOptions options;
        options.trainers =
            trainers ? std::move(trainers) : [script = script]() -> Result<std::unique_ptr<train::Trainer>> {
            return train::makeFakeTrainer(*script);
        };
        options.projectsFolder = us(folder.filePath(QStringLiteral("projects")));
        options.resourcesFolder = FETTLE_SOURCE_DIR "/resources";
        options.defaultModel = tinyModel();
        workspace = std::make_unique<Workspace>(jobs, options);
        TrainOptions trainOptions;
        trainOptions.freeMemory = [this] { return freeMemory > 0 ? freeMemory : train::availableMemoryBytes(); };
        trainOptions.engine = [this]() -> Result<train::Engine*> { return &engine; };
        train = std::make_unique<TrainPresenter>(*workspace, trainOptions);
    }
    [[nodiscard]] static std::string tinyModel() { return goldenRoot() + "/models/llama/hf"; }

    static std::string chat(const std::string& asked, const std::string& answer) {
        return dumpJson(
                   Json{{"messages",
                         {{{"role", "user"}, {"content", asked}}, {{"role", "assistant"}, {"content", answer}}}}}) +
               "\n";
    }
    [[nodiscard]] std::string rows(const Rows& wanted) const {
        std::string text;
        for (int i = 0; i < wanted.good; ++i) {
            text += chat("q " + std::to_string(i), "yes");
        }
        for (int i = 0; i < wanted.tall; ++i) {
            text += chat("a question of some more words than that " + std::to_string(i), "no");
        }
        for (int i = 0; i < wanted.silent; ++i) {
            text += dumpJson(Json{{"messages",
                                   {{{"role", "user"}, {"content", "asked " + std::to_string(i)}},
                                    {{"role", "assistant"}, {"content", "hm"}, {"weight", 0}}}}}) +
                    "\n";
        }
        for (int i = 0; i < wanted.bad; ++i) {
            text += "{\"messages\": oops}\n";
        }
        return text;
    }
    /// A project with these rows, 10 validation and 5 test rows, and small settings; waits until it is open and
    /// counted.
    [[nodiscard]] bool open(const Rows& wanted = {}, const std::string& recipeYaml = {}) {
        const std::string path = us(folder.filePath(QStringLiteral("projects/mine")));
        {
            Result<std::unique_ptr<project::Project>> created = project::Project::create(path, "Mine");
            if (!created) {
                return false;
            }
            std::string test;
            for (int i = 0; i < 5; ++i) {
                test += chat("test " + std::to_string(i), "expected " + std::to_string(i));
            }
            const std::string yaml = recipeYaml.empty()
                                         ? "# My notes.\nmodel: " + tinyModel() +
                                               "\ndata:\n  train: project:train # the rows\n  validation: "
                                               "project:validation\ntraining:\n  context: 48\n  "
                                               "batch_tokens: 512\n"
                                         : recipeYaml;
            if (!writeFileAtomic(path + "/train.jsonl", rows(wanted)) ||
                !writeFileAtomic(path + "/validation.jsonl", rows({.good = 10})) ||
                !writeFileAtomic(path + "/test.jsonl", test) || !writeFileAtomic(path + "/recipe.yaml", yaml)) {
                return false;
            }
        }
        workspace->openProject(qs(path));
        return QTest::qWaitFor([this] { return workspace->hasProject() && counted(); }, 20000);
    }
    [[nodiscard]] bool counted() const {
        return !train->check().counting() && train->check().fits(train->form().recipe());
    }
    [[nodiscard]] const RunRow* newest() const {
        return workspace->runs().rows().isEmpty() ? nullptr : &workspace->runs().rows().first();
    }
    [[nodiscard]] jobs::RunState newestState() const {
        return newest() == nullptr ? jobs::RunState::None : newest()->summary.state;
    }
    [[nodiscard]] std::string recipeText() const {
        return readFile(workspace->project()->recipePath()).valueOr(std::string());
    }
};

/// The real window over it.
struct TrainWindow : TrainFixture {
    std::unique_ptr<Settings> settings = Settings::createTemporary();
    FakeDialogs dialogs;
    std::unique_ptr<Language> language;
    std::unique_ptr<Theme> theme;
    FocusRing ring;
    std::unique_ptr<HomePresenter> home;
    std::unique_ptr<MainWindow> window;

    explicit TrainWindow(const train::FakeScript& first = {}, const QString& tongue = QStringLiteral("en"),
                         train::TrainerFactory trainers = {})
        : TrainFixture(first, std::move(trainers)) {
        settings->setValue(Setting::LookLanguage, tongue);
        settings->setScheme(SchemeChoice::Light);
        language = std::make_unique<Language>(*settings);
        theme = std::make_unique<Theme>(*qApp, settings->look());
        QObject::connect(settings.get(), &Settings::changed, theme.get(), [this] { theme->setLook(settings->look()); });
        home = std::make_unique<HomePresenter>(*workspace);
        const ShellContext context{*settings, *workspace, dialogs};
        window = std::make_unique<MainWindow>(
            context, QVector<ScreenSpec>{homeScreen(context, *home), trainScreen(context, *train), helpScreen(context),
                                         settingsScreen(context)});
        QObject::connect(language.get(), &Language::changed, window.get(), &MainWindow::rebuild, Qt::QueuedConnection);
    }
    ~TrainWindow() { window.reset(); }
    [[nodiscard]] bool show(const QSize& size = QSize(1280, 800)) {
        window->resize(size);
        window->show();
        window->activateWindow();
        return QTest::qWaitForWindowActive(window.get());
    }
    template <class T = QWidget>
    [[nodiscard]] T* find(const char* name) const {
        T* found = window->findChild<T*>(QString::fromLatin1(name));
        if (found == nullptr) {
            qWarning("no widget named %s", name);
        }
        return found;
    }
    /// Whether a widget of that name is there and seen.
    [[nodiscard]] bool sees(const char* name) const {
        const auto* found = window->findChild<QWidget*>(QString::fromLatin1(name));
        return found != nullptr && found->isVisible();
    }
    [[nodiscard]] QString text(const char* name) const {
        const auto* found = window->findChild<QWidget*>(QString::fromLatin1(name));
        return found == nullptr ? QString() : found->property("text").toString();
    }
    void click(const char* name) const {
        if (auto* button = find<QAbstractButton>(name)) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QWidget* target = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : window.get();
        QTest::keyClick(target, which, modifiers);
    }
    [[nodiscard]] QString banner() const { return train->run().state().banner.kind; }
};

} // namespace fettle::ui
