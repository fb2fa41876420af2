"""The container of old Office files: a small file system in a file ([MS-CFB])."""

from collections.abc import Iterable, Iterator
from struct import unpack_from

from .refusal import Exit, Refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

FIRST_SPECIAL = 0xFFFFFFFA
"""Numbers from here on are no sectors: end of a chain, free, part of the tables."""
ENTRY_BYTES = 128
STREAM, ROOT = 2, 5
TABLE_IN_HEADER = 109


class Container:
    """The streams of a file by name. Raises Refused where a chain of sectors leads astray."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512:
            raise Refused(Exit.DAMAGED)
        self._content = content
        self._sector = 1 << _exponent(content, 30, 9, 12)
        self._small_sector = 1 << _exponent(content, 32, 6, 6)
        self._small_below = unpack_from("<I", content, 56)[0]
        self._next = self._table()
        directory = self._chain(unpack_from("<I", content, 48)[0])
        self._entries = dict(_entries(directory))
        self._small: bytes | None = None
        self._next_small: tuple[int, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """Raises KeyError if there is none."""
        _kind, start, size = self._entries[name]
        whole = self._small_chain(start) if size < self._small_below else self._chain(start)
        if len(whole) < size:
            raise Refused(Exit.DAMAGED)
        return whole[:size]

    def _table(self) -> tuple[int, ...]:
        """For each sector the number of the next one."""
        content, sector = self._content, self._sector
        parts = list(unpack_from(f"<{TABLE_IN_HEADER}I", content, 76))
        following = unpack_from("<I", content, 68)[0]
        n_most = len(content) // sector + 1
        n_seen = 0
        while following < FIRST_SPECIAL and n_seen <= n_most:
            numbers = self._numbers([following])
            parts += numbers[:-1]
            following = numbers[-1] if numbers else FIRST_SPECIAL
            n_seen += 1
        return self._numbers([part for part in parts if part < FIRST_SPECIAL][:n_most])

    def _numbers(self, sectors: Iterable[int]) -> tuple[int, ...]:
        whole = b"".join(map(self._at, sectors))
        return unpack_from(f"<{len(whole) // 4}I", whole)

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        return self._content[start : start + self._sector]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._at(number) for number in _followed(start, self._next))

    def _small_chain(self, start: int) -> bytes:
        """A stream below the limit lies in sectors of a stream that belongs to the root."""
        if self._small is None:
            root = next((entry for entry in self._entries.values() if entry[0] == ROOT), None)
            if root is None:
                raise Refused(Exit.DAMAGED)
            self._small = self._chain(root[1])
            first = unpack_from("<I", self._content, 60)[0]
            self._next_small = self._numbers(_followed(first, self._next)) if first < FIRST_SPECIAL else ()
        size = self._small_sector
        return b"".join(
            self._small[number * size : (number + 1) * size] for number in _followed(start, self._next_small)
        )


def _exponent(content: bytes, at: int, *allowed: int) -> int:
    exponent: int = unpack_from("<H", content, at)[0]
    if exponent not in allowed:
        raise Refused(Exit.DAMAGED)
    return exponent


def _followed(start: int, following: tuple[int, ...]) -> list[int]:
    """The numbers of a chain. Raises Refused if it leaves the table or runs in a circle."""
    numbers: list[int] = []
    while start < FIRST_SPECIAL:
        if start >= len(following) or len(numbers) > len(following):
            raise Refused(Exit.DAMAGED)
        numbers.append(start)
        start = following[start]
    return numbers


def _entries(directory: bytes) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Name -> kind, first sector and size of the root and of each stream that lies in it.

    Entries form a tree: each has two neighbours, and a folder the first of its own. What lies in a folder is
    passed over: it belongs to an object that was put into the workbook.
    """
    waiting, seen = [0], set()
    while waiting:
        number = waiting.pop()
        at = number * ENTRY_BYTES
        if number in seen or at + ENTRY_BYTES > len(directory):
            continue
        seen.add(number)
        n_bytes, kind = unpack_from("<HB", directory, at + 64)
        before, after, first_within = unpack_from("<III", directory, at + 68)
        waiting += [first_within] if kind == ROOT else [before, after]
        if kind in (STREAM, ROOT):
            name = directory[at : at + max(min(n_bytes, 64) - 2, 0)].decode("utf-16-le", errors="replace")
            yield name, (kind, *unpack_from("<II", directory, at + 116))
