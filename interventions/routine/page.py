"""What the page of the routine shows, and its workbook: one and the same, so that both hide the same."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Level, Municipality, Unit
from accounts.roles import Tier
from pupils.school_years import SchoolYear, Term

from ..effort_words import Look, change_in_words, limits_for
from ..models import MeetingKind
from .kept import SchoolRoutine, school_routines
from .minutes import Dimension, Minutes, read_minutes, years_of
from .referral import referral_rows
from .statistics import Tabled, as_it_is, protected
from .words import Labels, group_in_words, labels


@dataclass(frozen=True)
class RoutinePage:
    """statistics: None where they are not told at all, as to a head of a single school. year: what they are of."""

    unit: Unit
    schools: Sequence[SchoolRoutine]
    now: SchoolYear
    years: Sequence[SchoolYear]
    year: SchoolYear
    statistics: Sequence[Mapping[str, Any]] | None
    referrals: Sequence[Mapping[str, Any]] | None
    change: str
    look: Look

    @property
    def before(self) -> SchoolYear:
        return self.now.previous

    @property
    def is_told(self) -> bool:
        return self.statistics is not None

    @property
    def is_all_hidden(self) -> bool:
        return all(table["is_hidden"] for table in self.statistics or ())

    @property
    def is_empty(self) -> bool:
        return not any(table["is_hidden"] or table["rows"] for table in self.statistics or ())

    @property
    def is_one_school(self) -> bool:
        return self.unit.level == Level.SCHOOL

    @property
    def facts(self) -> list[str]:
        if self.is_one_school:
            return [
                _("%(held)s of %(planned)s meetings held so far this school year")
                % {"held": school.now.held, "planned": school.now.planned}
                for school in self.schools
            ]
        n_all = sum(school.now.share == 1 for school in self.schools)
        n_missed = sum(school.now.missed > 0 for school in self.schools)
        of = {"of": len(self.schools)}
        return [
            _("%(n)s of %(of)s schools have held all their meetings so far") % ({"n": n_all} | of),
            _("%(n)s of %(of)s have missed one or more") % ({"n": n_missed} | of),
        ]


def look_at(municipality: Municipality, *, sees_pupils: bool) -> Look:
    """Every figure to those who see the pupils; else as heads see sums: all who watch the routine are of their tier."""
    if sees_pupils:
        return Look()
    return Look(limits_for(municipality.smallest_base, municipality.smallest_count, Tier.HEADS), Tier.HEADS)


def routine_page(
    municipality: Municipality,
    line: Sequence[Unit],
    look: Look,
    today: datetime.date,
    *,
    kind: MeetingKind | None = None,
    year_name: str = "",
) -> RoutinePage:
    """For the last unit of a line. In a fixed number of statements."""
    unit, ids = line[-1], [each.pk for each in line]
    minutes = read_minutes(municipality)
    # Where only terms that are over are told, the year of the last of them is the latest.
    latest = SchoolYear.of(today) if look.limits is None else Term.of(today).previous.school_year
    years = {latest, *(each for each in years_of(minutes.at(unit.pk)) if each <= latest)}
    year = next((each for each in years if each.name == year_name), latest)
    is_told = look.limits is None or unit.level < Level.SCHOOL
    referrals = referral_rows(minutes, ids, look, today) if is_told else None
    return RoutinePage(
        unit=unit,
        schools=school_routines(unit, today, kind),
        now=SchoolYear.of(today),
        years=sorted(years, reverse=True),
        year=year,
        statistics=_statistics(minutes, ids, year, look, today, municipality) if is_told else None,
        referrals=referrals,
        change=change_in_words(referrals, look) if referrals else "",
        look=look,
    )


def _statistics(
    minutes: Minutes,
    line: Sequence[int],
    year: SchoolYear,
    look: Look,
    today: datetime.date,
    municipality: Municipality,
) -> list[dict[str, Any]]:
    """A table per dimension."""
    named = labels(municipality, today)
    tables = [
        as_it_is(minutes, line[-1], year, dimension, list(named[dimension]))
        if look.limits is None
        else protected(minutes, line, year, dimension, list(named[dimension]), look.limits, today)
        for dimension in Dimension
    ]
    return [_in_words(table, named, today) for table in tables]


def _in_words(table: Tabled, named: Labels, today: datetime.date) -> dict[str, Any]:
    return {
        "heading": str(table.dimension.label),
        "is_hidden": table.rows is None,
        "until": date_format(table.until) if table.until < today else "",
        "total": table.total,
        "rows": [
            {
                "label": group_in_words(row.classes, named[table.dimension]),
                "n": row.n,
                "percent": round(100 * row.n / table.total),
            }
            for row in table.rows or ()
        ],
    }
