#!/usr/bin/env python3
"""Writes the training logs in this folder and expected.json, what a reader must make of them.

Logs of the Hugging Face Trainer, of TRL and of TensorBoard come from the programs themselves (transformers 5.23, trl
1.16, tensorboard 2.21, torch 2.11); LLaMA-Factory's and the result files of hosted jobs are shaped by hand as their
documentation says. The expected series are read with Python's json and csv and with TensorBoard's own EventAccumulator;
where a run was resumed, they are put together from what each life of it wrote.

    python make_logs.py            # needs torch, transformers, trl, datasets, tensorboard
"""
import base64
import contextlib
import csv
import io
import json
import math
import os
import random
import shutil
import struct
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECTED = {}


@contextlib.contextmanager
def workshop():
    """A temporary working folder, named relatively: no path of the machine gets into the logs."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield "run"
        finally:
            os.chdir(before)


def finite(value):
    return value if math.isfinite(value) else None


def write(path, text):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())


def expect(name, path, kind, series, skipped=0, diverged=False, overwritten=0, tells=()):
    EXPECTED[name] = {
        "path": path, "kind": kind, "skipped": skipped, "diverged": diverged, "overwritten": overwritten,
        "tells": list(tells),
        "series": {key: [[step, None if value is None else finite(value)] for step, value in points]
                   for key, points in series.items() if points},
    }


def series_of_rows(rows, step_key):
    series = {}
    for row in rows:
        for key, value in row.items():
            if key != step_key and (value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))):
                series.setdefault(key, []).append([row[step_key], value])
    return series


def history(path):
    with open(os.path.join(HERE, path)) as file:
        return json.load(file)["log_history"]


# ---- Hugging Face ----------------------------------------------------------------------------------------------------

def tiny_model(seed=1):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    torch.manual_seed(seed)
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=1,
                                        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=64))


def rows_of_tokens(count, seed):
    numbers = random.Random(seed)
    rows = []
    for _ in range(count):
        ids = [numbers.randrange(64) for _ in range(12)]
        rows.append({"input_ids": ids, "labels": ids, "attention_mask": [1] * 12})
    return rows


def trainer(folder, callbacks=(), evals=None, **more):
    from transformers import Trainer, TrainingArguments
    settings = dict(output_dir=folder, max_steps=12, per_device_train_batch_size=2, logging_steps=2, eval_strategy="steps",
                    eval_steps=4, save_steps=4, learning_rate=1e-2, report_to=["tensorboard"], use_cpu=True,
                    disable_tqdm=True, save_total_limit=3, seed=7)
    settings.update(more)
    return Trainer(model=tiny_model(), args=TrainingArguments(**settings), train_dataset=rows_of_tokens(24, 1),
                   eval_dataset=evals if evals is not None else rows_of_tokens(6, 2), callbacks=list(callbacks))


def keep(folder, name, checkpoints=False):
    """Copies what a reader looks at, not the weights."""
    target = os.path.join(HERE, name)
    shutil.rmtree(target, ignore_errors=True)
    for root, _, files in os.walk(folder):
        for file in sorted(files):
            relative = os.path.relpath(os.path.join(root, file), folder)
            inside = relative.startswith("checkpoint-")
            if "tfevents" in file or (file == "trainer_state.json" and (checkpoints or not inside)):
                # Host name and process id say nothing about the log.
                parts = relative.split(os.sep)
                if "tfevents" in file:
                    pieces = file.split(".")
                    parts = ["runs", ".".join(pieces[:4] + ["host", pieces[-2], pieces[-1]])]
                os.makedirs(os.path.join(target, *parts[:-1]), exist_ok=True)
                shutil.copy(os.path.join(root, file), os.path.join(target, *parts))


def accumulated(path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util
    events = EventAccumulator(path, size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    series = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            series[tag] = [[event.step, float(tensor_util.make_ndarray(event.tensor_proto))]
                           for event in events.Tensors(tag)]
    return series


def event_files(name):
    folder = os.path.join(HERE, name, "runs")
    return [os.path.join(folder, file) for file in sorted(os.listdir(folder))]


def hugging_face():
    from transformers import TrainerCallback

    class Stop(TrainerCallback):
        def on_step_end(self, args, state, control, **kwargs):
            if state.global_step == 10:
                raise KeyboardInterrupt

    with workshop() as folder:
        one = trainer(folder)
        one.train()
        one.save_state()
        keep(folder, "hf_plain", checkpoints=True)
    state = "hf_plain/trainer_state.json"
    expect("hf_plain", state, "trainer_state", series_of_rows(history(state), "step"))
    expect("hf_folder", "hf_plain", "trainer_state", series_of_rows(history(state), "step"))
    expect("hf_checkpoint", "hf_plain/checkpoint-8", "trainer_state",
           series_of_rows(history("hf_plain/checkpoint-8/trainer_state.json"), "step"))
    expect("hf_tensorboard", "hf_plain/runs", "tensorboard", accumulated(os.path.join(HERE, "hf_plain/runs")))

    # Killed after step 10, resumed from step 8: the state is cut there, the event files are not.
    with workshop() as folder:
        os.environ["TENSORBOARD_LOGGING_DIR"] = os.path.join(folder, "tb")
        try:
            trainer(folder, callbacks=[Stop()]).train()
        except KeyboardInterrupt:
            pass
        shutil.rmtree(os.path.join(folder, "checkpoint-8"), ignore_errors=False)
        second = trainer(folder)
        second.train(resume_from_checkpoint=os.path.join(folder, "checkpoint-4"))
        second.save_state()
        keep(folder, "hf_resumed", checkpoints=True)
        del os.environ["TENSORBOARD_LOGGING_DIR"]
    state = "hf_resumed/trainer_state.json"
    expect("hf_resumed", state, "trainer_state", series_of_rows(history(state), "step"))
    lives = [accumulated(file) for file in event_files("hf_resumed")]
    combined, dropped = {}, 0
    for tag in list(lives[0]) + [t for t in lives[1] if t not in lives[0]]:
        old = lives[0].get(tag, [])
        kept = [point for point in old if point[0] <= 4]
        dropped += len(old) - len(kept)
        combined[tag] = kept + lives[1].get(tag, [])
    assert dropped > 0, "the event files of the resumed run repeat no step"
    expect("hf_resumed_tensorboard", "hf_resumed/runs", "tensorboard", combined, overwritten=dropped)
    # Only checkpoints are left of a run that was killed: the newest one counts.
    os.makedirs(os.path.join(HERE, "hf_killed"), exist_ok=True)
    shutil.rmtree(os.path.join(HERE, "hf_killed"))
    for step in (4, 12):
        shutil.copytree(os.path.join(HERE, "hf_plain", f"checkpoint-{step}"),
                        os.path.join(HERE, "hf_killed", f"checkpoint-{step}"))
    expect("hf_killed", "hf_killed", "trainer_state",
           series_of_rows(history("hf_killed/checkpoint-12/trainer_state.json"), "step"))

    # Diverges: the NaN filter of the Trainer writes 0.0 for the loss.
    with workshop() as folder:
        one = trainer(folder, learning_rate=1e30, max_grad_norm=1e30, report_to=[], max_steps=8)
        one.train()
        one.save_state()
        keep(folder, "hf_diverged")
    rows = history("hf_diverged/trainer_state.json")
    losses = [row["loss"] for row in rows if "loss" in row]
    assert 0.0 in losses and any(math.isnan(row["grad_norm"]) for row in rows if "grad_norm" in row), rows
    expect("hf_diverged", "hf_diverged/trainer_state.json", "trainer_state", series_of_rows(rows, "step"), diverged=True)

    # The best model is loaded at the end and evaluated once more: both evaluations of the last step stay.
    with workshop() as folder:
        one = trainer(folder, load_best_model_at_end=True, report_to=[], eval_on_start=True, learning_rate=0.3)
        one.train()
        one.evaluate()
        one.save_state()
        keep(folder, "hf_best")
    rows = history("hf_best/trainer_state.json")
    assert len([row for row in rows if row["step"] == 12 and "eval_loss" in row]) == 2
    expect("hf_best", "hf_best/trainer_state.json", "trainer_state", series_of_rows(rows, "step"))

    with workshop() as folder:
        one = trainer(folder, evals={"easy": rows_of_tokens(4, 3), "hard": rows_of_tokens(4, 4)}, report_to=[])
        one.train()
        one.save_state()
        keep(folder, "hf_sets")
    rows = history("hf_sets/trainer_state.json")
    assert any("eval_easy_loss" in row for row in rows) and not any("eval_loss" in row for row in rows)
    expect("hf_sets", "hf_sets/trainer_state.json", "trainer_state", series_of_rows(rows, "step"))


def trl():
    from datasets import Dataset
    from transformers import PreTrainedTokenizerFast
    from tokenizers import Tokenizer, models, pre_tokenizers
    from trl import SFTConfig, SFTTrainer
    words = {word: i for i, word in enumerate(["<pad>", "<eos>", "<unk>"] + [f"w{i}" for i in range(61)])}
    core = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")
    numbers = random.Random(5)
    texts = [{"text": " ".join(f"w{numbers.randrange(61)}" for _ in range(10))} for _ in range(24)]
    with workshop() as folder:
        one = SFTTrainer(model=tiny_model(), processing_class=tokenizer, train_dataset=Dataset.from_list(texts),
                         eval_dataset=Dataset.from_list(texts[:4]),
                         args=SFTConfig(output_dir=folder, max_steps=6, logging_steps=1, eval_strategy="steps", eval_steps=3,
                                        per_device_train_batch_size=2, use_cpu=True, bf16=False, report_to=[],
                                        disable_tqdm=True, save_strategy="no", max_length=32))
        one.train()
        one.save_state()
        keep(folder, "trl_sft")
    rows = history("trl_sft/trainer_state.json")
    assert any(isinstance(row.get("num_tokens"), float) for row in rows)
    expect("trl_sft", "trl_sft/trainer_state.json", "trainer_state", series_of_rows(rows, "step"))


def broken_states():
    with open(os.path.join(HERE, "hf_plain/trainer_state.json")) as file:
        text = file.read()
    rows = json.loads(text)["log_history"]
    # Torn inside the fifth entry.
    at = -1
    for _ in range(5):
        at = text.index("{", at + 1 if at >= 0 else text.index("log_history"))
    write("broken/torn/trainer_state.json", text[:at + 30])
    expect("torn_state", "broken/torn/trainer_state.json", "trainer_state", series_of_rows(rows[:4], "step"), skipped=1,
           tells=["log_history[4]", "trainer_state.json:" + str(text[:at].count("\n") + 1)])
    # One value that is no JSON: the third entry is left out, the others stay.
    at = -1
    for _ in range(3):
        at = text.index("{", at + 1 if at >= 0 else text.index("log_history"))
    end = text.index("}", at)
    bad = text[:at] + text[at:end].replace(": ", ": oops ", 1) + text[end:]
    write("broken/entry/trainer_state.json", bad)
    expect("bad_entry", "broken/entry/trainer_state.json", "trainer_state", series_of_rows(rows[:2] + rows[3:], "step"),
           skipped=1, tells=["log_history[2]"])
    no_step = [dict(row) for row in rows[:4]]
    del no_step[1]["step"]
    no_step[2]["loss"] = "high"
    write("broken/keys/trainer_state.json", json.dumps({"log_history": no_step}, indent=2))
    kept = [no_step[0], {k: v for k, v in no_step[2].items() if k != "loss"}, no_step[3]]
    expect("bad_keys", "broken/keys/trainer_state.json", "trainer_state", series_of_rows(kept, "step"), skipped=2,
           tells=["log_history[1].step", "log_history[2].loss"])


# ---- LLaMA-Factory ---------------------------------------------------------------------------------------------------

def factory_rows(first, last, total, every=5, slope=1.0):
    rows = []
    for step in range(first, last + 1, every):
        rows.append({"current_steps": step, "total_steps": total, "loss": round(slope * 3 / (1 + step / 20), 4),
                     "lr": 1e-4 * (1 - step / total), "epoch": round(step / 50, 2), "percentage": round(100 * step / total, 2),
                     "elapsed_time": "0:%02d:%02d" % (step // 60, step % 60), "remaining_time": "0:01:00",
                     "throughput": 1234.5, "total_tokens": step * 4096})
        if step % 20 == 0:
            rows.append({"current_steps": step, "total_steps": total, "eval_loss": round(slope * 3.2 / (1 + step / 20), 4),
                         "epoch": round(step / 50, 2), "percentage": round(100 * step / total, 2),
                         "elapsed_time": "0:00:09", "remaining_time": "0:01:00"})
    return rows


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def llama_factory():
    last = {"current_steps": 60, "total_steps": 60, "epoch": 1.2, "percentage": 100.0, "elapsed_time": "1 day, 13:01:07",
            "remaining_time": "0:00:00"}
    rows = factory_rows(5, 60, 60) + [last]
    write("factory_plain/trainer_log.jsonl", lines(rows))
    expect("factory_plain", "factory_plain/trainer_log.jsonl", "trainer_log", series_of_rows(rows, "current_steps"))
    expect("factory_folder", "factory_plain", "trainer_log", series_of_rows(rows, "current_steps"))
    # Killed at 50, resumed from the checkpoint of step 40: the same file goes on.
    old, new = factory_rows(5, 50, 60), factory_rows(45, 60, 60, slope=0.9)
    write("factory_resumed/trainer_log.jsonl", lines(old + new))
    kept = [row for row in old if row["current_steps"] <= 40]
    dropped = sum(len(points) for points in series_of_rows(old, "current_steps").values()) - sum(
        len(points) for points in series_of_rows(kept, "current_steps").values())
    expect("factory_resumed", "factory_resumed/trainer_log.jsonl", "trainer_log",
           series_of_rows(kept + new, "current_steps"), overwritten=dropped)
    # Evaluated and predicted afterwards by programs of their own, which count from the start: nothing is cut.
    after = [{"current_steps": 0, "total_steps": 0, "eval_loss": 1.1},
             {"current_steps": 5, "total_steps": 9, "percentage": 55.6, "elapsed_time": "0:00:01"}]
    write("factory_evaluated/trainer_log.jsonl", lines(rows + after))
    expect("factory_evaluated", "factory_evaluated/trainer_log.jsonl", "trainer_log",
           series_of_rows(rows + after, "current_steps"))
    bad = [dict(row) for row in factory_rows(5, 30, 60)]
    bad[2]["loss"] = math.nan
    write("factory_nan/trainer_log.jsonl", lines(bad))
    expect("factory_nan", "factory_nan/trainer_log.jsonl", "trainer_log", series_of_rows(bad, "current_steps"),
           diverged=True)
    good = factory_rows(5, 30, 60)
    text = lines(good[:2]) + '{"current_steps": 15, "loss": 1.2, \n' + "[1]\n\n" + lines(good[2:]) + '{"current_steps": 3'
    write("broken/trainer_log.jsonl", text)
    expect("factory_broken", "broken/trainer_log.jsonl", "trainer_log", series_of_rows(good, "current_steps"), skipped=3,
           tells=["trainer_log.jsonl:3", "trainer_log.jsonl:4", f"trainer_log.jsonl:{text.count(chr(10)) + 1}"])


# ---- Result files of hosted jobs -------------------------------------------------------------------------------------

def result_csv():
    openai = ["step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy"]
    both = ["step", "train_loss", "train_mean_token_accuracy", "valid_loss", "valid_mean_token_accuracy"]
    azure = both + ["validation_mean_token_accuracy", "full_valid_loss", "full_valid_mean_token_accuracy"]

    def table(header, empty, moved=False, quoted=False, end="\n"):
        names = list(reversed(header)) if moved else header
        out = io.StringIO()
        writer = csv.DictWriter(out, names, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
        writer.writeheader()
        for step in range(1, 31):
            row = {"step": step}
            for i, name in enumerate(header[1:]):
                measured = "valid" not in name or step % 10 == 0
                row[name] = repr(3.0 / (step + i) + 1e-5 * i) if measured else empty
            writer.writerow(row)
        return out.getvalue()

    def read(text):
        series = {}
        for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")):
            for name, cell in row.items():
                if name != "step" and cell.strip() not in ("", "N/A"):
                    series.setdefault(name, []).append([int(row["step"]), float(cell)])
        return series

    cases = {
        "csv_openai": table(openai, ""), "csv_both": table(both, ""), "csv_azure": table(azure, "N/A"),
        "csv_bom": "\ufeff" + table(both, "", end="\r\n"), "csv_quoted": table(both, "", quoted=True),
        "csv_moved": table(azure, "", moved=True),
    }
    for name, text in cases.items():
        write(f"csv/{name}.csv", text)
        expect(name, f"csv/{name}.csv", "result_csv", read(text))
    plain = cases["csv_openai"].encode()
    write("csv/base64.csv", base64.b64encode(plain))
    expect("csv_base64", "csv/base64.csv", "result_csv", read(cases["csv_openai"]))
    write("csv/base64_wrapped.csv", "\r\n".join(textwrap.wrap(base64.b64encode(cases["csv_bom"].encode()).decode(), 76)))
    expect("csv_base64_wrapped", "csv/base64_wrapped.csv", "result_csv", read(cases["csv_bom"]))
    bad = "step,train_loss,valid_loss\n1,2.5,\nx,2.4,\n3,many,N/A\n4,nan,1.5\n5,2.0,1.25,7\n6,1.75"
    write("broken/result.csv", bad)
    expect("csv_broken", "broken/result.csv", "result_csv",
           {"train_loss": [[1, 2.5], [4, None], [5, 2.0], [6, 1.75]], "valid_loss": [[4, 1.5], [5, 1.25]]}, skipped=3,
           diverged=True, tells=["result.csv:3: step", "result.csv:4: train_loss", "result.csv:6"])


# ---- TensorBoard -----------------------------------------------------------------------------------------------------

def tensorboard():
    import numpy
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
    from tensorboard.summary.writer.record_writer import RecordWriter
    from torch.utils.tensorboard import SummaryWriter

    def event(step, tag, metadata=None, **value):
        one = summary_pb2.Summary.Value(tag=tag, **value)
        if metadata:
            one.metadata.plugin_data.plugin_name = metadata
        return event_pb2.Event(wall_time=1.7e9 + step, step=step, summary=summary_pb2.Summary(value=[one]))

    def scalar(dtype, **fields):
        return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=tensor_shape_pb2.TensorShapeProto(), **fields)

    def file(name, events):
        path = os.path.join(HERE, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            records = RecordWriter(out)
            records.write(event_pb2.Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
            for one in events:
                records.write(one.SerializeToString())
            records.flush()

    half = int(numpy.float16(0.3).view(numpy.uint16))
    events = []
    for step in range(1, 9):
        value, first = 3.0 / (step + 0.1), step == 1
        events += [event(step, "plain", simple_value=value),
                   event(step, "float", "scalars" if first else None, tensor=scalar(types_pb2.DT_FLOAT, float_val=[value])),
                   event(step, "double", "scalars" if first else None, tensor=scalar(types_pb2.DT_DOUBLE, double_val=[value])),
                   event(step, "content", "scalars" if first else None,
                         tensor=scalar(types_pb2.DT_FLOAT, tensor_content=struct.pack("<f", value))),
                   event(step, "half", "scalars" if first else None, tensor=scalar(types_pb2.DT_HALF, half_val=[half + step])),
                   event(step, "words", "text" if first else None,
                         tensor=tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"hello"]))]
    events.append(event(9, "plain", simple_value=math.nan))
    file("tb_encodings/events.out.tfevents.1700000000.host", events)
    series = accumulated(os.path.join(HERE, "tb_encodings"))
    assert set(series) == {"plain", "float", "double", "content", "half"}, series.keys()
    expect("tb_encodings", "tb_encodings", "tensorboard", series)

    # A run taken up again with purge_step: TensorBoard forgets what came after.
    folder = os.path.join(HERE, "tb_purged")
    shutil.rmtree(folder, ignore_errors=True)
    writer = SummaryWriter(folder)
    for step in range(1, 21):
        writer.add_scalar("train/loss", 3 / step, step)
        writer.add_scalar("train/lr", 1e-3 / step, step)
    writer.close()
    before = sum(len(points) for points in accumulated(folder).values())
    os.rename(os.path.join(folder, os.listdir(folder)[0]), os.path.join(folder, "events.out.tfevents.1700000001.host.1.0"))
    writer = SummaryWriter(folder, purge_step=11)
    for step in range(11, 26):
        writer.add_scalar("train/loss", 2 / step, step)
    writer.close()
    for name in os.listdir(folder):
        if ".host." not in name:
            os.rename(os.path.join(folder, name), os.path.join(folder, "events.out.tfevents.1700000002.host.2.0"))
    series = accumulated(folder)
    left = sum(len(points) for points in series.values())
    expect("tb_purged", "tb_purged", "tensorboard", series, overwritten=before + 15 - left)

    with open(os.path.join(HERE, "tb_encodings/events.out.tfevents.1700000000.host"), "rb") as source:
        whole = source.read()
    write("broken/torn/events.out.tfevents.1", whole[:-7])
    series = accumulated(os.path.join(HERE, "broken/torn/events.out.tfevents.1"))
    expect("tb_torn", "broken/torn/events.out.tfevents.1", "tensorboard", series)
    # A flipped bit inside the second record ("plain" of step 1): that record only is left out.
    first = 12 + struct.unpack("<Q", whole[:8])[0] + 4
    damaged = bytearray(whole)
    damaged[first + 12 + 5] ^= 1
    write("broken/flipped/events.out.tfevents.1", bytes(damaged))
    series = accumulated(os.path.join(HERE, "tb_encodings"))
    series["plain"] = series["plain"][1:]
    expect("tb_flipped", "broken/flipped/events.out.tfevents.1", "tensorboard", series, skipped=1, tells=["record 2"])
    # Two runs side by side: the folder stands before the tag.
    for name, slope in (("a", 1.0), ("b", 2.0)):
        file(f"tb_two/{name}/events.out.tfevents.1700000000.host",
             [event(step, "loss", simple_value=slope / step) for step in range(1, 5)])
    series = {f"{name}/{tag}": points for name in ("a", "b")
              for tag, points in accumulated(os.path.join(HERE, "tb_two", name)).items()}
    expect("tb_two", "tb_two", "tensorboard", series)


def main():
    for entry in os.listdir(HERE):
        if os.path.isdir(os.path.join(HERE, entry)):
            shutil.rmtree(os.path.join(HERE, entry))
    hugging_face()
    trl()
    broken_states()
    llama_factory()
    result_csv()
    tensorboard()
    with open(os.path.join(HERE, "expected.json"), "w") as out:
        json.dump(EXPECTED, out, indent=None, separators=(",", ":"), allow_nan=False)
        out.write("\n")
    print(len(EXPECTED), "cases")


if __name__ == "__main__":
    sys.exit(main())
