// The Data screen: header, search and filter, chips, table, figures, and the side panel; and the pages it opens for a
// while (import, duplicates side by side, versions, splits, export). Lays out and forwards.
#pragma once

#include "data/data_presenter.h"
#include "shell/screen.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QLineEdit;
class QSplitter;
class QStackedWidget;

namespace fettle::ui {

class BarChart;
class CheckChips;
class FilterForm;
class InspectorView;
class RowsView;
class SubPages;

class DataPage : public Screen {
    Q_OBJECT
public:
    DataPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const override;
    [[nodiscard]] QWidget* firstFocus() const override;
    void entered() override;
    /// "import", "import:FILE", "row:ID", "filter:CODE", "versions", "split", "export".
    void showPart(const QString& part) override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    enum class Side { None, Inspector, Filter };
    QWidget* makeMain();
    QWidget* makeTools();
    QWidget* makeFigures();
    void makeActions();
    void refresh();
    void refreshPills();
    void refreshFigures();
    void refreshBulk();
    void showSide(Side side, bool byPerson);
    void placeSide();
    void showColumns(const QPoint& at);
    void showRowMenu(const QPoint& at);
    void showMore();
    void goToRow();
    void importFile();
    void startFix(const CheckChip& chip, data::CheckFix fix);
    void showTable();
    void ask(const QString& what, const QStringList& offered, std::function<void(const QString&)> done);

    ShellContext m_context;
    DataPresenter& m_presenter;
    QStackedWidget* m_stack;
    SubPages* m_pages = nullptr;
    QWidget* m_main = nullptr;
    PageHeader* m_header = nullptr;
    QPushButton *m_undo = nullptr, *m_redo = nullptr, *m_label = nullptr, *m_import = nullptr, *m_moreMenu = nullptr;
    InlineError* m_error = nullptr;
    QWidget* m_stale = nullptr;
    Banner* m_staleBanner = nullptr;
    Banner* m_readOnly = nullptr;
    QWidget* m_tools = nullptr;
    QLineEdit* m_search = nullptr;
    QPushButton *m_filter = nullptr, *m_columns = nullptr, *m_again = nullptr;
    Label *m_showing = nullptr, *m_searchNote = nullptr;
    CheckChips* m_chips = nullptr;
    QWidget* m_pills = nullptr;
    FlowLayout* m_pillFlow = nullptr;
    QFrame* m_bulk = nullptr;
    Label* m_bulkCount = nullptr;
    QPushButton* m_bulkAll = nullptr;
    QWidget* m_bulkProgress = nullptr;
    ProgressRow* m_bulkRow = nullptr;
    QStackedWidget* m_body = nullptr; // table, nothing found, empty, loading
    RowsView* m_table = nullptr;
    Label* m_loading = nullptr;
    QWidget* m_figures = nullptr;
    BarChart *m_histogram = nullptr, *m_balance = nullptr;
    QPushButton *m_histogramName = nullptr, *m_balanceName = nullptr;
    Label *m_histogramFacts = nullptr, *m_balanceFacts = nullptr;
    QWidget* m_job = nullptr;
    Bar* m_jobBar = nullptr;
    Label* m_jobText = nullptr;
    QPushButton* m_jobPause = nullptr;
    QSplitter* m_split = nullptr;
    QStackedWidget* m_side = nullptr;
    InspectorView* m_inspector = nullptr;
    FilterForm* m_form = nullptr;
    Side m_sideWanted = Side::Inspector;
    bool m_narrow = false;
    bool m_drawerOpen = false;
    QFrame* m_asking = nullptr;
    Label* m_askWhat = nullptr;
    QLineEdit* m_askLine = nullptr;
    std::function<void(const QString&)> m_asked;
};

[[nodiscard]] ScreenSpec dataScreen(const ShellContext& context, DataPresenter& presenter);

} // namespace fettle::ui
