// Answers of the run at its evaluations, beside those of the base model.
#pragma once

#include "train/run_presenter.h"
#include "widgets/frames.h"

#include <QPushButton>

namespace fettle::ui {

class SamplesPanel : public Card {
    Q_OBJECT
public:
    explicit SamplesPanel(RunPresenter& presenter, QWidget* parent = nullptr);

private:
    void refresh();
    struct Line {
        QWidget* box;
        ElidedLabel* prompt;
        Label *base, *now, *expected;
        QWidget* expectedRow;
        QLabel* mark;
    };
    Line makeLine();

    RunPresenter& m_presenter;
    Label* m_title;
    QPushButton *m_older, *m_newer, *m_all;
    Label* m_empty;
    QVBoxLayout* m_list;
    QVector<Line> m_lines;
};

} // namespace fettle::ui
