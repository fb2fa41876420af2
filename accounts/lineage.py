"""Where units stood on a day of the past, and what has become of that place since: over moves and successors."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from .models import Level, Unit, UnitPlacement


@dataclass(frozen=True)
class Lineage:
    """Some classes, and all units above classes that there are or have been.

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
        """Ids of the unit and of what stands above its place on the day, from below.

        The place of a unit that has ended is where it stood last; what has ended above it has given way to its
        successor. Only what has ended without one is in the line all the same, under what stood above it.
        """
        line = [unit_id]
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


def read_lineage(class_ids: Collection[int]) -> Lineage:
    """Of the classes; two queries."""
    is_meant = Q(level__lt=Level.SCHOOL_CLASS) | Q(pk__in=class_ids)
    units = {unit.pk: unit for unit in Unit.objects.filter(is_meant)}
    places = defaultdict(list)
    is_placed = Q(unit__level__lt=Level.SCHOOL_CLASS) | Q(unit__in=class_ids)
    for place in UnitPlacement.objects.filter(is_placed).order_by("valid_from"):
        places[place.unit_id].append(place)
    return Lineage(units, dict(places))
