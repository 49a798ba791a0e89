// What tests of the window share: temporary settings, a theme, a workspace with a fake trainer, dialogs that answer at
// once, and the real MainWindow.
#pragma once

#include "base/files.h"
#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "help/help_page.h"
#include "home/home_page.h"
#include "jobs/job_system.h"
#include "settings/language.h"
#include "settings/settings.h"
#include "settings/settings_page.h"
#include "shell/main_window.h"
#include "train/fake_trainer.h"
#include "widgets/focus_ring.h"
#include "widgets/theme.h"
#include "workspace/workspace.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace fettle::ui {

/// Every Qt message fails the test, but the one line that the offscreen platform cannot help.
inline void failOnMessages() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!.*propagateSizeHints)")));
}

class FakeDialogs : public DialogService {
public:
    QString file, folder; // answers; "" = cancelled
    bool yes = true;
    QStringList asked, shownFolders;
    bool hasFileManager = true;
    void openFile(QWidget*, const FileQuestion& question, std::function<void(const QString&)> done) override {
        asked << question.title;
        done(file);
    }
    void openFolder(QWidget*, const QString& title, const QString&, std::function<void(const QString&)> done) override {
        asked << title;
        done(folder);
    }
    void saveFile(QWidget*, const FileQuestion& question, const QString&,
                  std::function<void(const QString&)> done) override {
        asked << question.title;
        done(file);
    }
    void confirm(QWidget*, const Confirmation& question, std::function<void(bool)> done) override {
        asked << question.what;
        done(yes);
    }
    bool showFolder(const QString& path) override {
        shownFolders << path;
        return hasFileManager;
    }
};

/// A run of that many steps; its loss is no number at `nonFiniteAt`.
[[nodiscard]] inline train::FakeScript script(std::int64_t steps, int stepDelayMs,
                                              std::optional<std::int64_t> nonFiniteAt = {}) {
    train::FakeScript out;
    out.steps = steps;
    out.stepDelayMs = stepDelayMs;
    out.nonFiniteAt = nonFiniteAt;
    return out;
}

/// A workspace in folders of its own.
struct WorkspaceFixture {
    QTemporaryDir folder;
    jobs::JobSystem jobs{2};
    std::unique_ptr<Workspace> workspace;

    explicit WorkspaceFixture(train::FakeScript script = {}) {
        qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8()); // the recent list
        WorkspaceOptions options;
        options.trainers = train::fakeTrainers(script);
        options.projectsFolder = us(folder.filePath(QStringLiteral("projects")));
        options.resourcesFolder = FETTLE_SOURCE_DIR "/resources";
        options.defaultModel = us(modelFile());
        workspace = std::make_unique<Workspace>(jobs, options);
    }
    /// A file that passes for a model: the fake trainer never opens it.
    [[nodiscard]] QString modelFile() const {
        const QString path = folder.filePath(QStringLiteral("Tiny-Model.gguf"));
        (void)writeFileAtomic(us(path), "GGUF");
        return path;
    }
    /// A file of rows; `bad` of them cannot be used.
    [[nodiscard]] QString rowsFile(int good, int bad, const QString& name = QStringLiteral("my rows.jsonl")) const {
        std::string text;
        for (int i = 0; i < good; ++i) {
            text += R"({"messages":[{"role":"user","content":"question )" + std::to_string(i) +
                    R"("},{"role":"assistant","content":"answer"}]})"
                    "\n";
        }
        for (int i = 0; i < bad; ++i) {
            text += "{\"messages\": oops}\n";
        }
        const QString path = folder.filePath(name);
        (void)writeFileAtomic(us(path), text);
        return path;
    }
    /// Opens a project with rows and waits until its rows are counted.
    [[nodiscard]] bool openRows(int good = 40) {
        workspace->createFromFile(rowsFile(good, 0));
        return QTest::qWaitFor([this] { return workspace->hasProject() && workspace->dataCounts().train.has_value(); },
                               10000);
    }
    [[nodiscard]] QString newestRun() const {
        return workspace->runs().rows().isEmpty() ? QString() : qs(workspace->runs().rows().first().summary.folder);
    }
    [[nodiscard]] jobs::RunState newestState() const {
        return workspace->runs().rows().isEmpty() ? jobs::RunState::None
                                                  : workspace->runs().rows().first().summary.state;
    }
};

/// The real window over it.
struct WindowFixture : WorkspaceFixture {
    std::unique_ptr<Settings> settings = Settings::createTemporary();
    FakeDialogs dialogs;
    std::unique_ptr<Language> language;
    std::unique_ptr<Theme> theme;
    FocusRing ring;
    std::unique_ptr<HomePresenter> home;
    std::unique_ptr<MainWindow> window;

    explicit WindowFixture(train::FakeScript script = {}, const QString& tongue = QStringLiteral("en"))
        : WorkspaceFixture(script) {
        settings->setValue(Setting::LookLanguage, tongue);
        settings->setScheme(SchemeChoice::Light);
        language = std::make_unique<Language>(*settings);
        theme = std::make_unique<Theme>(*qApp, settings->look());
        QObject::connect(settings.get(), &Settings::changed, theme.get(), [this] { theme->setLook(settings->look()); });
        home = std::make_unique<HomePresenter>(*workspace);
        const ShellContext context{*settings, *workspace, dialogs};
        window = std::make_unique<MainWindow>(
            context, QVector<ScreenSpec>{homeScreen(context, *home), helpScreen(context), settingsScreen(context)});
        QObject::connect(language.get(), &Language::changed, window.get(), &MainWindow::rebuild, Qt::QueuedConnection);
    }
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
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QWidget* target = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : window.get();
        QTest::keyClick(target, which, modifiers);
    }
};

} // namespace fettle::ui
