// Values of the template engine with Python's semantics: printing, truth, equality, order, hashing. Strings carry
// marks: which bytes came from which message content and which from a {% generation %} block; every operation that only
// cuts or joins keeps them, so that the rendered text knows its origins.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fettle::text::jinja {

__extension__ typedef __int128 Wide; // Python's integers; beyond 128 bits is an error here
__extension__ typedef unsigned __int128 UnsignedWide;

enum class FaultKind { Raised, Undefined, Runtime, Security, Syntax };
/// Thrown inside the engine only; caught where it is entered.
struct Failure {
    FaultKind kind = FaultKind::Runtime;
    std::string message;
    int line = 0;
};
[[noreturn]] void fail(FaultKind kind, std::string message);
[[noreturn]] void failRuntime(std::string message);

/// What a template may use up. Exceeding it is a runtime failure.
class Budget {
public:
    void step(std::size_t count = 1) {
        if (count > m_steps) {
            exhausted("steps");
        }
        m_steps -= count;
    }
    void memory(std::size_t bytes) {
        if (bytes > m_bytes) {
            exhausted("memory");
        }
        m_bytes -= bytes;
        step(bytes / 64);
    }

private:
    [[noreturn]] static void exhausted(const char* what);
    std::size_t m_steps = 10'000'000;
    std::size_t m_bytes = std::size_t{512} << 20U; // all strings and lists ever made by one rendering
};
inline constexpr std::size_t kMaxStringBytes = std::size_t{64} << 20U;
inline constexpr int kMaxValueDepth = 200;

enum class MarkKind : std::uint8_t {
    Content,   // these bytes are source text `id` from byte `from` on
    Derived,   // these bytes were computed from source text `id`
    Generation // inside a {% generation %} block of message `id` (-1 unknown)
};
struct Mark {
    std::uint32_t begin = 0, end = 0;
    std::int32_t id = 0;
    std::uint32_t from = 0;
    MarkKind kind = MarkKind::Content;
};

struct Heap {
    Heap() = default;
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    virtual ~Heap() = default;
    int depth = 1; // levels of containers inside, bounded so that recursion over values is
};

struct Str final : Heap {
    std::string text;
    std::vector<Mark> marks;
    bool markup = false; // safe HTML (Markup)
    [[nodiscard]] bool ascii() const;

private:
    mutable std::atomic<std::int8_t> m_ascii{-1};
};
using StrPtr = std::shared_ptr<const Str>;

/// Builds strings out of pieces, with their marks.
class Text {
public:
    explicit Text(Budget& budget)
        : m_budget(&budget) {}
    void append(std::string_view piece);
    void append(const Str& piece) { append(piece, 0, piece.text.size()); }
    void append(const Str& piece, std::size_t begin, std::size_t end);
    /// `piece` was computed from `origin`: its marks become Derived ones over the whole.
    void appendDerived(std::string_view piece, const Str& origin);
    void addMark(Mark mark);
    [[nodiscard]] std::size_t size() const { return m_text.size(); }
    [[nodiscard]] const std::string& text() const { return m_text; }
    [[nodiscard]] std::vector<Mark>& marks() { return m_marks; }
    [[nodiscard]] std::string takeText() { return std::move(m_text); }
    [[nodiscard]] class Value take(bool markup = false);

private:
    Budget* m_budget;
    std::string m_text;
    std::vector<Mark> m_marks;
};

enum class Type : std::uint8_t { Undefined, None, Bool, Int, Float, String, List, Tuple, Dict, Object };

struct Seq;
struct Dict;
struct Object;
struct UndefinedInfo final : Heap {
    std::string message;
    FaultKind kind = FaultKind::Undefined;
};

class Value {
public:
    Value() = default;
    [[nodiscard]] static Value none();
    [[nodiscard]] static Value boolean(bool value);
    [[nodiscard]] static Value integer(Wide value);
    [[nodiscard]] static Value size(std::size_t value) { return integer(static_cast<Wide>(value)); }
    [[nodiscard]] static Value number(double value);
    [[nodiscard]] static Value string(std::string text, bool markup = false);
    [[nodiscard]] static Value string(StrPtr text);
    [[nodiscard]] static Value list(std::vector<Value> items);
    [[nodiscard]] static Value tuple(std::vector<Value> items);
    [[nodiscard]] static Value group(Value key, Value members); // a tuple with the attributes grouper and list
    [[nodiscard]] static Value dict(std::shared_ptr<Dict> dict);
    [[nodiscard]] static Value object(std::shared_ptr<Object> object);
    [[nodiscard]] static Value undefined(std::string message, FaultKind kind = FaultKind::Undefined);

    [[nodiscard]] Type type() const { return m_type; }
    [[nodiscard]] bool is(Type type) const { return m_type == type; }
    [[nodiscard]] bool isNumber() const { return m_type == Type::Bool || m_type == Type::Int || m_type == Type::Float; }
    [[nodiscard]] bool isInteger() const { return m_type == Type::Bool || m_type == Type::Int; }
    [[nodiscard]] bool isSequence() const { return m_type == Type::List || m_type == Type::Tuple; }
    [[nodiscard]] bool boolean() const { return m_bool; }
    [[nodiscard]] Wide integer() const { return m_type == Type::Bool ? Wide{m_bool} : m_int; }
    [[nodiscard]] double real() const;
    [[nodiscard]] const Str& str() const { return static_cast<const Str&>(*m_heap); }
    [[nodiscard]] const std::string& text() const { return str().text; }
    [[nodiscard]] const std::vector<Value>& items() const;
    [[nodiscard]] const Seq& seq() const;
    [[nodiscard]] const Dict& dict() const;
    [[nodiscard]] std::shared_ptr<Dict> dictPtr() const;
    [[nodiscard]] Object& object() const;
    [[nodiscard]] const Heap* heap() const { return m_heap.get(); }
    [[nodiscard]] int depth() const;
    template <class T>
    [[nodiscard]] T* as() const; // the Object as T, or null
    /// The failure that using this undefined value is.
    [[noreturn]] void failUndefined() const;

private:
    Type m_type = Type::Undefined;
    union {
        bool m_bool;
        double m_double;
        Wide m_int = 0;
    };
    std::shared_ptr<Heap> m_heap;
};

struct Seq final : Heap {
    std::vector<Value> items;
    bool group = false; // a tuple of the groupby filter: has the attributes grouper and list
};

/// Keeps insertion order; keys are compared as Python does (1 == 1.0 == true).
struct Dict final : Heap {
    std::vector<std::pair<Value, Value>> entries;
    int message = -1; // index of the conversation's message this is
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] const Value* find(const Value& key, Budget& budget) const; // runtime failure: unhashable
    void set(const Value& key, Value value, Budget& budget);
    void set(std::string key, Value value, Budget& budget);

private:
    void noteDepth(const Value& value);
    void addToIndex(std::size_t position);
    std::unordered_multimap<std::size_t, std::size_t> m_index; // hash → position, once there are many
};

class Interp;
struct Args {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;
};

/// Everything else: macros, loops, namespaces, ranges, iterators, bound methods.
struct Object : Heap, std::enable_shared_from_this<Object> {
    [[nodiscard]] virtual std::string typeName() const = 0;
    [[nodiscard]] virtual std::string repr(Interp& interp);
    [[nodiscard]] virtual std::optional<Value> attribute(Interp& interp, std::string_view name);
    [[nodiscard]] virtual bool callable() const { return false; }
    virtual Value call(Interp& interp, Args& args);
    [[nodiscard]] virtual bool truth() const { return true; }
    [[nodiscard]] virtual std::optional<std::size_t> length() const { return std::nullopt; }
    [[nodiscard]] virtual bool iterable() const { return false; }
    virtual std::vector<Value> iterate(Interp& interp);
    void holds(const Value& value);
};

template <class T>
T* Value::as() const {
    return m_type == Type::Object ? dynamic_cast<T*>(m_heap.get()) : nullptr;
}

[[nodiscard]] const char* typeName(const Value& value); // for messages: 'int', 'str', …
[[nodiscard]] bool truth(const Value& value);
[[nodiscard]] bool equal(const Value& a, const Value& b, Budget& budget);
/// Less than zero, zero, more; nullopt when unordered (NaN). Runtime failure for kinds that have no order.
[[nodiscard]] std::optional<int> order(const Value& a, const Value& b, Budget& budget, const char* sign = "<");
[[nodiscard]] std::size_t hashOf(const Value& value);

[[nodiscard]] std::string wideText(Wide value);
[[nodiscard]] std::string floatRepr(double value); // as Python prints floats

} // namespace fettle::text::jinja
