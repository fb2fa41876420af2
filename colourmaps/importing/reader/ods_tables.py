"""The tables in the content of an .ods."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import IO, Any

from . import markup
from .cells import CellTable
from .output import ErrorValue
from .refusal import Limits

ERROR = re.compile(r"#[A-Z/0]{2,6}[!?]?|(Err|Fel|Feil|Fejl|Fout|Fehler):\d{3}|#[\w/!? ]+[!?]")
DURATION = re.compile(
    r"(?P<minus>-)?P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
MOST_SPACES = 1000
NUMBERS = frozenset({"float", "currency", "percentage"})
CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
ASIDE = frozenset({"office:annotation", "table:shapes"})
"""What lies in these is not the cell's text."""
Attributes = Mapping[str, str]


class TableReader:
    """Reads content.xml in one pass. An empty cell or row may be repeated a million times, and takes no room."""

    def __init__(self, limits: Limits, hidden_styles: frozenset[str]) -> None:
        self.tables: list[CellTable] = []
        self._limits = limits
        self._hidden_styles = set(hidden_styles)
        self._style = ""
        self._depth = 0  # of tables: one in a cell is no sheet
        self._aside = 0  # in a note or drawing, whose text is not the cell's
        self._row = self._column = 0
        self._row_repeats = 1
        self._row_cells: list[tuple[int, int, Any, bool]] = []
        self._cell: Attributes | None = None
        self._text: list[str] = []
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "style:style": self._start_style,
            "style:table-properties": self._style_of_table,
            "table:table-row": self._start_row,
            "table:table-column": self._start_column,
            "text:p": self._start_paragraph,
            "text:s": self._add_spaces,
            "text:tab": lambda _attributes: self._text.append("\t"),
            "text:line-break": lambda _attributes: self._text.append("\n"),
            **dict.fromkeys(CELLS, self._start_cell),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "table:table-row": self._end_row,
            **dict.fromkeys(CELLS, self._end_cell),
        }

    def parse(self, stream: IO[bytes]) -> None:
        self._parser = markup.safe_parser()
        markup.parse(stream, self._start, self._end, self._parser)

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._aside:
            self._aside += 1
            return
        start = self._starts.get(name)
        if start:
            if self._depth < 2:
                start(attributes)
        elif name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._start_table(attributes)
        elif name in ASIDE or name.startswith("draw:"):
            self._aside = 1

    def _end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
            return
        end = self._ends.get(name)
        if end:
            if self._depth == 1:
                end()
        elif name == "table:table":
            self._depth -= 1

    def _start_style(self, attributes: Attributes) -> None:
        self._style = attributes.get("style:name", "")

    def _style_of_table(self, attributes: Attributes) -> None:
        if attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: Attributes) -> None:
        self._limits.check_sheets(len(self.tables) + 1)
        hidden = attributes.get("table:style-name") in self._hidden_styles
        hidden = hidden or attributes.get("table:display") == "false"
        self._table = CellTable(attributes.get("table:name", ""), self._limits, hidden=hidden)
        self.tables.append(self._table)
        self._row = self._column = 0

    def _start_column(self, attributes: Attributes) -> None:
        last = self._column + repeats(attributes, "table:number-columns-repeated")
        if is_hidden(attributes):
            self._table.traits.hidden_columns.append([self._column + 1, last])
        self._column = last

    def _start_row(self, attributes: Attributes) -> None:
        self._column = 0
        self._row += 1
        self._row_repeats = repeats(attributes, "table:number-rows-repeated")
        self._row_cells = []
        if is_hidden(attributes):
            self._table.traits.hidden_rows.append([self._row, self._row + self._row_repeats - 1])

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._text = []

    def _start_paragraph(self, _attributes: Attributes) -> None:
        if self._cell is not None:
            if self._text:
                self._text.append("\n")
            else:
                self._text.append("")
            self._parser.CharacterDataHandler = self._add_text

    def _add_text(self, text: str) -> None:
        if not self._aside:
            self._text.append(text)

    def _add_spaces(self, attributes: Attributes) -> None:
        self._text.append(" " * min(repeats(attributes, "text:c"), MOST_SPACES))

    def _end_cell(self) -> None:
        self._parser.CharacterDataHandler = None
        attributes, self._cell = self._cell or {}, None
        n_columns = repeats(attributes, "table:number-columns-repeated")
        value = cell_value(attributes, "".join(self._text))
        first, self._column = self._column + 1, self._column + n_columns
        self._add_merged(attributes, first)
        if value not in (None, ""):
            is_percent = attributes.get("office:value-type") == "percentage" and isinstance(value, float)
            self._row_cells.append((first, self._column, value, is_percent))

    def _add_merged(self, attributes: Attributes, column: int) -> None:
        if "table:number-columns-spanned" not in attributes and "table:number-rows-spanned" not in attributes:
            return
        n_rows = repeats(attributes, "table:number-rows-spanned")
        n_columns = repeats(attributes, "table:number-columns-spanned")
        if n_rows > 1 or n_columns > 1:
            self._table.traits.merged.append(
                (self._row, column, self._row + n_rows - 1, column + n_columns - 1)
            )

    def _end_row(self) -> None:
        last = self._row + self._row_repeats - 1
        if self._row_cells:
            width = max(last_column for _first, last_column, _value, _is_percent in self._row_cells)
            self._limits.check_size(self._row_repeats, width - self._row_cells[0][0] + 1)
            self._spend_repeated()
            for row in range(self._row, last + 1):
                self._put_row(row)
        self._row = last

    def _spend_repeated(self) -> None:
        n_cells = n_characters = 0
        for first, last, value, _is_percent in self._row_cells:
            n_copies = (last - first + 1) * self._row_repeats
            n_cells += n_copies
            if n_copies > 1 and (text := as_text(value)):
                n_characters += (n_copies - 1) * len(text)
        self._limits.spend_repeated(n_cells, n_cells - len(self._row_cells), n_characters)

    def _put_row(self, row: int) -> None:
        for first, last, value, is_percent in self._row_cells:
            for column in range(first, last + 1):
                self._table.put(row, column, value)
                if is_percent:
                    self._table.traits.add_percent(row, column)


def cell_value(attributes: Attributes, text: str) -> Any:
    """The value of a cell by its attributes, else its text; None or "" if it is empty."""
    kind = attributes.get("office:value-type") or attributes.get("table:value-type", "")
    if kind == "string" and len(attributes) == 1:
        return text
    formula = attributes.get("table:formula")
    is_error = "error" in (attributes.get("calcext:value-type"), kind)
    if is_error or (formula is not None and ERROR.fullmatch(text.strip())):
        return ErrorValue(text.strip() or "#N/A")
    if formula is not None and not kind and not text:
        return ErrorValue("=" + formula.partition("=")[2] if "=" in formula else f"={formula}")
    try:
        return typed_value(kind, attributes, text)
    except (ValueError, OverflowError):  # not of the kind that it claims to be: what it shows is left
        return text


def typed_value(kind: str, attributes: Attributes, text: str) -> Any:
    """Raises ValueError if the value is not of its kind."""

    def attribute(name: str) -> str | None:
        return attributes.get(f"office:{name}") or attributes.get(f"table:{name}")

    if kind in NUMBERS and (number := attribute("value")) is not None:
        return float(number)
    if kind == "date" and (day := attribute("date-value")) is not None:
        return moment(day)
    if kind == "time" and (length := attribute("time-value")) is not None:
        return duration(length)
    if kind == "boolean" and (truth := attribute("boolean-value")) is not None:
        return truth == "true"
    return text or attribute("string-value")


def moment(text: str) -> date | datetime | str:
    """A day or a moment; one before the year 1 stays text."""
    try:
        if "T" not in text:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text.replace(",", ".")).replace(tzinfo=None)
    except ValueError:
        return text
    return found.date() if found.time() == datetime.min.time() else found


def duration(text: str) -> timedelta:
    match = DURATION.fullmatch(text)
    if not match:
        raise ValueError(text)
    parts = {
        name: float((match[name] or "0").replace(",", "."))
        for name in ("days", "hours", "minutes", "seconds")
    }
    length = timedelta(**parts)
    return -length if match["minus"] else length


def as_text(value: Any) -> str:
    """The text that a cell takes along; "" if it is a number, a date or the like."""
    if isinstance(value, ErrorValue):
        return value.text
    return value if isinstance(value, str) else ""


def repeats(attributes: Attributes, name: str) -> int:
    return max(int(attributes[name]), 1) if name in attributes else 1


def is_hidden(attributes: Attributes) -> bool:
    return attributes.get("table:visibility") in ("collapse", "filter")
