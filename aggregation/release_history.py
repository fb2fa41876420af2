"""What has been shown of an indicator's tables: every version in the round, and the pools of the rounds beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from accounts.roles import Tier
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Part
from .disclosure.partitions import Node, Partition
from .disclosure.versions import Version
from .models import Release
from .release_rows import versions_of
from .slices import Split


@dataclass
class ReleaseHistory:
    """parents: the tree down to the schools, as it is now."""

    round: MeasurementRound
    indicator: Indicator
    parents: Mapping[Node, Node]

    @cached_property
    def releases(self) -> dict[tuple[Tier, Split], list[Release]]:
        """All versions of all tables of the indicator in the round, oldest first."""
        found: dict[tuple[Tier, Split], list[Release]] = {}
        for release in Release.objects.filter(round=self.round, indicator=self.indicator).order_by("version"):
            found.setdefault((Tier(release.tier), Split(release.split)), []).append(release)
        return found

    def of(self, tier: Tier, split: Split) -> list[Release]:
        return self.releases.get((tier, split), [])

    @cached_property
    def shown(self) -> dict[Split, list[dict[Part, Version]]]:
        """The heads' versions of each split, oldest first; also of splits that there is no more."""
        return {
            split: [versions_of(release, self.parents) for release in releases]
            for (tier, split), releases in self.releases.items()
            if tier is Tier.HEADS
        }

    def shown_of(self, part: Part) -> dict[Split, list[Version]]:
        return {split: [parts[part] for parts in versions] for split, versions in self.shown.items()}

    def last(self, tier: Tier, split: Split) -> dict[Part, Version] | None:
        releases = self.of(tier, split)
        return versions_of(releases[-1], self.parents) if releases else None

    def pools_beside(self, tier: Tier, split: Split, part: Part) -> Partition | None:
        """The pools of the round before, or else of the one after, which are kept where they can be."""
        release = self.releases_beside.get((tier, split))
        return None if release is None else versions_of(release, self.parents)[part].partition

    @cached_property
    def releases_beside(self) -> dict[tuple[Tier, Split], Release]:
        others = Release.objects.filter(indicator=self.indicator, superseded_at__isnull=True)
        later = others.filter(round__starts_on__gt=self.round.starts_on).order_by("-round__starts_on")
        earlier = others.filter(round__starts_on__lt=self.round.starts_on).order_by("round__starts_on")
        return {(Tier(release.tier), Split(release.split)): release for release in (*later, *earlier)}
