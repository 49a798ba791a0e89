#!/usr/bin/env python3
"""What adapters make of held-out rows, by transformers + PEFT: whether every label token of a row is the likeliest one, and the log-probabilities of given ids.

Prints {"adapters": {NAME: {"correct": [0/1 a row], "loss": mean}}, "logprobs": {NAME: [[...] a row of --ids]}}.
"""
import argparse
import json

import common


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_common(p)
    p.add_argument("--rows-file", required=True)
    p.add_argument("--adapter", action="append", required=True, help="NAME=FOLDER")
    p.add_argument("--ids", action="append", default=[], help="JSON file with an array of ids to score")
    args = p.parse_args()
    torch = common.set_up(args.threads, args.seed)
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    rows = common.read_jsonl(args.rows_file)
    out = {"adapters": {}, "logprobs": {}}
    for name, folder in (a.split("=", 1) for a in args.adapter):
        model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32), folder).eval()
        correct, total, count = [], 0.0, 0
        with torch.no_grad():
            for r in rows:
                logits = model(input_ids=torch.tensor([r["ids"]])).logits[0, :-1]
                labels = torch.tensor(r["labels"][1:])
                kept = labels != -100
                correct.append(int(bool((logits.argmax(-1)[kept] == labels[kept]).all())))
                total += torch.nn.functional.cross_entropy(logits[kept], labels[kept], reduction="sum").item()
                count += int(kept.sum())
            scored = []
            for path in args.ids:
                ids = json.load(open(path))
                logp = torch.log_softmax(model(input_ids=torch.tensor([ids])).logits[0].double(), -1)
                scored.append([None] + [logp[i - 1, ids[i]].item() for i in range(1, len(ids))])
        out["adapters"][name] = {"correct": correct, "loss": total / count}
        out["logprobs"][name] = scored
    print(json.dumps(out))


if __name__ == "__main__":
    main()
