// The recipe as YAML: the editor on the document's text, and what is wrong with it line by line. No rules: RecipeForm
// has them.
#pragma once

#include "widgets/frames.h"
#include "widgets/status.h"

#include <QVector>

namespace fettle::ui {

class RecipeForm;
class YamlEditor;

class YamlView : public QWidget {
    Q_OBJECT
public:
    explicit YamlView(RecipeForm& form, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;
    /// The cursor in the first line that has a fault.
    void showFault(int index = 0);

private:
    void refresh();

    RecipeForm& m_form;
    YamlEditor* m_editor;
    Label* m_state;
    InlineError* m_fault;
    QWidget* m_faultBar;
    Label* m_faultCount;
    QPushButton *m_next, *m_discard;
    int m_shown = 0; // fault in the error line
};

} // namespace fettle::ui
