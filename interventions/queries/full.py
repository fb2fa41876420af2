"""Interventions as lists want them."""

from __future__ import annotations

from django.db.models import F, Prefetch, QuerySet

from ..models import FollowUp, Intervention

# What a list says of a follow-up is its verdict; the frozen values stay in the database.
FROZEN = ("values", "limits", "comparison", "answer")


def interventions_in_full() -> QuerySet[Intervention]:
    """Interventions with all that a row of a list says of them."""
    full = Intervention.objects.select_related("unit", "indicator", "responsible", "evaluation")
    follow_ups = Prefetch("follow_ups", FollowUp.objects.defer(*FROZEN))
    return full.prefetch_related("pupils", "covered_units", follow_ups)


def most_urgent_first(interventions: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """By follow-up day, the oldest first; then the ended ones, the latest first."""
    return interventions.order_by(F("ended_on").desc(nulls_first=True), "follow_up_on", "pk")
