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

# Punctuation that the reference's Punctuation step does not know yet, and two characters it still counts.
AFTER_PUNCTUATION = [
    (0x61d, 0x61d), (0x9fd, 0x9fd), (0xa76, 0xa76), (0xc77, 0xc77), (0xc84, 0xc84), (0x1b4e, 0x1b4f), (0x1b7d, 0x1b7f),
    (0x2e43, 0x2e4f), (0x2e52, 0x2e5d), (0x10d6e, 0x10d6e), (0x10ead, 0x10ead), (0x10f55, 0x10f59), (0x10f86, 0x10f89),
    (0x113d4, 0x113d5), (0x113d7, 0x113d8), (0x1144b, 0x1144f), (0x1145a, 0x1145b), (0x1145d, 0x1145d), (0x11660, 0x1166c),
    (0x116b9, 0x116b9), (0x1183b, 0x1183b), (0x11944, 0x11946), (0x119e2, 0x119e2), (0x11a3f, 0x11a46), (0x11a9a, 0x11a9c),
    (0x11a9e, 0x11aa2), (0x11b00, 0x11b09), (0x11be1, 0x11be1), (0x11c41, 0x11c45), (0x11c70, 0x11c71), (0x11ef7, 0x11ef8),
    (0x11f43, 0x11f4f), (0x11fff, 0x11fff), (0x12ff1, 0x12ff2), (0x16d6d, 0x16d6f), (0x16e97, 0x16e9a), (0x16fe2, 0x16fe2),
    (0x1e5ff, 0x1e5ff), (0x1e95e, 0x1e95f),
]
ONCE_PUNCTUATION = [0x166D, 0x111C9]
# Capitals newer than Unicode 14 that the reference lowers: first, last, distance.
LOWER_SINCE = [
    (0x1C89, 0x1C89, 1), (0xA7CB, 0xA7CB, -42343), (0xA7CC, 0xA7CC, 1), (0xA7CE, 0xA7CE, 1), (0xA7D2, 0xA7D2, 1), (0xA7D4, 0xA7D4, 1),
    (0xA7DA, 0xA7DA, 1), (0xA7DC, 0xA7DC, -42561), (0x10D50, 0x10D65, 32), (0x16EA0, 0x16EB8, 27),
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


def class_table(name, codes):
    table(f"constexpr Range {name}[]", [f"{{{a:#x}, {b:#x}}}," for a, b in ranges(codes)])


def punctuation():
    return [c for c in CODES if c in ONCE_PUNCTUATION or newer.category(chr(c))[0] == "P" and not any(a <= c <= b for a, b in AFTER_PUNCTUATION)]


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
    since = {code: move for a, b, move in LOWER_SINCE for code in range(a, b + 1)}
    for code in CODES:
        lower = chr(code).lower()
        if len(lower) != 1:
            continue
        move = since.get(code, ord(lower) - code)
        if move == 0:
            continue
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
class_table("kNumbers", [c for c in CODES if newer.category(chr(c))[0] == "N"])
class_table("kPunctuation", punctuation())
combining_classes()
lower_case()
decompositions()
print("// clang-format on")
