#include "label/label_set_view.h"

#include "bridge/strings.h"
#include "label/label_widgets.h"
#include "widgets/buttons.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <set>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

LabelSetView::LabelSetView(LabelPresenter& presenter, QWidget* parent)
    : QWidget(parent)
    , m_presenter(presenter) {
    const Theme& theme = Theme::current();
    setObjectName(u"label.set"_s);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(theme.u(7), theme.u(5), theme.u(7), theme.u(4));
    outer->setSpacing(theme.u(4));
    auto* header =
        new PageHeader(tr("Labels and guideline"), tr("The first nine labels get the keys 1 to 9, in this order. "
                                                      "Changes of the set itself are not part of undo."));
    auto* cancel = makeButton(ButtonKind::Plain, tr("Cancel"), u"label.set.cancel"_s);
    m_save = makeButton(ButtonKind::Primary, tr("Save labels"), u"label.set.save"_s, u"check"_s);
    header->addAction(cancel);
    header->addAction(m_save);
    outer->addWidget(header);
    m_error = new Label({}, FontRole::Body, Tone::Bad, Wrap::Yes);
    m_error->setObjectName(u"label.set.error"_s);
    m_error->hide();
    outer->addWidget(m_error);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(theme.u(4));
    outer->addLayout(columns, 1);

    auto* left = new Card;
    columns->addWidget(left, 3);
    m_question = new QLineEdit;
    m_question->setObjectName(u"label.set.question"_s);
    m_question->setPlaceholderText(tr("Which section?"));
    left->column()->addWidget(new FieldRow(tr("Question"), tr("Stands above the queue"), m_question));
    m_answers = new QCheckBox(tr("A label is the row's answer too"));
    m_answers->setObjectName(u"label.set.answers"_s);
    m_answers->setToolTip(tr("Choosing a label writes it into the row as its answer, in the same step."));
    left->column()->addWidget(m_answers);
    auto* head = new QHBoxLayout;
    head->addWidget(new Label(tr("Labels"), FontRole::BodyStrong));
    head->addStretch(1);
    m_take = makeButton(ButtonKind::Plain, tr("Take the rows' answers"), u"label.set.take"_s, u"import"_s);
    m_take->setToolTip(tr("Adds the answers that rows have, most frequent first"));
    m_add = makeButton(ButtonKind::Plain, tr("Add label"), u"label.set.add"_s, u"plus"_s);
    head->addWidget(m_take);
    head->addWidget(m_add);
    left->column()->addLayout(head);
    auto* box = new QWidget;
    m_lineColumn = new QVBoxLayout(box);
    m_lineColumn->setContentsMargins(theme.u(1), theme.u(1), theme.u(1), theme.u(1));
    m_lineColumn->setSpacing(theme.u(1.5));
    m_lineColumn->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(u"label.set.scroll"_s);
    scroll->setAccessibleName(tr("Labels"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(box);
    scroll->viewport()->setAutoFillBackground(false);
    box->setAutoFillBackground(false);
    left->column()->addWidget(scroll, 1);

    auto* right = new Card;
    columns->addWidget(right, 2);
    right->column()->addWidget(new Label(tr("Guideline"), FontRole::BodyStrong));
    right->column()->addWidget(new Label(tr("When to choose which label, and what to do in doubt. It stands beside the "
                                            "queue. Markdown works."),
                                         FontRole::Caption, Tone::Text2, Wrap::Yes));
    m_guideline = new QPlainTextEdit;
    m_guideline->setObjectName(u"label.set.guideline"_s);
    m_guideline->setAccessibleName(tr("Guideline"));
    m_guideline->setTabChangesFocus(true);
    right->column()->addWidget(m_guideline, 1);

    connect(cancel, &QPushButton::clicked, this, &LabelSetView::left);
    connect(m_save, &QPushButton::clicked, this, &LabelSetView::save);
    connect(m_add, &QPushButton::clicked, this, [this] {
        const Line line = addLine({});
        number();
        line.name->setFocus(Qt::OtherFocusReason);
    });
    connect(m_take, &QPushButton::clicked, this, &LabelSetView::takeAnswers);
}

QWidget* LabelSetView::firstFocus() const {
    return m_lines.empty() ? static_cast<QWidget*>(m_question) : m_lines.front().name;
}

void LabelSetView::begin() {
    for (const Line& line : m_lines) {
        line.box->hide();
        line.box->deleteLater();
    }
    m_lines.clear();
    m_error->hide();
    const project::LabelSet& set = m_presenter.labels();
    m_question->setText(qs(set.question));
    m_guideline->setPlainText(qs(set.guideline));
    m_answers->setChecked(m_presenter.labelsAreAnswers());
    for (const project::LabelDefinition& each : set.labels) {
        addLine(each).name->setCursorPosition(0);
    }
    number();
}

LabelSetView::Line LabelSetView::addLine(const project::LabelDefinition& label) {
    const Theme& theme = Theme::current();
    Line line;
    line.was = label.name;
    line.box = new QWidget;
    auto* row = new QHBoxLayout(line.box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(1.5));
    line.cap = new KeyCap(u"0"_s);
    row->addWidget(line.cap);
    line.name = new QLineEdit(qs(label.name));
    line.name->setMinimumWidth(theme.u(22));
    line.description = new QLineEdit(qs(label.description));
    line.description->setPlaceholderText(tr("when to choose it"));
    line.description->setCursorPosition(0);
    row->addWidget(line.name, 2);
    row->addWidget(line.description, 3);
    line.rows = new Label(label.rows > 0 ? tr("%Ln row(s)", nullptr, static_cast<int>(label.rows)) : QString(),
                          FontRole::Caption, Tone::Text2);
    line.rows->setMinimumWidth(theme.u(12));
    line.rows->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(line.rows);
    line.up = makeButton(ButtonKind::Icon, tr("Up"), u"label.set.up"_s, u"up"_s);
    line.down = makeButton(ButtonKind::Icon, tr("Down"), u"label.set.down"_s, u"down"_s);
    line.remove = makeButton(ButtonKind::Icon, tr("Remove"), u"label.set.remove"_s, u"cross"_s);
    for (QPushButton* button : {line.up, line.down, line.remove}) {
        row->addWidget(button);
    }
    QWidget* box = line.box;
    connect(line.up, &QPushButton::clicked, this, [this, box] { moveLine(box, -1); });
    connect(line.down, &QPushButton::clicked, this, [this, box] { moveLine(box, 1); });
    connect(line.remove, &QPushButton::clicked, this, [this, box] { removeLine(box); });
    m_lineColumn->insertWidget(m_lineColumn->count() - 1, line.box);
    m_lines.push_back(line);
    return line;
}

void LabelSetView::number() {
    constexpr int kKeys = 9;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        Line& line = m_lines[i];
        const int key = static_cast<int>(i) + 1;
        auto* cap = new KeyCap(key <= kKeys ? QString::number(key) : u"·"_s);
        delete line.box->layout()->replaceWidget(line.cap, cap);
        line.cap->hide();
        line.cap->deleteLater();
        line.cap = cap;
        line.name->setObjectName(u"label.set.name.%1"_s.arg(key));
        line.name->setAccessibleName(tr("Name of label %1").arg(key));
        line.description->setAccessibleName(tr("When to choose label %1").arg(key));
        line.up->setObjectName(u"label.set.up.%1"_s.arg(key));
        line.down->setObjectName(u"label.set.down.%1"_s.arg(key));
        line.remove->setObjectName(u"label.set.remove.%1"_s.arg(key));
        line.up->setEnabled(i > 0);
        line.down->setEnabled(i + 1 < m_lines.size());
        // Rows would keep a label that nobody can choose any more.
        const std::int64_t rows = [&] {
            for (const project::LabelDefinition& each : m_presenter.labels().labels) {
                if (!line.was.empty() && each.name == line.was) {
                    return each.rows;
                }
            }
            return std::int64_t{0};
        }();
        setDisabledReason(line.remove,
                          rows > 0 ? tr("Rows have this label. Rename it, or label them otherwise first.") : QString());
    }
}

void LabelSetView::moveLine(QWidget* box, int by) {
    const auto at = std::find_if(m_lines.begin(), m_lines.end(), [box](const Line& line) { return line.box == box; });
    const auto from = static_cast<int>(at - m_lines.begin());
    const int to = from + by;
    if (at == m_lines.end() || to < 0 || to >= static_cast<int>(m_lines.size())) {
        return;
    }
    QWidget* focus = by < 0 ? at->up : at->down;
    m_lineColumn->removeWidget(box);
    m_lineColumn->insertWidget(to, box);
    std::swap(m_lines[static_cast<std::size_t>(from)], m_lines[static_cast<std::size_t>(to)]);
    number();
    focus->setFocus(Qt::OtherFocusReason);
}

void LabelSetView::removeLine(QWidget* box) {
    const auto at = std::find_if(m_lines.begin(), m_lines.end(), [box](const Line& line) { return line.box == box; });
    if (at == m_lines.end()) {
        return;
    }
    m_lines.erase(at);
    box->hide();
    box->deleteLater();
    m_add->setFocus(Qt::OtherFocusReason);
    number();
}

void LabelSetView::takeAnswers() {
    m_presenter.readAnswers([this](const project::Balance& balance) {
        if (balance.restRows > 0) {
            m_error->setText(tr("The rows have %1 different answers: too many to be labels.")
                                 .arg(Format::exactCount(balance.distinct)));
            m_error->show();
            return;
        }
        std::set<QString> known;
        for (const Line& line : m_lines) {
            known.insert(line.name->text().trimmed());
        }
        for (const project::Balance::Bar& bar : balance.bars) {
            const QString name = qs(bar.value).simplified();
            if (!name.isEmpty() && known.insert(name).second) {
                addLine({us(name), {}, 0});
            }
        }
        m_answers->setChecked(true);
        number();
    });
}

void LabelSetView::save() {
    project::LabelSet set;
    std::vector<LabelPresenter::Renamed> renamed;
    set.question = us(m_question->text().trimmed());
    set.guideline = us(m_guideline->toPlainText());
    std::set<std::string> names;
    for (const Line& line : m_lines) {
        const std::string name = us(line.name->text().trimmed());
        if (name.empty() && line.was.empty()) {
            continue; // added and left empty
        }
        const QString fault = name.empty()                 ? tr("A label needs a name. Remove it, or give it one.")
                              : !names.insert(name).second ? tr("Two labels are called %1.").arg(qs(name))
                                                           : QString();
        if (!fault.isEmpty()) {
            m_error->setText(fault);
            m_error->show();
            line.name->setFocus(Qt::OtherFocusReason);
            return;
        }
        project::LabelDefinition label;
        label.name = name;
        label.description = us(line.description->text().trimmed());
        for (const project::LabelDefinition& each : m_presenter.labels().labels) {
            if (each.name == line.was) {
                label.rows = each.rows; // until they are counted again
            }
        }
        set.labels.push_back(label);
        if (!line.was.empty() && line.was != name) {
            renamed.push_back({line.was, name});
        }
    }
    m_presenter.setLabels(set, m_answers->isChecked(), renamed);
    Q_EMIT left();
}

void LabelSetView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace fettle::ui
