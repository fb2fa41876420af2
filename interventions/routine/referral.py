"""Age at first referral, per school year. Source: Asker's mean age at referral, MISSION S67.

A referral is a pupil's case in a closed meeting of a kind in which a support function takes part, unless it was dropped
from the agenda. A pupil's first one counts, in the school year in which its meeting was closed, with the age of that
day. The age, and what may be told of it, are those of early_effort.py: from ten pupils on, to heads also without any
one school and where no unit beside it is hidden, in terms that are over, the last of which would itself be enough.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from pupils.school_years import SchoolYear, Term

from ..early_effort import First, Limits, ages_of
from ..effort_reading import Effort, counts_of_firsts, is_told_of_year
from ..effort_words import ENOUGH, Look
from .minutes import Case, Minutes


def firsts_of(cases: Iterable[Case]) -> list[tuple[Term, First]]:
    """Each pupil's first referral and its term. cases: the earliest first."""
    seen: set[int] = set()
    firsts = []
    for case in cases:
        if case.is_referral and case.pupil is not None and case.pupil not in seen:
            seen.add(case.pupil)
            firsts.append((case.term, First(case.year, case.place, case.age)))
    return firsts


def referral_rows(
    minutes: Minutes, line: Sequence[int], look: Look, today: datetime.date
) -> list[dict[str, Any]]:
    """A row per school year for the last unit of a line, the latest first: year, mean in years or None, and words.

    age, n: as they are shown; until: the last day that is counted; is_few: fewer than may be told, or say anything.
    """
    effort = Effort(parents=minutes.parents)
    firsts = [
        (term, first)
        for term, first in firsts_of(minutes.cases)
        if look.limits is None or term.valid_to <= today
    ]
    here = {first.year for _term, first in firsts if effort.is_below(first.place, line[-1])}
    return [
        _row(effort, [each for each in firsts if each[1].year == year], year, line, look)
        | {"is_now": year == SchoolYear.of(today)}
        for year in sorted(here, reverse=True)
    ]


def _row(
    effort: Effort, of_year: Sequence[tuple[Term, First]], year: SchoolYear, line: Sequence[int], look: Look
) -> dict[str, Any]:
    for terms in _to_try(of_year):
        counted = [(term, first) for term, first in of_year if term in terms]
        ages = ages_of(first for _term, first in counted if effort.is_below(first.place, line[-1]))
        is_told = look.limits is None or _is_told(effort, counted, terms[-1], line, look.limits)
        if ages and ages.n >= ENOUGH and is_told:
            return {
                "year": year,
                "mean": ages.mean,
                "age": look.age(ages.mean),
                "n": look.n(ages.n),
                "until": terms[-1].last_day,
                "is_few": False,
            }
    return {"year": year, "mean": None, "is_few": True}


def _to_try(of_year: Sequence[tuple[Term, First]]) -> list[list[Term]]:
    """All terms of the year, else the first alone: what was told once stays."""
    terms = sorted({term for term, _first in of_year})
    return [terms[:n] for n in range(len(terms), 0, -1)]


def _is_told(
    effort: Effort, counted: Sequence[tuple[Term, First]], last: Term, line: Sequence[int], limits: Limits
) -> bool:
    """As a whole, and the last term by itself: whoever read the page before takes the first one away."""
    wholes = [[first for _term, first in counted], [first for term, first in counted if term == last]]
    return all(is_told_of_year(effort, whole, counts_of_firsts, line, limits) for whole in wholes)
