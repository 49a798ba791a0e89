#!/usr/bin/env python3
"""Writes steps.json: tokenizer steps that the golden tokenizers do not use, and what the package tokenizers (0.23.3) makes of a few texts.

    python3 make_steps.py ../golden/text/tokenizers > steps.json

Each entry changes some keys of a golden tokenizer; the C++ test makes the same change and must get the same ids and decoded text.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer

ROOT = pathlib.Path(sys.argv[1])
TEXTS = [
    "", "a", "  two  words  ", "one\n\ntwo\r\n three\t4", "it's DON'T we'll", "a1b22c333 ٣٤ ½Ⅷ", "Wait... what?! (no) [x] $5 + 3 = <8>",
    "Cafe\u0301 café ÀÉÎ", "ﬁne ①㎏ ﷺ Å Ω", "q\u0323\u0307 q\u0307\u0323 한국 \u1112\u1161\u11ab", "İstanbul ǅ ẞ ΑΒΓ ЖЗ", "漢字かなカナ。「」", "😀👩\u200d👧 \U0001fae8",
    "\u180e a\u2028b\u00a0c\u3000d", "snake_case camelCase x_1", "<s>one</s> <|im_end|> SEP xSEPx", " <mask>  <tool_call> <|endoftext|>\n", "▁x Ġy",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u0378\U000e0fff\U00031350\ua7cb",
]
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
PREFIXED = dict(BYTES, add_prefix_space=True)


def chain(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def frame(before, after):
    specials = {name: {"id": name, "ids": [i], "tokens": [name]} for name, i in before + after}
    single = [{"SpecialToken": {"id": name, "type_id": 0}} for name, _ in before] + [{"Sequence": {"id": "A", "type_id": 0}}]
    single += [{"SpecialToken": {"id": name, "type_id": 0}} for name, _ in after]
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": specials}


def variants():
    for behavior in ("Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        for invert in (False, True):
            yield "bpe_gpt2", {"pre_tokenizer": chain(split(r"\s+|[a-c]|\d", behavior, invert), BYTES)}
            yield "bpe_gpt2", {"pre_tokenizer": chain(split(" ", behavior, invert, "String"), PREFIXED)}
        yield "bpe_gpt2", {"pre_tokenizer": chain({"type": "Punctuation", "behavior": behavior}, BYTES)}
    for step in ({"type": "Digits", "individual_digits": False}, {"type": "WhitespaceSplit"}, {"type": "Whitespace"}, {"type": "BertPreTokenizer"},
                 {"type": "CharDelimiterSplit", "delimiter": "e"}):
        yield "bpe_gpt2", {"pre_tokenizer": chain(step, PREFIXED)}
    for pattern in (r"\w+", r"\W+", r"\S+", r"\h+|\d+|\D", r"\P{L}+|\p{^N}", r"^.|.$|a\b", r"[^\S\r\n]+|[\w]", r"(?i:s|k)+", r"x*"):
        yield "bpe_gpt2", {"pre_tokenizer": chain(split(pattern), BYTES)}
    for scheme in ("always", "first", "never"):
        for cut in (True, False):
            meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}
            yield "spm_legacy", {"normalizer": None, "pre_tokenizer": meta, "decoder": meta}
    meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    yield "spm_legacy", {"normalizer": None, "pre_tokenizer": chain({"type": "Punctuation", "behavior": "Isolated"}, meta)}
    for form in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase"):
        yield "bpe_added", {"normalizer": {"type": form}}
    for step in ({"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Strip", "strip_left": True, "strip_right": False},
                 {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Prepend", "prepend": "xy"}):
        yield "bpe_added", {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, step]}}
    yield "spm_legacy", {"model.byte_fallback": False, "model.fuse_unk": False}
    yield "spm_legacy", {"model.byte_fallback": False, "model.fuse_unk": True}
    yield "spm_legacy", {"model.byte_fallback": False, "model.unk_token": None}
    yield "bpe_gpt2", {"decoder": None}
    yield "spm_legacy", {"post_processor": frame([("<s>", 1)], [("</s>", 2)])}
    yield "spm_legacy", {"post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1], "trim_offsets": True, "add_prefix_space": True}}
    added = json.loads((ROOT / "bpe_added" / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    yield "bpe_added", {"normalizer": {"type": "Lowercase"}, "added_tokens": [dict(t, normalized=True) for t in added]}
    yield "bpe_added", {"added_tokens": [dict(t, single_word=True) for t in added]}
    yield "bpe_added", {"added_tokens": [dict(t, lstrip=True, rstrip=True, normalized=True) for t in added]}
    yield "bpe_added", {"pre_tokenizer": dict(PREFIXED, use_regex=True)}


entries = []
for base, change in variants():
    file = json.loads((ROOT / base / "tokenizer.json").read_text(encoding="utf-8"))
    for key, value in change.items():
        target = file["model"] if key.startswith("model.") else file
        target[key.removeprefix("model.")] = value
    tokenizer = Tokenizer.from_str(json.dumps(file))
    rows = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=True).ids
        rows.append([text, ids, tokenizer.decode(ids, skip_special_tokens=False)])
    entries.append({"base": base, "change": change, "rows": rows})
print("[")
print(",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries))
print("]")
