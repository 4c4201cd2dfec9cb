"""The file that the engine holds: both accents' n-grams with probabilities in steps, deflated.

`training` writes it, `decoding` reads it here, and `engine/src/text/letter_to_sound/model.rs` in the engine. The layout,
all numbers little-endian:

    magic, 8 bytes
    for each accent: u32 size of what follows, a zlib stream of
        u16 number of graphones; for each its letter (`#` is the edge of a word), u8 length, its sounds in UTF-8
        u8 number of levels, u32 number of n-grams of each
        for each level, a byte for each n-gram, in planes one after the other:
            the number of its last graphone (low bytes, high bytes), its cost, its backoff cost + 32,
            how many n-grams of the next level go on from it (low bytes, high bytes)

N-grams of a level are ordered by parent, then by last graphone, so the children of each follow those of the one before. A cost is
-ln p in steps of 0.35, which is as good as exact numbers to within 0.2 % of words.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .ngrams import Level

PATH = Path(__file__).resolve().parent.parent.parent / "engine/src/text/letter_to_sound/model.bin"
MAGIC = b"UTTERL2S"
STEP = 0.35
MOST = 63
BACKOFF_ZERO = 32
EDGE_LETTER = "#"

#: A letter and its sounds.
Graphone = tuple[str, tuple[str, ...]]


@dataclass
class Model:
    """What the file says of one accent. Each level: last graphones, costs, backoff costs, numbers of children."""

    graphones: list[tuple[str, str]]
    levels: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]


def content(graphones: Sequence[Graphone], levels: Sequence[Level]) -> bytes:
    """One accent, not deflated."""
    out = bytearray(struct.pack("<H", len(graphones)))
    for letter, sounds in graphones:
        text = "".join(sounds).encode()
        out += letter.encode() + bytes([len(text)]) + text
    out += bytes([len(levels)]) + struct.pack(f"<{len(levels)}I", *map(len, levels))
    for depth, level in enumerate(levels):
        longer = levels[depth + 1] if depth + 1 < len(levels) else None
        children = np.bincount(longer.parent, minlength=len(level)) if longer else np.zeros(len(level), int)
        backoff = np.where(children > 0, _steps(level.backoff), 0) + BACKOFF_ZERO
        planes = (
            level.last & 255,
            level.last >> 8,
            np.minimum(_steps(level.p), MOST),
            np.clip(backoff, 0, 2 * BACKOFF_ZERO),
            children & 255,
            children >> 8,
        )
        for plane in planes:
            out += plane.astype(np.uint8).tobytes()
    return bytes(out)


def _steps(probabilities: np.ndarray) -> np.ndarray:
    return np.rint(-np.log(probabilities) / STEP).astype(int)


def pack(contents: Sequence[bytes]) -> bytes:
    """The file, from what each accent holds."""
    out = MAGIC
    for one in contents:
        deflated = zlib.compress(one, 9)
        out += struct.pack("<I", len(deflated)) + deflated
    return out


def unpack(file: bytes) -> list[bytes]:
    """What each accent holds, from the file."""
    if not file.startswith(MAGIC):
        raise ValueError("not a model of letters and sounds")
    at, contents = len(MAGIC), []
    while at < len(file):
        (size,) = struct.unpack_from("<I", file, at)
        contents.append(zlib.decompress(file[at + 4 : at + 4 + size]))
        at += 4 + size
    return contents


def parse(data: bytes) -> Model:
    """The model of an accent, from what `content` wrote."""
    (count,) = struct.unpack_from("<H", data)
    at, graphones = 2, []
    for _ in range(count):
        size = data[at + 1]
        graphones.append((chr(data[at]), data[at + 2 : at + 2 + size].decode()))
        at += 2 + size
    depth = data[at]
    sizes = struct.unpack_from(f"<{depth}I", data, at + 1)
    at += 1 + 4 * depth
    levels = []
    for size in sizes:
        planes = np.frombuffer(data, np.uint8, 6 * size, at).reshape(6, size).astype(int)
        at += 6 * size
        last, costs, backoffs = planes[0] | planes[1] << 8, planes[2], planes[3] - BACKOFF_ZERO
        levels.append((last, costs, backoffs, planes[4] | planes[5] << 8))
    return Model(graphones, levels)
