"""Writes any static table of WordPieces as a file that Attune opens (`liteEncoder(bytes, version)`, docs/models.md).

    python3 training/lite/convert.py VOCABULARY ROWS OUT [--damping 0]

VOCABULARY: a token a line, the five special ones of BERT among them. ROWS: a NumPy file of as many rows, of an even count
of numbers.
"""

import argparse

import numpy as np

from finish import rotated, to_nibbles
from pack import pack
from tokenizer import SPECIAL

SEED = 0


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("vocabulary", "rows", "out"):
        arguments.add_argument(name)
    arguments.add_argument("--damping", type=float, default=0, help="see src/encoder/lite-pool.ts; 0 makes plain means")
    given = arguments.parse_args()
    with open(given.vocabulary, encoding="utf8", newline="\n") as file:
        tokens = file.read().rstrip("\n").split("\n")
    table = np.load(given.rows).astype(np.float32)
    if table.ndim != 2 or len(table) != len(tokens) or table.shape[1] % 2:
        raise SystemExit(f"{len(tokens)} tokens do not go with rows of shape {table.shape}")
    missing = [token for token in SPECIAL if token not in tokens]
    if missing:
        raise SystemExit(f"the vocabulary lacks {', '.join(missing)}")
    table[[tokens.index(token) for token in SPECIAL]] = 0
    content = pack(tokens, *to_nibbles(rotated(table, SEED)), given.damping)
    with open(given.out, "wb") as file:
        file.write(content)
    print(f"{given.out}: {len(tokens)} × {table.shape[1]}, {len(content)} bytes")


if __name__ == "__main__":
    main()
