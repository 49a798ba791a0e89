// Planning splits: ratio or counts, strata, groups, clusters kept together; what it would give and what it would tear
// apart, before anything is written. Test rows are frozen, and so is every row that has a split unless all are drawn
// again.
#pragma once

#include "data/split_plan.h"
#include "data/sub_page.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace fettle::ui {

struct PlannedSplits {
    data::SplitPlan plan;
    std::int64_t rows = 0, moved = 0;
    std::vector<project::Edit> edits;
};
struct SplitWish {
    data::SplitPlanOptions options;
    std::string groupBy;    // "" = no groups, else a path below metadata
    std::string stratifyBy; // "answer", "label", or a path below metadata; used where options.stratified
    bool moveTest = false;  // else rows in test never move
};
/// Reads all active rows. Thread: any but the GUI's.
[[nodiscard]] Result<PlannedSplits> planSplits(project::RowStore& rows, const SplitWish& wish, std::stop_token stop);

class SplitPage : public SubPage {
    Q_OBJECT
public:
    SplitPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    void open();
    [[nodiscard]] QPushButton* primaryButton() const override { return m_apply; }
    [[nodiscard]] QWidget* firstFocus() const override;

private:
    void plan();
    void show(const PlannedSplits& planned);
    void apply();
    [[nodiscard]] SplitWish wish() const;

    QSpinBox *m_train, *m_validation, *m_test, *m_seed;
    QComboBox *m_stratify, *m_group;
    QCheckBox *m_clusters, *m_again;
    Label* m_result;
    QVBoxLayout* m_warnings;
    QVector<QWidget*> m_warningRows;
    QPushButton* m_apply;
    QTimer m_pause;
    std::optional<PlannedSplits> m_planned;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_question = 0;
};

} // namespace fettle::ui
