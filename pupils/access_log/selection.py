"""Which reads of a period a control looks at, and why. The same seed draws the same lines from the same log."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from accounts.dated import midnight_of
from accounts.models import AuditEvent, AuditKind, AuditPupil, User

from ..models import LogControl, Pupil, Selection
from .unusual import is_unusual, usual

LOOKS = (AuditKind.READ, AuditKind.EXPORT)
# Of each selection so many lines are drawn at most; a control of hundreds is judged by nobody.
MOST_OF_A_SELECTION = 30
# A class map shows all its pupils to whoever has the class: it says nothing of why one of them was looked up.
FEW_PUPILS = 5
DAYS_BEFORE = datetime.timedelta(days=56)
SATURDAY = 6

# {event id: the reasons}, each {"selection": …, figures}.
Reasons = dict[int, list[dict[str, Any]]]


def reads_between(first_on: datetime.date, last_on: datetime.date) -> QuerySet[AuditEvent]:
    """The events of the days in which a person looked at pupils."""
    return AuditEvent.objects.filter(
        kind__in=LOOKS,
        actor_id__isnull=False,
        at__gte=midnight_of(first_on),
        at__lt=midnight_of(last_on + datetime.timedelta(days=1)),
    ).exclude(pupil_ids=[])


def select(control: LogControl) -> tuple[Reasons, dict[str, int], int]:
    """The reasons by event, how many each selection found, and how many reads there were. Writes nothing."""
    reads = reads_between(control.first_on, control.last_on)
    reasons: Reasons = defaultdict(list)
    found: dict[str, int] = {}
    for selection in Selection:
        if selection not in control.selections:
            continue
        candidates = SELECTORS[selection](reads, control)
        found[selection.value] = len(candidates)
        most = control.n_random if selection is Selection.RANDOM else MOST_OF_A_SELECTION
        for event_id in drawn(candidates, most, f"{control.seed} {selection.value}"):
            reasons[event_id].append({"selection": selection.value, **candidates[event_id]})
    return dict(reasons), found, reads.count()


def drawn(candidates: Iterable[int], most: int, seed: str) -> list[int]:
    """Up to so many, by chance, and the same for the same seed."""
    ordered = sorted(candidates)
    return ordered if len(ordered) <= most else random.Random(seed).sample(ordered, most)  # noqa: S311 – to be drawn again


Candidates = dict[int, dict[str, Any]]


def _all(reads: QuerySet[AuditEvent], control: LogControl) -> Candidates:
    return {event_id: {} for event_id in reads.values_list("pk", flat=True)}


def _after_hours(reads: QuerySet[AuditEvent], control: LogControl) -> Candidates:
    zone = timezone.get_current_timezone()
    dated = reads.annotate(hour=ExtractHour("at", tzinfo=zone), weekday=ExtractIsoWeekDay("at", tzinfo=zone))
    outside = dated.filter(
        Q(hour__lt=control.day_begins) | Q(hour__gte=control.day_ends) | Q(weekday__gte=SATURDAY)
    )
    return {event_id: {} for event_id in outside.values_list("pk", flat=True)}


def _protected(reads: QuerySet[AuditEvent], control: LogControl) -> Candidates:
    protected = set(Pupil.objects.exclude(protection="").values_list("pk", flat=True))
    return {
        event_id: {}
        for event_id, kind, _actor, _pupils in _concerning(reads, protected)
        if kind == AuditKind.EXPORT or len(_pupils) <= FEW_PUPILS
    }


def _same_surname(reads: QuerySet[AuditEvent], control: LogControl) -> Candidates:
    actors = {actor for actor in reads.order_by().values_list("actor_id", flat=True).distinct() if actor}
    surnames = {user.pk: surnames_of(user.name.split()[-1:]) for user in User.objects.filter(pk__in=actors)}
    pupils: dict[str, set[int]] = defaultdict(set)
    wanted = set().union(*surnames.values()) if surnames else set()
    for pupil_id, name in Pupil.objects.exclude(family_name="").values_list("pk", "family_name"):
        for part in surnames_of([name]) & wanted:
            pupils[part].add(pupil_id)
    alike = {actor: set().union(*(pupils[name] for name in names)) for actor, names in surnames.items()}
    return {
        event_id: {}
        for event_id, _kind, actor, read in _concerning(
            reads, set().union(*alike.values()) if alike else set()
        )
        if len(read) <= FEW_PUPILS and alike.get(actor, set()) & set(read)
    }


def surnames_of(names: Iterable[str]) -> set[str]:
    """The parts of family names: of "Ek-Lindberg" both."""
    return {part.casefold() for name in names for part in name.replace("-", " ").split() if len(part) > 1}


def _concerning(reads: QuerySet[AuditEvent], pupils: set[int]) -> Iterable[tuple[int, str, int, list[int]]]:
    """(id, kind, actor, pupils) of the reads of any of the pupils."""
    theirs = AuditPupil.objects.filter(pupil_id__in=pupils).values("event_id")
    rows = reads.filter(pk__in=theirs).values_list("pk", "kind", "actor_id", "pupil_ids")
    return ((event_id, kind, actor or 0, read) for event_id, kind, actor, read in rows.iterator())


def _many(reads: QuerySet[AuditEvent], control: LogControl) -> Candidates:
    """Of each unusual day of a person the read of the most pupils, with the figures of the day."""
    since = control.first_on - DAYS_BEFORE
    pupils: dict[tuple[int, datetime.date], set[int]] = defaultdict(set)
    largest: dict[tuple[int, datetime.date], tuple[int, int]] = {}
    role_of: dict[int, str] = {}
    rows = reads_between(since, control.last_on).order_by("pk")
    for event_id, actor, at, role, read in rows.values_list(
        "pk", "actor_id", "at", "role", "pupil_ids"
    ).iterator(chunk_size=5000):
        key = actor or 0, timezone.localdate(at)
        pupils[key].update(read)
        largest[key] = max(largest.get(key, (0, 0)), (len(read), event_id))
        role_of[key[0]] = role or role_of.get(key[0], "")
    by_actor: dict[int, dict[datetime.date, int]] = defaultdict(dict)
    for (actor, day), read in pupils.items():
        by_actor[actor][day] = len(read)
    found: Candidates = {}
    for actor, days in by_actor.items():
        of_role = [
            n
            for other, counts in by_actor.items()
            if other != actor and role_of[other] == role_of[actor]
            for n in counts.values()
        ]
        for day, n in days.items():
            earlier = [count for before, count in days.items() if before < day]
            if day >= control.first_on and is_unusual(n, earlier, of_role):
                figures = {"n": n, "usual": usual(earlier), "of_role": usual(of_role)}
                found[largest[actor, day][1]] = figures
    return found


SELECTORS = {
    Selection.RANDOM: _all,
    Selection.SAME_SURNAME: _same_surname,
    Selection.PROTECTED: _protected,
    Selection.AFTER_HOURS: _after_hours,
    Selection.MANY: _many,
}
