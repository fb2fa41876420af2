"""The tables that the same readers see, of all pupils and of the splits: protected one after the other, then attacked.

What a pool of a split hides is narrowed by the sums of all pupils in the same schools and, through these, by the other
splits. The bounds of safety.py see most of that, the attacker all of it. Where it finds something, the blocks of the
splits that are concerned are joined to their neighbours: a coarser partition tells less. If that does not help soon,
the split is not shown at all.

Imports SciPy, which takes a second: for jobs, not for pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .attack import Displayed, Leak, leaks
from .partitions import Block, Leaf, Partition
from .pools import protect
from .rules import Limits
from .tables import Table

# How often blocks are joined before the splits that still leak are withdrawn.
MOST_REPAIRS = 4


@dataclass(frozen=True)
class Family:
    """tables: of one indicator, round and part, the first of all pupils, each other of a split; partitions: of each.

    leaks: what could be worked out nevertheless; where there are any, nothing of the family may be released.
    """

    tables: Sequence[Table]
    partitions: Sequence[Partition]
    leaks: Sequence[Leak]


def protect_family(
    tables: Sequence[Table],
    limits: Limits,
    *,
    keep: Sequence[Partition | None] = (),
    prefer: Sequence[Partition | None] = (),
) -> Family:
    """Protects the tables so that the attacker finds nothing in all of them together.

    keep, prefer: as of protect(), for each table or for none.
    """
    none: list[Partition | None] = [None] * len(tables)
    keep, prefer = list(keep) or none, list(prefer) or none
    of_all = protect(tables[0], limits, keep=keep[0], prefer=prefer[0])
    partitions = [
        of_all,
        *(
            protect(table, limits, coarser_than=of_all, keep=kept, prefer=preferred)
            for table, kept, preferred in zip(tables[1:], keep[1:], prefer[1:], strict=True)
        ),
    ]
    for repair in range(MOST_REPAIRS + 1):
        found = attack(tables, partitions, limits)
        if not found:
            break
        for place, table in enumerate(tables[1:], start=1):
            concerned = _leaves_concerned(table, tables[0], found)
            if concerned and repair < MOST_REPAIRS:
                coarser = _joined_to_neighbours(table, partitions[place], concerned)
                partitions[place] = protect(table, limits, coarser_than=of_all, keep=coarser)
            elif concerned:
                partitions[place] = Partition.of([], unshown=partitions[place].blocks)
    else:
        found = attack(tables, partitions, limits)
    return Family(tables, partitions, found)


def attack(tables: Sequence[Table], partitions: Sequence[Partition], limits: Limits) -> list[Leak]:
    """What can be worked out from tables that are shown by their partitions."""
    shown = [
        Displayed(table.shown_sums(partition), table.leaves, table.part, partition.hidden)
        for table, partition in zip(tables, partitions, strict=True)
    ]
    return leaks(shown, limits)


def _leaves_concerned(split: Table, of_all: Table, found: Iterable[Leak]) -> frozenset[Leaf]:
    """The leaves that leak by way of a split: in its slices, or, by any of the splits, in the counts of all pupils."""
    slices = {*split.slices, *of_all.slices}
    return frozenset(leaf for leak in found if leak.slice in slices for leaf in leak.leaves)


def _joined_to_neighbours(table: Table, partition: Partition, leaves: Iterable[Leaf]) -> Partition:
    for leaf in sorted(leaves):
        block = partition.block_of(leaf)
        neighbour = _neighbour(table, partition, block)
        if block not in partition.unshown and neighbour is not None:
            partition = partition.joined_with(Partition.of([block | neighbour]))
    return partition


def _neighbour(table: Table, partition: Partition, block: Block) -> Block | None:
    """The smallest other block under the lowest unit above the block that has one."""
    for node in table.inner_nodes:
        inside = table.leaves_of[node]
        others = [other for other in partition.shown if other & inside and other != block]
        if block & inside and others:
            return min(others, key=lambda other: (len(other), sorted(other)))
    return None
