"""The tree as it last stood, in one query: also of classes of earlier years, which are in no tree of today."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping

from accounts.models import Level, Unit, UnitPlacement


def parent_ids(on: datetime.date) -> dict[int, int]:
    """By id of each unit, the id of the unit that it last stood under by a day; the municipality has none."""
    begun = UnitPlacement.objects.filter(valid_from__lte=on).order_by("valid_from")
    return dict(begun.values_list("unit_id", "parent_id"))


def line_above(unit_id: int, parents: Mapping[int, int]) -> Iterator[int]:
    """The unit and what stands above it, upwards."""
    at: int | None = unit_id
    while at is not None:
        yield at
        at = parents.get(at)


def schools_above(unit_ids: Collection[int], parents: Mapping[int, int]) -> dict[int, Unit]:
    """The school of each of the units, by id of the unit; what is under no school is not there."""
    lines = {unit_id: list(line_above(unit_id, parents)) for unit_id in unit_ids}
    named = {each for line in lines.values() for each in line}
    schools = Unit.objects.filter(pk__in=named, level=Level.SCHOOL).in_bulk()
    found = {
        unit_id: next((each for each in line if each in schools), None) for unit_id, line in lines.items()
    }
    return {unit_id: schools[school] for unit_id, school in found.items() if school is not None}
