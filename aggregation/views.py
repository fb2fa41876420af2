from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from colourmaps.as_of import asked_for
from colourmaps.as_of_choice import as_of_choice
from colourmaps.drawing import first_of_area
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.map_page import Link, column_panel_address, year_group_link
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.presentation import ColumnHead
from pupils.queries import year_groups_in

from .dashboards.filters import NOW, Filters, narrowed
from .dashboards.pages import Chosen, address_of, breadcrumb_with, choose, filter_context, freshness_context
from .exporting import Origin, unit_map_csv, unit_map_file_name, unit_map_workbook
from .history_map import has_two_readings, map_of_now, offers_now
from .map_page import map_context
from .own_limits import own_limits_in_words
from .queries import unit_map
from .shares import UnitMap
from .wording import READ_NOW
from .work import want_first


@requires(Permission.SEE_SUMS)
def unit_page(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Child units x indicators of a unit for a round."""
    if unit.is_school_class:
        return redirect("colourmaps:class-map", unit.key)
    return render(request, "aggregation/unit_map.html", page_of(request, unit))


@requires(Permission.SEE_SUMS)
def unit_figures(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The grid of the unit map alone: asked for again while newer results are being counted.

    That somebody waits for them is written down, so that they are counted first.
    """
    context = page_of(request, unit)
    if "map" in context and context["map"].is_waiting:
        want_first(unit, context["round"])
    return render(request, "aggregation/unit_map_part.html", context)


def page_of(request: MunicipalityRequest, unit: Unit) -> dict:
    chosen = choose_reading(request, unit)
    context = {
        "unit": unit,
        "heading": unit.name,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "may_answer": request.sight.can_in_line(Permission.ANSWER_QUESTIONS, request.line),
        "may_meet": any(
            request.sight.can_in_line(each, request.line)
            for each in (Permission.MEET, Permission.WATCH_ROUTINE)
        ),
        "heads_panel": heads_panel_of(request, unit),
        "may_decide": request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line),
    }
    if chosen is None:
        return context
    filters = chosen.filters
    today, as_of = request.sight.today, chosen.as_of
    everything = everything_of(request, unit, chosen)
    figures = narrowed(everything, filters)
    heads = heads_of(unit, figures.indicators, filters)
    addresses = addresses_below(request, figures, filters)
    return context | {
        **map_context(figures, heads, addresses),
        "breadcrumb": breadcrumb_with(request, filters),
        "actions": actions_of(request, unit, filters.round),
        "beside": beside_of(request, unit, filters.round),
        "as_of": as_of_choice(as_of, today, request.path, dict(parse_qsl(filters.query))),
        "own_limits": own_limits_in_words(unit, filters.round, figures.indicators),
        **reading_context(unit, chosen, request.sight.today),
        "is_lowest": not figures.children and figures.tier is not None,
        "downloads": downloads_of(figures, filters) if figures.indicators and not as_of else [],
        "part_address": f"{reverse('aggregation:unit-figures', args=[unit.key])}?{filters.query}",
        **filter_context(chosen, everything.indicators),
        **freshness_context(unit, filters.round, chosen.changed_at),
    }


def choose_reading(request: MunicipalityRequest, unit: Unit) -> Chosen | None:
    """What the address chooses, with ?tree=now and ?as_of= only where the reader may have them.

    The sums of whose pupils are seen are kept as of now alone; what was released stays.
    """
    chosen = choose(request, unit)
    if chosen is None:
        return None
    today, filters = request.sight.today, chosen.filters
    if request.GET.get("tree") == NOW and offers_now(unit, filters.round, chosen.tier, today):
        return replace(chosen, filters=filters.as_now)
    return replace(chosen, as_of=asked_for(request.GET.get("as_of"), today)) if chosen.tier else chosen


def everything_of(request: MunicipalityRequest, unit: Unit, chosen: Chosen) -> UnitMap:
    filters = chosen.filters
    if filters.is_now:
        return map_of_now(unit, filters.round, request.sight, filters.slice)
    return unit_map(unit, filters.round, request.sight, filters.slice, chosen.shown, chosen.at)


def heads_of(unit: Unit, indicators: Sequence[Indicator], filters: Filters) -> list[ColumnHead]:
    """A head leads to the indicator's own page at the unit."""
    then, firsts = filters.as_then, first_of_area(indicators)
    return [
        ColumnHead(each.code, each.name, each.unit, address_of(unit, each, then), is_first)
        for each, is_first in zip(indicators, firsts, strict=True)
    ]


def addresses_below(request: MunicipalityRequest, figures: UnitMap, filters: Filters) -> list[str]:
    """Of the units of the map, with the choices kept; empty for a school of then that is not the reader's."""
    addresses = [f"{unit_url(row.unit)}?{filters.query}" for row in figures.children]
    if not filters.is_now:
        return addresses
    days = (filters.round.counted_on, request.sight.today)
    visible = set().union(*(request.sight.visible_units(Permission.SEE_SUMS, day) for day in days))
    return [
        address if row.unit.pk in visible else ""
        for row, address in zip(figures.children, addresses, strict=True)
    ]


def reading_context(unit: Unit, chosen: Chosen, today: datetime.date) -> dict:
    """Then or now, for a round since which the organisation has changed; for released figures, why then only."""
    filters = chosen.filters
    if not has_two_readings(unit, filters.round, today):
        return {}
    if chosen.tier is not None:
        return {"is_then_only": True}
    return {
        "read_now": READ_NOW,
        "readings": [
            (_("As the schools were then"), filters.as_then.query, not filters.is_now),
            (_("In today's organisation"), filters.as_now.query, filters.is_now),
        ],
    }


def actions_of(request: MunicipalityRequest, unit: Unit, round_: MeasurementRound) -> list[dict[str, str]]:
    """What can be done with the unit, as buttons of the page header: a school has a workbook to fill in, and maps."""
    if unit.level != Level.SCHOOL:
        return []
    actions = []
    if round_.closed_at is None and request.sight.can_in_line(Permission.RECORD_RESULTS, request.line):
        address = f"{reverse('colourmaps:fill-in', args=[unit.key])}?round={round_.key}"
        actions.append({"label": _("Fill in for the whole school"), "url": address, "kind": ""})
    if request.sight.can_in_line(Permission.CHOOSE_MAPS, request.line):
        address = reverse("colourmaps:school-maps", args=[unit.key])
        actions.append({"label": _("The school's maps"), "url": address, "kind": ""})
    return actions


def heads_panel_of(request: MunicipalityRequest, unit: Unit) -> str:
    """The address of what a column's head says of what is being done, for those who see the pupils.

    To heads a column is a way on, with the choices kept; what is done at their schools stands in the list.
    """
    if not request.sight.can_in_line(Permission.SEE_PUPILS, request.line):
        return ""
    return column_panel_address(unit)


def beside_of(request: MunicipalityRequest, unit: Unit, round_: MeasurementRound) -> list[Link]:
    """The maps of a school's year groups, pupil by pupil, for those who see the pupils."""
    if unit.level != Level.SCHOOL or not request.sight.can_in_line(Permission.SEE_PUPILS, request.line):
        return []
    on = unit.nearest_day(round_.counted_on)
    return [year_group_link(unit, year_group, round_, request) for year_group in year_groups_in(unit, on)]


@requires(Permission.SEE_SUMS)
@limited(Limited.EXPORTS)
def unit_xlsx(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The unit map as a workbook."""
    figures = _figures_for_file(request, unit, FileType.XLSX)
    content = unit_map_workbook(figures, Origin(by=request.user.name, at=localtime()))
    return file_response(content, unit_map_file_name(figures, FileType.XLSX.value), FileType.XLSX)


@requires(Permission.SEE_SUMS)
@limited(Limited.EXPORTS)
def unit_csv(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The figures of the unit map."""
    figures = _figures_for_file(request, unit, FileType.CSV)
    return file_response(unit_map_csv(figures), unit_map_file_name(figures, FileType.CSV.value), FileType.CSV)


def _figures_for_file(request: MunicipalityRequest, unit: Unit, file_type: FileType) -> UnitMap:
    """The map that is asked for, as this reader may see it; its taking out is recorded."""
    chosen = choose_reading(request, unit)
    if chosen is None or unit.is_school_class:
        raise Http404
    filters = chosen.filters
    record("unit map downloaded", by=request.user, unit=unit, subject=filters.round.key, file=file_type.value)
    return narrowed(everything_of(request, unit, chosen), filters)


def downloads_of(figures: UnitMap, filters: Filters) -> list[dict[str, str]]:
    """The map as files: label and address of each."""
    types = [("Excel", "aggregation:unit-map-xlsx"), ("CSV", "aggregation:unit-map-csv")]
    return [
        {"label": label, "url": f"{reverse(name, args=[figures.unit.key])}?{filters.query}"}
        for label, name in types
    ]
