"""The plan of an intervention is changed, what is expected is said, and steps are ticked off."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from ..forms import ExpectationForm
from ..meetings.planning import CASE, case_to_plan
from ..places import place_to_change
from ..plans import plan_of
from ..prefill import asked_by_plan
from ..queries import shows_background
from ..services import change_intervention, expect_change, tick_step
from ..web import find_to_change, numbered
from .intervention import show
from .planning import back_to_the_meeting, form_of, show_form


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention_edit(request: MunicipalityRequest, key: str) -> HttpResponse:
    """All of the plan until it starts; then what does not touch the answer.

    ?case= names a case of a meeting that goes on, which has decided the change: back to it.
    """
    found = find_to_change(request, key)
    case = case_to_plan(request.GET.get(CASE, ""), request.sight)
    before = plan_of(found)
    form = form_of(
        request,
        dict(asked_by_plan(before)),
        place=place_to_change(found, before, request.sight),
        intervention=found,
        before=before,
        has_background=shows_background(found, request.sight),
    )
    page = reverse("interventions:intervention", args=[found.key])
    if found.ended_on is not None:
        messages.warning(request, _("It has ended. Its plan stays as it was."))
        return redirect(page)
    if form.is_bound and form.is_valid():
        change_intervention(intervention=found, plan=form.plan, by=request.user)
        messages.success(request, _("The plan is changed."))
        return back_to_the_meeting(request, case, found) if case else redirect(page)
    heading = _("Change the plan: %(title)s") % {"title": found.title}
    return show_form(request, form, {"heading": heading, "back_url": page, "act": _("Save")})


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def intervention_expectation(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_to_change(request, key)
    form = ExpectationForm(request.POST, indicator=found.indicator)
    if not form.is_valid():
        return show(request, found, expectation_form=form)
    try:
        expect_change(
            intervention=found, expected_change=form.cleaned_data["expected_change"], by=request.user
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return show(request, found, expectation_form=form)
    messages.success(request, _("What you expect is noted."))
    return redirect("interventions:intervention", found.key)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def intervention_step(request: MunicipalityRequest, key: str) -> HttpResponse:
    """A step was done, or was not after all: ?step is its number in the plan's table."""
    found = find_to_change(request, key)
    step = numbered(found.steps, request.POST.get("step", ""))
    if step is None:
        raise Http404
    try:
        tick_step(step=step, is_done=request.POST.get("done") == "1", by=request.user)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    return redirect(f"{reverse('interventions:intervention', args=[found.key])}#steps")
