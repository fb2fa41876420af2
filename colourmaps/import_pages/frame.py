"""The frame of every step of an import: where it stands, and which file it is."""

from __future__ import annotations

from django.utils.translation import ngettext, pgettext

from ..models import ImportBatch, ImportState
from .numbers import counted, in_rows

STEP_OF_STATE = {
    ImportState.UPLOADED: 0,
    ImportState.UNREADABLE: 0,
    ImportState.UNDERSTOOD: 1,
    ImportState.CONFIRMED: 2,
    ImportState.FAILED: 2,
    ImportState.IMPORTED: 2,
    ImportState.CANCELLED: 0,
    ImportState.UNDOING: 2,
    ImportState.UNDONE: 2,
}


def steps_of(batch: ImportBatch) -> list[tuple[str, str]]:
    """(label, "done", "current" or "") of the three steps."""
    current = STEP_OF_STATE[ImportState(batch.state)]
    labels = [
        pgettext("step of an import", "Understood"),
        pgettext("step of an import", "Preview"),
        pgettext("step of an import", "Receipt"),
    ]
    return [
        (label, "done" if step < current else "current" if step == current else "")
        for step, label in enumerate(labels)
    ]


def page_facts(batch: ImportBatch) -> list[str]:
    """Beside the title: the file, and how much was found in it."""
    n_read = sum(sheet["is_read"] for sheet in batch.understood)
    facts = [batch.file_name]
    if n_read:
        facts.append(counted(ngettext("%(n)s sheet", "%(n)s sheets", n_read), n_read))
    if "rows" in batch.counts:
        facts.append(in_rows(batch.counts["rows"]))
    return facts
