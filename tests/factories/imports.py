"""Files that somebody sends in, a worker that does what waits, and a browser that shows what has become of them."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping as ReadOnlyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Job, JobState, User
from colourmaps.importing.apply import Outcome, run_import
from colourmaps.importing.decisions import NO_DECISIONS, Decisions
from colourmaps.importing.lifecycle import confirm_import
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.workbook import Sheet, Workbook
from colourmaps.models import ImportBatch, Indicator, MeasurementRound, Result
from colourmaps.tasks import apply_import, read_import, undo_import
from pupils.models import Pupil
from tests.fixtures import TODAY

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SOLVIKSSKOLAN = EXAMPLES / "solviksskolan_ht2026_fargkarta.xlsx"
DUTCH_SCHOOLS = EXAMPLES / "dutch_schools_pre_post.xlsx"

TASKS = {task.name: task for task in (read_import, apply_import, undo_import)}


def workbook_bytes(sheets: ReadOnlyMapping[str, Sequence[Sequence[Any]]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def upload_of(
    *rows: Sequence[Any], name: str = "resultat.xlsx", sheet: str = "Resultat"
) -> SimpleUploadedFile:
    """A workbook with one sheet, as a browser sends it."""
    return SimpleUploadedFile(name, workbook_bytes({sheet: rows}))


def upload_of_file(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def work() -> list[Job]:
    """A worker does the jobs of imports that wait in the municipality; returns them as they then stand."""
    waiting = list(Job.objects.filter(state=JobState.WAITING, task__in=TASKS).order_by("pk"))
    for job in waiting:
        TASKS[job.task](job.municipality_id, job.pk)
    return [Job.objects.get(pk=job.pk) for job in waiting]


def fresh(batch: ImportBatch) -> ImportBatch:
    """The import as it stands in the database now."""
    return ImportBatch.objects.select_related("job", "by").get(pk=batch.pk)


def imported(batch: ImportBatch, autumn: Autumn) -> ImportBatch:
    confirm_import(batch=batch, by=autumn.coordinator)
    work()
    return fresh(batch)


def values() -> dict[str, int | None]:
    return dict(Result.objects.order_by("pupil_id").values_list("pupil__own_id", "value"))


def texts(batch: ImportBatch, level: str) -> list[str]:
    return list(batch.messages.filter(level=level).order_by("pk").values_list("text", flat=True))


HEADER = ["Elevnummer", "Klass", "Läsförståelse"]

MEANINGS = {
    "Personnummer": Meaning.IDENTITY,
    "Id": Meaning.PUPIL_ID,
    "Namn": Meaning.FULL_NAME,
    "Efternamn": Meaning.FAMILY_NAME,
    "Förnamn": Meaning.GIVEN_NAME,
    "Klass": Meaning.SCHOOL_CLASS,
    "Skola": Meaning.SCHOOL,
    "Årskurs": Meaning.YEAR_GROUP,
    "Sekretessmarkering": Meaning.PROTECTION,
}


def import_rows(
    header: str,
    *rows: Sequence[Any],
    today: datetime.date = TODAY,
    round: str = "HT 2026",
    by: User | None = None,
    adds_pupils: bool = False,
    dry_run: bool = False,
    decisions: Decisions = NO_DECISIONS,
    **parts: Any,
) -> Outcome:
    """Imports a table with the columns of the header, for example "Id Klass Läs"; Läs is the indicator LAS.

    parts: of the mapping, beside its columns.
    """
    headers = header.split()
    columns = [
        MappedColumn(text, MEANINGS[text])
        if text in MEANINGS
        else MappedColumn(text, Meaning.INDICATOR, indicator="LAS")
        for text in headers
    ]
    return run_import(
        Workbook([Sheet("Resultat", [headers, *map(list, rows)])], digest="0" * 64),
        Mapping(tuple(columns), round=round, **parts),
        by=by,
        today=today,
        adds_pupils=adds_pupils,
        dry_run=dry_run,
        decisions=decisions,
    )


def said(outcome: Outcome) -> list[tuple[str, int]]:
    """Code and row of each message."""
    return [(message.code, message.row) for message in outcome.messages]


@dataclass(frozen=True)
class Autumn:
    """The round HT 2026 is going on. The pupils Ada, Bo and Cia of 4A have the ids A1, B2 and C3."""

    coordinator: User
    round: MeasurementRound
    reading: Indicator
    ada: Pupil
    bo: Pupil
    cia: Pupil

    @staticmethod
    def rows(*, title: str = "Mättillfälle: HT 2026", **values: object) -> list[list[object]]:
        """A table with a title, the header in row 2 and a row per pupil: rows(A1=20, B2="frånv.")."""
        return [[title], HEADER, *([own_id, "4A", value] for own_id, value in values.items())]


class Browser:
    """A coordinator's browser, in English."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.key = ""

    def send(self, upload: SimpleUploadedFile, **more: SimpleUploadedFile) -> ImportBatch:
        """Uploads a file, waits until it has been read, and stands on its page."""
        response = self.client.post(reverse("colourmaps:import-upload"), {"file": upload, **more})
        self.key = response.headers["Location"].rstrip("/").rpartition("/")[2]
        assert response.headers["Location"] == self.address("import")
        work()
        return self.batch

    @property
    def batch(self) -> ImportBatch:
        return ImportBatch.objects.select_related("job").get(key=self.key)

    def address(self, name: str) -> str:
        return reverse(f"colourmaps:{name}", args=[self.key])

    def page(self) -> str:
        return shown(self.client.get(self.address("import")))

    def press(self, name: str, **content: str) -> str:
        """Posts to a step of the import what its page holds; returns the page that the browser is led to."""
        job = self.batch.job
        seen = {"preview": job.key if job else ""}
        return shown(self.client.post(self.address(name), seen | content, follow=True))

    def read_again(self, **changes: str) -> str:
        """Sends the form of the preview as it stands, but for the changes."""
        form = self.client.get(self.address("import")).context["form"]
        content = {name: str(form[name].value() or "") for name in form.fields if name != "adds_pupils"}
        answer = self.press("import-mapping", **content | changes)
        work()
        return answer

    def confirm(self) -> str:
        self.press("import-confirm")
        work()
        return self.page()


def shown(response: HttpResponse) -> str:
    """The page as text: tags away, blanks made one."""
    assert response.status_code == 200, response.status_code
    return text_of(response.content.decode())


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup.replace("&quot;", '"')).split())
