// What a card shows of a row: the question large, what came before it, the answer; for preferences both answers.
#pragma once

#include "data/sample.h"
#include "project/row_page.h"

#include <QString>
#include <QVector>

namespace fettle::ui {

struct LabelTurn {
    QString role; // "user", "assistant", … as in the file
    QString text;
};

struct LabelSubject {
    QString system;             // "" = none
    QVector<LabelTurn> earlier; // turns before the question
    QString heading;            // first line of the question, where it is short
    QString body;               // the rest, or all of it
    QString answer;             // last answer, completion, chosen answer; the text of text rows is the body
    bool hasAnswer = false;
    bool isPair = false; // answer against `other`
    QString other;
};

[[nodiscard]] LabelSubject labelSubject(const data::Sample& sample);
/// The row with chosen and rejected exchanged, as JSON text; "" where it is no preference.
[[nodiscard]] std::string exchangedPair(const data::Sample& sample);
/// Which answer of a pair stands at the left is random but the same each time: by a fixed mix of seed and row.
[[nodiscard]] bool pairIsExchanged(std::uint64_t seed, project::RowId row);

} // namespace fettle::ui
