"""Records of an old Excel stream: number, length, content; a long one is continued in the next."""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

BIFF8 = 0x0600

FORMULA, EOF, DATEMODE, FILEPASS, CONTINUE = 0x06, 0x0A, 0x22, 0x2F, 0x3C
CODEPAGE, COLINFO, BOUNDSHEET = 0x42, 0x7D, 0x85
MULRK, RSTRING, XF, MERGEDCELLS, SST, LABELSST = 0xBD, 0xD6, 0xE0, 0xE5, 0xFC, 0xFD
NUMBER, LABEL, BOOLERR, STRING, ROW, RK, FORMAT, BOF = 0x203, 0x204, 0x205, 0x207, 0x208, 0x27E, 0x41E, 0x809
OLD_FORMULAS = (0x206, 0x406)  # as some programs write them into newer files
OLD_FORMAT = 0x1E

HEAD = Struct("<HH")


class Record(NamedTuple):
    number: int
    content: bytes
    continued: tuple[bytes, ...] = ()


def records(stream: bytes, start: int) -> Iterator[Record]:
    """The records from a place on, to the end of the stream or to where it is broken off."""
    end = len(stream) - HEAD.size
    at = start
    unpack = HEAD.unpack_from
    while at <= end:
        number, length = unpack(stream, at)
        at += HEAD.size
        content = stream[at : at + length]
        at += length
        if at <= end and stream[at] == CONTINUE and stream[at + 1] == 0:
            continued = []
            while at <= end and unpack(stream, at)[0] == CONTINUE:
                length = unpack(stream, at)[1]
                continued.append(stream[at + HEAD.size : at + HEAD.size + length])
                at += HEAD.size + length
            yield Record(number, content, tuple(continued))
        else:
            yield Record(number, content)


def short(content: bytes, at: int) -> int:
    """Two bytes, the low one first. Raises ValueError where there are none."""
    if at + 2 > len(content):
        raise ValueError("The record is too short.")
    return content[at] | content[at + 1] << 8
