"""What the templates of the dashboards are given: choices, figures as rows and charts, and since when they hold."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.roles import Tier
from accounts.web import MunicipalityRequest, address_of_page, breadcrumb_of, unit_url
from colourmaps.as_of import AsOf
from colourmaps.maps import MapChoice, choose_map
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.queries import choose_round

from ..disclosure import Part
from ..queries import tier_in_line
from ..released import Shown, shown_at
from ..slice_choices import slice_choices
from ..slices import summed_groups
from .blocks import blocks_of
from .concentration import concentration_of, holders_of
from .filters import (
    Filters,
    areas_to_choose,
    filters_of,
    pupils_name,
    pupils_to_choose,
    splits_without_figures,
)
from .freshness import slices_with_sums
from .indicator_figures import IndicatorFigures, indicator_figures
from .rows import level_rows, movement_rows
from .sentences import concentration_words
from .trend_chart import SMALL, WIDE, Size, trend_chart
from .trend_table import trend_lines
from .trends import Trend


@dataclass(frozen=True)
class Chosen:
    """unit: whose page it is. rounds: that have begun, oldest first.

    tier: how sums are shown to the reader; None: sees the pupils.
    as_of: the day as of which the reader asks; the sums of whose pupils are seen are kept as of now alone.
    maps: of the municipality, that can be chosen here.
    """

    unit: Unit
    rounds: list[MeasurementRound]
    filters: Filters
    tier: Tier | None
    maps: MapChoice = field(default_factory=MapChoice)
    as_of: AsOf | None = None

    @property
    def at(self) -> datetime.datetime | None:
        """The moment of whose figures are shown; None for those of now."""
        return self.as_of.moment if self.as_of else None

    @cached_property
    def shown(self) -> Shown | None:
        """What the tier reads now of the round; None to those who see the pupils."""
        return shown_at(self.filters.round, self.tier, self.at) if self.tier else None

    @cached_property
    def _sums(self) -> Mapping[int, datetime.datetime]:
        """Of those who see the pupils: the slices of which the unit has sums, and when those became what they are."""
        return slices_with_sums(self.unit, self.filters.round)

    @property
    def slices(self) -> Set[int]:
        """Of which the unit has figures that the reader may see."""
        return self.shown.slices_of(self.unit) if self.shown else self._sums.keys()

    @property
    def changed_at(self) -> datetime.datetime | None:
        """When the newest of the unit's figures became what they are; None if there are none."""
        if self.shown:
            return self.shown.newest
        return max(self._sums.values(), default=None)

    @property
    def rounds_until_now(self) -> list[MeasurementRound]:
        """Up to the one that is shown."""
        return [each for each in self.rounds if each.starts_on <= self.filters.round.starts_on]


def choose(request: MunicipalityRequest, unit: Unit) -> Chosen | None:
    """What the address chooses, and among what; None if no round has begun."""
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if round_ is None:
        return None
    tier = tier_in_line(request.sight, request.line)
    maps = choose_map(request.GET.get("map"), request.line)
    return Chosen(unit, rounds, filters_of(request.GET, round_, maps.chosen), tier, maps)


def breadcrumb_with(request: MunicipalityRequest, filters: Filters) -> list[tuple[str, str]]:
    """The line of the page's unit, with the choices kept."""
    crumbs = breadcrumb_of(request.sight, request.line)
    return [(name, f"{address}?{filters.query}" if address else "") for name, address in crumbs]


def filter_context(chosen: Chosen, indicators: Sequence[Indicator] = ()) -> dict[str, Any]:
    """For templates/aggregation/filters_part.html. indicators: among whose areas can be chosen; none, no choice."""
    filters = chosen.filters
    groups = summed_groups()
    choices = slice_choices(chosen.slices, filters.round, groups)
    return {
        "filters": filters,
        "rounds": [(each, replace(filters, round=each).query) for each in chosen.rounds],
        "pupil_groups": pupils_to_choose(filters, choices),
        "maps": chosen.maps,
        "areas_to_choose": areas_to_choose(filters, indicators) if indicators else [],
        "pupils_shown": pupils_name(filters.slice, filters.round) if filters.slice else "",
        "has_figures": filters.slice in {choice.number for choice in choices},
        "not_released": "" if chosen.tier is None else ", ".join(splits_without_figures(choices, groups)),
        "sees_pupils": chosen.tier is None,
    }


def freshness_context(unit: Unit, round_: MeasurementRound, at: datetime.datetime | None) -> dict[str, Any]:
    """For templates/aggregation/fresh_part.html: since when the figures hold, and where to ask if they do."""
    since = at.isoformat() if at else ""
    query = urlencode({"round": round_.key, "since": since})
    return {
        "since": since,
        "fresh_address": f"{address_of_page('aggregation:unit-fresh', unit.key)}?{query}",
        "changed": date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "",
    }


def address_of(unit: Unit, indicator: Indicator, filters: Filters) -> str:
    """Of what is shown of an indicator at a unit, with the choices kept: of a class, its map."""
    if unit.is_school_class:
        return f"{unit_url(unit)}?{filters.of_class.query}"
    return f"{address_of_page('aggregation:indicator', unit.key, indicator.code)}?{filters.query}"


def indicator_context(
    request: MunicipalityRequest, unit: Unit, indicator: Indicator, chosen: Chosen
) -> dict[str, Any]:
    """For templates/aggregation/indicator.html and its part."""
    filters = chosen.filters
    figures = indicator_figures(request.line, indicator, chosen.rounds_until_now, filters, request.sight)
    units, address_below = [unit, *figures.children], partial(_address_below, figures)
    path = reverse("aggregation:indicator", args=[unit.key, indicator.code])
    worth_a_look = reverse("aggregation:unit-worth-a-look", args=[unit.key])
    trend = figures.trends.get(unit.pk)
    return {
        "unit": unit,
        "heading": indicator.name,
        "breadcrumb": [*breadcrumb_with(request, filters), (indicator.name, "")],
        "facts": facts_of(figures),
        "movement_rows": movement_rows(figures, units, address_below),
        "level_rows": level_rows(figures, units, address_below),
        "concentration": _concentration_of(figures),
        "is_lowest": not figures.children and figures.tier is not None,
        "trend": _trend_context(trend, WIDE) if trend else None,
        "above": _above_context(figures),
        "part_address": f"{path}figures/?{filters.query}",
        "worth_a_look_address": f"{worth_a_look}?{filters.query}&{urlencode({'indicator': indicator.code})}",
        "downloads": [{"label": "Excel", "url": f"{path}figures.xlsx?{filters.query}"}],
        **filter_context(chosen),
        **freshness_context(unit, filters.round, chosen.changed_at),
    }


def facts_of(figures: IndicatorFigures) -> list[str]:
    """The header's facts: whose figures, of when, and which way is good."""
    direction = _("high is good") if figures.indicator.is_high_good else _("low is good")
    scale = f"{figures.indicator.unit}, {direction}" if figures.indicator.unit else direction
    return [figures.unit.name, figures.round.name, scale]


def _address_below(figures: IndicatorFigures, unit: Unit) -> str:
    """Of a unit's page of the same indicator; empty for the page itself."""
    return "" if unit == figures.unit else address_of(unit, figures.indicator, figures.filters)


def _concentration_of(figures: IndicatorFigures) -> str:
    """Where the red of the units below is; empty where nothing can be said."""
    holders = holders_of(blocks_of(figures.shares(figures.children), Part.COLOURS))
    concentration = concentration_of(holders) if holders else None
    return concentration_words(concentration, figures.children) if concentration else ""


def _trend_context(trend: Trend, size: Size) -> dict[str, Any]:
    """lines: the table under the chart."""
    return {"unit": trend.unit, "chart": trend_chart(trend, size), "lines": trend_lines(trend)}


def _above_context(figures: IndicatorFigures) -> dict[str, Any] | None:
    """The unit beside the one above it; None where the reader does not see that one, or nothing is due there."""
    trend = figures.trends.get(figures.above.pk) if figures.above else None
    if figures.above is None or trend is None:
        return None
    both = [figures.unit, figures.above]
    return {
        "unit": figures.above,
        "movement_rows": movement_rows(figures, both, partial(_address_below, figures)),
        "level_rows": level_rows(figures, both, partial(_address_below, figures)),
        "trend": _trend_context(trend, SMALL),
    }
