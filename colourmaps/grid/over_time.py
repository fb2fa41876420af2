"""Pupils x rounds: one indicator over time for the pupils who are in a class now."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Unit
from pupils.models import Enrolment
from pupils.queries import home_enrolments

from ..cells import Cell, state_of
from ..models import DueIndicator, Indicator, MeasurementRound, SeriesBreak
from .decisions import Decision, decisions_on, is_near_its_limits
from .results import KeptResult, results_of
from .shape import Cells, Row


@dataclass(frozen=True)
class RoundColumn:
    """A round of the map. series_break: the series breaks before it, so no arrow comes from the left of it."""

    round: MeasurementRound
    due_in: Collection[int]
    series_break: SeriesBreak | None = None

    @property
    def key(self) -> str:
        """What the column is called in addresses."""
        return self.round.key


@dataclass(frozen=True)
class SeriesGrid(Cells):
    """decisions: on the limits of the indicator, oldest first, in all year groups that its pupils have been in."""

    unit: Unit
    indicator: Indicator
    columns: Sequence[RoundColumn]
    rows: Sequence[Row]
    decisions: Sequence[Decision]

    @property
    def n_columns(self) -> int:
        return len(self.columns)


def series_grid(school_class: Unit, indicator: Indicator, today: datetime.date) -> SeriesGrid:
    """The pupils of the class today, and every round in which the indicator was due for one of them, or measured.

    The caller has asked the door. What came before the pupil's time in the class is theirs all the same.
    """
    on = school_class.nearest_day(today)
    members = list(home_enrolments(on).filter(school_class=school_class).select_related("pupil"))
    pupil_ids = [member.pupil_id for member in members]
    rounds = list(MeasurementRound.objects.filter(starts_on__lte=on).order_by("starts_on"))
    results = results_of(pupil_ids, indicator)
    year_groups = _year_groups(pupil_ids, rounds)
    decisions = decisions_on([indicator.pk], set(year_groups.values()))[indicator.pk]
    columns = _columns(indicator, rounds, results, year_groups)

    def cell(pupil_id: int, column: RoundColumn) -> Cell:
        """No earlier value stands in for a missing one: it stands to the left."""
        key = (pupil_id, column.round.pk)
        result, year_group = results.get(key), year_groups.get(key)
        return state_of(
            result,
            None,
            is_due=year_group in column.due_in,
            on=column.round.counted_on,
            is_near=result is not None and is_near_its_limits(result, indicator, decisions, year_group),
        )

    rows = [Row(member.pupil, [cell(member.pupil_id, each) for each in columns]) for member in members]
    return SeriesGrid(school_class, indicator, columns, rows, decisions)


def _year_groups(pupil_ids: Sequence[int], rounds: Sequence[MeasurementRound]) -> dict[tuple[int, int], int]:
    """By (pupil id, round id), the year group when the round was counted; nowhere enrolled then, no entry."""
    enrolments: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in Enrolment.objects.filter(pupil__in=pupil_ids, is_home=True):
        enrolments[enrolment.pupil_id].append(enrolment)
    return {
        (pupil_id, round_.pk): each.year_group
        for pupil_id, of_pupil in enrolments.items()
        for round_ in rounds
        for each in of_pupil
        if each.is_in_force(round_.counted_on)
    }


def _columns(
    indicator: Indicator,
    rounds: Sequence[MeasurementRound],
    results: Mapping[tuple[int, int], KeptResult],
    year_groups: Mapping[tuple[int, int], int],
) -> list[RoundColumn]:
    due_in: dict[int, set[int]] = defaultdict(set)
    for round_id, year_group in DueIndicator.objects.filter(indicator=indicator).values_list(
        "round_id", "year_group"
    ):
        due_in[round_id].add(year_group)
    breaks = {each.round_id: each for each in SeriesBreak.objects.filter(indicator=indicator)}
    concerned = {round_id for _pupil_id, round_id in results}
    concerned |= {
        round_id for (_pupil_id, round_id), group in year_groups.items() if group in due_in[round_id]
    }
    return [
        RoundColumn(round_, due_in[round_.pk], breaks.get(round_.pk))
        for round_ in rounds
        if round_.pk in concerned
    ]
