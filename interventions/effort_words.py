"""How early help comes, in words and as a row per school year, for one unit and one way of seeing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.roles import Tier
from pupils.school_years import SchoolYear

from .doses_and_costs import hours_in_words, money_in_words
from .early_effort import Ages, Divided, Limits, Resources, ages_of, resources_of
from .effort_reading import Effort, counts_of_firsts, counts_of_spendings, is_told_of_year

BOARD_BASE = 20  # as of all that the board is shown (aggregation.release_decision)
ENOUGH = 10  # fewer pupils say nothing about how help comes
STEP = 5
EVEN = 0.05  # a change of the mean age that is smaller is none
DASH = "–"


@dataclass(frozen=True)
class Look:
    """How figures are shown. limits: None to those who see the pupils, and so every figure as it is."""

    limits: Limits | None = None
    tier: Tier = Tier.HEADS

    def age(self, years: float) -> str:
        is_coarse = self.limits is not None and self.tier is Tier.BOARD
        return number_format(round(2 * years) / 2 if is_coarse else years, decimal_pos=1)

    def n(self, n: int) -> str:
        """Rounded to fives, so that one more pupil cannot be told from the page before."""
        if self.limits is None:
            return str(n)
        return _("about %(n)s") % {"n": STEP * round(n / STEP)}

    def percent(self, share: float) -> int:
        is_coarse = self.limits is not None and self.tier is Tier.BOARD
        return STEP * round(100 * share / STEP) if is_coarse else round(100 * share)


def limits_for(base: int, count: int, tier: Tier) -> Limits:
    return Limits(max(base, BOARD_BASE) if tier is Tier.BOARD else base, count)


def rows_of(effort: Effort, line: Sequence[int], look: Look, today: datetime.date) -> list[dict[str, Any]]:
    """A row per school year for the last unit of a line, the latest year first."""
    now = SchoolYear.of(today)
    return [_row(effort, year, line, look) | {"is_now": year == now} for year in effort.years(line[-1])]


def _row(effort: Effort, year: SchoolYear, line: Sequence[int], look: Look) -> dict[str, Any]:
    firsts = [each for each in effort.firsts if each.year == year]
    spendings = [each for each in effort.spendings if each.year == year]
    limits = look.limits
    ages_told = limits is None or is_told_of_year(effort, firsts, counts_of_firsts, line, limits)
    costs_told = limits is None or is_told_of_year(effort, spendings, counts_of_spendings, line, limits)
    here = [each for each in spendings if effort.is_below(each.place, line[-1])]
    n_uncosted = sum(at == year and effort.is_below(place, line[-1]) for at, place in effort.uncosted)
    ages = ages_of(each for each in firsts if effort.is_below(each.place, line[-1]))
    return {
        "year": year,
        "ages": _ages(ages, look) if ages and ages_told else None,
        "ages_hidden": ages is not None and not ages_told,
        "mean": ages.mean if ages and ages_told and ages.n >= ENOUGH else None,
        "costs": _costs(resources_of(here), look) if here and costs_told else None,
        "costs_hidden": bool(here) and not costs_told,
        "n_uncosted": n_uncosted,
        "n_interventions": n_uncosted + len(here),
    }


def _ages(ages: Ages, look: Look) -> dict[str, str]:
    return {"n": look.n(ages.n), "mean": look.age(ages.mean), "median": look.age(ages.median)}


def _costs(found: Resources, look: Look) -> dict[str, Any]:
    return {
        "n_reached": look.n(found.n_reached),
        "money": _divided(found.money, look, money_in_words(round(found.money.total))),
        "hours": _divided(found.hours, look, hours_in_words(round(found.hours.total))),
    }


def _divided(of: Divided, look: Look, total: str) -> dict[str, Any]:
    """percent: before ten, of what is known; None where nothing is."""
    share = of.early_share
    percent = None if share is None else look.percent(share)
    unknown = round(100 * of.unknown / of.total) if of.total else 0
    return {"total": total if of.total else DASH, "percent": percent, "unknown_percent": unknown}


def change_in_words(rows: Iterable[dict[str, Any]], look: Look) -> str:
    """From the first year with enough pupils to the last; empty where there are not two."""
    told = sorted((row["year"], row["mean"]) for row in rows if row["mean"] is not None)
    if len(told) < 2:
        return ""
    (first, before), (last, now) = told[0], told[-1]
    words = {
        "first": first.name,
        "last": last.name,
        "before": look.age(before),
        "now": look.age(now),
    }
    if abs(now - before) < EVEN:
        return _("From %(first)s to %(last)s the mean age has stayed at %(now)s years.") % words
    if now < before:
        return (
            _("From %(first)s to %(last)s help has come earlier: at %(now)s years instead of %(before)s.")
            % words
        )
    return (
        _("From %(first)s to %(last)s help has come later: at %(now)s years instead of %(before)s.") % words
    )
