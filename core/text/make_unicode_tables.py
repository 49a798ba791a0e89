#!/usr/bin/env python3
"""Writes unicode_tables.inc: what core/text needs from the Unicode character database, in a compact form.

    python3.11 make_unicode_tables.py > unicode_tables.inc      (needs the package unicodedata2==16.0.0)

Two versions matter. Character classes follow Unicode 16, which the reference tokenizers' regular expressions use; PCRE2 10.42
knows Unicode 14, so the difference is written as ranges that the pattern translator adds to each class. Normal forms follow the
reference's older normaliser: what was assigned after it (AFTER_NORMALISER) stays as it is.
"""
import sys
import unicodedata as older

import unicodedata2 as newer

assert older.unidata_version == "14.0.0", "run it with Python 3.11 (Unicode 14, as in PCRE2 10.42)"
assert newer.unidata_version == "16.0.0", "install unicodedata2==16.0.0"

CODES = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
# Characters with a decomposition that the reference's normaliser does not know yet.
AFTER_NORMALISER = [
    (0x32FF, 0x32FF), (0xA7F2, 0xA7F4), (0xAB69, 0xAB69), (0x10781, 0x10785), (0x10787, 0x107B0), (0x107B2, 0x107BA),
    (0x11938, 0x11938), (0x1F16C, 0x1F16C), (0x1FBF0, 0x1FBF9),
]


def ranges(codes):
    out = []
    for code in sorted(codes):
        if out and out[-1][1] == code - 1:
            out[-1][1] = code
        else:
            out.append([code, code])
    return out


def lines(items, width=140):
    line = ""
    for item in items:
        if len(line) + len(item) + 1 > width:
            print(line)
            line = ""
        line += (" " if line else "") + item
    if line:
        print(line)


def table(head, items):
    print(head + " = {")
    lines(items)
    print("};\n")


def literal(name, items):
    print(f"constexpr char {name}[] =")
    line = ""
    for item in items:
        if len(line) + len(item) + 1 > 136:
            print(f'"{line}"')
            line = ""
        line += item + " "
    print(f'"{line}";\n')


def added_since():
    by_category = {}
    for code in CODES:
        category = newer.category(chr(code))
        if category != older.category(chr(code)) and category[0] != "C":
            by_category.setdefault(category, []).append(code)
    table("constexpr AddedRange kAddedRanges[]",
          [f'{{"{category}", {a:#x}, {b:#x}}},' for category in sorted(by_category) for a, b in ranges(by_category[category])])


def class_table(name, letter):
    table(f"constexpr Range {name}[]", [f"{{{a:#x}, {b:#x}}}," for a, b in ranges(c for c in CODES if newer.category(chr(c))[0] == letter)])


def decompositions():
    """Items `DELTA OP TARGETS [*COUNT]`: DELTA (hex) from the last code point, OP = composes again, ! does not, ~ compatibility;
    TARGETS joined by dots; *COUNT code points in a row map to targets in a row."""
    entries = []
    for code in CODES:
        text = older.decomposition(chr(code))
        if not text or any(a <= code <= b for a, b in AFTER_NORMALISER):
            continue
        parts = text.split()
        if parts[0].startswith("<"):
            kind, parts = "~", parts[1:]
        else:
            kind = "=" if older.normalize("NFC", chr(code)) == chr(code) else "!"
        entries.append((code, kind, [int(p, 16) for p in parts], 1))
    merged = []
    for code, kind, targets, _ in entries:
        if merged and len(targets) == 1:
            first, its_kind, its_targets, count = merged[-1]
            if its_kind == kind and len(its_targets) == 1 and code == first + count and targets[0] == its_targets[0] + count:
                merged[-1] = (first, kind, its_targets, count + 1)
                continue
        merged.append((code, kind, targets, 1))
    items, last = [], 0
    for code, kind, targets, count in merged:
        items.append(f"{code - last:x}{kind}" + ".".join(f"{t:x}" for t in targets) + (f"*{count:x}" if count > 1 else ""))
        last = code
    literal("kDecompositions", items)


def combining_classes():
    out = []
    for code in CODES:
        value = older.combining(chr(code))
        if not value:
            continue
        if out and out[-1][1] == code - 1 and out[-1][2] == value:
            out[-1][1] = code
        else:
            out.append([code, code, value])
    table("constexpr CombiningRange kCombining[]", [f"{{{a:#x}, {b:#x}, {v}}}," for a, b, v in out])


def lower_case():
    """Runs of code points `step` apart that all move by the same distance."""
    runs = []
    for code in CODES:
        lower = chr(code).lower()
        if lower == chr(code) or len(lower) != 1:
            continue
        move = ord(lower) - code
        if runs:
            first, last, step, its_move = runs[-1]
            gap = code - last
            if its_move == move and gap in (1, 2) and (step == 0 or step == gap):
                runs[-1] = (first, code, gap, move)
                continue
        runs.append((code, code, 0, move))
    table("constexpr CaseRun kLower[]", [f"{{{a:#x}, {b:#x}, {max(s, 1)}, {m}}}," for a, b, s, m in runs])


sys.stdout.reconfigure(encoding="utf-8")
print("// Made by make_unicode_tables.py: do not edit. What each table holds stands in unicode.cpp.")
print("// clang-format off\n")
added_since()
class_table("kNumbers", "N")
class_table("kPunctuation", "P")
combining_classes()
lower_case()
decompositions()
print("// clang-format on")
