"""The difference between two groups worked out from the pupils themselves, one class and one stratum at a time.

Slow and plain, and shares no code with the moments: the design matrix has a column for each stratum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from scipy import stats

from interventions.effect import Estimate, Pairs

# The two groups of a place.
Place = tuple[Pairs, Pairs]


@dataclass(frozen=True)
class Pupil:
    place: int
    year_group: int
    school_class: tuple[int, int]
    is_treated: bool
    start: float
    follow_up: float


def pupils_of(places: Sequence[Place]) -> list[Pupil]:
    return [
        Pupil(n, int(year), (n, int(school_class)), is_treated, float(start), float(follow_up))
        for n, (treated, comparison) in enumerate(places)
        for is_treated, pairs in ((True, treated), (False, comparison))
        for start, follow_up, year, school_class in zip(
            pairs.start, pairs.follow_up, pairs.year_group, pairs.school_class, strict=True
        )
    ]


def difference_by_hand(places: Sequence[Place], *, has_start: bool) -> Estimate:
    """With the same start, or else of the changes as they are."""
    strata = _strata(pupils_of(places), has_start)
    pupils = [pupil for stratum in strata for pupil in stratum]
    outcome = np.array([p.follow_up - (0 if has_start else p.start) for p in pupils])
    columns = [[float(within is stratum) for within in strata for _each in within] for stratum in strata]
    explaining = [[float(p.is_treated) for p in pupils], *([[p.start for p in pupils]] if has_start else [])]
    design = np.array([*explaining, *columns]).T
    inverse = np.linalg.pinv(design.T @ design)
    coefficients = inverse @ design.T @ outcome
    residual = outcome - design @ coefficients
    leverage = np.diag(design @ inverse @ design.T)
    weight = (inverse @ design.T)[0]
    spread = {}
    parts, freedoms = [], []
    for arm in (False, True):
        meant = np.array([p.is_treated is arm for p in pupils])
        freedoms.append(meant.sum() - leverage[meant].sum())
        spread[arm] = np.sqrt(np.sum(residual[meant] ** 2) / freedoms[-1])
        parts.append(np.sum(weight[meant] ** 2) * spread[arm] ** 2)
    classes = defaultdict(list)
    for n, pupil in enumerate(pupils):
        classes[pupil.school_class].append(n)
    together = sum(
        sum(weight[n] * spread[pupils[n].is_treated] for n in each) ** 2 for each in classes.values()
    )
    in_common = sum(sum(residual[n] for n in each) ** 2 for each in classes.values()) - sum(residual**2)
    n_twos = sum(len(each) * (len(each) - 1) for each in classes.values())
    variance = sum(residual**2) / sum(freedoms)
    share = min(1, max(0.2, in_common / n_twos / variance)) if n_twos and variance else 0.2
    parts.append(share * max(0, together - sum(parts)))
    freedoms.append(max(1, len(classes) - len(explaining)))
    below = sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    freedom = sum(parts) ** 2 / below if below else sum(freedoms)
    half = stats.t.ppf(0.975, freedom) * np.sqrt(sum(parts))
    return Estimate(coefficients[0], coefficients[0] - half, coefficients[0] + half)


def _strata(pupils: list[Pupil], has_bands: bool) -> list[list[Pupil]]:
    """Those with pupils of both groups; the middle band of half a standard deviation lies about the year's mean."""
    means, deviations = {}, {}
    for place in {p.place for p in pupils}:
        years = defaultdict(list)
        for pupil in pupils:
            if pupil.place == place:
                years[pupil.year_group].append(pupil.start)
        means |= {(place, year): fmean(starts) for year, starts in years.items()}
        squares = sum((start - fmean(starts)) ** 2 for starts in years.values() for start in starts)
        deviations[place] = np.sqrt(squares / (sum(map(len, years.values())) - len(years)))
    strata = defaultdict(list)
    for pupil in pupils:
        key = (pupil.place, pupil.year_group)
        width = deviations[pupil.place] / 2
        band = round(round((pupil.start - means[key]) / width, 6)) if has_bands and width else 0
        strata[*key, band].append(pupil)
    return [each for each in strata.values() if len({pupil.is_treated for pupil in each}) == 2]
