"""The tables that the same readers see, of all pupils and of the splits: protected one after the other, then attacked.

What a pool of a split hides is narrowed by the sums of all pupils in the same schools and, through these, by the other
splits. The bounds of safety.py see most of that, the attacker all of it. Where it finds something, the blocks of the
splits that are concerned are joined: to their neighbours first, then all of them, so that the municipality's own
figures are left. A coarser partition mostly tells less. If even that is too much, the split is withdrawn.

Imports SciPy, which takes a second: for jobs, not for pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .attack import Displayed, Leak, Memory, leaks
from .partitions import Block, Leaf, Partition
from .pools import protect
from .rules import Limits
from .tables import Slice, Table
from .versions import Version

# How often blocks are joined to neighbours.
MOST_NEIGHBOURS = 4
# Counts of a kind that the attacker can look at, of all leaves for each of them: larger tables are not made one block.
MOST_IN_ONE = 4_000

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
    mending = _Mending(list(first), again, attack)
    n_found = len(mending.found)
    for _time in range(MOST_NEIGHBOURS):
        mending.join(_joined_to_neighbours)
        # What gets no better that way mostly gets worse: the more schools, the more of their sums are known.
        if len(mending.found) >= n_found:
            break
        n_found = len(mending.found)
    mending.join(_joined_all)
    mending.withdraw()
    return Mended(mending.versions, mending.withdrawn, mending.found)


@dataclass
class _Mending:
    versions: list[Version]
    again: Again
    attack: Attack
    withdrawn: dict[int, frozenset[Slice]] = field(default_factory=dict)
    asked: list[Partition] = field(init=False)
    found: Sequence[Leak] = field(init=False)

    def __post_init__(self) -> None:
        self.asked = [version.partition for version in self.versions]
        self.found = self.attack(self.versions)

    def join(self, coarser: Callable[[Table, Partition, Iterable[Leaf]], Partition]) -> None:
        before = list(self.versions)
        for place, leaves in self.concerned():
            version = self.versions[place]
            # Also what could not be joined before: otherwise it would move again by itself.
            so_far = self.asked[place].joined_with(version.partition)
            self.asked[place] = coarser(version.table, so_far, leaves)
            self.versions[place] = self.again(place, self.asked[place])
        if self.versions != before:
            self.found = self.attack(self.versions)

    def withdraw(self) -> None:
        while concerned := self.concerned():
            for place, leaves in concerned:
                self.withdrawn[place] = frozenset(leak.slice for leak in self.found if leak.leaves & leaves)
                self.versions[place] = self.again(place, None)
            self.found = self.attack(self.versions)

    def concerned(self) -> list[tuple[int, frozenset[Leaf]]]:
        """The splits by which something can be worked out, and of which leaves.

        What is worked out of all pupils is put down to the split with the most slices.
        """
        places = [
            place
            for place, version in enumerate(self.versions)
            if place and place not in self.withdrawn and version.partition.shown
        ]
        widest = max(places, key=lambda place: len(self.versions[place].table.slices), default=0)
        leaves = [(place, self.leaves_concerned(place, place == widest)) for place in places]
        return [(place, concerned) for place, concerned in leaves if concerned]

    def leaves_concerned(self, place: int, is_for_all: bool) -> frozenset[Leaf]:
        """Those that leak in the slices of a split; is_for_all: or in the counts of all pupils."""
        split, of_all = self.versions[place], self.versions[0]
        slices = {*split.table.slices, *(of_all.table.slices if is_for_all else ())}
        concerned = (leak.leaves for leak in self.found if leak.slice in slices)
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


def _joined_all(table: Table, partition: Partition, _leaves: Iterable[Leaf]) -> Partition:
    """One block of all that is shown, unless that is more than can be attacked."""
    if len(partition.leaves) ** 2 * len(table.slices) > MOST_IN_ONE:
        return partition
    return partition.joined_with(Partition.of([frozenset().union(*partition.shown)]))


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

    memory: Memory = {}
    mended = mend(
        first,
        again,
        lambda versions: attack(tables, [version.partition for version in versions], limits, memory),
    )
    return Family(tables, [version.partition for version in mended.versions], mended.leaks)


def attack(
    tables: Sequence[Table],
    partitions: Sequence[Partition],
    limits: Limits,
    memory: Memory | None = None,
) -> list[Leak]:
    """What can be worked out from tables that are shown by their partitions, the first of all pupils."""
    shown = [
        displayed(Version(table, partition))
        for table, partition in zip(tables, partitions, strict=True)
        if partition.shown or table is tables[0]
    ]
    return leaks(shown, limits, memory=memory)


def displayed(version: Version) -> Displayed:
    """Everything that can be read of a version."""
    table, partition = version.table, version.partition
    return Displayed(table.shown_sums(partition), table.leaves, table.part, partition.hidden)
