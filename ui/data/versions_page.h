// Versions of the data: make and rename them, and compare two: added, changed and removed rows, each with its words
// marked.
#pragma once

#include "data/sub_page.h"
#include "project/data_version.h"

class QComboBox;
class QLineEdit;
class QSplitter;
class QStandardItemModel;

namespace fettle::ui {

class DataTable;
class DiffLabel;

class VersionsPage : public SubPage {
    Q_OBJECT
public:
    VersionsPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    void open();
    [[nodiscard]] QPushButton* primaryButton() const override { return m_make; }
    [[nodiscard]] QWidget* firstFocus() const override;

private:
    static constexpr std::size_t kMostListed = 2000; // changed rows in the list; the counts are of all
    void readVersions();
    void compare();
    void takeRows(std::vector<project::RowDifference> rows);
    void showRow(int row);
    void rename();
    [[nodiscard]] std::string chosen(const QComboBox* box) const;

    std::vector<project::DataVersion> m_versions;
    std::vector<project::RowDifference> m_rows;
    std::optional<project::VersionDifference> m_difference;
    std::uint64_t m_question = 0;
    QLineEdit* m_name;
    QPushButton *m_make, *m_rename;
    QComboBox *m_from, *m_to;
    Label *m_counts, *m_hash;
    Pill *m_added, *m_changed, *m_removed;
    QSplitter* m_parts;
    DataTable* m_table;
    QStandardItemModel* m_model;
    Label* m_detailTitle;
    DiffLabel* m_detail;
    Label* m_fields;
};

} // namespace fettle::ui
