"""Follow-ups that are late, or due when the meeting is held."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import Level

from ...models import Intervention, InterventionPupil, InterventionUnit, Source
from ...states import DUE_WITHIN, NOT_ENDED
from .proposed import Proposed
from .scope import Scope, lies_within


def follow_ups(scope: Scope) -> list[Proposed]:
    """Of the interventions at its units: those of the highest unit first, and of these the oldest.

    Those that name pupils only where pupils are named; above the school none of classes either.
    """
    meeting = scope.meeting
    day = scope.on if meeting.started_at else max(scope.on, meeting.planned_on)
    due = Intervention.objects.filter(NOT_ENDED, starts_on__lte=scope.on, follow_up_on__lte=day + DUE_WITHIN)
    found = due.filter(_at_its_units(scope)).order_by("unit__level", "follow_up_on", "pk")
    return [
        Proposed(Source.FOLLOW_UP, unit_id=unit_id, intervention_id=pk)
        for pk, unit_id in found.values_list("pk", "unit_id")
    ]


def _at_its_units(scope: Scope) -> Q:
    here = lies_within(scope.unit_ids, InterventionUnit, "intervention_id")
    unnamed = ~Q(pk__in=InterventionPupil.objects.values("intervention_id"))
    if scope.is_inside:
        return here if scope.names_pupils else here & unnamed
    of_classes = InterventionUnit.objects.filter(unit__level=Level.SCHOOL_CLASS).values("intervention_id")
    return unnamed & (here | Q(unit__in=scope.unit_ids)) & ~Q(pk__in=of_classes)
