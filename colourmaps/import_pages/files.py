"""The uploaded file and the workbook of the rows that were left out: whether they are there, and until when."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.tenancy import current_municipality

from .. import uploads
from ..importing.refused import MOST_ROWS
from ..importing.retention import kept_until
from ..models import ImportBatch
from .preview import refused_label


def has_file(batch: ImportBatch) -> bool:
    """Whether the file itself is kept; those of the command line are not."""
    return (
        bool(batch.stored_as) and batch.file_removed_at is None and uploads.path_of(batch.stored_as).exists()
    )


def has_refused_rows(batch: ImportBatch) -> bool:
    return has_file(batch) and uploads.path_beside(batch.stored_as).exists()


def file_of(batch: ImportBatch) -> dict[str, str] | None:
    """url ("" if it is gone) and words on how long the file is kept; None if it never was."""
    if batch.file_removed_at is not None:
        when = date_format(localtime(batch.file_removed_at), "DATE_FORMAT")
        return {"url": "", "words": _("The file was removed on %(when)s.") % {"when": when}}
    if not has_file(batch):
        return None
    until = date_format(kept_until(batch, current_municipality()), "DATE_FORMAT")
    return {
        "url": reverse("colourmaps:import-file", args=[batch.key]),
        "words": _("Kept here until %(until)s.") % {"until": until},
    }


def refused_of(batch: ImportBatch) -> dict[str, str] | None:
    """The way to the rows that were left out, in words; url is "" where there are too many for a workbook."""
    n_left_out = batch.counts.get("left_out", 0)
    if not n_left_out or not has_file(batch):
        return None
    if n_left_out > MOST_ROWS:
        words = _("So many rows are left out that the file itself has to be mended, or how it is read.")
        return {"url": "", "label": words}
    if not has_refused_rows(batch):
        return None
    return {
        "url": reverse("colourmaps:import-refused", args=[batch.key]),
        "label": refused_label(n_left_out),
    }
