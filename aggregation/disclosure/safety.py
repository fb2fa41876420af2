"""Whether leaves may be shown as a pool: nobody, inside or outside, can work out what is harmful. Many pools at once.

For a reader who knows a pool's counts C of each kind, C together N, and how many pupils n each member has measured, the
count of a kind in a member lies, exactly, in max(0, n + C - N) .. min(n, C): these are the bounds of a table with both
margins known (Fréchet). Who knows one member's counts knows the pool without it, and the same holds of the others.

In a split, the counts of all pupils of a leaf may be known besides: then what its other slices can have at most and at
least narrows the slice. What follows from that alone, without the split, is not held against the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .partitions import Leaf
from .rules import N_TELLING, Limits, Part
from .tables import Table

# Pools are looked at in lots, whose arrays have about so many numbers.
MOST_NUMBERS = 100_000
FIRST_LOT = 50
# … and for so many readers at a time.
MOST_AT_ONCE = 1_000_000

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Safety:
    """The rules, for the leaves of one table.

    known: leaves whose counts of all pupils are shown, if the table is of a split. strict: not even a harmless hidden
    count may be known for certain.
    """

    table: Table
    limits: Limits
    known: frozenset[Leaf] = frozenset()
    strict: bool = True

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(sorted(self.table.leaves))

    @cached_property
    def place_of(self) -> dict[Leaf, int]:
        return {leaf: place for place, leaf in enumerate(self.leaves)}

    @cached_property
    def counts(self) -> IntArray:
        """(leaves + 1, slices, kinds); the last is nobody, which fills up pools of fewer leaves than others."""
        slices = {slice_: place for place, slice_ in enumerate(self.table.slices)}
        counts = np.zeros((len(self.leaves) + 1, len(slices), self.table.n_kinds), np.int64)
        for leaf, place in self.place_of.items():
            for slice_, kinds in self.table.leaves[leaf].items():
                counts[place, slices[slice_]] = kinds
        return counts

    def may_be_shown(self, counts: IntArray) -> BoolArray:
        """broken_rule() for many at once. counts: (…, slices, kinds). Returns whether no slice breaks a rule, (…)."""
        few = (counts > 0) & (counts < self.limits.smallest_count)
        if self.table.part is Part.COVERAGE:
            return np.asarray(~few.any((-2, -1)))
        base, judged = counts.sum(-1), counts[..., :N_TELLING].sum(-1)
        small = (base > 0) & (base < self.limits.smallest_base)
        small |= (judged > 0) & (judged < self.limits.smallest_base)
        alike = (judged > 0) & (counts[..., :N_TELLING].max(-1) == judged)
        return ~(few.any(-1) | small | alike).any(-1)

    @cached_property
    def is_safe_alone(self) -> BoolArray:
        """(leaves + 1)."""
        return self.may_be_shown(self.counts)

    @cached_property
    def harmful(self) -> BoolArray:
        """(leaves + 1, slices, kinds): a few of a kind, all of one kind, anything at all of a small base.

        That a small base has none of a kind is harmful, too, as far as the kind tells something.
        """
        counts, limits = self.counts, self.limits
        few = (counts > 0) & (counts < limits.smallest_count)
        if self.table.part is Part.COVERAGE:
            return few
        base, judged = counts.sum(-1, keepdims=True), counts[..., :N_TELLING].sum(-1, keepdims=True)
        small = (base > 0) & (base < limits.smallest_base)
        small |= (judged > 0) & (judged < limits.smallest_base)
        alike = (judged > 0) & (counts == judged)
        telling = np.arange(counts.shape[-1]) < N_TELLING
        return few | (alike & telling) | (small & (telling | (counts > 0)))

    @cached_property
    def is_known(self) -> BoolArray:
        """(leaves + 1, 1, 1), whether the counts of all pupils are known."""
        return np.array([*(leaf in self.known for leaf in self.leaves), False])[:, None, None]

    @cached_property
    def least_widths(self) -> IntArray:
        """How wide the interval of each hidden count must be, (leaves + 1, slices, kinds).

        No wider than it is without this table: between nothing and the size, or what all pupils' counts leave of that.
        """
        if self.table.part is Part.COVERAGE:
            return np.where(self.harmful, self.limits.narrowest, 0)
        widths = np.where(self.harmful, self.limits.narrowest, 0)
        if self.strict:
            widths[..., :N_TELLING] = np.maximum(widths[..., :N_TELLING], 1)
        sizes = self.counts.sum(-1, keepdims=True)
        of_all = self.counts.sum(1, keepdims=True)
        highest = np.where(self.is_known, np.minimum(sizes, of_all), sizes)
        others = sizes.sum(1, keepdims=True) - sizes
        lowest = np.where(self.is_known, np.maximum(0, of_all - others), 0)
        return np.minimum(widths, highest - lowest)

    @cached_property
    def whole(self) -> IntArray:
        """(slices, kinds)."""
        return self.counts.sum(0)

    def first_safe_pool(self, pools: Sequence[Sequence[int]]) -> int | None:
        """The place of the first pool, given as places of leaves, that may be shown; None if there is none.

        Looks at a few at a time: where there are any, one of the first mostly is it.
        """
        start = 0
        while start < len(pools):
            n_most = max(map(len, pools[start : start + FIRST_LOT]))
            n_lot = max(1, MOST_NUMBERS // (n_most**2 * self.whole.size))
            safe = self.is_safe_pool(pools[start : start + n_lot])
            if safe.any():
                return start + int(safe.argmax())
            start += n_lot
        return None

    def is_safe_pool(self, pools: Sequence[Sequence[int]]) -> BoolArray:
        """Of each pool whether it may be shown to outsiders and to each of its members."""
        n_most = max(map(len, pools))
        places = np.array([[*pool, *[-1] * (n_most - len(pool))] for pool in pools])
        wholes = self.counts[places].sum(1)
        safe = self.may_be_shown(wholes)
        rests = wholes[safe, None] - self.counts[places[safe]]
        safe[safe] = is_safe_inside = self.may_be_shown(rests).all(-1)
        readers = np.concatenate([wholes[safe, None], rests[is_safe_inside]], 1)
        safe[safe] = self._hides_enough(places[safe], readers)
        return safe

    def _hides_enough(self, places: IntArray, sums: IntArray) -> BoolArray:
        """Whether the members' counts lie in wide enough intervals for each reader; arguments as of ranges().

        The first reader is an outsider, the others are the members, in their order, each for the pool without it.
        """
        readers = np.concatenate([np.full_like(places[:, :1], -1), places], 1)
        is_own = np.eye(places.shape[1] + 1, places.shape[1], -1, dtype=bool)[None, :, :, None, None]
        safe = np.ones(len(places), bool)
        n_lot = max(1, MOST_AT_ONCE // max(1, places.size * self.whole.size))
        for start in range(0, readers.shape[1], n_lot):
            lot = slice(start, start + n_lot)
            lowest, highest = self.ranges(places, sums[:, lot])
            # Where there is none of a kind in all that the reader does not know, nothing can hide that.
            is_nowhere = (self.whole - self.counts[readers[:, lot]] == 0)[:, :, None]
            widths = np.where(is_nowhere | is_own[:, lot], 0, self.least_widths[places][:, None])
            safe &= (highest - lowest >= widths).all((1, 2, 3, 4))
        return safe

    def ranges(self, places: IntArray, sums: IntArray) -> tuple[IntArray, IntArray]:
        """The lowest and the highest that each count of each member can be for each reader.

        places: (pools, members), of leaves. sums: (pools, readers, slices, kinds), what a reader knows of the members
        together. Returns (pools, readers, members, slices, kinds) twice. Of coverage no sizes are known.
        """
        members, sums = self.counts[places][:, None], sums[:, :, None]
        if self.table.part is Part.COVERAGE:
            highest = np.broadcast_to(sums, np.broadcast_shapes(members.shape, sums.shape))
            return np.zeros_like(highest), highest
        sizes, whole = members.sum(-1, keepdims=True), sums.sum(-1, keepdims=True)
        lowest, highest = np.maximum(0, sizes + sums - whole), np.minimum(sizes, sums)
        return self._narrowed(places, lowest, highest) if self.known else (lowest, highest)

    def _narrowed(self, places: IntArray, lowest: IntArray, highest: IntArray) -> tuple[IntArray, IntArray]:
        """The ends where the counts of all pupils are known: no more than the other slices leave, and no less."""
        is_known = self.is_known[places][:, None]
        of_all = self.counts[places][:, None].sum(-2, keepdims=True)
        least = of_all - (highest.sum(-2, keepdims=True) - highest)
        most = of_all - (lowest.sum(-2, keepdims=True) - lowest)
        return (
            np.where(is_known, np.maximum(lowest, least), lowest),
            np.where(is_known, np.minimum(highest, most), highest),
        )
