"""Releases what has changed in a round to those who see no pupils, and remembers what each look came to."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.utils import timezone

from accounts.roles import Tier
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound

from .disclosure.partitions import Node
from .models import HeldBack, Release, ReleaseCheck, ReleasedFigure, UnitSum
from .release_decision import Decision, Look
from .release_joining import own_slices
from .release_rows import are_shown_by, behind, figures_of, is_same_behind, versions_of
from .slices import ALL, ALL_PUPILS
from .truth import sums_of_leaves, tree_of

log = logging.getLogger(__name__)

RELEASES = "releases"
BATCH = 2000


def release_round(round_: MeasurementRound) -> int:
    """Each indicator in a transaction of its own; returns how many new versions are shown."""
    parents = tree_of(round_)
    summed = UnitSum.objects.filter(round=round_, slice=ALL_PUPILS).values("indicator_id")
    n_new = 0
    for indicator in Indicator.objects.filter(pk__in=summed):
        try:
            n_new += release_indicator(round_, indicator, parents)
        except ValueError:
            # Figures that do not add up: nothing of the indicator is shown anew, and the others go on.
            log.exception("%s, %s: cannot be released", round_.name, indicator.code)
    return n_new


def release_indicator(round_: MeasurementRound, indicator: Indicator, parents: Mapping[Node, Node]) -> int:
    """Decides first, which takes a second and holds no lock; then writes, unless another worker was faster."""
    while True:
        look = Look(round_, indicator, parents)
        decisions = look.decisions()
        with long_statements():
            hold_lock(RELEASES)
            if not is_overtaken(look):
                return sum(carry_out(look, decision) for decision in decisions)


def is_overtaken(look: Look) -> bool:
    """Whether there are versions that the look has not seen."""
    seen = {release.pk for releases in look.history.releases.values() for release in releases}
    there = Release.objects.filter(round=look.round, indicator=look.indicator)
    return seen != set(there.values_list("pk", flat=True))


def carry_out(look: Look, decision: Decision) -> int:
    """Stores the versions of a split, and what the look came to; returns how many are new."""
    n_new = sum(store_version(look, decision, tier) for tier in decision.versions)
    found = "\n".join(decision.attack.found) if decision.attack else ""
    if found:
        log.error(
            "%s, %s, %s: the attacker found something; nothing new is shown (see check of the release)",
            look.round.name,
            look.indicator.code,
            decision.split.code,
        )
    # What was too early is looked at anew each time.
    digest = "" if decision.held_back is HeldBack.EARLY else look.digest
    for tier in Tier:
        ReleaseCheck.objects.update_or_create(
            municipality=current_municipality(),
            round=look.round,
            indicator=look.indicator,
            split=decision.split.code,
            tier=tier,
            defaults={
                "digest": digest,
                "checked_at": timezone.now(),
                "held_back": decision.held_back,
                "found": found,
            },
        )
    return n_new


def store_version(look: Look, decision: Decision, tier: Tier) -> int:
    """Stores a version if it shows something else than the last one. Returns 1 or 0."""
    versions, split = decision.versions[tier], decision.split
    earlier = look.history.releases.setdefault((tier, split), [])
    kept = behind(versions)
    limits = look.limits_of(tier)
    slices = own_slices(slice_ for version in versions.values() for slice_ in version.table.slices)
    figures = figures_of(versions, look.tables[split], slices, limits)
    if decision.attack is None or (
        earlier and is_same_behind(earlier[-1].behind, kept) and are_shown_by(earlier[-1], figures)
    ):
        return 0
    now = timezone.now()
    Release.objects.filter(pk__in=[release.pk for release in earlier[-1:]]).update(superseded_at=now)
    release = Release.objects.create(
        municipality=current_municipality(),
        round=look.round,
        indicator=look.indicator,
        split=split.code,
        tier=tier,
        version=len(earlier) + 1,
        released_at=now,
        whole=whole_of(look, decision, tier),
        smallest_base=limits.smallest_base,
        smallest_count=limits.smallest_count,
        pools=figures.pools,
        behind=kept,
        n_attacked=decision.attack.n_attacked,
        attack_seconds=decision.attack.seconds,
    )
    for row in figures.rows:
        row.release, row.municipality = release, release.municipality
    ReleasedFigure.objects.bulk_create(figures.rows, batch_size=BATCH)
    earlier.append(release)
    return 1


def whole_of(look: Look, decision: Decision, tier: Tier) -> Release | None:
    """The version of all pupils to which the slices add up; None if some of them are older or newer."""
    if decision.split == ALL:
        return None
    whole = look.history.of(tier, ALL)[-1]
    of_all = versions_of(whole, look.parents)
    adds_up = all(
        sums_of_leaves(version.table) == sums_of_leaves(of_all[part].table)
        for part, version in decision.versions[tier].items()
    )
    return whole if adds_up else None
