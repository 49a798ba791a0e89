// The card of the row that shows: chips, subject, answer, nearest labelled rows, and the keys. It holds the keyboard
// focus; single letters work only here. One line under it takes what is typed: another label, a tag, a comment, words
// to search, a row's number.
#pragma once

#include "label/label_presenter.h"
#include "widgets/frames.h"

#include <QFrame>

class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace fettle::ui {

class LabelCard : public Card {
    Q_OBJECT
public:
    explicit LabelCard(LabelPresenter& presenter, QWidget* parent = nullptr);
    enum class Ask { None, Label, Tag, Comment, Search, Jump };
    void ask(Ask what);
    void editAnswer();
    [[nodiscard]] bool isAsking() const { return m_asking != Ask::None; }
    [[nodiscard]] bool isEditing() const { return m_editing; }
    /// Keys of the queue, for the bar below and the list of keys.
    struct KeyName {
        QString keys, what;
    };
    [[nodiscard]] static QVector<KeyName> barKeys(bool pair);

Q_SIGNALS:
    void leaveWanted();
    void keysWanted();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void refreshNearest();
    void refreshButtons();
    void finishAsk(bool accepted);
    void finishEdit(bool save);
    void act(LabelAct::Kind kind, const QString& value = {});
    bool letter(int key, bool repeat);
    [[nodiscard]] static int digitOf(const QKeyEvent& event);

    LabelPresenter& m_presenter;
    FlowLayout* m_chips = nullptr;
    QWidget* m_chipBox = nullptr;
    QScrollArea* m_scroll = nullptr;
    QWidget* m_earlier = nullptr;
    QVBoxLayout* m_earlierColumn = nullptr;
    Label *m_heading = nullptr, *m_body = nullptr;
    QWidget* m_answers = nullptr; // one well, or two side by side
    Well *m_left = nullptr, *m_right = nullptr;
    Label *m_leftCaption = nullptr, *m_leftNote = nullptr, *m_leftText = nullptr;
    Label *m_rightCaption = nullptr, *m_rightNote = nullptr, *m_rightText = nullptr;
    QPlainTextEdit* m_edit = nullptr;
    Label* m_editHint = nullptr;
    Label* m_comment = nullptr;
    QWidget* m_near = nullptr;
    QVBoxLayout* m_nearColumn = nullptr;
    Label* m_notice = nullptr;
    QWidget* m_buttons = nullptr;
    QPushButton *m_accept = nullptr, *m_reject = nullptr, *m_editButton = nullptr;
    QPushButton *m_preferLeft = nullptr, *m_tie = nullptr, *m_preferRight = nullptr;
    QWidget *m_judge = nullptr, *m_prefer = nullptr;
    QWidget* m_askBox = nullptr;
    Label* m_askName = nullptr;
    QLineEdit* m_askLine = nullptr;
    Ask m_asking = Ask::None;
    bool m_editing = false;
    project::RowId m_shown = 0;
};

} // namespace fettle::ui
