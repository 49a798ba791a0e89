// The labeling queue as a screen: header, progress, the card, the numbered labels, the session beside it, the keys
// below. Labels, the second pass and disagreements are pages of it. Lays out and forwards.
#pragma once

#include "label/label_presenter.h"
#include "shell/screen.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QComboBox;
class QLineEdit;
class QScrollArea;
class QStackedWidget;

namespace fettle::ui {

class LabelCard;
class LabelChoice;
class LabelSetView;
class LabelSide;
class SettleView;

class LabelPage : public Screen {
    Q_OBJECT
public:
    LabelPage(const ShellContext& context, LabelPresenter& presenter, QWidget* parent = nullptr);
    ~LabelPage() override;
    [[nodiscard]] QPushButton* primaryButton() const override;
    [[nodiscard]] QWidget* firstFocus() const override;
    void entered() override;
    /// "labels", "second", "settle", "filter:JSON" (project::toJson of a Filter).
    void showPart(const QString& part) override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeQueue();
    QWidget* makeHead();
    QWidget* makeSecond();
    void makeKeys();
    void refresh();
    void refreshChoices();
    void refreshOrder();
    void showQueue();
    void showSecond();
    void startSecond();
    void leavePage();
    void place();
    void watchWork();

    ShellContext m_context;
    LabelPresenter& m_presenter;
    QStackedWidget* m_stack;
    QWidget* m_queue = nullptr;
    PageHeader* m_header = nullptr;
    Pill* m_saved = nullptr;
    QPushButton *m_set = nullptr, *m_secondButton = nullptr, *m_back = nullptr, *m_sideButton = nullptr;
    Label *m_count = nullptr, *m_left = nullptr, *m_orderName = nullptr;
    Bar* m_bar = nullptr;
    QComboBox* m_order = nullptr;
    QLineEdit* m_person = nullptr;
    QPushButton *m_searching = nullptr, *m_similar = nullptr;
    Banner* m_readOnly = nullptr;
    InlineError* m_error = nullptr;
    QStackedWidget* m_body = nullptr; // the card and its columns, or what is said instead
    LabelCard* m_card = nullptr;
    QWidget* m_middle = nullptr;
    QVBoxLayout* m_middleColumn = nullptr;
    Label* m_choicesTitle = nullptr;
    QVBoxLayout* m_choiceColumn = nullptr;
    QVector<LabelChoice*> m_choices;
    QWidget* m_other = nullptr;
    QWidget* m_noLabels = nullptr;
    QScrollArea* m_sideScroll = nullptr;
    LabelSide* m_side = nullptr;
    QHBoxLayout* m_columns = nullptr;
    QWidget* m_keys = nullptr;
    FlowLayout* m_keyFlow = nullptr;
    EmptyState *m_nothing = nullptr, *m_done = nullptr;
    Label* m_looking = nullptr;
    LabelSetView* m_setView = nullptr;
    SettleView* m_settle = nullptr;
    QWidget* m_second = nullptr;
    QComboBox* m_firstName = nullptr;
    QLineEdit* m_secondName = nullptr;
    Label* m_secondError = nullptr;
    QPushButton* m_startSecond = nullptr;
    bool m_narrow = false, m_sideOpen = false;
};

} // namespace fettle::ui
