// See jinja_objects.h; and the services of Interp that look into values: iterating and measuring.
#include "text/jinja_objects.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

constexpr std::size_t kMaxRange = 100'000;

std::vector<Value> codePoints(Interp& interp, const Value& text) {
    std::vector<Value> items;
    const std::string& bytes = text.text();
    interp.budget.memory(bytes.size() * sizeof(Value));
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = codePointAt(bytes, at).size;
        Text character(interp.budget); // plain, also out of a Markup
        character.append(text.str(), at, at + size);
        items.push_back(character.take());
        at += size;
    }
    return items;
}

} // namespace

std::vector<Value> Interp::iterate(const Value& value) {
    switch (value.type()) {
    case Type::Undefined:
        return {};
    case Type::String:
        return codePoints(*this, value);
    case Type::List:
    case Type::Tuple:
        budget.memory(value.items().size() * sizeof(Value));
        return value.items();
    case Type::Dict: {
        std::vector<Value> keys;
        budget.memory(value.dict().entries.size() * sizeof(Value));
        for (const auto& entry : value.dict().entries) {
            keys.push_back(entry.first);
        }
        return keys;
    }
    case Type::Object:
        if (value.object().iterable()) {
            return value.object().iterate(*this);
        }
        failRuntime("'" + value.object().typeName() + "' object is not iterable");
    default:
        failRuntime(std::string("'") + typeName(value) + "' object is not iterable");
    }
}

std::size_t Interp::length(const Value& value) {
    switch (value.type()) {
    case Type::Undefined:
        return 0;
    case Type::String:
        budget.step(value.text().size() / 64);
        return python::length(value.text());
    case Type::List:
    case Type::Tuple:
        return value.items().size();
    case Type::Dict:
        return value.dict().entries.size();
    case Type::Object:
        if (const std::optional<std::size_t> size = value.object().length()) {
            return *size;
        }
        failRuntime("object of type '" + value.object().typeName() + "' has no len()");
    default:
        failRuntime(std::string("object of type '") + typeName(value) + "' has no len()");
    }
}

Value makeFunction(std::string name, std::function<Value(Interp&, Args&)> body) {
    auto function = std::make_shared<Function>();
    function->name = std::move(name);
    function->body = std::move(body);
    return Value::object(std::move(function));
}

std::optional<Value> Function::attribute(Interp& /*interp*/, std::string_view attributeName) {
    for (const auto& [known, value] : attributes) {
        if (known == attributeName) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<Value> Macro::attribute(Interp& /*interp*/, std::string_view attributeName) {
    if (attributeName == "name") {
        return Value::string(name);
    }
    if (attributeName == "arguments") {
        std::vector<Value> names;
        for (const std::string& text : stmt->signature.texts) {
            names.push_back(Value::string(text));
        }
        return Value::tuple(std::move(names));
    }
    if (attributeName == "catch_kwargs") {
        return Value::boolean(stmt->usesKeywords);
    }
    if (attributeName == "catch_varargs") {
        return Value::boolean(stmt->usesArgs);
    }
    if (attributeName == "caller") {
        return Value::boolean(stmt->usesCaller);
    }
    return std::nullopt;
}

std::string Namespace::repr(Interp& interp) {
    auto dict = std::make_shared<Dict>();
    for (const auto& [name, value] : attributes) {
        dict->set(name, value, interp.budget);
    }
    return "<Namespace " + interp.repr(Value::dict(std::move(dict))) + ">";
}

std::optional<Value> Namespace::attribute(Interp& /*interp*/, std::string_view name) {
    for (const auto& [known, value] : attributes) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

void Namespace::set(const std::string& name, Value value) {
    if (!name.empty() && name.front() == '_') {
        fail(FaultKind::Security,
             "Chat templates cannot store underscore-prefixed attributes on a namespace, but got '" + name +
                 "'. Please rename the attribute.");
    }
    for (auto& [known, held] : attributes) {
        if (known == name) {
            held = std::move(value);
            return;
        }
    }
    attributes.emplace_back(name, std::move(value));
}

std::string Loop::repr(Interp& /*interp*/) {
    return "<LoopContext " + std::to_string(index + 1) + "/" + std::to_string(items->size()) + ">";
}

Value Loop::call(Interp& interp, Args& args) {
    const Bound bound("loop", args, {"iterable"}, 1);
    return interp.callLoop(*this, *bound.get(0));
}

std::optional<Value> Loop::attribute(Interp& /*interp*/, std::string_view name) {
    const std::size_t size = items->size();
    const std::size_t at = std::min(index, size == 0 ? 0 : size - 1);
    if (name == "index0") {
        return Value::size(at);
    }
    if (name == "index") {
        return Value::size(at + 1);
    }
    if (name == "first") {
        return Value::boolean(at == 0);
    }
    if (name == "last") {
        return Value::boolean(at + 1 >= size);
    }
    if (name == "length") {
        return Value::size(size);
    }
    if (name == "revindex") {
        return Value::size(size - at);
    }
    if (name == "revindex0") {
        return Value::size(size - at - 1);
    }
    if (name == "depth" || name == "depth0") {
        return Value::integer(name == "depth" ? level + 1 : level);
    }
    if (name == "previtem") {
        return at > 0 ? (*items)[at - 1] : Value::undefined("there is no previous item");
    }
    if (name == "nextitem") {
        return at + 1 < size ? (*items)[at + 1] : Value::undefined("there is no next item");
    }
    const auto self = std::static_pointer_cast<Loop>(shared_from_this());
    if (name == "cycle") {
        return makeFunction("cycle", [self](Interp&, Args& args) {
            if (args.positional.empty()) {
                failRuntime("no items for cycling given");
            }
            return args.positional[self->index % args.positional.size()];
        });
    }
    if (name == "changed") {
        return makeFunction("changed", [self](Interp& context, Args& args) {
            const bool same = self->hasLast && self->last.size() == args.positional.size() &&
                              std::equal(self->last.begin(), self->last.end(), args.positional.begin(),
                                         [&](const Value& a, const Value& b) { return equal(a, b, context.budget); });
            if (!same) {
                self->last = args.positional;
                self->hasLast = true;
            }
            return Value::boolean(!same);
        });
    }
    return std::nullopt;
}

Value makeRange(Wide start, Wide stop, Wide step) {
    if (step == 0) {
        failRuntime("range() arg 3 must not be zero");
    }
    constexpr Wide kLimit = Wide{1} << 62;
    if (start > kLimit || start < -kLimit || stop > kLimit || stop < -kLimit || step > kLimit || step < -kLimit) {
        failRuntime("a range is too large");
    }
    const Wide span = step > 0 ? stop - start : start - stop;
    const Wide stride = step > 0 ? step : -step;
    const Wide count = span <= 0 ? Wide{0} : (span + stride - 1) / stride;
    if (count > static_cast<Wide>(kMaxRange)) {
        failRuntime("Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
    }
    auto range = std::make_shared<Range>();
    range->start = static_cast<std::int64_t>(start);
    range->stop = static_cast<std::int64_t>(stop);
    range->step = static_cast<std::int64_t>(step);
    range->count = static_cast<std::size_t>(count);
    return Value::object(std::move(range));
}

std::string Range::repr(Interp& /*interp*/) {
    std::string out = "range(" + std::to_string(start) + ", " + std::to_string(stop);
    if (step != 1) {
        out += ", " + std::to_string(step);
    }
    return out + ")";
}

std::optional<Value> Range::attribute(Interp& /*interp*/, std::string_view name) {
    if (name == "start" || name == "stop" || name == "step") {
        return Value::integer(name == "start" ? start : (name == "stop" ? stop : step));
    }
    if (name == "count" || name == "index") {
        const auto self = std::static_pointer_cast<Range>(shared_from_this());
        return makeFunction(std::string(name), [self, isIndex = name == "index"](Interp& context, Args& args) {
            const Bound bound("range method", args, {"value"}, 1);
            for (std::size_t i = 0; i < self->count; ++i) {
                if (equal(self->at(i), *bound.get(0), context.budget)) {
                    return isIndex ? Value::size(i) : Value::integer(1);
                }
            }
            if (isIndex) {
                failRuntime(context.repr(*bound.get(0)) + " is not in range");
            }
            return Value::integer(0);
        });
    }
    return std::nullopt;
}

std::vector<Value> Range::iterate(Interp& interp) {
    interp.budget.memory(count * sizeof(Value));
    std::vector<Value> items;
    items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        items.push_back(at(i));
    }
    return items;
}

std::string DictView::typeName() const {
    return what == What::Keys ? "dict_keys" : (what == What::Values ? "dict_values" : "dict_items");
}
bool DictView::truth() const {
    return !dict.dict().entries.empty();
}
std::optional<std::size_t> DictView::length() const {
    return dict.dict().entries.size();
}
std::string DictView::repr(Interp& interp) {
    return typeName() + "(" + interp.repr(Value::list(iterate(interp))) + ")";
}

std::vector<Value> DictView::iterate(Interp& interp) {
    std::vector<Value> out;
    interp.budget.memory(dict.dict().entries.size() * sizeof(Value));
    for (const auto& [key, value] : dict.dict().entries) {
        out.push_back(what == What::Keys ? key : (what == What::Values ? value : Value::tuple({key, value})));
    }
    return out;
}

std::vector<Value> Generator::iterate(Interp& interp) {
    const Interp::Level level(interp);
    std::vector<Value> out;
    Value item;
    while (next(interp, item)) {
        interp.budget.memory(sizeof(Value));
        out.push_back(std::move(item));
    }
    return out;
}

Value makeGenerator(const Value& source, std::function<bool(Interp&, Value&)> step) {
    auto generator = std::make_shared<Generator>();
    generator->holds(source);
    if (auto* inner = source.as<Generator>()) {
        auto shared = std::static_pointer_cast<Generator>(inner->shared_from_this());
        generator->next = [shared, step = std::move(step)](Interp& context, Value& item) {
            const Interp::Level level(context);
            while (shared->next(context, item)) {
                context.budget.step();
                if (step(context, item)) {
                    return true;
                }
            }
            return false;
        };
        return Value::object(std::move(generator));
    }
    auto items = std::make_shared<std::optional<std::vector<Value>>>();
    generator->next = [items, source, at = std::size_t{0}, step = std::move(step)](Interp& context,
                                                                                   Value& item) mutable {
        if (!items->has_value()) {
            *items = context.iterate(source); // a failure comes when asked for the first element, as in Python
        }
        while (at < (*items)->size()) {
            context.budget.step();
            item = (**items)[at++];
            if (step(context, item)) {
                return true;
            }
        }
        return false;
    };
    return Value::object(std::move(generator));
}

Value makeIterator(std::vector<Value> items) {
    auto generator = std::make_shared<Generator>();
    for (const Value& item : items) {
        generator->holds(item);
    }
    generator->next = [items = std::make_shared<std::vector<Value>>(std::move(items)),
                       at = std::size_t{0}](Interp&, Value& item) mutable {
        if (at >= items->size()) {
            return false;
        }
        item = (*items)[at++];
        return true;
    };
    return Value::object(std::move(generator));
}

std::optional<Value> Cycler::attribute(Interp& /*interp*/, std::string_view name) {
    const auto self = std::static_pointer_cast<Cycler>(shared_from_this());
    if (name == "current") {
        return items[position];
    }
    if (name == "items") {
        return Value::tuple(items);
    }
    if (name == "pos") {
        return Value::size(position);
    }
    if (name == "next") {
        return makeFunction("next", [self](Interp&, Args&) {
            Value item = self->items[self->position];
            self->position = (self->position + 1) % self->items.size();
            return item;
        });
    }
    if (name == "reset") {
        return makeFunction("reset", [self](Interp&, Args&) {
            self->position = 0;
            return Value::none();
        });
    }
    return std::nullopt;
}

std::optional<Value> BlockSelf::attribute(Interp& interp, std::string_view name) {
    const std::string block(name);
    if (!interp.hasBlock(block)) {
        return std::nullopt;
    }
    return makeFunction(block, [block](Interp& context, Args&) { return context.renderBlock(block); });
}

} // namespace fettle::text::jinja
