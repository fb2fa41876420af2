"""Kinds of meetings as a list to set up, and the versions of what each asks. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max

from ..models import GuidingQuestions, MeetingKind, Rung


@dataclass(frozen=True)
class KindRow:
    """level: at which it is held, in words. version: of its questions, 0 without any. n_meetings: planned or held."""

    kind: MeetingKind
    level: str
    version: int
    n_meetings: int


def kinds_in_order() -> list[KindRow]:
    """From the teacher upwards, those that can no longer be chosen last."""
    counted = MeetingKind.objects.select_related("queue").annotate(
        version=Max("guiding_questions__version"), n_meetings=Count("meetings", distinct=True)
    )
    rows = [KindRow(kind, str(Rung(kind.rung).label), kind.version or 0, kind.n_meetings) for kind in counted]
    return sorted(rows, key=lambda row: (row.kind.closed_at is not None, row.kind.rung))


def versions_of(kind: MeetingKind) -> list[GuidingQuestions]:
    """The newest first, with who made them."""
    return list(kind.guiding_questions.select_related("made_by").order_by("-version"))
