"""From results to the sums of all levels: everything anew, after a class's correction and after a school's import; and
what the page of an area then costs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from unittest import mock

import pandas as pd
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import RoleCode
from accounts.services import add_person, assign_role
from accounts.tenancy import municipality_scope
from aggregation.models import ReleaseWork, RollupWork, UnitSum
from aggregation.releasing import release_round
from aggregation.rollup import recount_municipality
from aggregation.slices import ALL
from aggregation.work import do_waiting_recounts
from colourmaps.models import Result
from colourmaps.services import record_results

from .bare_sums import drop_bare_sums, make_bare_sums, n_that_differ
from .figures import Figure, Report
from .fresh_process import run_in_fresh_process
from .pandas_sums import sum_with_pandas
from .scene import LONG_AGO, Scene, even_classes, fill_rounds, make_scene
from .scratch import database_name, scratch_database, settle
from .stopwatch import Spent, median_spent, timed

N_CORRECTIONS = 5
N_PAGES, WARM_UP = 30, 3
# In each round one of so many results is missing: some pupils are new in the next, some have left.
ONE_MISSING_IN = 50
MILLISECONDS = 1000
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Size:
    """n_results: of all pupils, indicators and rounds together, had nobody been away.

    has_pandas: it takes the longest of all, and a gigabyte of memory for every two million results.
    """

    n_results: int = 400_000
    n_indicators: int = 20
    n_rounds: int = 2
    n_repeats: int = 3
    has_pandas: bool = True

    @property
    def n_pupils(self) -> int:
        return max(1, self.n_results // (self.n_indicators * self.n_rounds))


def run(size: Size) -> Report:
    with scratch_database(), override_settings(SECURE_SSL_REDIRECT=False):
        scene = make_scene(
            class_sizes=even_classes(size.n_pupils), n_indicators=size.n_indicators, n_rounds=size.n_rounds
        )
        with municipality_scope(scene.municipality):
            fill_rounds(scene, scene.rounds, one_missing_in=ONE_MISSING_IN)
            settle()
            return _measure(size, scene)


def _measure(size: Size, scene: Scene) -> Report:
    floors, anew, again = [], [], []
    for _n in range(size.n_repeats):
        drop_bare_sums()
        floors.append(timed(make_bare_sums)[1])
        _forget_sums()
        anew.append(timed(_recount_in_one_go)[1])
        again.append(timed(_recount_in_one_go)[1])
    n_sums = _check_against_floor()
    drop_bare_sums()
    settle()
    rebuild, floor = median_spent(anew), median_spent(floors)
    figures = [
        Figure("full rebuild", rebuild.wall, "s", floor.wall, most_ratio=1.5),
        Figure("… CPU of the database", rebuild.database_cpu, "s", floor.database_cpu),
        Figure("… over the sums that stand", median_spent(again).wall, "s", floor.wall),
    ]
    if size.has_pandas:
        pandas, pandas_mebibytes, _n_sums = run_in_fresh_process(sum_with_pandas)
        figures += [
            Figure("pandas, against the full rebuild", pandas.wall, "s", rebuild.wall, least_ratio=5),
            Figure("… CPU", pandas.cpu, "s", rebuild.cpu),
            Figure("… peak memory", pandas_mebibytes, "MiB"),
        ]
    return Report(
        "roll-up",
        database_name(),
        f"{Result.objects.count():,} results, {n_sums:,} sums, median of {size.n_repeats}",
        [*figures, *_increments(scene), *_pages(scene), *_sizes()],
    )


def _forget_sums() -> None:
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("truncate aggregation_unitsum" if is_postgresql else "delete from aggregation_unitsum")


def _recount_in_one_go() -> None:
    """All or nothing, as the floor."""
    with transaction.atomic():
        recount_municipality()


def _check_against_floor() -> int:
    """The number of sums. Raises RuntimeError if the two ways do not come to the same."""
    n_sums, n_different = n_that_differ()
    if n_different or n_sums != UnitSum.objects.count():
        raise RuntimeError(f"{n_different} of {n_sums} sums differ from those of the floor")
    return n_sums


def _increments(scene: Scene) -> list[Figure]:
    places = range(min(N_CORRECTIONS, len(scene.classes)))
    corrections = [_correct(scene, place) for place in places]
    correction = median_spent([spent for spent, _n in corrections])
    school_import = _import_school(scene)
    return [
        Figure("a class corrected, to all sums", correction.wall, "s", most=2),
        Figure("… CPU", correction.cpu, "s"),
        Figure("… sums touched per indicator and slice", max(n for _spent, n in corrections), "", most=5),
        Figure("a school imported, to all sums", school_import.wall, "s"),
        Figure("… CPU", school_import.cpu, "s"),
    ]


def _correct(scene: Scene, place: int) -> tuple[Spent, int]:
    """One value of each pupil of a class is corrected. What it costs until all sums are right; how many are touched."""
    school_class, round_, indicator = scene.classes[place], scene.rounds[-1], scene.indicators[0]
    rows = _raised(Result.objects.filter(school_class=school_class, round=round_, indicator=indicator))
    began = timezone.now()
    spent = timed(lambda: _record_and_count(rows))[1]
    return spent, _most_touched(began)


def _import_school(scene: Scene) -> Spent:
    """Every value of the last round of the first school is another one than before."""
    school = UnitPlacement.objects.filter(unit=scene.classes[0]).values("parent")
    classes = UnitPlacement.objects.filter(parent__in=school).values("unit")
    rows = _raised(Result.objects.filter(school_class__in=classes, round=scene.rounds[-1]))
    return timed(lambda: _record_and_count(rows))[1]


def _raised(results) -> pd.DataFrame:
    """The results as a file would bring them, each a point higher."""
    columns = ["pupil_id", "indicator_id", "round_id", "value", "measured_on"]
    rows = pd.DataFrame(results.values_list(*columns), columns=columns).assign(mark=0)
    rows["value"] = (rows["value"] + 100.0) % 4100
    return rows


def _record_and_count(rows: pd.DataFrame) -> None:
    record_results(rows, by=None)
    do_waiting_recounts()


def _most_touched(since: datetime.datetime) -> int:
    """The most sums of one indicator, round and slice that have been written since."""
    touched = UnitSum.objects.filter(computed_at__gte=since)
    counts = pd.Series(list(touched.values_list("indicator_id", "round_id", "slice"))).value_counts()
    return int(counts.max()) if len(counts) else 0


def _pages(scene: Scene) -> list[Figure]:
    """The maps of an area for its head, who reads what has been released, and of a school for its principal."""
    # Of all pupils: protecting the splits of hundreds of schools takes minutes, and the page is the same.
    with mock.patch("aggregation.truth.splits_in_use", return_value=[ALL]):
        released = timed(lambda: release_round(scene.rounds[-1]))[1]
    for work in (RollupWork, ReleaseWork):
        work.objects.all().delete()
    settle()
    return [
        Figure("the last round released, all pupils", released.wall, "s"),
        *_page_of(Level.AREA, RoleCode.AREA_HEAD),
        *_page_of(Level.SCHOOL, RoleCode.PRINCIPAL),
    ]


def _page_of(level: Level, role: RoleCode) -> list[Figure]:
    unit = Unit.objects.filter(level=level).order_by("pk")[0]
    reader = add_person(login=f"{role}@bench.example", name="Läsare")
    assign_role(user=reader, role=role, unit=unit, valid_from=LONG_AGO)
    browser = Client(SERVER_NAME="localhost", headers={"accept-language": "sv"})
    browser.force_login(reader)
    address = reverse("aggregation:unit-map", args=[unit.key])
    spent = _spent_on(lambda: _get(browser, address))
    n_rows = UnitPlacement.objects.filter(parent=unit).count()
    return [
        Figure(
            f"page of one {level.name.lower()} with {n_rows} rows, CPU",
            spent.cpu * MILLISECONDS,
            "ms",
            most=15,
        ),
        Figure("… time", spent.wall * MILLISECONDS, "ms"),
    ]


def _get(browser: Client, address: str) -> None:
    response = browser.get(address, secure=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def _spent_on(page: Callable[[], None]) -> Spent:
    """Per request: the median of each kind of seconds."""
    for _n in range(WARM_UP):
        page()
    return median_spent([timed(page)[1] for _n in range(N_PAGES)])


def _sizes() -> list[Figure]:
    """What the two large tables take, with their indexes; only PostgreSQL can tell."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_total_relation_size('colourmaps_result'), pg_total_relation_size('aggregation_unitsum')"
        )
        results, sums = cursor.fetchone()
    return [
        Figure("results with indexes", results / MEBIBYTE, "MiB"),
        Figure("sums with index", sums / MEBIBYTE, "MiB"),
    ]
