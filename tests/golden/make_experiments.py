"""Golden values of src/lab/experiments, by SciPy and scikit-learn.

    apt-get install -y --no-install-recommends python3-sklearn python3-numpy python3-scipy
    /usr/bin/python3 tests/golden/make_experiments.py > tests/golden/experiments.json

- uniform: `sklearn.utils.murmurhash3_32` of the text's UTF-16 code units, each as four bytes, little-endian, by 2^32.
- logBeta: `scipy.special.betaln`.
- normal: Robbins' normal mixture as the integral it is, `scipy.integrate.quad` over N(0, 1/rho).
- beta: the beta mixture of binomial likelihood ratios as the integral it is, `scipy.integrate.quad` over Beta.
- coin: the least variance for which a coin's moment generating function is that of a normal one, by maximizing
  `2 ln E exp(l(a - p)) / l^2` over l with `scipy.optimize`.
- lists: the shares that beta mixtures don't rule out, by `scipy.optimize.brentq` on `scipy.special.betaln`.
- difference: the differences of two arms that are not ruled out, from the people one by one, by `scipy.optimize.brentq`.
- crossing: the probability that a fair (or leaning) coin's beta mixture ever reaches 1/alpha within n tosses, by following
  the distribution of heads among those that have not, in NumPy.
- chiSquare: `scipy.stats.chi2.isf`.
"""
import json
import platform

import numpy as np
import scipy
import sklearn
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.special import betaln, xlog1py, xlogy
from scipy.stats import beta as beta_law
from scipy.stats import chi2, norm
from sklearn.utils import murmurhash3_32

ALPHA = 0.05


def uniform(text):
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype("<u4")
    return murmurhash3_32(units.tobytes(), seed=0, positive=True) / 2**32


def softness(planned, alpha):
    twice = -2 * np.log(alpha)
    return planned / (twice + np.log(1 + twice))


def normal(s, v, rho):
    sd = rho**-0.5
    value, _ = quad(lambda t: np.exp(t * s - t * t * v / 2) * norm.pdf(t, 0, sd), -12 * sd, 12 * sd, points=[s / (v + rho)], limit=500)
    return float(np.log(value))


def beta(heads, tails, p, kappa):
    def ratio(q):
        return np.exp(heads * np.log(q / p) + tails * np.log((1 - q) / (1 - p))) * beta_law.pdf(q, kappa * p, kappa * (1 - p))

    value, _ = quad(ratio, 0, 1, points=[(kappa * p + heads) / (kappa + heads + tails)], limit=500)
    return float(np.log(value))


def coin(p):
    best = minimize_scalar(lambda l: -2 * (np.log(1 - p + p * np.exp(l)) - l * p) / l**2, bounds=(-40, 40), method="bounded")
    found = [-best.fun]
    for low, high in [(-40, -1e-3), (1e-3, 40)]:
        best = minimize_scalar(lambda l: -2 * (np.log(1 - p + p * np.exp(l)) - l * p) / l**2, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
        found.append(-best.fun)
    return max(found)


def lists(a, b, planned):
    kappa = max(1, softness(planned, ALPHA))

    def against(p):
        return betaln(kappa / 2 + b, kappa / 2 + a) - betaln(kappa / 2, kappa / 2) - xlogy(b, p) - xlog1py(a, -p) + np.log(ALPHA)

    middle = b / (a + b)
    low = 0.0 if b == 0 else brentq(against, 1e-12, middle, xtol=1e-14)
    high = 1.0 if a == 0 else brentq(against, middle, 1 - 1e-12, xtol=1e-14)
    return [float(low), float(high), float(min(1, np.exp(-against(0.5)) * ALPHA))]


def difference(control, arm, share, deviation, people, limit):
    spread = 0.25 if share == 0.5 else (1 - 2 * share) / (2 * np.log((1 - share) / share))
    rho = softness(people * spread * deviation**2, ALPHA)
    dealt = np.concatenate([np.zeros(len(control)), np.ones(len(arm))])
    numbers = np.concatenate([control, arm])

    def against(delta):
        z = numbers - delta * dealt
        z -= z.mean()
        s, v = ((dealt - share) * z).sum(), spread * (z**2).sum()
        return 0.5 * np.log(rho / (v + rho)) + s * s / (2 * (v + rho)) + np.log(ALPHA)

    inside = arm.mean() - control.mean()
    low = brentq(against, -limit, inside, xtol=1e-13)
    high = brentq(against, inside, limit, xtol=1e-13)
    return [float(low), float(high), float(min(1, np.exp(-against(0)) * ALPHA))]


def crossing(p, planned, n):
    kappa = max(1, softness(planned, ALPHA))
    still = np.array([1.0])
    crossed = 0.0
    for toss in range(1, n + 1):
        after = np.zeros(toss + 1)
        after[1:] += still * p
        after[:-1] += still * (1 - p)
        heads = np.arange(toss + 1)
        evidence = betaln(kappa / 2 + heads, kappa / 2 + toss - heads) - betaln(kappa / 2, kappa / 2) + toss * np.log(2)
        out = evidence >= -np.log(ALPHA)
        crossed += after[out].sum()
        after[out] = 0
        still = after
    return float(crossed)


rng = np.random.default_rng(20261122)
texts = ["", "a", "ab", "person-1", "person-2", "Grüße", "日本", "🎈", "\uffff", '["arm","spring","7f3k"]']
differences = []
for share, deviation, people, size, kind in [
    (0.5, 0.4, 400, 300, "binary"),
    (0.2, 0.4, 4000, 2000, "binary"),
    (0.5, 3.0, 200, 150, "count"),
    (0.5, 9.0, 200, 90, "count"),
    (0.75, 2.0, 1000, 500, "count"),
]:
    draw = (lambda m, lift: rng.binomial(1, 0.2 + 0.05 * lift, m)) if kind == "binary" else (lambda m, lift: np.minimum(20, rng.poisson(4 + lift, m)))
    dealt = rng.random(size) < share
    control, arm = draw(int((~dealt).sum()), 0).astype(float), draw(int(dealt.sum()), 1).astype(float)
    limit = 1 if kind == "binary" else 20
    differences.append(
        {
            "share": share,
            "deviation": deviation,
            "people": people,
            "range": [0, limit],
            "control": [len(control), control.sum(), (control**2).sum()],
            "arm": [len(arm), arm.sum(), (arm**2).sum()],
            "low_high_p": difference(control, arm, share, deviation, people, limit),
        }
    )
print(
    json.dumps(
        {
            "made_by": "tests/golden/make_experiments.py",
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
            "alpha": ALPHA,
            "uniform": [[text, uniform(text)] for text in texts],
            "logBeta": [[a, b, float(betaln(a, b))] for a, b in [(0.01, 0.3), (0.5, 0.5), (1, 1), (2.5, 7), (63, 41.5), (5000.5, 4700), (1e6, 2e6)]],
            "normal": [[s, v, rho, normal(s, v, rho)] for s, v, rho in [(0, 0, 1), (3, 4, 2), (-40, 200, 30), (0, 100, 10), (60, 250, 100)]],
            "beta": [[h, t, p, k, beta(h, t, p, k)] for h, t, p, k in [(0, 0, 0.5, 4), (7, 2, 0.5, 10), (60, 40, 0.5, 63), (30, 270, 0.2, 100), (1, 0, 0.1, 2)]],
            "coin": [[p, float(coin(p))] for p in (0.02, 0.1, 0.3, 0.5, 0.8)],
            "lists": [[a, b, planned, lists(a, b, planned)] for a, b, planned in [(3, 1, 500), (40, 60, 100), (480, 520, 500), (200, 310, 500), (9, 0, 50)]],
            "difference": differences,
            "crossing": [[p, planned, n, crossing(p, planned, n)] for p, planned, n in [(0.5, 100, 400), (0.5, 500, 1000), (0.6, 300, 300), (0.55, 500, 1000)]],
            "chiSquare": [[df, 1e-3, float(chi2.isf(1e-3, df))] for df in (1, 3, 4, 9, 19)],
        },
        indent=0,
    )
)
