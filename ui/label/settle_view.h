// Rows about which two people disagree, one after another: what each chose side by side, 1 or 2 settles, 0 another
// label. The settled label becomes the one in force.
#pragma once

#include "label/agreement_presenter.h"
#include "widgets/buttons.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QAbstractListModel>
#include <QWidget>

class QLineEdit;
class QListView;

namespace fettle::ui {

/// The list at the left: row, both labels, a tick where it is settled.
class DisagreementList : public QAbstractListModel {
    Q_OBJECT
public:
    explicit DisagreementList(AgreementPresenter& presenter, QObject* parent = nullptr);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    void refresh();

private:
    AgreementPresenter& m_presenter;
    std::size_t m_count = 0;
};

class SettleView : public QWidget {
    Q_OBJECT
public:
    explicit SettleView(AgreementPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;
    void begin();

Q_SIGNALS:
    void left();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void settleOther();

    AgreementPresenter& m_presenter;
    PageHeader* m_header = nullptr;
    QListView* m_list = nullptr;
    DisagreementList* m_model = nullptr;
    Card* m_card = nullptr;
    Pill *m_row = nullptr, *m_settled = nullptr;
    Label *m_heading = nullptr, *m_body = nullptr, *m_firstName = nullptr, *m_secondName = nullptr;
    Label *m_first = nullptr, *m_second = nullptr, *m_empty = nullptr;
    QPushButton *m_takeFirst = nullptr, *m_takeSecond = nullptr, *m_takeOther = nullptr;
    QLineEdit* m_other = nullptr;
    QWidget* m_otherBox = nullptr;
    InlineError* m_error = nullptr;
};

} // namespace fettle::ui
