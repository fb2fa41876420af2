"""Level 1: a teacher's own analysis of a class; and level 2's gathering of what the team's teachers share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.queries import root_unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere, unit_url
from colourmaps.grid import class_grid
from colourmaps.models import MeasurementRound
from colourmaps.presentation import facts_of
from colourmaps.queries import choose_round

from ..forms import OwnAnalysisForm
from ..own_analysis.facts import facts_of_class
from ..own_analysis.reading import OwnAnalysis, own_analysis_of
from ..own_analysis.team import classes_of_team, team_notes_of
from ..services import Change, write_own_analysis


@requires(Permission.SEE_PUPILS)
def own_analysis(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """The guiding questions beside a few counts of the map. The first saving begins it, "Ready" ends it."""
    if not school_class.is_school_class:
        raise Http404
    _rounds, round_ = choose_round(None, request.sight.today, school_class)
    if round_ is None:
        nothing = {"heading": school_class.name, "breadcrumb": breadcrumb_of(request.sight, request.line)}
        return render(request, "colourmaps/no_round.html", nothing)
    analysis = own_analysis_of(school_class, round_, request.user)
    if analysis is None:
        return _show(request, school_class, round_, None, None)
    form = OwnAnalysisForm(
        request.POST if request.method == "POST" else None,
        prompts=analysis.guiding.prompts,
        notes=analysis.notes,
    )
    if request.method == "POST" and form.is_valid() and _save(request, school_class, round_, form):
        return redirect("interventions:own-analysis", school_class.key)
    return _show(request, school_class, round_, analysis, form)


def _save(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound, form: OwnAnalysisForm
) -> bool:
    """False if it is refused; the form then says why and still holds what was typed."""
    is_ready = "ready" in request.POST
    cleaned = form.cleaned_data
    change = Change(cleaned["change"], cleaned["change_by"]) if cleaned["change"] else None
    try:
        write_own_analysis(
            school_class=school_class,
            round_=round_,
            texts=form.texts,
            change=change,
            is_ready=is_ready,
            by=request.user,
        )
    except ValidationError as refusal:
        form.refuse(refusal)
        return False
    words = _("Your analysis is ready. The team reads what you share.") if is_ready else _("Saved.")
    messages.success(request, words)
    return True


def _show(
    request: MunicipalityRequest,
    school_class: Unit,
    round_: MeasurementRound,
    analysis: OwnAnalysis | None,
    form: OwnAnalysisForm | None,
) -> HttpResponse:
    """analysis, form: None where the municipality asks nothing."""
    map_url = f"{unit_url(school_class)}?round={round_.key}"
    context: dict[str, Any] = {
        "school_class": school_class,
        "round": round_,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "heading": _("Your analysis of %(name)s") % {"name": school_class.name},
        "header_facts": facts_of(class_grid(school_class, round_, request.sight.today)),
        "actions": [
            {"label": _("The map"), "url": map_url, "kind": ""},
            {"label": _("The team's analyses"), "url": reverse("interventions:team-notes"), "kind": ""},
        ],
        "map_facts": facts_of_class(school_class, round_),
        "analysis": analysis,
        "form": form,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "interventions/own_analysis.html", context, status=status)


@requires_somewhere(Permission.SEE_PUPILS)
def team_notes(request: MunicipalityRequest) -> HttpResponse:
    """What the teachers of the own classes share for the latest round, and who has not written yet."""
    _rounds, round_ = choose_round(None, request.sight.today, root_unit())
    heading = _("The team's analyses")
    if round_ is None:
        return render(request, "colourmaps/no_round.html", {"heading": heading})
    classes = classes_of_team(request.sight)
    record("team notes seen", by=request.user, subject=round_.key, classes=[each.key for each in classes])
    notes = team_notes_of(classes, round_, request.sight)
    ready = _("%(n)s of %(of)s ready") % {"n": notes.n_ready, "of": notes.n_teachers}
    context = {
        "heading": heading,
        "facts": [round_.name, ", ".join(each.name for each in classes), ready],
        "actions": [{"label": _("The team's map"), "url": reverse("colourmaps:team-map"), "kind": ""}],
        "notes": notes,
        "classes": classes,
    }
    return render(request, "interventions/team_notes.html", context)
