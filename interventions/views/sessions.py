"""Sessions: planned from the plan's dose and period, marked in one step each or several at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..delivery import by_week, proposed_days
from ..forms import DaysForm, MarkForm, SessionForm, SeveralForm, WishForm
from ..models import Intervention
from ..services import add_session, mark_session, mark_sessions, plan_sessions, remove_sessions
from ..session_page import n_expected_of, sessions_context
from ..web import find_intervention, numbered


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def session_list(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What is to be marked, what lies ahead and what has been; whoever may see the intervention may mark."""
    found = find_intervention(request, key)
    return _show(request, found)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def session_plan(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Days are proposed as the address asks; those that are kept become sessions."""
    found = find_intervention(request, key)
    wish_form = WishForm(request.GET, intervention=found)
    n_expected = n_expected_of(found, request.sight.today)
    days_form = DaysForm(request.POST or None, intervention=found, n_expected=n_expected)
    if request.method == "POST" and days_form.is_valid():
        cleaned = days_form.cleaned_data
        try:
            n = plan_sessions(
                intervention=found, days=cleaned["days"], n_expected=cleaned["n_expected"], by=request.user
            )
        except ValidationError as refusal:
            days_form.add_error(None, refusal)
        else:
            messages.success(
                request, ngettext("%(n)s session is planned.", "%(n)s sessions are planned.", n) % {"n": n}
            )
            return redirect("interventions:session-list", found.key)
    taken = set(found.sessions.values_list("on", flat=True))
    days = proposed_days(wish_form.wish, taken) if wish_form.is_valid() else []
    kept = set(request.POST.getlist("day")) or {day.isoformat() for day in days}
    context = {
        "intervention": found,
        "wish_form": wish_form,
        "days_form": days_form,
        "n_days": len(days),
        "weeks": [[(day, day.isoformat() in kept) for day in week] for week in by_week(days)],
        "n_taken": len(taken),
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    is_refused = days_form.is_bound or not wish_form.is_valid()
    return render(request, "interventions/session_plan.html", context, status=422 if is_refused else 200)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def session_add(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_intervention(request, key)
    form = SessionForm(request.POST, n_expected=n_expected_of(found, request.sight.today))
    if form.is_valid():
        try:
            add_session(intervention=found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The session is noted."))
            return redirect("interventions:session-list", found.key)
    return _show(request, found, added=form)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def session_mark(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One session. A plain form leads back to the list; htmx gets the list itself."""
    found = find_intervention(request, key)
    session = numbered(found.sessions, request.POST.get("session", ""))
    if session is None:
        raise Http404
    form = MarkForm(request.POST, session=session)
    if form.is_valid():
        try:
            mark_session(session=session, mark=form.mark, was=form.cleaned_data["was"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
    refused = None if form.is_valid() else form
    if refused or request.htmx:
        return _show(request, found, refused=refused)
    return redirect("interventions:session-list", found.key)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def session_mark_several(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_intervention(request, key)
    form = SeveralForm(request.POST, ids=list(found.sessions.values_list("pk", flat=True)))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("interventions:session-list", found.key)
    try:
        said = _do(request, found, form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("interventions:session-list", found.key)


def _do(request: MunicipalityRequest, found: Intervention, asked: dict[str, Any]) -> str:
    """Does it, and says how many it was done to and how many were left as they were."""
    chosen = asked["chosen"]
    if asked["do"] == "remove":
        n = remove_sessions(intervention=found, chosen=chosen, by=request.user)
        said = ngettext("%(n)s session is taken away.", "%(n)s sessions are taken away.", n) % {"n": n}
    else:
        n = mark_sessions(intervention=found, chosen=chosen, is_held=asked["do"] == "held", by=request.user)
        said = ngettext("%(n)s session is marked.", "%(n)s sessions are marked.", n) % {"n": n}
    n_left = len(chosen) - n
    if not n_left:
        return said
    left = ngettext(
        "%(n)s was left as it is: marked already, or not held yet.",
        "%(n)s were left as they are: marked already, or not held yet.",
        n_left,
    ) % {"n": n_left}
    return f"{said} {left}"


def _show(
    request: MunicipalityRequest,
    found: Intervention,
    *,
    refused: MarkForm | None = None,
    added: SessionForm | None = None,
) -> HttpResponse:
    """The page; to htmx the list alone, which it puts in the place of the old one."""
    context = sessions_context(request, found, refused) | {
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    if request.htmx and added is None:
        return render(request, "interventions/sessions_part.html", context | {"takes_focus": True})
    context["add_form"] = added or SessionForm(n_expected=n_expected_of(found, request.sight.today))
    is_refused = refused is not None or added is not None
    return render(request, "interventions/session_list.html", context, status=422 if is_refused else 200)
