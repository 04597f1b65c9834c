"""Contrastive training of the table: each side must find the other among the batch (symmetric InfoNCE)."""

import json
import os
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from batches import Batches
from kernels import adam, add_gradient, bag_means, same_texts

WARM_UP = 100
LAST_RATE = 0.02
SAVE_EVERY = 500


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


def train(run: Run, table: np.ndarray, batches: Batches, folder: str, report) -> np.ndarray:
    """Trains a copy of `table`; continues from the run's checkpoint in `folder` if there is one."""
    path = os.path.join(folder, f"{run.name}.checkpoint.npz")
    random = np.random.default_rng(run.seed)
    begin = (0, table.copy(), np.zeros_like(table), np.zeros_like(table))
    done, table, first, second = _resume(path, run, random) or begin
    gradient = np.zeros_like(table)
    stamp = np.zeros(len(table), np.int64)
    touched = np.empty(len(table), np.int64)
    loss, began = None, time.process_time()
    for step in range(done + 1, run.steps + 1):
        batch = batches.draw(run.batch, run.text_share, run.word_drop, random)
        a, b = bag_means(table, *batch.a), bag_means(table, *batch.b)
        now, of_a, of_b = contrast(a, b, same_texts(batch.a_hash, batch.b_hash), run.scale)
        count = add_gradient(gradient, stamp, step, *batch.a, of_a, touched, 0)
        count = add_gradient(gradient, stamp, step, *batch.b, of_b, touched, count)
        pace = min(1, step / WARM_UP) * max(LAST_RATE, 1 - step / run.steps)
        adam(table, first, second, gradient, touched, count, run.rate * pace, step)
        loss = now if loss is None else 0.99 * loss + 0.01 * now
        if step % SAVE_EVERY == 0 or step == run.steps:
            _save(path, run, random, step, table, first, second)
            spent = time.process_time() - began
            print(f"{run.name} step {step} of {run.steps}, loss {loss:.3f}, {spent:.0f} s: {report(table)}", flush=True)
    return table


def contrast(a: np.ndarray, b: np.ndarray, cells: np.ndarray, scale: float):
    """Loss and its gradients by both sides' rows. `cells` are left out. Products in bfloat16, sums in float32."""
    x, y = torch.from_numpy(a), torch.from_numpy(b)
    x_length = x.norm(dim=1, keepdim=True).clamp_min(1e-8)
    y_length = y.norm(dim=1, keepdim=True).clamp_min(1e-8)
    x, y = x / x_length, y / y_length
    likeness = torch.mm((x * scale).bfloat16(), y.bfloat16().T).float().sub_(scale)
    right = likeness.diagonal().clone()
    weights = likeness.exp_()
    weights[cells[0], cells[1]] = 0
    rows, columns = weights.sum(1), weights.sum(0)
    loss = (0.5 * (rows.log() + columns.log()) - right).mean().item()
    weights *= rows.reciprocal()[:, None] + columns.reciprocal()[None]
    half = weights.bfloat16()
    factor = 0.5 * scale / len(x)
    of_x = (torch.mm(half, y.bfloat16()).float() - 2 * y) * factor
    of_y = (torch.mm(half.T, x.bfloat16()).float() - 2 * x) * factor
    of_x = (of_x - x * (of_x * x).sum(1, keepdim=True)) / x_length
    of_y = (of_y - y * (of_y * y).sum(1, keepdim=True)) / y_length
    return loss, of_x.numpy(), of_y.numpy()


def _save(path: str, run: Run, random: np.random.Generator, step: int, table, first, second) -> None:
    state = np.array([json.dumps(asdict(run)), json.dumps(random.bit_generator.state)])
    np.savez(path + ".part.npz", state=state, step=step, table=table, first=first, second=second)
    os.replace(path + ".part.npz", path)


def _resume(path: str, run: Run, random: np.random.Generator):
    if not os.path.exists(path):
        return None
    saved = np.load(path)
    settings, state = (str(each) for each in saved["state"])
    if settings != json.dumps(asdict(run)):
        raise SystemExit(f"{path} is of other settings: {settings}. Delete it, or give another work folder.")
    random.bit_generator.state = json.loads(state)
    return int(saved["step"]), saved["table"], saved["first"], saved["second"]
