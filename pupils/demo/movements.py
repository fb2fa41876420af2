"""How invented pupils move through an invented municipality's classes: up, in, out and across. Pure, no database.

Every school year starts with as many pupils as the plan says. During the year some move in and as many out, some
change class or school; at its end all move up, the oldest leave and the youngest come.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from math import ceil

import numpy as np

from accounts.demo import TownPlan, first_day

# Shares of all pupils, per school year; of each there is at least one.
CHANGE_CLASS = 0.012
CHANGE_SCHOOL = 0.012
MOVE_DURING = 0.018
MOVE_IN_AT_START = 0.02
MOVE_AWAY_AT_END = 0.02


@dataclass
class Stay:
    """In a class (by its place in the plan), in a year group, between two dates; no end: still there."""

    class_place: int
    year_group: int
    valid_from: datetime.date
    valid_to: datetime.date | None


@dataclass(eq=False)
class Path:
    """One pupil's way through the classes, in order of time."""

    stays: list[Stay]

    @property
    def last(self) -> Stay:
        return self.stays[-1]


def invent_paths(plan: TownPlan, rng: np.random.Generator, *, told_on: datetime.date) -> list[Path]:
    """The ways of all pupils over the plan's school years, as far as they are known on the day the story is told."""
    return _Movements(plan, rng, told_on).run()


class _Movements:
    def __init__(self, plan: TownPlan, rng: np.random.Generator, told_on: datetime.date) -> None:
        self.plan = plan
        self.rng = rng
        self.told_on = told_on
        self.paths: list[Path] = []
        # Those who are at school here at the moment, and how many stand in each class.
        self.present: list[Path] = []
        self.n_in_class = np.zeros(len(plan.classes), int)
        self.places = {autumn: self.places_of(autumn) for autumn in plan.autumns}

    def run(self) -> list[Path]:
        for autumn in self.plan.autumns:
            if autumn == self.plan.autumns[0]:
                self.fill(autumn, self.plan.n_pupils, self.places[autumn])
            else:
                self.move_up(autumn)
            self.move_during(autumn)
        return self.paths

    def places_of(self, autumn: int) -> list[tuple[int, int]]:
        """Every (class place, year group) in which there can be pupils in a school year."""
        return [
            (place, year_group)
            for place, school_class in enumerate(self.plan.classes)
            if school_class.autumn == autumn and school_class.has_pupils
            for year_group in school_class.year_groups
        ]

    def fill(self, autumn: int, n_pupils: int, places: list[tuple[int, int]]) -> None:
        """New pupils from the first day on, dealt out over the places by their weight, give or take a few."""
        weights = np.array([self.plan.classes[place].weight for place, _year_group in places])
        shares = weights * self.rng.uniform(0.88, 1.12, len(places))
        bounds = np.rint(np.cumsum(shares) / shares.sum() * n_pupils).astype(int)
        for (place, year_group), n_here in zip(places, np.diff(bounds, prepend=0), strict=True):
            for _ in range(n_here):
                self.enter(place, year_group, first_day(autumn))

    def enter(self, place: int, year_group: int, on: datetime.date) -> None:
        path = Path([Stay(place, year_group, on, self.end_of(place))])
        self.paths.append(path)
        self.present.append(path)
        self.n_in_class[place] += 1

    def end_of(self, place: int) -> datetime.date | None:
        """Until when one stays in a class: to its end, and in the last school year until further notice."""
        autumn = self.plan.classes[place].autumn
        return None if autumn == self.plan.autumns[-1] else first_day(autumn + 1)

    def move_up(self, autumn: int) -> None:
        """From the school year before into this one; the first year group is filled up to the planned number."""
        leaving = {id(path) for path in self.some(self.present, MOVE_AWAY_AT_END)}
        # First those who stay at their school, so that the others can choose the emptier classes.
        before, self.present = sorted(self.present, key=self.ends_school), []
        first_year = self.plan.first_year_group
        for path in before:
            place = self.class_after(path.last, autumn)
            if place is not None and id(path) not in leaving:
                path.stays.append(
                    Stay(place, path.last.year_group + 1, first_day(autumn), self.end_of(place))
                )
                self.present.append(path)
                self.n_in_class[place] += 1
        places = self.places[autumn]
        older = [(place, year_group) for place, year_group in places if year_group > first_year]
        self.fill(autumn, ceil(self.plan.n_pupils * MOVE_IN_AT_START), older)
        youngest = [(place, year_group) for place, year_group in places if year_group == first_year]
        self.fill(autumn, max(0, self.plan.n_pupils - len(self.present)), youngest)

    def ends_school(self, path: Path) -> bool:
        """Whether the pupil's school has no class to go on to."""
        return self.plan.next_class(path.last.class_place, path.last.year_group) is None

    def class_after(self, stay: Stay, autumn: int) -> int | None:
        """The class that a pupil goes on to: the own one, or where the school ends the emptiest at another school."""
        onward = self.plan.next_class(stay.class_place, stay.year_group)
        if onward is not None:
            return onward
        school = self.plan.classes[stay.class_place].school
        elsewhere = [place for place, year_group in self.places[autumn] if year_group == stay.year_group + 1]
        near = [place for place in elsewhere if self.is_near(school, self.plan.classes[place].school)]
        return min(near or elsewhere, key=lambda place: self.n_in_class[place], default=None)

    def is_near(self, school: int, other: int) -> bool:
        return self.plan.area_of(school) == self.plan.area_of(other)

    def move_during(self, autumn: int) -> None:
        days = self.moving_days(autumn)
        staying = list(self.present)
        for path in self.some(staying, CHANGE_CLASS):
            self.change(path, days, same_school=True)
        for path in self.some(staying, CHANGE_SCHOOL):
            self.change(path, days, same_school=False)
        settled = [path for path in staying if path.last.valid_from == first_day(autumn)]
        for path in self.some(settled, MOVE_DURING):
            self.leave(path, self.draw(days))
        places = self.places[autumn]
        while len(self.present) < self.plan.n_pupils:
            place, year_group = places[self.rng.integers(len(places))]
            self.enter(place, year_group, self.draw(days))

    def moving_days(self, autumn: int) -> list[datetime.date]:
        """The Mondays of the school year, up to the day on which the story is told."""
        first = datetime.date(autumn, 9, 7)
        last = min(datetime.date(autumn + 1, 5, 25), self.told_on - datetime.timedelta(days=5))
        days = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
        return [day for day in days if day.weekday() == 0]

    def draw(self, days: list[datetime.date]) -> datetime.date:
        return days[self.rng.integers(len(days))]

    def some(self, paths: list[Path], share: float) -> list[Path]:
        """A share of the pupils, drawn by chance, at least one."""
        n_drawn = min(len(paths), max(1, round(share * len(paths))))
        return [paths[n] for n in self.rng.choice(len(paths), n_drawn, replace=False)]

    def change(self, path: Path, days: list[datetime.date], *, same_school: bool) -> None:
        """Into another class of the same year group, once a year at most; without one, the pupil stays."""
        stay, on = path.last, self.draw(days)
        here = self.plan.classes[stay.class_place]
        others = [
            place
            for place, year_group in self.places[here.autumn]
            if year_group == stay.year_group
            and place != stay.class_place
            and (self.plan.classes[place].school == here.school) == same_school
        ]
        if not others or stay.valid_from != first_day(here.autumn):
            return
        place = others[self.rng.integers(len(others))]
        path.stays[-1] = Stay(stay.class_place, stay.year_group, stay.valid_from, on)
        path.stays.append(Stay(place, stay.year_group, on, stay.valid_to))
        self.n_in_class[[stay.class_place, place]] += (-1, 1)

    def leave(self, path: Path, on: datetime.date) -> None:
        """Away from the municipality."""
        path.last.valid_to = on
        self.present.remove(path)
        self.n_in_class[path.last.class_place] -= 1
