"""Exported files on the disk: below UPLOAD_ROOT, in a folder of the municipality's own, for some days."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from ..audit import record
from ..background import JobRefused, queue_job, report
from ..models import ExportedFile, Job, Municipality, User
from ..tenancy import current_municipality
from .writing import Manifest, export_municipality

EXPORT = "accounts.tasks.export_municipality"
KEPT = datetime.timedelta(days=3)


def export_folder(municipality: Municipality) -> Path:
    return Path(settings.UPLOAD_ROOT) / "exports" / str(municipality.pk)


def path_of(file: ExportedFile) -> Path:
    return export_folder(file.municipality) / file.stored_as


@transaction.atomic
def ask_for_export(*, purpose: str, by: User) -> ExportedFile:
    """All that is behind no wall of its own, without secrets, as a job; only `by` gets the file."""
    file = ExportedFile.objects.create(
        municipality=current_municipality(), by=by, purpose=purpose, expires_at=timezone.now() + KEPT
    )
    file.job = queue_job(EXPORT, by=by, is_heavy=True, file_id=file.pk)
    file.save(update_fields=["job"])
    record("municipality exported", by=by, subject=file.key, purpose=purpose)
    return file


def make_export(job: Job, file: ExportedFile) -> None:
    """Done again, it makes another file and lets the first one go."""
    if file.expires_at <= timezone.now():
        raise JobRefused("expired")
    keep(
        file,
        lambda path: export_municipality(
            file.municipality,
            path,
            without_walled=True,
            report=lambda table, n, n_all: report(job, table[:100], n, n_all),
        ),
    )


def keep(file: ExportedFile, write: object) -> Manifest:
    """write: makes the file at a path and returns its manifest."""
    remove_files([file])
    file.stored_as = f"{get_random_string(32)}.zip"
    path = path_of(file)
    manifest: Manifest = write(path)  # type: ignore[operator]  # a function of a path
    file.n_rows, file.n_bytes, file.seal = manifest.n_rows, path.stat().st_size, manifest.seal
    file.save(update_fields=["stored_as", "n_rows", "n_bytes", "seal"])
    return manifest


def remove_files(files: Iterable[ExportedFile]) -> int:
    """Removes the files; the rows stay, and say that there were some."""
    n = 0
    for file in files:
        if file.stored_as:
            path_of(file).unlink(missing_ok=True)
            file.stored_as = ""
            file.save(update_fields=["stored_as"])
            n += 1
    return n


def remove_expired() -> int:
    return remove_files(ExportedFile.objects.filter(expires_at__lte=timezone.now()).exclude(stored_as=""))
