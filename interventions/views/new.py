from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.once import key_of_form, made_once
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires, requires_somewhere, unit_url

from ..catalogue import prefill_of
from ..catalogue.choosing import chosen_entry, entry_choices
from ..catalogue.tables import tags_of
from ..covering import scope_of
from ..meetings.planning import CASE, asked_by_case, case_to_plan
from ..models import Intervention
from ..places import Place, place_of, place_of_together
from ..plans import Plan
from ..prefill import asked_by_address
from ..rules import warning_of_indicator
from ..services import decide_intervention
from .planning import back_to_the_meeting, form_of, show_form


@requires(Permission.DECIDE_INTERVENTIONS)
def intervention_new(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A new intervention at a unit, for the whole of it or for some of its parts or pupils."""
    heading = _("New intervention, %(unit)s") % {"unit": unit.name}
    return _decide(request, place_of(unit, request.sight), heading, unit_url(unit))


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention_new_together(request: MunicipalityRequest) -> HttpResponse:
    """A new intervention for several units that ?unit= names: a team's classes, schools of several areas."""
    keys = set(request.GET.getlist("unit"))
    place = place_of_together(keys, request.sight)
    if not keys or len(place.parts) != len(keys):
        raise Http404
    nearest = scope_of(place.parts, request.sight.today).unit
    request.line = request.sight.line_of(nearest)
    names = ", ".join(unit.name for unit in place.parts)
    return _decide(request, place, _("New intervention, %(unit)s") % {"unit": names}, reverse("start"))


def _decide(request: MunicipalityRequest, place: Place, heading: str, back_url: str) -> HttpResponse:
    entry, once = chosen_entry(request), key_of_form(request)
    case = case_to_plan(request.GET.get(CASE, ""), request.sight)
    prefilled = (asked_by_case(case) if case else {}) | (prefill_of(entry) if entry else {})
    asked = asked_by_address(request.GET, place, request.sight) | prefilled
    form = form_of(request, asked, prefilled=prefilled, place=place, address=_address(request))
    if form.is_bound and form.is_valid():
        plan = vars(form.plan) | {"entry": entry}
        own = Intervention.objects.filter(decided_by=request.user)
        intervention = made_once(own, once, lambda key: decide_intervention(by=request.user, key=key, **plan))
        _say(request, form.plan)
        if case is not None:
            return back_to_the_meeting(request, case, intervention)
        return redirect("interventions:intervention", intervention.key)
    context = {
        "heading": heading,
        "back_url": reverse("interventions:meeting-room", args=[case.meeting.key]) if case else back_url,
        "act": _("Decide"),
        "entries": entry_choices(),
        "once": once,
        "entry": entry,
        "entry_tags": tags_of(entry, request.sight.today) if entry else "",
    }
    return show_form(request, form, context)


def _address(request: MunicipalityRequest) -> str:
    """Of the same form, for the same units."""
    units = urlencode({"unit": request.GET.getlist("unit")}, doseq=True)
    return f"{request.path}?{units}" if units else request.path


def _say(request: MunicipalityRequest, plan: Plan) -> None:
    messages.success(request, _("The intervention is decided."))
    if warning := warning_of_indicator(plan.indicator):
        messages.warning(request, warning)
