"""Golden values of the special functions in src/core/{special,log-gamma}.ts, by SciPy.

    apt-get install -y --no-install-recommends python3-scipy
    /usr/bin/python3 tests/golden/make_special.py > tests/golden/special.json
"""
import json
import platform

import numpy
import scipy
from scipy.special import expit, gammaln
from scipy.stats import norm

normal_at = sorted({*numpy.linspace(-8, 8, 65), -37.0, -30.0, -20.0, -12.0, 12.0, 37.0, 1e-9, -1e-9, 1.959963984540054})
sigmoid_at = sorted({*numpy.linspace(-10, 10, 41), -700.0, -100.0, -37.0, 37.0, 100.0, 710.0, 1e-9, -1e-9})
log_gamma_at = sorted({*range(1, 40), *numpy.linspace(1, 12, 56), 99.5, 2047.0, 2048.0, 12345.678, 3e5, 1e9})
print(json.dumps({
    "made_by": "tests/golden/make_special.py",
    "versions": {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__},
    "normalCdf": [[float(x), float(norm.cdf(x))] for x in normal_at],
    "sigmoid": [[float(x), float(expit(x))] for x in sigmoid_at],
    "logGamma": [[float(x), float(gammaln(x))] for x in log_gamma_at],
}, indent=0))
