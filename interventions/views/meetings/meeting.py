"""The page of a meeting: its agenda before and while it goes on; afterwards its recap."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import DropForm, HoldingForm, NoteForm, PresenceForm
from ...meetings.case_words import cases_of
from ...meetings.people import people_to_choose
from ...meetings.room import listed, progress_of
from ...models import AnalysisMeeting
from .frame import find_to_read, frame_of, log_seen, note_forms


@requires_somewhere(Permission.MEET)
def meeting(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_to_read(request, key)
    if found.closed_at is not None:
        return redirect("interventions:meeting-recap", key)
    return show(request, found)


def show(
    request: MunicipalityRequest,
    meeting: AnalysisMeeting,
    *,
    holding_form: HoldingForm | None = None,
    presence_form: PresenceForm | None = None,
    drop_form: DropForm | None = None,
    dropping: str = "",
    refused_note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was sent and not taken on. dropping: key of the case that was to be dropped."""
    cases = cases_of(meeting)
    people = people_to_choose(meeting)
    log_seen(request, meeting, (case.pupil_id for case in cases if case.pupil_id))
    lines = listed(cases, meeting)
    context = frame_of(request, meeting) | {
        "lines": [line for line in lines if not line.case.is_dropped],
        "dropped": [line for line in lines if line.case.is_dropped],
        "progress": progress_of(cases, meeting),
        "holding_form": holding_form or HoldingForm(meeting=meeting, people=people),
        "presence_form": presence_form or PresenceForm(meeting=meeting, people=people),
        "drop_form": drop_form or DropForm(),
        "dropping": dropping,
        "may_prepare": meeting.cancelled_at is None,
    }
    context |= note_forms(request, meeting, refused_note)
    return render(request, "interventions/meetings/meeting.html", context, status=status)
