"""The pages of the access auditor, and "who has seen this pupil" for the principal."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.audit import record
from accounts.dated import midnight_of
from accounts.log_verification import newest_check
from accounts.refusal import ActRefused
from accounts.roles import Permission
from accounts.secrecy import MEDICAL_ACTION
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_for_all

from ..models import Judgement, LogControl, Pupil, Selection
from ..web import locate_pupil
from .forms import AccountForm, ControlForm, PeriodForm, PupilSearchForm, SignForm, days_before
from .lines import lines_of
from .reading import (
    MOST_ROWS,
    classes_today,
    events_of_account,
    events_of_pupil,
    named_in,
    pupils_read,
    rows_of,
)
from .search import pupils_by
from .services import judge_line, make_control, sign_control

DAYS_SHOWN = 90
DAY_BEGINS, DAY_ENDS = 6, 19

auditors_door: Callable[[Callable], Callable] = requires_for_all(Permission.READ_ACCESS_LOG)


@auditors_door
@require_GET
def log(request: MunicipalityRequest) -> HttpResponse:
    """What can be done with the log, the controls, and whether it is as it was sealed."""
    controls = LogControl.objects.select_related("made_by", "signed_by").annotate(
        n_lines=Count("lines"), n_judged=Count("lines", filter=~Q(lines__judgement=Judgement.NONE))
    )
    context = {
        "open": [control for control in controls.order_by("-made_at") if not control.is_signed],
        "signed": [control for control in controls.order_by("-signed_at") if control.is_signed],
        "check": newest_check(),
        "search": PupilSearchForm(),
        "account": AccountForm(None, request.municipality),
        "account_initial": _usual_moments(request),
    }
    return render(request, "pupils/access_log/log.html", context)


@auditors_door
@require_http_methods(["GET", "POST"])
def log_control_new(request: MunicipalityRequest) -> HttpResponse:
    form = ControlForm(request.POST or None, initial=_proposal(request))
    if form.is_valid():
        try:
            control = make_control(**form.cleaned_data, by=request.user)
        except ActRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("pupils:log-control", control.key)
    context = {"form": form, "breadcrumb": _crumbs((_("New control"), ""))}
    status = 422 if form.errors else 200
    return render(request, "pupils/access_log/control_new.html", context, status=status)


def _proposal(request: MunicipalityRequest) -> dict[str, Any]:
    """The last whole month, and the hours of the last control: they are the municipality's."""
    last_on = request.sight.today.replace(day=1) - datetime.timedelta(days=1)
    before = LogControl.objects.order_by("-made_at").first()
    return {
        "first_on": last_on.replace(day=1),
        "last_on": last_on,
        "selections": list(Selection.values),
        "n_random": before.n_random if before else 20,
        "day_begins": before.day_begins if before else DAY_BEGINS,
        "day_ends": before.day_ends if before else DAY_ENDS,
    }


@auditors_door
@require_GET
def log_control(request: MunicipalityRequest, key: str) -> HttpResponse:
    return _show_control(request, find_control(key))


def _show_control(
    request: MunicipalityRequest, control: LogControl, form: SignForm | None = None, status: int = 200
) -> HttpResponse:
    lines = lines_of(control, request.user)
    record("log control seen", by=request.user, subject=control.key, pupils=named_in([x.row for x in lines]))
    context = {
        "control": control,
        "lines": lines,
        "n_open": sum(line.line.judgement == Judgement.NONE for line in lines),
        "n_own": sum(line.is_own and line.line.judgement == Judgement.NONE for line in lines),
        "counts": [
            (label, sum(x.line.judgement == code for x in lines)) for code, label in Judgement.choices
        ],
        "found": [(Selection(code).label, n) for code, n in control.found.items()],
        "judgements": [choice for choice in Judgement.choices if choice[0]],
        "form": form or SignForm(),
        "breadcrumb": _crumbs((_("Control"), "")),
    }
    return render(request, "pupils/access_log/control.html", context, status=status)


@auditors_door
@require_POST
def log_control_judge(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What has been said of the lines: each that differs from what stood there is written, the others are left."""
    control = find_control(key)
    refused = ""
    for line in control.lines.all():
        judgement = request.POST.get(f"judgement-{line.key}", line.judgement)
        note = request.POST.get(f"note-{line.key}", line.note)[:2000].strip()
        if judgement not in Judgement.values or (judgement, note) == (line.judgement, line.note):
            continue
        try:
            judge_line(line=line, judgement=judgement, note=note, by=request.user)
        except ActRefused as refusal:
            refused = str(refusal)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("What you have judged is saved."))
    return redirect("pupils:log-control", key)


@auditors_door
@require_POST
def log_control_sign(request: MunicipalityRequest, key: str) -> HttpResponse:
    control, form = find_control(key), SignForm(request.POST)
    if form.is_valid():
        try:
            sign_control(control=control, outcome=form.cleaned_data["outcome"], by=request.user)
        except ActRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The control is signed."))
            return redirect("pupils:log-control", key)
    return _show_control(request, control, form, status=422)


def find_control(key: str) -> LogControl:
    control = LogControl.objects.select_related("made_by", "signed_by").filter(key=key).first()
    if control is None:
        raise Http404
    return control


@auditors_door
@require_GET
def log_account(request: MunicipalityRequest) -> HttpResponse:
    """What an account has read between two moments: whose data, and on which pages."""
    form = AccountForm(request.GET or None, request.municipality)
    context: dict[str, Any] = {
        "form": form,
        "initial": _usual_moments(request),
        "breadcrumb": _crumbs((_("What an account has read"), "")),
    }
    if form.is_valid():
        said = form.cleaned_data
        events = events_of_account(said["person"], said["since"], said["until"])
        pupils = pupils_read(events)
        rows = rows_of(list(events[:MOST_ROWS]), names_pupils=True)
        shown = pupils[:MOST_ROWS]
        record(
            "log of account seen",
            by=request.user,
            subject=said["person"].key,
            pupils={each.pupil.pk for each in shown} | named_in(rows),
        )
        context |= {
            "person": said["person"],
            "said": said,
            "rows": rows,
            "n_reads": events.count(),
            "pupils": shown,
            "n_pupils": len(pupils),
            "most": MOST_ROWS,
            "file_url": f"{reverse('colourmaps:log-account-xlsx')}?{request.GET.urlencode()}",
        }
    return render(request, "pupils/access_log/account.html", context)


def _usual_moments(request: MunicipalityRequest) -> dict[str, str]:
    """The last thirty days, as the fields of the form take them."""
    first, last = days_before(30)
    return {"since": f"{first.isoformat()}T00:00", "until": f"{last.isoformat()}T23:59"}


@auditors_door
@require_http_methods(["GET", "POST"])
def log_pupil_search(request: MunicipalityRequest) -> HttpResponse:
    """Pupils by name or number, to follow up who has seen them. By POST: no name in an address."""
    form = PupilSearchForm(request.POST or None)
    found: list[Pupil] = []
    if form.is_valid():
        found = pupils_by(form.cleaned_data["q"])
        record("pupils found", by=request.user, subject="log", pupils=[pupil.pk for pupil in found])
    classes = classes_today(pupil.pk for pupil in found)
    context = {
        "form": form,
        "searched": form.is_bound,
        "found": [(pupil, classes.get(pupil.pk, "")) for pupil in found],
        "breadcrumb": _crumbs((_("Who has seen a pupil"), "")),
    }
    return render(request, "pupils/access_log/pupil_search.html", context)


@auditors_door
@require_GET
def log_pupil(request: MunicipalityRequest, key: str) -> HttpResponse:
    pupil = Pupil.objects.filter(key=key).first()
    if pupil is None:
        raise Http404
    crumbs = _crumbs((_("Who has seen a pupil"), reverse("pupils:log-pupil-search")), (pupil.shown_name, ""))
    return _seen_by(request, pupil, crumbs, is_school=False)


@requires(Permission.SEE_READERS, locate_pupil)
@require_GET
def seen_by(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """Who has seen a pupil of the school: for the principal. Only what medical pupil health did is its own."""
    crumbs = [
        *breadcrumb_of(request.sight, request.line),
        (pupil.shown_name, reverse("colourmaps:pupil", args=[pupil.key])),
        (_("Who has seen this"), ""),
    ]
    return _seen_by(request, pupil, crumbs, is_school=True)


def _seen_by(
    request: MunicipalityRequest, pupil: Pupil, crumbs: list[tuple[str, str]], *, is_school: bool
) -> HttpResponse:
    """is_school: the reader belongs to the school's side of the wall, which must not learn that there is anything."""
    first, last = days_before(DAYS_SHOWN)
    form = PeriodForm(request.GET or {"since": first.isoformat(), "until": last.isoformat()})
    rows, n_events = [], 0
    if form.is_valid():
        said = form.cleaned_data
        until = midnight_of(said["until"] + datetime.timedelta(days=1))
        events = events_of_pupil(pupil, midnight_of(said["since"]), until)
        if is_school:
            events = events.exclude(action__startswith=MEDICAL_ACTION)
        n_events = events.count()
        rows = rows_of(list(events[:MOST_ROWS]))
    record("log of pupil seen", by=request.user, unit=_unit(request), subject=pupil.key, pupils=[pupil.pk])
    context = {
        "pupil": pupil,
        "form": form,
        "rows": rows,
        "n_events": n_events,
        "n_people": len({row.event.actor_id for row in rows}),
        "most": MOST_ROWS,
        "breadcrumb": crumbs,
    }
    return render(request, "pupils/access_log/seen_by.html", context)


def _unit(request: MunicipalityRequest) -> Any:
    line = getattr(request, "line", None)
    return line[-1] if line else None


def _crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Log"), reverse("pupils:log")), *crumbs]
