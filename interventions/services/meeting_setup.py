"""Kinds of meetings and what they ask. A change of the questions is a new version; no version is ever changed."""

from __future__ import annotations

from accounts.models import Municipality

from ..meetings.usual import KINDS
from ..models import GuidingQuestions, MeetingKind, SupportQueue


def write_usual_meetings(municipality: Municipality) -> None:
    """The kinds that a new municipality begins with, with the first version of what they ask. Needs its queues."""
    queues = list(SupportQueue.objects.order_by("position", "pk"))
    for position, usual in enumerate(KINDS):
        fields = {name: value for name, value in usual.items() if name not in ("asks", "queue")}
        queue = queues[usual["queue"]] if usual.get("queue") is not None and queues else None
        kind = MeetingKind.objects.create(municipality=municipality, position=position, queue=queue, **fields)
        GuidingQuestions.objects.create(municipality=municipality, kind=kind, version=1, texts=usual["asks"])
