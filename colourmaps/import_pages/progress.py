"""How far the work on an import is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.background import Progress, is_asked_to_cancel, progress_of

from ..importing.lifecycle import is_at_work
from ..models import ImportBatch, ImportState
from .numbers import in_rows

PHASE_WORDS = {
    "": gettext_lazy("Waiting for its turn"),
    "reading": gettext_lazy("Opening the file"),
    "understanding": gettext_lazy("Finding out what the columns are"),
    "extracting": gettext_lazy("Reading the rows"),
    "matching": gettext_lazy("Finding the pupils"),
    "checking": gettext_lazy("Checking every row"),
    "trying": gettext_lazy("Trying out what would change"),
    "writing": gettext_lazy("Writing the results"),
    "undoing": gettext_lazy("Taking the results back"),
}
PHASES = {
    ImportState.UPLOADED: ("reading", "understanding", "extracting", "matching", "checking", "trying"),
    ImportState.CONFIRMED: ("reading", "extracting", "matching", "checking", "writing"),
    ImportState.UNDOING: ("undoing",),
}
# The phases in which results are counted; in the others it is rows.
OF_RESULTS = ("trying", "writing")


def progress_on(batch: ImportBatch) -> dict[str, Any]:
    """For components/progress.html: the phase, and how many rows or results are done of all, and in a second."""
    address = reverse("colourmaps:import-progress", args=[batch.key])
    if not is_at_work(batch) or batch.job is None:
        return {"finished": True, "phase": _("Done"), "poll_url": address}
    told = progress_of(batch.job)
    phases = PHASES[ImportState(batch.state)]
    phase = "trying" if told.phase == "writing" and "trying" in phases else told.phase
    is_counted = phase in OF_RESULTS and told.n_total
    return {
        "finished": False,
        "phase": _("Stopping") if is_asked_to_cancel(batch.job) else PHASE_WORDS.get(phase, PHASE_WORDS[""]),
        "done": told.n_done if is_counted else 0,
        "total": told.n_total if is_counted else 0,
        "unit": _("results"),
        "rate": _rate(told) if is_counted else in_rows(told.n_total) if told.n_total else "",
        "remaining": _step(phase, phases),
        "note": _("You can leave this page. The work goes on, and the import stands in the list of imports."),
        "poll_url": address,
    }


def _rate(told: Progress) -> str:
    per_second = round(told.per_second)
    words = ngettext("%(n)s result a second", "%(n)s results a second", per_second)
    return words % {"n": number_format(per_second)} if per_second else ""


def _step(phase: str, phases: tuple[str, ...]) -> str:
    if phase not in phases or len(phases) == 1:
        return ""
    return _("step %(n)s of %(total)s") % {"n": phases.index(phase) + 1, "total": len(phases)}
