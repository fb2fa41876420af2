"""What the columns of a kind of file are: decided by a person, saved per municipality, used again for the
next file.

Columns are known by their header text, never by their letter, so that a moved column does no harm. A
mapping can carry definitions of indicators and rounds, so that one file is enough to fill an empty
municipality. Its JSON form is read and written by mapping_file.py.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from colourmaps.scales import Scale
from colourmaps.spelling import header_key

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

YEAR_GROUPS = range(14)
"""What the register can hold as a year group; 0 is the preschool class."""
LONGEST_CODE, LONGEST_ROUND_NAME, LONGEST_UNIT = 30, 60, 20
"""Lengths of Indicator.code, MeasurementRound.name and Indicator.unit."""


class MappingError(ValueError):
    """A mapping that contradicts itself or cannot be read; str() says where and why, in the reader's language.

    text: a sentence with %(name)s placeholders for the parameters, without capital and full stop, since it stands
    within others. place: where in the JSON, "columns[3].round"; "" if that is not known.
    """

    def __init__(self, text: StrOrPromise, /, *, place: StrOrPromise = "", **parameters: Any) -> None:
        super().__init__(text)
        self.text = text
        self.place = place
        self.parameters = parameters

    def __str__(self) -> str:
        sentence = str(self.text) % self.parameters
        return f"{self.place}: {sentence}" if self.place else sentence

    def at(self, place: str) -> MappingError:
        """The same error with its place; a place that it has already says more."""
        return MappingError(self.text, place=self.place or place, **self.parameters)


class Meaning(StrEnum):
    """What the cells of a column are."""

    IDENTITY = "identity"
    PUPIL_ID = "pupil_id"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    FULL_NAME = "full_name"
    SCHOOL_CLASS = "school_class"
    SCHOOL = "school"
    SEX = "sex"
    PROTECTION = "protection"
    """Whether the pupil has protected identity, as the register marks it."""
    YEAR_GROUP = "year_group"
    MEASURED_ON = "measured_on"
    """The day of measurement of the row."""
    INDICATOR_NAME = "indicator_name"
    """In a long table (a row per result): which indicator the row is about, in the file's own words."""
    ROUND_NAME = "round_name"
    """In a long table: which measurement round the row is about."""
    VALUE = "value"
    """In a long table: the value."""
    INDICATOR = "indicator"
    IGNORE = "ignore"


ROW_MEANINGS = frozenset({Meaning.MEASURED_ON, Meaning.INDICATOR_NAME, Meaning.ROUND_NAME, Meaning.VALUE})
"""Meanings that describe the results of the row; each belongs to at most one column."""

PUPIL_MEANINGS = frozenset(Meaning) - ROW_MEANINGS - {Meaning.INDICATOR, Meaning.IGNORE}
"""Meanings that describe the pupil of the row; each belongs to at most one column."""

KEY_MEANINGS = frozenset(
    {Meaning.IDENTITY, Meaning.PUPIL_ID, Meaning.FAMILY_NAME, Meaning.GIVEN_NAME, Meaning.FULL_NAME}
)
"""Meanings by which a pupil can be found; a mapping needs at least one of them."""


class PercentAs(StrEnum):
    """How a plain number under a percent indicator is written in the file."""

    AUTOMATIC = "automatic"
    """By number format; without one, a column whose numbers all lie in 0–1 with some between holds
    shares.
    """
    SHARE = "share"
    """0.24 means 24 %."""
    PERCENT = "percent"
    """0.24 means 0.24 %."""


class HiddenRows(StrEnum):
    """What is to be done with rows that the spreadsheet hides. Until somebody has said it they are refused."""

    ASK = "ask"
    READ = "read"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What one column is.

    header: the header's text; group: the text of the merged cell above, needed only where headers repeat.
    indicator: code, with the meaning INDICATOR only; round: name, "" for the mapping's round.
    prefix: put before every value of a school or class column ("School " makes "12" to "School 12").
    """

    header: str
    meaning: Meaning
    group: str = ""
    indicator: str = ""
    round: str = ""
    percent_as: PercentAs = PercentAs.AUTOMATIC
    prefix: str = ""

    def __post_init__(self) -> None:
        if (self.meaning is Meaning.INDICATOR) != bool(self.indicator):
            raise MappingError(
                _("the column “%(header)s” needs an indicator code exactly if its meaning is indicator"),
                header=self.header,
            )

    @property
    def key(self) -> tuple[str, str]:
        """What the column is found by: header and group as they are compared."""
        return header_key(self.header), header_key(self.group)


@dataclass(frozen=True, slots=True)
class NewThreshold:
    """Limits in hundredths for a year group, None for all others; a value on a limit gets the better
    colour.
    """

    yellow: int
    green: int
    year_group: int | None = None


@dataclass(frozen=True, slots=True)
class NewIndicator:
    """An indicator that the file brings along; used only where the municipality has none with this code.

    names: by language code ("sv", "en"); at least one. year_groups: empty means all.
    """

    code: str
    names: ReadOnlyMapping[str, str]
    scale: Scale
    area: str = ""
    low_is_good: bool = False
    year_groups: tuple[int, ...] = ()
    thresholds: tuple[NewThreshold, ...] = ()

    def __post_init__(self) -> None:
        if not self.names:
            raise MappingError(_("the indicator %(code)s has no name"), code=self.code)
        _refuse_longer(self.code, LONGEST_CODE)
        _refuse_longer(self.scale.unit, LONGEST_UNIT)
        _refuse_no_year_group(*self.year_groups, *(limits.year_group for limits in self.thresholds))
        for threshold in self.thresholds:
            better, worse = threshold.green, threshold.yellow
            if (better > worse) if self.low_is_good else (better < worse):
                raise MappingError(
                    _("the green limit of %(code)s is on the wrong side of its yellow limit"), code=self.code
                )


@dataclass(frozen=True, slots=True)
class NewRound:
    """A measurement round that the file brings along; both dates belong to it."""

    name: str
    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.starts_on > self.ends_on:
            raise MappingError(_("the round “%(name)s” ends before it starts"), name=self.name)
        _refuse_longer(self.name, LONGEST_ROUND_NAME)


@dataclass(frozen=True)
class Mapping:
    """All that must be known to read one kind of file.

    sheets: names of the sheets to read; empty means every visible sheet whose header has these columns.
    header_rows: row numbers in the spreadsheet, one or two; empty means that they are found in each sheet.
    school, school_class, year_group, round: what holds for rows whose own columns say nothing; "" or None if not known.
    class_from_sheet_name: the sheet's name is the class where no column says it.
    pupil_key: which columns find the pupil, in the order in which they are tried; empty means all that
    exist.
    indicator_names: of a long table, the code of the indicator by the file's word for it (as header_key writes it);
    a word that is a code itself need not be here, and the code "" says that its rows are not read.
    A mapping without columns reads nothing: nobody has said yet which column finds a pupil.
    Raises MappingError when two columns have the same header or the same meaning, or no column finds a
    pupil.
    """

    columns: tuple[MappedColumn, ...]
    name: str = ""
    sheets: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    school: str = ""
    school_class: str = ""
    year_group: int | None = None
    class_from_sheet_name: bool = False
    round: str = ""
    pupil_key: tuple[Meaning, ...] = ()
    hidden_rows: HiddenRows = HiddenRows.ASK
    indicator_names: ReadOnlyMapping[str, str] = field(default_factory=dict)
    new_indicators: tuple[NewIndicator, ...] = field(default=())
    new_rounds: tuple[NewRound, ...] = field(default=())

    def __post_init__(self) -> None:
        self._check_columns()
        self._check_long()
        self._check_pupil()
        _refuse_twice(
            _("the indicator “%(name)s” occurs twice"), [indicator.code for indicator in self.new_indicators]
        )
        _refuse_twice(_("the round “%(name)s” occurs twice"), [new.name for new in self.new_rounds])
        _refuse_no_year_group(self.year_group)
        if len(self.header_rows) > 2 or any(row < 1 for row in self.header_rows):
            raise MappingError(_("%(field)s are one or two row numbers, counted from 1"), field="header_rows")

    def _check_columns(self) -> None:
        _refuse_twice(
            _("the header “%(name)s” occurs twice"),
            [f"{column.group}/{column.header}".strip("/") for column in self.columns],
        )
        _refuse_twice(
            _("the meaning “%(name)s” occurs twice"),
            [column.meaning for column in self.columns if column.meaning in PUPIL_MEANINGS | ROW_MEANINGS],
        )
        _refuse_twice(
            _("the indicator and round “%(name)s” occur twice"),
            [
                f"{column.indicator} {column.round or self.round}".strip()
                for column in self.columns
                if column.indicator
            ],
        )

    def _check_long(self) -> None:
        meanings = {column.meaning for column in self.columns}
        if (Meaning.VALUE in meanings) != (Meaning.INDICATOR_NAME in meanings):
            raise MappingError(
                _("a column of values needs a column that says which indicator they are of, and the reverse")
            )

    def _check_pupil(self) -> None:
        meanings = {column.meaning for column in self.columns}
        if self.columns and not meanings & KEY_MEANINGS:
            raise MappingError(_("no column says which pupil a row is about"))
        missing = [key for key in self.pupil_key if key not in meanings]
        if missing:
            raise MappingError(
                _("%(field)s names “%(meaning)s”, but no column has that meaning"),
                field="pupil_key",
                meaning=missing[0].value,
            )

    @cached_property
    def column_by_key(self) -> dict[tuple[str, str], MappedColumn]:
        return {column.key: column for column in self.columns}

    def column_for(self, header: str, group: str = "") -> MappedColumn | None:
        """The column with this header: under its group, else where the mapping names no group."""
        header, group = header_key(header), header_key(group)
        return self.column_by_key.get((header, group)) or self.column_by_key.get((header, ""))

    @property
    def is_long(self) -> bool:
        """A row per result: one column says which indicator, another the value."""
        return any(column.meaning is Meaning.VALUE for column in self.columns)

    @property
    def names_rounds_by_row(self) -> bool:
        """Each row says of which round it is."""
        return any(column.meaning is Meaning.ROUND_NAME for column in self.columns)

    @property
    def repeats_pupils(self) -> bool:
        """Several rows of a sheet are about the same pupil as a matter of course: a row per result or per round."""
        return self.is_long or self.names_rounds_by_row

    def indicator_codes(self) -> list[str]:
        """Codes of the indicators that have a column or a word, each once, in order of columns."""
        codes = [column.indicator for column in self.columns] + list(self.indicator_names.values())
        return list(dict.fromkeys(code for code in codes if code))

    def round_names(self) -> list[str]:
        """Names of the rounds that columns are for, each once; "" if some column has none."""
        of_values = (column for column in self.columns if column.indicator or column.meaning is Meaning.VALUE)
        return list(dict.fromkeys(column.round or self.round for column in of_values))


def _refuse_twice(text: StrOrPromise, names: list[str]) -> None:
    """text: the sentence for a name that another one equals, as headers are compared."""
    seen: set[str] = set()
    for name in names:
        if header_key(name) in seen:
            raise MappingError(text, name=name)
        seen.add(header_key(name))


def _refuse_longer(text: str, most: int) -> None:
    if len(text) > most:
        raise MappingError(
            _("“%(text)s” is too long, at most %(most)d characters are kept"), text=text, most=most
        )


def _refuse_no_year_group(*year_groups: int | None) -> None:
    for year_group in year_groups:
        if year_group is not None and year_group not in YEAR_GROUPS:
            raise MappingError(
                _("%(year_group)s is no year group, they go from 0 to 13"), year_group=year_group
            )
