// The right column of the labeling page: this session, agreement of two people, the guideline, the last edits.
#pragma once

#include "label/label_presenter.h"
#include "widgets/buttons.h"
#include "widgets/frames.h"

class QPushButton;
class QTextBrowser;
class QVBoxLayout;

namespace fettle::ui {

class SessionBars;

class LabelSide : public QWidget {
    Q_OBJECT
public:
    explicit LabelSide(LabelPresenter& presenter, QWidget* parent = nullptr);

Q_SIGNALS:
    void disagreementsWanted();

private:
    void refreshSession();
    void refreshAgreement();
    void refreshGuideline();
    QWidget* fact(Card* card, const QString& what, Label*& figure);

    LabelPresenter& m_presenter;
    Label *m_labelled = nullptr, *m_changed = nullptr, *m_rejected = nullptr, *m_speed = nullptr;
    SessionBars* m_bars = nullptr;
    Card* m_agreement = nullptr;
    Pill* m_word = nullptr;
    Label *m_kappa = nullptr, *m_interval = nullptr, *m_people = nullptr;
    QPushButton* m_disagreements = nullptr;
    Card* m_guideline = nullptr;
    QTextBrowser* m_guidelineText = nullptr;
    Card* m_edits = nullptr;
    QVBoxLayout* m_editLines = nullptr;
};

} // namespace fettle::ui
