"""Text in old Excel files: 8-bit in a code page, or since Excel 97 UTF-16 with its zeros left out."""

from collections.abc import Sequence
from struct import unpack_from
from typing import Protocol

from .xls_records import BIFF8

WIDE, PHONETIC, RICH = 1, 4, 8
"""Flags of a string: 16 bits per letter, with reading aids, with formatting."""


class TextForm(Protocol):
    """How a file writes text."""

    version: int
    encoding: str


def short_string(content: bytes, at: int, form: TextForm) -> str:
    """A text whose length is one byte."""
    return _string(content, at + 1, content[at], form)


def long_string(content: bytes, at: int, form: TextForm) -> str:
    """A text whose length is two bytes."""
    return _string(content, at + 2, unpack_from("<H", content, at)[0], form)


def _string(content: bytes, at: int, length: int, form: TextForm) -> str:
    if form.version != BIFF8:
        return content[at : at + length].decode(form.encoding, errors="replace")
    return Strings([content], at).string(length)


class Strings:
    """Reads texts that may go on in the records that continue one."""

    def __init__(self, segments: Sequence[bytes], at: int = 0) -> None:
        self._segments = list(reversed(segments))
        self._content = self._segments.pop()
        self._at = at

    def table(self) -> list[str]:
        """The shared texts of a workbook: how many in all, how many different ones, then each of these."""
        n_different = unpack_from("<I", self._content, 4)[0]
        self._at = 8
        texts: list[str] = []
        while len(texts) < n_different and self._has_more():
            texts.append(self.string(self._number(2)))
        return texts

    def string(self, length: int) -> str:
        """A text of so many letters, from its flags on."""
        flags = self._number(1)
        n_skipped = self._number(2) * 4 if flags & RICH else 0
        n_skipped += self._number(4) if flags & PHONETIC else 0
        text = self._letters(length, flags & WIDE)
        self._skip(n_skipped)
        return text

    def _has_more(self) -> bool:
        while self._at >= len(self._content) and self._segments:
            self._next_segment()
        return self._at < len(self._content)

    def _next_segment(self) -> None:
        self._at -= len(self._content)
        self._content = self._segments.pop()

    def _number(self, n_bytes: int) -> int:
        self._has_more()
        number = int.from_bytes(self._content[self._at : self._at + n_bytes], "little")
        self._at += n_bytes
        return number

    def _letters(self, length: int, is_wide: int) -> str:
        parts = []
        while True:
            end = self._at + (length << 1 if is_wide else length)
            piece = self._content[self._at : end]
            parts.append(piece.decode("utf-16-le" if is_wide else "latin-1", errors="replace"))
            length -= len(piece) >> 1 if is_wide else len(piece)
            if length <= 0 or not self._segments:
                self._at = end
                return "".join(parts)
            # What goes on in the next record says anew how wide its letters are.
            self._content = self._segments.pop()
            is_wide = self._content[0] & WIDE if self._content else 0
            self._at = 1

    def _skip(self, n_bytes: int) -> None:
        self._at += n_bytes
        while self._at > len(self._content) and self._segments:
            self._next_segment()
