"""The results of the accepted rows, as the recording wants them, and what is due because of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as ReadOnlyMapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pupils.queries import enrolments_at

from ..models import DueIndicator, MeasurementRound
from ..services import plan_indicator
from .days import between
from .draft import Draft
from .mapping import header_key

KEY = ["pupil_id", "indicator_id", "round_id"]


def results_of(draft: Draft, pupil_ids: ReadOnlyMapping[int, int], today: datetime.date) -> pd.DataFrame:
    """The results of the accepted rows, one row each: what record_results wants, and the `row` of the extraction.

    pupil_ids: by the first row about the pupil, see Draft.pupils. Of equal results of a pupil the first one is taken.
    today: the day of measurement where the file names none, as far as the round has that day.
    """
    accepted = draft.accepted
    ids = np.array([pupil_ids.get(first, 0) for first in draft.pupil_of.tolist()], dtype="int64")
    frames = []
    for column in draft.extraction.columns:
        rows = np.flatnonzero(accepted & column.has_result)
        if not rows.size:
            continue
        round_ = draft.rounds[header_key(column.round)]
        marks = column.marks[rows]
        measured_on, is_said = _measured_on(draft, rows, round_, today)
        frames.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "pupil_id": ids[rows],
                    "indicator_id": draft.indicators[column.indicator].pk,
                    "round_id": round_.pk,
                    "value": np.where(marks == 0, column.hundredths[rows], np.nan),
                    "mark": marks,
                    "measured_on": measured_on,
                    "day_is_said": is_said,
                }
            )
        )
    if not frames:
        return pd.DataFrame()
    results = pd.concat(frames, ignore_index=True)
    return results.drop_duplicates(KEY) if draft.rows_by_pupil else results


def _measured_on(
    draft: Draft,
    rows: NDArray[np.intp],
    round_: MeasurementRound,
    today: datetime.date,
) -> tuple[datetime.date | NDArray[np.object_], bool | NDArray[np.bool_]]:
    """The days that the rows name, else the nearest day of the round; and which of them are named."""
    nearest = min(max(today, round_.starts_on), round_.ends_on)
    if draft.extraction.days is None:
        return nearest, False
    days = draft.extraction.days[rows]
    is_named = ~np.isnat(days)
    if draft.has_columns_of_several_rounds:
        is_named = between(days, round_.starts_on, round_.ends_on)
    named = days.astype(object)
    named[~is_named] = nearest
    return named, is_named


def make_due(results: pd.DataFrame) -> list[tuple[int, int, list[int]]]:
    """An indicator that no round plan speaks of is due from now on for the year groups that the file measures.

    Returns (round id, indicator id, year groups) of those.
    """
    planned = set(DueIndicator.objects.values_list("round_id", "indicator_id").distinct())
    pairs = results[["round_id", "indicator_id"]].drop_duplicates()
    new = sorted(set(pairs.itertuples(index=False, name=None)) - planned)
    made = []
    for round_id, indicator_id in new:
        round_ = MeasurementRound.objects.get(pk=round_id)
        rows = results[(results["round_id"] == round_id) & (results["indicator_id"] == indicator_id)]
        enrolments = enrolments_at(round_.counted_on, rows["pupil_id"].unique())
        measured = enrolments[enrolments["pupil_id"].isin(rows["pupil_id"])]
        year_groups = sorted(measured["year_group"].unique().tolist())
        plan_indicator(round_=round_, indicator_id=indicator_id, year_groups=year_groups)
        made.append((int(round_id), int(indicator_id), year_groups))
    return made
