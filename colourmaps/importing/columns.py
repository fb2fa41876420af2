"""One column of cells and a scale to arrays of values and marks. The same rules as values.parse_value,
many at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy

from colourmaps.importing.mapping import PercentAs
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.shown import shown_at, shown_text
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.values import (
    LARGEST,
    ROUNDING,
    NoValue,
    Number,
    ParsedValue,
    Refused,
    parse_value,
)
from colourmaps.importing.workbook import column_letters
from colourmaps.scales import HUNDREDTHS, STEPPED, WHOLE, Mark, Scale, ValueType

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLANK, WITHHELD, REFUSED = -1, -2, -3
"""Marks of cells without a result: empty, withheld by the sender (".."), not understood."""

CELL_WITHHELD = define(
    "values.withheld",
    Level.NOTE,
    gettext_lazy("“%(value)s” means that the value is withheld; nothing is imported for this cell."),
)
ROUNDED = define(
    "values.rounded",
    Level.NOTE,
    gettext_lazy("%(count)d values of the column have more than two decimals and are rounded to two."),
)
SHARES_ASSUMED = define(
    "values.shares_assumed",
    Level.WARNING,
    gettext_lazy(
        "All numbers of this percent column lie between 0 and 1; they are read as shares, 0.24 as 24 %%."
    ),
)
NOT_SHOWN_AS_PERCENT = define(
    "values.not_shown_as_percent",
    Level.WARNING,
    gettext_lazy(
        "Other cells of the column are shown as percent, this one is not; %(value)s is read as %(value)s %%. If that "
        "is not what is meant, write the number with its percent sign in the file."
    ),
)
SHARE_OR_PERCENT = define(
    "values.share_or_percent",
    Level.ERROR,
    gettext_lazy(
        "Other cells of the column are shown as percent, this one is not, so that %(value)s can mean two things. "
        "Write it as %(share)s %% or as %(percent)s %%."
    ),
)

_EMPTY, _NUMBER, _TEXT, _OTHER = range(4)
_KIND_OF_TYPE: defaultdict[type, int] = defaultdict(
    lambda: _OTHER, {type(None): _EMPTY, float: _NUMBER, int: _NUMBER, str: _TEXT}
)


@dataclass(frozen=True)
class ParsedColumn:
    """hundredths: int32, 0 where there is no number; marks: int8, a Mark, or BLANK, WITHHELD, REFUSED;
    equally long.
    """

    hundredths: NDArray[np.int32]
    marks: NDArray[np.int8]
    messages: list[Message] = field(default_factory=list)

    @classmethod
    def blank(cls, length: int) -> ParsedColumn:
        return cls(np.zeros(length, dtype=np.int32), np.full(length, BLANK, dtype=np.int8))

    @classmethod
    def joined(cls, parts: Sequence[ParsedColumn]) -> ParsedColumn:
        return cls(
            np.concatenate([part.hundredths for part in parts]),
            np.concatenate([part.marks for part in parts]),
            [message for part in parts for message in part.messages],
        )

    def only(self, kept: NDArray[np.bool_]) -> ParsedColumn:
        return ParsedColumn(self.hundredths[kept], self.marks[kept], self.messages)

    def spread(self, rows: NDArray[np.intp], length: int) -> ParsedColumn:
        """The same cells as rows of a longer column that is blank elsewhere."""
        longer = ParsedColumn.blank(length)
        longer.hundredths[rows], longer.marks[rows] = self.hundredths, self.marks
        longer.messages.extend(self.messages)
        return longer


def parse_column(
    table: Table, column: HeaderCell, scale: Scale, percent_as: PercentAs = PercentAs.AUTOMATIC
) -> ParsedColumn:
    """The values of a table's column on a scale, one per data row, with a message for each cell that gives
    none.
    """
    return _ColumnReader(table, column, scale).read(percent_as)


class _ColumnReader:
    """The work on one column; results are collected in `parsed`."""

    def __init__(self, table: Table, column: HeaderCell, scale: Scale) -> None:
        self.table, self.column, self.scale = table, column, scale
        self.cells: Sequence[Any] = table.cells(column.number)
        self.parsed = ParsedColumn.blank(len(self.cells))
        self.n_rounded = 0
        kinds = np.fromiter(map(_KIND_OF_TYPE.__getitem__, map(type, self.cells)), np.int8, len(self.cells))
        self.numbers_at: NDArray[np.intp] = np.flatnonzero(kinds == _NUMBER)
        self.texts_at = np.flatnonzero(kinds == _TEXT)
        self.others_at = np.flatnonzero(kinds == _OTHER)

    def read(self, percent_as: PercentAs) -> ParsedColumn:
        is_percent = self._shown_as_percent()
        self._leave_out_ambiguous(is_percent, percent_as)
        plain_is_share = self._plain_is_share(is_percent, percent_as)
        self._read_texts(is_share=plain_is_share)
        self._read_numbers(is_percent[self.numbers_at] | plain_is_share)
        for at in self.others_at.tolist():
            self._put(at, parse_value(self.cells[at], self.scale))
        if self.n_rounded:
            self._say(ROUNDED, count=self.n_rounded)
        self.parsed.messages.sort(key=lambda message: message.row)
        return self.parsed

    def _shown_as_percent(self) -> NDArray[np.bool_]:
        """Which data rows have a number that the spreadsheet shows as percent."""
        rows = self.table.data_rows
        if not rows or self.column.number not in self.table.sheet.percent_runs:
            return np.zeros(len(rows), dtype=bool)
        shown = self.table.sheet.is_percent(self.column.number, rows[0], rows[-1])
        return shown[np.asarray(rows) - rows[0]]

    def _leave_out_ambiguous(self, is_percent: NDArray[np.bool_], percent_as: PercentAs) -> None:
        """Refuses numbers between 0 and 1 without a percent sign beside cells that have one: 0.5 is 50 % or 0.5 %."""
        if self.scale.value_type is not ValueType.PERCENT or percent_as is not PercentAs.AUTOMATIC:
            return
        if not is_percent.any():
            return
        numbers = {at: float(self.cells[at]) for at in self.numbers_at.tolist() if not is_percent[at]}
        numbers |= {at: self._share_in(str(self.cells[at])) for at in self.texts_at.tolist()}
        ambiguous = {at: number for at, number in numbers.items() if 0 < number < 1}
        for at, number in ambiguous.items():
            share, percent = shown_text(number, as_percent=True), shown_text(number)
            self.parsed.marks[at] = REFUSED
            self._say(SHARE_OR_PERCENT, at, share=share.removesuffix(" %"), percent=percent)
        self.numbers_at, self.texts_at = (
            np.array([at for at in places.tolist() if at not in ambiguous], dtype=np.intp)
            for places in (self.numbers_at, self.texts_at)
        )

    def _share_in(self, text: str) -> float:
        """The share that a text without a percent sign may be; 0 if it is none."""
        value = parse_value(text, self.scale, is_percent_cell=True) if text[-1:].isdigit() else None
        return value.hundredths / HUNDREDTHS / 100 if isinstance(value, Number) else 0

    def _plain_is_share(self, is_percent: NDArray[np.bool_], percent_as: PercentAs) -> bool:
        """Whether numbers without percent format and sign are shares, by the mapping or by the look of the
        column.
        """
        if self.scale.value_type is not ValueType.PERCENT or percent_as is PercentAs.PERCENT:
            return False
        if percent_as is PercentAs.SHARE:
            return True
        plain_at = self.numbers_at[~is_percent[self.numbers_at]]
        if is_percent.any():
            for at in plain_at.tolist():
                if self.cells[at]:  # zero is zero either way
                    self._say(NOT_SHOWN_AS_PERCENT, at)
            return False
        plain = [float(self.cells[at]) for at in plain_at.tolist()] + self._plain_percent_texts()
        looks_like_shares = bool(plain) and all(0 <= number <= 1 for number in plain)
        if looks_like_shares and any(0 < number < 1 for number in plain):
            self._say(SHARES_ASSUMED)
            return True
        return False

    def _plain_percent_texts(self) -> list[float]:
        texts = {str(self.cells[at]) for at in self.texts_at.tolist()}
        parsed = (parse_value(text, self.scale) for text in texts if text[-1:].isdigit())
        return [value.hundredths / HUNDREDTHS for value in parsed if isinstance(value, Number)]

    def _read_texts(self, *, is_share: bool) -> None:
        cache: dict[str, ParsedValue] = {}
        for at in self.texts_at.tolist():
            text = str(self.cells[at])
            value = cache.get(text)
            if value is None:
                value = cache[text] = parse_value(text, self.scale, is_percent_cell=is_share)
            self._put(at, value)

    def _read_numbers(self, is_share: NDArray[np.bool_]) -> None:
        at = self.numbers_at
        numbers = np.array([self.cells[i] for i in at.tolist()], dtype=np.float64)
        if self.scale.value_type in STEPPED:
            for i, number in zip(at, numbers, strict=True):
                self._put(int(i), parse_value(float(number), self.scale))
            return
        # Rounded at the same digit as in parse_value, so that the noise of floats never decides a tie.
        with np.errstate(over="ignore", invalid="ignore"):
            exact = np.round(numbers * np.where(is_share, HUNDREDTHS * 100, HUNDREDTHS), 6)
            hundredths = np.rint(exact)
            is_rounded = np.abs(exact - hundredths) > float(ROUNDING)
            is_good = np.abs(hundredths) <= LARGEST
        hundredths[~is_good] = 0  # infinite or far too large: refused below, and harmless until then
        if self.scale.value_type is not ValueType.PERCENT:
            is_good &= ~is_share
        if self.scale.minimum is not None:
            is_good &= hundredths >= self.scale.minimum
        if self.scale.maximum is not None:
            is_good &= hundredths <= self.scale.maximum
        if self.scale.value_type in WHOLE:
            is_good &= ~is_rounded & (hundredths % HUNDREDTHS == 0)
        self.n_rounded += int(np.count_nonzero(is_rounded & is_good))
        self.parsed.hundredths[at[is_good]] = hundredths[is_good].astype(np.int32)
        self.parsed.marks[at[is_good]] = Mark.MEASURED
        for i in np.flatnonzero(~is_good).tolist():
            value = parse_value(self.cells[at[i]], self.scale, is_percent_cell=bool(is_share[i]))
            self._put(int(at[i]), value)

    def _put(self, at: int, value: ParsedValue) -> None:
        if isinstance(value, Number):
            self.parsed.hundredths[at] = value.hundredths
            self.parsed.marks[at] = Mark.MEASURED
            self.n_rounded += value.is_rounded
        elif isinstance(value, Mark):
            self.parsed.marks[at] = value
        elif value is NoValue.WITHHELD:
            self.parsed.marks[at] = WITHHELD
            self._say(CELL_WITHHELD, at)
        elif isinstance(value, Refused):
            self.parsed.marks[at] = REFUSED
            self._say(value.kind, at, **value.parameters)

    def _say(self, kind: Kind, at: int | None = None, **parameters: object) -> None:
        """A message about the cell of a data row, or about the column."""
        letters = column_letters(self.column.number)
        name = self.table.sheet.name
        if at is None:
            header = " ".join(self.column.header.split())
            message = Message(kind, name, 0, letters, header, parameters)
        else:
            row = self.table.data_rows[at]
            shown = shown_at(self.table.sheet, row, self.column.number)
            message = Message(kind, name, row, letters, shown, parameters)
        self.parsed.messages.append(message)
