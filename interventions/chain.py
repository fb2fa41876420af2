"""Interventions that continue one another, first to last, with what came of each. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import Sight

from .models import Intervention
from .queries import interventions_in_full, seen_by


@dataclass(frozen=True)
class Link:
    """One of a chain. intervention: None where the reader may not know of it."""

    number: int
    intervention: Intervention | None = None
    is_this: bool = False


def chain_of(intervention: Intervention, sight: Sight) -> list[Link]:
    """The chain that the intervention is part of; empty where it stands alone. One query for each that is in it."""
    ids = [*_before(intervention), intervention.pk, *_after(intervention)]
    if len(ids) == 1:
        return []
    seen = {one.pk: one for one in interventions_in_full().filter(seen_by(sight), pk__in=ids)}
    return [Link(n, seen.get(pk), pk == intervention.pk) for n, pk in enumerate(ids, start=1)]


def _before(intervention: Intervention) -> list[int]:
    ids: list[int] = []
    above = intervention.predecessor_id
    while above is not None and above not in ids:
        ids.insert(0, above)
        above = Intervention.objects.values_list("predecessor_id", flat=True).get(pk=above)
    return ids


def _after(intervention: Intervention) -> list[int]:
    """Of one that is continued twice, in the order in which they start."""
    ids: list[int] = []
    last = [intervention.pk]
    while last:
        followers = Intervention.objects.filter(predecessor__in=last).order_by("starts_on", "pk")
        last = list(followers.values_list("pk", flat=True))
        ids.extend(last)
    return ids
