"""Who can answer for what a meeting decides, and who can have been there."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Level, RoleAssignment, User
from accounts.queries import line_of, subtree_ids
from accounts.roles import ROLES, Permission

from ..models import AnalysisMeeting
from .entering import units_of

SEEING = [
    code for code, role in ROLES.items() if {Permission.MEET, Permission.SEE_PUPILS} <= role.permissions
]
MEETING = [code for code, role in ROLES.items() if Permission.MEET in role.permissions]


def people_to_choose(meeting: AnalysisMeeting) -> list[User]:
    """Active people with a role at, above or below what the meeting is about, by name; each once.

    Within the school those who see its pupils; above it those who take part in meetings, down to the school.
    """
    today = timezone.localdate()
    is_inside = meeting.kind.is_inside
    units = units_of(meeting)
    places = subtree_ids([unit.pk for unit in units], today, down_to=None if is_inside else Level.SCHOOL)
    for unit in units[:1]:
        places |= {above.pk for above in line_of(unit, unit.nearest_day(today))}
    places |= {unit.pk for unit in units}
    held = RoleAssignment.objects.on(today).filter(
        unit_id__in=places, role__in=SEEING if is_inside else MEETING
    )
    people = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
    return list(people.order_by("name", "pk"))
