"""How well a model foretells one part of a log: full ranking, each person counting the same. What `attune eval` measures too,
with baselines and intervals; here to choose by, and for what that doesn't look at: kinds, and items never learned from."""

import math

import numpy as np
import torch

from model import Foundation
from sequences import Person, Set, batch_of, chunks_to_ask

K = 10
CHUNKS = 8
INPUTS = ("item", "kind", "device", "phase", "features")


def inputs_of(batch: dict[str, np.ndarray], device: torch.device) -> list[torch.Tensor]:
    return [torch.from_numpy(batch[name]).to(device) for name in INPUTS]


@torch.no_grad()
def measure(model: Foundation, data: Set, part: int) -> dict[str, float]:
    """HR@10, NDCG@10 and MRR of what is asked for in a part; accuracy of every next kind in it; and the same of unseen items.

    `new_*` are of targets without any action before the part: `new_percentile` the mean share of items ranked below, 0.5 by
    chance; `popular_percentile` what popularity gives for the same targets, equal counts in the middle of their places; and
    `among_new` the share ranked below of other items without any action, which popularity can't tell apart: 0.5 by it and by chance.
    """
    model.eval()
    device = model.counts.device
    table, projected = model.tables()
    counts = data.counts(part)
    people = [person.before(part + 1) for person in data.people]
    ranks: dict[int, list[tuple[float, float, int, float]]] = {}
    kinds = [0, 0]
    for number, person in enumerate(people):
        if not (person.part == part).any():
            continue
        users = users_of(model, table, person, device)
        is_next = person.part[1:] == part
        guessed = model.kindHead(users[:-1]).argmax(-1).cpu().numpy() + 1
        kinds[0] += int((guessed == person.kind[1:])[is_next].sum())
        kinds[1] += int(is_next.sum())
        rows = np.flatnonzero((person.part == part) & (person.asked == 1))
        rows = rows[rows > 0]
        if len(rows) == 0:
            continue
        scores = model.scores(users[rows - 1], projected).cpu().numpy()
        ranks[number] = [_place(scores[n], counts, person, row, data.header["repeats"]) for n, row in enumerate(rows)]
    every = [rank for of in ranks.values() for rank in of]
    new = [rank for rank in every if counts[rank[2]] == 0]
    result = {
        "HR@10": _mean(ranks, lambda rank: rank[0] < K),
        "NDCG@10": _mean(ranks, lambda rank: 1 / math.log2(rank[0] + 2) if rank[0] < K else 0),
        "MRR": _mean(ranks, lambda rank: 1 / (rank[0] + 1)),
        "kinds": kinds[0] / max(1, kinds[1]),
        "targets": len(every),
        "new_targets": len(new),
    }
    if new:
        result["new_HR@10"] = float(np.mean([rank[0] < K for rank in new]))
        result["new_percentile"] = float(np.mean([rank[1] for rank in new]))
        result["popular_percentile"] = float(np.mean([rank[3] for rank in new]))
        result["among_new"] = float(np.mean([rank[4] for rank in new]))
    return result


def users_of(model: Foundation, table: torch.Tensor, person: Person, device: torch.device) -> torch.Tensor:
    """User embeddings after each of a person's actions: rows x width."""
    chunks = chunks_to_ask([person], model.shape.reach())
    parts = []
    for at in range(0, len(chunks), CHUNKS):
        some = chunks[at : at + CHUNKS]
        users = model(table, *inputs_of(batch_of(some), device))
        parts += [users[n, c.fresh - c.start : c.stop - c.start] for n, c in enumerate(some)]
    return torch.cat(parts)


def _place(scores: np.ndarray, counts: np.ndarray, person: Person, row: int, repeats: bool) -> tuple:
    """Items ranked above the target, the share ranked below it, the target, that share by popularity, and among new items."""
    target = int(person.item[row])
    offered = np.ones(len(scores), bool)
    if not repeats:
        offered[person.item[:row]] = False
    above, below, ties = _around(scores, target, offered)
    _, popular_below, popular_ties = _around(counts, target, offered)
    others = max(1, offered.sum() - 1)
    among = 0.5
    if counts[target] == 0:
        _, new_below, new_ties = _around(scores, target, offered & (counts == 0))
        among = (new_below + new_ties / 2) / max(1, (offered & (counts == 0)).sum() - 1)
    return above + ties / 2, (below + ties / 2) / others, target, (popular_below + popular_ties / 2) / others, among


def _around(values: np.ndarray, target: int, offered: np.ndarray) -> tuple[int, int, int]:
    rest = values[offered]
    above, same = int((rest > values[target]).sum()), int((rest == values[target]).sum()) - 1
    return above, len(rest) - above - same - 1, same


def _mean(ranks: dict[int, list[tuple]], of) -> float:
    return float(np.mean([np.mean([of(rank) for rank in each]) for each in ranks.values()])) if ranks else 0.0
