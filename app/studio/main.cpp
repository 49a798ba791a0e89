// fettle-studio: builds the application's objects in order and shows the window. No rules live here.
#include "base/files.h"
#include "base/resources.h"
#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "data/data_page.h"
#include "help/help_page.h"
#include "home/home_page.h"
#include "jobs/job_system.h"
#include "label/label_screen.h"
#include "settings/language.h"
#include "settings/settings.h"
#include "settings/settings_page.h"
#include "shell/main_window.h"
#include "train/train_page.h"
#include "widgets/color_scheme.h"
#include "widgets/focus_ring.h"
#include "widgets/theme.h"
#include "workspace/workspace.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace fettle;
using namespace Qt::Literals::StringLiterals;

namespace {

bool has(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

/// Qt ends the process with a message of its own where no display can be opened: look before it does.
bool displayMissing(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "-platform") == 0) {
            return false;
        }
    }
    return !has("DISPLAY") && !has("WAYLAND_DISPLAY") && !has("QT_QPA_PLATFORM");
}

bool asksForText(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        for (const char* flag : {"--help", "-h", "--version", "-v"}) {
            if (std::strcmp(argv[i], flag) == 0) {
                return true;
            }
        }
    }
    return false;
}

constexpr const char* kUsage =
    "Usage: fettle-studio [--project DIR] [--theme system|light|dark] [--language auto|en|zh_CN]\n"
    "The window of Fettle. --project opens that project; the other two count for this start only.\n";

} // namespace

int main(int argc, char** argv) {
    if (asksForText(argc, argv)) { // works without a display
        const bool version = std::strcmp(argv[1], "--version") == 0 || std::strcmp(argv[1], "-v") == 0;
        std::fputs(version ? "fettle-studio " FETTLE_VERSION "\n" : kUsage, stdout);
        return 0;
    }
    if (displayMissing(argc, argv)) {
        std::fputs("fettle-studio: no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start it inside a desktop "
                   "session (or with xvfb-run); the command `fettle` works without one.\n",
                   stderr);
        return 2;
    }
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error like a full disk, not the end
    QApplication::setAttribute(Qt::AA_DontShowIconsInMenus, false);
    QApplication application(argc, argv);
    std::setlocale(LC_NUMERIC, "C"); // QApplication took the user's; files are written with points
    QApplication::setApplicationName(u"fettle"_s);
    QApplication::setApplicationDisplayName(u"Fettle"_s);
    QApplication::setApplicationVersion(QStringLiteral(FETTLE_VERSION));
    QApplication::setDesktopFileName(u"fettle-studio"_s);

    QString project;
    ui::Settings settings(ui::qs(configFolder()) % u"/studio.ini"_s);
    {
        QCommandLineParser parser;
        parser.addOptions({{u"project"_s, u"Project folder to open"_s, u"DIR"_s},
                           {u"theme"_s, u"Theme"_s, u"NAME"_s},
                           {u"language"_s, u"Language"_s, u"NAME"_s}});
        const bool fine = parser.parse(QApplication::arguments()) && parser.positionalArguments().isEmpty();
        const QString theme = parser.value(u"theme"_s);
        const QString language = parser.value(u"language"_s);
        const bool themeFine = theme.isEmpty() || QStringList{u"system"_s, u"light"_s, u"dark"_s}.contains(theme);
        const bool languageFine = language.isEmpty() || QStringList{u"auto"_s, u"en"_s, u"zh_CN"_s}.contains(language);
        if (!fine || !themeFine || !languageFine) {
            const QString what = !themeFine      ? u"--theme is system, light or dark, not '"_s % theme % u'\''
                                 : !languageFine ? u"--language is auto, en or zh_CN, not '"_s % language % u'\''
                                 : parser.errorText().isEmpty()
                                     ? u"unexpected argument '"_s % parser.positionalArguments().value(0) % u'\''
                                     : parser.errorText();
            std::fprintf(stderr, "fettle-studio: %s\n%s", what.toUtf8().constData(), kUsage);
            return 2;
        }
        project = parser.value(u"project"_s);
        if (!theme.isEmpty()) {
            settings.overrideValue(ui::Setting::LookTheme, theme);
        }
        if (!language.isEmpty()) {
            settings.overrideValue(ui::Setting::LookLanguage, language);
        }
    }

    ui::Language language(settings);
    ui::Theme theme(application, settings.look());
    QObject::connect(&settings, &ui::Settings::changed, &theme,
                     [&settings, &theme] { theme.setLook(settings.look()); });
    ui::PortalColorScheme portal(theme);
    ui::FocusRing ring;

    jobs::JobSystem jobs;
    ui::WorkspaceOptions options;
    options.projectsFolder = projectsFolder();
    options.resourcesFolder = resourcesFolder();
    ui::Workspace workspace(jobs, options);
    ui::WindowDialogs dialogs;
    const ui::ShellContext context{settings, workspace, dialogs};
    ui::HomePresenter home(workspace);
    ui::DataPresenter data(workspace);
    data.setOffersLabelling(true);
    ui::LabelPresenter label;
    ui::TrainPresenter train(workspace);

    ui::MainWindow window(context, {ui::homeScreen(context, home), ui::dataScreen(context, data),
                                    ui::labelScreen(context, label), ui::trainScreen(context, train),
                                    ui::helpScreen(context), ui::settingsScreen(context)});
    QObject::connect(&language, &ui::Language::changed, &window, &ui::MainWindow::rebuild, Qt::QueuedConnection);
    window.show();

    workspace.refreshRecent();
    if (!project.isEmpty()) {
        workspace.openProject(QFileInfo(project).absoluteFilePath());
    }
    return QApplication::exec();
}
