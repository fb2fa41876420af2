"""The agenda of a meeting: put together by itself, moved, dropped for a reason, added to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.audit import record
from accounts.once import key_of_form, made_once
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ...forms.meetings import AddCaseForm, DropForm
from ...meetings.adding import offered_in
from ...meetings.agenda import MOST_CASES, n_left_out
from ...meetings.entering import find_meeting
from ...models import AnalysisMeeting, MeetingCase
from ...services import meetings as services
from .frame import frame_of, try_step
from .meeting import show

Step = Callable[[MunicipalityRequest, AnalysisMeeting], HttpResponse | None]


@requires_somewhere(Permission.MEET)
@require_POST
def meeting_agenda(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One step with the agenda; the button says which, and the case by its key."""
    meeting = find_meeting(request, key)
    step = STEPS.get(request.POST.get("act", ""))
    if step is None:
        raise Http404
    return step(request, meeting) or redirect("interventions:meeting", key)


def _case(request: MunicipalityRequest, meeting: AnalysisMeeting) -> MeetingCase:
    case = meeting.cases.filter(key=request.POST.get("case", "")).first()
    if case is None:
        raise Http404
    return case


def seen_version(request: MunicipalityRequest) -> int:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


def _prepare(request: MunicipalityRequest, meeting: AnalysisMeeting) -> HttpResponse | None:
    def prepare() -> None:
        n = services.prepare_agenda(meeting=meeting, by=request.user)
        sentence = ngettext(
            "%(n)s case has been put on the agenda.", "%(n)s cases have been put on the agenda.", n
        )
        messages.success(
            request, sentence % {"n": n} if n else _("There is nothing more to put on the agenda.")
        )
        tell_what_has_no_room(request, meeting)

    try_step(request, prepare)
    return None


def tell_what_has_no_room(request: MunicipalityRequest, meeting: AnalysisMeeting) -> None:
    """What an agenda leaves out is not forgotten: it stays red, and waits for the next meeting."""
    n = n_left_out(meeting)
    if n:
        sentence = ngettext(
            "%(n)s more case has no room on an agenda of %(most)s. It waits for the next meeting.",
            "%(n)s more cases have no room on an agenda of %(most)s. They wait for the next meeting.",
            n,
        )
        messages.info(request, sentence % {"n": n, "most": MOST_CASES})


def _move(request: MunicipalityRequest, meeting: AnalysisMeeting, by: int) -> HttpResponse | None:
    case = _case(request, meeting)
    shown = [each for each in meeting.cases.all() if not each.is_dropped]
    place = next((n for n, each in enumerate(shown) if each.pk == case.pk), None)
    if place is None or not 0 <= place + by < len(shown):
        return None
    target = place - 1 if by < 0 else place + 2
    before = shown[target] if target < len(shown) else None
    try_step(request, lambda: services.move_case(case=case, before=before, by=request.user))
    return None


def _drop(request: MunicipalityRequest, meeting: AnalysisMeeting) -> HttpResponse | None:
    case, form = _case(request, meeting), DropForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    version = seen_version(request)

    def drop() -> None:
        services.drop_case(case=case, version=version, why=why, by=request.user)

    if form.is_valid() and try_step(request, drop, form):
        return None
    return show(request, meeting, drop_form=form, dropping=case.key, status=422)


def _take_back(request: MunicipalityRequest, meeting: AnalysisMeeting) -> HttpResponse | None:
    case, version = _case(request, meeting), seen_version(request)
    try_step(request, lambda: services.take_back_case(case=case, version=version, by=request.user))
    return None


STEPS: dict[str, Step] = {
    "prepare": _prepare,
    "up": lambda request, meeting: _move(request, meeting, -1),
    "down": lambda request, meeting: _move(request, meeting, 1),
    "drop": _drop,
    "take_back": _take_back,
}


@requires_somewhere(Permission.MEET)
def meeting_case_new(request: MunicipalityRequest, key: str) -> HttpResponse:
    """A case that somebody puts on the agenda; while the meeting goes on, it comes up at once."""
    meeting = find_meeting(request, key)
    if meeting.closed_at is not None or meeting.cancelled_at is not None:
        return redirect("interventions:meeting", key)
    offered, once = offered_in(meeting, request.sight), key_of_form(request)
    form = AddCaseForm(request.POST if request.method == "POST" else None, **vars(offered))
    if request.method == "POST" and form.is_valid():
        try:
            add = partial(services.add_case, meeting=meeting, by=request.user, **form.case)
            case = made_once(meeting.cases.all(), once, lambda key: add(key=key))
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            messages.success(request, _("It is on the agenda."))
            if meeting.started_at is not None:
                return redirect("interventions:meeting-case", key, case.key)
            return redirect("interventions:meeting", key)
    for unit, members in offered.pupils.items():
        record("pupils seen", by=request.user, unit=unit, subject="meeting", pupils=[p.pk for p in members])
    context = frame_of(request, meeting) | {"form": form, "once": once}
    status = 422 if form.is_bound else 200
    return render(request, "interventions/meetings/case_new.html", context, status=status)
