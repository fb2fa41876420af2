"""Reads the cases of closed meetings, without a word of what was written, in a fixed number of statements.

A teacher's own analysis is not read: it is nobody's statistics.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Municipality
from pupils.models import Enrolment
from pupils.school_years import SchoolYear, Term

from ..effort_reading import age_of_pupil, places_of
from ..meetings.states import held_together
from ..models import CaseIndicator, MeetingCase
from ..unit_lines import line_above, parent_ids


class Dimension(TextChoices):
    """By what cases are counted. Each case is in one class of each."""

    SOURCE = "source", _("Where they come from")
    AREA = "area", _("What they are about")
    AGE = "age", _("Age of the pupil")
    SUPPORT = "support", _("Support function that took part")
    OUTCOME = "outcome", _("What came of them")


# Classes that are no value of their own: no indicator, pupil or function; several areas; an age that is not known.
NONE, SEVERAL, UNKNOWN, DROPPED, UNDECIDED = "none", "several", "unknown", "dropped", "undecided"
# Bands of age, as half-open ranges of years: before school, and then what three years of school are.
BANDS = {"-6": (0, 7), "7-9": (7, 10), "10-12": (10, 13), "13-15": (13, 16), "16-": (16, 200)}


@dataclass(frozen=True)
class Case:
    """A case of a closed meeting. place: id of the school, or of the unit above the schools, that held it.

    pupil: id of the pupil it is about, if it is about one; age: on the day of the meeting, in years.
    """

    place: int
    closed_on: datetime.date
    pupil: int | None
    age: float | None
    is_referral: bool
    classes: Mapping[Dimension, str]

    @property
    def year(self) -> SchoolYear:
        return SchoolYear.of(self.closed_on)

    @property
    def term(self) -> Term:
        return Term.of(self.closed_on)


@dataclass
class Minutes:
    """All of a municipality, the earliest meeting first. parents: of unit_lines.parent_ids."""

    cases: list[Case] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)

    def at(self, unit_id: int) -> list[Case]:
        """Of meetings at a unit and below it."""
        is_below = {
            place: unit_id in line_above(place, self.parents) for place in {case.place for case in self.cases}
        }
        return [case for case in self.cases if is_below[case.place]]


def read_minutes(municipality: Municipality) -> Minutes:
    rows = list(
        MeetingCase.objects.filter(held_together("meeting__"), meeting__closed_at__isnull=False)
        .order_by("meeting__closed_at", "pk")
        .values(
            "pk",
            "source",
            "outcome",
            "dropped_at",
            "pupil_id",
            "pupil__identity_number",
            "meeting__unit_id",
            "meeting__closed_at",
            "meeting__kind__queue__key",
        )
    )
    parents = parent_ids(timezone.localdate())
    place_of = places_of({row["meeting__unit_id"] for row in rows}, parents)
    areas = _areas_by_case()
    year_groups = _YearGroups({row["pupil_id"] for row in rows if row["pupil_id"]})
    age_on = cache(age_of_pupil)
    minutes = Minutes(parents=parents)
    for row in rows:
        closed_on = timezone.localdate(row["meeting__closed_at"])
        pupil, number = row["pupil_id"], row["pupil__identity_number"]
        age = (
            age_on(number, year_groups.on(pupil, closed_on), municipality.country, closed_on)
            if pupil
            else None
        )
        minutes.cases.append(
            Case(
                place=place_of[row["meeting__unit_id"]],
                closed_on=closed_on,
                pupil=pupil,
                age=age,
                is_referral=bool(pupil and row["meeting__kind__queue__key"] and not row["dropped_at"]),
                classes=_classes(row, areas.get(row["pk"], set()), age),
            )
        )
    return minutes


def _classes(row: Mapping[str, Any], areas: Collection[str], age: float | None) -> dict[Dimension, str]:
    return {
        Dimension.SOURCE: row["source"],
        Dimension.AREA: SEVERAL if len(areas) > 1 else next(iter(areas), NONE),
        Dimension.AGE: _band(age) if row["pupil_id"] else NONE,
        Dimension.SUPPORT: row["meeting__kind__queue__key"] or NONE,
        Dimension.OUTCOME: DROPPED if row["dropped_at"] else row["outcome"] or UNDECIDED,
    }


def _band(age: float | None) -> str:
    if age is None:
        return UNKNOWN
    return next((band for band, (first, end) in BANDS.items() if first <= age < end), UNKNOWN)


def _areas_by_case() -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    about = CaseIndicator.objects.filter(case__meeting__closed_at__isnull=False)
    for case_id, area in about.values_list("case_id", "indicator__area"):
        found[case_id].add(area)
    return found


class _YearGroups:
    """In which year group pupils were on a day."""

    def __init__(self, pupils: Collection[int]) -> None:
        self._of: dict[int, list[tuple[datetime.date, datetime.date | None, int]]] = defaultdict(list)
        enrolments = Enrolment.objects.filter(is_home=True, pupil__in=pupils)
        for pupil_id, *enrolled in enrolments.values_list("pupil_id", "valid_from", "valid_to", "year_group"):
            self._of[pupil_id].append(tuple(enrolled))

    def on(self, pupil_id: int, day: datetime.date) -> int | None:
        of_day = (
            year_group
            for first, end, year_group in self._of[pupil_id]
            if first <= day and (end is None or day < end)
        )
        return next(of_day, None)


def years_of(cases: Iterable[Case]) -> list[SchoolYear]:
    """The latest first."""
    return sorted({case.year for case in cases}, reverse=True)


def in_classes(cases: Sequence[Case], dimension: Dimension) -> dict[str, int]:
    """How many cases each class has."""
    counts: dict[str, int] = defaultdict(int)
    for case in cases:
        counts[case.classes[dimension]] += 1
    return counts
