"""Whether leaves may be shown as a pool: nobody, inside or outside, can work out what is harmful. Many pools at once.

For a reader who knows a pool's counts C of each kind, C together N, and how many pupils n each member has measured, the
count of a kind in a member lies, exactly, in max(0, n + C - N) .. min(n, C): these are the bounds of a table with both
margins known (Fréchet). Who knows one member's counts knows the pool without it, and the same holds of the others.
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

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Safety:
    """The rules, for the leaves of one table. strict: not even a harmless hidden count may be known for certain."""

    table: Table
    limits: Limits
    strict: bool = False

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
    def least_widths(self) -> IntArray:
        """How wide the interval of each hidden count must be, (leaves + 1, slices, kinds); of few pupils, all of it."""
        sizes = self.counts.sum(-1, keepdims=True)
        widths = np.where(self.harmful, self.limits.narrowest, 0)
        if self.strict and self.table.part is not Part.COVERAGE:
            widths[..., :N_TELLING] = np.maximum(widths[..., :N_TELLING], 1)
        return widths if self.table.part is Part.COVERAGE else np.minimum(widths, sizes)

    @cached_property
    def whole(self) -> IntArray:
        """(slices, kinds)."""
        return self.counts.sum(0)

    def is_safe_pool(self, pools: Sequence[Sequence[int]]) -> BoolArray:
        """Of each pool, given as places of leaves, whether it may be shown to outsiders and to each of its members."""
        if not pools:
            return np.zeros(0, np.bool_)
        n_most = max(map(len, pools))
        places = np.array([[*pool, *[-1] * (n_most - len(pool))] for pool in pools])
        members = self.counts[places]
        wholes = members.sum(1)
        rests = wholes[:, None] - members
        safe = self.may_be_shown(wholes)
        safe[safe] = self.may_be_shown(rests[safe]).all(-1)
        safe[safe] = self._hides_enough(places[safe], wholes[safe], self.whole)
        for place in range(n_most):
            insider = places[safe, place]
            others = np.delete(places[safe], place, 1)
            known = self.whole - self.counts[insider]
            safe[safe] = self._hides_enough(others, rests[safe, place], known)
        return safe

    def _hides_enough(self, places: IntArray, sums: IntArray, known: IntArray) -> BoolArray:
        """Whether the members' harmful counts lie in wide enough intervals for one who knows their sum.

        places: (pools, members). sums: (pools, slices, kinds). known: all that the reader may know of, likewise; where
        there is none of a kind at all, nothing can hide that.
        """
        sums = sums[:, None]
        widths = self.least_widths[places]
        if self.table.part is Part.COVERAGE:
            return np.asarray((sums >= widths).all((1, 2, 3)))
        members, known = self.counts[places], np.broadcast_to(known, sums[:, 0].shape)[:, None]
        widths = np.where((members == 0) & (known == 0), 0, widths)
        sizes, whole = members.sum(-1, keepdims=True), sums.sum(-1, keepdims=True)
        highest, lowest = np.minimum(sizes, sums), np.maximum(0, sizes + sums - whole)
        return np.asarray((highest - lowest >= widths).all((1, 2, 3)))
