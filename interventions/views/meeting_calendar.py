"""The own meetings, and the calendar of a unit: series and single meetings, what was held and what was not."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import (
    MunicipalityRequest,
    breadcrumb_of,
    locate_unit,
    requires_somewhere,
    signed_in,
)
from pupils.school_years.terms import SchoolYear

from ..meetings.calendar.counting import Counts, counts_below
from ..meetings.calendar.of_unit import calendar_of_unit, day_in
from ..meetings.calendar.own import own_meetings
from ..questions.visiting import check_may_look

# How far back and ahead a calendar can be turned.
YEARS_BACK, YEARS_AHEAD = 5, 1


@requires_somewhere(Permission.MEET)
def meeting_list(request: MunicipalityRequest) -> HttpResponse:
    """What goes on, is to come, was missed and was held, of the meetings that the person may enter."""
    sight = request.sight
    units = {unit.pk: unit for unit in sight.own_units(Permission.MEET)}
    context = {
        "meetings": own_meetings(sight),
        "may_watch": request.sight.has(Permission.WATCH_ROUTINE),
        "calendars": [
            (unit.name, reverse("interventions:unit-meetings", args=[unit.key])) for unit in units.values()
        ],
        "plan_links": [
            (unit.name, reverse("interventions:meeting-new", args=[unit.key]))
            for unit in sight.own_units(Permission.PLAN_MEETINGS)
            if unit.pk in units
        ],
    }
    return render(request, "interventions/meetings/calendar_list.html", context)


@signed_in
def unit_meetings(request: MunicipalityRequest, key: str) -> HttpResponse:
    """For those who take part in meetings at the unit or watch the routine there; ?year= the first of a school year."""
    found = locate_unit(key)
    unit, sight = found.unit, request.sight
    request.line = found.line or sight.line_of(unit)
    sight.keep_line(request.line)
    if not sight.can_in_line(Permission.WATCH_ROUTINE, request.line):
        sight.check(Permission.MEET, unit)
    check_may_look(sight, request.line)
    year = _chosen_year(request, unit)
    sees_pupils = sight.can_in_line(Permission.SEE_PUPILS, request.line)
    context = {
        "unit": unit,
        "year": year,
        "years": _years(request, unit, year),
        "calendar": calendar_of_unit(unit, year, sight, sees_pupils=sees_pupils),
        "actions": _actions(request, unit),
        "breadcrumb": breadcrumb_of(sight, request.line),
        **(_below(unit, year, sight) if unit.level < Level.SCHOOL else {}),
    }
    return render(request, "interventions/meetings/calendar_unit.html", context)


def _chosen_year(request: MunicipalityRequest, unit: Unit) -> SchoolYear:
    """The one that the address names, else that of today; of a class its own."""
    own = SchoolYear.of(unit.nearest_day(request.sight.today))
    asked_for = request.GET.get("year", "")
    offered = {str(year.start_year): year for year in _offered(own)}
    return own if unit.is_school_class else offered.get(asked_for, own)


def _offered(own: SchoolYear) -> list[SchoolYear]:
    return [SchoolYear(own.start_year + n) for n in range(-YEARS_BACK, YEARS_AHEAD + 1)]


def _years(request: MunicipalityRequest, unit: Unit, chosen: SchoolYear) -> list[dict[str, Any]]:
    """The one before and the one after the chosen one, to turn the pages."""
    if unit.is_school_class:
        return []
    own = SchoolYear.of(unit.nearest_day(request.sight.today))
    return [
        {"label": year.name, "url": f"?year={year.start_year}", "current": year == chosen}
        for year in _offered(own)
        if abs(year.start_year - chosen.start_year) <= 1
    ]


def _actions(request: MunicipalityRequest, unit: Unit) -> list[dict[str, str]]:
    names = []
    if unit.level <= Level.SCHOOL:
        names.append((_("What families say"), "family-report"))
        if request.sight.can_in_line(Permission.WATCH_ROUTINE, request.line):
            names.append((_("The routine"), "unit-routine"))
    if request.sight.can_in_line(Permission.PLAN_MEETINGS, request.line):
        names += [(_("Plan a meeting"), "meeting-new"), (_("Make a series"), "series-new")]
    return [
        {"label": label, "url": reverse(f"interventions:{name}", args=[unit.key])} for label, name in names
    ]


def _below(unit: Unit, year: SchoolYear, sight: Sight) -> dict[str, Any]:
    rows = counts_below(unit, year, day_in(year, sight.today), sight.today)
    schools = [row for row in rows if not row.is_group]
    return {
        "rows": rows,
        "n_schools": len(schools),
        "in_all": sum((row.counts for row in schools), Counts()),
    }
