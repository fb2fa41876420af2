"""Where units stood on a day of the past, and what has become of that place since: over moves and successors."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .models import Level, Unit, UnitPlacement
from .written_reads import rows_of


@dataclass(frozen=True)
class Lineage:
    """All units above classes that there are or have been, and where they stood and stand.

    places: by unit id its placements, in order of time. Nothing is asked of the database any more.
    """

    units: Mapping[int, Unit]
    places: Mapping[int, Sequence[UnitPlacement]]

    def line_then(self, unit_id: int, on: datetime.date) -> list[int]:
        """Ids of the unit and of what stood above it on the day, from below."""
        line = [unit_id]
        while parent_id := self._parent_then(line[-1], on):
            line.append(parent_id)
        return line

    def line_now(self, unit_id: int, on: datetime.date) -> list[int]:
        """Ids of the unit, or of what has taken its place by the day, and of what stands above that, from below.

        What has ended gives way to its successor, and stands where it stood last. Only what has ended without a
        successor is in the line all the same, under what stood above it.
        """
        line = [self.heir(unit_id, on) or unit_id]
        while parent_id := self._last_parent(line[-1], on):
            line.append(self.heir(parent_id, on) or parent_id)
        return line

    def heir(self, unit_id: int, on: datetime.date) -> int | None:
        """The unit itself or the successor, at whatever remove, that is there on the day; None if there is none."""
        unit = self.units[unit_id]
        while not unit.is_in_force(on):
            if unit.successor_id is None or on < unit.valid_from:
                return None
            unit = self.units[unit.successor_id]
        return unit.pk

    def _parent_then(self, unit_id: int, on: datetime.date) -> int | None:
        return next(
            (place.parent_id for place in self.places.get(unit_id, ()) if place.is_in_force(on)), None
        )

    def _last_parent(self, unit_id: int, on: datetime.date) -> int | None:
        begun = [place.parent_id for place in self.places.get(unit_id, ()) if place.valid_from <= on]
        return begun[-1] if begun else None


def read_lineage() -> Lineage:
    """Two queries."""
    above_classes = Unit.objects.filter(level__lt=Level.SCHOOL_CLASS).select_related("kind")
    units = {unit.pk: unit for unit in above_classes}
    places = defaultdict(list)
    for place in UnitPlacement.objects.filter(unit__level__lt=Level.SCHOOL_CLASS).order_by("valid_from"):
        places[place.unit_id].append(place)
    return Lineage(units, dict(places))


class ClassPlace(NamedTuple):
    """Ids of a class, of what it stood under on a day, and of what it stands under on a later day, or stood last."""

    class_id: int
    parent_then: int
    parent_last: int


def class_places(then: datetime.date, on: datetime.date) -> list[ClassPlace]:
    """Of all classes that there were then; two queries."""
    classes = UnitPlacement.objects.filter(unit__level=Level.SCHOOL_CLASS)
    parents = dict(classes.on(then).values_list("unit_id", "parent_id"))
    since = classes.filter(valid_from__gt=then, valid_from__lte=on, unit__valid_from__lte=then)
    moved = dict(since.order_by("valid_from").values_list("unit_id", "parent_id"))
    return [
        ClassPlace(class_id, parent_id, moved.get(class_id) or parent_id)
        for class_id, parent_id in parents.items()
    ]


CHANGED_SQL = """
    select exists (
        select 1 from accounts_unitplacement p join accounts_unit u on u.id = p.unit_id
        where p.municipality_id = %(municipality)s and p.valid_from > %(then)s and p.valid_from <= %(on)s
          and u.valid_from <= %(then)s
    ) or exists (
        select 1 from accounts_unit u
        where u.municipality_id = %(municipality)s and u.level < %(level)s
          and u.valid_to > %(then)s and u.valid_to <= %(on)s
    )
"""


def has_changed_between(then: datetime.date, on: datetime.date) -> bool:
    """Whether a unit that was there then stands elsewhere on the later day, or one above classes has ended."""
    return bool(rows_of(CHANGED_SQL, then=then, on=on, level=Level.SCHOOL_CLASS)[0][0])
