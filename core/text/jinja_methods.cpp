// Methods of lists, tuples, dicts and numbers, and which names are internal to Python's objects.
#include "text/jinja_methods_text.h"
#include "text/jinja_objects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace fettle::text::jinja {

namespace {

Value sequenceCount(Interp& interp, const Value& self, Args& args) {
    const Bound bound("count", args, {"value"}, 1);
    return Value::size(
        static_cast<std::size_t>(std::count_if(self.items().begin(), self.items().end(), [&](const Value& item) {
            return equal(item, *bound.get(0), interp.budget);
        })));
}

Value sequenceIndex(Interp& interp, const Value& self, Args& args) {
    const Bound bound("index", args, {"value", "start", "stop"}, 1);
    const auto size = static_cast<Wide>(self.items().size());
    const auto clip = [&](Wide at) { return std::clamp<Wide>(at < 0 ? at + size : at, 0, size); };
    const Wide end = clip(bound.integer(2, size));
    for (Wide i = clip(bound.integer(1, 0)); i < end; ++i) {
        if (equal(self.items()[static_cast<std::size_t>(i)], *bound.get(0), interp.budget)) {
            return Value::integer(i);
        }
    }
    failRuntime(interp.repr(*bound.get(0)) + " is not in list");
}

Value sequenceCopy(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("copy", args, {});
    return self;
}

Value makeView(const Value& self, DictView::What what) {
    auto view = std::make_shared<DictView>();
    view->holds(self);
    view->what = what;
    view->dict = self;
    return Value::object(std::move(view));
}

Value dictItems(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("items", args, {});
    return makeView(self, DictView::What::Items);
}

Value dictKeys(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("keys", args, {});
    return makeView(self, DictView::What::Keys);
}

Value dictValues(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("values", args, {});
    return makeView(self, DictView::What::Values);
}

Value dictGet(Interp& interp, const Value& self, Args& args) {
    const Bound bound("get", args, {"key", "default"}, 1);
    const Value* value = self.dict().find(*bound.get(0), interp.budget);
    return value != nullptr ? *value : bound.valueOr(1, Value::none());
}

Value dictFromKeys(Interp& interp, const Value& /*self*/, Args& args) {
    const Bound bound("fromkeys", args, {"iterable", "value"}, 1);
    auto dict = std::make_shared<Dict>();
    for (const Value& key : interp.iterate(*bound.get(0))) {
        dict->set(key, bound.valueOr(1, Value::none()), interp.budget);
    }
    return Value::dict(std::move(dict));
}

Value intBitLength(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("bit_length", args, {});
    Wide value = self.integer() < 0 ? -self.integer() : self.integer();
    int bits = 0;
    while (value > 0) {
        value >>= 1;
        ++bits;
    }
    return Value::integer(bits);
}

Value numberConjugate(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("conjugate", args, {});
    return self.is(Type::Bool) ? Value::integer(self.integer()) : self;
}

Value floatIsInteger(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("is_integer", args, {});
    return Value::boolean(std::isfinite(self.real()) && std::floor(self.real()) == self.real());
}

using MethodMap = std::unordered_map<std::string_view, Method>;

MethodMap makeMap(std::initializer_list<Method> methods) {
    MethodMap map;
    for (const Method& method : methods) {
        map.emplace(method.name, method);
    }
    return map;
}

} // namespace

const Method* findMethod(const Value& value, std::string_view name) {
    static const MethodMap kList = makeMap({{"count", sequenceCount},
                                            {"index", sequenceIndex},
                                            {"copy", sequenceCopy},
                                            {"append", nullptr},
                                            {"clear", nullptr},
                                            {"pop", nullptr},
                                            {"reverse", nullptr},
                                            {"insert", nullptr},
                                            {"sort", nullptr},
                                            {"extend", nullptr},
                                            {"remove", nullptr}});
    static const MethodMap kTuple = makeMap({{"count", sequenceCount}, {"index", sequenceIndex}});
    static const MethodMap kDict = makeMap({{"items", dictItems},
                                            {"keys", dictKeys},
                                            {"values", dictValues},
                                            {"get", dictGet},
                                            {"copy", sequenceCopy},
                                            {"fromkeys", dictFromKeys},
                                            {"clear", nullptr},
                                            {"pop", nullptr},
                                            {"popitem", nullptr},
                                            {"setdefault", nullptr},
                                            {"update", nullptr}});
    static const MethodMap kInt = makeMap({{"bit_length", intBitLength}, {"conjugate", numberConjugate}});
    static const MethodMap kFloat = makeMap({{"is_integer", floatIsInteger}, {"conjugate", numberConjugate}});
    const auto in = [name](const MethodMap& map) {
        const auto it = map.find(name);
        return it != map.end() ? &it->second : nullptr;
    };
    switch (value.type()) {
    case Type::String:
        return findTextMethod(name);
    case Type::List:
        return in(kList);
    case Type::Tuple:
        return in(kTuple);
    case Type::Dict:
        return in(kDict);
    case Type::Bool:
    case Type::Int:
        return in(kInt);
    case Type::Float:
        return in(kFloat);
    default:
        return nullptr;
    }
}

bool isInternalAttribute(const Value& value, std::string_view name) {
    constexpr std::array<std::string_view, 24> kEvery{
        "__class__",   "__delattr__", "__dir__",           "__doc__",         "__eq__",
        "__format__",  "__ge__",      "__getattribute__",  "__getstate__",    "__gt__",
        "__hash__",    "__init__",    "__init_subclass__", "__le__",          "__lt__",
        "__ne__",      "__new__",     "__reduce__",        "__reduce_ex__",   "__repr__",
        "__setattr__", "__sizeof__",  "__str__",           "__subclasshook__"};
    constexpr std::array<std::string_view, 6> kContainers{"__contains__", "__getitem__", "__iter__",
                                                          "__len__",      "__add__",     "__mul__"};
    constexpr std::array<std::string_view, 12> kNumbers{"__add__",      "__sub__", "__mul__",   "__truediv__",
                                                        "__floordiv__", "__mod__", "__pow__",   "__neg__",
                                                        "__abs__",      "__int__", "__float__", "__bool__"};
    constexpr std::array<std::string_view, 6> kFunctions{"__call__",     "__name__",   "__self__",
                                                         "__qualname__", "__module__", "__get__"};
    const auto in = [name](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    if (in(kEvery)) {
        return true;
    }
    if (value.isNumber()) {
        return in(kNumbers);
    }
    if (value.is(Type::Object)) {
        return in(kFunctions) || name == "__dict__";
    }
    return !value.is(Type::None) && in(kContainers);
}

} // namespace fettle::text::jinja
