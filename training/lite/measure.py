"""What a table is chosen by: Spearman on the pairs of an STS file, and the first probe set. Reported: eval.mjs."""

import json
import os

import numpy as np
import torch
from scipy.stats import spearmanr

from corpus import flatten
from pooling import Bags, embed_damped
from tokenizer import Tokenizer

MAX_TOKENS = 256


class Measure:
    """Texts are encoded once; calling it with a table gives `sts, topics, sliders`, each in percent."""

    def __init__(self, tokenizer: Tokenizer, sts: str, probe: str):
        self._tokenizer = tokenizer
        pairs = json.load(open(sts, encoding="utf8"))
        self._a, self._b = self._bags([p[0] for p in pairs]), self._bags([p[1] for p in pairs])
        self._scores = [p[2] for p in pairs]
        sets = json.load(open(probe, encoding="utf8"))
        topics, sliders = sets["topics"], sets["sliders"]
        self._prototypes = self._bags([t["prototype"] for t in topics])
        self._items = self._bags([item for t in topics for item in t["items"]])
        self._topic = np.array([i for i, t in enumerate(topics) for _ in t["items"]])
        self._low, self._high = self._bags([s["low"] for s in sliders]), self._bags([s["high"] for s in sliders])
        sides = [(i, side, item) for i, s in enumerate(sliders) for side in (-1, 1) for item in s[_ITEMS[side]]]
        self._slider, self._side = np.array([s[0] for s in sides]), np.array([s[1] for s in sides])
        self._moods = self._bags([s[2] for s in sides])

    def __call__(self, table: np.ndarray) -> tuple[float, float, float]:
        rows = torch.from_numpy(table)
        a, b = embed_damped(rows, self._a), embed_damped(rows, self._b)
        sts = spearmanr((a * b).sum(1).numpy(), self._scores)[0]
        nearest = (embed_damped(rows, self._items) @ embed_damped(rows, self._prototypes).T).argmax(1).numpy()
        axes = embed_damped(rows, self._high) - embed_damped(rows, self._low)
        lean = (embed_damped(rows, self._moods) * axes[self._slider]).sum(1).numpy()
        return 100 * sts, 100 * np.mean(nearest == self._topic), 100 * np.mean(lean * self._side > 0)

    def say(self, table: np.ndarray) -> str:
        return "sts {:.2f}, topics {:.1f}, sliders {:.1f}".format(*self(table))

    def _bags(self, texts: list[str]) -> Bags:
        return Bags.of(*flatten([self._tokenizer.encode(text)[:MAX_TOKENS] for text in texts]))


_ITEMS = {-1: "lowItems", 1: "highItems"}
FIRST_PROBE = os.path.join(os.path.dirname(__file__), "probes", "first.json")

