#!/usr/bin/env python3
"""Writes python_unicode_tables.inc: character classes and case mappings as Python's str has them, as compact ranges.

Usage: make_python_unicode.py > python_unicode_tables.inc   (run with the Python whose Unicode version is wanted; the head of the file names it)
"""
import sys
import unicodedata

LAST = 0x110000


def chars():
    return (c for c in range(LAST) if not 0xD800 <= c <= 0xDFFF)


def ranges(test):
    out = []
    for c in chars():
        if test(chr(c)):
            if out and out[-1][1] == c - 1:
                out[-1][1] = c
            else:
                out.append([c, c])
    return out


def cell(row):
    return "{" + ",".join(cell(v) if isinstance(v, list) else hex(v) if v >= 0 else str(v) for v in row) + "}"


def put(name, rows, kind):
    print(f"constexpr {kind} {name}[] = {{")
    cells = [cell(row) for row in rows]
    line = ""
    for text in cells:
        if len(line) + len(text) + 1 > 190:
            print(line)
            line = ""
        line += text + ","
    print(line)
    print("};")


def mappings(name, function):
    """Simple ones as {first, last, stride, delta}, the others as {char, up to three chars}."""
    simple, full = [], []
    for c in chars():
        to = function(chr(c))
        if to == chr(c):
            continue
        if len(to) > 1:
            full.append([c, [ord(x) for x in to] + [0] * (3 - len(to))])
            continue
        delta = ord(to) - c
        if simple and simple[-1][3] == delta and (c - simple[-1][1]) in (1, 2):
            step = c - simple[-1][1]
            if simple[-1][0] == simple[-1][1] or simple[-1][2] == step:
                simple[-1][1], simple[-1][2] = c, step
                continue
        simple.append([c, c, 1, delta])
    put(f"k{name}Ranges", simple, "CaseRange")
    put(f"k{name}Full", full, "CaseFull")


def case_ignorable(c):
    return ("A\u03a3" + c).lower()[1] == "\u03c2" and ("A\u03a3" + c + "B").lower()[1] == "\u03c3"


print(f"// Made by make_python_unicode.py, Unicode {unicodedata.unidata_version}; see there.")
print("// clang-format off")
for name, test in (
    ("Alpha", str.isalpha), ("Decimal", str.isdecimal), ("Digit", str.isdigit), ("Numeric", str.isnumeric), ("Space", str.isspace),
    ("Printable", str.isprintable), ("Upper", str.isupper), ("Lower", str.islower), ("TitleCase", lambda c: c.istitle() and not c.isupper()),
    ("CaseIgnorable", case_ignorable),
):
    put(f"k{name}", ranges(test), "CharRange")
mappings("ToUpper", str.upper)
mappings("ToLower", str.lower)
mappings("ToTitle", str.title)
mappings("ToFold", str.casefold)
