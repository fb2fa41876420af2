"""Writes invented pupils and their enrolments."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import numpy as np

from accounts.demo import BATCH, NameStock, Town, stock_of
from accounts.models import Municipality
from pupils.identity import search_key
from pupils.models import Enrolment, Protection, Pupil, Sex
from pupils.school_years import stage
from pupils.sealing import keep_sealed, take_name

from .movements import Path, invent_paths

HAS_OWN_ID = 0.7
# In the year in which a child starts school it turns six.
AGE_AT_START = 6


def write_pupils(
    town: Town,
    *,
    seed: int,
    told_on: datetime.date,
    protected_in: int | None = None,
    taken: Collection[str] = (),
) -> int:
    """Pupils with enrolments over the town's school years, two of them with protected identity; returns how many.

    protected_in: place of the class in which the first of the two is; None for anywhere.
    taken: identity numbers that nobody may get, since they are those of pupils to come.
    """
    rng = np.random.default_rng([seed, 2])
    paths = invent_paths(town.plan, rng, told_on=told_on)
    people = _People(town.plan.country, town.municipality, rng, taken)
    pupils = [people.invent(_birth_year(town, path)) for path in paths]
    for pupil, protection in zip(
        _protected(paths, pupils, protected_in, rng),
        (Protection.CONFIDENTIAL, Protection.PROTECTED),
        strict=True,
    ):
        pupil.protection = protection
        keep_sealed([(pupil, take_name(pupil))])
    Pupil.objects.bulk_create(pupils, batch_size=BATCH)
    _write_enrolments(town, paths, pupils)
    return len(pupils)


def _protected(
    paths: list[Path], pupils: list[Pupil], protected_in: int | None, rng: np.random.Generator
) -> list[Pupil]:
    """Two pupils who are still here: the first in the given class, the second somewhere else."""
    here = [n for n, path in enumerate(paths) if path.last.valid_to is None]
    inside = [n for n in here if protected_in in (None, paths[n].last.class_place)]
    first = inside[rng.integers(len(inside))]
    outside = [n for n in here if paths[n].last.class_place != paths[first].last.class_place]
    return [pupils[first], pupils[outside[rng.integers(len(outside))]]]


def _birth_year(town: Town, path: Path) -> int:
    first = path.stays[0]
    years_before = stage(first.year_group, town.plan.country, first.valid_from)
    return town.plan.classes[first.class_place].autumn - AGE_AT_START - years_before


def _write_enrolments(town: Town, paths: list[Path], pupils: list[Pupil]) -> None:
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                municipality=town.municipality,
                pupil=pupil,
                school_class=town.classes[stay.class_place],
                year_group=stay.year_group,
                valid_from=stay.valid_from,
                valid_to=stay.valid_to,
                known_from=None,
            )
            for path, pupil in zip(paths, pupils, strict=True)
            for stay in path.stays
        ],
        batch_size=BATCH,
    )


class _People:
    """Invents one pupil after the other, each with numbers of its own."""

    def __init__(
        self, country: str, municipality: Municipality, rng: np.random.Generator, taken: Collection[str]
    ) -> None:
        self.has_identity_number = country == "SE"
        self.municipality = municipality
        self.stock: NameStock = stock_of(country)
        self.rng = rng
        self.taken = set(taken)
        self.n_made = 0

    def invent(self, birth_year: int) -> Pupil:
        """A pupil, not yet written. Where there are no temporary numbers in the school's form, the own id is it."""
        self.n_made += 1
        is_girl = bool(self.rng.random() < 0.49)
        given_names = self.stock.girls if is_girl else self.stock.boys
        given = given_names[self.rng.integers(len(given_names))]
        family = self.stock.families[self.rng.integers(len(self.stock.families))]
        has_own_id = not self.has_identity_number or self.rng.random() < HAS_OWN_ID
        return Pupil(
            municipality=self.municipality,
            identity_number=self.temporary_number(birth_year, is_girl) if self.has_identity_number else "",
            own_id=f"E{10_000 + self.n_made}" if has_own_id else "",
            given_name=given,
            family_name=family,
            search_name=search_key(f"{family} {given}"),
            sex=Sex.FEMALE if is_girl else Sex.MALE,
        )

    def temporary_number(self, birth_year: int, is_girl: bool) -> str:
        """A school's temporary number, YYYYMMDD, TF and two figures of which the first is even for girls (N21)."""
        while True:
            born = datetime.date(birth_year, 1, 1) + datetime.timedelta(days=int(self.rng.integers(365)))
            figures = 2 * int(self.rng.integers(5)) + (not is_girl), int(self.rng.integers(10))
            number = f"{born:%Y%m%d}TF{figures[0]}{figures[1]}"
            if number not in self.taken:
                self.taken.add(number)
                return number
