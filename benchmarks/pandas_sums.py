"""What somebody with a notebook would do: read the rows, look up the units above, group by at every level and slice."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
from django.db import connection

from accounts.models import UnitPlacement
from accounts.tenancy import across_municipalities
from colourmaps.models import MeasurementRound
from pupils.models import PupilGroupMembership

from .stopwatch import Spent, peak_mebibytes, timed

N_LEVELS = 5
RESULTS = """
    select r.pupil_id, r.school_class_id, r.round_id, r.indicator_id, r.year_group, p.sex, r.value, r.colour, r.movement
    from colourmaps_result r join pupils_pupil p on p.id = r.pupil_id
"""
COLUMNS = ["pupil_id", "unit", "round_id", "indicator_id", "year_group", "sex", "value", "colour", "movement"]
KEY = ["unit", "round_id", "indicator_id"]
SPLITS: list[list[str]] = [[], ["year_group"], ["sex"]]


def sum_with_pandas() -> tuple[Spent, float, int]:
    """What it cost, the peak of memory in MiB, and how many sums came out. To be run in a process of its own."""
    n_sums, spent = timed(lambda: len(_sums()))
    return spent, peak_mebibytes(), n_sums


def _sums() -> pd.DataFrame:
    """Beside each sum of results stand those who were measured in the round before and are not now."""
    with across_municipalities():
        parents = pd.Series(dict(UnitPlacement.objects.values_list("unit_id", "parent_id")))
        members = list(PupilGroupMembership.objects.values_list("pupil_id", flat=True))
        round_ids = list(MeasurementRound.objects.order_by("starts_on").values_list("pk", flat=True))
    rows = _results()
    rows = pd.concat([rows.assign(left=False), _left(rows, round_ids).assign(left=True)])
    for name in ("colour", "movement"):
        for code in (3, 2, 1):
            rows[f"{name}{code}"] = (rows[name] == code) & ~rows["left"]
    rows["measured"] = ~rows["left"]
    rows["joined"] = (rows["movement"] == 0) & rows["measured"]
    rows["value"] = rows["value"].where(rows["measured"], 0)
    rows["square"] = rows["value"] ** 2
    counted = [column for column in rows if column not in (*COLUMNS, "value")] + ["value"]
    of_group = rows["pupil_id"].isin(members)
    levels = []
    for _level in range(N_LEVELS):
        levels += [rows.groupby([*KEY, *split])[counted].sum().reset_index() for split in SPLITS]
        levels.append(rows[of_group].groupby(KEY)[counted].sum().reset_index())
        rows["unit"] = rows["unit"].map(parents)
    return pd.concat(levels)


def _results() -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(RESULTS)
        rows = pd.DataFrame(cursor.fetchall(), columns=COLUMNS)
    return rows.astype({"sex": "category", "colour": "int8", "movement": "int8", "year_group": "int8"})


def _left(rows: pd.DataFrame, round_ids: list[int]) -> pd.DataFrame:
    """The rows of each round whose pupil has none on the indicator in the round after, as of that round."""
    found = []
    for before, after in pairwise(round_ids):
        then = rows[rows["round_id"] == before]
        now = rows.loc[rows["round_id"] == after, ["pupil_id", "indicator_id"]]
        both = then.merge(now, on=["pupil_id", "indicator_id"], how="left", indicator="seen")
        found.append(both[both["seen"] == "left_only"].drop(columns="seen").assign(round_id=after))
    return pd.concat(found) if found else rows.iloc[:0]
