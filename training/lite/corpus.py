"""The corpus files as arrays of token ids. Files: `source<TAB>text` and `source<TAB>a<TAB>b`, one record a line."""

import os
import zlib
from collections.abc import Iterator

import numpy as np

from sources import PAIR_FILES, SOURCES, TEXT_FILES
from tokenizer import Tokenizer

# Characters and tokens read of a pair's side: longer ones are topics, not paraphrases. As in the first recipe.
PAIR_CHARACTERS = 300
PAIR_TOKENS = 64


def read_texts(folder: str) -> Iterator[tuple[str, str]]:
    """Every licensed text, with its source; of the added pairs the first side, which texts do not hold."""
    for name in TEXT_FILES:
        for source, text in _lines(folder, name):
            yield source, text
    for name in PAIR_FILES[1:]:
        for source, a, _ in _lines(folder, name):
            yield source, a


def read_pairs(folder: str) -> Iterator[tuple[str, str, str]]:
    for name in PAIR_FILES:
        for source, a, b in _lines(folder, name):
            yield source, a[:PAIR_CHARACTERS], b[:PAIR_CHARACTERS]


def _lines(folder: str, name: str) -> Iterator[list[str]]:
    with open(os.path.join(folder, name), encoding="utf8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if columns[0] in SOURCES:
                yield columns


def encode_corpus(folder: str, tokenizer: Tokenizer) -> dict[str, np.ndarray]:
    """Flat ids and offsets of the texts, and per source of both sides of its pairs with a hash of each side."""
    arrays: dict[str, np.ndarray] = {}
    texts: list[list[int]] = []
    names = sorted(SOURCES)
    number = {name: i for i, name in enumerate(names)}
    origin: list[int] = []
    for source, text in read_texts(folder):
        texts.append(tokenizer.encode(text))
        origin.append(number[source])
    arrays["text"], arrays["text_at"] = flatten(texts)
    arrays["text_source"] = np.array(origin, np.int16)
    sides: dict[str, tuple[list, list, list, list]] = {}
    for source, a, b in read_pairs(folder):
        ids_a, ids_b = tokenizer.encode(a)[:PAIR_TOKENS], tokenizer.encode(b)[:PAIR_TOKENS]
        if not ids_a or not ids_b:
            continue
        ours = sides.setdefault(source, ([], [], [], []))
        for column, value in zip(ours, (ids_a, ids_b, _hash(a), _hash(b))):
            column.append(value)
    for source, (a, b, hash_a, hash_b) in sides.items():
        arrays[f"{source}.a"], arrays[f"{source}.a_at"] = flatten(a)
        arrays[f"{source}.b"], arrays[f"{source}.b_at"] = flatten(b)
        arrays[f"{source}.a_hash"], arrays[f"{source}.b_hash"] = np.array(hash_a), np.array(hash_b)
    return arrays


def flatten(lists: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """One array of ids, and where each list begins in it (one more than lists)."""
    at = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(ids) for ids in lists], out=at[1:])
    return np.fromiter((i for ids in lists for i in ids), np.uint16, at[-1]), at


def _hash(text: str) -> int:
    return zlib.crc32(text.lower().strip().encode()) | len(text) << 32
