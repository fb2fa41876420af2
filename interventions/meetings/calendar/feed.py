"""A person's meetings as an iCalendar file (RFC 5545), for the calendar in which the person keeps everything else.

It leaves the product: in it stand the kind of meeting, the unit and the hour, and no free text at all. The place is
left out as well, since anybody can have written a name there; the address leads to it, behind the sign-in.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]  # it has no types of its own
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.access import Sight
from accounts.models import Municipality

from ...models import AnalysisMeeting
from ..entering import meetings_in_full, open_to, units_of

BACK, AHEAD = relativedelta(months=3), relativedelta(years=1)
DAY = datetime.timedelta(days=1)
# How often the calendars that ask for it are to come back.
EVERY = datetime.timedelta(hours=1)


def meetings_for(sight: Sight) -> QuerySet[AnalysisMeeting]:
    """Those that the person may enter today, from three months back to a year ahead."""
    found = meetings_in_full().filter(open_to(sight))
    return found.filter(planned_on__gte=sight.today - BACK, planned_on__lte=sight.today + AHEAD)


def calendar_of(sight: Sight, municipality: Municipality, whole: Callable[[str], str]) -> bytes:
    """The file, in the language of the moment. whole: makes an address out of a path."""
    calendar = Calendar()
    name = _("Analysis meetings, %(municipality)s") % {"municipality": municipality.name}
    calendar.add("prodid", "-//Colour maps//Analysis meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", EVERY, {"VALUE": "DURATION"})
    for meeting in meetings_for(sight):
        calendar.add_component(_event(meeting, municipality, whole))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(meeting: AnalysisMeeting, municipality: Municipality, whole: Callable[[str], str]) -> Event:
    event = Event()
    event.add("uid", f"{meeting.key}@{municipality.code}.fargkartor")
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC).replace(microsecond=0))
    event.add("summary", summary_of(meeting))
    begins, ends = times_of(meeting)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    event.add("sequence", _sequence(meeting))
    event.add("url", whole(reverse("interventions:meeting", args=[meeting.key])))
    return event


def summary_of(meeting: AnalysisMeeting) -> str:
    """For example "The team's analysis, 4A, 4B"."""
    summary = ", ".join([meeting.kind.name, *sorted(unit.name for unit in units_of(meeting))])
    return _("Cancelled: %(meeting)s") % {"meeting": summary} if meeting.cancelled_at else summary


def times_of(meeting: AnalysisMeeting) -> tuple[Any, Any]:
    """(begin, end) in the time zone of the installation; whole days where no hour is set."""
    if meeting.at is None:
        return meeting.planned_on, meeting.planned_on + DAY
    begins = datetime.datetime.combine(meeting.planned_on, meeting.at, timezone.get_default_timezone())
    # The hand of the clock, not the hours that passed: nobody meets over a change to summer time.
    return begins, begins + datetime.timedelta(minutes=meeting.minutes)


def _sequence(meeting: AnalysisMeeting) -> int:
    """Calendars that are subscribed to take the whole file anew; the number tells those that compare."""
    return 2 * bool(meeting.cancelled_at) + (
        meeting.due_on is not None and meeting.due_on != meeting.planned_on
    )
