"""Reads a workbook that was handed back: cells by pupil and indicator, wherever rows and columns have gone since.

Nothing is guessed: a cell counts where its row's key and name and its column's code and head all say the same. A name
may have been corrected, see names.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy

from ..importing.messages import Kind, Level, Message, define
from ..importing.values import cell_text
from ..importing.workbook import Cell, Sheet, UnreadableFile, Workbook, column_letters
from .base import FORMAT, VERSION, Base, BaseRow, ForeignBase, unseal
from .layout import CODES, NAME, ROWS
from .names import WrittenNames, is_as_written
from .protected_names import without_protected_names

NO_KEYS = define(
    "filling_in.no_keys",
    Level.WARNING,
    gettext_lazy(
        "The sheet's hidden row or column of keys is gone, so nobody can tell whose values it holds. It is left out: "
        "copy its values into a new workbook from the page of the class."
    ),
)
ROW_WITHOUT_KEY = define(
    "filling_in.row_without_key",
    Level.ERROR,
    gettext_lazy(
        "“%(value)s” stands in a row that was added by hand and has no key, so the row is left out. Write its values "
        "into the pupil's own row."
    ),
)
UNKNOWN_KEY = define(
    "filling_in.unknown_key",
    Level.ERROR,
    gettext_lazy(
        "The row of “%(value)s” comes from another workbook and is left out. Hand that workbook back by itself."
    ),
)
OTHER_NAME = define(
    "filling_in.other_name",
    Level.ERROR,
    gettext_lazy(
        "The row is %(name)s's, but “%(value)s” stands in it: perhaps only some of the columns were sorted. It is left "
        "out. If its values are %(name)s's, write back the name; else take a new workbook from the page of the class "
        "and fill in the values there."
    ),
)
NAME_STAYS = define(
    "filling_in.name_stays",
    Level.NOTE,
    gettext_lazy(
        "The row is %(name)s's, and its values are read. The name is not changed by this: names come with the class "
        "list."
    ),
)
TWO_ROWS = define(
    "filling_in.two_rows",
    Level.ERROR,
    gettext_lazy(
        "“%(value)s” stands in several rows, and they do not say the same. They are left out: keep one of them."
    ),
)
COLUMN_WITHOUT_CODE = define(
    "filling_in.column_without_code",
    Level.NOTE,
    gettext_lazy("The column “%(value)s” was added by hand and is not read."),
)
UNKNOWN_CODE = define(
    "filling_in.unknown_code",
    Level.WARNING,
    gettext_lazy("The column “%(value)s” comes from another workbook and is not read."),
)
OTHER_HEAD = define(
    "filling_in.other_head",
    Level.WARNING,
    gettext_lazy(
        "The column was made for %(name)s, but its head now says “%(value)s”. It is not read: write the head as it "
        "was, with the values that belong under it."
    ),
)
TWO_COLUMNS = define(
    "filling_in.two_columns",
    Level.WARNING,
    gettext_lazy(
        "“%(value)s” stands in several columns, so none of them is read. Keep the one with the right values."
    ),
)

FOREIGN = gettext_lazy(
    "The workbook was not made here, or its hidden part has been changed, so nobody can tell what stood in it before. "
    "Take a new workbook from the page of the class and fill in the values there."
)
OTHER_VERSION = gettext_lazy(
    "The workbook was made by another version of this service. Take a new workbook from the page of the class and fill "
    "in the values there."
)
HIDDEN_PART_GONE = gettext_lazy(
    "The workbook has lost its hidden sheet, which says what stood in it before. Take a new workbook from the page of "
    "the class and fill in the values there. A coordinator can import the file as an ordinary file of results."
)
NOT_TO_FILL_IN = gettext_lazy(
    "This is no workbook that was made here to be filled in. Take one from the page of the class. Ordinary files of "
    "results are imported by the municipality's coordinator."
)


@dataclass(frozen=True, slots=True)
class HandedCell:
    """A cell as it was handed back. is_percent: the spreadsheet shows its number as percent."""

    row: int
    column: str
    cell: Cell
    is_percent: bool


@dataclass(frozen=True)
class HandedRow:
    """A pupil's row. name: as it is written there now; cells: by indicator code, for the columns that are left."""

    school_class: str
    base: BaseRow
    sheet: str
    row: int
    name: str
    cells: Mapping[str, HandedCell]


@dataclass
class HandedBack:
    """rows: the pupils' rows that can be trusted, each pupil once; n_left_out: rows that cannot."""

    base: Base
    rows: list[HandedRow] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    n_left_out: int = 0


def is_filled_in(workbook: Workbook) -> bool:
    """Whether the workbook was made here to be filled in, whatever has become of it since."""
    return _own_sheet(workbook) is not None


def read_handed_back(workbook: Workbook) -> HandedBack:
    """Raises UnreadableFile, with the sentence for whoever handed it back, for a workbook that is not ours."""
    handed = HandedBack(_read_base(workbook))
    known = {
        row.key: (school_class, row) for school_class, rows in handed.base.classes.items() for row in rows
    }
    found: dict[str, list[HandedRow]] = defaultdict(list)
    for sheet in workbook.sheets:
        if sheet is not _own_sheet(workbook):
            for row in _SheetReader(sheet, handed, known).read():
                found[row.base.key].append(row)
    names = WrittenNames(handed.base)
    for rows in found.values():
        _keep_one(_of_the_pupil(rows, names, handed), handed)
    handed.messages = without_protected_names(handed.messages, handed.base)
    return handed


def _of_the_pupil(rows: list[HandedRow], names: WrittenNames, handed: HandedBack) -> list[HandedRow]:
    """Those of the rows with a pupil's key that name the pupil: as we did, or alone and nearly so."""
    named = [row for row in rows if is_as_written(row.name, row.base)]
    if not named and len(rows) == 1 and names.is_misspelt(rows[0].name, rows[0].base):
        handed.messages.append(_about_name(NAME_STAYS, rows[0]))
        return rows
    others = [row for row in rows if row not in named]
    handed.n_left_out += len(others)
    handed.messages += [_about_name(OTHER_NAME, row) for row in others]
    return named


def _about_name(kind: Kind, row: HandedRow) -> Message:
    return Message(kind, row.sheet, row.row, value=row.name, parameters={"name": row.base.label})


def _keep_one(rows: list[HandedRow], handed: HandedBack) -> None:
    """A row that was copied whole does no harm while both say the same."""
    if not rows:
        return
    if len({_said(row) for row in rows}) == 1:
        handed.rows.append(rows[0])
        return
    handed.n_left_out += len(rows)
    handed.messages += [Message(TWO_ROWS, row.sheet, row.row, value=row.base.label) for row in rows]


def _said(row: HandedRow) -> tuple[tuple[str, str], ...]:
    return tuple((code, cell_text(handed.cell)) for code, handed in sorted(row.cells.items()))


def _own_sheet(workbook: Workbook) -> Sheet | None:
    return next((sheet for sheet in workbook.sheets if _first_column(sheet)[:1] == [FORMAT]), None)


def _first_column(sheet: Sheet) -> list[str]:
    return [cell_text(row[0]) for row in sheet.rows if row]


def _read_base(workbook: Workbook) -> Base:
    own = _own_sheet(workbook)
    if own is None:
        has_keys = any(_place_of(CODES, sheet) for sheet in workbook.sheets)
        raise UnreadableFile(HIDDEN_PART_GONE if has_keys else NOT_TO_FILL_IN)
    _format, version, *chunks = [*_first_column(own), ""]
    if version != str(VERSION):
        raise UnreadableFile(OTHER_VERSION)
    try:
        return unseal(chunks)
    except ForeignBase as error:
        raise UnreadableFile(FOREIGN) from error


def _place_of(text: str, sheet: Sheet) -> tuple[int, int] | None:
    """(row, column) of the first cell with the text."""
    for number, cells in zip(sheet.row_numbers, sheet.rows, strict=True):
        if text in cells:
            return number, sheet.column_numbers[cells.index(text)]
    return None


class _SheetReader:
    """Reads one sheet; what is to be said goes into the messages of `handed`."""

    def __init__(self, sheet: Sheet, handed: HandedBack, known: Mapping[str, tuple[str, BaseRow]]) -> None:
        self.sheet, self.handed, self.known = sheet, handed, known
        self.codes_row, self.key_column = _place_of(CODES, sheet) or (0, 0)
        heads = _place_of(ROWS, sheet)
        self.head_row = heads[0] if heads else 0

    def read(self) -> Iterator[HandedRow]:
        if not self.codes_row or not self.head_row:
            if any(cell is not None for cells in self.sheet.rows for cell in cells):
                self._say(NO_KEYS)
            return
        columns = self._columns()
        for row in self.sheet.row_numbers:
            if row not in (self.codes_row, self.head_row) and (read := self._read_row(row, columns)):
                yield read

    def _columns(self) -> dict[str, int]:
        """By code, the number of each column whose code and head are those of the workbook as it was made."""
        codes = {
            column: cell_text(self.sheet.cell(self.codes_row, column)) for column in self.sheet.column_numbers
        }
        self.name_column = next((column for column, code in codes.items() if code == NAME), 0)
        n_by_code, heads = Counter(codes.values()), self.handed.base.heads
        columns: dict[str, int] = {}
        for column, code in codes.items():
            if code in (CODES, NAME) or (not code and not self._is_filled(column)):
                continue
            head = " ".join(cell_text(self.sheet.cell(self.head_row, column)).split())
            if not code:
                self._say(COLUMN_WITHOUT_CODE, column=column, value=head)
            elif code not in heads:
                self._say(UNKNOWN_CODE, column=column, value=head)
            elif n_by_code[code] > 1:
                self._say(TWO_COLUMNS, column=column, value=head)
            elif head != " ".join(heads[code].split()):
                self._say(OTHER_HEAD, column=column, value=head, name=self.handed.base.name_of(code))
            else:
                columns[code] = column
        return columns

    def _is_filled(self, column: int) -> bool:
        below = range(self.head_row, self.sheet.row_numbers.stop)
        return any(self.sheet.cell(row, column) is not None for row in below)

    def _read_row(self, row: int, columns: Mapping[str, int]) -> HandedRow | None:
        key = cell_text(self.sheet.cell(row, self.key_column))
        name = " ".join(cell_text(self.sheet.cell(row, self.name_column)).split())
        if not key:
            if row > self.head_row and (filled := self._filled(row, columns)):
                self._leave_out(ROW_WITHOUT_KEY, row, name or filled)
            return None
        if key not in self.known:
            self._leave_out(UNKNOWN_KEY, row, name or key)
            return None
        school_class, base = self.known[key]
        cells = {code: self._cell(row, column) for code, column in columns.items()}
        return HandedRow(school_class, base, self.sheet.name, row, name, cells)

    def _filled(self, row: int, columns: Mapping[str, int]) -> str:
        """What stands first among the name and the values of a row; "" in an empty one."""
        texts = (cell_text(self.sheet.cell(row, column)) for column in (self.name_column, *columns.values()))
        return next((text for text in texts if text), "")

    def _cell(self, row: int, column: int) -> HandedCell:
        is_percent = column in self.sheet.percent_runs and bool(self.sheet.is_percent(column, row, row)[0])
        return HandedCell(row, column_letters(column), self.sheet.cell(row, column), is_percent)

    def _leave_out(self, kind: Kind, row: int, value: str) -> None:
        self.handed.n_left_out += 1
        self.handed.messages.append(Message(kind, self.sheet.name, row, value=value))

    def _say(self, kind: Kind, *, column: int = 0, value: str = "", **parameters: str) -> None:
        letters = column_letters(column) if column else ""
        self.handed.messages.append(
            Message(kind, self.sheet.name, column=letters, value=value, parameters=parameters)
        )
