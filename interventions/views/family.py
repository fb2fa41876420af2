"""The family's part of a meeting: the code by which it answers, and what is told of the answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import (
    MunicipalityRequest,
    breadcrumb_of,
    locate_unit,
    requires,
    requires_somewhere,
    signed_in,
)

from ..family.code_page import code_context
from ..family.report import report_of
from ..family.report_page import asked_year, kinds_on_page, year_choices
from ..family.talk_door import check_may_meet, locate_talk
from ..meetings.entering import find_meeting
from ..models import FamilyCode, Talk
from ..questions.border import school_of
from ..services.family import open_code_of_meeting, open_code_of_talk

READS_REPORTS = (Permission.WATCH_ROUTINE, Permission.MEET)


@requires_somewhere(Permission.MEET)
def family_code(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The code of a meeting. GET shows it, POST opens it."""
    meeting = find_meeting(request, key)
    if not meeting.kind.asks_family:
        raise Http404
    if request.method == "POST":
        return _open(request, lambda: open_code_of_meeting(meeting=meeting, by=request.user))
    found = FamilyCode.objects.filter(meeting=meeting).first()
    return _show_code(request, found, meeting.unit, {"meeting": meeting, "day": meeting.planned_on})


@requires(Permission.SEE_PUPILS, locate_talk)
def talk_code(request: MunicipalityRequest, talk: Talk) -> HttpResponse:
    """The code of a talk; as of a meeting. It names no pupil: it can stand on a table."""
    check_may_meet(request)
    if not talk.kind.asks_family:
        raise Http404
    if request.method == "POST":
        return _open(request, lambda: open_code_of_talk(talk=talk, by=request.user))
    found = FamilyCode.objects.filter(talk=talk).first()
    return _show_code(request, found, request.line[-1], {"talk": talk, "day": talk.held_on})


def _open(request: MunicipalityRequest, opening: Any) -> HttpResponse:
    try:
        opening()
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(request.path)


def _show_code(
    request: MunicipalityRequest,
    code: FamilyCode | None,
    unit: Unit,
    of: dict[str, Any],
) -> HttpResponse:
    school = school_of(unit)
    report = reverse("interventions:family-report", args=[school.key]) if school else ""
    may_read = school is not None and any(request.sight.can(each, school) for each in READS_REPORTS)
    context = {
        **of,
        "smallest": request.municipality.smallest_base,
        "report_url": report if may_read else "",
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        **({"family": code_context(request, code)} if code else {}),
    }
    return render(request, "interventions/family/code.html", context)


@signed_in
def family_report(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What families answered at a school, or at the schools below a unit; ?year= chooses the school year.

    For those who watch the routine there, or take part in its meetings.
    """
    unit, _decides, line = locate_unit(key)
    request.line = line or request.sight.line_of(unit)
    request.sight.keep_line(request.line)
    if not any(request.sight.can_in_line(each, request.line) for each in READS_REPORTS):
        raise AccessDenied(_("You have no role at this unit that allows this."))
    if unit.is_school_class:
        raise Http404
    today, smallest = request.sight.today, request.municipality.smallest_base
    year = asked_year(request.GET.get("year", ""), today)
    record("family report seen", by=request.user, unit=unit)
    context = {
        "unit": unit,
        "year": year.name,
        "before": year.previous.name,
        "years": year_choices(year, today),
        "kinds": kinds_on_page(report_of(unit, year, today, smallest)),
        "smallest": smallest,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/family/report.html", context)
