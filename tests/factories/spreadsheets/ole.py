"""A container of old Office files."""

from collections.abc import Mapping
from struct import pack

SECTOR = 512
END_OF_CHAIN, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SMALLEST_STREAM = 4096


def ole_bytes(streams: Mapping[str, bytes]) -> bytes:
    """A file with these streams. Short ones are filled up with zeros, so that no second table is needed."""
    sectors: list[bytes] = []
    table: list[int] = []

    def add(content: bytes) -> int:
        start = len(sectors)
        pieces = [content[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(content), SECTOR)]
        sectors.extend(pieces)
        table.extend([*range(start + 1, start + len(pieces)), END_OF_CHAIN])
        return start

    entries = [_entry("Root Entry", 5, END_OF_CHAIN, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(SMALLEST_STREAM, b"\0")
        following = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, 2, add(padded), len(padded), after=following))
    directory = add(b"".join(entries))
    n_tables = 1
    while n_tables * (SECTOR // 4) < len(sectors) + n_tables:
        n_tables += 1
    places = range(len(sectors), len(sectors) + n_tables)
    table += [TABLE] * n_tables
    table += [FREE] * (n_tables * (SECTOR // 4) - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, n_tables, directory, 0, SMALLEST_STREAM,
                   END_OF_CHAIN, 0, END_OF_CHAIN, 0)  # fmt: skip
    header += pack("<109I", *places, *[FREE] * (109 - n_tables))
    return header + b"".join(sectors) + pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, after: int = FREE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + pack("<HBBIII", len(encoded), kind, 1, FREE, after, child)
        + bytes(36)
        + pack("<IQ", start, size)
    )
