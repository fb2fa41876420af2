"""How invented pupils' values come about and develop. Pure: numpy in, numpy out.

Every pupil has an ability in each area. Abilities hang together with each other and with the school, and grow at each
pupil's own pace. A value is the ability, what is the pupil's own on just that indicator, and chance as large as the
indicator's measurement error; the indicator's limits turn that into points, grades or minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from colourmaps.models import IndicatorArea
from colourmaps.scales import HUNDREDTHS, WHOLE, Mark, ValueType

from .specification import IndicatorSpec, Season

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]

AREAS = list(IndicatorArea)
# Correlation of a pupil's abilities, in the order of IndicatorArea: language, mathematics, other subjects, health,
# attendance, learning environment.
CORRELATIONS = np.array(
    [
        [1.00, 0.65, 0.75, 0.20, 0.30, 0.25],
        [0.65, 1.00, 0.70, 0.20, 0.30, 0.25],
        [0.75, 0.70, 1.00, 0.25, 0.35, 0.25],
        [0.20, 0.20, 0.25, 1.00, 0.45, 0.55],
        [0.30, 0.30, 0.35, 0.45, 1.00, 0.35],
        [0.25, 0.25, 0.25, 0.55, 0.35, 1.00],
    ]
)
# Standard deviations, where pupils' abilities together have 1.
SCHOOL_IN_ALL, SCHOOL_IN_AREA = 0.26, 0.2
GROWTH_MEAN, GROWTH_SPREAD = 0.08, 0.15
SHARE_OF_AREA = 0.75
LEAST_CHANCE, MOST_CHANCE = 0.2, 0.6
# Within the school year, against limits that hold for all of it: behind in autumn, ahead in spring.
SEASON_GAIN = {Season.AUTUMN: -0.1, Season.MIDWINTER: 0.0, Season.SPRING: 0.12}
TAUGHT = {IndicatorArea.LANGUAGE, IndicatorArea.MATHEMATICS, IndicatorArea.OTHER_SUBJECTS}

MISSING, MISSING_WHEN_AWAY, MISSING_REGISTERED = 0.028, 0.05, 0.004
OFTEN_AWAY = -1.2
ABSENT, NO_BASIS, NO_BASIS_FOR_GRADE, EXEMPT = 0.012, 0.004, 0.02, 0.004


class Development:
    """The pupils' abilities, drawn once, and their values in each round.

    school_of_pupil: number of each pupil's first school; pupils and indicators are then known by their places.
    """

    def __init__(
        self, specs: Sequence[IndicatorSpec], school_of_pupil: Ints, rng: np.random.Generator
    ) -> None:
        self.specs = specs
        self.rng = rng
        self.area_of = np.array([AREAS.index(spec.area) for spec in specs])
        n_pupils, n_areas = len(school_of_pupil), len(AREAS)
        n_schools = int(school_of_pupil.max(initial=0)) + 1
        school = rng.normal(0, SCHOOL_IN_ALL, (n_schools, 1)) + rng.normal(
            0, SCHOOL_IN_AREA, (n_schools, n_areas)
        )
        own_share = np.sqrt(1 - SCHOOL_IN_ALL**2 - SCHOOL_IN_AREA**2)
        own = rng.standard_normal((n_pupils, n_areas)) @ np.linalg.cholesky(CORRELATIONS).T
        self.ability = own_share * own + (school - school.mean(axis=0))[school_of_pupil]
        self.growth = rng.normal(GROWTH_MEAN, GROWTH_SPREAD, (n_pupils, n_areas))
        self.own_way = rng.standard_normal((n_pupils, len(specs))).astype(np.float32)
        is_test = np.array([spec.area in TAUGHT for spec in specs])
        self.is_exempt = (rng.random((n_pupils, len(specs))) < EXEMPT) & is_test

    def values(
        self, pupils: Ints, indicators: Ints, year_groups: Ints, season: Season, years: float
    ) -> Floats:
        """Values in hundredths, on their scales, one per entry of pupils, indicators and year_groups.

        years: how many have passed since the first round.
        """
        areas = self.area_of[indicators]
        parts = np.stack(
            [
                self.ability[pupils, areas] + self.growth[pupils, areas] * years,
                self.own_way[pupils, indicators],
                self.rng.standard_normal(len(pupils)),
            ]
        )
        values = np.empty(len(pupils))
        for place, spec in enumerate(self.specs):
            rows = np.flatnonzero(indicators == place)
            for year_group in np.unique(year_groups[rows]):
                here = rows[year_groups[rows] == year_group]
                yellow, green = (HUNDREDTHS * limit for limit in spec.limits_in(int(year_group)))
                goodness = _shares(spec, abs(green - yellow)) @ parts[:, here]
                if spec.area in TAUGHT:
                    goodness += SEASON_GAIN[season]
                values[here] = on_scale(spec, _spread_out(spec, yellow, green, goodness))
        return values

    def marks(self, pupils: Ints, indicators: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """(Mark code of each value, whether there is no result at all)."""
        is_registered = np.array([spec.is_registered for spec in self.specs])[indicators]
        is_grade = np.array([spec.scale.value_type == ValueType.GRADE for spec in self.specs])[indicators]
        is_survey = np.array([spec.scale.value_type == ValueType.SURVEY for spec in self.specs])[indicators]
        is_often_away = self.ability[pupils, AREAS.index(IndicatorArea.ATTENDANCE)] < OFTEN_AWAY
        share_missing = np.where(
            is_registered, MISSING_REGISTERED, MISSING + MISSING_WHEN_AWAY * is_often_away
        )
        no_basis = np.where(is_grade, NO_BASIS_FOR_GRADE, np.where(is_survey, 0, NO_BASIS))
        drawn = self.rng.random(len(pupils))
        marks = np.full(len(pupils), Mark.MEASURED, np.int64)
        marks[drawn < no_basis + ABSENT] = Mark.NO_BASIS
        marks[drawn < ABSENT] = Mark.ABSENT
        marks[self.is_exempt[pupils, indicators]] = Mark.EXEMPT
        marks[is_registered] = Mark.MEASURED
        is_missing = (self.rng.random(len(pupils)) < share_missing) & (marks != Mark.EXEMPT)
        return marks, is_missing


def _shares(spec: IndicatorSpec, width: float) -> Floats:
    """What ability, the pupil's own way and chance weigh in a value: standard deviations that together have 1.

    Chance weighs as much as the measurement error says. width: from the yellow to the green limit, hundredths.
    """
    error = HUNDREDTHS * spec.error / (spec.spread * (width or HUNDREDTHS))
    chance = np.clip(error, LEAST_CHANCE, MOST_CHANCE)
    return np.array([SHARE_OF_AREA, np.sqrt(1 - SHARE_OF_AREA**2 - chance**2), chance])


def _spread_out(spec: IndicatorSpec, yellow: float, green: float, goodness: Floats) -> Floats:
    """From goodness (0 is usual, 1 a standard deviation better) to the indicator's own numbers, around its limits."""
    if spec.is_skewed:
        # The same on the scale of logarithms: a usual value, and a long tail on the bad side.
        step = np.log(yellow / green)
        return green * np.exp(-step * (spec.centre + spec.spread * goodness))
    step = green - yellow or HUNDREDTHS
    return green + step * (spec.centre + spec.spread * goodness)


def on_scale(spec: IndicatorSpec, values: Floats) -> Floats:
    """The values as the scale has them: on its steps or decimals, and between its ends."""
    scale = spec.scale
    if scale.steps:
        numbers = np.array([step.number for step in scale.steps], float)
        # A step is reached or not: what lies between two counts as the lower.
        return numbers[np.clip(np.searchsorted(numbers, values, side="right") - 1, 0, None)]
    unit = HUNDREDTHS if scale.value_type in WHOLE else HUNDREDTHS // 10**scale.decimals
    low = -np.inf if scale.minimum is None else scale.minimum
    high = np.inf if scale.maximum is None else scale.maximum
    return np.clip(np.rint(values / unit) * unit, low, high)
