from __future__ import annotations

from collections.abc import Sequence
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

from ..as_of import AsOf, asked_for
from ..as_of_choice import as_of_choice
from ..drawing import draw_cells_of
from ..grid import Grid, Row, class_grid
from ..map_page import (
    column_panel_address,
    grid_context,
    links_beside,
    own_classes,
    panel_address,
    what_to_show,
)
from ..maps import ChosenMap, choose_map, narrowed
from ..models import MeasurementRound
from ..presentation import legend_of
from ..queries import choose_round


@requires(Permission.SEE_PUPILS, opens_in_emergency=True)
def class_map(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Pupils x indicators of a class for a round, as it stands or as it stood on a day.

    ?show= one pupil of them, or one indicator, for a small screen.
    """
    if not school_class.is_school_class:
        raise Http404
    today = request.sight.today
    as_of = asked_for(request.GET.get("as_of"), today)
    rounds, round_ = choose_round(request.GET.get("round"), as_of.day if as_of else today, school_class)
    if round_ is None or (as_of and as_of.day < school_class.valid_from):
        choice = as_of_choice(as_of, today, request.path)
        nothing = {"heading": school_class.name, "breadcrumb": breadcrumb_of(request.sight, request.line)}
        return render(request, "colourmaps/no_round.html", {**nothing, "as_of": choice})
    maps = choose_map(request.GET.get("map"), request.line)
    in_emergency = request.sight.emergency is not None
    all_rows = class_grid(school_class, round_, today, is_for_file=in_emergency, as_of=as_of)
    grid = narrowed(all_rows, maps.chosen)
    shown = request.GET.get("show", "")
    if shown in {column.key for column in grid.columns}:
        return redirect("colourmaps:class-indicator", school_class.key, shown)
    alone = next((row for row in grid.rows if row.pupil.key == shown), None)
    # Also where one is shown alone: the others stand beside, to be chosen.
    pupil_ids = [pupil.pk for pupil in grid.pupils]
    is_of_now = not (as_of or in_emergency)
    facts = {"as_of": as_of.day.isoformat()} if as_of else {}
    record(
        "class map seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupil_ids, **facts
    )
    context = {
        "school_class": school_class,
        "heading": _("Class %(name)s") % {"name": grid.unit.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "rounds": rounds,
        "as_of": as_of_choice(as_of, today, request.path, kept_with(round_, maps.chosen)),
        "map_choice": maps,
        "map_query": f"?round={round_.key}" + (f"&{as_of.query}" if as_of else ""),
        "actions": actions_of(request, school_class, round_, maps.query) if grid.rows and is_of_now else [],
        "is_of_now": is_of_now,
        "show": what_to_show(grid, shown if alone else ""),
    }
    if alone is not None:
        of_one = _context_of_one(grid, alone, as_of)
        return render(request, "colourmaps/class_map_of_one.html", context | of_one)
    context |= grid_context(request, grid, of_class=school_class, as_of=as_of) | {
        "downloads": [],
        **({} if not is_of_now else _context_of_now(request, school_class, grid, maps.query)),
        "empty_title": _("No pupils in the class yet"),
        "empty_text": _(
            "They come with the class list, or with the first file of results that the coordinator imports."
        ),
        "nothing_due_title": _("Nothing to measure in this round"),
        "nothing_due_text": nothing_due_text(rounds, maps.chosen),
    }
    return render(request, "colourmaps/class_map.html", context)


def kept_with(round_: MeasurementRound, map_: ChosenMap | None) -> dict[str, str]:
    """What of the address stays when another day is asked for."""
    return {"round": round_.key, **({"map": map_.key} if map_ else {})}


def nothing_due_text(rounds: Sequence[MeasurementRound], map_: ChosenMap | None) -> str:
    if map_ is not None:
        return _("None of the map's indicators is due for the class. Choose another map or round above.")
    if len(rounds) > 1:
        return _("Choose another round above.")
    return _("The coordinator decides what is measured in a round; it then appears here.")


def _context_of_now(
    request: MunicipalityRequest, school_class: Unit, grid: Grid, map_query: str
) -> dict[str, Any]:
    """What leads on from the map as it stands, and not from that of an earlier day."""
    return {
        "heads_panel": column_panel_address(school_class),
        "links": links_beside(request, school_class, grid.round),
        "unanswered": unanswered_address(school_class, grid),
        "downloads": downloads_of(school_class, grid.round.key + map_query)
        if grid.rows and grid.columns
        else [],
    }


def _context_of_one(grid: Grid, row: Row, as_of: AsOf | None) -> dict[str, Any]:
    """The map stood upright: a row per indicator, for one pupil."""
    cells = draw_cells_of(grid, row, get_language() or "sv")
    return {
        "row": row,
        "legend": legend_of(Grid(grid.unit, grid.round, grid.columns, [row])),
        "cells": list(zip(grid.indicators, cells, strict=True)),
        "panel_address": panel_address(grid.round, as_of)
        .replace("{row}", row.pupil.key)
        .replace("{column}", "{row}"),
    }


def unanswered_address(school_class: Unit, grid: Grid) -> str:
    """Where the foot of the map learns how many red cells have no answer yet, in the order of its columns."""
    address = reverse("interventions:unit-unanswered", args=[school_class.key])
    return f"{address}?round={grid.round.key}&columns={','.join(column.key for column in grid.columns)}"


def actions_of(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound, map_query: str
) -> list[dict[str, str]]:
    """What can be done with the class, as buttons of the page header."""
    new = reverse("interventions:intervention-new", args=[school_class.key])
    actions = [{"label": _("Decide on an intervention"), "url": new, "kind": ""}]
    if school_class in own_classes(request.sight):
        analysis = reverse("interventions:own-analysis", args=[school_class.key])
        actions.append({"label": _("Write your analysis"), "url": analysis, "kind": ""})
    if round_.closed_at is None and request.sight.can_in_line(Permission.RECORD_RESULTS, request.line):
        fill_in = f"{reverse('colourmaps:fill-in', args=[school_class.key])}?round={round_.key}"
        actions.insert(0, {"label": _("Fill in with Excel"), "url": fill_in, "kind": ""})
        typing = f"{reverse('colourmaps:typing', args=[school_class.key])}?round={round_.key}{map_query}"
        actions.insert(0, {"label": _("Type in"), "url": typing, "kind": ""})
    return actions


def downloads_of(school_class: Unit, chosen: str) -> list[dict[str, str]]:
    """The map as files: label and address of each. chosen: key of the round, and what else the address chooses."""
    types = [("Excel", "colourmaps:class-map-xlsx"), ("CSV", "colourmaps:class-map-csv")]
    return [
        {"label": label, "url": f"{reverse(name, args=[school_class.key])}?round={chosen}"}
        for label, name in types
    ]
