// The pages that Data opens for a while: import, a fix with its preview, rows side by side, versions, splits, export,
// imported files. Each is made when it is first needed.
#pragma once

#include "data/data_presenter.h"
#include "data/import_presenter.h"
#include "shell/screen.h"

#include <QWidget>

class QStackedWidget;

namespace fettle::ui {

class ExportPage;
class FilesPage;
class FixPage;
class ImportPage;
class RowsBeside;
class SplitPage;
class VersionsPage;

class SubPages : public QWidget {
    Q_OBJECT
public:
    SubPages(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    /// "import" (rest: file), "duplicates", "versions", "split", "export", "files"; false = no such page.
    bool show(const QString& what, const QString& rest);
    void showFix(data::CheckFix fix, const project::Filter& filter);
    void showRows(const std::vector<project::RowId>& ids);
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void left();
    void wanted(const QString& part); // of DataPage::showPart
    void goTo(const QString& screen, const QString& part);
    void toast(const QString& text, const QString& action, std::function<void()> act);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    template <class Page>
    Page* page(Page*& slot);

    ShellContext m_context;
    DataPresenter& m_presenter;
    QStackedWidget* m_stack;
    ImportPage* m_import = nullptr;
    FixPage* m_fix = nullptr;
    RowsBeside* m_beside = nullptr;
    VersionsPage* m_versions = nullptr;
    SplitPage* m_split = nullptr;
    ExportPage* m_export = nullptr;
    FilesPage* m_files = nullptr;
};

} // namespace fettle::ui
