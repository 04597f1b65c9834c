"""Golden values of src/compute/sequence, by the PyTorch model of training/foundation.

    pip install -r training/foundation/requirements.txt
    python3 tests/golden/make_sequence.py

Weights and inputs come from a generator of 32-bit integers that tests/golden/sequence-weights.ts repeats, so that the fixture
holds results only: user embeddings and kinds' probabilities at some places of a log, and items' scores. Also written: one tiny
model as pages get it, in each kind of numbers (sequence-KIND.attune), with what it holds (in sequence.json).
"""
import json
import platform
import sys
from pathlib import Path

import numpy as np
import torch

here = Path(__file__).parent
sys.path.insert(0, str(here.parent.parent / "training" / "foundation"))
import flat  # noqa: E402
from model import Foundation, Shape  # noqa: E402
from sequences import features_of  # noqa: E402

torch.set_num_threads(1)


class Numbers:
    """x' = 1664525 x + 1013904223 (mod 2**32), read as x / 2**31 - 1 in [-1, 1)."""

    def __init__(self, seed):
        self.state = seed

    def take(self, count, scale):
        out = np.empty(count)
        for i in range(count):
            self.state = (1664525 * self.state + 1013904223) & 0xFFFFFFFF
            out[i] = self.state / 2**31 - 1
        return (out * scale).astype("f4")

    def whole(self, below):
        self.state = (1664525 * self.state + 1013904223) & 0xFFFFFFFF
        return self.state * below // 2**32


def scale_of(name, shape):
    if name.endswith((".gain", ".bias", ".shift")):
        return 0.1
    if name in ("kinds", "devices", "phases", "features"):
        return 0.3
    return 1.0 if name == "items" or name.endswith(".distance") else 2 / shape[1] ** 0.5


def made(shape, counts, names, seed):
    numbers = Numbers(seed)
    kinds, devices, phases = names
    texts = numbers.take(len(counts) * shape.text, 1.0).reshape(len(counts), -1)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    model = Foundation(shape, torch.tensor(texts), torch.tensor(counts, dtype=torch.float32), kinds, devices, phases)
    with torch.no_grad():
        for name, tensor in model.named_for_file():
            if name == "counts":
                continue
            values = numbers.take(tensor.numel(), scale_of(name, tensor.shape)).reshape(tensor.shape)
            tensor.copy_(torch.tensor(values + (1 if name.endswith(".gain") else 0)))
            if name in ("kinds", "devices", "phases"):
                tensor[0] = 0
    return model.eval(), texts, numbers


def log(numbers, size, items, names):
    """Items, kinds, devices, phases; and times: some events of one instant, some stays, hours and weekdays that weren't told."""
    rows, times, at = [], [], 1_700_000_000_000
    for _ in range(size):
        rows.append([numbers.whole(n) for n in (items, *(name + 1 for name in names))])
        at += 0 if numbers.whole(4) == 0 else 37 * numbers.whole(10_000_000)
        told = [numbers.whole(3) > 0, numbers.whole(90_000), numbers.whole(24), numbers.whole(7)]
        times.append([at, told[1] if told[0] else np.nan, *(told[2:] if not told[0] else [np.nan, np.nan])])
    return rows, np.array(times)


@torch.no_grad()
def case(name, shape, counts, names, seed, size, places):
    model, texts, numbers = made(shape, counts, names, seed)
    rows, times = log(numbers, size, len(counts), names)
    features = features_of(*times.T)
    columns = [torch.tensor([column]) for column in zip(*rows)]
    table, projected = model.tables()
    users = model(table, *columns, torch.tensor(features)[None])[0]
    kinds = torch.softmax(model.kindHead(users), -1)
    digits = lambda values: [float(f"{v:.8g}") for v in values.tolist()]
    return {
        "name": name,
        "shape": model.shape_for_file(),
        "counts": counts,
        "names": names,
        "seed": seed,
        "size": size,
        "users": {str(p): digits(users[p]) for p in places},
        "kinds": {str(p): digits(kinds[p]) for p in places},
        "scores": {str(p): digits(model.scores(users[p], projected)) for p in places},
    }


cases = [
    case("tiny", Shape(2, 16, 2, 24, 5, 12, 200), [0, 3, 40, 900, 0], (3, 2, 2), 1, 23, [0, 3, 4, 5, 12, 22]),
    case("default", Shape(), [0, 5, 60, 400], (5, 2, 3), 2, 130, [0, 49, 50, 98, 99, 129]),
    case("12 layers", Shape(layers=12), [0, 5, 60, 400], (5, 2, 3), 3, 70, [0, 49, 50, 69]),
]
model, texts, _ = made(Shape(1, 8, 2, 12, 4, 6, 200), [0, 7, 300], (2, 1, 1), 4)
header = {
    "shape": model.shape_for_file(),
    "encoder": "lite-1",
    "items": ["a", "b", "ü"],
    "kinds": ["view", "save"],
    "devices": ["phone"],
    "phases": ["late"],
    "until": 1700000000000,
    "actions": 307,
    "log": "abc",
    "card": {"seed": 4},
}
tensors = [(name, tensor.detach().numpy()) for name, tensor in model.named_for_file()]
for kind in flat.TYPES:
    flat.write(str(here / f"sequence-{kind}.attune"), header, tensors, kind)
    assert flat.read(str(here / f"sequence-{kind}.attune"))[0] == header
held = {name: [float(f"{v:.8g}") for v in array.ravel().tolist()] for name, array in tensors if name in ("items", "0.up.weight")}
versions = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
made_by = {"made_by": "tests/golden/make_sequence.py", "versions": versions, "held": held, "cases": cases}
(here / "sequence.json").write_text(json.dumps(made_by, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
