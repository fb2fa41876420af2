"""Lists of interventions: one's own with those of one's units, and those of a unit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, configure_table, requires, requires_somewhere
from colourmaps.models import Indicator

from ..models import Intervention
from ..queries import interventions_at, parents_of, visible_interventions
from ..states import NOT_ENDED, State, in_state
from ..tables import InterventionTable, pupils_named_in

ROWS_PER_PAGE = 25
# What ?state= can be, in the order of the page; empty, what has not ended.
FILTERS = {
    "": gettext_lazy("Not ended"),
    State.RUNNING.value: gettext_lazy("Running"),
    State.LATE.value: gettext_lazy("Late"),
    State.ENDED.value: gettext_lazy("Ended"),
}


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention_list(request: MunicipalityRequest) -> HttpResponse:
    """The person's own interventions, then those of the person's units; ?state= chooses which of them."""
    sight = request.sight
    chosen, choices, rows = filtered(request, visible_interventions(sight))
    own = list(rows.filter(responsible=request.user))
    others = list(rows.exclude(responsible=request.user))
    tables = [
        list_table(request, own, prefix="own-", exclude=("responsible",)),
        list_table(request, others, prefix="units-"),
    ]
    log_names(request, pupils_named_in(*tables))
    context = {"choices": choices, "chosen": chosen, "own": tables[0], "others": tables[1]}
    return render(request, "interventions/intervention_list.html", context)


@requires(Permission.DECIDE_INTERVENTIONS)
def unit_interventions(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The interventions of a unit and of those below it: a page, and the part that its map fetches.

    ?indicator= keeps those on one indicator.
    """
    indicator = Indicator.objects.filter(code=request.GET.get("indicator", "")).first()
    found = interventions_at(unit, request.sight.today)
    rows = list(found.filter(indicator=indicator) if indicator else found)
    table = part_table(request, rows, exclude=("unit",) if unit.is_school_class else ())
    log_names(request, pupils_named_in(table), unit)
    new_url = reverse("interventions:intervention-new", args=[unit.key])
    context = {
        "heading": f"{unit.name}, {indicator.name}" if indicator else unit.name,
        "title": _("What have we tried, what do we change?") if indicator else _("Interventions"),
        "table": table,
        "new_url": f"{new_url}?{urlencode({'indicator': indicator.code})}" if indicator else new_url,
        "ask_url": ask_url(unit, indicator),
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return show_page_or_part(request, context)


def ask_url(unit: Unit, indicator: Indicator | None) -> str:
    """Where a question about the unit, or about a column of its map, is asked."""
    query = f"?{urlencode({'indicator': indicator.code})}" if indicator else ""
    return f"{reverse('interventions:question-new', args=[unit.key])}{query}"


def log_names(request: MunicipalityRequest, pupil_ids: set[int], unit: Unit | None = None) -> None:
    """A list without a name is nothing to log."""
    if pupil_ids:
        record("interventions seen", by=request.user, unit=unit, pupils=pupil_ids)


def show_page_or_part(request: MunicipalityRequest, context: dict[str, Any]) -> HttpResponse:
    """The page for a plain link; the part that it includes, the same markup, for htmx."""
    part = "_part" if request.htmx else ""
    return render(request, f"interventions/interventions_of{part}.html", context)


def filtered(
    request: MunicipalityRequest, interventions: QuerySet[Intervention]
) -> tuple[str, list[dict[str, Any]], QuerySet[Intervention]]:
    """(the chosen state or "", the choices with their numbers, the interventions in that state).

    Without a choice, all that have not ended.
    """
    today = request.sight.today
    conditions = {state: in_state(State(state), today) if state else NOT_ENDED for state in FILTERS}
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in conditions else ""
    counts = interventions.order_by().aggregate(
        **{f"n_{state}": Count("pk", filter=condition) for state, condition in conditions.items()}
    )
    choices = [
        {
            "label": label,
            "n": counts[f"n_{state}"],
            "url": f"?state={state}" if state else "?",
            "current": state == chosen,
        }
        for state, label in FILTERS.items()
    ]
    return chosen, choices, interventions.filter(conditions[chosen])


def list_table(request: MunicipalityRequest, rows: list[Intervention], **options: Any) -> InterventionTable:
    """A table in pages that can be put in another order."""
    places = parents_of({row.unit for row in rows})
    table = InterventionTable(rows, on=request.sight.today, places=places, **options)
    configure_table(request, table, ROWS_PER_PAGE)
    return table


def part_table(request: MunicipalityRequest, rows: list[Intervention], **options: Any) -> InterventionTable:
    """A table without links of its own, so that it can stand in any page."""
    return InterventionTable(rows, on=request.sight.today, orderable=False, **options)
