"""In which state a question is: worked out from where it stands and what was answered there, never stored."""

from __future__ import annotations

from enum import Enum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(Enum):
    WAITING = "waiting"
    TAKEN = "taken"
    OUTSIDE = "outside"
    ANSWERED = "answered"
    READ = "read"


WORDS = {
    State.WAITING: _("waits"),
    State.TAKEN: _("taken on"),
    State.OUTSIDE: _("applied for outside"),
    State.ANSWERED: _("answered, not read"),
    State.READ: _("answered and read"),
}
TAGS = {
    State.WAITING: "strong",
    State.TAKEN: "accent",
    State.OUTSIDE: "accent",
    State.ANSWERED: "",
    State.READ: "soft",
}
OPEN = (State.WAITING, State.TAKEN, State.OUTSIDE)
IS_OPEN = Q(is_answered=False)
# Of stops as queries.standing() gives them.
CONDITIONS = {
    State.WAITING: Q(is_answered=False, owner__isnull=True, recipient=""),
    State.TAKEN: Q(is_answered=False, owner__isnull=False, recipient=""),
    State.OUTSIDE: Q(is_answered=False) & ~Q(recipient=""),
    State.ANSWERED: Q(is_answered=True, is_read=False),
    State.READ: Q(is_answered=True, is_read=True),
}


def state_of(*, is_answered: bool, is_read: bool, is_taken: bool, is_outside: bool) -> State:
    """is_read: by whoever asked."""
    if is_answered:
        return State.READ if is_read else State.ANSWERED
    if is_outside:
        return State.OUTSIDE
    return State.TAKEN if is_taken else State.WAITING
