"""What is being done about an indicator: the panel of a column's head, for a class, a school or the own classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere
from colourmaps.map_page import own_classes
from colourmaps.models import Indicator

from ..answers import running_and_ended
from ..models import Intervention
from ..queries import interventions_at, visible_interventions
from ..tables import for_how_many_in_words, where_in_words
from ..verdicts import verdicts_for
from .answers import answer_row
from .lists import ask_url


@requires(Permission.DECIDE_INTERVENTIONS)
def column_answers(request: MunicipalityRequest, unit: Unit, code: str) -> HttpResponse:
    """What has been tried at a unit and below it; ?year= keeps what is for classes of that year group, or for all."""
    indicator = get_object_or_404(Indicator, code=code)
    found = interventions_at(unit, request.sight)
    year = request.GET.get("year", "")
    if year.isdecimal() and len(year) < 3:
        found = found.filter(Q(unit__year_group=int(year)) | Q(unit__year_group=None))
    new = reverse("interventions:intervention-new", args=[unit.key])
    return _show(
        request,
        indicator,
        found,
        {
            "unit": unit,
            "of_whom": unit.name,
            "breadcrumb": breadcrumb_of(request.sight, request.line),
            "new_url": f"{new}?{urlencode({'indicator': code})}",
            "ask_url": ask_url(unit, code),
            "page_url": _page_of(unit, code),
        },
    )


@requires_somewhere(Permission.DECIDE_INTERVENTIONS)
def team_column_answers(request: MunicipalityRequest, code: str) -> HttpResponse:
    """What has been tried in the classes at which the person has a role."""
    indicator = get_object_or_404(Indicator, code=code)
    classes = own_classes(request.sight)
    at_own = Q(unit__in=classes) | Q(parts__unit__in=classes)
    found = visible_interventions(request.sight).filter(at_own).distinct()
    return _show(request, indicator, found, {"of_whom": ", ".join(each.name for each in classes)})


def _page_of(unit: Unit, code: str) -> str:
    name = "colourmaps:class-indicator" if unit.is_school_class else "aggregation:indicator"
    return reverse(name, args=[unit.key, code])


def _show(
    request: MunicipalityRequest,
    indicator: Indicator,
    found: QuerySet[Intervention],
    context: dict[str, Any],
) -> HttpResponse:
    """A page, and for the panel its part."""
    running, ended = running_and_ended(found.filter(indicator=indicator))
    unit = context.get("unit")
    told = verdicts_for(request.sight, [*running, *ended])
    verdicts = {pk: str(verdict.label) for pk, verdict in told.items()}
    context |= {
        "indicator": indicator,
        "heading": f"{indicator.name}, {context['of_whom']}",
        "running": [_row(each, unit, request, verdicts) for each in running],
        "ended": [_row(each, unit, request, verdicts) for each in ended],
    }
    part = "_part" if request.htmx else ""
    return render(request, f"interventions/column_answers{part}.html", context)


def _row(
    intervention: Intervention,
    unit: Unit | None,
    request: MunicipalityRequest,
    verdicts: Mapping[int, str],
) -> dict[str, Any]:
    """For whom, without names; and where, if not at the unit itself."""
    is_here = intervention.unit == unit
    whom = for_how_many_in_words(intervention) if is_here else where_in_words(intervention)
    return answer_row(intervention, request, verdicts) | {"whom": whom}
