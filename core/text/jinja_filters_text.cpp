// Filters on text, and the table of all filters.
#include "text/jinja_filters.h"
#include "text/jinja_methods_text.h"
#include "text/jinja_objects.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <unordered_map>

namespace fettle::text::jinja {

namespace {

using MapFunction = std::string (*)(std::string_view);

template <MapFunction function>
Value mapped(Interp& interp, const Value& value, Args& args) {
    const Bound bound("filter", args, {});
    const Value text = interp.str(value);
    interp.budget.step(text.text().size() / 16);
    return derived(interp, text, function(text.text()));
}

/// Words begin after white space, hyphens and opening brackets; letters after an apostrophe stay small.
std::string titleWords(std::string_view text) {
    std::string out;
    std::size_t wordBegin = 0;
    const auto isBreak = [](char32_t c) {
        return python::isSpace(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
    };
    const auto flush = [&](std::size_t end) {
        if (end > wordBegin) {
            const std::size_t first = wordBegin + codePointAt(text, wordBegin).size;
            out += python::upper(text.substr(wordBegin, first - wordBegin));
            out += python::lower(text.substr(first, end - first));
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        if (isBreak(point.value)) {
            flush(at);
            out.append(text.substr(at, point.size));
            wordBegin = at + point.size;
        }
        at += point.size;
    }
    flush(text.size());
    return out;
}

Value trim(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_trim", args, {"chars"});
    return stripText(interp, interp.str(value), bound.get(0), true, true);
}

Value string(Interp& interp, const Value& value, Args& args) {
    const Bound bound("soft_str", args, {});
    return interp.str(value);
}

Value safe(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_mark_safe", args, {});
    Text out(interp.budget);
    interp.appendStr(out, value);
    return out.take(true);
}

Value escape(Interp& interp, const Value& value, Args& args) {
    const Bound bound("escape", args, {});
    Text out(interp.budget);
    interp.appendEscaped(out, value);
    return out.take(true);
}

Value forceEscape(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_forceescape", args, {});
    Text plain(interp.budget);
    interp.appendStr(plain, value);
    Text out(interp.budget);
    interp.appendEscaped(out, plain.take());
    return out.take(true);
}

Value replace(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_replace", args, {"old", "new", "count"}, 2);
    return replaceText(interp, interp.str(value), interp.str(*bound.get(0)), interp.str(*bound.get(1)),
                       bound.integer(2, -1));
}

Value center(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_center", args, {"width"});
    Args inner;
    inner.positional.push_back(bound.valueOr(0, Value::integer(80)));
    return findTextMethod("center")->function(interp, interp.str(value), inner);
}

Value wordCount(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_wordcount", args, {});
    Wide count = 0;
    bool inWord = false;
    for (const char32_t c : python::toCodePoints(interp.plain(value))) {
        const bool word = python::isWord(c);
        count += word && !inWord ? 1 : 0;
        inWord = word;
    }
    return Value::integer(count);
}

Value indent(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_indent", args, {"width", "first", "blank"});
    const Value width = bound.valueOr(0, Value::integer(4));
    std::string indention;
    if (width.is(Type::String)) {
        indention = width.text();
    } else {
        const Wide count = requireInteger(width);
        if (count > 10'000) {
            failRuntime("indent: the width is too large");
        }
        indention.assign(static_cast<std::size_t>(std::max<Wide>(0, count)), ' ');
    }
    const Value newline = Value::string("\n");
    const Value text = interp.binary(Op::Add, value, newline); // refuses what is no text
    const std::vector<Value> lines = splitLines(interp, text, false);
    const bool blank = bound.flag(2, false);
    Text out(interp.budget);
    if (bound.flag(1, false)) {
        out.append(indention);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) {
            out.append("\n");
            if (blank || !lines[i].text().empty()) {
                out.append(indention);
            }
        }
        out.append(lines[i].str());
    }
    return out.take(text.str().markup);
}

Value truncate(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_truncate", args, {"length", "killwords", "end", "leeway"});
    const Wide length = bound.integer(0, 255);
    const Value end = bound.valueOr(2, Value::string("..."));
    const Wide leeway = bound.integer(3, 5);
    const auto endSize = static_cast<Wide>(interp.length(end));
    if (length < endSize) {
        failRuntime("expected length >= " + wideText(endSize) + ", got " + wideText(length));
    }
    if (leeway < 0) {
        failRuntime("expected leeway >= 0");
    }
    if (static_cast<Wide>(interp.length(value)) <= length + leeway) {
        return value;
    }
    Value cut = interp.slice(value, Value::none(), Value::integer(length - endSize), Value::none());
    if (!bound.flag(1, false)) {
        const std::string& bytes = requireString(cut, "truncate").text;
        const std::size_t space = bytes.rfind(' ');
        cut = substring(interp, cut, 0, space == std::string::npos ? bytes.size() : space);
    }
    return interp.binary(Op::Add, cut, end);
}

/// Words of one line put into lines of at most `width`; long words are cut, hyphenated ones may break after the hyphen.
std::vector<std::string> wrapLine(const std::string& line, std::size_t width, bool breakLong, bool breakHyphens) {
    std::vector<std::u32string> chunks;
    const std::u32string points = python::toCodePoints(line);
    for (std::size_t at = 0; at < points.size();) {
        std::size_t end = at;
        const auto space = [&](std::size_t i) { return points[i] == ' ' || (points[i] >= 0x09 && points[i] <= 0x0D); };
        const bool isSpace = space(at);
        while (end < points.size() && space(end) == isSpace) {
            ++end;
            const bool hyphen = breakHyphens && !isSpace && points[end - 1] == '-' && end - at >= 3 &&
                                end + 1 < points.size() && python::isAlpha(points[end - 2]) &&
                                python::isAlpha(points[end]) && python::isAlpha(points[end + 1]);
            if (hyphen) {
                break;
            }
        }
        chunks.push_back(points.substr(at, end - at));
        at = end;
    }
    const auto blank = [](const std::u32string& chunk) {
        return chunk.find_first_not_of(U" \t\n\v\f\r") == std::u32string::npos;
    };
    std::vector<std::string> lines;
    std::size_t next = 0;
    while (next < chunks.size()) {
        if (!lines.empty() && blank(chunks[next])) {
            ++next;
            continue;
        }
        std::u32string current;
        while (next < chunks.size() && current.size() + chunks[next].size() <= width) {
            current += chunks[next++];
        }
        if (next < chunks.size() && chunks[next].size() > width) {
            if (breakLong) {
                const std::size_t room = width > current.size() ? width - current.size() : 0;
                current += chunks[next].substr(0, room);
                chunks[next].erase(0, room);
            } else if (current.empty()) {
                current = chunks[next++];
            }
        }
        const std::size_t last = current.find_last_not_of(U" \t\n\v\f\r");
        current.resize(last == std::u32string::npos ? 0 : last + 1);
        if (current.empty()) {
            continue;
        }
        std::string bytes;
        for (const char32_t c : current) {
            appendUtf8(bytes, c);
        }
        lines.push_back(std::move(bytes));
    }
    return lines;
}

Value wordWrap(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_wordwrap", args, {"width", "break_long_words", "wrapstring", "break_on_hyphens"});
    const Wide width = bound.integer(0, 79);
    if (width <= 0) {
        failRuntime("invalid width " + wideText(width) + " (must be > 0)");
    }
    const std::string separator =
        bound.get(2) != nullptr && !bound.get(2)->is(Type::None) ? interp.plain(*bound.get(2)) : std::string("\n");
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    (void)requireString(value, "wordwrap");
    const Value& text = value;
    interp.budget.step(text.text().size());
    std::string out;
    bool firstLine = true;
    for (const Value& line : splitLines(interp, text, false)) {
        out += firstLine ? "" : separator;
        firstLine = false;
        bool first = true;
        for (const std::string& part : wrapLine(line.text(), static_cast<std::size_t>(std::min<Wide>(width, 1'000'000)),
                                                bound.flag(1, true), bound.flag(3, true))) {
            out += (first ? "" : separator) + part;
            first = false;
            interp.budget.memory(part.size() + separator.size());
        }
    }
    return derived(interp, text, std::move(out));
}

Value format(Interp& interp, const Value& value, Args& args) {
    if (!args.named.empty() && !args.positional.empty()) {
        failRuntime("can't handle positional and keyword arguments at the same time");
    }
    if (!args.named.empty()) {
        auto dict = std::make_shared<Dict>();
        for (const auto& [name, argument] : args.named) {
            dict->set(name, argument, interp.budget);
        }
        return formatPercent(interp, interp.str(value), Value::dict(std::move(dict)));
    }
    return formatPercent(interp, interp.str(value), Value::tuple(std::move(args.positional)));
}

} // namespace

std::vector<FilterEntry> textFilters() {
    return {{"upper", mapped<python::upper>},
            {"lower", mapped<python::lower>},
            {"capitalize", mapped<python::capitalize>},
            {"title", mapped<titleWords>},
            {"trim", trim},
            {"string", string},
            {"safe", safe},
            {"e", escape},
            {"escape", escape},
            {"forceescape", forceEscape},
            {"replace", replace},
            {"center", center},
            {"wordcount", wordCount},
            {"indent", indent},
            {"truncate", truncate},
            {"wordwrap", wordWrap},
            {"format", format},
            {"tojson", toJson}};
}

FilterFunction findFilter(std::string_view name) {
    static const std::unordered_map<std::string_view, FilterFunction> kFilters = [] {
        std::unordered_map<std::string_view, FilterFunction> map;
        for (const FilterEntry& entry : textFilters()) {
            map.emplace(entry.name, entry.function);
        }
        for (const FilterEntry& entry : valueFilters()) {
            map.emplace(entry.name, entry.function);
        }
        for (const FilterEntry& entry : sequenceFilters()) {
            map.emplace(entry.name, entry.function);
        }
        return map;
    }();
    const auto it = kFilters.find(name);
    return it != kFilters.end() ? it->second : nullptr;
}

} // namespace fettle::text::jinja
