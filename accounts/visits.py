"""Through which page something was seen or done, and by which grant: the door says so, the memory asks.

A visit lasts as long as the view. Outside of one, in jobs and commands, there is neither page nor role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .roles import Permission

if TYPE_CHECKING:
    from .models import RoleAssignment, Unit, User

_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


@dataclass(frozen=True)
class Visit:
    """request: of somebody who is signed in to a municipality. permission: that its door asks for, if it asks one."""

    request: Any
    permission: Permission | None

    @property
    def page(self) -> str:
        return self.request.resolver_match.view_name

    def grant_at(self, unit: Unit | None) -> RoleAssignment | None:
        """The assignment that opens the page: one at the unit, else in its line, else the nearest to the pupils.

        A page that asks for no permission is opened by those by which pupils are seen, if there are any.
        """
        sight = self.request.sight
        held = sight.grants(self.permission or Permission.SEE_PUPILS)
        if not held and self.permission is None:
            held = sight.assignments
        line = {above.pk for above in getattr(self.request, "line", ())}
        at_unit = [grant for grant in held if unit is not None and grant.unit_id == unit.pk]
        in_line = [grant for grant in held if grant.unit_id in line]
        return next(iter([*at_unit, *in_line, *held]), None)


@contextmanager
def visiting(request: Any, permission: Permission | None) -> Iterator[None]:
    """Within, what is recorded of the person who asks is recorded with the page and the grant."""
    token = _visit.set(Visit(request, permission))
    try:
        yield
    finally:
        _visit.reset(token)


def page_and_grant(by: User | None, unit: Unit | None) -> tuple[str, RoleAssignment | None]:
    """Of what a person does now; ("", None) where no page is open, or somebody else's."""
    visit = _visit.get()
    if visit is None or by is None or visit.request.user.pk != by.pk:
        return "", None
    return visit.page, visit.grant_at(unit)
