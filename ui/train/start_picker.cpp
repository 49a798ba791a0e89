#include "train/start_picker.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/table.h"

#include <QAbstractTableModel>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

/// Starters and runs as rows of two lines.
class ChoiceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Title, Status, Loss, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    bool setChoices(const QVector<StartChoice>& choices) {
        const bool same = m_choices.size() == choices.size() &&
                          std::equal(choices.begin(), choices.end(), m_choices.begin(),
                                     [](const StartChoice& a, const StartChoice& b) {
                                         return a.id == b.id && a.state == b.state && a.loss == b.loss;
                                     });
        if (!same) {
            beginResetModel();
            m_choices = choices;
            endResetModel();
        }
        return !same;
    }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_choices.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(ColumnCount);
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
            return {};
        }
        return section == Title ? tr("Recipe") : section == Status ? tr("State") : tr("Loss");
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid()) {
            return {};
        }
        const StartChoice& choice = m_choices[index.row()];
        switch (role) {
        case Qt::DisplayRole:
            return index.column() == Title ? choice.title : index.column() == Status ? choice.state : lossOf(choice);
        case SecondaryRole:
            return index.column() == Title ? QVariant(choice.when) : QVariant();
        case PillRole:
            return index.column() == Status && !choice.state.isEmpty() ? QVariant(int(choice.tone)) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant(int((index.column() == Loss ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
        case Qt::ToolTipRole:
            return choice.when;
        case Qt::AccessibleTextRole:
            return index.column() == Title ? QVariant(QString(choice.title % u". "_s % choice.when)) : QVariant();
        default:
            return {};
        }
    }

private:
    static QString lossOf(const StartChoice& choice) {
        return choice.state.isEmpty() ? QString() : Format::loss(choice.loss);
    }
    QVector<StartChoice> m_choices;
};

/// Dotted keys with both values.
class DifferenceModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Key, Now, Then, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(const QVector<RecipeDifference>& rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(ColumnCount);
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (role == Qt::TextAlignmentRole) {
            return QVariant(int(Qt::AlignLeft | Qt::AlignVCenter)); // as the cells
        }
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
            return {};
        }
        return section == Key ? tr("Key") : section == Now ? tr("Now") : tr("Then");
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid()) {
            return {};
        }
        const RecipeDifference& row = m_rows[index.row()];
        if (role == Qt::DisplayRole || role == CopyRole) {
            return index.column() == Key ? row.key : index.column() == Now ? row.a : row.b;
        }
        if (role == Qt::ToolTipRole) {
            return index.column() == Key ? row.title : index.column() == Now ? row.a : row.b;
        }
        if (role == Qt::AccessibleTextRole && index.column() == Key) {
            return QString(row.title % u", "_s % row.key);
        }
        if (role == ToneRole) {
            return index.column() == Now ? QVariant(int(Token::Text2)) : QVariant();
        }
        return {};
    }

private:
    QVector<RecipeDifference> m_rows;
};

StartPicker::StartPicker(StartPresenter& presenter, DialogService& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter)
    , m_dialogs(dialogs)
    , m_kinds(new ChoiceGroup(GroupLook::Segments, tr("Start from")))
    , m_list(new DataTable(u"train.picker.list"_s, tr("Recipes to start from")))
    , m_choices(new ChoiceModel(this))
    , m_empty(new Label(tr("No run yet. The first one will stand here."), FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_adapterRow(new QWidget)
    , m_adapter(new QComboBox)
    , m_heading(new Label({}, FontRole::BodyMedium, Tone::Text, Wrap::Yes))
    , m_table(new DataTable(u"train.picker.difference"_s, tr("What would change")))
    , m_difference(new DifferenceModel(this))
    , m_error(new InlineError(u"train.picker.error"_s))
    , m_hold(new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_take(makeButton(ButtonKind::Plain, tr("Use this recipe"), u"train.picker.take"_s, u"check"_s)) {
    const Theme& theme = Theme::current();
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card;
    QHBoxLayout* heading = card->addHeading(tr("Start from"));
    m_kinds->addChoice(int(StartPresenter::Kind::Starters), tr("Starter recipes"), u"train.picker.starters"_s);
    m_kinds->addChoice(int(StartPresenter::Kind::Runs), tr("Earlier runs"), u"train.picker.runs"_s);
    heading->addWidget(m_kinds);
    QPushButton* close = makeButton(ButtonKind::Icon, tr("Back to the form"), u"train.picker.close"_s, u"cross"_s);
    heading->addWidget(close);
    m_list->setModel(m_choices);
    m_list->setLines(2);
    m_list->horizontalHeader()->hide();
    m_list->setColumnSamples({tr("Continue from an adapter"), tr("Interrupted") % u"   "_s, u"0.0000"_s}, 0);
    m_list->setMaximumHeight(6 * theme.rowHeight(2) + theme.u(1)); // the starters at once; more runs scroll
    card->column()->addWidget(m_list, 6);
    card->column()->addWidget(m_empty);
    auto* adapter = new QHBoxLayout(m_adapterRow);
    adapter->setContentsMargins(0, 0, 0, 0);
    adapter->setSpacing(theme.u(3));
    auto* name = new Label(tr("Adapter to go on from"));
    name->setBuddy(m_adapter);
    adapter->addWidget(name, 1);
    m_adapter->setObjectName(u"train.picker.adapter"_s);
    m_adapter->setAccessibleName(tr("Adapter to go on from"));
    m_adapter->setFixedWidth(theme.u(62));
    m_adapter->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    adapter->addWidget(m_adapter);
    card->column()->addWidget(m_adapterRow);
    card->column()->addWidget(m_heading);
    m_table->setModel(m_difference);
    m_table->setColumnSamples({u"optimizer.learning_rate"_s, u"project:validation"_s, u"project:validation"_s}, 0);
    card->column()->addWidget(m_table, 5);
    card->column()->addWidget(m_error);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(theme.u(3));
    m_hold->setObjectName(u"train.picker.hold"_s);
    foot->addWidget(m_hold, 1);
    foot->addWidget(m_take);
    card->column()->addLayout(foot);
    outer->addWidget(card, 1);
    connect(close, &QPushButton::clicked, this, &StartPicker::closed);
    connect(m_kinds, &ChoiceGroup::chosen, this,
            [this](int kind) { m_presenter.setKind(static_cast<StartPresenter::Kind>(kind)); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { m_presenter.choose(now.isValid() ? now.row() : -1); });
    connect(m_list, &DataTable::opened, this, [this] { m_presenter.take(); });
    connect(m_take, &QPushButton::clicked, &presenter, &StartPresenter::take);
    connect(m_adapter, &QComboBox::activated, this, &StartPicker::chooseAdapter);
    connect(&presenter, &StartPresenter::changed, this, [this] {
        if (isVisible()) { // what nobody sees is brought up to date when it is shown
            refresh();
        }
    });
    refresh();
}

bool StartPicker::event(QEvent* event) {
    // Escape leaves the picker, not the page.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void StartPicker::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT closed();
        return;
    }
    QWidget::keyPressEvent(event);
}

void StartPicker::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

QWidget* StartPicker::firstFocus() const {
    return m_list;
}

void StartPicker::chooseAdapter(int index) {
    const QString folder = m_adapter->itemData(index).toString();
    if (!folder.isEmpty()) {
        m_presenter.setAdapter(folder);
        return;
    }
    m_dialogs.openFolder(this, tr("Choose an adapter folder"), {}, [this](const QString& chosen) {
        if (chosen.isEmpty()) {
            refresh(); // back to what it was
        } else {
            m_presenter.setAdapter(chosen);
        }
    });
}

void StartPicker::refresh() {
    m_kinds->setCurrent(int(m_presenter.kind()));
    const int current = m_presenter.current();
    {
        const QSignalBlocker quiet(m_list->selectionModel());
        (void)m_choices->setChoices(m_presenter.choices());
        if (current >= 0 && m_list->currentIndex().row() != current) {
            m_list->selectRow(current);
            m_list->setCurrentIndex(m_choices->index(current, 0));
        } else if (current < 0) {
            m_list->clearSelection();
            m_list->setCurrentIndex({});
        }
    }
    m_list->viewport()->update();
    const bool runs = m_presenter.kind() == StartPresenter::Kind::Runs;
    m_list->setColumnHidden(ChoiceModel::Status, !runs);
    m_list->setColumnHidden(ChoiceModel::Loss, !runs);
    m_list->setColumnSamples({tr("Continue from an adapter"), tr("Interrupted") % u"   "_s, u"0.0000"_s}, 0);
    m_empty->setVisible(m_choices->rowCount() == 0);
    m_list->setVisible(m_choices->rowCount() > 0);
    m_adapterRow->setVisible(m_presenter.needsAdapter());
    if (m_presenter.needsAdapter()) {
        const QSignalBlocker quiet(m_adapter);
        m_adapter->clear();
        bool listed = m_presenter.adapter().isEmpty();
        for (const AdapterChoice& choice : m_presenter.adapters()) {
            m_adapter->addItem(choice.title, choice.folder);
            listed = listed || choice.folder == m_presenter.adapter();
        }
        if (!listed) {
            m_adapter->addItem(m_presenter.adapter(), m_presenter.adapter());
        }
        m_adapter->addItem(tr("Another folder…"), QString());
        m_adapter->setCurrentIndex(m_presenter.adapter().isEmpty() ? -1 : m_adapter->findData(m_presenter.adapter()));
    }
    const QVector<RecipeDifference> rows = m_presenter.difference();
    m_difference->setRows(rows);
    m_table->setVisible(!rows.isEmpty());
    m_heading->setVisible(!rows.isEmpty());
    m_heading->setText(tr("%Ln value(s) would change", nullptr, static_cast<int>(rows.size())));
    if (m_presenter.error()) {
        const ErrorText text = describe(*m_presenter.error());
        m_error->setError(text.what, text.meaning, text.details);
    } else {
        m_error->setError({});
    }
    const QString hold = m_presenter.hold();
    m_hold->setText(hold.isEmpty() ? tr("One step: undo takes it back.") : hold);
    setDisabledReason(m_take, hold);
}

} // namespace fettle::ui

#include "start_picker.moc"
