// The side panel: one row as conversation, tokens, fields and history, with what checks found at its top. Lays out and
// forwards; what it says is RowInspector's.
#pragma once

#include "data/conversation_view.h"
#include "data/data_presenter.h"
#include "widgets/status.h"
#include "widgets/token_view.h"

#include <QFrame>

class QComboBox;
class QStackedWidget;

namespace fettle::ui {

class Card;
class PageBody;

class InspectorView : public QFrame {
    Q_OBJECT
public:
    enum Tab { Conversation, Xray, Fields, History };
    explicit InspectorView(DataPresenter& presenter, QWidget* parent = nullptr);
    void showTab(Tab tab);
    [[nodiscard]] Tab tab() const;
    void editAnswer();
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void stepped(int by);
    void showBothWanted(qint64 row, qint64 other);
    void recipeWanted(); // to change what is trained
    void closed();
    void editLeft(); // the focus may go back to the table

private:
    void refresh();
    void refreshFindings();
    void refreshXray();
    void refreshFields();
    void refreshHistory();
    void showToken(int index);
    QWidget* makeXray();
    QWidget* makeFields();
    QWidget* makeHistory();

    DataPresenter& m_presenter;
    RowInspector& m_inspector;
    Label *m_title, *m_split;
    QPushButton *m_up, *m_down, *m_more, *m_close;
    ChoiceGroup* m_tabs;
    QVBoxLayout* m_findings;
    QWidget* m_findingBox;
    InlineError* m_error;
    QStackedWidget* m_stack;
    ConversationView* m_conversation;
    // x-ray
    QWidget* m_legend;
    Label *m_trained, *m_context, *m_special, *m_cut;
    TokenView* m_tokens;
    Card* m_token;
    Label *m_tokenText, *m_tokenId, *m_tokenFrom, *m_tokenLoss;
    Pill* m_tokenFate;
    Label *m_why, *m_xrayStatus;
    QComboBox *m_model, *m_template;
    // fields
    BubbleEdit* m_json;
    InlineError* m_jsonError;
    QPushButton *m_saveJson, *m_undoJson;
    // history
    QVBoxLayout* m_changes;
    QVector<QWidget*> m_changeRows;
    project::RowId m_shown = -1;
    std::string m_shownHash;
    std::string m_findingKey; // what the findings that show were made of
};

} // namespace fettle::ui
