"""Reads of indicators, rounds and results."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import pandas as pd
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import Unit
from accounts.secrecy import SecrecyArea
from accounts.tenancy import current_municipality
from accounts.written_reads import Columns, listed, rows_of

from .limits import Limits
from .models import Indicator, MeasurementRound, SeriesBreak, Threshold
from .scales import Mark
from .staging import staged


def latest_round(on: datetime.date) -> MeasurementRound | None:
    """The round that is going on, or the last one before the day."""
    return MeasurementRound.objects.filter(starts_on__lte=on).order_by("-starts_on").first()


def limits_in_force(days: Collection[datetime.date]) -> pd.DataFrame:
    """The limits on each of the days: columns indicator_id, year_group, school_id, yellow, green, measured_on.

    In hundredths. school_id: whose own limits they are, 0 for the municipality's. One row per day, indicator, year
    group and school: should two decisions hold on a day, the later one does.
    """
    columns = ["indicator_id", "year_group", "school_id", "yellow", "green"]
    frames = []
    for day in days:
        limits = Threshold.objects.on(day).order_by("valid_from")
        rows = limits.values_list(
            "indicator_id", "year_group", Coalesce("school_id", 0), "yellow_limit", "green_limit"
        )
        frame = pd.DataFrame(rows, columns=columns, dtype="int64")
        frames.append(frame.drop_duplicates(columns[:3], keep="last").assign(measured_on=day))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*columns, "measured_on"])


def values_before(round_: MeasurementRound, rows: pd.DataFrame) -> pd.DataFrame:
    """Each pupil's latest value on the same indicator in a round before this one.

    rows: pupil_id and indicator_id. Returns pupil_id, indicator_id, previous (hundredths) and is_broken, 1 where the
    series breaks after that value, so that nothing is to be compared with it; no earlier value, no row.
    """
    columns = ["pupil_id", "indicator_id", "previous", "is_broken"]
    if not MeasurementRound.objects.filter(starts_on__lt=round_.starts_on).exists():
        return pd.DataFrame({column: pd.Series(dtype=float) for column in columns})
    keys = {"pupil_id": "integer", "indicator_id": "integer"}
    is_broken, breaks = _before_a_break(round_)
    with staged("staged_before", keys, rows), connection.cursor() as cursor:
        cursor.execute(
            f"""
            select pupil_id, indicator_id, value, is_broken from (
                select r.pupil_id, r.indicator_id, r.value, case when {is_broken} then 1 else 0 end as is_broken,
                       row_number() over (partition by r.pupil_id, r.indicator_id order by m.starts_on desc) as n
                from staged_before s
                cross join colourmaps_result r  -- cross: or SQLite reads all results for every one of the rows
                join colourmaps_measurementround m on m.id = r.round_id
                where r.municipality_id = %(municipality)s
                  and r.pupil_id = s.pupil_id and r.indicator_id = s.indicator_id
                  and m.starts_on < %(starts_on)s and r.mark = {Mark.MEASURED.value}
            ) latest where n = 1
            """,
            {"municipality": current_municipality().pk, "starts_on": round_.starts_on, **breaks},
        )
        return pd.DataFrame(cursor.fetchall(), columns=columns, dtype=float)


def latest_breaks(round_: MeasurementRound, at: datetime.datetime | None = None) -> dict[int, SeriesBreak]:
    """By indicator id, the last break of its series up to and with the round; what came before it, is not compared.

    at: only those that had been decided at a moment.
    """
    breaks = SeriesBreak.objects.filter(round__starts_on__lte=round_.starts_on).select_related("round")
    if at is not None:
        breaks = breaks.filter(decided_at__lte=at)
    return {each.indicator_id: each for each in breaks.order_by("round__starts_on")}


def _before_a_break(round_: MeasurementRound) -> tuple[str, dict[str, datetime.date]]:
    """(SQL that is true for a result r of a round m before the break of its series, its parameters)."""
    parameters: dict[str, datetime.date] = {}
    conditions = []
    for indicator_id, found in latest_breaks(round_).items():
        name = f"break{indicator_id}"
        conditions.append(f"(r.indicator_id = {indicator_id} and m.starts_on < %({name})s)")
        parameters[name] = found.round.starts_on
    return " or ".join(conditions) or "1 = 0", parameters


def limits_of_class(
    indicator_ids: Collection[int],
    year_groups: Collection[int],
    on: datetime.date,
    school_id: int | None = None,
) -> dict[int, dict[int, Limits]]:
    """The limits in force on a day: by indicator id, then by year group; an indicator without limits has none.

    school_id: whose own limits go before the municipality's; None for the municipality's alone.
    """
    found: dict[int, dict[int, Limits]] = {indicator_id: {} for indicator_id in indicator_ids}
    thresholds = Threshold.objects.on(on).filter(
        Q(school__isnull=True) | Q(school=school_id),
        indicator_id__in=indicator_ids,
        year_group__in=year_groups,
    )
    for threshold in thresholds.order_by(F("school").asc(nulls_first=True)):
        found[threshold.indicator_id][threshold.year_group] = Limits(
            threshold.yellow_limit, threshold.green_limit
        )
    return found


INDICATOR = Columns(Indicator, "i")
INDICATORS_SQL = f"""
    select {INDICATOR.sql} from colourmaps_indicator i
    where i.municipality_id = %(municipality)s and i.secrecy_area = '{SecrecyArea.SCHOOL.value}' and i.id in {{ids}}
    order by i.position, i.code
"""


def indicators_by_id(ids: Collection[int]) -> list[Indicator]:
    """In the order of the map."""
    return [INDICATOR.made_of(row) for row in rows_of(INDICATORS_SQL.format(ids=listed(ids)))]


ROUND = Columns(MeasurementRound, "m")
ROUNDS_SQL = f"""
    select {ROUND.sql} from colourmaps_measurementround m
    where m.municipality_id = %(municipality)s and m.starts_on <= %(on)s order by m.starts_on
"""


def choose_round(
    key: str | None, on: datetime.date, unit: Unit
) -> tuple[list[MeasurementRound], MeasurementRound | None]:
    """The rounds that have begun while the unit was there, oldest first, and the one that is asked for.

    The latest if none is asked for, or one that is not among them: what has become of the pupils of a class that has
    ended is for those to see who have them now.
    """
    rounds = [ROUND.made_of(row) for row in rows_of(ROUNDS_SQL, on=unit.nearest_day(on))]
    asked_for = next((round_ for round_ in rounds if round_.key == key), None)
    return rounds, asked_for or (rounds[-1] if rounds else None)


def open_rounds(
    key: str | None, on: datetime.date, unit: Unit
) -> tuple[list[MeasurementRound], MeasurementRound | None]:
    """The rounds that can still be filled in, oldest first, and the one that is asked for or the last of them."""
    rounds, _chosen = choose_round(key, on, unit)
    rounds = [round_ for round_ in rounds if round_.closed_at is None]
    chosen = next((round_ for round_ in rounds if round_.key == key), None)
    return rounds, chosen or (rounds[-1] if rounds else None)
