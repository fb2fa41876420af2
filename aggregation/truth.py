"""The true figures of an indicator in a round as tables that can be protected: all units down to the schools."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from accounts.models import Level, UnitPlacement
from colourmaps.models import DueIndicator, Indicator, MeasurementRound

from .disclosure import Colours, Counts, Coverage, Moves, Part
from .disclosure.partitions import Node
from .disclosure.tables import Slice, Table
from .models import UnitSum
from .slices import ALL_PUPILS, BY_YEAR_GROUP, Split, slice_of_rest, split_of, splits_in_use

Figures = Mapping[Node, Mapping[Slice, Counts]]
# By split and part.
Tables = Mapping[Split, Mapping[Part, Table]]


def true_tables(round_: MeasurementRound, indicator: Indicator, parents: Mapping[Node, Node]) -> Tables:
    """The tables of all splits in use, from one reading of the sums, so that they fit together.

    parents: of the units of the round's tree (tree_of). A unit with nobody due is in no table.
    """
    rows = list(
        UnitSum.objects.filter(round=round_, indicator=indicator, unit__level__lte=Level.SCHOOL, due__gt=0)
    )
    whole = {row.unit_id: row for row in rows if row.slice == ALL_PUPILS}
    of_split: dict[Split, dict[Node, dict[Slice, UnitSum]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row.unit_id in whole:
            of_split[split_of(row.slice)][row.unit_id][row.slice] = row
    return {
        split: {part: _table(split, part, whole, of_split[split], parents) for part in Part}
        for split in _splits_of(round_, indicator)
        if of_split[split]
    }


def tree_of(round_: MeasurementRound) -> dict[Node, Node]:
    """The unit above each unit down to the schools, in the tree by which the round is summed up."""
    placements = UnitPlacement.objects.on(round_.counted_on).filter(unit__level__lte=Level.SCHOOL)
    return dict(placements.values_list("unit_id", "parent_id"))


def _splits_of(round_: MeasurementRound, indicator: Indicator) -> list[Split]:
    """Those in use; by year group only if more than one is to be measured."""
    n_year_groups = DueIndicator.objects.filter(round=round_, indicator=indicator).count()
    return [split for split in splits_in_use() if split != BY_YEAR_GROUP or n_year_groups > 1]


def _table(
    split: Split,
    part: Part,
    whole: Mapping[Node, UnitSum],
    sums: Mapping[Node, Mapping[Slice, UnitSum]],
    parents: Mapping[Node, Node],
) -> Table:
    figures: dict[Node, dict[Slice, Counts]] = {}
    for node, row in whole.items():
        figures[node] = {slice_: counts_of(each, part) for slice_, each in sums.get(node, {}).items()}
        if split.group_id is not None:
            group = figures[node].values()
            figures[node][slice_of_rest(split.group_id)] = _minus(counts_of(row, part), group)
    return Table.from_nodes(figures, parents, part)


def counts_of(row: UnitSum, part: Part) -> Counts:
    if part is Part.COLOURS:
        uncoloured = row.measured - row.green - row.yellow - row.red
        return Colours(row.green, row.yellow, row.red, uncoloured)
    if part is Part.MOVEMENT:
        return Moves(row.up, row.still, row.down)
    return Coverage(row.due - row.measured)


def _minus(counts: Counts, others: Iterable[Counts]) -> Counts:
    for other in others:
        counts = tuple(a - b for a, b in zip(counts, other, strict=True))
    return counts


def digest_of(*looked_at: object) -> str:
    """Of tables and rules, the same for the same contents."""
    return hashlib.sha256(repr(looked_at).encode()).hexdigest()
