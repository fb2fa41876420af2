"""Which recorded values would get another colour by other limits: what new limits do, and what they would do."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from accounts.models import Unit
from accounts.queries import schools_of

from ..classification import classify, is_near
from ..limits import Limits
from ..models import Indicator, MeasurementRound, Result, Threshold
from ..queries import limits_in_force
from ..scales import Mark
from .stamping import Touched

# (colour before, colour after): Colour codes.
Flip = tuple[int, int]
COLUMNS = ("pupil_id", "round_id", "school_class_id", "value", "colour", "measured_on")


@dataclass(frozen=True)
class Decision:
    """Limits from a day on, up to but not including to_day; of one school, or of all that have none of their own.

    limits: None if a school's own come to an end, so that the municipality's hold there again.
    """

    indicator: Indicator
    year_group: int
    limits: Limits | None
    from_day: datetime.date
    to_day: datetime.date | None = None
    school: Unit | None = None


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
    def certain(self) -> Counter[Flip]:
        """Of those flips the ones that are not near a new limit: what changes beyond the measurement error."""
        return self.colours - self.near

    @property
    def n_certain_flips(self) -> int:
        return self.certain.total()

    @property
    def touched(self) -> Touched:
        """The (class id, round id) pairs whose sums change."""
        return {(class_id, round_id) for class_id, round_id in self.by_class if class_id is not None}


def summarised(values: pd.DataFrame) -> Flips:
    """values: of `values_judged`."""
    by_class: dict[tuple[int | None, int], Counter[Flip]] = defaultdict(Counter)
    for class_id, round_id, before, after in flipped(values)[
        ["school_class_id", "round_id", "colour", "new_colour"]
    ].itertuples(index=False):
        by_class[None if pd.isna(class_id) else int(class_id), int(round_id)][int(before), int(after)] += 1
    return Flips(
        n_judged=len(values),
        n_near_a_limit=int(values["is_near"].sum()),
        near=ways_of(flipped(values[values["is_near"]])),
        by_class=dict(by_class),
    )


def ways_of(values: pd.DataFrame) -> Counter[Flip]:
    """How many have which colour before and after, also those that keep it."""
    rows = values[["colour", "new_colour"]].itertuples(index=False)
    return Counter((int(before), int(after)) for before, after in rows)


def values_judged(decision: Decision) -> pd.DataFrame:
    """The values that the limits judge: columns COLUMNS (hundredths; a class may be missing), school_id, new_colour.

    school_id: under which the class stood when the round was counted; 0 for none. is_near: within the measurement error
    of one of the limits.
    """
    indicator = decision.indicator
    results = Result.objects.filter(
        indicator=indicator,
        year_group=decision.year_group,
        mark=Mark.MEASURED,
        measured_on__gte=decision.from_day,
    )
    if decision.to_day is not None:
        results = results.filter(measured_on__lt=decision.to_day)
    values = _of_those_concerned(pd.DataFrame(results.values_list(*COLUMNS), columns=list(COLUMNS)), decision)
    limits = _limits_by_row(values, decision)
    numbers = values["value"].to_numpy(float)
    values["new_colour"] = classify(
        numbers, limits["yellow"].to_numpy(float), limits["green"].to_numpy(float), indicator.is_high_good
    )
    values["is_near"] = is_near(numbers, limits["yellow"], limits["green"], indicator.measurement_error)
    return values


def _of_those_concerned(values: pd.DataFrame, decision: Decision) -> pd.DataFrame:
    """Of the school alone; or of all that are under no school's own limits on the day of measurement."""
    values["school_id"] = _schools_when_counted(values)
    if decision.school is not None:
        return values[values["school_id"] == decision.school.pk].copy()
    own = Threshold.objects.filter(
        indicator=decision.indicator, year_group=decision.year_group, school__isnull=False
    )
    for threshold in own:
        is_under = (values["school_id"] == threshold.school_id) & (
            values["measured_on"] >= threshold.valid_from
        )
        if threshold.valid_to is not None:
            is_under &= values["measured_on"] < threshold.valid_to
        values = values[~is_under]
    return values.copy()


def _schools_when_counted(values: pd.DataFrame) -> pd.Series:
    """The id of each value's school; 0 where its class stood under none, or the pupil was in no class."""
    schools = pd.Series(0, index=values.index, dtype="int64")
    for round_ in MeasurementRound.objects.filter(pk__in=values["round_id"].unique().tolist()):
        classes = values.loc[values["round_id"] == round_.pk, "school_class_id"]
        found = schools_of(classes.dropna().unique().tolist(), round_.counted_on)
        schools[classes.index] = classes.map(found).fillna(0).astype("int64")
    return schools


def _limits_by_row(values: pd.DataFrame, decision: Decision) -> pd.DataFrame:
    """Columns yellow and green, in the order of the values: the decision's, else the municipality's of their days."""
    if decision.limits is not None:
        return pd.DataFrame(
            {"yellow": float(decision.limits.yellow), "green": float(decision.limits.green)},
            index=values.index,
        )
    limits = limits_in_force(values["measured_on"].unique())
    limits = limits[
        (limits["indicator_id"] == decision.indicator.pk)
        & (limits["year_group"] == decision.year_group)
        & (limits["school_id"] == 0)
    ].set_index("measured_on")
    return pd.DataFrame(
        {name: values["measured_on"].map(limits[name]) for name in ("yellow", "green")}, dtype=float
    )


def flipped(values: pd.DataFrame) -> pd.DataFrame:
    """Those that get another colour than they have."""
    return values[values["new_colour"] != values["colour"]]
