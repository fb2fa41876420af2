"""Questions that have come here and have no answer yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from ...models import Rung, Source
from ...questions.queries import standing
from ...questions.states import IS_OPEN
from .proposed import Proposed
from .scope import Scope


def questions_here(scope: Scope) -> list[Proposed]:
    """Those that stand at the meeting's rung and units, and with the support function that takes part; oldest first."""
    stops = standing().filter(_here(scope), IS_OPEN)
    if scope.is_inside and not scope.names_pupils:
        stops = stops.filter(question__pupil__isnull=True)
    return [
        Proposed(Source.QUESTION, unit_id=_unit_of(stop, scope), question_id=stop.question_id)
        for stop in stops.order_by("question__asked_at", "question_id")
    ]


def _here(scope: Scope) -> Q:
    """Condition for stops. Of a team's classes, what was asked about the whole school too, if it is about no pupil."""
    meeting, kind = scope.meeting, scope.meeting.kind
    if not scope.is_inside:
        return Q(rung=kind.rung, unit=meeting.unit)
    of_the_whole = Q(unit=meeting.unit, question__unit=meeting.unit, question__pupil__isnull=True)
    here = Q(rung=kind.rung) & (Q(unit__in=scope.unit_ids) | of_the_whole)
    if kind.queue_id is not None:
        here |= Q(rung=Rung.QUEUE, queue=kind.queue_id, question__unit__in=scope.unit_ids)
    return here


def _unit_of(stop: Any, scope: Scope) -> int:
    """Where it was asked; above the school, no class is named."""
    question = stop.question
    return question.unit_id if scope.is_inside else question.school_id or question.unit_id
