"""Interventions as lists want them."""

from __future__ import annotations

from django.db.models import F, QuerySet

from ..models import Intervention


def interventions_in_full() -> QuerySet[Intervention]:
    """Interventions with all that a row of a list says of them."""
    full = Intervention.objects.select_related("unit", "indicator", "responsible")
    return full.prefetch_related("pupils", "covered_units", "follow_ups")


def most_urgent_first(interventions: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """By follow-up day, the oldest first; then the ended ones, the latest first."""
    return interventions.order_by(F("ended_on").desc(nulls_first=True), "follow_up_on", "pk")
