#include "train/form_view.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/advanced_form.h"
#include "train/lr_curve.h"
#include "train/recipe_faults.h"

#include <QAbstractItemView>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QStyle>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QComboBox* makeCombo(const QString& name, int width) {
    auto* combo = new QComboBox;
    combo->setObjectName(name);
    combo->setMinimumWidth(width / 2);
    combo->setFixedWidth(width);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(8);
    return combo;
}

constexpr int kOther = -2; // item data of "another model"

} // namespace

FormView::FormView(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_dialogs(dialogs)
    , m_fault(new InlineError(u"train.recipe_fault"_s)) {
    const Theme& theme = Theme::current();
    const int wide = theme.u(62);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.u(3));
    column->addWidget(m_fault);

    auto* what = new Card;
    what->column()->setSpacing(0);
    what->addHeading(tr("Model and data"));
    m_model = makeCombo(u"train.model"_s, wide);
    m_data = makeCombo(u"train.data"_s, wide);
    m_trainOn = makeCombo(u"train.train_on"_s, wide);
    m_trainOn->addItem(tr("Answers only"), u"assistant"_s);
    m_trainOn->addItem(tr("The last answer only"), u"last_assistant"_s);
    m_trainOn->addItem(tr("Everything"), u"all"_s);
    m_modelRow = new FieldRow(tr("Model"), u" "_s, m_model);
    m_dataRow = new FieldRow(tr("Data"), u" "_s, m_data);
    m_trainOnRow = new FieldRow(tr("Train on"), u" "_s, m_trainOn);
    what->column()->addSpacing(theme.u(1));
    what->column()->addWidget(m_modelRow);
    what->column()->addWidget(new Hairline);
    what->column()->addWidget(m_dataRow);
    what->column()->addWidget(new Hairline);
    what->column()->addWidget(m_trainOnRow);
    column->addWidget(what);

    auto* five = new Card;
    five->column()->setSpacing(0);
    QHBoxLayout* heading = five->addHeading(tr("Five settings"));
    m_reset = makeButton(ButtonKind::Link, tr("Reset to suggested"), u"train.reset"_s);
    heading->addWidget(m_reset);
    five->column()->addSpacing(theme.u(1));
    addSetting(five, "adapter.rank", tr("Rank"), u"train.rank"_s);
    addSetting(five, "optimizer.learning_rate", tr("Learning rate"), u"train.learning_rate"_s);
    addSetting(five, "training.epochs", tr("Epochs"), u"train.epochs"_s);
    addSetting(five, "training.context", tr("Context"), u"train.context"_s);
    addSetting(five, "training.batch_tokens", tr("Batch tokens"), u"train.batch_tokens"_s);
    column->addWidget(five);
    m_advanced = new AdvancedForm(presenter, dialogs);
    column->addWidget(m_advanced);
    column->addStretch(1);

    connect(m_model, &QComboBox::activated, this, [this] {
        const int index = m_model->currentData().toInt();
        if (index == kOther) {
            m_dialogs.openFile(this,
                               {.title = tr("Choose a model"),
                                .folder = {},
                                .filters = {tr("Models (*.gguf config.json)"), tr("All files (*)")}},
                               [this](const QString& file) {
                                   if (file.isEmpty()) {
                                       refresh(); // back to what it was
                                   } else {
                                       m_presenter.chooseModelPath(
                                           file.endsWith(u"/config.json"_s) ? file.section(u'/', 0, -2) : file);
                                   }
                               });
        } else if (index >= 0) {
            m_presenter.chooseModel(index);
        }
    });
    connect(m_data, &QComboBox::activated, this, [this](int index) { m_presenter.chooseData(index); });
    connect(m_trainOn, &QComboBox::activated, this,
            [this] { m_presenter.chooseTrainOn(m_trainOn->currentData().toString()); });
    connect(m_reset, &QPushButton::clicked, this, [this] { m_presenter.form().resetToSuggested(); });
    connect(&presenter, &TrainPresenter::formChanged, this, &FormView::refresh);
    connect(&presenter, &TrainPresenter::scheduleChanged, this, &FormView::refreshCurve);
    refresh();
    refreshCurve();
}

void FormView::refreshCurve() {
    const SchedulePreview preview = m_presenter.schedulePreview();
    m_curve->setSchedule(preview.schedule, preview.known);
}

void FormView::addSetting(Card* card, const char* key, const QString& label, const QString& name) {
    const Theme& theme = Theme::current();
    auto* edit = new QLineEdit;
    edit->setObjectName(name);
    edit->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    edit->setFixedWidth(theme.u(30));
    edit->installEventFilter(this);
    auto* row = new FieldRow(label, u" "_s, edit);
    if (!m_settings.isEmpty()) {
        card->column()->addWidget(new Hairline);
    }
    card->column()->addWidget(row);
    m_settings.append({key, edit, row});
    if (std::string_view(key) == "optimizer.learning_rate") {
        m_curve = new LrCurve(LrCurve::Look::Spark, u"train.curve"_s);
        row->addBeside(m_curve);
    }
    connect(edit, &QLineEdit::textEdited, this, [this, key](const QString& text) {
        if (const recipe::Field* field = recipe::findField(key)) {
            m_presenter.previewTyping(*field, text);
        }
    });
    connect(edit, &QLineEdit::editingFinished, this,
            [this, index = m_settings.size() - 1] { commit(m_settings[index]); });
}

void FormView::commit(const Setting& setting) {
    if (setting.edit->isModified()) {
        setting.edit->setModified(false);
        (void)m_presenter.form().setText(setting.key, setting.edit->text());
    }
}

bool FormView::eventFilter(QObject* watched, QEvent* event) {
    auto* edit = qobject_cast<QLineEdit*>(watched);
    if (edit != nullptr && event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        // Undo of the form wins over undo inside a field that holds nothing new.
        if (!edit->isModified() && (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo))) {
            key->ignore();
            return true;
        }
        if (edit->isModified() && key->key() == Qt::Key_Escape) { // cancels the edit, does not leave the page
            key->accept();
            return true;
        }
    }
    if (edit != nullptr && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape && edit->isModified()) { // cancels the edit
            edit->setModified(false);
            refresh();
            for (const Setting& setting : m_settings) { // the curve too goes back
                if (setting.edit == edit) {
                    m_presenter.previewTyping(*recipe::findField(setting.key), edit->text());
                }
            }
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) { // to the next setting, as in a column of numbers
            for (qsizetype i = 0; i < m_settings.size(); ++i) {
                const qsizetype next = i + (key->key() == Qt::Key_Down ? 1 : -1);
                if (m_settings[i].edit == edit && next >= 0 && next < m_settings.size()) {
                    m_settings[next].edit->setFocus(Qt::TabFocusReason);
                    m_settings[next].edit->selectAll();
                    return true;
                }
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FormView::refresh() {
    const FormState state = m_presenter.formState();
    const RecipeForm& form = m_presenter.form();
    if (state.recipeFault) {
        m_fault->setError(faultLine(*state.recipeFault),
                          tr("The form shows the last good recipe and waits until the YAML text is one again."),
                          qs(state.recipeFault->text()));
        m_fault->setRepair(tr("Show the line"), [this] { Q_EMIT faultWanted(); });
    } else {
        m_fault->setError({});
    }
    if (!m_model->view()->isVisible()) { // an open list stays still
        const QSignalBlocker quiet(m_model);
        m_model->clear();
        for (qsizetype i = 0; i < state.models.size(); ++i) {
            m_model->addItem(qs(state.models[i].title), static_cast<int>(i));
        }
        if (state.model < 0) {
            m_model->insertItem(0, state.modelTitle.isEmpty() ? tr("Choose a model") : state.modelTitle, -1);
        }
        m_model->insertSeparator(m_model->count());
        m_model->addItem(tr("Another model…"), kOther);
        m_model->setCurrentIndex(m_model->findData(state.model));
    }
    m_modelRow->setHint(state.modelHint.isEmpty() ? u" "_s : state.modelHint);
    if (!m_data->view()->isVisible()) {
        const QSignalBlocker quiet(m_data);
        m_data->clear();
        for (const DataChoice& choice : state.data) {
            m_data->addItem(choice.title);
        }
        m_data->setCurrentIndex(state.dataIndex);
        m_data->setToolTip(state.data.value(state.dataIndex).title);
    }
    m_dataRow->setHint(state.dataHint);
    m_trainOn->setCurrentIndex(std::max(0, m_trainOn->findData(qs(form.recipe().data.trainOn))));
    m_trainOnRow->setHint(state.trainOnHint);
    const QString hints[] = {state.rankHint, state.rateHint, state.epochsHint, state.contextHint, state.batchHint};
    for (qsizetype i = 0; i < m_settings.size(); ++i) {
        const Setting& setting = m_settings[i];
        setting.row->setHint(hints[i]);
        setting.row->setError(form.error(setting.key));
        const QString text = form.typed(setting.key);
        if (!setting.edit->isModified() && setting.edit->text() != text) { // what is being typed stays
            setting.edit->setText(text);
        }
    }
    m_reset->setEnabled(!state.suggested && !form.locked());
    for (QWidget* each : {m_model, m_data, m_trainOn}) {
        each->setEnabled(!form.locked());
    }
    for (const Setting& setting : m_settings) {
        setting.edit->setEnabled(!form.locked());
    }
}

} // namespace fettle::ui
