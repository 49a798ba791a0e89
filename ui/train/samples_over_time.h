// The answers to one prompt over all evaluations of a run, with the words marked that changed since the answer before.
#pragma once

#include "run/events.h"

#include <QString>
#include <QVector>

#include <optional>
#include <vector>

namespace fettle::ui {

struct AnswerPart {
    QString text;
    bool changed = false;
    friend bool operator==(const AnswerPart&, const AnswerPart&) = default;
};

struct AnswerAtStep {
    std::optional<std::int64_t> step; // nullopt = the base model
    QString text;
    QVector<AnswerPart> parts; // its words; those not in the answer before are marked
    std::optional<bool> right; // as wanted, but for blanks around it
};

struct PromptAnswers {
    std::int64_t id = 0;
    QString prompt, expected;
    QVector<AnswerAtStep> answers; // the base's first, then by step
};

/// One entry a prompt, in the order of their numbers.
[[nodiscard]] QVector<PromptAnswers> samplesOverTime(const std::vector<run::SampleGenerated>& samples);

/// `now` cut into runs of words that `before` has too (in order) and others. Joined they are `now`.
[[nodiscard]] QVector<AnswerPart> markChanges(const QString& before, const QString& now);

} // namespace fettle::ui
