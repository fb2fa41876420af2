"""Pupils x indicators for a round: of a class, or of several classes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.dated import in_force
from accounts.models import Unit
from accounts.queries import schools_of
from accounts.secrecy import SecrecyArea
from accounts.written_reads import Columns, listed, rows_of
from pupils.models import Enrolment, Pupil

from .. import as_of as known
from ..as_of import AnyEnrolment, AsOf
from ..cells import Cell, state_of
from ..classification import Movement, is_near
from ..limits import Limits, OwnLimits
from ..models import Indicator, MeasurementRound
from ..queries import latest_breaks
from .decisions import (
    Decision,
    as_decisions,
    limits_on,
    of_school,
    own_limits_on,
)
from .results import KeptResult, newest_results
from .shape import Column, Grid, Row


def class_grid(
    school_class: Unit,
    round_: MeasurementRound,
    today: datetime.date,
    *,
    is_for_file: bool = False,
    as_of: AsOf | None = None,
) -> Grid:
    """The map of a class for a round: those in the class when the round was counted, and those who came since.

    as_of: as it stood when a day was over, or at a moment of it; the day then counts as today. None: as it stands.
    The caller has asked the door. Pupils come in no particular order: languages sort names differently.
    is_for_file: without pupils with protected identity, who are in no file and not seen in an emergency; columns,
    limits and counts are then those of the others, so that nothing tells how many they are.
    """
    if as_of is not None:
        school_class, today = known.unit_as_known(school_class, as_of), as_of.day
    enrolments = _members([school_class], round_, today, as_of)
    if is_for_file:
        enrolments = [each for each in enrolments if not each.pupil.is_protected]
    return _grid(school_class, [school_class], enrolments, round_, as_of)


def group_grid(
    unit: Unit,
    classes: Sequence[Unit],
    round_: MeasurementRound,
    today: datetime.date,
    *,
    year_group: int | None = None,
    is_for_file: bool = False,
    as_of: AsOf | None = None,
) -> Grid:
    """The map of several classes, each row with its class; as many queries as for one.

    unit: what the map is of. year_group: only the pupils who were in it when the round was counted, or came into it.
    is_for_file, as_of: as in class_grid; which classes they were then is the caller's to know (known.classes_of).
    """
    if as_of is not None:
        unit, *classes = known.units_as_known([unit, *classes], as_of)
        today = as_of.day
    enrolments = _members(classes, round_, today, as_of)
    if is_for_file:
        enrolments = [each for each in enrolments if not each.pupil.is_protected]
    if year_group is not None:
        enrolments = [each for each in enrolments if each.year_group == year_group]
    return _grid(unit, classes, enrolments, round_, as_of)


def _grid(
    unit: Unit,
    classes: Sequence[Unit],
    enrolments: Sequence[AnyEnrolment],
    round_: MeasurementRound,
    as_of: AsOf | None,
) -> Grid:
    newest = _newest([enrolment.pupil_id for enrolment in enrolments], round_, as_of)
    measured = {key[1] for key, result in newest.items() if result.round_id == round_.pk}
    class_ids = [each.pk for each in classes]
    columns = _columns(round_, class_ids, {each.year_group for each in enrolments}, measured, as_of)
    schools = _schools(class_ids, columns, round_, as_of)
    counted_in = _year_groups_when_counted(enrolments, round_, as_of)
    class_of = {school_class.pk: school_class for school_class in classes}
    counted_on = {pk: each.nearest_day(round_.counted_on) for pk, each in class_of.items()}
    rows = [
        Row(
            enrolment.pupil,
            _cells(enrolment, columns, round_, newest, counted_in, schools),
            is_counted=enrolment.is_in_force(counted_on[enrolment.school_class_id]),
            has_joined_later=enrolment.valid_from > counted_on[enrolment.school_class_id],
            school_class=class_of[enrolment.school_class_id],
        )
        for enrolment in enrolments
    ]
    has_break = any(cell.movement is Movement.BREAK for row in rows for cell in row.cells)
    breaks = latest_breaks(round_, as_of.moment if as_of else None) if has_break else {}
    return Grid(unit, round_, columns, rows, breaks)


def _members(
    classes: Sequence[Unit], round_: MeasurementRound, today: datetime.date, as_of: AsOf | None
) -> list[AnyEnrolment]:
    """One enrolment per pupil: the one of the day of counting, else the one of today."""
    if not classes:
        return []
    ids_by_days: ClassesByDays = {}
    for each in classes:
        days = each.nearest_day(round_.counted_on), each.nearest_day(today)
        ids_by_days.setdefault(days, []).append(each.pk)
    found: dict[int, AnyEnrolment] = {}
    # A pupil has one home class at a time, so of two enrolments in these the older is that of the counting.
    for enrolment in _enrolments_of_days(ids_by_days, as_of):
        found.setdefault(enrolment.pupil_id, enrolment)
    return list(found.values())


# By the day of counting and the day on which the map is looked at, the ids of classes.
ClassesByDays = dict[tuple[datetime.date, datetime.date], list[int]]
ENROLMENT, PUPIL = Columns(Enrolment, "e"), Columns(Pupil, "p")
ENROLMENTS_SQL = f"""
    select {ENROLMENT.sql}, {PUPIL.sql} from pupils_enrolment e join pupils_pupil p on p.id = e.pupil_id
    where e.municipality_id = %(municipality)s and e.is_home and ({{are_there}}) order by e.valid_from
"""
ARE_THERE = """
    e.school_class_id in {ids} and (
        e.valid_from <= %(counted{n})s and (e.valid_to is null or e.valid_to > %(counted{n})s)
        or e.valid_from <= %(seen{n})s and (e.valid_to is null or e.valid_to > %(seen{n})s)
    )
"""


def _enrolments_of_days(classes: ClassesByDays, as_of: AsOf | None) -> Iterable[AnyEnrolment]:
    """Of those who were in a class on one of its days; the older ones first."""
    if as_of is not None:
        are_there = [
            Q(school_class__in=ids) & (in_force(counted_on) | in_force(seen_on))
            for (counted_on, seen_on), ids in classes.items()
        ]
        return known.enrolments(reduce(or_, are_there), as_of)
    places = (ARE_THERE.format(ids=listed(ids), n=n) for n, ids in enumerate(classes.values()))
    days: dict[str, datetime.date] = {}
    for n, (counted_on, seen_on) in enumerate(classes):
        days |= {f"counted{n}": counted_on, f"seen{n}": seen_on}
    return map(_enrolment_of, rows_of(ENROLMENTS_SQL.format(are_there=" or ".join(places)), **days))


def _enrolment_of(row: Sequence[Any]) -> Enrolment:
    enrolment = ENROLMENT.made_of(row)
    enrolment.pupil = PUPIL.made_of(row, ENROLMENT.number)
    return enrolment


def _home_enrolments(condition: Q, as_of: AsOf | None) -> Iterable[AnyEnrolment]:
    """The older ones first."""
    if as_of is not None:
        return known.enrolments(condition, as_of)
    enrolments = Enrolment.objects.filter(condition, is_home=True)
    return enrolments.select_related("pupil").order_by("valid_from")


def _year_groups_when_counted(
    enrolments: Sequence[AnyEnrolment], round_: MeasurementRound, as_of: AsOf | None
) -> dict[int, int]:
    """By pupil id, the year group in which the pupil was due: for those who joined later, that of another class."""
    there = {each.pupil_id: each.year_group for each in enrolments if each.valid_from <= round_.counted_on}
    later = [each.pupil_id for each in enrolments if each.pupil_id not in there]
    if later:
        condition = in_force(round_.counted_on) & Q(pupil__in=later)
        there |= {each.pupil_id: each.year_group for each in _home_enrolments(condition, as_of)}
    return there


def _newest(
    pupil_ids: Sequence[int], round_: MeasurementRound, as_of: AsOf | None
) -> Mapping[tuple[int, int], KeptResult]:
    if as_of is None:
        return newest_results(pupil_ids, round_)
    rows = known.newest(pupil_ids, round_, KeptResult._fields, as_of)
    return {key: KeptResult(*row) for key, row in rows.items()}


INDICATOR = Columns(Indicator, "i")
INDICATOR_ID = INDICATOR.names.index("id")
COLUMNS_SQL = f"""
    select {INDICATOR.sql}, d.year_group, t.year_group, t.valid_from, t.valid_to, t.yellow_limit, t.green_limit,
           t.school_id, t.reason
    from colourmaps_indicator i
    left join colourmaps_dueindicator d
      on d.municipality_id = i.municipality_id and d.indicator_id = i.id
     and d.round_id = %(round)s and d.year_group in {{year_groups}}
    left join colourmaps_threshold t
      on t.municipality_id = i.municipality_id and t.indicator_id = i.id
     and t.year_group in {{year_groups}}
     and (t.school_id is null or t.school_id in (
         select p.parent_id from accounts_unitplacement p
         where p.municipality_id = i.municipality_id and p.unit_id in {{class_ids}}
           and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
     ))
    where i.municipality_id = %(municipality)s and i.secrecy_area = '{SecrecyArea.SCHOOL.value}'
      and (d.id is not null or i.id in {{measured}})
    order by i.position, i.code, t.valid_from
"""


def _columns(
    round_: MeasurementRound,
    class_ids: Collection[int],
    year_groups: Collection[int],
    measured: Collection[int],
    as_of: AsOf | None,
) -> list[Column]:
    """The indicators that are due for one of the year groups, or were measured all the same, in the map's order."""
    if not year_groups:
        return []
    if as_of is not None:
        return _columns_as_known(round_, class_ids, year_groups, measured, as_of)
    columns: dict[int, tuple[Indicator, set[int], list[Decision]]] = {}
    sql = COLUMNS_SQL.format(
        year_groups=listed(year_groups), class_ids=listed(class_ids), measured=listed(measured)
    )
    # A row per indicator and decision on its limits; where a class is mixed, one per pair with a due year group.
    for row in rows_of(sql, round=round_.pk, on=round_.counted_on):
        due_in, limited_in, valid_from, valid_to, yellow, green, own_of, reason = row[INDICATOR.number :]
        indicator_id = row[INDICATOR_ID]
        if indicator_id not in columns:
            columns[indicator_id] = INDICATOR.made_of(row), set(), []
        _indicator, due, decisions = columns[indicator_id]
        if due_in is not None:
            due.add(due_in)
        decision = Decision(limited_in, valid_from, valid_to, Limits(yellow, green), own_of, reason)
        if (
            limited_in is not None and decision not in decisions
        ):  # a mixed class reads it once per due year group
            decisions.append(decision)
    return [_column(*column, round_) for column in columns.values()]


def _column(
    indicator: Indicator, due_in: set[int], decisions: Sequence[Decision], round_: MeasurementRound
) -> Column:
    """Of classes of several schools the limits are the municipality's: no one sentence would hold for all of them."""
    schools = {each.school_id for each in decisions} - {None}
    of_all = decisions if len(schools) < 2 else of_school(decisions, None)
    year_groups = {each.year_group for each in decisions}
    limits = {group: limits_on(of_all, group, round_.counted_on) for group in year_groups}
    own = {group: own_limits_on(of_all, group, round_.counted_on) for group in year_groups}
    return Column(
        indicator,
        {group: found for group, found in limits.items() if found},
        due_in,
        decisions,
        {group: found for group, found in own.items() if found},
    )


def _columns_as_known(
    round_: MeasurementRound,
    class_ids: Collection[int],
    year_groups: Collection[int],
    measured: Collection[int],
    as_of: AsOf,
) -> list[Column]:
    due = known.due(round_, year_groups, as_of)
    schools = set(known.schools_of(class_ids, round_.counted_on, as_of).values())
    is_there = Q(school__isnull=True) | Q(school__in=schools)
    decisions = as_decisions(known.thresholds(is_there & Q(year_group__in=year_groups), as_of))
    indicators = Indicator.objects.filter(pk__in={*due, *measured}).order_by("position", "code")
    return [_column(each, due.get(each.pk, set()), decisions[each.pk], round_) for each in indicators]


def _schools(
    class_ids: Collection[int], columns: Sequence[Column], round_: MeasurementRound, as_of: AsOf | None
) -> Mapping[int, int]:
    """By class id, the school; only asked for where it decides which limits hold."""
    is_own = any(decision.school_id is not None for column in columns for decision in column.decisions)
    if not is_own or len(class_ids) < 2:
        return {}
    if as_of is not None:
        return known.schools_of(class_ids, round_.counted_on, as_of)
    return schools_of(class_ids, round_.counted_on)


def _cells(
    enrolment: AnyEnrolment,
    columns: Sequence[Column],
    round_: MeasurementRound,
    newest: Mapping[tuple[int, int], KeptResult],
    counted_in: dict[int, int],
    schools: Mapping[int, int],
) -> list[Cell]:
    year_group, school_id = counted_in.get(enrolment.pupil_id), schools.get(enrolment.school_class_id)
    return [
        _cell(newest.get((enrolment.pupil_id, column.indicator.pk)), column, round_, year_group, school_id)
        for column in columns
    ]


def _cell(
    newest: KeptResult | None,
    column: Column,
    round_: MeasurementRound,
    year_group: int | None,
    school_id: int | None = None,
) -> Cell:
    """school_id: where the map is of several schools with limits of their own."""
    is_of_round = newest is not None and newest.round_id == round_.pk
    result, earlier = (newest, None) if is_of_round else (None, newest)
    return state_of(
        result,
        earlier,
        is_due=year_group in column.due_in,
        on=round_.counted_on,
        shelf_life_months=column.indicator.shelf_life_months,
        is_near=result is not None and _is_near(result, column, year_group, school_id),
    )


def _is_near(result: KeptResult, column: Column, year_group: int | None, school_id: int | None) -> bool:
    """Whether a value is within the measurement error of one of the limits by which it was judged."""
    if result.value is None or not column.indicator.measurement_error:
        return False
    limits = column.judged_by(year_group, result.measured_on, school_id)
    return limits is not None and is_near(result.value, *limits, column.indicator.measurement_error)


class JudgedCell(NamedTuple):
    """A cell with the limits by which its value was judged, or would be; own: what is said of the school's own."""

    cell: Cell
    limits: Limits | None
    own: OwnLimits | None


def cell_of(
    pupil: Pupil, indicator: Indicator, round_: MeasurementRound, as_of: AsOf | None = None
) -> JudgedCell:
    """One cell of the map."""
    return cells_of(pupil, [indicator], round_, as_of)[0]


def cells_of(
    pupil: Pupil, indicators: Sequence[Indicator], round_: MeasurementRound, as_of: AsOf | None = None
) -> list[JudgedCell]:
    """The pupil's cells on the indicators, in their order; as many queries as for one. as_of: as in class_grid."""
    condition = in_force(round_.counted_on) & Q(pupil=pupil)
    enrolment = next(iter(_home_enrolments(condition, as_of)), None)
    newest = _newest([pupil.pk], round_, as_of)
    if enrolment is None:
        return [
            JudgedCell(
                _cell(newest.get((pupil.pk, each.pk)), Column(each, {}, set()), round_, None), None, None
            )
            for each in indicators
        ]
    class_ids, ids = [enrolment.school_class_id], [each.pk for each in indicators]
    columns = _columns(round_, class_ids, [enrolment.year_group], ids, as_of)
    by_id = {column.indicator.pk: column for column in columns}
    return [
        _judged_cell(newest.get((pupil.pk, each.pk)), by_id[each.pk], round_, enrolment.year_group)
        for each in indicators
    ]


def _judged_cell(
    newest: KeptResult | None, column: Column, round_: MeasurementRound, year_group: int
) -> JudgedCell:
    cell = _cell(newest, column, round_, year_group)
    on = cell.measured_on if cell.is_measured and cell.measured_on else round_.counted_on
    return JudgedCell(
        cell, limits_on(column.decisions, year_group, on), own_limits_on(column.decisions, year_group, on)
    )
