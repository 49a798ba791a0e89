// The real window with the labeling queue on a project of its own, for tests of keys and pictures.
#pragma once

#include "label/label_card.h"
#include "label/label_page.h"
#include "label/label_screen.h"
#include "label_fixture.h"
#include "ui_fixture.h"
#include "workspace/project_rows.h"

#include <QLabel>

namespace fettle::ui {

class LabelWindow : public WorkspaceFixture {
public:
    template <class Row>
    explicit LabelWindow(int rows, Row row, const QString& tongue = QStringLiteral("en"), bool dark = false) {
        settings->setValue(Setting::LookLanguage, tongue);
        settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        language = std::make_unique<Language>(*settings);
        theme = std::make_unique<Theme>(*qApp, settings->look());
        QObject::connect(settings.get(), &Settings::changed, theme.get(), [this] { theme->setLook(settings->look()); });
        home = std::make_unique<HomePresenter>(*workspace);
        label = std::make_unique<LabelPresenter>();
        const ShellContext context{*settings, *workspace, dialogs};
        ScreenSpec table; // where the queue is left to
        table.id = QStringLiteral("data");
        table.icon = QStringLiteral("data");
        table.needsProject = true;
        table.title = [] { return QStringLiteral("Data"); };
        table.make = [](QWidget* parent) { return new Screen(parent); };
        window = std::make_unique<MainWindow>(
            context, QVector<ScreenSpec>{homeScreen(context, *home), table, labelScreen(context, *label),
                                         helpScreen(context), settingsScreen(context)});
        QObject::connect(language.get(), &Language::changed, window.get(), &MainWindow::rebuild, Qt::QueuedConnection);
        std::string text;
        for (int i = 0; i < rows; ++i) {
            text += row(i);
        }
        m_file = folder.filePath(QStringLiteral("sections.jsonl"));
        (void)writeFileAtomic(us(m_file), text);
    }
    ~LabelWindow() {
        window.reset();
        label.reset();
    }

    void setFile(const QString& file) { m_file = file; }
    [[nodiscard]] bool open(const QSize& size = QSize(1280, 800), bool labels = true, int patienceMs = 20'000) {
        workspace->createFromFile(m_file);
        if (!QTest::qWaitFor([this] { return workspace->hasProject() && workspace->rows().store() != nullptr; },
                             patienceMs)) {
            return false;
        }
        if (labels && !store().setLabelSet(sectionLabels())) {
            return false;
        }
        window->resize(size);
        window->show();
        window->activateWindow();
        if (!QTest::qWaitForWindowActive(window.get())) {
            return false;
        }
        return enter();
    }
    [[nodiscard]] bool enter() {
        window->showScreen(QStringLiteral("label"));
        return QTest::qWaitFor([this] { return label->state().phase == LabelState::Phase::Row && card()->hasFocus(); },
                               60'000);
    }
    [[nodiscard]] project::RowStore& store() const { return *workspace->rows().store(); }
    [[nodiscard]] LabelCard* card() const { return window->findChild<LabelCard*>(); }
    template <class T = QWidget>
    [[nodiscard]] T* find(const char* name) const {
        T* found = window->findChild<T*>(QString::fromLatin1(name));
        if (found == nullptr) {
            qWarning("no widget named %s", name);
        }
        return found;
    }
    [[nodiscard]] QString subject() const { return find<QLabel>("label.subject")->text(); }
    /// A key where the focus is; waits until what it does is saved.
    [[nodiscard]] bool key(Qt::Key which, Qt::KeyboardModifiers with = Qt::NoModifier) const {
        QTest::keyClick(QApplication::focusWidget(), which, with);
        return QTest::qWaitFor([this] { return !label->state().saving && !label->state().reading; }, 10'000);
    }
    void type(const QString& text) const { QTest::keyClicks(QApplication::focusWidget(), text); }
    [[nodiscard]] bool waitFor(const std::function<bool()>& what) const { return QTest::qWaitFor(what, 10'000); }

    std::unique_ptr<Settings> settings = Settings::createTemporary();
    FakeDialogs dialogs;
    std::unique_ptr<Language> language;
    std::unique_ptr<Theme> theme;
    FocusRing ring;
    std::unique_ptr<HomePresenter> home;
    std::unique_ptr<LabelPresenter> label;
    std::unique_ptr<MainWindow> window;

private:
    QString m_file;
};

} // namespace fettle::ui
