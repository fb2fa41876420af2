"""The job that takes an import back: its results, and what it has added to the register."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.background import JobCancelled, JobRefused, report, report_within_transaction
from accounts.models import Job
from accounts.statements import hold_lock, long_statements, work_asked_last

from ..models import ImportBatch, ImportState, MeasurementRound
from ..services import RoundsClosed, keep_rounds_open, undo_batch, unplan_indicator
from ..services.stamping import RESULTS
from .jobs import end_cancelled, is_held, refuse_ended
from .named import pupils_of
from .unmaking import unmake


def run_undo(job: Job, batch: ImportBatch) -> None:
    """Everything in one transaction, or nothing; done twice, the second finds nothing to do."""
    if batch.state != ImportState.UNDOING:
        return
    try:
        refuse_ended(job, batch)
        report(job, "undoing")
        with long_statements():
            if is_held(job, batch):
                _undo(job, batch)
    except RoundsClosed as closed:
        _go_back(job, batch)
        raise JobRefused(closed_in_words(closed.names)) from closed
    except JobCancelled as cancelled:
        end_cancelled(job, batch, cancelled)
        raise


def _undo(job: Job, batch: ImportBatch) -> None:
    hold_lock(RESULTS)
    keep_rounds_open()
    pupils = pupils_of(batch)
    with work_asked_last():
        effect = undo_batch(batch=batch)
        report_within_transaction(job, "undoing")
        _unplan(batch)
        unmade = unmake(batch.made)
    batch.state, batch.undone_at, batch.undone_by = ImportState.UNDONE, timezone.now(), job.by
    batch.counts["undone"] = {
        "taken_away": effect.n_taken_away,
        "restored": effect.n_restored,
        "left_alone": effect.n_left_alone,
        "register": asdict(unmade),
    }
    batch.save(update_fields=["state", "undone_at", "undone_by", "counts"])
    record("import undone", by=job.by, subject=batch.key, pupils=pupils, **batch.counts["undone"])


def _unplan(batch: ImportBatch) -> None:
    """What only the import has made due is due no more; what others have planned since stays."""
    for round_id, indicator_id, year_groups in batch.made.get("due", ()):
        round_ = MeasurementRound.objects.filter(pk=round_id).first()
        if round_ is not None:
            unplan_indicator(round_=round_, indicator_id=indicator_id, year_groups=year_groups)


def _go_back(job: Job, batch: ImportBatch) -> None:
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=ImportState.UNDOING, job=job)
    waiting.update(state=ImportState.IMPORTED)


def closed_in_words(names: list[str]) -> str:
    return _("It has results in a measurement round that is closed (%(rounds)s), so it cannot be undone.") % {
        "rounds": ", ".join(names)
    }
