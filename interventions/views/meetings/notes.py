"""What is written at a meeting beside its decisions: for those there, for the level above, for oneself."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import NoteForm
from ...meetings.entering import find_meeting
from ...meetings.notes import Place, notes_of
from ...models import AnalysisMeeting, NoteAudience, Rung
from ...questions.border import school_of
from ...services import meetings as services
from .ending import show_recap
from .meeting import show
from .room import show_room


@requires_somewhere(Permission.MEET)
@require_POST
def meeting_note(request: MunicipalityRequest, key: str, place: str) -> HttpResponse:
    """One note is saved. From a script the answer is its new version; else the page from which it was sent."""
    meeting = find_meeting(request, key)
    found = notes_of(meeting, request.user).places.get(place)
    if found is None:
        raise Http404
    form = NoteForm(request.POST, place=found, school=_looked_at(meeting, found))
    if not form.is_valid():
        return _show_again(request, meeting, form, 422)
    cleaned = form.cleaned_data
    if cleaned["text"] == found.text:
        return _saved(request, meeting, found.version)
    try:
        note = services.write_note(
            meeting=meeting,
            audience=found.audience,
            prompt=found.prompt,
            text=cleaned["text"],
            version=cleaned["version"],
            by=request.user,
            no_names=cleaned["no_name"],
        )
    except services.Conflict:
        return _show_again(request, meeting, _compared(request, form, found), 409)
    except ValidationError as refusal:
        form.add_error("text", ValidationError(refusal.messages))
        return _show_again(request, meeting, form, 422)
    return _saved(request, meeting, note.version)


def _looked_at(meeting: AnalysisMeeting, place: Place) -> Unit | None:
    """The school whose pupils' names are looked for: in what goes to the level above it."""
    is_for_above = place.audience == NoteAudience.SHARED and meeting.kind.rung == Rung.SCHOOL
    return school_of(meeting.unit) if is_for_above else None


def _compared(request: MunicipalityRequest, form: NoteForm, place: Place) -> NoteForm:
    """With what somebody else has written beside what was typed; sent once more, it counts."""
    sent = request.POST.copy()
    sent["version"] = str(place.version)
    return NoteForm(sent, place=place, school=form.school, theirs=place.note)


def _saved(request: MunicipalityRequest, meeting: AnalysisMeeting, version: int) -> HttpResponse:
    if request.htmx:
        return JsonResponse({"version": version, "at": time_format(localtime(), "TIME_FORMAT")})
    messages.success(request, _("The note is saved."))
    return redirect(_back(request, meeting))


def _back(request: MunicipalityRequest, meeting: AnalysisMeeting) -> str:
    name = {"room": "meeting-room", "recap": "meeting-recap"}.get(request.POST.get("from", ""), "meeting")
    return redirect(f"interventions:{name}", meeting.key).url


def _show_again(
    request: MunicipalityRequest, meeting: AnalysisMeeting, form: NoteForm, status: int
) -> HttpResponse:
    came_from = request.POST.get("from", "")
    if meeting.closed_at is not None:
        return show_recap(request, meeting, refused_note=form, status=status)
    if came_from == "room" and meeting.started_at is not None:
        return show_room(request, meeting, None, refused_note=form, status=status)
    return show(request, meeting, refused_note=form, status=status)
