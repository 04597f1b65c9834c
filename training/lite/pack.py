"""The one file Attune ships, read by src/encoder/lite-format.ts.

Layout, little endian: 'ATLT', then u32 version, rows, dim, bits, vocabBytes, scalesOffset, rowsOffset; f32 damping (see
pooling.py; 0 makes plain means); the vocabulary from byte 36 (tokens in byte order, front-coded: u8 bytes shared with the token before, u8 further bytes, those bytes);
f16 scales, one a row; rows of `dim` 4-bit numbers, low nibble first, value = (nibble − 8) · scale.
"""

import struct

import numpy as np

VERSION = 2
BITS = 4
HEADER_BYTES = 36


def pack(tokens: list[str], numbers: np.ndarray, scales: np.ndarray, damping: float) -> bytes:
    """`numbers` −7 … 7, a row a token; an even count of columns."""
    coded = [token.encode() for token in tokens]
    order = sorted(range(len(tokens)), key=coded.__getitem__)
    vocabulary = _front_coded([coded[i] for i in order])
    scales_at = _aligned(HEADER_BYTES + len(vocabulary), 2)
    rows_at = _aligned(scales_at + 2 * len(tokens), 16)
    nibbles = (numbers[order].astype(np.int16) + 8).astype(np.uint8)
    header = b"ATLT" + struct.pack(
        "<7If", VERSION, len(tokens), numbers.shape[1], BITS, len(vocabulary), scales_at, rows_at, damping
    )
    file = (header + vocabulary).ljust(scales_at, b"\0") + scales[order].astype("<f2").tobytes()
    return file.ljust(rows_at, b"\0") + (nibbles[:, 0::2] | nibbles[:, 1::2] << 4).tobytes()


def _front_coded(tokens: list[bytes]) -> bytes:
    file = bytearray()
    before = b""
    for token in tokens:
        shared = 0
        while shared < min(len(before), len(token)) and before[shared] == token[shared]:
            shared += 1
        file += bytes([shared, len(token) - shared]) + token[shared:]
        before = token
    return bytes(file)


def _aligned(n: int, to: int) -> int:
    return -(-n // to) * to
