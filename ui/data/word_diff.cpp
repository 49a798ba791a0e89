#include "data/word_diff.h"

#include "widgets/theme.h"

#include <algorithm>
#include <vector>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QVector<QString> words(const QString& text) {
    QVector<QString> out;
    QString now;
    const auto flush = [&] {
        if (!now.isEmpty()) {
            out.append(now);
            now.clear();
        }
    };
    bool blank = false;
    for (const QChar c : text) {
        const bool han = c.script() == QChar::Script_Han || c.script() == QChar::Script_Hiragana ||
                         c.script() == QChar::Script_Katakana;
        if (han) {
            flush();
            out.append(QString(c));
            blank = false;
        } else if (c.isSpace()) {
            now += c;
            blank = true;
        } else {
            if (blank) {
                flush();
                blank = false;
            }
            now += c;
        }
    }
    flush();
    return out;
}

void append(QVector<DiffPiece>& out, DiffPiece::Kind kind, const QString& text) {
    if (text.isEmpty()) {
        return;
    }
    if (!out.isEmpty() && out.last().kind == kind) {
        out.last().text += text;
    } else {
        out.append({kind, text});
    }
}

} // namespace

QVector<DiffPiece> wordDiff(const QString& before, const QString& after) {
    using Kind = DiffPiece::Kind;
    QVector<DiffPiece> out;
    QVector<QString> a = words(before);
    QVector<QString> b = words(after);
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) {
        append(out, Kind::Same, a[head]);
        ++head;
    }
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
        ++tail;
    }
    const qsizetype n = a.size() - head - tail;
    const qsizetype m = b.size() - head - tail;
    // Longest common subsequence of what is left; too much for a table is told whole.
    if (n * m > kDiffWords * kDiffWords / 4) {
        append(out, Kind::Removed, a.mid(head, n).join(QString()));
        append(out, Kind::Added, b.mid(head, m).join(QString()));
    } else {
        std::vector<std::uint16_t> table(static_cast<std::size_t>((n + 1) * (m + 1)), 0);
        const auto at = [&](qsizetype i, qsizetype j) -> std::uint16_t& {
            return table[static_cast<std::size_t>(i * (m + 1) + j)];
        };
        for (qsizetype i = n; i-- > 0;) {
            for (qsizetype j = m; j-- > 0;) {
                at(i, j) = a[head + i] == b[head + j] ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1)
                                                      : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
        qsizetype i = 0;
        qsizetype j = 0;
        while (i < n || j < m) {
            if (i < n && j < m && a[head + i] == b[head + j]) {
                append(out, Kind::Same, a[head + i]);
                ++i;
                ++j;
            } else if (i < n && (j == m || at(i + 1, j) >= at(i, j + 1))) {
                append(out, Kind::Removed, a[head + i]);
                ++i;
            } else {
                append(out, Kind::Added, b[head + j]);
                ++j;
            }
        }
    }
    for (qsizetype i = a.size() - tail; i < a.size(); ++i) {
        append(out, Kind::Same, a[i]);
    }
    return out;
}

DiffLabel::DiffLabel(QWidget* parent)
    : QLabel(parent) {
    setTextFormat(Qt::RichText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    connect(&Theme::current(), &Theme::changed, this, &DiffLabel::render);
}

void DiffLabel::setTexts(const QString& before, const QString& after, Side side) {
    m_pieces = wordDiff(before, after);
    m_side = side;
    setAccessibleName(side == Side::Before ? before : after);
    render();
}

void DiffLabel::render() {
    const Theme& theme = Theme::current();
    QString html = u"<span style=\"white-space:pre-wrap\">"_s;
    for (const DiffPiece& piece : std::as_const(m_pieces)) {
        const QString text = piece.text.toHtmlEscaped().replace(u'\n', u"<br>"_s);
        if (piece.kind == DiffPiece::Kind::Same) {
            html += text;
        } else if (piece.kind == DiffPiece::Kind::Removed && m_side != Side::After) {
            html += u"<span style=\"background-color:%1;color:%2;text-decoration:line-through\">%3</span>"_s.arg(
                theme.color(Token::BadTint).name(), theme.color(Token::Bad).name(), text);
        } else if (piece.kind == DiffPiece::Kind::Added && m_side != Side::Before) {
            html += u"<span style=\"background-color:%1;color:%2;text-decoration:underline\">%3</span>"_s.arg(
                theme.color(Token::OkTint).name(), theme.color(Token::Ok).name(), text);
        }
    }
    setText(html % u"</span>"_s);
}

} // namespace fettle::ui
