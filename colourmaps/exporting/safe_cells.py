"""Values into cells of files that we give out: a text never becomes a formula, and a name never breaks a file.

Spreadsheet programs take a text that begins with one of a few signs for a formula, in a CSV file even when it is
quoted (CWE-1236, OWASP "CSV Injection"; the full-width forms are taken for the signs in some languages).
"""

from __future__ import annotations

import datetime
import re

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")
# XML has no place for them, and openpyxl leaves these two in: no program opens the file any more.
NO_CHARACTERS = str.maketrans("", "", "\ufffe\uffff")
# What spreadsheet programs allow as the name of a sheet, which may not begin or end with an apostrophe either.
FORBIDDEN_IN_TITLES = re.compile(r"[\\*?:/\[\]\x00-\x1f]")
LONGEST_TITLE = 31
# What no file system of a school's computers takes in a name.
FORBIDDEN_IN_FILE_NAMES = frozenset('\\/:*?"<>|')
LONGEST_FILE_NAME = 150
PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?%?")


def without_forbidden(text: str) -> str:
    """The text as XML can hold it: with any other character in it the workbook could not be written at all."""
    return ILLEGAL_CHARACTERS_RE.sub("", text).translate(NO_CHARACTERS)


def is_like_a_formula(text: str) -> bool:
    """Also behind blanks and line breaks, which some programs drop before they look."""
    return text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)


def write(cell: Cell, value: object) -> None:
    """Whatever is no number, date or truth value becomes a text, and a text never becomes a formula."""
    if isinstance(value, bool | int | float | datetime.date | datetime.time | datetime.timedelta):
        cell.value = value
        return
    text = without_forbidden(str(value))
    cell.value = text
    cell.data_type = "s"
    # Kept a text also when somebody goes into the cell and presses Enter.
    cell.quotePrefix = is_like_a_formula(text)


def csv_text(text: str) -> str:
    """A text as a field of a CSV file: what a spreadsheet would take for a formula gets an apostrophe in front.

    A number stays one: "-3" is a Danish grade, and no formula.
    """
    return f"'{text}" if is_like_a_formula(text) and not PLAIN_NUMBER.fullmatch(text) else text


def sheet_title(name: str, otherwise: str) -> str:
    """A name as spreadsheet programs allow it for a sheet; the other one if nothing is left of it."""
    return FORBIDDEN_IN_TITLES.sub("", without_forbidden(name))[:LONGEST_TITLE].strip(" '") or otherwise


def file_name(*parts: str, suffix: str) -> str:
    """The parts as the name of a file, without characters that no file name should have."""
    text = " ".join(parts)
    stem = "".join(
        letter for letter in text if letter.isprintable() and letter not in FORBIDDEN_IN_FILE_NAMES
    )
    return f"{' '.join(stem.split())[:LONGEST_FILE_NAME].strip('. ')}{suffix}"
