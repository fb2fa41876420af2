"""What new limits would do, per school and class: counts for those who may see them, before anything is decided.

Who does not see a school's pupils gets its counts as heads get them elsewhere: nothing of few pupils, and no small
count. Limits can be tried out again and again, and the difference of two trials could tell of one pupil; so what is
shown of such a school is rounded to fives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from accounts.models import Municipality, Unit

from .classification import Colour
from .services import Decision, Flip, summarised, values_judged, ways_of

STEP = 5


@dataclass(frozen=True)
class Counts:
    """Values that the limits judge. n_near: within the measurement error of a limit.

    before, after: how many have each colour. flips: how many go from one colour to another for certain; n_flips: all
    of these; n_near_flips: how many besides would, but are near a limit, so that they may as well keep their colour.
    """

    n_values: int
    n_near: int
    before: Counter[int]
    after: Counter[int]
    flips: Counter[Flip]
    n_flips: int
    n_near_flips: int


@dataclass(frozen=True)
class Line:
    """A school, a class, or all together (unit None). counts: None where they are not shown.

    is_rounded: to fives, and a count of 1 to 4 is written as -1: few.
    """

    unit: Unit | None
    counts: Counts | None
    is_rounded: bool = False
    classes: Sequence[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Simulation:
    """total: of all schools, and of pupils in none. schools: those in which a value is judged, by name."""

    total: Line
    schools: Sequence[Line]


FEW = -1


def simulate(decisions: Sequence[Decision], seen: Collection[int], municipality: Municipality) -> Simulation:
    """What the decisions would do together. seen: ids of the schools whose pupils the reader sees.

    Raises ValueError if limits are out of order.
    """
    judged = [values_judged(decision) for decision in decisions]
    # Without the empty ones, whose columns have no types; of nothing at all one is left.
    values = pd.concat([each for each in judged if not each.empty] or judged[:1], ignore_index=True)
    units = Unit.objects.in_bulk(
        [int(unit_id) for unit_id in {*values["school_id"], *values["school_class_id"].dropna()}]
    )
    schools = [
        _school_line(units[school_id], values[values["school_id"] == school_id], units, seen, municipality)
        for school_id in values["school_id"].unique().tolist()
        if school_id in units
    ]
    sees_all = {line.unit.pk for line in schools if line.unit} <= set(seen)
    total = Line(None, _counts(values)) if sees_all else _protected(None, values, municipality)
    return Simulation(total, sorted(schools, key=_name))


def _name(line: Line) -> str:
    return line.unit.name if line.unit else ""


def _school_line(
    school: Unit,
    values: pd.DataFrame,
    units: dict[int, Unit],
    seen: Collection[int],
    municipality: Municipality,
) -> Line:
    if school.pk not in seen:
        return _protected(school, values, municipality)
    classes = [
        Line(units[class_id], _counts(values[values["school_class_id"] == class_id]))
        for class_id in values["school_class_id"].unique().tolist()
    ]
    return Line(school, _counts(values), classes=sorted(classes, key=_name))


def _counts(values: pd.DataFrame) -> Counts:
    pairs = ways_of(values)
    flips = summarised(values)
    return Counts(
        n_values=len(values),
        n_near=flips.n_near_a_limit,
        before=_summed((before, n) for (before, _after), n in pairs.items()),
        after=_summed((after, n) for (_before, after), n in pairs.items()),
        flips=flips.certain,
        n_flips=flips.n_certain_flips,
        n_near_flips=flips.near.total(),
    )


def _summed(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    counter: Counter[int] = Counter()
    for key, n in pairs:
        counter[key] += n
    return counter


def _protected(unit: Unit | None, values: pd.DataFrame, municipality: Municipality) -> Line:
    exact = _counts(values)
    if values["pupil_id"].nunique() < municipality.smallest_base or _tells_of_each(exact):
        return Line(unit, None, is_rounded=True)
    least = municipality.smallest_count
    rounded = Counts(
        n_values=_rounded(exact.n_values, least),
        n_near=_rounded(exact.n_near, least),
        before=Counter({key: _rounded(n, least) for key, n in exact.before.items()}),
        after=Counter({key: _rounded(n, least) for key, n in exact.after.items()}),
        flips=Counter({key: _rounded(n, least) for key, n in exact.flips.items()}),
        n_flips=_rounded(exact.n_flips, least),
        n_near_flips=_rounded(exact.n_near_flips, least),
    )
    return Line(unit, rounded, is_rounded=True)


def _tells_of_each(counts: Counts) -> bool:
    """All have, or would get, the same colour: it would be known of every pupil."""
    return any(
        counts.n_values == of_colours[colour]
        for of_colours in (counts.before, counts.after)
        for colour in (Colour.RED, Colour.YELLOW, Colour.GREEN)
    )


def _rounded(n: int, least: int) -> int:
    """To the nearest five; FEW for a count that is not none, but smaller than may be shown."""
    if 0 < n < least:
        return FEW
    return STEP * round(n / STEP)
