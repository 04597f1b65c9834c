"""Our own WordPiece vocabulary: byte-pair merges, so that frequent words become whole and rarer ones pieces."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable

from tokenizer import LONGEST_WORD, SPECIAL, words_of

# Characters kept, by frequency: enough for Latin, Greek and Cyrillic names and common emoji. Judgement.
ALPHABET = 600
# A rarer word teaches no piece.
FREQUENT = 5


def count_words(texts: Iterable[str]) -> Counter[str]:
    chunks: Counter[str] = Counter()
    for text in texts:
        chunks.update(text.split())
    words: Counter[str] = Counter()
    for chunk, count in chunks.items():
        for word in words_of(chunk):
            words[word] += count
    return words


def learn_vocabulary(words: Counter[str], size: int) -> list[str]:
    """`size` tokens at most, special ones first; ties by the word itself, so that a rerun gives the same."""
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    alphabet = {c for c, _ in sorted(characters.items(), key=lambda x: (-x[1], x[0]))[:ALPHABET]}
    inside = Counter[str]()
    for word, count in words.items():
        for character in word[1:]:
            inside[character] += count
    letters = sorted(alphabet) + sorted("##" + c for c in alphabet if inside[c] > 0)
    frequent = {w: n for w, n in words.items() if n >= FREQUENT and len(w) < LONGEST_WORD and set(w) <= alphabet}
    tokens = dict.fromkeys(SPECIAL + letters)
    for piece in _merge_pieces(frequent):
        if len(tokens) == size:
            break
        tokens[piece] = None
    return list(tokens)


def _merge_pieces(words: dict[str, int]) -> Iterable[str]:
    """Byte-pair merges, the most frequent pair first."""
    split = {w: [w[0], *("##" + c for c in w[1:])] for w in words}
    counts: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for word, pieces in split.items():
        for pair in zip(pieces, pieces[1:]):
            counts[pair] += words[word]
            where[pair].add(word)
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    while heap:
        negative, pair = heapq.heappop(heap)
        if counts[pair] != -negative:
            if counts[pair] > 0:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        merged = pair[0] + pair[1].removeprefix("##")
        yield merged
        changed: set[tuple[str, str]] = set()
        for word in list(where.pop(pair)):
            pieces, count = split[word], words[word]
            for old in zip(pieces, pieces[1:]):
                counts[old] -= count
                changed.add(old)
            split[word] = pieces = _join(pieces, pair, merged)
            for new in zip(pieces, pieces[1:]):
                counts[new] += count
                where[new].add(word)
                changed.add(new)
        for each in changed:
            if counts[each] > 0:
                heapq.heappush(heap, (-counts[each], each))


def _join(pieces: list[str], pair: tuple[str, str], merged: str) -> list[str]:
    joined: list[str] = []
    i = 0
    while i < len(pieces):
        if i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair:
            joined.append(merged)
            i += 2
        else:
            joined.append(pieces[i])
            i += 1
    return joined
