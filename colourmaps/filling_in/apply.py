"""The jobs of a workbook that was handed back: the preview is the real run, taken back at the end.

The state machine is that of every import (importing/lifecycle.py), which hands over when the file is of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.background import report, report_within_transaction
from accounts.models import Job
from accounts.statements import hold_lock, long_statements

from ..classification import Colour
from ..importing.apply import Outcome
from ..importing.effect import effect_of
from ..importing.kept import keep_outcome
from ..importing.messages import Level, Message, define
from ..importing.workbook import Workbook
from ..models import ImportBatch, ImportKind, ImportState, MeasurementRound
from ..services import keep_rounds_open, record_results
from ..services.judging import judge
from ..services.stamping import RESULTS
from .contents import as_results
from .handed_back import HandedBack, read_handed_back
from .kept_cells import KeptCell, decisions_of
from .merge import Verdict
from .offer import CellKey
from .plan import Plan, PlannedCell, make_plan

# So many changed cells are kept to be shown; all of them go in.
MOST_KEPT = 500

MOVED = define(
    "filling_in.moved",
    Level.WARNING,
    gettext_lazy(
        "Since the preview, other results of these pupils have been recorded. Look at what would change now, and save "
        "again."
    ),
)


def preview_filled_in(
    job: Job, batch: ImportBatch, workbook: Workbook, *, is_held: Callable[[Job, ImportBatch], bool]
) -> None:
    """Finds out what would change, and keeps that on the batch.

    is_held: locks the batch's row, and says whether it still waits for this job. Raises UnreadableFile as `make_plan`.
    """
    report(job, "checking")
    handed = read_handed_back(workbook)
    with long_statements():
        if not is_held(job, batch):
            return
        hold_lock(RESULTS)  # so that no result comes in between the run and what it was compared with
        with transaction.atomic():
            plan, outcome = _run(job, batch, handed)
            transaction.set_rollback(True)
        batch.kind, batch.state = ImportKind.FILLED_IN, ImportState.UNDERSTOOD
        _keep(batch, plan, outcome)
        batch.save()


def apply_filled_in(
    job: Job, batch: ImportBatch, workbook: Workbook, *, is_held: Callable[[Job, ImportBatch], bool]
) -> None:
    """Records what the preview showed, or goes back to a new preview when something has come in between."""
    report(job, "checking")
    handed = read_handed_back(workbook)
    with long_statements():
        if not is_held(job, batch):
            return
        hold_lock(RESULTS)
        keep_rounds_open()
        with transaction.atomic():
            plan, outcome = _run(job, batch, handed)
            is_as_promised = plan.digest == batch.counts.get("base")
            if not is_as_promised:
                transaction.set_rollback(True)
        if is_as_promised:
            batch.state, batch.imported_at = ImportState.IMPORTED, timezone.now()
        else:
            batch.state = ImportState.UNDERSTOOD
            outcome.messages.insert(0, Message(MOVED))
        _keep(batch, plan, outcome)
        batch.save()
        written = plan.to_write(decisions_of(batch)) if is_as_promised else []
        record(
            "filled-in workbook applied",
            by=job.by,
            subject=batch.key,
            pupils={cell.pupil.pk for cell in written},
            state=batch.state,
        )


def _run(job: Job, batch: ImportBatch, handed: HandedBack) -> tuple[Plan, Outcome]:
    """Plans with the rights of whoever handed it back, and records in the name of whoever asked for the job."""
    today = timezone.localdate()
    if batch.by is None:
        raise ValueError("a workbook is handed back by somebody")
    plan = make_plan(handed, by=batch.by, today=today)
    outcome = Outcome(n_rows=plan.n_rows, n_refused=plan.n_rows_left_out, messages=plan.messages)
    outcome.n_unchanged = plan.n_same
    cells = plan.to_write(decisions_of(batch))
    if cells:
        report_within_transaction(job, "writing", 0, len(cells))
        recorded = record_results(_results_of(cells, plan.round), by=job.by, batch=batch)
        outcome.n_new, outcome.n_changed = recorded.n_new, recorded.n_changed
        outcome.effect = effect_of(recorded)
        outcome.touched_classes = sorted({unit_id for unit_id, _round_id in recorded.touched})
        outcome.touched_rounds = sorted({round_id for _unit_id, round_id in recorded.touched})
    return plan, outcome


def _results_of(cells: Sequence[PlannedCell], round_: MeasurementRound) -> pd.DataFrame:
    return as_results({cell.key: cell.mine for cell in cells}, round_, timezone.localdate())


def _keep(batch: ImportBatch, plan: Plan, outcome: Outcome) -> None:
    """Counts, messages and cells, for the page."""
    keep_outcome(batch, outcome, plan.digest)
    taken, conflicts = plan.of(Verdict.TAKEN), plan.of(Verdict.CONFLICT)
    batch.counts |= {
        "round": plan.round.name,
        "of_classes": [unit.pk for unit in plan.classes],
        "taken": len(taken),
        "conflicts": len(conflicts),
        "emptied": plan.n_emptied,
        "refused_cells": plan.n_refused,
    }
    kept = taken[:MOST_KEPT]
    colours = _colours_of([*kept, *conflicts], plan.round)
    batch.effect |= {
        "taken": [_kept(cell, colours).to_json() for cell in kept],
        "conflicts": [_kept(cell, colours).to_json() for cell in conflicts],
    }


def _colours_of(cells: Sequence[PlannedCell], round_: MeasurementRound) -> dict[CellKey, int]:
    """The colours that the cells as they were handed back have, or would have."""
    if not cells:
        return {}
    judged = judge(_results_of(cells, round_), round_)
    keys = zip(judged["pupil_id"], judged["indicator_id"], strict=True)
    return {
        (int(pupil), int(indicator)): int(colour)
        for (pupil, indicator), colour in zip(keys, judged["colour"], strict=True)
    }


def _kept(cell: PlannedCell, colours: Mapping[CellKey, int]) -> KeptCell:
    theirs = cell.theirs
    return KeptCell(
        cell.pupil.pk,
        cell.indicator.pk,
        theirs.content if theirs else None,
        theirs.colour if theirs else Colour.NONE,
        cell.mine,
        colours[cell.pupil.pk, cell.indicator.pk],
        theirs.by if theirs else None,
        theirs.at.isoformat() if theirs else "",
        cell.school_class.pk,
    )
