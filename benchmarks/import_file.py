"""A whole municipality's results from one workbook, from the file to the committed rows, and on to the sums."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Municipality
from accounts.tenancy import municipality_scope
from aggregation.models import UnitSum
from aggregation.work import do_waiting_recounts
from colourmaps.importing.apply import Outcome, run_import
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.understanding import understand
from colourmaps.importing.vocabulary import vocabulary
from colourmaps.importing.workbook import read_workbook
from colourmaps.models import Indicator, MeasurementRound, Result
from pupils.models import Enrolment, Pupil

from .bare_import import import_bare, make_bare_table
from .figures import Figure, Report
from .fresh_process import run_in_fresh_process
from .results_file import IDENTITY, write_results_file
from .scene import Scene, even_classes, fill_rounds, make_scene
from .scratch import database_name, scratch_database, settle
from .stopwatch import Spent, median_spent, peak_mebibytes, timed

PUPILS_OF_A_SCHOOL = 500


@dataclass(frozen=True)
class Size:
    """has_history: there is a round before, with a result for every pupil and indicator, to compare with."""

    n_pupils: int = 20_000
    n_indicators: int = 25
    n_repeats: int = 3
    has_history: bool = False


@dataclass(frozen=True)
class Measured:
    """One import in a process of its own."""

    to_rows: Spent
    to_sums: Spent
    peak_mebibytes: float
    n_written: int


def run(size: Size) -> Report:
    with scratch_database(), tempfile.TemporaryDirectory() as folder:
        scene = make_scene(
            class_sizes=even_classes(size.n_pupils),
            n_indicators=size.n_indicators,
            n_rounds=1 + size.has_history,
        )
        path, of_school = Path(folder) / "resultat.xlsx", Path(folder) / "skola.xlsx"
        with municipality_scope(scene.municipality):
            if size.has_history:
                fill_rounds(scene, scene.rounds[:-1])
            pupils = list(Pupil.objects.order_by("pk").values_list("identity_number", flat=True))
        codes = [indicator.code for indicator in scene.indicators]
        write_results_file(path, pupils, codes)
        write_results_file(of_school, pupils[:PUPILS_OF_A_SCHOOL], codes)
        settle()
        return _measure(size, scene, path, of_school)


def _measure(size: Size, scene: Scene, path: Path, of_school: Path) -> Report:
    floors, firsts, agains, previews = [], [], [], []
    for _n in range(size.n_repeats):
        _empty(scene)
        make_bare_table()
        previews.append(run_in_fresh_process(preview_once, str(of_school), scene.municipality.pk))
        floors.append(run_in_fresh_process(bare_once, str(path), scene.municipality.pk))
        firsts.append(run_in_fresh_process(import_once, str(path), scene.municipality.pk))
        agains.append(run_in_fresh_process(import_once, str(path), scene.municipality.pk))
    n_values = size.n_pupils * size.n_indicators
    if {first.n_written for first in firsts} != {n_values}:
        raise RuntimeError("the import did not write every value of the file")
    return Report(
        "import",
        database_name(),
        f"{size.n_pupils:,} pupils x {size.n_indicators} indicators, {path.stat().st_size / 1e6:.1f} MB, "
        f"{'one round before' if size.has_history else 'first round'}, median of {size.n_repeats}",
        [
            *_figures(median_spent(floors), firsts, agains),
            Figure(
                f"a school's file of {PUPILS_OF_A_SCHOOL} pupils to its preview",
                median_spent(previews).wall,
                "s",
                most=2,
            ),
        ],
    )


def _figures(floor: Spent, firsts: list[Measured], agains: list[Measured]) -> list[Figure]:
    first, again = (median_spent([each.to_rows for each in runs]) for runs in (firsts, agains))
    sums = median_spent([each.to_sums for each in firsts])
    most_ratio = 2.5 if connection.vendor == "postgresql" else 3
    return [
        Figure("file to committed rows", first.wall, "s", floor.wall, most_ratio=most_ratio),
        Figure("… CPU of the import", first.own_cpu, "s", floor.own_cpu),
        Figure("… CPU of the database", first.database_cpu, "s", floor.database_cpu),
        Figure("… CPU in all", first.cpu, "s", floor.cpu, most=30),
        Figure("… peak memory", median(each.peak_mebibytes for each in firsts), "MiB", most=400),
        Figure("rows to sums of all levels", sums.wall, "s"),
        Figure("same file again", again.wall, "s", floor.wall),
        Figure("… CPU in all", again.cpu, "s", most=15),
        Figure("… rows written", max(each.n_written for each in agains), "", most=0),
    ]


def _empty(scene: Scene) -> None:
    """As before the first import."""
    with municipality_scope(scene.municipality), transaction.atomic():
        Result.objects.filter(round=scene.rounds[-1]).delete()
        UnitSum.objects.all().delete()
    settle()


def bare_once(path: str, municipality_id: int) -> Spent:
    with municipality_scope(Municipality.objects.get(pk=municipality_id)):
        classes = list(Enrolment.objects.order_by("pupil_id").values_list("school_class_id", flat=True))
        indicators = list(Indicator.objects.values_list("pk", flat=True))
    return timed(lambda: import_bare(path, municipality_id, classes, indicators))[1]


def import_once(path: str, municipality_id: int) -> Measured:
    with municipality_scope(Municipality.objects.get(pk=municipality_id)):
        mapping = mapping_of_newest_round()
        outcome, to_rows = timed(lambda: _import(Path(path), mapping))
        if outcome.has_failed or outcome.n_refused:
            raise RuntimeError(f"the import refused {outcome.n_refused} rows: {outcome.messages[:3]}")
        peak = peak_mebibytes()
        to_sums = timed(do_waiting_recounts)[1]
        return Measured(to_rows, to_sums, peak, outcome.n_new + outcome.n_changed)


def preview_once(path: str, municipality_id: int) -> Spent:
    """What the job behind the preview does: reads, understands, and imports without keeping it."""
    with municipality_scope(Municipality.objects.get(pk=municipality_id)):
        mapping = mapping_of_newest_round()
        return timed(lambda: _preview(Path(path), mapping))[1]


def _preview(path: Path, mapping: Mapping) -> Outcome:
    workbook, today = read_workbook(path), timezone.localdate()
    understand(workbook, vocabulary(today))
    return run_import(workbook, mapping, by=None, today=today, dry_run=True)


def _import(path: Path, mapping: Mapping) -> Outcome:
    return run_import(read_workbook(path), mapping, by=None, today=timezone.localdate())


def mapping_of_newest_round() -> Mapping:
    """What a coordinator has said of this kind of file."""
    round_ = MeasurementRound.objects.order_by("-starts_on")[0]
    codes = Indicator.objects.values_list("code", flat=True)
    return Mapping(
        columns=(
            MappedColumn(IDENTITY, Meaning.IDENTITY),
            *(MappedColumn(code, Meaning.INDICATOR, indicator=code) for code in codes),
        ),
        round=round_.name,
    )
