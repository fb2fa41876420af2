"""What is remembered of sign-ins: who and what, never a name that was typed, never a code."""

from __future__ import annotations

from typing import Any

from ..audit import record
from ..models import User
from ..tenancy import municipality_scope


def remember(user: User, action: str, *, by: User | None = None, **facts: Any) -> None:
    """In the log of the person's municipality; an operator of the platform has none.

    user: whose sign-in it is; by: who did it, if somebody else.
    """
    if user.municipality is None:
        return
    with municipality_scope(user.municipality):
        record(action, by=by or user, **(facts if by is None else facts | {"person": user.pk}))
