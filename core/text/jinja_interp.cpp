// Statements; see jinja_interp.h.
#include "text/jinja_interp.h"

#include "text/jinja_objects.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

constexpr int kMaxRunLevel = 1000;

} // namespace

void Scope::set(int name, Value value) {
    for (auto& [known, held] : variables) {
        if (known == name) {
            held = std::move(value);
            return;
        }
    }
    variables.emplace_back(name, std::move(value));
}

Interp::Level::Level(Interp& interp)
    : m_interp(interp) {
    if (++interp.m_level > kMaxRunLevel) {
        --interp.m_level;
        failRuntime("maximum recursion depth exceeded");
    }
}

Interp::Interp(const Template& source, const std::vector<std::optional<Value>>& context, const Clock& clock)
    : m_template(source)
    , m_context(context)
    , m_clock(clock) {}

Interp::~Interp() {
    for (const auto& macro : m_macros) {
        macro->closure.reset();
    }
    for (const auto& object : m_namespaces) {
        object->attributes.clear();
    }
}

void Interp::adopt(std::shared_ptr<Namespace> object) {
    budget.memory(sizeof(Namespace));
    m_namespaces.push_back(std::move(object));
}

void Interp::run(Text& out) {
    try {
        (void)execute(m_template.body, m_root, out);
    } catch (Failure& failure) {
        if (failure.line == 0) {
            failure.line = m_line;
        }
        throw;
    }
}

std::string Interp::now(const std::string& format) {
    return m_clock ? m_clock(format) : std::string();
}

std::uint32_t Interp::random() {
    m_random ^= m_random << 13U;
    m_random ^= m_random >> 17U;
    m_random ^= m_random << 5U;
    return m_random;
}

ScopePtr Interp::childOf(const ScopePtr& scope) {
    auto child = std::make_shared<Scope>();
    child->parent = scope;
    return child;
}

Interp::Flow Interp::execute(const Body& body, const ScopePtr& scope, Text& out) {
    for (const StmtPtr& stmt : body) {
        const Flow flow = execute(*stmt, scope, out);
        if (flow != Flow::Normal) {
            return flow;
        }
    }
    return Flow::Normal;
}

Interp::Flow Interp::execute(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    const Level level(*this);
    budget.step();
    m_line = stmt.line;
    switch (stmt.kind) {
    case StmtKind::Data:
        out.append(stmt.data.str());
        return Flow::Normal;
    case StmtKind::Print:
        print(out, eval(*stmt.value, scope));
        return Flow::Normal;
    case StmtKind::For:
        executeFor(stmt, scope, out);
        return Flow::Normal;
    case StmtKind::If:
        return executeIf(stmt, scope, out);
    case StmtKind::Set:
        assign(*stmt.target, eval(*stmt.value, scope), scope);
        return Flow::Normal;
    case StmtKind::SetBlock:
        executeSetBlock(stmt, scope);
        return Flow::Normal;
    case StmtKind::Macro: {
        auto macro = std::make_shared<Macro>();
        macro->stmt = &stmt;
        macro->closure = scope;
        macro->name = stmt.text;
        budget.memory(256);
        m_macros.push_back(macro);
        scope->set(stmt.name, Value::object(std::move(macro)));
        return Flow::Normal;
    }
    case StmtKind::CallBlock:
        executeCallBlock(stmt, scope, out);
        return Flow::Normal;
    case StmtKind::FilterBlock:
        return executeFilterBlock(stmt, scope, out);
    case StmtKind::With:
        return executeWith(stmt, scope, out);
    case StmtKind::Block:
        if (stmt.recursive) {
            failRuntime("Required block '" + stmt.text + "' not found");
        }
        (void)execute(stmt.body, childOf(m_root), out);
        return Flow::Normal;
    case StmtKind::Generation:
        executeGeneration(stmt, scope, out);
        return Flow::Normal;
    case StmtKind::AutoEscape:
        return executeAutoEscape(stmt, scope, out);
    case StmtKind::Break:
        return Flow::Break;
    case StmtKind::Continue:
        return Flow::Continue;
    case StmtKind::External:
        failRuntime("'" + stmt.text + "' needs a loader, and chat templates have none");
    }
    return Flow::Normal;
}

void Interp::print(Text& out, const Value& value) {
    if (autoescape) {
        appendEscaped(out, value);
    } else {
        appendStr(out, value);
    }
}

void Interp::executeFor(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    runLoop(stmt, scope, out, eval(*stmt.value, scope), 0);
}

void Interp::runLoop(const Stmt& stmt, const ScopePtr& scope, Text& out, const Value& iterated, int depth) {
    auto loop = std::make_shared<Loop>();
    loop->level = depth;
    if (iterated.isSequence()) {
        loop->owner = iterated;
    } else {
        loop->owner = Value::list(iterate(iterated));
    }
    ScopePtr inner = childOf(scope);
    const auto renew = [&] {
        if (inner.use_count() > 1) {
            inner = childOf(scope);
        } else {
            inner->variables.clear();
        }
    };
    if (stmt.test) {
        std::vector<Value> chosen;
        for (const Value& item : loop->owner.items()) {
            renew();
            assign(*stmt.target, item, inner);
            if (truth(eval(*stmt.test, inner))) {
                chosen.push_back(item);
            }
        }
        loop->owner = Value::list(std::move(chosen));
    }
    loop->items = &loop->owner.items();
    if (stmt.recursive) {
        loop->stmt = &stmt;
        loop->scope = scope;
    }
    const Value loopValue = Value::object(loop);
    const int message = m_message;
    bool completed =
        false; // as in the reference, else runs when no pass got to the end of the body, be it by break or continue
    for (const Value& item : *loop->items) {
        budget.step();
        renew();
        if (item.is(Type::Dict) && item.dict().message >= 0) {
            m_message = item.dict().message;
        }
        assign(*stmt.target, item, inner);
        inner->set(m_template.loopName, loopValue);
        const Flow flow = execute(stmt.body, inner, out);
        if (flow == Flow::Break) {
            break;
        }
        completed = completed || flow == Flow::Normal;
        ++loop->index;
    }
    m_message = message;
    loop->scope.reset();
    loop->last.clear();
    if (!completed && !stmt.otherwise.empty()) {
        (void)execute(stmt.otherwise, childOf(scope), out);
    }
}

Value Interp::callLoop(const Loop& loop, const Value& items) {
    if (loop.stmt == nullptr) {
        failRuntime("The loop must have the 'recursive' marker to be called recursively.");
    }
    if (!loop.scope) {
        failRuntime("a loop that is over was called");
    }
    const Level level(*this);
    Text out(budget);
    runLoop(*loop.stmt, loop.scope, out, items, loop.level + 1);
    return out.take(autoescape);
}

Interp::Flow Interp::executeIf(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    for (const Branch& branch : stmt.branches) {
        if (!branch.test || truth(eval(*branch.test, scope))) {
            return execute(branch.body, scope, out);
        }
    }
    return Flow::Normal;
}

void Interp::executeSetBlock(const Stmt& stmt, const ScopePtr& scope) {
    Text text(budget);
    (void)execute(stmt.body, childOf(scope), text);
    Value value = text.take(autoescape);
    if (stmt.value) {
        value = evalFilter(*stmt.value, scope, &value);
    }
    assign(*stmt.target, value, scope);
}

Interp::Flow Interp::executeFilterBlock(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    Text text(budget);
    const ScopePtr inner = childOf(scope);
    const Flow flow = execute(stmt.body, inner, text);
    const Value value = text.take(autoescape);
    if (flow == Flow::Normal) {
        print(out, evalFilter(*stmt.value, scope, &value));
    }
    return flow;
}

Interp::Flow Interp::executeWith(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    std::vector<Value> values;
    for (const auto& assignment : stmt.assignments) {
        values.push_back(eval(*assignment.second, scope));
    }
    const ScopePtr inner = childOf(scope);
    for (std::size_t i = 0; i < values.size(); ++i) {
        assign(*stmt.assignments[i].first, values[i], inner);
    }
    return execute(stmt.body, inner, out);
}

void Interp::executeGeneration(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    const std::size_t begin = out.size();
    (void)execute(stmt.body, childOf(scope), out);
    out.addMark({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(out.size()), m_message, 0,
                 MarkKind::Generation});
}

Interp::Flow Interp::executeAutoEscape(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    const bool before = autoescape;
    autoescape = truth(eval(*stmt.value, scope));
    const Flow flow = execute(stmt.body, childOf(scope), out);
    autoescape = before;
    return flow;
}

void Interp::executeCallBlock(const Stmt& stmt, const ScopePtr& scope, Text& out) {
    auto caller = std::make_shared<Macro>();
    caller->stmt = &stmt;
    caller->closure = scope;
    caller->name = "caller";
    const Expr& callExpr = *stmt.value;
    const Value callee = eval(*callExpr.items.front(), scope);
    Args args = evalArguments(callExpr, scope);
    args.named.emplace_back("caller", Value::object(caller));
    const Value result = call(callee, args);
    args.named.clear();
    print(out, result);
    if (caller.use_count() > 1) {
        budget.memory(256);
        m_macros.push_back(std::move(caller)); // it escaped
    }
}

Value Interp::callMacro(const Macro& macro, Args& args) {
    const Level level(*this);
    if (!macro.closure) {
        failRuntime("a macro that is over was called");
    }
    const Stmt& stmt = *macro.stmt;
    const Signature& signature = stmt.signature;
    const std::size_t count = signature.names.size();
    const ScopePtr scope = childOf(macro.closure);
    std::vector<std::optional<Value>> given(count);
    const std::size_t positional = std::min(count, args.positional.size());
    for (std::size_t i = 0; i < positional; ++i) {
        given[i] = args.positional[i];
    }
    const auto takeNamed = [&args](std::string_view name) -> std::optional<Value> {
        const auto it =
            std::find_if(args.named.begin(), args.named.end(), [&](const auto& entry) { return entry.first == name; });
        if (it == args.named.end()) {
            return std::nullopt;
        }
        Value value = std::move(it->second);
        args.named.erase(it);
        return value;
    };
    for (std::size_t i = positional; i < count; ++i) {
        given[i] = takeNamed(signature.texts[i]);
    }
    if (stmt.usesCaller) {
        std::optional<Value> caller = takeNamed("caller");
        scope->set(m_template.callerName, caller ? *caller : Value::undefined("No caller defined"));
    }
    if (stmt.usesKeywords) {
        auto keywords = std::make_shared<Dict>();
        for (auto& [name, value] : args.named) {
            keywords->set(name, value, budget);
        }
        scope->set(m_template.keywordsName, Value::dict(std::move(keywords)));
    } else if (!args.named.empty()) {
        failRuntime("macro '" + macro.name + "' takes no keyword argument '" + args.named.front().first + "'");
    }
    if (stmt.usesArgs) {
        const auto rest = args.positional.begin() + static_cast<std::ptrdiff_t>(positional);
        scope->set(m_template.argsName, Value::tuple(std::vector<Value>(rest, args.positional.end())));
    } else if (args.positional.size() > count) {
        failRuntime("macro '" + macro.name + "' takes not more than " + std::to_string(count) + " argument(s)");
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (given[i]) {
            scope->set(signature.names[i], *given[i]);
            continue;
        }
        const std::size_t firstDefault = count - signature.defaults.size();
        scope->set(signature.names[i],
                   i >= firstDefault ? eval(*signature.defaults[i - firstDefault], scope)
                                     : Value::undefined("parameter '" + signature.texts[i] + "' was not provided"));
    }
    const int line = m_line;
    Text out(budget);
    (void)execute(stmt.body, scope, out);
    m_line = line;
    return out.take(autoescape);
}

Value Interp::renderBlock(const std::string& name) {
    const Level level(*this);
    Text out(budget);
    (void)execute(m_template.blocks.at(name)->body, childOf(m_root), out);
    return out.take(autoescape);
}

void Interp::assign(const Expr& target, const Value& value, const ScopePtr& scope) {
    if (target.kind == ExprKind::Name) {
        scope->set(target.name, value);
        return;
    }
    if (target.kind == ExprKind::NamespaceRef) {
        auto* object = evalName(target.name, scope).as<Namespace>();
        if (object == nullptr) {
            failRuntime("cannot assign attribute on non-namespace object");
        }
        budget.step();
        object->set(target.text, value);
        return;
    }
    std::vector<Value> made;
    const std::vector<Value>* items = nullptr;
    if (value.isSequence()) {
        items = &value.items();
    } else {
        made = iterate(value);
        items = &made;
    }
    if (items->size() != target.items.size()) {
        failRuntime(items->size() > target.items.size()
                        ? "too many values to unpack (expected " + std::to_string(target.items.size()) + ")"
                        : "not enough values to unpack (expected " + std::to_string(target.items.size()) + ", got " +
                              std::to_string(items->size()) + ")");
    }
    for (std::size_t i = 0; i < items->size(); ++i) {
        assign(*target.items[i], (*items)[i], scope);
    }
}

} // namespace fettle::text::jinja
