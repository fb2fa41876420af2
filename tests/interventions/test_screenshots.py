"""The pictures of the main pages: all there, small, named in their index, and drawn as they were taken."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from benchmarks.palette import palette_png
from benchmarks.screenshots import FOLDER, INDEX, LARGEST, LOOKS, PICTURES, index


def unpack(png: bytes) -> np.ndarray:
    """(height, width, 3) of a PNG file with a palette and without filters."""
    chunks, place = {}, 8
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        name, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        (check,) = struct.unpack(">I", png[place + 8 + size : place + 12 + size])
        assert check == zlib.crc32(name + content)
        chunks[name] = content
        place += 12 + size
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    return palette[lines[:, 1:]]


def test_picture_of_few_colours_is_kept_exactly() -> None:
    pixels = np.random.default_rng(1).integers(0, 4, (7, 5, 3), dtype=np.uint8) * 80

    assert (unpack(palette_png(pixels)) == pixels).all()


def test_rare_colour_becomes_the_nearest_of_the_frequent_ones() -> None:
    pixels = np.repeat(np.arange(256, dtype=np.uint8), 2 * 3).reshape(2, 256, 3)
    rare = np.full((1, 256, 3), 10, np.uint8)
    rare[0, 0, 2] = 11

    shown = unpack(palette_png(np.concatenate([pixels, rare])))

    assert (shown[:2] == pixels).all()
    assert (shown[2] == 10).all()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_picture_is_there_in_every_look_and_small(picture) -> None:
    for look in LOOKS:
        path = FOLDER / f"{picture.name}{look.ending}.png"
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < LARGEST, path.name


def test_index_shows_the_pictures() -> None:
    assert INDEX.read_text(encoding="utf-8") == index()
