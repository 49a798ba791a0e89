// Try it: prompt above, the base model's answer and the tuned one's side by side below.
#pragma once

#include "train/try_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QPlainTextEdit>
#include <QPushButton>

#include <array>

class QComboBox;
class QLineEdit;

namespace fettle::ui {

class TryView : public QWidget {
    Q_OBJECT
public:
    explicit TryView(TryPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QPushButton* primaryButton() const { return m_send; }
    [[nodiscard]] QWidget* firstFocus() const { return m_prompt; }

protected:
    bool event(QEvent* event) override;

private:
    void refresh();
    struct Answer {
        Card* card;
        Label* title;
        Pill* pill;
        QPlainTextEdit* text;
        InlineError* error;
        Label* counts;
    };
    Answer makeAnswer(const QString& name, const QString& caption);

    TryPresenter& m_presenter;
    QPlainTextEdit* m_prompt;
    QLineEdit* m_system;
    QPushButton *m_pick, *m_send, *m_stop;
    QComboBox *m_length, *m_temperature;
    Label *m_why, *m_row;
    InlineError* m_rowError;
    std::array<Answer, 2> m_answers;
    Well* m_expectedBox;
    Label* m_expected;
};

} // namespace fettle::ui
