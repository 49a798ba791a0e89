// A run on the Train screen: tiles, the board of charts, samples, and above them what happened and the ways on. Lays
// out and forwards to RunPresenter.
#pragma once

#include "shell/screen.h"
#include "train/run_presenter.h"
#include "train/run_record_log.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QWidget>

class QGridLayout;
class QPlainTextEdit;

namespace fettle::ui {

class ChartBoard;
class SamplesPanel;

class RunView : public QWidget {
    Q_OBJECT
public:
    RunView(const ShellContext& context, RunPresenter& presenter, QWidget* parent = nullptr);
    /// The primary button of the banner; nullptr = none.
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] QWidget* firstFocus() const;
    void showText(const QString& title, const QString& text); // log or recipe

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshRows();
    void arrange();

    ShellContext m_context;
    RunPresenter& m_presenter;
    Banner* m_banner;
    QString m_bannerKey;
    QPushButton* m_primary = nullptr;
    StatTile *m_step, *m_validation, *m_accuracy, *m_memory, *m_time, *m_taken;
    QHBoxLayout* m_tiles;
    ChartBoard* m_board;
    SamplesPanel* m_samples;
    Card* m_rowsCard;
    QVBoxLayout* m_rowsList;
    Card* m_textCard;
    Label* m_textTitle;
    QPlainTextEdit* m_text;
    RunLogReader* m_log;
    Label* m_damaged;
    QGridLayout* m_grid;
    int m_layout = -1;
};

} // namespace fettle::ui
