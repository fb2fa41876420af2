"""Who leads a meeting, who is there, and its start."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import HoldingForm, PresenceForm
from ...meetings.entering import find_meeting
from ...meetings.people import people_to_choose
from ...services import meetings as services
from ...services.meetings.holding import change_holding, write_presence
from .agenda import tell_what_has_no_room
from .frame import try_step
from .meeting import show


@requires_somewhere(Permission.MEET)
@require_POST
def meeting_start(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The picture is frozen, the agenda filled, and the room opens."""
    meeting = find_meeting(request, key)
    if try_step(request, lambda: services.start_meeting(meeting=meeting, by=request.user)):
        tell_what_has_no_room(request, meeting)
        return redirect("interventions:meeting-room", key)
    return redirect("interventions:meeting", key)


@requires_somewhere(Permission.MEET)
@require_POST
def meeting_holding(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Who leads it, when on its day, for how long and where."""
    meeting = find_meeting(request, key)
    form = HoldingForm(request.POST, meeting=meeting, people=people_to_choose(meeting))

    def change() -> None:
        change_holding(meeting=meeting, by=request.user, **form.holding)

    if form.is_valid() and try_step(request, change, form):
        messages.success(request, _("The meeting is changed."))
        return redirect("interventions:meeting", key)
    return show(request, meeting, holding_form=form, status=422)


@requires_somewhere(Permission.MEET)
@require_POST
def meeting_presence(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Who is there."""
    meeting = find_meeting(request, key)
    form = PresenceForm(request.POST, meeting=meeting, people=people_to_choose(meeting))

    def write() -> None:
        others = form.cleaned_data["others"]
        write_presence(meeting=meeting, present=form.chosen, others=others, by=request.user)

    if form.is_valid() and try_step(request, write, form):
        messages.success(request, _("It is written down who is here."))
        return redirect("interventions:meeting", key)
    return show(request, meeting, presence_form=form, status=422)
