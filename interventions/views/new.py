from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from pupils.queries import pupils_in

from ..forms import InterventionForm
from ..services import decide_intervention


@requires(Permission.DECIDE_INTERVENTIONS)
def intervention_new(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A new intervention at a unit; ?pupil= (several) and ?indicator= fill in what is known already."""
    sight = request.sight
    pupils = pupils_in(unit, unit.nearest_day(sight.today), sight) if unit.is_school_class else []
    asked = {"indicator": request.GET.get("indicator", ""), "pupil": request.GET.getlist("pupil")}
    form = InterventionForm(request.POST or None, unit=unit, pupils=pupils, sight=sight, asked=asked)
    if form.is_valid():
        plan = form.plan
        intervention = decide_intervention(
            unit=unit,
            pupils=plan.pupils,
            indicator=plan.indicator,
            title=plan.title,
            aim=plan.aim,
            responsible=plan.responsible,
            starts_on=plan.starts_on,
            follow_up_on=plan.follow_up_on,
            by=request.user,
        )
        messages.success(request, _("The intervention is decided."))
        return redirect("interventions:intervention", intervention.key)
    record("pupils seen", by=request.user, unit=unit, subject="intervention", pupils=[p.pk for p in pupils])
    context = {
        "heading": _("New intervention, %(unit)s") % {"unit": unit.name},
        "form": form,
        "unit": unit,
        "unit_url": unit_url(unit),
        "breadcrumb": breadcrumb_of(sight, request.line),
    }
    return render(
        request, "interventions/intervention_new.html", context, status=422 if form.is_bound else 200
    )
