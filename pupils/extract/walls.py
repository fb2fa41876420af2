"""Which areas an extract may hold: the one place that asks, whatever walls there are."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from accounts.declarations import Declaration
from accounts.models import User

Wall = Callable[[Declaration, QuerySet, User], QuerySet | None]
_walls: list[Wall] = []


def add_wall(wall: Wall) -> None:
    """wall: gets a declaration, rows about the pupil and who asks; returns the rows that person may hand out.

    None where the extract must not even say that there is such a table.
    """
    _walls.append(wall)


def narrowed(declaration: Declaration, rows: QuerySet, by: User) -> QuerySet | None:
    """None where the extract is silent about the table."""
    for wall in _walls:
        found = wall(declaration, rows, by)
        if found is None:
            return None
        rows = found
    return rows
