"""Dice that reorganise a small municipality: moves, mergers, divisions and closings, on days all over its rounds."""

from __future__ import annotations

import datetime
from contextlib import suppress

from accounts.models import Level, Unit
from accounts.reorganisation import Refused, close_unit, merge_units, move_unit, split_unit
from tests.factories.accounts import UnitFactory

from .naive import Town

BEFORE = datetime.date(2026, 9, 1)
BETWEEN = datetime.date(2026, 10, 1)
AFTER = datetime.date(2026, 11, 16)
# So many acts after another are what random tests look at.
N_ACTS = 7


class Reorganiser:
    """Random acts on a random day, most of them possible."""

    def __init__(self, town: Town) -> None:
        self.dice = town.dice
        self.days = [BEFORE, datetime.date(2026, 9, 20), BETWEEN, datetime.date(2026, 11, 20), AFTER]
        administration = Unit.objects.filter(level=Level.ADMINISTRATION).order_by("pk")[0]
        self.parents = [
            administration,
            UnitFactory(level=Level.AREA, parent=administration),
            *Unit.objects.filter(level=Level.AREA).order_by("pk"),
        ]

    def act_after_all(self) -> None:
        """What is refused changes nothing, and another act is tried."""
        while True:
            with suppress(Refused):
                return self.act()

    def act(self) -> None:
        kind = self.dice.choice([self.move, self.move, self.move_class, self.merge, self.split, self.close])
        kind(self.dice.choice(self.days))

    def schools(self) -> list[Unit]:
        return list(Unit.objects.filter(level=Level.SCHOOL, valid_to=None).order_by("pk"))

    def move(self, on: datetime.date) -> None:
        unit = self.dice.choice([*self.schools(), *self.parents[1:]])
        move_unit(unit=unit, parent=self.dice.choice(self.parents), on=on, by=None)

    def move_class(self, on: datetime.date) -> None:
        classes = list(Unit.objects.filter(level=Level.SCHOOL_CLASS).order_by("pk"))
        move_unit(unit=self.dice.choice(classes), parent=self.dice.choice(self.schools()), on=on, by=None)

    def merge(self, on: datetime.date) -> None:
        schools = self.schools()
        units = self.dice.sample(schools, min(2, len(schools)))
        if self.dice.random() < 0.5:
            merge_units(units=units[1:], into=units[0], on=on, by=None)
        else:
            parent = self.dice.choice(self.parents)
            merge_units(units=units, on=on, by=None, name="Ny skola", parent=parent)

    def split(self, on: datetime.date) -> None:
        school = self.dice.choice(self.schools())
        below = Unit.objects.filter(placements__parent=school, placements__valid_to__gt=on).order_by("pk")
        split_unit(unit=school, children=below[:1], on=on, by=None, name="Delad skola")

    def close(self, on: datetime.date) -> None:
        close_unit(unit=self.dice.choice([*self.schools(), *self.parents]), on=on, by=None)
