"""What the pages about rounds show: the list, and the table of what is due."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Municipality
from pupils.school_years import year_group_name, year_groups

from .indicator_pages import AREAS
from .models import DueIndicator, Indicator, IndicatorArea, MeasurementRound
from .services import n_results_by_place


def days_in_words(round_: MeasurementRound) -> str:
    return f"{date_format(round_.starts_on, 'SHORT_DATE_FORMAT')} – {date_format(round_.ends_on, 'SHORT_DATE_FORMAT')}"


def state_of(round_: MeasurementRound, on: datetime.date) -> tuple[str, str]:
    """(word, classes of its tag): closed, coming, going on, or over and still open."""
    if round_.closed_at is not None:
        return _("closed"), "soft"
    if on < round_.starts_on:
        return _("coming"), ""
    return (_("going on"), "accent") if on <= round_.ends_on else (_("over, still open"), "")


def rows_of_rounds(on: datetime.date) -> list[dict[str, Any]]:
    """The rounds, newest first, with how many indicators are due in each."""
    rounds = MeasurementRound.objects.annotate(n_due=Count("due__indicator", distinct=True))
    return [
        {"round": each, "days": days_in_words(each), "state": state_of(each, on), "n_due": each.n_due}
        for each in rounds.order_by("-starts_on")
    ]


def results_in_words(n: int) -> str:
    return ngettext("%(n)s result recorded", "%(n)s results recorded", n) % {"n": n}


@dataclass
class DueTable:
    """Indicators down, year groups across: what is due in a round, and what could be.

    A box that has results stays ticked; there is none where the definition says that the indicator is not measured.
    """

    round: MeasurementRound
    municipality: Municipality

    @cached_property
    def due(self) -> set[tuple[int, int]]:
        return set(DueIndicator.objects.filter(round=self.round).values_list("indicator_id", "year_group"))

    @cached_property
    def n_results(self) -> dict[tuple[int, int], int]:
        return n_results_by_place(self.round)

    @cached_property
    def year_groups(self) -> list[int]:
        usual = year_groups(self.municipality.country, self.round.starts_on)
        return sorted({*usual, *(year_group for _indicator_id, year_group in self.due)})

    @cached_property
    def heads(self) -> list[str]:
        return [
            year_group_name(group, self.municipality.country, self.round.starts_on)
            for group in self.year_groups
        ]

    @cached_property
    def indicators(self) -> list[Indicator]:
        return sorted(
            Indicator.objects.all(),
            key=lambda each: (AREAS.index(IndicatorArea(each.area)), each.position, each.code),
        )

    @cached_property
    def boxes(self) -> dict[str, tuple[int, int]]:
        """What may be ticked, by the value of the box."""
        return {
            _value(each, group): (each.pk, group)
            for each in self.indicators
            for group in self.year_groups
            if self._is_offered(each, group)
        }

    def areas(self, ticked: set[tuple[int, int]] | None = None) -> list[dict[str, Any]]:
        """The rows under their areas; ticked: as it was sent in, if that cannot be taken."""
        ticked = self.due if ticked is None else ticked
        return [
            {
                "area": str(IndicatorArea(area).label).capitalize(),
                "rows": [{"indicator": each, "cells": self._cells(each, ticked)} for each in members],
            }
            for area, members in groupby(self.indicators, key=lambda each: each.area)
        ]

    def _cells(self, indicator: Indicator, ticked: set[tuple[int, int]]) -> list[dict[str, Any]]:
        return [
            {
                "value": _value(indicator, group) if self._is_offered(indicator, group) else "",
                "is_ticked": (indicator.pk, group) in ticked,
                "n_results": self.n_results.get((indicator.pk, group), 0),
                "label": _("%(indicator)s, year group %(group)s")
                % {"indicator": indicator.name, "group": head},
            }
            for group, head in zip(self.year_groups, self.heads, strict=True)
        ]

    def _is_offered(self, indicator: Indicator, group: int) -> bool:
        is_measured = not indicator.year_groups or group in indicator.year_groups
        return is_measured or (indicator.pk, group) in self.due


def _value(indicator: Indicator, group: int) -> str:
    return f"{indicator.code}-{group}"
