"""Which recorded values would get another colour by other limits: what new limits do, and what they would do."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from accounts.models import UnitPlacement

from ..classification import classify, is_near
from ..limits import Limits
from ..models import Indicator, MeasurementRound, Result
from ..scales import Mark
from .stamping import Touched

# (colour before, colour after): Colour codes.
Flip = tuple[int, int]
COLUMNS = ("pupil_id", "round_id", "school_class_id", "value", "colour")


@dataclass(frozen=True)
class Flips:
    """What the limits change among the values that they judge.

    n_judged: values measured on the first day or later; n_near_a_limit: those of them that lie within the indicator's
    measurement error of a new limit, so that their colour says little; near: how many of those flip which way.
    by_class: how many flip which way, by (class id, round id); the class is None for pupils who were in none when the
    round was counted.
    """

    n_judged: int = 0
    n_near_a_limit: int = 0
    near: Counter[Flip] = field(default_factory=Counter)
    by_class: Mapping[tuple[int | None, int], Counter[Flip]] = field(default_factory=dict)

    @property
    def colours(self) -> Counter[Flip]:
        """How many values go from one colour to another."""
        return sum(self.by_class.values(), Counter())

    @property
    def n_flips(self) -> int:
        return self.colours.total()

    @property
    def n_certain_flips(self) -> int:
        """Those that are not near a new limit: what the new limits change beyond the measurement error."""
        return self.n_flips - self.near.total()

    @property
    def touched(self) -> Touched:
        """The (class id, round id) pairs whose sums change."""
        return {(class_id, round_id) for class_id, round_id in self.by_class if class_id is not None}


def flips_of(
    indicator: Indicator,
    year_group: int,
    limits: Limits,
    *,
    from_day: datetime.date,
    to_day: datetime.date | None = None,
) -> Flips:
    """What the limits would change if they held from the day on, up to but not including to_day; writes nothing.

    Raises ValueError if the limits are out of order.
    """
    values = values_judged(indicator, year_group, limits, from_day=from_day, to_day=to_day)
    near = is_near(values["value"], limits.yellow, limits.green, indicator.measurement_error)
    by_class: dict[tuple[int | None, int], Counter[Flip]] = defaultdict(Counter)
    for class_id, round_id, before, after in flipped(values)[
        ["school_class_id", "round_id", "colour", "new_colour"]
    ].itertuples(index=False):
        by_class[None if pd.isna(class_id) else int(class_id), int(round_id)][int(before), int(after)] += 1
    ways = flipped(values[near])[["colour", "new_colour"]].itertuples(index=False)
    return Flips(
        n_judged=len(values),
        n_near_a_limit=int(near.sum()),
        near=Counter((int(before), int(after)) for before, after in ways),
        by_class=dict(by_class),
    )


def values_judged(
    indicator: Indicator,
    year_group: int,
    limits: Limits,
    *,
    from_day: datetime.date,
    to_day: datetime.date | None = None,
) -> pd.DataFrame:
    """The values that the limits judge: columns COLUMNS (hundredths; a class may be missing) and new_colour."""
    results = Result.objects.filter(
        indicator=indicator, year_group=year_group, mark=Mark.MEASURED, measured_on__gte=from_day
    )
    if to_day is not None:
        results = results.filter(measured_on__lt=to_day)
    values = pd.DataFrame(results.values_list(*COLUMNS), columns=list(COLUMNS))
    values["new_colour"] = classify(
        values["value"].to_numpy(float), limits.yellow, limits.green, indicator.is_high_good
    )
    return values


def flipped(values: pd.DataFrame) -> pd.DataFrame:
    """Those that get another colour than they have."""
    return values[values["new_colour"] != values["colour"]]


def flips_by_school(flips: Flips) -> dict[int | None, Counter[Flip]]:
    """By id of the school that each class stood under when its round was counted; None for pupils in no class."""
    found: dict[int | None, Counter[Flip]] = defaultdict(Counter)
    for round_ in MeasurementRound.objects.filter(
        pk__in={round_id for _class_id, round_id in flips.by_class}
    ):
        of_round = {
            class_id: counts
            for (class_id, round_id), counts in flips.by_class.items()
            if round_id == round_.pk
        }
        placements = UnitPlacement.objects.on(round_.counted_on).filter(unit__in=of_round.keys() - {None})
        school_of = dict(placements.values_list("unit_id", "parent_id"))
        for class_id, counts in of_round.items():
            found[None if class_id is None else school_of.get(class_id)] += counts
    return dict(found)
