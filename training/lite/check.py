"""Runs the whole pipeline on a small corpus made here: twice, once with a break, which must give equal files.

    python3 training/lite/check.py

Seconds. It shows that a rerun and a run that was broken off give the same; nothing of how good a file is.
"""

import json
import os
import tempfile

import numpy as np

import contrast
from contrast import Run
from train import Plan, make

RUN = Run("a", seed=1, steps=60, batch=64, rate=3e-3, text_share=0.4, word_drop=0.1, scale=20)
PLAN = Plan(rows=900, dim=16, seed=0, runs=(RUN,))


def _corpus(folder: str) -> str:
    """Texts of made-up words on ten subjects, and pairs of the same subject. Returns the file to choose by."""
    random = np.random.default_rng(0)
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    words = [word + form for word in ("".join(random.choice(syllables, 3)) for _ in range(300)) for form in ("", "s")]

    def say(subject: int, length: int) -> str:
        own = words[60 * subject : 60 * subject + 60]
        return " ".join(random.choice(own if random.random() < 0.6 else words) for _ in range(length))

    pairs = [(say(i % 10, 8), say(i % 10, 8)) for i in range(600)]
    _write(folder, "text.tsv", [("masc", say(i % 10, 50)) for i in range(600)])
    _write(folder, "pairs.tsv", [("wordnet", *pair) for pair in pairs[:400]])
    _write(folder, "pairs_more.tsv", [("tatoeba", *pair) for pair in pairs[400:]])
    path = os.path.join(folder, "sts.json")
    with open(path, "w", encoding="utf8") as file:
        json.dump([[say(i % 10, 8), say((i + i % 2) % 10, 8), 1 - i % 2] for i in range(50)], file)
    return path


def _write(folder: str, name: str, rows: list[tuple[str, ...]]) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)


def _break_off(_: np.ndarray) -> str:
    raise KeyboardInterrupt


def main() -> None:
    contrast.SAVE_EVERY = 20
    with tempfile.TemporaryDirectory() as folder:
        sts = _corpus(folder)
        whole = make(PLAN, folder, sts, os.path.join(folder, "whole"))
        broken = os.path.join(folder, "broken")
        try:
            make(PLAN, folder, sts, broken, in_training=_break_off)
        except KeyboardInterrupt:
            print("broken off")
        again = make(PLAN, folder, sts, broken)
    if whole != again:
        raise SystemExit("the two files differ")
    print(f"two equal files of {len(whole)} bytes")


if __name__ == "__main__":
    main()
