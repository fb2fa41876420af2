"""What waits for a person: follow-ups, sessions, steps and evaluations, own and others'. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet

from accounts.access import Sight
from accounts.roles import Permission

from .models import Intervention, Participant, Session, SessionState, Step
from .queries import visible_interventions
from .states import DUE_WITHIN, NOT_ENDED, State, in_state

DAY = datetime.timedelta(days=1)
# What ended so long ago without an evaluation is not asked for any more; the list still says it.
ASKED_FOR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class ToMark:
    """Sessions of an intervention. n_past: those that have been and nobody has marked.

    next_on: the first of this week that is still to come.
    """

    intervention: Intervention
    n_past: int
    next_on: datetime.date | None


@dataclass(frozen=True)
class Agenda:
    """Of follow-ups each list has the oldest first. waiting: late or due, and somebody else's to do.

    to_mark, steps: also of those who take part. unevaluated: own ones that have ended, and of which nobody has written
    what was learnt.
    """

    late: Sequence[Intervention] = ()
    due: Sequence[Intervention] = ()
    to_mark: Sequence[ToMark] = ()
    steps: Sequence[Step] = ()
    unevaluated: Sequence[Intervention] = ()
    waiting: Sequence[Intervention] = ()

    @property
    def is_empty(self) -> bool:
        return not any((self.late, self.due, self.to_mark, self.steps, self.unevaluated, self.waiting))


def agenda_of(sight: Sight) -> Agenda:
    """What is late, due within two weeks, to mark this week, or waiting for others; in a fixed number of queries."""
    if not sight.has(Permission.DECIDE_INTERVENTIONS):
        return Agenda()
    today, visible = sight.today, visible_interventions(sight)
    soon = in_state(State.RUNNING, today) | in_state(State.LATE, today)
    follow_ups = list(visible.filter(soon, follow_up_on__lte=today + DUE_WITHIN))
    own = [one for one in follow_ups if one.responsible_id == sight.user.pk]
    taking_part = list(visible.filter(_own_or_taking_part(sight)).filter(NOT_ENDED | _recently_ended(today)))
    return Agenda(
        late=[one for one in own if one.is_late(today)],
        due=[one for one in own if not one.is_late(today)],
        to_mark=_to_mark(taking_part, today),
        steps=_steps(taking_part, today),
        unevaluated=_unevaluated(visible, sight),
        waiting=[one for one in follow_ups if one.responsible_id != sight.user.pk],
    )


def _own_or_taking_part(sight: Sight) -> Q:
    part = Participant.objects.filter(user=sight.user).values("intervention_id")
    return Q(responsible=sight.user) | Q(pk__in=part)


def _recently_ended(today: datetime.date) -> Q:
    return in_state(State.ENDED, today) & Q(ended_on__gte=today - ASKED_FOR)


def _to_mark(interventions: Iterable[Intervention], today: datetime.date) -> list[ToMark]:
    by_id = {one.pk: one for one in interventions}
    sunday = today + (6 - today.weekday()) * DAY
    unmarked = Session.objects.filter(intervention__in=by_id, state=SessionState.PLANNED, on__lte=sunday)
    counted = unmarked.order_by().values("intervention_id")
    counted = counted.annotate(
        n_past=Count("pk", filter=Q(on__lte=today)), next_on=Min("on", filter=Q(on__gt=today))
    )
    found = [
        ToMark(by_id[row["intervention_id"]], row["n_past"], row["next_on"])
        for row in counted
        if row["n_past"] or by_id[row["intervention_id"]].ended_on is None
    ]
    return sorted(found, key=lambda one: (-one.n_past, one.next_on or today, one.intervention.pk))


def _steps(interventions: Iterable[Intervention], today: datetime.date) -> list[Step]:
    """The next one of each that has not ended, if it is late or due within two weeks."""
    running = [one.pk for one in interventions if one.ended_on is None]
    found = Step.objects.filter(
        intervention__in=running, done_on__isnull=True, due_on__lte=today + DUE_WITHIN
    )
    first: dict[int, Step] = {}
    for step in found.select_related("intervention").order_by("due_on", "pk"):
        first.setdefault(step.intervention_id, step)
    return list(first.values())


def _unevaluated(visible: QuerySet[Intervention], sight: Sight) -> list[Intervention]:
    """Without a start to compare with there is nothing to evaluate: it was called off, or never measured."""
    found = visible.filter(_recently_ended(sight.today), responsible=sight.user)
    return list(found.filter(baseline__round__isnull=False))
