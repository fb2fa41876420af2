"""Who may enter which meeting, and which of its cases a person sees.

Within the school a meeting is for those who see the pupils of all that it is about; whoever sees some of it, as the
teacher of one of a team's classes, reads the cases of these afterwards. Above the school it is for the heads of its own
level and of those above; the board's for the board, and for a head who holds the role for the whole municipality. A
meeting of a school is closed to everybody above it: they get what it shares.
"""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import AccessDenied, Sight
from accounts.models import Unit
from accounts.queries import line_of
from accounts.roles import Permission, RoleCode
from accounts.web import MunicipalityRequest

from ..models import AnalysisMeeting, MeetingCase, MeetingUnit, Rung

# Who enters meetings above the school, by the rung at which they are held.
ROLES_ABOVE: dict[Rung, frozenset[str]] = {
    Rung.AREA: frozenset({RoleCode.AREA_HEAD, RoleCode.ADMINISTRATION_HEAD}),
    Rung.ADMINISTRATION: frozenset({RoleCode.ADMINISTRATION_HEAD}),
    Rung.BOARD: frozenset({RoleCode.BOARD_MEMBER, RoleCode.ADMINISTRATION_HEAD}),
}


def meetings_in_full() -> QuerySet[AnalysisMeeting]:
    """With what every list and page of them says."""
    found = AnalysisMeeting.objects.select_related(
        "kind", "unit", "lead", "series", "round", "guiding", "closed_by"
    )
    return found.prefetch_related("covered_units")


def units_of(meeting: AnalysisMeeting) -> list[Unit]:
    """The classes it is about; its own unit, where it names none."""
    return list(meeting.covered_units.all()) or [meeting.unit]


def open_to(sight: Sight) -> Q:
    """Condition for the meetings that the person may enter."""
    return _open_inside(sight, all_of_it=True) | _open_above(sight)


def seen_by(sight: Sight) -> Q:
    """Condition for the meetings of which the person sees anything: also those about some of the own classes."""
    return _open_inside(sight, all_of_it=False) | _open_above(sight)


def _open_inside(sight: Sight, *, all_of_it: bool) -> Q:
    if not (sight.has(Permission.MEET) and sight.has(Permission.SEE_PUPILS)):
        return Q(pk__in=[])
    visible = _units_with_pupils(sight)
    parts = MeetingUnit.objects.all()
    has_parts = Q(pk__in=parts.values("meeting_id"))
    seen = Q(pk__in=parts.filter(unit__in=visible).values("meeting_id"))
    unseen = Q(pk__in=parts.exclude(unit__in=visible).values("meeting_id"))
    of_parts = has_parts & ~unseen if all_of_it else seen
    return Q(kind__rung__lte=Rung.SCHOOL) & (of_parts | (~has_parts & Q(unit__in=visible)))


def _units_with_pupils(sight: Sight) -> set[int]:
    """Ids of the units whose pupils the person sees, with classes of earlier years that had meetings."""
    days = sight.once(days_of_classes)
    return set().union(*(sight.visible_units(Permission.SEE_PUPILS, day) for day in days))


def days_of_classes(today: datetime.date) -> list[datetime.date]:
    """Today, and the last day of the school years whose classes had meetings: the trees to look in."""
    ended = Unit.objects.filter(Q(meetings__isnull=False) | Q(pk__in=MeetingUnit.objects.values("unit_id")))
    ended_on = ended.filter(valid_to__lte=today).order_by().values_list("valid_to", flat=True).distinct()
    return sorted({day - datetime.timedelta(days=1) for day in ended_on if day} | {today})


def _open_above(sight: Sight) -> Q:
    found = Q(pk__in=[])
    for rung, roles in ROLES_ABOVE.items():
        held = [grant.unit_id for grant in sight.grants(Permission.MEET) if grant.role in roles]
        if held:
            found |= Q(kind__rung=rung, unit__in=sight.below(held, sight.today))
    return found


def may_enter(meeting: AnalysisMeeting, sight: Sight) -> bool:
    return AnalysisMeeting.objects.filter(open_to(sight), pk=meeting.pk).exists()


def find_meeting(request: MunicipalityRequest, key: str, *, to_enter: bool = True) -> AnalysisMeeting:
    """The meeting that an address names, with the line of its unit on the request.

    404 for one that the municipality does not have; AccessDenied for one that is not the reader's.
    to_enter: False for what is also read by those who see some of the classes it is about.
    """
    found = meetings_in_full().filter(key=key)
    condition = open_to(request.sight) if to_enter else seen_by(request.sight)
    theirs = found.filter(condition).first()
    meeting = theirs or found.first()
    if meeting is None:
        raise Http404
    request.line = line_of(meeting.unit, request.sight.today)
    request.sight.keep_line(request.line)
    if theirs is None:
        request.sight.check_in_line(Permission.MEET, request.line)
        raise AccessDenied(_("This meeting is for those who see all that it is about."))
    return meeting


def cases_seen_by(meeting: AnalysisMeeting, sight: Sight, *, enters: bool) -> QuerySet[MeetingCase]:
    """All cases for whoever may enter; else those of the classes that the person sees, and of their pupils."""
    cases = MeetingCase.objects.filter(meeting=meeting)
    return cases if enters else cases.filter(unit__in=_units_with_pupils(sight))
