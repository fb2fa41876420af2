"""Pupils x indicators for a round: of a class, or of several classes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.dated import in_force
from accounts.models import Unit
from accounts.tenancy import current_municipality
from pupils.models import Enrolment, Pupil
from pupils.queries import home_enrolments

from ..cells import Cell, state_of
from ..classification import Movement
from ..limits import Limits
from ..models import Indicator, MeasurementRound
from ..queries import latest_breaks
from .decisions import Decision, is_near_its_limits, limits_on
from .results import KeptResult, newest_results, places
from .shape import Column, Grid, Row


def class_grid(
    school_class: Unit, round_: MeasurementRound, today: datetime.date, *, is_for_file: bool = False
) -> Grid:
    """The map of a class for a round: those in the class when the round was counted, and those who came since.

    The caller has asked the door. Pupils come in no particular order: languages sort names differently.
    is_for_file: without pupils with protected identity, who are in no file; columns, limits and counts are then those
    of the others, so that nothing tells how many they are.
    """
    enrolments = _members([school_class], round_, today)
    if is_for_file:
        enrolments = [each for each in enrolments if not each.pupil.is_protected]
    return _grid(school_class, [school_class], enrolments, round_)


def group_grid(
    unit: Unit,
    classes: Sequence[Unit],
    round_: MeasurementRound,
    today: datetime.date,
    *,
    year_group: int | None = None,
) -> Grid:
    """The map of several classes, each row with its class; as many queries as for one.

    unit: what the map is of. year_group: only the pupils who were in it when the round was counted, or came into it.
    """
    enrolments = _members(classes, round_, today)
    if year_group is not None:
        enrolments = [each for each in enrolments if each.year_group == year_group]
    return _grid(unit, classes, enrolments, round_)


def _grid(
    unit: Unit, classes: Sequence[Unit], enrolments: Sequence[Enrolment], round_: MeasurementRound
) -> Grid:
    newest = newest_results([enrolment.pupil_id for enrolment in enrolments], round_)
    measured = {key[1] for key, result in newest.items() if result.round_id == round_.pk}
    columns = _columns(round_, {enrolment.year_group for enrolment in enrolments}, measured)
    counted_in = _year_groups_when_counted(enrolments, round_)
    class_of = {school_class.pk: school_class for school_class in classes}
    counted_on = {pk: each.nearest_day(round_.counted_on) for pk, each in class_of.items()}
    rows = [
        Row(
            enrolment.pupil,
            _cells(enrolment, columns, round_, newest, counted_in),
            is_counted=enrolment.is_in_force(counted_on[enrolment.school_class_id]),
            has_joined_later=enrolment.valid_from > counted_on[enrolment.school_class_id],
            school_class=class_of[enrolment.school_class_id],
        )
        for enrolment in enrolments
    ]
    has_break = any(cell.movement is Movement.BREAK for row in rows for cell in row.cells)
    return Grid(unit, round_, columns, rows, latest_breaks(round_) if has_break else {})


def _members(classes: Sequence[Unit], round_: MeasurementRound, today: datetime.date) -> list[Enrolment]:
    """One enrolment per pupil: the one of the day of counting, else the one of today."""
    if not classes:
        return []
    ids_by_days: dict[tuple[datetime.date, datetime.date], list[int]] = {}
    for each in classes:
        days = each.nearest_day(round_.counted_on), each.nearest_day(today)
        ids_by_days.setdefault(days, []).append(each.pk)
    are_there = [
        Q(school_class__in=ids) & (in_force(counted_on) | in_force(seen_on))
        for (counted_on, seen_on), ids in ids_by_days.items()
    ]
    enrolments = Enrolment.objects.filter(reduce(or_, are_there), is_home=True).select_related("pupil")
    found: dict[int, Enrolment] = {}
    # A pupil has one home class at a time, so of two enrolments in these the older is that of the counting.
    for enrolment in enrolments.order_by("valid_from"):
        found.setdefault(enrolment.pupil_id, enrolment)
    return list(found.values())


def _year_groups_when_counted(enrolments: Sequence[Enrolment], round_: MeasurementRound) -> dict[int, int]:
    """By pupil id, the year group in which the pupil was due: for those who joined later, that of another class."""
    there = {each.pupil_id: each.year_group for each in enrolments if each.valid_from <= round_.counted_on}
    later = [each.pupil_id for each in enrolments if each.pupil_id not in there]
    if later:
        elsewhere = home_enrolments(round_.counted_on).filter(pupil_id__in=later)
        there |= dict(elsewhere.values_list("pupil_id", "year_group"))
    return there


def _columns(
    round_: MeasurementRound, year_groups: Collection[int], measured: Collection[int]
) -> list[Column]:
    """The indicators that are due for one of the year groups, or were measured all the same, in the map's order."""
    if not year_groups:
        return []
    columns: dict[int, Column] = {}
    # A row per indicator and decision on its limits; where a class is mixed, one per pair with a due year group.
    for indicator in Indicator.objects.raw(
        f"""
        select i.*, d.year_group as due_in,
               t.year_group as limited_in, t.valid_from, t.valid_to, t.yellow_limit, t.green_limit
        from colourmaps_indicator i
        left join colourmaps_dueindicator d
          on d.municipality_id = i.municipality_id and d.indicator_id = i.id
         and d.round_id = %s and d.year_group in ({places(year_groups)})
        left join colourmaps_threshold t
          on t.municipality_id = i.municipality_id and t.indicator_id = i.id
         and t.year_group in ({places(year_groups)})
        where i.municipality_id = %s and (d.id is not null or i.id in ({places(measured) or "null"}))
        order by i.position, i.code, t.valid_from
        """,  # noqa: S608 – the braces hold placeholders and names of columns
        [round_.pk, *year_groups, *year_groups, current_municipality().pk, *measured],
    ):
        column = columns.setdefault(indicator.pk, Column(indicator, {}, set(), []))
        if indicator.due_in is not None:
            column.due_in.add(indicator.due_in)
        if indicator.limited_in is not None:
            _add_decision(column, indicator, round_)
    return list(columns.values())


def _add_decision(column: Column, read: Indicator, round_: MeasurementRound) -> None:
    """read: the indicator with what the query says of one decision besides."""
    limits = Limits(read.yellow_limit, read.green_limit)  # type: ignore[attr-defined]  # see the query
    decision = Decision(read.limited_in, read.valid_from, read.valid_to, limits)  # type: ignore[attr-defined]  # as above
    if decision not in column.decisions:  # a mixed class reads it once per due year group
        column.decisions.append(decision)  # type: ignore[attr-defined]  # a list until it is read
    if decision.holds(decision.year_group, round_.counted_on):
        column.limits[decision.year_group] = limits


def _cells(
    enrolment: Enrolment,
    columns: Sequence[Column],
    round_: MeasurementRound,
    newest: dict[tuple[int, int], KeptResult],
    counted_in: dict[int, int],
) -> list[Cell]:
    year_group = counted_in.get(enrolment.pupil_id)
    return [
        _cell(newest.get((enrolment.pupil_id, column.indicator.pk)), column, round_, year_group)
        for column in columns
    ]


def _cell(
    newest: KeptResult | None, column: Column, round_: MeasurementRound, year_group: int | None
) -> Cell:
    is_of_round = newest is not None and newest.round_id == round_.pk
    result, earlier = (newest, None) if is_of_round else (None, newest)
    return state_of(
        result,
        earlier,
        is_due=year_group in column.due_in,
        on=round_.counted_on,
        shelf_life_months=column.indicator.shelf_life_months,
        is_near=result is not None
        and is_near_its_limits(result, column.indicator, column.decisions, year_group),
    )


def cell_of(pupil: Pupil, indicator: Indicator, round_: MeasurementRound) -> tuple[Cell, Limits | None]:
    """One cell of the map, with the limits that hold for it: those by which its value was judged."""
    enrolment = home_enrolments(round_.counted_on).filter(pupil=pupil).first()
    newest = newest_results([pupil.pk], round_).get((pupil.pk, indicator.pk))
    if enrolment is None:
        return _cell(newest, Column(indicator, {}, set()), round_, None), None
    columns = _columns(round_, [enrolment.year_group], [indicator.pk])
    column = next(column for column in columns if column.indicator == indicator)
    cell = _cell(newest, column, round_, enrolment.year_group)
    if cell.is_measured and cell.measured_on:
        return cell, limits_on(column.decisions, enrolment.year_group, cell.measured_on)
    return cell, column.limits.get(enrolment.year_group)
