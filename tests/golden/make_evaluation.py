"""Golden values of src/lab/evaluation, by an implementation of its own in NumPy, with scikit-learn and SciPy where they have it.

    apt-get install -y --no-install-recommends python3-sklearn python3-numpy python3-scipy
    /usr/bin/python3 tests/golden/make_evaluation.py > tests/golden/evaluation.json

A small log of random actions at different times is ranked under three protocols by brute force: for every target each
ranker's scores are made anew from the list of what may be known then.

- NDCG@k: `sklearn.metrics.ndcg_score`, which averages over ties.
- HR@k and reciprocal rank: means over all places that ties allow.
- intervals: `scipy.stats.bootstrap`, percentile, over people, paired for the difference.
"""
import json
import platform

import numpy as np
import scipy
import sklearn
from scipy.stats import bootstrap
from sklearn.metrics import ndcg_score

DAY = 86_400_000
KINDS = {"save": 3.0, "click": 1.0, "dislike": -1.5}
K = 5
rng = np.random.default_rng(20261122)

people, items = 14, 16
start = 1_700_000_000_000
times = np.sort(rng.choice(60 * DAY, size=220, replace=False)) + start
taste = rng.dirichlet(np.full(items, 0.5), size=people)
rows = []
for t in times:
    u = int(rng.integers(people))
    kind = str(rng.choice(list(KINDS), p=[0.3, 0.5, 0.2]))
    rows.append((u, int(rng.choice(items, p=taste[u])), kind, int(t), float(rng.choice([0.5, 1.0, 2.0]))))
E = rng.normal(size=(items, 8)).astype(np.float32)
E /= np.linalg.norm(E, axis=1, keepdims=True)
E = E.astype(np.float32)


def weight(row):
    return KINDS[row[2]] * row[4]


def positive(row):
    return weight(row) > 0


def unit(v):
    n = np.linalg.norm(v)
    return v / n if n > 0 else v * 0


def decayed(history, now, half, sign):
    s, total = np.zeros(8), 0.0
    for r in history:
        w = sign * weight(r)
        if w > 0:
            w *= 2.0 ** (-(now - r[3]) / half)
            s += w * E[r[1]].astype(float)
            total += w
    return s, total


def popularity(counted, own, now, mask):
    s = np.zeros(items)
    for r in counted:
        s[r[1]] += 1
    return s


def recency(counted, own, now, mask):
    s = np.zeros(items)
    for r in counted:
        s[r[1]] = max(s[r[1]], r[3])
    return s


def knn(counted, own, now, mask):
    M = np.zeros((people, items))
    for r in counted:
        M[r[0], r[1]] = 1
    G = M.T @ M
    d = np.sqrt(np.diag(G))
    S = G / (np.outer(d, d) + 10)
    np.fill_diagonal(S, 0)
    last = {r[1] for r in [r for r in own if positive(r)][-5:]}
    return sum((S[i] for i in sorted(last)), np.zeros(items))


def transitions(counted, own, now, mask):
    T, n = np.zeros((items, items)), np.zeros(items)
    for u in range(people):
        seq = [r[1] for r in counted if r[0] == u]
        for place, item in enumerate(seq):
            n[item] += 1
            for gap in (1, 2, 3):
                if place >= gap:
                    T[seq[place - gap], item] += 1 / gap
    s = 1e-6 * n / max(1, n.sum())
    last = [r[1] for r in own if positive(r)][-5:][::-1]
    for back, item in enumerate(last):
        s = s + 0.8**back * T[item] / (n[item] + 5)
    return s


def weighted_mean(counted, own, now, mask):
    return E.astype(float) @ unit(decayed(own, now, 14 * DAY, 1)[0])


def popular_mean(counted, own, now, mask):
    return weighted_mean(counted, own, now, mask) + 0.1 * np.log1p(popularity(counted, own, now, mask))


def place_mean(counted, own, now, mask):
    s = np.zeros(8)
    for back, r in enumerate([r for r in own if positive(r)][::-1][:10]):
        s += weight(r) * 0.5**back * E[r[1]].astype(float)
    return E.astype(float) @ unit(s)


def product(counted, own, now, mask):
    known = E[mask].astype(float)
    n = len(known)
    m = known.mean(axis=0) * (n / (n + 50) if n < 50 else 1)
    (long, a), (session, b) = decayed(own, now, 14 * DAY, 1), decayed(own, now, DAY / 4, 1)
    turned = unit(decayed(own, now, 14 * DAY, -1)[0])
    q = unit(long - a * m) + 0.5 * unit(session - b * m) - 0.5 * turned
    return E.astype(float) @ q


RANKERS = {
    "popularity": popularity,
    "recency": recency,
    "item-kNN": knn,
    "transitions": transitions,
    "weighted mean": weighted_mean,
    "weighted mean + popularity": popular_mean,
    "weighted mean by place": place_mean,
    "attune": product,
}


def late_by_person(share):
    late = set()
    for u in range(people):
        mine = [e for e, r in enumerate(rows) if r[0] == u and positive(r)]
        n = min(len(mine) - 1, max(1, int(share * len(mine) + 0.5)))
        if n > 0:
            first = mine[len(mine) - n]
            late |= {e for e, r in enumerate(rows) if r[0] == u and e >= first}
    return late


def measures(scores, target):
    own = scores[target]
    if own == -np.inf:
        return 0.0, 0.0, 0.0
    offered = scores[scores > -np.inf]
    above, same = int((offered > own).sum()), int((offered == own).sum())
    places = np.arange(above, above + same)
    relevance = (np.arange(items) == target)[scores > -np.inf].astype(int)
    gain = float(ndcg_score([relevance], [offered], k=K)) if len(offered) > 1 else 1.0
    return float((places < K).mean()), gain, float((1 / (places + 1)).mean())


def evaluate(protocol):
    if protocol["kind"] == "global":
        targets = [e for e, r in enumerate(rows) if positive(r)]
        cut = rows[targets[int((1 - protocol["share"]) * len(targets))]][3]
        late = {e for e, r in enumerate(rows) if r[3] >= cut}
        mask = np.zeros(items, bool)
        mask[[r[1] for e, r in enumerate(rows) if e not in late]] = True
    else:
        late, mask = late_by_person(protocol["share"]), np.ones(items, bool)
    found = {name: {} for name in RANKERS}
    tops = {name: set() for name in RANKERS}
    scores_of_last = {}
    count = 0
    for e, (u, item, kind, now, _) in enumerate(rows):
        own = [r for r in rows[:e] if r[0] == u]
        seen = {r[1] for r in own}
        if e not in late or not positive(rows[e]) or item in seen:
            continue
        count += 1
        before = rows[:e] if protocol["priors"] == "before" and protocol["kind"] == "last-out" else [r for i, r in enumerate(rows) if i not in late]
        counted = [r for r in before if positive(r)]
        for name, ranker in RANKERS.items():
            scores = np.array(ranker(counted, own, now, mask), float)
            scores[~mask] = -np.inf
            scores[list(seen)] = -np.inf
            found[name].setdefault(u, []).append(measures(scores, item))
            scores_of_last[name] = [None if s == -np.inf else float(s) for s in scores]
            best = sorted((i for i in range(items) if scores[i] > -np.inf), key=lambda i: (-scores[i], i))[:K]
            tops[name] |= set(best)
    means = {name: np.array([np.mean(v, axis=0) for v in by.values()]) for name, by in found.items()}
    a, b = means["transitions"][:, 1], means["popularity"][:, 1]
    resamples = dict(method="percentile", n_resamples=60_000, random_state=1)
    single = bootstrap((a,), np.mean, vectorized=True, **resamples).confidence_interval
    paired = bootstrap((a, b), lambda x, y, axis: (x - y).mean(axis=axis), paired=True, vectorized=True, **resamples).confidence_interval
    return {
        "protocol": protocol,
        "targets": count,
        "means": {name: m.mean(axis=0).tolist() for name, m in means.items()},
        "coverage": {name: len(t) / int(mask.sum()) for name, t in tops.items()},
        "scoresOfLast": scores_of_last,
        "ndcgOfTransitions": [single.low, single.high],
        "lessPopularity": [paired.low, paired.high],
    }


protocols = [
    {"kind": "last-out", "share": 0.3, "priors": "before"},
    {"kind": "last-out", "share": 0.3, "priors": "pooled"},
    {"kind": "global", "share": 0.3, "priors": "before"},
]
print(
    json.dumps(
        {
            "made_by": "tests/golden/make_evaluation.py",
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
            "k": K,
            "kinds": KINDS,
            "rows": rows,
            "embeddings": [[float(x) for x in row] for row in E],
            "cases": [evaluate(p) for p in protocols],
        }
    )
)
