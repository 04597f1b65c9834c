"""Learning: losses, steps, checkpoints. Everything seeded; what was stopped goes on as if it had not been."""

import math
import os
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F

from measure import inputs_of, measure
from model import Foundation, Shape
from sequences import Set, batch_of, chunks_to_learn


@dataclass(frozen=True)
class Settings:
    """Chosen on validation parts: README.md says what else was tried."""

    seed: int = 1
    epochs: int = 12
    patience: int = 6
    chunks: int = 4
    rate: float = 3e-3
    warmup: int = 100
    # Times the rate for items' own embeddings: those of rare ones enter by tanh(n / 200), which slows them as much.
    own_rate: float = 100.0
    decay: float = 0.01
    dropout: float = 0.2
    # Share of items that are as if never seen, drawn anew at each step, so that text alone learns to rank (Volkovs et al. 2017).
    unseen: float = 0.1
    # Items ahead that count as next, the n-th 1/n: in logs the order of neighbours is partly chance.
    ahead: int = 3
    kind_weight: float = 1.0
    contrast_weight: float = 0.1
    temperature: float = 0.1


CONTRASTED = 256


def losses(model: Foundation, batch: dict[str, np.ndarray], candidates: torch.Tensor, settings: Settings) -> torch.Tensor:
    """Next-item cross-entropy among items of the learning log + next-kind cross-entropy + 0.1 x contrastive (SPEC §8)."""
    device = candidates.device
    dropped = torch.rand(len(model.counts), device=device) < settings.unseen
    table, projected = model.tables(dropped)
    users = model(table, *inputs_of(batch, device))
    item, weight = (torch.from_numpy(batch[name]).to(device) for name in ("next_item", "next_weight"))
    asked = weight.sum(-1) > 0
    place = torch.full((len(model.counts),), -1, device=device)
    place[candidates] = torch.arange(len(candidates), device=device)
    logs = F.log_softmax(model.scores(users[asked], projected[candidates]), -1)
    told = logs.gather(1, place[item[asked]].clamp(min=0))
    loss = -(told * weight[asked]).sum() / weight.sum()
    kind = torch.from_numpy(batch["next_kind"]).to(device)
    loss = loss + settings.kind_weight * F.cross_entropy(model.kindHead(users[kind > 0]), kind[kind > 0] - 1)
    first = weight[..., 0] > 0
    return loss + settings.contrast_weight * contrast(model, users[first], item[..., 0][first], settings.temperature)


def contrast(model: Foundation, users: torch.Tensor, items: torch.Tensor, temperature: float) -> torch.Tensor:
    """InfoNCE of user embeddings and the next items by their texts alone, among each other's (van den Oord et al. 2018, eq. 4).

    By text alone, because that is how an item that nobody has seen enters a ranking.
    """
    some = torch.randperm(len(users), device=users.device)[:CONTRASTED]
    items = items[some]
    texts = F.normalize(model.textOut(model.texts[items]), dim=-1)
    alike = F.normalize(users[some], dim=-1) @ texts.T / temperature
    same = (items[:, None] == items[None]) & ~torch.eye(len(items), dtype=torch.bool, device=items.device)
    return F.cross_entropy(alike.masked_fill(same, -math.inf), torch.arange(len(items), device=items.device))


def create(data: Set, until_part: int, shape: Shape, settings: Settings, device: torch.device) -> Foundation:
    torch.manual_seed(settings.seed)
    header = data.header
    names = [len(header[name]) for name in ("kinds", "devices", "phases")]
    counts = torch.from_numpy(data.counts(until_part).astype("f4"))
    return Foundation(shape, torch.from_numpy(data.texts.copy()), counts, *names, settings.dropout).to(device)


def learn(model: Foundation, data: Set, until_part: int, epochs: int, settings: Settings, checkpoint: str, say) -> dict:
    """Learns from all parts before `until_part`; with `until_part` 1 keeps the epoch that did best on the validation part.

    `epochs` ends it; the rate falls along `settings.epochs` either way. Returns what is to be told: epoch, hours of this run
    and of those before it, and the validation figures of the epoch kept.
    """
    device = model.counts.device
    people = [person.before(until_part) for person in data.people]
    candidates = torch.nonzero(model.counts > 0).squeeze(1)
    rng = np.random.default_rng(settings.seed)
    own = [model.items.weight]
    rest = [p for name, p in model.named_parameters() if name != "items.weight"]
    groups = [
        {"params": [p for p in rest if p.dim() > 1], "weight_decay": settings.decay, "times": 1.0},
        {"params": [p for p in rest if p.dim() <= 1], "weight_decay": 0.0, "times": 1.0},
        {"params": own, "weight_decay": 0.0, "times": settings.own_rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.rate)
    state = {"epoch": 0, "step": 0, "hours": 0.0, "best": -1.0, "kept": None, "told": {}}
    named = {"settings": asdict(settings), "shape": asdict(model.shape), "log": data.header["log"], "parts": until_part}
    if os.path.exists(checkpoint):
        stored = torch.load(checkpoint, weights_only=False)
        if stored["named"] != named:
            raise SystemExit(f"{checkpoint} is of other settings or another log: name another folder of --work.")
        state = stored["state"]
        model.load_state_dict(stored["model"])
        optimizer.load_state_dict(stored["optimizer"])
        torch.set_rng_state(stored["torch"])
        rng.bit_generator.state = stored["numpy"]
        say(f"goes on after epoch {state['epoch']}")
    while state["epoch"] < epochs and not (until_part == 1 and _has_peaked(state, settings)):
        began = time.perf_counter()
        model.train()
        chunks = chunks_to_learn(people, 2 * model.shape.window, rng)
        steps = math.ceil(len(chunks) / settings.chunks)
        total = 0.0
        for at in range(0, len(chunks), settings.chunks):
            for group in optimizer.param_groups:
                share = _rate_at(state["step"], steps * settings.epochs, settings.warmup)
                group["lr"] = settings.rate * group["times"] * share
            loss = losses(model, batch_of(chunks[at : at + settings.chunks], settings.ahead), candidates, settings)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            state["step"] += 1
            total += loss.item()
        state["epoch"] += 1
        told = {"epoch": state["epoch"], "loss": total / steps}
        if until_part == 1:
            told |= measure(model, data, until_part)
            if _worth(told) > state["best"]:
                kept = {name: value.clone() for name, value in model.state_dict().items()}
                state |= {"best": _worth(told), "kept": kept, "told": told}
        state["hours"] += (time.perf_counter() - began) / 3600
        say("  ".join(f"{name} {value:.4g}" for name, value in told.items()) + f"  hours {state['hours']:.3f}")
        stored = {"named": named, "state": state, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        stored |= {"torch": torch.get_rng_state(), "numpy": rng.bit_generator.state}
        torch.save(stored, f"{checkpoint}.part")
        os.replace(f"{checkpoint}.part", checkpoint)
    if state["kept"] is not None:
        model.load_state_dict(state["kept"])
    return {**state["told"], "epoch": state["told"].get("epoch", state["epoch"]), "hours": state["hours"]}


def _worth(told: dict) -> float:
    """What epochs are chosen by: the order, and by a tenth of it, where there is none to speak of, the kinds."""
    return told["NDCG@10"] + 0.1 * told["kinds"]


def _has_peaked(state: dict, settings: Settings) -> bool:
    return state["epoch"] - state["told"].get("epoch", state["epoch"]) >= settings.patience


def _rate_at(step: int, steps: int, warmup: int) -> float:
    """Rises over the first steps, then falls as half a cosine."""
    return min(1.0, (step + 1) / warmup) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
