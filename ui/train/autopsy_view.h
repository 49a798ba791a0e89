// The page of an autopsy: what happened with its evidence, the steps before as a small chart, the ways on, and the rows
// of the step with the losses of their tokens. Lays out and forwards to AutopsyPresenter.
#pragma once

#include "bridge/dialog_service.h"
#include "train/autopsy_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QPushButton>

class QLineEdit;

namespace fettle::ui {

class BeforeChart;
class TokenRows;

class AutopsyView : public QWidget {
    Q_OBJECT
public:
    explicit AutopsyView(AutopsyPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const;
    [[nodiscard]] QWidget* firstFocus() const;

private:
    void refresh();
    void refreshChoices();
    void lookIntoAsked();

    AutopsyPresenter& m_presenter;
    QLineEdit* m_step;
    QPushButton* m_look;
    Label* m_empty;
    Card* m_card;
    QLabel* m_icon;
    Label *m_heading, *m_sentence;
    QVBoxLayout* m_lines;
    BeforeChart* m_chart;
    Label *m_readOut, *m_halfMeans, *m_leaveMeans;
    QPushButton *m_half, *m_leave, *m_show, *m_copy;
    Card* m_rowsCard;
    TokenRows* m_rows;
    QString m_linesKey;
    QString m_chosenFor; // the step whose suspects were ticked
};

} // namespace fettle::ui
