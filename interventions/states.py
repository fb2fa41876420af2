"""Where an intervention stands on a day, computed from its dates and its evaluation; nothing about it is stored.

`state_of` and `in_state` say the same thing, of one intervention and of a query. That nobody answers for it any more is
no state: it can happen in any of them (queries.ownerless_among).
"""

from __future__ import annotations

import datetime

from django.db.models import Q, TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .models import Intervention


class State(TextChoices):
    """LATE: the follow-up day has passed, and what was to happen then is not all done: following up and evaluating."""

    COMING = "coming", _("not started")
    RUNNING = "running", _("running")
    LATE = "late", _("follow-up is late")
    ENDED = "ended", _("ended, not evaluated")
    EVALUATED = "evaluated", _("evaluated")


# From then on the system asks for the follow-up: on the start page, and once by mail.
DUE_WITHIN = datetime.timedelta(days=14)
NOT_ENDED = Q(ended_on__isnull=True)
NOT_EVALUATED = Q(evaluation__isnull=True)


def is_evaluated(intervention: Intervention) -> bool:
    """One query, unless it was read with its evaluation (queries.interventions_in_full)."""
    return hasattr(intervention, "evaluation")


def state_of(intervention: Intervention, on: datetime.date) -> State:
    if intervention.ended_on is not None:
        return State.EVALUATED if is_evaluated(intervention) else State.ENDED
    if intervention.starts_on > on:
        return State.COMING
    return State.LATE if intervention.is_late(on) else State.RUNNING


def in_state(state: State, on: datetime.date) -> Q:
    """Condition for the interventions that stand in the state on the day."""
    has_started = NOT_ENDED & Q(starts_on__lte=on)
    return {
        State.COMING: NOT_ENDED & Q(starts_on__gt=on),
        State.RUNNING: has_started & Q(follow_up_on__gte=on),
        State.LATE: has_started & Q(follow_up_on__lt=on),
        State.ENDED: ~NOT_ENDED & NOT_EVALUATED,
        State.EVALUATED: ~NOT_ENDED & ~NOT_EVALUATED,
    }[state]


def state_in_words(intervention: Intervention, on: datetime.date) -> str:
    """For example "running", "follow-up 3 days late", "starts 1 December 2026"."""
    state = state_of(intervention, on)
    if state is State.COMING:
        return gettext("starts %(day)s") % {"day": date_format(intervention.starts_on)}
    if state is State.ENDED and intervention.ended_on is not None:
        return gettext("ended %(day)s, not evaluated") % {"day": date_format(intervention.ended_on)}
    if state is State.LATE:
        return _late_in_words(intervention, (on - intervention.follow_up_on).days)
    return str(state.label)


def _late_in_words(intervention: Intervention, n_days: int) -> str:
    """What is still to do: one that has been followed up waits for its evaluation."""
    words = (
        ngettext("evaluation %(n)s day late", "evaluation %(n)s days late", n_days)
        if intervention.follow_ups.all()
        else ngettext("follow-up %(n)s day late", "follow-up %(n)s days late", n_days)
    )
    return words % {"n": n_days}
