"""What the XML of an .xlsx says and calamine does not tell."""

from functools import lru_cache
from typing import IO

from . import markup
from .number_formats import BUILT_IN, Shown, shown
from .output import Traits, add_to_runs
from .refusal import Limits
from .xlsx_sieve import Sieve

FULL_HEIGHT, FULL_WIDTH = 1_048_576, 16_384
Place = tuple[int, int]


def percent_styles(styles: IO[bytes]) -> frozenset[str]:
    """Numbers of the cell styles that show a share as percent, as they stand in the attribute s of a
    cell.
    """
    formats = {str(number) for number, how in BUILT_IN.items() if how is Shown.PERCENT}
    styles_of_cells: list[str] = []
    in_cell_formats = False
    for element, attributes in markup.elements(styles, ends=True):
        if element == "numFmt" and shown(attributes.get("formatCode", "")) is Shown.PERCENT:
            formats.add(attributes.get("numFmtId", ""))
        elif element in ("cellXfs", "/cellXfs"):
            in_cell_formats = element == "cellXfs"
        elif element == "xf" and in_cell_formats:
            styles_of_cells.append(attributes.get("numFmtId", ""))
    return frozenset(str(at) for at, number_format in enumerate(styles_of_cells) if number_format in formats)


class SheetScan:
    """Reads a sheet's XML; rows and columns are counted from 1.

    errors: texts of cells without a value. zeros: formulas whose result is 0. has_results: there is a formula
    with another result.
    """

    def __init__(self, percent_styles: frozenset[str], limits: Limits) -> None:
        self.errors: dict[Place, str] = {}
        self.zeros: dict[Place, str] = {}
        self.has_results = False
        self.traits = Traits()
        self._percent_styles = percent_styles
        self._limits = limits
        self._row = self._column = 0
        self._reference: str | None = None
        self._is_open = False
        self._kind: str | None = None
        self._formula: list[str] | None = None
        self._value: list[str] | None = None

    def parse(self, stream: IO[bytes]) -> None:
        # Where elements end is not asked for, which halves the calls: the next one that starts says as much.
        self._parser = markup.safe_parser()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        sieve = Sieve(self._percent_styles)
        with stream:
            for chunk in sieve.chunks(stream):
                self._parser.Parse(chunk)
        self._parser.Parse(b"", True)
        self._end_cell()
        self.has_results = self.has_results or sieve.has_results

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" and self._is_open:
            if self._kind == "e" or self._formula is not None:
                self._value = self._listen()
        elif name == "f" and self._is_open:
            self._formula = self._listen()
        else:
            self._end_cell()
            if name == "row":
                self._start_row(attributes)
            elif name == "col" and is_on(attributes.get("hidden")):
                first = int(attributes.get("min", 1))
                last = min(int(attributes.get("max", first)), FULL_WIDTH)
                self.traits.hidden_columns.append([first, last])

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._column, self._reference = 0, None
        if is_on(attributes.get("hidden")):
            add_to_runs(self.traits.hidden_rows, self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._kind == "e" or self._formula is not None:
            self._end_cell()
        reference = attributes.get("r")
        if reference is None:
            self._column = self._place()[1] + 1
        self._reference = reference
        self._is_open = True
        self._kind = attributes.get("t")
        if attributes.get("s") in self._percent_styles and self._kind in (None, "n"):
            self.traits.add_percent(*self._place())

    def _place(self) -> Place:
        """Of the last cell; most references are never looked at."""
        return self._row, self._column if self._reference is None else column_number(self._reference)

    def _listen(self) -> list[str]:
        text: list[str] = []
        self._parser.CharacterDataHandler = text.append
        return text

    def _end_cell(self) -> None:
        if self._kind == "e":
            self._add_error("".join(self._value or ()).strip() or "#N/A")
        elif self._formula is not None:
            self._end_formula("=" + "".join(self._formula).strip())
        if self._formula is not None or self._value is not None:
            self._parser.CharacterDataHandler = None
            self._formula = self._value = None
        self._kind, self._is_open = None, False

    def _end_formula(self, formula: str) -> None:
        """A formula was never reckoned if it has no result; the empty text as result says so (t="str")."""
        value = "".join(self._value or ()).strip()
        if value == "0":
            self.zeros[self._place()] = formula
        elif value or (self._kind == "str" and self._value is not None):
            self.has_results = True
        else:
            self._add_error(formula)

    def _add_error(self, text: str) -> None:
        self._limits.spend_error()
        self.errors[self._place()] = text


def is_on(flag: str | None) -> bool:
    return flag in ("1", "true")


def column_number(reference: str) -> int:
    """The number of the column in a reference such as "AB12", counted from 1."""
    return number_of_letters(reference.rstrip("0123456789"))


@lru_cache(FULL_WIDTH)
def number_of_letters(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
