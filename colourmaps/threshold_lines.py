"""The limits of indicators as lines of a list: year groups that were decided together stand in one line."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Unit
from pupils.school_years import year_group_name

from .limits import Limits, limits_in_words
from .models import Indicator, Threshold

IN_FORCE, TO_COME, ENDED = "in force", "to come", "ended"


@dataclass(frozen=True)
class ThresholdLine:
    """Thresholds that say the same of several year groups. state: on the day of reading."""

    thresholds: Sequence[Threshold]
    state: str
    country: str

    @property
    def first(self) -> Threshold:
        return self.thresholds[0]

    @property
    def school(self) -> Unit | None:
        return self.first.school

    @property
    def years(self) -> str:
        return years_in_words(
            [each.year_group for each in self.thresholds], self.country, self.first.valid_from
        )

    @property
    def limits(self) -> str:
        return limits_in_words(self.first.indicator, Limits(self.first.yellow_limit, self.first.green_limit))

    @property
    def ids(self) -> list[int]:
        return [each.pk for each in self.thresholds]

    @property
    def decided(self) -> str:
        """When, and by whom; empty if that is not known."""
        if self.first.decided_at is None:
            return ""
        day = date_format(localtime(self.first.decided_at), "SHORT_DATE_FORMAT")
        return f"{day}, {self.first.by.name}" if self.first.by else day

    @property
    def state_words(self) -> str:
        return {IN_FORCE: _("in force"), TO_COME: _("to come"), ENDED: _("has been")}[self.state]


def lines_of(
    indicators: Iterable[Indicator], schools: Collection[int] | None, country: str, on: datetime.date
) -> dict[int, list[ThresholdLine]]:
    """By indicator id: the municipality's, then the schools' own ones; those of now first, then to come, then ended.

    schools: ids of those whose own limits are shown; None for all. One query.
    """
    shown = Q() if schools is None else Q(school__isnull=True) | Q(school__in=schools)
    thresholds = Threshold.objects.filter(shown, indicator__in=list(indicators))
    found: dict[int, list[ThresholdLine]] = {}
    in_order = sorted(
        thresholds.select_related("indicator", "school", "by"),
        key=lambda each: (_order(each, on), each.year_group),
    )
    for key, together in groupby(in_order, key=lambda each: _order(each, on)):
        same = list(together)
        found.setdefault(key[0], []).append(ThresholdLine(same, _state(same[0], on), country))
    return found


def _state(threshold: Threshold, on: datetime.date) -> str:
    if threshold.is_in_force(on):
        return IN_FORCE
    return TO_COME if threshold.valid_from > on else ENDED


def _order(threshold: Threshold, on: datetime.date) -> tuple[Any, ...]:
    """What makes a line one line, in the order of the list: of the ended ones the latest first."""
    state = (IN_FORCE, TO_COME, ENDED).index(_state(threshold, on))
    begins = threshold.valid_from.toordinal()
    return (
        threshold.indicator_id,
        threshold.school.name if threshold.school else "",
        threshold.school_id or 0,
        state,
        -begins if state == 2 else begins,
        threshold.valid_to or datetime.date.max,
        threshold.yellow_limit,
        threshold.green_limit,
        threshold.source,
        threshold.reason,
        threshold.by_id or 0,
        threshold.decided_at.isoformat()[:16] if threshold.decided_at else "",
    )


def years_in_words(year_groups: Iterable[int], country: str, on: datetime.date) -> str:
    """ "4", "1–3", "F, 2–3, 6": runs of three and more, and of two, with a dash."""
    runs: list[list[int]] = []
    for year_group in sorted(set(year_groups)):
        if runs and runs[-1][-1] == year_group - 1:
            runs[-1].append(year_group)
        else:
            runs.append([year_group])
    names = [[year_group_name(each, country, on) for each in run] for run in runs]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in names)
