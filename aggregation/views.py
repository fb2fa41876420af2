from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from colourmaps.presentation import areas_of, heads_of
from colourmaps.queries import choose_round

from .drawing import draw_cells
from .queries import UnitMap, UnitRow, unit_map


@requires(Permission.SEE_SUMS)
def unit_page(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Child units x indicators of a unit for a round."""
    if unit.is_school_class:
        return redirect("colourmaps:class-map", unit.key)
    return render(request, "aggregation/unit_map.html", page_of(request, unit))


@requires(Permission.SEE_SUMS)
def unit_figures(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The grid of the unit map alone: asked for again while newer results are being counted."""
    return render(request, "aggregation/unit_map_part.html", page_of(request, unit))


def page_of(request: MunicipalityRequest, unit: Unit) -> dict:
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    context = {
        "unit": unit,
        "heading": unit.name,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "rounds": rounds,
        "round": round_,
        "may_decide": request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line),
    }
    if round_ is None:
        return context
    figures = unit_map(unit, round_, request.sight, request.municipality)
    heads = heads_of(figures.indicators)
    firsts = [head.is_first for head in heads]
    return context | {
        "map": figures,
        "facts": facts_of(figures),
        "areas": areas_of(figures.indicators),
        "heads": heads,
        "own": draw_cells(figures.own, firsts, ""),
        "children": [
            (
                row.unit,
                child_address(row, round_.key),
                draw_cells(row, firsts, child_address(row, round_.key)),
            )
            for row in figures.children
        ],
        "part_address": f"{reverse('aggregation:unit-figures', args=[unit.key])}?round={round_.key}",
    }


def child_address(row: UnitRow, round_key: str) -> str:
    return f"{unit_url(row.unit)}?round={round_key}"


def facts_of(figures: UnitMap) -> list[str]:
    facts = [figures.round.name]
    if figures.computed_at:
        when = date_format(localtime(figures.computed_at), "SHORT_DATETIME_FORMAT")
        facts.append(_("counted %(when)s") % {"when": when})
    return facts
