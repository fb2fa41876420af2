from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere

from ..catalogue.part import entry_of
from ..figures import by_name, figures_of
from ..forms import EndForm
from ..models import Baseline, Intervention
from ..services import end_intervention
from ..states import state_in_words, state_of
from ..tables import TAG_CLASSES
from ..web import find_intervention


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One intervention: the plan, and the figures at the start and now."""
    found = find_intervention(request, key)
    return show(request, found, EndForm(intervention=found, today=request.sight.today))


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def intervention_end(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_intervention(request, key)
    form = EndForm(request.POST, intervention=found, today=request.sight.today)
    if not form.is_valid():
        return show(request, found, form)
    try:
        end_intervention(intervention=found, on=form.cleaned_data["on"], by=request.user)
    except ValidationError as refusal:  # somebody ended it between the form's question and now
        form.add_error(None, refusal)
        return show(request, found, form)
    messages.success(request, _("The intervention has ended."))
    return redirect("interventions:intervention", found.key)


def show(request: MunicipalityRequest, found: Intervention, end_form: EndForm) -> HttpResponse:
    sight = request.sight
    sees_pupils = sight.can_in_line(Permission.SEE_PUPILS, request.line)
    baseline = Baseline.objects.filter(intervention=found).select_related("round").first()
    pupils = by_name(found.pupils.all())
    record(
        "intervention seen",
        by=request.user,
        unit=found.unit,
        subject=found.key,
        pupils=[pupil.pk for pupil in pupils],
    )
    context = {
        "intervention": found,
        "pupils": pupils,
        "baseline": baseline,
        # Whoever answers for it without seeing the unit's pupils sees the plan alone: the figures are true counts.
        "figures": figures_of(found, baseline, sight) if baseline and sees_pupils else None,
        "sees_pupils": sees_pupils,
        "state": state_in_words(found, sight.today),
        "state_class": TAG_CLASSES[state_of(found, sight.today)],
        "end_form": end_form if found.ended_on is None else None,
        "breadcrumb": breadcrumb_of(sight, request.line),
    }
    context |= entry_of(request, found)
    return render(
        request, "interventions/intervention.html", context, status=422 if end_form.is_bound else 200
    )
