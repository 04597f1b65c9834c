"""Golden values of src/core/kmeans.ts and src/core/separation.ts, by NumPy and scikit-learn.

    apt-get install -y --no-install-recommends python3-sklearn python3-numpy
    /usr/bin/python3 tests/golden/make_kmeans.py > tests/golden/kmeans.json

Each case is weighted unit rows, the rows that the start is, and what comes of it.

- groups, fit: spherical k-means by NumPy, from that start. scikit-learn's `KMeans` on the unit rows maximizes nearly the
  same; where the rows are of groups far apart ("clear") its labels must be the same, or this script fails.
- apart: the least D over all pairs, each row against its group without it, as written out by loops.
"""
import itertools
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import KMeans

rng = np.random.default_rng(20261122)


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def spherical(x, w, c):
    labels = None
    while True:
        now = (x @ c.T).argmax(1)
        if labels is not None and (now == labels).all():
            return labels, float((w * (x * c[labels]).sum(1)).sum() / w.sum())
        labels = now
        c = np.stack([unit((w[labels == g, None] * x[labels == g]).sum(0)) for g in range(len(c))])


def side(x, w, labels, own, other):
    """Mean and variance along the line, each row's own centroid made of the other rows."""
    far = unit((w[labels == other, None] * x[labels == other]).sum(0))
    members = np.flatnonzero(labels == own)
    values = []
    for i in members:
        rest = members[members != i]
        values.append(x[i] @ (unit((w[rest, None] * x[rest]).sum(0)) - far))
    mean = np.average(values, weights=w[members])
    return mean, np.average((np.array(values) - mean) ** 2, weights=w[members])


def apart(x, w, labels, k):
    least = np.inf
    for a, b in itertools.combinations(range(k), 2):
        (mean_a, var_a), (mean_b, var_b) = side(x, w, labels, a, b), side(x, w, labels, b, a)
        least = min(least, max(0.0, mean_a + mean_b) / np.sqrt((var_a + var_b) / 2))
    return float(least)


def case(k, clear):
    dim = 12
    middles = unit(rng.normal(size=(k, dim)))
    noise = 0.05 if clear else 0.25
    x = np.concatenate([unit(middle + noise * rng.normal(size=(8, dim))) for middle in middles])
    x = unit(x.astype(np.float32).astype(float)).astype(np.float32).astype(float)
    w = np.round(rng.uniform(0.2, 3, len(x)), 3)
    start = [8 * g for g in range(k)]
    labels, fit = spherical(x, w, unit(x[start]))
    if clear:
        peer = KMeans(n_clusters=k, init=unit(x[start]), n_init=1).fit(x, sample_weight=w)
        assert (peer.labels_ == labels).all()
    return {
        "k": k,
        "clear": clear,
        "rows": [[float(f"{v:.9g}") for v in row] for row in x],
        "weights": w.tolist(),
        "start": start,
        "groups": labels.tolist(),
        "fit": fit,
        "apart": apart(x, w, labels, k),
    }


versions = {"python": platform.python_version(), "numpy": np.__version__, "sklearn": sklearn.__version__}
cases = [case(k, clear) for k in (2, 3, 5) for clear in (True, False)]
rows = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
print('{\n"made_by": "tests/golden/make_kmeans.py",\n"versions": ' + json.dumps(versions) + ',\n"cases": [\n' + rows + "\n]\n}")
