"""The maps of a person's own units, for the start page. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.dated import in_force
from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import Permission
from accounts.tenancy import current_municipality
from accounts.web import unit_url
from pupils.school_years import year_group_name

from .queries import parents_of


@dataclass(frozen=True)
class OwnMap:
    """A map that the person has a role for.

    place: the school of a class, else empty.
    classes: the maps of a school's classes, for those who see pupils; year_groups: those of its year groups.
    """

    name: str
    url: str
    place: str = ""
    classes: Sequence[OwnMap] = field(default_factory=list)
    year_groups: Sequence[OwnMap] = field(default_factory=list)


def own_maps(sight: Sight) -> list[OwnMap]:
    """The maps of the person's own units, the larger before the smaller."""
    units = sight.own_units(Permission.SEE_SUMS)
    places = parents_of(units)
    schools = [unit for unit in sight.own_units(Permission.SEE_PUPILS) if unit.level == Level.SCHOOL]
    classes = classes_of(schools, sight.today)
    units.sort(key=_order)
    return [
        OwnMap(
            name=unit.name,
            url=unit_url(unit),
            place=places[unit.pk].name if unit.is_school_class and unit.pk in places else "",
            classes=[OwnMap(below.name, unit_url(below)) for below in classes.get(unit.pk, [])],
            year_groups=_year_groups(unit, classes.get(unit.pk, []), sight.today),
        )
        for unit in units
    ]


def _year_groups(school: Unit, classes: Sequence[Unit], on: datetime.date) -> list[OwnMap]:
    """Of the classes that have a year group; where each has one of its own, their maps are those of the classes."""
    found = sorted({each.year_group for each in classes if each.year_group is not None})
    if len(found) == len(classes):
        return []
    country = current_municipality().country
    return [
        OwnMap(
            _("year %(year)s") % {"year": year_group_name(year_group, country, on)},
            reverse("colourmaps:year-group-map", args=[school.key, year_group]),
        )
        for year_group in found
    ]


def classes_of(schools: Sequence[Unit], on: datetime.date) -> dict[int, list[Unit]]:
    """The classes directly below each of the schools on a day, by id of the school."""
    placements = UnitPlacement.objects.on(on).filter(
        in_force(on, "unit__"), parent__in=schools, unit__level=Level.SCHOOL_CLASS
    )
    classes: dict[int, list[Unit]] = {}
    for placement in placements.select_related("unit"):
        classes.setdefault(placement.parent_id, []).append(placement.unit)
    return {school: sorted(below, key=_order) for school, below in classes.items()}


def _order(unit: Unit) -> tuple[int, bool, int, str]:
    return (unit.level, unit.year_group is None, unit.year_group or 0, unit.name)
