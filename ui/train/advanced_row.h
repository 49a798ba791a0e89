// One field of the recipe as a row of the advanced form: title, key, help, the control that fits its type, what differs
// from the default, the error line.
#pragma once

#include "recipe/fields.h"
#include "widgets/text.h"

#include <QPushButton>
#include <QWidget>

class QComboBox;
class QCheckBox;
class QLineEdit;
class QPlainTextEdit;

namespace fettle::ui {

class DialogService;
class RecipeForm;

class AdvancedRow : public QWidget {
    Q_OBJECT
public:
    AdvancedRow(const recipe::Field& field, RecipeForm& form, DialogService& dialogs, QWidget* parent = nullptr);
    [[nodiscard]] const recipe::Field& field() const { return m_field; }
    [[nodiscard]] QWidget* control() const { return m_control; }
    /// Whether title, key and help hold every word (in the window's language or as the file writes it).
    [[nodiscard]] bool matches(const QStringList& words) const;
    void refresh();

Q_SIGNALS:
    void typing(const fettle::recipe::Field& field, const QString& text); // not taken yet
    void current(const fettle::recipe::Field& field);                     // focused or under the mouse

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;

private:
    QWidget* makeControl();
    void commit();
    [[nodiscard]] bool beingTyped() const;
    void choosePath();

    const recipe::Field& m_field;
    RecipeForm& m_form;
    DialogService& m_dialogs;
    QLineEdit* m_line = nullptr;
    QPlainTextEdit* m_lines = nullptr;
    QComboBox* m_choice = nullptr;
    QCheckBox* m_switch = nullptr;
    QPushButton* m_path = nullptr;
    QWidget* m_control; // what is focused
    Label *m_default, *m_error;
    QWidget* m_dot;
    QPushButton* m_reset;
    QString m_haystack;
};

} // namespace fettle::ui
