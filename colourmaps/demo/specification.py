"""What the demo says of an indicator: its definition, its limits, and how its values are spread. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from colourmaps.models import IndicatorArea
from colourmaps.scales import (
    DANISH_GRADES,
    HUNDREDTHS,
    NORWEGIAN_GRADES,
    SWEDISH_GRADES,
    Scale,
    ValueType,
)
from colourmaps.starter_sets import starter_set

# Yellow and green limit, in the indicator's own unit.
Limits = tuple[float, float]


class Season(Enum):
    """The part of the school year in which a round is."""

    AUTUMN = 0
    MIDWINTER = 1
    SPRING = 2


@dataclass(frozen=True)
class Grades:
    """A country's grades; a pass is yellow."""

    scale: Scale
    limits: Limits


GRADES = {
    "SE": Grades(Scale(ValueType.GRADE, steps=SWEDISH_GRADES), limits=(10, 15)),
    "NO": Grades(Scale(ValueType.GRADE, steps=NORWEGIAN_GRADES), limits=(2, 4)),
    "DK": Grades(Scale(ValueType.GRADE, steps=DANISH_GRADES), limits=(2, 7)),
}


@dataclass(frozen=True)
class IndicatorSpec:
    """An indicator and how its values come about.

    names: by language. limits: by year group. due: the year groups in which it is measured, by season.
    error: measurement error in the indicator's own unit.
    centre, spread: of the values, counted in distances from the yellow to the green limit, the centre from the green
    limit on: so the limits alone decide what values look like, and most pupils reach the green one.
    is_skewed: a long tail on the bad side, for times and shares where low is good.
    is_registered: kept day by day and not measured, so nobody is absent from it.
    elsewhere: by country, where the same is defined there: key of the starter set and code.
    """

    code: str
    names: Mapping[str, str]
    area: IndicatorArea
    scale: Scale
    limits: Mapping[int, Limits]
    due: Mapping[Season, Iterable[int]]
    error: float = 0
    aliases: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    owner: str = ""
    purpose: str = ""
    legal_ground: str = ""
    subject: str = ""
    is_high_good: bool = True
    centre: float = 0.2
    spread: float = 1.25
    is_skewed: bool = False
    is_registered: bool = False
    elsewhere: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def limits_in(self, year_group: int) -> Limits:
        """The limits of a year group, else of the nearest for which there are some."""
        return self.limits[min(self.limits, key=lambda known: abs(known - year_group))]

    def moved_up(self, n_years: int) -> IndicatorSpec:
        """The same where school starts in a later year group: the limits follow the age, not the number."""
        return replace(
            self,
            limits={year_group + n_years: limits for year_group, limits in self.limits.items()},
            due={season: [year_group + n_years for year_group in due] for season, due in self.due.items()},
        )

    def of_country(self, country: str) -> IndicatorSpec:
        """The same as it is defined in a country, and with its grades; other scales are the same everywhere."""
        if country in self.elsewhere:
            return replace(self.with_grades_of(country), **shipped(*self.elsewhere[country]))
        return self.with_grades_of(country)

    def with_grades_of(self, country: str) -> IndicatorSpec:
        if self.scale.value_type is not ValueType.GRADE:
            return self
        grades = GRADES[country]
        return replace(self, scale=grades.scale, limits=dict.fromkeys(self.limits, grades.limits))


def shipped(starter_set_key: str, code: str) -> dict[str, Any]:
    """What a starter set says of an indicator, as fields of IndicatorSpec."""
    definition = starter_set(starter_set_key).indicator(code).definition
    return {
        "code": definition.code,
        "names": definition.names,
        "definitions": definition.definitions,
        "aliases": definition.aliases,
        "area": IndicatorArea(definition.area),
        "scale": definition.scale,
        "is_high_good": definition.is_high_good,
        "error": definition.measurement_error / HUNDREDTHS,
        "source": definition.source,
        "owner": definition.owner,
        "purpose": definition.purpose,
        "legal_ground": definition.legal_ground,
        "subject": definition.subject,
    }


def number(maximum: float, unit: str, *, decimals: int = 0) -> Scale:
    return Scale(ValueType.NUMBER, 0, round(maximum * HUNDREDTHS), decimals=decimals, unit=unit)


def every(year_groups: Iterable[int], limits: Limits) -> dict[int, Limits]:
    """The same limits in all year groups."""
    return dict.fromkeys(year_groups, limits)


def names(sv: str, en: str, nb: str, da: str) -> dict[str, str]:
    return {"sv": sv, "en": en, "nb": nb, "da": da}
