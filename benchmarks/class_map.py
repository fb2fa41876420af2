"""The class map as a teacher opens it, through the whole of Django in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Unit, User
from accounts.roles import RoleCode
from accounts.services import add_person, assign_role
from accounts.tenancy import municipality_scope

from .figures import Figure, Report
from .floor_urls import ADDRESS
from .scene import LONG_AGO, Scene, fill_rounds, make_scene
from .scratch import behind_the_wall, database_name, scratch_database, settle, wall_taken_down
from .stopwatch import Spent, timed

MILLISECONDS = 1000
WARM_UP = 5
# Requests measured together: the clock of the database's process ticks in milliseconds.
TOGETHER = 10
FEW_PUPILS = 5


@dataclass(frozen=True)
class Size:
    n_pupils: int = 30
    n_indicators: int = 20
    n_rounds: int = 4
    n_requests: int = 100


def run(size: Size) -> Report:
    with scratch_database(), override_settings(ROOT_URLCONF="benchmarks.floor_urls"):
        scene = make_scene(
            class_sizes=[size.n_pupils, FEW_PUPILS], n_indicators=size.n_indicators, n_rounds=size.n_rounds
        )
        with municipality_scope(scene.municipality):
            fill_rounds(scene, scene.rounds)
            browser = _signed_in(_teacher(scene))
        settle()
        with behind_the_wall():
            return _measure(size, browser, *(_address(school_class) for school_class in scene.classes))


def _teacher(scene: Scene) -> User:
    teacher = add_person(login="bench", name="Bodil Bänk")
    for school_class in scene.classes:
        assign_role(user=teacher, role=RoleCode.TEACHER, unit=school_class, valid_from=LONG_AGO)
    return teacher


def _signed_in(user: User) -> Client:
    # The name is one that every installation's settings may refuse; the request is answered in this process.
    browser = Client(SERVER_NAME="localhost", headers={"accept-language": "sv"})
    browser.force_login(user)
    return browser


def _address(school_class: Unit) -> str:
    return reverse("colourmaps:class-map", args=[school_class.key])


def _measure(size: Size, browser: Client, address: str, address_of_few: str) -> Report:
    def unwalled() -> None:
        with wall_taken_down():
            _get(browser, address)

    page, floor = _spent_on(lambda: _get(browser, address), lambda: _get(browser, ADDRESS), size.n_requests)
    walled, open_ = _spent_on(lambda: _get(browser, address), unwalled, size.n_requests)
    n_queries, n_queries_of_few = (_queries(browser, each) for each in (address, address_of_few))
    ms = MILLISECONDS
    return Report(
        "class-map",
        database_name(),
        f"{size.n_pupils} pupils x {size.n_indicators} indicators, {size.n_rounds} rounds, "
        f"median of {size.n_requests} requests",
        [
            Figure("CPU per page, web", page.own_cpu * ms, "ms", floor.own_cpu * ms),
            Figure("CPU per page, database", page.database_cpu * ms, "ms", floor.database_cpu * ms),
            Figure("CPU per page, in all", page.cpu * ms, "ms", floor.cpu * ms, most=25),
            Figure("time per page", page.wall * ms, "ms", floor.wall * ms, most_ratio=2.5),
            # The floor is the same page: how much of both is the wall between municipalities.
            Figure("CPU per page, against without policies", walled.cpu * ms, "ms", open_.cpu * ms),
            Figure("time per page, against without policies", walled.wall * ms, "ms", open_.wall * ms),
            Figure("pages per second, one process", 1 / page.wall, "", 1 / floor.wall),
            Figure("queries", n_queries, "", _queries(browser, ADDRESS), most=_most_queries()),
            Figure(f"queries, class of {FEW_PUPILS}", n_queries_of_few, "", most=n_queries),
            Figure("page", len(_get(browser, address).content) / 1000, "kB", most=60),
        ],
    )


def _get(browser: Client, address: str) -> HttpResponse:
    response = browser.get(address, secure=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return response


def _spent_on(
    page: Callable[[], object], floor: Callable[[], object], n_requests: int
) -> tuple[Spent, Spent]:
    """Per request, the two taken in turns so that both meet the same disturbances."""
    for _n in range(WARM_UP):
        page(), floor()
    pages, floors = [], []
    for _n in range(max(1, n_requests // TOGETHER)):
        pages.append(timed(lambda: [page() for _n in range(TOGETHER)])[1])
        floors.append(timed(lambda: [floor() for _n in range(TOGETHER)])[1])
    return _per_request(pages), _per_request(floors)


def _per_request(spent: list[Spent]) -> Spent:
    return Spent(
        median(each.wall for each in spent) / TOGETHER,
        median(each.own_cpu for each in spent) / TOGETHER,
        median(each.database_cpu for each in spent) / TOGETHER,
    )


def _most_queries() -> int:
    """SQLite remembers the read in a transaction of two statements, where PostgreSQL needs one."""
    return 10 if connection.vendor == "postgresql" else 13


def _queries(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _get(browser, address)
    return len(captured)
