"""Talks about one pupil: pupil, guardian and school on one screen. Nobody else's child is on any of these pages."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.once import key_of_form, made_once
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..family.agreement_forms import lines_of
from ..family.talk_door import agreement_of, check_may_meet, locate_talk
from ..family.talk_forms import NewTalkForm, TalkForm
from ..family.talk_page import rows_to_print, talks_of
from ..models import MeetingKind, Talk
from ..services.family import Clash, begin_talk, close_talk, mark_agreement, write_talk


@requires(Permission.SEE_PUPILS, locate_pupil)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(Limited.PUPIL_PAGES)
def talk_list(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """The pupil's talks, what is agreed on and not done yet, and a new one."""
    check_may_meet(request)
    today, school_class, once = request.sight.today, request.line[-1], key_of_form(request)
    kinds = MeetingKind.objects.filter(is_talk=True, closed_at__isnull=True)
    form = NewTalkForm(request.POST or None, kinds=list(kinds), today=today)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        begin = partial(
            begin_talk,
            pupil=pupil,
            unit=school_class,
            kind=form.chosen_kind,
            held_on=cleaned["held_on"],
            present=cleaned["present"],
            by=request.user,
        )
        own = Talk.objects.filter(pupil=pupil, made_by=request.user)
        try:
            talk = made_once(own, once, lambda key: begin(key=key))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("interventions:talk", talk.key)
    record("talks seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    context = {
        "pupil": pupil,
        "form": form,
        "once": once,
        "breadcrumb": _breadcrumb(request, pupil, None),
        **talks_of(pupil, today),
    }
    return render(
        request, "interventions/family/talk_list.html", context, status=422 if form.is_bound else 200
    )


@requires(Permission.SEE_PUPILS, locate_talk)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(Limited.PUPIL_PAGES)
def talk(request: MunicipalityRequest, talk: Talk) -> HttpResponse:
    """One screen for all who are there. Whichever button is pressed, everything on it is saved."""
    check_may_meet(request)
    if request.method == "POST":
        return _write(request, talk, closes=False)
    return _show(request, talk)


@requires(Permission.SEE_PUPILS, locate_talk)
@require_POST
def talk_close(request: MunicipalityRequest, talk: Talk) -> HttpResponse:
    """Saves what stands on the page, and ends the talk if nothing is left in the air."""
    check_may_meet(request)
    return _write(request, talk, closes=True)


@requires(Permission.SEE_PUPILS, locate_talk)
@require_POST
def talk_agreement(request: MunicipalityRequest, talk: Talk) -> HttpResponse:
    """An agreement is done, or not yet after all; also when the talk has long ended."""
    check_may_meet(request)
    found = agreement_of(talk, request.POST.get("agreement", ""))
    mark_agreement(agreement=found, is_done=request.POST.get("is_done") == "1", by=request.user)
    if request.POST.get("from") == "list":
        return redirect("interventions:talk-list", talk.pupil.key)
    return redirect("interventions:talk", talk.key)


@requires(Permission.SEE_PUPILS, locate_talk)
@limited(Limited.PUPIL_PAGES)
def talk_print(request: MunicipalityRequest, talk: Talk) -> HttpResponse:
    """The talk on paper, for the family to take along."""
    check_may_meet(request)
    record("talk printed", by=request.user, unit=request.line[-1], subject=talk.key, pupils=[talk.pupil_id])
    context = {
        "talk": talk,
        "place": ", ".join(unit.name for unit in reversed(request.line[-2:])),
        "back_url": reverse("interventions:talk", args=[talk.key]),
        **rows_to_print(talk),
    }
    return render(request, "interventions/family/talk_print.html", context)


def _write(request: MunicipalityRequest, talk: Talk, *, closes: bool) -> HttpResponse:
    form, lines = TalkForm(request.POST, talk=talk), lines_of(talk, request.POST)
    if not (form.is_valid() & lines.is_valid()):
        return _show(request, talk, form=form, lines=lines)
    try:
        clashes = write_talk(talk=talk, written=form.written(lines), by=request.user)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _show(request, talk, form=form, lines=lines)
    talk.refresh_from_db()
    if clashes:
        return _show(request, talk, clashes=clashes)
    if not closes:
        return redirect(reverse("interventions:talk", args=[talk.key]) + _place(request))
    try:
        close_talk(talk=talk, by=request.user)
    except ValidationError as refusal:
        return _show(request, talk, lacking=refusal.messages)
    messages.success(
        request, _("The talk is ended. Print it for the family, or let them answer three questions.")
    )
    return redirect("interventions:talk", talk.key)


def _place(request: MunicipalityRequest) -> str:
    """Back to the question whose button was pressed, which says that it is saved."""
    place = request.POST.get("save", "")
    return f"?saved={place}#{place}" if re.fullmatch(r"q-\d{1,3}", place) else "?saved=agreements#agreements"


def _show(
    request: MunicipalityRequest,
    talk: Talk,
    *,
    form: TalkForm | None = None,
    lines: Any = None,
    clashes: list[Clash] | None = None,
    lacking: list[str] | None = None,
) -> HttpResponse:
    """The page, with what was sent and not taken on."""
    school_class = request.line[-1]
    record("talk seen", by=request.user, unit=school_class, subject=talk.key, pupils=[talk.pupil_id])
    is_refused = form is not None or lacking is not None
    context = {
        "talk": talk,
        "pupil": talk.pupil,
        "form": form or TalkForm(talk=talk, clashes=clashes),
        "lines": lines or lines_of(talk, clashes=clashes),
        "n_clashes": len(clashes or []),
        "lacking": lacking,
        "saved": request.GET.get("saved", "") if request.method == "GET" else "",
        "breadcrumb": _breadcrumb(request, talk.pupil, talk),
        **rows_to_print(talk),
    }
    page = "talk_ended" if talk.is_closed and not is_refused else "talk"
    status = 409 if clashes else 422 if is_refused else 200
    return render(request, f"interventions/family/{page}.html", context, status=status)


def _breadcrumb(request: MunicipalityRequest, pupil: Pupil, talk: Talk | None) -> list[tuple[Any, str]]:
    crumbs: list[tuple[Any, str]] = [
        *breadcrumb_of(request.sight, request.line),
        (pupil.shown_name, reverse("colourmaps:pupil", args=[pupil.key])),
    ]
    talks = reverse("interventions:talk-list", args=[pupil.key])
    return [*crumbs, (_("Talks"), talks)] if talk else [*crumbs, (_("Talks"), request.path)]
