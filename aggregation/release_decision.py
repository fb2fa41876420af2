"""Decides what those who see no pupils are shown of an indicator in a round: protect, compare, attack. Writes nothing.

All tables of the indicator at once, since they add up to each other. The heads' tables come first, the split ones
coarser than that of all pupils and never newer; those of the board are made of nothing but what heads are shown. What
an attacker can work out from all of it, and from every version before, stops the release: then nothing new is shown.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils import timezone

from accounts.roles import Tier
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Limits, Part
from .disclosure.attack import Displayed, Leak, leaks
from .disclosure.changes import leaks_between
from .disclosure.families import Family, protect_family
from .disclosure.partitions import Leaf, Node, Partition
from .disclosure.pools import protect
from .disclosure.tables import Table, over_slices
from .disclosure.versions import Version, next_version
from .models import HeldBack, Release, ReleaseCheck
from .release_rows import Versions, versions_of
from .slices import ALL, ALL_PUPILS, Split
from .truth import Tables, digest_of, true_tables

log = logging.getLogger(__name__)

# The board's figures rest on at least so many pupils.
BOARD_BASE = 20


@dataclass(frozen=True)
class Attack:
    """What the attacker tried on the tables of an indicator, and found."""

    n_attacked: int
    seconds: float
    found: Sequence[str]

    @property
    def is_passed(self) -> bool:
        return not self.found


@dataclass(frozen=True)
class Decision:
    """What is to be shown of a split next, by tier; nothing if it is too early, or if the attack found something."""

    split: Split
    held_back: HeldBack
    versions: Mapping[Tier, Versions] = field(default_factory=dict)
    attack: Attack | None = None


@dataclass
class Look:
    """One look at all tables of an indicator in a round.

    parents: the tree down to the schools. waiting: splits that cannot be shown before all pupils are shown as they are.
    """

    round: MeasurementRound
    indicator: Indicator
    parents: Mapping[Node, Node]
    began: float = field(default_factory=time.monotonic)
    waiting: set[Split] = field(default_factory=set)

    def decisions(self) -> list[Decision]:
        """Of each split; none if there are no figures, or the same were looked at before."""
        if not self.truth or self.was_looked_at():
            return []
        if self.is_early():
            return [Decision(split, HeldBack.EARLY) for split in self.truth]
        proposed = self.proposed()
        return [
            self.decision(split, proposed[split], attack) for split, attack in self.attacks(proposed).items()
        ]

    def decision(self, split: Split, heads: Versions, attack: Attack) -> Decision:
        if not attack.is_passed:
            return Decision(split, HeldBack.LEAK, attack=attack)
        versions = {Tier.HEADS: heads, Tier.BOARD: self.for_board(split, heads)}
        return Decision(split, self.held_back(split, heads), versions, attack)

    @cached_property
    def truth(self) -> Tables:
        return true_tables(self.round, self.indicator, self.parents)

    @cached_property
    def limits(self) -> Limits:
        """What the municipality asks of figures, never less than the floor in the code.

        Those by which the round was first shown: what has been shown cannot be taken back, and stricter rules would
        find it unsafe for ever.
        """
        first = next(iter(self.releases.get((Tier.HEADS, ALL), [])), None)
        of = first or current_municipality()
        return Limits(of.smallest_base, of.smallest_count)

    def limits_of(self, tier: Tier) -> Limits:
        base = self.limits.smallest_base
        return (
            replace(self.limits, smallest_base=max(BOARD_BASE, base)) if tier is Tier.BOARD else self.limits
        )

    @cached_property
    def digest(self) -> str:
        leaves = [
            (split.code, part.value, table.leaves)
            for split, parts in self.truth.items()
            for part, table in parts.items()
        ]
        return digest_of(leaves, sorted(self.parents.items()), self.limits)

    def was_looked_at(self) -> bool:
        """Whether these very figures have been looked at already."""
        checks = ReleaseCheck.objects.filter(round=self.round, indicator=self.indicator, split=ALL.code)
        return checks.filter(tier=Tier.HEADS, digest=self.digest).exists()

    def is_early(self) -> bool:
        """Whether nothing has been shown yet and it is too early to begin: see HeldBack.EARLY.

        What is shown of few pupils is in large pools, and pools stay as they are for the length of a round.
        """
        if self.shown[ALL] or self.round.ends_on < timezone.localdate():
            return False
        whole = self.truth[ALL]
        measured = sum(
            sum(counts) for slices in whole[Part.COLOURS].leaves.values() for counts in slices.values()
        )
        missing = sum(
            sum(counts) for slices in whole[Part.COVERAGE].leaves.values() for counts in slices.values()
        )
        return measured < missing

    # ---- what is shown now -----------------------------------------------------------------------

    @cached_property
    def releases(self) -> dict[tuple[Tier, Split], list[Release]]:
        """All versions of all tables of the indicator in the round, oldest first."""
        found: dict[tuple[Tier, Split], list[Release]] = {}
        for release in Release.objects.filter(round=self.round, indicator=self.indicator).order_by("version"):
            found.setdefault((Tier(release.tier), Split(release.split)), []).append(release)
        return found

    @cached_property
    def shown(self) -> dict[Split, list[dict[Part, Version]]]:
        """The heads' versions of each split, oldest first; also of splits that there is no more."""
        of_heads = [split for tier, split in self.releases if tier is Tier.HEADS]
        return {
            split: [
                versions_of(release, self.parents) for release in self.releases.get((Tier.HEADS, split), [])
            ]
            for split in dict.fromkeys([*self.truth, *of_heads])
        }

    @cached_property
    def shown_last(self) -> dict[Split, dict[Part, Version]]:
        return {split: versions[-1] for split, versions in self.shown.items() if versions}

    def pools_before(self, tier: Tier, split: Split, part: Part) -> Partition | None:
        """The pools of the round before, or else of the one after, which are kept where they can be."""
        release = self.releases_beside.get((tier, split))
        return None if release is None else versions_of(release, self.parents)[part].partition

    @cached_property
    def releases_beside(self) -> dict[tuple[Tier, Split], Release]:
        others = Release.objects.filter(indicator=self.indicator, superseded_at__isnull=True)
        later = others.filter(round__starts_on__gt=self.round.starts_on).order_by("-round__starts_on")
        earlier = others.filter(round__starts_on__lt=self.round.starts_on).order_by("round__starts_on")
        return {(Tier(release.tier), Split(release.split)): release for release in (*later, *earlier)}

    # ---- what is to be shown ---------------------------------------------------------------------

    @cached_property
    def families(self) -> dict[Part, Family]:
        """The tables while nothing is shown yet, protected and attacked together; none if that cannot be done."""
        if any(self.shown.values()):
            return {}
        try:
            return {part: self.family_of(part) for part in Part}
        except ArithmeticError:
            log.exception("%s, %s: the tables could not be attacked", self.round.name, self.indicator.code)
            return {}

    def family_of(self, part: Part) -> Family:
        prefer = [self.pools_before(Tier.HEADS, split, part) for split in self.truth]
        return protect_family([parts[part] for parts in self.truth.values()], self.limits, prefer=prefer)

    def proposed(self) -> dict[Split, dict[Part, Version]]:
        """By split, what heads are to be shown next. That of all pupils comes first."""
        if self.families:
            return {
                split: {
                    part: Version(family.tables[place], family.partitions[place])
                    for part, family in self.families.items()
                }
                for place, split in enumerate(self.truth)
            }
        proposed: dict[Split, dict[Part, Version]] = {}
        for split in self.truth:
            whole = proposed.get(ALL)
            versions: dict[Part, Version] = {}
            for part in Part:
                colours = versions.get(Part.COLOURS)
                versions[part] = self.next_of(split, part, whole[part] if whole else None, colours)
            proposed[split] = versions
        return proposed

    def next_of(self, split: Split, part: Part, whole: Version | None, colours: Version | None) -> Version:
        """whole: what is to be shown of all pupils; colours: of this split, whose pools the other parts take over."""
        now, before = self.truth[split][part], [versions[part] for versions in self.shown[split]]
        prefer = self.pools_before(Tier.HEADS, split, part) or (colours.partition if colours else None)
        coarser_than = whole.partition if whole else None
        if not before or not before[-1].partition.shown:
            if whole is not None and _is_behind(whole.table, self.truth[ALL][part]):
                self.waiting.add(split)
                return Version(now, Partition.of([], unshown=([leaf] for leaf in now.leaves)))
            return Version(now, protect(now, self.limits, coarser_than=coarser_than, prefer=prefer))
        if whole is not None:
            now = _not_newer(now, whole, self.truth[ALL][part], before[-1])
        return self.step(before, now, coarser_than)

    def step(self, before: Sequence[Version], now: Table, coarser_than: Partition | None) -> Version:
        """From the versions before to the next one. What was in no shown sum is looked at as if it were new."""
        hidden = frozenset(leaf for block in before[-1].partition.unshown for leaf in block)
        *earlier, last = [_shown_of(version) for version in before]
        version = next_version(
            last, _without(now, hidden), self.limits, earlier=earlier, coarser_than=coarser_than
        )
        if not hidden:
            return version
        rest = _without(now, now.leaves.keys() - hidden)
        again = protect(rest, self.limits, coarser_than=coarser_than)
        partition = Partition(
            version.partition.blocks | again.blocks, version.partition.unshown | again.unshown
        )
        return Version(replace(now, leaves={**version.table.leaves, **rest.leaves}), partition)

    def for_board(self, split: Split, heads: Versions) -> dict[Part, Version]:
        """Made of what heads are shown, so that the two together tell no more than the one."""
        last = self.releases.get((Tier.BOARD, split), [])
        versions: dict[Part, Version] = {}
        for part, version in heads.items():
            prefer = versions_of(last[-1], self.parents)[part].partition if last else None
            partition = protect(
                version.table,
                self.limits_of(Tier.BOARD),
                coarser_than=version.partition,
                prefer=prefer or self.pools_before(Tier.BOARD, split, part),
            )
            versions[part] = Version(version.table, partition)
        return versions

    def held_back(self, split: Split, versions: Versions) -> HeldBack:
        waits = any(
            version.is_held_back(block, self.truth[split][part])
            for part, version in versions.items()
            for block in version.partition.shown
        )
        return HeldBack.FEW_CHANGED if waits or split in self.waiting else HeldBack.NO

    # ---- the attack ------------------------------------------------------------------------------

    def attacks(self, proposed: Mapping[Split, Versions]) -> dict[Split, Attack]:
        """What the attacker finds in all tables together; or, if that is anything, in one split after the other."""
        together = self.attack_on_families() if self.families else self.attack(proposed)
        if together.is_passed:
            return dict.fromkeys(proposed, together)
        attacks: dict[Split, Attack] = {}
        for split in proposed:
            passed = [each for each, attack in attacks.items() if attack.is_passed]
            if split != ALL and ALL not in passed:
                attacks[split] = attacks[ALL]
            else:
                attacks[split] = self.attack({each: proposed[each] for each in [*passed, split]})
        return attacks

    def attack_on_families(self) -> Attack:
        found = [str(leak) for family in self.families.values() for leak in family.leaks]
        return Attack(self.n_leaves, time.monotonic() - self.began, found)

    @property
    def n_leaves(self) -> int:
        return sum(len(table.leaves) for parts in self.truth.values() for table in parts.values())

    def attack(self, proposed: Mapping[Split, Versions]) -> Attack:
        """Of splits among which is that of all pupils; beside them stands what is shown of the others.

        What cannot be attacked does not pass either.
        """
        started = time.monotonic()
        found: list[str] = []
        readable = {ALL: proposed[ALL], **self.shown_last, **proposed}
        for part in Part:
            now = {split: displayed(versions[part]) for split, versions in readable.items()}
            before = {
                split: [displayed(versions[part]) for versions in self.shown[split]] for split in self.shown
            }
            try:
                found += map(str, self.leaks_of(now, before))
            except ArithmeticError as error:
                found.append(str(error))
        return Attack(self.n_leaves, time.monotonic() - started, found)

    def leaks_of(
        self, now: Mapping[Split, Displayed], before: Mapping[Split, Sequence[Displayed]]
    ) -> Iterator[Leak]:
        """From everything together, and from what has changed since any earlier version."""
        everything_before = [version for versions in before.values() for version in versions]
        yield from leaks(list(now.values()), self.limits, before=everything_before)
        for split, table in now.items():
            for version in before[split]:
                yield from leaks_between(version, table, self.limits)
            if split != ALL:
                for version in (*before[ALL], now[ALL]):
                    yield from leaks_between(version, added_up(table), self.limits)


def displayed(version: Version) -> Displayed:
    """Everything that can be read of a version."""
    table, partition = version.table, version.partition
    shown = [*partition.shown, *(table.leaves_of[node] for node in table.shown_nodes(partition))]
    hidden = frozenset(leaf for leaf in table.leaves if not partition.is_shown_alone(leaf))
    return Displayed({leaves: table.counts_of(leaves) for leaves in shown}, table.leaves, table.part, hidden)


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
