"""Golden values of src/core/change-point.ts, by NumPy and SciPy, as the definitions are written.

    pip install numpy==2.4.6 scipy==1.17.1
    python tests/golden/make_change_point.py > tests/golden/change-point.json

Evidence: the density of all rows of a stretch at once, with a mean drawn from N(0, v/8) in each of `dims` directions, against that with
the mean 0. Splits: every way to cut the groups, one by one, and every errand in the last stretch of each.
"""
import itertools
import json
import platform

import numpy as np
import scipy
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

CHANGE, ERRAND, LONGEST, RECENT = 0.02, 0.3, 2, 6
rng = np.random.default_rng(20261123)


def evidence_by_density(rows, variance):
    n, dims = rows.shape
    own = variance * (np.eye(n) + np.ones((n, n)) / 8)
    of = lambda cov: sum(multivariate_normal(np.zeros(n), cov).logpdf(rows[:, j]) for j in range(dims))
    return float(of(own) - of(variance * np.eye(n)))


def evidence(rows, variance, dims):
    square, n = (rows.sum(0) ** 2).sum(), len(rows)
    return square / (2 * variance * (n + 8)) - dims / 2 * np.log(1 + n / 8)


def spread(groups):
    n = np.array([len(g) for g in groups])
    m = np.concatenate(groups).mean(0)
    d = [(g - m).sum(0) for g in groups]
    trace = sum(x @ x for x in d) / (n.sum() - (n**2).sum() / n.sum())
    pairs = sum((d[u] @ d[v]) ** 2 for u in range(len(d)) for v in range(len(d)) if u != v)
    square = pairs / (n.sum() ** 2 - (n**2).sum())
    return square / trace, trace**2 / square


def splits(groups, start, first, latest):
    variance, dims = spread(groups[start:])
    end = len(groups)
    of = lambda parts: evidence(np.concatenate(parts), variance, dims)
    ways = {}
    inner = range(first, end)
    for count in range(end):
        for cuts in itertools.combinations(inner, count):
            edges = [start, *cuts]
            before = sum(of(groups[a:b]) for a, b in zip(edges, edges[1:]))
            weight = before + count * np.log(CHANGE)
            last = edges[-1]
            if last > latest:
                continue
            ways.setdefault((last, end, end), []).append(weight + of(groups[last:]))
            for left in range(max(first, end - RECENT, last + 1), end - 1):
                for back in range(left + 1, min(end, left + LONGEST + 1)):
                    stay = groups[last:left] + groups[back:]
                    errand = weight + np.log(CHANGE) + np.log(ERRAND) + of(stay) + of(groups[left:back])
                    ways.setdefault((last, left, back), []).append(errand)
    every = {key: logsumexp(all_) for key, all_ in ways.items()}
    total = logsumexp(list(every.values()))
    return [[*map(int, key), float(np.exp(value - total))] for key, value in sorted(every.items())]


def odds(groups, start, first, latest):
    """Log odds of one change against none, and where it is most probable."""
    variance, dims = spread(groups[start:])
    of = lambda parts: evidence(np.concatenate(parts), variance, dims)
    each = [of(groups[start:t]) + of(groups[t:]) for t in range(first, latest + 1)]
    value = logsumexp(each) + np.log(CHANGE) - of(groups[start:])
    return {"logOdds": float(value), "start": int(np.argmax(each)) + first}


def case(name, sizes, moved, start=0, first=3, last=7):
    """Groups about one mean, those in `moved` about another."""
    dim = 5
    means = rng.normal(size=(2, dim)) * 0.4
    groups = [np.round(means[int(u in moved)] + 0.5 * rng.normal(size=(n, dim)), 4) for u, n in enumerate(sizes)]
    variance, dims = spread(groups[start:])
    return {
        "name": name, "from": start, "first": first, "last": last, "groups": [g.tolist() for g in groups],
        "variance": float(variance), "dims": float(dims), "splits": splits(groups, start, first, last),
        "odds": odds(groups, start, first, last),
    }


rows = rng.normal(size=(7, 4)) * 0.7 + 0.3
assert abs(evidence_by_density(rows, 0.4) - evidence(rows, 0.4, 4)) < 1e-9

print(json.dumps({
    "made": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    "prior": {"change": CHANGE, "errand": ERRAND, "longest": LONGEST, "recent": RECENT},
    "evidence": {"square": float((rows.sum(0) ** 2).sum()), "count": 7, "variance": 0.4, "dims": 4,
                 "value": evidence_by_density(rows, 0.4)},
    "cases": [
        case("moved", [2, 1, 3, 2, 1, 2, 4, 1, 2], {6, 7, 8}),
        case("stays", [1, 2, 2, 1, 3, 1, 2, 1, 1], set()),
        case("errand", [2, 3, 1, 2, 3, 3, 2, 3, 2], {5, 6}),
        case("from later on", [3, 1, 2, 1, 2, 3, 1, 2, 2], {7, 8}, start=2, first=5, last=6),
    ],
}))
