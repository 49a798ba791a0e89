// Export: the rows to another program's file. What a format cannot carry is told before anything is written.
#pragma once

#include "data/exporter.h"
#include "data/sub_page.h"

class QComboBox;

namespace fettle::ui {

class ExportPage : public SubPage {
    Q_OBJECT
public:
    ExportPage(const ShellContext& context, DataPresenter& presenter, QWidget* parent = nullptr);
    void open();
    [[nodiscard]] QPushButton* primaryButton() const override { return m_write; }
    [[nodiscard]] QWidget* firstFocus() const override;

private:
    enum Rows { Split = 0, Shown, Chosen, All };
    void plan();
    void show(const data::ExportReport& report);
    void write();
    [[nodiscard]] project::Filter filter() const;
    [[nodiscard]] data::ExportOptions options() const;

    QComboBox *m_rows, *m_format, *m_container;
    Label *m_summary, *m_result;
    QVBoxLayout* m_losses;
    QVector<QWidget*> m_lossRows;
    ProgressRow* m_progress;
    QPushButton* m_write;
    std::optional<data::ExportReport> m_report;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_question = 0;
};

} // namespace fettle::ui
