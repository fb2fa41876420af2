"""The room: one case at a time, on one screen, led from one keyboard."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import DecisionForm, NoteForm
from ...forms.meetings.deciding import decision_of
from ...meetings.background import background_of
from ...meetings.case_picture import picture_of
from ...meetings.case_words import cases_of
from ...meetings.entering import find_meeting
from ...meetings.people import people_to_choose
from ...meetings.planning import plan_url
from ...meetings.room import beside, days_to_propose, listed, next_open, progress_of, room_url
from ...models import AnalysisMeeting, MeetingCase
from ...services import meetings as services
from .agenda import seen_version
from .frame import frame_of, log_seen, note_forms, try_step

PLAN, REOPEN, DONE = "plan", "reopen", "done"


@requires_somewhere(Permission.MEET)
def meeting_room(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The next case that is open; when none is, the way to the end of the meeting."""
    meeting = find_meeting(request, key)
    return _elsewhere(meeting) or show_room(request, meeting, None)


@requires_somewhere(Permission.MEET)
def meeting_case(request: MunicipalityRequest, key: str, case_key: str) -> HttpResponse:
    """One case, and what is decided about it. What is sent after the end comes back with the reason."""
    meeting = find_meeting(request, key)
    is_sent = request.method == "POST" and meeting.started_at is not None
    if not is_sent and (elsewhere := _elsewhere(meeting)):
        return elsewhere
    cases = cases_of(meeting)
    case = next((each for each in cases if each.key == case_key), None)
    if case is None:
        raise Http404
    if not is_sent:
        return show_room(request, meeting, case, cases=cases)
    if request.POST.get("act") == REOPEN:
        version = seen_version(request)
        try_step(request, lambda: services.undecide_case(case=case, version=version, by=request.user))
        return redirect(room_url(meeting, case))
    if request.POST.get("act") == DONE and case.earlier is not None:
        earlier = case.earlier
        on = request.sight.today
        try_step(request, lambda: services.mark_done(case=earlier, on=on, by=request.user))
        return redirect(room_url(meeting, case))
    return _decide(request, meeting, case, cases)


def _elsewhere(meeting: AnalysisMeeting) -> HttpResponse | None:
    if meeting.started_at is None or meeting.closed_at is not None:
        return redirect("interventions:meeting", meeting.key)
    return None


def _decide(
    request: MunicipalityRequest, meeting: AnalysisMeeting, case: MeetingCase, cases: list[MeetingCase]
) -> HttpResponse:
    form = _form(request, meeting, case)
    if not form.is_valid():
        return show_room(request, meeting, case, cases=cases, form=form, status=422)
    try:
        if not form.is_there_already(case):
            _write(form, request)
    except services.Conflict:
        return _show_both(request, meeting, case)
    except ValidationError as refusal:
        form.refuse(refusal)
        return show_room(request, meeting, case, cases=cases, form=form, status=422)
    return _go_on(request, meeting, case, form)


@transaction.atomic
def _write(form: DecisionForm, request: MunicipalityRequest) -> None:
    """The decision and what was said, both or none."""
    case, version, decision = form.case, form.cleaned_data["version"], form.decision
    if decision is not None and decision != decision_of(case):
        case = services.decide_case(case=case, version=version, decision=decision, by=request.user)
        version += 1
    if form.has_new_words:
        services.say(case=case, version=version, said=form.cleaned_data["said"], by=request.user)


def _show_both(request: MunicipalityRequest, meeting: AnalysisMeeting, case: MeetingCase) -> HttpResponse:
    """What was typed stays in the form, and beside it stands what the other has written; sent once more, it counts."""
    cases = cases_of(meeting)
    theirs = next(each for each in cases if each.pk == case.pk)
    sent = request.POST.copy()
    sent["version"] = str(theirs.version)
    form = _form(request, meeting, theirs, sent)
    form.is_valid()
    return show_room(request, meeting, theirs, cases=cases, form=form, theirs=theirs, status=409)


def _form(
    request: MunicipalityRequest, meeting: AnalysisMeeting, case: MeetingCase, sent: object = None
) -> DecisionForm:
    return DecisionForm(
        sent or request.POST or None,
        case=case,
        people=people_to_choose(meeting, case),
        usual_day=days_to_propose(meeting, request.sight.today).usual,
    )


def _go_on(
    request: MunicipalityRequest, meeting: AnalysisMeeting, case: MeetingCase, form: DecisionForm
) -> HttpResponse:
    """To the next open case; to the plan of an intervention, where that was asked for; else it stays."""
    if form.decision is None:
        address = room_url(meeting, case)
    elif request.POST.get("then") == PLAN and (plan := plan_url(meeting, case, request.sight)):
        address = plan
    else:
        address = room_url(meeting, next_open(cases_of(meeting), after=case))
    if request.htmx:
        return JsonResponse({"next": address, "at": time_format(localtime(), "TIME_FORMAT")})
    messages.success(request, _("Saved."))
    return redirect(address)


def show_room(
    request: MunicipalityRequest,
    meeting: AnalysisMeeting,
    case: MeetingCase | None,
    *,
    cases: list[MeetingCase] | None = None,
    form: DecisionForm | None = None,
    theirs: MeetingCase | None = None,
    refused_note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """theirs: the case as somebody else has left it meanwhile. Without a case, the next that is open."""
    cases = cases_of(meeting) if cases is None else cases
    case = case or next_open(cases)
    lines = listed(cases, meeting)
    context = frame_of(request, meeting) | {
        "lines": lines,
        "progress": progress_of(cases, meeting),
        "close_url": reverse("interventions:meeting-close", args=[meeting.key]),
    }
    context |= note_forms(request, meeting, refused_note)
    seen = {each.pupil_id for each in cases if each.pupil_id}
    if case is not None:
        picture = picture_of(case, meeting, request.sight.today)
        seen |= set(picture.pupil_ids) if picture else set()
        before, after = beside(cases, case)
        days = days_to_propose(meeting, request.sight.today)
        context |= {
            "case": case,
            "line": next(line for line in lines if line.case.pk == case.pk),
            "before_url": room_url(meeting, before) if before else "",
            "after_url": room_url(meeting, after) if after else "",
            "case_url": room_url(meeting, case),
            "picture": picture,
            "background": background_of(case, meeting, request.sight),
            "form": form
            or DecisionForm(case=case, people=people_to_choose(meeting, case), usual_day=days.usual),
            "days": days.proposed,
            "theirs": theirs,
            "may_plan": bool(plan_url(meeting, case, request.sight)),
        }
    log_seen(request, meeting, seen)
    return render(request, "interventions/meetings/room.html", context, status=status)
