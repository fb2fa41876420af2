"""Where an intervention stands on a day, computed from its dates; nothing about it is stored.

`state_of` and `in_state` say the same thing, of one intervention and of a query.
"""

from __future__ import annotations

import datetime

from django.db.models import Q, TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .models import Intervention


class State(TextChoices):
    COMING = "coming", _("not started")
    RUNNING = "running", _("running")
    LATE = "late", _("follow-up is late")
    ENDED = "ended", _("ended")


NOT_ENDED = Q(ended_on__isnull=True)


def state_of(intervention: Intervention, on: datetime.date) -> State:
    if intervention.ended_on is not None:
        return State.ENDED
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
        State.ENDED: ~NOT_ENDED,
    }[state]


def state_in_words(intervention: Intervention, on: datetime.date) -> str:
    """For example "running", "follow-up 3 days late", "starts 1 December 2026"."""
    state = state_of(intervention, on)
    if state is State.COMING:
        return gettext("starts %(day)s") % {"day": date_format(intervention.starts_on)}
    if state is State.ENDED and intervention.ended_on is not None:
        return gettext("ended %(day)s") % {"day": date_format(intervention.ended_on)}
    if state is State.LATE:
        n_days = (on - intervention.follow_up_on).days
        return ngettext("follow-up %(n)s day late", "follow-up %(n)s days late", n_days) % {"n": n_days}
    return str(state.label)
