// The findings of checks as chips in one line: All, then one a family with its rows; what does not fit goes into "4
// more". A press filters, Shift adds, the context menu holds the fixes.
#pragma once

#include "data/data_presenter.h"
#include "widgets/buttons.h"

#include <QHash>
#include <QWidget>

namespace fettle::ui {

class CheckChips : public QWidget {
    Q_OBJECT
public:
    explicit CheckChips(DataPresenter& presenter, QWidget* parent = nullptr);

Q_SIGNALS:
    void fixWanted(const fettle::ui::CheckChip& chip, fettle::data::CheckFix fix);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void arrange();
    void showMenu(const CheckChip& chip, const QPoint& at);
    DataPresenter& m_presenter;
    Chip* m_all;
    QPushButton* m_more;
    struct Item {
        CheckChip chip;
        Chip* widget;
    };
    QVector<Item> m_items;
};

} // namespace fettle::ui
