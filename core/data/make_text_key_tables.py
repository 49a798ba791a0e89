#!/usr/bin/env python3
"""Writes text_key_tables.inc: which characters the normal key of a text keeps (letters, marks, numbers), and which of them are marks.

Usage: make_text_key_tables.py > text_key_tables.inc   (with the Python whose Unicode version is wanted; the head of the file names it)
"""
import unicodedata


def ranges(test):
    out = []
    for c in (c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF):
        if test(unicodedata.category(chr(c))):
            if out and out[-1][1] == c - 1:
                out[-1][1] = c
            else:
                out.append([c, c])
    return out


def put(name, rows):
    print(f"constexpr KeyRange {name}[] = {{")
    line = ""
    for first, last in rows:
        text = f"{{{first:#x},{last:#x}}},"
        if len(line) + len(text) > 190:
            print(line)
            line = ""
        line += text
    print(line)
    print("};")


print(f"// Made by make_text_key_tables.py, Unicode {unicodedata.unidata_version}; see there.")
print("// clang-format off")
put("kKeyCharacters", ranges(lambda category: category[0] in "LMN"))
put("kMarks", ranges(lambda category: category[0] == "M"))
