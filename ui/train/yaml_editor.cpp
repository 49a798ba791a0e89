#include "train/yaml_editor.h"

#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSyntaxHighlighter>
#include <QTextBlock>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

/// Keys, comments, numbers and quoted texts of a line. A block text's lines are coloured like any other: it is a help
/// for the eye, not a parser.
class YamlColors : public QSyntaxHighlighter {
public:
    explicit YamlColors(QTextDocument* document)
        : QSyntaxHighlighter(document) {}

protected:
    void highlightBlock(const QString& text) override {
        const Theme& theme = Theme::current();
        static const QRegularExpression key(u"^\\s*(?:- )?([A-Za-z_][\\w.]*)\\s*:"_s);
        static const QRegularExpression value(
            u":\\s+(?:(\"[^\"]*\"|'[^']*')|([-+]?(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)(?=\\s|$|,)|(true|false|null|auto)(?=\\s|$))"_s);
        if (const auto found = key.match(text); found.hasMatch()) {
            setFormat(static_cast<int>(found.capturedStart(1)), static_cast<int>(found.capturedLength(1)),
                      theme.color(Token::Accent));
        }
        if (const auto found = value.match(text); found.hasMatch()) {
            for (const int group : {1, 2, 3}) {
                if (found.capturedLength(group) > 0) {
                    setFormat(static_cast<int>(found.capturedStart(group)),
                              static_cast<int>(found.capturedLength(group)),
                              theme.color(group == 1 ? Token::Ok : Token::Special));
                }
            }
        }
        // A comment begins with # at the start or after a blank, outside of quotes.
        QChar quote;
        for (qsizetype i = 0; i < text.size(); ++i) {
            const QChar c = text[i];
            if (!quote.isNull()) {
                quote = c == quote ? QChar() : quote;
            } else if ((c == u'"' || c == u'\'') && (i == 0 || text[i - 1].isSpace() || text[i - 1] == u'[')) {
                quote = c;
            } else if (c == u'#' && (i == 0 || text[i - 1].isSpace())) {
                setFormat(static_cast<int>(i), static_cast<int>(text.size() - i), theme.color(Token::Text3));
                break;
            }
        }
    }
};

namespace {

class Gutter : public QWidget {
public:
    explicit Gutter(YamlEditor* editor)
        : QWidget(editor)
        , m_editor(editor) {
        setCursor(Qt::ArrowCursor);
    }
    [[nodiscard]] QSize sizeHint() const override { return {m_editor->gutterWidth(), 0}; }

protected:
    void paintEvent(QPaintEvent* event) override { m_editor->paintGutter(event); }

private:
    YamlEditor* m_editor;
};

} // namespace

YamlEditor::YamlEditor(const QString& name, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_gutter(new Gutter(this))
    , m_colors(new YamlColors(document())) {
    setObjectName(name);
    setFont(Theme::current().mono());
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true); // Tab leaves; YAML takes blanks only
    connect(this, &QPlainTextEdit::blockCountChanged, this, &YamlEditor::placeGutter);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        if (dy != 0) {
            m_gutter->scroll(0, dy);
        } else {
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
        }
    });
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_showing) {
            Q_EMIT typed();
        }
    });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_showing = true; // new colours are no typing
        m_colors->rehighlight();
        m_showing = false;
        tintLines();
        m_gutter->update();
    });
    placeGutter();
}

void YamlEditor::showText(const QString& text) {
    const QString now = toPlainText();
    if (now == text) {
        return;
    }
    m_showing = true;
    // Only what differs is replaced, so that the cursor and the scroll position stay.
    qsizetype begin = 0;
    const qsizetype most = std::min(now.size(), text.size());
    while (begin < most && now[begin] == text[begin]) {
        ++begin;
    }
    qsizetype tail = 0;
    while (tail < most - begin && now[now.size() - 1 - tail] == text[text.size() - 1 - tail]) {
        ++tail;
    }
    QTextCursor cursor(document());
    cursor.setPosition(static_cast<int>(begin));
    cursor.setPosition(static_cast<int>(now.size() - tail), QTextCursor::KeepAnchor);
    cursor.insertText(text.mid(begin, text.size() - begin - tail));
    m_showing = false;
}

void YamlEditor::setFaults(const QSet<int>& lines, int current) {
    if (m_faults == lines && m_current == current) {
        return;
    }
    m_faults = lines;
    m_current = current;
    tintLines();
    m_gutter->update();
}

void YamlEditor::tintLines() {
    QList<QTextEdit::ExtraSelection> all;
    if (m_current > 0 && m_current <= blockCount()) {
        QTextEdit::ExtraSelection line;
        line.format.setBackground(Theme::current().color(Token::BadTint));
        line.format.setProperty(QTextFormat::FullWidthSelection, true);
        line.cursor = QTextCursor(document()->findBlockByNumber(m_current - 1));
        all.append(line);
    }
    setExtraSelections(all);
}

void YamlEditor::goToLine(int line) {
    const QTextBlock block = document()->findBlockByNumber(std::clamp(line, 1, blockCount()) - 1);
    setTextCursor(QTextCursor(block));
    centerCursor();
    setFocus(Qt::OtherFocusReason);
}

int YamlEditor::gutterWidth() const {
    const int digits = std::max(2, static_cast<int>(QString::number(blockCount()).size()));
    const Theme& theme = Theme::current();
    return theme.u(7) + digits * fontMetrics().horizontalAdvance(u'9');
}

void YamlEditor::placeGutter() {
    setViewportMargins(gutterWidth() + Theme::current().u(1), 0, 0, 0);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top(), gutterWidth(), area.height());
}

void YamlEditor::paintGutter(QPaintEvent* event) {
    const Theme& theme = Theme::current();
    QPainter painter(m_gutter);
    painter.fillRect(event->rect(), theme.color(Token::Sunken));
    painter.setFont(font());
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= event->rect().bottom()) {
        const qreal height = blockBoundingRect(block).height();
        const int line = block.blockNumber() + 1;
        const bool bad = m_faults.contains(line);
        const QRectF row(0, top, m_gutter->width() - theme.u(1.5), height);
        painter.setPen(theme.color(bad ? Token::Bad : Token::Text3));
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, QString::number(line));
        if (bad) { // a crossed circle: the shape says it, not only the colour
            const qreal size = theme.u(3);
            const QRectF circle(theme.u(1), top + (height - size) / 2, size, size);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme.color(Token::Bad), 1.5));
            painter.drawEllipse(circle);
            const QRectF inner = circle.adjusted(size * 0.3, size * 0.3, -size * 0.3, -size * 0.3);
            painter.drawLine(inner.topLeft(), inner.bottomRight());
            painter.drawLine(inner.topRight(), inner.bottomLeft());
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
        top += height;
        block = block.next();
    }
}

void YamlEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

bool YamlEditor::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            key->accept(); // they come as keys and are passed on to the document
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

void YamlEditor::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        placeGutter();
    }
}

void YamlEditor::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Undo)) {
        Q_EMIT undoWanted();
        return;
    }
    if (event->matches(QKeySequence::Redo)) {
        Q_EMIT redoWanted();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier) {
        // The next line begins where this one does.
        const QString line = textCursor().block().text().left(textCursor().positionInBlock());
        QString indent;
        for (const QChar c : line) {
            if (c != u' ') {
                break;
            }
            indent += c;
        }
        textCursor().insertText(u'\n' % indent % (line.trimmed().endsWith(u':') ? u"  "_s : QString()));
        ensureCursorVisible();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace fettle::ui
