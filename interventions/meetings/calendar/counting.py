"""How many meetings were held, cancelled and missed: of a row, and of each unit below a head."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from pupils.school_years.terms import SchoolYear

from ...models import AnalysisMeeting
from ...unit_lines import line_above, parent_ids
from ..states import MeetingState, held_together, in_state


@dataclass(frozen=True)
class Counts:
    """to_come: planned or going on."""

    held: int = 0
    cancelled: int = 0
    missed: int = 0
    to_come: int = 0

    @classmethod
    def of(cls, states: Iterable[MeetingState]) -> Counts:
        n = Counter(states)
        return cls(
            n[MeetingState.HELD],
            n[MeetingState.CANCELLED],
            n[MeetingState.MISSED],
            n[MeetingState.PLANNED] + n[MeetingState.RUNNING],
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.held + other.held,
            self.cancelled + other.cancelled,
            self.missed + other.missed,
            self.to_come + other.to_come,
        )

    @property
    def total(self) -> int:
        return self.held + self.cancelled + self.missed + self.to_come


@dataclass(frozen=True)
class UnitCounts:
    """A unit below: its own meetings, of a school those of its teams as well. is_group: schools stand below it."""

    unit: Unit
    counts: Counts
    is_group: bool


def counts_below(unit: Unit, year: SchoolYear, on: datetime.date, today: datetime.date) -> list[UnitCounts]:
    """Of the schools below a unit and of what stands in between, in the order of the tree; a fixed number of queries.

    on: the day whose tree it is, in the year.
    """
    ids = subtree_ids([unit.pk], on, down_to=Level.SCHOOL) - {unit.pk}
    parents = parent_ids(on)
    counts: defaultdict[int, Counts] = defaultdict(Counts)
    for unit_id, n in _counts_by_unit(year, today):
        at = next((above for above in line_above(unit_id, parents) if above in ids), None)
        if at is not None:
            counts[at] += n
    units = {each.pk: each for each in Unit.objects.filter(pk__in=ids).select_related("kind")}
    return [
        UnitCounts(each, counts[each.pk], each.level < Level.SCHOOL)
        for each in _in_order_of_the_tree(units, parents, unit.pk)
    ]


def _counts_by_unit(year: SchoolYear, today: datetime.date) -> Iterator[tuple[int, Counts]]:
    """By id of the unit at which the meetings are."""
    meetings = AnalysisMeeting.objects.filter(
        held_together(), planned_on__gte=year.first_day, planned_on__lt=year.valid_to
    )
    numbers = {state.value: Count("pk", filter=in_state(state, today)) for state in MeetingState}
    for row in meetings.order_by().values("unit_id").annotate(**numbers):
        yield (
            row["unit_id"],
            Counts(row["held"], row["cancelled"], row["missed"], row["planned"] + row["running"]),
        )


def _in_order_of_the_tree(units: Mapping[int, Unit], parents: Mapping[int, int], top: int) -> Iterator[Unit]:
    """What stands directly below the top first by level, then by name, each followed by what stands below it."""
    below = [each for each in units.values() if parents.get(each.pk) == top]
    for each in sorted(below, key=lambda unit: (-unit.level, unit.name)):
        yield each
        yield from _in_order_of_the_tree(units, parents, each.pk)
