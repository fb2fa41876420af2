"""Workbooks of Excel 5 to 2003: records in a stream of an OLE container ([MS-XLS], BIFF5 and BIFF8)."""

import codecs
from dataclasses import dataclass, field
from struct import error as StructError
from typing import TextIO

from . import ole
from .number_formats import BUILT_IN, Shown, shown
from .refusal import Exit, Limits, Refused
from .xls_records import (
    BIFF8,
    BOF,
    BOUNDSHEET,
    CODEPAGE,
    DATEMODE,
    EOF,
    FILEPASS,
    FORMAT,
    SST,
    XF,
    Record,
    records,
    short,
)
from .xls_sheet import read_sheets
from .xls_strings import Strings, long_string, short_string

ENCRYPTED_STREAM = "EncryptedPackage"
"""Holds a password-protected OOXML workbook."""
DOCUMENT_STREAMS = frozenset({"WordDocument", "PowerPoint Document", "VisioDocument", "Quill"})
MAC_CODE_PAGES = frozenset({10_000, 32_768})

BUILD_OF_LIBRARIES = 0x0DBB
"""Of Excel 97, which libraries (xlwt) give as the program that wrote a file."""

WORKSHEET = 0
GLOBALS = 0x0005


@dataclass
class Globals:
    """What the first part of the stream says of all sheets.

    sheets: name, place in the stream and whether it is hidden, of each worksheet; charts and macros are none.
    is_by_program: the file was written by a library, which does not reckon.
    styles: for each cell style how it shows a number.
    """

    version: int
    is_by_program: bool = False
    encoding: str = "cp1252"
    is_1904: bool = False
    sheets: list[tuple[str, int, bool]] = field(default_factory=list)
    formats: dict[int, Shown] = field(default_factory=lambda: dict(BUILT_IN))
    style_formats: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def styles(self) -> list[Shown]:
        return [self.formats.get(number, Shown.NUMBER) for number in self.style_formats]


def write_workbook(content: bytes, limits: Limits, out: TextIO) -> None:
    try:
        stream = workbook_stream(content)
        workbook = read_globals(stream)
        limits.check_sheets(len(workbook.sheets))
        tables = read_sheets(stream, workbook, limits)
    except (StructError, IndexError, ValueError, OverflowError) as error:
        raise Refused(Exit.DAMAGED) from error
    if not tables:
        raise Refused(Exit.NOT_A_WORKBOOK)
    for table in tables:
        table.write(out)


def workbook_stream(content: bytes) -> bytes:
    if not content.startswith(ole.MAGIC):
        return content
    container = ole.Container(content)
    streams = {name.casefold(): name for name in container.names}
    if ENCRYPTED_STREAM in container.names:
        raise Refused(Exit.PASSWORD)
    for name in ("workbook", "book"):
        if name in streams:
            return container.stream(streams[name])
    raise Refused(Exit.DOCUMENT if DOCUMENT_STREAMS & container.names else Exit.NOT_A_WORKBOOK)


def read_globals(stream: bytes) -> Globals:
    found = records(stream, 0)
    first = next(found, None)
    if first is None or first.number != BOF or short(first.content, 2) != GLOBALS:
        raise Refused(Exit.DAMAGED)
    workbook = Globals(short(first.content, 0))
    workbook.is_by_program = len(first.content) >= 8 and short(first.content, 4) == BUILD_OF_LIBRARIES
    for record in found:
        if record.number == EOF:
            break
        _take(record, workbook)
    else:
        raise Refused(Exit.DAMAGED)
    return workbook


def _take(record: Record, workbook: Globals) -> None:
    content = record.content
    if record.number == FILEPASS:
        raise Refused(Exit.PASSWORD)
    if record.number == CODEPAGE:
        workbook.encoding = encoding_of(short(content, 0))
    elif record.number == DATEMODE:
        workbook.is_1904 = short(content, 0) == 1
    elif record.number == XF:
        workbook.style_formats.append(short(content, 2))
    elif record.number == SST:
        workbook.texts = Strings([content, *record.continued]).table()
    elif record.number == FORMAT:
        read = long_string if workbook.version == BIFF8 else short_string
        workbook.formats[short(content, 0)] = shown(read(content, 2, workbook))
    elif record.number == BOUNDSHEET and content[5] == WORKSHEET:
        name = short_string(content, 6, workbook)
        workbook.sheets.append((name, int.from_bytes(content[:4], "little"), content[4] & 3 != 0))


def encoding_of(code_page: int) -> str:
    """Python's name for the code page of 8-bit text."""
    if code_page in MAC_CODE_PAGES:
        return "mac-roman"
    try:
        return codecs.lookup(f"cp{code_page}").name
    except LookupError:
        return "cp1252"
