"""An erased pupil in files and in what imports have kept of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.refusal import ActRefused
from pupils.erasure.words import Words, taken_out
from pupils.models import Pupil
from pupils.signals import pupil_leaving

from . import uploads
from .importing.retention import let_go
from .importing.workbook import UnreadableFile, read_workbook
from .models import ImportBatch

log = logging.getLogger(__name__)


@receiver(pupil_leaving)
def forget_in_imports(pupil: Pupil, words: Words, **_kwargs: Any) -> dict[str, int]:
    """Files with a cell that names the pupil go, whole; the values in what an import changed go by the pupil's id.

    A file that cannot be read goes as well: nobody could say that the pupil is not in it. Raises ActRefused while an
    import is being read or done.
    """
    n_files = 0
    for batch in ImportBatch.objects.filter(file_removed_at=None).exclude(stored_as=""):
        if _names(batch, words):
            if not let_go(batch):
                raise ActRefused(_("An import with the pupil is under way. Try again when it has ended."))
            transaction.on_commit(partial(uploads.remove, batch.stored_as))
            n_files += 1
    for batch in ImportBatch.objects.only("pk", "effect", "made").iterator(chunk_size=50):
        _forget_values(batch, pupil.pk)
    return {"files of imports": n_files} if n_files else {}


def _names(batch: ImportBatch, words: Words) -> bool:
    """Whether a row of the stored file, or of what was made from it, names the pupil."""
    paths = [path for path in uploads.paths_of(batch.stored_as) if path.exists()]
    try:
        return any(taken_out(line, words).n_taken for path in paths for line in _lines(path))
    except UnreadableFile:
        log.info("the file of import %s cannot be read and goes", batch.pk)
        return True


def _lines(path: Path) -> Iterator[str]:
    """The cells of a row as one text, so that family and given name stand beside each other."""
    for sheet in read_workbook(path).sheets:
        yield sheet.name
        for row in sheet.rows:
            yield " ".join(str(cell) for cell in row if cell is not None)


def _forget_values(batch: ImportBatch, pupil_id: int) -> None:
    """What it changed and made: lists of which the pupil's id is the first, or ids alone."""
    effect, made = dict(batch.effect), dict(batch.made)
    for kept, name in ((effect, "changed"), (made, "names"), (made, "pupils")):
        if name in kept:
            kept[name] = [one for one in kept[name] if (one if name == "pupils" else one[0]) != pupil_id]
    if (effect, made) != (batch.effect, batch.made):
        ImportBatch.objects.filter(pk=batch.pk).update(effect=effect, made=made)
