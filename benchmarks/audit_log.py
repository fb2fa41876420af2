"""The log: what an event costs a page, and how soon a million of them say who has seen a pupil and what was read."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.utils import timezone

from accounts.audit import record
from accounts.log_verification import verify_log
from accounts.models import Municipality, User
from accounts.sealing import seal_events
from accounts.tenancy import municipality_scope
from pupils.access_log.reading import MOST_ROWS, events_of_account, events_of_pupil, pupils_read, rows_of
from pupils.models import Pupil

from .figures import Figure, Report
from .scene import Scene, even_classes, make_scene
from .scratch import database_name, scratch_database, settle
from .stopwatch import timed

MILLISECONDS = 1000
PUPILS_OF_A_MAP = 22
# One event in so many is a class map; the others are about one pupil.
ONE_MAP_IN = 4
SECONDS_OF_A_YEAR = 365 * 24 * 3600
DAYS_ASKED = 30

# Spread evenly over a year; the reader and the pupil follow from the number, so that everybody has read everybody's.
EVENTS = """
    insert into accounts_auditevent (municipality_id, at, actor_id, kind, action, role, page, subject, purpose,
                                     pupil_ids, facts)
    select %(municipality)s, %(since)s::timestamptz + make_interval(secs => n * %(step)s),
           %(actor)s + n %% %(n_actors)s,
           'read', case when n %% {maps} = 0 then 'class map seen' else 'pupil seen' end, 'teacher',
           'colourmaps:pupil', '', '', to_jsonb(array(
               select %(pupil)s + (n::bigint * 7919 + k) %% %(n_pupils)s
               from generate_series(0, case when n %% {maps} = 0 then {per_map} - 1 else 0 end) k
           )), '{{}}'
    from generate_series(1, %(n)s) n
"""
LINKS = """
    insert into accounts_auditpupil (municipality_id, pupil_id, event_id)
    select e.municipality_id, value::integer, e.id
    from accounts_auditevent e cross join lateral jsonb_array_elements_text(e.pupil_ids)
    where e.id > %(after)s order by 2, 3
"""


@dataclass(frozen=True)
class Size:
    n_events: int = 1_000_000
    n_pupils: int = 20_000
    n_accounts: int = 500
    n_sealed: int = 20_000
    n_repeats: int = 200


def run(size: Size) -> Report:
    """On PostgreSQL alone: SQLite is for trials, and has no such logs."""
    with scratch_database():
        scene = make_scene(class_sizes=even_classes(size.n_pupils), n_indicators=1, n_rounds=1)
        with municipality_scope(scene.municipality):
            people = _people(scene.municipality, size.n_accounts)
            pupils = list(Pupil.objects.order_by("pk"))
            figures = [*_written(scene, people[0], pupils, size.n_repeats)]
            _fill(scene.municipality, people, pupils, size.n_sealed)
            figures += _sealed()
            _fill(scene.municipality, people, pupils, size.n_events)
            settle()
            figures += _read(people, pupils)
        what = f"{size.n_events:,} events of {size.n_accounts} accounts and {size.n_pupils:,} pupils"
        return Report("audit", database_name(), what, figures)


def _people(municipality: Municipality, n: int) -> list[User]:
    people = [
        User(login=f"{k}@bench.example", name=f"Person {k}", municipality=municipality) for k in range(n)
    ]
    return User.objects.bulk_create(people)


def _fill(municipality: Municipality, people: list[User], pupils: list[Pupil], n: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from accounts_auditevent")
        after = cursor.fetchone()[0]
        parameters = {
            "municipality": municipality.pk,
            "since": timezone.now() - datetime.timedelta(days=365),
            "step": SECONDS_OF_A_YEAR / n,
            "actor": people[0].pk,
            "n_actors": len(people),
            "pupil": pupils[0].pk,
            "n_pupils": len(pupils),
            "n": n,
            "after": after,
        }
        per_map = min(PUPILS_OF_A_MAP, len(pupils))
        cursor.execute(EVENTS.format(maps=ONE_MAP_IN, per_map=per_map), parameters)
        cursor.execute(LINKS, parameters)


def _written(scene: Scene, person: User, pupils: list[Pupil], n: int) -> list[Figure]:
    """Processor time of the page and the database together; the wait for the disk at the commit apart."""

    def costs(n_pupils: int) -> tuple[float, float]:
        ids = [pupil.pk for pupil in pupils[:n_pupils]]
        spent = [
            timed(lambda: record("pupil seen", by=person, unit=scene.classes[0], pupils=ids))[1]
            for _n in range(n)
        ]
        return (
            median(each.cpu for each in spent) * MILLISECONDS,
            median(each.wall for each in spent) * MILLISECONDS,
        )

    one, one_wall = costs(1)
    many, many_wall = costs(PUPILS_OF_A_MAP)
    return [
        Figure("event of one pupil, processor", one, "ms", most=1),
        Figure("… with the commit, on the wall", one_wall, "ms"),
        Figure(f"event of a class map of {PUPILS_OF_A_MAP}, processor", many, "ms", most=1),
        Figure("… with the commit, on the wall", many_wall, "ms"),
    ]


def _sealed() -> list[Figure]:
    started = time.perf_counter()
    n = seal_events()
    sealing = n / (time.perf_counter() - started)
    started = time.perf_counter()
    verified = verify_log()
    verifying = verified.n_events / (time.perf_counter() - started)
    return [
        Figure("events sealed in a second", sealing, "", least=1000),
        Figure("events verified in a second", verifying, "", least=1000),
    ]


def _read(people: list[User], pupils: list[Pupil]) -> list[Figure]:
    now = timezone.now()
    month, year = now - datetime.timedelta(days=DAYS_ASKED), now - datetime.timedelta(days=366)

    def of_pupil() -> int:
        events = events_of_pupil(pupils[len(pupils) // 2], year, now)
        return events.count() + len(rows_of(list(events[:MOST_ROWS])))

    def of_account(since: datetime.datetime) -> Callable[[], int]:
        def read() -> int:
            events = events_of_account(people[len(people) // 2], since, now)
            return len(pupils_read(events)) + len(rows_of(list(events[:MOST_ROWS]), names_pupils=True))

        return read

    named = {
        "who has seen a pupil, a year": of_pupil,
        f"what an account has read, {DAYS_ASKED} days": of_account(month),
        "what an account has read, a year": of_account(year),
    }
    return [
        Figure(name, median(_seconds(work) for _n in range(5)) * MILLISECONDS, "ms", most=1000)
        for name, work in named.items()
    ]


def _seconds(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
