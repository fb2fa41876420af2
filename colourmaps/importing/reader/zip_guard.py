"""A zip file, opened only after every member was unpacked in a stream and counted.

The sizes in its directory can lie, and a parser takes more memory for a megabyte than a megabyte.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from .refusal import Exit, Limits, Refused

CHUNK = 1 << 18

DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
"""No program writes it into an OOXML workbook; it is where entities are declared that unpack into gigabytes.
(Our own XML parser refuses entities; this is for calamine.)"""
OOXML_DIRECTORY = "[Content_Types].xml"

TELLTALES = (
    *(b't="e"', b"t='e'", b"<f", b":f>", b":f "),
    *(b'hidden="1', b'hidden="t', b"hidden='1", b"hidden='t"),
)
"""Signs of what calamine does not tell: error values, formulas that may have no result, hidden rows and
columns. Only a sheet with one of them, or a workbook with a percent format, is read a second time."""
LONGEST_TELLTALE = 20

CELL_STARTS = (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")
PADDING_FROM = 50_000
"""Empty elements of a sheet from which on it is worth while to take the empty cells out before parsing."""
EMPTY_PER_FILLED = 2
"""A sheet may have so many times the allowed cells if most of them are only formatted."""

LOCAL_HEADER_BYTES = 30

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,  # a packing method that Python does not know
    ValueError,
    KeyError,
)


@dataclass
class Member:
    """n_bytes: unpacked. n_cells: cells that the XML of a sheet claims to hold; n_empty: elements without content.

    is_curious: holds something that calamine does not tell.
    """

    n_bytes: int = 0
    n_cells: int = 0
    n_empty: int = 0
    is_curious: bool = False


@dataclass
class Package:
    """A zip file whose members have been counted; `changed` members are read instead of those in the file."""

    content: bytes
    archive: zipfile.ZipFile
    members: Mapping[str, Member]
    changed: dict[str, bytes] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.members)

    def open(self, name: str) -> IO[bytes]:
        return io.BytesIO(self.changed[name]) if name in self.changed else self.archive.open(name)

    def read(self, name: str) -> bytes:
        with self.open(name) as stream:
            return stream.read()

    def as_file(self) -> IO[bytes]:
        """The zip file with what has been changed, for a parser that wants it whole."""
        if not self.changed:
            return io.BytesIO(self.content)
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in self.archive.namelist():
                if name.endswith((".xml", ".rels")):
                    archive.writestr(name, self.read(name))
        copy.seek(0)
        return copy


@contextmanager
def opened(content: bytes, limits: Limits) -> Iterator[Package]:
    """The checked package; whatever turns out broken while it is read is Refused as damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_directory(archive, limits)
            yield Package(content, archive, count_members(archive, len(content), limits))
    except BROKEN_ZIP as error:
        raise Refused(Exit.DAMAGED) from error


def check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.zip_entries:
        raise Refused(Exit.UNPACKS_TOO_BIG)
    if any(member.flag_bits & 1 for member in members):
        raise Refused(Exit.PASSWORD)
    if len({member.filename for member in members}) < len(members):
        raise Refused(Exit.DAMAGED)  # two readers could take different ones
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise Refused(Exit.UNPACKS_TOO_BIG)  # the same bytes are unpacked again and again
        end = member.header_offset + LOCAL_HEADER_BYTES + member.compress_size


def count_members(archive: zipfile.ZipFile, packed: int, limits: Limits) -> dict[str, Member]:
    """Unpack each member in a stream and count."""
    most = min(limits.unpacked_bytes, max(limits.ratio_free_bytes, packed * limits.ratio))
    is_ooxml = OOXML_DIRECTORY in archive.namelist()
    total = 0
    members = {}
    for name in archive.namelist():
        members[name] = member = Member()
        looks = is_ooxml and name.endswith((".xml", ".rels"))
        is_sheet = looks and "worksheets/" in name
        window = b""
        with archive.open(name) as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                member.n_bytes += len(chunk)
                if total > most:
                    raise Refused(Exit.UNPACKS_TOO_BIG)
                if looks:
                    window = window[-LONGEST_TELLTALE:] + chunk
                    if any(doctype in window for doctype in DOCTYPES):
                        raise Refused(Exit.DAMAGED)
                if is_sheet:
                    member.n_cells += sum(map(chunk.count, CELL_STARTS))
                    member.n_empty += chunk.count(b"/>")
                    member.is_curious = member.is_curious or any(mark in window for mark in TELLTALES)
                    if member.n_cells > EMPTY_PER_FILLED * limits.cells:
                        raise Refused(Exit.TOO_MANY_CELLS)
    return members
