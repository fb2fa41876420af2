"""Which pupils an import is about, as far as that is known: for the memory of who wrote and read what."""

from __future__ import annotations

from ..models import ImportBatch, Result
from .effect import changed_in


def pupils_of(batch: ImportBatch) -> set[int]:
    """Ids of those with results of the import in force, of those it made, and of those its preview shows first.

    Of a file that nobody has understood yet there are none: whom its rows mean is found out by the job.
    """
    recorded = Result.objects.filter(batch=batch).order_by().values_list("pupil_id", flat=True).distinct()
    changed = {one.pupil for one in changed_in(batch.effect)}
    return {*recorded, *changed, *batch.made.get("pupils", ())}
