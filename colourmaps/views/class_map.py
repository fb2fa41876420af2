from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires

from ..drawing import draw_cells_of
from ..grid import Grid, Row, class_grid
from ..map_page import grid_context, links_beside, panel_address, what_to_show
from ..models import MeasurementRound
from ..presentation import legend_of
from ..queries import choose_round


@requires(Permission.SEE_PUPILS)
def class_map(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Pupils x indicators of a class for a round; ?show= one pupil of them, or one indicator, for a small screen."""
    if not school_class.is_school_class:
        raise Http404
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, school_class)
    if round_ is None:
        return render(request, "colourmaps/no_round.html", {"heading": school_class.name})
    grid = class_grid(school_class, round_, request.sight.today)
    shown = request.GET.get("show", "")
    if shown in {column.key for column in grid.columns}:
        return redirect("colourmaps:class-indicator", school_class.key, shown)
    alone = next((row for row in grid.rows if row.pupil.key == shown), None)
    pupil_ids = [alone.pupil.pk] if alone else [pupil.pk for pupil in grid.pupils]
    record("class map seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupil_ids)
    context = {
        "school_class": school_class,
        "heading": _("Class %(name)s") % {"name": school_class.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "rounds": rounds,
        "actions": actions_of(request, school_class, round_) if grid.rows else [],
        "show": what_to_show(grid),
        "shown": shown if alone else "",
    }
    if alone is not None:
        return render(request, "colourmaps/class_map_of_one.html", context | _context_of_one(grid, alone))
    context |= grid_context(request, grid, of_class=school_class) | {
        "links": links_beside(request, school_class, round_),
        "unanswered": unanswered_address(school_class, grid),
        "downloads": downloads_of(school_class, round_.key) if grid.rows and grid.columns else [],
        "empty_title": _("No pupils in the class yet"),
        "empty_text": _(
            "They come with the class list, or with the first file of results that the coordinator imports."
        ),
        "nothing_due_title": _("Nothing to measure in this round"),
        "nothing_due_text": _("Choose another round above."),
    }
    return render(request, "colourmaps/class_map.html", context)


def _context_of_one(grid: Grid, row: Row) -> dict[str, Any]:
    """The map stood upright: a row per indicator, for one pupil."""
    cells = draw_cells_of(grid, row, get_language() or "sv")
    return {
        "row": row,
        "legend": legend_of(Grid(grid.unit, grid.round, grid.columns, [row])),
        "cells": list(zip(grid.indicators, cells, strict=True)),
        "panel_address": panel_address(grid.round)
        .replace("{row}", row.pupil.key)
        .replace("{column}", "{row}"),
    }


def unanswered_address(school_class: Unit, grid: Grid) -> str:
    """Where the foot of the map learns how many red cells have no answer yet, in the order of its columns."""
    address = reverse("interventions:unit-unanswered", args=[school_class.key])
    return f"{address}?round={grid.round.key}&columns={','.join(column.key for column in grid.columns)}"


def actions_of(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound
) -> list[dict[str, str]]:
    """What can be done with the class, as buttons of the page header."""
    new = reverse("interventions:intervention-new", args=[school_class.key])
    actions = [{"label": _("Decide on an intervention"), "url": new, "kind": ""}]
    if round_.closed_at is None and request.sight.can_in_line(Permission.RECORD_RESULTS, request.line):
        fill_in = f"{reverse('colourmaps:fill-in', args=[school_class.key])}?round={round_.key}"
        actions.insert(0, {"label": _("Fill in with Excel"), "url": fill_in, "kind": ""})
    return actions


def downloads_of(school_class: Unit, round_key: str) -> list[dict[str, str]]:
    """The map as files: label and address of each."""
    types = [("Excel", "colourmaps:class-map-xlsx"), ("CSV", "colourmaps:class-map-csv")]
    return [
        {"label": label, "url": f"{reverse(name, args=[school_class.key])}?round={round_key}"}
        for label, name in types
    ]
