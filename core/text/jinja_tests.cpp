// Tests: what stands after `is`.
#include "text/jinja_interp.h"
#include "text/jinja_objects.h"

#include "text/python_unicode.h"

#include <unordered_map>

namespace fettle::text::jinja {

namespace {

template <Type type>
bool isType(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test", args, {});
    return value.is(type);
}

bool isUndefined(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_undefined", args, {});
    return value.is(Type::Undefined);
}

bool isDefined(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_defined", args, {});
    return !value.is(Type::Undefined);
}

template <bool wanted>
bool isBoolean(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_true", args, {});
    return value.is(Type::Bool) && value.boolean() == wanted;
}

bool isNumber(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_number", args, {});
    return value.isNumber();
}

bool isMapping(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_mapping", args, {});
    return value.is(Type::Dict);
}

bool isIterable(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_iterable", args, {});
    return value.is(Type::String) || value.isSequence() || value.is(Type::Dict) || value.is(Type::Undefined) ||
           (value.is(Type::Object) && value.object().iterable());
}

bool isSequence(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_sequence", args, {});
    return value.is(Type::String) || value.isSequence() || value.is(Type::Dict) || value.is(Type::Undefined) ||
           value.as<Range>() != nullptr;
}

bool isCallable(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("callable", args, {});
    return value.is(Type::Undefined) || (value.is(Type::Object) && value.object().callable());
}

bool isDivisible(Interp& interp, const Value& value, Args& args) {
    const Bound bound("test_divisibleby", args, {"num"}, 1);
    return !truth(interp.binary(Op::Mod, value, *bound.get(0)));
}

template <int rest>
bool hasRest(Interp& interp, const Value& value, Args& args) {
    const Bound bound("test_even", args, {});
    return equal(interp.binary(Op::Mod, value, Value::integer(2)), Value::integer(rest), interp.budget);
}

template <Op op>
bool compared(Interp& interp, const Value& value, Args& args) {
    const Bound bound("comparison", args, {"other"}, 1);
    return interp.compare(op, value, *bound.get(0));
}

bool isSame(Interp& interp, const Value& value, Args& args) {
    const Bound bound("test_sameas", args, {"other"}, 1);
    const Value& other = *bound.get(0);
    if (value.type() != other.type()) {
        return false;
    }
    switch (value.type()) {
    case Type::None:
    case Type::Bool:
    case Type::Int:
    case Type::Float:
    case Type::String:
        return equal(value, other, interp.budget);
    default:
        return value.heap() == other.heap();
    }
}

template <bool upper>
bool hasCase(Interp& interp, const Value& value, Args& args) {
    const Bound bound("test_lower", args, {});
    const Value text = interp.str(value);
    Args none;
    return truth(findMethod(text, upper ? "isupper" : "islower")->function(interp, text, none));
}

bool isEscaped(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_escaped", args, {});
    return value.is(Type::String) && value.str().markup;
}

bool isFilter(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_filter", args, {});
    (void)hashOf(value); // refuses what cannot be looked up
    return value.is(Type::String) && findFilter(value.text()) != nullptr;
}

bool isTest(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("test_test", args, {});
    (void)hashOf(value);
    return value.is(Type::String) && findTest(value.text()) != nullptr;
}

} // namespace

TestFunction findTest(std::string_view name) {
    static const std::unordered_map<std::string_view, TestFunction> kTests{
        {"defined", isDefined},
        {"undefined", isUndefined},
        {"none", isType<Type::None>},
        {"string", isType<Type::String>},
        {"boolean", isType<Type::Bool>},
        {"integer", isType<Type::Int>},
        {"float", isType<Type::Float>},
        {"number", isNumber},
        {"true", isBoolean<true>},
        {"false", isBoolean<false>},
        {"mapping", isMapping},
        {"iterable", isIterable},
        {"sequence", isSequence},
        {"callable", isCallable},
        {"divisibleby", isDivisible},
        {"even", hasRest<0>},
        {"odd", hasRest<1>},
        {"eq", compared<Op::Eq>},
        {"==", compared<Op::Eq>},
        {"equalto", compared<Op::Eq>},
        {"ne", compared<Op::Ne>},
        {"!=", compared<Op::Ne>},
        {"lt", compared<Op::Lt>},
        {"<", compared<Op::Lt>},
        {"lessthan", compared<Op::Lt>},
        {"le", compared<Op::Le>},
        {"<=", compared<Op::Le>},
        {"gt", compared<Op::Gt>},
        {">", compared<Op::Gt>},
        {"greaterthan", compared<Op::Gt>},
        {"ge", compared<Op::Ge>},
        {">=", compared<Op::Ge>},
        {"in", compared<Op::In>},
        {"sameas", isSame},
        {"lower", hasCase<false>},
        {"upper", hasCase<true>},
        {"escaped", isEscaped},
        {"filter", isFilter},
        {"test", isTest},
    };
    const auto it = kTests.find(name);
    return it != kTests.end() ? it->second : nullptr;
}

} // namespace fettle::text::jinja
