"""Reads the files of starter sets. Pure but for the files; what is wrong in one raises ValueError with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from ..definition import Definition
from ..limits import Limits
from ..scales import HUNDREDTHS, NAMED, PERCENT, STANINE, Scale, Step, ValueType

FOLDER = Path(__file__).parent
# What a set may say once for all its indicators.
SHARED = ("definitions", "owner", "source", "purpose", "legal_ground", "version")
PLAIN = (
    "code",
    "area",
    "shelf_life_months",
    "secrecy_area",
    "purpose",
    "legal_ground",
    "source",
    "owner",
    "version",
    "subject",
    "rule",
)
OTHERS = (
    "names",
    "definitions",
    "aliases",
    "year_groups",
    "scale",
    "low_is_good",
    "measurement_error",
    "limits",
)


@dataclass(frozen=True)
class StarterLimits:
    """Limits that a public rule states, in hundredths, and the rule."""

    limits: Limits
    source: str


@dataclass(frozen=True)
class StarterIndicator:
    definition: Definition
    limits: StarterLimits | None

    @property
    def name(self) -> str:
        return _in_language(self.definition.names)


@dataclass(frozen=True)
class StarterSet:
    """key: the file's name. names, about: by language."""

    key: str
    country: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    indicators: tuple[StarterIndicator, ...]

    @property
    def name(self) -> str:
        return _in_language(self.names)

    @property
    def description(self) -> str:
        return _in_language(self.about)

    def indicator(self, code: str) -> StarterIndicator:
        """KeyError if the set has none of that code."""
        return {each.definition.code: each for each in self.indicators}[code]


def starter_sets(country: str) -> list[StarterSet]:
    """The sets of a country, by their keys."""
    return [each for each in _all() if each.country == country]


def starter_set(key: str) -> StarterSet:
    """KeyError if there is none."""
    return {each.key: each for each in _all()}[key]


@cache
def _all() -> tuple[StarterSet, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def _read(path: Path) -> StarterSet:
    try:
        return set_of(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def set_of(key: str, said: Mapping[str, Any]) -> StarterSet:
    shared = {name: said[name] for name in SHARED if name in said}
    return StarterSet(
        key=key,
        country=said["country"],
        names=said["names"],
        about=said["about"],
        indicators=tuple(_indicator(shared | each) for each in said["indicators"]),
    )


def _indicator(said: Mapping[str, Any]) -> StarterIndicator:
    unknown = set(said) - {*PLAIN, *OTHERS}
    if unknown:
        raise ValueError(f"{said.get('code')}: unknown: {', '.join(sorted(unknown))}")
    scale = _scale(said["scale"])
    definition = Definition(
        names=said["names"],
        definitions=said.get("definitions", {}),
        aliases=tuple(said.get("aliases", ())),
        year_groups=tuple(said["year_groups"]),
        scale=scale,
        is_high_good=not said.get("low_is_good", False),
        measurement_error=round(said.get("measurement_error", 0) * HUNDREDTHS),
        **{name: said[name] for name in PLAIN if name in said},
    )
    return StarterIndicator(definition, _limits(said["limits"], scale) if "limits" in said else None)


def _scale(said: str | Mapping[str, Any]) -> Scale:
    """A scale by its name, or by its type with its ends in the indicator's unit or its steps from the lowest on."""
    if isinstance(said, str):
        return STANINE if said == ValueType.STANINE else NAMED[said]
    value_type = ValueType(said["type"])
    minimum, maximum = (
        round(said[end] * HUNDREDTHS) if end in said else None for end in ("minimum", "maximum")
    )
    if value_type is ValueType.PERCENT:
        minimum, maximum = PERCENT.minimum, PERCENT.maximum
    return Scale(
        value_type,
        minimum,
        maximum,
        steps=tuple(Step(label, n * HUNDREDTHS) for n, label in enumerate(said.get("steps", ()), start=1)),
        decimals=said.get("decimals", 0),
        unit=said.get("unit", PERCENT.unit if value_type is ValueType.PERCENT else ""),
    )


def _limits(said: Mapping[str, Any], scale: Scale) -> StarterLimits:
    numbers = {step.label: step.number for step in scale.steps}
    yellow, green = (
        numbers[said[limit]] if scale.steps else round(said[limit] * HUNDREDTHS)
        for limit in ("yellow", "green")
    )
    return StarterLimits(Limits(yellow, green), said["source"])


def _in_language(texts: Mapping[str, str]) -> str:
    return texts.get(get_language() or "sv") or texts["sv"]
