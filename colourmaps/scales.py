"""Scales: what a value of an indicator may be, and how it is written. Pure, no database.

Every value is an integer in hundredths of the indicator's unit: 12,5 points are 1250, 8,5 % are 850, the
grade E is 1000 (its number on the scale is 10). Hundredths are exact where floats are not, and small
enough for an int4 column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HUNDREDTHS = 100


class ValueType(StrEnum):
    """What kind of value an indicator has; decides how cells are read, checked and shown."""

    NUMBER = "number"
    POINTS = "points"
    PERCENT = "percent"
    STANINE = "stanine"
    GRADE = "grade"
    STEPS = "steps"
    SURVEY = "survey"
    MINUTES = "minutes"
    YES_NO = "yes_no"


VALUE_TYPE_LABELS: Mapping[ValueType, StrPromise] = {
    ValueType.NUMBER: gettext_lazy("number"),
    ValueType.POINTS: gettext_lazy("points"),
    ValueType.PERCENT: gettext_lazy("percent"),
    ValueType.STANINE: gettext_lazy("stanine"),
    ValueType.GRADE: gettext_lazy("grade"),
    ValueType.STEPS: gettext_lazy("ordered steps"),
    ValueType.SURVEY: gettext_lazy("survey answer"),
    ValueType.MINUTES: gettext_lazy("minutes"),
    ValueType.YES_NO: gettext_lazy("yes or no"),
}

STEPPED = frozenset({ValueType.GRADE, ValueType.STEPS, ValueType.YES_NO})
"""Types whose every value is one of the scale's named steps."""

WHOLE = frozenset({ValueType.STANINE, ValueType.SURVEY})
"""Types whose values are whole numbers between the two ends."""


class Mark(IntEnum):
    """Why a result has no number; MEASURED means that it has one."""

    MEASURED = 0
    ABSENT = 1
    NO_BASIS = 2
    EXEMPT = 3


MARK_LABELS: Mapping[Mark, StrPromise] = {
    Mark.MEASURED: pgettext_lazy("mark of a result", "measured"),
    Mark.ABSENT: pgettext_lazy("mark of a result", "absent"),
    Mark.NO_BASIS: pgettext_lazy("mark of a result", "no basis"),
    Mark.EXEMPT: pgettext_lazy("mark of a result", "exempt"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of a scale: the label that is written and shown, and its number in hundredths."""

    label: str
    number: int


@dataclass(frozen=True)
class Scale:
    """What values an indicator may have.

    minimum, maximum: hundredths, both ends included; None means no limit on that side.
    steps: the named steps of grades, ordered steps and yes/no, in rising order; empty for other types.
    decimals: how many decimals are shown at least; a value with more is never rounded away on a page.
    unit: shown after the number where there is room, for example "%" or "ord/min".
    Raises ValueError when the parts contradict each other.
    """

    value_type: ValueType
    minimum: int | None = None
    maximum: int | None = None
    steps: tuple[Step, ...] = ()
    decimals: int = 0
    unit: str = ""

    def __post_init__(self) -> None:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(_("the lowest value of a scale is above its highest"))
        if not 0 <= self.decimals <= 2:
            raise ValueError(_("a scale shows 0, 1 or 2 decimals"))
        if (self.value_type in STEPPED) != bool(self.steps):
            raise ValueError(
                _("scales of grades, ordered steps and yes/no have named steps, others have none")
            )
        numbers = [step.number for step in self.steps]
        if numbers != sorted(set(numbers)):
            raise ValueError(_("the steps of a scale rise, and no two have the same number"))

    @cached_property
    def label_by_number(self) -> dict[int, str]:
        return {step.number: step.label for step in self.steps}

    def contains(self, hundredths: int) -> bool:
        """True if the number is a value of this scale: between the ends, on a step, whole where it must
        be.
        """
        if self.steps:
            return hundredths in self.label_by_number
        if self.value_type in WHOLE and hundredths % HUNDREDTHS:
            return False
        above = self.minimum is None or hundredths >= self.minimum
        return above and (self.maximum is None or hundredths <= self.maximum)

    def in_words(self) -> str:
        """The allowed values as part of a sentence: "0–40", "at least 0", "A, B, C, D, E, F"."""
        if self.steps:
            return ", ".join(step.label for step in reversed(self.steps))
        low = None if self.minimum is None else format_value(self.minimum, self)
        high = None if self.maximum is None else format_value(self.maximum, self, with_unit=True)
        if low is not None and high is not None:
            words = f"{low}–{high}"
        elif low is not None:
            words = _("at least %(number)s") % {"number": low}
        elif high is not None:
            words = _("at most %(number)s") % {"number": high}
        else:
            words = _("any number")
        if self.value_type in WHOLE:
            return _("whole numbers %(range)s") % {"range": words}
        return words


# The Swedish merit numbers of the grades (Skolverket, meritvärde): A is 20, E is 10, F is 0.
SWEDISH_GRADES = (
    Step("F", 0),
    Step("E", 1000),
    Step("D", 1250),
    Step("C", 1500),
    Step("B", 1750),
    Step("A", 2000),
)
NORWEGIAN_GRADES = tuple(Step(str(grade), grade * HUNDREDTHS) for grade in range(1, 7))
DANISH_GRADES = tuple(
    Step(label, int(label) * HUNDREDTHS) for label in ("-3", "00", "02", "4", "7", "10", "12")
)
NO_AND_YES = (Step("nej", 0), Step("ja", HUNDREDTHS))

STANINE = Scale(ValueType.STANINE, 1 * HUNDREDTHS, 9 * HUNDREDTHS)
PERCENT = Scale(ValueType.PERCENT, 0, 100 * HUNDREDTHS, unit="%")
SURVEY = Scale(ValueType.SURVEY, 1 * HUNDREDTHS, 10 * HUNDREDTHS)
GRADE = Scale(ValueType.GRADE, steps=SWEDISH_GRADES)
MINUTES = Scale(ValueType.MINUTES, 0, unit="min")
YES_NO = Scale(ValueType.YES_NO, steps=NO_AND_YES)

# What files and forms call the scales whose steps everybody knows.
NAMED = {
    "swedish": GRADE,
    "norwegian": Scale(ValueType.GRADE, steps=NORWEGIAN_GRADES),
    "danish": Scale(ValueType.GRADE, steps=DANISH_GRADES),
    "yes_no": YES_NO,
}


def points(maximum: int, *, decimals: int = 0) -> Scale:
    """The scale of a test with 0 to `maximum` whole points, for example points(40)."""
    return Scale(ValueType.POINTS, 0, maximum * HUNDREDTHS, decimals=decimals)


def format_value(hundredths: int, scale: Scale, *, with_unit: bool = False) -> str:
    """A value as people write it, in the active language: "12,5", "E", "−3", with_unit "8,5 %".

    Never rounds: a value with more decimals than the scale usually shows is shown with them.
    """
    label = scale.label_by_number.get(hundredths)
    if label is not None:
        return label
    text = format_number(hundredths, scale.decimals)
    return f"{text}\N{NO-BREAK SPACE}{scale.unit}" if with_unit and scale.unit else text


def format_number(hundredths: int, decimals: int = 0) -> str:
    """Hundredths as a number with the language's decimal sign and at least `decimals` decimals (at most
    two).
    """
    whole, rest = divmod(abs(hundredths), HUNDREDTHS)
    fraction = f"{rest:02d}".rstrip("0").ljust(decimals, "0")
    sign = "−" if hundredths < 0 else ""
    if not fraction:
        return f"{sign}{whole}"
    return f"{sign}{whole}{get_format('DECIMAL_SEPARATOR')}{fraction}"
