"""The life of an import: uploaded, understood, confirmed, imported. Each step is asked for once and done by a job."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.background import JobRefused, queue_job, report, report_within_transaction
from accounts.models import Job, JobState, User
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality

from .. import uploads
from ..models import ImportBatch, ImportState, MeasurementRound, SavedMapping
from ..services.stamping import RESULTS
from .apply import Outcome, run_import
from .checks import earlier_import
from .kept import base_of, described, keep_outcome, without_examples
from .mapping import Mapping, MappingError
from .mapping_file import mapping_from_json, mapping_to_json
from .messages import Level, Message, define
from .proposal import propose_mapping, signature
from .understanding import Understanding, understand
from .vocabulary import vocabulary
from .workbook import UnreadableFile, Workbook, read_workbook

# The job that a batch in the state waits for.
TASKS: dict[str, str] = {
    ImportState.UPLOADED: "colourmaps.tasks.read_import",
    ImportState.CONFIRMED: "colourmaps.tasks.apply_import",
}

OTHER_RESULTS = define(
    "lifecycle.other_results",
    Level.WARNING,
    gettext_lazy(
        "Since the preview, other results have come in. Look at what would change now, and confirm again."
    ),
)
# The counts of the preview that a person says yes to.
PROMISED = ("new", "changed", "unchanged", "new_pupils")


class ImportRefused(Exception):
    """The step cannot be taken now; the message says why, for the user."""


def is_at_work(batch: ImportBatch) -> bool:
    """A job is on its way, or waits for a worker."""
    return batch.state in TASKS and not has_stopped(batch)


def has_stopped(batch: ImportBatch) -> bool:
    """The job ended without having done its work; it can be asked for again."""
    return batch.state in TASKS and (batch.job is None or batch.job.state == JobState.FAILED)


@transaction.atomic
def upload_file(*, upload: UploadedFile, by: User, mapping: Mapping | None = None) -> ImportBatch:
    """Accepts a file: kept on disk, its row and the job that reads it written together.

    mapping: how its columns are to be read; without one, as the same kind of file was, or as is proposed.
    """
    stored = uploads.store(upload)
    batch = ImportBatch.objects.create(
        municipality=current_municipality(),
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
def confirm_import(*, batch: ImportBatch, by: User, preview: str | None = None) -> None:
    """Says yes to what the preview showed. A second yes finds nothing to do.

    preview: key of the job whose preview the person has seen; another one since then is not what was agreed to.
    """
    if batch.counts.get("has_failed"):
        raise ImportRefused(
            _("The file cannot be imported as it is. Correct what the list of problems says first.")
        )
    _move(batch, ImportState.UNDERSTOOD, ImportState.CONFIRMED, preview)
    batch.job = _queue(batch, by)
    batch.save(update_fields=["job"])
    record("import confirmed", by=by, subject=batch.key)


@transaction.atomic
def retry_import(*, batch: ImportBatch, by: User) -> None:
    """Asks again for the work that stopped. A second click finds nothing to do."""
    stopped = batch.job
    if not has_stopped(batch):
        raise ImportRefused(moved_on())
    batch.job = _queue(batch, by)
    same = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, job=stopped)
    if not same.update(job=batch.job):
        raise ImportRefused(moved_on())
    record("import retried", by=by, subject=batch.key)


def _queue(batch: ImportBatch, by: User) -> Job:
    return queue_job(TASKS[batch.state], by=by, batch=batch.pk, language=get_language() or "")


def _move(batch: ImportBatch, state: str, to: str, preview: str | None) -> None:
    """One conditional update, so that of two clicks one wins, and no click says yes to what it did not see."""
    if preview is not None and batch.state == state and (batch.job is None or batch.job.key != preview):
        raise ImportRefused(_("The file has been read again since you looked. Check the new preview first."))
    if not ImportBatch.objects.filter(pk=batch.pk, state=state, job=batch.job).update(state=to):
        raise ImportRefused(moved_on())
    batch.state = to


def moved_on() -> str:
    return _("This import has already moved on. The page now shows where it stands.")


def read_import(job: Job, batch: ImportBatch) -> None:
    """The job behind the preview: understands the file, and runs the import without keeping it."""
    if batch.state != ImportState.UPLOADED:
        return
    try:
        workbook = _read(job, batch)
        report(job, "understanding")
        understood = understand(workbook, vocabulary(timezone.localdate()))
        mapping = _mapping_of(batch, understood)
        with long_statements():
            hold_lock(RESULTS)  # so that no result comes in between the run and what it was compared with
            outcome = _run(job, batch, workbook, mapping, dry_run=True)
            base = base_of(mapping, outcome.touched_classes)
    except (UnreadableFile, MappingError) as error:
        _fail(batch, ImportState.UNREADABLE, error)
    with transaction.atomic():
        batch.mapping = mapping_to_json(mapping)
        batch.understood = described(understood, mapping, outcome)
        batch.state = ImportState.UNDERSTOOD
        keep_outcome(batch, outcome, base)
        batch.save()


def apply_import(job: Job, batch: ImportBatch) -> None:
    """The job behind the confirmation: results, messages and state are written in one transaction, or none of them."""
    if batch.state != ImportState.CONFIRMED:
        return
    try:
        workbook = _read(job, batch)
        mapping = mapping_from_json(batch.mapping)
        with long_statements():
            # A worker that was taken for dead may still be at it: who has the row goes first, the other finds it done.
            locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.state != ImportState.CONFIRMED:
                return
            outcome, base, is_as_promised = _run_as_promised(job, batch, workbook, mapping)
            if outcome.has_failed or not is_as_promised:
                batch.state = ImportState.UNDERSTOOD
            else:
                batch.state, batch.imported_at = ImportState.IMPORTED, timezone.now()
                batch.understood = without_examples(batch.understood)
                save_mapping(mapping, understand(workbook, vocabulary(timezone.localdate())))
            keep_outcome(batch, outcome, base)
            batch.save()
            record("import applied", by=job.by, subject=batch.key, state=batch.state)
    except (UnreadableFile, MappingError) as error:
        _fail(batch, ImportState.FAILED, error)


def _read(job: Job, batch: ImportBatch) -> Workbook:
    report(job, "reading")
    try:
        return read_workbook(uploads.path_of(batch.stored_as))
    except FileNotFoundError as error:
        raise UnreadableFile(_("The file is no longer kept here. Upload it again.")) from error


def _fail(batch: ImportBatch, state: str, error: Exception) -> NoReturn:
    """The file or its mapping is the reason, so that trying again would not help."""
    sentence = str(error)
    if isinstance(error, MappingError):
        sentence = _("The file cannot be read as its columns were last explained: %(reason)s.") % {
            "reason": error
        }
    batch.state, batch.failure = state, sentence
    batch.save(update_fields=["state", "failure"])
    raise JobRefused(sentence) from error


def _run_as_promised(
    job: Job, batch: ImportBatch, workbook: Workbook, mapping: Mapping
) -> tuple[Outcome, str, bool]:
    """The outcome, the base that it was compared with, and whether both are those of the preview.

    If not, it is taken back: a yes to 200 → 220 is none to 240 → 220, when another import has come in between.
    """
    hold_lock(RESULTS)
    promised = batch.counts
    base = base_of(mapping, promised.get("classes", []))
    with transaction.atomic():
        outcome = _run(job, batch, workbook, mapping, dry_run=False)
        is_as_promised = base == promised.get("base") and all(
            outcome.counts[name] == promised.get(name) for name in PROMISED
        )
        if not is_as_promised:
            transaction.set_rollback(True)
    if not is_as_promised:
        base = base_of(mapping, outcome.touched_classes)
        if not outcome.has_failed:
            outcome.messages.insert(0, Message(OTHER_RESULTS))
    return outcome, base, is_as_promised


def _run(job: Job, batch: ImportBatch, workbook: Workbook, mapping: Mapping, *, dry_run: bool) -> Outcome:
    def tell(phase: str, n_done: int, n_total: int) -> None:
        report_within_transaction(job, phase, n_done, n_total)

    outcome = run_import(
        workbook,
        mapping,
        by=job.by,
        today=timezone.localdate(),
        batch=batch,
        adds_pupils=batch.adds_pupils,
        dry_run=dry_run,
        progress=tell,
    )
    if earlier := earlier_import(batch):
        outcome.messages.insert(0, earlier)
    return outcome


def _mapping_of(batch: ImportBatch, understood: Understanding) -> Mapping:
    """The coordinator's correction, else what was said of the same kind of file before, else the proposal."""
    if batch.mapping:
        return mapping_from_json(batch.mapping)
    return find_mapping(understood)


def find_mapping(understood: Understanding) -> Mapping:
    """The saved mapping of this kind of file, with what this very file says of school and round; else the proposal.

    Raises UnreadableFile if nothing in the file says which pupil a row is about.
    """
    proposed = propose_mapping(understood)
    saved = SavedMapping.objects.filter(signature=signature(understood)).first()
    if saved is not None:
        return _for_this_file(mapping_from_json(saved.mapping), proposed)
    if proposed is None:
        raise UnreadableFile(
            _(
                "No column in the file says which pupil a row is about. It needs identity numbers, ids or names."
            )
        )
    return proposed


def _for_this_file(saved: Mapping, proposed: Mapping | None) -> Mapping:
    """The saved mapping was made for another file: its round is taken only while that round is going on.

    Else a file of the spring that names no round would be taken for a correction of the autumn.
    """
    said = proposed or Mapping(columns=saved.columns)
    return replace(saved, school=said.school or saved.school, round=said.round or _if_going_on(saved.round))


def _if_going_on(name: str) -> str:
    today = timezone.localdate()
    going_on = MeasurementRound.objects.filter(
        name=name, starts_on__lte=today, ends_on__gte=today, closed_at__isnull=True
    )
    return name if going_on.exists() else ""


def save_mapping(mapping: Mapping, understood: Understanding) -> None:
    """Remembers how this kind of file is read in the municipality."""
    SavedMapping.objects.update_or_create(
        municipality=current_municipality(),
        signature=signature(understood),
        defaults={"mapping": mapping_to_json(mapping)},
    )
