"""A scale for a column that is to become a new indicator, from its header and cells, and why. Pure.

The proposal is shown and corrected before anything is read by it. Each way of telling is one small function; the
first that knows an answer gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from colourmaps import scales
from colourmaps.importing.kinds import ColumnKind, cell_kind, column_kind
from colourmaps.importing.mapping import LONGEST_UNIT, header_key
from colourmaps.importing.values import Number, cell_text, parse_value
from colourmaps.importing.workbook import Cell
from colourmaps.scales import HUNDREDTHS, Scale, Step, ValueType

NUMERIC = (ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.CODE)

MOST_STEPS, LONGEST_STEP = 8, 30

MOST_COMPARED = 100
"""Different cells that are looked at."""

ALL_BUT_FEW = 0.8
"""Share of the different values that must lie in the range of the header; the others are mistakes in the file."""

_ANY_NUMBER = Scale(ValueType.PERCENT)
_STANINE = re.compile(r"\bstanine\b|\bsta9\b")
_PERCENT = re.compile(r"%|\bprocent\b|\bprosent\b|\bpercent\b|\bpct\b|^andel\b")
_MINUTES = re.compile(r"(?<!/)\bmin(?:uter|utter|utes|\.)?(?:\W|$)")
_POINTS = re.compile(r"\bpoäng\b|\bpoeng\b|\bpoints?\b|\bråpoäng\b|\bscore\b|\bp\b")
_MAXIMUM = re.compile(
    r"\b(?:max(?:imalt|imum|poäng)?\.?|högst|av|of|ud af|out of)\s*:?\s*([0-9]{1,4})\b(?!\s*%)|/\s?([0-9]{1,4})\)"
)
_RANGE = re.compile(
    r"[(\[]\s*(?:skala\s*)?([0-9]{1,2})\s?[-–—]\s?([0-9]{1,4})\s*(?:p|poäng|poeng|points?)?\s*[)\]]"
)
_BARE_RANGE = re.compile(r"\b([0-9]{1,2})\s?[-–—]\s?([0-9]{1,4})\s*(?:p|poäng|poeng|points?)?$")
_UNIT = re.compile(r"[(\[]\s*([^()\[\]0-9%]{1,20})\s*[)\]]\s*$|\b(ord/min(?:ut)?)\b")
_LEADING_NUMBER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class GuessedScale:
    """scale: the proposal; reason: one sentence, in the active language."""

    scale: Scale
    reason: str


@dataclass(frozen=True, slots=True)
class _Column:
    """header as it is compared; numbers: what the cells hold, not in hundredths; texts: different ones, as written."""

    header: str
    kind: ColumnKind
    numbers: tuple[float, ...]
    texts: tuple[str, ...]

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC and bool(self.numbers)

    @property
    def decimals(self) -> int:
        return 0 if all(number == int(number) for number in self.numbers) else 1

    def lies_in(self, low: float, high: float) -> bool:
        return all(low <= number <= high for number in self.numbers)

    def share_in(self, low: float, high: float) -> float:
        return sum(low <= number <= high for number in self.numbers) / len(self.numbers)


def explained_scale(
    cells: Sequence[Cell], header: str, kind: ColumnKind | None = None, *, is_percent: bool = False
) -> GuessedScale:
    """The scale that a column most probably has, and why.

    cells: some of its cells; header: with group above and unit below, if there are any. kind: of the cells, if that
    is known; else is_percent says whether the spreadsheet shows its numbers as percent.
    """
    kind = kind or column_kind(cells, is_percent=is_percent)
    different = list(dict.fromkeys(cells))[:MOST_COMPARED]
    column = _Column(
        header=header_key(header),
        kind=kind,
        numbers=tuple(_numbers(different)) if kind is not ColumnKind.TEXT else (),
        texts=tuple(_texts(different)) if kind not in NUMERIC else (),
    )
    for way in _WAYS:
        if guessed := way(column):
            return guessed
    return GuessedScale(Scale(ValueType.NUMBER), _("Neither header nor cells say what the scale is."))


def _numbers(cells: Iterable[Cell]) -> Iterable[float]:
    for cell in cells:
        value = parse_value(cell, _ANY_NUMBER)
        if isinstance(value, Number):
            yield value.hundredths / HUNDREDTHS


def _texts(cells: Iterable[Cell]) -> list[str]:
    """Different texts that say something, in order of appearance and with one spelling each."""
    telling = [cell for cell in cells if isinstance(cell, str) and cell_kind(cell) is not None]
    return list({header_key(cell): cell_text(cell) for cell in telling}.values())


def _grades(column: _Column) -> GuessedScale | None:
    if column.kind is not ColumnKind.GRADE:
        return None
    reason = _("The cells are grades.")
    words = {text.casefold() for text in column.texts}
    if words <= {step.label.casefold() for step in scales.SWEDISH_GRADES}:
        return GuessedScale(scales.GRADE, reason)
    if words <= {step.label for step in scales.DANISH_GRADES}:
        return GuessedScale(Scale(ValueType.GRADE, steps=scales.DANISH_GRADES), reason)
    if words <= {"ig", "g", "vg", "mvg"}:
        return GuessedScale(Scale(ValueType.STEPS, steps=_steps(["IG", "G", "VG", "MVG"])), reason)
    return None


def _answers(column: _Column) -> GuessedScale | None:
    is_question = column.header.endswith("?") and bool(column.numbers) and set(column.numbers) <= {0.0, 1.0}
    if column.kind is not ColumnKind.YES_NO and not is_question:
        return None
    return GuessedScale(scales.YES_NO, _("The cells are answers with yes or no."))


def _percent(column: _Column) -> GuessedScale | None:
    says_so = bool(_PERCENT.search(column.header))
    if column.kind is not ColumnKind.PERCENT and not (says_so and column.is_numeric):
        return None
    reason = _("The header says percent.") if says_so else _("The cells are percentages.")
    if column.kind is ColumnKind.PERCENT or column.lies_in(0, 100):
        return GuessedScale(replace(scales.PERCENT, decimals=column.decimals), reason)
    reason += " " + _("Some values lie outside 0–100, so the scale has no ends.")
    return GuessedScale(Scale(ValueType.NUMBER, unit="%", decimals=column.decimals), reason)


def _stanine(column: _Column) -> GuessedScale | None:
    if not (_STANINE.search(column.header) and column.is_numeric and column.lies_in(1, 9)):
        return None
    if column.decimals:
        return None
    return GuessedScale(scales.STANINE, _("The header says stanine."))


def _range_in_header(column: _Column) -> GuessedScale | None:
    ends = _ends(column.header)
    if ends is None or not column.is_numeric:
        return None
    low, high = ends
    quoted = {"low": low, "high": high}
    reason = _("The header says %(low)d–%(high)d.") % quoted
    if not column.lies_in(low, high):
        reason = _("The header says %(low)d–%(high)d, but some values lie outside.") % quoted
    if column.share_in(low, high) < ALL_BUT_FEW:
        return GuessedScale(_plain_number(column), reason)
    if low == 1 and high <= 10 and not column.decimals:
        return GuessedScale(Scale(ValueType.SURVEY, low * HUNDREDTHS, high * HUNDREDTHS), reason)
    scale = Scale(ValueType.POINTS, low * HUNDREDTHS, high * HUNDREDTHS, decimals=column.decimals)
    return GuessedScale(scale, reason)


def _ends(header: str) -> tuple[int, int] | None:
    if match := _MAXIMUM.search(header):
        return 0, int(match[1] or match[2])
    match = _RANGE.search(header) or (_BARE_RANGE.search(header) if _POINTS.search(header) else None)
    if match and int(match[1]) < int(match[2]):
        return int(match[1]), int(match[2])
    return None


def _minutes(column: _Column) -> GuessedScale | None:
    if not (_MINUTES.search(column.header) and column.is_numeric and min(column.numbers) >= 0):
        return None
    return GuessedScale(replace(scales.MINUTES, decimals=column.decimals), _("The header says minutes."))


def _points(column: _Column) -> GuessedScale | None:
    if not (_POINTS.search(column.header) and column.is_numeric and min(column.numbers) >= 0):
        return None
    reason = _("The header says points, but not how many there can be.")
    return GuessedScale(Scale(ValueType.POINTS, 0, decimals=column.decimals), reason)


def _few_texts(column: _Column) -> GuessedScale | None:
    is_text = column.kind in (ColumnKind.TEXT, ColumnKind.GRADE, ColumnKind.MIXED) and not column.numbers
    if not is_text or not 2 <= len(column.texts) <= MOST_STEPS:
        return None
    if any(len(text) > LONGEST_STEP for text in column.texts):
        return None
    labels = _ordered(column.texts)
    reason = _("The cells are a few different texts. Check their order, from low to high.")
    return GuessedScale(Scale(ValueType.STEPS, steps=_steps(labels)), reason)


def _ordered(texts: Sequence[str]) -> list[str]:
    """By the number that each begins with, else as known words rise, else by the alphabet."""
    numbers = [_LEADING_NUMBER.match(text) for text in texts]
    if all(numbers):
        return [
            text
            for _number, text in sorted(
                (int(match[0]), text) for match, text in zip(numbers, texts, strict=True) if match
            )
        ]
    for words in _RISING:
        if all(header_key(text) in words for text in texts):
            return sorted(texts, key=lambda text: words.index(header_key(text)))
    return sorted(texts, key=str.casefold)


_RISING = tuple(
    words.split("|")
    for words in (
        "låg|mellan|medel|hög",
        "lav|mellom|middels|middel|høy|høj",
        "low|medium|average|high",
        "röd|gul|grön",
        "rød|gul|grønn|grøn",
        "red|yellow|green",
        "ej uppnått|delvis|uppnått|uppnår|väl uppnått",
        "otillräckliga kunskaper|godtagbara kunskaper|mer än godtagbara kunskaper",
        "aldrig|sällan|ibland|ofta|alltid",
        "aldri|sjelden|av og til|ofte|alltid",
    )
)


def _steps(labels: Sequence[str]) -> tuple[Step, ...]:
    return tuple(Step(label, number * HUNDREDTHS) for number, label in enumerate(labels, 1))


def _number(column: _Column) -> GuessedScale | None:
    if not column.is_numeric:
        return None
    return GuessedScale(_plain_number(column), _("The cells are numbers, and nothing says where they end."))


def _plain_number(column: _Column) -> Scale:
    match = _UNIT.search(column.header)
    unit = (match[1] or match[2]).strip()[:LONGEST_UNIT] if match else ""
    minimum = 0 if min(column.numbers) >= 0 else None
    return Scale(ValueType.NUMBER, minimum, decimals=column.decimals, unit=unit)


_WAYS: tuple[Callable[[_Column], GuessedScale | None], ...] = (
    _grades,
    _answers,
    _stanine,
    _percent,
    _range_in_header,
    _minutes,
    _points,
    _few_texts,
    _number,
)
