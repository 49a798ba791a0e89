// The form that builds a filter: what there is with its numbers of rows, to be pressed; ranges and tests of fields to
// be added; filters to be kept. Each press takes effect at once.
#pragma once

#include "data/data_presenter.h"
#include "widgets/buttons.h"
#include "widgets/frames.h"

#include <QFrame>

class QComboBox;
class QLineEdit;

namespace fettle::ui {

class FilterForm : public QFrame {
    Q_OBJECT
public:
    explicit FilterForm(DataPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const;

Q_SIGNALS:
    void closed();

private:
    struct Group {
        QString key;
        Label* title;
        QWidget* box;
        FlowLayout* flow;
    };
    void refresh();
    void refreshSaved();
    template <class T>
    void fill(const Group& group, const QVector<std::pair<T, QString>>& values, const std::map<T, std::int64_t>& rows,
              std::vector<T> project::Filter::*list);
    void clear(const Group& group);
    void addRange();
    void addTest();

    DataPresenter& m_presenter;
    QVector<Group> m_groups;
    QWidget* m_savedBox;
    FlowLayout* m_saved;
    QComboBox* m_number;
    QLineEdit *m_min, *m_max;
    QPushButton *m_addRange, *m_addUnknown;
    QComboBox* m_path;
    QComboBox* m_op;
    QLineEdit* m_value;
    QPushButton* m_addTest;
    QLineEdit* m_name;
    QPushButton *m_save, *m_clear, *m_close;
    Label* m_fault;
};

} // namespace fettle::ui
