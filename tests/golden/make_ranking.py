"""Golden values of src/core/ranking-metrics.ts, by scikit-learn.

    apt-get install -y --no-install-recommends python3-sklearn python3-numpy
    /usr/bin/python3 tests/golden/make_ranking.py > tests/golden/ranking.json

Each case is [gains in the order shown, k, NDCG@k, HR@k, reciprocal rank]; the last two are null unless exactly one item is
relevant, which is when scikit-learn's measures mean the same.

- NDCG@k: `sklearn.metrics.ndcg_score` over distinct scores that fall with the place.
- HR@k: `top_k_accuracy_score` of the relevant item as the class.
- reciprocal rank: `label_ranking_average_precision_score`.
"""
import json
import platform

import numpy as np
import sklearn
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, top_k_accuracy_score

rng = np.random.default_rng(20261122)


def case(i):
    n = int(rng.integers(3, 30))
    k = int(rng.integers(1, n + 3))
    gains = np.zeros(n, dtype=int)
    if i % 2:
        gains[rng.integers(n)] = 1
    elif i % 10:
        gains = rng.integers(0, 4, n) * (rng.random(n) < 0.4)
    scores = -np.arange(n, dtype=float)
    ndcg = float(ndcg_score([gains], [scores], k=k, ignore_ties=True))
    if gains.sum() != 1 or gains.max() != 1:
        return [gains.tolist(), k, ndcg, None, None]
    hit = 1.0 if k >= n else float(top_k_accuracy_score([int(gains.argmax())], [scores], k=k, labels=np.arange(n)))
    return [gains.tolist(), k, ndcg, hit, float(label_ranking_average_precision_score([gains], [scores]))]


versions = {"python": platform.python_version(), "numpy": np.__version__, "sklearn": sklearn.__version__}
rows = ",\n".join(json.dumps(case(i), separators=(",", ":")) for i in range(200))
print('{\n"made_by": "tests/golden/make_ranking.py",\n"versions": ' + json.dumps(versions) + ',\n"cases": [\n' + rows + "\n]\n}")
