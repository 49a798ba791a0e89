// Names every template knows: range, dict, namespace, cycler, joiner, lipsum, raise_exception, strftime_now, self; and
// how arguments are bound.
#include "text/jinja_objects.h"

#include <algorithm>
#include <array>

namespace fettle::text::jinja {

Bound::Bound(const char* function, Args& args, std::initializer_list<const char*> names, std::size_t required)
    : m_values(names.size(), nullptr) {
    if (args.positional.size() > names.size()) {
        failRuntime(std::string(function) + "() takes at most " + std::to_string(names.size()) + " argument(s) (" +
                    std::to_string(args.positional.size()) + " given)");
    }
    for (std::size_t i = 0; i < args.positional.size(); ++i) {
        m_values[i] = &args.positional[i];
    }
    for (const auto& [name, value] : args.named) {
        const auto* const found =
            std::find_if(names.begin(), names.end(), [&name = name](const char* known) { return name == known; });
        if (found == names.end()) {
            failRuntime(std::string(function) + "() got an unexpected keyword argument '" + name + "'");
        }
        const auto index = static_cast<std::size_t>(found - names.begin());
        if (m_values[index] != nullptr) {
            failRuntime(std::string(function) + "() got multiple values for argument '" + name + "'");
        }
        m_values[index] = &value;
    }
    for (std::size_t i = 0; i < required; ++i) {
        if (m_values[i] == nullptr) {
            failRuntime(std::string(function) + "() missing a required argument: '" + *(names.begin() + i) + "'");
        }
    }
}

Wide Bound::integer(std::size_t i, Wide fallback) const {
    return m_values[i] == nullptr || m_values[i]->is(Type::None) ? fallback : requireInteger(*m_values[i]);
}

Wide requireInteger(const Value& value) {
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (!value.isInteger()) {
        failRuntime(std::string("'") + typeName(value) + "' object cannot be interpreted as an integer");
    }
    return value.integer();
}

const Str& requireString(const Value& value, const char* function) {
    if (!value.is(Type::String)) {
        failRuntime(std::string(function) + ": expected a string, not " + typeName(value));
    }
    return value.str();
}

namespace {

Value callRange(Interp& /*interp*/, Args& args) {
    const Bound bound("range", args, {"start", "stop", "step"}, 1);
    const Wide first = requireInteger(*bound.get(0));
    if (bound.get(1) == nullptr) {
        return makeRange(0, first, 1);
    }
    return makeRange(first, requireInteger(*bound.get(1)),
                     bound.get(2) != nullptr ? requireInteger(*bound.get(2)) : Wide{1});
}

/// dict(mapping or pairs, name=value, …)
std::shared_ptr<Dict> buildDict(Interp& interp, Args& args) {
    auto dict = std::make_shared<Dict>();
    if (args.positional.size() > 1) {
        failRuntime("dict expected at most 1 argument, got " + std::to_string(args.positional.size()));
    }
    if (!args.positional.empty()) {
        const Value& from = args.positional.front();
        if (from.is(Type::Dict)) {
            for (const auto& [key, value] : from.dict().entries) {
                dict->set(key, value, interp.budget);
            }
        } else {
            for (const Value& pair : interp.iterate(from)) {
                const std::vector<Value> items = interp.iterate(pair);
                if (items.size() != 2) {
                    failRuntime("dictionary update sequence element has length " + std::to_string(items.size()) +
                                "; 2 is required");
                }
                dict->set(items[0], items[1], interp.budget);
            }
        }
    }
    for (const auto& [name, value] : args.named) {
        dict->set(name, value, interp.budget);
    }
    return dict;
}

Value makeDictGlobal() {
    auto function = std::make_shared<Function>();
    function->name = "dict";
    function->body = [](Interp& interp, Args& args) { return Value::dict(buildDict(interp, args)); };
    function->attributes.emplace_back("fromkeys", makeFunction("fromkeys", [](Interp& interp, Args& args) {
                                          const Bound bound("fromkeys", args, {"iterable", "value"}, 1);
                                          auto dict = std::make_shared<Dict>();
                                          for (const Value& key : interp.iterate(*bound.get(0))) {
                                              dict->set(key, bound.valueOr(1, Value::none()), interp.budget);
                                          }
                                          return Value::dict(std::move(dict));
                                      }));
    return Value::object(std::move(function));
}

Value callNamespace(Interp& interp, Args& args) {
    auto object = std::make_shared<Namespace>();
    const std::shared_ptr<Dict> attributes = buildDict(interp, args);
    for (const auto& [key, value] : attributes->entries) {
        if (key.is(Type::String)) {
            object->set(key.text(), value);
        }
    }
    interp.adopt(object);
    return Value::object(std::move(object));
}

Value callCycler(Interp& interp, Args& args) {
    if (args.positional.empty() || !args.named.empty()) {
        failRuntime("at least one item has to be provided");
    }
    auto cycler = std::make_shared<Cycler>();
    for (const Value& item : args.positional) {
        cycler->holds(item);
    }
    interp.budget.memory(args.positional.size() * sizeof(Value));
    cycler->items = std::move(args.positional);
    return Value::object(std::move(cycler));
}

Value callJoiner(Interp& /*interp*/, Args& args) {
    const Bound bound("joiner", args, {"sep"});
    const Value separator = bound.valueOr(0, Value::string(", "));
    return makeFunction("joiner", [separator, used = false](Interp&, Args&) mutable {
        if (used) {
            return separator;
        }
        used = true;
        return Value::string(std::string());
    });
}

/// Filler text of n paragraphs; its words are this program's own choice.
Value callLipsum(Interp& interp, Args& args) {
    const Bound bound("generate_lorem_ipsum", args, {"n", "html", "min", "max"});
    const Wide paragraphs = bound.integer(0, 5);
    const bool html = bound.flag(1, true);
    const Wide fewest = bound.integer(2, 20);
    const Wide most = bound.integer(3, 100);
    if (fewest >= most || fewest < 0 || most > 10'000 || paragraphs > 1'000) {
        failRuntime("empty range for lipsum()");
    }
    constexpr std::array<std::string_view, 12> kWords{"lorem", "ipsum", "dolor", "sit",   "amet", "magna",
                                                      "nulla", "felis", "orci",  "porta", "quis", "risus"};
    std::string out;
    for (Wide i = 0; i < paragraphs; ++i) {
        std::string paragraph;
        const Wide count = fewest + static_cast<Wide>(interp.random()) % (most - fewest);
        for (Wide k = 0; k < count; ++k) {
            std::string word(kWords[interp.random() % kWords.size()]);
            if (k == 0) {
                word[0] = static_cast<char>(word[0] - 'a' + 'A');
            }
            paragraph += (k > 0 ? " " : "") + word;
        }
        paragraph += ".";
        interp.budget.memory(paragraph.size());
        out += html ? (i > 0 ? "\n<p>" : "<p>") + paragraph + "</p>" : (i > 0 ? "\n\n" : "") + paragraph;
    }
    return Value::string(std::move(out), html);
}

} // namespace

std::optional<Value> findGlobal(Interp& /*interp*/, std::string_view name) {
    struct Entry {
        std::string_view name;
        Value (*make)();
    };
    static constexpr std::array<Entry, 9> kGlobals{{
        {"range", [] { return makeFunction("range", callRange); }},
        {"dict", makeDictGlobal},
        {"namespace", [] { return makeFunction("namespace", callNamespace); }},
        {"cycler", [] { return makeFunction("cycler", callCycler); }},
        {"joiner", [] { return makeFunction("joiner", callJoiner); }},
        {"lipsum", [] { return makeFunction("lipsum", callLipsum); }},
        {"raise_exception",
         [] {
             return makeFunction("raise_exception", [](Interp& interp, Args& args) -> Value {
                 const Bound bound("raise_exception", args, {"message"}, 1);
                 fail(FaultKind::Raised, interp.plain(*bound.get(0)));
             });
         }},
        {"strftime_now",
         [] {
             return makeFunction("strftime_now", [](Interp& interp, Args& args) {
                 const Bound bound("strftime_now", args, {"format"}, 1);
                 std::string text = interp.now(requireString(*bound.get(0), "strftime_now").text);
                 interp.budget.memory(text.size());
                 return Value::string(std::move(text));
             });
         }},
        {"self", [] { return Value::object(std::make_shared<BlockSelf>()); }},
    }};
    for (const Entry& entry : kGlobals) {
        if (entry.name == name) {
            return entry.make();
        }
    }
    return std::nullopt;
}

} // namespace fettle::text::jinja
