"""Own interventions that have ended, and of which nobody has written what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ..states import State, state_of
from ..tables import where_in_words
from .asked import Asked
from .duty import GRACE, Duty, Group, Kind, ended_in_words


def evaluations(asked: Asked) -> Sequence[Duty]:
    """Without a start to compare with there is nothing to evaluate: it was called off, or never measured."""
    return [
        _duty(one, asked)
        for one in asked.interventions
        if one.responsible_id == asked.user.pk and one.has_start and state_of(one, asked.today) is State.ENDED
    ]


def _duty(one: Any, asked: Asked) -> Duty:
    page = "evaluation" if one.follow_ups.all() else "intervention"
    return Duty(
        kind=Kind.EVALUATION,
        group=Group.LATE if one.ended_on < asked.today - GRACE else Group.DUE,
        what=_("Evaluate: %(title)s") % {"title": one.title},
        when=ended_in_words(one.ended_on, asked.today),
        due_on=one.ended_on,
        where=where_in_words(one),
        url=reverse(f"interventions:{page}", args=[one.key]),
        unit=one.unit,
    )
