"""Contrastive training of the table: each side must find the other among the batch (symmetric InfoNCE)."""

import json
import os
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from batches import Batches
from pooling import Bags, embed

WARM_UP = 100
LAST_RATE = 0.02
SAVE_EVERY = 500
BETAS = (0.9, 0.99)
TABLES = ("table", "first", "second")


@dataclass(frozen=True)
class Run:
    """One run from the first table. Equal settings and files give equal tables on one machine and its libraries."""

    name: str
    seed: int
    steps: int
    batch: int
    rate: float
    text_share: float
    word_drop: float
    scale: float


class Rows:
    """A table and its Adam moments; a step moves the rows it is given only, others keep their moments."""

    def __init__(self, table: torch.Tensor):
        self.table, self.first, self.second = table, torch.zeros_like(table), torch.zeros_like(table)

    def move(self, rows: torch.Tensor, gradient: torch.Tensor, rate: float, step: int) -> None:
        first = self.first[rows].lerp_(gradient, 1 - BETAS[0])
        second = self.second[rows].lerp_(gradient * gradient, 1 - BETAS[1])
        self.first[rows], self.second[rows] = first, second
        spread = (second / (1 - BETAS[1] ** step)).sqrt_().add_(1e-8)
        self.table[rows] -= rate / (1 - BETAS[0] ** step) * first / spread


class InfoNCE(torch.autograd.Function):
    """Mean over both sides of unit rows; `alike` cells are left out. Products in bfloat16, sums in float32."""

    @staticmethod
    def forward(context, a, b, alike, scale):
        likeness = torch.mm((a * scale).bfloat16(), b.bfloat16().T).float().sub_(scale)
        right = likeness.diagonal().clone()
        shares = likeness.exp_()
        shares[alike] = 0
        rows, columns = shares.sum(1), shares.sum(0)
        loss = (0.5 * (rows.log() + columns.log()) - right).mean()
        shares = shares.mul_(rows.reciprocal()[:, None] + columns.reciprocal()[None]).bfloat16()
        factor = 0.5 * scale / len(a)
        of_a = (torch.mm(shares, b.bfloat16()).float() - 2 * b) * factor
        of_b = (torch.mm(shares.T, a.bfloat16()).float() - 2 * a) * factor
        context.save_for_backward(of_a, of_b)
        return loss

    @staticmethod
    def backward(context, gradient):
        of_a, of_b = context.saved_tensors
        return gradient * of_a, gradient * of_b, None, None


def train(run: Run, first: np.ndarray, batches: Batches, folder: str, report) -> np.ndarray:
    """Trains a copy of `first`; continues from the run's checkpoint in `folder` if there is one."""
    path = os.path.join(folder, f"{run.name}.checkpoint.npz")
    random = np.random.default_rng(run.seed)
    rows = Rows(torch.from_numpy(first.copy()))
    done = _resume(path, run, random, rows)
    loss, began = None, time.process_time()
    for step in range(done + 1, run.steps + 1):
        batch = batches.draw(run.batch, run.text_share, run.word_drop, random)
        bags = batch.a.joined(batch.b)
        used, ids = torch.unique(bags.ids, return_inverse=True)
        values = rows.table[used].requires_grad_()
        a, b = embed(values, Bags(ids, bags.at)).chunk(2)
        now = InfoNCE.apply(a, b, batch.alike, run.scale)
        now.backward()
        rate = run.rate * min(1, step / WARM_UP) * max(LAST_RATE, 1 - step / run.steps)
        rows.move(used, values.grad, rate, step)
        loss = now.item() if loss is None else 0.99 * loss + 0.01 * now.item()
        if step % SAVE_EVERY == 0 or step == run.steps:
            _save(path, run, random, step, rows)
            spent = time.process_time() - began
            said = report(rows.table.numpy())
            print(f"{run.name} step {step} of {run.steps}, loss {loss:.3f}, {spent:.0f} s: {said}", flush=True)
    return rows.table.numpy()


def _save(path: str, run: Run, random: np.random.Generator, step: int, rows: Rows) -> None:
    state = np.array([json.dumps(asdict(run)), json.dumps(random.bit_generator.state)])
    tables = {name: getattr(rows, name).numpy() for name in TABLES}
    np.savez(path + ".part.npz", state=state, step=step, **tables)
    os.replace(path + ".part.npz", path)


def _resume(path: str, run: Run, random: np.random.Generator, rows: Rows) -> int:
    """Steps done, 0 without a checkpoint."""
    if not os.path.exists(path):
        return 0
    saved = np.load(path)
    settings, state = (str(each) for each in saved["state"])
    if settings != json.dumps(asdict(run)):
        raise SystemExit(f"{path} is of other settings: {settings}. Delete it, or give another work folder.")
    random.bit_generator.state = json.loads(state)
    for name in TABLES:
        getattr(rows, name).copy_(torch.from_numpy(saved[name]))
    return int(saved["step"])
