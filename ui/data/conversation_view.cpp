#include "data/conversation_view.h"

#include "widgets/buttons.h"
#include "widgets/text.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QTextBlock>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qsizetype kShownText = 20'000; // characters of one bubble; more is in the fields
constexpr qsizetype kFoldFrom = 90;      // a longer system message is folded
} // namespace

BubbleEdit::BubbleEdit(const QString& text, QWidget* parent)
    : QPlainTextEdit(text, parent) {
    setTabChangesFocus(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QPlainTextEdit::textChanged, this, &BubbleEdit::fit);
    fit();
}

void BubbleEdit::fit() {
    if (property("fills").toBool()) { // takes the room it is given
        return;
    }
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < 30; block = block.next()) {
        lines += std::max(1, block.layout()->lineCount());
    }
    lines = std::clamp(lines, 2, 24);
    const int height = lines * fontMetrics().lineSpacing() + Theme::current().u(4);
    if (height != this->height()) {
        setFixedHeight(height);
    }
}

void BubbleEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fit();
}

bool BubbleEdit::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape || ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
                                             key->modifiers() == Qt::ControlModifier)) {
            event->accept(); // saves or leaves here, not the page
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

void BubbleEdit::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
        event->modifiers() == Qt::ControlModifier) {
        Q_EMIT saved();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

Bubble::Bubble(const RowMessage& message, const QString& name, QWidget* parent)
    : QFrame(parent)
    , m_message(message)
    , m_column(new QVBoxLayout(this))
    , m_text(new QLabel) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    setProperty("kind", message.answer ? u"bubbleAnswer"_s : u"bubble"_s);
    setAccessibleName(tr("%1: %2", "role, text").arg(message.caption, message.text.left(200)));
    m_column->setContentsMargins(theme.u(3), theme.u(2), theme.u(3), theme.u(2.5));
    m_column->setSpacing(theme.u(0.5));
    auto* head = new QHBoxLayout;
    head->addWidget(new Label(message.caption, FontRole::Caption, Tone::Text2));
    head->addStretch(1);
    m_column->addLayout(head);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const bool cut = message.text.size() > kShownText;
    m_text->setText(cut ? QString(message.text.left(kShownText) % QChar(0x2026)) : message.text);
    if (message.text.isEmpty()) {
        m_text->setText(tr("(empty)"));
        setSheetProperty(m_text, "tone", u"text3"_s);
    }
    m_column->addWidget(m_text);
    const bool system = message.role == u"system" || message.role == u"developer";
    if (system && message.text.size() > kFoldFrom) {
        auto* fold = makeButton(ButtonKind::Link, tr("Show all"), name % u".unfold"_s);
        m_text->setText(QString(message.text.left(kFoldFrom).simplified() % QChar(0x2026)));
        connect(fold, &QPushButton::clicked, this, [this, fold] {
            m_text->setText(m_message.text);
            fold->hide();
        });
        head->addWidget(fold);
    }
    if (!message.extra.isEmpty()) {
        auto* extra = new Label(message.extra, FontRole::Caption, Tone::Text2, Wrap::Yes);
        m_column->addWidget(extra);
    }
}

void Bubble::edit() {
    if (m_edit != nullptr || m_message.field == project::RowField::None) {
        return;
    }
    m_edit = new BubbleEdit(m_message.text);
    m_edit->setObjectName(objectName() % u".edit"_s);
    m_edit->setAccessibleName(tr("%1, being edited").arg(m_message.caption));
    m_buttons = new QWidget;
    auto* row = new QHBoxLayout(m_buttons);
    row->setContentsMargins(0, Theme::current().u(1), 0, 0);
    auto* save = makeButton(ButtonKind::Plain, tr("Save"), objectName() % u".save"_s);
    auto* cancel = makeButton(ButtonKind::Ghost, tr("Cancel"), objectName() % u".cancel"_s);
    row->addWidget(save);
    row->addWidget(cancel);
    row->addStretch(1);
    row->addWidget(new Label(tr("Ctrl+Return saves, Esc leaves"), FontRole::Caption, Tone::Text3));
    m_text->hide();
    m_column->addWidget(m_edit);
    m_column->addWidget(m_buttons);
    m_edit->show(); // a layout shows what it was given only later, and the focus is wanted now
    m_buttons->show();
    const auto done = [this] {
        const QString text = m_edit->toPlainText();
        leave();
        if (text != m_message.text) {
            Q_EMIT edited(text);
        }
    };
    connect(m_edit, &BubbleEdit::saved, this, done);
    connect(save, &QPushButton::clicked, this, done);
    connect(m_edit, &BubbleEdit::left, this, &Bubble::leave);
    connect(cancel, &QPushButton::clicked, this, &Bubble::leave);
    m_edit->setFocus(Qt::OtherFocusReason);
    m_edit->moveCursor(QTextCursor::End);
}

void Bubble::leave() {
    if (m_edit == nullptr) {
        return;
    }
    m_edit->setFocusPolicy(Qt::NoFocus);
    m_edit->hide();
    m_edit->deleteLater();
    m_buttons->hide();
    m_buttons->deleteLater();
    m_edit = nullptr;
    m_buttons = nullptr;
    m_text->show();
    Q_EMIT editLeft();
}

void Bubble::mouseDoubleClickEvent(QMouseEvent*) {
    edit();
}

ConversationView::ConversationView(Edits edits, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_edits(edits)
    , m_name(name)
    , m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(Theme::current().u(2));
    m_column->addStretch(1);
    setObjectName(name);
}

void ConversationView::setMessages(const QVector<RowMessage>& messages) {
    for (Bubble* bubble : std::as_const(m_bubbles)) {
        bubble->hide();
        bubble->deleteLater();
    }
    m_bubbles.clear();
    m_messages = messages;
    constexpr qsizetype kMost = 200; // a longer conversation is read as JSON
    for (qsizetype i = 0; i < std::min(messages.size(), kMost); ++i) {
        RowMessage message = messages[i];
        if (m_edits == Edits::No) {
            message.field = project::RowField::None;
        }
        auto* bubble = new Bubble(message, u"%1.%2"_s.arg(m_name).arg(i));
        connect(bubble, &Bubble::edited, this, [this, message](const QString& text) { Q_EMIT edited(message, text); });
        connect(bubble, &Bubble::editLeft, this, &ConversationView::editLeft);
        m_column->insertWidget(m_column->count() - 1, bubble);
        m_bubbles.append(bubble);
    }
}

void ConversationView::editAnswer() {
    for (qsizetype i = m_bubbles.size(); i-- > 0;) {
        if (m_bubbles[i]->message().answer && m_bubbles[i]->message().field != project::RowField::None) {
            m_bubbles[i]->edit();
            return;
        }
    }
}

bool ConversationView::editing() const {
    return std::any_of(m_bubbles.begin(), m_bubbles.end(), [](const Bubble* bubble) { return bubble->editing(); });
}

} // namespace fettle::ui
