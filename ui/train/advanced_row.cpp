#include "train/advanced_row.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "train/field_words.h"
#include "train/recipe_form.h"
#include "widgets/buttons.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using recipe::Field;
using recipe::FieldType;

namespace {

/// A filled circle: this value differs from the default.
class Dot : public QWidget {
public:
    Dot() { setFixedSize(Theme::current().u(1.5), Theme::current().u(1.5)); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme::current().color(Token::Accent));
        painter.drawEllipse(rect());
    }
};

bool isNumber(const Field& field) {
    return field.type == FieldType::Integer || field.type == FieldType::Number;
}

} // namespace

AdvancedRow::AdvancedRow(const Field& field, RecipeForm& form, DialogService& dialogs, QWidget* parent)
    : QWidget(parent)
    , m_field(field)
    , m_form(form)
    , m_dialogs(dialogs)
    , m_default(new Label({}, FontRole::Caption, Tone::Accent))
    , m_error(new Label({}, FontRole::Caption, Tone::Bad, Wrap::Yes))
    , m_dot(new Dot)
    , m_reset(makeButton(ButtonKind::Icon, AdvancedRow::tr("Reset %1").arg(FieldWords::longTitle(field)),
                         u"train.advanced."_s % qs(field.key) % u".reset"_s, u"undo"_s)) {
    const Theme& theme = Theme::current();
    const QString title = FieldWords::title(field);
    m_haystack = QString(title % u' ' % qs(field.title) % u' ' % qs(field.key) % u' ' % FieldWords::help(field) % u' ' %
                         qs(field.help) % u' ' % FieldWords::high(field) % u' ' % FieldWords::low(field))
                     .toCaseFolded();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.u(1), theme.u(1.5), 0, theme.u(1.5));
    column->setSpacing(theme.u(0.5));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.u(3));
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme.u(1.5));
    auto* name = new Label(title);
    head->addWidget(name);
    if (const QString unit = FieldWords::unit(field); !unit.isEmpty()) {
        head->addWidget(new Label(unit, FontRole::Caption, Tone::Text3), 0, Qt::AlignVCenter);
    }
    head->addWidget(m_dot, 0, Qt::AlignVCenter);
    head->addWidget(m_default, 0, Qt::AlignVCenter);
    head->addStretch(1);
    left->addLayout(head);
    left->addWidget(new Label(FieldWords::help(field), FontRole::Caption, Tone::Text2, Wrap::Yes));
    row->addLayout(left, 1);
    QWidget* box = makeControl();
    name->setBuddy(m_control);
    row->addWidget(box, 0, Qt::AlignRight | Qt::AlignVCenter);
    QSizePolicy keeps = m_reset->sizePolicy();
    keeps.setRetainSizeWhenHidden(true); // the control does not move when the value comes to differ
    m_reset->setSizePolicy(keeps);
    row->addWidget(m_reset, 0, Qt::AlignVCenter);
    column->addLayout(row);
    column->addWidget(m_error);
    m_error->hide();
    m_control->setObjectName(u"train.advanced."_s % qs(field.key));
    m_control->setAccessibleName(FieldWords::longTitle(field));
    m_control->installEventFilter(this);
    connect(m_reset, &QPushButton::clicked, this, [this] {
        m_form.reset(m_field.key.c_str());
        m_control->setFocus(Qt::OtherFocusReason);
    });
    refresh();
}

QWidget* AdvancedRow::makeControl() {
    const Theme& theme = Theme::current();
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(1.5));
    const auto edited = [this](const QString& text) { Q_EMIT typing(m_field, text); };
    const int wide = theme.u(46);
    if (m_field.type == FieldType::Boolean) {
        m_switch = new QCheckBox;
        m_control = m_switch;
        connect(m_switch, &QCheckBox::clicked, this,
                [this](bool on) { (void)m_form.setValue(m_field.key.c_str(), Json(on)); });
    } else if (m_field.type == FieldType::Choice || (m_field.type == FieldType::Text && !m_field.choices.empty())) {
        m_choice = new QComboBox;
        m_choice->setFixedWidth(m_field.path == recipe::PathKind::None ? theme.u(36) : wide);
        m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        for (const std::string& choice : m_field.choices) {
            m_choice->addItem(qs(choice));
        }
        m_control = m_choice;
        if (m_field.type == FieldType::Text) {
            m_choice->setEditable(true);
            m_choice->setInsertPolicy(QComboBox::NoInsert);
            m_line = m_choice->lineEdit();
            m_line->setAccessibleName(FieldWords::longTitle(m_field));
        }
        connect(m_choice, &QComboBox::textActivated, this, [this](const QString& text) {
            if (m_line != nullptr) {
                m_line->setModified(false);
            }
            (void)m_form.setText(m_field.key.c_str(), text);
        });
        connect(m_choice, &QComboBox::currentTextChanged, this, edited);
    } else if (m_field.type == FieldType::TextList || m_field.type == FieldType::IntegerMap ||
               m_field.type == FieldType::NumberMap) {
        m_lines = new QPlainTextEdit;
        m_lines->setFixedWidth(wide);
        m_lines->setFixedHeight(theme.u(14));
        m_lines->setTabChangesFocus(true);
        m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
        m_lines->setPlaceholderText(m_field.type == FieldType::TextList
                                        ? (m_field.emptyText.empty() ? tr("one entry a line") : qs(m_field.emptyText))
                                        : u"q_proj: 8"_s);
        m_control = m_lines;
    } else {
        m_line = new QLineEdit;
        m_line->setFixedWidth(isNumber(m_field) ? theme.u(24) : wide);
        if (isNumber(m_field)) {
            m_line->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        }
        m_line->setPlaceholderText(!m_field.nullable           ? QString()
                                   : m_field.emptyText.empty() ? tr("not set")
                                                               : qs(m_field.emptyText));
        m_control = m_line;
    }
    row->addWidget(m_control);
    if (m_line != nullptr) {
        m_line->installEventFilter(this);
        connect(m_line, &QLineEdit::textEdited, this, edited);
        connect(m_line, &QLineEdit::editingFinished, this, &AdvancedRow::commit);
    }
    if (m_field.path != recipe::PathKind::None) {
        m_path = makeButton(ButtonKind::Icon, tr("Choose for %1").arg(FieldWords::title(m_field)),
                            u"train.advanced."_s % qs(m_field.key) % u".choose"_s, u"folder"_s);
        row->addWidget(m_path);
        connect(m_path, &QPushButton::clicked, this, &AdvancedRow::choosePath);
    }
    return box;
}

void AdvancedRow::choosePath() {
    const auto take = [this](const QString& path) {
        if (path.isEmpty()) {
            return;
        }
        const QString chosen = path.endsWith(u"/config.json"_s) ? path.section(u'/', 0, -2) : path;
        const QString before = m_form.text(m_field.key.c_str());
        const bool adds = m_field.path == recipe::PathKind::Files && before.contains(u'/');
        (void)m_form.setText(m_field.key.c_str(), adds ? QString(before % u'\n' % chosen) : chosen);
    };
    const QString title = FieldWords::title(m_field);
    if (m_field.path == recipe::PathKind::Folder) {
        m_dialogs.openFolder(this, title, {}, take);
    } else {
        m_dialogs.openFile(this, {.title = title, .folder = {}, .filters = {tr("All files (*)")}}, take);
    }
}

bool AdvancedRow::matches(const QStringList& words) const {
    return std::all_of(words.begin(), words.end(),
                       [this](const QString& word) { return m_haystack.contains(word.toCaseFolded()); });
}

bool AdvancedRow::beingTyped() const {
    return m_line != nullptr ? m_line->isModified() : m_lines != nullptr && m_lines->document()->isModified();
}

void AdvancedRow::commit() {
    if (!beingTyped()) {
        return;
    }
    const QString text = m_line != nullptr ? m_line->text() : m_lines->toPlainText();
    if (m_line != nullptr) {
        m_line->setModified(false);
    } else {
        m_lines->document()->setModified(false);
    }
    (void)m_form.setText(m_field.key.c_str(), text);
}

void AdvancedRow::refresh() {
    const char* key = m_field.key.c_str();
    const QString text = m_form.typed(key);
    const bool locked = m_form.locked();
    if (m_switch != nullptr) {
        const QSignalBlocker quiet(m_switch);
        const bool on = text == u"true";
        m_switch->setChecked(on);
        m_switch->setText(on ? tr("on") : tr("off"));
    } else if (m_choice != nullptr && !m_choice->isEditable()) {
        if (!m_choice->view()->isVisible()) { // an open list stays still
            const QSignalBlocker quiet(m_choice);
            m_choice->setCurrentIndex(m_choice->findText(text));
        }
    } else if (m_line != nullptr && !m_line->isModified() && m_line->text() != text) {
        const QSignalBlocker quiet(m_line);
        m_line->setText(text);
        if (m_choice != nullptr) {
            m_line->setModified(false);
        }
    } else if (m_lines != nullptr && !m_lines->document()->isModified() && m_lines->toPlainText() != text) {
        m_lines->setPlainText(text);
        m_lines->document()->setModified(false);
    }
    m_control->setEnabled(!locked);
    if (m_path != nullptr) {
        m_path->setEnabled(!locked);
    }
    const QString error = m_form.error(key);
    m_error->setText(error);
    m_error->setVisible(!error.isEmpty());
    setSheetProperty(m_control, "fault", !error.isEmpty());
    const bool differs = !m_form.isDefault(m_field);
    const QString usual = tr("default: %1").arg(FieldWords::shown(m_field, recipe::defaultOf(m_field)));
    m_dot->setVisible(differs);
    m_default->setText(usual);
    m_default->setVisible(differs);
    m_reset->setVisible((differs || !error.isEmpty()) && !m_field.input);
    m_reset->setEnabled(!locked);
    QStringList description{error.isEmpty() ? FieldWords::help(m_field) : error};
    if (differs) {
        description << tr("differs from the default") << usual;
    }
    m_control->setAccessibleDescription(description.join(u". "_s));
}

bool AdvancedRow::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
    case QEvent::FocusIn:
        Q_EMIT current(m_field);
        break;
    case QEvent::FocusOut:
        if (m_lines != nullptr && static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason) {
            commit();
        }
        break;
    case QEvent::ShortcutOverride: {
        auto* key = static_cast<QKeyEvent*>(event);
        // Undo of the form wins over undo inside a field that holds nothing new.
        if (!beingTyped() && (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo))) {
            key->ignore();
            return true;
        }
        if (beingTyped() && key->key() == Qt::Key_Escape) {
            key->accept();
            return true;
        }
        break;
    }
    case QEvent::KeyPress: {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape && beingTyped()) { // cancels the edit
            if (m_line != nullptr) {
                m_line->setModified(false);
            } else {
                m_lines->document()->setModified(false);
            }
            refresh();
            Q_EMIT typing(m_field, m_form.text(m_field.key.c_str()));
            return true;
        }
        break;
    }
    case QEvent::Wheel:
        if (watched == m_choice && !m_choice->hasFocus()) { // scrolling the page changes no value
            event->ignore();
            return true;
        }
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void AdvancedRow::enterEvent(QEnterEvent* event) {
    QWidget::enterEvent(event);
    Q_EMIT current(m_field);
}

} // namespace fettle::ui
