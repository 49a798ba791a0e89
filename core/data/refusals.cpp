// Answers that decline. Phrases are compared without regard to case (ASCII) and to the shape of apostrophes, and only
// where an answer begins: later on they are quoted more often than meant.
#include "data/text_quality.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

constexpr std::size_t kLookedAt = 400; // bytes of the answer

// Enough by themselves.
constexpr std::array<std::string_view, 30> kPhrases = {
    "as an ai language model",
    "as a large language model",
    "as an ai assistant, i can",
    "as an ai, i can",
    "as an ai, i'm not able",
    "i must decline",
    "i have to decline",
    "i cannot comply",
    "i can't comply",
    "i cannot fulfill",
    "i can't fulfill",
    "i cannot fulfil",
    "it would not be appropriate for me to",
    "作为一个人工智能",
    "作为人工智能语言模型",
    "作为一个ai",
    "作为一个语言模型",
    "我无法协助",
    "我不能协助",
    "我无法满足您的请求",
    "als ki-sprachmodell",
    "als ki-modell kann ich",
    "en tant que modèle de langage",
    "en tant qu'ia",
    "como modelo de lenguaje",
    "como modelo de linguagem",
    "как языковая модель",
    "Как языковая модель",
    "お手伝いできません",
    "お答えできません",
};

// A start and, soon after, what is declined.
struct Declined {
    std::string_view start;
    std::array<std::string_view, 12> then;
};
constexpr std::array<std::string_view, 12> kVerbs = {"help",     "assist", "provide", "answer",  "comment", "discuss",
                                                     "generate", "create", "write",   "do that", "share",   "engage"};
constexpr std::array<std::string_view, 12> kChinese = {"无法", "不能",   "没法", "不便", "不可以", "不会",
                                                       "无权", "不方便", "难以", "拒绝", "帮不了", "做不到"};
constexpr std::array<std::string_view, 12> kGerman = {
    "kann ich", "ich kann",    "nicht möglich",   "darf ich",        "nicht helfen",        "nicht beantworten",
    "ich darf", "nicht geben", "nicht erstellen", "nicht schreiben", "nicht bereitstellen", "nicht unterstützen"};
constexpr std::array<std::string_view, 12> kRomance = {"je ne peux pas",     "je ne suis pas en mesure",
                                                       "ne pas pouvoir",     "no puedo",
                                                       "no me es posible",   "no estoy en condiciones",
                                                       "não posso",          "non posso",
                                                       "impossible de vous", "no podré",
                                                       "je ne pourrai pas",  "no soy capaz"};
constexpr std::array<std::string_view, 12> kRussian = {
    "не могу",      "не смогу", "не имею возможности", "не в состоянии", "не вправе",   "не способен", "невозможно",
    "не получится", "не буду",  "не должен",           "отказаться",     "не разрешено"};
constexpr std::array<std::string_view, 12> kJapanese = {"できません", "できかねます", "いたしかねます", "お断り",
                                                        "出来ません", "対応でき",     "お応え",         "応じられ",
                                                        "提供でき",   "難しい",       "不可能",         "かねます"};
constexpr std::array<Declined, 25> kDeclined = {{
    {"i'm sorry, but i can", kVerbs},
    {"i'm sorry, but i am unable to", kVerbs},
    {"i'm sorry, but i'm unable to", kVerbs},
    {"i'm sorry, but i'm not able to", kVerbs},
    {"i'm sorry, i can", kVerbs},
    {"i am sorry, but i can", kVerbs},
    {"sorry, but i can", kVerbs},
    {"sorry, i can", kVerbs},
    {"i apologize, but i", kVerbs},
    {"i'm afraid i can", kVerbs},
    {"i cannot ", kVerbs},
    {"i can't ", kVerbs},
    {"i can not ", kVerbs},
    {"i'm unable to ", kVerbs},
    {"i am unable to ", kVerbs},
    {"i'm not able to ", kVerbs},
    {"i won't be able to ", kVerbs},
    {"抱歉", kChinese},
    {"对不起", kChinese},
    {"es tut mir leid", kGerman},
    {"je suis désolé", kRomance},
    {"lo siento", kRomance},
    {"desculpe", kRomance},
    {"извините", kRussian},
    {"申し訳", kJapanese},
}};
constexpr std::array<std::string_view, 3> kRussianStarts = {"Извините", "К сожалению, я", "Простите"};

struct Folded {
    std::string text;
    std::vector<std::size_t> from; // byte of the original, one more than characters
};

Folded fold(std::string_view answer) {
    Folded out;
    answer = answer.substr(0, kLookedAt);
    for (std::size_t i = 0; i < answer.size(); ++i) {
        out.from.push_back(i);
        char c = answer[i];
        if (c == '\xE2' && answer.substr(i, 3) == "\xE2\x80\x99") { // ’
            c = '\'';
            i += 2;
        }
        out.text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    out.from.push_back(answer.size());
    return out;
}

// A phrase begins the answer or one of its first sentences.
bool beginsSentence(const std::string& text, std::size_t at) {
    constexpr std::size_t kDeep = 160;
    if (at > kDeep) {
        return false;
    }
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '"' || text[at - 1] == '*')) {
        --at;
    }
    if (at == 0) {
        return true;
    }
    const char before = text[at - 1];
    // Full-width signs end in these bytes; so do other characters, which costs nothing here.
    return before == '.' || before == '!' || before == '?' || before == ',' || before == '\n' || before == ':' ||
           before == ';' || static_cast<unsigned char>(before) >= 0x80;
}

} // namespace

std::optional<Refusal> findRefusal(std::string_view answer) {
    const Folded folded = fold(answer);
    const std::string& text = folded.text;
    const auto span = [&](std::size_t begin, std::size_t end) { return Refusal{folded.from[begin], folded.from[end]}; };
    for (const std::string_view phrase : kPhrases) {
        const std::size_t at = text.find(phrase);
        if (at != std::string::npos && beginsSentence(text, at)) {
            return span(at, at + phrase.size());
        }
    }
    const auto declined = [&](std::string_view start, const auto& then) -> std::optional<Refusal> {
        const std::size_t at = text.find(start);
        if (at == std::string::npos || !beginsSentence(text, at)) {
            return std::nullopt;
        }
        constexpr std::size_t kNear = 90;
        const std::string_view rest = std::string_view(text).substr(at + start.size(), kNear);
        for (const std::string_view word : then) {
            if (const std::size_t place = rest.find(word); place != std::string_view::npos) {
                return span(at, at + start.size() + place + word.size());
            }
        }
        return std::nullopt;
    };
    for (const Declined& one : kDeclined) {
        if (const auto found = declined(one.start, one.then)) {
            return found;
        }
    }
    for (const std::string_view start : kRussianStarts) {
        if (const auto found = declined(start, kRussian)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace fettle::data
