"""The true figures of an indicator in a round as tables that can be protected: all units down to the schools."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from accounts.models import Level, UnitPlacement
from colourmaps.models import DueIndicator, Indicator, MeasurementRound

from .disclosure import Colours, Counts, Coverage, Moves, Part
from .disclosure.partitions import Leaf, Node
from .disclosure.tables import Slice, Table, over_slices
from .models import UnitSum
from .slices import ALL, ALL_PUPILS, BY_YEAR_GROUP, Split, slice_of_rest, split_of, splits_in_use

Figures = Mapping[Node, Mapping[Slice, Counts]]
# By split and part.
Tables = Mapping[Split, Mapping[Part, Table]]


class Truth(NamedTuple):
    """tables: by split and part. unfinished: splits whose slices do not add up to all pupils, since a recount is not
    through with them; they have no tables.
    """

    tables: Tables
    unfinished: tuple[Split, ...] = ()


def true_tables(round_: MeasurementRound, indicator: Indicator, parents: Mapping[Node, Node]) -> Truth:
    """The tables of all splits in use, from one reading of the sums, so that they fit together.

    parents: of the units of the round's tree (tree_of). A unit with nobody due is in no table. Raises ValueError if the
    sums of all pupils do not add up.
    """
    rows = list(
        UnitSum.objects.filter(round=round_, indicator=indicator, unit__level__lte=Level.SCHOOL, due__gt=0)
    )
    whole = {row.unit_id: row for row in rows if row.slice == ALL_PUPILS}
    of_split: dict[Split, dict[Node, dict[Slice, UnitSum]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row.unit_id in whole:
            of_split[split_of(row.slice)][row.unit_id][row.slice] = row
    tables: dict[Split, Mapping[Part, Table]] = {}
    unfinished: list[Split] = []
    for split in _splits_of(round_, indicator):
        if not of_split[split]:
            continue
        try:
            parts = {part: _table(split, part, whole, of_split[split], parents) for part in Part}
        except ValueError:
            if split == ALL:
                raise
            parts = {}
        if parts and adds_up(parts, tables.get(ALL, parts)):
            tables[split] = parts
        else:
            unfinished.append(split)
    return Truth(tables, tuple(unfinished))


def adds_up(split: Mapping[Part, Table], whole: Mapping[Part, Table]) -> bool:
    """Whether the slices of every leaf are all its pupils."""
    return all(sums_of_leaves(table) == sums_of_leaves(whole[part]) for part, table in split.items())


def sums_of_leaves(table: Table) -> dict[Leaf, Counts]:
    return {leaf: over_slices(slices) for leaf, slices in table.leaves.items()}


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


@cache
def code_version() -> str:
    """Of the code that protects and attacks: what it has held back once is looked at again when it has changed."""
    files = sorted(Path(__file__).parent.glob("disclosure/*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest_of(*looked_at: object) -> str:
    """Of tables and rules, the same for the same contents."""
    return hashlib.sha256(repr(looked_at).encode()).hexdigest()
