// Filters on sequences and mappings.
#include "text/jinja_filters.h"
#include "text/jinja_objects.h"

#include "text/python_unicode.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

/// "a.b.0" as steps; an integer or none attribute works too.
class Getter {
public:
    Getter(const Value* attribute, const Value* fallback, bool ignoreCase)
        : m_ignoreCase(ignoreCase) {
        if (fallback != nullptr && !fallback->is(Type::None)) {
            m_fallback = *fallback;
        }
        if (attribute == nullptr || attribute->is(Type::None)) {
            return;
        }
        if (!attribute->is(Type::String)) {
            m_parts.push_back(*attribute);
            return;
        }
        const std::string& text = attribute->text();
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t dot = std::min(text.find('.', at), text.size());
            const std::string part = text.substr(at, dot - at);
            const bool isNumber =
                !part.empty() && part.size() < 18 && part.find_first_not_of("0123456789") == std::string::npos;
            m_parts.push_back(isNumber ? Value::integer(*parsePythonInt(part, 10)) : Value::string(part));
            at = dot + 1;
        }
    }

    Value operator()(Interp& interp, Value item) const {
        for (const Value& part : m_parts) {
            item = interp.item(item, part);
            if (m_fallback && item.is(Type::Undefined)) {
                item = *m_fallback;
            }
        }
        if (m_ignoreCase && item.is(Type::String)) {
            return Value::string(python::lower(item.text()));
        }
        return item;
    }

private:
    std::vector<Value> m_parts;
    std::optional<Value> m_fallback;
    bool m_ignoreCase;
};

using Keyed = std::pair<Value, Value>; // key, item

std::vector<Keyed> keyed(Interp& interp, std::vector<Value> items, const Getter& getter) {
    std::vector<Keyed> out;
    out.reserve(items.size());
    interp.budget.memory(items.size() * sizeof(Keyed));
    for (Value& item : items) {
        Value key = getter(interp, item);
        out.emplace_back(std::move(key), std::move(item));
    }
    return out;
}

void sortKeyed(Interp& interp, std::vector<Keyed>& items, bool reverse) {
    // Python keeps the order of equal items when reversed, too.
    std::stable_sort(items.begin(), items.end(), [&](const Keyed& a, const Keyed& b) {
        const std::optional<int> sign =
            reverse ? order(b.first, a.first, interp.budget) : order(a.first, b.first, interp.budget);
        return sign && *sign < 0;
    });
}

std::vector<Value> itemsOf(std::vector<Keyed> pairs) {
    std::vector<Value> out;
    out.reserve(pairs.size());
    for (Keyed& pair : pairs) {
        out.push_back(std::move(pair.second));
    }
    return out;
}

Value sort(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_sort", args, {"reverse", "case_sensitive", "attribute"});
    const bool ignoreCase = !bound.flag(1, false);
    std::vector<Value> items = interp.iterate(value);
    std::vector<Keyed> pairs;
    const Value* attribute = bound.get(2);
    if (attribute != nullptr && attribute->is(Type::String) && attribute->text().find(',') != std::string::npos) {
        std::vector<Getter> getters;
        const std::string& names = attribute->text();
        for (std::size_t at = 0; at <= names.size();) {
            const std::size_t comma = std::min(names.find(',', at), names.size());
            const Value name = Value::string(names.substr(at, comma - at));
            getters.emplace_back(&name, nullptr, ignoreCase);
            at = comma + 1;
        }
        for (Value& item : items) {
            std::vector<Value> keys;
            for (const Getter& getter : getters) {
                keys.push_back(getter(interp, item));
            }
            interp.budget.memory(sizeof(Keyed) + keys.size() * sizeof(Value));
            pairs.emplace_back(Value::list(std::move(keys)), std::move(item));
        }
    } else {
        pairs = keyed(interp, std::move(items), Getter(attribute, nullptr, ignoreCase));
    }
    sortKeyed(interp, pairs, bound.flag(0, false));
    return Value::list(itemsOf(std::move(pairs)));
}

Value dictSort(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_dictsort", args, {"case_sensitive", "by", "reverse"});
    const std::string by = bound.get(1) != nullptr ? interp.plain(*bound.get(1)) : std::string("key");
    if (by != "key" && by != "value") {
        failRuntime("You can only sort by either \"key\" or \"value\"");
    }
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (!value.is(Type::Dict)) {
        failRuntime("dictsort needs a mapping");
    }
    const Value position = Value::integer(by == "key" ? 0 : 1);
    std::vector<Value> items;
    for (const auto& [key, held] : value.dict().entries) {
        items.push_back(Value::tuple({key, held}));
    }
    std::vector<Keyed> pairs = keyed(interp, std::move(items), Getter(&position, nullptr, !bound.flag(0, false)));
    sortKeyed(interp, pairs, bound.flag(2, false));
    return Value::list(itemsOf(std::move(pairs)));
}

Value unique(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("do_unique", args, {"case_sensitive", "attribute"});
    const Getter getter(bound.get(1), nullptr, !bound.flag(0, false));
    auto seen = std::make_shared<Dict>();
    return makeGenerator(value, [getter, seen](Interp& context, Value& item) {
        const Value key = getter(context, item);
        if (seen->find(key, context.budget) != nullptr) {
            return false;
        }
        seen->set(key, Value::none(), context.budget);
        return true;
    });
}

template <bool largest>
Value extreme(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_max", args, {"case_sensitive", "attribute"});
    const std::vector<Keyed> pairs =
        keyed(interp, interp.iterate(value), Getter(bound.get(1), nullptr, !bound.flag(0, false)));
    if (pairs.empty()) {
        return Value::undefined("No aggregated item, sequence was empty.");
    }
    const Keyed* best = &pairs.front();
    for (std::size_t i = 1; i < pairs.size(); ++i) {
        const std::optional<int> sign = order(pairs[i].first, best->first, interp.budget, largest ? ">" : "<");
        if (sign && (largest ? *sign > 0 : *sign < 0)) {
            best = &pairs[i];
        }
    }
    return best->second;
}

Value groupBy(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_groupby", args, {"attribute", "default", "case_sensitive"}, 1);
    const bool ignoreCase = !bound.flag(2, false);
    std::vector<Keyed> pairs = keyed(interp, interp.iterate(value), Getter(bound.get(0), bound.get(1), ignoreCase));
    sortKeyed(interp, pairs, false);
    const Getter exact(bound.get(0), bound.get(1), false);
    std::vector<Value> groups;
    for (std::size_t begin = 0; begin < pairs.size();) {
        std::size_t end = begin + 1;
        while (end < pairs.size() && equal(pairs[begin].first, pairs[end].first, interp.budget)) {
            ++end;
        }
        std::vector<Value> members;
        for (std::size_t i = begin; i < end; ++i) {
            members.push_back(pairs[i].second);
        }
        const Value key = ignoreCase ? exact(interp, members.front()) : pairs[begin].first;
        groups.push_back(Value::group(key, Value::list(std::move(members))));
        begin = end;
    }
    return Value::list(std::move(groups));
}

/// What map, select and their kin call for each item: a filter or test by name, with the rest of the arguments.
struct Prepared {
    std::string name;
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;

    [[nodiscard]] Args copy() const { return Args{positional, named}; }
};

std::shared_ptr<Prepared> prepare(const Args& args, std::size_t from, const char* function) {
    auto prepared = std::make_shared<Prepared>();
    prepared->name = requireString(args.positional[from], function).text;
    prepared->positional.assign(args.positional.begin() + static_cast<std::ptrdiff_t>(from) + 1, args.positional.end());
    prepared->named = args.named;
    return prepared;
}

Value map(Interp& /*interp*/, const Value& value, Args& args) {
    if (!truth(value)) {
        return makeIterator({});
    }
    if (args.positional.empty()) {
        const Value* attribute = nullptr;
        const Value* fallback = nullptr;
        for (const auto& [name, argument] : args.named) {
            if (name == "attribute") {
                attribute = &argument;
            } else if (name == "default") {
                fallback = &argument;
            } else {
                failRuntime("Unexpected keyword argument '" + name + "'");
            }
        }
        if (attribute == nullptr) {
            failRuntime("map requires a filter argument");
        }
        const Getter getter(attribute, fallback, false);
        return makeGenerator(value, [getter](Interp& context, Value& item) {
            item = getter(context, item);
            return true;
        });
    }
    const std::shared_ptr<Prepared> prepared = prepare(args, 0, "map");
    return makeGenerator(value, [prepared](Interp& context, Value& item) {
        const FilterFunction filter = findFilter(prepared->name);
        if (filter == nullptr) {
            failRuntime("No filter named '" + prepared->name + "'.");
        }
        Args call = prepared->copy();
        item = filter(context, item, call);
        return true;
    });
}

template <bool keep, bool byAttribute>
Value choose(Interp& /*interp*/, const Value& value, Args& args) {
    if (!truth(value)) {
        return makeIterator({});
    }
    std::optional<Getter> getter;
    if (byAttribute) {
        if (args.positional.empty()) {
            failRuntime("Missing parameter for attribute name");
        }
        getter.emplace(&args.positional.front(), nullptr, false);
    }
    const std::size_t first = byAttribute ? 1 : 0;
    const std::shared_ptr<Prepared> prepared =
        args.positional.size() > first ? prepare(args, first, "select") : nullptr;
    return makeGenerator(value, [prepared, getter](Interp& context, Value& item) {
        const Value subject = getter ? (*getter)(context, item) : item;
        if (!prepared) {
            return truth(subject) == keep;
        }
        const TestFunction test = findTest(prepared->name);
        if (test == nullptr) {
            failRuntime("No test named '" + prepared->name + "'.");
        }
        Args call = prepared->copy();
        return test(context, subject, call) == keep;
    });
}

Value first(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_first", args, {});
    if (auto* generator = value.as<Generator>()) {
        Value item;
        return generator->next(interp, item) ? item : Value::undefined("No first item, sequence was empty.");
    }
    if (value.isSequence()) {
        return value.items().empty() ? Value::undefined("No first item, sequence was empty.") : value.items().front();
    }
    if (value.is(Type::String)) {
        return value.text().empty() ? Value::undefined("No first item, sequence was empty.")
                                    : interp.item(value, Value::integer(0));
    }
    const std::vector<Value> items = interp.iterate(value);
    return items.empty() ? Value::undefined("No first item, sequence was empty.") : items.front();
}

Value last(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_last", args, {});
    if (value.as<Generator>() != nullptr) {
        failRuntime("'generator' object is not reversible");
    }
    if (value.is(Type::String)) {
        return value.text().empty() ? Value::undefined("No last item, sequence was empty.")
                                    : interp.item(value, Value::integer(-1));
    }
    const std::vector<Value> items = interp.iterate(value);
    return items.empty() ? Value::undefined("No last item, sequence was empty.") : items.back();
}

Value lengthOf(Interp& interp, const Value& value, Args& args) {
    const Bound bound("len", args, {});
    return Value::size(interp.length(value));
}

Value list(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_list", args, {});
    if (value.is(Type::List)) {
        return value; // nothing can change a list
    }
    return Value::list(interp.iterate(value));
}

Value items(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_items", args, {});
    if (value.is(Type::Undefined)) {
        return makeIterator({});
    }
    if (!value.is(Type::Dict)) {
        failRuntime("Can only get item pairs from a mapping.");
    }
    std::vector<Value> pairs;
    interp.budget.memory(value.dict().entries.size() * sizeof(Value));
    for (const auto& [key, held] : value.dict().entries) {
        pairs.push_back(Value::tuple({key, held}));
    }
    return makeIterator(std::move(pairs));
}

Value reverse(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_reverse", args, {});
    if (value.is(Type::String)) {
        return interp.slice(value, Value::none(), Value::none(), Value::integer(-1));
    }
    std::vector<Value> reversed = interp.iterate(value);
    std::reverse(reversed.begin(), reversed.end());
    return makeIterator(std::move(reversed));
}

Value join(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_join", args, {"d", "attribute"});
    const Value separator = bound.valueOr(0, Value::string(std::string()));
    const Value* attribute = bound.get(1);
    const Getter getter(attribute, nullptr, false);
    Text out(interp.budget);
    bool isFirst = true;
    const bool markup = interp.autoescape;
    const auto append = [&](const Value& piece) {
        if (markup) {
            interp.appendEscaped(out, piece);
        } else {
            interp.appendStr(out, piece);
        }
    };
    for (const Value& item : interp.iterate(value)) {
        interp.budget.step();
        if (!isFirst) {
            append(separator);
        }
        isFirst = false;
        append(attribute != nullptr && !attribute->is(Type::None) ? getter(interp, item) : item);
    }
    return out.take(markup);
}

Value sum(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_sum", args, {"attribute", "start"});
    const Getter getter(bound.get(0), nullptr, false);
    Value total = bound.valueOr(1, Value::integer(0));
    if (total.is(Type::String)) {
        failRuntime("sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (const Value& item : interp.iterate(value)) {
        total = interp.binary(Op::Add, total, getter(interp, item));
    }
    return total;
}

Value batch(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_batch", args, {"linecount", "fill_with"}, 1);
    const Wide size = requireInteger(*bound.get(0));
    std::vector<Value> rows;
    std::vector<Value> row;
    for (Value& item : interp.iterate(value)) {
        if (static_cast<Wide>(row.size()) == size) {
            rows.push_back(Value::list(std::move(row)));
            row = {};
        }
        row.push_back(std::move(item));
    }
    if (!row.empty()) {
        if (bound.get(1) != nullptr && !bound.get(1)->is(Type::None)) {
            while (static_cast<Wide>(row.size()) < size) {
                interp.budget.memory(sizeof(Value));
                row.push_back(*bound.get(1));
            }
        }
        rows.push_back(Value::list(std::move(row)));
    }
    return makeIterator(std::move(rows));
}

Value sliceFilter(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_slice", args, {"slices", "fill_with"}, 1);
    const Wide slices = requireInteger(*bound.get(0));
    if (slices == 0) {
        failRuntime("integer division or modulo by zero");
    }
    std::vector<Value> source = interp.iterate(value);
    std::vector<Value> out;
    const auto size = static_cast<Wide>(source.size());
    if (slices > 0) {
        interp.budget.memory(static_cast<std::size_t>(std::min<Wide>(slices, Wide{1} << 40)) * sizeof(Value));
        const Wide each = size / slices;
        const Wide more = size % slices;
        Wide at = 0;
        for (Wide i = 0; i < slices; ++i) {
            const Wide count = each + (i < more ? 1 : 0);
            std::vector<Value> part(source.begin() + static_cast<std::ptrdiff_t>(at),
                                    source.begin() + static_cast<std::ptrdiff_t>(at + count));
            at += count;
            if (bound.get(1) != nullptr && !bound.get(1)->is(Type::None) && i >= more) {
                part.push_back(*bound.get(1));
            }
            out.push_back(Value::list(std::move(part)));
        }
    }
    return makeIterator(std::move(out));
}

Value randomItem(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_random", args, {});
    const std::size_t size = interp.length(value);
    if (size == 0) {
        return Value::undefined("No random item, sequence was empty.");
    }
    const Value index = Value::size(interp.random() % size);
    if (value.is(Type::Dict) && value.dict().find(index, interp.budget) == nullptr) {
        failRuntime("a mapping without the key " + interp.plain(index) + " has no random item");
    }
    return interp.item(value, index);
}

} // namespace

std::vector<FilterEntry> sequenceFilters() {
    return {{"sort", sort},
            {"dictsort", dictSort},
            {"unique", unique},
            {"min", extreme<false>},
            {"max", extreme<true>},
            {"groupby", groupBy},
            {"map", map},
            {"select", choose<true, false>},
            {"reject", choose<false, false>},
            {"selectattr", choose<true, true>},
            {"rejectattr", choose<false, true>},
            {"first", first},
            {"last", last},
            {"length", lengthOf},
            {"count", lengthOf},
            {"list", list},
            {"items", items},
            {"reverse", reverse},
            {"join", join},
            {"sum", sum},
            {"batch", batch},
            {"slice", sliceFilter},
            {"random", randomItem}};
}

} // namespace fettle::text::jinja
