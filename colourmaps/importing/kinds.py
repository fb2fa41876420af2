"""What the cells of a column are: numbers, texts, grades, dates … told by nine in ten of them. Pure.

Cells that are empty, withheld ("..", "x"), in error (#N/A) or marks of absence say nothing of the kind: a column of
shares in which most are withheld is still a column of numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from datetime import date, time, timedelta
from enum import StrEnum

from colourmaps.importing.values import MARK_BY_WORD, NO_WORDS, YES_WORDS, cell_text
from colourmaps.importing.words import WITHHELD_WORDS
from colourmaps.importing.workbook import Cell
from colourmaps.scales import DANISH_GRADES


class ColumnKind(StrEnum):
    """What the cells of a column are, nine in ten of those that say anything."""

    EMPTY = "empty"
    NUMBER = "number"
    PERCENT = "percent"
    TEXT = "text"
    IDENTITY = "identity"
    """Identity numbers of persons, temporary ones included."""
    DATE = "date"
    CODE = "code"
    """Digits with leading zeros, which a number would lose: 0180."""
    GRADE = "grade"
    """Letter grades, or the Danish scale where it is written 00 and 02."""
    YES_NO = "yes_no"
    MIXED = "mixed"


ENOUGH = 0.9
"""Share of the cells that say anything which must be of one kind."""

LONGEST_TELLING = 40
"""Characters; a longer text is a text, whatever it begins with."""

LETTER_GRADES = frozenset("a|b|c|d|e|f|fx|ig|g|vg|mvg".split("|"))
ANSWERS = (YES_WORDS | NO_WORDS) - {"0", "1"}

_DAY, _MONTH = r"(?:0[1-9]|[12][0-9]|3[01])", r"(?:0[1-9]|1[0-2])"
# Swedish coordination numbers and Danish replacement numbers add 60 to the day, Norwegian D numbers 40; Norwegian
# numbers for tests add 40 or 80 to the month.
_BORN_SV = rf"[0-9]{{2}}{_MONTH}(?:{_DAY}|[6-8][0-9]|9[01])"
_BORN_DA = rf"(?:{_DAY}|[6-8][0-9]|9[01]){_MONTH}[0-9]{{2}}"
_BORN_NO = r"(?:0[1-9]|[1-6][0-9]|7[01])(?:[048][1-9]|[159][0-2])[0-9]{2}"
_IDENTITY = re.compile(
    rf"(?:(?:18|19|20)?{_BORN_SV}[-+]?[0-9]{{4}}|(?:19|20)?{_BORN_SV}-?TF?[0-9A-Z]{{2,3}}"
    rf"|{_BORN_DA}[- ]?[0-9]{{4}}|{_BORN_NO}[- ]?[0-9]{{5}})",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:[~<>≤≥≈]|ca\.?|c:a|cirka)?\s*[-+−–]?[0-9][0-9 .,\u00a0\u202f\u2009]*\s*(%|procent|prosent|percent)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])(?:[T ].*)?"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:19|20)[0-9]{2}"
)
_DIGIT = re.compile(r"\d")
_LEADING_ZERO = re.compile(r"0[0-9]+")


def column_kind(cells: Sequence[Cell], *, is_percent: bool = False) -> ColumnKind:
    """What the cells are. is_percent: the spreadsheet shows numbers of the column as percent."""
    counted = Counter((cell.__class__, cell) for cell in cells if cell is not None)
    kinds: Counter[ColumnKind] = Counter()
    telling: set[Cell] = set()
    for (_class, cell), count in counted.items():
        kind = cell_kind(cell)
        if kind is not None:
            kinds[kind] += count
            telling.add(cell)
    if not kinds:
        return _of_silent(cell for _class, cell in counted)
    kind, count = kinds.most_common(1)[0]
    if len(telling) <= len(DANISH_GRADES) and _are_danish_grades({_word(cell) for cell in telling}):
        return ColumnKind.GRADE
    if count < ENOUGH * kinds.total():
        return ColumnKind.MIXED
    if kind is ColumnKind.TEXT:
        return _of_texts(telling)
    if kind is ColumnKind.NUMBER and is_percent:
        return ColumnKind.PERCENT
    return ColumnKind.CODE if kind is ColumnKind.NUMBER and _are_codes(telling) else kind


def cell_kind(cell: Cell) -> ColumnKind | None:
    """The kind of one cell; None for one that says nothing."""
    if isinstance(cell, str):
        return _text_kind(cell.strip())
    if isinstance(cell, bool):
        return ColumnKind.YES_NO
    if isinstance(cell, int | float):
        is_long = abs(cell) >= 1e9 and _IDENTITY.fullmatch(cell_text(cell))
        return ColumnKind.IDENTITY if is_long else ColumnKind.NUMBER
    if isinstance(cell, date | time | timedelta):
        return ColumnKind.DATE
    return None


def _text_kind(text: str) -> ColumnKind | None:
    if len(text) > LONGEST_TELLING:
        return ColumnKind.TEXT
    word = text.casefold()
    if not word or word in WITHHELD_WORDS or word.rstrip(".") in MARK_BY_WORD or word in MARK_BY_WORD:
        return None
    if not _DIGIT.search(text):
        return ColumnKind.TEXT
    if _IDENTITY.fullmatch(text):
        return ColumnKind.IDENTITY
    if _DATE.fullmatch(text):
        return ColumnKind.DATE
    match = _NUMBER.fullmatch(text)
    if match is None:
        return ColumnKind.TEXT
    return ColumnKind.PERCENT if match[1] else ColumnKind.NUMBER


def _word(cell: Cell) -> str:
    return cell_text(cell).casefold()


def _of_silent(cells: Iterable[Cell]) -> ColumnKind:
    """The kind of a column whose cells all say nothing: crosses are answers, other marks stay what is written."""
    words = {_word(cell) for cell in cells} - {""}
    if not words:
        return ColumnKind.EMPTY
    return ColumnKind.YES_NO if words == {"x"} else ColumnKind.TEXT


def _of_texts(cells: Set[Cell]) -> ColumnKind:
    if len(cells) > len(LETTER_GRADES) + len(ANSWERS):
        return ColumnKind.TEXT
    texts = {_word(cell) for cell in cells}
    if texts <= ANSWERS:
        return ColumnKind.YES_NO
    return ColumnKind.GRADE if texts <= LETTER_GRADES else ColumnKind.TEXT


def _are_danish_grades(texts: set[str]) -> bool:
    return bool(texts & {"00", "02"}) and texts <= {step.label for step in DANISH_GRADES}


def _are_codes(cells: Set[Cell]) -> bool:
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    has_zero = any(_LEADING_ZERO.fullmatch(text) for text in texts)
    return has_zero and len(texts) == len(cells) and all(text.isdecimal() for text in texts)
