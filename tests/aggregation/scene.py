"""Stored sums of a random small municipality, as the roll-up would have left them, and people at every level of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Level, Unit, User
from accounts.queries import root_unit
from accounts.roles import RoleCode
from aggregation.disclosure import Figures
from aggregation.models import ALL_PUPILS, UnitSum
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.accounts import PersonFactory, UnitFactory

from .towns import ROOT, Town, random_figures, random_town, summed

LEVELS = [Level.MUNICIPALITY, Level.ADMINISTRATION, Level.AREA, Level.SCHOOL]


@dataclass(frozen=True)
class BuiltTown:
    """units: by node; people: who see no pupils, one at every unit above the school, with the board."""

    town: Town
    units: dict[int, Unit]
    people: list[User]


def build_town(seed: int) -> BuiltTown:
    town = random_town(seed)
    units = {ROOT: root_unit()}
    depths = {ROOT: 0}
    schools = town.table.keys() - set(town.parents.values())
    for node, parent in town.parents.items():
        depths[node] = depths[parent] + 1
        level = Level.SCHOOL if node in schools else LEVELS[depths[node]]
        units[node] = UnitFactory(level=level, parent=units[parent], name=f"Enhet {seed}-{node}")
    above = [unit for unit in units.values() if unit.level < Level.SCHOOL]
    board = PersonFactory(role=RoleCode.BOARD_MEMBER, unit=units[ROOT])
    return BuiltTown(town, units, [board, *map(_head_of, above)])


def _head_of(unit: Unit) -> User:
    role = RoleCode.AREA_HEAD if unit.level == Level.AREA else RoleCode.ADMINISTRATION_HEAD
    return PersonFactory(role=role, unit=unit)


def store_random_sums(
    built: BuiltTown, round_: MeasurementRound, indicator: Indicator, seed: int
) -> dict[int, Figures]:
    """Returns what is stored, by node."""
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    schools = built.town.table.keys() - set(built.town.parents.values())
    leaves = {school: random_figures(dice, [2, 1, 0.4]) for school in sorted(schools)}
    table = summed(built.town.parents, leaves)
    store_sums(built.units, table, round_, indicator)
    return table


def store_sums(
    units: Mapping[int, Unit],
    table: Mapping[int, Figures],
    round_: MeasurementRound,
    indicator: Indicator,
    slice_: int = ALL_PUPILS,
) -> None:
    """In the place of what was stored of these units and this slice before."""
    old = UnitSum.objects.filter(round=round_, indicator=indicator, slice=slice_)
    old.filter(unit__in=[units[node] for node in table]).delete()
    UnitSum.objects.bulk_create(
        [_row(units[node], figures, round_, indicator, slice_) for node, figures in table.items()]
    )


def _row(
    unit: Unit, figures: Figures, round_: MeasurementRound, indicator: Indicator, slice_: int
) -> UnitSum:
    measured = sum(figures.colours)
    green, yellow, red, _uncoloured = figures.colours
    return UnitSum(
        municipality_id=unit.municipality_id,
        unit=unit,
        round=round_,
        indicator=indicator,
        slice=slice_,
        due=measured + figures.missing,
        measured=measured,
        green=green,
        yellow=yellow,
        red=red,
        paired=sum(figures.moves),
        **figures.moves._asdict(),
        total=0,
        total_of_squares=0,
        computed_at=timezone.now(),
    )
