"""Decides what those who see no pupils are shown of an indicator in a round. Writes nothing.

All tables of the indicator at once, since they add up to each other. The heads' tables come first, see
release_proposal.py; those of the board are made of nothing but what heads are shown. What an attacker can work out from
all of it and from every version before, although it has been mended, stops the release: then nothing new is shown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils import timezone

from accounts.roles import Tier
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Limits, Part
from .disclosure.partitions import Node
from .disclosure.pools import protect
from .disclosure.tables import Table
from .disclosure.versions import Version
from .models import HeldBack, ReleaseCheck
from .release_history import ReleaseHistory
from .release_joining import as_shown, safely_joined
from .release_proposal import Proposal
from .release_rows import Versions
from .slices import ALL, BY_YEAR_GROUP, Split
from .truth import Tables, Truth, code_version, digest_of, true_tables

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
    """One look at all tables of an indicator in a round. parents: the tree down to the schools."""

    round: MeasurementRound
    indicator: Indicator
    parents: Mapping[Node, Node]
    began: float = field(default_factory=time.monotonic)

    def decisions(self) -> list[Decision]:
        """Of each split; none if there are no figures, or the same were looked at before."""
        if not self.truth.tables or self.was_looked_at():
            return []
        unfinished = [Decision(split, HeldBack.COUNTING) for split in self.truth.unfinished]
        if self.is_early():
            return [*(Decision(split, HeldBack.EARLY) for split in self.truth.tables), *unfinished]
        return [*map(self.decision, self.tables), *unfinished]

    def decision(self, split: Split) -> Decision:
        if not self.attack.is_passed:
            return Decision(split, HeldBack.LEAK, attack=self.attack)
        heads = {part: proposal.result.versions[split] for part, proposal in self.proposals.items()}
        versions = {Tier.HEADS: heads, Tier.BOARD: self.for_board(split, heads)}
        return Decision(split, self.held_back(split, heads), versions, self.attack)

    @cached_property
    def truth(self) -> Truth:
        return true_tables(self.round, self.indicator, self.parents)

    @cached_property
    def history(self) -> ReleaseHistory:
        return ReleaseHistory(self.round, self.indicator, self.parents)

    @cached_property
    def limits(self) -> Limits:
        """What the municipality asks of figures, never less than the floor in the code.

        Those by which the round was first shown: what has been shown cannot be taken back, and stricter rules would
        find it unsafe for ever.
        """
        first = next(iter(self.history.of(Tier.HEADS, ALL)), None)
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
            for split, parts in self.truth.tables.items()
            for part, table in parts.items()
        ]
        rules = (self.limits, code_version())
        return digest_of(leaves, self.truth.unfinished, sorted(self.parents.items()), rules)

    def was_looked_at(self) -> bool:
        """Whether these very figures have been looked at already, by the same rules."""
        checks = ReleaseCheck.objects.filter(round=self.round, indicator=self.indicator, split=ALL.code)
        return checks.filter(tier=Tier.HEADS, digest=self.digest).exists()

    def is_early(self) -> bool:
        """Whether nothing has been shown yet and it is too early to begin: see HeldBack.EARLY.

        What is shown of few pupils is in large pools, and pools stay as they are for the length of a round.
        """
        if self.history.of(Tier.HEADS, ALL) or self.round.ends_on < timezone.localdate():
            return False
        return self.n_pupils(Part.COLOURS) < self.n_pupils(Part.COVERAGE)

    def n_pupils(self, part: Part) -> int:
        """Those measured, or those missing."""
        leaves = self.truth.tables[ALL][part].leaves.values()
        return sum(sum(counts) for slices in leaves for counts in slices.values())

    @property
    def tables(self) -> Tables:
        """The true ones, as they are to be shown: some year groups may be joined."""
        return self.settled[0]

    @property
    def proposals(self) -> dict[Part, Proposal]:
        """What heads are to be shown."""
        return self.settled[1]

    @cached_property
    def settled(self) -> tuple[Tables, dict[Part, Proposal]]:
        tables = dict(self.truth.tables)
        shown = self.history.shown.get(BY_YEAR_GROUP)
        if BY_YEAR_GROUP in tables and shown:
            tables[BY_YEAR_GROUP] = as_shown(tables[BY_YEAR_GROUP], shown[-1])
        proposals = self.proposals_of(tables)
        colours = proposals[Part.COLOURS]
        if BY_YEAR_GROUP in tables and not shown and not colours.shows(BY_YEAR_GROUP):
            joined = safely_joined(tables[BY_YEAR_GROUP], tables[ALL][Part.COLOURS], colours)
            if joined is not None:
                tables[BY_YEAR_GROUP] = joined
                proposals = self.proposals_of(tables)
        return tables, proposals

    def proposals_of(self, tables: Tables) -> dict[Part, Proposal]:
        """The other parts take over the pools of the colours where they can."""
        proposals: dict[Part, Proposal] = {}
        for part in Part:
            colours = proposals.get(Part.COLOURS)
            proposals[part] = Proposal(
                part,
                {split: parts[part] for split, parts in tables.items()},
                self.history.shown_of(part),
                {
                    split: self.history.pools_beside(Tier.HEADS, split, part)
                    or (colours.result.versions[split].partition if colours else None)
                    for split in tables
                },
                self.limits,
            )
        return proposals

    def for_board(self, split: Split, heads: Versions) -> dict[Part, Version]:
        """Made of what heads are shown, so that the two together tell no more than the one."""
        last = self.history.last(Tier.BOARD, split)
        return {
            part: Version(
                version.table,
                protect(
                    version.table,
                    self.limits_of(Tier.BOARD),
                    coarser_than=version.partition,
                    prefer=last[part].partition
                    if last
                    else self.history.pools_beside(Tier.BOARD, split, part),
                ),
            )
            for part, version in heads.items()
        }

    def held_back(self, split: Split, versions: Versions) -> HeldBack:
        if any(split in proposal.result.withdrawn for proposal in self.proposals.values()):
            return HeldBack.NO_SAFE_SPLIT
        waits = any(proposal.waits(split) for proposal in self.proposals.values()) or any(
            version.is_held_back(block, self.tables[split][part])
            for part, version in versions.items()
            for block in version.partition.shown
        )
        return HeldBack.FEW_CHANGED if waits else HeldBack.NO

    @cached_property
    def attack(self) -> Attack:
        """What has been found in all parts of all splits together, after everything that could be mended was."""
        found = [leak for proposal in self.proposals.values() for leak in proposal.result.found]
        return Attack(self.n_leaves, time.monotonic() - self.began, found)

    @property
    def n_leaves(self) -> int:
        tables: list[Table] = [table for parts in self.tables.values() for table in parts.values()]
        return sum(len(table.leaves) for table in tables)
