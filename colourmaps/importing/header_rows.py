"""Which rows of a sheet are the header: one to three rows of texts over cells of another sort. Pure.

Every row near the top gets a score: different texts over filled columns, more for known words and for texts over
numbers; less for numbers, and for texts that occur again below, since those are values. Years and numbers that count
on by one can be headers too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from colourmaps.importing.mapping import header_key
from colourmaps.importing.values import cell_text
from colourmaps.importing.words import PUPIL_WORDS, UNIT_WORDS
from colourmaps.importing.workbook import Area, Cell, Sheet

LONGEST_HEADER = 120
MOST_HEADER_ROWS = 3

SCORED_COLUMNS = 100
"""The first so many columns tell where the header is; all are read."""

LOOKED_BELOW = 10
"""Rows below a text that tell whether it stands over values, and over which."""

LEAST_SCORE = 2.0

AS_GOOD = 0.65
"""Of rows that score nearly as high as the best one the first is the header: a later one belongs to another table."""

BLANK, TEXT, NUMBER, YEAR = " ", "t", "n", "y"

NUMBERLIKE = re.compile(
    r"[~<>]?[-+−]?[0-9][0-9 .,]*%?|\.\.?|-|[0-9]{6,8}[-+]?(?:TF?)?\w{2,4}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}.*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:\.0)?")


def sort_of(cell: Cell) -> str:
    """BLANK, TEXT, YEAR (a whole number from 1900 to 2099, also as text) or NUMBER, which is anything else."""
    if cell is None:
        return BLANK
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return BLANK
        if _YEAR.fullmatch(text):
            return YEAR
        return NUMBER if len(text) <= LONGEST_HEADER and NUMBERLIKE.fullmatch(text) else TEXT
    if isinstance(cell, float | int) and not isinstance(cell, bool) and _YEAR.fullmatch(str(cell)):
        return YEAR
    return NUMBER


def find_header(sheet: Sheet, expected: frozenset[str], *, searched_rows: int) -> tuple[int, ...]:
    """Numbers of the header rows, one to three; () if no row looks like a header.

    expected: keys of headers that it should have (mapping.header_key). searched_rows: how many rows from the top.
    """
    window = _Window(sheet, searched_rows)
    scores = [window.score(at, expected) for at in range(window.n_searched)]
    # A hidden row of codes often stands above the heads that people read.
    in_sight = [
        0.0 if row in sheet.hidden_rows else score
        for row, score in zip(sheet.row_numbers, scores, strict=False)
    ]
    if max(in_sight, default=0.0) >= LEAST_SCORE:
        scores = in_sight
    best = max(scores, default=0.0)
    if best < LEAST_SCORE:
        return ()
    least = best if expected else AS_GOOD * best
    row = sheet.first_row + next(at for at, score in enumerate(scores) if score >= least)
    rows = [row]
    if _continues_below(sheet, row):
        rows.append(row + 1)
    while len(rows) < MOST_HEADER_ROWS and _is_group_row(
        sheet, rows[0] - 1, rows[0], is_third=len(rows) == 2
    ):
        rows.insert(0, rows[0] - 1)
    return tuple(rows)


def units_below(sheet: Sheet, row: int) -> dict[int, str]:
    """The units of a row that holds nothing else, by column; {} if it is no such row."""
    units = {column: cell_text(sheet.cell(row, column)) for column in sheet.column_numbers}
    units = {column: text for column, text in units.items() if text}
    if not units or any(header_key(text).strip("()[]") not in UNIT_WORDS for text in units.values()):
        return {}
    if any(sheet.cell(row - 1, column) is None for column in units):
        return {}  # "antal" and "andel" below one year are headers
    return units if any(_over_values(sheet, row, column) for column in units) else {}


class _Window:
    """The top left part of a sheet, looked through for its header. Rows and columns count from 0."""

    def __init__(self, sheet: Sheet, searched_rows: int) -> None:
        self.sheet = sheet
        self.n_searched = min(searched_rows, len(sheet.rows))
        self.columns = sheet.column_numbers[:SCORED_COLUMNS]
        rows = sheet.rows[: self.n_searched + 2 * LOOKED_BELOW]
        self.by_column = [[row[at] for row in rows] for at in range(len(self.columns))]
        self.sorts = ["".join(map(sort_of, cells)) for cells in self.by_column]

    @cached_property
    def keys(self) -> list[list[str]]:
        """Texts as headers are compared, "" for all other cells; by column."""
        return [
            [_key(cell) if sort == TEXT else "" for cell, sort in zip(cells, sorts, strict=True)]
            for cells, sorts in zip(self.by_column, self.sorts, strict=True)
        ]

    def row_keys(self, at: int) -> list[str]:
        return [keys[at] for keys in self.keys]

    def is_repeated(self, at: int) -> bool:
        """True if the same row stands below once more, as on each page of a print."""
        keys = self.row_keys(at)
        last = min(at + 2 * LOOKED_BELOW, len(self.keys[0]) - 1) if self.keys else at
        return any(self.row_keys(below) == keys for below in range(at + 1, last + 1))

    def score(self, at: int, expected: frozenset[str]) -> float:
        """How much a row looks like a header."""
        row = self.sheet.first_row + at
        texts: set[str] = set()
        numbers: list[tuple[int, Cell]] = []
        n_recurring = 0
        score = 0.0
        for index, column in enumerate(self.columns):
            cell = self.sheet.merged_cell(row, column) if self.sheet.merged else self.by_column[index][at]
            sort = sort_of(cell)
            if sort == BLANK:
                continue
            if sort != TEXT:
                numbers.append((index, cell))
                continue
            key = _key(cell)
            if not key or key in texts:
                continue
            texts.add(key)
            score += self._over_what(index, at) + 2 * (key in PUPIL_WORDS) + 4 * (key in expected)
            n_recurring += key in self.keys[index][at + 1 : at + 1 + 2 * LOOKED_BELOW]
        if n_recurring and not self.is_repeated(at):
            score -= 1.5 * n_recurring
        n_counting = self._counting(numbers, at)
        score += n_counting if n_counting else -0.75 * len(numbers)
        return score if len(texts) + n_counting > 1 or self._stands_alone(at, texts, score) else 0.0

    def _over_what(self, index: int, at: int) -> float:
        """0 over nothing, 1 over cells, 2 over cells that are mostly no texts."""
        below = self.sorts[index][at + 1 : at + 1 + LOOKED_BELOW]
        n_filled = len(below) - below.count(BLANK)
        if not n_filled:
            return 0.0
        return 2.0 if below.count(TEXT) <= 0.4 * n_filled else 1.0

    def _counting(self, numbers: Sequence[tuple[int, Cell]], at: int) -> int:
        """How many of the numbers of a row are headers: years in order, or three or more that count on by one."""
        values = [_whole(cell) for _index, cell in numbers]
        if (
            len(values) < 2
            or None in values
            or not all(self._over_what(index, at) for index, _cell in numbers)
        ):
            return 0
        steps = {later - earlier for earlier, later in pairwise(values)}  # type: ignore[operator]
        are_years = all(sort_of(cell) == YEAR for _index, cell in numbers)
        if are_years:
            is_data = any(self.sorts[index][at + 1 : at + 2] == YEAR for index, _cell in numbers)
            return 0 if is_data or not (min(steps) > 0 or max(steps) < 0) else len(values)
        return len(values) if len(values) > 2 and steps in ({1}, {-1}) else 0

    def _stands_alone(self, at: int, texts: set[str], score: float) -> bool:
        """True for the only header of a sheet: over values, and not at the left, where a lone text is a title."""
        is_list = len(self.columns) == 1
        return len(texts) == 1 and score >= LEAST_SCORE and (is_list or self.sorts[0][at] == BLANK)


def _key(cell: Cell) -> str:
    """The text as headers are compared, "" if it is too long for a header."""
    return header_key(cell) if isinstance(cell, str) and len(cell) <= LONGEST_HEADER else ""


def _whole(cell: Cell) -> int | None:
    text = cell_text(cell)
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _continues_below(sheet: Sheet, row: int) -> bool:
    """True if the row below belongs to the header: a cell over both, or texts over values where this one has gaps."""
    if any(area.first_row == row and area.last_row == row + 1 for area in sheet.merged):
        return True
    columns = sheet.column_numbers[:SCORED_COLUMNS]
    upper = {column: _key(sheet.cell(row, column)) for column in columns}
    lower = {column: sheet.cell(row + 1, column) for column in columns}
    filled = {column: cell for column, cell in lower.items() if cell is not None}
    if len(filled) < 2 or any(sort_of(cell) not in (TEXT, YEAR) for cell in filled.values()):
        return False
    texts = [text for text in upper.values() if text]
    has_gaps = any(not upper[column] for column in filled) or len(set(texts)) < len(texts)
    n_over_values = sum(_over_values(sheet, row + 1, column) for column in filled)
    return has_gaps and n_over_values >= len(filled) / 2 and not units_below(sheet, row + 1)


def _over_values(sheet: Sheet, row: int, column: int) -> bool:
    """True if the cells below are mostly no texts."""
    below = "".join(sort_of(sheet.cell(number, column)) for number in range(row + 1, row + 1 + LOOKED_BELOW))
    n_filled = len(below) - below.count(BLANK)
    return n_filled > 0 and below.count(TEXT) <= 0.4 * n_filled


def _is_group_row(sheet: Sheet, row: int, header_row: int, *, is_third: bool) -> bool:
    """True if the row above the header groups its columns: merged cells, or at least two texts, over headers."""
    cells = {column: sheet.cell(row, column) for column in sheet.column_numbers}
    sorts = {column: sort_of(cell) for column, cell in cells.items() if cell is not None}
    texts = {column: cell_text(cells[column]) for column, sort in sorts.items() if sort in (TEXT, YEAR)}
    if not texts or list(texts) == [sheet.first_column] or NUMBER in sorts.values():
        return False  # a lone text at the left is a title, however wide
    if any(sheet.merged_cell(header_row, column) is None for column in texts):
        return False
    if len(texts) > 1:
        is_merged = any(area.first_row == row and area.first_column in texts for area in sheet.merged)
        return (is_merged and not is_third) or not any(":" in text for text in texts.values())
    [column] = texts
    return not is_third and any(
        area.first_row == row and area.first_column == column and _leaves_out(sheet, header_row, area)
        for area in sheet.merged
    )


def _leaves_out(sheet: Sheet, header_row: int, area: Area) -> bool:
    """True if some column with a header lies outside; a cell over all of them is a title."""
    covered = range(area.first_column, area.last_column + 1)
    return any(
        sheet.merged_cell(header_row, column) is not None
        for column in sheet.column_numbers
        if column not in covered
    )
