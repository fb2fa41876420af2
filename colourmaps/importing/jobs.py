"""The work on an import: reading its file for the preview, and importing it for good. Safe to deliver twice."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Sight
from accounts.audit import record
from accounts.background import JobCancelled, JobRefused, report, report_within_transaction
from accounts.models import Job, User
from accounts.roles import Permission
from accounts.statements import hold_lock, long_statements

from .. import uploads
from ..filling_in.apply import apply_filled_in, preview_filled_in
from ..filling_in.handed_back import is_filled_in
from ..models import ImportBatch, ImportKind, ImportState
from ..services import keep_rounds_open
from ..services.stamping import RESULTS
from .apply import Outcome, run_import
from .decisions import Decisions
from .kept import base_of, described, keep_made, keep_outcome, without_examples
from .lifecycle import CANCELLED_TO, TASKS
from .mapping import Mapping, MappingError
from .mapping_file import mapping_from_json, mapping_to_json
from .medical_columns import MedicalColumns, refuse_medical_columns
from .messages import Level, Message, define
from .named import pupils_of
from .new_indicators import with_offers
from .protected import without_told_examples
from .refused import keep_refused_rows
from .same_file import earlier_import
from .saved_mappings import NoPupilColumn, find_mapping, remembered, save_mapping
from .understanding import Understanding, understand
from .vocabulary import vocabulary
from .workbook import UnreadableFile, Workbook, read_workbook

# The state in which a batch waits for the job.
WAITS_IN = {task: state for state, task in TASKS.items()}

OTHER_RESULTS = define(
    "lifecycle.other_results",
    Level.WARNING,
    gettext_lazy(
        "Since the preview, other results have come in. It said %(new_before)d new, %(changed_before)d changed and "
        "%(unchanged_before)d unchanged; now it would be %(new)d new, %(changed)d changed and %(unchanged)d "
        "unchanged. Look at what would change now, and confirm again."
    ),
)
OTHER_PUPILS = define(
    "lifecycle.other_pupils",
    Level.WARNING,
    gettext_lazy("The file has been read again since you looked. Check the new preview first."),
)
NOT_READ = define(
    "lifecycle.not_read",
    Level.ERROR,
    gettext_lazy("%(reason)s Correct below how the file is read, or choose another file."),
)
# The counts of the preview that a person says yes to.
PROMISED = ("new", "changed", "unchanged", "new_pupils", "moved", "renamed")
COMPARED = ("new", "changed", "unchanged")


def read_import(job: Job, batch: ImportBatch) -> None:
    """The job behind the preview: understands the file, and runs the import without keeping it."""
    if batch.state != ImportState.UPLOADED:
        return
    try:
        workbook = _read(job, batch)
        refuse_medical_columns(workbook, timezone.localdate())
        if batch.kind == ImportKind.FILLED_IN or is_filled_in(workbook):
            preview_filled_in(job, batch, workbook, is_held=is_held)
            return
        report(job, "understanding")
        understood = understand(workbook, vocabulary(timezone.localdate()))
        mapping = _mapping_of(batch, understood)
        from_memory = batch.counts.get("remembered", {}) if batch.mapping else remembered(understood)
        with long_statements():
            hold_lock(RESULTS)  # so that no result comes in between the run and what it was compared with
            outcome = _run(job, batch, workbook, mapping, dry_run=True)
            base = base_of(mapping, outcome.touched_classes)
        keep_refused_rows(batch, workbook, mapping, outcome)
    except MedicalColumns as error:
        _forget(batch)
        _fail(job, batch, ImportState.UNREADABLE, error)
    except (UnreadableFile, MappingError) as error:
        if batch.understood:
            _back_to_preview(job, batch, error)
        _fail(job, batch, ImportState.UNREADABLE, error)
    except JobCancelled as cancelled:
        end_cancelled(job, batch, cancelled)
        raise
    with transaction.atomic():
        if not is_held(job, batch):
            return
        batch.mapping = mapping_to_json(mapping)
        sheets = with_offers(described(understood, mapping, outcome), workbook, understood, mapping)
        batch.understood = without_told_examples(sheets, outcome.identities)
        batch.state = ImportState.UNDERSTOOD
        keep_outcome(batch, outcome, base)
        batch.counts["remembered"] = from_memory
        batch.save()


def apply_import(job: Job, batch: ImportBatch) -> None:
    """The job behind the confirmation: results, messages and state are written in one transaction, or none of them."""
    if batch.state != ImportState.CONFIRMED:
        return
    try:
        refuse_ended(job, batch)
        workbook = _read(job, batch)
        if batch.kind == ImportKind.FILLED_IN:
            apply_filled_in(job, batch, workbook, is_held=is_held)
            return
        mapping = mapping_from_json(batch.mapping)
        with long_statements():
            if not is_held(job, batch):
                return
            outcome, base, is_as_promised = _run_as_promised(job, batch, workbook, mapping)
            if outcome.has_failed or not is_as_promised:
                batch.state = ImportState.UNDERSTOOD
            else:
                batch.state, batch.imported_at = ImportState.IMPORTED, timezone.now()
                batch.understood = without_examples(batch.understood)
                save_mapping(mapping, understand(workbook, vocabulary(timezone.localdate())), by=job.by)
            keep_outcome(batch, outcome, base)
            if batch.state == ImportState.IMPORTED:
                keep_made(batch, outcome)
            batch.save()
            record("import applied", by=job.by, subject=batch.key, pupils=pupils_of(batch), state=batch.state)
        if batch.state == ImportState.UNDERSTOOD:
            keep_refused_rows(batch, workbook, mapping, outcome)
    except (UnreadableFile, MappingError) as error:
        _fail(job, batch, ImportState.FAILED, error)
    except JobCancelled as cancelled:
        end_cancelled(job, batch, cancelled)
        raise


def refuse_ended(job: Job, batch: ImportBatch) -> None:
    """Nothing is written in the name of somebody whose right has ended while the job waited. None: the command line."""
    permission = (
        Permission.RECORD_RESULTS if batch.kind == ImportKind.FILLED_IN else Permission.IMPORT_RESULTS
    )
    if job.by is None or Sight(job.by).has(permission):
        return
    waited_in = WAITS_IN[job.task]
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=waited_in, job=job)
    waiting.update(state=CANCELLED_TO[waited_in])
    record("import refused", by=job.by, subject=batch.key, purpose="right ended")
    raise JobRefused(
        _("Whoever asked for this has no right to it any more. Somebody else has to look at it and say yes.")
    )


def is_held(job: Job, batch: ImportBatch) -> bool:
    """Locks the batch's row, and says whether it still waits for this very job.

    A worker that was taken for dead may still be at it: who has the row goes first, the other finds it done.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    return locked.state == WAITS_IN[job.task] and locked.job_id == job.pk


def end_cancelled(job: Job, batch: ImportBatch, cancelled: JobCancelled) -> None:
    """The transaction of the work is taken back; the batch stands where it can be taken up again."""
    waited_in = WAITS_IN[job.task]
    to = CANCELLED_TO[waited_in]
    with transaction.atomic():
        if ImportBatch.objects.filter(pk=batch.pk, state=waited_in, job=job).update(state=to):
            by = User.objects.get(pk=cancelled.by)
            record("import cancelled", by=by, subject=batch.key, state=to)


def _read(job: Job, batch: ImportBatch) -> Workbook:
    report(job, "reading")
    try:
        return read_workbook(uploads.path_of(batch.stored_as))
    except FileNotFoundError as error:
        raise UnreadableFile(_("The file is no longer kept here. Upload it again.")) from error


def _fail(job: Job, batch: ImportBatch, state: str, error: Exception) -> NoReturn:
    """The file or its mapping is the reason, so that trying again would not help."""
    sentence = _in_words(error)
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=WAITS_IN[job.task], job=job)
    waiting.update(state=state, failure=sentence)
    raise JobRefused(sentence) from error


def _forget(batch: ImportBatch) -> None:
    """Keeps nothing of a file that nobody here may have: neither itself nor what was quoted from it."""
    with transaction.atomic():
        batch.file_removed_at, batch.understood, batch.decisions = timezone.now(), [], {}
        batch.save(update_fields=["file_removed_at", "understood", "decisions"])
        batch.messages.all().delete()
        record("import file removed", by=None, subject=batch.key)
    uploads.remove(batch.stored_as)


def _back_to_preview(job: Job, batch: ImportBatch, error: Exception) -> NoReturn:
    """What was understood stays with its form, where the correction that led nowhere can itself be corrected."""
    sentence = _in_words(error)
    with transaction.atomic():
        if is_held(job, batch):
            batch.state = ImportState.UNDERSTOOD
            batch.mapping = _mapping_to_correct(batch)
            said = Message(NOT_READ, parameters={"reason": sentence})
            keep_outcome(batch, Outcome(has_failed=True, messages=[said]))
            batch.save()
    raise JobRefused(sentence) from error


def _mapping_to_correct(batch: ImportBatch) -> dict[str, Any]:
    """The mapping that failed, or one without columns if there is none that a form can show."""
    try:
        mapping_from_json(batch.mapping)
    except MappingError:
        return mapping_to_json(Mapping(columns=()))
    return batch.mapping


def _in_words(error: Exception) -> str:
    if not isinstance(error, MappingError):
        return str(error)
    return _("The file cannot be read as its columns were last explained: %(reason)s.") % {"reason": error}


def _run_as_promised(
    job: Job, batch: ImportBatch, workbook: Workbook, mapping: Mapping
) -> tuple[Outcome, str, bool]:
    """The outcome, the base that it was compared with, and whether both are those of the preview.

    If not, it is taken back: a yes to 200 → 220 is none to 240 → 220, when another import has come in between.
    """
    hold_lock(RESULTS)
    keep_rounds_open()
    promised = batch.counts
    base = base_of(mapping, promised.get("classes", []))
    with transaction.atomic():
        outcome = _run(job, batch, workbook, mapping, dry_run=False)
        is_as_promised = (
            base == promised.get("base")
            and outcome.who == promised.get("who")
            and all(outcome.counts[name] == promised.get(name) for name in PROMISED)
            and outcome.effect == batch.effect
        )
        if not is_as_promised:
            transaction.set_rollback(True)
    if not is_as_promised:
        base = base_of(mapping, outcome.touched_classes)
        if not outcome.has_failed:
            outcome.messages.insert(0, _what_came_between(promised, outcome, base))
    return outcome, base, is_as_promised


def _what_came_between(promised: dict[str, Any], outcome: Outcome, base: str) -> Message:
    before = {f"{name}_before": promised.get(name, 0) for name in COMPARED}
    now = {name: outcome.counts[name] for name in COMPARED}
    if base == promised.get("base") and list(before.values()) == list(now.values()):
        return Message(OTHER_PUPILS)
    return Message(OTHER_RESULTS, parameters=before | now)


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
        decisions=Decisions.from_json(batch.decisions),
        progress=tell,
    )
    if earlier := earlier_import(batch):
        outcome.messages.insert(0, earlier)
    return outcome


def _mapping_of(batch: ImportBatch, understood: Understanding) -> Mapping:
    """The coordinator's correction, else what was said of the same kind of file before, else the proposal.

    Where nothing is known to tell the pupil it has no columns, and the page asks for them.
    """
    if batch.mapping:
        return mapping_from_json(batch.mapping)
    try:
        return find_mapping(understood)
    except NoPupilColumn:
        return Mapping(columns=())
