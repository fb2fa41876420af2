"""Somebody who has kept the old version: what does the difference to the new one tell of those who came or changed?

Part of the attacker: shares no code with versions.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from .attack import Displayed, Leaf, Leak, Slice
from .equations import remainders
from .rules import N_TELLING, Limits, Part, Rule


def leaks_between(
    before: Displayed,
    now: Displayed,
    limits: Limits,
    *,
    changed: Mapping[Leaf, Mapping[Slice, int]] | None = None,
    insiders: bool = True,
) -> list[Leak]:
    """Which differences that can be worked out from both versions tell of few pupils. Each leak's ends are the change.

    changed: how many pupils of each leaf are counted otherwise, which the reader does not know; None: as few as can be.
    insiders: also for each leaf, whose counts its own people know at both times.
    """
    return [
        leak
        for slice_ in sorted(before.slices | now.slices)
        for leaves in _in_both(_displayed_in(before, slice_), _displayed_in(now, slice_))
        for leak in _leaks_of(leaves, slice_, before, now, limits, changed, insiders)
    ]


def _displayed_in(table: Displayed, slice_: Slice) -> list[frozenset[Leaf]]:
    """What can be told apart by subtracting what is contained in what."""
    sets = [leaves for leaves, shown_in, _counts in table.rows() if shown_in == slice_]
    return [rest for rest, _parts in remainders(sets)]


def _in_both(before: Sequence[frozenset[Leaf]], now: Sequence[frozenset[Leaf]]) -> Iterator[frozenset[Leaf]]:
    """The smallest sets of leaves that are a union of what is told apart before, and also now."""
    told_before, told_now = frozenset().union(*before), frozenset().union(*now)
    sets = [*before, *now]
    places_of: dict[Leaf, list[int]] = defaultdict(list)
    for place, each in enumerate(sets):
        for leaf in each:
            places_of[leaf].append(place)
    seen: set[int] = set()
    for first in range(len(before)):
        whole: frozenset[Leaf] = frozenset()
        waiting = [first]
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting += [other for leaf in sets[place] - whole for other in places_of[leaf]]
                whole |= sets[place]
        if whole and whole <= told_before and whole <= told_now:
            yield whole


def _leaks_of(
    leaves: frozenset[Leaf],
    slice_: Slice,
    before: Displayed,
    now: Displayed,
    limits: Limits,
    changed: Mapping[Leaf, Mapping[Slice, int]] | None,
    insiders: bool,
) -> Iterator[Leak]:
    readers: list[Leaf | None] = [None, *(sorted(leaves) if insiders and len(leaves) > 1 else [])]
    for reader in readers:
        others = leaves - {reader}
        changes = [
            new - old for old, new in zip(before.sum(others, slice_), now.sum(others, slice_), strict=True)
        ]
        n_changed = sum(changed.get(leaf, {}).get(slice_, 0) for leaf in others) if changed is not None else 0
        for kind in _telling(changes, n_changed, limits, now.part):
            yield Leak(others, slice_, kind, changes[kind], changes[kind], Rule.SMALL_CHANGE, reader)


def _telling(changes: Sequence[int], n_changed: int, limits: Limits, part: Part) -> Iterator[int]:
    """The kinds whose change tells too much."""
    gone = -sum(change for change in changes if change < 0)
    n_pupils = max(n_changed, gone, gone + sum(changes))
    for kind, change in enumerate(map(abs, changes)):
        is_few = 0 < change < limits.smallest_count
        is_nearly_all = kind < N_TELLING and change > n_pupils - limits.smallest_count
        if is_few or (
            part is not Part.COVERAGE and change and (n_pupils < limits.smallest_base or is_nearly_all)
        ):
            yield kind
