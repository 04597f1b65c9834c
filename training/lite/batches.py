"""Batches of positives: two sides of a pair, or two halves of a window of text. Other rows of a batch are negatives."""

from dataclasses import dataclass

import numpy as np
import torch

from pooling import Bags
from sources import SOURCES

# Tokens of a window that is cut into halves; draws of a source by weight × count^this; tokens read of a side.
# As in the recipe of lite-1 (README, "What was tried").
WINDOW_TOKENS = (24, 48)
PAIR_POWER = 0.75
SIDE_TOKENS = 48


@dataclass(frozen=True)
class Batch:
    """Bags on both sides, and cells (i, j), i ≠ j, that are no negatives: equal a, equal b, or a of one is b of the other."""

    a: Bags
    b: Bags
    alike: tuple[torch.Tensor, torch.Tensor]


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
            sides.append(_gather(self._arrays[f"{name}.{side}"], at[rows], lengths, drop, random))
        return Batch(*sides, _alike(self._arrays[f"{name}.a_hash"][rows], self._arrays[f"{name}.b_hash"][rows]))

    def _windows(self, size: int, drop: float, random: np.random.Generator) -> Batch:
        texts = self._long[random.integers(len(self._long), size=size)]
        at = self._arrays["text_at"]
        lengths = at[texts + 1] - at[texts]
        low, high = WINDOW_TOKENS
        width = np.minimum(lengths, np.exp(random.uniform(np.log(low), np.log(high + 1), size)).astype(np.int64))
        start = at[texts] + (random.random(size) * (lengths - width + 1)).astype(np.int64)
        half = width // 2
        ids = self._arrays["text"]
        a = _gather(ids, start, half, drop, random)
        b = _gather(ids, start + half, width - half, drop, random)
        return Batch(a, b, _alike(texts, texts))


def _gather(ids: np.ndarray, starts: np.ndarray, lengths: np.ndarray, drop: float, random: np.random.Generator) -> Bags:
    """Stretches of ids: each token is left out by chance `drop`, but no bag is left empty."""
    at = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=at[1:])
    places = np.repeat(starts - at[:-1], lengths) + np.arange(at[-1])
    if drop > 0:
        kept = random.random(len(places), dtype=np.float32) >= drop
        kept[at[:-1]] |= ~np.logical_or.reduceat(kept, at[:-1])
        places = places[kept]
        np.cumsum(np.add.reduceat(kept, at[:-1], dtype=np.int64), out=at[1:])
    return Bags.of(ids[places], at)


def _alike(a: np.ndarray, b: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    found = [_equal(a, a), _equal(b, b), _equal(a, b)]
    return tuple(torch.from_numpy(np.concatenate([cells[side] for cells in found])) for side in (0, 1))


def _equal(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where `a[i] == b[j]`, i ≠ j."""
    order = np.argsort(b, kind="stable")
    first, last = (np.searchsorted(b[order], a, side) for side in ("left", "right"))
    count = last - first
    i = np.repeat(np.arange(len(a)), count)
    j = order[np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())]
    return i[i != j], j[i != j]
