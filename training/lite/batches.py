"""Batches of positives: two sides of a pair, or two halves of a window of text. Other rows of a batch are negatives."""

from dataclasses import dataclass

import numpy as np

from kernels import gather
from sources import SOURCES

# Tokens of a window that is cut into halves; draws of a source by weight × count^this; tokens read of a side.
# As in the recipe of lite-1 (README, "What was tried").
WINDOW_TOKENS = (24, 48)
PAIR_POWER = 0.75
SIDE_TOKENS = 48


@dataclass(frozen=True)
class Batch:
    """Bags of ids on both sides, and hashes by which equal texts are known."""

    a: tuple[np.ndarray, np.ndarray]
    b: tuple[np.ndarray, np.ndarray]
    a_hash: np.ndarray
    b_hash: np.ndarray


class Batches:
    def __init__(self, arrays: dict[str, np.ndarray], weights: dict[str, float]):
        """`weights` replace those of sources.py where they name a source."""
        self._arrays = arrays
        names = sorted(name for name in SOURCES if f"{name}.a" in arrays and SOURCES[name][1] is not None)
        size = {name: len(arrays[f"{name}.a_hash"]) for name in names}
        chances = np.array([size[n] ** PAIR_POWER * weights.get(n, SOURCES[n][1]) for n in names])
        self._names, self._size, self._chances = names, size, chances / chances.sum()
        lengths = np.diff(arrays["text_at"])
        self._long = np.nonzero(lengths >= WINDOW_TOKENS[0])[0]

    def draw(self, size: int, text_share: float, drop: float, random: np.random.Generator) -> Batch:
        if random.random() < text_share:
            return self._windows(size, drop, random)
        return self._pairs(size, drop, random)

    def _pairs(self, size: int, drop: float, random: np.random.Generator) -> Batch:
        name = self._names[random.choice(len(self._names), p=self._chances)]
        rows = random.choice(self._size[name], min(size, self._size[name]), replace=False)
        sides = []
        for side in ("a", "b"):
            at = self._arrays[f"{name}.{side}_at"]
            lengths = np.minimum(at[rows + 1] - at[rows], SIDE_TOKENS)
            sides.append(_bags(self._arrays[f"{name}.{side}"], at[rows], lengths, drop, random))
        return Batch(*sides, self._arrays[f"{name}.a_hash"][rows], self._arrays[f"{name}.b_hash"][rows])

    def _windows(self, size: int, drop: float, random: np.random.Generator) -> Batch:
        texts = self._long[random.integers(len(self._long), size=size)]
        at = self._arrays["text_at"]
        lengths = at[texts + 1] - at[texts]
        low, high = WINDOW_TOKENS
        width = np.minimum(lengths, np.exp(random.uniform(np.log(low), np.log(high + 1), size)).astype(np.int64))
        start = at[texts] + (random.random(size) * (lengths - width + 1)).astype(np.int64)
        half = width // 2
        ids = self._arrays["text"]
        a = _bags(ids, start, half, drop, random)
        b = _bags(ids, start + half, width - half, drop, random)
        return Batch(a, b, texts, texts)


def _bags(ids, starts, lengths, drop, random) -> tuple[np.ndarray, np.ndarray]:
    return gather(ids, starts, lengths, random.random(int(lengths.sum()), dtype=np.float32), np.float32(drop))
