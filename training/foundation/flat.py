"""The file that pages read (src/compute/sequence/file.ts), little-endian:

    attune-sequence-1\\n and two blanks; u32 length of the header, u32 its checksum; the header as JSON, blanks after it up to
    a multiple of 4; then each tensor of the header's list in turn, row-major, filled up with zeros to a multiple of 4.

Tensors are f32, f16, or i8 with one f32 scale a row behind them: value = number * scale. Only matrices are shortened; norms,
biases, distances and counts stay f32. Checksums are MurmurHash3 without its last mix (src/core/checksum.ts).
"""

import json
import struct

import numpy as np

TITLE = b"attune-sequence-1\n  "
TYPES = {"f32": "<f4", "f16": "<f2", "i8": "i1"}
MASK = 0xFFFFFFFF


def checksum(data: bytes) -> int:
    """MurmurHash3_x86_32 over 32-bit words, seed 0, without the final mix (Appleby 2011)."""
    words = np.frombuffer(data + b"\0" * (-len(data) % 4), "<u4").astype(np.uint64)
    k = (words * 0xCC9E2D51) & MASK
    k = ((k << np.uint64(15)) | (k >> np.uint64(17))) & MASK
    total = 0
    for word in ((k * 0x1B873593) & MASK).tolist():
        total ^= word
        total = (((total << 13) | (total >> 19)) & MASK) * 5 + 0xE6546B64 & MASK
    return total


def is_matrix(name: str) -> bool:
    return name.endswith(".weight") or name in ("items", "kinds", "devices", "phases")


def write(path: str, header: dict, tensors: list[tuple[str, np.ndarray]], kind: str) -> int:
    """Writes tensors (name, 2-D array) in their order as `kind` of numbers; returns the file's bytes."""
    entries, parts = [], []
    for name, array in tensors:
        own = kind if is_matrix(name) else "f32"
        part = _coded(array, own)
        rows, columns = array.shape
        entries.append({"name": name, "type": own, "rows": rows, "columns": columns, "sum": checksum(part)})
        parts.append(part)
    text = json.dumps({**header, "tensors": entries}, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as file:
        return file.write(TITLE + struct.pack("<II", len(text), checksum(text)) + text + b"".join(parts))


def _coded(array: np.ndarray, kind: str) -> bytes:
    scales = b""
    if kind == "i8":
        scale = (np.abs(array).max(axis=1) / 127).astype("<f4")
        array = np.rint(array / np.where(scale == 0, 1, scale)[:, None])
        scales = scale.tobytes()
    data = array.astype(TYPES[kind]).tobytes()
    return data + b"\0" * (-len(data) % 4) + scales


def read(path: str) -> tuple[dict, dict[str, np.ndarray]]:
    """A file's header and its tensors as float32, checked as pages check them. ValueError for anything else."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:20] != TITLE:
        raise ValueError(f"{path} is no sequence model of this version")
    length, total = struct.unpack_from("<II", data, 20)
    text = data[28 : 28 + length]
    if checksum(text) != total:
        raise ValueError(f"{path}: its header was changed")
    header = json.loads(text)
    tensors, at = {}, 28 + length
    for entry in header.pop("tensors"):
        rows, columns, kind = entry["rows"], entry["columns"], entry["type"]
        size = rows * columns * np.dtype(TYPES[kind]).itemsize
        padded = size + -size % 4
        whole = padded + (4 * rows if kind == "i8" else 0)
        if checksum(data[at : at + whole]) != entry["sum"]:
            raise ValueError(f"{path}: the checksum of {entry['name']} differs")
        array = np.frombuffer(data, TYPES[kind], rows * columns, at).reshape(rows, columns).astype("f4")
        if kind == "i8":
            array *= np.frombuffer(data, "<f4", rows, at + padded)[:, None]
        tensors[entry["name"]] = array
        at += whole
    if at != len(data):
        raise ValueError(f"{path}: its length is another")
    return header, tensors
