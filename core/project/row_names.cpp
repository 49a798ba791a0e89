// Names of splits, states, numbers, fields and roles, and filters as JSON.
#include "project/row_edit.h"
#include "project/row_import.h"
#include "project/row_query.h"

#include <array>
#include <utility>

namespace fettle::project {
namespace {

template <class T, std::size_t N>
const char* nameOf(const std::array<std::pair<T, const char*>, N>& table, T value) {
    for (const auto& [one, name] : table) {
        if (one == value) {
            return name;
        }
    }
    return "none";
}

template <class T, std::size_t N>
T valueOf(const std::array<std::pair<T, const char*>, N>& table, std::string_view wanted) {
    for (const auto& [one, name] : table) {
        if (wanted == name) {
            return one;
        }
    }
    return T::None;
}

constexpr std::array<std::pair<Split, const char*>, 4> kSplits{
    {{Split::None, "none"}, {Split::Train, "train"}, {Split::Validation, "validation"}, {Split::Test, "test"}}};
constexpr std::array<std::pair<RowState, const char*>, 3> kStates{
    {{RowState::Active, "active"}, {RowState::Rejected, "rejected"}, {RowState::Removed, "removed"}}};
constexpr std::array<std::pair<RowNumber, const char*>, 7> kNumbers{{{RowNumber::Tokens, "tokens"},
                                                                     {RowNumber::TrainedTokens, "trained_tokens"},
                                                                     {RowNumber::Turns, "turns"},
                                                                     {RowNumber::AnswerLength, "answer_length"},
                                                                     {RowNumber::Loss, "loss"},
                                                                     {RowNumber::Rating, "rating"},
                                                                     {RowNumber::Uncertainty, "uncertainty"}}};
constexpr std::array<std::pair<RowField, const char*>, 13> kFields{{{RowField::Row, "row"},
                                                                    {RowField::Answer, "answer"},
                                                                    {RowField::Message, "message"},
                                                                    {RowField::State, "state"},
                                                                    {RowField::Split, "split"},
                                                                    {RowField::Label, "label"},
                                                                    {RowField::AddTag, "add_tag"},
                                                                    {RowField::RemoveTag, "remove_tag"},
                                                                    {RowField::Rating, "rating"},
                                                                    {RowField::Comment, "comment"},
                                                                    {RowField::Annotation, "annotation"},
                                                                    {RowField::Verdict, "verdict"},
                                                                    {RowField::Pair, "pair"}}};
constexpr std::array<std::pair<ColumnRole, const char*>, 9> kRoles{{{ColumnRole::System, "system"},
                                                                    {ColumnRole::User, "user"},
                                                                    {ColumnRole::Assistant, "assistant"},
                                                                    {ColumnRole::Text, "text"},
                                                                    {ColumnRole::Chosen, "chosen"},
                                                                    {ColumnRole::Rejected, "rejected"},
                                                                    {ColumnRole::Label, "label"},
                                                                    {ColumnRole::Metadata, "metadata"},
                                                                    {ColumnRole::Ignore, "ignore"}}};
using Op = FieldTest::Op;
constexpr std::array<std::pair<Op, const char*>, 8> kOps{{{Op::Equals, "equals"},
                                                          {Op::NotEquals, "not_equals"},
                                                          {Op::Contains, "contains"},
                                                          {Op::Begins, "begins"},
                                                          {Op::Less, "less"},
                                                          {Op::Greater, "greater"},
                                                          {Op::Exists, "exists"},
                                                          {Op::Missing, "missing"}}};

Error badFilter(const std::string& key, const std::string& what) {
    return makeError(ErrorCode::InvalidInput, "the filter's '" + key + "' " + what,
                     "Correct it, or make the filter anew in the table.")
        .forKey(key);
}

Result<std::vector<std::string>> texts(const Json& json, const char* key) {
    std::vector<std::string> out;
    const auto found = json.find(key);
    if (found == json.end()) {
        return out;
    }
    if (!found->is_array()) {
        return badFilter(key, "is no list");
    }
    for (const Json& one : *found) {
        if (!one.is_string()) {
            return badFilter(key, "holds something that is no text");
        }
        out.push_back(one.get<std::string>());
    }
    return out;
}

Result<std::vector<std::int64_t>> numbers(const Json& json, const char* key) {
    std::vector<std::int64_t> out;
    const auto found = json.find(key);
    if (found == json.end()) {
        return out;
    }
    if (!found->is_array()) {
        return badFilter(key, "is no list");
    }
    for (const Json& one : *found) {
        if (!one.is_number_integer()) {
            return badFilter(key, "holds something that is no whole number");
        }
        out.push_back(one.get<std::int64_t>());
    }
    return out;
}

} // namespace

const char* splitName(Split split) {
    return nameOf(kSplits, split);
}
Split splitFromName(std::string_view name) {
    return valueOf(kSplits, name);
}
const char* rowStateName(RowState state) {
    return nameOf(kStates, state);
}
RowState rowStateFromName(std::string_view name) {
    return valueOf(kStates, name);
}
const char* rowNumberName(RowNumber number) {
    return nameOf(kNumbers, number);
}
RowNumber rowNumberFromName(std::string_view name) {
    return valueOf(kNumbers, name);
}
const char* rowFieldName(RowField field) {
    return nameOf(kFields, field);
}
const char* columnRoleName(ColumnRole role) {
    return nameOf(kRoles, role);
}
ColumnRole columnRoleFromName(std::string_view name) {
    return valueOf(kRoles, name);
}

Json toJson(const Filter& filter) {
    Json out = Json::object();
    if (!filter.search.empty()) {
        out["search"] = filter.search;
    }
    for (const Split split : filter.splits) {
        out["splits"].push_back(splitName(split));
    }
    for (const RowState state : filter.states) {
        out["states"].push_back(rowStateName(state));
    }
    const auto list = [&out](const char* key, const auto& values) {
        if (!values.empty()) {
            out[key] = values;
        }
    };
    list("labels", filter.labels);
    list("tags", filter.tags);
    list("checks", filter.checks);
    list("languages", filter.languages);
    list("kinds", filter.kinds);
    list("answers", filter.answers);
    for (const NumberRange& range : filter.numbers) {
        Json one{{"number", rowNumberName(range.number)}};
        if (range.min) {
            one["min"] = *range.min;
        }
        if (range.max) {
            one["max"] = *range.max;
        }
        if (range.absent) {
            one["absent"] = true;
        }
        out["numbers"].push_back(std::move(one));
    }
    for (const FieldTest& test : filter.fields) {
        out["fields"].push_back({{"path", test.path}, {"op", nameOf(kOps, test.op)}, {"value", test.value}});
    }
    list("sources", filter.sources);
    list("ids", filter.ids);
    if (filter.notDecidedBy) {
        out["not_decided_by"] = *filter.notDecidedBy;
    }
    return out;
}

Result<Filter> filterFromJson(const Json& json) {
    if (!json.is_object()) {
        return makeError(ErrorCode::InvalidInput, "a filter is an object {…}");
    }
    Filter out;
    FETTLE_TRY_VALUE(out.search, jsonString(json, "search", std::string()));
    if (json.contains("not_decided_by")) {
        FETTLE_TRY_VALUE(out.notDecidedBy, jsonString(json, "not_decided_by"));
    }
    FETTLE_TRY_VALUE(const auto splits, texts(json, "splits"));
    for (const std::string& name : splits) {
        const Split split = splitFromName(name);
        if (split == Split::None && name != "none") {
            return badFilter("splits", "names '" + name + "'; known: none, train, validation, test");
        }
        out.splits.push_back(split);
    }
    FETTLE_TRY_VALUE(const auto states, texts(json, "states"));
    for (const std::string& name : states) {
        out.states.push_back(rowStateFromName(name));
        if (out.states.back() == RowState::None) {
            return badFilter("states", "names '" + name + "'; known: active, rejected, removed");
        }
    }
    FETTLE_TRY_VALUE(out.labels, texts(json, "labels"));
    FETTLE_TRY_VALUE(out.tags, texts(json, "tags"));
    FETTLE_TRY_VALUE(out.checks, texts(json, "checks"));
    FETTLE_TRY_VALUE(out.languages, texts(json, "languages"));
    FETTLE_TRY_VALUE(out.kinds, texts(json, "kinds"));
    FETTLE_TRY_VALUE(out.answers, texts(json, "answers"));
    FETTLE_TRY_VALUE(out.sources, numbers(json, "sources"));
    FETTLE_TRY_VALUE(out.ids, numbers(json, "ids"));
    if (const auto list = json.find("numbers"); list != json.end() && list->is_array()) {
        for (const Json& one : *list) {
            NumberRange range;
            FETTLE_TRY_VALUE(const std::string name, jsonString(one, "number"));
            range.number = rowNumberFromName(name);
            if (range.number == RowNumber::None) {
                return badFilter("numbers", "names '" + name + "'");
            }
            for (const auto& [key, end] : {std::pair{"min", &range.min}, std::pair{"max", &range.max}}) {
                if (one.contains(key)) {
                    FETTLE_TRY_VALUE(*end, jsonDouble(one, key));
                }
            }
            FETTLE_TRY_VALUE(range.absent, jsonBool(one, "absent", false));
            out.numbers.push_back(range);
        }
    }
    if (const auto list = json.find("fields"); list != json.end() && list->is_array()) {
        for (const Json& one : *list) {
            FieldTest test;
            FETTLE_TRY_VALUE(test.path, jsonString(one, "path"));
            FETTLE_TRY_VALUE(const std::string op, jsonString(one, "op"));
            test.op = valueOf(kOps, op);
            if (test.op == Op::None) {
                return badFilter("fields", "names the comparison '" + op + "'");
            }
            FETTLE_TRY_VALUE(test.value, jsonString(one, "value", std::string()));
            out.fields.push_back(std::move(test));
        }
    }
    return out;
}

} // namespace fettle::project
