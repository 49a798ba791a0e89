// Every field of the recipe, made from the field table: sections that fold, a search, what differs from the default,
// and below the page what the setting under hand does when it is too high or too low.
#pragma once

#include "train/train_presenter.h"
#include "widgets/frames.h"

#include <map>

class QLineEdit;

namespace fettle::ui {

class AdvancedRow;
class Chip;
class DialogService;
class FoldHeader;
class LrCurve;

/// What a setting does: title, key, range, too high, too low. Its height does not change with the setting.
class FieldExplainer : public Card {
    Q_OBJECT
public:
    explicit FieldExplainer(QWidget* parent = nullptr);
    void explain(const recipe::Field* field); // nullptr = none yet
    [[nodiscard]] QString text() const;

private:
    Label *m_title, *m_key, *m_allowed, *m_high, *m_low;
};

class AdvancedForm : public Card {
    Q_OBJECT
public:
    AdvancedForm(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent = nullptr);
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;
    /// Opens and puts the cursor into the search.
    void search();
    /// Opens the section of a field and puts the cursor into its control.
    void showField(const std::string& key);
    [[nodiscard]] int shownRows() const; // rows that pass search and filter, for tests

Q_SIGNALS:
    void opened(bool open);
    void explained(const fettle::recipe::Field* field);
    void rowFocused(QWidget* control); // to be scrolled into sight

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Section {
        recipe::FieldGroup group;
        QWidget* box = nullptr; // head and body
        FoldHeader* head = nullptr;
        QWidget* body = nullptr; // made when first needed
        QVector<AdvancedRow*> rows = {};
    };
    void build();
    void fill(Section& section);
    void filter();
    void refresh();
    void refreshCurve();

    TrainPresenter& m_presenter;
    DialogService& m_dialogs;
    FoldHeader* m_head;
    QWidget* m_body = nullptr; // made when first opened
    QLineEdit* m_search = nullptr;
    Chip* m_changed = nullptr;
    QPushButton* m_resetAll = nullptr;
    Label* m_nothing = nullptr;
    LrCurve* m_curve = nullptr;
    QVector<Section> m_sections;
};

} // namespace fettle::ui
