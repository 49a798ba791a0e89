// A row as bubbles: role as caption, plain text, the answer on its tint; a long system message folded to one line. A
// bubble is edited in place: double click or E, Ctrl+Return saves, Esc leaves.
#pragma once

#include "data/row_inspector.h"

#include <QFrame>
#include <QPlainTextEdit>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace fettle::ui {

/// A plain text editor as high as its text, that says when it is done.
class BubbleEdit : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit BubbleEdit(const QString& text, QWidget* parent = nullptr);

Q_SIGNALS:
    void saved();
    void left();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();
};

/// One message. Thread: GUI.
class Bubble : public QFrame {
    Q_OBJECT
public:
    Bubble(const RowMessage& message, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] const RowMessage& message() const { return m_message; }
    void edit(); // nothing where it cannot be edited
    void leave();
    [[nodiscard]] bool editing() const { return m_edit != nullptr; }

Q_SIGNALS:
    void edited(const QString& text);
    void editLeft();

protected:
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    RowMessage m_message;
    QVBoxLayout* m_column;
    QLabel* m_text;
    BubbleEdit* m_edit = nullptr;
    QWidget* m_buttons = nullptr;
};

/// A column of bubbles. Used by the inspector, the import preview and duplicates side by side.
class ConversationView : public QWidget {
    Q_OBJECT
public:
    enum class Edits { No, Yes };
    ConversationView(Edits edits, const QString& name, QWidget* parent = nullptr);
    void setMessages(const QVector<RowMessage>& messages);
    /// Begins to edit the last answer.
    void editAnswer();
    [[nodiscard]] bool editing() const;

Q_SIGNALS:
    void edited(const fettle::ui::RowMessage& message, const QString& text);
    void editLeft();

private:
    Edits m_edits;
    QString m_name;
    QVBoxLayout* m_column;
    QVector<Bubble*> m_bubbles;
    QVector<RowMessage> m_messages;
};

} // namespace fettle::ui
