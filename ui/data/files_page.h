// The files that rows came from: what is left of each, whether it changed on disk, its rejected rows and a way to bring
// them back repaired.
#pragma once

#include "data/sub_page.h"

class QStandardItemModel;

namespace fettle::ui {

class DataTable;

class FilesPage : public SubPage {
    Q_OBJECT
public:
    FilesPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    void open();
    [[nodiscard]] QPushButton* primaryButton() const override { return m_again; }
    [[nodiscard]] QWidget* firstFocus() const override;

Q_SIGNALS:
    void importWanted(const QString& path);

private:
    static constexpr std::size_t kMostShown = 1000;
    void showFile(int row);
    void saveRows();

    std::vector<project::SourceFile> m_sources;
    DataTable *m_table, *m_faults;
    QStandardItemModel *m_model, *m_faultModel;
    Card* m_faultCard;
    Label* m_faultTitle;
    QPushButton *m_again, *m_save, *m_only;
    std::uint64_t m_question = 0;
};

} // namespace fettle::ui
