#include "data/row_words.h"

#include "bridge/strings.h"
#include "data/check_words.h"

#include <QLocale>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::FieldTest;
using project::Filter;
using project::NumberRange;
using project::RowField;
using project::RowNumber;
using project::RowState;
using project::Split;

QString RowWords::split(Split split) {
    switch (split) {
    case Split::Train:
        return tr("Train");
    case Split::Validation:
        return tr("Validation");
    case Split::Test:
        return tr("Test");
    case Split::None:
        break;
    }
    return tr("None", "split");
}

QString RowWords::state(RowState state) {
    switch (state) {
    case RowState::Active:
        return tr("Active");
    case RowState::Rejected:
        return tr("Rejected");
    case RowState::Removed:
        return tr("Removed");
    case RowState::None:
        break;
    }
    return {};
}

QString RowWords::kind(data::SampleKind kind) {
    switch (kind) {
    case data::SampleKind::Chat:
        return tr("Conversation");
    case data::SampleKind::Completion:
        return tr("Prompt and answer");
    case data::SampleKind::Text:
        return tr("Text");
    case data::SampleKind::PromptOnly:
        return tr("Prompt alone");
    case data::SampleKind::Preference:
        return tr("Preference");
    case data::SampleKind::Feedback:
        return tr("Feedback");
    case data::SampleKind::Stepwise:
        return tr("Steps");
    case data::SampleKind::Ids:
        return tr("Token ids");
    case data::SampleKind::None:
        break;
    }
    return {};
}

QString RowWords::number(RowNumber number) {
    switch (number) {
    case RowNumber::Tokens:
        return tr("Tokens");
    case RowNumber::TrainedTokens:
        return tr("Trained tokens");
    case RowNumber::Turns:
        return tr("Turns");
    case RowNumber::AnswerLength:
        return tr("Answer length");
    case RowNumber::Loss:
        return tr("Loss");
    case RowNumber::Rating:
        return tr("Rating");
    case RowNumber::Uncertainty:
        return tr("Uncertainty");
    case RowNumber::None:
        break;
    }
    return {};
}

QString RowWords::field(RowField field) {
    switch (field) {
    case RowField::Row:
        return tr("Row");
    case RowField::Answer:
        return tr("Answer");
    case RowField::Message:
        return tr("Message");
    case RowField::State:
        return tr("State");
    case RowField::Split:
        return tr("Split");
    case RowField::Label:
        return tr("Label");
    case RowField::AddTag:
        return tr("Tag added");
    case RowField::RemoveTag:
        return tr("Tag removed");
    case RowField::Rating:
        return tr("Rating");
    case RowField::Comment:
        return tr("Comment");
    case RowField::Annotation:
        return tr("Label of one person");
    case RowField::Verdict:
        return tr("Verdict of one person");
    case RowField::Pair:
        return tr("Choice between two answers");
    case RowField::None:
        break;
    }
    return {};
}

QString RowWords::value(RowField field, const std::string& value) {
    if (value.empty()) {
        return Format::unknown();
    }
    switch (field) {
    case RowField::Split:
        return split(project::splitFromName(value));
    case RowField::State:
    case RowField::Verdict:
        return state(project::rowStateFromName(value));
    default:
        return qs(value);
    }
}

QString RowWords::role(const QString& role) {
    return role == u"user"        ? tr("User")
           : role == u"assistant" ? tr("Answer")
           : role == u"system"    ? tr("System")
           : role == u"developer" ? tr("Developer")
           : role == u"tool"      ? tr("Tool")
                                  : role;
}

QString RowWords::id(project::RowId id) {
    return Format::exactCount(id);
}

QString RowWords::rowName(project::RowId row) {
    return tr("Row %1").arg(id(row));
}

QString RowWords::language(const QString& code) {
    if (code.isEmpty()) {
        return Format::unknown();
    }
    if (code == u"zh-Hant") {
        return tr("Chinese, traditional");
    }
    const QLocale locale(code);
    if (locale.language() == QLocale::C) {
        return code;
    }
    return QLocale().language() == QLocale::Chinese && !locale.nativeLanguageName().isEmpty()
               ? locale.nativeLanguageName()
               : QLocale::languageToString(locale.language());
}

QString RowWords::testOp(FieldTest::Op op) {
    switch (op) {
    case FieldTest::Op::Equals:
        return tr("is");
    case FieldTest::Op::NotEquals:
        return tr("is not");
    case FieldTest::Op::Contains:
        return tr("contains");
    case FieldTest::Op::Begins:
        return tr("begins with");
    case FieldTest::Op::Less:
        return tr("is under");
    case FieldTest::Op::Greater:
        return tr("is over");
    case FieldTest::Op::Exists:
        return tr("is there");
    case FieldTest::Op::Missing:
        return tr("is missing");
    case FieldTest::Op::None:
        break;
    }
    return {};
}

QString RowWords::test(const FieldTest& test) {
    const QString path = qs(test.path);
    return test.op == FieldTest::Op::Exists || test.op == FieldTest::Op::Missing
               ? tr("%1 %2", "field, test").arg(path, testOp(test.op))
               : tr("%1 %2 “%3”", "field, test, value").arg(path, testOp(test.op), qs(test.value));
}

QString RowWords::range(const NumberRange& range) {
    const QString name = number(range.number);
    const auto value = [&range](double v) {
        return range.number == RowNumber::Loss || range.number == RowNumber::Uncertainty
                   ? Format::number(v, 3)
                   : Format::exactCount(std::llround(v));
    };
    if (range.absent) {
        return tr("%1 unknown").arg(name);
    }
    if (range.min && range.max) {
        return *range.min == *range.max ? tr("%1 %2", "number, value").arg(name, value(*range.min))
                                        : tr("%1 %2 to %3").arg(name, value(*range.min), value(*range.max));
    }
    return range.min   ? tr("%1 from %2").arg(name, value(*range.min))
           : range.max ? tr("%1 up to %2").arg(name, value(*range.max))
                       : name;
}

namespace {

/// One pill for each value of a list of texts.
template <class T, class Say>
void eachOf(QVector<FilterPill>& out, const Filter& filter, std::vector<T> Filter::*list, const Say& say) {
    for (std::size_t i = 0; i < (filter.*list).size(); ++i) {
        Filter without = filter;
        (without.*list).erase((without.*list).begin() + static_cast<std::ptrdiff_t>(i));
        out.append({say((filter.*list)[i]), std::move(without)});
    }
}

} // namespace

QVector<FilterPill> filterPills(const Filter& filter) {
    QVector<FilterPill> out;
    if (!filter.search.empty()) {
        Filter without = filter;
        without.search.clear();
        out.append({RowWords::tr("“%1”", "searched words").arg(qs(filter.search)), std::move(without)});
    }
    eachOf(out, filter, &Filter::splits, [](Split split) { return RowWords::split(split); });
    eachOf(out, filter, &Filter::states, [](RowState state) { return RowWords::state(state); });
    eachOf(out, filter, &Filter::labels, [](const std::string& label) {
        return label.empty() ? RowWords::tr("Without a label") : RowWords::tr("Label %1").arg(qs(label));
    });
    eachOf(out, filter, &Filter::tags, [](const std::string& tag) { return RowWords::tr("Tag %1").arg(qs(tag)); });
    std::vector<data::CheckFamily> families;
    for (const std::string& code : filter.checks) {
        const data::CheckInfo* info = data::findCheck(code);
        if (info == nullptr) {
            Filter without = filter;
            std::erase(without.checks, code);
            out.append({qs(code), std::move(without)});
        } else if (std::find(families.begin(), families.end(), info->family) == families.end()) {
            families.push_back(info->family);
            Filter without = filter;
            const std::size_t before = without.checks.size();
            std::erase_if(without.checks, [info](const std::string& each) {
                const data::CheckInfo* other = data::findCheck(each);
                return other != nullptr && other->family == info->family;
            });
            const bool alone = before - without.checks.size() == 1;
            out.append({alone ? CheckWords::title(code) : CheckWords::family(info->family), std::move(without)});
        }
    }
    eachOf(out, filter, &Filter::languages, [](const std::string& code) {
        return code.empty() ? RowWords::tr("Language not known") : RowWords::language(qs(code));
    });
    eachOf(out, filter, &Filter::kinds, [](const std::string& kind) {
        for (int k = static_cast<int>(data::SampleKind::Chat); k <= static_cast<int>(data::SampleKind::Ids); ++k) {
            if (kind == data::sampleKindName(static_cast<data::SampleKind>(k))) {
                return RowWords::kind(static_cast<data::SampleKind>(k));
            }
        }
        return qs(kind);
    });
    eachOf(out, filter, &Filter::answers, [](const std::string& answer) {
        const QString text = qs(answer);
        return RowWords::tr("Answer “%1”").arg(text.size() > 30 ? QString(text.left(29) % QChar(0x2026)) : text);
    });
    eachOf(out, filter, &Filter::numbers, [](const NumberRange& range) { return RowWords::range(range); });
    eachOf(out, filter, &Filter::fields, [](const FieldTest& test) { return RowWords::test(test); });
    if (!filter.sources.empty()) {
        Filter without = filter;
        without.sources.clear();
        out.append(
            {RowWords::tr("From %Ln file(s)", nullptr, static_cast<int>(filter.sources.size())), std::move(without)});
    }
    if (!filter.ids.empty()) {
        Filter without = filter;
        without.ids.clear();
        out.append({filter.ids.size() == 1
                        ? RowWords::rowName(filter.ids.front())
                        : RowWords::tr("%Ln chosen row(s)", nullptr, static_cast<int>(filter.ids.size())),
                    std::move(without)});
    }
    if (filter.notDecidedBy) {
        Filter without = filter;
        without.notDecidedBy.reset();
        out.append({RowWords::tr("Not decided by %1").arg(qs(*filter.notDecidedBy)), std::move(without)});
    }
    return out;
}

} // namespace fettle::ui
