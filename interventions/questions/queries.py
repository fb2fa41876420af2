"""Reads of questions: where each stands now, and what has waited for how long, on whom."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.access import Sight
from accounts.models import RoleAssignment, Unit, User
from accounts.queries import subtree_ids
from accounts.roles import Permission, RoleCode

from ..models import AnswerRead, DevelopmentArea, QuestionAnswer, QuestionStop
from .places import where_in_words
from .reader import QuestionReader
from .states import IS_OPEN, State, state_of

LONG_DAYS = 60
SHOWN_AT_START = 10
# Stops with what `standing` adds to them: is_answered, is_read.
Stops: TypeAlias = QuerySet[Any, Any]


def standing() -> Stops:
    """The last stop of each question, with what a list says of it.

    is_answered: there; is_read: by whoever asked.
    """
    last = QuestionStop.objects.filter(question=OuterRef("question")).order_by("-position").values("position")
    answers = QuestionAnswer.objects.filter(stop=OuterRef("pk"))
    reads = AnswerRead.objects.filter(answer__stop=OuterRef("pk"), user=OuterRef("question__asked_by"))
    stops = QuestionStop.objects.filter(position=Subquery(last[:1]))
    return stops.select_related(
        "question__unit", "question__school", "question__area", "question__asked_by", "unit", "queue", "owner"
    ).annotate(is_answered=Exists(answers), is_read=Exists(reads))


def state_of_stop(stop: Any) -> State:
    """Of a stop of `standing`."""
    return state_of(
        is_answered=stop.is_answered,
        is_read=stop.is_read,
        is_taken=stop.owner_id is not None,
        is_outside=stop.recipient != "",
    )


def seen_by(reader: QuestionReader) -> Stops:
    """Where the questions stand that the person sees, the oldest first."""
    stops = standing().filter(question__in=reader.questions().values("pk"))
    return stops.order_by("question__asked_at", "question_id")


def asked_before(days: int, today: datetime.date) -> Q:
    """Of stops: the question is more than so many days old."""
    day = today - datetime.timedelta(days=days)
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    return Q(question__asked_at__lt=midnight)


@dataclass(frozen=True)
class Waiting:
    """What the start page tells: stops to answer, and stops with answers that the person has asked for and not read.

    The counts are of all; the lists hold the oldest of them.
    """

    to_answer: Stops | Sequence[QuestionStop] = ()
    n_to_answer: int = 0
    unread: Stops | Sequence[QuestionStop] = ()
    n_unread: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.n_to_answer or self.n_unread)


def questions_waiting_for(sight: Sight) -> Waiting:
    """For the start page: what waits for the person's answer, and the answers that the person has not read."""
    if not sight.has(Permission.ANSWER_QUESTIONS):
        return Waiting()
    reader = QuestionReader(sight)
    seen = seen_by(reader)
    to_answer = seen.filter(reader.waiting(), IS_OPEN)
    unread = seen.filter(question__asked_by=sight.user, is_answered=True, is_read=False)
    return Waiting(to_answer[:SHOWN_AT_START], to_answer.count(), unread[:SHOWN_AT_START], unread.count())


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


def way_of(question_id: int) -> list[QuestionStop]:
    """Where a question has been, from the first stop to where it stands."""
    stops = QuestionStop.objects.filter(question=question_id).order_by("position")
    return list(stops.select_related("question__school", "unit", "queue", "owner", "by"))


def answers_of(question_id: int) -> list[QuestionAnswer]:
    """The answers with who has read them, oldest first."""
    answers = QuestionAnswer.objects.filter(question=question_id).select_related("by")
    return list(answers.prefetch_related("reads__user"))


def people_of_support(today: datetime.date) -> list[User]:
    """Everybody who holds the role of support function, by name."""
    held = RoleAssignment.objects.on(today).filter(role=RoleCode.SUPPORT_FUNCTION, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user_id")).order_by("name", "pk"))
