"""First table: positive pointwise mutual information of tokens near each other, its leading dimensions, SIF weights.

Levy, Goldberg & Dagan 2015 (PPMI, context smoothing ^0.75, eigenvalues ^0.5); Arora, Liang & Ma 2017 (SIF).
"""

import numpy as np
import scipy.sparse
import torch

# Tokens to each side, weighted 1 / (1 + (distance − 1) / 4): judgement. The SIF constant: measured (README, "What was tried").
WINDOW = 12
SIF = 2e-4
# Pairs met about once, and tokens rarer than this, say nothing. As in the first recipe.
LEAST_WEIGHT = 1.5
LEAST_COUNT = 5
# Power iterations, and dimensions beyond those kept, of the randomized decomposition. Measured: with 16 spare ones the
# first probe's topics lose 5 points.
ITERATIONS = 3
SPARE = 144
# Tokens and rows handled at once: for memory alone.
SLICE = 2_000_000
BLOCK = 2048


def token_counts(arrays: dict[str, np.ndarray], size: int) -> np.ndarray:
    return np.bincount(arrays["text"], minlength=size)


def first_table(ids: np.ndarray, at: np.ndarray, counts: np.ndarray, dim: int, seed: int) -> np.ndarray:
    """`len(counts)` rows of `dim` numbers, float32; tokens without neighbours get short random rows."""
    matrix = _ppmi(_count(ids, at, len(counts)), counts)
    rows = _leading(matrix, dim, np.random.default_rng(seed)).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    random = np.random.default_rng(seed).normal(size=rows.shape).astype(np.float32)
    random *= 0.3 / np.linalg.norm(random, axis=1, keepdims=True)
    table = np.where(lengths < 1e-6, random, rows / (lengths + 1e-6))
    return (table * sif_weights(counts, SIF)[:, None]).astype(np.float32)


def sif_weights(counts: np.ndarray, a: float) -> np.ndarray:
    """`a / (a + p)`, in (0, 1]: 1 for the rarest tokens."""
    return a / (a + counts / counts.sum())


def _count(ids: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """How often two tokens stand near each other in a text, by their weights: symmetric, `size` × `size`."""
    tokens = torch.from_numpy(ids.astype(np.int64))
    text = torch.repeat_interleave(torch.from_numpy(np.diff(at)))
    weights = torch.zeros(size * size)
    for distance in range(1, WINDOW + 1):
        weight = 1 / (1 + (distance - 1) / 4)
        for start in range(0, len(tokens) - distance, SLICE):
            end = min(start + SLICE, len(tokens) - distance)
            left, right = slice(start, end), slice(start + distance, end + distance)
            cells = (tokens[left] * size + tokens[right])[text[left] == text[right]]
            weights.index_add_(0, cells, torch.full((len(cells),), weight))
    weights = weights.view(size, size)
    for top in range(0, size, BLOCK):
        for side in range(top, size, BLOCK):
            upper, lower = weights[top : top + BLOCK, side : side + BLOCK], weights[side : side + BLOCK, top : top + BLOCK]
            both = upper + lower.T
            upper.copy_(both)
            lower.copy_(both.T)
    return weights.numpy()


def _ppmi(weights: np.ndarray, counts: np.ndarray) -> scipy.sparse.csr_matrix:
    sums = weights.sum(1)
    context = sums**0.75
    context /= context.sum()
    columns, values, starts = [], [], [0]
    for row, weight in enumerate(weights):
        near = np.nonzero((weight > LEAST_WEIGHT) & (counts >= LEAST_COUNT))[0] if counts[row] >= LEAST_COUNT else []
        information = np.log(weight[near] / (sums[row] * context[near])) if len(near) else np.zeros(0)
        columns.append(np.asarray(near, np.int32)[information > 0])
        values.append(information[information > 0].astype(np.float32))
        starts.append(starts[-1] + len(columns[-1]))
    matrix = scipy.sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=weights.shape)
    return matrix.maximum(matrix.T).tocsr()


def _leading(matrix: scipy.sparse.csr_matrix, dim: int, random: np.random.Generator) -> np.ndarray:
    """Eigenvectors of the `dim` largest eigenvalues by size, times their square roots."""
    basis = random.normal(size=(matrix.shape[0], dim + SPARE)).astype(np.float32)
    for _ in range(ITERATIONS):
        basis, _ = np.linalg.qr(matrix @ basis)
    values, vectors = np.linalg.eigh((basis.T @ (matrix @ basis)).astype(np.float64))
    kept = np.argsort(-np.abs(values))[:dim]
    return basis @ (vectors[:, kept] * np.sqrt(np.abs(values[kept])))
