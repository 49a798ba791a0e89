#include "train/advanced_form.h"

#include "bridge/strings.h"
#include "train/advanced_row.h"
#include "train/field_words.h"
#include "train/fold_header.h"
#include "train/lr_curve.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

// ---------------------------------------------------------------- what a setting does

FieldExplainer::FieldExplainer(QWidget* parent)
    : Card(parent)
    , m_title(new Label({}, FontRole::BodyMedium))
    , m_key(new Label({}, FontRole::Caption, Tone::Text2))
    , m_allowed(new Label({}, FontRole::Caption, Tone::Text2))
    , m_high(new Label({}, FontRole::Caption, Tone::Text, Wrap::Yes))
    , m_low(new Label({}, FontRole::Caption, Tone::Text, Wrap::Yes)) {
    const Theme& theme = Theme::current();
    setObjectName(u"train.explainer"_s);
    column()->setContentsMargins(theme.u(5), theme.u(2.5), theme.u(5), theme.u(2.5));
    column()->setSpacing(theme.u(0.5));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(2));
    m_key->setFont(theme.mono(FontRole::Caption));
    head->addWidget(m_title);
    head->addWidget(m_key);
    head->addStretch(1);
    head->addWidget(m_allowed);
    column()->addLayout(head);
    column()->addWidget(m_high);
    column()->addWidget(m_low);
    column()->addStretch(1);
    const int line = QFontMetrics(theme.font(FontRole::Caption)).lineSpacing();
    setFixedHeight(theme.u(5) + QFontMetrics(theme.font(FontRole::BodyMedium)).height() + 4 * line + theme.u(2));
    explain(nullptr);
}

void FieldExplainer::explain(const recipe::Field* field) {
    if (field == nullptr) {
        m_title->setText(tr("What a setting does"));
        m_key->setText({});
        m_allowed->setText({});
        m_high->setText(tr("Go to a setting: here stands what happens when it is too high or too low."));
        m_low->setText({});
        return;
    }
    m_title->setText(FieldWords::title(*field));
    m_key->setText(qs(field->key));
    const QString allowed = FieldWords::allowed(*field);
    m_allowed->setText(fontMetrics().elidedText(allowed, Qt::ElideRight, Theme::current().u(70)));
    m_allowed->setToolTip(allowed);
    m_high->setText(FieldWords::high(*field));
    m_low->setText(FieldWords::low(*field));
}

QString FieldExplainer::text() const {
    return m_title->text() % u'\n' % m_key->text() % u'\n' % m_high->text() % u'\n' % m_low->text();
}

// ---------------------------------------------------------------- form

AdvancedForm::AdvancedForm(TrainPresenter& presenter, DialogService& dialogs, QWidget* parent)
    : Card(parent)
    , m_presenter(presenter)
    , m_dialogs(dialogs)
    , m_head(new FoldHeader(FoldHeader::Look::Card, tr("Advanced"), u"train.advanced"_s)) {
    const Theme& theme = Theme::current();
    column()->setContentsMargins(theme.u(3), theme.u(2), theme.u(3), theme.u(2));
    column()->setSpacing(theme.u(1));
    column()->addWidget(m_head);
    connect(m_head, &FoldHeader::toggled, this, [this](bool open) {
        m_presenter.face().advancedOpen = open;
        if (open) {
            build();
            refresh();
        }
        if (m_body != nullptr) {
            m_body->setVisible(open);
        }
        Q_EMIT opened(open);
    });
    connect(&presenter, &TrainPresenter::formChanged, this, &AdvancedForm::refresh);
    refresh();
    if (presenter.face().advancedOpen) {
        m_head->setChecked(true);
    }
}

void AdvancedForm::setOpen(bool open) {
    m_head->setChecked(open);
}

bool AdvancedForm::isOpen() const {
    return m_head->isChecked();
}

void AdvancedForm::build() {
    if (m_body != nullptr) {
        return;
    }
    const Theme& theme = Theme::current();
    m_body = new QWidget;
    auto* column = new QVBoxLayout(m_body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(theme.u(2), theme.u(1), theme.u(2), theme.u(2));
    tools->setSpacing(theme.u(2));
    m_search = new QLineEdit;
    m_search->setObjectName(u"train.advanced.search"_s);
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_changed = new Chip(tr("Changed"), State::Accent);
    m_changed->setObjectName(u"train.advanced.changed"_s);
    m_changed->setAccessibleName(tr("Only settings that differ from the default"));
    m_resetAll = makeButton(ButtonKind::Link, tr("Reset all"), u"train.advanced.reset_all"_s);
    tools->addWidget(m_search, 1);
    tools->addWidget(m_changed);
    tools->addWidget(m_resetAll);
    column->addLayout(tools);
    m_nothing = new Label({}, FontRole::Body, Tone::Text2, Wrap::Yes);
    m_nothing->setContentsMargins(theme.u(2), theme.u(2), theme.u(2), theme.u(2));
    m_nothing->hide();
    column->addWidget(m_nothing);
    for (const recipe::FieldGroup& group : recipe::fieldGroups()) {
        const auto all = recipe::fields();
        if (std::none_of(all.begin(), all.end(),
                         [&group](const recipe::Field& field) { return recipe::groupOf(field) == group.key; })) {
            continue;
        }
        Section section{.group = group};
        section.box = new QWidget;
        auto* box = new QVBoxLayout(section.box);
        box->setContentsMargins(0, 0, 0, 0);
        box->setSpacing(0);
        box->addWidget(new Hairline);
        const QString key = qs(group.key);
        section.head = new FoldHeader(FoldHeader::Look::Group, FieldWords::group(group),
                                      u"train.advanced.group."_s % (key.isEmpty() ? u"top"_s : key));
        box->addWidget(section.head);
        column->addWidget(section.box);
        m_sections.append(section);
        connect(section.head, &FoldHeader::clicked, this, [this, index = m_sections.size() - 1](bool open) {
            Section& own = m_sections[index];
            if (open) {
                fill(own);
                m_presenter.face().openGroups.insert(qs(own.group.key));
            } else {
                m_presenter.face().openGroups.remove(qs(own.group.key));
            }
            if (own.body != nullptr) {
                own.body->setVisible(open);
            }
        });
    }
    this->column()->addWidget(m_body);
    connect(m_search, &QLineEdit::textChanged, this, &AdvancedForm::filter);
    connect(m_changed, &Chip::toggled, this, &AdvancedForm::filter);
    connect(m_resetAll, &QPushButton::clicked, this, [this] { m_presenter.form().resetAll(); });
    filter();
}

void AdvancedForm::fill(Section& section) {
    if (section.body != nullptr) {
        return;
    }
    const Theme& theme = Theme::current();
    section.body = new QWidget;
    auto* column = new QVBoxLayout(section.body);
    column->setContentsMargins(theme.u(6), 0, 0, theme.u(2));
    column->setSpacing(0);
    for (const recipe::Field& field : recipe::fields()) {
        if (recipe::groupOf(field) != section.group.key) {
            continue;
        }
        auto* row = new AdvancedRow(field, m_presenter.form(), m_dialogs);
        column->addWidget(row);
        section.rows.append(row);
        connect(row, &AdvancedRow::current, this, [this, row](const recipe::Field& current) {
            Q_EMIT explained(&current);
            if (row->control()->hasFocus()) {
                Q_EMIT rowFocused(row->control());
            }
        });
        connect(row, &AdvancedRow::typing, &m_presenter, &TrainPresenter::previewTyping);
        if (field.key == "optimizer.warmup_ratio") {
            m_curve = new LrCurve(LrCurve::Look::Chart, u"train.advanced.curve"_s);
            column->addWidget(m_curve);
            connect(&m_presenter, &TrainPresenter::scheduleChanged, this, &AdvancedForm::refreshCurve);
            refreshCurve();
        }
    }
    section.box->layout()->addWidget(section.body);
}

void AdvancedForm::refreshCurve() {
    if (m_curve != nullptr) {
        const SchedulePreview preview = m_presenter.schedulePreview();
        m_curve->setSchedule(preview.schedule, preview.known);
    }
}

void AdvancedForm::filter() {
    static const QRegularExpression blanks(u"\\s+"_s);
    const QStringList words = m_search->text().split(blanks, Qt::SkipEmptyParts);
    const bool changed = m_changed->isChecked();
    const bool filters = !words.isEmpty() || changed;
    int shown = 0;
    for (Section& section : m_sections) {
        const bool opens = filters || m_presenter.face().openGroups.contains(qs(section.group.key));
        if (opens) {
            fill(section);
        }
        int own = 0;
        for (AdvancedRow* row : section.rows) {
            const bool fits = row->matches(words) && (!changed || !m_presenter.form().isDefault(row->field()));
            row->setVisible(fits);
            own += fits ? 1 : 0;
        }
        shown += own;
        if (m_curve != nullptr && std::string_view(section.group.key) == "optimizer") {
            m_curve->setVisible(!filters);
        }
        section.box->setVisible(!filters || own > 0);
        section.head->setChecked(opens);
        if (section.body != nullptr) {
            section.body->setVisible(opens);
        }
    }
    m_nothing->setText(changed && words.isEmpty()
                           ? tr("Every setting is at its default.")
                           : tr("No setting speaks of “%1”. Try a shorter word.").arg(m_search->text().trimmed()));
    m_nothing->setVisible(filters && shown == 0);
}

int AdvancedForm::shownRows() const {
    int out = 0;
    for (const Section& section : m_sections) {
        for (const AdvancedRow* row : section.rows) {
            out += row->isVisible() ? 1 : 0;
        }
    }
    return out;
}

void AdvancedForm::refresh() {
    RecipeForm& form = m_presenter.form();
    const int changed = form.changedCount();
    m_head->setLine(m_presenter.formState().advancedLine);
    m_head->setFigure(changed == 0 ? tr("%Ln setting(s)", nullptr, static_cast<int>(recipe::fields().size()))
                                   : tr("%Ln changed", nullptr, changed),
                      changed > 0);
    if (m_body == nullptr) {
        return;
    }
    m_changed->setCount(changed);
    m_resetAll->setEnabled(!form.locked() && (changed > 0 || form.hasErrors()));
    for (const Section& section : m_sections) {
        int own = 0;
        int all = 0;
        for (const recipe::Field& field : recipe::fields()) {
            if (recipe::groupOf(field) == section.group.key) {
                ++all;
                own += form.isDefault(field) ? 0 : 1;
            }
        }
        section.head->setFigure(own > 0 ? tr("%1 of %2 changed").arg(own).arg(all) : QString::number(all), own > 0);
        for (AdvancedRow* row : section.rows) {
            row->refresh();
        }
    }
    refreshCurve();
}

void AdvancedForm::search() {
    setOpen(true);
    m_search->setFocus(Qt::ShortcutFocusReason);
    Q_EMIT rowFocused(m_search);
    m_search->selectAll();
}

void AdvancedForm::showField(const std::string& key) {
    setOpen(true);
    m_search->clear();
    m_changed->setChecked(false);
    for (Section& section : m_sections) {
        const recipe::Field* field = recipe::findField(key);
        if (field != nullptr && recipe::groupOf(*field) == section.group.key) {
            m_presenter.face().openGroups.insert(qs(section.group.key));
            filter();
            for (AdvancedRow* row : section.rows) {
                if (row->field().key == key) {
                    row->control()->setFocus(Qt::ShortcutFocusReason);
                }
            }
        }
    }
}

bool AdvancedForm::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_search && event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
        event->accept();
        return true;
    }
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return) { // to the first that is found
            for (const Section& section : m_sections) {
                for (AdvancedRow* row : section.rows) {
                    if (row->isVisible()) {
                        row->control()->setFocus(Qt::TabFocusReason);
                        return true;
                    }
                }
            }
        }
    }
    return Card::eventFilter(watched, event);
}

} // namespace fettle::ui
