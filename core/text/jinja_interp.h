// Runs a template: statements and expressions over scopes, and the services (attribute access, calls, printing) that
// filters, tests and methods use.
#pragma once

#include "text/jinja_ast.h"

#include <functional>
#include <initializer_list>
#include <optional>

namespace fettle::text::jinja {

struct Scope {
    std::shared_ptr<Scope> parent; // null: the template's own
    std::vector<std::pair<int, Value>> variables;
    void set(int name, Value value);
};
using ScopePtr = std::shared_ptr<Scope>;

struct Macro;
struct Namespace;
struct Loop;

class Interp {
public:
    using Clock = std::function<std::string(const std::string& format)>;
    /// `context` by name index; an absent variable is nullopt (then globals are looked up). Both arguments outlive the
    /// object.
    Interp(const Template& source, const std::vector<std::optional<Value>>& context, const Clock& clock);
    Interp(const Interp&) = delete;
    Interp& operator=(const Interp&) = delete;
    ~Interp();

    /// Throws Failure with the line.
    void run(Text& out);

    // What templates can do with values; all throw Failure.
    Value call(const Value& callee, Args& args);
    Value attribute(const Value& object, std::string_view name, bool orItem = true); // x.name
    Value item(const Value& object, const Value& key);                               // x[key]
    Value slice(const Value& object, const Value& begin, const Value& end, const Value& step);
    Value binary(Op op, const Value& left, const Value& right);
    Value negate(const Value& value);
    bool compare(Op op, const Value& left, const Value& right);
    bool contains(const Value& container, const Value& item);
    std::vector<Value> iterate(const Value& value);
    std::size_t length(const Value& value);

    // Printing.
    void appendStr(Text& out, const Value& value);     // str(value)
    void appendRepr(Text& out, const Value& value);    // repr(value)
    void appendEscaped(Text& out, const Value& value); // HTML
    Value str(const Value& value);                     // the same string where it is one
    std::string plain(const Value& value);             // str(value) without marks
    std::string repr(const Value& value);

    void adopt(std::shared_ptr<Namespace> object); // namespaces may form cycles: they are emptied at the end
    Value callMacro(const Macro& macro, Args& args);
    Value callLoop(const Loop& loop, const Value& items); // a recursive for
    [[nodiscard]] bool hasBlock(const std::string& name) const { return m_template.blocks.count(name) != 0; }
    Value renderBlock(const std::string& name);
    std::string now(const std::string& format);
    std::uint32_t random();

    Budget budget;
    bool autoescape = false;

    /// Guards recursion of values, expressions and macros.
    class Level {
    public:
        explicit Level(Interp& interp);
        ~Level() { --m_interp.m_level; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Interp& m_interp;
    };

private:
    enum class Flow : std::uint8_t { Normal, Break, Continue };

    Flow execute(const Body& body, const ScopePtr& scope, Text& out);
    Flow execute(const Stmt& stmt, const ScopePtr& scope, Text& out);
    void executeFor(const Stmt& stmt, const ScopePtr& scope, Text& out);
    void runLoop(const Stmt& stmt, const ScopePtr& scope, Text& out, const Value& iterated, int depth);
    Flow executeIf(const Stmt& stmt, const ScopePtr& scope, Text& out);
    void executeSetBlock(const Stmt& stmt, const ScopePtr& scope);
    void executeCallBlock(const Stmt& stmt, const ScopePtr& scope, Text& out);
    Flow executeFilterBlock(const Stmt& stmt, const ScopePtr& scope, Text& out);
    Flow executeWith(const Stmt& stmt, const ScopePtr& scope, Text& out);
    void executeGeneration(const Stmt& stmt, const ScopePtr& scope, Text& out);
    Flow executeAutoEscape(const Stmt& stmt, const ScopePtr& scope, Text& out);
    void print(Text& out, const Value& value);
    void assign(const Expr& target, const Value& value, const ScopePtr& scope);
    static ScopePtr childOf(const ScopePtr& scope);

    Value eval(const Expr& expr, const ScopePtr& scope);
    Value evalName(int name, const ScopePtr& scope);
    Value evalSequence(const Expr& expr, const ScopePtr& scope);
    Value evalDict(const Expr& expr, const ScopePtr& scope);
    Value evalCompare(const Expr& expr, const ScopePtr& scope);
    Value evalConcat(const Expr& expr, const ScopePtr& scope);
    Value evalItem(const Expr& expr, const ScopePtr& scope);
    Value evalCall(const Expr& expr, const ScopePtr& scope);
    Value evalFilter(const Expr& expr, const ScopePtr& scope, const Value* input);
    Value evalTest(const Expr& expr, const ScopePtr& scope);
    Value evalCondition(const Expr& expr, const ScopePtr& scope);
    Args evalArguments(const Expr& expr, const ScopePtr& scope);
    Value add(const Value& left, const Value& right);
    Value multiply(const Value& left, const Value& right);

    const Template& m_template;
    const std::vector<std::optional<Value>>& m_context;
    const Clock& m_clock;
    ScopePtr m_root = std::make_shared<Scope>();
    std::vector<std::shared_ptr<Macro>> m_macros; // closures may form cycles: they are cut at the end
    std::vector<std::shared_ptr<Namespace>> m_namespaces;
    int m_level = 0;
    int m_line = 0;
    int m_message = -1; // the message the innermost loop over messages is at
    std::uint32_t m_random = 0x2545F491U;
};

/// Binds call arguments to parameter names as Python does; failures name the function.
class Bound {
public:
    Bound(const char* function, Args& args, std::initializer_list<const char*> names, std::size_t required = 0);
    [[nodiscard]] const Value* get(std::size_t i) const { return m_values[i]; }
    [[nodiscard]] Value valueOr(std::size_t i, Value fallback) const {
        return m_values[i] != nullptr ? *m_values[i] : std::move(fallback);
    }
    [[nodiscard]] bool flag(std::size_t i, bool fallback) const {
        return m_values[i] != nullptr ? truth(*m_values[i]) : fallback;
    }
    /// None counts as absent.
    [[nodiscard]] Wide integer(std::size_t i, Wide fallback) const;

private:
    std::vector<const Value*> m_values;
};
[[nodiscard]] Wide requireInteger(const Value& value); // runtime failure else
[[nodiscard]] const Str& requireString(const Value& value, const char* function);

using MethodFunction = Value (*)(Interp&, const Value& self, Args&);
struct Method {
    std::string_view name;
    MethodFunction function = nullptr; // null: known, but it changes the object and is refused
};
/// Method of a value's kind, or null.
[[nodiscard]] const Method* findMethod(const Value& value, std::string_view name);
/// True for names with leading underscores that Python objects of that kind have: reaching for them is refused, not
/// undefined.
[[nodiscard]] bool isInternalAttribute(const Value& value, std::string_view name);
/// "range", "dict", … or nullopt.
[[nodiscard]] std::optional<Value> findGlobal(Interp& interp, std::string_view name);

// Pieces shared between methods, filters and printing.
[[nodiscard]] Value substring(Interp& interp, const Value& text, std::size_t begin,
                              std::size_t end); // bytes; keeps marks and markup
[[nodiscard]] Value derived(Interp& interp, const Value& origin,
                            std::string result); // computed text; the origin where it is equal
[[nodiscard]] Value stripText(Interp& interp, const Value& text, const Value* characters, bool left, bool right);
[[nodiscard]] std::vector<Value> splitLines(Interp& interp, const Value& text, bool keepEnds);
[[nodiscard]] Value replaceText(Interp& interp, const Value& text, const Value& from, const Value& to, Wide count);
[[nodiscard]] Value joinText(Interp& interp, const Value& separator, const std::vector<Value>& items);
[[nodiscard]] Value formatPercent(Interp& interp, const Value& format, const Value& arguments); // '%s' % x
[[nodiscard]] Value formatBraces(Interp& interp, const Value& format, Args& args);              // '{}'.format(x)
[[nodiscard]] Value toJson(Interp& interp, const Value& value, Args& args);
[[nodiscard]] std::optional<Wide> parsePythonInt(std::string_view text, int base);
[[nodiscard]] std::optional<double> parsePythonFloat(std::string_view text);
[[nodiscard]] std::string fixedText(double value, int decimals);

} // namespace fettle::text::jinja
