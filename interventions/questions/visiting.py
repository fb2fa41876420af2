"""Where the pages of a unit's questions are open: nobody looks into a class without seeing its pupils."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission


def check_may_look(sight: Sight, line: Sequence[Unit]) -> None:
    """Raises AccessDenied at a class whose pupils the person does not see."""
    if line[-1].is_school_class:
        sight.check_in_line(Permission.SEE_PUPILS, line)
