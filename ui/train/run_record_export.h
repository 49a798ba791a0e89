// The card that takes a run elsewhere: which checkpoints go along and what they weigh, the archive being written, what
// came of it; the numbers as CSV and the folder beside it.
#pragma once

#include "run/run_archive.h"
#include "shell/screen.h"
#include "train/chart_files.h"
#include "train/run_record_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QComboBox;

namespace fettle::ui {

class RunRecordExport : public Card {
    Q_OBJECT
public:
    RunRecordExport(const ShellContext& context, RunRecordPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;

private:
    void refresh();
    void refreshButton();
    void refreshProgress();
    void chooseFile();
    void openFolder();
    void say(const QString& text, Tone tone = Tone::Text2);

    ShellContext m_context;
    RunRecordPresenter& m_presenter;
    QComboBox* m_which;
    QPushButton *m_export, *m_open, *m_path, *m_numbers;
    ProgressRow* m_progress;
    Label* m_done;
    InlineError* m_error;
    ChartFiles* m_files;
    QString m_shownFolder;
};

/// "run-0003": a name that every file system takes, from a run's title.
[[nodiscard]] QString fileNameOf(const QString& title);

} // namespace fettle::ui
