// See jinja_value.h.
#include "text/jinja_value.h"

#include "text/python_unicode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

namespace fettle::text::jinja {

namespace {

constexpr std::size_t kIndexFrom = 8; // entries from which a dict keeps a hash index

int depthAround(const std::vector<Value>& items) {
    int depth = 0;
    for (const Value& item : items) {
        depth = std::max(depth, item.depth());
    }
    if (depth >= kMaxValueDepth) {
        failRuntime("values are nested too deeply");
    }
    return depth + 1;
}

int sign(double difference) {
    return difference < 0 ? -1 : (difference > 0 ? 1 : 0);
}

} // namespace

void fail(FaultKind kind, std::string message) {
    throw Failure{kind, std::move(message), 0};
}
void failRuntime(std::string message) {
    fail(FaultKind::Runtime, std::move(message));
}

void Budget::exhausted(const char* what) {
    failRuntime(std::string("the template needs too much (") + what + " are limited)");
}

bool Str::ascii() const {
    std::int8_t known = m_ascii.load(std::memory_order_relaxed);
    if (known < 0) {
        known = python::isAscii(text) ? 1 : 0;
        m_ascii.store(known, std::memory_order_relaxed);
    }
    return known == 1;
}

// --- Text ---------------------------------------------------------------------------------------------------------

void Text::append(std::string_view piece) {
    m_budget->memory(piece.size());
    if (m_text.size() + piece.size() > kMaxStringBytes) {
        failRuntime("a text is longer than 64 MB");
    }
    m_text.append(piece);
}

void Text::append(const Str& piece, std::size_t begin, std::size_t end) {
    const std::size_t shift = m_text.size();
    append(std::string_view(piece.text).substr(begin, end - begin));
    for (const Mark& mark : piece.marks) {
        const std::size_t from = std::max<std::size_t>(mark.begin, begin);
        const std::size_t to = std::min<std::size_t>(mark.end, end);
        // An empty piece keeps a mark only when it lies inside or when the mark itself is empty: cutting beside a
        // content is no mention of it.
        const bool inside = begin >= mark.begin && end <= mark.end;
        const bool emptyMarkInside = mark.begin == mark.end && mark.begin >= begin && mark.end <= end;
        if (from < to || inside || emptyMarkInside) {
            addMark({static_cast<std::uint32_t>(from - begin + shift), static_cast<std::uint32_t>(to - begin + shift),
                     mark.id, mark.from + static_cast<std::uint32_t>(from - mark.begin), mark.kind});
        }
    }
}

void Text::appendDerived(std::string_view piece, const Str& origin) {
    const std::size_t begin = m_text.size();
    append(piece);
    for (Mark mark : origin.marks) {
        if (mark.kind == MarkKind::Content) {
            mark.kind = MarkKind::Derived;
        } else if (mark.kind == MarkKind::Generation && (mark.begin != 0 || mark.end != origin.text.size())) {
            continue; // which part it became is unknown
        }
        mark.begin = static_cast<std::uint32_t>(begin);
        mark.end = static_cast<std::uint32_t>(m_text.size());
        addMark(mark);
    }
}

void Text::addMark(Mark mark) {
    if (mark.kind == MarkKind::Content && !m_marks.empty()) {
        Mark& last = m_marks.back();
        if (last.kind == MarkKind::Content && last.id == mark.id && last.end == mark.begin &&
            last.from + (last.end - last.begin) == mark.from) {
            last.end = mark.end; // a content cut and joined again
            return;
        }
    }
    m_budget->memory(sizeof(Mark));
    m_marks.push_back(mark);
}

Value Text::take(bool markup) {
    auto str = std::make_shared<Str>();
    str->text = std::move(m_text);
    str->marks = std::move(m_marks);
    str->markup = markup;
    return Value::string(std::move(str));
}

// --- Value --------------------------------------------------------------------------------------------------------

Value Value::none() {
    Value value;
    value.m_type = Type::None;
    return value;
}

Value Value::boolean(bool value) {
    Value result;
    result.m_type = Type::Bool;
    result.m_bool = value;
    return result;
}

Value Value::integer(Wide value) {
    Value result;
    result.m_type = Type::Int;
    result.m_int = value;
    return result;
}

Value Value::number(double value) {
    Value result;
    result.m_type = Type::Float;
    result.m_double = value;
    return result;
}

Value Value::string(std::string text, bool markup) {
    auto str = std::make_shared<Str>();
    str->text = std::move(text);
    str->markup = markup;
    return string(std::move(str));
}

Value Value::string(StrPtr text) {
    Value result;
    result.m_type = Type::String;
    result.m_heap = std::const_pointer_cast<Str>(std::move(text));
    return result;
}

Value Value::list(std::vector<Value> items) {
    auto seq = std::make_shared<Seq>();
    seq->depth = depthAround(items);
    seq->items = std::move(items);
    Value result;
    result.m_type = Type::List;
    result.m_heap = std::move(seq);
    return result;
}

Value Value::tuple(std::vector<Value> items) {
    Value result = list(std::move(items));
    result.m_type = Type::Tuple;
    return result;
}

Value Value::group(Value key, Value members) {
    Value result = tuple({std::move(key), std::move(members)});
    static_cast<Seq&>(*result.m_heap).group = true;
    return result;
}

Value Value::dict(std::shared_ptr<Dict> dict) {
    Value result;
    result.m_type = Type::Dict;
    result.m_heap = std::move(dict);
    return result;
}

Value Value::object(std::shared_ptr<Object> object) {
    Value result;
    result.m_type = Type::Object;
    result.m_heap = std::move(object);
    return result;
}

Value Value::undefined(std::string message, FaultKind kind) {
    auto info = std::make_shared<UndefinedInfo>();
    info->message = std::move(message);
    info->kind = kind;
    Value result;
    result.m_heap = std::move(info);
    return result;
}

double Value::real() const {
    switch (m_type) {
    case Type::Bool:
        return m_bool ? 1.0 : 0.0;
    case Type::Int:
        return static_cast<double>(m_int);
    case Type::Float:
        return m_double;
    default:
        return 0.0;
    }
}

const std::vector<Value>& Value::items() const {
    return seq().items;
}
const Seq& Value::seq() const {
    return static_cast<const Seq&>(*m_heap);
}
const Dict& Value::dict() const {
    return static_cast<const Dict&>(*m_heap);
}
std::shared_ptr<Dict> Value::dictPtr() const {
    return std::static_pointer_cast<Dict>(m_heap);
}
Object& Value::object() const {
    return static_cast<Object&>(*m_heap);
}
int Value::depth() const {
    return m_heap && m_type != Type::String && m_type != Type::Undefined ? m_heap->depth : 0;
}

void Value::failUndefined() const {
    if (const auto* info = static_cast<const UndefinedInfo*>(m_heap.get())) {
        fail(info->kind, info->message);
    }
    fail(FaultKind::Undefined, "a value is undefined");
}

// --- Dict ---------------------------------------------------------------------------------------------------------

const Value* Dict::find(std::string_view key) const {
    if (!m_index.empty()) {
        const auto [begin, end] = m_index.equal_range(std::hash<std::string_view>{}(key));
        for (auto it = begin; it != end; ++it) {
            const auto& entry = entries[it->second];
            if (entry.first.is(Type::String) && entry.first.text() == key) {
                return &entry.second;
            }
        }
        return nullptr;
    }
    for (const auto& [name, value] : entries) {
        if (name.is(Type::String) && name.text() == key) {
            return &value;
        }
    }
    return nullptr;
}

const Value* Dict::find(const Value& key, Budget& budget) const {
    if (key.is(Type::String)) {
        return find(std::string_view(key.text()));
    }
    const std::size_t hash = hashOf(key);
    if (!m_index.empty()) {
        const auto [begin, end] = m_index.equal_range(hash);
        for (auto it = begin; it != end; ++it) {
            if (equal(entries[it->second].first, key, budget)) {
                return &entries[it->second].second;
            }
        }
        return nullptr;
    }
    for (const auto& [name, value] : entries) {
        if (equal(name, key, budget)) {
            return &value;
        }
    }
    return nullptr;
}

void Dict::noteDepth(const Value& value) {
    depth = std::max(depth, value.depth() + 1);
    if (depth > kMaxValueDepth) {
        failRuntime("values are nested too deeply");
    }
}

void Dict::addToIndex(std::size_t position) {
    if (entries.size() <= kIndexFrom) {
        return;
    }
    if (m_index.empty()) {
        for (std::size_t i = 0; i < position; ++i) {
            m_index.emplace(hashOf(entries[i].first), i);
        }
    }
    m_index.emplace(hashOf(entries[position].first), position);
}

void Dict::set(const Value& key, Value value, Budget& budget) {
    budget.memory(2 * sizeof(Value));
    noteDepth(value);
    noteDepth(key);
    if (const Value* found = find(key, budget)) {
        entries[static_cast<std::size_t>(std::distance(
                    entries.cbegin(), std::find_if(entries.cbegin(), entries.cend(),
                                                   [&](const auto& entry) { return &entry.second == found; })))]
            .second = std::move(value);
        return;
    }
    (void)hashOf(key); // refuses what has none
    entries.emplace_back(key, std::move(value));
    addToIndex(entries.size() - 1);
}

void Dict::set(std::string key, Value value, Budget& budget) {
    set(Value::string(std::move(key)), std::move(value), budget);
}

// --- Object -------------------------------------------------------------------------------------------------------

std::string Object::repr(Interp& /*interp*/) {
    return "<" + typeName() + ">";
}
std::optional<Value> Object::attribute(Interp& /*interp*/, std::string_view /*name*/) {
    return std::nullopt;
}
Value Object::call(Interp& /*interp*/, Args& /*args*/) {
    failRuntime("'" + typeName() + "' object is not callable");
}
std::vector<Value> Object::iterate(Interp& /*interp*/) {
    failRuntime("'" + typeName() + "' object is not iterable");
}

void Object::holds(const Value& value) {
    depth = std::max(depth, value.depth() + 1);
    if (depth > kMaxValueDepth) {
        failRuntime("values are nested too deeply");
    }
}

// --- Python's semantics -------------------------------------------------------------------------------------------

const char* typeName(const Value& value) {
    switch (value.type()) {
    case Type::Undefined:
        return "Undefined";
    case Type::None:
        return "NoneType";
    case Type::Bool:
        return "bool";
    case Type::Int:
        return "int";
    case Type::Float:
        return "float";
    case Type::String:
        return value.str().markup ? "Markup" : "str";
    case Type::List:
        return "list";
    case Type::Tuple:
        return "tuple";
    case Type::Dict:
        return "dict";
    case Type::Object:
        return "object";
    }
    return "object";
}

bool truth(const Value& value) {
    switch (value.type()) {
    case Type::Undefined:
    case Type::None:
        return false;
    case Type::Bool:
        return value.boolean();
    case Type::Int:
        return value.integer() != 0;
    case Type::Float:
        return value.real() != 0.0;
    case Type::String:
        return !value.text().empty();
    case Type::List:
    case Type::Tuple:
        return !value.items().empty();
    case Type::Dict:
        return !value.dict().entries.empty();
    case Type::Object:
        return value.object().truth();
    }
    return false;
}

namespace {

std::optional<int> orderNumbers(const Value& a, const Value& b) {
    if (a.isInteger() && b.isInteger()) {
        return a.integer() < b.integer() ? -1 : (a.integer() > b.integer() ? 1 : 0);
    }
    const double x = a.real();
    const double y = b.real();
    if (std::isnan(x) || std::isnan(y)) {
        return std::nullopt;
    }
    if (x == y && std::isfinite(x) && a.isInteger() != b.isInteger()) {
        // Big integers lose digits as doubles; the exact value decides.
        constexpr double kLimit = 1.7e38;
        if (std::fabs(x) < kLimit) {
            const Wide exactA = a.isInteger() ? a.integer() : static_cast<Wide>(x);
            const Wide exactB = b.isInteger() ? b.integer() : static_cast<Wide>(y);
            return exactA < exactB ? -1 : (exactA > exactB ? 1 : 0);
        }
    }
    return x < y ? -1 : (x > y ? 1 : 0);
}

bool equalDicts(const Dict& a, const Dict& b, Budget& budget) {
    if (a.entries.size() != b.entries.size()) {
        return false;
    }
    return std::all_of(a.entries.begin(), a.entries.end(), [&](const auto& entry) {
        const Value* other = b.find(entry.first, budget);
        return other != nullptr && equal(entry.second, *other, budget);
    });
}

} // namespace

bool equal(const Value& a, const Value& b, Budget& budget) {
    budget.step();
    if (a.isNumber() && b.isNumber()) {
        return orderNumbers(a, b) == 0;
    }
    if (a.type() != b.type()) {
        return false;
    }
    switch (a.type()) {
    case Type::Undefined:
    case Type::None:
        return true;
    case Type::String:
        budget.step(a.text().size() / 64);
        return a.text() == b.text();
    case Type::List:
    case Type::Tuple:
        return a.heap() == b.heap() ||
               std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                          [&](const Value& x, const Value& y) { return equal(x, y, budget); });
    case Type::Dict:
        return a.heap() == b.heap() || equalDicts(a.dict(), b.dict(), budget);
    default:
        return a.heap() == b.heap();
    }
}

std::optional<int> order(const Value& a, const Value& b, Budget& budget, const char* signText) {
    budget.step();
    if (a.is(Type::Undefined)) {
        a.failUndefined();
    }
    if (b.is(Type::Undefined)) {
        b.failUndefined();
    }
    if (a.isNumber() && b.isNumber()) {
        return orderNumbers(a, b);
    }
    if (a.is(Type::String) && b.is(Type::String)) {
        budget.step(std::min(a.text().size(), b.text().size()) / 64);
        return sign(a.text().compare(b.text()));
    }
    if (a.isSequence() && a.type() == b.type()) {
        const auto& x = a.items();
        const auto& y = b.items();
        for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
            if (!equal(x[i], y[i], budget)) {
                return order(x[i], y[i], budget, signText);
            }
        }
        return x.size() < y.size() ? -1 : (x.size() > y.size() ? 1 : 0);
    }
    failRuntime(std::string("'") + signText + "' not supported between instances of '" + typeName(a) + "' and '" +
                typeName(b) + "'");
}

std::size_t hashOf(const Value& value) {
    switch (value.type()) {
    case Type::None:
        return 1;
    case Type::Bool:
    case Type::Int:
        return std::hash<double>{}(value.real());
    case Type::Float:
        return std::hash<double>{}(value.real() == 0.0 ? 0.0 : value.real());
    case Type::String:
        return std::hash<std::string_view>{}(value.text());
    case Type::Tuple: {
        std::size_t hash = 7;
        for (const Value& item : value.items()) {
            hash = hash * 1000003U + hashOf(item);
        }
        return hash;
    }
    case Type::List:
    case Type::Dict:
        failRuntime(std::string("unhashable type: '") + typeName(value) + "'");
    default:
        return std::hash<const void*>{}(value.heap());
    }
}

std::string wideText(Wide value) {
    if (value == 0) {
        return "0";
    }
    const bool negative = value < 0;
    auto rest = static_cast<UnsignedWide>(value);
    if (negative) {
        rest = ~rest + 1U;
    }
    std::string digits;
    while (rest != 0) {
        digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10U)));
        rest /= 10U;
    }
    if (negative) {
        digits.push_back('-');
    }
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string floatRepr(double value) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    std::array<char, 64> buffer{};
    const auto scientific =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(scientific.ptr - buffer.data()));
    const std::size_t e = text.find('e');
    int exponent = 0;
    const std::size_t exponentAt = text[e + 1] == '+' ? e + 2 : e + 1;
    std::from_chars(text.data() + exponentAt, text.data() + text.size(), exponent);
    if (exponent < -4 || exponent >= 16) {
        return std::string(text); // 1e+16, 1e-07: already Python's form
    }
    const auto fixed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    std::string out(buffer.data(), static_cast<std::size_t>(fixed.ptr - buffer.data()));
    if (out.find('.') == std::string::npos) {
        out += ".0";
    }
    return out;
}

} // namespace fettle::text::jinja
