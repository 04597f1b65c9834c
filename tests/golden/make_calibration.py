"""Golden values of src/core/{platt,temperature,isotonic,metrics}.ts, by scikit-learn and SciPy.

    apt-get install -y --no-install-recommends python3-sklearn python3-scipy python3-numpy
    /usr/bin/python3 tests/golden/make_calibration.py > tests/golden/calibration.json

Each case is [scores, outcomes, weights or 0, queries, probabilities at the queries].

- platt: `sklearn.calibration._sigmoid_calibration`, on scores moved and scaled to mean 0 and deviation 1 (the fit is the
  same, and its BFGS starts well), then SciPy's `minimize(method='trust-exact')` on the very same objective, because its BFGS
  stops at a gradient of 1e-5. `plattBySklearnAlone` counts the cases in which the second step moves no probability by 1e-6.
- temperature: `scipy.optimize.minimize_scalar` on the loss over 1/T in [0.05, 20], checked against `brentq` on its slope.
  Where the two differ (a loss too flat for values to tell) brentq's root is taken; `temperatureByMinimizeAlone` counts the rest.
- isotonic: `sklearn.isotonic.IsotonicRegression(out_of_bounds='clip')`.
- metrics: [probabilities, outcomes, Brier, log loss], by `sklearn.metrics`.
"""
import json
import platform

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import expit
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
tables = {"platt": platt_rows, "temperature": temperature_rows, "isotonic": isotonic_rows, "metrics": metric_cases()}
compact = lambda value: json.dumps(value, separators=(",", ":"))
lines = [f"{compact(key)}: {compact(value)}" for key, value in head.items()]
lines += [f"{compact(key)}: [\n" + ",\n".join(map(compact, rows)) + "\n]" for key, rows in tables.items()]
print("{\n" + ",\n".join(lines) + "\n}")
