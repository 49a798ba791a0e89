// Syntax tree of a template. Immutable after parsing and shared between threads.
#pragma once

#include "text/jinja_value.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fettle::text::jinja {

enum class ExprKind : std::uint8_t {
    Const,
    Name,
    Tuple,
    List,
    Dict,
    Condition,
    Or,
    And,
    Not,
    Compare,
    Binary,
    Concat,
    Negate,
    Plus,
    Attribute,
    Item,
    Slice,
    Call,
    Filter,
    Test,
    NamespaceRef // target of {% set ns.x = … %} only
};
enum class Op : std::uint8_t { Add, Sub, Mul, Div, FloorDiv, Mod, Pow, Eq, Ne, Lt, Le, Gt, Ge, In, NotIn };

using FilterFunction = Value (*)(Interp&, const Value&, Args&);
using TestFunction = bool (*)(Interp&, const Value&, Args&);

struct Expr;
using ExprPtr = std::unique_ptr<const Expr>;
struct Keyword {
    std::string name;
    ExprPtr value;
};

struct Expr {
    ExprKind kind = ExprKind::Const;
    Op op = Op::Add;
    bool soft = false; // inside an if: an unknown filter or test fails only when reached
    int line = 0;
    int depth = 1;              // levels below, bounded
    int name = -1;              // Name, NamespaceRef: index into Template::names
    std::string text;           // attribute, filter or test name
    Value value;                // Const; Attribute: the name as a value
    std::vector<ExprPtr> items; // operands; of calls, filters and tests: the object, then positional arguments. An
                                // absent part of a slice is null
    std::vector<Op> ops;        // Compare
    std::vector<Keyword> keywords;
    ExprPtr star, doubleStar; // *args, **kwargs
    FilterFunction filter = nullptr;
    TestFunction test = nullptr;
};

enum class StmtKind : std::uint8_t {
    Data,
    Print,
    For,
    If,
    Set,
    SetBlock,
    Macro,
    CallBlock,
    FilterBlock,
    With,
    Block,
    Generation,
    AutoEscape,
    Break,
    Continue,
    External
};

struct Stmt;
using StmtPtr = std::unique_ptr<const Stmt>;
using Body = std::vector<StmtPtr>;

struct Branch {
    ExprPtr test; // null: else
    Body body;
};

/// Parameters of a macro or a call block.
struct Signature {
    std::vector<int> names;
    std::vector<std::string> texts;
    std::vector<ExprPtr> defaults; // of the last ones
};

struct Stmt {
    StmtKind kind = StmtKind::Data;
    int line = 0;
    bool recursive = false;                                          // For
    bool usesCaller = false, usesArgs = false, usesKeywords = false; // Macro, CallBlock: reads caller, varargs, kwargs
    bool capturesScope = false; // For, Macro, …: has a macro or call block inside, whose closure may outlive it
    int name = -1;              // Macro
    Value data;                 // Data
    std::string text;           // Macro and Block name; External: what it is
    ExprPtr target;             // For, Set, SetBlock
    ExprPtr value; // Print, For (iterated), Set, SetBlock and FilterBlock (the filters over null), CallBlock (the
                   // call), AutoEscape
    ExprPtr test;  // For
    std::vector<Branch> branches;                         // If
    std::vector<std::pair<ExprPtr, ExprPtr>> assignments; // With
    Signature signature;
    Body body, otherwise;
};

struct Template {
    std::string source;
    std::vector<std::string> names; // every variable name used, by index
    Body body;
    std::map<std::string, const Stmt*> blocks;
    bool hasGeneration = false;
    int loopName = -1, callerName = -1, argsName = -1,
        keywordsName = -1; // indices of "loop", "caller", "varargs", "kwargs"
};

/// Throws Failure (syntax; runtime where Python's own compiler would refuse).
[[nodiscard]] std::shared_ptr<const Template> parseTemplate(std::string_view source);

[[nodiscard]] FilterFunction findFilter(std::string_view name);
[[nodiscard]] TestFunction findTest(std::string_view name);

} // namespace fettle::text::jinja
