"""Lists of interventions: one's own with those of one's units, and those of a unit; and what they show as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, configure_table, requires, requires_somewhere
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.exporting.safe_cells import file_name

from ..exporting import list_workbook
from ..forms import ListFilter
from ..models import Intervention
from ..queries import interventions_at, ownerless_among, parents_of, visible_interventions
from ..tables import InterventionTable, pupils_named_in
from ..verdicts import verdict_words

ROWS_PER_PAGE = 25


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def intervention_list(request: MunicipalityRequest) -> HttpResponse:
    """The person's own interventions, then those of the person's units; the address says which of them."""
    chosen = list_filter(request, visible_interventions(request.sight))
    rows = chosen.narrowed()
    own = list_table(
        request, list(rows.filter(responsible=request.user)), prefix="own-", exclude=("responsible",)
    )
    others = list_table(request, list(rows.exclude(responsible=request.user)), prefix="units-")
    log_names(request, pupils_named_in(own, others))
    xlsx = reverse("interventions:intervention-list-xlsx")
    context = filter_context(chosen, xlsx) | {"own": own, "others": others}
    return render(request, "interventions/intervention_list.html", context)


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
@limited(Limited.EXPORTS)
def intervention_list_xlsx(request: MunicipalityRequest) -> HttpResponse:
    """What the list shows, without names of pupils."""
    rows = list_filter(request, visible_interventions(request.sight)).narrowed()
    return workbook_of(request, _("Interventions"), list(rows))


@requires(Permission.DECIDE_INTERVENTIONS)
def unit_interventions(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The interventions of a unit and of those below it: a page, and the part that its map fetches."""
    chosen = list_filter(request, interventions_at(unit, request.sight), hides_ended=False)
    table = part_table(request, list(chosen.narrowed()), exclude=("unit",) if unit.is_school_class else ())
    log_names(request, pupils_named_in(table), unit)
    code = chosen.chosen.get("indicator", "")
    name = dict(chosen.fields["indicator"].choices).get(code, "")  # type: ignore[attr-defined]  # a ChoiceField
    new_url = reverse("interventions:intervention-new", args=[unit.key])
    xlsx = reverse("interventions:unit-interventions-xlsx", args=[unit.key])
    context = filter_context(chosen, xlsx) | {
        "heading": f"{unit.name}, {name}" if name else unit.name,
        "title": _("What have we tried, what do we change?") if name else _("Interventions"),
        "table": table,
        "new_url": f"{new_url}?{urlencode({'indicator': code})}" if code else new_url,
        "unit": unit,
        "ask_url": ask_url(unit, code),
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return show_page_or_part(request, context)


@requires(Permission.DECIDE_INTERVENTIONS)
@limited(Limited.EXPORTS)
def unit_interventions_xlsx(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """What the unit's list shows, without names of pupils."""
    chosen = list_filter(request, interventions_at(unit, request.sight), hides_ended=False)
    rows = chosen.narrowed()
    return workbook_of(request, _("Interventions, %(unit)s") % {"unit": unit.name}, list(rows), unit)


def list_filter(
    request: MunicipalityRequest, interventions: QuerySet[Intervention], *, hides_ended: bool = True
) -> ListFilter:
    return ListFilter(request.GET, interventions=interventions, sight=request.sight, hides_ended=hides_ended)


def filter_context(chosen: ListFilter, xlsx: str) -> dict[str, Any]:
    """The form of the filters, and the file of what they leave."""
    return {
        "filters": chosen,
        "is_narrowed": bool(chosen.chosen),
        "downloads": [{"label": "Excel", "url": f"{xlsx}{chosen.query}"}],
    }


def workbook_of(
    request: MunicipalityRequest, title: str, rows: Sequence[Intervention], unit: Unit | None = None
) -> HttpResponse:
    record("interventions downloaded", by=request.user, unit=unit, n=len(rows))
    content = list_workbook(
        title,
        rows,
        places=parents_of({row.unit for row in rows}),
        ownerless=ownerless_among(rows, request.sight.today),
        verdicts=verdict_words(rows, request.sight),
        by=request.user.name,
        at=timezone.now(),
    )
    return file_response(content, file_name(title, suffix=FileType.XLSX.value), FileType.XLSX)


def ask_url(unit: Unit, code: str) -> str:
    """Where a question about the unit, or about the column of an indicator with the code, is asked."""
    query = f"?{urlencode({'indicator': code})}" if code else ""
    return f"{reverse('interventions:question-new', args=[unit.key])}{query}"


def log_names(request: MunicipalityRequest, pupil_ids: set[int], unit: Unit | None = None) -> None:
    """A list without a name is nothing to log."""
    if pupil_ids:
        record("interventions seen", by=request.user, unit=unit, pupils=pupil_ids)


def show_page_or_part(request: MunicipalityRequest, context: dict[str, Any]) -> HttpResponse:
    """The page for a plain link; the part that it includes, the same markup, for htmx."""
    part = "_part" if request.htmx else ""
    return render(request, f"interventions/interventions_of{part}.html", context)


def list_table(request: MunicipalityRequest, rows: list[Intervention], **options: Any) -> InterventionTable:
    """A table in pages that can be put in another order."""
    table = InterventionTable(rows, **known_of(request, rows, options))
    configure_table(request, table, ROWS_PER_PAGE)
    return table


def part_table(request: MunicipalityRequest, rows: list[Intervention], **options: Any) -> InterventionTable:
    """A table without links of its own, so that it can stand in any page."""
    return InterventionTable(rows, orderable=False, **known_of(request, rows, options))


def known_of(
    request: MunicipalityRequest, rows: Sequence[Intervention], options: dict[str, Any]
) -> dict[str, Any]:
    """What the table must know beside its rows; without the column of verdicts where there is none to be told."""
    today = request.sight.today
    verdicts = verdict_words(rows, request.sight)
    exclude = options.get("exclude", ())
    return options | {
        "exclude": exclude if verdicts else (*exclude, "verdict"),
        "verdicts": verdicts,
        "on": today,
        "places": parents_of({row.unit for row in rows}),
        "ownerless": ownerless_among(rows, today),
    }
