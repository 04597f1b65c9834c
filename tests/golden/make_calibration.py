"""Golden values of src/core/{platt,temperature,isotonic,rising,steps,metrics}.ts, by scikit-learn and SciPy.

    apt-get install -y --no-install-recommends python3-sklearn python3-scipy python3-numpy
    /usr/bin/python3 tests/golden/make_calibration.py > tests/golden/calibration.json

Each case is [scores, outcomes, weights or 0, queries, probabilities at the queries].

- platt: `sklearn.calibration._sigmoid_calibration`, on scores moved and scaled to mean 0 and deviation 1 (the fit is the
  same, and its BFGS starts well), then SciPy's `minimize(method='trust-exact')` on the very same objective, because its BFGS
  stops at a gradient of 1e-5. `plattBySklearnAlone` counts the cases in which the second step moves no probability by 1e-6.
- temperature: `scipy.optimize.minimize_scalar` on the loss over 1/T in [0.05, 20], checked against `brentq` on its slope.
  Where the two differ (a loss too flat for values to tell) brentq's root is taken; `temperatureByMinimizeAlone` counts the rest.
- isotonic: `sklearn.isotonic.IsotonicRegression(out_of_bounds='clip')`.
- rising: the ramps are integrals of SciPy's B-splines, the fit is IRLS with each step by `scipy.optimize.lsq_linear`'s BVLS, an
  active set method on another problem than ours, halved while the loss grows. The gradient at the end is asserted.
- steps: all staircases over the first ten outcomes of a case, one by one.
- metrics: [probabilities, outcomes, Brier, log loss], by `sklearn.metrics`.
"""
import itertools
import json
import platform

import numpy as np
import scipy
import sklearn
from scipy.interpolate import BSpline
from scipy.optimize import brentq, lsq_linear, minimize, minimize_scalar
from scipy.special import betaln, expit
from scipy.stats import rankdata
from sklearn.calibration import _sigmoid_calibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

rng = np.random.default_rng(20261122)
SHAPES = ["plain", "ties", "ones", "zeros", "tiny", "huge", "far", "small", "separated", "reversed", "one point", "equal", "outlier", "large"]


def digits(values, n=6):
    return [float(f"{v:.{n}g}") for v in values]


def sample(shape):
    n = {"tiny": int(rng.integers(1, 5)), "one point": 1, "large": 150}.get(shape, int(rng.integers(6, 40)))
    scores = rng.normal(0, rng.uniform(0.3, 3), n)
    if shape == "ties":
        scores = np.round(scores)
    outcomes = (rng.random(n) < expit(rng.uniform(-1, 3) * scores + rng.uniform(-2, 1))).astype(int)
    if shape == "reversed":
        outcomes = 1 - outcomes
    if shape == "ones":
        outcomes[:] = 1
    if shape == "zeros":
        outcomes[:] = 0
    if shape == "separated":
        outcomes = (scores > np.median(scores)).astype(int)
    if shape == "huge":
        scores = scores * 1e6
    if shape == "far":
        scores = scores + 1e6
    if shape == "small":
        scores = scores * 1e-6
    if shape == "equal":
        scores[:] = scores[0]
    if shape == "outlier":
        scores[0] = 1e6
    # "far" keeps enough digits that its scores stay apart
    scores = np.array(digits(scores, 10 if shape == "far" else 4))
    weights = np.array(digits(rng.uniform(0.1, 5, n), 3)) if rng.random() < 0.5 else None
    return scores, outcomes, weights


def ask(scores):
    low, high = scores.min(), scores.max()
    spread = high - low
    if spread == 0:
        return scores[:1]
    inside = rng.uniform(low, high, 6)
    return np.array([float(f"{q:.10g}") for q in [*rng.choice(scores, 2), *inside, low - spread / 2, high + spread / 2]])


def platt(scores, outcomes, weights, queries):
    w = np.ones(len(scores)) if weights is None else weights
    centre = np.average(scores, weights=w)
    scale = np.sqrt(np.average((scores - centre) ** 2, weights=w)) or 1.0
    z, q = (scores - centre) / scale, (queries - centre) / scale
    start = np.array(_sigmoid_calibration(z, outcomes, weights))
    positives, negatives = w[outcomes > 0].sum(), w[outcomes <= 0].sum()
    target = np.where(outcomes > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([z, np.ones_like(z)], axis=1)

    def loss(ab):
        logit = -design @ ab
        return float((w * (np.logaddexp(0, logit) - target * logit)).sum())

    def gradient(ab):
        return design.T @ (w * (target - expit(-design @ ab)))

    def hessian(ab):
        p = expit(-design @ ab)
        return design.T @ (design * (w * p * (1 - p))[:, None])

    at = lambda ab: expit(-(ab[0] * q + ab[1]))
    if np.ptp(scores) == 0:  # only the level is determined
        return at(start), True
    best = start
    for _ in range(3):
        best = minimize(loss, best, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12}).x
    for _ in range(5):  # the last digits, which no difference of losses can show
        best = best - np.linalg.solve(hessian(best) + 1e-14 * np.eye(2), gradient(best))
    assert np.abs(gradient(best)).max() < 1e-9 * w.sum(), (scores, outcomes, gradient(best))
    return at(best), bool(np.abs(at(best) - at(start)).max() < 1e-6)


def temperature(scores, outcomes, weights, queries):
    w = np.ones(len(scores)) if weights is None else weights
    sign = np.where(outcomes > 0, 1.0, -1.0)
    loss = lambda beta: float((w * np.logaddexp(0, -sign * beta * scores)).sum())
    slope = lambda beta: float((-w * sign * scores * expit(-sign * beta * scores)).sum())
    found = minimize_scalar(loss, bounds=(1 / 20, 20), method="bounded", options={"xatol": 1e-13, "maxiter": 5000}).x
    low, high = slope(1 / 20), slope(20.0)
    if low == 0 and high == 0:
        return None, True  # nothing to tell one temperature from another
    root = 1 / 20 if low >= 0 else 20.0 if high <= 0 else brentq(slope, 1 / 20, 20.0, xtol=1e-15, rtol=1e-14)
    p = expit(queries * root)
    return p, bool(np.abs(p - expit(queries * found)).max() < 1e-6)


def isotonic(scores, outcomes, weights, queries):
    fitted = IsotonicRegression(out_of_bounds="clip").fit(scores, outcomes.astype(float), weights)
    return fitted.predict(queries), True


RAMPS, PULL = 7, 1.0


def ramp(k, ranks):
    knots = np.array([k - 1, k, k + 1]) / (RAMPS - 1)
    rising = BSpline.basis_element(knots).antiderivative()
    return rising(np.clip(ranks, knots[0], knots[-1])) / rising(knots[-1])


def rising(scores, outcomes, weights, queries):
    w = np.ones(len(scores)) if weights is None else weights
    order = np.unique(scores)
    own = np.array([w[scores == s].sum() for s in order])
    rank = dict(zip(order, (np.cumsum(own) - own / 2) / own.sum()))
    if weights is None:
        assert np.allclose([rank[s] for s in scores], (rankdata(scores) - 0.5) / len(scores))
    design = lambda ranks: np.stack([np.ones(len(ranks))] + [ramp(k, ranks) for k in range(RAMPS)], axis=1)
    x = design(np.array([rank[s] for s in scores]))
    positives, negatives = w[outcomes > 0].sum(), w[outcomes <= 0].sum()
    target = np.where(outcomes > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    pull = np.diag([0.0] + [np.sqrt(PULL)] * RAMPS)
    loss = lambda b: float((w * (np.logaddexp(0, x @ b) - target * (x @ b))).sum() + PULL / 2 * (b[1:] ** 2).sum())
    gradient = lambda b: x.T @ (w * (expit(x @ b) - target)) + PULL * np.r_[0, b[1:]]
    best = np.zeros(RAMPS + 1)
    for _ in range(60):
        p = expit(x @ best)
        root = np.sqrt(w * p * (1 - p))
        working = x @ best + (target - p) / (p * (1 - p))
        rows = np.vstack([root[:, None] * x, pull])
        bounds = (np.r_[-np.inf, np.zeros(RAMPS)], np.full(RAMPS + 1, np.inf))
        move = lsq_linear(rows, np.r_[root * working, np.zeros(RAMPS + 1)], bounds, method="bvls", tol=1e-15).x - best
        part = 1.0
        while part > 1e-6 and loss(best + part * move) > loss(best) + 1e-13 * abs(loss(best)):
            part /= 2
        best = best + part * move
    slope = gradient(best)
    held = (best[1:] < 1e-9) & (slope[1:] > 0)
    assert np.abs(slope[np.r_[True, ~held]]).max() < 1e-7 * w.sum(), (scores, outcomes, slope, best)
    corners = corners_of(order)
    return np.interp(queries, corners, expit(design(np.array([rank[s] for s in corners])) @ best)), True


def corners_of(order):
    if len(order) <= 64:
        return order
    return order[np.floor(np.arange(64) * (len(order) - 1) / 63 + 0.5).astype(int)]


def steps(scores, outcomes, weights, queries):
    """Every staircase, one by one."""
    scores, outcomes = scores[:10], outcomes[:10]
    w = np.ones(len(scores)) if weights is None else weights[:10]
    order = np.unique(scores)
    n = np.array([w[scores == s].sum() for s in order])
    k = np.array([w[(scores == s) & (outcomes > 0)].sum() for s in order])
    group = np.floor(64 * (np.cumsum(n) - n / 2) / n.sum())
    n = np.array([n[group == g].sum() for g in np.unique(group)])
    k = np.array([k[group == g].sum() for g in np.unique(group)])
    m = len(n)
    change = min(0.5, 3 / m)
    worth, means = 0.0, np.zeros(m)
    for edges in itertools.product([0, 1], repeat=m - 1):
        level = np.concatenate([[0], np.cumsum(edges)]).astype(int)
        ks, ns = np.bincount(level, k), np.bincount(level, n)
        p = np.exp(betaln(ks + 1, ns - ks + 1).sum()) * change ** sum(edges) * (1 - change) ** (m - 1 - sum(edges))
        worth += p
        means += p * ((ks + 1) / (ns + 2))[level]
    rising = IsotonicRegression().fit(np.arange(m), means / worth, n).predict(np.arange(m))
    at = {s: rising[np.searchsorted(np.unique(group), g)] for s, g in zip(order, group)}
    return np.interp(queries, order, [at[s] for s in order]), True


def cases(fit):
    rows, alone = [], 0
    while len(rows) < 224:
        scores, outcomes, weights = sample(SHAPES[len(rows) % len(SHAPES)])
        queries = ask(scores)
        if fit is temperature and rng.random() < 0.5:  # logits that are wrong by a factor
            outcomes = (rng.random(len(scores)) < expit(scores / rng.uniform(0.3, 6))).astype(int)
        p, by_itself = fit(scores, outcomes, weights, queries)
        if p is None:
            continue
        alone += by_itself
        if fit is steps:
            scores, outcomes, weights = scores[:10], outcomes[:10], None if weights is None else weights[:10]
        w = 0 if weights is None else weights.tolist()
        rows.append([scores.tolist(), outcomes.tolist(), w, queries.tolist(), [float(f"{v:.10g}") for v in p]])
    return rows, alone


def metric_cases():
    rows = []
    for i in range(40):
        n = int(rng.integers(2, 30))
        p = np.array(digits(rng.random(n) if i % 4 else rng.choice([0.0, 1.0, 0.25], n)))
        y = (rng.random(n) < 0.4).astype(int)
        rows.append([p.tolist(), y.tolist(), brier_score_loss(y, p, pos_label=1), log_loss(y, p, labels=[0, 1], eps=1e-15)])
    return rows


platt_rows, platt_alone = cases(platt)
temperature_rows, temperature_alone = cases(temperature)
isotonic_rows, _ = cases(isotonic)
head = {
    "made_by": "tests/golden/make_calibration.py",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
    "plattBySklearnAlone": platt_alone,
    "temperatureByMinimizeAlone": temperature_alone,
}
metric_rows = metric_cases()
rising_rows, _ = cases(rising)
steps_rows, _ = cases(steps)
tables = {"platt": platt_rows, "temperature": temperature_rows, "isotonic": isotonic_rows, "metrics": metric_rows, "rising": rising_rows, "steps": steps_rows}
compact = lambda value: json.dumps(value, separators=(",", ":"))
lines = [f"{compact(key)}: {compact(value)}" for key, value in head.items()]
lines += [f"{compact(key)}: [\n" + ",\n".join(map(compact, rows)) + "\n]" for key, rows in tables.items()]
print("{\n" + ",\n".join(lines) + "\n}")
