"""The tables that the same readers see, of all pupils and of the splits: protected one after the other, then attacked.

What a pool of a split hides is narrowed by the sums of all pupils in the same schools and, through these, by the other
splits. The bounds of safety.py see most of that, the attacker all of it. Where it finds something, the blocks of the
splits that are concerned are joined: to their neighbours first, then within units, then all of them, so that the
municipality's own figures are left. A coarser partition tells less. If even that is too much, the split is withdrawn.

Imports SciPy, which takes a second: for jobs, not for pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .attack import Displayed, Leak, leaks
from .partitions import Block, Leaf, Partition
from .pools import protect
from .rules import Limits
from .tables import Slice, Table
from .versions import Version

# How often blocks are joined to neighbours before whole units are.
MOST_NEIGHBOURS = 4

Attack = Callable[[Sequence[Version]], Sequence[Leak]]
# The version of the split at a place, proposed anew with blocks joined like this as far as may be; or, with None, as it
# is when nothing new is shown of it.
Again = Callable[[int, Partition | None], Version]


@dataclass(frozen=True)
class Mended:
    """versions: the first of all pupils, each other of a split. leaks: what could be worked out nevertheless.

    withdrawn: by place those that show nothing new, with the slices in which something could be worked out.
    """

    versions: Sequence[Version]
    withdrawn: Mapping[int, frozenset[Slice]] = field(default_factory=dict)
    leaks: Sequence[Leak] = field(default=())


def mend(first: Sequence[Version], again: Again, attack: Attack) -> Mended:
    """Makes splits coarser until the attacker finds nothing in all tables together, or withdraws them.

    first: the versions as they are proposed before anybody has attacked them.
    """
    versions = list(first)
    withdrawn: dict[int, frozenset[Slice]] = {}
    asked = [version.partition for version in first]
    found = attack(versions)
    for coarser in (*[_joined_to_neighbours] * MOST_NEIGHBOURS, _joined_in_units, _joined_all, None):
        if not found:
            break
        attacked = list(versions)
        for place, version in enumerate(versions[1:], start=1):
            leaves = _leaves_concerned(version, versions[0], found)
            if not leaves or place in withdrawn or not version.partition.shown:
                continue
            if coarser is None:
                versions[place] = again(place, None)
                withdrawn[place] = frozenset(leak.slice for leak in found if leak.leaves & leaves)
                continue
            # Also what could not be joined: otherwise it would move again by itself.
            so_far = asked[place].joined_with(version.partition)
            asked[place] = coarser(version.table, so_far, leaves)
            versions[place] = again(place, asked[place])
        if versions != attacked:
            found = attack(versions)
    return Mended(versions, withdrawn, found)


def _leaves_concerned(split: Version, of_all: Version, found: Iterable[Leak]) -> frozenset[Leaf]:
    """The leaves that leak by way of a split: in its slices, or, by any of the splits, in the counts of all pupils."""
    slices = {*split.table.slices, *of_all.table.slices}
    concerned = (leak.leaves for leak in found if leak.slice in slices)
    return frozenset().union(*concerned) & split.partition.leaves


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


def _joined_in_units(table: Table, partition: Partition, leaves: Iterable[Leaf]) -> Partition:
    """All of the lowest unit in which a leaf stands together with others."""
    for leaf in sorted(leaves):
        around = (table.leaves_of[node] for node in table.inner_nodes if leaf in table.leaves_of[node])
        unit = next((inside for inside in around if len(inside) > 1), frozenset({leaf}))
        partition = _joined_shown(partition, unit)
    return partition


def _joined_all(_table: Table, partition: Partition, _leaves: Iterable[Leaf]) -> Partition:
    return _joined_shown(partition, partition.leaves)


def _joined_shown(partition: Partition, leaves: Collection[Leaf]) -> Partition:
    """One block of all that is shown of the leaves; what is in no shown sum stays so."""
    blocks = [block for block in partition.shown if block & frozenset(leaves)]
    return partition.joined_with(Partition.of([frozenset().union(*blocks)])) if blocks else partition


def with_nothing_shown(version: Version) -> Version:
    """A version in which nothing is shown."""
    return Version(version.table, Partition.of([], unshown=version.partition.blocks))


@dataclass(frozen=True)
class Family:
    """tables: of one indicator, round and part, the first of all pupils, each other of a split; partitions: of each.

    leaks: what could be worked out nevertheless; where there are any, nothing of the family may be released.
    """

    tables: Sequence[Table]
    partitions: Sequence[Partition]
    leaks: Sequence[Leak]


def protect_family(tables: Sequence[Table], limits: Limits) -> Family:
    """Protects tables of which nothing is shown yet, so that the attacker finds nothing in all of them together."""
    of_all = protect(tables[0], limits)
    splits = [protect(table, limits, coarser_than=of_all) for table in tables[1:]]
    first = [Version(*shown) for shown in zip(tables, [of_all, *splits], strict=True)]

    def again(place: int, joined: Partition | None) -> Version:
        if joined is None:
            return with_nothing_shown(first[place])
        return Version(tables[place], protect(tables[place], limits, coarser_than=of_all, keep=joined))

    mended = mend(
        first,
        again,
        lambda versions: attack(tables, [version.partition for version in versions], limits),
    )
    return Family(tables, [version.partition for version in mended.versions], mended.leaks)


def attack(tables: Sequence[Table], partitions: Sequence[Partition], limits: Limits) -> list[Leak]:
    """What can be worked out from tables that are shown by their partitions, the first of all pupils."""
    shown = [
        displayed(Version(table, partition))
        for table, partition in zip(tables, partitions, strict=True)
        if partition.shown or table is tables[0]
    ]
    return leaks(shown, limits)


def displayed(version: Version) -> Displayed:
    """Everything that can be read of a version."""
    table, partition = version.table, version.partition
    return Displayed(table.shown_sums(partition), table.leaves, table.part, partition.hidden)
