// The objects of the template language that are no plain data.
#pragma once

#include "text/jinja_interp.h"

namespace fettle::text::jinja {

struct Macro final : Object {
    const Stmt* stmt = nullptr;
    ScopePtr closure;
    std::string name;
    [[nodiscard]] std::string typeName() const override { return "Macro '" + name + "'"; }
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view attributeName) override;
    [[nodiscard]] bool callable() const override { return true; }
    Value call(Interp& interp, Args& args) override { return interp.callMacro(*this, args); }
};

struct Namespace final : Object {
    std::vector<std::pair<std::string, Value>> attributes;
    [[nodiscard]] std::string typeName() const override { return "Namespace"; }
    [[nodiscard]] std::string repr(Interp& interp) override;
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view name) override;
    void set(const std::string& name, Value value); // security failure for names with a leading underscore
};

struct Loop final : Object {
    Value owner; // keeps the items alive
    const std::vector<Value>* items = nullptr;
    std::size_t index = 0;
    int level = 0;              // of nested recursive calls
    const Stmt* stmt = nullptr; // recursive loops only
    ScopePtr scope;
    bool hasLast = false;
    std::vector<Value> last; // what changed() saw
    [[nodiscard]] std::string typeName() const override { return "LoopContext"; }
    [[nodiscard]] std::string repr(Interp& interp) override;
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view name) override;
    [[nodiscard]] bool callable() const override { return true; }
    Value call(Interp& interp, Args& args) override;
};

struct Range final : Object {
    std::int64_t start = 0, stop = 0, step = 1;
    std::size_t count = 0;
    [[nodiscard]] std::string typeName() const override { return "range"; }
    [[nodiscard]] std::string repr(Interp& interp) override;
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view name) override;
    [[nodiscard]] bool truth() const override { return count > 0; }
    [[nodiscard]] std::optional<std::size_t> length() const override { return count; }
    [[nodiscard]] bool iterable() const override { return true; }
    [[nodiscard]] Value at(std::size_t i) const {
        return Value::integer(Wide{start} + Wide{step} * static_cast<Wide>(i));
    }
    std::vector<Value> iterate(Interp& interp) override;
};
/// Runtime failure beyond 100,000 elements or with step 0.
[[nodiscard]] Value makeRange(Wide start, Wide stop, Wide step);

/// keys(), values(), items() of a dict.
struct DictView final : Object {
    enum class What : std::uint8_t { Keys, Values, Items } what = What::Keys;
    Value dict;
    [[nodiscard]] std::string typeName() const override;
    [[nodiscard]] std::string repr(Interp& interp) override;
    [[nodiscard]] bool truth() const override;
    [[nodiscard]] std::optional<std::size_t> length() const override;
    [[nodiscard]] bool iterable() const override { return true; }
    std::vector<Value> iterate(Interp& interp) override;
};

/// A generator: elements made when asked for, once.
struct Generator final : Object {
    std::function<bool(Interp&, Value&)> next; // false: no more
    [[nodiscard]] std::string typeName() const override { return "generator object"; }
    [[nodiscard]] bool iterable() const override { return true; }
    std::vector<Value> iterate(Interp& interp) override;
};
/// Over the elements of `source`, each passed through `step` (which may drop it by returning false).
[[nodiscard]] Value makeGenerator(const Value& source, std::function<bool(Interp&, Value&)> step);
[[nodiscard]] Value makeIterator(std::vector<Value> items);

struct BoundMethod final : Object {
    Value self;
    const Method* method = nullptr;
    [[nodiscard]] std::string typeName() const override { return "built-in method " + std::string(method->name); }
    [[nodiscard]] bool callable() const override { return true; }
    Value call(Interp& interp, Args& args) override { return method->function(interp, self, args); }
};

/// A function made in C++: globals, and what objects hand out (loop.cycle, caller of self.block, …).
struct Function final : Object {
    std::string name;
    std::function<Value(Interp&, Args&)> body;
    std::vector<std::pair<std::string, Value>> attributes;
    [[nodiscard]] std::string typeName() const override { return "function " + name; }
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view attributeName) override;
    [[nodiscard]] bool callable() const override { return true; }
    Value call(Interp& interp, Args& args) override { return body(interp, args); }
};
[[nodiscard]] Value makeFunction(std::string name, std::function<Value(Interp&, Args&)> body);

struct Cycler final : Object {
    std::vector<Value> items;
    std::size_t position = 0;
    [[nodiscard]] std::string typeName() const override { return "Cycler"; }
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view name) override;
};

/// `self`: the template's blocks as functions.
struct BlockSelf final : Object {
    [[nodiscard]] std::string typeName() const override { return "TemplateReference"; }
    [[nodiscard]] std::optional<Value> attribute(Interp& interp, std::string_view name) override;
};

} // namespace fettle::text::jinja
