"""What waits for a person: follow-ups, sessions, steps and evaluations, own and others'. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q

from accounts.access import Sight
from accounts.roles import Permission

from .models import Baseline, Intervention, Participant, Session, SessionState, Step
from .queries import visible_interventions
from .states import DUE_WITHIN, NOT_ENDED, State, in_state, state_of

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
    today = sight.today
    found = _asked_for(sight)
    follow_ups = [one for one in found if _is_to_follow_up(one, today)]
    own = [one for one in follow_ups if one.responsible_id == sight.user.pk]
    taking_part = [one for one in found if one.takes_part or one.responsible_id == sight.user.pk]
    return Agenda(
        late=[one for one in own if one.is_late(today)],
        due=[one for one in own if not one.is_late(today)],
        to_mark=_to_mark(taking_part, today),
        steps=_steps(taking_part, today),
        unevaluated=[one for one in found if _is_to_evaluate(one, sight)],
        waiting=[one for one in follow_ups if one.responsible_id != sight.user.pk],
    )


def _asked_for(sight: Sight) -> list[Any]:
    """All that the agenda is made of. takes_part: the person, beside the responsible one; has_start: is measured."""
    today = sight.today
    part = Participant.objects.filter(user=sight.user, intervention=OuterRef("pk"))
    start = Baseline.objects.filter(round__isnull=False, intervention=OuterRef("pk"))
    found = visible_interventions(sight).annotate(takes_part=Exists(part), has_start=Exists(start))
    recently_ended = in_state(State.ENDED, today) & Q(ended_on__gte=today - ASKED_FOR)
    to_follow_up = NOT_ENDED & Q(starts_on__lte=today, follow_up_on__lte=today + DUE_WITHIN)
    own = Q(responsible=sight.user) | Q(takes_part=True)
    return list(found.filter(to_follow_up | (own & (NOT_ENDED | recently_ended))))


def _is_to_follow_up(one: Intervention, today: datetime.date) -> bool:
    return state_of(one, today) in (State.RUNNING, State.LATE) and one.follow_up_on <= today + DUE_WITHIN


def _is_to_evaluate(one: Any, sight: Sight) -> bool:
    """Without a start to compare with there is nothing to evaluate: it was called off, or never measured."""
    is_own = one.responsible_id == sight.user.pk
    return is_own and one.has_start and state_of(one, sight.today) is State.ENDED


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
