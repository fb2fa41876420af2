"""Whom a class has lost since last time: measured in the indicator's round before, and not now.

The indicator's round before is the latest earlier one in which it was due in any year group. A pupil with a value there
and none now – gone, absent or exempt – has left. They are counted at the class of then; if that has ended by the day
on which this round is counted, at its heir: the first in the line of its successors that is there on that day. Where a
line ends without heir, nobody counts them: the last year group has left school, which is no news.

They belong to the year group that the class has now, in a mixed class to the one that they would be in; and they
count only where the indicator is due in it, since nobody has left whom nobody asks any more.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from accounts.models import Level, Unit
from accounts.tenancy import current_municipality
from colourmaps.models import DueIndicator, MeasurementRound, Result
from pupils.queries import home_enrolments
from pupils.school_years import expected_year_group
from pupils.services import BATCH

Touched = set[tuple[int, int]]

# The classes that are there on the day of a round, each with itself and those before it whose heir it is.
LINE = f"""
    line(round_id, unit_id, year_group, class_id) as (
        select m.id, u.id, u.year_group, u.id
        from accounts_unit u
        join counted_round m on u.valid_from <= m.counted_on and (u.valid_to is null or u.valid_to > m.counted_on)
        where u.municipality_id = %(municipality)s and u.level = {Level.SCHOOL_CLASS.value} {{classes}}
        union all
        select line.round_id, line.unit_id, line.year_group, u.id
        from line
        join accounts_unit u on u.municipality_id = %(municipality)s and u.successor_id = line.class_id
        join counted_round m on m.id = line.round_id and u.valid_to <= m.counted_on
    )
"""


@dataclass(frozen=True)
class Before:
    """An indicator's round before a round; years_up: how many year groups a pupil has moved up since then."""

    round_id: int
    indicator_id: int
    before_id: int
    years_up: int


def rounds_before(round_ids: Collection[int]) -> list[Before]:
    """The rounds before each of the rounds, by indicator that is due in it; a first round has none before it."""
    country = current_municipality().country
    rounds = {round_.pk: round_ for round_ in MeasurementRound.objects.order_by("starts_on")}
    due = set(DueIndicator.objects.values_list("round_id", "indicator_id").distinct())
    found = []
    for indicator_id, pairs in groupby(sorted(due, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        due_in = {round_id for round_id, _indicator_id in pairs}
        in_order = [round_ for round_ in rounds.values() if round_.pk in due_in]
        for before, round_ in pairwise(in_order):
            if round_.pk in round_ids:
                years_up = expected_year_group(0, country, then=before.counted_on, on=round_.counted_on)
                found.append(Before(round_.pk, indicator_id, before.pk, years_up))
    return found


def with_leavers(touched: Iterable[tuple[int, int]]) -> Touched:
    """The touched (class id, round id) pairs, and those at which pupils count as having left because of them.

    What is measured in a round decides who has left by the next, at the heir of the class; and whoever is measured in
    another class than their own of then, or has lost their class, is missed or not any more where that one's heir is.
    """
    touched = set(touched)
    if not touched:
        return touched
    classes_of: dict[int, set[int]] = defaultdict(set)
    for class_id, round_id in touched:
        classes_of[round_id].add(class_id)
    rounds = {round_.pk: round_ for round_ in MeasurementRound.objects.all()}
    pairs = {(before.round_id, before.before_id) for before in rounds_before(rounds.keys())}
    found = set(touched)
    for round_id, before_id in sorted(pairs):
        of_then = set(classes_of[before_id])
        if classes_of[round_id]:
            of_then |= _classes_before(classes_of[round_id], rounds[round_id], rounds[before_id])
        on = rounds[round_id].counted_on
        found |= {(heir_id, round_id) for heir_id in heirs(of_then, on).values()}
    return found


def _classes_before(
    class_ids: Collection[int], round_: MeasurementRound, before: MeasurementRound
) -> set[int]:
    """The classes in which the pupils of these, and the measured pupils of no class, were in the round before."""
    at_home = home_enrolments(round_.counted_on).filter(school_class__in=class_ids)
    homeless = Result.objects.filter(round=round_, school_class=None)
    there = home_enrolments(before.counted_on)
    return set(
        there.filter(pupil__in=at_home.values("pupil")).values_list("school_class_id", flat=True).distinct()
    ) | set(there.filter(pupil__in=homeless.values("pupil")).values_list("school_class_id", flat=True))


def heirs(class_ids: Collection[int], on: datetime.date) -> dict[int, int]:
    """The class at which each class's pupils of then are missed on a day: itself, or its heir; no heir, no entry."""
    found: dict[int, int] = {}
    standing = {class_id: class_id for class_id in class_ids}
    while standing:
        units = Unit.objects.in_bulk(set(standing.values()))
        found |= {class_id: at for class_id, at in standing.items() if units[at].is_in_force(on)}
        standing = {
            class_id: successor_id
            for class_id, at in standing.items()
            if (successor_id := _successor(units[at], on)) is not None
        }
    return found


def _successor(unit: Unit, on: datetime.date) -> int | None:
    """Whose pupils of then they are now, if the unit has ended by the day."""
    has_ended = unit.valid_to is not None and unit.valid_to <= on
    return unit.successor_id if has_ended else None


def classes_of_pupils(pupil_ids: Collection[int]) -> Touched:
    """(class id, round id) of the pupils' home class in every round."""
    all_ids, found = sorted(pupil_ids), set()
    for round_ in MeasurementRound.objects.all():
        for start in range(0, len(all_ids), BATCH):
            homes = home_enrolments(round_.counted_on).filter(pupil__in=all_ids[start : start + BATCH])
            found |= {(class_id, round_.pk) for class_id in homes.values_list("school_class_id", flat=True)}
    return found
