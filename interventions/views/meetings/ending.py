"""The end of a meeting: what is missing before it closes, and what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import NoteForm
from ...meetings.case_words import cases_of
from ...meetings.entering import find_meeting
from ...meetings.recap import present_in_words, recap_of
from ...meetings.room import listed, progress_of
from ...models import AnalysisMeeting
from ...services import meetings as services
from .frame import find_to_read, frame_of, log_seen, note_forms, try_step


@requires_somewhere(Permission.MEET)
def meeting_close(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What is missing first; sent, the meeting is closed, if nothing is."""
    meeting = find_meeting(request, key)
    if meeting.started_at is None or meeting.closed_at is not None:
        return redirect("interventions:meeting", key)
    status = 200
    if request.method == "POST":
        if try_step(request, lambda: services.close_meeting(meeting=meeting, by=request.user)):
            messages.success(request, _("The meeting is closed. This is what came of it."))
            return redirect("interventions:meeting-recap", key)
        status = 422
    cases = cases_of(meeting)
    log_seen(request, meeting, (case.pupil_id for case in cases if case.pupil_id))
    context = frame_of(request, meeting) | {
        "open_lines": [line for line in listed(cases, meeting) if not line.case.is_settled],
        "progress": progress_of(cases, meeting),
        "present": present_in_words(meeting),
    }
    return render(request, "interventions/meetings/close.html", context, status=status)


@requires_somewhere(Permission.MEET)
def meeting_recap(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One page: case, measure, person, day. After the end also for who sees some of the classes, of these alone."""
    meeting = find_to_read(request, key)
    return show_recap(request, meeting)


def show_recap(
    request: MunicipalityRequest,
    meeting: AnalysisMeeting,
    *,
    refused_note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    recap = recap_of(meeting, request.sight)
    log_seen(request, meeting, recap.pupil_ids)
    context = frame_of(request, meeting) | {"recap": recap, "may_enter": recap.may_enter}
    if recap.may_enter:
        context |= note_forms(request, meeting, refused_note)
    return render(request, "interventions/meetings/recap.html", context, status=status)
