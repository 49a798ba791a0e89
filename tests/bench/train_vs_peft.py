#!/usr/bin/env python3
"""Training speed beside PEFT on the same ids: 2 x 512 tokens, half of them labels, bf16 and fp32, in turn on one machine.

Each round runs PEFT (its default, and with adapters in the model's dtype: the faster one counts) and then Fettle. The figure is the ratio of medians over quiet steps. Prints one JSON object.

    train_vs_peft.py --fettle build/release/bin/fettle --python VENV/bin/python --work FOLDER [--rounds 3]
"""
import argparse
import json
import os
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words[:4])} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fettle", required=True)
    p.add_argument("--python", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--steps", type=int, default=8)
    p.add_argument("--dtypes", default="bf16,fp32")
    args = p.parse_args()
    work = os.path.abspath(args.work)
    os.makedirs(work, exist_ok=True)
    base = os.path.join(work, "base-bf16")
    if not os.path.exists(base):
        subprocess.run([args.python, os.path.join(PEERS, "get_model.py"), "--out", base], check=True, capture_output=True)
    if not os.path.exists(os.path.join(work, "rows")):
        subprocess.run([args.python, os.path.join(PEERS, "make_debian_rows.py"), "--out", os.path.join(work, "rows")], check=True, capture_output=True)
    batches, init = os.path.join(work, "batches.json"), os.path.join(work, "bench-init")
    peft = [args.python, os.path.join(PEERS, "bench_peft.py"), "--model", base]
    if not os.path.exists(init):
        run([*peft, "--text", os.path.join(work, "rows", "train.jsonl"), "--save-batches", batches, "--save-init", init, "--steps", "2", "--warmup", "1"])
    fixed = ["--batches", batches, "--init", init]
    out = {"bench": "train_vs_peft", "tokens_per_step": 1024, "rounds": []}
    for _ in range(args.rounds):
        entry = {}
        for dtype in args.dtypes.split(","):
            peer = {"default": run([*peft, *fixed, "--dtype", dtype, "--steps", str(args.steps)])}
            if dtype == "bf16":
                peer["adapters_bf16"] = run([*peft, *fixed, "--dtype", dtype, "--adapter-dtype", "model", "--steps", str(args.steps)])
            ours = run([args.fettle, "bench", "train", "--model", base, *fixed, "--dtype", dtype, "--steps", str(args.steps), "--warmup", "2", "--json"])
            speed = lambda r: (r.get("tokens_per_s_quiet") or r["tokens_per_s"])["median"]
            entry[dtype] = {"peft": {k: {"tokens_per_s": speed(v), "peak_gib": v["peak_rss_gib"], "other_cores": v["other_cores"]["median"], "losses": v["losses"][:4]} for k, v in peer.items()},
                            "ours": {"tokens_per_s": speed(ours), "peak_gib": ours["peak_bytes"] / 2**30, "losses": ours["losses"][:4], "other_cores": ours.get("other_cores")}}
            out["cpu"] = peer["default"]["cpu"]
        out["rounds"].append(entry)
    for dtype in args.dtypes.split(","):
        best = statistics.median(max(v["tokens_per_s"] for v in r[dtype]["peft"].values()) for r in out["rounds"])
        ours = statistics.median(r[dtype]["ours"]["tokens_per_s"] for r in out["rounds"])
        out[dtype] = {"peft_best_tokens_per_s": best, "ours_tokens_per_s": ours, "ratio": ours / best, "wins": sum(r[dtype]["ours"]["tokens_per_s"] > max(v["tokens_per_s"] for v in r[dtype]["peft"].values()) for r in out["rounds"]),
                      "memory_share_of_default": statistics.median(r[dtype]["ours"]["peak_gib"] / r[dtype]["peft"]["default"]["peak_gib"] for r in out["rounds"])}
    print(json.dumps(out))


if __name__ == "__main__":
    main()
