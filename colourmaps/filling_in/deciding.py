"""A person's answers to conflicts, mine or theirs, and the yes to what then goes in.

Two people may stand before the same preview: nobody answers or saves over answers that were not on the page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User

from ..importing.lifecycle import ImportRefused, confirm_import, moved_on
from ..models import ImportBatch, ImportState
from .kept_cells import answer_to, as_stored, conflicts_in, decisions_of
from .merge import Answer, Decision


class AnsweredMeanwhile(ImportRefused):
    """The preview has answers by now that the person has not seen."""


def promise_of(batch: ImportBatch) -> str:
    """Names what a preview shows: key of the job that made it, and a digest of the answers; "" without a job."""
    if batch.job is None:
        return ""
    answers = json.dumps(as_stored(decisions_of(batch)))
    return f"{batch.job.key}.{hashlib.sha256(answers.encode()).hexdigest()}"


@transaction.atomic
def decide_conflicts(*, batch: ImportBatch, answers: Mapping[int, Answer], by: User, promise: str) -> bool:
    """Keeps the answers; returns whether one of them is new.

    answers: by the number of the conflict on the preview. promise: `promise_of` the preview that the person has seen;
    raises ImportRefused, and keeps nothing, if it is another one by now.
    """
    locked = _as_promised(batch, promise)
    conflicts, decisions = conflicts_in(locked), decisions_of(locked)
    new = {
        cell.key: Decision(answers[number], cell.theirs)
        for number, cell in enumerate(conflicts)
        if number in answers and answer_to(cell, decisions) is not answers[number]
    }
    if not new:
        return False
    locked.decisions |= as_stored(decisions | new)
    locked.save(update_fields=["decisions"])
    record("conflicts decided", by=by, subject=batch.key, pupils={pupil for pupil, _indicator in new})
    return True


@transaction.atomic
def confirm_filled_in(*, batch: ImportBatch, by: User, promise: str) -> None:
    """Says yes to the preview with its answers. promise: as in `decide_conflicts`."""
    confirm_import(batch=_as_promised(batch, promise), by=by)


def _as_promised(batch: ImportBatch, promise: str) -> ImportBatch:
    """The batch, locked until the end of the transaction, so that no answer comes in between."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if locked.state != ImportState.UNDERSTOOD or locked.job is None:
        raise ImportRefused(moved_on())
    seen, now = promise.partition("."), promise_of(locked).partition(".")
    if seen[0] != now[0]:
        raise ImportRefused(moved_on())
    if seen != now:
        raise AnsweredMeanwhile(
            _(
                "Somebody has answered questions of this workbook since you opened the page, perhaps you in another "
                "window. Nothing has been saved. Look at the answers and the numbers on the button, and save again."
            )
        )
    return locked
