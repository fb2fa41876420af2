"""The life of an import: uploaded, understood, confirmed, imported. Each step is asked for once and done by a job."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.background import JobRefused, ask_to_cancel, cancel_waiting, queue_job
from accounts.models import Job, JobState, User
from accounts.tenancy import current_municipality

from .. import uploads
from ..models import ImportBatch, ImportKind, ImportState
from .decisions import Decisions, pupils_of
from .mapping import Mapping
from .mapping_file import mapping_to_json
from .same_file import import_going_on
from .saved_mappings import forget_mapping
from .weight import is_heavy

# The job that a batch in the state waits for.
TASKS: dict[str, str] = {
    ImportState.UPLOADED: "colourmaps.tasks.read_import",
    ImportState.CONFIRMED: "colourmaps.tasks.apply_import",
    ImportState.UNDOING: "colourmaps.tasks.undo_import",
}
# Where a batch stands when the work on it is cancelled.
CANCELLED_TO: dict[str, str] = {
    ImportState.UPLOADED: ImportState.CANCELLED,
    ImportState.CONFIRMED: ImportState.UNDERSTOOD,
    ImportState.UNDOING: ImportState.IMPORTED,
}


class ImportRefused(Exception):
    """The step cannot be taken now; the message says why, for the user."""


def is_at_work(batch: ImportBatch) -> bool:
    """A job is on its way, or waits for a worker."""
    return batch.state in TASKS and not has_stopped(batch)


def has_stopped(batch: ImportBatch) -> bool:
    """The job ended without having done its work; it can be asked for again."""
    ended = (JobState.FAILED, JobState.CANCELLED)
    return batch.state in TASKS and (batch.job is None or batch.job.state in ended)


@transaction.atomic
def upload_file(
    *,
    upload: UploadedFile,
    by: User,
    mapping: Mapping | None = None,
    kind: ImportKind = ImportKind.FILE,
) -> ImportBatch:
    """Accepts a file: kept on disk, its row and the job that reads it written together.

    mapping: how its columns are to be read; without one, as the same kind of file was, or as is proposed.
    kind: a colour map filled in is also told by its content; as that kind, nothing else is taken.
    """
    stored = uploads.store(upload)
    batch = ImportBatch.objects.create(
        municipality=current_municipality(),
        kind=kind,
        file_name=(upload.name or "")[:255],
        digest=stored.digest,
        stored_as=stored.stored_as,
        n_bytes=stored.n_bytes,
        mapping=mapping_to_json(mapping) if mapping else {},
        by=by,
    )
    batch.job = _queue(batch, by)
    batch.save(update_fields=["job"])
    record("import uploaded", by=by, subject=batch.key)
    return batch


@transaction.atomic
def correct_mapping(
    *, batch: ImportBatch, mapping: Mapping, adds_pupils: bool, by: User, preview: str | None = None
) -> None:
    """Reads the file again as the coordinator has now said that it is to be read. preview: see confirm_import."""
    _move(batch, ImportState.UNDERSTOOD, ImportState.UPLOADED, preview)
    batch.mapping = mapping_to_json(mapping)
    batch.adds_pupils = adds_pupils
    batch.job = _queue(batch, by)
    batch.save(update_fields=["mapping", "adds_pupils", "job"])


@transaction.atomic
def decide(*, batch: ImportBatch, decisions: Decisions, by: User, preview: str | None = None) -> None:
    """Reads the file again with what a person has answered. preview: see confirm_import."""
    _move(batch, ImportState.UNDERSTOOD, ImportState.UPLOADED, preview)
    batch.decisions = batch.decisions | decisions.to_json()
    batch.job = _queue(batch, by)
    batch.save(update_fields=["decisions", "job"])
    record(
        "import doubts decided",
        by=by,
        subject=batch.key,
        pupils=pupils_of(decisions),
        rows=len(decisions.pupils),
        moves=len(decisions.moves),
        names=len(decisions.names),
    )


@transaction.atomic
def propose_afresh(*, batch: ImportBatch, by: User, preview: str | None = None) -> None:
    """Forgets how this kind of file was read before, and reads the file as it explains itself."""
    _move(batch, ImportState.UNDERSTOOD, ImportState.UPLOADED, preview)
    forget_mapping(batch.counts.get("remembered", {}).get("signature", ""))
    batch.mapping = {}
    batch.job = _queue(batch, by)
    batch.save(update_fields=["mapping", "job"])
    record("remembered mapping forgotten", by=by, subject=batch.key)


@transaction.atomic
def confirm_import(*, batch: ImportBatch, by: User, preview: str | None = None) -> None:
    """Says yes to what the preview showed. A second yes finds nothing to do.

    preview: key of the job whose preview the person has seen; another one since then is not what was agreed to.
    """
    if batch.counts.get("has_failed"):
        raise ImportRefused(
            _("The file cannot be imported as it is. Correct what the list of problems says first.")
        )
    if going_on := import_going_on(batch):
        raise ImportRefused(going_on)
    _move(batch, ImportState.UNDERSTOOD, ImportState.CONFIRMED, preview)
    batch.job = _queue(batch, by)
    # The batch gets another job when it is undone; who confirmed it when is to be known then too.
    batch.confirmed_by, batch.confirmed_at = by, batch.job.queued_at
    batch.save(update_fields=["job", "confirmed_by", "confirmed_at"])
    record("import confirmed", by=by, subject=batch.key)


@transaction.atomic
def retry_import(*, batch: ImportBatch, by: User) -> None:
    """Asks again for the work that stopped or was cancelled. A second click finds nothing to do."""
    before, stopped = batch.state, batch.job
    if batch.state == ImportState.CANCELLED and batch.file_removed_at is None:
        batch.state = ImportState.UPLOADED
    elif not has_stopped(batch):
        raise ImportRefused(moved_on())
    batch.job = _queue(batch, by)
    same = ImportBatch.objects.filter(pk=batch.pk, state=before, job=stopped)
    if not same.update(job=batch.job, state=batch.state):
        raise ImportRefused(moved_on())
    record("import retried", by=by, subject=batch.key)


def cancel_import(*, batch: ImportBatch, by: User) -> None:
    """Ends the work on the batch. If no worker has begun it is ended now, else where the worker next looks up.

    Of running work nothing is written here: its rows, and on SQLite the whole database, may be locked by it.
    """
    if not is_at_work(batch) or batch.job is None:
        raise ImportRefused(moved_on())
    if batch.job.state == JobState.WAITING and _cancel_waiting(batch, by):
        return
    try:
        ask_to_cancel(batch.job, by=by)
    except JobRefused as refusal:
        raise ImportRefused(str(refusal)) from refusal


@transaction.atomic
def _cancel_waiting(batch: ImportBatch, by: User) -> bool:
    if batch.job is None or not cancel_waiting(batch.job):
        return False
    to = CANCELLED_TO[batch.state]
    ImportBatch.objects.filter(pk=batch.pk, state=batch.state, job=batch.job).update(state=to)
    record("import cancelled", by=by, subject=batch.key, state=to)
    return True


@transaction.atomic
def throw_away(*, batch: ImportBatch, by: User, preview: str | None = None) -> None:
    """Says no to the preview for good; only the file is kept, as long as others are. preview: see confirm_import."""
    _move(batch, ImportState.UNDERSTOOD, ImportState.CANCELLED, preview)
    record("import thrown away", by=by, subject=batch.key)


@transaction.atomic
def undo_import(*, batch: ImportBatch, by: User) -> None:
    """Asks that an import be taken back. A second click finds nothing to do."""
    _move(batch, ImportState.IMPORTED, ImportState.UNDOING, None)
    batch.job = _queue(batch, by)
    batch.save(update_fields=["job"])
    record("import undo asked", by=by, subject=batch.key)


def _queue(batch: ImportBatch, by: User) -> Job:
    return queue_job(
        TASKS[batch.state], by=by, is_heavy=is_heavy(batch), batch=batch.pk, language=get_language() or ""
    )


def _move(batch: ImportBatch, state: str, to: str, preview: str | None) -> None:
    """One conditional update, so that of two clicks one wins, and no click says yes to what it did not see."""
    if preview is not None and batch.state == state and (batch.job is None or batch.job.key != preview):
        raise ImportRefused(_("The file has been read again since you looked. Check the new preview first."))
    if not ImportBatch.objects.filter(pk=batch.pk, state=state, job=batch.job).update(state=to):
        raise ImportRefused(moved_on())
    batch.state = to


def moved_on() -> str:
    return _("This import has already moved on. The page now shows where it stands.")
