"""Logs as `attune sequences` writes them (src/cli/sequence-set.ts), each person's in order, and chunks of them to learn from."""

import json
import struct
from dataclasses import dataclass

import numpy as np

from flat import checksum
from model import FEATURES

TITLE = b"attune-sequences-1\n "
TYPES = {"at": "<f8", "dwellMs": "<f4", "hour": "<f4", "weekday": "<f4", "texts": "<f4"}
HOUR, DAY = 3_600_000, 86_400_000
LEARNING, VALIDATION, TEST = 0, 1, 2


@dataclass
class Person:
    """Columns of one person's actions, oldest first: items, kinds, devices, phases, features, and what is asked."""

    item: np.ndarray
    kind: np.ndarray
    device: np.ndarray
    phase: np.ndarray
    features: np.ndarray
    is_target: np.ndarray
    part: np.ndarray
    asked: np.ndarray

    def before(self, part: int) -> "Person":
        """All of it that came before this part; a person's parts follow one another."""
        size = int((self.part < part).sum())
        return Person(*(column[:size] for column in vars(self).values()))


@dataclass
class Set:
    header: dict
    texts: np.ndarray
    people: list[Person]
    at: np.ndarray
    part: np.ndarray
    item: np.ndarray

    def counts(self, until_part: int) -> np.ndarray:
        """Actions on each item before a part."""
        return np.bincount(self.item[self.part < until_part], minlength=len(self.header["items"]))


def read_set(path: str) -> Set:
    with open(path, "rb") as file:
        data = file.read()
    length, total = struct.unpack_from("<II", data, 20)
    text = data[28 : 28 + length]
    if data[:20] != TITLE or checksum(text) != total:
        raise ValueError(f"{path} is no set of sequences of this version")
    header, at, columns = json.loads(text), 28 + length, {}
    for name, count in header.pop("columns").items():
        columns[name] = np.frombuffer(data, TYPES.get(name, "<u4"), count, at)
        at += columns[name].nbytes
    if at != len(data):
        raise ValueError(f"{path}: its length is another")
    user = columns["user"]
    order = np.argsort(user, kind="stable")
    ends = np.flatnonzero(np.diff(user[order], append=-1)) + 1
    people = []
    for rows in np.split(order, ends[:-1]):
        c = {name: column[rows] for name, column in columns.items() if name != "texts"}
        told = features_of(c["at"], c["dwellMs"], c["hour"], c["weekday"])
        whole = [c[name].astype("i8") for name in ("item", "kind", "device", "phase")]
        whole[1] += 1  # row 0 is for kinds that aren't named
        people.append(Person(*whole, told, c["isTarget"], c["part"], c["asked"]))
    texts = columns["texts"].reshape(len(header["items"]), header["text"])
    return Set(header, texts, people, columns["at"], columns["part"], columns["item"])


def features_of(at: np.ndarray, dwell: np.ndarray, hour: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """size x 8, as src/compute/sequence/features.ts has them; NaN where something wasn't told."""
    hour = np.where(np.isnan(hour), at % DAY / HOUR, hour) * (2 * np.pi / 24)
    weekday = np.where(np.isnan(weekday), (at // DAY + 4) % 7, weekday) * (2 * np.pi / 7)
    gap = np.maximum(0, np.diff(at, prepend=at[:1])) / 1000
    same = (gap == 0) & (np.arange(len(at)) > 0)
    stay = np.log1p(np.nan_to_num(dwell.astype("f8")) / 1000) / 5
    turns = [np.sin(hour), np.cos(hour), np.sin(weekday), np.cos(weekday)]
    columns = [~np.isnan(dwell), stay, *turns, np.log1p(gap) / 10, same]
    told = np.stack(columns, 1).astype("f4")
    assert told.shape[1] == FEATURES
    return told


@dataclass
class Chunk:
    """Part of a person's log: rows `start` to `stop`, those from `fresh` on to be looked at."""

    person: Person
    start: int
    fresh: int
    stop: int


def chunks_to_learn(people: list[Person], size: int, rng: np.random.Generator) -> list[Chunk]:
    """Everybody's log cut into parts of up to `size` rows, at places that each epoch draws anew; in random order."""
    chunks = []
    for person in people:
        count = len(person.item)
        first = int(rng.integers(1, size + 1)) if count > size else size
        for stop in [*range(first, count, size), count]:
            start = max(0, stop - size)
            if stop - start > 1:
                chunks.append(Chunk(person, start, start, stop))
    return [chunks[i] for i in rng.permutation(len(chunks))]


def chunks_to_ask(people: list[Person], reach: int, size: int = 256) -> list[Chunk]:
    """Everybody's whole log, each row once, after all the rows that its user embedding depends on."""
    return [
        Chunk(person, max(0, fresh - reach + 1), fresh, min(fresh + size, len(person.item)))
        for person in people
        for fresh in range(0, len(person.item), size)
    ]


def batch_of(chunks: list[Chunk], ahead: int = 1) -> dict[str, np.ndarray]:
    """Inputs of chunks side by side, zeros behind the shorter ones, and what follows each row.

    `next_item`, `next_weight`: chunks x rows x `ahead`, the items 1, 2, … rows later, each worth 1/1, 1/2, …, 0 for no target;
    `next_kind`: the kind of the row after, 0 for none.
    """
    size = max(chunk.stop - chunk.start for chunk in chunks)
    whole = {name: np.zeros((len(chunks), size), "i8") for name in ("item", "kind", "device", "phase", "next_kind")}
    features = np.zeros((len(chunks), size, FEATURES), "f4")
    items = np.zeros((len(chunks), size, ahead), "i8")
    weights = np.zeros((len(chunks), size, ahead), "f4")
    for row, chunk in enumerate(chunks):
        width, person = chunk.stop - chunk.start, chunk.person
        for name in ("item", "kind", "device", "phase"):
            whole[name][row, :width] = getattr(person, name)[chunk.start : chunk.stop]
        features[row, :width] = person.features[chunk.start : chunk.stop]
        kinds = person.kind[chunk.start + 1 : chunk.stop + 1]
        whole["next_kind"][row, : len(kinds)] = kinds
        for gap in range(1, ahead + 1):
            rows = slice(chunk.start + gap, chunk.stop + gap)
            count = len(person.item[rows])
            items[row, :count, gap - 1] = person.item[rows]
            weights[row, :count, gap - 1] = person.is_target[rows] / gap
    return {**whole, "features": features, "next_item": items, "next_weight": weights}
