"""BERT's uncased WordPiece, as src/encoder/lite.ts reads texts with the vocabulary learned here."""

import re
import sys
import unicodedata

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
UNKNOWN = 1
LONGEST_WORD = 100

_HAN = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f]"
)


def _is_punctuation(code: int) -> bool:
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(chr(code)).startswith("P")


_PUNCTUATION = re.compile("([" + "".join(re.escape(chr(c)) for c in range(sys.maxunicode + 1) if _is_punctuation(c)) + "])")


def words_of(chunk: str) -> list[str]:
    """Words and punctuation marks of a text without spaces, lower-cased, without accents and control characters."""
    if not chunk.isascii():
        chunk = "".join(c for c in chunk if c != "\ufffd" and unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
        chunk = _HAN.sub(r" \g<0> ", chunk)
        chunk = "".join(c for c in unicodedata.normalize("NFD", chunk) if unicodedata.category(c) != "Mn")
    return _PUNCTUATION.sub(r" \1 ", chunk.replace("Σ", "σ").lower()).split()


class Tokenizer:
    """Texts to token ids by a vocabulary (token → id); every word is looked up once."""

    def __init__(self, tokens: list[str]):
        self.tokens = tokens
        self._ids = {token: i for i, token in enumerate(tokens)}
        self._chunks: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for chunk in text.split():
            known = self._chunks.get(chunk)
            if known is None:
                known = tuple(i for word in words_of(chunk) for i in self._pieces(word))
                self._chunks[chunk] = known
            ids.extend(known)
        return ids

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [UNKNOWN]
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self._ids.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return [UNKNOWN]
            pieces.append(piece)
            start = end
        return pieces
