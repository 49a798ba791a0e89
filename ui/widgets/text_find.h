// Finds words in a read-only text: a line with Ctrl+F, every hit marked, "3 of 17", next and previous by Enter and F3.
#pragma once

#include "widgets/buttons.h"

#include <QWidget>

class QLineEdit;
class QPlainTextEdit;

namespace fettle::ui {

class Label;

class TextFind : public QWidget {
    Q_OBJECT
public:
    /// `name`: object name; the line is NAME.line. `text` must outlive it.
    TextFind(QPlainTextEdit* text, const QString& name, QWidget* parent = nullptr);
    void focusLine();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search();
    void go(int by);
    void show();

    QPlainTextEdit* m_text;
    QLineEdit* m_line;
    Label* m_count;
    QPushButton *m_previous, *m_next;
    QVector<int> m_hits; // positions
    qsizetype m_at = -1;
};

} // namespace fettle::ui
