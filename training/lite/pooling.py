"""Bags of token ids to embeddings, as src/encoder/lite-pool.ts makes them of a text."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

# How much less a token counts whose meaning the others of its text share, and the tokens from which that fades.
# Measured (README, "What was tried").
DAMPING = 8
FADES_AT = 16


@dataclass(frozen=True)
class Bags:
    """Ids of all bags one after another, and where each begins (one more than bags). No bag is empty."""

    ids: torch.Tensor
    at: torch.Tensor

    @staticmethod
    def of(ids: np.ndarray, at: np.ndarray) -> "Bags":
        return Bags(torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(at.astype(np.int64)))

    def joined(self, other: "Bags") -> "Bags":
        return Bags(torch.cat([self.ids, other.ids]), torch.cat([self.at, other.at[1:] + self.at[-1]]))


def embed(rows: torch.Tensor, bags: Bags) -> torch.Tensor:
    """Unit rows as training sees them: of plain sums, which cost half as much and end no worse (README)."""
    return F.normalize(_sum(rows, bags), dim=1)


def embed_damped(rows: torch.Tensor, bags: Bags, damping: float = DAMPING) -> torch.Tensor:
    """Unit rows as pages see them: the formula of src/encoder/lite-pool.ts."""
    sizes = bags.at.diff()
    bag = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
    lengths = rows.norm(dim=1)[bags.ids]
    total = torch.zeros(len(sizes)).index_add_(0, bag, lengths)
    known = torch.zeros(len(sizes)).index_add_(0, bag, lengths.sign())
    strength = damping / (total * (1 + known / FADES_AT)).clamp_min(1e-9)
    along = (rows[bags.ids] * _sum(rows, bags)[bag]).sum(1) / lengths.clamp_min(1e-9)
    shared = (along - lengths).clamp_min(0)
    return F.normalize(_sum(rows, bags, 1 / (1 + strength[bag] * shared)), dim=1)


def _sum(rows: torch.Tensor, bags: Bags, weights: torch.Tensor | None = None) -> torch.Tensor:
    return F.embedding_bag(bags.ids, rows, bags.at[:-1], mode="sum", per_sample_weights=weights)
