// Methods of strings, as Python's str. Positions are code points.
#include "text/jinja_methods_text.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <unordered_map>

namespace fettle::text::jinja {

namespace {

using MapFunction = std::string (*)(std::string_view);

template <MapFunction function>
Value mapped(Interp& interp, const Value& self, Args& args) {
    const Bound bound("str method", args, {});
    interp.budget.step(self.text().size() / 16);
    return derived(interp, self, function(self.text()));
}

template <bool left, bool right>
Value strip(Interp& interp, const Value& self, Args& args) {
    const Bound bound("strip", args, {"chars"});
    return stripText(interp, self, bound.get(0), left, right);
}

void push(Interp& interp, std::vector<Value>& parts, const Value& self, std::size_t begin, std::size_t end) {
    interp.budget.memory(sizeof(Value));
    parts.push_back(substring(interp, self, begin, end));
}

std::vector<Value> splitSpace(Interp& interp, const Value& self, Wide most, bool fromRight) {
    const std::string& bytes = self.text();
    std::vector<std::pair<std::size_t, std::size_t>> words;
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint point = codePointAt(bytes, at);
        const bool space = python::isSpace(point.value);
        if (!space && (words.empty() || words.back().second != at)) {
            words.emplace_back(at, at);
            interp.budget.memory(sizeof(words.front()));
        }
        at += point.size;
        if (!space) {
            words.back().second = at;
        }
    }
    std::vector<Value> parts;
    const std::size_t count = words.size();
    const std::size_t cuts = most < 0 || most >= static_cast<Wide>(count) ? count : static_cast<std::size_t>(most);
    if (cuts >= count) {
        for (const auto& [begin, end] : words) {
            push(interp, parts, self, begin, end);
        }
        return parts;
    }
    if (fromRight) { // the rest stays on the left, up to its last word
        push(interp, parts, self, python::stripBounds(bytes, false, false).begin, words[count - cuts - 1].second);
        for (std::size_t i = count - cuts; i < count; ++i) {
            push(interp, parts, self, words[i].first, words[i].second);
        }
        return parts;
    }
    for (std::size_t i = 0; i < cuts; ++i) {
        push(interp, parts, self, words[i].first, words[i].second);
    }
    push(interp, parts, self, words[cuts].first, bytes.size());
    return parts;
}

std::vector<Value> splitBy(Interp& interp, const Value& self, const std::string& separator, Wide most, bool fromRight) {
    if (separator.empty()) {
        failRuntime("empty separator");
    }
    const std::string& bytes = self.text();
    std::vector<Value> parts;
    if (fromRight) {
        std::size_t end = bytes.size();
        while (most != 0) {
            const std::size_t found =
                end < separator.size() ? std::string::npos : bytes.rfind(separator, end - separator.size());
            if (found == std::string::npos) {
                break;
            }
            push(interp, parts, self, found + separator.size(), end);
            end = found;
            --most;
        }
        push(interp, parts, self, 0, end);
        std::reverse(parts.begin(), parts.end());
        return parts;
    }
    std::size_t begin = 0;
    while (most != 0) {
        const std::size_t found = bytes.find(separator, begin);
        if (found == std::string::npos) {
            break;
        }
        push(interp, parts, self, begin, found);
        begin = found + separator.size();
        --most;
    }
    push(interp, parts, self, begin, bytes.size());
    return parts;
}

template <bool fromRight>
Value split(Interp& interp, const Value& self, Args& args) {
    const Bound bound("split", args, {"sep", "maxsplit"});
    interp.budget.step(self.text().size() / 16);
    const Wide most = bound.integer(1, -1);
    if (bound.get(0) == nullptr || bound.get(0)->is(Type::None)) {
        return Value::list(splitSpace(interp, self, most, fromRight));
    }
    return Value::list(splitBy(interp, self, requireString(*bound.get(0), "split").text, most, fromRight));
}

Value splitlines(Interp& interp, const Value& self, Args& args) {
    const Bound bound("splitlines", args, {"keepends"});
    return Value::list(splitLines(interp, self, bound.flag(0, false)));
}

template <bool fromRight>
Value partition(Interp& interp, const Value& self, Args& args) {
    const Bound bound("partition", args, {"sep"}, 1);
    const Str& separator = requireString(*bound.get(0), "partition");
    if (separator.text.empty()) {
        failRuntime("empty separator");
    }
    const std::string& bytes = self.text();
    const std::size_t found = fromRight ? bytes.rfind(separator.text) : bytes.find(separator.text);
    const Value nothing = Value::string(std::string(), self.str().markup);
    if (found == std::string::npos) {
        return fromRight ? Value::tuple({nothing, nothing, self}) : Value::tuple({self, nothing, nothing});
    }
    const std::size_t end = found + separator.text.size();
    return Value::tuple({substring(interp, self, 0, found), substring(interp, self, found, end),
                         substring(interp, self, end, bytes.size())});
}

/// The byte range that optional start and end arguments (code points) name; false when start lies behind the end of the
/// text.
bool region(const std::string& bytes, const Bound& bound, std::size_t startAt, std::size_t& begin, std::size_t& end) {
    const auto size = static_cast<Wide>(python::length(bytes));
    const Wide from = bound.integer(startAt, 0);
    const Wide to = bound.integer(startAt + 1, size);
    const Wide first = std::max<Wide>(0, from < 0 ? from + size : from);
    const Wide last = std::clamp<Wide>(to < 0 ? to + size : to, 0, size);
    if (first > size || first > last) {
        return false;
    }
    begin = python::byteOffset(bytes, static_cast<std::size_t>(first));
    end = python::byteOffset(bytes, static_cast<std::size_t>(last));
    return true;
}

template <bool atEnd>
Value affix(Interp& interp, const Value& self, Args& args) {
    const Bound bound(atEnd ? "endswith" : "startswith", args, {"prefix", "start", "end"}, 1);
    const auto matches = [&](const Value& affixValue) {
        const std::string& piece = requireString(affixValue, atEnd ? "endswith" : "startswith").text;
        std::string_view text = self.text();
        if (bound.get(1) != nullptr || bound.get(2) != nullptr) {
            std::size_t begin = 0;
            std::size_t end = 0;
            if (!region(self.text(), bound, 1, begin, end)) {
                return false;
            }
            text = text.substr(begin, end - begin);
        }
        return text.size() >= piece.size() &&
               (atEnd ? text.substr(text.size() - piece.size()) : text.substr(0, piece.size())) == piece;
    };
    if (bound.get(0)->is(Type::Tuple)) {
        interp.budget.step(bound.get(0)->items().size());
        return Value::boolean(std::any_of(bound.get(0)->items().begin(), bound.get(0)->items().end(), matches));
    }
    return Value::boolean(matches(*bound.get(0)));
}

Value replace(Interp& interp, const Value& self, Args& args) {
    const Bound bound("replace", args, {"old", "new", "count"}, 2);
    return replaceText(interp, self, *bound.get(0), *bound.get(1), bound.integer(2, -1));
}

enum class Find { First, Last, Count };

template <Find what, bool must>
Value find(Interp& interp, const Value& self, Args& args) {
    const Bound bound("find", args, {"sub", "start", "end"}, 1);
    const std::string& piece = requireString(*bound.get(0), "find").text;
    interp.budget.step(self.text().size() / 16);
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t found = std::string::npos;
    Wide count = 0;
    if (region(self.text(), bound, 1, begin, end)) {
        const std::string_view text = std::string_view(self.text()).substr(0, end);
        if (what == Find::Count) {
            if (piece.empty()) {
                return Value::size(python::length(text.substr(begin)) + 1);
            }
            for (std::size_t at = text.find(piece, begin); at != std::string_view::npos;
                 at = text.find(piece, at + piece.size())) {
                ++count;
            }
        } else {
            found = what == Find::First ? text.find(piece, begin) : text.rfind(piece);
            if (found != std::string_view::npos && found < begin) {
                found = std::string::npos;
            }
        }
    }
    if (what == Find::Count) {
        return Value::integer(count);
    }
    if (found == std::string::npos) {
        if (must) {
            failRuntime("substring not found");
        }
        return Value::integer(-1);
    }
    return Value::size(python::length(std::string_view(self.text()).substr(0, found)));
}

Value join(Interp& interp, const Value& self, Args& args) {
    const Bound bound("join", args, {"iterable"}, 1);
    return joinText(interp, self, interp.iterate(*bound.get(0)));
}

using CharTest = bool (*)(char32_t);

template <CharTest test>
Value every(Interp& interp, const Value& self, Args& args) {
    const Bound bound("str test", args, {});
    interp.budget.step(self.text().size() / 16);
    const std::u32string points = python::toCodePoints(self.text());
    return Value::boolean(!points.empty() && std::all_of(points.begin(), points.end(), test));
}

Value isAsciiText(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("isascii", args, {});
    return Value::boolean(self.str().ascii());
}

Value isPrintableText(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("isprintable", args, {});
    const std::u32string points = python::toCodePoints(self.text());
    return Value::boolean(std::all_of(points.begin(), points.end(), python::isPrintable));
}

Value isIdentifier(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("isidentifier", args, {});
    const std::u32string points = python::toCodePoints(self.text());
    return Value::boolean(!points.empty() && (points.front() == '_' || python::isAlpha(points.front())) &&
                          std::all_of(points.begin(), points.end(), python::isWord));
}

template <bool upper>
Value hasCase(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("isupper", args, {});
    bool any = false;
    for (const char32_t c : python::toCodePoints(self.text())) {
        if ((upper ? python::isLower(c) : python::isUpper(c)) || python::isTitle(c)) {
            return Value::boolean(false);
        }
        any = any || (upper ? python::isUpper(c) : python::isLower(c));
    }
    return Value::boolean(any);
}

Value isTitleText(Interp& /*interp*/, const Value& self, Args& args) {
    const Bound bound("istitle", args, {});
    bool any = false;
    bool inWord = false;
    for (const char32_t c : python::toCodePoints(self.text())) {
        if (python::isUpper(c) || python::isTitle(c)) {
            if (inWord) {
                return Value::boolean(false);
            }
            inWord = any = true;
        } else if (python::isLower(c)) {
            if (!inWord) {
                return Value::boolean(false);
            }
            any = true;
        } else {
            inWord = false;
        }
    }
    return Value::boolean(any);
}

enum class Side { Left, Right, Center };

template <Side side>
Value pad(Interp& interp, const Value& self, Args& args) {
    const Bound bound("ljust", args, {"width", "fillchar"}, 1);
    const Wide width = requireInteger(*bound.get(0));
    const std::string fill = bound.get(1) != nullptr ? requireString(*bound.get(1), "ljust").text : std::string(" ");
    if (python::length(fill) != 1) {
        failRuntime("The fill character must be exactly one character long");
    }
    const auto size = static_cast<Wide>(interp.length(self));
    if (width <= size) {
        return self;
    }
    if (width > static_cast<Wide>(kMaxStringBytes)) {
        failRuntime("a text is longer than 64 MB");
    }
    const Wide total = width - size;
    // Python puts the odd one on the left only when the width is odd.
    const Wide left = side == Side::Left ? Wide{0} : (side == Side::Right ? total : total / 2 + (total & width & 1));
    Text out(interp.budget);
    for (Wide i = 0; i < left; ++i) {
        out.append(fill);
    }
    out.append(self.str());
    for (Wide i = left; i < total; ++i) {
        out.append(fill);
    }
    return out.take(self.str().markup);
}

Value zfill(Interp& interp, const Value& self, Args& args) {
    const Bound bound("zfill", args, {"width"}, 1);
    const Wide missing = requireInteger(*bound.get(0)) - static_cast<Wide>(interp.length(self));
    if (missing <= 0) {
        return self;
    }
    if (missing > static_cast<Wide>(kMaxStringBytes)) {
        failRuntime("a text is longer than 64 MB");
    }
    const std::string& text = self.text();
    const std::size_t sign = !text.empty() && (text.front() == '+' || text.front() == '-') ? 1 : 0;
    Text out(interp.budget);
    out.append(self.str(), 0, sign);
    out.append(std::string(static_cast<std::size_t>(missing), '0'));
    out.append(self.str(), sign, text.size());
    return out.take(self.str().markup);
}

Value removePrefix(Interp& interp, const Value& self, Args& args) {
    const Bound bound("removeprefix", args, {"prefix"}, 1);
    const std::string& piece = requireString(*bound.get(0), "removeprefix").text;
    const std::string& text = self.text();
    return text.compare(0, piece.size(), piece) == 0 ? substring(interp, self, piece.size(), text.size()) : self;
}

Value removeSuffix(Interp& interp, const Value& self, Args& args) {
    const Bound bound("removesuffix", args, {"suffix"}, 1);
    const std::string& piece = requireString(*bound.get(0), "removesuffix").text;
    const std::string& text = self.text();
    const bool has = !piece.empty() && text.size() >= piece.size() &&
                     text.compare(text.size() - piece.size(), piece.size(), piece) == 0;
    return has ? substring(interp, self, 0, text.size() - piece.size()) : self;
}

Value expandTabs(Interp& interp, const Value& self, Args& args) {
    const Bound bound("expandtabs", args, {"tabsize"});
    const Wide size = bound.integer(0, 8);
    if (size > 10'000) {
        failRuntime("a tab is too wide");
    }
    Text out(interp.budget);
    Wide column = 0;
    const std::string& text = self.text();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = codePointAt(text, at).size;
        if (text[at] == '\t') {
            const Wide spaces = size > 0 ? size - column % size : Wide{0};
            out.append(std::string(static_cast<std::size_t>(spaces), ' '));
            column += spaces;
        } else {
            out.append(self.str(), at, at + length);
            column = text[at] == '\n' || text[at] == '\r' ? 0 : column + 1;
        }
        at += length;
    }
    return out.take(self.str().markup);
}

Value format(Interp& interp, const Value& self, Args& args) {
    return formatBraces(interp, self, args);
}

Value formatMap(Interp& interp, const Value& self, Args& args) {
    const Bound bound("format_map", args, {"mapping"}, 1);
    if (!bound.get(0)->is(Type::Dict)) {
        failRuntime("format_map() needs a mapping");
    }
    Args named;
    for (const auto& [key, value] : bound.get(0)->dict().entries) {
        if (key.is(Type::String)) {
            named.named.emplace_back(key.text(), value);
        }
    }
    return formatBraces(interp, self, named);
}

} // namespace

const Method* findTextMethod(std::string_view name) {
    static const std::unordered_map<std::string_view, Method> kMethods = [] {
        std::unordered_map<std::string_view, Method> map;
        for (const Method& method : std::initializer_list<Method>{
                 {"upper", mapped<python::upper>},
                 {"lower", mapped<python::lower>},
                 {"title", mapped<python::title>},
                 {"capitalize", mapped<python::capitalize>},
                 {"swapcase", mapped<python::swapCase>},
                 {"casefold", mapped<python::caseFold>},
                 {"strip", strip<true, true>},
                 {"lstrip", strip<true, false>},
                 {"rstrip", strip<false, true>},
                 {"split", split<false>},
                 {"rsplit", split<true>},
                 {"splitlines", splitlines},
                 {"partition", partition<false>},
                 {"rpartition", partition<true>},
                 {"startswith", affix<false>},
                 {"endswith", affix<true>},
                 {"replace", replace},
                 {"find", find<Find::First, false>},
                 {"rfind", find<Find::Last, false>},
                 {"index", find<Find::First, true>},
                 {"rindex", find<Find::Last, true>},
                 {"count", find<Find::Count, false>},
                 {"join", join},
                 {"isalpha", every<python::isAlpha>},
                 {"isdigit", every<python::isDigit>},
                 {"isdecimal", every<python::isDecimal>},
                 {"isnumeric", every<python::isNumeric>},
                 {"isalnum", every<python::isAlnum>},
                 {"isspace", every<python::isSpace>},
                 {"isascii", isAsciiText},
                 {"isprintable", isPrintableText},
                 {"isidentifier", isIdentifier},
                 {"isupper", hasCase<true>},
                 {"islower", hasCase<false>},
                 {"istitle", isTitleText},
                 {"ljust", pad<Side::Left>},
                 {"rjust", pad<Side::Right>},
                 {"center", pad<Side::Center>},
                 {"zfill", zfill},
                 {"removeprefix", removePrefix},
                 {"removesuffix", removeSuffix},
                 {"expandtabs", expandTabs},
                 {"format", format},
                 {"format_map", formatMap},
             }) {
            map.emplace(method.name, method);
        }
        return map;
    }();
    const auto it = kMethods.find(name);
    return it != kMethods.end() ? &it->second : nullptr;
}

} // namespace fettle::text::jinja
