"""The list of jobs: what was asked for, how far it is, and how it ended."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from celery import current_app
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.background import Progress, progress_of
from accounts.models import Job, JobState
from colourmaps.import_pages.progress import PHASE_WORDS
from colourmaps.importing.lifecycle import has_stopped
from colourmaps.models import ImportBatch, ImportKind
from colourmaps.tables import labelled

TAG_CLASSES = {JobState.RUNNING: "accent", JobState.FAILED: "strong"}
SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600


def duration_in_words(duration: datetime.timedelta) -> str:
    """ "0 s", "14 s", "3 min 5 s", "2 h 4 min"."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < SECONDS_PER_MINUTE:
        return _("%(s)s s") % {"s": seconds}
    if seconds < SECONDS_PER_HOUR:
        minutes, rest = divmod(seconds, SECONDS_PER_MINUTE)
        return _("%(min)s min %(s)s s") % {"min": minutes, "s": rest}
    hours, rest = divmod(seconds, SECONDS_PER_HOUR)
    return _("%(h)s h %(min)s min") % {"h": hours, "min": rest // SECONDS_PER_MINUTE}


def can_be_retried(job: Job, batch: ImportBatch | None) -> bool:
    """Whether asking again may help. An import must still wait for this very job: else its file is at fault, or
    somebody has asked already.
    """
    if job.state != JobState.FAILED:
        return False
    return batch is None or (batch.job_id == job.pk and has_stopped(batch))


class JobTable(tables.Table):
    """Needs jobs with `by` read along. batches: the imports of those that it shows, by their id.

    has_heavy_running: the others of the municipality wait for a heavy one.
    """

    what = tables.Column(verbose_name=gettext_lazy("What"), accessor="task", orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("Now"))
    took = tables.Column(
        verbose_name=gettext_lazy("Time"),
        accessor="pk",
        orderable=False,
        attrs=labelled(gettext_lazy("Time"), "number"),
    )
    rows = tables.Column(
        verbose_name=gettext_lazy("Rows or results"),
        accessor="pk",
        orderable=False,
        attrs=labelled(gettext_lazy("Rows or results"), "number"),
    )
    by = tables.Column(
        verbose_name=gettext_lazy("By"),
        accessor="by__name",
        default="",
        attrs=labelled(gettext_lazy("By")),
    )
    queued_at = tables.Column(
        verbose_name=gettext_lazy("Asked for"), attrs=labelled(gettext_lazy("Asked for"), "when")
    )

    class Meta:
        template_name = "components/table.html"
        attrs = {"id": "jobs", "class": "stacks"}

    def __init__(self, *args: Any, now: datetime.datetime, has_heavy_running: bool, **kwargs: Any) -> None:
        self.now = now
        self.has_heavy_running = has_heavy_running
        self.batches: Mapping[int, ImportBatch] = {}
        super().__init__(*args, **kwargs)

    def batch_of(self, job: Job) -> ImportBatch | None:
        return self.batches.get(job.arguments.get("batch", 0))

    def render_what(self, record: Job) -> str:
        label = getattr(current_app.tasks.get(record.task), "label", "") or record.task
        batch = self.batch_of(record)
        if batch is None:
            return str(label)
        name = "colourmaps:filled-in" if batch.kind == ImportKind.FILLED_IN else "colourmaps:import"
        address = reverse(name, args=[batch.key])
        return format_html(
            '<a href="{}">{}</a> <span class="soft">{}</span>', address, batch.file_name, label
        )

    def render_state(self, record: Job) -> SafeString:
        context = {
            "job": record,
            "tag": TAG_CLASSES.get(JobState(record.state), "soft"),
            "sentence": self._sentence(record),
            "can_be_retried": can_be_retried(record, self.batch_of(record)),
        }
        return render_to_string("aggregation/job_state_part.html", context, self.request)

    def _sentence(self, job: Job) -> str:
        if job.state == JobState.RUNNING:
            return str(PHASE_WORDS.get(_told(job).phase, ""))
        if job.state == JobState.WAITING and self.has_heavy_running:
            return _("Begins when the large job that is running has ended.")
        return job.failure

    def render_took(self, record: Job) -> str:
        """Of a job that waits: how long it has waited."""
        since = record.queued_at if record.state == JobState.WAITING else record.started_at
        return duration_in_words((record.finished_at or self.now) - since) if since else ""

    def render_rows(self, record: Job) -> str:
        told = _told(record)
        if not told.n_total:
            return ""
        if record.state == JobState.DONE or told.n_done == told.n_total:
            return number_format(told.n_total, force_grouping=True)
        done, total = (number_format(n, force_grouping=True) for n in (told.n_done, told.n_total))
        return _("%(done)s of %(total)s") % {"done": done, "total": total}

    def render_queued_at(self, record: Job) -> str:
        return date_format(localtime(record.queued_at), "SHORT_DATETIME_FORMAT")


def _told(job: Job) -> Progress:
    """A running job tells the cache how far it is, since its row may be locked by itself."""
    return progress_of(job) if job.state == JobState.RUNNING else Progress(job.phase, job.n_done, job.n_total)
