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

from ..answer_page import answer_of
from ..closing_page import closing_context
from ..forms import EndForm, ExpectationForm
from ..models import Intervention
from ..plan_page import plan_context
from ..queries import may_change
from ..services import end_intervention
from ..session_page import delivered_context
from ..states import state_in_words, state_of
from ..tables import TAG_CLASSES
from ..web import find_intervention, find_to_change


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One intervention: the plan, and the figures at the start and now."""
    return show(request, find_intervention(request, key))


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention_sheet(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The plan as one document, on paper as on the screen, under the headings of a plan for a municipality's work."""
    found = find_intervention(request, key)
    _record_seen("intervention sheet seen", request, found)
    context = plan_context(request, found) | {
        "state": state_in_words(found, request.sight.today),
        "place": ", ".join(unit.name for unit in request.line[1:]),
        "today": request.sight.today,
    }
    return render(request, "interventions/intervention_sheet.html", context)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_POST
def intervention_end(request: MunicipalityRequest, key: str) -> HttpResponse:
    found = find_to_change(request, key)
    form = EndForm(request.POST, intervention=found, today=request.sight.today)
    if not form.is_valid():
        return show(request, found, end_form=form)
    try:
        end_intervention(intervention=found, on=form.cleaned_data["on"], by=request.user)
    except ValidationError as refusal:  # somebody ended it between the form's question and now
        form.add_error(None, refusal)
        return show(request, found, end_form=form)
    messages.success(request, _("The intervention has ended."))
    return redirect("interventions:intervention", found.key)


def show(
    request: MunicipalityRequest,
    found: Intervention,
    *,
    end_form: EndForm | None = None,
    expectation_form: ExpectationForm | None = None,
) -> HttpResponse:
    """The page, put together from its parts; a form that was sent is shown with what is wrong."""
    _record_seen("intervention seen", request, found)
    context = _frame(request, found, end_form)
    context |= plan_context(request, found, expectation_form)
    context |= answer_of(request, found)
    context |= delivered_context(found, request.sight)
    context |= closing_context(request, found)
    is_refused = any(form is not None and form.is_bound for form in (end_form, expectation_form))
    return render(request, "interventions/intervention.html", context, status=422 if is_refused else 200)


def _frame(request: MunicipalityRequest, found: Intervention, end_form: EndForm | None) -> dict:
    sight = request.sight
    can_end = found.ended_on is None and may_change(found, sight)
    return {
        "state": state_in_words(found, sight.today),
        "state_class": TAG_CLASSES[state_of(found, sight.today)],
        "end_form": (end_form or EndForm(intervention=found, today=sight.today)) if can_end else None,
        "breadcrumb": breadcrumb_of(sight, request.line),
    }


def _record_seen(action: str, request: MunicipalityRequest, found: Intervention) -> None:
    pupils = {pupil.pk for pupil in found.pupils.all()} | set(
        found.waiting.values_list("pupil_id", flat=True)
    )
    record(action, by=request.user, unit=found.unit, subject=found.key, pupils=pupils)
