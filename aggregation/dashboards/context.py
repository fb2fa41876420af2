"""What a unit is like, said beside every comparison: how large it is, and what is known of its pupils.

Context stands beside the figures and never changes a colour. It tells nothing that the figures do not tell already: the
size is the largest number of pupils that is shown as measured, not the number enrolled, from which the few who were not
measured would follow; the shares are of figures that are shown, in steps of five points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Level, Unit
from accounts.roles import Tier
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Sex

from ..models import ReleasedFigure, UnitSum
from ..released import shown_releases
from ..slices import ALL_PUPILS, BY_SEX, SLICE_OF_SEX, slice_of_group, split_of, summed_groups
from ..steps import in_steps

GIRLS = SLICE_OF_SEX[Sex.FEMALE.value]
CLASSES_SQL = """
    with recursive below(top_id, unit_id) as (
        select id, id from accounts_unit where municipality_id = %(municipality)s and id in ({ids})
        union all
        select below.top_id, p.unit_id
        from accounts_unitplacement p join below on below.unit_id = p.parent_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    )
    select below.top_id, u.year_group, count(*)
    from below join accounts_unit u on u.id = below.unit_id
    where u.level = %(level)s
      and u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)
    group by below.top_id, u.year_group
"""


class KnownShare(NamedTuple):
    """Of the pupils measured. percent: in steps of five; None where the figures are not shown."""

    slice: int
    percent: int | None


@dataclass(frozen=True)
class Context:
    """measured: the pupils whose results are shown, None where they are not; year_groups: that have classes, in order.

    shares: of the girls, and of each registered group with sums of its own. formed_from: the units that went up in it.
    """

    unit: Unit
    measured: int | None
    n_classes: int
    year_groups: Sequence[int]
    shares: Sequence[KnownShare]
    formed_from: Sequence[Unit]


# Pupils measured, by unit id, then by slice; the rest of a registered group included.
Measured = Mapping[int, Mapping[int, int]]


def contexts_of(
    units: Sequence[Unit], indicator: Indicator, round_: MeasurementRound, tier: Tier | None
) -> dict[int, Context]:
    """By unit id. tier: how sums are shown to the reader; None if the reader sees the units' pupils."""
    ids = [unit.pk for unit in units]
    classes = _classes_below(ids, round_)
    predecessors = _predecessors(ids)
    groups = [slice_of_group(group.pk) for group in summed_groups()]
    if tier is None:
        measured = _measured(ids, indicator, round_, groups)
    else:
        measured = _released_as_measured(ids, indicator, round_, tier)
    return {
        unit.pk: Context(
            unit,
            measured.get(unit.pk, {}).get(ALL_PUPILS),
            sum(classes[unit.pk].values()),
            sorted(year_group for year_group in classes[unit.pk] if year_group is not None),
            [_known_share(number, measured.get(unit.pk, {})) for number in (GIRLS, *groups)],
            predecessors[unit.pk],
        )
        for unit in units
    }


def _classes_below(unit_ids: Collection[int], round_: MeasurementRound) -> dict[int, dict[int | None, int]]:
    """By unit id, how many classes of each year group stand below it on the day the round is counted by."""
    found: dict[int, dict[int | None, int]] = defaultdict(dict)
    if not unit_ids:
        return found
    parameters: dict[str, Any] = {
        "municipality": current_municipality().pk,
        "on": round_.counted_on,
        "level": Level.SCHOOL_CLASS.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            CLASSES_SQL.format(ids=", ".join(str(int(unit_id)) for unit_id in unit_ids)), parameters
        )
        for unit_id, year_group, n_classes in cursor.fetchall():
            found[unit_id][year_group] = n_classes
    return found


def _predecessors(unit_ids: Collection[int]) -> dict[int, list[Unit]]:
    """By unit id, by name. A class has those whose pupils went on to it."""
    found: dict[int, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.filter(successor_id__in=unit_ids).order_by("name"):
        if unit.successor_id is not None:
            found[unit.successor_id].append(unit)
    return found


def _measured(
    unit_ids: Collection[int], indicator: Indicator, round_: MeasurementRound, groups: Collection[int]
) -> Measured:
    slices = [ALL_PUPILS, *BY_SEX.slices, *groups]
    rows = UnitSum.objects.filter(unit_id__in=unit_ids, indicator=indicator, round=round_, slice__in=slices)
    measured = _by_unit(rows.values_list("unit_id", "slice", "measured"))
    for of_unit in measured.values():
        for number in groups:
            of_unit[-number] = of_unit.get(ALL_PUPILS, 0) - of_unit.setdefault(number, 0)
    return measured


def _released_as_measured(
    unit_ids: Collection[int], indicator: Indicator, round_: MeasurementRound, tier: Tier
) -> Measured:
    """Of units that are shown by themselves: the sum of a pool tells nothing of one unit in it."""
    releases = shown_releases([round_], tier).filter(indicator=indicator)
    rows = ReleasedFigure.objects.filter(
        release__in=releases.values("pk"),
        unit_id__in=unit_ids,
        green__isnull=False,
        colours_pool__isnull=True,
    )
    # How many have no colour is told to heads, and not to the board.
    kinds = ["green", "yellow", "red", *(["uncoloured"] if tier is Tier.HEADS else [])]
    counts = rows.values_list("unit_id", "slice", *kinds)
    return _by_unit((unit_id, number, sum(colours)) for unit_id, number, *colours in counts)


def _by_unit(rows: Iterable[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
    measured: dict[int, dict[int, int]] = defaultdict(dict)
    for unit_id, number, n in rows:
        measured[unit_id][number] = n
    return measured


def _known_share(number: int, measured: Mapping[int, int]) -> KnownShare:
    """Of a slice among all slices of its split."""
    split = split_of(number)
    others = [-number] if split.has_rest else [each for each in split.slices if each != number]
    n_others = sum(measured.get(each, 0) for each in others)
    if number not in measured or not measured[number] + n_others:
        return KnownShare(number, None)
    return KnownShare(number, in_steps([measured[number], n_others])[0])
