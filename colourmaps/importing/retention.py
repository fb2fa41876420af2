"""Uploaded files go after the days that the municipality has chosen. What was imported stays."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Municipality
from accounts.tenancy import current_municipality

from .. import uploads
from ..models import ImportBatch, ImportState
from .kept import without_examples, without_questions
from .lifecycle import has_stopped

# A file is on the disk a moment before the row that knows it.
AGE_OF_ORPHANS = datetime.timedelta(days=1)
# Work that nobody waits for any more: the file has gone unconfirmed, or the job has stopped and nobody tried again.
UNANSWERED = (ImportState.UPLOADED, ImportState.UNDERSTOOD, ImportState.CONFIRMED)


def kept_until(batch: ImportBatch, municipality: Municipality) -> datetime.date:
    """The last day on which the file is there for certain."""
    return timezone.localdate(batch.uploaded_at) + datetime.timedelta(days=municipality.days_files_are_kept)


def remove_old_files() -> int:
    """Removes the files of the municipality that have been kept long enough, and orphans; returns how many imports."""
    days = datetime.timedelta(days=current_municipality().days_files_are_kept)
    old = ImportBatch.objects.filter(
        file_removed_at=None, uploaded_at__lt=timezone.now() - days - datetime.timedelta(days=1)
    ).exclude(stored_as="")
    removed = [batch for batch in old.select_related("job") if let_go(batch)]
    for batch in removed:
        uploads.remove(batch.stored_as)
    known = ImportBatch.objects.filter(file_removed_at=None).values_list("stored_as", flat=True)
    uploads.remove_orphans(set(known), before=timezone.now() - AGE_OF_ORPHANS)
    return len(removed)


@transaction.atomic
def let_go(batch: ImportBatch) -> bool:
    """Marks the file as removed, and forgets what was quoted from it; False while a job is at work on it.

    The row first: a file that a crash leaves behind is an orphan, and goes the next night.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    is_waited_for = locked.state in (ImportState.UPLOADED, ImportState.CONFIRMED, ImportState.UNDOING)
    if locked.job_id != batch.job_id or (is_waited_for and not has_stopped(locked)):
        return False
    if locked.state in UNANSWERED:
        locked.state = ImportState.CANCELLED
    locked.file_removed_at = timezone.now()
    locked.understood = without_examples(locked.understood)
    locked.decisions = without_questions(locked.decisions)
    locked.save(update_fields=["state", "file_removed_at", "understood", "decisions"])
    locked.messages.all().delete()  # they quote cells of the file; how many there were is among the counts
    record("import file removed", by=None, subject=locked.key)
    return True
