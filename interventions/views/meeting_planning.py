"""Single meetings are planned, moved and cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Level, Unit
from accounts.queries import line_of
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere

from ..meetings.calendar.forms import AboutForm, CancelForm, FrameForm, MeetingForm, MoveForm
from ..meetings.calendar.offering import (
    check_may_change,
    check_may_plan,
    classes_to_choose,
    kinds_at,
    leads_to_choose,
    reads_words_of,
)
from ..meetings.entering import meetings_in_full
from ..models import AnalysisMeeting
from ..questions.visiting import check_may_look
from ..services.meeting_planning import (
    cancel_meeting,
    move_meeting,
    plan_meeting,
    take_back_cancellation,
)


@requires(Permission.PLAN_MEETINGS)
def meeting_new(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A single meeting at a unit, or of several classes of its school."""
    check_may_look(request.sight, request.line)
    form = form_about(request, unit, MeetingForm)
    if request.method == "POST" and form.is_valid():
        about = form.about
        check_may_plan(request.sight, about.unit, about.classes)
        try:
            meeting = plan_meeting(about=about, on=form.cleaned_data["on"], frame=form.frame, by=request.user)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            said = _("%(meeting)s is planned for %(day)s.")
            messages.success(
                request, said % {"meeting": meeting.kind.name, "day": date_format(meeting.planned_on)}
            )
            return redirect("interventions:unit-meetings", unit.key)
    context = {"form": form, "unit": unit, "breadcrumb": breadcrumb_of(request.sight, request.line)}
    status = 422 if form.is_bound else 200
    return render(request, "interventions/meetings/calendar_new.html", context, status=status)


def form_about(request: MunicipalityRequest, unit: Unit, form_class: type[Any]) -> Any:
    """A form of a meeting or a series with what can be chosen at the unit.

    Proposed are, at a class, the team of the classes for which the person has the role; whoever plans, as the lead.
    """
    sight = request.sight
    classes = classes_to_choose(sight, request.line)
    kinds = kinds_at(unit, has_classes=bool(classes))
    people = leads_to_choose(kinds, request.line, classes, sight.today)
    held_at = {own.pk for own in (unit, *sight.own_units(Permission.PLAN_MEETINGS))}
    initial = {
        "kind": kinds[-1].key if unit.is_school_class and kinds else None,
        "classes": [each.key for each in classes if each.pk in held_at],
        "lead": request.user.key,
    }
    form: AboutForm = form_class(request.POST or None, initial=initial, people=people)
    school = next((above for above in request.line if above.level == Level.SCHOOL), None)
    form.offer(unit, school, kinds, classes)
    return form


@requires_somewhere(Permission.PLAN_MEETINGS)
def meeting_move(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Another day, hour, place or lead."""
    meeting = find_to_change(request, key)
    classes = list(meeting.covered_units.all())
    people = leads_to_choose([meeting.kind], request.line, classes, request.sight.today)
    initial = {
        "on": meeting.planned_on,
        "at": meeting.at,
        "minutes": meeting.minutes,
        "place": meeting.place,
        "lead": meeting.lead.key,
    }
    reads = reads_words_of(request.sight, meeting.kind, meeting.unit, classes)
    kept_place = None if reads else meeting.place
    form = MoveForm(request.POST or None, initial=initial, people=people, kept_place=kept_place)
    if request.method == "POST" and form.is_valid():
        try:
            moved = move_meeting(
                meeting=meeting, on=form.cleaned_data["on"], frame=form.frame, by=request.user
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            said = _("%(meeting)s is planned for %(day)s.")
            messages.success(
                request, said % {"meeting": meeting.kind.name, "day": date_format(moved.planned_on)}
            )
            return _back(meeting)
    return _show(request, "interventions/meetings/calendar_move.html", meeting, form)


@requires_somewhere(Permission.PLAN_MEETINGS)
def meeting_cancel(request: MunicipalityRequest, key: str) -> HttpResponse:
    """With a reason; a cancellation is taken back here as well, until the day of the meeting."""
    meeting = find_to_change(request, key)
    takes_back = meeting.cancelled_at is not None
    form = CancelForm(request.POST if request.method == "POST" and not takes_back else None)
    if request.method == "POST" and (takes_back or form.is_valid()):
        try:
            if takes_back:
                take_back_cancellation(meeting=meeting, by=request.user)
            else:
                cancel_meeting(meeting=meeting, why=form.cleaned_data["why"], by=request.user)
        except ValidationError as refusal:
            if takes_back:
                messages.error(request, " ".join(refusal.messages))
                return _back(meeting)
            form.add_error(None, " ".join(refusal.messages))
        else:
            said = _("The meeting is held after all.") if takes_back else _("The meeting is cancelled.")
            messages.success(request, said)
            return _back(meeting)
    return _show(request, "interventions/meetings/calendar_cancel.html", meeting, form)


def find_to_change(request: MunicipalityRequest, key: str) -> AnalysisMeeting:
    """The meeting that an address names, for who may plan it; 404 for one that the municipality does not have."""
    meeting = meetings_in_full().filter(key=key, kind__is_talk=False).first()
    if meeting is None:
        raise Http404
    request.line = line_of(meeting.unit, request.sight.today)
    request.sight.keep_line(request.line)
    check_may_change(request.sight, meeting.unit, list(meeting.covered_units.all()))
    return meeting


def _back(meeting: AnalysisMeeting) -> HttpResponse:
    """To the calendar in which it stands, of a team to that of its first class."""
    classes = sorted(meeting.covered_units.all(), key=lambda unit: unit.name)
    return redirect("interventions:unit-meetings", (classes or [meeting.unit])[0].key)


def _show(
    request: MunicipalityRequest, template: str, meeting: AnalysisMeeting, form: FrameForm | CancelForm
) -> HttpResponse:
    classes = list(meeting.covered_units.all())
    context = {
        "form": form,
        "meeting": meeting,
        "reads_words": reads_words_of(request.sight, meeting.kind, meeting.unit, classes),
        "about": ", ".join(sorted(unit.name for unit in (meeting.covered_units.all() or [meeting.unit]))),
        "has_been": meeting.planned_on < request.sight.today,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    status = 422 if form.is_bound else 200
    return render(request, template, context, status=status)
