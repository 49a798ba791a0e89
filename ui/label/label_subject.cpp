#include "label/label_subject.h"

#include "base/json.h"
#include "bridge/strings.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using data::SampleKind;

namespace {

constexpr qsizetype kHeading = 120; // characters; a longer first line is body

/// Text of a content: a text, or the texts of its parts; anything else as JSON.
QString textOf(const Json& content) {
    if (content.is_string()) {
        return qs(content.get_ref<const std::string&>());
    }
    if (content.is_null()) {
        return {};
    }
    if (content.is_array()) {
        QStringList parts;
        for (const Json& part : content) {
            const auto text = part.is_object() ? part.find("text") : part.end();
            parts << (part.is_string()                         ? textOf(part)
                      : part.is_object() && text != part.end() ? textOf(*text)
                                                               : qs(dumpJson(part)));
        }
        return parts.join(u'\n');
    }
    return qs(dumpJson(content));
}

QString messageText(const Json& message) {
    QString out;
    if (message.is_object()) {
        if (const auto content = message.find("content"); content != message.end()) {
            out = textOf(*content);
        }
        for (const char* key : {"tool_calls", "function_call"}) {
            if (const auto calls = message.find(key); calls != message.end() && !calls->is_null()) {
                out += (out.isEmpty() ? QString() : u"\n"_s) % qs(dumpJson(*calls));
            }
        }
    }
    return out;
}

QVector<LabelTurn> turnsOf(const Json& value, const QString& role) {
    QVector<LabelTurn> out;
    if (value.is_array() && !value.empty() && value.front().is_object()) {
        for (const Json& message : value) {
            out.append({qs(jsonString(message, "role", "").valueOr("")), messageText(message)});
        }
    } else if (!value.is_null()) {
        out.append({role, textOf(value)});
    }
    return out;
}

QString joined(const QVector<LabelTurn>& turns) {
    QStringList out;
    for (const LabelTurn& turn : turns) {
        out << turn.text;
    }
    return out.join(u"\n\n"_s);
}

Json member(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found == row.end() ? Json() : *found;
}

} // namespace

LabelSubject labelSubject(const data::Sample& sample) {
    LabelSubject out;
    QVector<LabelTurn> asked;
    const Json& row = sample.row;
    switch (sample.kind) {
    case SampleKind::Chat: {
        asked = turnsOf(member(row, "messages"), u"user"_s);
        qsizetype answer = asked.size();
        while (answer > 0 && asked[answer - 1].role != u"assistant") {
            --answer;
        }
        if (answer > 0) {
            out.answer = asked[answer - 1].text;
            out.hasAnswer = true;
            asked.resize(answer - 1);
        }
        break;
    }
    case SampleKind::Completion:
    case SampleKind::Feedback:
        asked = turnsOf(member(row, "prompt"), u"user"_s);
        out.answer = joined(turnsOf(member(row, "completion"), u"assistant"_s));
        out.hasAnswer = true;
        break;
    case SampleKind::Preference:
        asked = turnsOf(member(row, "prompt"), u"user"_s);
        out.answer = joined(turnsOf(member(row, "chosen"), u"assistant"_s));
        out.other = joined(turnsOf(member(row, "rejected"), u"assistant"_s));
        out.hasAnswer = true;
        out.isPair = true;
        break;
    case SampleKind::Text:
        asked.append({QString(), textOf(member(row, "text"))});
        break;
    case SampleKind::PromptOnly:
        asked = turnsOf(member(row, "prompt"), u"user"_s);
        break;
    case SampleKind::Stepwise: {
        asked = turnsOf(member(row, "prompt"), u"user"_s);
        QStringList steps;
        for (const Json& step : member(row, "completions")) {
            steps << textOf(step);
        }
        out.answer = steps.join(u'\n');
        out.hasAnswer = true;
        break;
    }
    case SampleKind::Ids:
    case SampleKind::None:
        asked.append({QString(), qs(dumpJson(row))});
        break;
    }
    while (!asked.isEmpty() && (asked.first().role == u"system" || asked.first().role == u"developer")) {
        out.system += (out.system.isEmpty() ? QString() : u"\n"_s) % asked.first().text;
        asked.removeFirst();
    }
    if (asked.isEmpty()) {
        return out;
    }
    const QString question = asked.takeLast().text.trimmed();
    out.earlier = asked;
    const qsizetype line = question.indexOf(u'\n');
    const QString first = line < 0 ? question : question.left(line).trimmed();
    if (sample.kind != SampleKind::Ids && first.size() <= kHeading) {
        out.heading = first;
        out.body = line < 0 ? QString() : question.mid(line + 1).trimmed();
    } else {
        out.body = question;
    }
    return out;
}

std::string exchangedPair(const data::Sample& sample) {
    if (sample.kind != SampleKind::Preference) {
        return {};
    }
    Json row = sample.row;
    const auto chosen = row.find("chosen");
    const auto rejected = row.find("rejected");
    if (chosen == row.end() || rejected == row.end()) {
        return {};
    }
    std::swap(*chosen, *rejected);
    return dumpJson(row);
}

bool pairIsExchanged(std::uint64_t seed, project::RowId row) {
    std::uint64_t mix = seed + 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(row) + 1); // splitmix64
    mix = (mix ^ (mix >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mix = (mix ^ (mix >> 27)) * 0x94d049bb133111ebULL;
    return ((mix ^ (mix >> 31)) & 1) != 0;
}

} // namespace fettle::ui
