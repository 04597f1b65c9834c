"""From a log to a model that pages read, in one command (README.md):

    python3 training/foundation/train.py LOG --work FOLDER --out NAME [options] [-- options of attune eval]

Writes NAME-f32.attune, NAME-f16.attune, NAME-i8.attune and NAME.md, the card. Every stage leaves its result in the work folder
and is skipped when that is there; learning goes on from its last epoch. Equal logs, libraries and settings give equal files on
one machine.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import torch

import flat
from learn import Settings, create, learn
from measure import measure
from model import Foundation, Shape
from sequences import TEST, VALIDATION, Set, read_set

ATTUNE = str(Path(__file__).resolve().parents[2] / "dist" / "cli.js")


def main() -> None:
    given, options = arguments()
    os.makedirs(given.work, exist_ok=True)
    torch.set_num_threads(given.threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    device = torch.device("cuda" if torch.cuda.is_available() and not given.cpu else "cpu")
    asking = [*options, *([] if "--priors" in options else ["--priors", "pooled"])]
    path = os.path.join(given.work, "set.attune")
    attune("sequences", given.log, "-o", path, *asking, done=path)
    data = read_set(path)
    shape = Shape(text=data.header["text"], **of(Shape, given))
    settings = replace(Settings(), **of(Settings, given))

    told = {"epoch": settings.epochs, "hours": 0.0}
    if not given.straight:
        first = begin(data, VALIDATION, shape, settings, device, given.resume)
        told = learn(first, data, VALIDATION, settings.epochs, settings, f"{given.work}/learning.pt", say("learning"))
    final = begin(data, TEST, shape, settings, device, given.resume)
    hours = told["hours"] + learn(final, data, TEST, told["epoch"], settings, f"{given.work}/all.pt", say("all"))["hours"]
    test = measure(final, data, TEST)
    figures = {"validation": {name: told[name] for name in told if name not in ("hours", "epoch", "loss")}, "test": test}
    card = {
        "parameters": sum(p.numel() for p in final.parameters()) - final.items.weight.numel(),
        "epochs": told["epoch"],
        "hours": round(hours, 4),
        "device": device.type,
        "threads": given.threads,
        "settings": asdict(settings),
        "continued": given.resume and os.path.basename(given.resume),
        **{part: {name: round(value, 5) for name, value in values.items()} for part, values in figures.items()},
    }
    if not given.straight:
        write(f"{given.work}/validation", first, data, VALIDATION, {**card, "test": None}, ["f32"])
    files = write(given.out, final, data, TEST, card, ["f32", "f16", "i8"])
    print(json.dumps(card), flush=True)
    reports = []
    for name, file, more in (
        ("validation", f"{given.work}/validation-f32.attune", ["--validation"]),
        ("test", f"{given.out}-f32.attune", []),
    )[given.straight :]:
        folder = os.path.join(given.work, name)
        command = ["--foundation", file, "--against", "transitions", "-o", folder, *asking, *more]
        command += [] if given.only is None else ["--only", given.only]
        attune("eval", given.log, *command, done=os.path.join(folder, "report.json"))
        with open(os.path.join(folder, "report.json"), encoding="utf8") as report:
            reports.append((name, json.load(report)))
    with open(f"{given.out}.md", "w", encoding="utf8") as file:
        file.write(card_text(given.out, card, data, files, reports, asking))


def arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", help="what attune eval reads")
    parser.add_argument("--work", required=True, help="folder for what is made on the way")
    parser.add_argument("--out", required=True, help="beginning of the files' names")
    parser.add_argument("--continue", dest="resume", metavar="FROM", help="an f32 file to begin from, such as last month's")
    parser.add_argument("--straight", action="store_true", help="all epochs, without choosing one by the validation part")
    parser.add_argument("--only", help="baselines to measure beside it, such as transitions,foundation; default all")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="even if there is a GPU")
    for field in (*fields(Shape), *fields(Settings)):
        if field.name != "text":
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    return parser.parse_args(words[:split]), words[split + 1 :]


def of(kind: type, given: argparse.Namespace) -> dict:
    return {field.name: getattr(given, field.name) for field in fields(kind) if field.name != "text"}


def say(stage: str):
    return lambda text: print(f"{stage}: {text}", flush=True)


def attune(*command: str, done: str) -> None:
    """Runs the product's own command unless its result is there. 1 means that some rows were left out."""
    mark = hashlib.sha256(json.dumps(command).encode()).hexdigest()
    if os.path.exists(done) and os.path.exists(f"{done}.made") and Path(f"{done}.made").read_text() == mark:
        return
    if subprocess.run(["node", ATTUNE, *command], check=False).returncode not in (0, 1):
        raise SystemExit(f"attune {command[0]} failed. It is made by `npm run build`.")
    Path(f"{done}.made").write_text(mark)


def begin(data: Set, part: int, shape: Shape, settings: Settings, device: torch.device, resume: str | None) -> Foundation:
    """A new model, with what a file knows of the same names copied into it; items that it doesn't name stay as new."""
    model = create(data, part, shape, settings, device)
    if resume is None:
        return model
    header, tensors = flat.read(resume)
    if header["encoder"] != data.header["encoder"] or header["shape"] != asdict(shape):
        raise SystemExit(f"{resume} is of another encoder or shape.")
    with torch.no_grad():
        for name, tensor in model.named_for_file():
            before = torch.from_numpy(tensors[name].copy())
            if name == "counts":
                new, old = _shared(data.header["items"], header["items"])
                tensor[0, new] = torch.maximum(tensor[0, new], before[0, old])
            elif name in ("items", "kinds", "devices", "phases"):
                new, old = _shared(data.header[name], header[name])
                shift = 0 if name == "items" else 1
                tensor[[n + shift for n in new]] = before[[n + shift for n in old]]
            elif name.startswith("kindHead"):
                new, old = _shared(data.header["kinds"], header["kinds"])
                if name.endswith("bias"):
                    tensor[0, new] = before[0, old]
                else:
                    tensor[new] = before[old]
            else:
                tensor.copy_(before)
    return model


def _shared(new: list[str], old: list[str]) -> tuple[list[int], list[int]]:
    """Numbers in both lists of the names that both hold."""
    numbers = {name: n for n, name in enumerate(old)}
    pairs = [(n, numbers[name]) for n, name in enumerate(new) if name in numbers]
    return [n for n, _ in pairs], [o for _, o in pairs]


def write(name: str, model: Foundation, data: Set, part: int, card: dict, kinds: list[str]) -> dict[str, int]:
    """The model as pages read it; returns the files' bytes."""
    learned = data.part < part
    header = {
        **{key: data.header[key] for key in ("encoder", "items", "kinds", "devices", "phases")},
        "shape": model.shape_for_file(),
        "until": float(data.at[learned].max()),
        "actions": int(learned.sum()),
        "log": data.header["log"]["learning" if part == VALIDATION else "all"],
        "card": card,
    }
    tensors = [(key, tensor.detach().cpu().numpy()) for key, tensor in model.named_for_file()]
    return {f"{name}-{kind}.attune": flat.write(f"{name}-{kind}.attune", header, tensors, kind) for kind in kinds}


def card_text(name: str, card: dict, data: Set, files: dict, reports: list, asking: list[str]) -> str:
    lines = [f"# {os.path.basename(name)}", "", "A sequence model made by training/foundation of one log, of whose people alone its figures speak.", ""]
    lines += [f"{len(data.people)} people, {len(data.header['items'])} items, {len(data.part)} actions; asked `{' '.join(asking)}`.", ""]
    lines += [f"- `{os.path.basename(path)}`: {size:,} bytes" for path, size in files.items()]
    lines += [f"- {key}: {json.dumps(value)}" for key, value in card.items()] + [""]
    for part, report in reports:
        measures = ("hitRate", "ndcg", "reciprocalRank")
        rows = [(ranker["name"], ranker["measures"]) for ranker in report["rankers"]]
        rows += [(f"{c['ranker']} less {c['against']}", c["differences"]) for c in report["comparisons"]]
        lines += [f"## {part}", "", "| ranker | HR@10 | NDCG@10 | MRR |", "| --- | --- | --- | --- |"]
        for name, row in rows:
            cells = [f"{row[key]['value']:.4f} ({row[key]['low']:.4f} to {row[key]['high']:.4f})" for key in measures]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
