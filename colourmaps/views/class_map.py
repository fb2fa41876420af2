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

from ..as_of import AsOf, asked_for
from ..as_of_choice import as_of_choice
from ..drawing import draw_rows
from ..grid import class_grid
from ..models import MeasurementRound
from ..presentation import (
    areas_of,
    facts_of,
    heads_of,
    legend_of,
    limits_of,
    own_limits_in_words,
    summaries_of,
    uncounted_in_words,
)
from ..queries import choose_round


@requires(Permission.SEE_PUPILS)
def class_map(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Pupils x indicators of a class for a round, as it stands or as it stood on a day."""
    if not school_class.is_school_class:
        raise Http404
    today = request.sight.today
    as_of = asked_for(request.GET.get("as_of"), today)
    rounds, round_ = choose_round(request.GET.get("round"), as_of.day if as_of else today, school_class)
    if round_ is None or (as_of and as_of.day < school_class.valid_from):
        choice = as_of_choice(as_of, today, request.path)
        return render(request, "colourmaps/no_round.html", {"heading": school_class.name, "as_of": choice})
    grid = class_grid(school_class, round_, today, as_of=as_of)
    pupil_ids = [pupil.pk for pupil in grid.pupils]
    facts = {"as_of": as_of.day.isoformat()} if as_of else {}
    record(
        "class map seen", by=request.user, unit=school_class, subject=round_.key, pupils=pupil_ids, **facts
    )
    context = {
        "school_class": school_class,
        "heading": _("Class %(name)s") % {"name": grid.school_class.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "rounds": rounds,
        "grid": grid,
        "facts": facts_of(grid),
        "as_of": as_of_choice(as_of, today, request.path, {"round": round_.key}),
        "own_limits": own_limits_in_words(grid),
        "actions": actions_of(request, school_class, round_) if grid.rows and not as_of else [],
        "legend": legend_of(grid),
        "limits": limits_of(grid, request.municipality.country),
        "areas": areas_of(grid.indicators),
        "heads": heads_of(grid.indicators),
        "rows": draw_rows(grid, get_language() or "sv", as_of.query if as_of else ""),
        "summaries": summaries_of(grid),
        "uncounted": uncounted_in_words(grid),
        "panel_address": panel_address(round_.key, as_of),
        "downloads": downloads_of(school_class, round_.key)
        if grid.rows and grid.columns and not as_of
        else [],
        "empty_title": _("No pupils in the class yet"),
        "empty_text": _(
            "They come with the class list, or with the first file of results that the coordinator imports."
        ),
        "nothing_due_title": _("Nothing to measure in this round"),
        "nothing_due_text": _("Choose another round above."),
    }
    return render(request, "colourmaps/class_map.html", context)


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


def panel_address(round_key: str, as_of: AsOf | None = None) -> str:
    """The address of a cell's panel, with {row} and {column} for cell-panel.js to fill in."""
    address = reverse("colourmaps:cell-panel", args=["ROW", "COLUMN"])
    day = f"&{as_of.query}" if as_of else ""
    return f"{address}?round={round_key}{day}".replace("ROW", "{row}").replace("COLUMN", "{column}")
