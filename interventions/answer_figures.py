"""The figures behind a verdict, for those who see the pupils: in words, drawn, and how many moved where."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from colourmaps.cells import STATE_OF_COLOUR, WORDS
from colourmaps.models import Indicator
from colourmaps.scales import HUNDREDTHS

from .amounts import amount_in_words, number_in_words
from .answer_chart import Line, chart_of
from .answer_protection import Seen, n_about, rounded, step_of
from .comparison import Scope
from .effect import Estimate
from .effect.movements import COLOURS
from .frozen_answer import Answer
from .models import Intervention
from .verdict_words import difference_of, good_above_zero


class Figure(NamedTuple):
    """A figure of the answer. interval: its ends in words, or empty; note: what else belongs to it, or empty."""

    label: str
    words: str
    interval: str = ""
    note: str = ""


def answer_figures(intervention: Intervention, answer: Answer, seen: Seen) -> dict[str, Any]:
    """Good is above 0 in all of them, whichever way the indicator points."""
    indicator = intervention.indicator
    lines = _lines(answer, indicator, seen)
    expected = expected_of(intervention)
    change = answer.effect.change
    came = None if change is None else good_above_zero(change, indicator).value
    return {
        "n_treated": answer.effect.n_treated,
        "n_population": answer.n_population,
        "n_moved": answer.n_moved,
        "figures": [Figure(line.label, line.words, _interval(line)) for line in lines],
        "n_compared": _n_compared(answer, seen),
        "scope": Scope(answer.scope).label,
        "chart": chart_of([line.line for line in lines], expected) if lines else None,
        "drift": _drift(answer, indicator, seen),
        "expected": "" if expected is None else amount_in_words(expected, indicator),
        "came": "" if came is None else amount_in_words(came, indicator),
        "moves": _moves(answer),
        "colours": [(STATE_OF_COLOUR[colour].value, WORDS[STATE_OF_COLOUR[colour]]) for colour in COLOURS],
        "is_rounded": seen is Seen.OTHERS_ROUNDED and answer.effect.difference is not None,
        "is_low_good": not indicator.is_high_good,
    }


class _Row(NamedTuple):
    label: str
    line: Line
    low: str
    high: str

    @property
    def words(self) -> str:
        return self.line.words


def _interval(row: _Row) -> str:
    """Empty where rounding has closed it."""
    return (
        "" if row.low == row.high else _("between %(low)s and %(high)s") % {"low": row.low, "high": row.high}
    )


def _lines(answer: Answer, indicator: Indicator, seen: Seen) -> list[_Row]:
    """The pupils' change, that of those they are compared with, and the difference; as far as they are known."""
    effect = answer.effect
    step = None if seen is Seen.ALL or answer.moments is None else step_of(answer.moments)
    found = []
    if effect.change is not None:
        found.append(_row(_("The pupils' change"), effect.change, indicator, None, "own"))
    is_shown = seen is Seen.ALL or step is not None
    if effect.comparison_change is not None and is_shown:
        label = (
            _("The waiting pupils' change") if answer.scope is Scope.WAITING else _("Similar pupils' change")
        )
        found.append(_row(label, effect.comparison_change, indicator, step, "others"))
    difference = difference_of(answer, indicator, seen)
    if difference is not None:
        found.append(_written(_("Difference"), difference.estimate, indicator, step, "difference"))
    return found


def _row(label: str, estimate: Estimate, indicator: Indicator, step: float | None, kind: str) -> _Row:
    good = good_above_zero(estimate, indicator)
    return _written(label, good if step is None else rounded(good, step), indicator, step, kind)


def _written(label: str, good: Estimate, indicator: Indicator, step: float | None, kind: str) -> _Row:
    words = amount_in_words(good.value, indicator, step)
    return _Row(
        label,
        Line(label, good, words, kind),
        number_in_words(good.low, indicator, step),
        number_in_words(good.high, indicator, step),
    )


def _n_compared(answer: Answer, seen: Seen) -> str:
    n = answer.effect.n_matched_comparison
    if not n:
        return ""
    return str(n) if seen is Seen.ALL else _("about %(n)s") % {"n": n_about(n)}


def _drift(answer: Answer, indicator: Indicator, seen: Seen) -> str:
    """What is expected by chance alone. It tells of the mean of the year groups, so it is rounded as the rest is."""
    drift = answer.effect.expected_drift
    if drift is None or answer.moments is None:
        return ""
    step = None if seen is Seen.ALL else step_of(answer.moments)
    if step is None and seen is not Seen.ALL:
        return ""
    good = drift if indicator.is_high_good else -drift
    return amount_in_words(good if step is None else step * round(good / step), indicator, step)


def expected_of(intervention: Intervention) -> float | None:
    """The change of the mean that was expected before the start, with good above 0."""
    if intervention.expected_change is None:
        return None
    change = intervention.expected_change / HUNDREDTHS
    return change if intervention.indicator.is_high_good else -change


def _moves(answer: Answer) -> list[tuple[str, Any, list[int]]]:
    """A row per colour at the start: class, word, and how many had which colour at the follow-up."""
    return [
        (STATE_OF_COLOUR[colour].value, WORDS[STATE_OF_COLOUR[colour]], row)
        for colour, row in zip(COLOURS, answer.moves, strict=True)
    ]
