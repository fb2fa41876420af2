"""Follow-ups that are late or due: the own ones, and those of others that the person sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ..states import State, state_of
from ..tables import where_in_words
from .asked import Asked
from .duty import Duty, Group, Kind, group_by_day, when_in_words


def follow_ups(asked: Asked) -> Sequence[Duty]:
    return [_duty(one, asked) for one in asked.interventions if _is_to_follow_up(one, asked)]


def _is_to_follow_up(one: Any, asked: Asked) -> bool:
    is_running = state_of(one, asked.today) in (State.RUNNING, State.LATE)
    return is_running and one.follow_up_on <= asked.horizon


def _duty(one: Any, asked: Asked) -> Duty:
    """What has been followed up waits for its evaluation, by whoever answers for it."""
    is_own = one.responsible_id == asked.user.pk
    is_followed_up = bool(one.follow_ups.all())
    words = _("Evaluate: %(title)s") if is_followed_up else _("Follow up: %(title)s")
    page = "evaluation" if is_own and is_followed_up else "intervention"
    return Duty(
        kind=Kind.EVALUATION if is_followed_up else Kind.FOLLOW_UP,
        group=group_by_day(one.follow_up_on, asked.today) if is_own else Group.WAITING,
        what=words % {"title": one.title},
        when=when_in_words(one.follow_up_on, asked.today),
        due_on=one.follow_up_on,
        where=where_in_words(one),
        whose="" if is_own else one.responsible.name,
        url=reverse(f"interventions:{page}", args=[one.key]),
        unit=one.unit,
    )
