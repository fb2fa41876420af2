"""An invented municipality of a given size, made for measuring: everything in it is even and known beforehand."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from accounts.models import Level, Municipality, Unit, UnitKind, UnitPlacement
from accounts.queries import root_unit
from accounts.services import create_municipality
from accounts.tenancy import current_municipality, municipality_scope
from colourmaps.models import DueIndicator, Indicator, IndicatorArea, MeasurementRound, Threshold
from pupils.grouping import join_group, register_group, sum_group
from pupils.models import Sex
from pupils.services import BATCH, add_pupils

CLASSES_PER_SCHOOL = 20
SCHOOLS_PER_AREA = 5
AREAS_PER_ADMINISTRATION = 4
YEAR_GROUPS = 10
DAYS_BETWEEN_ROUNDS = 150
LONG_AGO = datetime.date(2015, 8, 1)
YELLOW, GREEN, HIGHEST = 1600, 2600, 4000
FAMILIES = ("Berg", "Dahl", "Ek", "Holm", "Lind", "Nyström", "Sandberg", "Åkesson", "Öberg")
# Every so many pupils: one whose sex is not stated, one who is in the registered group.
ONE_SEX_NOT_STATED, ONE_IN_GROUP = 50, 10
GIVEN_NAMES = ("Alva", "Elias", "Freja", "Hugo", "Ines", "Malik", "Noor", "Oskar", "Saga", "Vera")


@dataclass(frozen=True)
class Scene:
    municipality: Municipality
    classes: list[Unit]
    rounds: list[MeasurementRound]
    indicators: list[Indicator]


def make_scene(*, class_sizes: list[int], n_indicators: int, n_rounds: int, code: str = "9999") -> Scene:
    """A municipality with classes of these sizes; every indicator is due for everybody in every round."""
    municipality = create_municipality(code=code, name="Prövköping", country="SE")
    with municipality_scope(municipality):
        classes = _make_tree(len(class_sizes))
        _make_pupils(classes, class_sizes)
        rounds = _make_rounds(n_rounds)
        return Scene(municipality, classes, rounds, _make_indicators(n_indicators, rounds))


def even_classes(n_pupils: int, size: int = 25) -> list[int]:
    """Class sizes that add up to the pupils."""
    n_full, rest = divmod(n_pupils, size)
    return [size] * n_full + ([rest] if rest else [])


def _make_tree(n_classes: int) -> list[Unit]:
    """Units of each level, as few as there is room for; returns the classes."""
    n_schools = -(-n_classes // CLASSES_PER_SCHOOL)
    n_areas = -(-n_schools // SCHOOLS_PER_AREA)
    n_administrations = -(-n_areas // AREAS_PER_ADMINISTRATION)
    parents = [root_unit()]
    for level, number in (
        (Level.ADMINISTRATION, n_administrations),
        (Level.AREA, n_areas),
        (Level.SCHOOL, n_schools),
        (Level.SCHOOL_CLASS, n_classes),
    ):
        parents = _make_units(level, number, parents)
    return parents


def _make_units(level: Level, number: int, parents: list[Unit]) -> list[Unit]:
    """That many units, dealt out evenly to the parents, in order."""
    kind = UnitKind.objects.get(level=level)
    is_class = level == Level.SCHOOL_CLASS
    units = Unit.objects.bulk_create(
        [
            Unit(
                municipality=kind.municipality,
                kind=kind,
                level=level,
                name=f"{kind.name} {n + 1}",
                year_group=n % YEAR_GROUPS if is_class else None,
                valid_from=LONG_AGO,
            )
            for n in range(number)
        ],
        batch_size=BATCH,
    )
    UnitPlacement.objects.bulk_create(
        [
            UnitPlacement(
                municipality=kind.municipality,
                unit=unit,
                parent=parents[n * len(parents) // number],
                valid_from=LONG_AGO,
            )
            for n, unit in enumerate(units)
        ],
        batch_size=BATCH,
    )
    return units


def _make_pupils(classes: list[Unit], sizes: list[int]) -> None:
    """Girls and boys in turn; one registered group, with sums of its own."""
    seats = [school_class for school_class, size in zip(classes, sizes, strict=True) for _n in range(size)]
    pupil_ids = add_pupils(
        [
            {
                "identity_number": identity_number(n),
                "family_name": FAMILIES[n % len(FAMILIES)],
                "given_name": GIVEN_NAMES[n // 7 % len(GIVEN_NAMES)],
                "sex": _sex(n),
            }
            for n in range(len(seats))
        ],
        class_ids=[school_class.pk for school_class in seats],
        year_groups=[school_class.year_group or 0 for school_class in seats],
        on=LONG_AGO,
    )
    group = register_group(
        name="Nyanlända", purpose="Mätning", legal_ground="Mätning", valid_from=LONG_AGO, by=None
    )
    join_group(group=group, pupil_ids=pupil_ids[::ONE_IN_GROUP], on=LONG_AGO, by=None)
    sum_group(group=group, by=None)


def _sex(n: int) -> str:
    if n % ONE_SEX_NOT_STATED == 0:
        return Sex.UNKNOWN
    return Sex.FEMALE if n % 2 else Sex.MALE


def identity_number(n: int) -> str:
    """A school's temporary number, of which there are a hundred for each day of birth; nobody's own number."""
    born = datetime.date(2009, 1, 1) + datetime.timedelta(days=n // 100)
    return f"{born:%Y%m%d}TF{n % 100:02}"


def _make_rounds(number: int) -> list[MeasurementRound]:
    """Rounds of thirty days that are over, oldest first."""
    municipality = current_municipality()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    starts = [today - datetime.timedelta(days=DAYS_BETWEEN_ROUNDS * (number - n)) for n in range(number)]
    return [
        MeasurementRound.objects.create(
            municipality=municipality,
            name=f"Mätning {n + 1}",
            starts_on=start,
            ends_on=start + datetime.timedelta(days=30),
        )
        for n, start in enumerate(starts)
    ]


def _make_indicators(number: int, rounds: list[MeasurementRound]) -> list[Indicator]:
    """Tests of 0–40 points in the areas of the map, with limits for every year group."""
    municipality = current_municipality()
    areas = list(IndicatorArea)
    indicators = Indicator.objects.bulk_create(
        Indicator(
            municipality=municipality,
            code=f"PROV{n + 1}",
            names={"sv": f"Screening {n + 1}", "en": f"Screening {n + 1}"},
            area=areas[n * len(areas) // number],
            value_type="points",
            minimum=0,
            maximum=HIGHEST,
            measurement_error=200,
            position=n,
        )
        for n in range(number)
    )
    every = [(indicator, year_group) for indicator in indicators for year_group in range(YEAR_GROUPS)]
    Threshold.objects.bulk_create(
        Threshold(
            municipality=municipality,
            indicator=indicator,
            year_group=year_group,
            yellow_limit=YELLOW,
            green_limit=GREEN,
            valid_from=LONG_AGO,
        )
        for indicator, year_group in every
    )
    DueIndicator.objects.bulk_create(
        DueIndicator(municipality=municipality, round=round_, indicator=indicator, year_group=year_group)
        for round_ in rounds
        for indicator, year_group in every
    )
    return indicators


FILL_ROUND = f"""
    insert into colourmaps_result (
        municipality_id, pupil_id, indicator_id, round_id, school_class_id, year_group, value, mark, colour, movement,
        measured_on, recorded_at
    )
    select %(municipality)s, pupil_id, indicator_id, %(round)s, school_class_id, year_group, value, 0,
           case when value >= {GREEN} then 3 when value >= {YELLOW} then 2 else 1 end,
           case when %(is_first)s or misses = %(missed_before)s then 0
                else 1 + (pupil_id + indicator_id + %(round)s) %% 3 end,
           %(day)s, %(now)s
    from (
        select e.pupil_id, e.school_class_id, e.year_group, i.id as indicator_id,
               (e.pupil_id + 3 * i.id) %% %(one_missing_in)s as misses,
               (e.pupil_id %% 41 * 7919 + i.id %% 41 * 104729 + %(round)s %% 41 * 1299709) %% 41 * 100 as value
        from pupils_enrolment e cross join colourmaps_indicator i
        where e.municipality_id = %(municipality)s and i.municipality_id = %(municipality)s
    ) scored where misses <> %(missed)s order by pupil_id, indicator_id
"""
# No pupil's turn to be missing.
NOBODY = -1


def fill_rounds(
    scene: Scene, rounds: Iterable[MeasurementRound], *, one_missing_in: int | None = None
) -> None:
    """Results for every pupil and indicator in the rounds, written by the database itself: quick and repeatable.

    one_missing_in: in each round one of so many results is missing, each time another one (so of more than there are
    rounds); None: none is. Who misses the first round is new in the second.
    """
    for round_ in rounds:
        nth = scene.rounds.index(round_)
        with connection.cursor() as cursor:
            cursor.execute(
                FILL_ROUND,
                {
                    "municipality": scene.municipality.pk,
                    "round": round_.pk,
                    "is_first": nth == 0,
                    "missed": nth if one_missing_in else NOBODY,
                    "missed_before": 0 if one_missing_in and nth == 1 else NOBODY,
                    "one_missing_in": one_missing_in or 1,
                    "day": round_.starts_on,
                    "now": f"{round_.ends_on} 12:00:00+00:00",
                },
            )
