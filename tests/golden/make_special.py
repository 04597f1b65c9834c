"""Golden values of the special functions in src/core/special.ts, by SciPy.

    apt-get install -y --no-install-recommends python3-scipy
    /usr/bin/python3 tests/golden/make_special.py > tests/golden/special.json
"""
import json
import platform

import numpy
import scipy
from scipy.special import expit
from scipy.stats import norm

normal_at = sorted({*numpy.linspace(-8, 8, 65), -37.0, -30.0, -20.0, -12.0, 12.0, 37.0, 1e-9, -1e-9, 1.959963984540054})
sigmoid_at = sorted({*numpy.linspace(-10, 10, 41), -700.0, -100.0, -37.0, 37.0, 100.0, 710.0, 1e-9, -1e-9})
print(json.dumps({
    "made_by": "tests/golden/make_special.py",
    "versions": {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__},
    "normalCdf": [[float(x), float(norm.cdf(x))] for x in normal_at],
    "sigmoid": [[float(x), float(expit(x))] for x in sigmoid_at],
}, indent=0))
