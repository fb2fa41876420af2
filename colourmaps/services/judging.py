"""What a result says of itself and what is added to it: the class, the year group, the colour and the movement."""

from __future__ import annotations

import pandas as pd

from accounts.queries import schools_of
from pupils.queries import enrolments_at

from ..classification import classify, move
from ..models import Indicator, MeasurementRound
from ..queries import limits_in_force, values_before


class UnknownReference(ValueError):
    """A result speaks of a pupil, an indicator or a round that this municipality does not have."""


def judge(rows: pd.DataFrame, round_: MeasurementRound) -> pd.DataFrame:
    """The rows of one round with school_class_id, year_group, colour and movement filled in."""
    indicators = pd.DataFrame(
        [(i.pk, i.is_high_good, float(i.measurement_error)) for i in Indicator.objects.all()],
        columns=["indicator_id", "is_high_good", "error"],
    )
    rows = (
        rows.merge(enrolments_at(round_.counted_on, rows["pupil_id"].unique()), on="pupil_id", how="left")
        .merge(indicators, on="indicator_id", how="left")
        .pipe(_with_limits, round_)
        .merge(values_before(round_, rows), on=["pupil_id", "indicator_id"], how="left")
    )
    if rows["is_high_good"].isna().any():
        raise UnknownReference("indicator")
    is_high_good = rows["is_high_good"].to_numpy(bool)
    rows["colour"] = classify(rows["value"], rows["yellow"], rows["green"], is_high_good)
    is_broken = rows["is_broken"] == 1
    rows["movement"] = move(rows["value"], rows["previous"], rows["error"], is_high_good, is_broken)
    return rows


def _with_limits(rows: pd.DataFrame, round_: MeasurementRound) -> pd.DataFrame:
    """The rows with columns yellow and green: of the school where the class stood, else of the municipality."""
    key = ["indicator_id", "year_group", "measured_on"]
    limits = limits_in_force(rows["measured_on"].unique())
    is_own = limits["school_id"] != 0
    rows = rows.merge(limits[~is_own].drop(columns="school_id"), on=key, how="left")
    if not is_own.any():
        return rows
    schools = schools_of(rows["school_class_id"].dropna().unique().tolist(), round_.counted_on)
    rows["school_id"] = rows["school_class_id"].map(schools).fillna(0).astype("int64")
    rows = rows.merge(limits[is_own], on=[*key, "school_id"], how="left", suffixes=("", "_own"))
    for name in ("yellow", "green"):
        rows[name] = rows[f"{name}_own"].fillna(rows[name])
    return rows
