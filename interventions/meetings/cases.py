"""Reads of the cases of meetings."""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import MeetingCase


def cases_in_full() -> QuerySet[MeetingCase]:
    """In their order, with all that a list says of them (words.case_label)."""
    found = MeetingCase.objects.select_related(
        "meeting__kind",
        "unit",
        "pupil",
        "intervention",
        "question",
        "earlier",
        "concluded__kind",
        "concluded__unit",
        "responsible",
        "made",
    )
    return found.prefetch_related("indicators")
