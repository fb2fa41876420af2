"""Who can answer for what a meeting decides. Within the school whoever sees those that it is about, and nobody else.

Above the school those who decide or meet at the unit or above it, and those who lead the units below: a measure of an
area can be the matter of one of its principals.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from accounts.models import Level, RoleAssignment, Unit, User
from accounts.queries import ancestors_by_height, subtree_ids
from accounts.roles import ROLES, Permission

from ..models import AnalysisMeeting, MeetingCase
from .entering import units_of


def _roles_with(*permissions: Permission) -> list[str]:
    """The roles that have all of the permissions."""
    return [code for code, role in ROLES.items() if set(permissions) <= role.permissions]


SEEING = _roles_with(Permission.SEE_PUPILS)
DECIDING_OR_MEETING = sorted({*_roles_with(Permission.DECIDE_INTERVENTIONS), *_roles_with(Permission.MEET)})
LEADING = _roles_with(Permission.DECIDE_INTERVENTIONS, Permission.WATCH_ROUTINE)


def people_to_choose(meeting: AnalysisMeeting, case: MeetingCase | None = None) -> list[User]:
    """By name, each once; of a case those who can answer for it. A fixed number of queries.

    Without a case, or of one that is about no unit, for all that the meeting is about.
    """
    units = [case.unit] if case is not None and case.unit is not None else units_of(meeting)
    held = RoleAssignment.objects.on(timezone.localdate()).filter(
        _may_answer_inside(units) if meeting.kind.is_inside else _may_answer_above(units)
    )
    people = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
    return list(people.order_by("name", "pk"))


def may_answer_for(person: User, case: MeetingCase) -> bool:
    """Whether the person is one of those who can answer for a case."""
    return person in people_to_choose(case.meeting, case)


def _may_answer_inside(units: Collection[Unit]) -> Q:
    return Q(role__in=SEEING, unit__in=_above(units) | _below(units))


def _may_answer_above(units: Collection[Unit]) -> Q:
    leads_below = Q(role__in=LEADING, unit__in=_below(units), unit__level__lte=Level.SCHOOL)
    return Q(role__in=DECIDING_OR_MEETING, unit__in=_above(units)) | leads_below


def _above(units: Collection[Unit]) -> set[int]:
    """Ids of the units and of what stands above any of them."""
    ids = {unit.pk for unit in units}
    return ids.union(*ancestors_by_height(ids, timezone.localdate()))


def _below(units: Collection[Unit]) -> set[int]:
    return subtree_ids([unit.pk for unit in units], timezone.localdate())
