// What tests of the Data screen share: a project whose rows look like a small classification set with faults in it, and
// the real window over them.
#pragma once

#include "data/data_page.h"
#include "label/label_screen.h"
#include "train_fixture.h"

#include <QMenu>

#include <array>

namespace fettle::ui {

/// The real window with Home, Data, Train, Help and Settings.
struct DataWindow : TrainFixture {
    std::unique_ptr<Settings> settings = Settings::createTemporary();
    FakeDialogs dialogs;
    std::unique_ptr<Language> language;
    std::unique_ptr<Theme> theme;
    FocusRing ring;
    std::unique_ptr<HomePresenter> home;
    std::unique_ptr<DataPresenter> data;
    LabelPresenter label;
    std::unique_ptr<MainWindow> window;

    explicit DataWindow(const QString& tongue = QStringLiteral("en")) {
        settings->setValue(Setting::LookLanguage, tongue);
        settings->setScheme(SchemeChoice::Light);
        language = std::make_unique<Language>(*settings);
        theme = std::make_unique<Theme>(*qApp, settings->look());
        QObject::connect(settings.get(), &Settings::changed, theme.get(), [this] { theme->setLook(settings->look()); });
        home = std::make_unique<HomePresenter>(*workspace);
        data = std::make_unique<DataPresenter>(*workspace);
        data->setOffersLabelling(true);
        const ShellContext context{*settings, *workspace, dialogs};
        window = std::make_unique<MainWindow>(
            context,
            QVector<ScreenSpec>{homeScreen(context, *home), dataScreen(context, *data), labelScreen(context, label),
                                trainScreen(context, *train), helpScreen(context), settingsScreen(context)});
        QObject::connect(language.get(), &Language::changed, window.get(), &MainWindow::rebuild, Qt::QueuedConnection);
    }
    ~DataWindow() {
        window.reset();
        data.reset();
    }
    [[nodiscard]] bool show(const QSize& size = QSize(1280, 800)) {
        window->resize(size);
        window->show();
        window->activateWindow();
        return QTest::qWaitForWindowActive(window.get());
    }

    /// Row n (from 0) of the classification set, in the shape of a chat with its section in the metadata.
    static std::string sectionRow(int n) {
        static constexpr std::array kWhat = {
            "lightweight terminal emulator",           "bindings to the GNU MP bignum library",
            "client for the Matrix protocol",          "solver for sparse linear systems",
            "tool to inspect and repair ext4 volumes", "dynamic web site framework",
            "Perl module for reading archives",        "astronomical image viewer"};
        static constexpr std::array kSection = {"x11", "ocaml", "net", "math", "admin", "web", "perl", "science"};
        const auto at = static_cast<std::size_t>(n) % kWhat.size();
        std::string asked = kWhat[at] + std::string(" written in ") + std::to_string(n);
        if (n % 17 == 3) {
            asked += ", with more words than the others because some packages are described at length";
        }
        if (n % 29 == 4) {
            asked = "\u7528\u4e8e\u7ec8\u7aef\u7684\u7f51\u7edc\u5de5\u5177 " + std::to_string(n);
        }
        return dumpJson(
                   Json{{"messages",
                         {{{"role", "user"}, {"content", asked}}, {{"role", "assistant"}, {"content", kSection[at]}}}},
                        {"metadata", {{"section", kSection[at]}, {"source", n % 2 == 0 ? "main" : "contrib"}}}}) +
               "\n";
    }
    static std::string sectionRows(int from, int count) {
        std::string out;
        for (int n = from; n < from + count; ++n) {
            out += sectionRow(n);
        }
        return out;
    }
    /// A project of `rows` training rows, a tenth of that for validation and for test; waits until they show.
    [[nodiscard]] bool openSections(int rows = 400) {
        const std::string path = us(folder.filePath(QStringLiteral("projects/sections")));
        {
            Result<std::unique_ptr<project::Project>> created = project::Project::create(path, "Debian sections");
            const std::string yaml = "model: " + tinyModel() +
                                     "\ndata:\n  train: project:train\n  validation: project:validation\n"
                                     "training:\n  context: 64\n  batch_tokens: 512\n";
            if (!created || !writeFileAtomic(path + "/train.jsonl", sectionRows(0, rows)) ||
                !writeFileAtomic(path + "/validation.jsonl", sectionRows(rows, rows / 10)) ||
                !writeFileAtomic(path + "/test.jsonl", sectionRows(rows + rows / 10, rows / 10)) ||
                !writeFileAtomic(path + "/recipe.yaml", yaml)) {
                return false;
            }
        }
        workspace->openProject(qs(path));
        window->showScreen(QStringLiteral("home"));
        return QTest::qWaitFor(
            [&] {
                return workspace->hasProject() && data->rows().facts().rows() == rows + rows / 10 * 2 &&
                       data->table().rowCount() == rows + rows / 10 * 2;
            },
            20000);
    }
    /// Until the background job has done all it can.
    [[nodiscard]] bool jobDone() {
        return QTest::qWaitFor([this] { return data->rows().job().upToDate; }, 30000);
    }
    template <class T = QWidget>
    [[nodiscard]] T* find(const char* name) const {
        T* found = window->findChild<T*>(QString::fromUtf8(name));
        if (found == nullptr) {
            qWarning("no widget named %s", name);
        }
        return found;
    }
    [[nodiscard]] bool sees(const char* name) const {
        const auto* found = window->findChild<QWidget*>(QString::fromUtf8(name));
        return found != nullptr && found->isVisible();
    }
    [[nodiscard]] QString text(const char* name) const {
        const auto* found = window->findChild<QWidget*>(QString::fromUtf8(name));
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
    void type(const QString& words) const {
        if (QApplication::focusWidget() != nullptr) {
            QTest::keyClicks(QApplication::focusWidget(), words);
        }
    }
    /// The action of a menu that is open; nullptr where there is none.
    [[nodiscard]] QAction* menuAction(const char* menu, const char* action) const {
        for (QMenu* each : window->findChildren<QMenu*>(QString::fromUtf8(menu))) {
            if (each->isVisible()) {
                return each->findChild<QAction*>(QString::fromUtf8(action));
            }
        }
        return nullptr;
    }
};

} // namespace fettle::ui
