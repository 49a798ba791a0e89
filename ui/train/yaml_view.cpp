#include "train/yaml_view.h"

#include "bridge/strings.h"
#include "train/recipe_faults.h"
#include "train/recipe_form.h"
#include "train/yaml_editor.h"
#include "widgets/buttons.h"

#include <QAction>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

YamlView::YamlView(RecipeForm& form, QWidget* parent)
    : QWidget(parent)
    , m_form(form)
    , m_editor(new YamlEditor(u"train.yaml"_s))
    , m_state(new Label({}, FontRole::Caption, Tone::Text2, Wrap::Yes))
    , m_fault(new InlineError(u"train.yaml.fault"_s))
    , m_faultBar(new QWidget)
    , m_faultCount(new Label({}, FontRole::Caption, Tone::Bad))
    , m_next(makeButton(ButtonKind::Link, tr("Next fault"), u"train.yaml.next"_s))
    , m_discard(makeButton(ButtonKind::Link, tr("Back to the last good text"), u"train.yaml.discard"_s)) {
    const Theme& theme = Theme::current();
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card;
    auto* heading = card->addHeading(tr("recipe.yaml"));
    heading->addWidget(m_state);
    m_editor->setAccessibleName(tr("Recipe as YAML"));
    m_editor->setMinimumHeight(theme.u(50));
    card->column()->addWidget(m_editor, 1);
    card->column()->addWidget(m_fault);
    auto* bar = new QHBoxLayout(m_faultBar);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(theme.u(4));
    bar->addWidget(m_faultCount);
    bar->addWidget(m_next);
    bar->addStretch(1);
    bar->addWidget(m_discard);
    card->column()->addWidget(m_faultBar);
    outer->addWidget(card, 1);
    auto* next = new QAction(tr("Next fault"), this);
    next->setShortcut(Qt::Key_F8);
    next->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(next);
    const auto forward = [this] {
        if (!m_form.yamlFaults().empty()) {
            showFault((m_shown + 1) % static_cast<int>(m_form.yamlFaults().size()));
        }
    };
    connect(next, &QAction::triggered, this, forward);
    connect(m_next, &QPushButton::clicked, this, forward);
    connect(m_discard, &QPushButton::clicked, this, [this] {
        m_form.discardYaml();
        m_editor->setFocus(Qt::OtherFocusReason);
    });
    connect(m_editor, &YamlEditor::typed, this, [this] { m_form.setYaml(m_editor->toPlainText()); });
    connect(m_editor, &YamlEditor::undoWanted, &form, &RecipeForm::undo);
    connect(m_editor, &YamlEditor::redoWanted, &form, &RecipeForm::redo);
    connect(&form, &RecipeForm::changed, this, &YamlView::refresh);
    refresh();
}

QWidget* YamlView::firstFocus() const {
    return m_editor;
}

void YamlView::showFault(int index) {
    const std::vector<Error>& faults = m_form.yamlFaults();
    if (index < static_cast<int>(faults.size())) {
        m_shown = index;
        refresh();
        m_editor->goToLine(static_cast<int>(faults[static_cast<std::size_t>(index)].line));
    }
}

void YamlView::refresh() {
    m_editor->showText(m_form.yaml());
    const std::vector<Error>& faults = m_form.yamlFaults();
    const int count = static_cast<int>(faults.size());
    m_shown = std::clamp(m_shown, 0, std::max(0, count - 1));
    QSet<int> lines;
    for (const Error& fault : faults) {
        lines.insert(static_cast<int>(fault.line));
    }
    if (count == 0) {
        m_editor->setFaults({}, 0);
        m_fault->setError({});
        m_state->setText(tr("The same recipe as the form. Saved as you type."));
        m_editor->setAccessibleDescription(tr("No fault"));
    } else {
        const Error& fault = faults[static_cast<std::size_t>(m_shown)];
        const FaultWords words = faultWords(fault);
        m_editor->setFaults(lines, static_cast<int>(fault.line));
        m_fault->setError(tr("%1: %2").arg(words.where, words.reason), words.remedy, qs(fault.text()));
        m_state->setText(tr("Kept as a draft. The form shows the last good recipe."));
        m_editor->setAccessibleDescription(faultLine(fault));
    }
    m_faultBar->setVisible(count > 0);
    m_faultCount->setText(tr("%Ln fault(s)", nullptr, count));
    m_next->setVisible(count > 1);
}

} // namespace fettle::ui
