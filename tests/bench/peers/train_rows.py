#!/usr/bin/env python3
"""Trains a LoRA adapter with transformers + PEFT on encoded rows, in file order, and reports the loss of each step.

Rows: JSON lines {"ids": [...], "labels": [...]} (-100 = not trained, nothing shifted). A step takes --rows of them, padded on the right; its loss is the sum of cross entropies over its
label tokens divided by their number, as Fettle defines it. Clipping, cosine schedule with warm-up and AdamW are those of torch and transformers.
"""
import argparse
import json

import common


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_common(p)
    p.add_argument("--rows-file", required=True)
    p.add_argument("--rows", type=int, default=8, help="rows a step")
    p.add_argument("--steps", type=int, default=200)
    p.add_argument("--dtype", choices=common.DTYPES, default="fp32")
    p.add_argument("--init", help="adapter to start from")
    p.add_argument("--save-init", help="writes a fresh adapter here and ends")
    p.add_argument("--save-adapter")
    p.add_argument("--rank", type=int, default=16)
    p.add_argument("--alpha", type=int, default=32)
    p.add_argument("--lr", type=float, default=2e-4)
    p.add_argument("--warmup-steps", type=int, default=6)
    p.add_argument("--clip", type=float, default=1.0)
    args = p.parse_args()

    torch = common.set_up(args.threads, args.seed)
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import AutoModelForCausalLM, get_cosine_schedule_with_warmup

    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=common.torch_dtype(torch, args.dtype))
    if args.init:
        model = PeftModel.from_pretrained(model, args.init, is_trainable=True)
    else:
        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        model = get_peft_model(model, LoraConfig(r=args.rank, lora_alpha=args.alpha, target_modules=targets, task_type="CAUSAL_LM"))
    if args.save_init:
        model.save_pretrained(args.save_init)
        return
    model.train()
    trained = [x for x in model.parameters() if x.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.lr, weight_decay=0.0)
    schedule = get_cosine_schedule_with_warmup(optimizer, args.warmup_steps, args.steps)
    rows = common.read_jsonl(args.rows_file)
    watch, losses, tokens = common.Watch(), [], []
    for step in range(args.steps):
        batch = rows[step * args.rows:(step + 1) * args.rows]
        if len(batch) < args.rows:
            raise SystemExit(f"{args.rows_file}: only {len(rows)} rows")
        longest = max(len(r["ids"]) for r in batch)
        ids = torch.tensor([r["ids"] + [2] * (longest - len(r["ids"])) for r in batch])
        mask = torch.tensor([[1] * len(r["ids"]) + [0] * (longest - len(r["ids"])) for r in batch])
        labels = torch.tensor([r["labels"] + [-100] * (longest - len(r["labels"])) for r in batch])
        watch.start()
        logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]).float(), labels[:, 1:].reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, args.clip)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        watch.stop()
        losses.append(loss.item())
        tokens.append(int(mask.sum()))
    if args.save_adapter:
        model.save_pretrained(args.save_adapter)
    common.emit({"bench": "peft_rows", "dtype": args.dtype, **watch.report(tokens, 2), "peak_rss_gib": common.peak_rss_gib(), "losses": losses})


if __name__ == "__main__":
    main()
