"""Golden values of src/core/gate.ts and src/core/adapter.ts: losses and their gradients, by PyTorch's autograd in double precision.

    pip install torch==2.13.0 numpy
    python3 tests/golden/make_adaptation.py > tests/golden/adaptation.json

- gates: rows of features with base weights, contexts, outcomes, counts and curves; parameters (the matrix, then slope and intercept a
  curve); the penalized log loss and its gradient. Weights are a softmax over log base weights plus W·context.
- adapters: columns of U and V, triplets; the sum of their Bradley-Terry losses and its gradients.
"""
import json
import platform

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(20261123)
PARTS = 4


def listed(tensor):
    return [float(x) for x in torch.as_tensor(tensor).reshape(-1)]


def gate(name, rows, width, curves=2, scale=1.0, ys=None, bases=None, matrix=None, features=None, counts=None):
    features = torch.tensor(rng.normal(size=(rows, PARTS)) * scale if features is None else features)
    bases = torch.tensor(rng.uniform(0.1, 1, (rows, PARTS)) if bases is None else bases)
    inputs = torch.tensor(rng.normal(size=(rows, width)))
    ys = torch.tensor(rng.integers(0, 2, rows).astype(float) if ys is None else ys)
    counts = torch.tensor(rng.uniform(0.2, 1.5, rows) if counts is None else counts)
    curve = torch.tensor(rng.integers(0, curves, rows))
    centres, units = torch.tensor(rng.normal(size=curves) * scale), torch.tensor(rng.uniform(0.2, 2, curves) * scale)
    matrix = rng.normal(size=(PARTS, width)) if matrix is None else matrix
    parameters = torch.tensor(np.concatenate([matrix.reshape(-1), rng.normal(size=2 * curves)]), requires_grad=True)
    penalty = 0.3
    w = parameters[: PARTS * width].reshape(PARTS, width)
    slopes, intercepts = parameters[PARTS * width :].reshape(curves, 2).T
    weights = torch.softmax(torch.log(bases) + inputs @ w.T, dim=1)
    raw = (weights * features).sum(1)
    logits = slopes[curve] * (raw - centres[curve]) / units[curve] + intercepts[curve]
    loss = F.binary_cross_entropy_with_logits(logits, ys, weight=counts, reduction="sum") + 0.5 * penalty * (w**2).sum()
    loss.backward()
    return {
        "name": name,
        "width": width,
        "penalty": penalty,
        "features": listed(features),
        "bases": listed(bases),
        "inputs": listed(inputs),
        "ys": listed(ys),
        "counts": listed(counts),
        "curves": [int(c) for c in curve],
        "scales": [{"centre": float(c), "unit": float(u)} for c, u in zip(centres, units)],
        "parameters": listed(parameters.detach()),
        "loss": float(loss.detach()),
        "gradient": listed(parameters.grad),
    }


def adapter(name, triplets, rank, dim, scale=1.0, up=None, zero_rows=False, steepness=8.0):
    up = torch.tensor(rng.normal(size=(rank, dim)) * 0.3 if up is None else up, requires_grad=True)
    down = torch.tensor(rng.normal(size=(rank, dim)) / np.sqrt(dim), requires_grad=True)
    anchors = torch.tensor(rng.normal(size=(triplets, dim)))
    liked, passed = (torch.tensor(rng.normal(size=(triplets, dim)) * scale) for _ in range(2))
    if zero_rows:
        liked[0] = 0
        passed[1] = 0

    def scored(x):
        moved = x + (x @ down.T) @ up
        length = moved.norm(dim=1, keepdim=True)
        known = length > 0
        return (anchors * torch.where(known, moved / torch.where(known, length, torch.ones_like(length)), 0.0)).sum(1)

    if zero_rows:  # a norm's gradient at 0 is not defined: the rows of zeros are left out of it, and score 0
        def scored(x):  # noqa: F811
            known = (x != 0).any(1)
            moved = x[known] + (x[known] @ down.T) @ up
            scores = torch.zeros(len(x))
            return scores.index_put((known.nonzero()[:, 0],), (anchors[known] * moved / moved.norm(dim=1, keepdim=True)).sum(1))

    loss = F.softplus(-steepness * (scored(liked) - scored(passed)), threshold=800).sum()
    loss.backward()
    return {
        "name": name,
        "rank": rank,
        "dim": dim,
        "steepness": steepness,
        "up": listed(up.detach()),
        "down": listed(down.detach()),
        "anchors": listed(anchors),
        "liked": listed(liked),
        "passed": listed(passed),
        "loss": float(loss.detach()),
        "gradient": {"up": listed(up.grad), "down": listed(down.grad)},
    }


zero_base = rng.uniform(0.1, 1, (6, PARTS))
zero_base[:, 1] = 0
zero_base[2, 3] = 0
gates = [
    gate("mixed", 8, 5),
    gate("plain: a matrix of zeros", 6, 4, matrix=np.zeros((PARTS, 4))),
    gate("one class", 6, 3, ys=np.ones(6)),
    gate("rows of zeros", 6, 3, features=np.zeros((6, PARTS))),
    gate("weights of zero", 6, 3, bases=zero_base),
    gate("counts of zero", 4, 2, counts=np.array([0.0, 1.0, 0.0, 2.0])),
    gate("huge features", 6, 3, scale=1e60),
    gate("a matrix that leaves one weight", 6, 3, matrix=rng.normal(size=(PARTS, 3)) * 400),
    gate("one curve, one input", 5, 1, curves=1),
]
adapters = [
    adapter("mixed", 4, 3, 7),
    adapter("identity: U of zeros", 3, 2, 6, up=np.zeros((2, 6))),
    adapter("rank 1", 3, 1, 5),
    adapter("rows of zeros", 3, 2, 6, zero_rows=True),
    adapter("huge rows", 3, 2, 6, scale=1e60),
    adapter("tiny rows", 3, 2, 6, scale=1e-60),
    adapter("hopeless: steep", 3, 2, 6, steepness=400.0),
]
versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
body = ",\n".join(
    f'"{key}": [\n' + ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases) + "\n]"
    for key, cases in (("gates", gates), ("adapters", adapters))
)
print('{\n"made_by": "tests/golden/make_adaptation.py",\n"versions": ' + json.dumps(versions) + ",\n" + body + "\n}")
