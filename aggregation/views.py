from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.models import MeasurementRound
from colourmaps.presentation import areas_of, heads_of
from colourmaps.queries import choose_round

from .drawing import draw_cells
from .exporting import Origin, unit_map_csv, unit_map_file_name, unit_map_workbook
from .models import ALL_PUPILS
from .queries import tier_of, unit_map
from .shares import UnitMap, UnitRow
from .slice_choices import SliceChoice, slice_choices
from .wording import held_back_words, pool_words, pools_on

# How many pools are named above the map; the others are a click away.
POOLS_AT_ONCE = 3


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
    context["actions"] = actions_of(request, unit, round_)
    choices, chosen = choose_slice(request, unit, round_)
    figures = unit_map(unit, round_, request.sight, chosen.number)
    heads = heads_of(figures.indicators)
    query = query_of(round_, chosen)
    firsts = [head.is_first for head in heads]
    return context | {
        "map": figures,
        "pools": pools_of(figures),
        "held_back": held_back_words(figures.held_back) if figures.held_back else "",
        "facts": facts_of(figures),
        "slices": [(choice, query_of(round_, choice), choice == chosen) for choice in choices],
        "areas": areas_of(figures.indicators),
        "heads": heads,
        "own": draw_cells(figures.own, firsts, ""),
        "children": [
            (
                row.unit,
                child_address(row, query),
                draw_cells(row, firsts, child_address(row, query)),
            )
            for row in figures.children
        ],
        "downloads": downloads_of(unit, query) if figures.indicators else [],
        "part_address": f"{reverse('aggregation:unit-figures', args=[unit.key])}?{query}",
    }


def actions_of(request: MunicipalityRequest, unit: Unit, round_: MeasurementRound) -> list[dict[str, str]]:
    """What can be done with the unit, as buttons of the page header: a school has a workbook to fill in."""
    may_fill_in = request.sight.can_in_line(Permission.RECORD_RESULTS, request.line)
    if unit.level != Level.SCHOOL or round_.closed_at is not None or not may_fill_in:
        return []
    address = f"{reverse('colourmaps:fill-in', args=[unit.key])}?round={round_.key}"
    return [{"label": _("Fill in for the whole school"), "url": address, "kind": ""}]


@requires(Permission.SEE_SUMS)
def unit_xlsx(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The unit map as a workbook."""
    figures = _figures_for_file(request, unit, FileType.XLSX)
    content = unit_map_workbook(figures, Origin(by=request.user.name, at=localtime()))
    return file_response(content, unit_map_file_name(figures, FileType.XLSX.value), FileType.XLSX)


@requires(Permission.SEE_SUMS)
def unit_csv(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The figures of the unit map."""
    figures = _figures_for_file(request, unit, FileType.CSV)
    return file_response(unit_map_csv(figures), unit_map_file_name(figures, FileType.CSV.value), FileType.CSV)


def _figures_for_file(request: MunicipalityRequest, unit: Unit, file_type: FileType) -> UnitMap:
    """The map of the round that is asked for, as this reader may see it; its taking out is recorded."""
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if round_ is None or unit.is_school_class:
        raise Http404
    _choices, chosen = choose_slice(request, unit, round_)
    record("unit map downloaded", by=request.user, unit=unit, subject=round_.key, file=file_type.value)
    return unit_map(unit, round_, request.sight, chosen.number)


def choose_slice(
    request: MunicipalityRequest, unit: Unit, round_: MeasurementRound
) -> tuple[list[SliceChoice], SliceChoice]:
    """The parts of the pupils that can be asked for, and the one that is: all, if it is none of them."""
    choices = slice_choices(unit, round_, tier_of(request.sight, unit))
    word = request.GET.get("pupils")
    return choices, next((choice for choice in choices if choice.word == word), choices[0])


def query_of(round_: MeasurementRound, choice: SliceChoice) -> str:
    """What an address says of the round and of which pupils."""
    of_pupils = {} if choice.number == ALL_PUPILS else {"pupils": choice.word}
    return urlencode({"round": round_.key, **of_pupils})


def downloads_of(unit: Unit, query: str) -> list[dict[str, str]]:
    """The map as files: label and address of each."""
    types = [("Excel", "aggregation:unit-map-xlsx"), ("CSV", "aggregation:unit-map-csv")]
    return [{"label": label, "url": f"{reverse(name, args=[unit.key])}?{query}"} for label, name in types]


def child_address(row: UnitRow, query: str) -> str:
    return f"{unit_url(row.unit)}?{query}"


def pools_of(figures: UnitMap) -> dict[str, str] | None:
    """The pools of a map in words: the most frequent ones, and the others; None if every unit is shown by itself."""
    pools = pools_on(figures)
    if not pools:
        return None
    return {"first": pool_words(pools[:POOLS_AT_ONCE]), "others": pool_words(pools[POOLS_AT_ONCE:])}


def facts_of(figures: UnitMap) -> list[str]:
    facts = [figures.round.name]
    if figures.computed_at:
        when = date_format(localtime(figures.computed_at), "SHORT_DATETIME_FORMAT")
        words = _("counted %(when)s") if figures.tier is None else _("as released %(when)s")
        facts.append(words % {"when": when})
    return facts
