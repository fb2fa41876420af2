"""What families have answered at a unit and below it, as far as it can be told, in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, Sum

from accounts.models import Level, Unit, UnitPlacement
from accounts.queries import children_of
from pupils.school_years import SchoolYear

from ..models import FamilyAnswer, FamilyCode, MeetingKind, Who
from .asked import ASKED, FELT
from .blocks import Block, LineOn, Tally, blocks_of, total_of

# Of what is counted: what of, which answer, and in which rows.
NAMES: dict[str, tuple[str, int | str, Q]] = {
    **{
        f"{asked.field}_{felt.value}": (asked.field, felt.value, Q(**{asked.field: felt}))
        for asked in ASKED
        for felt in FELT
    },
    **{f"who_{who.value}": ("who", who.value, Q(who=who)) for who in Who},
}
COUNTED = {name: Sum("n", filter=condition, default=0) for name, (_of, _value, condition) in NAMES.items()}


@dataclass(frozen=True)
class Row:
    """The answers of a school year and of the one before; None for too few. unit: None for schools together."""

    unit: Unit | None
    schools: tuple[Unit, ...]
    now: Tally | None
    before: Tally | None


@dataclass(frozen=True)
class OfKind:
    """All that is told of a kind of meeting. total: of all rows. together: of schools that have too few each."""

    kind: MeetingKind
    total: Row
    rows: list[Row]
    together: Row | None


def report_of(unit: Unit, year: SchoolYear, today: datetime.date, smallest: int) -> list[OfKind]:
    """Per kind of meeting that families take part in, of a school or a unit above. smallest: answers in a block."""
    years = (year, year.previous)
    by_kind = tallies_of(years)
    kinds = [
        kind
        for kind in MeetingKind.objects.filter(asks_family=True)
        if kind.closed_at is None or kind.pk in by_kind
    ]
    line_on = lines_of_tree()
    children = [] if unit.level == Level.SCHOOL else _rows_below(unit, today)
    shown = {
        kind.pk: [blocks_of(by_kind.get(kind.pk, {}), each, today, line_on, smallest) for each in years]
        for kind in kinds
    }
    pools = [block for now_and_before in shown.values() for blocks in now_and_before for block in blocks]
    schools = Unit.objects.in_bulk({school for block in pools for school in block.schools})
    return [_of_kind(kind, unit, children, shown[kind.pk], schools) for kind in kinds]


def first_year() -> SchoolYear | None:
    """The school year of the first answers; None without any."""
    month = FamilyAnswer.objects.aggregate(first=Min("month"))["first"]
    return SchoolYear.of(month) if month else None


def _rows_below(unit: Unit, today: datetime.date) -> list[Unit]:
    below = children_of(unit, unit.nearest_day(today))
    return [child for child in below if child.level < Level.SCHOOL_CLASS]


def tallies_of(years: Iterable[SchoolYear]) -> dict[int, dict[tuple[int, datetime.date], Tally]]:
    """By id of the kind: the answers of all schools by school and month. Two queries."""
    in_years = Q()
    for year in years:
        in_years |= Q(month__gte=year.first_day, month__lt=year.valid_to)
    by_place = ("kind_id", "school_id", "month")
    codes = FamilyCode.objects.filter(in_years, n_answers__gt=0).order_by().values(*by_place)
    n_meetings = {tuple(row[name] for name in by_place): row["n"] for row in codes.annotate(n=Count("pk"))}
    answers = FamilyAnswer.objects.filter(in_years).order_by().values(*by_place)
    found: dict[int, dict[tuple[int, datetime.date], Tally]] = {}
    for row in answers.annotate(total=Sum("n"), **COUNTED):
        tally = Tally(row["total"], n_meetings.get(tuple(row[name] for name in by_place), 0), _counts_in(row))
        found.setdefault(row["kind_id"], {})[row["school_id"], row["month"]] = tally
    return found


def _counts_in(row: dict[str, Any]) -> Counter[tuple[str, int | str]]:
    return Counter({(of, value): row[name] for name, (of, value, _condition) in NAMES.items() if row[name]})


def lines_of_tree() -> LineOn:
    """A unit's line on any day, from one query; outside its days, of the nearest day on which it stood anywhere."""
    placements: dict[int, list[tuple[datetime.date, int]]] = {}
    rows = UnitPlacement.objects.filter(unit__level__lte=Level.SCHOOL).order_by("valid_from")
    for unit_id, parent_id, since in rows.values_list("unit_id", "parent_id", "valid_from"):
        placements.setdefault(unit_id, []).append((since, parent_id))

    def line_on(unit_id: int, on: datetime.date) -> tuple[int, ...]:
        line = [unit_id]
        while line[-1] in placements:
            known = placements[line[-1]]
            line.append(next((parent for since, parent in reversed(known) if since <= on), known[0][1]))
        return tuple(line)

    return line_on


def _of_kind(
    kind: MeetingKind,
    unit: Unit,
    children: list[Unit],
    now_and_before: list[list[Block]],
    schools: dict[int, Unit],
) -> OfKind:
    def row(of: Unit | None, chosen: list[list[Block]]) -> Row:
        now, before = (total_of(blocks) if blocks else None for blocks in chosen)
        members = {school for blocks in chosen for block in blocks for school in block.schools}
        named = sorted((schools[each] for each in members), key=lambda each: each.name)
        return Row(of, tuple(named), now, before)

    inside = [[block for block in blocks if unit.pk in block.line] for blocks in now_and_before]
    rows = [
        row(child, [[block for block in blocks if child.pk in block.line] for blocks in inside])
        for child in children
    ]
    pools = [[block for block in blocks if _is_pool_of(block, unit)] for blocks in now_and_before]
    together = row(None, pools) if any(pools) else None
    return OfKind(kind, row(unit, inside), rows, together)


def _is_pool_of(block: Block, unit: Unit) -> bool:
    """Schools together that the unit shows: those right under it, and for a school, those that it is shown with."""
    if len(block.schools) == 1:
        return False
    return unit.pk in block.schools or block.line[0] == unit.pk
