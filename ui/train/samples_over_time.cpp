#include "train/samples_over_time.h"

#include "bridge/strings.h"

#include <algorithm>
#include <map>

namespace fettle::ui {

namespace {

constexpr qsizetype kMostWords = 1200; // the table of a longer answer would take too long on the window's thread

// Words with the blanks before them; in scripts without blanks each character is one.
QStringList wordsOf(const QString& text) {
    QStringList out;
    QString word;
    bool inWord = false;
    const auto flush = [&] {
        if (!word.isEmpty()) {
            out << word;
            word.clear();
        }
        inWord = false;
    };
    for (const QChar c : text) {
        const bool alone = c.script() == QChar::Script_Han || c.script() == QChar::Script_Hiragana ||
                           c.script() == QChar::Script_Katakana || (!c.isLetterOrNumber() && !c.isSpace());
        if (c.isSpace()) {
            if (inWord) {
                flush();
            }
            word += c;
        } else if (alone && !c.isSurrogate() && !c.isMark()) {
            if (inWord) {
                flush();
            }
            word += c;
            flush();
        } else {
            word += c;
            inWord = true;
        }
    }
    flush();
    return out;
}

} // namespace

QVector<AnswerPart> markChanges(const QString& before, const QString& now) {
    const QStringList a = wordsOf(before);
    const QStringList b = wordsOf(now);
    std::vector<bool> kept(static_cast<std::size_t>(b.size()), false);
    if (a.size() <= kMostWords && b.size() <= kMostWords) {
        // Longest common subsequence of words, blanks around them aside.
        QStringList plainA;
        QStringList plainB;
        for (const QString& word : a) {
            plainA << word.trimmed();
        }
        for (const QString& word : b) {
            plainB << word.trimmed();
        }
        const auto width = static_cast<std::size_t>(b.size() + 1);
        std::vector<int> length(static_cast<std::size_t>(a.size() + 1) * width, 0);
        const auto at = [&](qsizetype i, qsizetype j) -> int& {
            return length[static_cast<std::size_t>(i) * width + static_cast<std::size_t>(j)];
        };
        for (qsizetype i = a.size() - 1; i >= 0; --i) {
            for (qsizetype j = b.size() - 1; j >= 0; --j) {
                at(i, j) = plainA[i] == plainB[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
        for (qsizetype i = 0, j = 0; i < a.size() && j < b.size();) {
            if (plainA[i] == plainB[j]) {
                kept[static_cast<std::size_t>(j)] = true;
                ++i;
                ++j;
            } else if (at(i + 1, j) >= at(i, j + 1)) {
                ++i;
            } else {
                ++j;
            }
        }
    }
    QVector<AnswerPart> out;
    for (qsizetype j = 0; j < b.size(); ++j) {
        const bool changed = !kept[static_cast<std::size_t>(j)];
        if (!out.isEmpty() && out.back().changed == changed) {
            out.back().text += b[j];
        } else {
            out.append({b[j], changed});
        }
    }
    return out;
}

QVector<PromptAnswers> samplesOverTime(const std::vector<run::SampleGenerated>& samples) {
    std::map<std::int64_t, PromptAnswers> prompts;
    for (const run::SampleGenerated& sample : samples) {
        PromptAnswers& prompt = prompts[sample.promptId];
        if (prompt.answers.isEmpty()) {
            prompt.id = sample.promptId;
            prompt.prompt = qs(sample.prompt);
            prompt.expected = qs(sample.expected);
        }
        const auto right = [&prompt](const QString& text) {
            return prompt.expected.isEmpty() ? std::optional<bool>()
                                             : std::optional<bool>(text.trimmed() == prompt.expected.trimmed());
        };
        if (prompt.answers.isEmpty()) {
            AnswerAtStep base;
            base.text = qs(sample.base);
            base.parts = {{base.text, false}};
            base.right = right(base.text);
            prompt.answers.append(base);
        }
        if (prompt.answers.back().step == sample.step) { // told twice: the later counts
            prompt.answers.removeLast();
        }
        AnswerAtStep answer;
        answer.step = sample.step;
        answer.text = qs(sample.text);
        answer.parts = markChanges(prompt.answers.back().text, answer.text);
        answer.right = right(answer.text);
        prompt.answers.append(answer);
    }
    QVector<PromptAnswers> out;
    for (auto& [id, prompt] : prompts) {
        out.append(std::move(prompt));
    }
    return out;
}

} // namespace fettle::ui
