"""Where a person fills in results: the schools and classes for the page that leads to their workbooks.

And which workbooks that were handed in are still the person's to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from accounts.access import Sight
from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import Permission

from ..models import ImportBatch


@dataclass(frozen=True)
class Place:
    """A school with the classes that the person fills in; is_whole: the school itself has a workbook for the person."""

    school: Unit
    is_whole: bool
    classes: list[Unit] = field(default_factory=list)


def places_of(sight: Sight) -> list[Place]:
    """By name of the school; classes by year group and name."""
    allowed = sight.visible_units(Permission.RECORD_RESULTS, sight.today)
    levels = (Level.SCHOOL, Level.SCHOOL_CLASS)
    units = {unit.pk: unit for unit in Unit.objects.on(sight.today).filter(pk__in=allowed, level__in=levels)}
    parents = dict(
        UnitPlacement.objects.on(sight.today).filter(unit__in=units).values_list("unit_id", "parent_id")
    )
    schools = Unit.objects.in_bulk(
        {parents[pk] for pk, unit in units.items() if unit.is_school_class and pk in parents}
    )
    schools |= {pk: unit for pk, unit in units.items() if not unit.is_school_class}
    places = {pk: Place(school, is_whole=pk in units) for pk, school in schools.items()}
    for pk, unit in units.items():
        if unit.is_school_class and parents.get(pk) in places:
            places[parents[pk]].classes.append(unit)
    for place in places.values():
        place.classes.sort(key=lambda unit: (unit.year_group is None, unit.year_group or 0, unit.name))
    return sorted(places.values(), key=lambda place: place.school.name)


def still_open_to(sight: Sight, handed_in: Iterable[ImportBatch]) -> Iterator[ImportBatch]:
    """Those of the person's own workbooks whose classes are all the person's still, in their order."""
    is_open: dict[int, bool] = {}
    for batch in handed_in:
        classes = set(batch.counts.get("of_classes", []))
        unknown = Unit.objects.filter(pk__in=classes - is_open.keys()) if classes - is_open.keys() else []
        is_open |= {unit.pk: sight.can(Permission.RECORD_RESULTS, unit) for unit in unknown}
        if all(is_open.get(pk, True) for pk in classes):
            yield batch
