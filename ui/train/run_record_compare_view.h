// Two runs side by side: which, the settings that differ, data and machine below.
#pragma once

#include "shell/screen.h"
#include "train/run_record_comparison.h"

class QCheckBox;
class QComboBox;

namespace fettle::ui {

class DataTable;
class InlineError;
class Label;

class RunRecordCompareView : public QWidget {
    Q_OBJECT
public:
    explicit RunRecordCompareView(const ShellContext& context, QWidget* parent = nullptr);
    /// `other`: "" = the run before `folder`, or any.
    void compare(const QString& folder, const QString& other);
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void closed();
    void otherChosen(const QString& folder);

private:
    void fillRuns();
    void chosen();
    void refresh();
    void fit(DataTable* table, int rows);

    ShellContext m_context;
    RunComparison m_comparison;
    QPushButton *m_back, *m_swap, *m_copy;
    QComboBox *m_left, *m_right;
    QCheckBox* m_only;
    Label *m_sentence, *m_originsSentence, *m_none;
    InlineError* m_error;
    DataTable *m_settings, *m_origins;
};

} // namespace fettle::ui
