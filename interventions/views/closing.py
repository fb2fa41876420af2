"""An intervention is evaluated, and continued by another."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..answer_page import answer_of
from ..forms import ContinuationForm, EvaluationForm
from ..models import Intervention
from ..queries import possible_responsibles
from ..services import continue_intervention, evaluate_intervention
from ..session_page import delivered_context
from ..states import is_evaluated
from ..verdicts import latest_follow_up
from ..web import find_to_change


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def evaluation(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What was learnt and what follows, beside the answer and how much of the plan was delivered."""
    found = find_to_change(request, key)
    if request.method != "POST" and is_evaluated(found):
        return redirect("interventions:intervention", found.key)
    latest = latest_follow_up(found)
    form = EvaluationForm(
        request.POST or None, intervention=found, follow_up=latest, today=request.sight.today
    )
    if request.method == "POST" and form.is_valid():
        try:
            evaluate_intervention(intervention=found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The intervention is evaluated."))
            return redirect("interventions:intervention", found.key)
    return _show_evaluation(request, found, form)


def _show_evaluation(request: MunicipalityRequest, found: Intervention, form: EvaluationForm) -> HttpResponse:
    context = answer_of(request, found) | delivered_context(found, request.sight)
    context |= {
        "intervention": found,
        "form": form,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/evaluation.html", context, status=422 if form.is_bound else 200)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def intervention_continue(request: MunicipalityRequest, key: str) -> HttpResponse:
    """In one step: the same plan and people from another start on. What can be changed is changed on its page."""
    found = find_to_change(request, key)
    today = request.sight.today
    candidates = possible_responsibles(found.unit, today)
    form = ContinuationForm(request.POST, intervention=found, candidates=candidates, today=today)
    if form.is_valid():
        try:
            successor, made = continue_intervention(intervention=found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _said(made.n_left))
            return redirect("interventions:intervention", successor.key)
    context = {
        "intervention": found,
        "form": form,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/continuation.html", context, status=422)


def _said(n_left: int) -> str:
    said = _("It is decided. Its start is kept anew, and what you expect is asked anew.")
    if not n_left:
        return said
    left = ngettext(
        "%(n)s pupil is not there any more and is not taken over.",
        "%(n)s pupils are not there any more and are not taken over.",
        n_left,
    ) % {"n": n_left}
    return f"{said} {left}"
