// The form of the Train screen: model and data, five settings. Lays out and forwards to TrainPresenter.
#pragma once

#include "train/train_presenter.h"
#include "widgets/frames.h"
#include "widgets/status.h"

#include <QComboBox>
#include <QLineEdit>
#include <QWidget>

namespace fettle::ui {

class AdvancedForm;
class DialogService;
class LrCurve;

class FormView : public QWidget {
    Q_OBJECT
public:
    FormView(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent = nullptr);
    [[nodiscard]] QWidget* firstFocus() const { return m_model; }
    [[nodiscard]] AdvancedForm* advanced() const { return m_advanced; }

Q_SIGNALS:
    void faultWanted(); // the line of the YAML text that has one

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Setting {
        const char* key;
        QLineEdit* edit;
        FieldRow* row;
    };
    void addSetting(Card* card, const char* key, const QString& label, const QString& name);
    void commit(const Setting& setting);
    void refresh();
    void refreshCurve();

    TrainPresenter& m_presenter;
    DialogService& m_dialogs;
    InlineError* m_fault;
    QComboBox *m_model, *m_data, *m_trainOn;
    FieldRow *m_modelRow, *m_dataRow, *m_trainOnRow;
    QPushButton* m_reset;
    QVector<Setting> m_settings;
    LrCurve* m_curve = nullptr;
    AdvancedForm* m_advanced;
};

} // namespace fettle::ui
