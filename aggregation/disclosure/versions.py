"""When corrected figures may take the place of those shown before, so that no reader learns about single pupils.

A pupil who leaves, or whose value is corrected, is found by subtracting the old version from the new one. So a block
keeps the figures that it was shown with until so much has changed that the difference might be shown, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from .partitions import Block, Leaf, Partition
from .rules import N_TELLING, Counts, Limits, Part
from .safety import Safety
from .tables import Slice, Slices, Table

# Held blocks that are tried together, in threes and fours.
MOST_JOINED = 8

# How many pupils of a leaf are counted otherwise than in the version shown last: joined, left, or with another colour.
Changed = Mapping[Leaf, Mapping[Slice, int]]


@dataclass(frozen=True)
class Version:
    """What was shown of a table: the counts behind it, of each leaf from when its block last changed; and the blocks.

    The counts of single leaves of a pool are not shown, but needed: each member knows its own.
    """

    table: Table
    partition: Partition

    def is_held_back(self, block: Block, now: Table) -> bool:
        """Whether a block is shown with other figures than it has now."""
        return any(_differs(self.table.leaves.get(leaf, {}), now.leaves.get(leaf, {})) for leaf in block)


def may_follow(
    shown: Counts, now: Counts, limits: Limits, part: Part, *, n_changed: int | None = None
) -> bool:
    """Whether new counts may be shown to somebody who remembers the old ones of the same units and slice.

    Nothing differs; or each kind has changed by nothing or by at least as many as may be shown of a kind, and at least
    as many pupils are behind it as a figure must rest on; and beside those of any one kind at least as many as may be
    shown of a kind, for otherwise it would be known what all, or all but a few, of those who came or went have.
    Of coverage only the number matters.

    n_changed: how many pupils are counted otherwise than before, too many never; None: as few as the counts allow.
    """
    changes = [new - old for old, new in zip(shown, now, strict=True)]
    if not any(changes):
        return True
    if any(0 < abs(change) < limits.smallest_count for change in changes):
        return False
    if part is Part.COVERAGE:
        return True
    behind = max(least_changed(shown, now), n_changed or 0)
    largest = max(map(abs, changes[:N_TELLING]))
    return behind >= limits.smallest_base and behind - largest >= limits.smallest_count


def least_changed(shown: Counts, now: Counts) -> int:
    """How many pupils at least are counted otherwise: each may have left one kind and come into another."""
    changes = [new - old for old, new in zip(shown, now, strict=True)]
    came = sum(change for change in changes if change > 0)
    return max(came, came - sum(changes))


def next_version(
    last: Version,
    now: Table,
    limits: Limits,
    *,
    earlier: Sequence[Version] = (),
    changed: Changed | None = None,
    coarser_than: Partition | None = None,
    joined: Partition | None = None,
) -> Version:
    """What is shown after last, and after those before it: each block with its new figures, or held back.

    The partition is kept, or made coarser where several blocks that may not change by themselves may do so together.
    earlier: the versions before last, since a pupil could also be found by subtracting one of them. changed: how many
    pupils are behind the difference to last, those who only moved between leaves not among them; None if that is not
    known. coarser_than: as in protect(). joined: blocks that may move only as they are joined in this partition; where
    that may not move either, they are held back as they are.
    """
    return _Step(last, earlier, now, limits, changed, coarser_than, joined).result()


@dataclass(frozen=True)
class _Step:
    last: Version
    earlier: Sequence[Version]
    now: Table
    limits: Limits
    changed: Changed | None
    coarser_than: Partition | None
    joined: Partition | None = None

    def result(self) -> Version:
        partition = self.start
        bound = {block for pool in self.pools_wanted for block in partition.shown if block <= pool}
        moved = {block for block in self.start.shown if block not in bound and self.may_move(block)}
        wanted = [pool for pool in self.pools_wanted if self.may_move(pool)]
        for pool in (*wanted, *self.pools_that_may_move(set(self.start.shown) - moved - bound)):
            partition = partition.joined_with(Partition.of([pool]))
            moved.add(pool)
        fresh = {leaf for block in (*moved, *partition.unshown) for leaf in block}
        before = self.all_leaves_of(self.last.table)
        leaves = {leaf: counts if leaf in fresh else before[leaf] for leaf, counts in self.after.items()}
        return Version(replace(self.now, leaves=leaves), partition)

    @cached_property
    def before(self) -> Partition:
        return self.last.partition.within(self.after)

    @cached_property
    def start(self) -> Partition:
        if self.coarser_than is None:
            return self.before
        return self.before.joined_with(self.coarser_than.within(self.after))

    @cached_property
    def pools_wanted(self) -> list[Block]:
        if self.joined is None:
            return []
        joined = self.start.joined_with(self.joined.within(self.after))
        return [block for block in joined.shown if block not in self.start.blocks]

    @cached_property
    def after(self) -> Mapping[Leaf, Slices]:
        return self.all_leaves_of(self.now)

    def all_leaves_of(self, table: Table) -> Mapping[Leaf, Slices]:
        """Of a table, with nobody in leaves and slices that only another of the versions has."""
        versions = (self.now, self.last.table)
        leaves = sorted({leaf for each in versions for leaf in each.leaves})
        nobody = {slice_: (0,) * self.now.n_kinds for each in versions for slice_ in each.slices}
        return {leaf: nobody | dict(table.leaves.get(leaf, {})) for leaf in leaves}

    @cached_property
    def versions_before(self) -> list[tuple[Mapping[Leaf, Slices], Changed | None]]:
        """The counts of each, and how many pupils have changed since."""
        earlier = [(self.all_leaves_of(version.table), None) for version in self.earlier]
        return [(self.all_leaves_of(self.last.table), self.changed), *earlier]

    @cached_property
    def safety(self) -> Safety:
        table, whole = replace(self.now, leaves=self.after), self.coarser_than
        known = whole.shown_alone if whole is not None and len(table.slices) > 1 else frozenset[Leaf]()
        return Safety(table, self.limits, known)

    def may_move(self, block: Block) -> bool:
        """Whether a block may be shown with its new figures.

        What readers subtract is nothing or, in a pool, the own leaf. And where several blocks of the last version have
        become one, each must have changed a good deal: one that has not would be subtracted, too.
        """
        touched = {self.before.block_of(leaf) for leaf in block}
        joined = [part for part in touched if part <= block]
        known: set[Block] = {frozenset(), *(frozenset({leaf}) for leaf in block if len(block) > 1)}
        if len(joined) > 1:
            if not all(self.has_changed_much(part) for part in joined):
                return False
            known |= set(joined)
        return self.is_safe(block) and all(self.may_differ(block - part) for part in known)

    def is_safe(self, block: Block) -> bool:
        places = [self.safety.place_of[leaf] for leaf in sorted(block)]
        if len(places) == 1:
            return bool(self.safety.is_safe_alone[places[0]])
        return bool(self.safety.is_safe_pool([places])[0])

    def may_differ(self, leaves: Block) -> bool:
        return all(
            may_follow(
                _total(before, leaves, slice_),
                _total(self.after, leaves, slice_),
                self.limits,
                self.now.part,
                n_changed=_n_changed(changed, leaves, slice_),
            )
            for before, changed in self.versions_before
            for slice_ in next(iter(self.after.values()))
        )

    def has_changed_much(self, block: Block) -> bool:
        before, _changed = self.versions_before[0]
        return all(
            least_changed(_total(before, block, slice_), _total(self.after, block, slice_))
            >= self.limits.smallest_base
            for slice_ in next(iter(self.after.values()))
        )

    def pools_that_may_move(self, held: set[Block]) -> Iterator[Block]:
        """Unions of blocks that may no longer be shown by themselves, from near ones to those of the whole table.

        Those that have merely changed too little are not joined: they may move when some more has come.
        """
        unsafe = [block for block in held if self.has_changed_much(block) and not self.is_safe(block)]
        for node in self.now.inner_nodes:
            inside = sorted((block for block in unsafe if block <= self.now.leaves_of[node]), key=sorted)
            for pool in _unions(inside):
                if pool <= frozenset().union(*unsafe) and self.may_move(pool):
                    unsafe = [block for block in unsafe if not block <= pool]
                    yield pool


def _unions(blocks: Sequence[Block]) -> Iterator[Block]:
    """Of three, of four, and of all: fewer would give each other away."""
    for n_blocks in (3, 4):
        for chosen in combinations(blocks[:MOST_JOINED], n_blocks):
            yield frozenset().union(*chosen)
    if len(blocks) > 4:
        yield frozenset().union(*blocks)


def _total(leaves: Mapping[Leaf, Slices], block: Block, slice_: Slice) -> Counts:
    n_kinds = len(next(iter(leaves.values()))[slice_])
    return tuple(sum(leaves[leaf][slice_][kind] for leaf in block) for kind in range(n_kinds))


def _n_changed(changed: Changed | None, leaves: Block, slice_: Slice) -> int | None:
    if changed is None:
        return None
    return sum(changed.get(leaf, {}).get(slice_, 0) for leaf in leaves)


def _differs(before: Slices, now: Slices) -> bool:
    return any(
        any(before.get(slice_, ())) or any(now.get(slice_, ()))
        for slice_ in before.keys() | now.keys()
        if before.get(slice_) != now.get(slice_)
    )
