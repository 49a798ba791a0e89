// Operators on values, as Python's; see jinja_interp.h.
#include "text/jinja_interp.h"

#include <algorithm>
#include <cmath>

namespace fettle::text::jinja {

namespace {

const char* opText(Op op) {
    switch (op) {
    case Op::Add:
        return "+";
    case Op::Sub:
        return "-";
    case Op::Mul:
        return "*";
    case Op::Div:
        return "/";
    case Op::FloorDiv:
        return "//";
    case Op::Mod:
        return "%";
    case Op::Pow:
        return "** or pow()";
    case Op::Eq:
        return "==";
    case Op::Ne:
        return "!=";
    case Op::Lt:
        return "<";
    case Op::Le:
        return "<=";
    case Op::Gt:
        return ">";
    case Op::Ge:
        return ">=";
    case Op::In:
        return "in";
    case Op::NotIn:
        return "not in";
    }
    return "";
}

[[noreturn]] void failOperands(Op op, const Value& left, const Value& right) {
    failRuntime(std::string("unsupported operand type(s) for ") + opText(op) + ": '" + typeName(left) + "' and '" +
                typeName(right) + "'");
}

[[noreturn]] void failTooLarge() {
    failRuntime("an integer is too large");
}

Wide checkedAdd(Wide a, Wide b) {
    Wide out = 0;
    if (__builtin_add_overflow(a, b, &out)) {
        failTooLarge();
    }
    return out;
}

Wide checkedSubtract(Wide a, Wide b) {
    Wide out = 0;
    if (__builtin_sub_overflow(a, b, &out)) {
        failTooLarge();
    }
    return out;
}

Wide checkedMultiply(Wide a, Wide b) {
    Wide out = 0;
    if (__builtin_mul_overflow(a, b, &out)) {
        failTooLarge();
    }
    return out;
}

Wide floorDivide(Wide a, Wide b) {
    if (b == 0) {
        failRuntime("integer division or modulo by zero");
    }
    if (b == -1) {
        return checkedSubtract(0, a);
    }
    const Wide quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

double floatMod(double a, double b) {
    if (b == 0.0) {
        failRuntime("float modulo");
    }
    double rest = std::fmod(a, b);
    if (rest != 0.0 && (b < 0) != (rest < 0)) {
        rest += b;
    } else if (rest == 0.0) {
        rest = std::copysign(0.0, b);
    }
    return rest;
}

double floatFloorDivide(double a, double b) {
    if (b == 0.0) {
        failRuntime("float floor division by zero");
    }
    const double rest = floatMod(a, b);
    double quotient = (a - rest) / b;
    if (quotient == 0.0) {
        return std::copysign(0.0, a / b);
    }
    const double floored = std::floor(quotient);
    return quotient - floored > 0.5 ? floored + 1.0 : floored;
}

Value power(const Value& left, const Value& right) {
    if (left.isInteger() && right.isInteger() && right.integer() >= 0) {
        Wide base = left.integer();
        Wide exponent = right.integer();
        Wide out = 1;
        while (exponent > 0) {
            if ((exponent & 1) != 0) {
                out = checkedMultiply(out, base);
            }
            exponent >>= 1;
            if (exponent > 0 && base != 0 && base != 1) {
                base = checkedMultiply(base, base);
            }
        }
        return Value::integer(out);
    }
    const double base = left.real();
    const double exponent = right.real();
    if (base == 0.0 && exponent < 0.0) {
        failRuntime("0.0 cannot be raised to a negative power");
    }
    const double out = std::pow(base, exponent);
    if (std::isnan(out) && !std::isnan(base) && !std::isnan(exponent)) {
        failRuntime("complex numbers are not supported");
    }
    if (std::isinf(out) && std::isfinite(base) && std::isfinite(exponent)) {
        failRuntime("(34, 'Numerical result out of range')");
    }
    return Value::number(out);
}

Value arithmetic(Op op, const Value& left, const Value& right) {
    if (op == Op::Pow) {
        return power(left, right);
    }
    if (left.isInteger() && right.isInteger() && op != Op::Div) {
        const Wide a = left.integer();
        const Wide b = right.integer();
        switch (op) {
        case Op::Add:
            return Value::integer(checkedAdd(a, b));
        case Op::Sub:
            return Value::integer(checkedSubtract(a, b));
        case Op::Mul:
            return Value::integer(checkedMultiply(a, b));
        case Op::FloorDiv:
            return Value::integer(floorDivide(a, b));
        default:
            return Value::integer(b == -1 ? Wide{0} : checkedSubtract(a, checkedMultiply(floorDivide(a, b), b)));
        }
    }
    const double a = left.real();
    const double b = right.real();
    switch (op) {
    case Op::Add:
        return Value::number(a + b);
    case Op::Sub:
        return Value::number(a - b);
    case Op::Mul:
        return Value::number(a * b);
    case Op::Div:
        if (b == 0.0) {
            failRuntime("division by zero");
        }
        return Value::number(a / b);
    case Op::FloorDiv:
        return Value::number(floatFloorDivide(a, b));
    default:
        return Value::number(floatMod(a, b));
    }
}

} // namespace

Value Interp::negate(const Value& value) {
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (value.is(Type::Float)) {
        return Value::number(-value.real());
    }
    if (!value.isInteger()) {
        failRuntime(std::string("bad operand type for unary -: '") + typeName(value) + "'");
    }
    return Value::integer(checkedSubtract(0, value.integer()));
}

bool Interp::compare(Op op, const Value& left, const Value& right) {
    switch (op) {
    case Op::Eq:
        return equal(left, right, budget);
    case Op::Ne:
        return !equal(left, right, budget);
    case Op::In:
        return contains(right, left);
    case Op::NotIn:
        return !contains(right, left);
    default:
        break;
    }
    const std::optional<int> sign = order(left, right, budget, opText(op));
    if (!sign) {
        return false;
    }
    switch (op) {
    case Op::Lt:
        return *sign < 0;
    case Op::Le:
        return *sign <= 0;
    case Op::Gt:
        return *sign > 0;
    default:
        return *sign >= 0;
    }
}

bool Interp::contains(const Value& container, const Value& item) {
    switch (container.type()) {
    case Type::Undefined:
        return false;
    case Type::String:
        if (!item.is(Type::String)) {
            failRuntime(std::string("'in <string>' requires string as left operand, not ") + typeName(item));
        }
        budget.step(container.text().size() / 64);
        return container.text().find(item.text()) != std::string::npos;
    case Type::Dict:
        return container.dict().find(item, budget) != nullptr;
    case Type::List:
    case Type::Tuple:
        return std::any_of(container.items().begin(), container.items().end(),
                           [&](const Value& held) { return equal(held, item, budget); });
    default: {
        const std::vector<Value> items = iterate(container);
        return std::any_of(items.begin(), items.end(), [&](const Value& held) { return equal(held, item, budget); });
    }
    }
}

Value Interp::add(const Value& left, const Value& right) {
    if (left.is(Type::String) && right.is(Type::String)) {
        Text out(budget);
        const bool markup = left.str().markup || right.str().markup;
        for (const Value* part : {&left, &right}) {
            if (markup) {
                appendEscaped(out, *part);
            } else {
                out.append(part->str());
            }
        }
        return out.take(markup);
    }
    if (left.isSequence() && left.type() == right.type()) {
        std::vector<Value> items = left.items();
        items.insert(items.end(), right.items().begin(), right.items().end());
        budget.memory(items.size() * sizeof(Value));
        return left.is(Type::List) ? Value::list(std::move(items)) : Value::tuple(std::move(items));
    }
    failOperands(Op::Add, left, right);
}

Value Interp::multiply(const Value& left, const Value& right) {
    const bool countFirst = left.isInteger();
    const Value& object = countFirst ? right : left;
    const Value& count = countFirst ? left : right;
    if (!count.isInteger() || !(object.is(Type::String) || object.isSequence())) {
        failOperands(Op::Mul, left, right);
    }
    const Wide times = std::max<Wide>(0, count.integer());
    const auto size = static_cast<Wide>(object.is(Type::String) ? object.text().size() : object.items().size());
    if (size > 0 && times > static_cast<Wide>(kMaxStringBytes) / size) {
        failRuntime("a repeated text or list is too large");
    }
    if (object.is(Type::String)) {
        Text out(budget);
        for (Wide i = 0; i < (size > 0 ? times : Wide{0}); ++i) {
            budget.step();
            out.append(object.str());
        }
        return out.take(object.str().markup);
    }
    budget.memory(static_cast<std::size_t>(size * times) * sizeof(Value));
    std::vector<Value> items;
    items.reserve(static_cast<std::size_t>(size * times));
    for (Wide i = 0; i < (size > 0 ? times : Wide{0}); ++i) {
        items.insert(items.end(), object.items().begin(), object.items().end());
    }
    return object.is(Type::List) ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

Value Interp::binary(Op op, const Value& left, const Value& right) {
    if (left.isNumber() && right.isNumber()) {
        return arithmetic(op, left, right);
    }
    if (op == Op::Mod && left.is(Type::String)) {
        return formatPercent(*this, left, right);
    }
    if (left.is(Type::Undefined)) {
        left.failUndefined();
    }
    if (right.is(Type::Undefined)) {
        right.failUndefined();
    }
    if (op == Op::Add) {
        return add(left, right);
    }
    if (op == Op::Mul) {
        return multiply(left, right);
    }
    failOperands(op, left, right);
}

} // namespace fettle::text::jinja
