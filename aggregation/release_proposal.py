"""What heads are to be shown of a part of an indicator's tables next: proposed, attacked, mended. No database.

Splits are coarser than the table of all pupils, and never newer. One from which something could be worked out is made
coarser (disclosure/families.py); where that is of no use, nothing new is shown of it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .disclosure import Limits, Part
from .disclosure.attack import Displayed, Leak, Memory, leaks
from .disclosure.changes import leaks_between
from .disclosure.families import displayed, mend, with_nothing_shown
from .disclosure.partitions import Leaf, Partition
from .disclosure.pools import protect
from .disclosure.tables import Slice, Table, over_slices
from .disclosure.versions import Version, next_version
from .slices import ALL, ALL_PUPILS, Split

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposed:
    """versions: by split; a split that is withdrawn as it was shown last, or with nothing shown.

    withdrawn: those of which nothing new is shown since single pupils could be made out, with the slices that told of
    them. found: what can be worked out from the versions nevertheless.
    """

    versions: Mapping[Split, Version]
    withdrawn: Mapping[Split, frozenset[Slice]]
    found: Sequence[str]


@dataclass(frozen=True)
class Proposal:
    """truth: the true table of each split, that of all pupils first. shown: the versions of each, oldest first.

    prefer: of each split the pools to keep, if any.
    """

    part: Part
    truth: Mapping[Split, Table]
    shown: Mapping[Split, Sequence[Version]]
    prefer: Mapping[Split, Partition | None]
    limits: Limits

    @cached_property
    def result(self) -> Proposed:
        try:
            return self.mended()
        except ArithmeticError:
            log.exception(
                "%s: the tables could not be attacked together; the splits are left out", self.part.value
            )
        versions = {ALL: self.first[ALL]}
        versions |= {split: self.nothing_new(split) for split in self.first if split != ALL}
        try:
            found = list(map(str, self.attack(versions)))
        except ArithmeticError as error:
            found = [str(error)]
        withdrawn = {split: frozenset(self.truth[split].slices) for split in self.first if split != ALL}
        return Proposed(versions, withdrawn, found)

    def mended(self) -> Proposed:
        splits = list(self.first)

        def again(place: int, joined: Partition | None) -> Version:
            split = splits[place]
            return self.nothing_new(split) if joined is None else self.next_of(split, self.first[ALL], joined)

        memory: Memory = {}

        def attack(versions: Sequence[Version]) -> list[Leak]:
            return list(self.attack(dict(zip(splits, versions, strict=True)), memory))

        mended = mend(list(self.first.values()), again, attack)
        return Proposed(
            dict(zip(splits, mended.versions, strict=True)),
            {splits[place]: told for place, told in mended.withdrawn.items()},
            list(map(str, mended.leaks)),
        )

    @cached_property
    def first(self) -> dict[Split, Version]:
        """Before anybody has attacked them; that of all pupils comes first."""
        first = {ALL: self.next_of(ALL, None)}
        for split in self.truth:
            if split != ALL:
                first[split] = self.next_of(split, first[ALL])
        return first

    def shows(self, split: Split) -> bool:
        """Whether anything of a split is to be shown, or will be as soon as all pupils are shown as they are."""
        return bool(self.result.versions[split].partition.shown) or self.waits(split)

    def waits(self, split: Split) -> bool:
        """Whether a split cannot be shown for the first time before all pupils are shown as they are."""
        is_shown = any(version.partition.shown for version in self.shown.get(split, ())[-1:])
        return split != ALL and not is_shown and _is_behind(self.first[ALL].table, self.truth[ALL])

    def nothing_new(self, split: Split) -> Version:
        shown = self.shown.get(split)
        return shown[-1] if shown else with_nothing_shown(self.first[split])

    def next_of(self, split: Split, whole: Version | None, joined: Partition | None = None) -> Version:
        """whole: what is to be shown of all pupils; joined: as in next_version()."""
        now, before = self.truth[split], self.shown.get(split, [])
        coarser_than = whole.partition if whole else None
        if not before or not before[-1].partition.shown:
            if whole is not None and _is_behind(whole.table, self.truth[ALL]):
                return Version(now, Partition.of([], unshown=([leaf] for leaf in now.leaves)))
            prefer = self.prefer.get(split) if joined is None else None
            return Version(
                now, protect(now, self.limits, coarser_than=coarser_than, keep=joined, prefer=prefer)
            )
        if whole is not None:
            now = _not_newer(now, whole, self.truth[ALL], before[-1])
        return self.step(before, now, coarser_than, joined)

    def step(
        self,
        before: Sequence[Version],
        now: Table,
        coarser_than: Partition | None,
        joined: Partition | None,
    ) -> Version:
        """From the versions before to the next one. What was in no shown sum is looked at as if it were new."""
        hidden = frozenset(leaf for block in before[-1].partition.unshown for leaf in block)
        *earlier, last = [_shown_of(version) for version in before]
        version = next_version(
            last,
            _without(now, hidden),
            self.limits,
            earlier=earlier,
            coarser_than=coarser_than,
            joined=joined,
        )
        if not hidden:
            return version
        rest = _without(now, now.leaves.keys() - hidden)
        again = protect(rest, self.limits, coarser_than=coarser_than, keep=joined)
        partition = Partition(
            version.partition.blocks | again.blocks, version.partition.unshown | again.unshown
        )
        return Version(replace(now, leaves={**version.table.leaves, **rest.leaves}), partition)

    def attack(self, versions: Mapping[Split, Version], memory: Memory | None = None) -> Iterator[Leak]:
        """From everything that would be shown together, and from what has changed since any earlier version.

        Beside what is proposed stands what is shown of splits that are not.
        """
        last = {split: versions[-1] for split, versions in self.shown.items() if versions}
        readable = {ALL: versions[ALL], **last, **versions}
        now = {
            split: displayed(version)
            for split, version in readable.items()
            if split == ALL or version.partition.shown
        }
        yield from leaks(list(now.values()), self.limits, before=self.displayed_before, memory=memory)
        for split, table in now.items():
            for version in self.before_of(split):
                yield from leaks_between(version, table, self.limits)
            if split != ALL:
                for version in (*self.before_of(ALL), now[ALL]):
                    yield from leaks_between(version, added_up(table), self.limits)

    @cached_property
    def displayed_before(self) -> list[Displayed]:
        return [version for split in self.shown for version in self.before_of(split)]

    def before_of(self, split: Split) -> list[Displayed]:
        return [displayed(version) for version in self.shown.get(split, ())]


def added_up(table: Displayed) -> Displayed:
    """What the slices of a split tell of all pupils."""
    return replace(
        table,
        # Of what we display every kind is there.
        sums={
            leaves: {ALL_PUPILS: over_slices(slices)}  # type: ignore[arg-type]
            for leaves, slices in table.sums.items()
        },
        truth={leaf: {ALL_PUPILS: over_slices(slices)} for leaf, slices in table.truth.items()},
    )


def _is_behind(shown: Table, truth: Table) -> bool:
    """Whether any leaf is shown with other figures than it has now; one that is not there has none."""
    leaves = shown.leaves.keys() | truth.leaves.keys()
    return any(_counts(shown, leaf) != _counts(truth, leaf) for leaf in leaves)


def _counts(table: Table, leaf: Leaf) -> dict[int, tuple[int, ...]]:
    return {slice_: counts for slice_, counts in table.leaves.get(leaf, {}).items() if any(counts)}


def _shown_of(version: Version) -> Version:
    """A version without what was in no shown sum."""
    hidden = frozenset(leaf for block in version.partition.unshown for leaf in block)
    return Version(_without(version.table, hidden), Partition.of(version.partition.shown))


def _without(table: Table, leaves: Collection[Leaf]) -> Table:
    return replace(
        table, leaves={leaf: slices for leaf, slices in table.leaves.items() if leaf not in leaves}
    )


def _not_newer(now: Table, whole: Version, truth_of_whole: Table, last: Version) -> Table:
    """A split's true figures, but the ones shown last wherever those of all pupils are held back.

    Otherwise the slices would add up to what is held back.
    """
    leaves = {
        leaf: slices
        if whole.table.leaves.get(leaf) == truth_of_whole.leaves.get(leaf)
        else last.table.leaves.get(leaf, {})
        for leaf, slices in now.leaves.items()
    }
    return replace(now, leaves=leaves)
