"""From the corpus files to the lite file, in one command:

    python3 training/lite/train.py --data FOLDER --sts FILE --work FOLDER --out public/models/lite/lite.attune

Every stage leaves its result in the work folder and is skipped when that is there; runs continue from their
checkpoints. Equal files and libraries give equal results on one machine.
"""

import argparse
import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from batches import Batches
from contrast import Run, train
from cooccurrence import first_table, token_counts
from corpus import encode_corpus, read_pairs, read_texts
from families import drawn_together, families_of
from finish import KIN_SHARE, is_kept, mean_table, of_nibbles, rotated, to_nibbles
from measure import FIRST_PROBE, Measure
from pack import pack
from pooling import DAMPING
from tokenizer import Tokenizer
from vocabulary import count_words, learn_vocabulary


@dataclass(frozen=True)
class Plan:
    """What is made: `rows` tokens at most, `dim` numbers each, by these runs."""

    rows: int
    dim: int
    seed: int
    runs: tuple[Run, ...]


# The most rows that keep the file within 4,000,000 bytes.
RELEASED = Plan(
    rows=29_400,
    dim=256,
    seed=0,
    runs=(
        Run("a", 1, steps=2000, batch=1024, rate=3e-3, text_share=0.3, word_drop=0.0, scale=14),
        Run("b", 2, steps=2000, batch=1024, rate=3e-3, text_share=0.4, word_drop=0.1, scale=10),
        Run("c", 3, steps=2000, batch=1024, rate=3e-3, text_share=0.4, word_drop=0.1, scale=14),
        Run("d", 4, steps=2000, batch=1024, rate=3e-3, text_share=0.3, word_drop=0.0, scale=14),
    ),
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", required=True, help="folder of text.tsv, pairs.tsv and pairs_more.tsv")
    arguments.add_argument("--sts", required=True, help="JSON rows [a, b, score] to choose by; never trained on")
    arguments.add_argument("--work", required=True, help="folder for what is made on the way")
    arguments.add_argument("--out", required=True)
    given = arguments.parse_args()
    file = make(RELEASED, given.data, given.sts, given.work)
    with open(given.out, "wb") as out:
        out.write(file)
    print(f"{given.out}: {len(file)} bytes\nsha256 {hashlib.sha256(file).hexdigest()}")


def make(plan: Plan, data: str, sts: str, work: str, in_training: Callable[[np.ndarray], str] | None = None) -> bytes:
    """The content of a lite file. `in_training` says of a table at each checkpoint how good it is."""
    torch.set_num_threads(1)
    os.makedirs(work, exist_ok=True)
    tokens = _vocabulary(data, work, plan.rows)
    arrays = _corpus(data, work, Tokenizer(tokens))
    counts = token_counts(arrays, len(tokens))
    measure = Measure(Tokenizer(tokens), sts, FIRST_PROBE)
    first = _first(arrays, counts, work, plan)
    families = families_of(tokens, first)
    first = drawn_together(first, families, counts, KIN_SHARE)
    print(f"first table: {measure.say(first)}", flush=True)

    batches = Batches(arrays, {})
    tables = [train(run, first, batches, work, in_training or measure.say) for run in plan.runs]
    table = mean_table(tables, counts, families)
    print(f"mean of {len(tables)} runs: {measure.say(table)}", flush=True)
    numbers, scales = to_nibbles(rotated(table, plan.seed))
    print(f"4 bits: {measure.say(of_nibbles(numbers, scales))}", flush=True)
    kept = [i for i, token in enumerate(tokens) if is_kept(token)]
    print(f"{len(kept)} rows of {plan.dim}")
    return pack([tokens[i] for i in kept], numbers[kept], scales[kept], DAMPING)


def _vocabulary(data: str, work: str, rows: int) -> list[str]:
    path = os.path.join(work, "vocabulary.txt")
    if not os.path.exists(path):
        words: Counter[str] = count_words(text for _, text in read_texts(data))
        words.update(count_words(side for _, a, b in read_pairs(data) for side in (a, b)))
        _write(path, "\n".join(learn_vocabulary(words, rows)).encode())
    with open(path, encoding="utf8", newline="\n") as file:
        return file.read().split("\n")


def _corpus(data: str, work: str, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    path = os.path.join(work, "corpus.npz")
    if not os.path.exists(path):
        np.savez(path + ".part.npz", **encode_corpus(data, tokenizer))
        os.replace(path + ".part.npz", path)
    with np.load(path) as arrays:
        return dict(arrays)


def _first(arrays: dict[str, np.ndarray], counts: np.ndarray, work: str, plan: Plan) -> np.ndarray:
    path = os.path.join(work, "first.npy")
    if not os.path.exists(path):
        table = first_table(arrays["text"], arrays["text_at"], counts, plan.dim, plan.seed)
        np.save(path + ".part.npy", table)
        os.replace(path + ".part.npy", path)
    return np.load(path)


def _write(path: str, content: bytes) -> None:
    with open(path + ".part", "wb") as file:
        file.write(content)
    os.replace(path + ".part", path)


if __name__ == "__main__":
    main()
