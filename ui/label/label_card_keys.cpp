// The card's keys and what is typed: which key does what, and the line under the card.
#include "bridge/strings.h"
#include "label/label_card.h"

#include <QCompleter>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>
#include <array>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using Kind = LabelAct::Kind;

// --- keys ----------------------------------------------------------------------------------------------------------

void LabelCard::act(LabelAct::Kind kind, const QString& value) {
    m_presenter.press({kind, value});
    if (!m_editing && m_asking == Ask::None && !hasFocus()) {
        setFocus(Qt::OtherFocusReason);
    }
}

int LabelCard::digitOf(const QKeyEvent& event) {
    // With Shift, and on keyboards whose digits need it, the key says which digit it is: 10 to 19 are 1 to 0.
    constexpr quint32 kFirst = 10, kLast = 19;
    const quint32 scan = event.nativeScanCode();
    if (!(event.modifiers() & Qt::KeypadModifier) && scan >= kFirst && scan <= kLast) {
        return static_cast<int>((scan - kFirst + 1) % 10);
    }
    if (event.key() >= Qt::Key_0 && event.key() <= Qt::Key_9) {
        return event.key() - Qt::Key_0;
    }
    constexpr std::array kShifted = {Qt::Key_Exclam, Qt::Key_At, Qt::Key_NumberSign, Qt::Key_Dollar, Qt::Key_Percent};
    for (std::size_t i = 0; i < kShifted.size(); ++i) {
        if (event.key() == kShifted[i]) {
            return static_cast<int>(i) + 1;
        }
    }
    return -1;
}

bool LabelCard::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const Qt::KeyboardModifiers with = key->modifiers() & ~Qt::KeypadModifier;
        // Plain letters are ours; "?" and Esc are the window's.
        if ((with == Qt::NoModifier || with == Qt::ShiftModifier) && key->key() < Qt::Key_Escape &&
            key->key() != Qt::Key_Question) {
            event->accept();
            return true;
        }
    }
    return Card::event(event);
}

bool LabelCard::letter(int key, bool repeat) {
    if (key == Qt::Key_J || key == Qt::Key_Down) {
        act(Kind::Next);
        return true;
    }
    if (key == Qt::Key_K || key == Qt::Key_Up) {
        act(Kind::Previous);
        return true;
    }
    if (key == Qt::Key_PageDown || key == Qt::Key_PageUp || key == Qt::Key_Space) {
        QScrollBar* bar = m_scroll->verticalScrollBar();
        bar->setValue(bar->value() + (key == Qt::Key_PageUp ? -bar->pageStep() : bar->pageStep()));
        return true;
    }
    const bool pair = m_presenter.subject().isPair;
    switch (key) {
    case Qt::Key_A:
    case Qt::Key_R:
    case Qt::Key_S:
    case Qt::Key_U:
    case Qt::Key_E:
    case Qt::Key_C:
    case Qt::Key_T:
    case Qt::Key_G:
    case Qt::Key_L:
    case Qt::Key_Slash:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Equal:
        break;
    default:
        return false;
    }
    if (repeat) { // a held key decides once
        return true;
    }
    switch (key) {
    case Qt::Key_A:
        act(Kind::Accept);
        return true;
    case Qt::Key_R:
        act(Kind::Reject);
        return true;
    case Qt::Key_S:
        act(Kind::Skip);
        return true;
    case Qt::Key_U:
        act(Kind::Undo);
        return true;
    case Qt::Key_E:
        editAnswer();
        return true;
    case Qt::Key_C:
        ask(Ask::Comment);
        return true;
    case Qt::Key_T:
        ask(Ask::Tag);
        return true;
    case Qt::Key_G:
        m_presenter.state().similarTo.isEmpty() ? m_presenter.showSimilar() : m_presenter.leaveSimilar();
        return true;
    case Qt::Key_L:
        Q_EMIT leaveWanted();
        return true;
    case Qt::Key_Slash:
        ask(Ask::Search);
        return true;
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Equal:
        if (pair) {
            act(Kind::Pair, key == Qt::Key_Left ? u"left"_s : key == Qt::Key_Right ? u"right"_s : u"tie"_s);
        }
        return pair;
    default:
        return false;
    }
}

void LabelCard::keyPressEvent(QKeyEvent* event) {
    const Qt::KeyboardModifiers with = event->modifiers() & ~Qt::KeypadModifier;
    const bool repeat = event->isAutoRepeat();
    if (with == Qt::ControlModifier && event->key() == Qt::Key_G && !repeat) {
        ask(Ask::Jump);
        return;
    }
    if (event->matches(QKeySequence::Undo) || event->matches(QKeySequence::Redo) ||
        (with == (Qt::ControlModifier | Qt::ShiftModifier) && event->key() == Qt::Key_Z)) {
        if (!repeat) {
            act(event->matches(QKeySequence::Undo) ? Kind::Undo : Kind::Redo);
        }
        return;
    }
    if (with == Qt::ControlModifier && event->key() == Qt::Key_F && !repeat) {
        ask(Ask::Search);
        return;
    }
    if (with != Qt::NoModifier && with != Qt::ShiftModifier) {
        Card::keyPressEvent(event);
        return;
    }
    if (with == Qt::ShiftModifier) {
        if (event->key() == Qt::Key_U) {
            if (!repeat) {
                act(Kind::Redo);
            }
            return;
        }
        if (const int digit = digitOf(*event); digit >= 1 && digit <= 5) {
            if (!repeat) {
                act(Kind::Rating, QString::number(digit));
            }
            return;
        }
    } else if (const int digit = digitOf(*event); digit >= 0) {
        if (repeat) {
            return;
        }
        if (digit == 0) {
            ask(Ask::Label);
        } else {
            act(Kind::Label, m_presenter.labelAt(digit));
        }
        return;
    }
    if (!letter(event->key(), repeat)) {
        Card::keyPressEvent(event);
    }
}

void LabelCard::mousePressEvent(QMouseEvent* event) {
    if (!m_editing) {
        setFocus(Qt::MouseFocusReason);
    }
    Card::mousePressEvent(event);
}

// --- typing --------------------------------------------------------------------------------------------------------

void LabelCard::ask(Ask what) {
    if (what == Ask::None || (m_presenter.row() == 0 && what != Ask::Search)) {
        return;
    }
    const Kind kind = what == Ask::Tag ? Kind::Tag : what == Ask::Comment ? Kind::Comment : Kind::None;
    if (kind != Kind::None && !m_presenter.refusal({kind, {}}).isEmpty()) {
        act(kind); // says why
        return;
    }
    m_asking = what;
    QStringList offered;
    QString now;
    switch (what) {
    case Ask::Label:
        m_askName->setText(tr("Label"));
        for (const project::LabelDefinition& each : m_presenter.labels().labels) {
            offered << qs(each.name);
        }
        break;
    case Ask::Tag:
        m_askName->setText(tr("Tag (again takes it away)"));
        break;
    case Ask::Comment:
        m_askName->setText(tr("Comment"));
        now = m_presenter.details() ? qs(m_presenter.details()->comment) : QString();
        break;
    case Ask::Search:
        m_askName->setText(tr("Search"));
        now = qs(m_presenter.filter().search);
        break;
    case Ask::Jump:
        m_askName->setText(tr("Go to row"));
        break;
    case Ask::None:
        break;
    }
    m_askLine->setAccessibleName(m_askName->text());
    m_askLine->setText(now);
    m_askLine->selectAll();
    auto* completer = offered.isEmpty() ? nullptr : new QCompleter(offered, m_askLine);
    if (completer != nullptr) {
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setCompletionMode(QCompleter::InlineCompletion);
    }
    if (QCompleter* old = m_askLine->completer()) {
        old->deleteLater();
    }
    m_askLine->setCompleter(completer);
    m_buttons->hide();
    m_askBox->show();
    m_askLine->setFocus(Qt::ShortcutFocusReason);
}

void LabelCard::finishAsk(bool accepted) {
    const Ask what = m_asking;
    const QString text = m_askLine->text().trimmed();
    m_asking = Ask::None;
    m_askBox->hide();
    m_buttons->show();
    setFocus(Qt::ShortcutFocusReason);
    if (!accepted) {
        return;
    }
    switch (what) {
    case Ask::Label:
        if (!text.isEmpty()) {
            act(Kind::Label, text);
        }
        break;
    case Ask::Tag:
        if (!text.isEmpty() && m_presenter.details()) {
            const auto& tags = m_presenter.details()->cells.tags;
            const bool has = std::find(tags.begin(), tags.end(), us(text)) != tags.end();
            act(has ? Kind::Untag : Kind::Tag, text);
        }
        break;
    case Ask::Comment:
        act(Kind::Comment, text);
        break;
    case Ask::Search:
        m_presenter.search(text);
        break;
    case Ask::Jump: {
        QString digits;
        for (const QChar each : text) { // as typed, or with the separators of its display
            if (each.isDigit()) {
                digits += each;
            }
        }
        if (!digits.isEmpty()) {
            m_presenter.jump(digits.toLongLong());
        }
        break;
    }
    case Ask::None:
        break;
    }
}

void LabelCard::editAnswer() {
    if (m_editing || m_presenter.row() == 0) {
        return;
    }
    if (!m_presenter.refusal({Kind::Answer, {}}).isEmpty()) {
        act(Kind::Answer); // says why
        return;
    }
    if (m_presenter.subject().isPair) {
        return; // which of the two would it be? The Data page edits both
    }
    m_editing = true;
    m_leftText->hide();
    m_edit->setPlainText(m_presenter.subject().answer);
    m_edit->show();
    m_editHint->show();
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

void LabelCard::finishEdit(bool save) {
    if (!m_editing) {
        return;
    }
    m_editing = false;
    const QString text = m_edit->toPlainText();
    m_edit->hide();
    m_editHint->hide();
    m_leftText->show();
    setFocus(Qt::ShortcutFocusReason);
    if (save && text != m_presenter.subject().answer) {
        act(Kind::Answer, text);
    }
}

bool LabelCard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        const bool escape = key->key() == Qt::Key_Escape;
        const bool done = watched == m_askLine ? enter : enter && key->modifiers() == Qt::ControlModifier;
        if (done || escape) {
            if (event->type() == QEvent::ShortcutOverride) {
                event->accept();
            } else if (!key->isAutoRepeat()) {
                watched == m_askLine ? finishAsk(done) : finishEdit(done);
            }
            return true;
        }
    }
    return Card::eventFilter(watched, event);
}

} // namespace fettle::ui
