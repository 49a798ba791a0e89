// The import page: what the file is, which column becomes what, the first rows as bubbles while that is chosen, the
// rows that cannot be read, and what the import would change.
#pragma once

#include "data/import_presenter.h"
#include "shell/screen.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QComboBox;
class QGridLayout;
class QTableView;
class QStandardItemModel;

namespace fettle::ui {

class ConversationView;
class DataTable;

class ImportPage : public QWidget {
    Q_OBJECT
public:
    ImportPage(const ShellContext& context, ImportPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const { return m_import; }
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void left();
    void toast(const QString& text, const QString& action, std::function<void()> act);

private:
    void refresh();
    void refreshPreview();
    void showRow(int by);
    void chooseOther();
    void saveList();

    ShellContext m_context;
    ImportPresenter& m_presenter;
    PageHeader* m_header;
    QPushButton *m_back, *m_other, *m_import;
    InlineError* m_error;
    Card* m_mapping;
    QComboBox *m_format, *m_split, *m_gone;
    QWidget* m_goneRow;
    QGridLayout* m_grid;
    QVector<QWidget*> m_gridWidgets;
    Label* m_previewTitle;
    QPushButton *m_previous, *m_next;
    ConversationView* m_bubbles;
    Card* m_faults;
    Label* m_faultTitle;
    DataTable* m_faultTable;
    QStandardItemModel* m_faultModel;
    QPushButton* m_save;
    Label* m_counts;
    ProgressRow* m_progress;
    int m_row = 0;
};

} // namespace fettle::ui
