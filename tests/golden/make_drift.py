"""Golden values of src/core/drift.ts, by NumPy, as the definition is written: sums over pairs of groups, one by one.

    apt-get install -y --no-install-recommends python3-numpy
    /usr/bin/python3 tests/golden/make_drift.py > tests/golden/drift.json

Each case is rows in groups, the group from which on they may have moved, and the statistic. One of one row a group in which
nothing moves is held against the statistic of Chen & Qin (2010), eq. 2.1: with so many rows before that their mean is
known, Z is their numerator by its standard deviation, or this script fails.
"""
import json
import platform

import numpy as np

rng = np.random.default_rng(20261123)


def statistic(groups, start):
    before, after = groups[:start], groups[start:]
    n = np.array([len(g) for g in before])
    count = n.sum()
    m = np.concatenate(before).sum(0) / count
    d = [(g - m).sum(0) for g in before]
    trace = sum(x @ x for x in d) / (count - (n**2).sum() / count)
    pairs_before = count**2 - (n**2).sum()
    trace_sq = sum((d[u] @ d[v]) ** 2 for u in range(len(d)) for v in range(len(d)) if u != v) / pairs_before
    along = sum((x @ m) ** 2 for x in d) / count
    e = [(g - m).sum(0) for g in after]
    k = np.array([len(g) for g in after])
    rows, pairs = k.sum(), k.sum() ** 2 - (k**2).sum()
    between = sum(e[u] @ e[v] for u in range(len(e)) for v in range(len(e)) if u != v)
    growth = 1 + rows / count
    mix = (between - pairs * trace / count) / (np.sqrt(2 * pairs * trace_sq) * growth)
    error = -(sum(x @ m for x in e) + rows * trace / count) / np.sqrt(rows * along * growth)
    return float(np.hypot(max(0, mix) / 2, max(0, error))), float(mix)


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def case(name, sizes, start, shift):
    dim = 6
    middle, other = unit(rng.normal(size=(2, dim)))
    groups = []
    for u, size in enumerate(sizes):
        centre = middle if u < start or not shift else other
        groups.append(np.float32(unit(centre + 0.4 * rng.normal(size=(size, dim)))).astype(float))
    value, _ = statistic(groups, start)
    return {"name": name, "from": start, "groups": [g.tolist() for g in groups], "statistic": value}


def chen_qin(x, y):
    """Their T_n: cross terms and both within terms, without the squares."""
    def within(a):
        g = a @ a.T
        return (g.sum() - np.trace(g)) / (len(a) * (len(a) - 1))
    return within(x) + within(y) - 2 * (x.mean(0) @ y.mean(0))


many, few = rng.normal(size=(20000, 5)) + 1, rng.normal(size=(8, 5)) + 1.4
m = many.mean(0)
pairs = 8 * 7
centred = few - m
between = (centred.sum(0) @ centred.sum(0)) - (centred**2).sum()
trace = ((many - m) ** 2).sum() / (len(many) - 1)
assert abs((between - pairs * trace / len(many)) / pairs - chen_qin(many, few)) < 2e-3

print(json.dumps({
    "made": {"python": platform.python_version(), "numpy": np.__version__},
    "cases": [
        case("moved", [1, 2, 1, 3, 1, 2, 2, 1, 4, 2, 1, 1, 2, 3], 10, True),
        case("stays", [2, 1, 1, 3, 2, 2, 1, 1, 2, 2, 3, 1], 8, False),
        case("one row a group", [1] * 24, 18, True),
        case("a long visit", [2, 2, 3, 1, 2, 2, 1, 3, 9, 1], 8, True),
    ],
}))
