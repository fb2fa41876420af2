"""From results to the sums of all levels: everything anew, and after one class's correction."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from django.db import connection, transaction

from accounts.tenancy import municipality_scope
from aggregation.models import UnitSum
from aggregation.rollup import recount_municipality
from aggregation.work import do_waiting_recounts
from colourmaps.models import Result
from colourmaps.services import record_results

from .bare_sums import drop_bare_sums, make_bare_sums, n_that_differ
from .figures import Figure, Report
from .fresh_process import run_in_fresh_process
from .pandas_sums import sum_with_pandas
from .scene import Scene, even_classes, fill_rounds, make_scene
from .scratch import database_name, scratch_database, settle
from .stopwatch import Spent, median_spent, timed

N_CORRECTIONS = 5


@dataclass(frozen=True)
class Size:
    """n_results: of all pupils, indicators and rounds together."""

    n_results: int = 400_000
    n_indicators: int = 20
    n_rounds: int = 2
    n_repeats: int = 3

    @property
    def n_pupils(self) -> int:
        return max(1, self.n_results // (self.n_indicators * self.n_rounds))


def run(size: Size) -> Report:
    with scratch_database():
        scene = make_scene(
            class_sizes=even_classes(size.n_pupils), n_indicators=size.n_indicators, n_rounds=size.n_rounds
        )
        with municipality_scope(scene.municipality):
            fill_rounds(scene, scene.rounds)
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
    settle()
    pandas, pandas_mebibytes, _n_sums = run_in_fresh_process(sum_with_pandas)
    corrections = [_correct(scene, place) for place in range(min(N_CORRECTIONS, len(scene.classes)))]
    rebuild, floor = median_spent(anew), median_spent(floors)
    increment = median_spent([spent for spent, _n in corrections])
    return Report(
        "roll-up",
        database_name(),
        f"{size.n_pupils * size.n_indicators * size.n_rounds:,} results, {n_sums:,} sums, median of {size.n_repeats}",
        [
            Figure("full rebuild", rebuild.wall, "s", floor.wall, most_ratio=1.5),
            Figure("… CPU of the database", rebuild.database_cpu, "s", floor.database_cpu),
            Figure("… over the sums that stand", median_spent(again).wall, "s", floor.wall),
            Figure("pandas, against the full rebuild", pandas.wall, "s", rebuild.wall, least_ratio=5),
            Figure("… peak memory", pandas_mebibytes, "MiB"),
            Figure("a class corrected, to all sums", increment.wall, "s", most=2),
            Figure("… sums touched per indicator", max(n for _spent, n in corrections), "", most=5),
        ],
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


def _correct(scene: Scene, place: int) -> tuple[Spent, int]:
    """One value of each pupil of a class is corrected. What it costs until all sums are right; how many are touched."""
    school_class, round_, indicator = scene.classes[place], scene.rounds[-1], scene.indicators[0]
    of_class = Result.objects.filter(school_class=school_class, round=round_, indicator=indicator)
    stored = of_class.values_list("pupil_id", "value", "measured_on")
    rows = pd.DataFrame(stored, columns=["pupil_id", "value", "measured_on"]).assign(
        indicator_id=indicator.pk, round_id=round_.pk, mark=0
    )
    rows["value"] = (rows["value"] + 100.0) % 4100
    before = _moments(indicator.pk, round_.pk)
    spent = timed(lambda: (record_results(rows, by=None), do_waiting_recounts()))[1]
    after = _moments(indicator.pk, round_.pk)
    return spent, sum(after[unit_id] != before.get(unit_id) for unit_id in after)


def _moments(indicator_id: int, round_id: int) -> dict[int, object]:
    """When the indicator's sum of each unit was computed."""
    sums = UnitSum.objects.filter(indicator_id=indicator_id, round_id=round_id)
    return dict(sums.values_list("unit_id", "computed_at"))
