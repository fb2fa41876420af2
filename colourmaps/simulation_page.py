"""A simulation in words and bars, for templates/colourmaps/threshold_trial_part.html."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .cells import STATE_OF_COLOUR, WORDS
from .classification import Colour
from .simulation import FEW, Line, Simulation

# Left to right, as in every bar of counts.
IN_ORDER = (Colour.RED, Colour.YELLOW, Colour.GREEN)
CLASSES = {Colour.RED: "red", Colour.YELLOW: "yellow", Colour.GREEN: "green"}
# The per cent of a bar that a digit and the edges of its segment need.
ROOM = 6.0


class FlipWords(NamedTuple):
    """before, after: classes of the keys by which the colours are drawn."""

    n: str
    before: str
    after: str
    words: str


def trial_context(simulation: Simulation, is_many: bool) -> dict[str, Any]:
    """is_many: the reader may see several schools, so that all together is a line of its own."""
    rows = [_row(simulation.total, _("All schools"))] if is_many else []
    for school in simulation.schools:
        rows.append(_row(school, str(school.unit)))
        rows += [_row(each, str(each.unit), is_class=True) for each in school.classes]
    lines = [simulation.total, *simulation.schools]
    return {
        "rows": rows,
        "sentence": _certain_words(simulation.total),
        "n_values": simulation.total.counts.n_values if simulation.total.counts else None,
        "is_empty": not simulation.schools
        and not (simulation.total.counts and simulation.total.counts.n_values),
        "is_rounded": any(line.is_rounded and line.counts for line in lines),
        "is_hidden": any(line.counts is None for line in lines),
    }


def _certain_words(line: Line) -> str:
    """What changes beyond the measurement error, and what may; empty where the counts are not shown."""
    counts = line.counts
    if counts is None:
        return ""
    n_certain = _number(counts.n_flips, line.is_rounded) if counts.n_flips else _("none")
    certain = _("Change colour for certain: %(n)s.") % {"n": n_certain}
    return f"{certain} {_may_words(line)}".rstrip()


def _may_words(line: Line) -> str:
    if line.counts is None or not line.counts.n_near_flips:
        return ""
    return _("Near the limit, and may: %(n)s.") % {"n": _number(line.counts.n_near_flips, line.is_rounded)}


def _row(line: Line, name: str, *, is_class: bool = False) -> dict[str, Any]:
    counts = line.counts
    row: dict[str, Any] = {
        "name": name,
        "is_class": is_class,
        "is_total": line.unit is None,
        "url": reverse("colourmaps:class-map", args=[line.unit.key]) if is_class and line.unit else "",
        "hidden": _("hidden (few pupils)") if counts is None else "",
    }
    if counts is None:
        return row
    return row | {
        "n_values": _number(counts.n_values, line.is_rounded),
        "flips": [
            FlipWords(
                _number(n, line.is_rounded),
                _state(before),
                _state(after),
                _("%(before)s becomes %(after)s") % {"before": _word(before), "after": _word(after)},
            )
            for (before, after), n in sorted(counts.flips.items())
        ],
        "may": _may_words(line),
        "near": _number(counts.n_near, line.is_rounded),
        "before": _bar(counts.before),
        "after": _bar(counts.after),
        "before_words": _in_words(counts.before, line.is_rounded),
        "after_words": _in_words(counts.after, line.is_rounded),
    }


def _state(colour: int) -> str:
    return STATE_OF_COLOUR[Colour(colour)].value


def _word(colour: int) -> str:
    return str(WORDS[STATE_OF_COLOUR[Colour(colour)]])


def _number(n: int, is_rounded: bool) -> str:
    if n == FEW:
        return _("1–4")
    return _("about %(n)s") % {"n": n} if is_rounded and n else str(n)


def _in_words(counts: Mapping[int, int], is_rounded: bool) -> str:
    return ", ".join(
        f"{_number(counts[colour], is_rounded)} {_word(colour)}" for colour in IN_ORDER if counts.get(colour)
    )


def _bar(counts: Mapping[int, int]) -> SafeString:
    """Red, yellow, green; a few are drawn as two. What it shows stands beside it in words."""
    shown = {colour: 2 if counts.get(colour) == FEW else counts.get(colour, 0) for colour in IN_ORDER}
    total = sum(shown.values())
    marks: list[str] = []
    x = 0.0
    for colour, n in shown.items():
        if not n:
            continue
        width = 100 * n / total
        marks.append(f'<rect class="{CLASSES[colour]}" x="{x:.1f}%" width="{width:.1f}%"/>')
        label = "" if counts[colour] == FEW else str(n)
        if label and width >= ROOM * len(label):
            middle = x + width / 2
            marks.append(f'<text class="{CLASSES[colour]}" x="{middle:.1f}%" y="12">{label}</text>')
        x += width
    return mark_safe(f'<svg class="bar" aria-hidden="true">{"".join(marks)}</svg>')  # noqa: S308 – numbers
