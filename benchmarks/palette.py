"""PNG files with a palette: a page has few colours, and so its picture is a third as large."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

MOST_COLOURS = 256


def palette_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """pixels: (height, width, 3), red, green and blue. Of more than 256 colours, rare ones become the nearest other."""
    height, width, _channels = pixels.shape
    packed = pixels.reshape(-1, 3).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8)
    kept, nearest = _kept(colours, counts)
    rows = nearest[places.reshape(-1)].astype(np.uint8).reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows])  # 0: no filter, which suits palettes
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in (
            (b"IHDR", header),
            (b"PLTE", kept.astype(np.uint8).tobytes()),
            (b"IDAT", zlib.compress(lines.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def _kept(
    colours: npt.NDArray[np.uint8], counts: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]:
    """The most frequent colours, and for each colour which of them stands for it."""
    kept = colours[np.argsort(-counts, kind="stable")[:MOST_COLOURS]]
    nearest = np.array(
        [np.argmin(((kept.astype(int) - colour.astype(int)) ** 2).sum(axis=1)) for colour in colours]
    )
    return kept, nearest


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
