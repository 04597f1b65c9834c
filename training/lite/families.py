"""Families of tokens: forms of one word by English spelling, inflected or derived, whose rows say that they are.

Members share what the rarer of them could not learn, before training and after it (`drawn_together`).
"""

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components

# Ending → what the base word may have in its place.
ENDINGS: dict[str, list[str]] = {
    # inflections
    "s": [""],
    "es": ["", "e"],
    "ies": ["y"],
    "ed": ["", "e"],
    "ied": ["y"],
    "ing": ["", "e"],
    "er": ["", "e"],
    "est": ["", "e"],
    "ier": ["y"],
    "iest": ["y"],
    # derivations
    "ly": ["", "le"],
    "ily": ["y"],
    "ers": ["", "e"],
    "or": ["", "e"],
    "ors": ["", "e"],
    "ness": [""],
    "iness": ["y"],
    "ment": [""],
    "ments": [""],
    "ful": [""],
    "less": [""],
    "ion": ["", "e"],
    "ions": ["", "e"],
    "ation": ["", "e"],
    "ations": ["", "e"],
    "al": ["", "e"],
    "ally": ["", "al"],
    "ity": ["", "e"],
    "able": ["", "e"],
    "ible": ["", "e"],
    "ous": ["", "e"],
    "ish": [""],
    "ism": ["", "e"],
    "ist": ["", "e"],
    "ists": ["", "e"],
    "ic": ["", "e", "y"],
    "ive": ["", "e"],
    "y": ["", "e"],
    "ship": [""],
    "hood": [""],
    # British spellings
    "ise": ["ize"],
    "ised": ["ized"],
    "ising": ["izing"],
    "isation": ["ization"],
    "our": ["or"],
    "ours": ["ors"],
    "tre": ["ter"],
}
# Endings before which a last consonant may have been doubled.
DOUBLING = {"ed", "ing", "er", "ers", "est", "y"}
SHORTEST_BASE = 3
# Cosine of the first table from which a base is believed: "seal" has no share in "sea". Measured (README, "What was tried").
LEAST_COSINE = 0.2


def families_of(tokens: list[str], table: np.ndarray) -> np.ndarray:
    """The number of each token's family, from 0; most are alone in theirs."""
    unit = _unit(table)
    pairs = np.array(list(_spelled_alike(tokens)), np.int64).reshape(-1, 2)
    pairs = pairs[(unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(1) >= LEAST_COSINE]
    links = scipy.sparse.coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(tokens),) * 2)
    return connected_components(links)[1].astype(np.int64)


def drawn_together(table: np.ndarray, families: np.ndarray, counts: np.ndarray, share: float) -> np.ndarray:
    """Rows turned by `share` towards the mean direction of their family, by √count; their lengths stay."""
    unit, weight = _unit(table), np.sqrt(counts)[:, None] + 1
    mean = np.zeros((families.max() + 1, table.shape[1]))
    np.add.at(mean, families, weight * unit)
    total = np.zeros((len(mean), 1))
    np.add.at(total, families, weight)
    turned = _unit((1 - share) * unit + share * (mean / total)[families])
    return (turned * np.linalg.norm(table, axis=1, keepdims=True)).astype(np.float32)


def _spelled_alike(tokens: list[str]):
    ids = {token: i for i, token in enumerate(tokens) if token.isalpha()}
    for token, i in ids.items():
        for ending, others in ENDINGS.items():
            stem = token.removesuffix(ending)
            if stem == token:
                continue
            bases = [stem + other for other in others]
            if ending in DOUBLING and len(stem) > 2 and stem[-1] == stem[-2]:
                bases.append(stem[:-1])
            for base in bases:
                if base in ids and len(base) >= SHORTEST_BASE and base != token:
                    yield i, ids[base]


def _unit(table: np.ndarray) -> np.ndarray:
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
