"""The catalogue of interventions: the list, an entry, and the way from it into an intervention."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, configure_table, requires_somewhere, signed_in

from ..catalogue.entries import entries_with_owners, in_order, is_stale
from ..catalogue.filters import FilterForm, entries_wished, wish_of
from ..catalogue.offers import is_newer, offer_of, offers_to, source_of
from ..catalogue.results import n_pupils_measured, results_of, schools_of_use
from ..catalogue.tables import CatalogueTable, tags_of
from ..catalogue.together import together_of
from ..catalogue.words import evidence_of, facts_of
from ..doses_and_costs import hours_in_words, money_in_words
from ..models import CatalogueEntry
from ..own_maps import classes_of
from ..queries import parents_of
from ..verdict_words import VerdictWord

ROWS_PER_PAGE = 25


@signed_in
@require_GET
def catalogue(request: MunicipalityRequest) -> HttpResponse:
    """All that the municipality knows and can adopt; what is searched for stands in the address."""
    form = FilterForm(request)
    wish = wish_of(form)
    entries = in_order(entries_wished(wish, request))
    table = CatalogueTable(
        entries,
        country=request.municipality.country,
        on=request.sight.today,
        results=results_of(entries),
    )
    configure_table(request, table, ROWS_PER_PAGE)
    context = {
        "form": form,
        "table": table,
        "is_narrow": wish.is_narrow,
        "facts": [ngettext("%(n)s intervention", "%(n)s interventions", len(entries)) % {"n": len(entries)}],
        "may_keep": request.sight.has(Permission.KEEP_CATALOGUE),
        "n_offers": offers_to(request.municipality).count(),
        "efforts": efforts_of(request),
    }
    return render(request, "interventions/catalogue.html", context)


@signed_in
@require_GET
def entry(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One entry: what it is, what others know of it, what we have found, and who keeps it."""
    found = find_entry(request, key)
    sight, country = request.sight, request.municipality.country
    results = results_of([found])[found.pk]
    source = source_of(found)
    context = {
        "entry": found,
        "tags": tags_of(found, sight.today),
        "facts": facts_of(found, country, sight.today),
        "evidence": evidence_of(found),
        "results": results,
        "came": [
            (VerdictWord(verdict).label, each, money_in_words(each.money), hours_in_words(each.hours))
            for verdict, each in results.by_verdict.items()
        ],
        "together": together_of(found),
        "n_pupils": n_pupils_measured(found),
        "schools": schools_of_use(found) if sight.has(Permission.DECIDE_INTERVENTIONS) else [],
        "is_stale": is_stale(found, sight.today),
        "source": source,
        "is_newer": source is not None and is_newer(source, found),
        "offer": offer_of(found),
        "may_keep": sight.has(Permission.KEEP_CATALOGUE),
        "may_share": may_share(request, found),
        "use_url": "" if found.withdrawn_on else use_address(request, found),
        "breadcrumb": breadcrumb_of_entry(found),
    }
    return render(request, "interventions/entry.html", context)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@require_GET
def entry_use(request: MunicipalityRequest, key: str) -> HttpResponse:
    """For which of the person's units? Each leads to a new intervention there that is filled in from the entry."""
    found = find_entry(request, key)
    if found.withdrawn_on:
        raise Http404
    units = units_of_use(request)
    classes = classes_of([unit for unit in units if unit.level == Level.SCHOOL], request.sight.today)
    places = parents_of(units)
    context = {
        "entry": found,
        "places": [
            {
                "unit": unit,
                "above": places[unit.pk].name if unit.is_school_class and unit.pk in places else "",
                "url": new_address(unit, found),
                "classes": [(below.name, new_address(below, found)) for below in classes.get(unit.pk, [])],
            }
            for unit in sorted(units, key=lambda unit: (unit.level, unit.name))
        ],
        "breadcrumb": breadcrumb_of_entry(found),
    }
    return render(request, "interventions/entry_use.html", context)


def units_of_use(request: MunicipalityRequest) -> list[Unit]:
    units = request.sight.own_units(Permission.DECIDE_INTERVENTIONS)
    return [unit for unit in units if unit.is_in_force(request.sight.today)]


def use_address(request: MunicipalityRequest, found: CatalogueEntry) -> str:
    """Straight to the new intervention for whoever has one class only; empty for whoever decides nothing."""
    units = units_of_use(request)
    if len(units) == 1 and units[0].is_school_class:
        return new_address(units[0], found)
    return reverse("interventions:entry-use", args=[found.key]) if units else ""


def new_address(unit: Unit, found: CatalogueEntry) -> str:
    return f"{reverse('interventions:intervention-new', args=[unit.key])}?entry={found.key}"


def find_entry(request: MunicipalityRequest, key: str) -> CatalogueEntry:
    """The entry that an address names; another municipality's is as unknown as one that never was."""
    found = entries_with_owners(request.sight.today).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def may_share(request: MunicipalityRequest, found: CatalogueEntry) -> bool:
    """Whoever keeps the entry, and the municipality's administrator."""
    sight = request.sight
    is_own = found.owner_id == request.user.pk and sight.has(Permission.KEEP_CATALOGUE)
    return is_own or sight.has_for_all(Permission.CONFIGURE)


def list_crumb() -> tuple[Any, str]:
    return _("Catalogue"), reverse("interventions:catalogue")


def breadcrumb_of_entry(found: CatalogueEntry) -> list[tuple[Any, str]]:
    return [list_crumb(), (found.title, reverse("interventions:entry", args=[found.key]))]


def efforts_of(request: MunicipalityRequest) -> list[tuple[str, str]]:
    """(name, address) of the units of which the person sees how early help comes."""
    sight = request.sight
    pupils_of = {unit.pk for unit in sight.own_units(Permission.SEE_PUPILS)}
    units = [
        unit
        for unit in sight.own_units(Permission.SEE_SUMS)
        if unit.level < Level.SCHOOL or (unit.level == Level.SCHOOL and unit.pk in pupils_of)
    ]
    return [(unit.name, reverse("interventions:early-effort", args=[unit.key])) for unit in units]
