// The table of row losses with its filters, histogram and the opened row. Lays out and forwards to RowLossesPresenter.
#pragma once

#include "bridge/dialog_service.h"
#include "train/row_losses_model.h"
#include "widgets/frames.h"
#include "widgets/status.h"

class QComboBox;

namespace fettle::ui {

class RowHistogram;
class TokenRows;

class RowLossesView : public QWidget {
    Q_OBJECT
public:
    RowLossesView(RowLossesPresenter& presenter, DialogService& dialogs, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void refresh();

    RowLossesPresenter& m_presenter;
    Label *m_empty, *m_faults, *m_count, *m_rule;
    Card* m_card;
    QVector<Chip*> m_chips;
    QComboBox* m_sort;
    QPushButton *m_copy, *m_export;
    RowHistogram* m_histogram;
    DataTable* m_table;
    RowLossesModel* m_model;
    Card* m_openedCard;
    TokenRows* m_opened;
    QPushButton* m_close;
};

} // namespace fettle::ui
