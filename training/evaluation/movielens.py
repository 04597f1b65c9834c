"""Baselines of docs/evaluation.md on MovieLens' `ml-latest-small`, by an implementation of its own.

    apt-get install -y --no-install-recommends python3-sklearn
    /usr/bin/python3 training/evaluation/movielens.py FOLDER [--share 0.2]

`last-out` with pooled priors, any action a target, items and people of five actions or more, full ranking, equal scores in the
middle of their places; each person counts the same, 95 % by resampling people. `--share 0` asks for the last action of each log.
Scores are those of the earlier study: counts, people in common over the last five, transitions within three places decayed by
0.8, and the mean of TF-IDF rows (title, genres, 384 dimensions), each action half the weight of the one after it.
"""
import argparse
import csv
import re
from collections import Counter, defaultdict

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--share", type=float, default=0.2)
parser.add_argument("--seed", type=int, default=7)
args = parser.parse_args()

with open(f"{args.folder}/ratings.csv", newline="") as file:
    log = [(r["userId"], int(r["movieId"]), float(r["rating"]), int(r["timestamp"])) for r in csv.DictReader(file)]
while True:
    size = len(log)
    for column in (1, 0):
        actions = Counter(row[column] for row in log)
        log = [row for row in log if actions[row[column]] >= 5]
    if len(log) == size:
        break
log = [log[n] for n in np.random.default_rng(args.seed).permutation(len(log))]
log.sort(key=lambda row: row[3])  # stable: ties stay in their random order
items = sorted({row[1] for row in log})
number = {item: k for k, item in enumerate(items)}
by_person = defaultdict(list)
for person, item, rating, _ in log:
    by_person[person].append((number[item], rating))
people = [(np.array([i for i, _ in each]), np.array([r for _, r in each])) for each in by_person.values()]
N = len(items)


def first_asked(n):
    return n - min(n - 1, max(1, int(np.floor(args.share * n + 0.5))))


def text_rows():
    with open(f"{args.folder}/movies.csv", newline="", encoding="utf-8") as file:
        movies = {int(row["movieId"]): (row["title"], row["genres"]) for row in csv.DictReader(file)}
    texts = []
    for item in items:
        title, genres = movies[item]
        year = re.search(r"\((\d{4})\)", title)
        dated = f" year_{year[1]} decade_{int(year[1]) // 10}" if year else ""
        texts.append(f"{title} . " + " ".join(f"genre_{g}" for g in genres.split("|")) + dated)
    words = TfidfVectorizer(token_pattern=r"(?u)\b\w\w+\b", sublinear_tf=True, min_df=2, stop_words="english")
    counts = words.fit_transform(texts)
    rows = TruncatedSVD(min(384, counts.shape[1] - 1), random_state=0).fit_transform(counts)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8)


count = np.zeros(N)
follows = np.zeros((N, N), "float32")
acted = np.zeros((len(people), N), "float32")
for u, (seq, _) in enumerate(people):
    known = seq[: first_asked(len(seq))]
    np.add.at(count, known, 1)
    acted[u, known] = 1
    for gap in (1, 2, 3):
        np.add.at(follows, (known[:-gap], known[gap:]), 1 / gap)
common = acted.T @ acted
length = np.sqrt(np.diag(common) + 1e-9)
alike = common / (length[:, None] * length[None] + 10)
np.fill_diagonal(alike, 0)
E = text_rows()


def by_place(seq, rating):
    w = 0.5 ** np.arange(len(seq) - 1, -1, -1) * np.select([rating >= 4, rating >= 3], [1.0, 0.3], -0.3)
    return E @ (w @ E[seq])


RANKERS = {
    "popularity": lambda seq, rating: count,
    "item-kNN": lambda seq, rating: alike[seq[-5:]].sum(0),
    "transitions": lambda seq, rating: sum(
        0.8**k * follows[seq[-1 - k]] / (count[seq[-1 - k]] + 5) for k in range(min(5, len(seq)))
    )
    + 1e-6 * count,
    "weighted mean by place (TF-IDF)": by_place,
}

means = {name: [] for name in RANKERS}
targets = 0
for seq, rating in people:
    hits = {name: [] for name in RANKERS}
    for n in range(first_asked(len(seq)), len(seq)):
        targets += 1
        for name, score in RANKERS.items():
            scores = np.array(score(seq[:n], rating[:n]), dtype=float)
            own = scores[seq[n]]
            scores[seq[:n]] = -np.inf
            place = (scores > own).sum() + ((scores == own).sum() - 1) // 2
            hits[name].append((place < 10, 1 / np.log2(place + 2) if place < 10 else 0))
    for name, each in hits.items():
        means[name].append(np.mean(each, axis=0))
rng = np.random.default_rng(1)
print(f"{targets} targets of {len(people)} people, {N} items")
for name, each in means.items():
    values = np.array(each)
    drawn = values[rng.integers(len(values), size=(1000, len(values)))].mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    shown = [f"{m} {v:.3f} ({a:.3f} to {b:.3f})" for m, v, a, b in zip(("HR@10", "NDCG@10"), values.mean(0), low, high)]
    print(name, *shown, sep="  ")
