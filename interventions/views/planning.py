"""A plan's form on its page: shown, shown once more with something added, and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.web import MunicipalityRequest, breadcrumb_of

from ..citing import figures_in_words
from ..forms import PlanForm
from ..models import Intervention, MeetingCase, Outcome
from ..prefill import ALL_RED, UNANSWERED, asked_by_form, red_pupils
from ..queries import running_in_words
from ..services import meetings as meeting_services

# The name of the buttons that send the form without deciding anything, and the values of the one that cites figures
# and the one that fills in from the catalogue.
ASK, CITE, FILL_IN = "ask", "figures", "entry"
IN_THE_FOLD = (CITE, FILL_IN, "lines")
NEED_INDICATOR = (CITE, ALL_RED, UNANSWERED)
USUALLY_SHOWN = 4


def form_of(
    request: MunicipalityRequest,
    asked: dict[str, Any],
    *,
    prefilled: Mapping[str, Any] | None = None,
    **options: Any,
) -> PlanForm:
    """Sent, it is checked; asked for more, it is shown with what was typed, and nothing is said to be wrong.

    prefilled: what the chosen entry of the catalogue says.
    """
    if request.method != "POST":
        return PlanForm(None, asked=asked, sight=request.sight, **options)
    if ASK not in request.POST:
        return PlanForm(request.POST, asked=asked, sight=request.sight, **options)
    typed = asked_by_form(request.POST)
    asked_for = request.POST[ASK]
    if asked_for == FILL_IN:
        typed |= prefilled or {}
    form = PlanForm(None, asked=typed, sight=request.sight, **options)
    if asked_for in (ALL_RED, UNANSWERED):
        typed["pupil"] = red_pupils(form.pupils, form.chosen_indicator, request.sight, which=asked_for)
        form = PlanForm(None, asked=typed, sight=request.sight, **options)
    if asked_for == CITE:
        typed["background"] = "\n".join(
            part for part in (typed["background"].strip(), _cited(form, typed)) if part
        )
        form = PlanForm(None, asked=typed, sight=request.sight, **options)
    return form


def _cited(form: PlanForm, typed: dict[str, Any]) -> str:
    """The figures of whom it is for so far; without an indicator there are none, and the form says what to choose."""
    if form.chosen_indicator is None:
        return ""
    if form.before and form.is_fixed:
        return figures_in_words(form.units, form.before.pupils, form.chosen_indicator, form.sight)
    pupils = [form.everyone[key] for key in typed["pupil"] if key in form.everyone]
    return figures_in_words(form.units or form.place.parts, pupils, form.chosen_indicator, form.sight)


def show_form(request: MunicipalityRequest, form: PlanForm, context: dict[str, Any]) -> HttpResponse:
    """The page of the form; whose names it offers is logged by class."""
    for unit, pupils in form.pupils:
        record(
            "pupils seen", by=request.user, unit=unit, subject="intervention", pupils=[p.pk for p in pupils]
        )
    asks = request.method == "POST" and ASK in request.POST
    context |= {
        "form": form,
        "load": [running_in_words(unit.name, n) for unit, n in form.load.by_unit[:USUALLY_SHOWN]],
        "is_open": (asks and request.POST[ASK] in IN_THE_FOLD)
        or is_more_wrong(form)
        or form.before is not None,
        "needs_indicator": asks and request.POST[ASK] in NEED_INDICATOR and form.chosen_indicator is None,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "is_all": _("everybody in %(units)s") % {"units": ", ".join(unit.name for unit in form.units)},
    }
    return render(
        request, "interventions/intervention_form.html", context, status=422 if form.is_bound else 200
    )


def is_more_wrong(form: PlanForm) -> bool:
    """Whether something is wrong in what is folded away, so that it must be unfolded."""
    if not form.is_bound:
        return False
    folded = [field.name for field in form.more_fields]
    return any(name in form.errors for name in folded) or not (
        form.steps.is_valid() and form.costs.is_valid()
    )


def back_to_the_meeting(
    request: MunicipalityRequest, case: MeetingCase, intervention: Intervention
) -> HttpResponse:
    """The measure is done by the intervention from now on; the meeting goes on with its next case."""
    decision = meeting_services.Decision(
        Outcome.MEASURE,
        measure=case.measure,
        responsible=case.responsible,
        due_on=case.due_on,
        made=intervention,
    )
    try:
        meeting_services.decide_case(case=case, version=case.version, decision=decision, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect("interventions:intervention", intervention.key)
    return redirect("interventions:meeting-room", case.meeting.key)
