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
from pupils.school_years import year_group_name

from ..breaks_in_words import series_break_in_words
from ..drawing import draw_rows_of
from ..drawing_around import draw_heads
from ..grid import SeriesGrid, limits_on, series_grid
from ..limits import limits_in_words
from ..models import Indicator
from ..ordering import by_name
from ..presentation import (
    ColumnHead,
    days_measured,
    facts_of_cells,
    legend_of,
    summaries_of,
)


@requires(Permission.SEE_PUPILS)
def class_indicator(request: MunicipalityRequest, school_class: Unit, code: str) -> HttpResponse:
    """One indicator over time for a class: pupils x rounds, and first what is being done."""
    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None or not school_class.is_school_class:
        raise Http404
    grid = series_grid(school_class, indicator, request.sight.today)
    record(
        "class indicator seen",
        by=request.user,
        unit=school_class,
        subject=code,
        pupils=[pupil.pk for pupil in grid.pupils],
    )
    doing = reverse("interventions:unit-interventions", args=[school_class.key])
    new = reverse("interventions:intervention-new", args=[school_class.key])
    heads = heads_of_rounds(grid)
    context = {
        "heading": _("%(indicator)s, class %(name)s")
        % {"indicator": indicator.name, "name": school_class.name},
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (indicator.name, request.path)],
        "indicator": indicator,
        "school_class": school_class,
        "grid": grid,
        "facts": facts_of_cells(grid),
        "actions": [{"label": _("Decide on an intervention"), "url": f"{new}?indicator={code}", "kind": ""}],
        "doing": f"{doing}?indicator={code}",
        "limits": limits_in_force(grid, request),
        "breaks": breaks_in_words(grid),
        "legend": legend_of(grid),
        "corner": _("Pupil"),
        "heads": heads,
        "drawn_heads": draw_heads(heads),
        "rows": draw_rows_of(indicator, by_name(grid.rows, get_language() or "sv"), get_language() or "sv"),
        "summaries": summaries_of(grid),
        "days": days_measured(grid),
        "panel_address": panel_address_of(indicator),
        "empty_title": _("Nothing measured yet"),
        "empty_text": _("The pupils of the class have no results on this indicator."),
    }
    return render(request, "colourmaps/class_indicator.html", context)


def heads_of_rounds(grid: SeriesGrid) -> list[ColumnHead]:
    """Each leads to the map of the class in that round; a break of the series stands at the first round after it."""
    class_map = reverse("colourmaps:class-map", args=[grid.unit.key])
    return [
        ColumnHead(
            key=column.key,
            name=column.round.name,
            small=str(column.series_break.get_kind_display()) if column.series_break else "",
            address=f"{class_map}?round={column.key}",
            mark="break" if column.series_break else "",
        )
        for column in grid.columns
    ]


def breaks_in_words(grid: SeriesGrid) -> list[str]:
    """Where and why the series breaks, a sentence each."""
    return [
        series_break_in_words(column.series_break)
        for column in grid.columns
        if column.series_break is not None
    ]


def limits_in_force(grid: SeriesGrid, request: MunicipalityRequest) -> list[str]:
    """The limits that hold today, a sentence each; with their year group where there are several."""
    on = request.sight.today
    by_words: dict[str, list[str]] = {}
    for year_group in sorted({each.year_group for each in grid.decisions if each.holds(each.year_group, on)}):
        limits = limits_on(grid.decisions, year_group, on)
        name = year_group_name(year_group, request.municipality.country, on)
        by_words.setdefault(limits_in_words(grid.indicator, limits), []).append(name)
    if len(by_words) < 2:
        return list(by_words) or [limits_in_words(grid.indicator, None)]
    return [
        _("year %(years)s: %(limits)s") % {"years": ", ".join(names), "limits": words}
        for words, names in by_words.items()
    ]


def panel_address_of(indicator: Indicator) -> str:
    address = reverse("colourmaps:cell-panel", args=["ROW", "CODE"])
    return f"{address}?round={{column}}".replace("ROW", "{row}").replace("CODE", indicator.code)
