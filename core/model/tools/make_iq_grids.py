#!/usr/bin/env python3
"""Writes iq_grids.inc: the lattice points of the IQ block formats, packed as small indices, from the tables of the `gguf` package (MIT).

Use: python make_iq_grids.py > ../iq_grids.inc  (with `gguf` 0.19 or later installed; the output is committed, the build does not run this).
"""
from gguf import quants


def words(text, digits):
    """The hexadecimal table, its bytes regrouped into little-endian words of one grid row each."""
    raw = bytes.fromhex(text.decode())
    size = digits // 2
    return [int.from_bytes(raw[i:i + size], "little") for i in range(0, len(raw), size)]


def row_bits(cls):
    bits = (len(cls.grid_map) - 1).bit_length()
    # The package stores 8 // bits values a byte; three-bit values therefore take four bits each.
    return 8 // (8 // bits) * cls.grid_shape[1]


def emit(name, kind, values, digits, per_line):
    print(f"inline constexpr std::array<{kind}, {len(values)}> {name} = {{{{")
    for i in range(0, len(values), per_line):
        print("    " + ", ".join(f"0x{v:0{digits}x}" for v in values[i:i + per_line]) + ",")
    print("}};\n")


def main():
    print("// Made by tools/make_iq_grids.py from the tables of the gguf Python package (MIT licence, Georgi Gerganov and contributors). Do not edit.")
    print("// Each entry is one lattice point: value i is the field i (2 bits; 4 bits for IQ3) and indexes the value table of its type.\n")
    for name, cls in (("kGridIq2Xxs", quants.IQ2_XXS), ("kGridIq2Xs", quants.IQ2_XS), ("kGridIq2S", quants.IQ2_S),
                      ("kGridIq3Xxs", quants.IQ3_XXS), ("kGridIq3S", quants.IQ3_S), ("kGridIq1S", quants.IQ1_S)):
        bits = row_bits(cls)
        assert bits == 16, (name, bits)
        values = words(cls.grid_hex, bits // 4)
        assert len(values) == cls.grid_shape[0], name
        print(f"// Values: {', '.join(str(v) for v in cls.grid_map)}")
        emit(name, "std::uint16_t", values, 4, 16)
    print("// Sign patterns of seven stored bits: the eighth makes the number of minus signs even.")
    emit("kSignPatterns", "std::uint8_t", list(quants.IQ2_XXS.ksigns), 2, 16)


main()
