"""The pages about an indicator at a unit, what is worth a look there, and how it went over the rounds."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django_htmx.http import trigger_client_event

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires, unit_url
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.models import Indicator
from colourmaps.queries import choose_round

from ..exporting import Origin
from ..queries import tier_in_line
from .exporting import indicator_file_name, indicator_workbook
from .filters import Filters
from .freshness import changed_at
from .indicator_figures import indicator_figures
from .pages import Chosen, address_of, breadcrumb_with, choose, freshness_context, indicator_context
from .trend_chart import SMALL, trend_chart
from .trends import trends_of
from .worth_a_look import worth_a_look


@requires(Permission.SEE_SUMS)
def indicator_page(request: MunicipalityRequest, unit: Unit, code: str) -> HttpResponse:
    """One indicator at a unit and at the units below it."""
    indicator = _indicator(unit, code)
    chosen = choose(request, unit)
    if chosen is None:
        return render(request, "colourmaps/no_round.html", {"heading": indicator.name})
    return render(request, "aggregation/indicator.html", indicator_context(request, unit, indicator, chosen))


@requires(Permission.SEE_SUMS)
def indicator_part(request: MunicipalityRequest, unit: Unit, code: str) -> HttpResponse:
    """The figures of the page alone: asked for again when they have changed."""
    context = indicator_context(request, unit, _indicator(unit, code), _chosen(request, unit))
    return render(request, "aggregation/indicator_part.html", context)


@requires(Permission.SEE_SUMS)
@limited(Limited.EXPORTS)
def indicator_xlsx(request: MunicipalityRequest, unit: Unit, code: str) -> HttpResponse:
    """What the page shows, as a workbook."""
    indicator, chosen = _indicator(unit, code), _chosen(request, unit)
    record(
        "indicator downloaded",
        by=request.user,
        unit=unit,
        subject=chosen.filters.round.key,
        indicator=indicator.code,
        file=FileType.XLSX.value,
    )
    figures = indicator_figures(
        request.line, indicator, chosen.rounds_until_now, chosen.filters, request.sight
    )
    content = indicator_workbook(figures, Origin(by=request.user.name, at=localtime()))
    return file_response(content, indicator_file_name(figures, FileType.XLSX.value), FileType.XLSX)


@requires(Permission.SEE_SUMS)
def unit_worth_a_look(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Unusual change at a unit and below it, and where its red is."""
    filters = _chosen(request, unit).filters
    found = worth_a_look(
        request.line,
        filters,
        request.sight,
        address_of=partial(address_of, filters=filters),
        code=request.GET.get("indicator", ""),
    )
    return _page_or_part(request, unit, filters, "worth_a_look", {"found": found})


@requires(Permission.SEE_SUMS)
def unit_trends(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Each indicator of a unit over the rounds."""
    chosen = _chosen(request, unit)
    filters, tier = chosen.filters, chosen.tier
    indicators = [each for each in Indicator.objects.all() if filters.shows(each)]
    trends = trends_of([unit], indicators, chosen.rounds_until_now, tier, filters.slice)
    charts = [
        {
            "indicator": trend.indicator,
            "address": address_of(unit, trend.indicator, filters),
            "chart": trend_chart(trend, SMALL),
        }
        for trend in trends.get(unit.pk, [])
    ]
    return _page_or_part(request, unit, filters, "trends", {"charts": charts})


@requires(Permission.SEE_SUMS)
def unit_fresh(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Asked by an open page now and then: 204 while its figures hold; else the page is told to ask for new ones."""
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if round_ is None or unit.is_school_class:
        raise Http404
    at = changed_at(unit, round_, tier_in_line(request.sight, request.line))
    context = freshness_context(unit, round_, at)
    if request.GET.get("since") == context["since"]:
        return HttpResponse(status=204)
    return trigger_client_event(render(request, "aggregation/fresh_part.html", context), "figures-changed")


def _chosen(request: MunicipalityRequest, unit: Unit) -> Chosen:
    chosen = choose(request, unit)
    if chosen is None or unit.is_school_class:
        raise Http404
    return chosen


def _indicator(unit: Unit, code: str) -> Indicator:
    """A class has its own pages; of other units the indicator must be the municipality's."""
    if unit.is_school_class:
        raise Http404
    return get_object_or_404(Indicator, code=code)


def _page_or_part(
    request: MunicipalityRequest, unit: Unit, filters: Filters, name: str, found: dict[str, Any]
) -> HttpResponse:
    """A section of the unit's page: by itself for htmx, and as a page of its own without script."""
    context = {"unit": unit, "filters": filters, "back": f"{unit_url(unit)}?{filters.query}", **found}
    if request.htmx:
        return render(request, f"aggregation/{name}_part.html", context)
    context |= {"heading": unit.name, "breadcrumb": breadcrumb_with(request, filters)}
    return render(request, f"aggregation/{name}.html", context)
