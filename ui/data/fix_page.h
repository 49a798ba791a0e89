// A fix before it is done: how many rows it changes and how the first of them will read. One undo step.
#pragma once

#include "data/data_fixes.h"
#include "data/sub_page.h"

namespace fettle::ui {

class FixPage : public SubPage {
    Q_OBJECT
public:
    FixPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    void plan(data::CheckFix fix, const project::Filter& filter);
    [[nodiscard]] QPushButton* primaryButton() const override { return m_apply; }
    [[nodiscard]] QWidget* firstFocus() const override { return m_apply; }

private:
    void show(const FixPlan& plan);
    void apply();
    data::CheckFix m_fix = data::CheckFix::DropRow;
    std::optional<FixPlan> m_plan;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_question = 0;
    Label* m_state;
    QVBoxLayout* m_examples;
    QVector<QWidget*> m_rows;
    QPushButton* m_apply;
};

} // namespace fettle::ui
