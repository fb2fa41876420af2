"""The colour map of a class as plain data: pupils x indicators for a round, in a fixed number of queries. No HTML."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from accounts.dated import in_force
from accounts.models import Unit
from accounts.tenancy import current_municipality
from pupils.models import Enrolment, Pupil

from . import as_of as known
from .as_of import AnyEnrolment, AsOf
from .cells import Cell, State, state_of
from .classification import Colour, Movement
from .limits import Limits, OwnLimits
from .models import Indicator, MeasurementRound
from .scales import Mark


class KeptResult(NamedTuple):
    """What a cell shows of a result: a map has hundreds, and whole objects would cost more than the query."""

    round_id: int
    value: int | None
    mark: int
    colour: int
    movement: int
    measured_on: datetime.date


@dataclass(frozen=True)
class Column:
    """An indicator of the map, with the limits that hold for the class, and the year groups in which it is due.

    limits: by year group; a class has several if it is mixed. own: of those that are the school's own, why.
    """

    indicator: Indicator
    limits: dict[int, Limits]
    due_in: set[int]
    own: dict[int, OwnLimits] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A pupil and the pupil's cells, one per column.

    is_counted: in the class on the day of counting; has_joined_later: came after it.
    """

    pupil: Pupil
    cells: Sequence[Cell]
    is_counted: bool = True
    has_joined_later: bool = False


@dataclass
class Tally:
    """A column counted: the same counts as the class's UnitSum, of the pupils in the class on the round's last day."""

    due: int = 0
    measured: int = 0
    colours: dict[Colour, int] = field(default_factory=lambda: dict.fromkeys(Colour, 0))
    movements: dict[Movement, int] = field(default_factory=lambda: dict.fromkeys(Movement, 0))

    def add(self, cell: Cell) -> None:
        self.due += cell.state not in (State.NOT_DUE, State.EXEMPT)
        if cell.is_measured:
            self.measured += 1
            self.colours[cell.colour] += 1
            self.movements[cell.movement] += 1


@dataclass(frozen=True)
class Grid:
    school_class: Unit
    round: MeasurementRound
    columns: Sequence[Column]
    rows: Sequence[Row]

    @cached_property
    def tallies(self) -> list[Tally]:
        """One per column, over the pupils who were in the class when the round was counted."""
        tallies = [Tally() for _column in self.columns]
        for row in self.rows:
            if row.is_counted:
                for tally, cell in zip(tallies, row.cells, strict=True):
                    tally.add(cell)
        return tallies

    @property
    def n_uncounted(self) -> int:
        """Pupils who are shown but were not in the class when the round was counted."""
        return sum(not row.is_counted for row in self.rows)

    @property
    def n_measured(self) -> int:
        return sum(tally.measured for tally in self.tallies)

    @property
    def n_due(self) -> int:
        return sum(tally.due for tally in self.tallies)

    @property
    def indicators(self) -> list[Indicator]:
        return [column.indicator for column in self.columns]

    @property
    def pupils(self) -> list[Pupil]:
        return [row.pupil for row in self.rows]

    @cached_property
    def measured_days(self) -> tuple[datetime.date, datetime.date] | None:
        """The oldest and the newest day of measurement among the round's values."""
        days = [
            cell.measured_on
            for row in self.rows
            for cell in row.cells
            if cell.is_measured and cell.measured_on
        ]
        return (min(days), max(days)) if days else None


def class_grid(
    school_class: Unit,
    round_: MeasurementRound,
    today: datetime.date,
    *,
    is_for_file: bool = False,
    as_of: AsOf | None = None,
) -> Grid:
    """The map of a class for a round: those in the class when the round was counted, and those who came since.

    as_of: as it stood when a day was over, which then is the day that counts as today; None for as it stands.
    The caller has asked the door. Pupils come in no particular order: languages sort names differently.
    is_for_file: without pupils with protected identity, who are in no file; columns, limits and counts are then those
    of the others, so that nothing tells how many they are.
    """
    if as_of is not None:
        school_class, today = known.unit_as_known(school_class, as_of), as_of.day
    enrolments = _members(school_class, round_, today, as_of)
    if is_for_file:
        enrolments = [each for each in enrolments if not each.pupil.is_protected]
    newest = _newest([enrolment.pupil_id for enrolment in enrolments], round_, as_of)
    measured = {key[1] for key, result in newest.items() if result.round_id == round_.pk}
    year_groups = {enrolment.year_group for enrolment in enrolments}
    columns = _columns(round_, school_class.pk, year_groups, measured, as_of)
    counted_in = _year_groups_when_counted(enrolments, round_, as_of)
    counted_on = school_class.nearest_day(round_.counted_on)
    rows = [
        Row(
            enrolment.pupil,
            _cells(enrolment, columns, round_, newest, counted_in),
            is_counted=enrolment.is_in_force(counted_on),
            has_joined_later=enrolment.valid_from > counted_on,
        )
        for enrolment in enrolments
    ]
    return Grid(school_class, round_, columns, rows)


def _members(
    school_class: Unit, round_: MeasurementRound, today: datetime.date, as_of: AsOf | None
) -> list[AnyEnrolment]:
    """One enrolment per pupil: the one of the day of counting, else the one of today."""
    counted_on, seen_on = school_class.nearest_day(round_.counted_on), school_class.nearest_day(today)
    condition = (in_force(counted_on) | in_force(seen_on)) & Q(school_class=school_class)
    found: dict[int, AnyEnrolment] = {}
    # A pupil has one home class at a time, so of two enrolments in this one the older is that of the counting.
    for enrolment in _home_enrolments(condition, as_of):
        found.setdefault(enrolment.pupil_id, enrolment)
    return list(found.values())


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
    pupil_ids: Sequence[int], round_: MeasurementRound, as_of: AsOf | None = None
) -> dict[tuple[int, int], KeptResult]:
    """By (pupil id, indicator id): what is known of this round, else the latest value from a round before it."""
    if not pupil_ids:
        return {}
    if as_of is not None:
        rows = known.newest(pupil_ids, round_, KeptResult._fields, as_of)
        return {key: KeptResult(*row) for key, row in rows.items()}
    columns = ", ".join(f"r.{column}" for column in KeptResult._fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select r.pupil_id, r.indicator_id, {columns}
            from colourmaps_result r
            join colourmaps_measurementround m on m.id = r.round_id
            left join colourmaps_result now on now.municipality_id = r.municipality_id and now.round_id = %s
              and now.pupil_id = r.pupil_id and now.indicator_id = r.indicator_id
            where r.municipality_id = %s and r.pupil_id in ({_places(pupil_ids)}) and m.starts_on <= %s
              and (r.round_id = %s or (now.pupil_id is null and r.mark = {Mark.MEASURED.value}))
            order by m.starts_on
            """,
            [round_.pk, current_municipality().pk, *pupil_ids, round_.starts_on, round_.pk],
        )
        # Oldest first, so the newest of several is the one that stays.
        return {row[:2]: KeptResult(*row[2:]) for row in cursor.fetchall()}


def _columns(
    round_: MeasurementRound,
    class_id: int,
    year_groups: Collection[int],
    measured: Collection[int],
    as_of: AsOf | None = None,
) -> list[Column]:
    """The indicators that are due for one of the year groups, or were measured all the same, in the map's order."""
    if not year_groups:
        return []
    if as_of is not None:
        return _columns_as_known(round_, class_id, year_groups, measured, as_of)
    columns: dict[int, Column] = {}
    # A row per indicator; where a class is mixed, one per pair of a due and a limited year group.
    for indicator in Indicator.objects.raw(
        f"""
        select i.*, d.year_group as due_in, t.year_group as limited_in, t.yellow_limit, t.green_limit,
               t.school_id as own_of, t.reason
        from colourmaps_indicator i
        left join colourmaps_dueindicator d
          on d.municipality_id = i.municipality_id and d.indicator_id = i.id
         and d.round_id = %s and d.year_group in ({_places(year_groups)})
        left join accounts_unitplacement p
          on p.municipality_id = i.municipality_id and p.unit_id = %s
         and p.valid_from <= %s and (p.valid_to is null or p.valid_to > %s)
        left join colourmaps_threshold t
          on t.municipality_id = i.municipality_id and t.indicator_id = i.id
         and t.year_group in ({_places(year_groups)})
         and (t.school_id is null or t.school_id = p.parent_id)
         and t.valid_from <= %s and (t.valid_to is null or t.valid_to > %s)
        where i.municipality_id = %s and (d.id is not null or i.id in ({_places(measured) or "null"}))
        order by i.position, i.code, case when t.school_id is null then 0 else 1 end
        """,
        [
            *(round_.pk, *year_groups, class_id, round_.counted_on, round_.counted_on),
            *(*year_groups, round_.counted_on, round_.counted_on),
            *(current_municipality().pk, *measured),
        ],
    ):
        column = columns.setdefault(indicator.pk, Column(indicator, limits={}, due_in=set()))
        if indicator.due_in is not None:
            column.due_in.add(indicator.due_in)
        if indicator.limited_in is None:
            continue
        limits = Limits(indicator.yellow_limit, indicator.green_limit)
        # The municipality's come first, and give way.
        elsewhere = column.limits.get(indicator.limited_in)
        if indicator.own_of is not None and indicator.limited_in not in column.own:
            column.own[indicator.limited_in] = OwnLimits(indicator.reason, elsewhere)
        column.limits[indicator.limited_in] = limits
    return list(columns.values())


def _columns_as_known(
    round_: MeasurementRound,
    class_id: int,
    year_groups: Collection[int],
    measured: Collection[int],
    as_of: AsOf,
) -> list[Column]:
    due = known.due(round_, year_groups, as_of)
    school_id = known.school_of(class_id, round_.counted_on, as_of)
    limits = known.limits(year_groups, round_.counted_on, school_id, as_of)
    return [
        Column(
            indicator,
            limits.limits.get(indicator.pk, {}),
            due.get(indicator.pk, set()),
            limits.own.get(indicator.pk, {}),
        )
        for indicator in Indicator.objects.filter(pk__in={*due, *measured}).order_by("position", "code")
    ]


def _places(parameters: Collection[int]) -> str:
    return ", ".join(["%s"] * len(parameters))


def _cells(
    enrolment: AnyEnrolment,
    columns: Sequence[Column],
    round_: MeasurementRound,
    newest: dict[tuple[int, int], KeptResult],
    counted_in: dict[int, int],
) -> list[Cell]:
    year_group = counted_in.get(enrolment.pupil_id)
    return [
        _cell(
            newest.get((enrolment.pupil_id, column.indicator.pk)), round_, is_due=year_group in column.due_in
        )
        for column in columns
    ]


def _cell(newest: KeptResult | None, round_: MeasurementRound, *, is_due: bool) -> Cell:
    is_of_round = newest is not None and newest.round_id == round_.pk
    result, earlier = (newest, None) if is_of_round else (None, newest)
    return state_of(result, earlier, is_due=is_due, on=round_.counted_on)


def cell_of(
    pupil: Pupil, indicator: Indicator, round_: MeasurementRound, as_of: AsOf | None = None
) -> tuple[Cell, Limits | None, OwnLimits | None]:
    """One cell of the map, with the limits that hold for it, and what is said of them if they are the school's own."""
    condition = in_force(round_.counted_on) & Q(pupil=pupil)
    enrolment = next(iter(_home_enrolments(condition, as_of)), None)
    newest = _newest([pupil.pk], round_, as_of).get((pupil.pk, indicator.pk))
    if enrolment is None:
        return _cell(newest, round_, is_due=False), None, None
    in_year, class_id = enrolment.year_group, enrolment.school_class_id
    columns = _columns(round_, class_id, [in_year], [indicator.pk], as_of)
    column = next(column for column in columns if column.indicator == indicator)
    cell = _cell(newest, round_, is_due=in_year in column.due_in)
    return cell, column.limits.get(in_year), column.own.get(in_year)
