"""Lists of this app: the imports that there have been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .importing.lifecycle import has_stopped
from .models import ImportBatch, ImportState

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TAG_CLASSES = {ImportState.UNDERSTOOD: "strong", ImportState.IMPORTED: "accent"}


def labelled(label: StrPromise, css_class: str = "") -> dict[str, dict[str, Any]]:
    """Attributes of a column whose header a phone shows beside each cell, since it stacks the columns."""
    of_both = {"class": css_class} if css_class else {}
    return {"th": of_both, "td": of_both | {"data-label": label}}


def state_in_words(batch: ImportBatch) -> str:
    return _("stopped") if has_stopped(batch) else batch.get_state_display()


class CountColumn(tables.Column):
    """One of the batch's counts; a dash before the file has been read."""

    def __init__(self, label: StrPromise) -> None:
        super().__init__(label, attrs=labelled(label, "number"), orderable=False, empty_values=())

    def render(self, record: ImportBatch, bound_column: Any) -> str:
        return str(record.counts.get(bound_column.name.removeprefix("n_"), "–"))


class ImportTable(tables.Table):
    """Needs batches with `job` and `by` read along."""

    file_name = tables.Column(verbose_name=gettext_lazy("File"))
    uploaded_at = tables.Column(verbose_name=gettext_lazy("Uploaded"))
    by = tables.Column(
        verbose_name=gettext_lazy("By"),
        accessor="by__name",
        default="–",
        attrs=labelled(gettext_lazy("By")),
    )
    state = tables.Column(verbose_name=gettext_lazy("Now"))
    n_new = CountColumn(gettext_lazy("New"))
    n_changed = CountColumn(gettext_lazy("Changed"))
    n_refused = CountColumn(gettext_lazy("Rows left out"))

    class Meta:
        template_name = "components/table.html"
        attrs = {"id": "imports", "class": "stacks"}

    def render_file_name(self, record: ImportBatch) -> str:
        address = reverse("colourmaps:import", args=[record.key])
        return format_html('<a href="{}">{}</a>', address, record.file_name)

    def render_uploaded_at(self, record: ImportBatch) -> str:
        return date_format(localtime(record.uploaded_at), "SHORT_DATETIME_FORMAT")

    def render_state(self, record: ImportBatch) -> str:
        tag = TAG_CLASSES.get(ImportState(record.state), "soft")
        return format_html('<span class="tag {}">{}</span>', tag, state_in_words(record))
