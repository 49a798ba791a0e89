// Rows side by side: duplicates of a cluster, a leak and its twin. What differs is marked word by word; one press keeps
// a row and rejects the others, then the next cluster shows.
#pragma once

#include "data/data_fixes.h"
#include "data/sub_page.h"

class QHBoxLayout;

namespace fettle::ui {

class RowsBeside : public SubPage {
    Q_OBJECT
public:
    static constexpr std::int64_t kMostRows = 20'000; // whose findings are looked at for clusters
    static constexpr int kMostBeside = 6;
    RowsBeside(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    /// All clusters, one after another.
    void showClusters();
    /// These rows alone.
    void showRows(const std::vector<project::RowId>& ids);
    [[nodiscard]] QPushButton* primaryButton() const override { return m_keepFirst; }
    [[nodiscard]] QWidget* firstFocus() const override { return m_keepFirst; }

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void go(int by);
    void read();
    void lay(const std::vector<project::RowDetails>& rows);
    void keep(int place);
    void refreshHead();

    std::vector<std::vector<project::RowId>> m_clusters;
    std::size_t m_at = 0;
    bool m_finding = false;
    std::int64_t m_notLookedAt = 0;
    std::vector<project::RowDetails> m_shown;
    std::uint64_t m_question = 0;
    Label* m_where;
    QPushButton *m_previous, *m_next, *m_keepFirst, *m_keepAll;
    QHBoxLayout* m_row;
    QVector<QWidget*> m_cards;
};

} // namespace fettle::ui
