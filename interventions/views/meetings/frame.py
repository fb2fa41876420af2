"""What the pages of a meeting share: its head, its notes, what is logged, and how a step is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.audit import record
from accounts.web import MunicipalityRequest, breadcrumb_of

from ...forms.meetings import NoteForm
from ...meetings.calendar.offering import may_plan
from ...meetings.entering import find_meeting, units_of
from ...meetings.notes import notes_of
from ...meetings.saving_words import saving_words
from ...meetings.states import MeetingState, state_of
from ...models import AnalysisMeeting, Rung

STATE_CLASSES = {
    MeetingState.PLANNED: "",
    MeetingState.MISSED: "strong",
    MeetingState.RUNNING: "accent",
    MeetingState.HELD: "soft",
    MeetingState.CANCELLED: "soft",
}


def find_to_read(request: MunicipalityRequest, key: str) -> AnalysisMeeting:
    """For who may enter; once it is closed, also for who sees some of what it is about."""
    try:
        return find_meeting(request, key)
    except AccessDenied:
        meeting = find_meeting(request, key, to_enter=False)
        if meeting.closed_at is None:
            raise
        return meeting


def frame_of(request: MunicipalityRequest, meeting: AnalysisMeeting) -> dict[str, Any]:
    """The head of every page of the meeting."""
    state = state_of(meeting, request.sight.today)
    return {
        "meeting": meeting,
        "today": request.sight.today,
        "is_inside": meeting.kind.is_inside,
        "about": ", ".join(unit.name for unit in units_of(meeting)),
        "state": state.label,
        "state_class": STATE_CLASSES[state],
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "picture_url": picture_url(meeting),
        "head_links": head_links(request, meeting),
        "saving_words": saving_words(),
        "sign_in_url": f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': _page_to_return_to(request, meeting)})}",
    }


def _page_to_return_to(request: MunicipalityRequest, meeting: AnalysisMeeting) -> str:
    """Where somebody who signs in again comes back to: never to an address that only takes forms."""
    return request.path if request.method == "GET" else reverse("interventions:meeting", args=[meeting.key])


def picture_url(meeting: AnalysisMeeting) -> str:
    """The map that the meeting saw; before its start, empty."""
    return reverse("interventions:meeting-picture", args=[meeting.key]) if meeting.started_at else ""


def head_links(request: MunicipalityRequest, meeting: AnalysisMeeting) -> list[tuple[str, str]]:
    """(label, address) of what can be done with the meeting as a whole."""
    links = []
    if meeting.started_at:
        links.append((_("The map that the meeting saw"), picture_url(meeting)))
    if meeting.kind.rung == Rung.TEAM and meeting.closed_at is None:
        links.append((_("What the teachers have written"), reverse("interventions:team-notes")))
    if meeting.kind.asks_family and meeting.cancelled_at is None:
        links.append((_("The family's code"), reverse("interventions:family-code", args=[meeting.key])))
    is_ahead = meeting.started_at is None and meeting.cancelled_at is None
    if is_ahead and may_plan(request.sight, meeting.unit, list(meeting.covered_units.all())):
        links.append((_("Move"), reverse("interventions:meeting-move", args=[meeting.key])))
        links.append((_("Cancel the meeting"), reverse("interventions:meeting-cancel", args=[meeting.key])))
    return links


def log_seen(request: MunicipalityRequest, meeting: AnalysisMeeting, pupil_ids: Iterable[int]) -> None:
    """One event per page, with the pupils whose cases or results were on it."""
    record("meeting seen", by=request.user, unit=meeting.unit, subject=meeting.key, pupils=set(pupil_ids))


def note_forms(
    request: MunicipalityRequest, meeting: AnalysisMeeting, refused: NoteForm | None = None
) -> dict[str, Any]:
    """The three places where something is written; refused: what was sent for one of them and not taken on."""
    notes = notes_of(meeting, request.user)

    def form(place: Any) -> NoteForm:
        if refused is not None and refused.place.code == place.code:
            return refused
        return NoteForm(place=place, school=None)

    return {
        "answer_forms": [form(place) for place in notes.answers],
        "shared_form": form(notes.shared),
        "private_form": form(notes.private),
    }


def try_step(request: MunicipalityRequest, step: Callable[[], Any], form: BaseForm | None = None) -> bool:
    """Whether the step was taken; if not, the form says why, or without one the next page."""
    try:
        step()
    except ValidationError as refusal:
        if form is None:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        else:
            form.add_error(None, ValidationError(refusal.messages))
        return False
    return True
