// Expressions; see jinja_interp.h.
#include "text/jinja_interp.h"
#include "text/jinja_objects.h"
#include "text/python_unicode.h"

#include <algorithm>

namespace fettle::text::jinja {

Value Interp::eval(const Expr& expr, const ScopePtr& scope) {
    const Level level(*this);
    budget.step();
    switch (expr.kind) {
    case ExprKind::Const:
        return expr.value;
    case ExprKind::Name:
        return evalName(expr.name, scope);
    case ExprKind::Tuple:
    case ExprKind::List:
        return evalSequence(expr, scope);
    case ExprKind::Dict:
        return evalDict(expr, scope);
    case ExprKind::Condition:
        return evalCondition(expr, scope);
    case ExprKind::Or: {
        Value left = eval(*expr.items[0], scope);
        return truth(left) ? left : eval(*expr.items[1], scope);
    }
    case ExprKind::And: {
        Value left = eval(*expr.items[0], scope);
        return truth(left) ? eval(*expr.items[1], scope) : left;
    }
    case ExprKind::Not:
        return Value::boolean(!truth(eval(*expr.items[0], scope)));
    case ExprKind::Compare:
        return evalCompare(expr, scope);
    case ExprKind::Binary: {
        const Value left = eval(*expr.items[0], scope);
        return binary(expr.op, left, eval(*expr.items[1], scope));
    }
    case ExprKind::Concat:
        return evalConcat(expr, scope);
    case ExprKind::Negate:
        return negate(eval(*expr.items[0], scope));
    case ExprKind::Plus: {
        const Value value = eval(*expr.items[0], scope);
        if (value.is(Type::Undefined)) {
            value.failUndefined();
        }
        if (!value.isNumber()) {
            failRuntime(std::string("bad operand type for unary +: '") + typeName(value) + "'");
        }
        return value.is(Type::Bool) ? Value::integer(value.integer()) : value;
    }
    case ExprKind::Attribute:
        return attribute(eval(*expr.items[0], scope), expr.text);
    case ExprKind::Item:
        return evalItem(expr, scope);
    case ExprKind::Call:
        return evalCall(expr, scope);
    case ExprKind::Filter:
        return evalFilter(expr, scope, nullptr);
    case ExprKind::Test:
        return evalTest(expr, scope);
    case ExprKind::Slice:
    case ExprKind::NamespaceRef:
        failRuntime("an expression stands where none can");
    }
    return {};
}

Value Interp::evalName(int name, const ScopePtr& scope) {
    for (const Scope* at = scope.get(); at != nullptr; at = at->parent.get()) {
        for (const auto& [known, value] : at->variables) {
            if (known == name) {
                return value;
            }
        }
    }
    const auto index = static_cast<std::size_t>(name);
    if (m_context[index]) {
        return *m_context[index];
    }
    const std::string& text = m_template.names[index];
    if (std::optional<Value> global = findGlobal(*this, text)) {
        return *std::move(global);
    }
    return Value::undefined("'" + text + "' is undefined");
}

Value Interp::evalSequence(const Expr& expr, const ScopePtr& scope) {
    std::vector<Value> items;
    items.reserve(expr.items.size());
    for (const ExprPtr& item : expr.items) {
        items.push_back(eval(*item, scope));
    }
    budget.memory(items.size() * sizeof(Value));
    return expr.kind == ExprKind::List ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

Value Interp::evalDict(const Expr& expr, const ScopePtr& scope) {
    auto dict = std::make_shared<Dict>();
    for (std::size_t i = 0; i + 1 < expr.items.size(); i += 2) {
        const Value key = eval(*expr.items[i], scope);
        dict->set(key, eval(*expr.items[i + 1], scope), budget);
    }
    return Value::dict(std::move(dict));
}

Value Interp::evalCondition(const Expr& expr, const ScopePtr& scope) {
    if (truth(eval(*expr.items[0], scope))) {
        return eval(*expr.items[1], scope);
    }
    return expr.items[2]
               ? eval(*expr.items[2], scope)
               : Value::undefined("the inline if-expression evaluated to false and no else section was defined.");
}

Value Interp::evalCompare(const Expr& expr, const ScopePtr& scope) {
    Value left = eval(*expr.items[0], scope);
    for (std::size_t i = 0; i < expr.ops.size(); ++i) {
        Value right = eval(*expr.items[i + 1], scope);
        if (!compare(expr.ops[i], left, right)) {
            return Value::boolean(false);
        }
        left = std::move(right);
    }
    return Value::boolean(true);
}

Value Interp::evalConcat(const Expr& expr, const ScopePtr& scope) {
    Text out(budget);
    bool markup = autoescape;
    std::vector<Value> parts;
    for (const ExprPtr& item : expr.items) {
        parts.push_back(eval(*item, scope));
    }
    for (const Value& part : parts) {
        if (markup) {
            appendEscaped(out, part);
        } else {
            appendStr(out, part);
        }
    }
    return out.take(markup);
}

Value Interp::evalItem(const Expr& expr, const ScopePtr& scope) {
    const Value object = eval(*expr.items[0], scope);
    const Expr& key = *expr.items[1];
    if (key.kind != ExprKind::Slice) {
        return item(object, eval(key, scope));
    }
    const auto part = [&](std::size_t i) { return key.items[i] ? eval(*key.items[i], scope) : Value::none(); };
    const Value begin = part(0);
    const Value end = part(1);
    return slice(object, begin, end, part(2));
}

Args Interp::evalArguments(const Expr& expr, const ScopePtr& scope) {
    Args args;
    args.positional.reserve(expr.items.size() - 1);
    for (std::size_t i = 1; i < expr.items.size(); ++i) {
        args.positional.push_back(eval(*expr.items[i], scope));
    }
    for (const Keyword& keyword : expr.keywords) {
        args.named.emplace_back(keyword.name, eval(*keyword.value, scope));
    }
    if (expr.star) {
        for (Value& value : iterate(eval(*expr.star, scope))) {
            args.positional.push_back(std::move(value));
        }
    }
    if (expr.doubleStar) {
        const Value more = eval(*expr.doubleStar, scope);
        if (!more.is(Type::Dict)) {
            failRuntime("argument after ** must be a mapping");
        }
        for (const auto& [key, value] : more.dict().entries) {
            if (!key.is(Type::String)) {
                failRuntime("keywords must be strings");
            }
            const std::string& name = key.text();
            if (std::any_of(args.named.begin(), args.named.end(),
                            [&](const auto& entry) { return entry.first == name; })) {
                failRuntime("got multiple values for keyword argument '" + name + "'");
            }
            args.named.emplace_back(name, value);
        }
    }
    return args;
}

Value Interp::evalCall(const Expr& expr, const ScopePtr& scope) {
    const Expr& target = *expr.items[0];
    if (target.kind == ExprKind::Attribute) { // a method: no need to make an object of it first
        const Value object = eval(*target.items[0], scope);
        const Method* method = findMethod(object, target.text);
        if (method != nullptr && method->function != nullptr) {
            Args args = evalArguments(expr, scope);
            return method->function(*this, object, args);
        }
        const Value callee = attribute(object, target.text);
        Args args = evalArguments(expr, scope);
        return call(callee, args);
    }
    const Value callee = eval(target, scope);
    Args args = evalArguments(expr, scope);
    return call(callee, args);
}

Value Interp::evalFilter(const Expr& expr, const ScopePtr& scope, const Value* input) {
    const Level level(*this);
    if (!expr.items[0] && input == nullptr) {
        failRuntime("a filter has no input");
    }
    const Value object =
        !expr.items[0] ? *input
                       : (input != nullptr ? evalFilter(*expr.items[0], scope, input) : eval(*expr.items[0], scope));
    Args args = evalArguments(expr, scope);
    if (expr.filter == nullptr) {
        failRuntime("No filter named '" + expr.text + "' found.");
    }
    return expr.filter(*this, object, args);
}

Value Interp::evalTest(const Expr& expr, const ScopePtr& scope) {
    const Value object = eval(*expr.items[0], scope);
    Args args = evalArguments(expr, scope);
    if (expr.test == nullptr) {
        failRuntime("No test named '" + expr.text + "' found.");
    }
    return Value::boolean(expr.test(*this, object, args));
}

Value Interp::call(const Value& callee, Args& args) {
    if (callee.is(Type::Undefined)) {
        callee.failUndefined();
    }
    if (!callee.is(Type::Object) || !callee.object().callable()) {
        failRuntime(std::string("'") + (callee.is(Type::Object) ? callee.object().typeName() : typeName(callee)) +
                    "' object is not callable");
    }
    const Level level(*this);
    budget.step();
    return callee.object().call(*this, args);
}

Value Interp::attribute(const Value& object, std::string_view name, bool orItem) {
    const auto unsafe = [&] {
        return Value::undefined("access to attribute '" + std::string(name) + "' of '" + typeName(object) +
                                    "' object is unsafe.",
                                FaultKind::Security);
    };
    switch (object.type()) {
    case Type::Undefined:
        if (isInternalAttribute(object, name)) {
            return unsafe();
        }
        object.failUndefined();
    case Type::Object:
        if (std::optional<Value> value = object.object().attribute(*this, name)) {
            return *std::move(value);
        }
        break;
    default:
        if (const Method* method = findMethod(object, name)) {
            if (method->function == nullptr) {
                return unsafe();
            }
            auto bound = std::make_shared<BoundMethod>();
            bound->holds(object);
            bound->self = object;
            bound->method = method;
            return Value::object(std::move(bound));
        }
        break;
    }
    if (!name.empty() && name.front() == '_' && isInternalAttribute(object, name)) {
        return unsafe();
    }
    switch (object.type()) {
    case Type::Dict:
        if (const Value* value = orItem ? object.dict().find(name) : nullptr) {
            return *value;
        }
        return Value::undefined("'dict object' has no attribute '" + std::string(name) + "'");
    case Type::Tuple:
        if (object.seq().group && (name == "grouper" || name == "list")) {
            return object.items()[name == "list" ? 1 : 0];
        }
        break;
    case Type::Bool:
    case Type::Int:
        if (name == "real" || name == "numerator") {
            return Value::integer(object.integer());
        }
        if (name == "imag" || name == "denominator") {
            return Value::integer(name == "imag" ? 0 : 1);
        }
        break;
    case Type::Float:
        if (name == "real" || name == "imag") {
            return Value::number(name == "real" ? object.real() : 0.0);
        }
        break;
    default:
        break;
    }
    return Value::undefined(std::string("'") + typeName(object) + " object' has no attribute '" + std::string(name) +
                            "'");
}

Value Interp::item(const Value& object, const Value& key) {
    const auto position = [&](std::size_t size) -> std::optional<std::size_t> {
        const Wide index = key.integer();
        const Wide at = index < 0 ? index + static_cast<Wide>(size) : index;
        return at >= 0 && at < static_cast<Wide>(size) ? std::optional<std::size_t>(static_cast<std::size_t>(at))
                                                       : std::nullopt;
    };
    switch (object.type()) {
    case Type::Undefined:
        object.failUndefined();
    case Type::List:
    case Type::Tuple:
        if (key.isInteger()) {
            const auto at = position(object.items().size());
            return at ? object.items()[*at]
                      : Value::undefined(std::string(typeName(object)) + " object has no element " +
                                         wideText(key.integer()));
        }
        break;
    case Type::String:
        if (key.isInteger()) {
            const std::string& text = object.text();
            if (object.str().ascii()) {
                const auto at = position(text.size());
                return at ? substring(*this, object, *at, *at + 1)
                          : Value::undefined("str object has no element " + wideText(key.integer()));
            }
            budget.step(text.size() / 64);
            const auto at = position(python::length(text));
            if (!at) {
                return Value::undefined("str object has no element " + wideText(key.integer()));
            }
            const std::size_t begin = python::byteOffset(text, *at);
            return substring(*this, object, begin, python::byteOffset(text, 1, begin));
        }
        break;
    case Type::Dict:
        if (!key.is(Type::List) && !key.is(Type::Dict)) {
            if (const Value* value = object.dict().find(key, budget)) {
                return *value;
            }
        }
        break;
    case Type::Object:
        if (const auto* range = object.as<Range>(); range != nullptr && key.isInteger()) {
            const auto at = position(range->count);
            return at ? range->at(*at) : Value::undefined("range object has no element " + wideText(key.integer()));
        }
        break;
    default:
        break;
    }
    if (key.is(Type::String)) {
        return attribute(object, key.text());
    }
    return Value::undefined(std::string("'") + typeName(object) + " object' has no such element");
}

Value Interp::slice(const Value& object, const Value& begin, const Value& end, const Value& step) {
    if (object.is(Type::Undefined)) {
        object.failUndefined();
    }
    const auto* range = object.as<Range>();
    if (!object.isSequence() && !object.is(Type::String) && range == nullptr) {
        failRuntime(std::string("'") + typeName(object) + "' object cannot be sliced");
    }
    const auto part = [](const Value& value, Wide fallback) {
        if (value.is(Type::None)) {
            return fallback;
        }
        if (!value.isInteger()) {
            failRuntime("slice indices must be integers or None or have an __index__ method");
        }
        return value.integer();
    };
    const bool isText = object.is(Type::String);
    const bool ascii = isText && object.str().ascii();
    const auto size =
        static_cast<Wide>(isText ? (ascii ? object.text().size() : python::length(object.text())) : length(object));
    const Wide stride = part(step, 1);
    if (stride == 0) {
        failRuntime("slice step cannot be zero");
    }
    const Wide lowest = stride > 0 ? 0 : -1;
    const Wide highest = stride > 0 ? size : size - 1;
    const auto clip = [&](Wide at) { return std::clamp(at < 0 ? at + size : at, lowest, highest); };
    const Wide from = begin.is(Type::None) ? (stride > 0 ? Wide{0} : size - 1) : clip(part(begin, 0));
    const Wide to = end.is(Type::None) ? (stride > 0 ? size : Wide{-1}) : clip(part(end, 0));
    const Wide clippedStride = std::clamp(stride, -size - 1, size + 1);
    if (isText && clippedStride == 1) {
        if (from >= to) {
            return substring(
                *this, object,
                static_cast<std::size_t>(from) < object.text().size() && ascii ? static_cast<std::size_t>(from) : 0,
                static_cast<std::size_t>(from) < object.text().size() && ascii ? static_cast<std::size_t>(from) : 0);
        }
        budget.step(object.text().size() / 64);
        const std::size_t first =
            ascii ? static_cast<std::size_t>(from) : python::byteOffset(object.text(), static_cast<std::size_t>(from));
        const std::size_t last = ascii ? static_cast<std::size_t>(to)
                                       : python::byteOffset(object.text(), static_cast<std::size_t>(to - from), first);
        return substring(*this, object, first, last);
    }
    std::vector<std::size_t> picked;
    for (Wide at = from; clippedStride > 0 ? at < to : at > to; at += clippedStride) {
        picked.push_back(static_cast<std::size_t>(at));
    }
    budget.memory(picked.size() * sizeof(Value));
    if (isText) {
        const std::u32string points = python::toCodePoints(object.text());
        budget.memory(points.size() * sizeof(char32_t));
        std::vector<std::size_t> offsets(points.size() + 1, 0);
        for (std::size_t i = 0, at = 0; i < points.size(); ++i) {
            offsets[i] = at;
            at = python::byteOffset(object.text(), 1, at);
            offsets[i + 1] = at;
        }
        Text out(budget);
        for (const std::size_t at : picked) {
            out.append(object.str(), offsets[at], offsets[at + 1]);
        }
        return out.take(object.str().markup);
    }
    if (range != nullptr) {
        const Wide first = picked.empty() ? Wide{range->start} : range->at(picked.front()).integer();
        const Wide jump = Wide{range->step} * clippedStride;
        return makeRange(first, first + jump * static_cast<Wide>(picked.size()), jump);
    }
    std::vector<Value> items;
    items.reserve(picked.size());
    for (const std::size_t at : picked) {
        items.push_back(object.items()[at]);
    }
    return object.is(Type::List) ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

} // namespace fettle::text::jinja
