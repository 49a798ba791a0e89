#include "data/filter_form.h"

#include "bridge/strings.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::FieldTest;
using project::Filter;
using project::NumberRange;
using project::RowNumber;
using project::RowState;
using project::Split;

namespace {
constexpr std::size_t kShownValues = 30; // of a group; the commonest first
} // namespace

FilterForm::FilterForm(DataPresenter& presenter, QWidget* parent)
    : QFrame(parent)
    , m_presenter(presenter)
    , m_savedBox(new QWidget)
    , m_saved(new FlowLayout(m_savedBox, Theme::current().u(1.5)))
    , m_number(new QComboBox)
    , m_min(new QLineEdit)
    , m_max(new QLineEdit)
    , m_addRange(makeButton(ButtonKind::Plain, tr("Add"), u"data.filter.range.add"_s))
    , m_addUnknown(makeButton(ButtonKind::Ghost, tr("Unknown ones"), u"data.filter.range.unknown"_s))
    , m_path(new QComboBox)
    , m_op(new QComboBox)
    , m_value(new QLineEdit)
    , m_addTest(makeButton(ButtonKind::Plain, tr("Add"), u"data.filter.test.add"_s))
    , m_name(new QLineEdit)
    , m_save(makeButton(ButtonKind::Plain, tr("Keep"), u"data.filter.save"_s, u"bookmark"_s))
    , m_clear(makeButton(ButtonKind::Ghost, tr("Show all rows"), u"data.filter.clear"_s))
    , m_close(makeButton(ButtonKind::Icon, tr("Close the filter"), u"data.filter.close"_s, u"cross"_s))
    , m_fault(new Label({}, FontRole::Caption, Tone::Bad, Wrap::Yes)) {
    const Theme& theme = Theme::current();
    setObjectName(u"data.filter.form"_s);
    setProperty("kind", u"side"_s);
    setAccessibleName(tr("Filter"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, theme.u(5), 0, 0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme.u(5), 0, theme.u(3), 0);
    head->addWidget(new Label(tr("Filter"), FontRole::CardHeading));
    head->addStretch(1);
    head->addWidget(m_clear);
    head->addWidget(m_close);
    outer->addLayout(head);
    auto* body = new PageBody;
    body->setObjectName(u"data.filter.body"_s);
    body->column()->setContentsMargins(theme.u(5), theme.u(1), theme.u(5), theme.u(4));
    body->column()->setSpacing(theme.u(1.5));
    outer->addWidget(body, 1);
    QVBoxLayout* column = body->column();
    const auto heading = [&](const QString& text) {
        auto* label = new Label(text, FontRole::Caption, Tone::Text2);
        column->addWidget(label);
        return label;
    };
    heading(tr("Kept filters"));
    column->addWidget(m_savedBox);
    for (const auto& [key, title] : {std::pair(u"splits"_s, tr("Split")), std::pair(u"states"_s, tr("State")),
                                     std::pair(u"labels"_s, tr("Label")), std::pair(u"tags"_s, tr("Tags")),
                                     std::pair(u"languages"_s, tr("Language")), std::pair(u"kinds"_s, tr("Kind"))}) {
        Group group{key, heading(title), new QWidget, nullptr};
        group.flow = new FlowLayout(group.box, theme.u(1.5));
        column->addWidget(group.box);
        m_groups.append(group);
    }
    heading(tr("Number"));
    m_number->setObjectName(u"data.filter.number"_s);
    m_number->setAccessibleName(tr("Number"));
    for (const RowNumber number :
         {RowNumber::Tokens, RowNumber::TrainedTokens, RowNumber::Turns, RowNumber::AnswerLength, RowNumber::Loss,
          RowNumber::Rating, RowNumber::Uncertainty}) {
        m_number->addItem(RowWords::number(number), int(number));
    }
    const auto field = [](QLineEdit* edit, const QString& name, const QString& hint) {
        edit->setObjectName(name);
        edit->setPlaceholderText(hint);
        edit->setAccessibleName(hint);
        edit->setMinimumWidth(Theme::current().u(14));
    };
    field(m_min, u"data.filter.min"_s, tr("from"));
    field(m_max, u"data.filter.max"_s, tr("up to"));
    column->addWidget(m_number);
    auto* range = new QHBoxLayout;
    range->addWidget(m_min, 1);
    range->addWidget(m_max, 1);
    range->addWidget(m_addRange);
    range->addWidget(m_addUnknown);
    column->addLayout(range);
    heading(tr("Field of the row"));
    m_path->setObjectName(u"data.filter.path"_s);
    m_path->setAccessibleName(tr("Path of the field"));
    m_path->setEditable(true);
    m_path->setInsertPolicy(QComboBox::NoInsert);
    m_op->setObjectName(u"data.filter.op"_s);
    m_op->setAccessibleName(tr("Test"));
    for (int op = int(FieldTest::Op::Equals); op <= int(FieldTest::Op::Missing); ++op) {
        m_op->addItem(RowWords::testOp(static_cast<FieldTest::Op>(op)), op);
    }
    field(m_value, u"data.filter.value"_s, tr("value"));
    column->addWidget(m_path);
    auto* test = new QHBoxLayout;
    test->addWidget(m_op);
    test->addWidget(m_value, 1);
    test->addWidget(m_addTest);
    column->addLayout(test);
    column->addWidget(m_fault);
    m_fault->hide();
    column->addSpacing(theme.u(2));
    column->addWidget(new Hairline);
    heading(tr("Keep this filter as"));
    auto* keep = new QHBoxLayout;
    field(m_name, u"data.filter.name"_s, tr("name"));
    keep->addWidget(m_name, 1);
    keep->addWidget(m_save);
    column->addLayout(keep);
    column->addStretch(1);

    connect(m_clear, &QPushButton::clicked, &presenter, &DataPresenter::clearFilter);
    connect(m_close, &QPushButton::clicked, this, &FilterForm::closed);
    connect(m_addRange, &QPushButton::clicked, this, &FilterForm::addRange);
    connect(m_min, &QLineEdit::returnPressed, this, &FilterForm::addRange);
    connect(m_max, &QLineEdit::returnPressed, this, &FilterForm::addRange);
    connect(m_addUnknown, &QPushButton::clicked, this, [this] {
        Filter filter = m_presenter.filter();
        NumberRange unknown;
        unknown.number = static_cast<RowNumber>(m_number->currentData().toInt());
        unknown.absent = true;
        std::erase_if(filter.numbers, [&](const NumberRange& each) { return each.number == unknown.number; });
        filter.numbers.push_back(unknown);
        m_presenter.setFilter(filter);
    });
    connect(m_addTest, &QPushButton::clicked, this, &FilterForm::addTest);
    connect(m_value, &QLineEdit::returnPressed, this, &FilterForm::addTest);
    const auto keepIt = [this] {
        m_presenter.saveFilter(m_name->text());
        m_name->clear();
    };
    connect(m_save, &QPushButton::clicked, this, keepIt);
    connect(m_name, &QLineEdit::returnPressed, this, keepIt);
    connect(m_name, &QLineEdit::textChanged, this, &FilterForm::refreshSaved);
    connect(&presenter, &DataPresenter::filterChanged, this, &FilterForm::refresh);
    connect(&presenter, &DataPresenter::chipsChanged, this, &FilterForm::refresh);
    connect(&presenter, &DataPresenter::savedChanged, this, &FilterForm::refreshSaved);
    connect(&presenter.table(), &SampleTableModel::metadataSeen, this, &FilterForm::refresh);
    refresh();
}

QWidget* FilterForm::firstFocus() const {
    for (const Group& group : m_groups) {
        if (!group.box->isHidden() && group.flow->count() > 0) {
            return group.flow->itemAt(0)->widget();
        }
    }
    return m_number;
}

void FilterForm::clear(const Group& group) {
    while (QLayoutItem* item = group.flow->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

template <class T>
void FilterForm::fill(const Group& group, const QVector<std::pair<T, QString>>& values,
                      const std::map<T, std::int64_t>& rows, std::vector<T> Filter::*list) {
    const std::vector<T>& chosen = m_presenter.filter().*list;
    // The same chips stay: a press must not take away what was pressed.
    QStringList wanted;
    for (const auto& [value, text] : values) {
        wanted << text;
    }
    if (group.box->property("values").toStringList() != wanted) {
        clear(group);
        group.box->setProperty("values", wanted);
        for (const auto& [value, text] : values) {
            auto* chip = new Chip(text, State::Neutral);
            chip->setObjectName(u"data.filter.%1.%2"_s.arg(group.key).arg(group.flow->count()));
            connect(chip, &Chip::clicked, this, [this, chip, value = value, list] {
                Filter filter = m_presenter.filter();
                std::erase(filter.*list, value);
                if (chip->isChecked()) {
                    (filter.*list).push_back(value);
                }
                m_presenter.setFilter(filter);
            });
            group.flow->addWidget(chip);
        }
    }
    for (int i = 0; i < group.flow->count() && i < values.size(); ++i) {
        auto* chip = qobject_cast<Chip*>(group.flow->itemAt(i)->widget());
        const auto found = rows.find(values[i].first);
        if (chip != nullptr) {
            chip->setCount(found == rows.end() ? 0 : found->second);
            chip->setChecked(std::find(chosen.begin(), chosen.end(), values[i].first) != chosen.end());
        }
    }
    const bool some = values.size() > 1 || !chosen.empty();
    group.title->setVisible(some);
    group.box->setVisible(some);
}

void FilterForm::refresh() {
    const project::RowCounts& all = m_presenter.rows().facts().counts;
    QVector<std::pair<Split, QString>> splits;
    for (const auto& [split, rows] : all.splits) {
        splits.append({split, RowWords::split(split)});
    }
    fill(m_groups[0], splits, all.splits, &Filter::splits);
    QVector<std::pair<RowState, QString>> states;
    for (const RowState state : {RowState::Active, RowState::Rejected}) {
        states.append({state, RowWords::state(state)});
    }
    fill(m_groups[1], states, all.states, &Filter::states);
    const auto texts = [&](const std::map<std::string, std::int64_t>& rows, auto say) {
        std::vector<std::pair<std::int64_t, std::string>> order;
        for (const auto& [value, count] : rows) {
            order.emplace_back(-count, value);
        }
        std::sort(order.begin(), order.end());
        if (order.size() > kShownValues) {
            order.resize(kShownValues);
        }
        QVector<std::pair<std::string, QString>> out;
        for (const auto& [count, value] : order) {
            out.append({value, say(value)});
        }
        return out;
    };
    fill(m_groups[2], texts(all.labels, [](const std::string& v) { return v.empty() ? tr("without") : qs(v); }),
         all.labels, &Filter::labels);
    QVector<std::pair<std::string, QString>> tags = texts(all.tags, [](const std::string& v) { return qs(v); });
    fill(m_groups[3], tags, all.tags, &Filter::tags);
    m_groups[3].title->setVisible(!tags.isEmpty());
    m_groups[3].box->setVisible(!tags.isEmpty());
    fill(m_groups[4],
         texts(all.languages,
               [](const std::string& v) { return v.empty() ? tr("not known") : RowWords::language(qs(v)); }),
         all.languages, &Filter::languages);
    fill(m_groups[5],
         texts(all.kinds,
               [](const std::string& v) {
                   for (int k = 1; k <= static_cast<int>(data::SampleKind::Ids); ++k) {
                       if (v == data::sampleKindName(static_cast<data::SampleKind>(k))) {
                           return RowWords::kind(static_cast<data::SampleKind>(k));
                       }
                   }
                   return qs(v);
               }),
         all.kinds, &Filter::kinds);
    QStringList paths{u"answer"_s, u"title"_s};
    for (const QString& key : m_presenter.table().metadataKeys()) {
        paths << u"metadata."_s % key;
    }
    if (m_path->property("values").toStringList() != paths) {
        const QString typed = m_path->currentText();
        m_path->clear();
        m_path->addItems(paths);
        m_path->setProperty("values", paths);
        if (!typed.isEmpty()) {
            m_path->setCurrentText(typed);
        }
    }
    m_clear->setEnabled(!m_presenter.filter().isEverything());
    refreshSaved();
}

void FilterForm::refreshSaved() {
    const bool something = !m_presenter.filter().isEverything();
    setDisabledReason(m_save, !something                           ? tr("Nothing is filtered.")
                              : m_name->text().trimmed().isEmpty() ? tr("Give it a name first.")
                                                                   : QString());
    QStringList names;
    for (const SavedFilter& each : m_presenter.savedFilters()) {
        names << each.name;
    }
    if (m_savedBox->property("values").toStringList() == names && m_saved->count() > 0) {
        return;
    }
    m_savedBox->setProperty("values", names);
    while (QLayoutItem* item = m_saved->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    for (const SavedFilter& each : m_presenter.savedFilters()) {
        auto* box = new QWidget;
        auto* row = new QHBoxLayout(box);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(0);
        auto* use = makeButton(ButtonKind::Plain, each.name, u"data.filter.kept."_s % each.name);
        auto* forget = makeButton(ButtonKind::Icon, tr("Forget %1").arg(each.name),
                                  u"data.filter.forget."_s % each.name, u"cross"_s);
        connect(use, &QPushButton::clicked, this, [this, filter = each.filter] { m_presenter.setFilter(filter); });
        connect(forget, &QPushButton::clicked, this, [this, name = each.name] { m_presenter.forgetFilter(name); });
        row->addWidget(use);
        row->addWidget(forget);
        m_saved->addWidget(box);
    }
    if (names.isEmpty()) {
        m_saved->addWidget(new Label(tr("none yet"), FontRole::Caption, Tone::Text3));
    }
}

void FilterForm::addRange() {
    NumberRange range;
    range.number = static_cast<RowNumber>(m_number->currentData().toInt());
    const auto read = [this](const QLineEdit* edit, std::optional<double>& into) {
        const QString text = edit->text().trimmed();
        if (text.isEmpty()) {
            return true;
        }
        bool fine = false;
        double value = QLocale().toDouble(text, &fine);
        if (!fine) {
            value = text.toDouble(&fine);
        }
        if (fine) {
            into = value;
        }
        return fine;
    };
    QString fault;
    if (!read(m_min, range.min) || !read(m_max, range.max)) {
        fault = tr("This is not a number.");
    } else if (!range.min && !range.max) {
        fault = tr("Give at least one end.");
    } else if (range.min && range.max && *range.min > *range.max) {
        fault = tr("The first number is larger than the second.");
    }
    m_fault->setText(fault);
    m_fault->setVisible(!fault.isEmpty());
    if (!fault.isEmpty()) {
        return;
    }
    Filter filter = m_presenter.filter();
    std::erase_if(filter.numbers, [&](const NumberRange& each) { return each.number == range.number; });
    filter.numbers.push_back(range);
    m_min->clear();
    m_max->clear();
    m_presenter.setFilter(filter);
}

void FilterForm::addTest() {
    FieldTest test;
    test.path = us(m_path->currentText().trimmed());
    test.op = static_cast<FieldTest::Op>(m_op->currentData().toInt());
    test.value = us(m_value->text());
    const bool alone = test.op == FieldTest::Op::Exists || test.op == FieldTest::Op::Missing;
    const QString fault = test.path.empty()              ? tr("Name the field first.")
                          : !alone && test.value.empty() ? tr("Give a value to compare with.")
                                                         : QString();
    m_fault->setText(fault);
    m_fault->setVisible(!fault.isEmpty());
    if (!fault.isEmpty()) {
        return;
    }
    if (alone) {
        test.value.clear();
    }
    Filter filter = m_presenter.filter();
    filter.fields.push_back(test);
    m_value->clear();
    m_presenter.setFilter(filter);
}

} // namespace fettle::ui
