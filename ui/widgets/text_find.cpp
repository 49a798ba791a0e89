#include "widgets/text_find.h"

#include "widgets/text.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QPlainTextEdit>
#include <QTextBlock>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
/// So many hits are painted; all are counted and reached.
constexpr qsizetype kMarked = 2000;
} // namespace

TextFind::TextFind(QPlainTextEdit* text, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_text(text)
    , m_line(new QLineEdit)
    , m_count(new Label({}, FontRole::Caption, Tone::Text2))
    , m_previous(makeButton(ButtonKind::Icon, tr("Find previous"), name % u".previous"_s, u"up"_s))
    , m_next(makeButton(ButtonKind::Icon, tr("Find next"), name % u".next"_s, u"down"_s)) {
    const Theme& theme = Theme::current();
    setObjectName(name);
    m_line->setObjectName(name % u".line"_s);
    m_line->setPlaceholderText(tr("Find in the text"));
    m_line->setAccessibleName(m_line->placeholderText());
    m_line->setClearButtonEnabled(true);
    m_line->setFixedWidth(theme.u(56));
    m_count->setObjectName(name % u".count"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(1.5));
    for (QWidget* each : {static_cast<QWidget*>(m_count), static_cast<QWidget*>(m_line),
                          static_cast<QWidget*>(m_previous), static_cast<QWidget*>(m_next)}) {
        row->addWidget(each);
    }
    m_line->installEventFilter(this);
    text->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, &TextFind::search);
    connect(text, &QPlainTextEdit::textChanged, this, &TextFind::search);
    connect(m_previous, &QPushButton::clicked, this, [this] { go(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { go(1); });
    connect(&Theme::current(), &Theme::changed, this, &TextFind::show);
    search();
}

void TextFind::focusLine() {
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

bool TextFind::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride) {
        return QWidget::eventFilter(watched, event);
    }
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = watched == m_line && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
                       (key->modifiers() & Qt::ControlModifier) == 0;
    const bool clears = watched == m_line && key->key() == Qt::Key_Escape && !m_line->text().isEmpty();
    const bool find = key->matches(QKeySequence::Find);
    const bool next = key->matches(QKeySequence::FindNext);
    const bool previous = key->matches(QKeySequence::FindPrevious);
    if (!enter && !clears && !find && !next && !previous) {
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // the page's own shortcut waits while the text has the focus
        return true;
    }
    if (clears) {
        m_line->clear();
    } else if (find) {
        focusLine();
    } else {
        go(previous || (key->modifiers() & Qt::ShiftModifier) != 0 ? -1 : 1);
    }
    return true;
}

void TextFind::search() {
    m_hits.clear();
    m_at = -1;
    if (const QString wanted = m_line->text(); !wanted.isEmpty()) {
        const QString all = m_text->toPlainText();
        for (qsizetype at = all.indexOf(wanted, 0, Qt::CaseInsensitive); at >= 0;
             at = all.indexOf(wanted, at + wanted.size(), Qt::CaseInsensitive)) {
            m_hits.append(static_cast<int>(at));
        }
        // From where the person is.
        const int here = m_text->textCursor().selectionStart();
        m_at = std::lower_bound(m_hits.begin(), m_hits.end(), here) - m_hits.begin();
        m_at = m_hits.isEmpty() ? -1 : m_at % m_hits.size();
    }
    show();
}

void TextFind::go(int by) {
    if (!m_hits.isEmpty()) {
        m_at = (m_at + by + m_hits.size()) % m_hits.size();
        show();
    }
}

void TextFind::show() {
    const Theme& theme = Theme::current();
    const int length = static_cast<int>(m_line->text().size());
    QList<QTextEdit::ExtraSelection> marks;
    const auto mark = [&](qsizetype hit, Token ground) {
        QTextEdit::ExtraSelection each;
        each.cursor = QTextCursor(m_text->document());
        each.cursor.setPosition(m_hits[hit]);
        each.cursor.setPosition(m_hits[hit] + length, QTextCursor::KeepAnchor);
        each.format.setBackground(theme.color(ground));
        each.format.setForeground(theme.color(Token::Text));
        marks.append(each);
    };
    for (qsizetype i = 0; i < std::min(m_hits.size(), kMarked); ++i) {
        if (i != m_at) {
            mark(i, Token::WarnTint);
        }
    }
    if (m_at >= 0) {
        mark(m_at, Token::Selected);
        QTextCursor cursor(m_text->document());
        cursor.setPosition(m_hits[m_at]);
        m_text->setTextCursor(cursor);
        m_text->centerCursor();
    }
    m_text->setExtraSelections(marks);
    const QLocale locale;
    m_count->setText(
        m_line->text().isEmpty() ? QString()
        : m_hits.isEmpty()
            ? tr("not found")
            : tr("%1 of %2", "which hit, of how many").arg(locale.toString(m_at + 1), locale.toString(m_hits.size())));
    m_previous->setEnabled(!m_hits.isEmpty());
    m_next->setEnabled(!m_hits.isEmpty());
}

} // namespace fettle::ui
