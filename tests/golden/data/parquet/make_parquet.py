#!/usr/bin/env python3
"""Parquet files as other programs write them, and what their rows are. Run once: make_parquet.py (needs pyarrow); the files are committed.

types.parquet      a column of every type that tables hold, with nulls
groups.parquet     5,000 rows in groups of 700, dictionary pages, zstd
cells.parquet      messages as JSON text in a column of texts; one cell is torn
bytes.parquet      a binary column: UTF-8 in the first row, no text in the second
torn.parquet       the first half of groups.parquet
footer.parquet     groups.parquet with its footer overwritten
"""
import datetime
import decimal
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(here, name)

message = pa.struct([("role", pa.string()), ("content", pa.string()), ("name", pa.string())])
columns = {
    "prompt": pa.array(["one", "two", None], pa.string()),
    "completion": pa.array(["A", "B", "C"], pa.large_string()),
    "yes": pa.array([True, None, False], pa.bool_()),
    "small": pa.array([-1, None, 127], pa.int8()),
    "big": pa.array([2**62, -5, None], pa.int64()),
    "huge": pa.array([2**63 + 5, 0, 1], pa.uint64()),
    "half": pa.array([0.5, float("nan"), None], pa.float32()),
    "number": pa.array([1e300, float("inf"), -2.25], pa.float64()),
    "day": pa.array([datetime.date(2024, 5, 1), None, datetime.date(1969, 12, 31)], pa.date32()),
    "moment": pa.array([datetime.datetime(2024, 5, 1, 12, 30, 15), None, None], pa.timestamp("us")),
    "price": pa.array([decimal.Decimal("12.50"), None, decimal.Decimal("-0.01")], pa.decimal128(9, 2)),
    "class": pa.array(["net", "web", "net"]).dictionary_encode(),
    "tags": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
    "grid": pa.array([[[1, 2], [3]], None, [[]]], pa.list_(pa.list_(pa.int32()))),
    "pair": pa.array([[1.5, 2.5], [3.5, 4.5], None], pa.list_(pa.float64(), 2)),
    "turns": pa.array([[{"role": "user", "content": "hi", "name": None}], [], None], pa.list_(message)),
    "map": pa.array([[("x", 1), ("y", 2)], None, []], pa.map_(pa.string(), pa.int64())),
    "nothing": pa.nulls(3),
}
pq.write_table(pa.table(columns), at("types.parquet"))

n = 5000
rows = [{"messages": [{"role": "user", "content": f"question {i} " + "word " * (i % 40)}, {"role": "assistant", "content": f"answer {i % 17}"}], "source": ["web", "book"][i % 2]} for i in range(n)]
pq.write_table(pa.Table.from_pylist(rows), at("groups.parquet"), row_group_size=700, compression="zstd")

cells = [json.dumps([{"role": "user", "content": "täglich"}, {"role": "assistant", "content": "ja"}], ensure_ascii=False), '[{"role": "user", "content": "to', json.dumps([{"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}])]
pq.write_table(pa.table({"messages": cells, "label": ["1", "2", "3"]}), at("cells.parquet"))
pq.write_table(pa.table({"prompt": pa.array(["né".encode(), b"\xff\xfe\x00"], pa.binary()), "completion": ["a", "b"]}), at("bytes.parquet"))

whole = open(at("groups.parquet"), "rb").read()
open(at("torn.parquet"), "wb").write(whole[: len(whole) // 2])
open(at("footer.parquet"), "wb").write(whole[:-200] + b"\x7f" * 192 + whole[-8:])
