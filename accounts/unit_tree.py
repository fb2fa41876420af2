"""The units of a municipality on a day as rows of a page, and what there is to say of one of them. Reads only."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from .dated import in_force
from .models import Level, RoleAssignment, Unit, UnitCode, UnitPlacement


@dataclass(frozen=True)
class TreeRow:
    """depth: 0 for the municipality itself. n_classes: that stand directly below."""

    unit: Unit
    depth: int
    code: str
    n_classes: int


def tree_rows(on: datetime.date) -> list[TreeRow]:
    """The units above classes on a day, each before what stands below it, by name. Four queries."""
    units = Unit.objects.on(on).filter(level__lt=Level.SCHOOL_CLASS).select_related("kind")
    placements = UnitPlacement.objects.on(on).filter(in_force(on, "unit__"))
    classes = placements.filter(unit__level=Level.SCHOOL_CLASS).values_list("parent_id", flat=True)
    parents = placements.filter(unit__level__lt=Level.SCHOOL_CLASS).values_list("unit_id", "parent_id")
    codes = dict(UnitCode.objects.on(on).values_list("unit_id", "code"))
    return list(_rows(list(units.order_by("level", "name")), dict(parents), codes, Counter(classes)))


def _rows(
    units: Sequence[Unit], parents: Mapping[int, int], codes: Mapping[int, str], n_classes: Mapping[int, int]
) -> Iterator[TreeRow]:
    below: dict[int | None, list[Unit]] = defaultdict(list)
    there = {unit.pk for unit in units}
    for unit in units:
        parent_id = parents.get(unit.pk)
        below[parent_id if parent_id in there else None].append(unit)
    waiting = [(unit, 0) for unit in reversed(below[None])]
    while waiting:
        unit, depth = waiting.pop()
        yield TreeRow(unit, depth, codes.get(unit.pk, ""), n_classes.get(unit.pk, 0))
        waiting += [(child, depth + 1) for child in reversed(below[unit.pk])]


def ended_units(on: datetime.date) -> QuerySet[Unit]:
    """Above classes, the last to end first; each with its successor."""
    units = Unit.objects.filter(level__lt=Level.SCHOOL_CLASS, valid_to__lte=on)
    return units.select_related("kind", "successor").order_by("-valid_to", "name")


def coming_units(on: datetime.date) -> QuerySet[Unit]:
    """Above classes, that begin after the day."""
    units = Unit.objects.filter(level__lt=Level.SCHOOL_CLASS, valid_from__gt=on)
    return units.select_related("kind").order_by("valid_from", "name")


@dataclass(frozen=True)
class UnitHistory:
    """places: where it stood and stands; codes: that it had and has, both in order of time.

    n_roles: held at it on the day. predecessors: for which it goes on.
    """

    places: Sequence[UnitPlacement]
    codes: Sequence[UnitCode]
    predecessors: Sequence[Unit]
    n_roles: int


def history_of(unit: Unit, on: datetime.date) -> UnitHistory:
    return UnitHistory(
        places=list(unit.placements.select_related("parent").order_by("valid_from")),
        codes=list(unit.codes.order_by("valid_from")),
        predecessors=list(unit.predecessors.order_by("name")),
        n_roles=RoleAssignment.objects.on(on).filter(unit=unit).count(),
    )
