#!/usr/bin/env python3
"""SmolLM2 end to end beside PEFT: the same rows, the same ids, the same starting adapter, 200 steps in both programs.

Shows: fp32 losses equal within 1e-3 relative; bf16 losses within 3 % of the fp32 ones, single and as means of 20, beside those of PEFT in bf16; on held-out rows the paired difference in label accuracy of the two adapters with its 95 % interval;
log-probabilities of our adapter in PEFT on the exported base against ours (fp32, 1e-3). Prints one JSON object; exit 1 where one of them does not hold.

    peft_end_to_end.py --fettle build/release/bin/fettle --python VENV/bin/python --work FOLDER      (venv: peers/requirements.txt)
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")


def run(words, **kw):
    done = subprocess.run(words, capture_output=True, text=True, **kw)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words[:4])} failed ({done.returncode}):\n{done.stderr[-3000:]}")
    return done.stdout


def encode(args, split):
    """Rows as ids, by Fettle: the ids both programs train on."""
    path = os.path.join(args.work, split + ".ids.jsonl")
    encoded = json.loads(run([args.fettle, "data", "encode", os.path.join(args.work, "rows", split + ".jsonl"), "--model", "smollm2-135m-instruct", "--json"]))
    with open(path, "w") as f:
        f.writelines(json.dumps({"ids": r["ids"], "labels": r["labels"]}) + "\n" for r in encoded["rows"])
    return path


def train(args, dtype, rows, init, name):
    recipe = {"model": "smollm2-135m-instruct", "data": {"train": rows, "format": "ids", "shuffle": False}, "adapter": {"init_from": init},
              "optimizer": {"learning_rate": args.lr, "warmup_steps": 6, "max_grad_norm": 1.0}, "training": {"max_steps": args.steps, "batch_rows": args.rows, "compute_dtype": dtype},
              "evaluation": {"every_epochs": 0}, "checkpoint": {"every_epochs": 0}, "output": os.path.join(args.work, name)}
    path = os.path.join(args.work, name + ".json")
    json.dump(recipe, open(path, "w"))
    if not os.path.exists(os.path.join(args.work, name, "checkpoints", f"step_{args.steps:06d}", "state.json")):  # a finished run is not made again
        run([args.fettle, "train", "--recipe", path, "--json-events"])
    events = [json.loads(l) for l in open(os.path.join(args.work, name, "events.jsonl"))]
    steps = [e for e in events if e["type"] == "step_metrics"]
    return {"losses": [e["loss"] for e in steps], "tokens_per_s": sorted(e["tokens_per_s"] for e in steps)[len(steps) // 2], "peak_bytes": steps[-1]["peak_bytes"],
            "adapter": os.path.join(args.work, name, "checkpoints", f"step_{args.steps:06d}")}


def peft(args, peer, base, rows, init, dtype, adapter):
    """The same steps by PEFT; a finished run is not made again."""
    path = adapter + ".json"
    if not os.path.exists(path):
        out = peer("train_rows.py", "--model", base, "--rows-file", rows, "--steps", str(args.steps), "--rows", str(args.rows), "--lr", str(args.lr), "--init", init, "--dtype", dtype,
                   "--save-adapter", adapter).splitlines()[-1]
        with open(path, "w") as f:
            f.write(out)
    return json.load(open(path))


def single_steps(losses, reference):
    """How far single losses lie from those of the reference, relative."""
    off = sorted(abs(a / b - 1) for a, b in zip(losses, reference))
    return {"median": off[len(off) // 2], "p90": off[int(0.9 * len(off))], "max": off[-1], "within_3_percent": sum(o < 0.03 for o in off) / len(off), "sum_ratio": sum(losses) / sum(reference)}


def paired_interval(ours, theirs, resamples=10000, seed=1):
    rng = random.Random(seed)
    difference = [a - b for a, b in zip(ours, theirs)]
    n = len(difference)
    means = sorted(sum(difference[rng.randrange(n)] for _ in range(n)) / n for _ in range(resamples))
    return sum(difference) / n, means[int(0.025 * resamples)], means[int(0.975 * resamples)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fettle", required=True)
    p.add_argument("--python", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--steps", type=int, default=200)
    p.add_argument("--rows", type=int, default=8)
    p.add_argument("--test-rows", type=int, default=400)
    p.add_argument("--lr", type=float, default=2e-4)
    args = p.parse_args()
    args.work = os.path.abspath(args.work)
    os.makedirs(args.work, exist_ok=True)
    peer = lambda script, *words: run([args.python, os.path.join(PEERS, script), *words])

    if not os.path.exists(os.path.join(args.work, "rows", "test.jsonl")):
        peer("make_debian_rows.py", "--out", os.path.join(args.work, "rows"), "--test", str(args.test_rows), "--train", str(args.steps * args.rows))
    base = os.path.join(args.work, "base")
    if not os.path.exists(base):
        run([args.fettle, "export", "--format", "base", "--model", "smollm2-135m-instruct", "--out", base])
    train_ids, test_ids = encode(args, "train"), encode(args, "test")
    init = os.path.join(args.work, "init")
    if not os.path.exists(init):
        peer("train_rows.py", "--model", base, "--rows-file", train_ids, "--save-init", init)

    fp32 = train(args, "fp32", train_ids, init, "ours-fp32")
    bf16 = train(args, "bf16", train_ids, init, "ours-bf16")
    theirs_dir = os.path.join(args.work, "theirs")
    theirs = peft(args, peer, base, train_ids, init, "fp32", theirs_dir)
    theirs_bf16 = peft(args, peer, base, train_ids, init, "bf16", theirs_dir + "-bf16")

    relative = lambda a, b: max(abs(x / y - 1) for x, y in zip(a, b))
    smooth = lambda v: [sum(v[i:i + 20]) / len(v[i:i + 20]) for i in range(0, len(v), 20)]
    probe = []
    for i, row in enumerate(json.loads(l) for l in open(test_ids)):
        if i % 40 == 0:
            probe.append(os.path.join(args.work, f"probe{i}.json"))
            json.dump(row["ids"], open(probe[-1], "w"))
    scores = json.loads(peer("score_rows.py", "--model", base, "--rows-file", test_ids, "--adapter", "ours=" + fp32["adapter"], "--adapter", "bf16=" + bf16["adapter"], "--adapter",
                             "theirs=" + theirs_dir, *[w for f in probe for w in ("--ids", f)]).splitlines()[-1])
    worst = 0.0
    for path, expected in zip(probe, scores["logprobs"]["ours"]):
        ours = json.loads(run([args.fettle, "score", "--model", "smollm2-135m-instruct", "--adapter", fp32["adapter"], "--ids", path, "--dtype", "fp32", "--json"]))["logprobs"]
        worst = max(worst, max(abs(a - b) for a, b in zip(ours[1:], expected[1:])))
    mean, low, high = paired_interval(scores["adapters"]["ours"]["correct"], scores["adapters"]["theirs"]["correct"])
    bmean, blow, bhigh = paired_interval(scores["adapters"]["bf16"]["correct"], scores["adapters"]["theirs"]["correct"])
    accuracy = {k: sum(v["correct"]) / len(v["correct"]) for k, v in scores["adapters"].items()}
    result = {
        "bench": "peft_end_to_end", "steps": args.steps, "rows_a_step": args.rows, "test_rows": len(scores["adapters"]["ours"]["correct"]),
        "fp32_loss_max_relative": relative(fp32["losses"], theirs["losses"]),
        "bf16_loss_mean_of_20_max_relative": relative(smooth(bf16["losses"]), smooth(theirs["losses"])),
        "bf16_single_steps": single_steps(bf16["losses"], theirs["losses"]),
        "peft_bf16": {"loss_mean_of_20_max_relative": relative(smooth(theirs_bf16["losses"]), smooth(theirs["losses"])), "single_steps": single_steps(theirs_bf16["losses"], theirs["losses"])},
        "accuracy": accuracy, "paired_difference": mean, "interval": [low, high], "half_width": (high - low) / 2, "bf16_paired_difference": bmean, "bf16_interval": [blow, bhigh],
        "heldout_loss": {k: v["loss"] for k, v in scores["adapters"].items()}, "logprob_max_difference": worst,
        "tokens_per_s": {"ours_fp32": fp32["tokens_per_s"], "ours_bf16": bf16["tokens_per_s"], "peft_fp32": theirs["tokens_per_s"]["median"], "peft_bf16": theirs_bf16["tokens_per_s"]["median"]},
        "last_losses": {"ours_fp32": fp32["losses"][-1], "ours_bf16": bf16["losses"][-1], "peft_fp32": theirs["losses"][-1]},
    }
    result["holds"] = {"fp32_losses": result["fp32_loss_max_relative"] < 1e-3, "bf16_single_losses": result["bf16_single_steps"]["max"] < 0.03, "bf16_means_of_20": result["bf16_loss_mean_of_20_max_relative"] < 0.03, "accuracy": low <= 0 <= high,
                       "logprobs": worst < 1e-3}
    print(json.dumps(result))
    sys.exit(0 if all(result["holds"].values()) else 1)


if __name__ == "__main__":
    main()
