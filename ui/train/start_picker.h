// "Start from": the list of starter recipes or earlier runs, and as a table what the chosen one would change.
#pragma once

#include "train/start_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QComboBox;

namespace fettle::ui {

class ChoiceModel;
class DataTable;
class DialogService;
class DifferenceModel;

class StartPicker : public QWidget {
    Q_OBJECT
public:
    StartPicker(StartPresenter& presenter, DialogService& dialogs, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void closed();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void chooseAdapter(int index);

    StartPresenter& m_presenter;
    DialogService& m_dialogs;
    ChoiceGroup* m_kinds;
    DataTable* m_list;
    ChoiceModel* m_choices;
    Label* m_empty;
    QWidget* m_adapterRow;
    QComboBox* m_adapter;
    Label* m_heading;
    DataTable* m_table;
    DifferenceModel* m_difference;
    InlineError* m_error;
    Label* m_hold;
    QPushButton* m_take;
};

} // namespace fettle::ui
