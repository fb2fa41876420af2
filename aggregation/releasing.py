"""Decides what those who see no pupils are shown of a round, and stores it: protect, compare, attack, release.

Per indicator, all its tables at once, since they add up to each other. The heads' tables come first, the split ones
coarser than that of all pupils and never newer; those of the board are made of nothing but what heads are shown. What
an attacker can work out from all of it, and from every version before, stops the release: then nothing new is shown.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils import timezone

from accounts.roles import Tier
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Limits, Part
from .disclosure.attack import Displayed, Leak, leaks
from .disclosure.changes import leaks_between
from .disclosure.partitions import Leaf, Node, Partition
from .disclosure.pools import protect
from .disclosure.tables import Table
from .disclosure.versions import Version, next_version
from .models import HeldBack, Release, ReleaseCheck, ReleasedFigure, UnitSum
from .release_rows import Versions, behind, figures_of, versions_of
from .slices import ALL, Split
from .truth import Tables, digest_of, tree_of, true_tables

log = logging.getLogger(__name__)

RELEASES = "releases"
# The board's figures rest on at least so many pupils.
BOARD_BASE = 20
BATCH = 2000


def release_round(round_: MeasurementRound) -> int:
    """Releases what has changed in a round, each indicator in a transaction of its own; returns how many versions."""
    parents = tree_of(round_)
    summed = UnitSum.objects.filter(round=round_, slice=0).values("indicator_id")
    n_released = 0
    for indicator in Indicator.objects.filter(pk__in=summed):
        with long_statements():
            hold_lock(RELEASES)
            n_released += IndicatorRelease(round_, indicator, parents).run()
    return n_released


@dataclass(frozen=True)
class Attack:
    """What the attacker tried on the tables of an indicator, and found."""

    n_attacked: int
    seconds: float
    found: Sequence[str]

    @property
    def is_passed(self) -> bool:
        return not self.found


@dataclass
class IndicatorRelease:
    """One look at all tables of an indicator in a round. parents: the tree down to the schools."""

    round: MeasurementRound
    indicator: Indicator
    parents: Mapping[Node, Node]

    def run(self) -> int:
        """Returns how many new versions are shown."""
        if not self.truth or self.was_looked_at():
            return 0
        if self.is_early():
            self.note(dict.fromkeys(self.truth, HeldBack.EARLY), digest="")
            return 0
        proposed = self.proposed()
        attacks = self.attacks(proposed)
        n_released = 0
        for split, attack in attacks.items():
            if attack.is_passed:
                versions = proposed[split]
                n_released += self.release(Tier.HEADS, split, versions, attack)
                n_released += self.release(Tier.BOARD, split, self.for_board(split, versions), attack)
                self.note({split: self.held_back(split, versions)}, self.digest)
            else:
                self.stop(split, attack)
        return n_released

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

    @cached_property
    def board_limits(self) -> Limits:
        return replace(self.limits, smallest_base=max(BOARD_BASE, self.limits.smallest_base))

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
        """The heads' versions of each split, oldest first."""
        return {
            split: [
                versions_of(release, self.parents) for release in self.releases.get((Tier.HEADS, split), [])
            ]
            for split in self.truth
        }

    def pools_before(self, tier: Tier, split: Split, part: Part) -> Partition | None:
        """The pools of the round before, which are kept where they can be."""
        release = self.releases_before.get((tier, split))
        return None if release is None else versions_of(release, self.parents)[part].partition

    @cached_property
    def releases_before(self) -> dict[tuple[Tier, Split], Release]:
        earlier = Release.objects.filter(
            indicator=self.indicator, round__starts_on__lt=self.round.starts_on, superseded_at__isnull=True
        )
        return {
            (Tier(release.tier), Split(release.split)): release
            for release in earlier.order_by("round__starts_on")
        }

    # ---- what is to be shown ---------------------------------------------------------------------

    def proposed(self) -> dict[Split, dict[Part, Version]]:
        """By split, what heads are to be shown next."""
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
                self.board_limits,
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
        return HeldBack.FEW_CHANGED if waits else HeldBack.NO

    # ---- the attack ------------------------------------------------------------------------------

    def attacks(self, proposed: Mapping[Split, Versions]) -> dict[Split, Attack]:
        """What the attacker finds in all tables together; or, if that is anything, in one split after the other."""
        together = self.attack(proposed)
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

    def attack(self, proposed: Mapping[Split, Versions]) -> Attack:
        """Of splits among which is that of all pupils. What cannot be attacked does not pass either."""
        started = time.monotonic()
        found: list[str] = []
        for part in Part:
            now = {split: displayed(versions[part]) for split, versions in proposed.items()}
            before = {
                split: [displayed(versions[part]) for versions in self.shown[split]] for split in self.shown
            }
            try:
                found += map(str, self.leaks_of(now, before))
            except ArithmeticError as error:
                found.append(str(error))
        n_attacked = sum(len(version.table.leaves) for each in proposed.values() for version in each.values())
        return Attack(n_attacked, time.monotonic() - started, found)

    def leaks_of(
        self, now: Mapping[Split, Displayed], before: Mapping[Split, Sequence[Displayed]]
    ) -> Iterator[Leak]:
        """From everything together, and from what has changed since any earlier version."""
        everything_before = [version for versions in before.values() for version in versions]
        yield from leaks(list(now.values()), self.limits, before=everything_before)
        for split, table in now.items():
            for version in before[split]:
                yield from leaks_between(version, table, self.limits)

    def stop(self, split: Split, attack: Attack) -> None:
        log.error(
            "%s, %s, %s: the attacker found something (%s times); nothing new is shown. First: %s",
            self.round.name,
            self.indicator.code,
            split.code,
            len(attack.found),
            attack.found[0],
        )
        self.note({split: HeldBack.LEAK}, self.digest, "\n".join(attack.found))

    # ---- storing ---------------------------------------------------------------------------------

    def release(self, tier: Tier, split: Split, versions: Versions, attack: Attack) -> int:
        """Stores a version if it shows something else than the last one. Returns 1 or 0."""
        kept = behind(versions)
        earlier = self.releases.setdefault((tier, split), [])
        if earlier and earlier[-1].behind == kept:
            return 0
        now, limits = timezone.now(), self.board_limits if tier is Tier.BOARD else self.limits
        slices = {slice_ for version in versions.values() for slice_ in version.table.slices}
        figures = figures_of(versions, self.truth[split], slices, limits)
        Release.objects.filter(pk__in=[release.pk for release in earlier[-1:]]).update(superseded_at=now)
        release = Release.objects.create(
            municipality=current_municipality(),
            round=self.round,
            indicator=self.indicator,
            split=split.code,
            tier=tier,
            version=len(earlier) + 1,
            released_at=now,
            whole=self.whole_of(tier, split, versions),
            smallest_base=limits.smallest_base,
            smallest_count=limits.smallest_count,
            pools=figures.pools,
            behind=kept,
            n_attacked=attack.n_attacked,
            attack_seconds=attack.seconds,
        )
        for row in figures.rows:
            row.release, row.municipality = release, release.municipality
        ReleasedFigure.objects.bulk_create(figures.rows, batch_size=BATCH)
        earlier.append(release)
        return 1

    def whole_of(self, tier: Tier, split: Split, versions: Versions) -> Release | None:
        """The version of all pupils to which the slices add up; None if some of them are older or newer."""
        if split == ALL:
            return None
        whole = self.releases[tier, ALL][-1]
        of_all = versions_of(whole, self.parents)
        adds_up = all(
            _sum_of_slices(version.table) == _sum_of_slices(of_all[part].table)
            for part, version in versions.items()
        )
        return whole if adds_up else None

    def note(self, held_back: Mapping[Split, HeldBack], digest: str, found: str = "") -> None:
        """Writes down what the look came to, of each table."""
        for split, reason in held_back.items():
            for tier in Tier:
                ReleaseCheck.objects.update_or_create(
                    municipality=current_municipality(),
                    round=self.round,
                    indicator=self.indicator,
                    split=split.code,
                    tier=tier,
                    defaults={
                        "digest": digest,
                        "checked_at": timezone.now(),
                        "held_back": reason,
                        "found": found,
                    },
                )


def displayed(version: Version) -> Displayed:
    """Everything that can be read of a version."""
    table, partition = version.table, version.partition
    shown = [*partition.shown, *(table.leaves_of[node] for node in table.shown_nodes(partition))]
    hidden = frozenset(leaf for leaf in table.leaves if not partition.is_shown_alone(leaf))
    return Displayed({leaves: table.counts_of(leaves) for leaves in shown}, table.leaves, table.part, hidden)


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


def _sum_of_slices(table: Table) -> dict[int, tuple[int, ...]]:
    return {
        leaf: tuple(map(sum, zip(*slices.values(), strict=True))) for leaf, slices in table.leaves.items()
    }
