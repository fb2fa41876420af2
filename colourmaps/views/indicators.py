"""The municipality's indicators: the list, one in words, the form for it, and the starter sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.roles import Permission
from accounts.secrecy import SecrecyArea
from accounts.web import MunicipalityRequest, requires_for_all

from .. import indicator_pages
from ..forms import IndicatorForm
from ..indicator_words import facts_of
from ..models import Indicator
from ..services import DefinitionRefused, add_indicator, adopt_starter_set, change_indicator, n_results
from ..starter_sets import starter_sets

door: Callable[[Callable], Callable] = requires_for_all(Permission.CONFIGURE)


@door
@require_GET
def indicator_list(request: MunicipalityRequest) -> HttpResponse:
    areas = indicator_pages.rows_by_area(request.municipality, request.sight.today)
    n = sum(len(area["rows"]) for area in areas)
    context = {
        "areas": areas,
        "facts": [indicator_pages.n_in_words(n)] if n else [],
        "actions": [
            {"label": _("New indicator"), "url": reverse("colourmaps:indicator-new")},
            {"label": _("Starter sets"), "url": reverse("colourmaps:starter-sets")},
        ],
    }
    return render(request, "colourmaps/indicator_list.html", context)


@door
@require_GET
def indicator(request: MunicipalityRequest, code: str) -> HttpResponse:
    """All that the definition says, in words."""
    found = find_indicator(code)
    facts = [found.code, found.get_area_display()]
    if found.secrecy_area == SecrecyArea.SCHOOL:
        n = n_results(found)
        facts.append(ngettext("%(n)s result recorded", "%(n)s results recorded", n) % {"n": n})
    context = {
        "indicator": found,
        "parts": facts_of(found, request.municipality, request.sight.today),
        "facts": facts,
        "actions": [{"label": _("Edit"), "url": reverse("colourmaps:indicator-edit", args=[code])}],
        "breadcrumb": breadcrumb(found),
    }
    return render(request, "colourmaps/indicator.html", context)


@door
@require_http_methods(["GET", "POST"])
def indicator_new(request: MunicipalityRequest) -> HttpResponse:
    form = IndicatorForm(request.POST or None, municipality=request.municipality, today=request.sight.today)
    if form.is_valid():
        try:
            added = add_indicator(definition=form.definition, by=request.user)
        except DefinitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("The indicator is added. It has no limits yet, and is due in no round.")
                if added.secrecy_area == SecrecyArea.SCHOOL
                else _("The indicator is added. Medical pupil health fills it in on pages of its own."),
            )
            return redirect("colourmaps:indicator", added.code)
    return show_form(request, form, _("New indicator"), [list_crumb(), (_("New indicator"), "")])


@door
@require_http_methods(["GET", "POST"])
def indicator_edit(request: MunicipalityRequest, code: str) -> HttpResponse:
    found = find_indicator(code)
    form = IndicatorForm(
        request.POST or None,
        municipality=request.municipality,
        today=request.sight.today,
        indicator=found,
    )
    if form.is_valid():
        try:
            change_indicator(
                indicator=found,
                definition=form.definition,
                by=request.user,
                break_from=form.breaks_from,
                reason=form.cleaned_data["reason"],
            )
        except DefinitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The indicator is changed."))
            return redirect("colourmaps:indicator", code)
    heading = _("Change %(indicator)s") % {"indicator": found.name}
    return show_form(request, form, heading, breadcrumb(found))


@door
@require_GET
def starter_set_list(request: MunicipalityRequest) -> HttpResponse:
    sets = starter_sets(request.municipality.country)
    context = {
        "sets": indicator_pages.sets_shown(sets, request.municipality, request.sight.today),
        "breadcrumb": [list_crumb(), (_("Starter sets"), "")],
    }
    return render(request, "colourmaps/starter_sets.html", context)


@door
@require_POST
def starter_set_adopt(request: MunicipalityRequest) -> HttpResponse:
    """Takes the set over that the form names; another country's is as unknown as one that never was."""
    sets = {each.key: each for each in starter_sets(request.municipality.country)}
    starter = sets.get(request.POST.get("set", ""))
    if starter is None:
        raise Http404
    n = len(adopt_starter_set(starter=starter, on=request.sight.today, by=request.user))
    if n:
        sentence = ngettext(
            "%(n)s indicator is added. Plan next in which round it is due.",
            "%(n)s indicators are added. Plan next in which round they are due.",
            n,
        )
        messages.success(request, sentence % {"n": n})
    else:
        messages.info(request, _("All indicators of the set were there already."))
    return redirect("colourmaps:indicator-list")


def show_form(
    request: MunicipalityRequest, form: IndicatorForm, heading: str, crumbs: list[tuple[Any, str]]
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "n_results": n_results(form.indicator) if form.indicator else 0,
        "breadcrumb": crumbs,
        "back_url": crumbs[-1][1] or crumbs[0][1],
    }
    return render(request, "colourmaps/indicator_form.html", context, status=422 if form.is_bound else 200)


def find_indicator(code: str) -> Indicator:
    """The indicator that an address names; another municipality's is as unknown as one that never was."""
    found = Indicator.of_all_areas.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def list_crumb() -> tuple[Any, str]:
    return _("Indicators"), reverse("colourmaps:indicator-list")


def breadcrumb(found: Indicator) -> list[tuple[Any, str]]:
    return [list_crumb(), (found.name, reverse("colourmaps:indicator", args=[found.code]))]
