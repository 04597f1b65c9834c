"""From trained tables to the rows of the file: their mean, lighter frequent tokens, kin together, a rotation, 4 bits."""

import unicodedata

import numpy as np

from cooccurrence import sif_weights
from families import drawn_together
from tokenizer import SPECIAL

# Rows × (a / (a + p))^0.5: training leaves function words too heavy. This and the share by which forms of a word are turned
# towards each other: measured in README ("What was tried").
SIF_AFTER = 1e-3
SIF_POWER = 0.5
KIN_SHARE = 0.5
CLIPS = np.linspace(0.4, 1.0, 13)


def is_kept(token: str) -> bool:
    """Whether a token has a row in the file. Letters of scripts other than Latin have none: texts in them get all-zero
    embeddings, which rank nothing and are warned of, where their letters would only look like meaning."""
    letters = [c for c in token.removeprefix("##") if unicodedata.category(c).startswith("L")]
    return token in SPECIAL or all("LATIN" in unicodedata.name(c, "") for c in letters)


def mean_table(tables: list[np.ndarray], counts: np.ndarray, families: np.ndarray) -> np.ndarray:
    """Runs from one first table need no alignment. Special tokens get zero rows, which rank nothing."""
    table = np.mean(tables, axis=0) * (sif_weights(counts, SIF_AFTER) ** SIF_POWER)[:, None]
    table = drawn_together(table, families, counts, KIN_SHARE)
    table[: len(SPECIAL)] = 0
    return table


def rotated(table: np.ndarray, seed: int) -> np.ndarray:
    """The same cosines with every dimension alike, so that 4 bits suit all of them."""
    dim = table.shape[1]
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))
    return (table @ turn).astype(np.float32)


def to_nibbles(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers −7 … 7 and one f16 scale a row: of 13 clips the one with the least squared error."""
    largest = np.abs(table).max(1)
    table = table * (127 / np.median(largest[largest > 0]))  # keeps scales within f16; cosines do not see it
    largest = np.abs(table).max(1)
    best_error = np.full(len(table), np.inf)
    best = np.zeros(table.shape, np.int8)
    scales = np.ones(len(table), np.float16)
    for clip in CLIPS:
        scale = np.maximum(largest * clip / 7, 1e-4).astype(np.float16).astype(np.float32)
        numbers = np.clip(np.round(table / scale[:, None]), -7, 7)
        error = ((numbers * scale[:, None] - table) ** 2).sum(1)
        better = error < best_error
        best_error[better] = error[better]
        best[better] = numbers[better]
        scales[better] = scale[better]
    return best, scales


def of_nibbles(numbers: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return numbers.astype(np.float32) * scales.astype(np.float32)[:, None]
