from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires

from ..drawing import draw_rows
from ..grid import class_grid
from ..maps import choose_map, narrowed
from ..models import MeasurementRound
from ..presentation import (
    areas_of,
    facts_of,
    heads_of,
    legend_of,
    limits_of,
    summaries_of,
    uncounted_in_words,
)
from ..queries import choose_round


@requires(Permission.SEE_PUPILS)
def class_map(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Pupils x indicators of a class for a round."""
    if not school_class.is_school_class:
        raise Http404
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, school_class)
    if round_ is None:
        return render(request, "colourmaps/no_round.html", {"heading": school_class.name})
    choice = choose_map(request.GET.get("map"), request.line)
    grid = narrowed(class_grid(school_class, round_, request.sight.today), choice.chosen)
    pupil_ids = [pupil.pk for pupil in grid.pupils]
    record("class map seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupil_ids)
    context = {
        "school_class": school_class,
        "heading": _("Class %(name)s") % {"name": school_class.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "rounds": rounds,
        "map_choice": choice,
        "map_query": f"?round={round_.key}",
        "grid": grid,
        "facts": facts_of(grid),
        "actions": actions_of(request, school_class, round_, choice.query) if grid.rows else [],
        "legend": legend_of(grid),
        "limits": limits_of(grid, request.municipality.country),
        "areas": areas_of(grid.indicators),
        "heads": heads_of(grid.indicators),
        "rows": draw_rows(grid, get_language() or "sv"),
        "summaries": summaries_of(grid),
        "uncounted": uncounted_in_words(grid),
        "panel_address": panel_address(round_.key),
        "downloads": downloads_of(school_class, round_.key + choice.query)
        if grid.rows and grid.columns
        else [],
        "empty_title": _("No pupils in the class yet"),
        "empty_text": _(
            "They come with the class list, or with the first file of results that the coordinator imports."
        ),
        "nothing_due_title": _("Nothing to measure in this round"),
        "nothing_due_text": _(
            "None of the map's indicators is due for the class. Choose another map or round above."
        )
        if choice.chosen
        else _("Choose another round above."),
    }
    return render(request, "colourmaps/class_map.html", context)


def actions_of(
    request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound, map_query: str
) -> list[dict[str, str]]:
    """What can be done with the class, as buttons of the page header."""
    new = reverse("interventions:intervention-new", args=[school_class.key])
    actions = [{"label": _("Decide on an intervention"), "url": new, "kind": ""}]
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


def panel_address(round_key: str) -> str:
    """The address of a cell's panel, with {row} and {column} for cell-panel.js to fill in."""
    address = reverse("colourmaps:cell-panel", args=["ROW", "COLUMN"])
    return f"{address}?round={round_key}".replace("ROW", "{row}").replace("COLUMN", "{column}")
