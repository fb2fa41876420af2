"""Decisions of last time: measures that are not done come back until somebody returns to them.

Of the meetings before of the same series, or of the same kind at the same unit. A measure that has made an intervention
is followed up on that intervention's pages, and comes back when its follow-up is late.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from ...models import MeetingCase, MeetingUnit, Outcome, Source
from .proposed import Proposed
from .scope import Scope


def decisions_of_last_time(scope: Scope) -> list[Proposed]:
    """The ones due first, first. Without what is the meeting's no longer: a pupil who has changed class."""
    found = list(_not_done(scope))
    classes = scope.classes_of({case.pupil_id for case in found if case.pupil_id is not None})
    return [
        Proposed(
            Source.DECISION,
            unit_id=classes[case.pupil_id] if case.pupil_id is not None else _unit_now(case, scope),
            pupil_id=case.pupil_id,
            indicator_ids=tuple(about.indicator_id for about in case.about.all()),
            intervention_id=case.made_id or case.intervention_id,
            question_id=case.question_id,
            earlier_id=case.pk,
        )
        for case in found
        if _is_still_here(case, scope, classes)
    ]


def _not_done(scope: Scope) -> list[MeetingCase]:
    is_late = Q(made__ended_on__isnull=True, made__follow_up_on__lt=scope.on)
    measures = MeetingCase.objects.filter(
        _held_before(scope), Q(made__isnull=True) | is_late, outcome=Outcome.MEASURE, done_on__isnull=True
    )
    returned_to = MeetingCase.objects.filter(earlier=OuterRef("pk")).exclude(outcome="")
    found = measures.exclude(Exists(returned_to)).select_related("unit").prefetch_related("about")
    return list(found.order_by("due_on", "pk"))


def _held_before(scope: Scope) -> Q:
    """Condition for the cases of the meetings before. One of a series looks at its own series and at no other.

    What a meeting about other classes decided is not for those who see these.
    """
    meeting = scope.meeting
    held = Q(meeting__kind=meeting.kind_id, meeting__unit=meeting.unit_id, meeting__closed_at__isnull=False)
    if meeting.series_id is not None:
        held &= Q(meeting__series=meeting.series_id) | Q(meeting__series__isnull=True)
    parts = MeetingUnit.objects.all()
    if scope.units == [meeting.unit]:
        return held
    others = parts.exclude(Q(unit__in=scope.unit_ids) | Q(unit__successor__in=scope.unit_ids))
    of_these = Q(meeting__in=parts.values("meeting_id")) & ~Q(meeting__in=others.values("meeting_id"))
    return held & (of_these | Q(unit__isnull=False))


def _is_still_here(case: MeetingCase, scope: Scope, classes: dict[int, int]) -> bool:
    if not scope.is_inside:
        return case.pupil_id is None
    if case.pupil_id is not None:
        return scope.names_pupils and case.pupil_id in classes
    return case.unit is None or not scope.unit_ids.isdisjoint({case.unit_id, case.unit.successor_id})


def _unit_now(case: MeetingCase, scope: Scope) -> int | None:
    """The class that a class of last year has become."""
    if case.unit is None or case.unit_id in scope.unit_ids or not scope.is_inside:
        return case.unit_id
    return case.unit.successor_id
