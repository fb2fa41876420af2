"""Tables in text form: comma, semicolon, tab or pipe separated; every cell is text."""

import csv
import io
import re
from collections import Counter
from typing import TextIO

from . import foreign
from .output import write_sheet
from .refusal import Exit, Limits, Refused

LONGEST_FIELD = 32_767
"""Characters of a cell, as in spreadsheets."""

NAMED_DELIMITER = re.compile(r'"?sep=(.)"?\r?(\n|$)', re.I)
"""A first line in which Excel is told the delimiter; it is not part of the table."""
QUOTED = re.compile(r'"[^"\r\n]*"')
BINARY = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1e\x7f]")
TEXTS_PER_BINARY = 200
"""A text may have a stray control character, but not more than one in so many."""


def write_table(content: bytes, limits: Limits, out: TextIO) -> None:
    text = decode(content)
    if kind := foreign.kind_of_text(text):
        raise Refused(kind)
    if "\0" in text or len(BINARY.findall(text)) > len(text) // TEXTS_PER_BINARY:
        raise Refused(Exit.NOT_A_WORKBOOK)
    named = NAMED_DELIMITER.match(text)
    if named:
        text = text[named.end() :]
    rows = table(text, named[1] if named else delimiter(text), limits)
    width = max(map(len, rows), default=0)
    if width < 2:
        raise Refused(Exit.NOT_A_WORKBOOK)
    for row in rows:
        row.extend([""] * (width - len(row)))
    write_sheet(out, limits, "", rows)


def decode(content: bytes) -> str:
    """Text by its byte order mark, else UTF-16 if every other byte is zero, else strict UTF-8, else
    Windows-1252, as spreadsheet programs write it.
    """
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if encoding := _utf_16_without_mark(content[:4096]):
            return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(Exit.DAMAGED) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _utf_16_without_mark(beginning: bytes) -> str:
    """The encoding, or "". Most letters of our languages have a zero in one half, and no text has any in the
    other.
    """
    even, odd = beginning[0::2].count(0), beginning[1::2].count(0)
    few, many = sorted((even, odd))
    if few or many * 4 < len(beginning):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def delimiter(text: str) -> str:
    """The separator that most of the first lines have equally often.

    A comma may also be a decimal sign or stand in a name, and a tab or pipe hardly ever does, so the comma
    is last.
    """
    lines = [line for line in QUOTED.sub("", text[:65_536]).splitlines() if line.strip()][:50]

    def agreeing_lines(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max(counts.values(), default=0)

    return max(";\t|,", key=agreeing_lines)


def table(text: str, mark: str, limits: Limits) -> list[list[str]]:
    """The rows. Where quotation marks do not pair up they are taken for letters, if that gives a clear table.

    A lone quote that finds a partner further down would swallow the lines between: such a table is ragged,
    and even once the quotes are letters.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = _parsed(text, mark, limits, is_quoted=True)
    except csv.Error:
        rows = []
    has_swallowed = any("\n" in cell or "\r" in cell for row in rows for cell in row)
    if rows and not (has_swallowed and not _is_even(rows)):
        limits.spend_cells(sum(map(len, rows)))
        return rows
    try:
        unquoted = _parsed(text, mark, limits, is_quoted=False)
    except csv.Error:
        raise Refused(Exit.LONE_QUOTE if '"' in text else Exit.NOT_A_WORKBOOK) from None
    if _is_even(unquoted):
        rows = [[_bare(cell) for cell in row] for row in unquoted]
    elif not rows:
        raise Refused(Exit.LONE_QUOTE if '"' in text else Exit.NOT_A_WORKBOOK)
    limits.spend_cells(sum(map(len, rows)))
    return rows


def _parsed(text: str, mark: str, limits: Limits, *, is_quoted: bool) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=mark,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if is_quoted else csv.QUOTE_NONE,
    )
    rows: list[list[str]] = []
    n_cells = 0
    for row in reader:
        rows.append(row)
        n_cells += len(row)
        limits.check_size(len(rows), len(row))
        if n_cells > limits.cells:
            raise Refused(Exit.TOO_MANY_CELLS)
    return rows


def _is_even(rows: list[list[str]]) -> bool:
    """Whether each row that has a quotation mark or line break in it is as wide as most rows are."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return False
    ((usual, _n),) = widths.most_common(1)
    return all(len(row) == usual for row in rows if any(sign in cell for cell in row for sign in '"\r\n'))


def _bare(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell
