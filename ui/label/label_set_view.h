// Where labels are defined: the question, labels in the order of their keys with when to choose them, the guideline.
#pragma once

#include "label/label_presenter.h"
#include "widgets/frames.h"

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace fettle::ui {

class LabelSetView : public QWidget {
    Q_OBJECT
public:
    explicit LabelSetView(LabelPresenter& presenter, QWidget* parent = nullptr);
    /// Shows the set as it is now.
    void begin();
    [[nodiscard]] QWidget* firstFocus() const;
    [[nodiscard]] QPushButton* saveButton() const { return m_save; }

Q_SIGNALS:
    void left();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Line {
        QWidget* box = nullptr;
        QWidget* cap = nullptr; // replaced when the number changes
        QLineEdit *name = nullptr, *description = nullptr;
        Label* rows = nullptr;
        QPushButton *up = nullptr, *down = nullptr, *remove = nullptr;
        std::string was; // its name in the store; "" = new
    };
    Line addLine(const project::LabelDefinition& label);
    void number();
    void moveLine(QWidget* box, int by);
    void removeLine(QWidget* box);
    void takeAnswers();
    void save();

    LabelPresenter& m_presenter;
    QLineEdit* m_question = nullptr;
    QVBoxLayout* m_lineColumn = nullptr;
    std::vector<Line> m_lines;
    QPlainTextEdit* m_guideline = nullptr;
    QCheckBox* m_answers = nullptr;
    Label* m_error = nullptr;
    QPushButton *m_add = nullptr, *m_take = nullptr, *m_save = nullptr;
};

} // namespace fettle::ui
