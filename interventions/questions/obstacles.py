"""What has waited for how long at a unit and below it, on whom, and what it is about. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q

from accounts.models import Unit
from accounts.queries import subtree_ids

from ..models import DevelopmentArea, QuestionStop
from .places import where_in_words
from .queries import Stops, asked_before, standing
from .reader import QuestionReader
from .states import IS_OPEN


def at_or_below(unit: Unit, today: datetime.date) -> Q:
    """Of stops: the question was asked at the unit or below it."""
    ids = subtree_ids([unit.pk], unit.nearest_day(today))
    return Q(question__unit__in=ids) | Q(question__school__in=ids)


@dataclass(frozen=True)
class Holder:
    """On whom open questions wait. n_long: for more than the asked number of days; oldest: when the first was asked."""

    words: str
    n_open: int
    n_long: int
    oldest: datetime.datetime


@dataclass(frozen=True)
class Gathering:
    """How many open questions are about a development area; None for those that nobody has sorted."""

    area: DevelopmentArea | None
    n_open: int
    n_long: int


@dataclass(frozen=True)
class Obstacles:
    """What waits at a unit and below it.

    stops: those that have waited long, as far as the reader sees them. kept: questions that have not left a school
    and that the reader therefore only sees counted.
    """

    stops: Stops
    holders: Sequence[Holder]
    kept: Sequence[Holder]
    gatherings: Sequence[Gathering]

    @property
    def n_open(self) -> int:
        return sum(each.n_open for each in self.gatherings)

    @property
    def n_long(self) -> int:
        return sum(each.n_long for each in self.gatherings)


def obstacles_at(unit: Unit, reader: QuestionReader, days: int) -> Obstacles:
    """In five queries, however many there are."""
    today = reader.sight.today
    long = asked_before(days, today)
    all_open = standing().filter(at_or_below(unit, today), IS_OPEN)
    is_seen = Q(question__in=reader.questions().values("pk"))
    seen = all_open.filter(is_seen)
    return Obstacles(
        stops=seen.filter(long).order_by("question__asked_at", "question_id"),
        holders=_holders(seen, long, reader),
        kept=_kept(all_open.exclude(is_seen), long),
        gatherings=_gatherings(all_open, long),
    )


COUNTS = {"n_open": Count("pk"), "oldest": Min("question__asked_at"), "latest_stop": Max("pk")}


def _holders(stops: Stops, long: Q, reader: QuestionReader) -> list[Holder]:
    by_place = stops.order_by().values("rung", "unit", "queue", "owner", "recipient")
    groups = list(by_place.annotate(**COUNTS, n_long=Count("pk", filter=long)).order_by("-n_long", "oldest"))
    named = standing().in_bulk([group["latest_stop"] for group in groups])

    def words_of(stop: QuestionStop) -> str:
        return where_in_words(stop, is_inside=reader.is_inside(stop.question))

    return [
        Holder(words_of(named[group["latest_stop"]]), group["n_open"], group["n_long"], group["oldest"])
        for group in groups
    ]


def _kept(stops: Stops, long: Q) -> list[Holder]:
    by_school = stops.order_by().values("question__school__name")
    groups = by_school.annotate(**COUNTS, n_long=Count("pk", filter=long)).order_by("-n_long", "oldest")
    return [
        Holder(group["question__school__name"] or "", group["n_open"], group["n_long"], group["oldest"])
        for group in groups
    ]


def _gatherings(stops: Stops, long: Q) -> list[Gathering]:
    by_area = stops.order_by().values_list("question__area")
    rows = list(by_area.annotate(n_open=Count("pk"), n_long=Count("pk", filter=long)))
    areas = DevelopmentArea.objects.in_bulk([area_id for area_id, *_counts in rows if area_id])
    found = [Gathering(areas.get(area_id), n_open, n_long) for area_id, n_open, n_long in rows]
    return sorted(found, key=lambda each: (each.area is None, -each.n_open))
