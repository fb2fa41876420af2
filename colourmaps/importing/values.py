"""One cell of a results file and the scale of its indicator, to a value – or a reason why it is none. Pure.

Nothing is ever turned into zero: an empty cell, a dash, "frånv.", ".." and "~100" are five different
things, none of them a number, and what is not understood is refused with a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy

from colourmaps.importing.messages import Kind, Level, define
from colourmaps.importing.workbook import Cell, CellError
from colourmaps.scales import HUNDREDTHS, STEPPED, WHOLE, Mark, Scale, ValueType

NOT_A_VALUE = define(
    "value.not_a_value",
    Level.ERROR,
    gettext_lazy("“%(value)s” is not a value of the scale %(scale)s. Correct the cell or empty it."),
)
OUTSIDE_SCALE = define(
    "value.outside_scale",
    Level.ERROR,
    gettext_lazy("%(value)s is outside the scale %(scale)s. Correct the cell."),
)
NOT_EXACT = define(
    "value.not_exact",
    Level.ERROR,
    gettext_lazy("“%(value)s” is not an exact value. Write the number itself, or leave the cell empty."),
)
AMBIGUOUS = define(
    "value.ambiguous",
    Level.ERROR,
    gettext_lazy("“%(value)s” can be read in two ways. Write it without a thousands separator."),
)
A_DATE = define(
    "value.date",
    Level.ERROR,
    gettext_lazy(
        "%(value)s is a date or a time, not a value. Format the cell as a number and write it again."
    ),
)
AN_ERROR = define(
    "value.cell_error",
    Level.ERROR,
    gettext_lazy("The cell shows the error %(value)s. Correct the formula or write the value."),
)
UNCALCULATED = define(
    "value.uncalculated",
    Level.ERROR,
    gettext_lazy(
        "The file holds no result for the formula %(value)s. Open and save it in the spreadsheet program."
    ),
)
PERCENT_UNEXPECTED = define(
    "value.percent_unexpected",
    Level.ERROR,
    gettext_lazy(
        "%(value)s is a percentage, but the scale is %(scale)s. Correct the cell or the column's indicator."
    ),
)

LARGEST = 2_000_000_000
"""Largest stored number of hundredths: what fits into a four-byte column."""

LONGEST_NUMBER = 30
"""A text with more characters is no number: no value needs so many, and Decimal overflows on a million digits."""

ROUNDING = Decimal("0.000001")
"""Hundredths may differ by this much from a whole number before a value counts as rounded (noise of
floats).
"""


@dataclass(frozen=True, slots=True)
class Number:
    """A value in hundredths; is_rounded if the cell had more than two decimals."""

    hundredths: int
    is_rounded: bool = False


class NoValue(Enum):
    """Cells that are understood and hold nothing: empty, or withheld by whoever made the statistics (".."
    and ".").
    """

    BLANK = "blank"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that is not taken over; kind and parameters make the sentence that says why."""

    kind: Kind
    parameters: Mapping[str, Any] = field(default_factory=dict)


ParsedValue = Number | Mark | NoValue | Refused

_MARK_WORDS: Mapping[Mark, str] = {
    Mark.ABSENT: (
        "frånv|frånvarande|frånvaro|frv|sjuk|ej deltagit|deltog ej|deltog inte|ej gjort"
        "|ej genomfört|ej närvarande"
        "|fravær|fraværende|syk|ikke deltatt|ikke møtt|ikke gjennomført"
        "|syg|ikke deltaget|ikke mødt|ikke gennemført"
        "|abs|absent|away|not taken|did not take part"
    ),
    Mark.NO_BASIS: (
        "-|--|streck|underlag saknas|saknar underlag|ej underlag|ej bedömd|ej bedömt|ej betyg"
        "|iv|ikke vurdert|ikke vurderingsgrunnlag|ikke grunnlag"
        "|ikke vurderet|intet grundlag"
        "|no basis|not assessed"
    ),
    Mark.EXEMPT: (
        "befriad|befriat|undantag|undantagen|undantas"
        "|fritatt|fritak|fritaget|fritagelse|undtaget|unntatt|unntak"
        "|exempt|exempted|exemption|excused"
    ),
}
MARK_BY_WORD = {word: mark for mark, words in _MARK_WORDS.items() for word in words.split("|")}

# What a colour map that we gave out says where it has no value of the round; it may come back as it is.
BLANK_WORDS = frozenset({"saknas", "ej aktuellt", "mangler", "ikke aktuelt", "missing", "not due"})
_OUTDATED = re.compile(r"\[[^\[\]]+, [0-9]+ [^\[\] ]+\]")
"""An older value that stands in for one of the round, with its age: "[26,5, 8 mån]"."""

YES_WORDS = frozenset({"ja", "j", "yes", "y", "true", "sant", "sann", "sandt", "x", "1"})
NO_WORDS = frozenset({"nej", "nei", "n", "no", "false", "falskt", "usann", "falsk", "0"})

_UNIT_WORDS: Mapping[ValueType, frozenset[str]] = {
    ValueType.PERCENT: frozenset({"%", "procent", "prosent", "percent", "per cent"}),
    ValueType.POINTS: frozenset({"p", "p.", "poäng", "poeng", "point", "points", "pt"}),
    ValueType.MINUTES: frozenset({"min", "min.", "minuter", "minutter", "minutes"}),
}

# Typographic variants that people and programs write; superscripts and fractions are not among them: 33²
# is not 332.
_VARIANTS = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "−": "-", "–": "-", "—": "-", "‑": "-"}
)
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"([+-]?)\s?([0-9][0-9 .,]*)\s?([^0-9]*)")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_THOUSANDS_AND_DECIMALS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
"""1.234 may be more than a thousand or a little more than one."""
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
_INEXACT = re.compile(
    r"(?:[~≈<>≤≥]|(?:ca|c:a|cirka|circa|omkring|ungefär|drygt|nästan|minst|högst|över|under|mer än|mindre än"
    r"|omtrent|minst|høyst|højst|mindst|about|approx|at least|at most)\b).*[0-9].*"
    r"|[0-9][0-9.,]*\s?-\s?[0-9][0-9.,]*\s?%?"
)


def parse_value(cell: Cell, scale: Scale, *, is_percent_cell: bool = False) -> ParsedValue:
    """The value of a cell on a scale.

    is_percent_cell: a number without a percent sign is a share, so that 0.24 is 24 %, as in a cell that the
    spreadsheet shows as percent.
    Returns a Number that is on the scale, the Mark that says why there is none, NoValue, or Refused with
    the reason.
    """
    if cell is None:
        return NoValue.BLANK
    if isinstance(cell, str):
        return _parse_text(cell, scale, is_percent_cell)
    if isinstance(cell, CellError):
        return Refused(UNCALCULATED if cell.is_uncalculated else AN_ERROR)
    if isinstance(cell, date | time | timedelta):
        return Refused(A_DATE)
    if isinstance(cell, bool):
        return _yes_or_no(cell, scale)
    if isinstance(cell, float) and not math.isfinite(cell):
        return Refused(AN_ERROR)
    if abs(cell) > LARGEST:  # a whole number has no largest, and what comes next reckons in floats
        return Refused(OUTSIDE_SCALE, {"scale": scale.in_words()})
    if not is_percent_cell:
        return _on_scale(Decimal(repr(cell)), scale)
    shown = {"value": f"{cell * 100:g} %", "scale": scale.in_words()}
    if scale.value_type is not ValueType.PERCENT:
        return Refused(PERCENT_UNEXPECTED, shown)
    value = _on_scale(Decimal(repr(cell)) * 100, scale)
    return Refused(value.kind, shown) if isinstance(value, Refused) else value


def cell_text(cell: Cell) -> str:
    """A cell as people would write it, for messages, names and codes: 201501018888.0 is "201501018888"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _parse_text(text: str, scale: Scale, is_share: bool) -> ParsedValue:
    text = _SPACES.sub(" ", text.translate(_VARIANTS)).strip()
    if not text:
        return NoValue.BLANK
    word = text.casefold()
    if scale.steps:
        number = _step(word, scale)
        if number is not None:
            return Number(number)
    if text in ("..", ".", "…"):
        return NoValue.WITHHELD
    if word in BLANK_WORDS or _OUTDATED.fullmatch(text):
        return NoValue.BLANK
    mark = MARK_BY_WORD.get(word) or MARK_BY_WORD.get(word.rstrip("."))
    if mark is not None:
        return mark
    if _INEXACT.fullmatch(word):
        return Refused(NOT_EXACT)
    return _parse_number(word, scale, is_share)


def _step(word: str, scale: Scale) -> int | None:
    """The number of the step that a word or a number written as text names; None if it names none."""
    for step in scale.steps:
        if step.label.translate(_VARIANTS).casefold() == word:
            return step.number
    if scale.value_type is ValueType.YES_NO:
        if word in YES_WORDS:
            return scale.steps[-1].number
        if word in NO_WORDS:
            return scale.steps[0].number
    return None


def _yes_or_no(cell: bool, scale: Scale) -> ParsedValue:
    if scale.value_type is not ValueType.YES_NO:
        return Refused(NOT_A_VALUE, {"scale": scale.in_words()})
    return Number(scale.steps[-1 if cell else 0].number)


def _parse_number(word: str, scale: Scale, is_share: bool) -> ParsedValue:
    match = _NUMBER.fullmatch(word) if len(word) <= LONGEST_NUMBER else None
    digits = match[2].strip() if match else ""
    number = _decimal(digits)
    if match is None or number is None:
        return Refused(NOT_A_VALUE, {"scale": scale.in_words()})
    unit = match[3].strip()
    is_percent = unit in _UNIT_WORDS[ValueType.PERCENT]
    if is_percent and scale.value_type is not ValueType.PERCENT:
        return Refused(PERCENT_UNEXPECTED, {"scale": scale.in_words()})
    known_units = _UNIT_WORDS.get(scale.value_type, frozenset()) | {scale.unit.casefold(), ""}
    if unit not in known_units:
        return Refused(NOT_A_VALUE, {"scale": scale.in_words()})
    factor = (-1 if match[1] == "-" else 1) * (100 if is_share and not is_percent else 1)
    if _ONE_GROUP.fullmatch(digits):
        whole = int(re.sub("[.,]", "", digits)) * factor * HUNDREDTHS
        if not scale.steps and scale.contains(whole):
            return Refused(AMBIGUOUS)
    return _on_scale(number * factor, scale)


def _decimal(digits: str) -> Decimal | None:
    """Digits with a decimal comma or point, and thousands apart by space or by the other sign; None if
    malformed.
    """
    if _PLAIN.fullmatch(digits) or _SPACED.fullmatch(digits):
        return Decimal(digits.replace(" ", "").replace(",", "."))
    if _THOUSANDS_AND_DECIMALS.fullmatch(digits):
        decimal_sign = max(digits.rfind(","), digits.rfind("."))
        return Decimal(re.sub("[.,]", "", digits[:decimal_sign]) + "." + digits[decimal_sign + 1 :])
    if _GROUPS.fullmatch(digits):
        return Decimal(re.sub("[.,]", "", digits))
    return None


def _on_scale(number: Decimal, scale: Scale) -> ParsedValue:
    """The number as a value of the scale, or refused because it is none."""
    if abs(number) * HUNDREDTHS > LARGEST:
        return Refused(OUTSIDE_SCALE, {"scale": scale.in_words()})
    if scale.value_type in STEPPED:
        return _numbered_step(number, scale)
    exact = number * HUNDREDTHS
    hundredths = int(exact.to_integral_value())
    is_rounded = abs(exact - hundredths) > ROUNDING
    if not scale.contains(hundredths) or (is_rounded and scale.value_type in WHOLE):
        return Refused(OUTSIDE_SCALE, {"scale": scale.in_words()})
    return Number(hundredths, is_rounded)


def _numbered_step(number: Decimal, scale: Scale) -> ParsedValue:
    """The step that a number means: by its label where labels are numbers (02, −3), else by its number.

    Letter grades have no numbers of their own that people write, so a number in their column is refused.
    """
    for step in scale.steps:
        label = step.label.translate(_VARIANTS)
        if re.fullmatch(r"-?[0-9]+", label):
            if int(label) == number:
                return Number(step.number)
        elif scale.value_type is not ValueType.GRADE and step.number == number * HUNDREDTHS:
            return Number(step.number)
    return Refused(OUTSIDE_SCALE, {"scale": scale.in_words()})
