"""A school's import while ten large ones are ahead of it: real workers as in docker-compose.yml, PostgreSQL and Redis.

A person sends in the school's file, says yes to the preview as soon as it is there, and looks until the sums of the
school are there. All the while the large files are read, confirmed and imported.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings

from accounts.models import Job, JobState, Level, User
from accounts.tenancy import across_municipalities, municipality_scope
from aggregation.models import RollupWork, UnitSum
from colourmaps.importing.lifecycle import ImportRefused, confirm_import, upload_file
from colourmaps.models import ImportBatch, ImportState
from pupils.models import Pupil

from .breaking.broker import celery, rung_at
from .breaking.servers import private_redis
from .figures import Figure, Report
from .import_file import mapping_of_newest_round
from .results_file import write_results_file
from .scene import Scene, even_classes, make_scene
from .scratch import database_name, scratch_database, settle

PUPILS_OF_A_SCHOOL = 500
N_LARGE = 10
MOST_SECONDS = 60
GIVE_UP_AFTER = 900
SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True)
class Size:
    """n_pupils: of each large file. has_one_town: without the figure for large ones in ten municipalities."""

    n_pupils: int = 20_000
    n_indicators: int = 25
    has_one_town: bool = False


def run(size: Size) -> Report:
    """Raises NoServer where there is no redis-server."""
    with scratch_database(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fairness_")))
        stack.enter_context(override_settings(UPLOAD_ROOT=folder / "uploads"))
        towns = [
            Town(size.n_pupils, size.n_indicators, code=f"{9000 + n}", folder=folder)
            for n in range(1 if size.has_one_town else N_LARGE)
        ]
        small = Town(PUPILS_OF_A_SCHOOL, size.n_indicators, code="9999", folder=folder)
        settle()
        stack.enter_context(_installation(folder))
        small.seconds_until_visible([])  # until the workers have started
        alone = small.seconds_until_visible([])
        figures = [
            Figure("500 pupils, nothing ahead", alone.seconds, "s"),
            *_behind("ten of another municipality ahead", small, [towns[0]] * N_LARGE, alone.seconds),
        ]
        if not size.has_one_town:
            figures += _behind("one of each of ten municipalities ahead", small, towns, alone.seconds)
        figures += _behind("ten of its own municipality ahead", towns[0], [towns[0]] * N_LARGE, alone.seconds)
    return Report(
        "fairness",
        database_name(),
        f"500 pupils x {size.n_indicators} indicators, {N_LARGE} files of {size.n_pupils:,} pupils ahead",
        figures,
    )


def _behind(words: str, small: Town, ahead: list[Town], alone: float) -> list[Figure]:
    seen = small.seconds_until_visible(ahead)
    return [
        Figure(f"… {words}", seen.seconds, "s", alone, most=MOST_SECONDS),
        Figure("    large jobs still to do when it is visible", seen.n_heavy_left, ""),
    ]


@contextmanager
def _installation(folder: Path) -> Iterator[None]:
    """The workers and the beat of docker-compose.yml, on a Redis of their own."""
    with private_redis() as redis, rung_at(redis.url):
        settings = {
            "REDIS_URL": redis.url,
            "UPLOAD_ROOT": str(folder / "uploads"),
            "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev",
            "DATABASE_STATEMENT_SECONDS": "1440",
        }
        with (
            celery(
                "worker", "--queues", "interactive,default", "--concurrency", "2", "-n", "light", **settings
            ),
            celery("worker", "--queues", "heavy", "--concurrency", "1", "-n", "heavy", **settings),
            celery("beat", "--schedule", str(folder / "schedule"), "--pidfile", "", **settings),
        ):
            yield


@dataclass(frozen=True)
class Seen:
    seconds: float
    n_heavy_left: int


class Town:
    """A municipality with a coordinator, and files of all its pupils or of the first 500."""

    def __init__(self, n_pupils: int, n_indicators: int, *, code: str, folder: Path) -> None:
        self.scene: Scene = make_scene(
            class_sizes=even_classes(n_pupils), n_indicators=n_indicators, n_rounds=1, code=code
        )
        self.folder, self.n_files = folder, 0
        with municipality_scope(self.scene.municipality):
            self.coordinator = User.objects.create(
                login=f"coordinator@{code}", name="Coordinator", municipality=self.scene.municipality
            )
            self.pupils = list(Pupil.objects.order_by("pk").values_list("identity_number", flat=True))

    def send(self, n_pupils: int) -> ImportBatch:
        """Another file each time: the pupils of the one before, in another order, and so with other values."""
        self.n_files += 1
        path = self.folder / "results.xlsx"
        first = self.pupils[:n_pupils]
        shift = self.n_files % len(first)
        write_results_file(path, first[shift:] + first[:shift], [each.code for each in self.scene.indicators])
        with municipality_scope(self.scene.municipality):
            file = SimpleUploadedFile(f"{self.n_files}.xlsx", path.read_bytes())
            return upload_file(upload=file, mapping=mapping_of_newest_round(), by=self.coordinator)

    def confirm_what_is_understood(self) -> None:
        """As a coordinator who sits and waits would."""
        with municipality_scope(self.scene.municipality):
            for batch in ImportBatch.objects.filter(state=ImportState.UNDERSTOOD).select_related("job"):
                try:
                    confirm_import(batch=batch, by=self.coordinator)
                except ImportRefused:
                    continue  # between two steps; the next look finds it

    def seconds_until_visible(self, ahead: list[Town]) -> Seen:
        """From sending in the file of 500 until its results are imported and nothing of its school waits."""
        for town in ahead:
            town.send(len(town.pupils))
        towns = {id(town): town for town in [*ahead, self]}.values()
        began = time.monotonic()
        batch = self.send(PUPILS_OF_A_SCHOOL)
        while not self._is_visible(batch):
            if time.monotonic() - began > GIVE_UP_AFTER:
                raise RuntimeError("the import of 500 pupils never became visible")
            for town in towns:
                town.confirm_what_is_understood()
            time.sleep(SECONDS_BETWEEN_LOOKS)
        seen = Seen(time.monotonic() - began, _n_heavy_left())
        _forget_what_is_left(began + GIVE_UP_AFTER)
        return seen

    def _is_visible(self, batch: ImportBatch) -> bool:
        with municipality_scope(self.scene.municipality):
            fresh = ImportBatch.objects.get(pk=batch.pk)
            if fresh.state != ImportState.IMPORTED:
                return False
            touched = {"unit__in": fresh.counts["classes"], "round__in": fresh.counts["rounds"]}
            has_sums = UnitSum.objects.filter(unit__level=Level.SCHOOL, computed_at__gte=fresh.imported_at)
            return has_sums.exists() and not RollupWork.objects.filter(**touched).exists()


def _n_heavy_left() -> int:
    with across_municipalities():
        return Job.objects.filter(is_heavy=True, state__in=[JobState.WAITING, JobState.RUNNING]).count()


def _forget_what_is_left(until: float) -> None:
    """What waits is cancelled, and what runs is waited for: the next figure begins with nothing ahead."""
    with across_municipalities():
        Job.objects.filter(state=JobState.WAITING).update(state=JobState.CANCELLED)
        ImportBatch.objects.exclude(state=ImportState.IMPORTED).exclude(job__state=JobState.RUNNING).update(
            state=ImportState.CANCELLED
        )
        running = Job.objects.filter(state=JobState.RUNNING)
        while (running.exists() or RollupWork.objects.exists()) and time.monotonic() < until:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        ImportBatch.objects.filter(state=ImportState.UNDERSTOOD).update(state=ImportState.CANCELLED)
    connection.close()
