"""What waits for those who bring results in: files that ask, work that has failed, rounds that begin or end."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Job, JobState
from accounts.roles import Permission
from colourmaps.models import ImportBatch, ImportKind, ImportState, MeasurementRound

from .asked import Asked
from .duty import Duty, Group, Kind, age_in_words, when_in_words


def files(asked: Asked) -> Sequence[Duty]:
    """Files of results that wait for an answer."""
    if not asked.sight.has(Permission.IMPORT_RESULTS):
        return []
    waiting = ImportBatch.objects.filter(kind=ImportKind.FILE, state=ImportState.UNDERSTOOD)
    return [_file(batch, asked) for batch in waiting.select_related("by").order_by("uploaded_at", "pk")]


def _file(batch: ImportBatch, asked: Asked) -> Duty:
    uploaded_on = timezone.localdate(batch.uploaded_at)
    return Duty(
        kind=Kind.IMPORT,
        group=Group.DUE,
        what=_("Look through and import: %(file)s") % {"file": batch.file_name},
        when=age_in_words(uploaded_on, asked.today),
        due_on=uploaded_on,
        where=batch.by.name if batch.by and batch.by != asked.user else "",
        url=reverse("colourmaps:import", args=[batch.key]),
    )


def jobs(asked: Asked) -> Sequence[Duty]:
    """One line for all that has failed."""
    if not asked.sight.has(Permission.IMPORT_RESULTS):
        return []
    n = Job.objects.filter(state=JobState.FAILED).count()
    if not n:
        return []
    words = ngettext("%(n)s job has failed", "%(n)s jobs have failed", n)
    return [
        Duty(
            kind=Kind.JOB,
            group=Group.LATE,
            what=words % {"n": n},
            when=_("to try again"),
            url=reverse("aggregation:job-list"),
            n=n,
        )
    ]


def rounds(asked: Asked) -> Sequence[Duty]:
    """Those that begin or end within two weeks."""
    if not asked.sight.has(Permission.PLAN_ROUNDS):
        return []
    days = (asked.today, asked.horizon)
    found = MeasurementRound.objects.filter(
        Q(starts_on__range=days) | Q(ends_on__range=days), closed_at__isnull=True
    )
    return [_round(each, asked) for each in found.order_by("starts_on")]


def _round(round_: MeasurementRound, asked: Asked) -> Duty:
    begins = round_.starts_on >= asked.today
    due_on = round_.starts_on if begins else round_.ends_on
    words = _("The round %(name)s begins") if begins else _("The round %(name)s ends")
    return Duty(
        kind=Kind.ROUND,
        group=Group.DUE,
        what=words % {"name": round_.name},
        when=when_in_words(due_on, asked.today),
        due_on=due_on,
        url=reverse("colourmaps:round", args=[round_.key]),
    )
